/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Captures of a tap: what goes in by the observer comes out of files and streams, or is counted.
 * Files are read back by libpcap, here; by other people's programs in record_tools_test.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <pcap/pcap.h>

#include "record.h"
#include "scenario_file.h"

#define ARP 0x06
#define IP4 0x00
#define NS_PER_S UINT64_C(1000000000)

static struct scenario sc;
static char dir[] = "/tmp/iwc-record-XXXXXX";
static char err[RECORD_ERROR_BYTES];

static const char *in_dir(const char *name)
{
	static char path[4][128];
	static unsigned n;

	n = (n + 1u) % 4u;
	snprintf(path[n], sizeof(path[n]), "%s/%s", dir, name);
	return path[n];
}

static struct record *make(size_t slots)
{
	struct record *r = record_create_sized(&sc, "iwc0", slots);

	assert_non_null(r);
	return r;
}

static void add(struct record *r, const char *path, const struct record_sink *sink)
{
	if (record_add_file(r, path, sink, err) != 0)
		fail_msg("%s", err);
}

static void start(struct record *r)
{
	if (record_start(r, 0, err) != 0)
		fail_msg("%s", err);
}

/* A frame of len bytes, type 0x08xx, that carries its number. */
static void put(struct record *r, enum sim_world_id from, uint64_t id, uint64_t time_ns,
		uint32_t len, uint8_t type, enum sim_rt_drop drop)
{
	uint8_t bytes[2048] = {[0] = 2, [6] = 2, [12] = 8, [13] = type};
	struct sim_rt_frame f = {.time_ns = time_ns,
				 .id = id,
				 .bytes = bytes,
				 .len_bytes = len,
				 .cls = 1,
				 .from = from,
				 .drop = drop};

	memcpy(bytes + 14, &id, sizeof(id));
	for (unsigned i = 22; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	record_observer(r)->frame(record_observer(r)->ctx, &f);
}

static void put_event(struct record *r, enum sim_world_id world, uint64_t time_ns, uint32_t epoch)
{
	struct sim_rt_event e = {
	    .kind = SIM_RT_EV_BOOT, .world = world, .time_ns = time_ns, .a = epoch};

	record_observer(r)->event(record_observer(r)->ctx, &e);
}

/* What libpcap makes of a file. */
struct contents {
	unsigned n;
	int linktype;
	int snaplen;
	struct {
		uint64_t time_ns, id;
		uint32_t len, kept;
		uint32_t wrong; /* bytes that put did not put there */
		char text[64];
	} packet[64];
};

static void read_back(const char *path, struct contents *c)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
	struct pcap_pkthdr *h;
	const uint8_t *bytes;
	int rc;

	if (!p)
		fail_msg("%s: %s", path, why);
	memset(c, 0, sizeof(*c));
	c->linktype = pcap_datalink(p);
	c->snaplen = pcap_snapshot(p);
	while ((rc = pcap_next_ex(p, &h, &bytes)) == 1) {
		if (c->n < 64) {
			c->packet[c->n].time_ns =
			    (uint64_t)h->ts.tv_sec * NS_PER_S + (uint64_t)h->ts.tv_usec;
			c->packet[c->n].len = h->len;
			c->packet[c->n].kept = h->caplen;
			if (c->linktype == DLT_EN10MB && h->caplen >= 22)
				memcpy(&c->packet[c->n].id, bytes + 14, 8);
			for (unsigned i = 22; i < h->caplen; i++)
				c->packet[c->n].wrong += bytes[i] != (uint8_t)(i * 7);
			if (c->linktype != DLT_EN10MB && h->caplen > 20)
				snprintf(c->packet[c->n].text, 64, "%.*s", (int)h->caplen - 20,
					 (const char *)bytes + 20);
		}
		c->n++;
	}
	if (rc != PCAP_ERROR_BREAK)
		fail_msg("%s: %s", path, pcap_geterr(p));
	pcap_close(p);
}

static uint64_t wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

