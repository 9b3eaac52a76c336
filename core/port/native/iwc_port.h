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

/* Less than a line: a call costs more than these moves, and none of them overlaps another, so that
 * a checksum which reads the bytes again at once does not wait for them. */
static inline void iwc_port_copy_rest(uint8_t *dst, const uint8_t *src, uint32_t len_bytes)
{
	if ((len_bytes & 32u) != 0u) {
		__builtin_memcpy(dst, src, 32);
		dst += 32;
		src += 32;
	}
	if ((len_bytes & 16u) != 0u) {
		__builtin_memcpy(dst, src, 16);
		dst += 16;
		src += 16;
	}
	if ((len_bytes & 8u) != 0u) {
		__builtin_memcpy(dst, src, 8);
		dst += 8;
		src += 8;
	}
	for (len_bytes &= 7u; len_bytes != 0u; len_bytes--)
		*dst++ = *src++;
}

/*
 * Lines go as 64-byte blocks of fixed size, which the compiler turns into the widest moves the
 * target has; twice as fast as a call at the length of a small frame. Of the last line all is
 * copied: a buffer to receive into holds whole lines.
 */
static inline void iwc_port_copy_in(void *dst, const uint8_t *line, uint32_t len_bytes)
{
	const uint8_t *end = line + len_bytes;
	uint8_t *d = dst;

	do {
		__builtin_memcpy(d, line, IWC_LINE);
		d += IWC_LINE;
		line += IWC_LINE;
	} while (line < end);
}

static inline void iwc_port_copy_out(uint8_t *line, const void *src, uint32_t len_bytes)
{
	const uint8_t *s = src, *end = s + len_bytes / IWC_LINE * IWC_LINE;

	for (; s != end; s += IWC_LINE, line += IWC_LINE)
		__builtin_memcpy(line, s, IWC_LINE);
	if (len_bytes % IWC_LINE != 0u) {
		__builtin_memset(line, 0, IWC_LINE);
		iwc_port_copy_rest(line, s, len_bytes % IWC_LINE);
	}
}

/* Word by word: the peer must never see half a tag. */
static inline void iwc_port_zero(void *shared, size_t len_bytes)
{
	struct iwc_word *w = shared;

	for (size_t i = 0; i < len_bytes / sizeof(*w); i++)
		__atomic_store_n(&w[i].v, 0, __ATOMIC_RELAXED);
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
