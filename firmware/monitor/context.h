/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * context.h - what of a world is kept while the other one, or the monitor, has the processor.
 * Offsets for assembly first; context.c checks that they are those of the structure.
 */
#ifndef CONTEXT_H
#define CONTEXT_H

#define CTX_X(n) ((n)*8)
#define CTX_ELR 248
#define CTX_SPSR 256
#define CTX_STACK 264

#define STACK_BYTES 4096
#define STACK_STRIDE (2 * STACK_BYTES) /* below each stack a page that is not mapped */
#define BOOT_RELEASED 0x69776372656c6561

#define FP_Q 0
#define FP_FPSR 512
#define FP_FPCR 520

#ifndef __ASSEMBLER__

#include "iwc_plat.h"

/* EL1 registers of a world, in the order of el1_save in entry.S. */
#define EL1_SCTLR 0
#define EL1_COUNT 24

struct fp_state {
	__extension__ unsigned __int128 q[32];
	uint64_t fpsr, fpcr;
};

struct cpu;
struct service;

struct context {
	uint64_t x[31], elr, spsr;
	uint64_t stack; /* of the monitor on this world's processor */
	struct cpu *cpu;
	const struct service *services; /* what it may call */
	uint64_t scr, cptr;		/* SCR_EL3 and CPTR_EL3 while it runs */
	struct gic_state gic;
	uint64_t el1[EL1_COUNT];
	struct fp_state fp;
};

/* As after reset, to be entered at pc with x0 in EL1, or EL2 if el2; scr tells the world. */
void context_init(struct context *c, uint64_t scr, uint64_t pc, uint64_t x0, bool el2);

/* Give the processor to another world: its state is in the registers when this returns. */
struct context *context_switch(struct cpu *cpu, struct context *c);

/* Take it from whoever has it: interrupts of NS are no longer signalled, SCR_EL3.NS is clear. */
void context_unload(struct cpu *cpu);

/* A floating-point instruction trapped: false if this world may not use any here. */
bool context_fp_trap(struct cpu *cpu, struct context *c);

#endif
#endif
