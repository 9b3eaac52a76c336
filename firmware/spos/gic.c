/* SPDX-License-Identifier: BSD-2-Clause */
#include "gic.h"

#include "arch.h"

/* Registers of private interrupts lie at the same offsets in GICD (v2) and GICR's second frame. */
#define IGROUPR0 0x080u
#define ISENABLER0 0x100u
#define ICENABLER0 0x180u
#define ICPENDR0 0x280u
#define IPRIORITYR 0x400u
#define IGRPMODR0 0xd00u

#define GICC_CTLR 0x00u
#define GICC_PMR 0x04u
#define GICC_BPR 0x08u
#define GICC_IAR 0x0cu
#define GICC_EOIR 0x10u

#define GICR_TYPER 0x08u
#define GICR_FRAMES 0x10000u
#define GICR_STRIDE 0x20000u /* GICv3; with virtual LPIs (GICv4) twice as much */
#define GICR_TYPER_VLPIS 2u
#define GICR_TYPER_LAST 0x10u

#define PRIORITY_ALL 0xffu

#define ICC_PMR_EL1 s3_0_c4_c6_0
#define ICC_IAR1_EL1 s3_0_c12_c12_0
#define ICC_EOIR1_EL1 s3_0_c12_c12_1
#define ICC_BPR1_EL1 s3_0_c12_c12_3
#define ICC_CTLR_EL1 s3_0_c12_c12_4
#define ICC_SRE_EL1 s3_0_c12_c12_5
#define ICC_IGRPEN1_EL1 s3_0_c12_c12_7

#define read_register(name) arch_read(name)
#define write_register(name, value) arch_write(name, value)

/* Aff3.Aff2.Aff1.Aff0 as GICR_TYPER has them. */
static uint32_t affinity(uint64_t mpidr)
{
	return (uint32_t)((mpidr >> 8 & 0xff000000u) | (mpidr & 0x00ffffffu));
}

bool gic_find(struct gic *gic, bool v2, uint64_t first, uint64_t second, uint64_t mpidr)
{
	uint64_t typer;

	*gic = (struct gic){.v2 = v2, .distributor = first, .private = first, .interface = second};
	if (v2)
		return true;
	for (;; second += (typer & GICR_TYPER_VLPIS) != 0 ? 2u * GICR_STRIDE : GICR_STRIDE) {
		typer = mmio_read64(second + GICR_TYPER);
		gic->private = second + GICR_FRAMES;
		if (typer >> 32 == affinity(mpidr))
			return true;
		if ((typer & GICR_TYPER_LAST) != 0)
			return false;
	}
}

void gic_start(const struct gic *gic)
{
	if (gic->v2) {
		mmio_write32(gic->interface + GICC_PMR, PRIORITY_ALL);
		mmio_write32(gic->interface + GICC_BPR, 0);
		return; /* GICC_CTLR is the monitor's: it holds bits of both worlds */
	}
	write_register(ICC_SRE_EL1, read_register(ICC_SRE_EL1) | 1u);
	arch_isb();
	write_register(ICC_PMR_EL1, PRIORITY_ALL);
	write_register(ICC_BPR1_EL1, 0);
	write_register(ICC_CTLR_EL1, 0); /* one write ends an interrupt */
	write_register(ICC_IGRPEN1_EL1, 1);
	arch_isb();
}

void gic_enable(const struct gic *gic, uint32_t intid, uint8_t priority)
{
	const uint64_t base = gic->private;
	const uint32_t bit = UINT32_C(1) << intid % 32u;

	mmio_write32(base + ICENABLER0, bit);
	mmio_write32(base + IGROUPR0, mmio_read32(base + IGROUPR0) & ~bit);
	if (!gic->v2)
		mmio_write32(base + IGRPMODR0, mmio_read32(base + IGRPMODR0) | bit);
	mmio_write8(base + IPRIORITYR + intid, priority);
	mmio_write32(base + ICPENDR0, bit);
	mmio_write32(base + ISENABLER0, bit);
}

uint32_t gic_acknowledge(const struct gic *gic)
{
	uint32_t intid;

	if (gic->v2) {
		intid = mmio_read32(gic->interface + GICC_IAR);
		return (intid & 0x3ffu) >= 1020u ? GIC_NONE : intid;
	}
	intid = (uint32_t)read_register(ICC_IAR1_EL1);
	arch_dsb();
	return intid >= 1020u && intid < 1024u ? GIC_NONE : intid;
}

void gic_end(const struct gic *gic, uint32_t intid)
{
	if (gic->v2)
		mmio_write32(gic->interface + GICC_EOIR, intid);
	else
		write_register(ICC_EOIR1_EL1, intid);
	arch_isb();
}

void gic_unmask(const struct gic *gic)
{
	if (gic->v2)
		__asm__ volatile("msr daifclr, #1" : : : "memory");
	else
		__asm__ volatile("msr daifclr, #2" : : : "memory");
}
