/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gicv2.c - GICv2 with Security Extensions (Arm IHI 0048). Group 0 is the monitor's and S's, and
 * always an FIQ; Group 1 is NS's. While NS runs an FIQ enters the monitor; while S runs it is S's
 * own, so the monitor can't interrupt S here: docs/firmware.md says what that costs.
 */
#include "iwc_plat.h"
#include "cpu.h"
#include "plat.h"

#define GICD_CTLR (IWC_PLAT_GICD + 0x000)
#define GICD_TYPER (IWC_PLAT_GICD + 0x004)
#define GICD_IGROUPR (IWC_PLAT_GICD + 0x080)
#define GICD_ISENABLER (IWC_PLAT_GICD + 0x100)
#define GICD_ICENABLER (IWC_PLAT_GICD + 0x180)
#define GICD_ISPENDR (IWC_PLAT_GICD + 0x200)
#define GICD_ICPENDR (IWC_PLAT_GICD + 0x280)
#define GICD_ICACTIVER (IWC_PLAT_GICD + 0x380)
#define GICD_IPRIORITYR (IWC_PLAT_GICD + 0x400)
#define GICD_NSACR (IWC_PLAT_GICD + 0xe00)
#define GICD_SGIR (IWC_PLAT_GICD + 0xf00)
#define GICD_CPENDSGIR (IWC_PLAT_GICD + 0xf10)

#define GICC_CTLR (IWC_PLAT_GICC + 0x00)
#define GICC_PMR (IWC_PLAT_GICC + 0x04)
#define GICC_BPR (IWC_PLAT_GICC + 0x08)
#define GICC_IAR (IWC_PLAT_GICC + 0x0c)
#define GICC_EOIR (IWC_PLAT_GICC + 0x10)
#define GICC_HPPIR (IWC_PLAT_GICC + 0x18)
#define GICC_NSAPR (IWC_PLAT_GICC + 0xe0)

#define CTLR_GROUP1 (1u << 1)
#define CTLR_BASE 0x1e9u /* Group 0 on, as FIQ, no bypass */

#define SGI_SECURE 0x0000ff00u
#define BIT(n) (1u << (n))
#define SPURIOUS 1020u

const unsigned gic_version = 2;

static unsigned s_cpu;

const char *gic_init(void)
{
	uint32_t lines = (mmio_read32(GICD_TYPER) & 0x1fu) + 1u;

	if ((mmio_read32(GICD_TYPER) & BIT(10)) == 0u)
		return "the GIC has one security state only; the machine needs secure=on";
	mmio_write32(GICD_CTLR, 0);
	for (uint32_t i = 1; i < lines; i++) {
		mmio_write32(GICD_ICENABLER + 4u * i, ~0u);
		mmio_write32(GICD_IGROUPR + 4u * i, ~0u);
		for (uint32_t j = 0; j < 8u; j++)
			mmio_write32(GICD_IPRIORITYR + 32u * i + 4u * j, 0xa0a0a0a0u);
	}
	mmio_write32(GICD_CTLR, 3);
	return 0;
}

/* All of it is banked: each processor writes its own. */
const char *gic_cpu_init(unsigned cpu, bool with_s)
{
	uint32_t secure = SGI_SECURE | BIT(IWC_INTID_TIMER);

	if (with_s)
		s_cpu = cpu;
	mmio_write32(GICD_ICENABLER, ~0u);
	mmio_write32(GICD_IGROUPR, ~secure);
	mmio_write32(GICD_NSACR, 0);
	for (unsigned i = 0; i < 32u; i += 4u)
		mmio_write32(GICD_IPRIORITYR + i, 0xa0a0a0a0u);
	for (unsigned i = IWC_INTID_BELL; i < 16u; i++)
		mmio_write8(GICD_IPRIORITYR + i, 0x40);
	mmio_write8(GICD_IPRIORITYR + IWC_INTID_KICK, 0x00);
	mmio_write8(GICD_IPRIORITYR + IWC_INTID_TIMER, with_s ? 0x40 : 0x10);
	mmio_write32(GICD_ICPENDR, BIT(IWC_INTID_TIMER));
	mmio_write32(GICD_ISENABLER, BIT(IWC_INTID_KICK) | (with_s ? 0u : BIT(IWC_INTID_TIMER)));
	if ((mmio_read32(GICD_IGROUPR) & secure) != 0u)
		return "the GIC does not keep the groups of secure interrupts";
	mmio_write32(GICC_PMR, 0xff);
	mmio_write32(GICC_BPR, 0);
	mmio_write32(GICC_CTLR, CTLR_BASE);
	return 0;
}

