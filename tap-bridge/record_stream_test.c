/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams: readers that are fast, slow, stuck or gone, and what of it is counted. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "record.h"
#include "record_stream.h"
#include "scenario_file.h"

#define PACKET 6u
#define STATISTICS 5u

static struct scenario sc;
static char err[RECORD_ERROR_BYTES];

/* ---- the buffer alone, with a clock of the test's own ---- */

/* Bytes come out as they went in, also over the end of the buffer, by a socket and by a pipe. */
static void test_order(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < 2; kind++) {
		struct record_stream *s;
		uint8_t out = 0, in = 0, bytes[700], got[1000];
		int fd[2];

		assert_int_equal(kind ? pipe(fd) : socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
		s = record_stream_create(fd[1], 1000, 0);
		assert_non_null(s);
		for (unsigned i = 0; i < 100; i++) {
			ssize_t n;

			for (unsigned k = 0; k < sizeof(bytes); k++)
				bytes[k] = out++;
			assert_int_equal(record_stream_take(s, bytes, sizeof(bytes)), 0);
			assert_int_equal(record_stream_take(s, bytes, 301), -ENOSPC);
			record_stream_pump(s, i);
			assert_false(record_stream_waits(s));
			n = read(fd[0], got, sizeof(got));
			assert_int_equal(n, sizeof(bytes));
			for (ssize_t k = 0; k < n; k++)
				assert_int_equal(got[k], in++);
		}
		record_stream_destroy(s);
		assert_int_equal(read(fd[0], got, 1), 0);
		close(fd[0]);
	}
}

/* The time begins when there is something to take: an idle reader has not been slow. */
static void test_stall_after_idle(void **state)
{
	static uint8_t much[65536];
	struct record_stream *s;
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	while (send(fd[1], much, sizeof(much), MSG_DONTWAIT) > 0)
		continue;
	s = record_stream_create(fd[1], sizeof(much), 100);
	assert_non_null(s);
	record_stream_pump(s, 1000);
	assert_int_equal(record_stream_take(s, much, 60000), 0);
	record_stream_pump(s, 1050);
	assert_int_equal(record_stream_error(s), 0);
	record_stream_pump(s, 1100);
	assert_int_equal(record_stream_error(s), -ETIME);
	record_stream_destroy(s);
	close(fd[0]);
}

/* A reader that takes nothing is left when its time is up, and not before. */
static void test_stall(void **state)
{
	static uint8_t much[1u << 20];
	struct record_stream *s;
	ssize_t n;
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	s = record_stream_create(fd[1], sizeof(much), 100);
	assert_non_null(s);
	/* Nothing to take: no stall. */
	record_stream_pump(s, 1000);
	record_stream_pump(s, 2000);
	assert_int_equal(record_stream_error(s), 0);
	assert_int_equal(record_stream_take(s, much, sizeof(much)), 0);
	record_stream_pump(s, 2050);
	assert_true(record_stream_waits(s));
	record_stream_pump(s, 2149);
	assert_int_equal(record_stream_error(s), 0);
	/* It takes something: the time starts again. */
	n = recv(fd[0], much, 65536, MSG_DONTWAIT);
	assert_true(n > 0);
	record_stream_pump(s, 2160);
	record_stream_pump(s, 2259);
	assert_int_equal(record_stream_error(s), 0);
	record_stream_pump(s, 2260);
	assert_int_equal(record_stream_error(s), -ETIME);
	assert_false(record_stream_waits(s));
	assert_int_equal(record_stream_take(s, much, 1), -ETIME);
	record_stream_destroy(s);
	close(fd[0]);
}

static void test_gone(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < 2; kind++) {
		struct record_stream *s;
		int fd[2];

		assert_int_equal(kind ? pipe(fd) : socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
		s = record_stream_create(fd[1], 1000, 0);
		assert_non_null(s);
		close(fd[0]);
		assert_int_equal(record_stream_take(s, "x", 1), 0);
		record_stream_pump(s, 1);
		assert_int_equal(record_stream_error(s), -EPIPE);
		record_stream_destroy(s);
	}
}

/* ---- attached to a recorder ---- */

static void put(struct record *r, enum sim_world_id from, uint64_t id)
{
	static const uint8_t bytes[1000] = {[12] = 8, [13] = 6};
	struct sim_rt_frame f = {
	    .time_ns = id, .id = id, .bytes = bytes, .len_bytes = sizeof(bytes), .from = from};

	record_observer(r)->frame(record_observer(r)->ctx, &f);
}

