/* SPDX-License-Identifier: BSD-2-Clause */
/* What lwIP needs to know of the machine: a compiler and no C library. */
#ifndef SPOS_LWIP_CC_H
#define SPOS_LWIP_CC_H

#include <stddef.h>
#include <stdint.h>

#define LWIP_NO_INTTYPES_H 1
#define LWIP_NO_CTYPE_H 1
#define LWIP_NO_UNISTD_H 1
#define BYTE_ORDER LITTLE_ENDIAN

/* Named as in the simulator, whose services ask for them too (shared.c). */
uint32_t sim_lwip_rand(void);
_Noreturn void sim_lwip_trap(const char *what);

#define LWIP_RAND() sim_lwip_rand()
#define LWIP_PLATFORM_ASSERT(what) sim_lwip_trap(what)
#define LWIP_PLATFORM_DIAG(what)                                                                   \
	do {                                                                                       \
	} while (0)

#endif
