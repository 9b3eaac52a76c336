/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwc_port.h, native: two threads or processes of one host over one mapping. The contract of the
 * hooks is docs/porting.md; core/port/null/iwc_port.h is its shortest form.
 *
 * The payload is plain memory: its readers are ordered by the tags (A) and judged by the session
 * (F), so that a missing barrier shows up in a race detector.
 */
#ifndef IWC_PORT_H
#define IWC_PORT_H

#include <stddef.h>
#include <stdint.h>

#include "iwc_layout.h"
#include "iwc_trace.h"

/* The doorbell of an endpoint: what iwc_init was given as port. NULL: the peer polls. */
struct iwc_native_port {
	void (*ring)(struct iwc_native_port *self);
};

static inline uint64_t iwc_port_load_relaxed(const struct iwc_word *w)
{
	return __atomic_load_n(&w->v, __ATOMIC_RELAXED);
}

static inline uint64_t iwc_port_load_acquire(const struct iwc_word *w)
{
	return __atomic_load_n(&w->v, __ATOMIC_ACQUIRE);
}

static inline void iwc_port_store_relaxed(struct iwc_word *w, uint64_t v)
{
	__atomic_store_n(&w->v, v, __ATOMIC_RELAXED);
}

static inline void iwc_port_store_release(struct iwc_word *w, uint64_t v)
{
	__atomic_store_n(&w->v, v, __ATOMIC_RELEASE);
}

static inline void iwc_port_fence_full(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline void iwc_port_fence_acquire(void)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
}

/*
 * Whole lines go as 64-byte blocks of fixed size, which the compiler turns into the widest moves
 * the target has; twice as fast as a call at the length of a small frame.
 */
static inline void iwc_port_copy_in(void *dst, const uint8_t *line, uint32_t len_bytes)
{
	uint8_t *d = dst;
	uint32_t i = 0;

	for (; i + IWC_LINE <= len_bytes; i += IWC_LINE)
		__builtin_memcpy(d + i, line + i, IWC_LINE);
	if (i < len_bytes)
		__builtin_memcpy(d + i, line + i, len_bytes - i);
}

static inline void iwc_port_copy_out(uint8_t *line, const void *src, uint32_t len_bytes)
{
	const uint8_t *s = src;
	uint32_t i = 0;

	for (; i + IWC_LINE <= len_bytes; i += IWC_LINE)
		__builtin_memcpy(line + i, s + i, IWC_LINE);
	if (i < len_bytes) {
		uint8_t last[IWC_LINE] = { 0 };

		__builtin_memcpy(last, s + i, len_bytes - i);
		__builtin_memcpy(line + i, last, IWC_LINE);
	}
}

static inline void iwc_port_zero(void *shared, size_t len_bytes)
{
	__builtin_memset(shared, 0, len_bytes);
}

/* Bring the line in while the next tag is awaited; the value is not used. */
static inline void iwc_port_touch(const uint8_t *line)
{
	__builtin_prefetch(line, 0, 3);
}

static inline void iwc_port_ring(void *port)
{
	struct iwc_native_port *p = port;

	if (p != NULL)
		p->ring(p);
}

static inline void iwc_port_trace(void *port, enum iwc_trace what, uint32_t a, uint64_t b)
{
	(void)port;
	(void)what;
	(void)a;
	(void)b;
}

#endif
