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

void el1_save(uint64_t registers[EL1_COUNT]);
void el1_restore(const uint64_t registers[EL1_COUNT]);
void fp_save(struct fp_state *fp);
void fp_restore(const struct fp_state *fp);

void context_init(struct context *c, uint64_t scr, uint64_t pc, uint64_t x0, bool el2)
{
	*c = (struct context){
	    .stack = c->stack,
	    .cpu = c->cpu,
	    .services = is_s(c) ? s_services : ns_services,
	    .cptr = is_s(c) ? 0u : c->cpu->cptr, /* vectors of any length: NS alone */
	};
	c->scr = scr;
	c->elr = pc;
	c->x[0] = x0;
	c->spsr = el2 ? SPSR_EL2H : SPSR_EL1H;
	c->gic.mask = 0xff;
	c->el1[EL1_SCTLR] = SCTLR_EL1_RESET;
}

static void save(struct cpu *cpu)
{
	struct context *c = cpu->loaded;

	if (c != 0) {
		el1_save(c->el1);
		gic_leave(&c->gic, is_s(c));
	}
}

void context_unload(struct cpu *cpu)
{
	save(cpu);
	cpu->loaded = 0;
	WRITE_SYSREG(scr_el3, secure.context.scr);
	isb();
}

struct context *context_switch(struct cpu *cpu, struct context *c)
{
	save(cpu);
	cpu->loaded = c;
	el1_restore(c->el1);
	WRITE_SYSREG(cptr_el3, c->cptr | (cpu->fp_owner == c ? 0u : CPTR_TFP));
	WRITE_SYSREG(scr_el3, c->scr);
	gic_enter(&c->gic, is_s(c)); /* the return from the exception synchronises all of it */
	return c;
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
