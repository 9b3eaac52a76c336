/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ns.c - in the place of Linux: everything that NS may ask of the monitor, right and wrong, and
 * what it costs. One line a check: "ok NAME" or "FAILED NAME"; "count NAME N" is a number of
 * instructions under QEMU's -icount. It ends by switching the machine off.
 */
#include "iwc_channel.h"
#include "iwc_smc.h"
#include "check.h"
#include "cpu.h"
#include "plat.h"
#include "shared_registers.h"

#define UART 0x09000000u
#define SEED 0x0badc0ffee000000ull
#define UNKNOWN32 0xffffffffu

#define PSCI_VERSION 0x84000000u
#define PSCI_CPU_OFF 0x84000002u
#define PSCI_CPU_ON 0xc4000003u
#define PSCI_AFFINITY 0xc4000004u
#define PSCI_OFF 0x84000008u

void main(uint64_t dtb);
void main_other(uint64_t argument);
void interrupt(void);
uint64_t count_call(uint64_t id);

extern volatile uint64_t faults;

static const volatile struct s_words *const s =
    (const volatile struct s_words *)(uintptr_t)IWC_PLAT_S_SECTION;
static volatile struct ns_words *const ns =
    (volatile struct ns_words *)(uintptr_t)IWC_PLAT_NS_SECTION;
/*
 * The loader's word: QEMU counts instructions, so that time can be judged; but then a processor
 * that spins keeps the others from their turn, and the watchdog is checked without.
 */
static const volatile uint64_t *const counting = (const volatile uint64_t *)(uintptr_t)0x47000000u;
static volatile uint64_t other_argument, other_count, other_go;
static volatile unsigned interrupts;

static void put(const char *text)
{
	for (; *text != '\0'; text++)
		mmio_write32(UART, (uint8_t)*text);
}

static void put_number(uint64_t n)
{
	char text[21];
	unsigned i = 20;

	text[i] = '\0';
	do {
		text[--i] = (char)('0' + n % 10u);
		n /= 10u;
	} while (n != 0u);
	put(&text[i]);
}

static void judge(const char *name, bool good)
{
	put(good ? "ok " : "FAILED ");
	put(name);
	put("\n");
}

static void tell(const char *name, uint64_t n)
{
	put("count ");
	put(name);
	put(" ");
	put_number(n);
	put("\n");
}

static uint64_t smc(uint64_t id, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t results[3])
{
	uint64_t regs[18] = {id, a1, a2, a3};

	call(regs);
	if (results != 0) {
		for (unsigned i = 0; i < 3u; i++)
			results[i] = regs[i + 1u];
	}
	return regs[0];
}

static void pause_us(uint64_t us)
{
	uint64_t end = counter() + us * (IWC_PLAT_COUNTER_HZ / 1000000u);

	while (counter() < end)
		;
}

/* Have S do something, and wait until it has. */
static bool order(enum order what)
{
	uint64_t number = ns->number + 1u;

	ns->order = what;
	ns->number = number;
	dsb_sy();
	(void)smc(IWC_SMC_RING, 0, 0, 0, 0);
	for (unsigned i = 0; i < 50000u && s->done != number; i++)
		pause_us(100);
	return s->done == number;
}

/* --- calls --------------------------------------------------------------------------------------
 */

/* Unknown to NS: the result as wide as the call, x1 to x3 clean, x4 to x17 as they were. */
static bool is_unknown(uint64_t id)
{
	uint64_t regs[18];
	bool good;

	regs[0] = id;
	for (unsigned i = 1; i < 18u; i++)
		regs[i] = 0x1111111111111111u * i;
	call(regs);
	good = regs[0] == ((id & 0x40000000u) != 0u ? UINT64_MAX : UNKNOWN32);
	for (unsigned i = 1; i < 4u; i++)
		good = good && regs[i] == 0u;
	for (unsigned i = 4; i < 18u; i++)
		good = good && regs[i] == 0x1111111111111111u * i;
	return good;
}