static void put_event(struct record *r, uint32_t epoch)
{
	struct sim_rt_event e = {.kind = SIM_RT_EV_BOOT, .a = epoch};

	record_observer(r)->event(record_observer(r)->ctx, &e);
}

static struct record *make(void)
{
	struct record *r = record_create(&sc, "iwc0");

	assert_non_null(r);
	if (record_start(r, 0, err) != 0)
		fail_msg("%s", err);
	return r;
}

static int attach(struct record *r, enum record_what what, const char *filter)
{
	const struct record_sink sink = {.what = what, .filter = filter};
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	if (record_add_stream(r, fd[1], &sink, err) != 0)
		fail_msg("%s", err);
	return fd[0];
}

static void until_written(struct record *r, uint64_t packets)
{
	struct record_counts n;

	for (;;) {
		record_counts(r, &n);
		/* With nobody left to write for, the rest is not taken in. */
		if (n.frames + n.events >= packets || n.files + n.streams == 0)
			return;
		usleep(1000);
	}
}

/* All of a stream, and what is in it. */
struct seen {
	uint8_t *bytes;
	size_t len;
	uint64_t packets, told, received, dropped; /* told: drop counts of the packets */
};

static uint32_t u32(const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, 4);
	return v;
}

static uint64_t option(const uint8_t *at, const uint8_t *end, uint32_t code)
{
	uint64_t v = 0;

	for (; at + 4 <= end && u32(at) != 0; at += 4 + (((u32(at) >> 16) + 3u) & ~3u))
		if ((u32(at) & 0xffffu) == code)
			memcpy(&v, at + 4, 8);
	return v;
}

static void seen_read(struct seen *s, int fd)
{
	size_t size = 1u << 24;
	ssize_t n;

	memset(s, 0, sizeof(*s));
	s->bytes = malloc(size);
	assert_non_null(s->bytes);
	while ((n = read(fd, s->bytes + s->len, size - s->len)) > 0)
		s->len += (size_t)n;
	close(fd);
	for (size_t at = 0; at + 12 <= s->len; at += u32(s->bytes + at + 4)) {
		const uint8_t *b = s->bytes + at, *end = b + u32(b + 4) - 4;

		assert_true(u32(b + 4) >= 12 && u32(b + 4) <= s->len - at);
		if (u32(b) == PACKET) {
			s->packets++;
			s->told += option(b + 28 + ((u32(b + 20) + 3u) & ~3u), end, 4);
		} else if (u32(b) == STATISTICS) {
			s->received += option(b + 20, end, 4);
			s->dropped += option(b + 20, end, 5);
		}
	}
	free(s->bytes);
}

static void test_attach(void **state)
{
	struct record *r = make();
	struct record_counts n;
	struct seen s;
	int both, arp, none;

	(void)state;
	both = attach(r, RECORD_BOTH, "");
	arp = attach(r, RECORD_FRAMES, "arp");
	none = attach(r, RECORD_BOTH, "ip6");
	put(r, SIM_NS, 1);
	put(r, SIM_S, 2);
	put_event(r, 3);
	until_written(r, 3);
	record_counts(r, &n);
	assert_int_equal(n.streams, 3);
	assert_int_equal(record_stop(r), 0);
	seen_read(&s, both);
	assert_int_equal(s.packets, 3);
	seen_read(&s, arp);
	assert_int_equal(s.packets, 2);
	assert_int_equal(s.received, 2);
	/* A filter is for frames, events pass. */
	seen_read(&s, none);
	assert_int_equal(s.packets, 1);
	record_destroy(r);
}

/* What was flushed is there at once: the reader has not to wait for the next frame. */
static void test_live(void **state)
{
	struct record *r = make();
	int fd = attach(r, RECORD_FRAMES, NULL);
	uint8_t bytes[65536];
	size_t len = 0;

	(void)state;
	put(r, SIM_NS, 1);
	while (len < 12 || memmem(bytes, len, "\x06\0\0\0", 4) == NULL) {
		ssize_t n = read(fd, bytes + len, sizeof(bytes) - len);

		assert_true(n > 0);
		len += (size_t)n;
	}
	record_destroy(r);
	close(fd);
}

