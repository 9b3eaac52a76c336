/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check.h - between the two programs that take the places of Linux and of S to check the monitor:
 * ns.c asks and judges, s.c answers. S's words lie in S's section, NS's orders in NS's.
 */
#ifndef CHECK_H
#define CHECK_H

#define CALL_X(n) ((n)*8)

#ifndef __ASSEMBLER__

#include <stdint.h>

enum order {
	ORDER_IDLE,
	ORDER_FP,
	ORDER_REGISTERS,
	ORDER_RING,
	ORDER_UNKNOWN,
	ORDER_HANG,
	ORDER_QUIET
};

struct s_words {
	uint64_t lives, bells, ticks;
	uint64_t done;	/* the last order's number */
	uint64_t wrong; /* what S found wrong, for ever */
};

struct ns_words {
	uint64_t order, number;
};

/* A call with x0 to x17 from regs, and what they were afterwards. */
void call(uint64_t regs[18]);

/* One without arguments and of no interesting result. */
void quick_call(uint32_t id);

/* The whole of the floating-point registers, and some system registers that the worlds share. */
void fp_fill(uint64_t seed);
uint64_t fp_differs(uint64_t seed);

#endif
#endif
