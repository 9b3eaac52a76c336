/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_sink.h - one capture of record.h: a file, a ring of files, or a stream.
 *
 * Made by any thread, then used by the writer alone.
 */
#ifndef TAP_RECORD_SINK_H
#define TAP_RECORD_SINK_H

#include "record.h"
#include "record_queue.h"

/* What all captures of a tap share. */
struct sink_link {
	const struct scenario *sc;
	char interface[64];
};

/* What was lost before any sink saw it, so far, by queue. */
struct sink_lost {
	uint64_t frames[SIM_WORLDS], events[SIM_WORLDS];
};

struct sink;

/* now_ns: wall clock. lost: so far, of which the capture does not speak. */
struct sink *sink_file(const struct sink_link *link, const char *path,
		       const struct record_sink *want, uint64_t now_ns, char *err);
/* stall_ns as in record_stream_create. fd is taken over unless this fails. */
struct sink *sink_stream(const struct sink_link *link, int fd, const char *name,
			 const struct record_sink *want, uint64_t stall_ns, uint64_t now_ns,
			 const struct sink_lost *lost, char *err);

enum record_what sink_what(const struct sink *s);

/* Bytes of a frame that it looks at: what it keeps, or all if it has a filter. */
uint32_t sink_needs(const struct sink *s);

/* Made by sink_stream: its end is the reader's business, not an error. */
bool sink_is_attached(const struct sink *s);

/* Would path be the same file? */
bool sink_same_place(const struct sink *s, const char *path);

/* time_ns is wall clock. */
void sink_write(struct sink *s, const struct record_item *item, uint64_t time_ns);

/* Hand over what is buffered; now_ns is monotonic. A stream is not waited for. */
void sink_flush(struct sink *s, uint64_t now_ns);

/* The reader of a stream has gone. */
void sink_hang_up(struct sink *s);

/*
 * Has it ended by itself? 0, or a negative errno value: -EPIPE, -ETIME of a stream's reader. Then
 * sink_text has one line that names place and cause.
 */
int sink_error(const struct sink *s);
const char *sink_text(const struct sink *s);

/* Frames and events that a stream had no room for, so far. */
uint64_t sink_missed(const struct sink *s);

/* The descriptor of a stream that has to be watched; -1: none. waits: for room, too. */
int sink_watch(const struct sink *s, bool *waits);

/* The last packet was written: add the statistics and close a file. A stream has to be flushed. */
void sink_finish(struct sink *s, const struct sink_lost *lost);

/* Nothing more is handed over. True: a file or stream that is not whole, see sink_error. */
bool sink_give_up(struct sink *s);

/* Frees a stream, and leaves its descriptor to the caller. */
void sink_detach(struct sink *s);

/* Closes and frees; s may be NULL. */
void sink_destroy(struct sink *s);

#endif
