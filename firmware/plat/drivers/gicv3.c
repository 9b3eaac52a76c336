/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gicv3.c - GICv3 with two security states (Arm IHI 0069). Group 0 is the monitor's, Group 1 Secure
 * is S's, Group 1 Non-secure NS's. While NS runs the first two arrive as FIQ; while S runs, Group 1
 * Secure is its IRQ, Group 0 enters the monitor even if S masks everything, and no interrupt of NS
 * is signalled (ICC_IGRPEN1_EL3), or it would arrive as an FIQ that nobody ends.
 */
#include "iwc_plat.h"
#include "cpu.h"
#include "plat.h"

#define GICD_CTLR (IWC_PLAT_GICD + 0x0000)
#define GICD_TYPER (IWC_PLAT_GICD + 0x0004)
#define GICD_IGROUPR (IWC_PLAT_GICD + 0x0080)
#define GICD_ISPENDR (IWC_PLAT_GICD + 0x0200)
#define GICD_ICENABLER (IWC_PLAT_GICD + 0x0180)
#define GICD_IPRIORITYR (IWC_PLAT_GICD + 0x0400)
#define GICD_IGRPMODR (IWC_PLAT_GICD + 0x0d00)
#define GICD_NSACR (IWC_PLAT_GICD + 0x0e00)

#define CTLR_GROUP0 (1u << 0)
#define CTLR_GROUP1NS (1u << 1)
#define CTLR_GROUP1S (1u << 2)
#define CTLR_ARE_S (1u << 4)
#define CTLR_ARE_NS (1u << 5)
#define CTLR_DS (1u << 6)
#define CTLR_RWP (1u << 31)

#define GICR_CTLR 0x00000
#define GICR_TYPER 0x00008
#define GICR_WAKER 0x00014
#define GICR_IGROUPR0 0x10080
#define GICR_ISENABLER0 0x10100
#define GICR_ICENABLER0 0x10180
#define GICR_ISPENDR0 0x10200
#define GICR_ICPENDR0 0x10280
#define GICR_ICACTIVER0 0x10380
#define GICR_IPRIORITYR 0x10400
#define GICR_IGRPMODR0 0x10d00
#define GICR_NSACR 0x10e00
#define GICR_FRAME 0x20000

#define TYPER_LAST (1u << 4)
#define WAKER_SLEEP (1u << 1)
#define WAKER_ASLEEP (1u << 2)

#define SGI_SECURE 0x0000ff00u
#define BIT(n) (1u << (n))

#define SPURIOUS_SECURE 1020u
#define WAIT_LOOPS 1000000u

const unsigned gic_version = 3;

static uint64_t frame[IWC_PLAT_CPUS];
static uint64_t s_pending; /* GICR_ISPENDR0 of S's processor */

static bool settled(uint64_t reg, uint32_t mask, uint32_t value)
{
	for (unsigned i = 0; i < WAIT_LOOPS; i++) {
		if ((mmio_read32(reg) & mask) == value)
			return true;
	}
	return false;
}

const char *gic_init(void)
{
	uint32_t lines = (mmio_read32(GICD_TYPER) & 0x1fu) + 1u;

	mmio_write32(GICD_CTLR, 0);
	if (!settled(GICD_CTLR, CTLR_RWP, 0))
		return "the GIC's distributor does not settle";
	if ((mmio_read32(GICD_TYPER) & BIT(10)) == 0u || (mmio_read32(GICD_CTLR) & CTLR_DS) != 0u)
		return "the GIC has one security state only; the machine needs secure=on";
	mmio_write32(GICD_CTLR, CTLR_ARE_S | CTLR_ARE_NS);
	for (uint32_t i = 1; i < lines; i++) {
		mmio_write32(GICD_ICENABLER + 4u * i, ~0u);
		mmio_write32(GICD_IGROUPR + 4u * i, ~0u);
		mmio_write32(GICD_IGRPMODR + 4u * i, 0);
		mmio_write32(GICD_NSACR + 8u * i, 0);
		mmio_write32(GICD_NSACR + 8u * i + 4u, 0);
		for (uint32_t j = 0; j < 8u; j++)
			mmio_write32(GICD_IPRIORITYR + 32u * i + 4u * j, 0xa0a0a0a0u);
	}
	mmio_write32(GICD_CTLR,
		     CTLR_ARE_S | CTLR_ARE_NS | CTLR_GROUP0 | CTLR_GROUP1S | CTLR_GROUP1NS);
	return settled(GICD_CTLR, CTLR_RWP, 0) ? 0 : "the GIC's distributor does not settle";
}

