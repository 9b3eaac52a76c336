/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of the pcapng writer. `pcapng_test --write DIR` writes the two sample files that stand in
 * sim/testdata; the tests compare against those, found by IWC_TESTDATA or from the top folder.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pcapng.h"

#define FILE_MAX (1u << 20)

static char dir[] = "/tmp/iwc-pcapng-XXXXXX";
static char path[64];
static uint8_t file[FILE_MAX];
static size_t file_bytes;

static const char *testdata(void)
{
	const char *set = getenv("IWC_TESTDATA");

	return set ? set : "sim/testdata";
}

static void file_read(const char *name)
{
	FILE *f = fopen(name, "rb");

	if (!f)
		fail_msg("%s: %s", name, strerror(errno));
	file_bytes = fread(file, 1, sizeof(file), f);
	assert_true(feof(f));
	fclose(f);
}

static uint32_t u32_at(size_t offset)
{
	const uint8_t *p = file + offset;

	assert_true(offset + 4 <= file_bytes);
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t u64_at(size_t offset)
{
	return u32_at(offset) | (uint64_t)u32_at(offset + 4) << 32;
}

/* Steps over the whole file; every block must be whole. Counts those of one type. */
static unsigned int blocks_count(uint32_t type)
{
	unsigned int n = 0;
	size_t at = 0;

	while (at < file_bytes) {
		uint32_t len = u32_at(at + 4);

		assert_true(len >= 12 && len % 4 == 0 && len <= file_bytes - at);
		assert_int_equal(u32_at(at + len - 4), len);
		n += u32_at(at) == type;
		at += len;
	}
	return n;
}

/* Offset of the nth block (from 0) of a type. */
static size_t block_find(uint32_t type, unsigned int nth)
{
	size_t at = 0;

	while (at < file_bytes) {
		if (u32_at(at) == type && nth-- == 0)
			return at;
		at += u32_at(at + 4);
	}
	fail_msg("no such block of type %u", type);
	return 0;
}

/* Offset of the value of an option in a list that starts at `at`, or 0; its length in *len. */
static size_t option_find(size_t at, uint32_t code, uint32_t *len)
{
	while (u32_at(at) != 0) {
		uint32_t head = u32_at(at);

		*len = head >> 16;
		if ((head & 0xffffu) == code)
			return at + 4;
		at += 4 + ((*len + 3) & ~3u);
	}
	return 0;
}

/* An ARP request or reply, padded to 60 bytes: what every reader knows. */
static void frame_fill(uint8_t frame[60], uint8_t operation)
{
	static const uint8_t head[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0,
				       1,    8,	   6,	 0,    1,    8,	   0,	 6, 4, 0, 0,
				       0x02, 0,	   0,	 0,    0,    1,	   192,	 0, 2, 1};

	memset(frame, 0, 60);
	memcpy(frame, head, sizeof(head));
	frame[21] = operation;
	frame[38] = 192;
	frame[40] = 2;
	frame[41] = 2;
}

static void channel_write(const char *name)
{
	static const uint8_t ns_ip[] = {192, 0, 2, 1};
	struct sim_pcapng_options options = {.comment = "seed=1"};
	char error[SIM_PCAPNG_ERROR_BYTES];
	uint8_t frame[60];
	struct sim_pcapng_packet packet = {.data = frame, .len_bytes = sizeof(frame)};
	struct sim_pcapng *w = sim_pcapng_open(name, "iwc", &options, error);

	if (!w)
		fail_msg("%s", error);
	assert_int_equal(sim_pcapng_add_interface(w, "ns-to-s", "frames of the non-secure world",
						  SIM_PCAPNG_ETHERNET),
			 0);
	assert_int_equal(sim_pcapng_add_interface(w, "s-to-ns", "frames of the secure world",
						  SIM_PCAPNG_ETHERNET),
			 1);
	assert_int_equal(sim_pcapng_add_name(w, ns_ip, "ns.iwc"), 0);
	frame_fill(frame, 1);
	packet.time_ns = 1000;
	packet.direction = SIM_PCAPNG_INBOUND;
	packet.id = 0x100000002;
	packet.queue = 3;
	assert_int_equal(sim_pcapng_write_packet(w, &packet), 0);
	frame_fill(frame, 2);
	packet.iface = 1;
	packet.time_ns = 2000000001234567890;
	packet.direction = SIM_PCAPNG_OUTBOUND;
	packet.id = 3;
	packet.len_bytes = 59;
	packet.drop_count = 7;
	packet.comment = "dropped: ring full";
	assert_int_equal(sim_pcapng_write_packet(w, &packet), 0);
	assert_int_equal(sim_pcapng_close(w, error), 0);
}

static void events_write(const char *name)
{
	char error[SIM_PCAPNG_ERROR_BYTES];
	struct sim_pcapng *w = sim_pcapng_open(name, "iwc", NULL, error);

	if (!w)
		fail_msg("%s", error);
	assert_int_equal(sim_pcapng_add_interface(w, "events", NULL, SIM_PCAPNG_UPPER_PDU), 0);
	assert_int_equal(sim_pcapng_write_event(w, 0, 900, 1, "world=ns kind=doorbell n=1", NULL),
			 0);
	assert_int_equal(
	    sim_pcapng_write_event(w, 0, 1100, 2, "world=s kind=crash", "as the scenario says"), 0);
	assert_int_equal(sim_pcapng_close(w, error), 0);
}

static void same_as_sample(void (*writer)(const char *), const char *name)
{
	char sample[256];
	uint8_t *written;
	size_t bytes;

	writer(path);
	file_read(path);
	bytes = file_bytes;
	written = malloc(bytes);
	assert_non_null(written);
	memcpy(written, file, bytes);
	snprintf(sample, sizeof(sample), "%s/%s", testdata(), name);
	file_read(sample);
	assert_int_equal(bytes, file_bytes);
	assert_memory_equal(written, file, bytes);
	free(written);
}

static void test_sample_bytes(void **state)
{
	(void)state;
	same_as_sample(channel_write, "channel.pcapng");
	same_as_sample(events_write, "events.pcapng");
}

static void test_packet_fields(void **state)
{
	uint32_t len = 0;
	size_t at;

	(void)state;
	channel_write(path);
	file_read(path);
	assert_int_equal(blocks_count(6), 2);
	at = block_find(6, 1);
	assert_int_equal(u32_at(at + 8), 1);
	assert_int_equal((uint64_t)u32_at(at + 12) << 32 | u32_at(at + 16), 2000000001234567890);
	assert_int_equal(u32_at(at + 20), 59);
	assert_int_equal(u32_at(at + 24), 59);
	at += 28 + 60;
	assert_int_equal(u32_at(option_find(at, 2, &len)), 2);
	assert_int_equal(u64_at(option_find(at, 4, &len)), 7);
	assert_int_equal(u64_at(option_find(at, 5, &len)), 3);
	assert_int_equal(u32_at(option_find(at, 6, &len)), 3);
	assert_memory_equal(file + option_find(at, 1, &len), "dropped: ring full", 18);
	assert_int_equal(len, 18);

	at = block_find(6, 0) + 28 + 60;
	assert_int_equal(option_find(at, 1, &len), 0);
	assert_int_equal(option_find(at, 4, &len), 0);
	assert_int_equal(u64_at(option_find(at, 5, &len)), 0x100000002);
}

static void test_statistics(void **state)
{
	uint32_t len = 0;
	size_t at;

	(void)state;
	channel_write(path);
	file_read(path);
	assert_int_equal(blocks_count(5), 2);
	at = block_find(5, 1);
	assert_int_equal(u32_at(at + 8), 1);
	assert_int_equal(u64_at(option_find(at + 20, 4, &len)), 8);
	assert_int_equal(u64_at(option_find(at + 20, 5, &len)), 7);
	at = option_find(block_find(5, 0) + 20, 3, &len);
	assert_int_equal((uint64_t)u32_at(at) << 32 | u32_at(at + 4), 2000000001234567890);
	assert_int_equal(block_find(5, 1) + u32_at(block_find(5, 1) + 4), file_bytes);
}

static void test_event_bytes(void **state)
{
	static const uint8_t head[] = {0,   12,	 0,   12, 'i', 'w', 'c', '-', 'e', 'v',
				       'e', 'n', 't', 0,  0,   0,   0,	 0,   0,   0};
	struct sim_pcapng *w = sim_pcapng_open(path, "iwc", NULL, NULL);
	size_t at;

	(void)state;
	assert_non_null(w);
	assert_int_equal(sim_pcapng_add_interface(w, "e", NULL, SIM_PCAPNG_UPPER_PDU), 0);
	assert_int_equal(sim_pcapng_write_event(w, 0, 0, 1, "a=1\nb=\x7f \xc3\xa4", NULL), 0);
	assert_int_equal(sim_pcapng_close(w, NULL), 0);
	file_read(path);
	at = block_find(6, 0);
	assert_int_equal(u32_at(at + 20), sizeof(head) + 10);
	assert_memory_equal(file + at + 28, head, sizeof(head));
	assert_memory_equal(file + at + 28 + sizeof(head), "a=1?b=? \xc3\xa4", 10);
}

static void test_long_data_is_cut(void **state)
{
	size_t bytes = SIM_PCAPNG_FRAME_MAX + 10;
	uint8_t *data = calloc(1, bytes);
	struct sim_pcapng_packet packet = {.data = data, .len_bytes = bytes};
	struct sim_pcapng *w = sim_pcapng_open(path, "iwc", NULL, NULL);
	char text[SIM_PCAPNG_TEXT_MAX + 3];
	uint32_t len = 0;
	size_t at;

	(void)state;
	assert_non_null(data);
	assert_non_null(w);
	/* The limit falls between the two bytes of the last letter, which then goes whole. */
	memset(text, 'x', sizeof(text));
	memcpy(text + SIM_PCAPNG_TEXT_MAX - 1, "\xc3\xa4", 3);
	packet.comment = text;
	assert_int_equal(sim_pcapng_add_interface(w, "a", text, SIM_PCAPNG_ETHERNET), 0);
	assert_int_equal(sim_pcapng_write_packet(w, &packet), 0);
	assert_int_equal(sim_pcapng_write_packet(w, &packet), 0);
	assert_int_equal(sim_pcapng_write_packet(w, &packet), 0);
	assert_int_equal(sim_pcapng_close(w, NULL), 0);
	free(data);
	file_read(path);
	assert_int_equal(blocks_count(6), 3);
	at = block_find(6, 2);
	assert_int_equal(u32_at(at + 20), SIM_PCAPNG_FRAME_MAX);
	assert_int_equal(u32_at(at + 24), bytes);
	assert_int_not_equal(option_find(at + 28 + SIM_PCAPNG_FRAME_MAX + 1, 1, &len), 0);
	assert_int_equal(len, SIM_PCAPNG_TEXT_MAX - 1);
}

/* A snap length cuts frames, keeps their true length, and does not touch events. */
static void test_snaplen_and_filter(void **state)
{
	struct sim_pcapng_options options = {.snaplen_bytes = 20, .filter = "arp"};
	struct sim_pcapng *w = sim_pcapng_open(path, "iwc", &options, NULL);
	uint8_t frame[60];
	struct sim_pcapng_packet packet = {.data = frame, .len_bytes = sizeof(frame)};
	uint32_t len = 0;
	size_t at;

	(void)state;
	frame_fill(frame, 1);
	assert_non_null(w);
	assert_int_equal(sim_pcapng_add_interface(w, "a", NULL, SIM_PCAPNG_ETHERNET), 0);
	assert_int_equal(sim_pcapng_add_interface(w, "e", NULL, SIM_PCAPNG_UPPER_PDU), 1);
	assert_int_equal(sim_pcapng_write_packet(w, &packet), 0);
	packet.len_bytes = 19;
	assert_int_equal(sim_pcapng_write_packet(w, &packet), 0);
	assert_int_equal(sim_pcapng_write_event(w, 1, 0, 1, "world=ns kind=ring", NULL), 0);
	assert_int_equal(sim_pcapng_close(w, NULL), 0);
	file_read(path);
	at = block_find(1, 0);
	assert_int_equal(u32_at(at + 12), 20);
	assert_memory_equal(file + option_find(at + 16, 11, &len), "\0arp", 4);
	assert_int_equal(len, 4);
	at = block_find(1, 1);
	assert_int_equal(u32_at(at + 12), SIM_PCAPNG_FRAME_MAX);
	assert_int_equal(option_find(at + 16, 11, &len), 0);
	at = block_find(6, 0);
	assert_int_equal(u32_at(at + 20), 20);
	assert_int_equal(u32_at(at + 24), 60);
	assert_memory_equal(file + at + 28, frame, 20);
	assert_int_equal(u32_at(block_find(6, 1) + 20), 19);
	assert_int_equal(u32_at(block_find(6, 2) + 20), 20 + 18);
}

/* What was lost at the end, and when it all began, stand in the statistics. */
static void test_live_statistics(void **state)
{
	struct sim_pcapng_options options = {.start_ns = 5000000000};
	struct sim_pcapng *w = sim_pcapng_open(path, "iwc", &options, NULL);
	uint32_t len = 0;
	size_t at;

	(void)state;
	assert_non_null(w);
	assert_int_equal(sim_pcapng_add_interface(w, "a", NULL, SIM_PCAPNG_ETHERNET), 0);
	assert_int_equal(sim_pcapng_add_drops(w, 0, 3), 0);
	assert_int_equal(sim_pcapng_add_drops(w, 1, 3), -EINVAL);
	assert_int_equal(sim_pcapng_close(w, NULL), 0);
	file_read(path);
	at = block_find(5, 0) + 20;
	assert_int_equal(u64_at(option_find(at, 4, &len)), 3);
	assert_int_equal(u64_at(option_find(at, 5, &len)), 3);
	assert_int_equal(u32_at(option_find(at, 2, &len)), 1);
	assert_int_equal(u32_at(option_find(at, 2, &len) + 4), 5000000000 - (UINT64_C(1) << 32));
	assert_int_equal(u32_at(option_find(at, 3, &len)), 1);
}

struct taken {
	size_t bytes, calls, calls_max;
};

static int taken_add(void *ctx, const void *blocks, size_t len)
{
	struct taken *t = ctx;

	if (t->calls >= t->calls_max)
		return -ENOSPC;
	assert_true(t->bytes + len <= sizeof(file));
	memcpy(file + t->bytes, blocks, len);
	t->bytes += len;
	t->calls++;
	return 0;
}

/* A function gets what a file would hold, in whole blocks; its refusal sticks. */
static void test_hand_over(void **state)
{
	struct sim_pcapng_options options = {.flush_each = true};
	struct taken t = {.calls_max = 3};
	char error[SIM_PCAPNG_ERROR_BYTES];
	struct sim_pcapng_packet packet = {.data = (const uint8_t *)"12345678901234",
					   .len_bytes = 14};
	struct sim_pcapng *w =
	    sim_pcapng_hand_over(taken_add, &t, "stream", "iwc", &options, error);

	(void)state;
	assert_non_null(w);
	assert_int_equal(sim_pcapng_add_interface(w, "a", NULL, SIM_PCAPNG_ETHERNET), 0);
	assert_int_equal(sim_pcapng_write_packet(w, &packet), 0);
	assert_int_equal(t.calls, 3);
	assert_int_equal(sim_pcapng_bytes(w), t.bytes);
	assert_int_equal(sim_pcapng_write_packet(w, &packet), -ENOSPC);
	t.calls_max = 100;
	assert_int_equal(sim_pcapng_write_packet(w, &packet), -ENOSPC);
	assert_int_equal(sim_pcapng_close(w, error), -ENOSPC);
	assert_string_equal(error, "stream: No space left on device");
	file_bytes = t.bytes;
	assert_int_equal(blocks_count(6), 1);
	t.calls_max = 0;
	assert_null(sim_pcapng_hand_over(taken_add, &t, "stream", "iwc", &options, error));
}

static void test_bad_arguments_do_not_stick(void **state)
{
	struct sim_pcapng_packet packet = {.iface = 1};
	static const uint8_t ip[4];
	struct sim_pcapng *w = sim_pcapng_open(path, "iwc", NULL, NULL);

	(void)state;
	assert_non_null(w);
	for (int i = 0; i < (int)SIM_PCAPNG_IFACES_MAX; i++) {
		assert_int_equal(sim_pcapng_write_packet(w, &packet), i < 2 ? -EINVAL : 0);
		assert_int_equal(sim_pcapng_add_interface(w, "a", NULL, SIM_PCAPNG_ETHERNET), i);
	}
	assert_int_equal(sim_pcapng_add_interface(w, "a", NULL, SIM_PCAPNG_ETHERNET), -EINVAL);
	packet.len_bytes = 1;
	assert_int_equal(sim_pcapng_write_packet(w, &packet), -EINVAL);
	assert_int_equal(sim_pcapng_write_event(w, 0, 0, 0, "a=1", NULL), -EINVAL);
	assert_int_equal(sim_pcapng_write_event(w, 8, 0, 0, "a=1", NULL), -EINVAL);
	assert_int_equal(sim_pcapng_add_name(w, ip, ""), -EINVAL);
	assert_int_equal(sim_pcapng_close(w, NULL), 0);
	file_read(path);
	assert_int_equal(blocks_count(1), SIM_PCAPNG_IFACES_MAX);
	assert_int_equal(blocks_count(6), SIM_PCAPNG_IFACES_MAX - 2);
}

static void test_open_errors(void **state)
{
	char error[SIM_PCAPNG_ERROR_BYTES];

	(void)state;
	assert_null(sim_pcapng_open("/nowhere/x.pcapng", "iwc", NULL, error));
	assert_string_equal(error, "/nowhere/x.pcapng: No such file or directory");
	assert_null(sim_pcapng_open("/tmp", "iwc", NULL, error));
	assert_string_equal(error, "/tmp: Is a directory");
}

static void test_disk_full(void **state)
{
	struct sim_pcapng_options live = {.flush_each = true};
	char error[SIM_PCAPNG_ERROR_BYTES];
	struct sim_pcapng *w;

	(void)state;
	w = sim_pcapng_open("/dev/full", "iwc", NULL, error);
	assert_non_null(w);
	assert_int_equal(sim_pcapng_add_interface(w, "a", NULL, SIM_PCAPNG_ETHERNET), 0);
	assert_int_equal(sim_pcapng_close(w, error), -ENOSPC);
	assert_string_equal(error, "/dev/full: No space left on device");

	w = sim_pcapng_open("/dev/full", "iwc", NULL, error);
	assert_non_null(w);
	assert_int_equal(sim_pcapng_flush(w), -ENOSPC);
	assert_int_equal(sim_pcapng_add_interface(w, "a", NULL, SIM_PCAPNG_ETHERNET), -ENOSPC);
	assert_int_equal(sim_pcapng_close(w, NULL), -ENOSPC);

	assert_null(sim_pcapng_open("/dev/full", "iwc", &live, error));
	assert_string_equal(error, "/dev/full: No space left on device");
}

/* Writes frames until one fails, with room for limit bytes in a file; returns how many went in. */
static unsigned int fill_limited(struct sim_pcapng *w, rlim_t limit)
{
	struct rlimit old;
	struct rlimit small;
	uint8_t frame[61] = {0};
	struct sim_pcapng_packet packet = {.data = frame, .len_bytes = sizeof(frame)};
	unsigned int n = 0;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = limit;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(sim_pcapng_add_interface(w, "a", NULL, SIM_PCAPNG_ETHERNET), 0);
	while (n < 100000 && sim_pcapng_write_packet(w, &packet) == 0)
		n++;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(sim_pcapng_write_packet(w, &packet), -EFBIG);
	return n;
}

static void test_failed_write_leaves_whole_blocks(void **state)
{
	/* Neither limit is on a border of the blocks of 136 bytes; the first hits a later write. */
	static const rlim_t limits[] = {300001, 1001};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char error[SIM_PCAPNG_ERROR_BYTES];
		struct sim_pcapng *w = sim_pcapng_open(path, "iwc", NULL, error);

		assert_non_null(w);
		assert_true(fill_limited(w, limits[i]) > 0);
		assert_int_equal(sim_pcapng_close(w, error), -EFBIG);
		assert_non_null(strstr(error, ": File too large"));
		file_read(path);
		assert_true(file_bytes <= limits[i] && file_bytes > limits[i] - 200);
		assert_true(blocks_count(6) > 0);
		assert_int_equal(blocks_count(5), 0);
	}
}