/* Option code of the nth block of a type in a pcapng file, as a number; 0 if it is not there. */
static uint64_t option_u64(const char *path, uint32_t type, unsigned nth, uint32_t fixed,
			   uint32_t code)
{
	static uint8_t file[1u << 24];
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(file, 1, sizeof(file), f) : 0, at = 0;
	uint32_t head[2] = {0}, option;
	uint64_t value = 0;

	assert_non_null(f);
	fclose(f);
	while (at + 12 <= n) {
		memcpy(head, file + at, sizeof(head));
		assert_true(head[1] >= 12 && head[1] <= n - at);
		if (head[0] == type && nth-- == 0)
			break;
		at += head[1];
	}
	assert_true(at + 12 <= n);
	if (type == 6) {
		uint32_t kept;

		memcpy(&kept, file + at + 20, sizeof(kept));
		fixed += (kept + 3u) & ~3u;
	}
	for (size_t o = at + fixed; o + 4 <= at + head[1] - 4;
	     o += 4 + (((option >> 16) + 3u) & ~3u)) {
		memcpy(&option, file + o, sizeof(option));
		if (option == 0)
			break;
		if ((option & 0xffffu) == code)
			memcpy(&value, file + o + 4, (option >> 16) < 8 ? (option >> 16) : 8);
	}
	return value;
}

#define PACKET_DROPS(path, n) option_u64(path, 6, n, 28, 4)
#define PACKET_FLAGS(path, n) option_u64(path, 6, n, 28, 2)
#define PACKET_ID(path, n) option_u64(path, 6, n, 28, 5)
#define STAT_FRAMES(path, n) option_u64(path, 5, n, 20, 4)
#define STAT_DROPS(path, n) option_u64(path, 5, n, 20, 5)

static void no_trouble(struct record *r)
{
	char text[RECORD_ERROR_BYTES];

	if (record_trouble(r, text))
		fail_msg("%s", text);
}

/* ---- tests ---- */

/* Both directions in the order of time, with wall clock stamps, in both formats; events apart. */
static void test_files(void **state)
{
	const struct record_sink frames = {.what = RECORD_FRAMES}, events = {.what = RECORD_EVENTS};
	struct record *r = make(64);
	uint64_t before = wall_ns(), after;
	struct contents c;

	(void)state;
	add(r, in_dir("f.pcapng"), &frames);
	add(r, in_dir("f.pcap"), &frames);
	add(r, in_dir("e.pcapng"), &events);
	/* All are there when the writer starts, so that it has not to guess what may come. */
	put(r, SIM_S, 1, 150, 60, ARP, SIM_RT_DROP_NONE);
	put(r, SIM_S, 2, 300, 60, ARP, SIM_RT_DROP_NONE);
	put_event(r, SIM_S, 310, 9);
	put(r, SIM_NS, 1, 100, 1514, IP4, SIM_RT_DROP_NONE);
	put(r, SIM_NS, 2, 200, 60, IP4, SIM_RT_DROP_FULL);
	put_event(r, SIM_NS, 210, 8);
	record_observer(r)->event(record_observer(r)->ctx,
				  &(struct sim_rt_event){.kind = SIM_RT_EV_DELIVER});
	start(r);
	after = wall_ns();
	assert_int_equal(record_stop(r), 0);
	no_trouble(r);
	record_destroy(r);
	for (unsigned i = 0; i < 2; i++) {
		read_back(in_dir(i ? "f.pcap" : "f.pcapng"), &c);
		assert_int_equal(c.n, 4);
		assert_int_equal(c.linktype, DLT_EN10MB);
		assert_int_equal(c.packet[0].len, 1514);
		assert_int_equal(c.packet[0].kept, 1514);
		assert_int_equal(c.packet[0].wrong, 0);
		assert_int_equal(c.packet[1].time_ns - c.packet[0].time_ns, 50);
		assert_int_equal(c.packet[2].id, 2);
		assert_int_equal(c.packet[3].time_ns - c.packet[0].time_ns, 200);
		assert_true(c.packet[0].time_ns >= before && c.packet[0].time_ns <= after + 100);
	}
	assert_int_equal(PACKET_FLAGS(in_dir("f.pcapng"), 0), 2);
	assert_int_equal(PACKET_FLAGS(in_dir("f.pcapng"), 1), 1);
	assert_int_equal(PACKET_ID(in_dir("f.pcapng"), 0), 1);
	assert_int_equal(PACKET_ID(in_dir("f.pcapng"), 1), 1 | UINT64_C(1) << 63);
	read_back(in_dir("e.pcapng"), &c);
	assert_int_equal(c.n, 2);
	assert_string_equal(c.packet[0].text, "world=ns kind=boot epoch=8");
	assert_string_equal(c.packet[1].text, "world=s kind=boot epoch=9");
}

