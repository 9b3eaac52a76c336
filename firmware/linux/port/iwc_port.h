/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * iwc_port.h, Linux: the hooks of core/ inside the kernel, in softirq or with it disabled. The
 * contract of the hooks is docs/porting.md.
 *
 * The virt_ barriers are those of an SMP kernel whatever this kernel was built for: the peer runs
 * on another CPU even if Linux has only one.
 */
#ifndef IWC_PORT_H
#define IWC_PORT_H

#include <linux/compiler.h>
#include <linux/prefetch.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/barrier.h>
#include <asm/byteorder.h>

#include "iwc_layout.h"
#include "iwc_trace.h"

#if !defined(CONFIG_64BIT) || !defined(__LITTLE_ENDIAN)
#error "shared words are 64 bits, little-endian, and accessed at once"
#endif

/* What iwc_init is given as port: the bell is rung when the endpoint's lock is dropped. */
struct iwc_linux_port {
	bool ring;
};

static inline uint64_t iwc_port_load_relaxed(const struct iwc_word *w)
{
	return READ_ONCE(w->v);
}

static inline uint64_t iwc_port_load_acquire(const struct iwc_word *w)
{
	/* A, B or C, whichever core/ says */
	return virt_load_acquire(&w->v);
}

static inline void iwc_port_store_relaxed(struct iwc_word *w, uint64_t v)
{
	WRITE_ONCE(w->v, v);
}

static inline void iwc_port_store_release(struct iwc_word *w, uint64_t v)
{
	/* A, B or C, whichever core/ says */
	virt_store_release(&w->v, v);
}

static inline void iwc_port_fence_full(void)
{
	/* D, E, F or G, whichever core/ says */
	virt_mb();
}

static inline void iwc_port_fence_acquire(void)
{
	/* F: DMB ISHLD orders loads before it and all accesses behind it */
	virt_rmb();
}

/* Less than a line, in moves that do not overlap: each byte is read once. */
static inline void iwc_port_copy_rest(u8 *dst, const u8 *src, u32 len_bytes)
{
	for (; len_bytes >= 8; len_bytes -= 8, dst += 8, src += 8)
		__builtin_memcpy(dst, src, 8);
	for (; len_bytes; len_bytes--)
		*dst++ = *src++;
}

static inline void iwc_port_copy_in(void *dst, const u8 *line, u32 len_bytes)
{
	const u8 *end = line + len_bytes / IWC_LINE * IWC_LINE;
	u8 *d = dst;

	for (; line != end; d += IWC_LINE, line += IWC_LINE)
		__builtin_memcpy(d, line, IWC_LINE);
	iwc_port_copy_rest(d, line, len_bytes % IWC_LINE);
}

static inline void iwc_port_copy_out(u8 *line, const void *src, u32 len_bytes)
{
	const u8 *s = src, *end = s + len_bytes / IWC_LINE * IWC_LINE;

	for (; s != end; s += IWC_LINE, line += IWC_LINE)
		__builtin_memcpy(line, s, IWC_LINE);
	if (len_bytes % IWC_LINE) {
		__builtin_memset(line, 0, IWC_LINE);
		iwc_port_copy_rest(line, s, len_bytes % IWC_LINE);
	}
}

/* Word by word: the peer must never see half a tag. */
static inline void iwc_port_zero(void *shared, size_t len_bytes)
{
	struct iwc_word *w = shared;
	size_t i;

	for (i = 0; i < len_bytes / sizeof(*w); i++)
		WRITE_ONCE(w[i].v, 0);
}

static inline void iwc_port_touch(const u8 *line)
{
	prefetch(line);
}

static inline void iwc_port_ring(void *port)
{
	struct iwc_linux_port *p = port;

	p->ring = true;
}

static inline void iwc_port_trace(void *port, enum iwc_trace what, uint32_t a, uint64_t b)
{
}

/* core/ writes attributes by their plain names, which this macro would expand. */
#undef noinline

#endif
