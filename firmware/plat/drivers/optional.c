/* SPDX-License-Identifier: BSD-2-Clause */
/* optional.c - what a board need not have. */
#include "iwc_plat.h"

__attribute__((weak)) const char *plat_protect(uint64_t base, uint64_t bytes)
{
	(void)base;
	(void)bytes;
	return 0;
}

__attribute__((weak)) void plat_cpu_release(unsigned cpu, uint64_t entry)
{
	(void)cpu;
	(void)entry;
}
