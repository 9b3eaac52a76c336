/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linux.c - the lives of NS: loaded from the store, started on its boot processor, stopped on all
 * of them, loaded again. S goes on meanwhile, also on the processor that loads: everything is done
 * in steps, and between two of them the scheduler looks after S.
 *
 * The store (store.S) may lie where NS can write. Its header is read once, before NS runs; what was
 * loaded first is summed up, and a later load of something else does not start.
 */
#include "monitor.h"
#include "cpu.h"
#include "iwc_channel.h"
#include "iwc_plat.h"
#include "store.h"

#define STEP_BYTES 4096u
#define SCR_NS 0x735ull /* NS, RES1, FIQ to the monitor, HVC, no fetch by S, AArch64 */

uint32_t ns_boots;
unsigned ns_phase;

static struct store_part parts[STORE_PARTS];
static uint64_t sums[STORE_PARTS];
static unsigned part_count;
static bool loaded_once;

/* Progress of a load. */
static unsigned part;
static uint64_t offset, sum_low, sum_high;

static uint64_t ns_scr(void)
{
	uint64_t isar1 = READ_SYSREG(id_aa64isar1_el1), mmfr0 = READ_SYSREG(id_aa64mmfr0_el1);
	uint64_t mmfr1 = READ_SYSREG(id_aa64mmfr1_el1), pfr1 = READ_SYSREG(id_aa64pfr1_el1);
	uint64_t scr = SCR_NS;

	if ((isar1 & 0xff000ff0u) != 0u)
		scr |= 3u << 16; /* APK, API: pointer authentication */
	if (id_field(pfr1, 8) >= 2u)
		scr |= 1ull << 26; /* ATA: memory tags */
	if (id_field(mmfr0, 56) != 0u)
		scr |= 1ull << 27; /* FGTEn */
	if (id_field(mmfr0, 60) != 0u)
		scr |= 1ull << 28; /* ECVEn */
	if (id_field(mmfr1, 40) != 0u)
		scr |= 1ull << 38; /* HXEn */
	if (id_field(pfr1, 24) != 0u)
		scr |= 1ull << 41; /* EnTP2, for SME */
	return scr;
}

static unsigned state_of(const struct cpu *cpu)
{
	return __atomic_load_n(&cpu->ns_state, __ATOMIC_ACQUIRE);
}

bool ns_owns(uint64_t cpu)
{
	return cpu < IWC_PLAT_CPUS && !(config->s_owns_cpu != 0u && cpu == config->s_cpu);
}

unsigned ns_boot_cpu(void)
{
	return ns_owns(0) ? 0u : 1u;
}

/* --- loading ------------------------------------------------------------------------------------
 */

static bool in_dram(uint64_t base, uint64_t bytes)
{
	return base >= IWC_PLAT_DRAM_BASE && bytes <= IWC_PLAT_DRAM_BYTES &&
	       base - IWC_PLAT_DRAM_BASE <= IWC_PLAT_DRAM_BYTES - bytes;
}

static bool part_fits(const struct store_part *p)
{
	return p->offset % 8u == 0u && p->bytes % 8u == 0u && p->target % 64u == 0u &&
	       p->bytes != 0u && p->offset <= IWC_PLAT_STORE_BYTES &&
	       p->bytes <= IWC_PLAT_STORE_BYTES - p->offset && in_dram(p->target, p->bytes) &&
	       (p->target + p->bytes <= IWC_PLAT_NS_SECTION ||
		p->target >= IWC_PLAT_S_SECTION + IWC_SECTION_BYTES);
}

static const uint8_t *store(void)
{
#if IWC_PLAT_STORE_BASE < IWC_PLAT_DRAM_BASE
	return (const uint8_t *)(uintptr_t)IWC_PLAT_STORE_BASE;
#else
	return mmu_ns(IWC_PLAT_STORE_BASE);
#endif
}

/* The window is open. */
void ns_init(void)
{
	const struct store_header *h = (const struct store_header *)store();

	if (h->magic != STORE_MAGIC) {
		say("monitor: no store of Linux: what the loader left in memory is started\n");
		return;
	}
	part_count = h->parts <= STORE_PARTS ? (unsigned)h->parts : 0u;
	for (unsigned i = 0; i < part_count; i++) {
		parts[i] = h->part[i];
		if (!part_fits(&parts[i]))
			stop("Linux's store: a part does not fit the store or its target; "
			     "pack it for this board (store.sh)");
	}
	if (part_count == 0u)
		stop("Linux's store: its number of parts is wrong; pack it again (store.sh)");
}

static void load_begin(void)
{
	part = 0;
	offset = 0;
	sum_low = 0;
	sum_high = 0;
	mmu_window(true);
	__atomic_store_n(&ns_phase, NS_LOADING, __ATOMIC_RELEASE);
}