static void test_filter_and_snaplen(void **state)
{
	const struct record_sink all = {.what = RECORD_FRAMES, .snaplen_bytes = 30};
	const struct record_sink arp = {.what = RECORD_FRAMES, .filter = "arp"};
	struct record *r = make(64);
	struct contents c;
	struct stat st;

	(void)state;
	add(r, in_dir("all.pcapng"), &all);
	add(r, in_dir("all.pcap"), &all);
	add(r, in_dir("arp.pcapng"), &arp);
	start(r);
	put(r, SIM_NS, 1, 1, 60, ARP, SIM_RT_DROP_NONE);
	put(r, SIM_NS, 2, 2, 61, IP4, SIM_RT_DROP_NONE);
	put(r, SIM_NS, 3, 3, 62, ARP, SIM_RT_DROP_NONE);
	put(r, SIM_NS, 4, 4, 29, IP4, SIM_RT_DROP_NONE);
	put(r, SIM_NS, 5, 5, 2000, IP4, SIM_RT_DROP_LENGTH);
	assert_int_equal(record_stop(r), 0);
	record_destroy(r);
	for (unsigned i = 0; i < 2; i++) {
		read_back(in_dir(i ? "all.pcap" : "all.pcapng"), &c);
		assert_int_equal(c.n, 5);
		assert_int_equal(c.snaplen, 30);
		assert_int_equal(c.packet[0].kept, 30);
		assert_int_equal(c.packet[0].len, 60);
		assert_int_equal(c.packet[3].kept, 29);
		assert_int_equal(c.packet[4].len, 2000);
	}
	/* libpcap cuts when it reads, too: the file itself has to be short. */
	assert_int_equal(stat(in_dir("all.pcap"), &st), 0);
	assert_int_equal(st.st_size, 24 + 5 * 16 + 4 * 30 + 29);
	read_back(in_dir("arp.pcapng"), &c);
	assert_int_equal(c.n, 2);
	assert_int_equal(c.packet[1].id, 3);
	assert_int_equal(c.packet[1].kept, 62);
}

/* Only what somebody keeps is copied, and it is enough for who keeps most. */
static void test_two_snaplens(void **state)
{
	const struct record_sink shorter = {.what = RECORD_FRAMES, .snaplen_bytes = 30};
	const struct record_sink longer = {.what = RECORD_FRAMES, .snaplen_bytes = 300};
	/* A filter may look behind what is kept. */
	const struct record_sink deep = {
	    .what = RECORD_FRAMES, .snaplen_bytes = 20, .filter = "ether[500] = 172"};
	struct record *r = make(2);
	struct contents c;

	(void)state;
	add(r, in_dir("long.pcapng"), &longer);
	add(r, in_dir("short.pcapng"), &shorter);
	start(r);
	put(r, SIM_NS, 1, 1, 1000, IP4, SIM_RT_DROP_NONE);
	assert_int_equal(record_stop(r), 0);
	record_destroy(r);
	read_back(in_dir("long.pcapng"), &c);
	assert_int_equal(c.packet[0].len, 1000);
	assert_int_equal(c.packet[0].kept, 300);
	assert_int_equal(c.packet[0].wrong, 0);
	read_back(in_dir("short.pcapng"), &c);
	assert_int_equal(c.packet[0].kept, 30);
	r = make(2);
	add(r, in_dir("deep.pcapng"), &deep);
	start(r);
	put(r, SIM_NS, 1, 1, 1000, IP4, SIM_RT_DROP_NONE);
	assert_int_equal(record_stop(r), 0);
	record_destroy(r);
	read_back(in_dir("deep.pcapng"), &c);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.packet[0].kept, 20);
}

/* A frame longer than a slot keeps its length and so many of its bytes. */
static void test_giant(void **state)
{
	const struct record_sink frames = {.what = RECORD_FRAMES};
	struct record *r = make(2);
	struct contents c;

	(void)state;
	add(r, in_dir("giant.pcapng"), &frames);
	start(r);
	put(r, SIM_S, 1, 1, 2000, IP4, SIM_RT_DROP_LENGTH);
	assert_int_equal(record_stop(r), 0);
	record_destroy(r);
	read_back(in_dir("giant.pcapng"), &c);
	assert_int_equal(c.packet[0].len, 2000);
	assert_int_equal(c.packet[0].kept, IWC_FRAME_MAX);
}

