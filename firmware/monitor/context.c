/* SPDX-License-Identifier: BSD-2-Clause */
/* context.c - the state of a world comes into the processor and goes out of it. */
#include <stddef.h>

#include "monitor.h"
#include "cpu.h"
#include "iwc_plat.h"

#define CPTR_TFP (1ull << 10)
#define SCTLR_EL1_RESET 0x30d00800ull
#define SPSR_EL1H 0x3c5u
#define SPSR_EL2H 0x3c9u

_Static_assert(offsetof(struct context, elr) == CTX_ELR, "entry.S");
_Static_assert(offsetof(struct context, spsr) == CTX_SPSR, "entry.S");
_Static_assert(offsetof(struct context, stack) == CTX_STACK, "entry.S");
_Static_assert(offsetof(struct fp_state, q) == FP_Q, "entry.S");
_Static_assert(offsetof(struct fp_state, fpsr) == FP_FPSR, "entry.S");
_Static_assert(offsetof(struct fp_state, fpcr) == FP_FPCR, "entry.S");

void fp_save(struct fp_state *fp);
void fp_restore(const struct fp_state *fp);

void context_init(struct context *c, uint64_t scr, uint64_t pc, uint64_t x0, bool el2)
{
	uint64_t stack = c->stack;
	struct cpu *cpu = c->cpu;

	*c = (struct context){0};
	c->stack = stack;
	c->cpu = cpu;
	c->scr = scr;
	c->elr = pc;
	c->x[0] = x0;
	c->spsr = el2 ? SPSR_EL2H : SPSR_EL1H;
	c->mask = 0xff;
	c->el1[EL1_sctlr_el1] = SCTLR_EL1_RESET;
}

void context_unload(struct cpu *cpu)
{
	struct context *c = cpu->loaded;

	if (c != 0) {
#define SAVE(name) c->el1[EL1_##name] = READ_SYSREG(name);
		EL1_REGS(SAVE)
		c->mask = gic_mask_get();
		if (!is_s(c))
			c->gic_kept = gic_ns_leave();
		cpu->loaded = 0;
	}
	WRITE_SYSREG(scr_el3, secure.context.scr);
	isb();
}

void context_load(struct cpu *cpu, struct context *c)
{
	if (cpu->loaded == c)
		return;
	context_unload(cpu);
#define LOAD(name) WRITE_SYSREG(name, c->el1[EL1_##name]);
	EL1_REGS(LOAD)
	WRITE_SYSREG(cptr_el3, (is_s(c) ? 0u : cpu->cptr) | (cpu->fp_owner == c ? 0u : CPTR_TFP));
	WRITE_SYSREG(scr_el3, c->scr);
	gic_mask_set(c->mask);
	if (!is_s(c))
		gic_ns_enter(c->gic_kept);
	cpu->loaded = c; /* the return from the exception synchronises the rest */
}

bool context_fp_trap(struct cpu *cpu, struct context *c)
{
	if (is_s(c) && cpu->sve)
		return false;
	WRITE_SYSREG(cptr_el3, READ_SYSREG(cptr_el3) & ~CPTR_TFP);
	isb();
	if (cpu->fp_owner == c)
		return false;
	if (cpu->fp_owner != 0)
		fp_save(&cpu->fp_owner->fp);
	fp_restore(&c->fp);
	cpu->fp_owner = c;
	return true;
}
