/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "pcapng.h"

#define MAGIC_US 0xa1b2c3d4u
#define MAGIC_NS 0xa1b23c4du
#define ETHERNET 1u

static char dir[] = "/tmp/iwc-capture-XXXXXX";
static char path[64];
static char error[SIM_CAPTURE_ERROR_BYTES];

/* A file being put together in memory. */
static uint8_t image[1u << 16];
static size_t image_bytes;
static bool big_endian;

static void emit_u32(uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		image[image_bytes++] = (uint8_t)(value >> (big_endian ? 24 - 8 * i : 8 * i));
}

static void emit_u16(uint32_t value)
{
	image[image_bytes++] = (uint8_t)(big_endian ? value >> 8 : value);
	image[image_bytes++] = (uint8_t)(big_endian ? value : value >> 8);
}

/* The header of a classic pcap file, version 2.4. */
static void pcap_begin(uint32_t magic, uint32_t linktype)
{
	image_bytes = 0;
	emit_u32(magic);
	emit_u16(2);
	emit_u16(4);
	emit_u32(0);
	emit_u32(0);
	emit_u32(65535);
	emit_u32(linktype);
}

static void pcap_frame_cut(uint32_t s, uint32_t fraction, uint32_t wire, uint32_t kept)
{
	emit_u32(s);
	emit_u32(fraction);
	emit_u32(kept);
	emit_u32(wire);
	assert_true(image_bytes + kept <= sizeof(image));
	for (uint32_t i = 0; i < kept; i++)
		image[image_bytes++] = (uint8_t)i;
}

static void pcap_frame(uint32_t s, uint32_t fraction, uint32_t bytes)
{
	pcap_frame_cut(s, fraction, bytes, bytes);
}

static void file_write(const void *data, size_t bytes)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, bytes, f), bytes);
	assert_int_equal(fclose(f), 0);
}

static struct sim_capture *image_open(const char *filter)
{
	file_write(image, image_bytes);
	return sim_capture_open(path, filter, error);
}

static struct sim_capture *image_open_good(const char *filter)
{
	struct sim_capture *c = image_open(filter);

	if (!c)
		fail_msg("%s", error);
	return c;
}

/* error must be the path of the test file, ": " and the text. */
static void assert_refused(const char *filter, const char *text)
{
	char expected[SIM_CAPTURE_ERROR_BYTES];

	assert_null(image_open(filter));
	snprintf(expected, sizeof(expected), "%s: %s", path, text);
	assert_string_equal(error, expected);
}

static void assert_frame(struct sim_capture *c, uint64_t time_ns, uint64_t number, uint32_t bytes)
{
	struct sim_capture_frame f;

	assert_int_equal(sim_capture_next(c, &f), SIM_CAPTURE_FRAME);
	assert_int_equal(f.time_ns, time_ns);
	assert_int_equal(f.number, number);
	assert_int_equal(f.len_bytes, bytes);
	for (uint32_t i = 0; i < bytes; i++)
		assert_int_equal(f.data[i], i & 0xffu);
}

static void assert_end(struct sim_capture *c)
{
	struct sim_capture_frame f;

	assert_int_equal(sim_capture_next(c, &f), SIM_CAPTURE_END);
	assert_int_equal(sim_capture_next(c, &f), SIM_CAPTURE_END);
}

static void test_classic_formats(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		bool ns = i & 1u;
		uint32_t unit = ns ? 1 : 1000;
		struct sim_capture *c;

		big_endian = i & 2u;
		pcap_begin(ns ? MAGIC_NS : MAGIC_US, ETHERNET);
		pcap_frame(4000000000u, 999999, 60);
		pcap_frame(4000000001u, 5, 14);
		pcap_frame(4000000001u, 6, 1536);
		big_endian = false;
		c = image_open_good(NULL);
		assert_frame(c, 0, 1, 60);
		assert_frame(c, 1000000000u - 999994u * unit, 2, 14);
		assert_frame(c, 1000000000u - 999993u * unit, 3, 1536);
		assert_end(c);
		assert_null(sim_capture_warning(c));
		assert_string_equal(sim_capture_error(c), "");
		sim_capture_close(c);
	}
}

static struct sim_pcapng *pcapng_begin(enum sim_pcapng_linktype linktype)
{
	struct sim_pcapng *w = sim_pcapng_open(path, "test", NULL, error);

	assert_non_null(w);
	assert_int_equal(sim_pcapng_add_interface(w, "a", "b", linktype), 0);
	return w;
}