/* The frame whose affinity is this processor's. */
static uint64_t find_frame(void)
{
	uint64_t base = IWC_PLAT_GICR;
	uint32_t own = (uint32_t)(read_mpidr() & 0xffffffu);

	for (unsigned i = 0; i < IWC_PLAT_CPUS; i++, base += GICR_FRAME) {
		if (mmio_read32(base + GICR_TYPER + 4u) == own)
			return base;
		if ((mmio_read32(base + GICR_TYPER) & TYPER_LAST) != 0u)
			break;
	}
	return 0;
}

static void set_priority(uint64_t base, unsigned intid, uint8_t priority)
{
	mmio_write8(base + GICR_IPRIORITYR + intid, priority);
}

const char *gic_cpu_init(unsigned cpu, bool with_s)
{
	uint64_t base = find_frame();
	uint32_t mine = BIT(IWC_INTID_KICK) | (with_s ? 0u : BIT(IWC_INTID_TIMER));
	uint32_t secure = SGI_SECURE | BIT(IWC_INTID_TIMER);

	if (base == 0u)
		return "the GIC has no redistributor for this processor";
	mmio_write32(base + GICR_WAKER, mmio_read32(base + GICR_WAKER) & ~WAKER_SLEEP);
	if (!settled(base + GICR_WAKER, WAKER_ASLEEP, 0))
		return "the GIC's redistributor does not wake up";
	mmio_write32(base + GICR_ICENABLER0, ~0u);
	mmio_write32(base + GICR_IGROUPR0, ~secure);
	mmio_write32(base + GICR_IGRPMODR0, secure & ~mine);
	mmio_write32(base + GICR_NSACR, 0); /* no SGI of the secure side by NS (T10) */
	for (unsigned i = 0; i < 32u; i += 4u)
		mmio_write32(base + GICR_IPRIORITYR + i, 0xa0a0a0a0u);
	for (unsigned i = IWC_INTID_BELL; i < 16u; i++)
		set_priority(base, i, 0x40);
	set_priority(base, IWC_INTID_KICK, 0x00);
	set_priority(base, IWC_INTID_TIMER, with_s ? 0x40 : 0x10);
	mmio_write32(base + GICR_ICPENDR0, secure);
	mmio_write32(base + GICR_ISENABLER0, mine);
	if (mmio_read32(base + GICR_NSACR) != 0u || mmio_read32(base + GICR_IGROUPR0) != ~secure)
		return "the GIC does not keep the groups of secure interrupts";

	WRITE_SYSREG(icc_sre_el3, 0xf); /* system registers, no bypass, lower levels may too */
	isb();
	if (has_el2()) {
		WRITE_SYSREG(icc_sre_el2, 0xf);
		isb();
	}
	WRITE_SYSREG(icc_ctlr_el3, 0);
	WRITE_SYSREG(icc_pmr_el1, 0xff);
	WRITE_SYSREG(icc_bpr0_el1, 0);
	WRITE_SYSREG(icc_igrpen0_el1, 1);
	WRITE_SYSREG(icc_igrpen1_el3, 2);
	isb();
	frame[cpu] = base;
	if (with_s)
		s_pending = base + GICR_ISPENDR0;
	dsb_sy();
	return 0;
}

/* IAR0 at EL3 acknowledges Group 0 only and tells of others by a number of its own. */
enum gic_take gic_take(bool with_s)
{
	uint64_t intid = READ_SYSREG(icc_iar0_el1);

	if (intid == SPURIOUS_SECURE)
		return with_s ? GIC_TAKE_SECURE : GIC_TAKE_NONE;
	if (intid > SPURIOUS_SECURE)
		return GIC_TAKE_NONE;
	WRITE_SYSREG(icc_eoir0_el1, intid);
	return GIC_TAKE_OWN;
}