/* What the queue has no room for is counted, in the packet that follows the gap and at the end. */
static void test_overflow(void **state)
{
	const struct record_sink both = {.what = RECORD_BOTH};
	struct record *r = make(4);
	struct record_counts n;

	(void)state;
	add(r, in_dir("o.pcapng"), &both);
	for (uint64_t i = 1; i <= 10; i++)
		put(r, SIM_NS, i, i, 60, ARP, SIM_RT_DROP_NONE);
	put_event(r, SIM_NS, 11, 1);
	put(r, SIM_S, 1, 12, 60, ARP, SIM_RT_DROP_NONE);
	start(r);
	do {
		usleep(1000);
		record_counts(r, &n);
	} while (n.frames < 5);
	put(r, SIM_NS, 11, 13, 60, ARP, SIM_RT_DROP_NONE);
	assert_int_equal(record_stop(r), 0);
	record_counts(r, &n);
	assert_int_equal(n.frames, 6);
	assert_int_equal(n.dropped_frames, 6);
	assert_int_equal(n.events, 0);
	assert_int_equal(n.dropped_events, 1);
	record_destroy(r);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(PACKET_DROPS(in_dir("o.pcapng"), i), 0);
	assert_int_equal(PACKET_DROPS(in_dir("o.pcapng"), 5), 6);
	assert_int_equal(PACKET_ID(in_dir("o.pcapng"), 5), 11);
	assert_int_equal(STAT_FRAMES(in_dir("o.pcapng"), 0), 12);
	assert_int_equal(STAT_DROPS(in_dir("o.pcapng"), 0), 6);
	assert_int_equal(STAT_DROPS(in_dir("o.pcapng"), 1), 1);
}

/* Losses that nothing follows stand at the end of the file. */
static void test_overflow_at_the_end(void **state)
{
	const struct record_sink frames = {.what = RECORD_FRAMES};
	struct record *r = make(2);

	(void)state;
	add(r, in_dir("end.pcapng"), &frames);
	for (uint64_t i = 1; i <= 5; i++)
		put(r, SIM_S, i, i, 60, ARP, SIM_RT_DROP_NONE);
	start(r);
	assert_int_equal(record_stop(r), 0);
	record_destroy(r);
	assert_int_equal(STAT_FRAMES(in_dir("end.pcapng"), 0), 5);
	assert_int_equal(STAT_DROPS(in_dir("end.pcapng"), 0), 3);
}

static void test_refusals(void **state)
{
	const struct record_sink frames = {.what = RECORD_FRAMES}, events = {.what = RECORD_EVENTS};
	const struct record_sink bad = {.what = RECORD_FRAMES, .filter = "arp and and"};
	const struct record_sink ring = {.what = RECORD_FRAMES, .rotate = {.files = 2}};
	struct record *r = make(2);

	(void)state;
	assert_int_equal(record_add_file(r, in_dir("x.pcapng"), &bad, err), -1);
	assert_non_null(strstr(err, "filter 'arp and and': "));
	assert_non_null(strstr(err, "syntax error"));
	assert_int_equal(record_add_file(r, in_dir("x.pcapng"), &ring, err), -1);
	assert_non_null(strstr(err, "add filesize:KB or duration:SECONDS"));
	assert_int_equal(record_add_file(r, in_dir("x.pcap"), &events, err), -1);
	assert_non_null(strstr(err, "x.pcap: a .pcap file holds frames only"));
	assert_int_equal(access(in_dir("x.pcap"), F_OK), -1);
	assert_int_equal(record_add_file(r, in_dir("no/x.pcapng"), &frames, err), -1);
	assert_non_null(strstr(err, "no/x.pcapng: No such file or directory"));
	assert_int_equal(record_add_file(r, in_dir("no/x.pcap"), &frames, err), -1);
	assert_non_null(strstr(err, "no/x.pcap: No such file or directory"));
	add(r, in_dir("x.pcapng"), &frames);
	assert_int_equal(record_add_file(r, in_dir("./x.pcapng"), &events, err), -1);
	assert_non_null(strstr(err, "two captures can't go to the same file"));
	assert_int_equal(record_stop(r), 0);
	record_destroy(r);
}

static size_t count_files(const char *pattern, glob_t *g)
{
	assert_int_equal(glob(in_dir(pattern), 0, NULL, g), 0);
	return g->gl_pathc;
}