static void check_unknown(void)
{
	static const uint64_t ids[] = {
	    0x00000000,					/* yielding */
	    0x32000001,					/* RING, yielding */
	    0x84000005,					/* a hole */
	    0x8400001f,		0xc4000000,		/* VERSION has no 64-bit form */
	    0x84000014,		0x8400ffff, 0xb2000003, /* REGION has no 32-bit form */
	    0xf2000001,		0xb2010001,		/* RING with the hint about SVE */
	    0xb2000013,		0xb200ff04, 0x82000000, 0x8f000000, 0xbf00ff01 & 0xb1ffffff,
	    0xffffffffbfffffff,
	};
	bool good = true;

	for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		good = is_unknown(ids[i]) && good;
	judge("unknown calls", good);
	good = is_unknown(IWC_SMC_IDLE) && is_unknown(IWC_SMC_ALIVE) && is_unknown(IWC_SMC_DIE);
	judge("calls of the other world", good && order(ORDER_UNKNOWN) && s->lives == 1u);
}

static void check_known(void)
{
	uint64_t r[3], epoch, regs[18];
	bool good;

	judge("versions", smc(0x80000000, 0, 0, 0, 0) == 0x10002 &&
			      smc(PSCI_VERSION, 0, 0, 0, 0) == 0x10001 &&
			      smc(IWC_SMC_VERSION, 0, 0, 0, 0) == IWC_SMC_VERSION_NUMBER);
	judge("upper half of a 32-bit call is ignored",
	      smc(0xdead000080000001, 0xdead000080000000, 0, 0, 0) == 0u &&
		  smc(0x8400000a, 0xdead0000c4000003, 0, 0, 0) == 0u &&
		  smc(0x8400000a, 0xc4000002, 0, 0, 0) == UNKNOWN32);
	good = smc(IWC_SMC_REGION, ~0ull, ~0ull, ~0ull, r) == 0u;
	judge("region", good && r[0] == IWC_PLAT_NS_SECTION && r[1] == IWC_PLAT_S_SECTION &&
			    r[2] == IWC_SECTION_BYTES);
	(void)smc(IWC_SMC_EPOCH, 0, 0, 0, r);
	epoch = r[0];
	good = epoch != 0u && r[1] == 0u && r[2] == 0u;
	for (unsigned i = 1; i < 10u; i++)
		good = smc(IWC_SMC_EPOCH, 0, 0, 0, r) == 0u && r[0] == epoch + i && good;
	judge("epochs", good);
	for (unsigned i = 0; i < 18u; i++)
		regs[i] = 0x2222222222222222u * i;
	regs[0] = IWC_SMC_RING;
	call(regs);
	good = (regs[0] | regs[1] | regs[2] | regs[3]) == 0u;
	for (unsigned i = 4; i < 18u; i++)
		good = good && regs[i] == 0x2222222222222222u * i;
	judge("registers after a call", good);
}

/* Ids and arguments from a seed; what would end the check is left out. */
static void check_fuzz(void)
{
	uint64_t x = 88172645463325252ull, lives = s->lives, ticks = s->ticks, begin = counter();

	for (unsigned i = 0; i < 20000u; i++) {
		uint64_t regs[18];

		for (unsigned j = 0; j < 18u; j++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			regs[j] = x;
		}
		if ((x & 1u) != 0u)
			regs[0] &= 0xf700001fu; /* nearer to what exists */
		if ((regs[0] & 0x3f00fff0u) == 0x04000000u ||
		    (regs[0] & 0x3f00ffffu) == 0x04000012u)
			regs[0] |= 0x20u;
		call(regs);
	}
	begin = (counter() - begin) / (IWC_PLAT_COUNTER_HZ / 1000u);
	judge("20000 random calls", s->lives == lives && s->ticks - ticks + 1u >= begin);
}

/* --- state --------------------------------------------------------------------------------------
 */

static bool has_sve(void)
{
	return id_field(READ_SYSREG(id_aa64pfr0_el1), 32) != 0u;
}

static void check_fp(void)
{
	bool good = true;

	for (unsigned i = 0; i < 3u; i++) {
		fp_fill(SEED);
		good = order(ORDER_FP) && fp_differs(SEED) == 0u && good;
	}
	judge("floating point", good);
}

/* Where vectors are longer than what the monitor keeps, they are NS's: S dies of using them. */
static void check_vectors(void)
{
	uint64_t before = faults, lives = s->lives;
	bool good;

	WRITE_SYSREG(s3_0_c1_c2_0, 1); /* ZCR_EL1 */
	isb();
	good = (READ_SYSREG(s3_0_c1_c2_0) & 0xfu) == 1u && faults == before;
	fp_fill(SEED);
	good = order(ORDER_FP) && s->lives == lives + 1u && fp_differs(SEED) == 0u && good;
	judge("vectors", good && (READ_SYSREG(s3_0_c1_c2_0) & 0xfu) == 1u && faults == before);
}

