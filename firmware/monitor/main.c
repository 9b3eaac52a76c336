/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c - from reset to the first world, and the choice of the next one ever after. */
#include "monitor.h"
#include "cpu.h"
#include "iwc_channel.h"
#include "iwc_plat.h"

#define CPTR_EZ (1ull << 8)
#define CPTR_ESM (1ull << 12)
#define MDCR_EL3                                                                                   \
	0x03013000ull /* no self-hosted debug of S; trace and profiling buffers are NS's           \
		       */
#define S_CPU_TICKS ((uint64_t)IWC_PLAT_COUNTER_HZ)

#define SECTION_OK(base)                                                                           \
	((base) % 4096u == 0u && (base) >= IWC_PLAT_DRAM_BASE &&                                   \
	 (base) + IWC_SECTION_BYTES <= IWC_PLAT_DRAM_BASE + (uint64_t)IWC_PLAT_DRAM_BYTES)

_Static_assert(SECTION_OK(IWC_PLAT_NS_SECTION), "NS's section lies outside of NS's memory");
_Static_assert(SECTION_OK(IWC_PLAT_S_SECTION), "S's section lies outside of NS's memory");
_Static_assert(IWC_PLAT_NS_SECTION + IWC_SECTION_BYTES == IWC_PLAT_S_SECTION,
	       "one region: NS's section, then S's");

extern char _start[], stacks_end[];

struct cpu cpus[IWC_PLAT_CPUS];

/* Read by processors whose caches are off yet. */
uint64_t boot_released __attribute__((aligned(64)));

void boot_primary(void);
void boot_secondary(uint64_t index);
_Noreturn void enter_world(struct context *c);

static void vectors_init(struct cpu *cpu)
{
	uint64_t pfr0 = READ_SYSREG(id_aa64pfr0_el1), pfr1 = READ_SYSREG(id_aa64pfr1_el1);

	if (id_field(pfr0, 32) != 0u)
		cpu->cptr |= CPTR_EZ;
	if (id_field(pfr1, 24) != 0u)
		cpu->cptr |= CPTR_ESM;
	cpu->sve = cpu->cptr != 0u;
	WRITE_SYSREG(cptr_el3, cpu->cptr);
	isb();
	if ((cpu->cptr & CPTR_EZ) != 0u)
		WRITE_SYSREG(s3_6_c1_c2_0, 0xf); /* ZCR_EL3: as long as there are */
	if ((cpu->cptr & CPTR_ESM) != 0u)
		WRITE_SYSREG(s3_6_c1_c2_6, 0x8000000fu); /* SMCR_EL3: and all instructions */
}

static struct cpu *cpu_init(unsigned index)
{
	struct cpu *cpu = &cpus[index];
	const char *wrong;

	cpu->index = index;
	cpu->with_s = index == config->s_cpu;
	cpu->ns.cpu = cpu;
	WRITE_SYSREG(cntfrq_el0, IWC_PLAT_COUNTER_HZ);
	WRITE_SYSREG(mdcr_el3, MDCR_EL3);
	WRITE_SYSREG(cntps_ctl_el1, 0);
	vectors_init(cpu);
	wrong = gic_cpu_init(index, cpu->with_s);
	if (wrong != 0)
		stop(wrong);
	if (!cpu->with_s)
		secure_watch();
	__atomic_store_n(&cpu->present, true, __ATOMIC_RELEASE);
	return cpu;
}

static void check_config(void)
{
	if (config->magic != CONFIG_MAGIC)
		stop(
		    "no configuration behind the monitor; flash the packed image, not monitor.bin");
	if (config->s_cpu >= IWC_PLAT_CPUS)
		stop("configuration: S's processor does not exist on this board");
	if (config->s_bytes == 0u || config->s_bytes % 8u != 0u ||
	    config->s_bytes > IWC_PLAT_S_BYTES - 4096u ||
	    config->s_offset + config->s_bytes > IWC_PLAT_PACK_BYTES)
		stop("configuration: S's image does not fit; pack it again");
}

