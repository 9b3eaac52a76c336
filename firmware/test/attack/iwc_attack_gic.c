// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Attacks by the interrupt controller, GICv3 (Arm IHI 0069): secure interrupts that NS raises, and
 * interrupts that NS keeps from being taken.
 */
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/irqchip/arm-gic-v3.h>
#include <asm/arch_gicv3.h>

#include "iwc_attack.h"

/* firmware/plat/qemu-virt/machine.h */
#define GICD_BASE 0x08000000
#define GICR_BASE 0x080a0000
#define GIC_FRAME 0x10000
#define BELL_OF_S 8
#define TIMER_OF_S 29
#define BELL_OF_NS 132

/* To all CPUs but this one as well as to processor 0 by name. */
static void raise(u64 sgi)
{
	const u64 to_first = sgi << ICC_SGI1R_SGI_ID_SHIFT | 1;

	write_sysreg_s(to_first, SYS_ICC_SGI1R_EL1);
	write_sysreg_s(to_first, SYS_ICC_ASGI1R_EL1);
	write_sysreg_s(to_first, SYS_ICC_SGI0R_EL1);
	isb();
}

static void raise_piece(u64 *state)
{
	int i;

	for (i = 0; i < 1000; i++)
		raise(BELL_OF_S + i % 8);
}

int attack_sgi(void)
{
	return attack_everywhere(raise_piece);
}

static void pester_redistributor(void __iomem *sgi)
{
	u32 secure = 0xff00 | 1u << TIMER_OF_S;

	writel(~0u, sgi + GICR_IGROUPR0);
	writel(~0u, sgi + GICR_NSACR);
	writel(secure, sgi + GICR_ICENABLER0);
	writel(secure, sgi + GICR_ICPENDR0);
	writel(secure, sgi + GICR_ICACTIVER0);
	writel(secure, sgi + GICR_ISACTIVER0);
	writeb(0xff, sgi + GICR_IPRIORITYR0 + BELL_OF_S);
	writeb(0xff, sgi + GICR_IPRIORITYR0 + TIMER_OF_S);
}

/* NS masks everything, for as long as Linux's other CPUs bear it. */
static void mask_all(void)
{
	unsigned long flags;
	u64 pmr;

	local_irq_save(flags);
	pmr = read_sysreg_s(SYS_ICC_PMR_EL1);
	write_sysreg_s(0, SYS_ICC_PMR_EL1);
	write_sysreg_s(0, SYS_ICC_IGRPEN1_EL1);
	isb();
	mdelay(20);
	write_sysreg_s(1, SYS_ICC_IGRPEN1_EL1);
	write_sysreg_s(pmr, SYS_ICC_PMR_EL1);
	isb();
	local_irq_restore(flags);
}

int attack_interrupts(void)
{
	void __iomem *gicd = ioremap(GICD_BASE, GIC_FRAME);
	void __iomem *gicr = ioremap(GICR_BASE, 2 * GIC_FRAME);
	u32 bit = 1u << BELL_OF_NS % 32, at = BELL_OF_NS / 32 * 4;
	u64 rounds = 0;

	if (!gicd || !gicr)
		return -ENOMEM;
	while (attack_time_left()) {
		pester_redistributor(gicr + GIC_FRAME);
		writel(bit, gicd + GICD_ICENABLER + at);
		writeq(1, gicd + GICD_IROUTER + 8 * BELL_OF_NS); /* a CPU that may not be there */
		mask_all();
		rounds++;
		usleep_range(1000, 1100);
	}
	writeq(0, gicd + GICD_IROUTER + 8 * BELL_OF_NS);
	writel(bit, gicd + GICD_ISENABLER + at);
	iounmap(gicd);
	iounmap(gicr);
	attack_tell("rounds", rounds);
	attack_judge("some rounds", rounds > 5);
	return 0;
}