static void check_state(void)
{
	uint64_t kept[SHARED_COUNT];
	bool good = true;

	if (has_sve())
		check_vectors();
	else
		check_fp();
	for (unsigned i = 0; i < 3u; i++) {
		shared_fill(SEED, kept);
		good = order(ORDER_REGISTERS) && shared_differ(kept) == 0u && good;
	}
	judge("registers of EL1", good);
	tell("wrong", s->wrong);
	judge("what S finds of its own", s->wrong == 0u);
}

/* --- isolation ----------------------------------------------------------------------------------
 */

static bool refused(uint64_t address)
{
	uint64_t before = faults;

	(void)mmio_read32(address);
	mmio_write32(address, 0x66666666);
	dsb_sy();
	return faults == before + 2u;
}

static void check_memory(void)
{
	/* A compiler takes a constant address near 0 for a mistake. */
	static const volatile uint64_t text = IWC_PLAT_TEXT_BASE;
	static volatile uint32_t own;
	uint64_t before = faults;

	mmio_write32((uintptr_t)&own, 1);
	judge("own memory", mmio_read32((uintptr_t)&own) == 1u && faults == before);
	judge("secure memory", refused(IWC_PLAT_RAM_BASE) && refused(IWC_PLAT_S_BASE) &&
				   refused(text) && refused(IWC_PLAT_UART) &&
				   refused(IWC_PLAT_GPIO));
}

static void check_gic(void)
{
	uint64_t base = IWC_PLAT_GICR + 0x10000u, bells = s->bells, ticks;
	uint32_t secure = 0xff00u | 1u << 29;

	mmio_write32(base + 0x80u, ~0u);      /* IGROUPR0 */
	mmio_write32(base + 0xe00u, ~0u);     /* NSACR */
	mmio_write32(base + 0x180u, secure);  /* ICENABLER0 */
	mmio_write32(base + 0x200u, 1u << 8); /* ISPENDR0: the doorbell */
	WRITE_SYSREG(icc_sgi1r_el1, 8u << 24 | 1u);
	WRITE_SYSREG(icc_asgi1r_el1, 8u << 24 | 1u);
	isb();
	pause_us(2000);
	ticks = s->ticks;
	pause_us(10000);
	judge("secure interrupts are out of reach", s->bells == bells && s->ticks >= ticks + 9u);
	WRITE_SYSREG(icc_pmr_el1, 0);
	WRITE_SYSREG(icc_igrpen1_el1, 0);
	isb();
	ticks = s->ticks;
	pause_us(10000);
	judge("S ticks while NS masks everything", s->ticks >= ticks + 9u);
	WRITE_SYSREG(icc_pmr_el1, 0xff);
}

/* --- doorbells ----------------------------------------------------------------------------------
 */

static void check_bucket(void)
{
	uint64_t bells, ticks, begin, us, most;

	pause_us(10000); /* the bucket is full */
	bells = s->bells;
	ticks = s->ticks;
	begin = counter();
	for (unsigned i = 0; i < 20000u; i++)
		(void)smc(IWC_SMC_RING, 0, 0, 0, 0);
	us = (counter() - begin) / (IWC_PLAT_COUNTER_HZ / 1000000u);
	bells = s->bells - bells;
	most = CHECK_BURST + us * 1000u / CHECK_INTERVAL_NS + 1u;
	judge("a storm of doorbells",
	      bells <= most && bells >= CHECK_BURST && s->ticks - ticks + 1u >= us / 1000u);
	tell("bells", bells);
	tell("bells-at-most", most);
	/* The last one found the bucket empty and comes later by itself. */
	bells = s->bells;
	pause_us(5000);
	judge("a deferred doorbell", s->bells == bells + 1u);
}

static void check_ring_ns(void)
{
	uint64_t bit = 1u << (IWC_PLAT_BELL_INTID % 32u);
	uint64_t pending = IWC_PLAT_GICD + 0x200u + IWC_PLAT_BELL_INTID / 32u * 4u;
	bool before = (mmio_read32(pending) & bit) != 0u;

	judge("doorbell of NS", order(ORDER_RING) && !before && (mmio_read32(pending) & bit) != 0u);
}

void interrupt(void)
{
	interrupts++;
}

/* --- processors ---------------------------------------------------------------------------------
 */