static void check_counter(void)
{
	uint64_t begin = counter();

	for (unsigned i = 0; i < 1000000u; i++) {
		if (counter() != begin)
			return;
	}
	stop("the system counter stands still; the board has to start it (plat_init)");
}

/* Sections as after power-on: nothing of an earlier life, no garbage (T20). */
static void clear_region(void)
{
	uint64_t *at = mmu_ns(IWC_PLAT_NS_SECTION);

	for (uint64_t i = 0; i < 2u * IWC_SECTION_BYTES / 8u; i++)
		at[i] = 0;
	for (uint64_t i = 0; i < 2u * IWC_SECTION_BYTES; i += 64u)
		cache_clean((uintptr_t)at + i);
	dsb_sy();
}

static void protect(uint64_t base, uint64_t bytes)
{
	const char *wrong = plat_protect(base, bytes);

	if (wrong != 0)
		stop(wrong);
}

static void release_others(void)
{
	uint64_t begin = counter();

	boot_released = BOOT_RELEASED;
	cache_clean((uintptr_t)&boot_released);
	__asm__ volatile("dsb sy\n\tsev" : : : "memory");
	for (unsigned i = 1; i < IWC_PLAT_CPUS; i++)
		plat_cpu_release(i, (uintptr_t)_start);
	while (!__atomic_load_n(&cpus[config->s_cpu].present, __ATOMIC_ACQUIRE)) {
		if (counter() - begin > S_CPU_TICKS)
			stop("S's processor does not start; give the machine more of them");
		__asm__ volatile("yield");
	}
}

static void say_hello(void)
{
	say("monitor: " IWC_PLAT_NAME ", GICv");
	say_dec(gic_version);
	say(", S on processor ");
	say_dec(config->s_cpu);
	say(config->s_owns_cpu != 0u ? ", its own\n" : ", shared\n");
}

void boot_primary(void)
{
	const char *wrong;
	struct cpu *first;

	plat_init();
	check_config();
	say_hello();
	check_counter();
	protect(IWC_PLAT_RAM_BASE, IWC_PLAT_RAM_BYTES);
	protect(IWC_PLAT_S_BASE, IWC_PLAT_S_BYTES);
	wrong = gic_init();
	if (wrong != 0)
		stop(wrong);
	for (unsigned i = 0; i < IWC_PLAT_CPUS; i++)
		cpus[i].ns.stack = (uintptr_t)stacks_end - i * STACK_STRIDE;
	secure_init();
	first = cpu_init(0);
	doorbell_init();
	mmu_window(true);
	clear_region();
	ns_init();
	release_others();
	enter_world(schedule(first));
}

void boot_secondary(uint64_t index)
{
	struct cpu *cpu = cpu_init((unsigned)index);

	enter_world(schedule(cpu));
}

static inline struct context *choose(struct cpu *cpu)
{
	enum gic_take taken = gic_take(cpu->with_s);

	if (cpu->with_s) {
		if (secure_wanted(taken == GIC_TAKE_SECURE))
			return &secure.context;
	} else if (taken == GIC_TAKE_OWN) {
		secure_watch();
	}
	return ns_on(cpu) ? &cpu->ns : 0;
}

static __attribute__((noinline)) struct context *wait(struct cpu *cpu)
{
	struct context *next;

	do {
		if (ns_turn(cpu))
			return &cpu->ns;
		if (!ns_step(cpu))
			wfi();
		next = choose(cpu);
	} while (next == 0);
	return next;
}

/*
 * The only place that decides what a processor runs: S if it has something to do here, else NS,
 * else work that NS waits for, else sleep until an interrupt.
 */
struct context *schedule(struct cpu *cpu)
{
	struct context *next = choose(cpu);

	if (__builtin_expect(next == 0, 0))
		next = wait(cpu);
	return cpu->loaded == next ? next : context_switch(cpu, next);
}