/* A file ends after the frame with which it is full; none is empty; the ring keeps the last. */
static void test_ring_by_size(void **state)
{
	struct record_sink ring = {.what = RECORD_FRAMES, .rotate = {.size_bytes = 1000}};
	struct record *r = make(64);
	struct contents c;
	unsigned total = 0;
	struct stat st;
	glob_t g;

	(void)state;
	add(r, in_dir("size.pcap"), &ring);
	ring.rotate.files = 2;
	add(r, in_dir("last.pcap"), &ring);
	ring.rotate.size_bytes = 1;
	ring.rotate.files = 0;
	add(r, in_dir("each.pcapng"), &ring);
	start(r);
	/* 24 + 3 * (16 + 310) = 1002: three frames fill a file. */
	for (uint64_t i = 1; i <= 9; i++)
		put(r, SIM_NS, i, i, 310, IP4, SIM_RT_DROP_NONE);
	assert_int_equal(record_stop(r), 0);
	record_destroy(r);
	assert_int_equal(count_files("size_*.pcap", &g), 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(stat(g.gl_pathv[i], &st), 0);
		assert_int_equal(st.st_size, 1002);
		read_back(g.gl_pathv[i], &c);
		assert_int_equal(c.n, 3);
		assert_int_equal(c.packet[0].id, 3 * i + 1);
	}
	globfree(&g);
	assert_int_equal(count_files("last_*.pcap", &g), 2);
	assert_non_null(strstr(g.gl_pathv[0], "last_00002_"));
	globfree(&g);
	assert_int_equal(count_files("each_*.pcapng", &g), 9);
	for (size_t i = 0; i < 9; i++) {
		read_back(g.gl_pathv[i], &c);
		total += c.n;
	}
	assert_int_equal(total, 9);
	globfree(&g);
}

/* By the stamps of the frames, not by the clock of the test. */
static void test_ring_by_time(void **state)
{
	const struct record_sink ring = {.what = RECORD_FRAMES,
					 .rotate = {.duration_ns = 1000 * NS_PER_S}};
	struct record *r = make(64);
	struct contents c;
	glob_t g;

	(void)state;
	add(r, in_dir("time.pcapng"), &ring);
	start(r);
	put(r, SIM_NS, 1, 5000 * NS_PER_S, 60, ARP, SIM_RT_DROP_NONE);
	put(r, SIM_NS, 2, 5900 * NS_PER_S, 60, ARP, SIM_RT_DROP_NONE);
	put(r, SIM_NS, 3, 6100 * NS_PER_S, 60, ARP, SIM_RT_DROP_NONE);
	put(r, SIM_NS, 4, 7099 * NS_PER_S, 60, ARP, SIM_RT_DROP_NONE);
	put(r, SIM_NS, 5, 7100 * NS_PER_S, 60, ARP, SIM_RT_DROP_NONE);
	assert_int_equal(record_stop(r), 0);
	record_destroy(r);
	assert_int_equal(count_files("time_*.pcapng", &g), 3);
	read_back(g.gl_pathv[0], &c);
	assert_int_equal(c.n, 2);
	read_back(g.gl_pathv[1], &c);
	assert_int_equal(c.n, 2);
	read_back(g.gl_pathv[2], &c);
	assert_int_equal(c.n, 1);
	globfree(&g);
}

/* In a process of its own, with files limited to 8 KiB: what a full disk does to three captures. */
static int full_disk(void)
{
	const struct record_sink frames = {.what = RECORD_FRAMES},
				 arp = {.what = RECORD_FRAMES, .filter = "arp"};
	const struct rlimit limit = {8192, 8192};
	char text[RECORD_ERROR_BYTES];
	struct record *r = record_create_sized(&sc, "iwc0", 64);
	struct record_counts n = {0};
	unsigned troubles = 0;

	signal(SIGXFSZ, SIG_IGN);
	if (!r || setrlimit(RLIMIT_FSIZE, &limit) != 0 ||
	    record_add_file(r, in_dir("full.pcapng"), &frames, err) != 0 ||
	    record_add_file(r, in_dir("full.pcap"), &frames, err) != 0 ||
	    record_add_file(r, in_dir("small.pcapng"), &arp, err) != 0 ||
	    record_start(r, 0, err) != 0)
		return 10;
	for (uint64_t i = 1; i <= 40; i++)
		put(r, SIM_NS, i, i, 1000, i == 40 ? ARP : IP4, SIM_RT_DROP_NONE);
	while (n.frames < 40) {
		usleep(1000);
		record_counts(r, &n);
	}
	if (record_stop(r) != -1)
		return 11;
	while (record_trouble(r, text)) {
		troubles++;
		if (!strstr(text, "full.pcap") ||
		    !strstr(text, ": File too large; the capture ends"))
			return 12;
	}
	record_counts(r, &n);
	record_destroy(r);
	return troubles == 2 && n.failed == 2 ? 0 : 13;
}