/* The reader leaves: noticed, whether something is to be written or not, and no error. */
static void test_reader_leaves(void **state)
{
	struct record *r = make();
	struct record_counts n;
	int first = attach(r, RECORD_FRAMES, NULL), second = attach(r, RECORD_FRAMES, NULL);

	(void)state;
	close(first);
	do {
		usleep(1000);
		record_counts(r, &n);
	} while (n.streams != 1);
	close(second);
	put(r, SIM_NS, 1);
	do {
		usleep(1000);
		record_counts(r, &n);
	} while (n.streams != 0);
	assert_int_equal(n.cut_off, 0);
	assert_int_equal(record_stop(r), 0);
	assert_false(record_trouble(r, err));
	record_destroy(r);
}

struct reader {
	int fd;
	struct seen seen;
};

static void *reader_run(void *ctx)
{
	struct reader *r = ctx;

	seen_read(&r->seen, r->fd);
	return NULL;
}

/* Nobody reads, then somebody does: every frame is in the stream or counted there. */
static void test_slow_reader(void **state)
{
	enum { FRAMES = 6000 }; /* six megabytes, more than fits anywhere on the way */
	struct record *r = make();
	int fd = attach(r, RECORD_FRAMES, NULL);
	struct record_counts n;
	struct reader reader = {.fd = fd};
	uint64_t sent = FRAMES, before;
	pthread_t thread;

	(void)state;
	for (uint64_t i = 1; i <= FRAMES; i++) {
		put(r, SIM_NS, i);
		if (i % 1000 == 0)
			until_written(r, i);
	}
	record_counts(r, &n);
	assert_int_equal(n.frames, FRAMES);
	assert_true(n.stream_drops > 0);
	assert_int_equal(pthread_create(&thread, NULL, reader_run, &reader), 0);
	/* When the reader has made room a frame tells of the gap. */
	do {
		put(r, SIM_NS, ++sent);
		until_written(r, sent);
		before = n.stream_drops;
		usleep(1000);
		record_counts(r, &n);
	} while (n.stream_drops != before);
	assert_int_equal(record_stop(r), 0);
	record_counts(r, &n);
	record_destroy(r);
	pthread_join(thread, NULL);
	assert_true(reader.seen.told > 0);
	assert_int_equal(reader.seen.packets + reader.seen.dropped, sent);
	assert_int_equal(reader.seen.received, sent);
	assert_int_equal(reader.seen.dropped, n.stream_drops);
}

static void test_too_many(void **state)
{
	const struct record_sink sink = {.what = RECORD_FRAMES};
	struct record *r = make();
	int fd[RECORD_STREAMS_MAX], last[2];

	(void)state;
	for (unsigned i = 0; i < RECORD_STREAMS_MAX; i++)
		fd[i] = attach(r, RECORD_FRAMES, NULL);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, last), 0);
	assert_int_equal(record_add_stream(r, last[1], &sink, err), -1);
	assert_non_null(strstr(err, "16 captures are attached already"));
	/* It is still ours. */
	assert_int_equal(close(last[1]), 0);
	close(last[0]);
	assert_int_equal(record_stop(r), 0);
	record_destroy(r);
	for (unsigned i = 0; i < RECORD_STREAMS_MAX; i++)
		close(fd[i]);
}

/* ---- standard output and FIFOs ---- */

/* In a child with out as standard output. 0: as it should be. */
static int to_stdout(int out, bool expect_whole, const char *expect)
{
	const struct record_sink sink = {.what = RECORD_FRAMES};
	struct record *r = record_create(&sc, "iwc0");
	char text[RECORD_ERROR_BYTES] = "";

	signal(SIGPIPE, SIG_IGN);
	if (!r || dup2(out, STDOUT_FILENO) < 0)
		return 10;
	close(out);
	if (record_add_file(r, "-", &sink, text) == 0) {
		if (record_start(r, 0, text) != 0)
			return 11;
		for (uint64_t i = 1; i <= 300; i++)
			put(r, SIM_NS, i);
		until_written(r, 300);
		if ((record_stop(r) == 0) != expect_whole)
			return 12;
		(void)record_trouble(r, text);
	}
	record_destroy(r);
	return strstr(text, expect) ? 0 : 13;
}

static int child_to_stdout(int out, int close_in, bool expect_whole, const char *expect)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		if (close_in >= 0)
			close(close_in);
		_exit(to_stdout(out, expect_whole, expect));
	}
	close(out);
	return (int)child;
}

