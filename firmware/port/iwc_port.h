/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwc_port.h, bare-metal Armv8-A: the secure world on its processor, MMU on, the region mapped as
 * Normal, write-back, inner shareable memory. The contract of the hooks is docs/porting.md.
 *
 * Accesses are written as instructions: a word is one LDR, LDAR, STR or STLR whatever the compiler
 * thinks of it, and each byte of the peer is read once. Memory that is not aligned may be copied,
 * because Normal memory allows it (SCTLR_EL1.A = 0); before the MMU is on, nothing here may run.
 */
#ifndef IWC_PORT_H
#define IWC_PORT_H

#include <stddef.h>
#include <stdint.h>

#include "iwc_layout.h"
#include "iwc_smc.h"
#include "iwc_trace.h"

static inline uint64_t iwc_port_load_relaxed(const struct iwc_word *w)
{
	uint64_t v;

	__asm__ volatile("ldr %0, %1" : "=r"(v) : "m"(w->v));
	return v;
}

static inline uint64_t iwc_port_load_acquire(const struct iwc_word *w)
{
	uint64_t v;

	__asm__ volatile("ldar %0, %1" : "=r"(v) : "Q"(w->v) : "memory");
	return v;
}

static inline void iwc_port_store_relaxed(struct iwc_word *w, uint64_t v)
{
	__asm__ volatile("str %x1, %0" : "=m"(w->v) : "rZ"(v));
}

static inline void iwc_port_store_release(struct iwc_word *w, uint64_t v)
{
	__asm__ volatile("stlr %x1, %0" : "=Q"(w->v) : "rZ"(v) : "memory");
}

static inline void iwc_port_fence_full(void)
{
	__asm__ volatile("dmb ish" : : : "memory");
}

static inline void iwc_port_fence_acquire(void)
{
	__asm__ volatile("dmb ishld" : : : "memory");
}

/* A line, from any address to any address. */
static inline void iwc_port_copy_line(uint8_t *dst, const uint8_t *src)
{
	uint64_t a, b, c, d, e, f, g, h;

	__asm__ volatile("ldp %0, %1, [%9]\n\t"
			 "ldp %2, %3, [%9, #16]\n\t"
			 "ldp %4, %5, [%9, #32]\n\t"
			 "ldp %6, %7, [%9, #48]\n\t"
			 "stp %0, %1, [%8]\n\t"
			 "stp %2, %3, [%8, #16]\n\t"
			 "stp %4, %5, [%8, #32]\n\t"
			 "stp %6, %7, [%8, #48]"
			 : "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d), "=&r"(e), "=&r"(f), "=&r"(g),
			   "=&r"(h)
			 : "r"(dst), "r"(src)
			 : "memory");
}

/* Of the last line all is copied: a buffer to receive into holds whole lines. */
static inline void iwc_port_copy_in(void *dst, const uint8_t *line, uint32_t len_bytes)
{
	const uint8_t *end = line + len_bytes;
	uint8_t *d = dst;

	do {
		iwc_port_copy_line(d, line);
		d += IWC_LINE;
		line += IWC_LINE;
	} while (line < end);
}

/* Lines are zeroed in 64-bit stores, in order: the peer must never see half a tag. */
static inline void iwc_port_zero(void *shared, size_t len_bytes)
{
	uint8_t *p = shared, *end = p + len_bytes;

	for (; p != end; p += 8)
		__asm__ volatile("str xzr, [%0]" : : "r"(p) : "memory");
}

static inline void iwc_port_copy_out(uint8_t *line, const void *src, uint32_t len_bytes)
{
	const uint8_t *s = src;

	for (; len_bytes >= IWC_LINE; len_bytes -= IWC_LINE, line += IWC_LINE, s += IWC_LINE)
		iwc_port_copy_line(line, s);
	if (len_bytes == 0u)
		return;
	iwc_port_zero(line, IWC_LINE);
	for (; len_bytes >= 8u; len_bytes -= 8u, line += 8, s += 8) {
		uint64_t v;

		__asm__ volatile("ldr %0, [%2]\n\tstr %0, [%1]"
				 : "=&r"(v)
				 : "r"(line), "r"(s)
				 : "memory");
	}
	for (; len_bytes != 0u; len_bytes--)
		*(volatile uint8_t *)line++ = *s++;
}

static inline void iwc_port_touch(const uint8_t *line)
{
	__asm__ volatile("prfm pldl1keep, [%0]" : : "r"(line));
}

/* The interrupt follows no memory order: what was stored is visible first. */
static inline void iwc_port_ring(void *port)
{
	register uint64_t x0 __asm__("x0") = IWC_SMC_RING;

	(void)port;
	__asm__ volatile("dsb ishst\n\tsmc #0" : "+r"(x0) : : "x1", "x2", "x3", "memory");
}

static inline void iwc_port_trace(void *port, enum iwc_trace what, uint32_t a, uint64_t b)
{
	(void)port;
	(void)what;
	(void)a;
	(void)b;
}

#endif
