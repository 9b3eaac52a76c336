/* SPDX-License-Identifier: BSD-2-Clause */
#include "clock.h"

#include "arch.h"

static uint64_t start_ticks, frequency;

void clock_start(void)
{
	frequency = arch_read(cntfrq_el0);
	start_ticks = arch_ticks();
}

uint64_t clock_ns(void)
{
	return frequency == 0 ? 0 : clock_convert(arch_ticks() - start_ticks, frequency);
}

uint64_t clock_frequency(void)
{
	return frequency;
}
