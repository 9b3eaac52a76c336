/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_classic.h - a classic pcap file, by libpcap, with ns stamps.
 *
 * One thread at a time may use a writer. After a failed write the file is cut back to what the
 * last good flush had handed over, which ends with a whole frame.
 */
#ifndef TAP_RECORD_CLASSIC_H
#define TAP_RECORD_CLASSIC_H

#include <stdint.h>

struct classic;

/* Creates or overwrites. NULL with `path: cause` in err (RECORD_ERROR_BYTES). */
struct classic *classic_open(const char *path, uint32_t snaplen_bytes, char *err);

/* bytes has min(len_bytes, kept_bytes) bytes. 0 or a negative errno value, which sticks. */
int classic_write(struct classic *c, uint64_t time_ns, const uint8_t *bytes, uint32_t len_bytes,
		  uint32_t kept_bytes);
int classic_flush(struct classic *c);

/* Length of the file so far, what is not flushed yet included. */
uint64_t classic_bytes(const struct classic *c);

/* Flushes, closes and frees. The first error, with `path: cause` in err. */
int classic_close(struct classic *c, char *err);

#endif
