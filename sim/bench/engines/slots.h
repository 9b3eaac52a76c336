/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * slots.h - payload for the peers that pass only lengths or pointers.
 *
 * They free an entry when they hand it out, before the payload is copied. With twice as many slots
 * as entries, used in turn, a slot is written again only when its reader has taken a ringful more.
 */
#ifndef BENCH_SLOTS_H
#define BENCH_SLOTS_H

#include <stdint.h>

#ifndef RING_ENTRIES
#ifdef TUNED
#define RING_ENTRIES 512
#else
#define RING_ENTRIES 256
#endif
#endif
#define SLOT_COUNT (2 * RING_ENTRIES)
#define SLOT_STRIDE (1536 + 64) /* bytes; no power of two */

struct slots {
	char bytes[SLOT_COUNT][SLOT_STRIDE] __attribute__((aligned(64)));
};

static inline char *slot_at(struct slots *s, uint32_t i)
{
	return s->bytes[i % SLOT_COUNT];
}

#endif
