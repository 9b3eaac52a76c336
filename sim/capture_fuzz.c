/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzer of the capture reader: the input is the file. Beside not crashing, the reader must keep
 * its contract, and every frame that it gives out must come back the same after having been
 * written by the pcapng writer and read again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture.h"
#include "pcapng.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "capture_fuzz: violated: %s\n", what);
	abort();
}

static void counts_check(const struct sim_capture_counts *n)
{
	require(n->read == n->frames + n->no_match + n->too_long + n->too_short + n->cut,
		"every frame is counted once");
	require(n->clamped < n->frames || n->frames == 0, "the first frame is never clamped");
}

static struct sim_capture *input_open(const uint8_t *data, size_t size, const char *filter)
{
	char error[SIM_CAPTURE_ERROR_BYTES] = "";
	/* Opened for reading only, so the stream does not write to the input. */
	FILE *stream = fmemopen((void *)(uintptr_t)data, size, "rb");
	struct sim_capture *c;

	require(stream != NULL, "fmemopen");
	c = sim_capture_open_stream(stream, "input", filter, error);
	require(c || strncmp(error, "input: ", 7) == 0, "a refusal names the file and a cause");
	return c;
}

/* Reads all frames, checks them, and writes those to the copy if there is one. */
static uint64_t frames_read(struct sim_capture *c, struct sim_pcapng *copy)
{
	struct sim_capture_frame f;
	enum sim_capture_result result;
	uint64_t before_ns = 0;
	uint64_t before = 0;
	uint64_t n = 0;

	while ((result = sim_capture_next(c, &f)) == SIM_CAPTURE_FRAME) {
		struct sim_pcapng_packet packet = {
		    .time_ns = f.time_ns, .data = f.data, .len_bytes = f.len_bytes, .id = n};

		require(n > 0 || f.time_ns == 0, "time starts at 0");
		require(f.time_ns >= before_ns, "time does not go back");
		require(f.time_ns <= SIM_CAPTURE_TIME_MAX_NS, "time is in range");
		require(f.number > before, "numbers rise");
		require(f.len_bytes >= SIM_CAPTURE_FRAME_MIN, "no short frame");
		require(f.len_bytes <= SIM_CAPTURE_FRAME_MAX, "no long frame");
		if (copy)
			require(sim_pcapng_write_packet(copy, &packet) == 0, "the copy is written");
		before_ns = f.time_ns;
		before = f.number;
		n++;
	}
	require((result == SIM_CAPTURE_ERROR) == (sim_capture_error(c)[0] != '\0'),
		"an error has a text, and only an error");
	require(sim_capture_counts(c)->frames == n, "the frames are counted");
	counts_check(sim_capture_counts(c));
	return n;
}

static void copy_compare(FILE *copy, const uint8_t *data, size_t size, uint64_t frames)
{
	char error[SIM_CAPTURE_ERROR_BYTES];
	struct sim_capture *a = input_open(data, size, NULL);
	struct sim_capture *b = sim_capture_open_stream(copy, "copy", NULL, error);
	struct sim_capture_frame fa;
	struct sim_capture_frame fb;

	require(a && b, "the copy opens");
	for (uint64_t i = 0; i < frames; i++) {
		require(sim_capture_next(a, &fa) == SIM_CAPTURE_FRAME, "the input reads twice");
		require(sim_capture_next(b, &fb) == SIM_CAPTURE_FRAME, "the copy is complete");
		require(fa.time_ns == fb.time_ns && fa.len_bytes == fb.len_bytes &&
			    memcmp(fa.data, fb.data, fa.len_bytes) == 0,
			"the copy is the same");
	}
	require(sim_capture_next(b, &fb) == SIM_CAPTURE_END, "the copy has no more");
	require(!sim_capture_warning(b), "the copy is whole");
	sim_capture_close(a);
	sim_capture_close(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_capture *c;
	struct sim_pcapng *w;
	uint64_t frames;
	int fd;

	if (size == 0)
		return 0;
	c = input_open(data, size, "ip or arp");
	if (c)
		frames_read(c, NULL);
	sim_capture_close(c);

	c = input_open(data, size, NULL);
	if (!c)
		return 0;
	fd = memfd_create("copy", MFD_CLOEXEC);
	require(fd >= 0, "memfd_create");
	w = sim_pcapng_attach(dup(fd), "copy", "fuzz", NULL, NULL);
	require(w && sim_pcapng_add_interface(w, "a", NULL, SIM_PCAPNG_ETHERNET) == 0,
		"the copy is begun");
	frames = frames_read(c, w);
	sim_capture_close(c);
	require(sim_pcapng_close(w, NULL) == 0, "the copy is finished");
	require(lseek(fd, 0, SEEK_SET) == 0, "the copy is rewound");
	copy_compare(fdopen(fd, "rb"), data, size, frames);
	return 0;
}
