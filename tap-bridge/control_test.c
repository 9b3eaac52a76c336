/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket: where it is made, what it answers, and clients of every kind. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "control.h"
#include "control_request.h"
#include "control_socket.h"
#include "scenario_file.h"

static struct scenario sc;
static char dir[] = "/tmp/iwc-control-XXXXXX", path[64];
static char err[CONTROL_ERROR_BYTES];
static struct record *record;
static struct control *control;

static void read_counters(void *ctx, struct status_counters *now)
{
	(void)ctx;
	memset(now, 0, sizeof(*now));
	now->rt.now_ns = 1000000000;
}

static const struct status_source source = {.read = read_counters, .sc = &sc, .name = "iwc0"};

static int setup(void **state)
{
	(void)state;
	record = record_create(&sc, "iwc0");
	if (!record || record_start(record, 0, err) != 0)
		return -1;
	control = control_start(path, &source, record, err);
	return control ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	control_stop(control);
	record_destroy(record);
	return access(path, F_OK) == 0; /* it has to be gone */
}

static int raw(const char *text)
{
	int fd = control_connect(path, err);

	if (fd < 0)
		fail_msg("%s", err);
	if (text)
		assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
	return fd;
}

/* All that comes until the end. */
static const char *answer(int fd)
{
	static char text[1u << 17];
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, text + len, sizeof(text) - 1u - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(fd);
	return text;
}

/* ---- requests ---- */

static void test_requests(void **state)
{
	static const struct {
		const char *line;
		int kind;
		enum record_what what;
		uint64_t period_ns;
		const char *filter;
	} good[] = {
	    {"status", CONTROL_STATUS, 0, 0, ""},
	    {"status\r", CONTROL_STATUS, 0, 0, ""},
	    {"watch 10", CONTROL_WATCH, 0, 10000000, ""},
	    {"watch  3600000", CONTROL_WATCH, 0, 3600000000000, ""},
	    {"capture", CONTROL_CAPTURE, RECORD_FRAMES, 0, ""},
	    {"capture  arp or  ip", CONTROL_CAPTURE, RECORD_FRAMES, 0, "arp or  ip"},
	    {"events", CONTROL_CAPTURE, RECORD_EVENTS, 0, ""},
	    {"both icmp", CONTROL_CAPTURE, RECORD_BOTH, 0, "icmp"},
	};
	struct control_request r;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(control_request_read(good[i].line, strlen(good[i].line), &r, err));
		assert_int_equal(r.kind, good[i].kind);
		assert_int_equal(r.what, good[i].what);
		assert_int_equal(r.period_ns, good[i].period_ns);
		assert_string_equal(r.filter, good[i].filter);
	}
}

static void test_bad_requests(void **state)
{
	static const char *const bad[] = {"",
					  " status",
					  "STATUS",
					  "status now",
					  "watch",
					  "watch 9",
					  "watch -50",
					  "watch 3600001",
					  "watch 99999999999999999999",
					  "watch 50 60",
					  "events arp",
					  "capturearp",
					  "\x1b[2J",
					  "capture \x7f",
					  "both \xc3\xa4",
					  "capture\tarp"};
	char text[CONTROL_LINE_MAX + 16];
	struct control_request r;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(control_request_read(bad[i], strlen(bad[i]), &r, err));
		assert_int_not_equal(err[0], '\0');
		for (const char *c = err; *c != '\0'; c++)
			assert_true(*c >= ' ' && *c <= '~');
	}
	/* In one piece by the socket, too. */
	snprintf(text, sizeof(text), "%s\n", bad[2]);
	assert_string_equal(answer(raw(text)),
			    "{\"error\":\"'STATUS': there are: status, watch MS, capture [FILTER], "
			    "events, both [FILTER]\"}\n");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_string_equal(answer(raw(text)),
			    "{\"error\":\"a request has at most 1023 bytes\"}\n");
	assert_non_null(strstr(answer(raw("capture arp and and\n")), "filter 'arp and and': "));
	assert_int_equal(control_open(path, "capture arp and and", err), -1);
	assert_non_null(strstr(err, "syntax error"));
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(control_open(path, text, err), -1);
}

/* ---- answers ---- */

static void test_status(void **state)
{
	char tail[CONTROL_ERROR_BYTES];
	FILE *in;
	json_t *p;
	int fd = control_open(path, "status", err);

	(void)state;
	if (fd < 0)
		fail_msg("%s", err);
	in = fdopen(fd, "r");
	p = control_read(in, tail);
	assert_non_null(p);
	assert_int_equal(json_integer_value(json_object_get(p, "elapsed_ns")), 1000000000);
	json_decref(p);
	assert_null(control_read(in, tail));
	assert_string_equal(tail, "");
	fclose(in);
}