static void pcapng_frame(struct sim_pcapng *w, unsigned int iface, uint64_t time_ns, size_t bytes)
{
	uint8_t data[2048];
	struct sim_pcapng_packet packet = {
	    .iface = iface, .time_ns = time_ns, .data = data, .len_bytes = bytes};

	for (size_t i = 0; i < bytes; i++)
		data[i] = (uint8_t)i;
	assert_int_equal(sim_pcapng_write_packet(w, &packet), 0);
}

/* Finishes the file and loads it as the image. */
static void pcapng_end(struct sim_pcapng *w)
{
	FILE *f;

	assert_int_equal(sim_pcapng_close(w, error), 0);
	f = fopen(path, "rb");
	assert_non_null(f);
	image_bytes = fread(image, 1, sizeof(image), f);
	assert_true(feof(f));
	fclose(f);
}

static void three_frames_pcapng(void)
{
	struct sim_pcapng *w = pcapng_begin(SIM_PCAPNG_ETHERNET);

	assert_int_equal(sim_pcapng_add_interface(w, "c", "d", SIM_PCAPNG_ETHERNET), 1);
	pcapng_frame(w, 0, 1000000000000000007, 60);
	pcapng_frame(w, 1, 1000000000000000008, 61);
	pcapng_frame(w, 0, 1000000007000000000, 62);
	pcapng_end(w);
}

static void test_pcapng(void **state)
{
	struct sim_capture *c;

	(void)state;
	three_frames_pcapng();
	c = image_open_good("");
	assert_frame(c, 0, 1, 60);
	assert_frame(c, 1, 2, 61);
	assert_frame(c, 6999999993, 3, 62);
	assert_end(c);
	sim_capture_close(c);
}

static void test_time_never_goes_back(void **state)
{
	struct sim_capture *c;
	struct sim_pcapng *w;

	(void)state;
	pcap_begin(MAGIC_US, ETHERNET);
	pcap_frame(100, 0, 20);
	pcap_frame(99, 0, 20);
	pcap_frame(102, 0, 20);
	pcap_frame(101, 0, 20);
	pcap_frame(103, 4294967, 20); /* more than a second's worth */
	c = image_open_good(NULL);
	assert_frame(c, 0, 1, 20);
	assert_frame(c, 0, 2, 20);
	assert_frame(c, 2000000000, 3, 20);
	assert_frame(c, 2000000000, 4, 20);
	assert_frame(c, 3000000000 + 4294967000, 5, 20);
	assert_int_equal(sim_capture_counts(c)->clamped, 2);
	sim_capture_close(c);

	w = pcapng_begin(SIM_PCAPNG_ETHERNET);
	pcapng_frame(w, 0, 5, 20);
	pcapng_frame(w, 0, 5 + SIM_CAPTURE_TIME_MAX_NS + 1, 20);
	pcapng_frame(w, 0, 5 + SIM_CAPTURE_TIME_MAX_NS, 20);
	pcapng_end(w);
	c = image_open_good(NULL);
	assert_frame(c, 0, 1, 20);
	assert_frame(c, 0, 2, 20);
	assert_frame(c, SIM_CAPTURE_TIME_MAX_NS, 3, 20);
	assert_int_equal(sim_capture_counts(c)->clamped, 1);
	sim_capture_close(c);
}

static void test_skipped_kinds(void **state)
{
	char text[SIM_CAPTURE_ERROR_BYTES];
	struct sim_capture *c;

	(void)state;
	pcap_begin(MAGIC_US, ETHERNET);
	pcap_frame(1, 0, 1537);
	pcap_frame(2, 0, 13);
	pcap_frame(3, 0, 0);
	pcap_frame_cut(4, 0, 1500, 96);
	pcap_frame(5, 0, 14);
	pcap_frame_cut(6, 0, 9000, 96);
	pcap_frame(7, 0, 1536);
	pcap_frame_cut(6, 0, 0, 20);
	c = image_open_good(NULL);
	assert_frame(c, 0, 5, 14);
	assert_frame(c, 2000000000, 7, 1536);
	assert_frame(c, 2000000000, 8, 20);
	assert_end(c);
	sim_capture_summary(sim_capture_counts(c), text, sizeof(text));
	assert_string_equal(text, "8 frames read, 3 used, 2 longer than 1536 bytes, 2 shorter than "
				  "14 bytes, 1 cut by a snap length, 1 with a time stamp moved");
	sim_capture_summary(sim_capture_counts(c), text, 20);
	assert_string_equal(text, "8 frames read, 3 us");
	sim_capture_close(c);
}

