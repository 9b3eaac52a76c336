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

#include <stdbool.h>
#include <stdint.h>

/* EL1 registers of a world; those that S never uses and can't reach stay where they are. */
#define EL1_REGS(X)                                                                                \
	X(sctlr_el1)                                                                               \
	X(actlr_el1)                                                                               \
	X(cpacr_el1)                                                                               \
	X(ttbr0_el1)                                                                               \
	X(ttbr1_el1)                                                                               \
	X(tcr_el1)                                                                                 \
	X(mair_el1)                                                                                \
	X(amair_el1)                                                                               \
	X(vbar_el1)                                                                                \
	X(contextidr_el1)                                                                          \
	X(sp_el0)                                                                                  \
	X(sp_el1)                                                                                  \
	X(elr_el1)                                                                                 \
	X(spsr_el1)                                                                                \
	X(esr_el1)                                                                                 \
	X(far_el1)                                                                                 \
	X(afsr0_el1)                                                                               \
	X(afsr1_el1)                                                                               \
	X(par_el1)                                                                                 \
	X(tpidr_el1)                                                                               \
	X(tpidr_el0)                                                                               \
	X(tpidrro_el0)                                                                             \
	X(cntkctl_el1)                                                                             \
	X(csselr_el1)                                                                              \
	X(mdscr_el1)

#define EL1_NAME(name) EL1_##name,
enum { EL1_REGS(EL1_NAME) EL1_COUNT };

struct fp_state {
	__extension__ unsigned __int128 q[32];
	uint64_t fpsr, fpcr;
};

struct cpu;

struct context {
	uint64_t x[31], elr, spsr;
	uint64_t stack; /* of the monitor on this world's processor */
	struct cpu *cpu;
	uint64_t scr;	   /* SCR_EL3 while it runs */
	uint64_t mask;	   /* interrupt priority mask */
	uint64_t gic_kept; /* of gic_ns_leave; NS only */
	uint64_t el1[EL1_COUNT];
	struct fp_state fp;
};

/* As after reset, to be entered at pc with x0 in EL1, or EL2 if el2; scr tells the world. */
void context_init(struct context *c, uint64_t scr, uint64_t pc, uint64_t x0, bool el2);

/* Give the processor to this world: its state is in the registers when this returns. */
void context_load(struct cpu *cpu, struct context *c);

/* Take it from whoever has it: interrupts of NS are no longer signalled, SCR_EL3.NS is clear. */
void context_unload(struct cpu *cpu);

/* A floating-point instruction trapped: false if this world may not use any here. */
bool context_fp_trap(struct cpu *cpu, struct context *c);

#endif
#endif