/* In pieces, and without the end of the line: who closes its side has said all. */
static void test_request_in_pieces(void **state)
{
	int fd = raw("sta");

	(void)state;
	usleep(20000);
	assert_int_equal(send(fd, "tus", 3, MSG_NOSIGNAL), 3);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	assert_non_null(strstr(answer(fd), "\"schema\":\"iwc-tap-1\""));
	fd = raw(NULL);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	assert_string_equal(answer(fd), "");
}

static void test_watch(void **state)
{
	int fd = control_open(path, "watch 10", err);
	FILE *in;

	(void)state;
	assert_true(fd >= 0);
	/* Half closed, it goes on. */
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	in = fdopen(fd, "r");
	for (unsigned i = 0; i < 5; i++) {
		json_t *p = control_read(in, err);

		assert_non_null(p);
		json_decref(p);
	}
	fclose(in);
}

/* Who does not read is cut off, and others are served all the time. */
static void test_slow_watcher(void **state)
{
	struct pollfd p = {.fd = raw("watch 10\n")};
	unsigned rounds = 0;

	(void)state;
	while (poll(&p, 1, 0) == 0 || (p.revents & POLLHUP) == 0) {
		assert_non_null(strstr(answer(raw("status\n")), "iwc-tap-1"));
		assert_true(rounds++ < 100000);
	}
	assert_true(rounds > 0);
	close(p.fd);
}

static void test_capture(void **state)
{
	static const uint8_t bytes[60] = {[12] = 8, [13] = 6};
	struct sim_rt_frame f = {.id = 1, .bytes = bytes, .len_bytes = sizeof(bytes)};
	struct record_counts n;
	const char *text;
	int fd = control_open(path, "both arp", err);

	(void)state;
	if (fd < 0)
		fail_msg("%s", err);
	record_observer(record)->frame(record_observer(record)->ctx, &f);
	do {
		usleep(1000);
		record_counts(record, &n);
	} while (n.frames == 0);
	assert_int_equal(n.streams, 1);
	/* The socket is the recorder's now: the end of the server is not the stream's. */
	control_stop(control);
	control = control_start(path, &source, record, err);
	assert_non_null(control);
	assert_int_equal(record_stop(record), 0);
	text = answer(fd);
	assert_int_equal(text[0], 0x0a);
	assert_int_equal((uint8_t)text[3], 0x0a);
}

static void test_crowd(void **state)
{
	int fd[CONTROL_CLIENTS_MAX], last;

	(void)state;
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
		fd[i] = raw(NULL);
	last = raw(NULL);
	assert_string_equal(answer(last), "{\"error\":\"too many clients\"}\n");
	close(fd[0]);
	/* When the server has seen that one leave, there is room. */
	while (strstr(answer(raw("status\n")), "too many clients"))
		usleep(1000);
	for (unsigned i = 1; i < CONTROL_CLIENTS_MAX; i++)
		close(fd[i]);
}

/* ---- places ---- */

static void test_mode(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void refused(const char *where, const char *why)
{
	struct control_socket s;

	assert_false(control_socket_listen(&s, where, err));
	if (!strstr(err, why))
		fail_msg("no '%s' in: %s", why, err);
}

static void test_places_refused(void **state)
{
	char where[128], name[200];
	struct stat before, after;
	FILE *f;

	(void)state;
	assert_int_equal(lstat(path, &before), 0);
	refused(path, ": in use, a tap of that name runs");
	assert_int_equal(lstat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	snprintf(where, sizeof(where), "%s/file", dir);
	f = fopen(where, "w");
	assert_non_null(f);
	fclose(f);
	refused(where, "file: is there and is no socket");
	assert_int_equal(access(where, F_OK), 0);
	unlink(where);
	snprintf(where, sizeof(where), "%s/no/such/x", dir);
	refused(where, "no/such/x: No such file or directory");
	memset(name, 'x', sizeof(name));
	name[108] = '\0';
	refused(name, "the path of a socket has at most 107 bytes");
	assert_int_equal(control_connect(name, err), -1);
	assert_non_null(strstr(err, "at most 107 bytes"));
}

/* What a tap that was killed leaves is replaced; what another took meanwhile is not removed. */
static void test_stale(void **state)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct control_socket s, other;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/stale", dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
	assert_int_equal(control_open(at.sun_path, "status", err), -1);
	assert_non_null(strstr(err, "stale: the tap that made it runs no more"));
	if (!control_socket_listen(&s, at.sun_path, err))
		fail_msg("%s", err);
	assert_int_equal(unlink(at.sun_path), 0);
	if (!control_socket_listen(&other, at.sun_path, err))
		fail_msg("%s", err);
	control_socket_close(&s);
	assert_int_equal(access(at.sun_path, F_OK), 0);
	control_socket_close(&other);
	assert_int_equal(access(at.sun_path, F_OK), -1);
}

/* Somebody lives there who is no tap. */
static void test_other_socket(void **state)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)state;
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/datagrams", dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	refused(at.sun_path, "datagrams: is there and can't be replaced");
	assert_int_equal(unlink(at.sun_path), 0);
	close(fd);
}

