/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwc_port.h, count: every access to shared memory is counted by kind and announced to a hook
 * before it happens. The hook may write the peer's section (a hostile peer between any two reads),
 * run the other endpoint (any interleaving) or longjmp out (a crash at this very access).
 *
 * For single-threaded tests. A test includes this header first, then the .c files of core/, and
 * defines iwc_count once. Payload moves in pieces of eight bytes, so that a copy can be torn.
 */
#ifndef IWC_PORT_H
#define IWC_PORT_H

#include <stddef.h>
#include <stdint.h>

#include "iwc_layout.h"
#include "iwc_trace.h"

enum iwc_count_kind {
	IWC_COUNT_LOAD_RELAXED,
	IWC_COUNT_LOAD_ACQUIRE,
	IWC_COUNT_STORE_RELAXED,
	IWC_COUNT_STORE_RELEASE,
	IWC_COUNT_FENCE_FULL,
	IWC_COUNT_FENCE_ACQUIRE,
	IWC_COUNT_COPY_IN,  /* one piece of a frame, out of the peer's section */
	IWC_COUNT_COPY_OUT, /* one piece of a frame, into the own section */
	IWC_COUNT_ZERO,	    /* one word */
	IWC_COUNT_TOUCH,
	IWC_COUNT_RING,
	IWC_COUNT_KINDS
};

struct iwc_count {
	uint64_t n[IWC_COUNT_KINDS];
	/* Called before each access with the shared address (NULL: a fence, the port: a ring), and
	 * with the value of a store. NULL: nobody listens. */
	void (*hook)(enum iwc_count_kind kind, const void *at, uint64_t value);
	void (*trace)(void *port, enum iwc_trace what, uint32_t a, uint64_t b); /* or NULL */
};

extern struct iwc_count iwc_count;

/* What a test gives to iwc_init as port; NULL: rings are counted in iwc_count only. */
struct iwc_count_port {
	unsigned rings;
};

/* Words of the peer that were read since the counters were cleared; payload not included. */
static inline uint64_t iwc_count_loads(void)
{
	return iwc_count.n[IWC_COUNT_LOAD_RELAXED] + iwc_count.n[IWC_COUNT_LOAD_ACQUIRE];
}

static inline void iwc_count_access(enum iwc_count_kind kind, const void *at, uint64_t value)
{
	iwc_count.n[kind]++;
	if (iwc_count.hook != NULL)
		iwc_count.hook(kind, at, value);
}

static inline uint64_t iwc_port_load_relaxed(const struct iwc_word *w)
{
	iwc_count_access(IWC_COUNT_LOAD_RELAXED, w, 0);
	return *(const volatile uint64_t *)&w->v;
}

static inline uint64_t iwc_port_load_acquire(const struct iwc_word *w)
{
	iwc_count_access(IWC_COUNT_LOAD_ACQUIRE, w, 0);
	return *(const volatile uint64_t *)&w->v;
}

static inline void iwc_port_store_relaxed(struct iwc_word *w, uint64_t v)
{
	iwc_count_access(IWC_COUNT_STORE_RELAXED, w, v);
	*(volatile uint64_t *)&w->v = v;
}

static inline void iwc_port_store_release(struct iwc_word *w, uint64_t v)
{
	iwc_count_access(IWC_COUNT_STORE_RELEASE, w, v);
	*(volatile uint64_t *)&w->v = v;
}

static inline void iwc_port_fence_full(void)
{
	iwc_count_access(IWC_COUNT_FENCE_FULL, NULL, 0);
}

static inline void iwc_port_fence_acquire(void)
{
	iwc_count_access(IWC_COUNT_FENCE_ACQUIRE, NULL, 0);
}

static inline void iwc_port_copy_in(void *dst, const uint8_t *line, uint32_t len_bytes)
{
	uint8_t *d = dst;

	for (uint32_t i = 0; i < len_bytes; i += 8u) {
		uint32_t piece = len_bytes - i < 8u ? len_bytes - i : 8u;

		iwc_count_access(IWC_COUNT_COPY_IN, line + i, 0);
		__builtin_memcpy(d + i, line + i, piece);
	}
}

static inline void iwc_port_copy_out(uint8_t *line, const void *src, uint32_t len_bytes)
{
	const uint8_t *s = src;
	uint32_t whole = (len_bytes + IWC_LINE - 1u) / IWC_LINE * IWC_LINE;

	for (uint32_t i = 0; i < whole; i += 8u) {
		uint32_t left = i < len_bytes ? len_bytes - i : 0u;
		uint8_t piece[8] = {0};

		__builtin_memcpy(piece, s + (left != 0u ? i : 0u), left < 8u ? left : 8u);
		iwc_count_access(IWC_COUNT_COPY_OUT, line + i, 0);
		__builtin_memcpy(line + i, piece, 8);
	}
}

static inline void iwc_port_zero(void *shared, size_t len_bytes)
{
	uint8_t *d = shared;

	for (size_t i = 0; i < len_bytes; i += 8u) {
		iwc_count_access(IWC_COUNT_ZERO, d + i, 0);
		__builtin_memset(d + i, 0, 8);
	}
}

static inline void iwc_port_touch(const uint8_t *line)
{
	iwc_count_access(IWC_COUNT_TOUCH, line, 0);
}

static inline void iwc_port_ring(void *port)
{
	struct iwc_count_port *p = port;

	iwc_count_access(IWC_COUNT_RING, port, 0);
	if (p != NULL)
		p->rings++;
}

static inline void iwc_port_trace(void *port, enum iwc_trace what, uint32_t a, uint64_t b)
{
	if (iwc_count.trace != NULL)
		iwc_count.trace(port, what, a, b);
}

#endif
