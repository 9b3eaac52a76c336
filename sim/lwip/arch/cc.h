/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lwIP needs to know of the machine and of the simulator around it. Random numbers and failed
 * assertions go to the instance (adapter.c): the first must follow the seed, the second must stop
 * one world instead of the process.
 */
#ifndef IWC_SIM_LWIP_CC_H
#define IWC_SIM_LWIP_CC_H

#include <endian.h>
#include <stdint.h>

uint32_t sim_lwip_rand(void);
_Noreturn void sim_lwip_trap(const char *what);

#define LWIP_RAND() sim_lwip_rand()
#define LWIP_PLATFORM_ASSERT(what) sim_lwip_trap(what)
#define LWIP_PLATFORM_DIAG(what)                                                                   \
	do {                                                                                       \
	} while (0)

#endif
