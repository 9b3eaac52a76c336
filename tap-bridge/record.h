/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record.h - live captures of a running tap: files, rings of files, streams for who attaches.
 *
 * The observer copies frames and events into a bounded queue for each world and returns; one
 * thread writes. It waits for nobody: what the queue or a stream has no room for is counted, and
 * the captures say so (epb_dropcount, interface statistics). A file that can't be written ends
 * with an error that record_trouble tells once; the rest goes on.
 *
 *	record_create, record_add_file...
 *	sim_rt_create(... record_observer(r) ...), record_start(r, sim_rt_now_ns(rt)), sim_rt_start
 *	sim_rt_stop, record_stop, record_destroy
 *
 * Stamps are wall clock ns: the clock is looked at once, in record_start, so they never jump.
 * Directions are seen from NS: outbound is what NS sends. The packet id of a frame is its number,
 * with bit 63 set if S sent it; that of an event counts events from 1, so that a gap shows a loss.
 * Deliveries are no events of a capture: the frames are there. Packets are in the order of their
 * stamps as long as no world's thread is held up for more than a millisecond in mid-work.
 */
#ifndef TAP_RECORD_H
#define TAP_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "realtime.h"
#include "rotate.h"

#define RECORD_FILES_MAX 4u
#define RECORD_STREAMS_MAX 16u
#define RECORD_ERROR_BYTES 1536u

enum record_what {
	RECORD_FRAMES = 1,
	RECORD_EVENTS = 2,
	RECORD_BOTH = 3, /* two interfaces in one section; libpcap does not read such a file */
};

struct record_sink {
	enum record_what what;
	const char *filter;	     /* BPF expression that frames must match; NULL or "": all */
	uint32_t snaplen_bytes;	     /* kept of a frame; 0: all. The file has the true length too */
	struct rotate_limits rotate; /* files only */
};

struct record_counts {
	uint64_t frames, events;		 /* handed to the writer */
	uint64_t dropped_frames, dropped_events; /* queue full: in no capture */
	uint64_t stream_drops;			 /* a stream had no room: in that one not */
	uint64_t cut_off;			 /* streams ended because nobody read them */
	unsigned files, streams;		 /* being written now */
	unsigned failed;			 /* files that ended with an error */
};

struct record;

/*
 * interface is what captures call the Ethernet link ("iwc0"). sc must outlive the object. NULL: no
 * memory.
 */
struct record *record_create(const struct scenario *sc, const char *interface);

/* The same with a queue of so many slots for each world, a power of two, at least 2. */
struct record *record_create_sized(const struct scenario *sc, const char *interface, size_t slots);

#define RECORD_SLOTS 8192u /* of record_create: 13 MB for each world, once they are used */

/*
 * Before record_start: write to path; "-" is standard output. A name that ends in ".pcap" gives a
 * classic file with ns stamps (frames only, no comments), any other pcapng. -1 with one line in err
 * (RECORD_ERROR_BYTES): what, where, and what to do.
 */
int record_add_file(struct record *r, const char *path, const struct record_sink *sink, char *err);

/*
 * Any thread, also while running: a pcapng stream to a socket or pipe, from now on. fd is taken
 * over unless this fails (-1, a line in err). A reader that is too slow misses packets (counted in
 * the stream); one that takes nothing for RECORD_STALL_NS is cut off.
 */
int record_add_stream(struct record *r, int fd, const struct record_sink *sink, char *err);

#define RECORD_STALL_NS UINT64_C(10000000000)

const struct sim_rt_observer *record_observer(struct record *r);

/* Start the writer; rt_now_ns is the machine's time at this moment. -1 with a line in err. */
int record_start(struct record *r, uint64_t rt_now_ns, char *err);

/*
 * The next error that nobody was told yet, as one line in text (RECORD_ERROR_BYTES); false: none.
 * Any thread. To be asked at each status and once after record_stop.
 */
bool record_trouble(struct record *r, char *text);

/* Any thread. */
void record_counts(struct record *r, struct record_counts *counts);

/*
 * Write what is queued, close everything. Waits at most a second for streams that nobody reads.
 * Returns -1 if a file is not whole. Safe without start.
 */
int record_stop(struct record *r);

/* Also stops. r may be NULL. */
void record_destroy(struct record *r);

#endif
