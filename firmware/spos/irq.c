/* SPDX-License-Identifier: BSD-2-Clause */
#include "irq.h"

#include "arch.h"
#include "clock.h"
#include "memory.h"
#include "tasks.h"

#define PRIORITY_TICK 0x10u
#define PRIORITY_DOORBELL 0x20u

static volatile bool came; /* an interrupt, since the last irq_idle */

static void tick_set(uint64_t ticks)
{
	arch_write(cntps_cval_el1, ticks);
	arch_write(cntps_ctl_el1, 1);
	arch_isb();
}

void irq_start(void)
{
	arch_write(cntps_ctl_el1, 0);
	gic_start(&spos_gic);
	gic_enable(&spos_gic, spos_boot.timer_intid, PRIORITY_TICK);
	gic_enable(&spos_gic, spos_boot.doorbell_intid, PRIORITY_DOORBELL);
	tick_set(task_critical_start());
	__asm__ volatile("msr daifclr, #4" : : : "memory"); /* SError ends the life */
	gic_unmask(&spos_gic);
}

/* Each one is served on its own: the tick first, whatever else is pending. */
void spos_interrupt(void)
{
	uint32_t taken = gic_acknowledge(&spos_gic);

	if (taken == GIC_NONE)
		return;
	came = true;
	if ((taken & 0x3ffu) == spos_boot.timer_intid)
		tick_set(task_critical_run());
	gic_end(&spos_gic, taken);
}

/* Masked, a pending interrupt still ends WFI, and still pre-empts NS. */
void irq_idle(void)
{
	arch_irq_mask();
	if (!came) {
		if ((spos_boot.flags & IWC_BOOT_OWN_CPU) != 0)
			arch_wfi();
		else
			arch_smc(IWC_SMC_IDLE, 0);
	}
	came = false;
	gic_unmask(&spos_gic);
	arch_isb();
}