static void test_filter(void **state)
{
	char text[SIM_CAPTURE_ERROR_BYTES];
	struct sim_capture *c;

	(void)state;
	pcap_begin(MAGIC_US, ETHERNET);
	pcap_frame(1, 0, 60);
	pcap_frame(2, 0, 80);
	pcap_frame(3, 0, 2000);
	c = image_open_good("greater 70");
	assert_frame(c, 0, 2, 80);
	assert_end(c);
	sim_capture_summary(sim_capture_counts(c), text, sizeof(text));
	assert_string_equal(text, "3 frames read, 1 used, 1 left out by the filter, 1 longer than "
				  "1536 bytes");
	sim_capture_close(c);
	assert_refused("udp", "holds no frame to replay: 3 frames read, 0 used, 3 left out by the "
			      "filter");
	assert_null(image_open("port port"));
	assert_non_null(strstr(error, ": filter 'port port': "));
	assert_non_null(strstr(error, "syntax error"));
}

static void test_useless_files(void **state)
{
	struct sim_pcapng *w;

	(void)state;
	image_bytes = 0;
	assert_refused(NULL, "is empty, so it holds no frame");
	pcap_begin(MAGIC_US, ETHERNET);
	assert_refused(NULL, "holds no frame");
	emit_u32(0);
	assert_refused(NULL, "holds no frame, it is cut off");
	pcapng_end(pcapng_begin(SIM_PCAPNG_ETHERNET));
	assert_refused(NULL, "holds no frame");
	pcap_begin(MAGIC_US, ETHERNET);
	pcap_frame(0, 0, 13);
	assert_refused(NULL, "holds no frame to replay: 1 frame read, 0 used, 1 shorter than 14 "
			     "bytes");
	pcap_begin(MAGIC_US, 113);
	assert_refused(NULL, "link type LINUX_SLL (113); only Ethernet can be replayed");
	pcap_begin(MAGIC_US, 65000);
	assert_refused(NULL, "link type 65000; only Ethernet can be replayed");
	w = pcapng_begin(SIM_PCAPNG_UPPER_PDU);
	assert_int_equal(sim_pcapng_write_event(w, 0, 0, 0, "a=1", NULL), 0);
	pcapng_end(w);
	assert_refused(NULL, "link type 252; only Ethernet can be replayed");
}

static void test_foreign_files(void **state)
{
	static const char *const files[] = {"GET / HTTP/1.0\r\n\r\n, a long text for a change",
					    "\x1f\x8b\x08", "\177ELF"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		image_bytes = strlen(files[i]);
		memcpy(image, files[i], image_bytes);
		assert_null(image_open(NULL));
		assert_non_null(strstr(error, ": not a usable capture file (pcap or pcapng): "));
	}
}

static void test_two_link_types(void **state)
{
	struct sim_pcapng *w = pcapng_begin(SIM_PCAPNG_ETHERNET);
	struct sim_capture_frame f;
	struct sim_capture *c;

	(void)state;
	pcapng_frame(w, 0, 0, 60);
	assert_int_equal(sim_pcapng_add_interface(w, "e", NULL, SIM_PCAPNG_UPPER_PDU), 1);
	pcapng_frame(w, 0, 0, 60);
	pcapng_end(w);
	c = image_open_good(NULL);
	assert_frame(c, 0, 1, 60);
	assert_int_equal(sim_capture_next(c, &f), SIM_CAPTURE_ERROR);
	assert_int_equal(sim_capture_next(c, &f), SIM_CAPTURE_ERROR);
	assert_non_null(strstr(sim_capture_error(c), ": after frame 1: an interface has a type"));
	sim_capture_close(c);
}

/* Reads a file cut after every possible number of bytes; borders are the cuts without warning. */
static unsigned int cut_everywhere(size_t first, unsigned int frames_max)
{
	size_t whole = image_bytes;
	unsigned int borders = 0;
	uint64_t frames = 0;

	for (image_bytes = first; image_bytes <= whole; image_bytes++) {
		struct sim_capture_frame f;
		struct sim_capture *c = image_open(NULL);

		if (!c)
			continue;
		while (sim_capture_next(c, &f) == SIM_CAPTURE_FRAME)
			continue;
		assert_string_equal(sim_capture_error(c), "");
		assert_true(sim_capture_counts(c)->frames >= frames);
		frames = sim_capture_counts(c)->frames;
		if (!sim_capture_warning(c))
			borders++;
		else
			assert_non_null(strstr(sim_capture_warning(c), ": cut off after frame "));
		sim_capture_close(c);
	}
	assert_int_equal(frames, frames_max);
	return borders;
}

