/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * s.c - in the place of S: a tick of 1 ms, doorbells, and orders of NS, all with the MMU off. What
 * it finds wrong about its own registers it counts for NS to see.
 */
#include "iwc_boot.h"
#include "iwc_smc.h"
#include "check.h"
#include "cpu.h"
#include "shared_registers.h"

#define TICK (62500000u / 1000u)
#define SEED 0x5ec0de0000000000ull

void main(const struct iwc_boot *boot);
void main_other(void);
void interrupt(void);

static const struct iwc_boot *boot;
static volatile struct s_words *words;
static const volatile struct ns_words *asked;
static uint64_t next_tick, registers[SHARED_COUNT];
static bool fp_used, registers_used;

void interrupt(void)
{
	bool v2 = (boot->flags & IWC_BOOT_GICV2) != 0u;
	uint32_t iar =
	    v2 ? mmio_read32(boot->gicr_or_gicc + 0xc) : (uint32_t)READ_SYSREG(icc_iar1_el1);
	uint32_t intid = iar & 0x3ffu;

	if (intid == boot->doorbell_intid) {
		words->bells++;
	} else if (intid == boot->timer_intid) {
		words->ticks++;
		quick_call(IWC_SMC_ALIVE);
		next_tick += TICK;
		WRITE_SYSREG(cntps_cval_el1, next_tick);
		isb();
	}
	if (v2)
		mmio_write32(boot->gicr_or_gicc + 0x10, iar);
	else
		WRITE_SYSREG(icc_eoir1_el1, iar);
}

static void gic_enable(void)
{
	uint32_t mask = 1u << boot->doorbell_intid | 1u << boot->timer_intid;

	if ((boot->flags & IWC_BOOT_GICV2) != 0u) {
		mmio_write32(boot->gicd + 0x100, mask);
		return;
	}
	mmio_write32(boot->gicr_or_gicc + 0x20000u * boot->cpu + 0x10100u, mask);
	WRITE_SYSREG(icc_pmr_el1, 0xff);
	WRITE_SYSREG(icc_igrpen1_el1, 1);
	isb();
}

static uint64_t smc1(uint32_t id, uint64_t *x1)
{
	uint64_t regs[18] = {id, x1 != 0 ? *x1 : 0};

	call(regs);
	if (x1 != 0)
		*x1 = regs[1];
	return regs[0];
}

/* The shortest S there can be, to count what is the monitor's: no tick, no exception, for ever. */
static _Noreturn void be_quiet(void)
{
	WRITE_SYSREG(cntps_ctl_el1, 0);
	words->done = asked->number;
	for (;;) {
		quick_call(IWC_SMC_IDLE);
		WRITE_SYSREG(icc_eoir1_el1, READ_SYSREG(icc_iar1_el1));
	}
}

static void obey(enum order order)
{
	switch (order) {
	case ORDER_FP:
		if (fp_used && fp_differs(SEED) != 0u)
			words->wrong |= 1;
		fp_fill(SEED);
		fp_used = true;
		break;
	case ORDER_REGISTERS:
		if (registers_used && (shared_differ(registers) & ~SHARED_BY_INTERRUPTS) != 0u)
			words->wrong |= 2;
		shared_fill(SEED, registers);
		registers_used = true;
		break;
	case ORDER_RING:
		(void)smc1(IWC_SMC_RING, 0);
		break;
	case ORDER_UNKNOWN:
		/* PSCI and what only NS may ask. */
		if (smc1(0x84000000u, 0) != UINT32_MAX || smc1(IWC_SMC_REGION, 0) != UINT64_MAX)
			words->wrong |= 4;
		break;
	case ORDER_HANG:
		for (;;)
			;
	case ORDER_QUIET:
		be_quiet();
	default:
		break;
	}
}

static _Noreturn void serve(void)
{
	uint64_t done = asked->number;

	words->done = done;
	for (;;) {
		if (asked->number != done) {
			done = asked->number;
			obey((enum order)asked->order);
			words->done = done;
		}
		quick_call(IWC_SMC_IDLE);
		__asm__ volatile("msr daifclr, #3\n\tisb\n\tmsr daifset, #3" : : : "memory");
	}
}

void main(const struct iwc_boot *given)
{
	uint64_t epoch = 0;

	boot = given;
	words = (volatile struct s_words *)(uintptr_t)boot->s_section;
	asked = (const volatile struct ns_words *)(uintptr_t)boot->ns_section;
	if (boot->magic != IWC_BOOT_MAGIC || boot->lives == 0u)
		words->wrong |= 8;
	/* The region was cleared before the first life. */
	if (boot->lives == 1u && (words->lives | words->bells | words->ticks) != 0u)
		words->wrong |= 16;
	if (smc1(IWC_SMC_EPOCH, &epoch) != 0u || epoch != boot->lives)
		words->wrong |= 32;
	words->lives = boot->lives;
	gic_enable();
	next_tick = counter() + TICK;
	WRITE_SYSREG(cntps_cval_el1, next_tick);
	WRITE_SYSREG(cntps_ctl_el1, 1);
	isb();
	serve();
}

void main_other(void)
{
	for (;;)
		wfi();
}