/* The folder is made for it alone, and goes with it. */
static void test_folder(void **state)
{
	char where[128], folder[64];
	struct control_socket s;
	struct stat st;

	(void)state;
	snprintf(folder, sizeof(folder), "%s/made", dir);
	snprintf(where, sizeof(where), "%s/x.sock", folder);
	if (!control_socket_listen(&s, where, err))
		fail_msg("%s", err);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	control_socket_close(&s);
	assert_int_equal(access(folder, F_OK), -1);
}

/* By name: as a user without a runtime folder, below TMPDIR. */
static void test_names(void **state)
{
	struct control_tap taps[4];
	char where[CONTROL_PATH_MAX];
	struct control *second;
	unsigned n, mine = 0;
	uid_t uid = geteuid();
	char *last;

	(void)state;
	setenv("TMPDIR", dir, 1);
	unsetenv("XDG_RUNTIME_DIR");
	if (uid == 0 && seteuid(12345) != 0) {
		print_message("SKIP: env: can't be another user: %s\n", strerror(errno));
		skip();
	}
	/* The folder of the test is not ours to write to as another user. */
	if (uid == 0) {
		assert_int_equal(seteuid(0) | chmod(dir, 01777) | seteuid(12345), 0);
	}
	assert_true(control_path("tap9", where, err));
	last = strrchr(where, '/');
	assert_string_equal(last, "/tap9.sock");
	assert_int_equal(strncmp(where, dir, strlen(dir)), 0);
	/* Another tap has made the folder, and has ended first. */
	*last = '\0';
	assert_int_equal(mkdir(where, 0700), 0);
	*last = '/';
	second = control_start(where, &source, record, err);
	if (!second)
		fail_msg("%s", err);
	n = control_list(taps, 4);
	for (unsigned i = 0; i < n; i++)
		mine += strcmp(taps[i].name, "tap9") == 0 && strcmp(taps[i].path, where) == 0;
	assert_int_equal(mine, 1);
	close(control_open("tap9", "status", err));
	assert_int_equal(control_open("tap8", "status", err), -1);
	assert_non_null(strstr(err, "no tap named tap8 runs here as this user; there are: tap9"));
	control_stop(second);
	assert_int_equal(control_list(taps, 4), 0);
	assert_int_equal(control_open("tap8", "status", err), -1);
	assert_non_null(strstr(err, "there is none"));
	*last = '\0';
	assert_int_equal(access(where, F_OK), -1);
	/* Somebody else has made the folder first: he is not trusted with a socket. */
	if (uid == 0) {
		assert_int_equal(seteuid(0) | mkdir(where, 0777) | seteuid(12345), 0);
		assert_false(control_path("tap9", where, err));
		assert_non_null(strstr(err, "not a folder of uid 12345"));
		assert_int_equal(seteuid(0), 0);
		snprintf(where, sizeof(where), "%s/iwc-12345", dir);
		assert_int_equal(rmdir(where), 0);
	}
	assert_false(control_path("a-name-that-is-much-too-long-for-an-interface-and-then-"
				  "for-the-path-of-a-socket-as-well-since-it-does-not-end",
				  where, err));
	assert_non_null(strstr(err, "give a shorter one with --control"));
}

static void test_damaged_answers(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
	    {"{\"schema\":\"iwc-tap-1\"", "cut off or damaged"},
	    {"{\"schema\":\"iwc-tap-1\"}", "cut off or damaged"},
	    {"[]\n", "the tap answers with no schema, not iwc-tap-1"},
	    {"{\"schema\":\"iwc-tap-2\"}\n", "the tap answers with iwc-tap-2, not iwc-tap-1"},
	    {"\x0a\x0d\x0d\x0a", "cut off or damaged"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		FILE *in = fmemopen((char *)(uintptr_t)bad[i].text, strlen(bad[i].text), "r");

		assert_non_null(in);
		assert_null(control_read(in, err));
		if (!strstr(err, bad[i].why))
			fail_msg("no '%s' in: %s", bad[i].why, err);
		fclose(in);
	}
}

int main(void)
{
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_requests),
	    WITH_SERVER(test_bad_requests),
	    WITH_SERVER(test_status),
	    WITH_SERVER(test_request_in_pieces),
	    WITH_SERVER(test_watch),
	    WITH_SERVER(test_slow_watcher),
	    WITH_SERVER(test_capture),
	    WITH_SERVER(test_crowd),
	    WITH_SERVER(test_mode),
	    WITH_SERVER(test_places_refused),
	    WITH_SERVER(test_stale),
	    WITH_SERVER(test_other_socket),
	    WITH_SERVER(test_folder),
	    WITH_SERVER(test_names),
	    cmocka_unit_test(test_damaged_answers),
	};
	int failed;

	scenario_defaults(&sc);
	snprintf(sc.name, sizeof(sc.name), "test");
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/iwc0.sock", dir);
	failed = cmocka_run_group_tests_name("control", tests, NULL, NULL);
	return failed ? failed : rmdir(dir); /* nothing may be left in it */
}