static void test_truncation(void **state)
{
	(void)state;
	pcap_begin(MAGIC_US, ETHERNET);
	pcap_frame(1, 0, 60);
	pcap_frame(2, 0, 61);
	pcap_frame(3, 0, 62);
	assert_int_equal(cut_everywhere(0, 3), 3);
	/* After each frame and after each of the two statistics blocks. */
	three_frames_pcapng();
	assert_int_equal(cut_everywhere(0, 3), 5);
}

static void image_store_u32(size_t at, uint32_t value)
{
	size_t end = image_bytes;

	image_bytes = at;
	emit_u32(value);
	image_bytes = end;
}

/* Where the nth block of the image starts. */
static size_t image_block(unsigned int nth)
{
	size_t at = 0;

	while (nth-- > 0)
		at += image[at + 4] | (size_t)image[at + 5] << 8;
	return at;
}

static void test_broken_lengths(void **state)
{
	static const uint32_t lengths[] = {0, 11, 0x7ffffffc, 0xfffffff0, 0xffffffff};
	struct sim_capture_frame f;
	struct sim_capture *c;

	(void)state;
	/* The second packet, after section, two interfaces and a packet, has a wrong end. */
	three_frames_pcapng();
	image_store_u32(image_block(5) - 4, 64);
	c = image_open_good(NULL);
	assert_frame(c, 0, 1, 60);
	assert_int_equal(sim_capture_next(c, &f), SIM_CAPTURE_ERROR);
	assert_non_null(strstr(sim_capture_error(c), ": after frame 1: "));
	sim_capture_close(c);
	for (size_t i = 0; i < 5; i++) {
		three_frames_pcapng();
		image_store_u32(image_block(3) + 4, lengths[i]);
		assert_null(image_open(NULL));
		assert_non_null(strstr(error, ": after frame 0: "));
	}
	pcap_begin(MAGIC_US, ETHERNET);
	pcap_frame(1, 0, 60);
	image_store_u32(24 + 8, 0xffffffff);
	assert_null(image_open(NULL));
	assert_non_null(strstr(error, ": after frame 0: "));
}

static void test_not_regular_files(void **state)
{
	char expected[256];
	char fifo[80];

	(void)state;
	assert_null(sim_capture_open("/tmp", NULL, error));
	assert_string_equal(error, "/tmp: is a directory");
	assert_null(sim_capture_open("/dev/null", NULL, error));
	assert_string_equal(error, "/dev/null: is not a regular file");
	assert_null(sim_capture_open("/nowhere/a.pcap", NULL, error));
	assert_string_equal(error, "/nowhere/a.pcap: No such file or directory");
	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_null(sim_capture_open(fifo, NULL, error));
	assert_int_equal(unlink(fifo), 0);
	snprintf(expected, sizeof(expected), "%s: is a FIFO, not a regular file", fifo);
	assert_string_equal(error, expected);
}

static void test_unreadable_file(void **state)
{
	uid_t user = geteuid();

	(void)state;
	pcap_begin(MAGIC_US, ETHERNET);
	file_write(image, image_bytes);
	assert_int_equal(chmod(path, 0), 0);
	/* Root may read everything, so be somebody else for a moment. */
	if (user == 0 && seteuid(65534) != 0)
		fail_msg("seteuid: %s", strerror(errno));
	assert_null(sim_capture_open(path, NULL, error));
	assert_int_equal(seteuid(user), 0);
	assert_int_equal(chmod(path, 0600), 0);
	assert_non_null(strstr(error, ": Permission denied"));
}

static void test_long_name_keeps_the_cause(void **state)
{
	char name[3000];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_null(sim_capture_open(name, NULL, error));
	assert_string_equal(error + 1000, ": File name too long");
}

static int dir_make(void **state)
{
	(void)state;
	if (!mkdtemp(dir) || chmod(dir, 0755) != 0)
		return -1;
	snprintf(path, sizeof(path), "%s/t.pcap", dir);
	return 0;
}

static int dir_remove(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_classic_formats),
	    cmocka_unit_test(test_pcapng),
	    cmocka_unit_test(test_time_never_goes_back),
	    cmocka_unit_test(test_skipped_kinds),
	    cmocka_unit_test(test_filter),
	    cmocka_unit_test(test_useless_files),
	    cmocka_unit_test(test_foreign_files),
	    cmocka_unit_test(test_two_link_types),
	    cmocka_unit_test(test_truncation),
	    cmocka_unit_test(test_broken_lengths),
	    cmocka_unit_test(test_not_regular_files),
	    cmocka_unit_test(test_unreadable_file),
	    cmocka_unit_test(test_long_name_keeps_the_cause),
	};

	return cmocka_run_group_tests_name("capture", tests, dir_make, dir_remove);
}
