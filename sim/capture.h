/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reader of capture files, pcap or pcapng, for replaying recorded Ethernet traffic.
 *
 * The file is somebody else's: whatever it holds, the reader ends with frames, a count or an error
 * text, within memory that does not grow with the file. One thread at a time may use a reader.
 */
#ifndef SIM_CAPTURE_H
#define SIM_CAPTURE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Lengths that can be replayed, in bytes: an Ethernet header alone up to what the channel takes. */
#define SIM_CAPTURE_FRAME_MIN 14u
#define SIM_CAPTURE_FRAME_MAX 1536u

/* Greatest relative time that is given out. */
#define SIM_CAPTURE_TIME_MAX_NS ((uint64_t)INT64_MAX)

/* Size of a caller's buffer for an error text or a summary. */
#define SIM_CAPTURE_ERROR_BYTES 1536u

struct sim_capture;

enum sim_capture_result {
	SIM_CAPTURE_ERROR = -1,
	SIM_CAPTURE_END = 0,
	SIM_CAPTURE_FRAME = 1,
};

struct sim_capture_frame {
	uint64_t time_ns;    /* since the first frame given out; never less than the one before */
	uint64_t number;     /* place in the file, the first is 1, skipped ones counted */
	const uint8_t *data; /* valid until the next call with this reader */
	uint32_t len_bytes;  /* SIM_CAPTURE_FRAME_MIN to SIM_CAPTURE_FRAME_MAX */
};

/* What has been read so far: read = frames + no_match + too_long + too_short + cut. */
struct sim_capture_counts {
	uint64_t read;	    /* in the file */
	uint64_t frames;    /* given out, or about to be: the first is read ahead by open */
	uint64_t no_match;  /* left out by the filter */
	uint64_t too_long;  /* longer than SIM_CAPTURE_FRAME_MAX on the wire */
	uint64_t too_short; /* shorter than SIM_CAPTURE_FRAME_MIN on the wire */
	uint64_t cut;	    /* recorded with a snap length, so bytes are missing */
	uint64_t clamped;   /* of frames: stamp before the previous one, or out of range */
};

/*
 * Opens path, which must be a regular file of link type Ethernet with at least one frame to give
 * out. filter is a capture filter as tcpdump takes it; NULL or "": all frames. A host name in it is
 * looked up by the resolver, so for repeatable runs it should hold addresses. Returns NULL on
 * failure, with `path: cause` in error (SIM_CAPTURE_ERROR_BYTES bytes).
 */
struct sim_capture *sim_capture_open(const char *path, const char *filter, char *error);

/*
 * The same from a stream, which the reader takes over, even when this fails. name stands for the
 * path in messages.
 */
struct sim_capture *sim_capture_open_stream(FILE *stream, const char *name, const char *filter,
					    char *error);

/*
 * Gives the next frame. SIM_CAPTURE_END: no more; sim_capture_warning() tells whether the file
 * ended in mid-frame. SIM_CAPTURE_ERROR: the file is damaged here, see sim_capture_error(); what
 * was given out before is good. Either answer stays.
 */
enum sim_capture_result sim_capture_next(struct sim_capture *c, struct sim_capture_frame *frame);

/* `path: cause` after SIM_CAPTURE_ERROR, else "". Valid until close. */
const char *sim_capture_error(const struct sim_capture *c);

/* NULL, or after SIM_CAPTURE_END one line to print: the file is cut off, and where. */
const char *sim_capture_warning(const struct sim_capture *c);

/* Counts so far. Valid until close, and kept up to date by sim_capture_next(). */
const struct sim_capture_counts *sim_capture_counts(const struct sim_capture *c);

/*
 * Puts the counts into one line of words, those that are 0 left out, such as
 * "10 frames read, 7 used, 2 longer than 1536 bytes, 1 cut by a snap length".
 */
void sim_capture_summary(const struct sim_capture_counts *counts, char *text, size_t text_bytes);

/* Frees the reader and closes the file; c may be NULL. */
void sim_capture_close(struct sim_capture *c);

#endif
