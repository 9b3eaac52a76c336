/* SPDX-License-Identifier: BSD-2-Clause */
/* shared_registers.h - registers of EL1 that both worlds have, filled and compared. */
#ifndef SHARED_REGISTERS_H
#define SHARED_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu.h"

/* Those that may hold anything while the MMU is off. */
#define SHARED_REGISTERS(X)                                                                        \
	X(ttbr0_el1)                                                                               \
	X(ttbr1_el1)                                                                               \
	X(tcr_el1)                                                                                 \
	X(mair_el1)                                                                                \
	X(contextidr_el1)                                                                          \
	X(sp_el0)                                                                                  \
	X(esr_el1)                                                                                 \
	X(far_el1)                                                                                 \
	X(par_el1)                                                                                 \
	X(tpidr_el1)                                                                               \
	X(tpidr_el0)                                                                               \
	X(tpidrro_el0)                                                                             \
	X(cntkctl_el1)                                                                             \
	X(elr_el1)                                                                                 \
	X(spsr_el1)

#define SHARED_NAME(name) SHARED_##name,
enum { SHARED_REGISTERS(SHARED_NAME) SHARED_COUNT };

/* Fill from a seed; kept is what the registers then say, some bits being fixed. */
static inline void shared_fill(uint64_t seed, uint64_t kept[SHARED_COUNT])
{
#define SHARED_FILL(name)                                                                          \
	WRITE_SYSREG(name, seed + 0x0101u * SHARED_##name);                                        \
	isb();                                                                                     \
	kept[SHARED_##name] = READ_SYSREG(name);
	SHARED_REGISTERS(SHARED_FILL)
}

/* A bit for each that differs. A world that takes interrupts changes the last two by itself. */
#define SHARED_BY_INTERRUPTS (1ull << SHARED_elr_el1 | 1ull << SHARED_spsr_el1)

static inline uint64_t shared_differ(const uint64_t kept[SHARED_COUNT])
{
	uint64_t differ = 0;

#define SHARED_COMPARE(name)                                                                       \
	differ |= (uint64_t)(kept[SHARED_##name] != READ_SYSREG(name)) << SHARED_##name;
	SHARED_REGISTERS(SHARED_COMPARE)
	return differ;
}

#endif