void gic_ring_s(void)
{
	mmio_write32(s_pending, BIT(IWC_INTID_BELL));
}

void gic_kick(unsigned cpu)
{
	if (frame[cpu] != 0u)
		mmio_write32(frame[cpu] + GICR_ISPENDR0, BIT(IWC_INTID_KICK));
}

void gic_ring_ns(void)
{
	mmio_write32(GICD_ISPENDR + IWC_PLAT_BELL_INTID / 32 * 4, BIT(IWC_PLAT_BELL_INTID % 32));
}

void gic_leave(struct gic_state *from, bool from_s)
{
	from->mask = READ_SYSREG(icc_pmr_el1);
	if (from_s)
		return;
	from->group = READ_SYSREG(icc_igrpen1_el3);
	WRITE_SYSREG(icc_igrpen1_el3, from->group & 2u);
}

void gic_enter(const struct gic_state *to, bool to_s)
{
	WRITE_SYSREG(icc_pmr_el1, to->mask);
	if (!to_s)
		WRITE_SYSREG(icc_igrpen1_el3,
			     (READ_SYSREG(icc_igrpen1_el3) & 2u) | (to->group & 1u));
}

/* Called on S's processor, SCR_EL3.NS clear: the secure banks are meant. */
void gic_s_reset(unsigned cpu)
{
	uint64_t base = frame[cpu];
	uint32_t own = (SGI_SECURE | BIT(IWC_INTID_TIMER)) & ~BIT(IWC_INTID_KICK);

	mmio_write32(base + GICR_ICENABLER0, own);
	mmio_write32(base + GICR_ICPENDR0, own);
	mmio_write32(base + GICR_ICACTIVER0, own);
	WRITE_SYSREG(icc_ap1r0_el1, 0);
	WRITE_SYSREG(icc_bpr1_el1, 0);
	WRITE_SYSREG(icc_ctlr_el1, 0);
	WRITE_SYSREG(icc_igrpen1_el3, READ_SYSREG(icc_igrpen1_el3) | 2u);
	isb();
	dsb_sy();
}

void gic_s_timer(unsigned cpu, bool on)
{
	mmio_write32(frame[cpu] + (on ? GICR_ISENABLER0 : GICR_ICENABLER0), BIT(IWC_INTID_TIMER));
}

/*
 * Tables of LPIs lie in memory that is about to be loaded anew. What NS was in the middle of
 * handling would hold back its next life's interrupts; the bits of that are in the bank that
 * SCR_EL3.NS shows.
 */
void gic_ns_reset(unsigned cpu)
{
	uint64_t base = frame[cpu], scr = READ_SYSREG(scr_el3);
	uint64_t preemption_bits = (READ_SYSREG(icc_ctlr_el3) >> 8 & 7u) + 1u;

	mmio_write32(base + GICR_CTLR, 0);
	mmio_write32(base + GICR_ICENABLER0, ~(SGI_SECURE | BIT(IWC_INTID_TIMER)));
	mmio_write32(base + GICR_ICPENDR0, ~(SGI_SECURE | BIT(IWC_INTID_TIMER)));
	mmio_write32(base + GICR_ICACTIVER0, ~(SGI_SECURE | BIT(IWC_INTID_TIMER)));
	WRITE_SYSREG(scr_el3, scr | 1u);
	isb();
	WRITE_SYSREG(icc_ap1r0_el1, 0);
	if (preemption_bits > 5u)
		WRITE_SYSREG(icc_ap1r1_el1, 0);
	if (preemption_bits > 6u) {
		WRITE_SYSREG(icc_ap1r2_el1, 0);
		WRITE_SYSREG(icc_ap1r3_el1, 0);
	}
	/* QEMU 7.2 ignores those writes. Ending interrupts, whichever, drops the priorities too. */
	for (unsigned i = 0; i < 16u && READ_SYSREG(icc_ap1r0_el1) != 0u; i++)
		WRITE_SYSREG(icc_eoir1_el1, 0);
	WRITE_SYSREG(scr_el3, scr);
	isb();
}