static void child_is_good(int child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_stdout_pipe(void **state)
{
	struct seen s;
	int fd[2], child;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	child = child_to_stdout(fd[1], fd[0], true, "");
	seen_read(&s, fd[0]);
	assert_int_equal(s.packets, 300);
	child_is_good(child);
}

/* Nobody reads the pipe: the tap ends all the same, and says that something is missing. */
static void test_stdout_stuck(void **state)
{
	int fd[2], child;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	child = child_to_stdout(fd[1], -1, false, "standard output: nobody reads it; the capture ");
	child_is_good(child);
	close(fd[0]);
}

static void test_stdout_gone(void **state)
{
	int fd[2], child;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	close(fd[0]);
	child = child_to_stdout(fd[1], -1, false, "standard output: its reader has gone; ");
	child_is_good(child);
}

/* What was in the file before stays, as with any >>. */
static void test_stdout_file(void **state)
{
	char path[] = "/tmp/iwc-stdout-XXXXXX";
	int fd = mkstemp(path), child;
	struct stat st;
	struct seen s;

	(void)state;
	assert_true(fd >= 0);
	child = child_to_stdout(fd, -1, true, "");
	child_is_good(child);
	assert_int_equal(stat(path, &st), 0);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	seen_read(&s, fd);
	assert_int_equal(s.len, st.st_size);
	assert_int_equal(s.packets, 300);
	unlink(path);
}

static void test_stdout_terminal(void **state)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY), child, terminal;
	const char *name;

	(void)state;
	if (fd < 0 || grantpt(fd) != 0 || unlockpt(fd) != 0 || !(name = ptsname(fd))) {
		print_message("SKIP: env: no pseudo-terminal: %s\n", strerror(errno));
		skip();
		return;
	}
	terminal = open(name, O_RDWR | O_NOCTTY);
	assert_true(terminal >= 0);
	child = child_to_stdout(terminal, -1, true, "standard output is a terminal");
	child_is_good(child);
	close(fd);
}

static void test_fifo(void **state)
{
	const struct record_sink sink = {.what = RECORD_BOTH};
	const struct record_sink ring = {.what = RECORD_FRAMES, .rotate = {.size_bytes = 1}};
	char dir[] = "/tmp/iwc-fifo-XXXXXX", path[64], classic[64];
	struct record *r = record_create(&sc, "iwc0");
	struct seen s;
	int fd;

	(void)state;
	assert_non_null(r);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/f", dir);
	snprintf(classic, sizeof(classic), "%s/f.pcap", dir);
	assert_int_equal(mkfifo(path, 0600) | mkfifo(classic, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	assert_true(fd >= 0);
	assert_int_equal(record_add_file(r, path, &ring, err), -1);
	assert_non_null(strstr(err, "a pipe gets one pcapng stream, no ring of files"));
	assert_int_equal(record_add_file(r, path, &sink, err), 0);
	assert_int_equal(record_start(r, 0, err), 0);
	put(r, SIM_S, 1);
	put_event(r, 1);
	assert_int_equal(record_stop(r), 0);
	seen_read(&s, fd);
	assert_int_equal(s.packets, 2);
	fd = open(classic, O_RDONLY | O_NONBLOCK);
	assert_true(fd >= 0);
	assert_int_equal(
	    record_add_file(r, classic, &(struct record_sink){.what = RECORD_FRAMES}, err), -1);
	assert_non_null(strstr(err, "a pipe gets one pcapng stream, no .pcap"));
	close(fd);
	record_destroy(r);
	unlink(path);
	unlink(classic);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_stall),
	    cmocka_unit_test(test_stall_after_idle),
	    cmocka_unit_test(test_gone),
	    cmocka_unit_test(test_attach),
	    cmocka_unit_test(test_live),
	    cmocka_unit_test(test_reader_leaves),
	    cmocka_unit_test(test_slow_reader),
	    cmocka_unit_test(test_too_many),
	    cmocka_unit_test(test_stdout_pipe),
	    cmocka_unit_test(test_stdout_stuck),
	    cmocka_unit_test(test_stdout_gone),
	    cmocka_unit_test(test_stdout_file),
	    cmocka_unit_test(test_stdout_terminal),
	    cmocka_unit_test(test_fifo),
	};

	signal(SIGPIPE, SIG_IGN);
	scenario_defaults(&sc);
	snprintf(sc.name, sizeof(sc.name), "test");
	sc.channel.class_count = 1;
	return cmocka_run_group_tests_name("record_stream", tests, NULL, NULL);
}