static void test_full_disk(void **state)
{
	struct contents c;
	struct stat st;
	pid_t child = fork();
	int status;

	(void)state;
	assert_true(child >= 0);
	if (child == 0)
		_exit(full_disk());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	/* Whole frames and nothing behind them, or libpcap complains. */
	read_back(in_dir("full.pcapng"), &c);
	assert_int_equal(c.n, 7);
	read_back(in_dir("full.pcap"), &c);
	assert_true(c.n <= 8);
	assert_int_equal(stat(in_dir("full.pcap"), &st), 0);
	assert_int_equal(st.st_size, 24 + c.n * 1016);
	read_back(in_dir("small.pcapng"), &c);
	assert_int_equal(c.n, 1);
}

/* Two worlds and an attacker at once: each frame is in the file or counted, in order by world. */
#define CROWD 20000u

struct crowd {
	struct record *r;
	enum sim_world_id world;
	bool events;
};

static void *crowd_run(void *ctx)
{
	const struct crowd *c = ctx;

	for (uint64_t i = 1; i <= CROWD; i++) {
		if (c->events)
			put_event(c->r, c->world, i, 1);
		else
			put(c->r, c->world, i, i, 60, ARP, SIM_RT_DROP_NONE);
	}
	return NULL;
}

static void test_crowd(void **state)
{
	const struct record_sink both = {.what = RECORD_FRAMES}, events = {.what = RECORD_EVENTS};
	struct record *r = make(256);
	struct crowd crowd[3] = {{r, SIM_NS, false}, {r, SIM_S, false}, {r, SIM_NS, true}};
	struct record_counts n;
	struct contents c;
	pthread_t thread[3];

	(void)state;
	add(r, in_dir("crowd.pcapng"), &both);
	add(r, in_dir("crowd-events.pcapng"), &events);
	start(r);
	put_event(r, SIM_NS, 0, 1);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, crowd_run, &crowd[i]), 0);
	for (unsigned i = 0; i < 3; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(record_stop(r), 0);
	record_counts(r, &n);
	record_destroy(r);
	assert_true(n.frames > 0 && n.events > 0);
	assert_int_equal(n.frames + n.dropped_frames, 2 * CROWD);
	assert_int_equal(n.events + n.dropped_events, CROWD + 1);
	read_back(in_dir("crowd.pcapng"), &c);
	assert_int_equal(c.n, n.frames);
	assert_int_equal(STAT_FRAMES(in_dir("crowd.pcapng"), 0), 2 * CROWD);
	assert_int_equal(STAT_DROPS(in_dir("crowd.pcapng"), 0), n.dropped_frames);
	read_back(in_dir("crowd-events.pcapng"), &c);
	assert_int_equal(c.n, n.events);
	assert_int_equal(STAT_DROPS(in_dir("crowd-events.pcapng"), 0), n.dropped_events);
}

/* Nothing was started: the files are there, and empty. */
static void test_never_started(void **state)
{
	const struct record_sink frames = {.what = RECORD_FRAMES};
	struct record *r = make(2);
	struct contents c;

	(void)state;
	add(r, in_dir("never.pcapng"), &frames);
	add(r, in_dir("never.pcap"), &frames);
	record_destroy(r);
	read_back(in_dir("never.pcapng"), &c);
	assert_int_equal(c.n, 0);
	read_back(in_dir("never.pcap"), &c);
	assert_int_equal(c.n, 0);
}

static int dir_remove(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_files),	 cmocka_unit_test(test_filter_and_snaplen),
	    cmocka_unit_test(test_two_snaplens), cmocka_unit_test(test_giant),
	    cmocka_unit_test(test_overflow),	 cmocka_unit_test(test_overflow_at_the_end),
	    cmocka_unit_test(test_refusals),	 cmocka_unit_test(test_ring_by_size),
	    cmocka_unit_test(test_ring_by_time), cmocka_unit_test(test_full_disk),
	    cmocka_unit_test(test_crowd),	 cmocka_unit_test(test_never_started),
	};

	scenario_defaults(&sc);
	snprintf(sc.name, sizeof(sc.name), "test");
	sc.channel.class_count = 2;
	if (!mkdtemp(dir))
		return 1;
	return cmocka_run_group_tests_name("record", tests, NULL, dir_remove);
}