enum gic_take gic_take(bool with_s)
{
	uint32_t intid = mmio_read32(GICC_HPPIR) & 0x3ffu;

	if (intid >= SPURIOUS)
		return GIC_TAKE_NONE;
	if (with_s && intid != IWC_INTID_KICK)
		return GIC_TAKE_SECURE;
	intid = mmio_read32(GICC_IAR);
	if ((intid & 0x3ffu) < SPURIOUS)
		mmio_write32(GICC_EOIR, intid);
	return GIC_TAKE_OWN;
}

void gic_ring_s(void)
{
	mmio_write32(GICD_SGIR, BIT(16u + s_cpu) | IWC_INTID_BELL);
}

void gic_kick(unsigned cpu)
{
	mmio_write32(GICD_SGIR, BIT(16u + cpu) | IWC_INTID_KICK);
}

void gic_ring_ns(void)
{
	mmio_write32(GICD_ISPENDR + IWC_PLAT_BELL_INTID / 32 * 4, BIT(IWC_PLAT_BELL_INTID % 32));
}

void gic_leave(struct gic_state *from, bool from_s)
{
	uint32_t control = mmio_read32(GICC_CTLR);

	from->mask = mmio_read32(GICC_PMR);
	if (from_s)
		return;
	from->group = control & CTLR_GROUP1;
	mmio_write32(GICC_CTLR, control & ~CTLR_GROUP1);
}

void gic_enter(const struct gic_state *to, bool to_s)
{
	mmio_write32(GICC_PMR, (uint32_t)to->mask);
	if (!to_s)
		mmio_write32(GICC_CTLR, mmio_read32(GICC_CTLR) | (uint32_t)to->group);
}

void gic_s_reset(unsigned cpu)
{
	uint32_t own = (SGI_SECURE | BIT(IWC_INTID_TIMER)) & ~BIT(IWC_INTID_KICK);

	(void)cpu;
	mmio_write32(GICD_ICENABLER, own);
	mmio_write32(GICD_ICPENDR, BIT(IWC_INTID_TIMER));
	mmio_write32(GICD_CPENDSGIR + 8, 0xffff00ffu); /* SGI 8 and 10, 11: of any sender */
	mmio_write32(GICD_CPENDSGIR + 12, ~0u);
	mmio_write32(GICD_ICACTIVER, own);
	mmio_write32(GICC_CTLR, CTLR_BASE | (mmio_read32(GICC_CTLR) & CTLR_GROUP1));
	dsb_sy();
}

void gic_s_timer(unsigned cpu, bool on)
{
	(void)cpu;
	mmio_write32(on ? GICD_ISENABLER : GICD_ICENABLER, BIT(IWC_INTID_TIMER));
}

void gic_ns_reset(unsigned cpu)
{
	uint32_t ns = ~(SGI_SECURE | BIT(IWC_INTID_TIMER));

	(void)cpu;
	mmio_write32(GICD_ICENABLER, ns);
	mmio_write32(GICD_ICPENDR, ns);
	mmio_write32(GICD_ICACTIVER, ns);
	for (uint32_t i = 0; i < 2u; i++)
		mmio_write32(GICD_CPENDSGIR + 4u * i, ~0u);
	/* What NS was in the middle of handling would hold back its next life's interrupts. */
	for (uint32_t i = 0; i < 4u; i++)
		mmio_write32(GICC_NSAPR + 4u * i, 0);
}
