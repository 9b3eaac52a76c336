/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_stream.h - bytes for a reader who may be slow, and must not be waited for.
 *
 * Blocks are collected in a bounded buffer and handed to the kernel as far as it takes them at
 * once. One thread at a time may use a stream.
 */
#ifndef TAP_RECORD_STREAM_H
#define TAP_RECORD_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_STREAM_BYTES (4u << 20)

struct record_stream;

/*
 * fd is a socket, or a pipe with one writer; it is taken over, and its flags are left alone.
 * stall_ns: give up if the reader takes nothing for so long although there is something; 0: never.
 * NULL: no memory, fd is not taken.
 */
struct record_stream *record_stream_create(int fd, size_t buffer_bytes, uint64_t stall_ns);

/* Room for len bytes? */
bool record_stream_room(const struct record_stream *s, size_t len);

/* For sim_pcapng_hand_over. -ENOSPC: no room; else the error that ended the stream. */
int record_stream_take(void *stream, const void *bytes, size_t len);

/* Hand over what the kernel takes now. */
void record_stream_pump(struct record_stream *s, uint64_t now_ns);

/* Bytes are waiting. */
bool record_stream_waits(const struct record_stream *s);

/* 0, or why it has ended: -EPIPE the reader has gone, -ETIME it took nothing for stall_ns. */
int record_stream_error(const struct record_stream *s);

int record_stream_fd(const struct record_stream *s);

/* Frees, and leaves fd open. */
void record_stream_release(struct record_stream *s);

/* Closes too; what waits is lost. s may be NULL. */
void record_stream_destroy(struct record_stream *s);

#endif
