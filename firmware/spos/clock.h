/* SPDX-License-Identifier: BSD-2-Clause */
/* clock.h - time of this life, from the physical counter. */
#ifndef SPOS_CLOCK_H
#define SPOS_CLOCK_H

#include <stdint.h>

#define CLOCK_SECOND_NS UINT64_C(1000000000)

/* Once, before the others. */
void clock_start(void);

/* Since clock_start. */
uint64_t clock_ns(void);

uint64_t clock_frequency(void);

/* A whole count at frequency in ns, without overflow for 500 years. */
static inline uint64_t clock_convert(uint64_t ticks, uint64_t frequency)
{
	return ticks / frequency * CLOCK_SECOND_NS +
	       ticks % frequency * CLOCK_SECOND_NS / frequency;
}

#endif