static void load_step(void)
{
	const struct store_part *p = &parts[part];
	uint64_t bytes = p->bytes - offset < STEP_BYTES ? p->bytes - offset : STEP_BYTES;
	const volatile uint64_t *from = (const volatile uint64_t *)(store() + p->offset + offset);
	uint64_t *to = (uint64_t *)((uintptr_t)mmu_ns(p->target) + offset);

	for (uint64_t i = 0; i < bytes / 8u; i++) {
		to[i] = from[i];
		sum_low += to[i];
		sum_high += sum_low;
	}
	for (uint64_t at = 0; at < bytes; at += 64u)
		cache_clean((uintptr_t)to + at);
	offset += bytes;
}

/* True if what was loaded is what was loaded first. */
static bool part_done(void)
{
	uint64_t sum = sum_low ^ (sum_high << 1);

	offset = 0;
	if (!loaded_once)
		sums[part] = sum;
	return sums[part++] == sum;
}

static void start(struct cpu *cpu)
{
	dsb_sy();
	mmu_window(false);
	loaded_once = true;
	cpu->ns_entry = IWC_PLAT_LINUX_IMAGE;
	cpu->ns_argument = IWC_PLAT_LINUX_DTB;
	__atomic_store_n(&cpu->ns_state, NS_PENDING, __ATOMIC_RELEASE);
	__atomic_store_n(&ns_phase, NS_RUNNING, __ATOMIC_RELEASE);
}

static bool load(struct cpu *cpu)
{
	if (part == part_count) {
		start(cpu);
		return true;
	}
	if (offset < parts[part].bytes) {
		load_step();
		return true;
	}
	if (part_done())
		return true;
	mmu_window(false);
	__atomic_store_n(&ns_phase, NS_FAILED, __ATOMIC_RELEASE);
	say("monitor: Linux is not restarted: its store has changed since power-on\n");
	return false;
}

bool ns_step(struct cpu *cpu)
{
	if (cpu->index != ns_boot_cpu())
		return false;
	switch (__atomic_load_n(&ns_phase, __ATOMIC_ACQUIRE)) {
	case NS_LOADING:
		return load(cpu);
	case NS_STOPPING:
		for (unsigned i = 0; i < IWC_PLAT_CPUS; i++) {
			if (state_of(&cpus[i]) != NS_OFF)
				return false; /* it kicks us when it is off */
		}
		load_begin();
		return true;
	default:
		return false;
	}
}

/* --- processors ---------------------------------------------------------------------------------
 */

static void el2_reset(void)
{
	WRITE_SYSREG(cntp_ctl_el0, 0);
	WRITE_SYSREG(cntv_ctl_el0, 0);
	if (!has_el2())
		return;
	WRITE_SYSREG(sctlr_el2, 0x30c50830u);
	WRITE_SYSREG(hcr_el2, 1u << 31);
	WRITE_SYSREG(cptr_el2, 0x33ffu);
	WRITE_SYSREG(hstr_el2, 0);
	WRITE_SYSREG(vttbr_el2, 0);
	WRITE_SYSREG(vpidr_el2, READ_SYSREG(midr_el1));
	WRITE_SYSREG(vmpidr_el2, read_mpidr());
	WRITE_SYSREG(mdcr_el2, (READ_SYSREG(pmcr_el0) >> 11) & 0x1fu);
	WRITE_SYSREG(cnthctl_el2, 3);
	WRITE_SYSREG(cntvoff_el2, 0);
	WRITE_SYSREG(cnthp_ctl_el2, 0);
}

static void turn_off(struct cpu *cpu)
{
	context_unload(cpu);
	if (cpu->fp_owner == &cpu->ns)
		cpu->fp_owner = 0;
	gic_ns_reset(cpu->index);
	__atomic_store_n(&cpu->ns_state, NS_OFF, __ATOMIC_RELEASE);
	gic_kick(ns_boot_cpu());
}

struct context *ns_off(struct cpu *cpu)
{
	turn_off(cpu);
	return schedule(cpu);
}

bool ns_turn(struct cpu *cpu)
{
	unsigned state = state_of(cpu);

	if (state != NS_ON && state != NS_PENDING)
		return false;
	if (!ns_running()) {
		turn_off(cpu);
		return false;
	}
	if (state == NS_PENDING) {
		context_init(&cpu->ns, ns_scr(), cpu->ns_entry, cpu->ns_argument, has_el2());
		el2_reset();
		__atomic_store_n(&cpu->ns_state, NS_ON, __ATOMIC_RELEASE);
	}
	return true;
}

/* Linux asked for a restart of itself. */
void ns_restart(void)
{
	unsigned expected = NS_RUNNING;

	if (part_count == 0u) {
		say("monitor: no store of Linux: the whole machine is reset\n");
		plat_system_reset();
		return;
	}
	if (!__atomic_compare_exchange_n(&ns_phase, &expected, NS_STOPPING, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_RELAXED))
		return;
	for (unsigned i = 0; i < IWC_PLAT_CPUS; i++)
		gic_kick(i);
}