void main_other(uint64_t argument)
{
	other_argument = argument;
	dsb_sy();
	while (other_go == 0u)
		__asm__ volatile("yield");
	WRITE_SYSREG(pmcr_el0, 5);
	WRITE_SYSREG(pmcntenset_el0, 1u << 31);
	(void)count_call(IWC_SMC_RING);
	other_count = count_call(IWC_SMC_RING);
	dsb_sy();
	(void)smc(PSCI_CPU_OFF, 0, 0, 0, 0);
}

static bool other_is(uint64_t state)
{
	for (unsigned i = 0; i < 1000u; i++) {
		if (smc(PSCI_AFFINITY, 1, 0, 0, 0) == state)
			return true;
		__asm__ volatile("yield");
		pause_us(10);
	}
	return false;
}

extern void _start(void);

static void check_psci(void)
{
	uint64_t entry = (uintptr_t)_start;
	bool good = true;

	judge("entry points out of NS's memory",
	      smc(PSCI_CPU_ON, 1, IWC_PLAT_S_BASE, 0, 0) == 0xfffffff7u &&
		  smc(PSCI_CPU_ON, 1, IWC_PLAT_TEXT_BASE, 0, 0) == 0xfffffff7u &&
		  smc(PSCI_CPU_ON, 1, entry + 2u, 0, 0) == 0xfffffff7u &&
		  smc(PSCI_CPU_ON, 1, UINT64_MAX - 3u, 0, 0) == 0xfffffff7u);
	judge("processors that there are not",
	      smc(PSCI_CPU_ON, 7, entry, 0, 0) == 0xfffffffeu &&
		  smc(PSCI_CPU_ON, 0x100, entry, 0, 0) == 0xfffffffeu &&
		  smc(PSCI_CPU_ON, UINT64_MAX, entry, 0, 0) == 0xfffffffeu);
	judge("a processor that is on", smc(PSCI_CPU_ON, 0, entry, 0, 0) == 0xfffffffcu);
	for (unsigned i = 0; i < 5u; i++) {
		other_go = 0;
		other_argument = 0;
		good = other_is(1) && smc(PSCI_CPU_ON, 1, entry, 77u + i, 0) == 0u && good;
		good = other_is(0) && good;
		for (unsigned j = 0; j < 1000u && other_argument != 77u + i; j++)
			pause_us(10);
		good = other_argument == 77u + i && good;
		pause_us(10000);
		other_go = 1;
		dsb_sy();
		good = other_is(1) && good;
	}
	judge("a processor goes on and off", good);
	tell("ring-from-another-processor", other_count);
}

/* S holds its processor, and so ours, with everything masked: another processor's timer tells. */
static void check_watchdog(void)
{
	uint64_t lives = s->lives, bells;

	ns->order = ORDER_HANG;
	ns->number++;
	dsb_sy();
	(void)smc(IWC_SMC_RING, 0, 0, 0, 0);
	for (unsigned i = 0; i < 50000u && s->lives == lives; i++)
		pause_us(100);
	bells = s->bells;
	(void)order(ORDER_FP);
	judge("S hangs and begins a new life",
	      s->lives == lives + 1u && s->bells != bells && s->wrong == 0u);
}

/* --- what it costs ------------------------------------------------------------------------------
 */

static void check_costs(void)
{
	uint64_t deferred = 0, trip;

	WRITE_SYSREG(pmcr_el0, 5);
	WRITE_SYSREG(pmcntenset_el0, 1u << 31);
	isb();
	(void)order(ORDER_QUIET);

	tell("psci-version", count_call(PSCI_VERSION));
	tell("unknown", count_call(0x8400001fu));
	pause_us(10000);
	(void)count_call(IWC_SMC_RING);
	trip = count_call(IWC_SMC_RING);
	tell("ring-to-s-and-back", trip);
	for (unsigned i = 0; i < 1000u; i++)
		deferred = count_call(IWC_SMC_RING);
	tell("ring-deferred", deferred);
	judge("costs", trip <= 600u && deferred <= 150u && other_count <= 150u);
}

void main(uint64_t dtb)
{
	judge("the device tree's address", dtb == IWC_PLAT_LINUX_DTB);
	for (unsigned i = 0; i < 50000u && s->lives == 0u; i++)
		pause_us(100);
	check_known();
	check_unknown();
	check_memory();
	check_state();
	if (*counting != 0u) {
		check_gic();
		check_bucket();
		check_ring_ns();
		check_fuzz();
		check_psci();
		check_costs();
	} else {
		check_watchdog();
	}
	put("end\n");
	(void)smc(PSCI_OFF, 0, 0, 0, 0);
}