static void test_attached_file_is_never_cut(void **state)
{
	static const char before[] = "already here";
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	struct sim_pcapng *w;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, before, sizeof(before)), sizeof(before));
	w = sim_pcapng_attach(fd, "standard output", "iwc", NULL, NULL);
	assert_non_null(w);
	fill_limited(w, 1001);
	assert_int_equal(sim_pcapng_close(w, NULL), -EFBIG);
	file_read(path);
	assert_int_equal(file_bytes, 1001);
	assert_memory_equal(file, before, sizeof(before));
}

static void test_pipe(void **state)
{
	struct sim_pcapng_options live = {.flush_each = true};
	char error[SIM_PCAPNG_ERROR_BYTES];
	struct sim_pcapng *w;
	uint8_t bytes[256];
	int ends[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	w = sim_pcapng_attach(ends[1], "pipe", "iwc", &live, error);
	assert_non_null(w);
	/* A reader that is there already gets every block at once. */
	assert_true(read(ends[0], bytes, sizeof(bytes)) > 28);
	assert_int_equal(sim_pcapng_add_interface(w, "a", NULL, SIM_PCAPNG_ETHERNET), 0);
	assert_true(read(ends[0], bytes, sizeof(bytes)) > 20);
	close(ends[0]);
	assert_int_equal(sim_pcapng_add_interface(w, "b", NULL, SIM_PCAPNG_ETHERNET), -EPIPE);
	assert_int_equal(sim_pcapng_close(w, error), -EPIPE);
	assert_string_equal(error, "pipe: Broken pipe");
}

static void test_killed_writer_leaves_whole_blocks(void **state)
{
	uint8_t frame[101] = {0};
	struct sim_pcapng_packet packet = {.data = frame, .len_bytes = sizeof(frame)};
	static struct sim_pcapng *w; /* reachable at the end, for leak checkers */
	int status = -1;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		w = sim_pcapng_open(path, "iwc", NULL, NULL);
		if (!w || sim_pcapng_add_interface(w, "a", NULL, SIM_PCAPNG_ETHERNET) != 0)
			_exit(1);
		for (int i = 0; i < 3000; i++) {
			if (sim_pcapng_write_packet(w, &packet) != 0)
				_exit(1);
		}
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	file_read(path);
	assert_in_range(blocks_count(6), 100, 3000);
}

static int dir_make(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/t.pcapng", dir);
	return 0;
}

static int dir_remove(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static int samples_write(const char *where)
{
	char name[256];

	snprintf(name, sizeof(name), "%s/channel.pcapng", where);
	channel_write(name);
	snprintf(name, sizeof(name), "%s/events.pcapng", where);
	events_write(name);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sample_bytes),
	    cmocka_unit_test(test_packet_fields),
	    cmocka_unit_test(test_statistics),
	    cmocka_unit_test(test_event_bytes),
	    cmocka_unit_test(test_long_data_is_cut),
	    cmocka_unit_test(test_snaplen_and_filter),
	    cmocka_unit_test(test_live_statistics),
	    cmocka_unit_test(test_hand_over),
	    cmocka_unit_test(test_bad_arguments_do_not_stick),
	    cmocka_unit_test(test_open_errors),
	    cmocka_unit_test(test_disk_full),
	    cmocka_unit_test(test_failed_write_leaves_whole_blocks),
	    cmocka_unit_test(test_attached_file_is_never_cut),
	    cmocka_unit_test(test_pipe),
	    cmocka_unit_test(test_killed_writer_leaves_whole_blocks),
	};

	if (argc == 3 && strcmp(argv[1], "--write") == 0)
		return samples_write(argv[2]);
	return cmocka_run_group_tests_name("pcapng", tests, dir_make, dir_remove);
}
