/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * secure.c - the lives of S, its watchdog, and the doorbells.
 *
 * All of S's state but `overdue` is written on S's processor. A life ends by S's own call, by an
 * exception that reaches the monitor, or by the watchdog; the next one begins after a pause, which
 * doubles as long as lives are short, so that a broken S leaves its processor to NS.
 */
#include "monitor.h"
#include "cpu.h"
#include "iwc_boot.h"
#include "iwc_bucket.h"
#include "iwc_channel.h"
#include "iwc_plat.h"
#include "iwc_smc.h"

#define SCR_S 0xe34ull /* RES1, FIQ to the monitor, no fetch from NS memory, AArch64, timer */
#define SCR_FIQ (1ull << 2)
#define RECORD (IWC_PLAT_S_BASE + (uint64_t)IWC_PLAT_S_BYTES - 4096u)
#define PAUSE_TICKS (IWC_PLAT_COUNTER_HZ / 1000u)
#define PAUSE_DOUBLINGS 9u
#define LONG_LIFE_TICKS (10ull * IWC_PLAT_COUNTER_HZ)

struct secure secure;
unsigned secure_attention = 1; /* the first life is to begin */

/* The doorbell of S. */
static struct {
	struct iwc_bucket
	    bucket;	 /* in ticks of the counter, whatever the names of its fields say */
	uint64_t due;	 /* when the doorbell that waits gets its token; 0: none waits */
	unsigned wanted; /* somebody found the bucket busy */
	unsigned busy;
} bell;

static uint64_t alive_ticks;
static unsigned doublings;

static void attention(void)
{
	__atomic_store_n(&secure_attention, 1u, __ATOMIC_SEQ_CST);
}

static uint64_t ticks(uint64_t ns)
{
	return ns / 1000u * (IWC_PLAT_COUNTER_HZ / 1000u) / 1000u;
}

void secure_init(void)
{
	secure.context.cpu = &cpus[config->s_cpu];
	secure.context.stack = secure.context.cpu->ns.stack;
	secure.context.scr = gic_version == 2u ? SCR_S & ~SCR_FIQ : SCR_S;
	secure.alive_by = UINT64_MAX;
	alive_ticks = ticks(config->alive_ns);
}

static void copy_image(void)
{
	const uint64_t *from = (const uint64_t *)((uintptr_t)config + config->s_offset);
	uint64_t *to = (uint64_t *)(uintptr_t)IWC_PLAT_S_BASE;

	/* Nothing of the former life may come out of a cache later: S starts with its own off. */
	for (uint64_t at = 0; at < IWC_PLAT_S_BYTES; at += 64u)
		cache_clean(IWC_PLAT_S_BASE + at);
	for (uint64_t i = 0; i < config->s_bytes / 8u; i++)
		to[i] = from[i];
	for (uint64_t at = 0; at < config->s_bytes; at += 64u)
		cache_clean(IWC_PLAT_S_BASE + at);
}

static void write_record(void)
{
	struct iwc_boot *boot = (struct iwc_boot *)(uintptr_t)RECORD;

	*boot = (struct iwc_boot){
	    .magic = IWC_BOOT_MAGIC,
	    .flags = (config->s_owns_cpu != 0u ? IWC_BOOT_OWN_CPU : 0u) |
		     (gic_version == 2u ? IWC_BOOT_GICV2 : 0u),
	    .ns_section = IWC_PLAT_NS_SECTION,
	    .s_section = IWC_PLAT_S_SECTION,
	    .section_bytes = IWC_SECTION_BYTES,
	    .memory_base = IWC_PLAT_S_BASE,
	    .memory_bytes = IWC_PLAT_S_BYTES - 4096u,
	    .uart = IWC_PLAT_UART,
	    .gicd = IWC_PLAT_GICD,
	    .gicr_or_gicc = IWC_PLAT_GICR_OR_GICC,
	    .timer_intid = IWC_INTID_TIMER,
	    .doorbell_intid = IWC_INTID_BELL,
	    .uart_kind = IWC_PLAT_UART_KIND,
	    .cpu = config->s_cpu,
	    .lives = secure.lives,
	    .alive_ns = config->alive_ns,
	};
	cache_clean(RECORD);
	cache_clean(RECORD + 64u);
}

static void begin(struct cpu *cpu)
{
	context_unload(cpu);
	if (cpu->fp_owner == &secure.context)
		cpu->fp_owner = 0;
	WRITE_SYSREG(cntps_ctl_el1, 0);
	gic_s_reset(cpu->index);
	secure.lives++;
	copy_image();
	write_record();
	__asm__ volatile("dsb sy\n\tic iallu\n\tdsb sy\n\tisb" : : : "memory");
	context_init(&secure.context, secure.context.scr, IWC_PLAT_S_BASE, RECORD, false);
	secure.begun_at = counter();
	__atomic_store_n(&secure.overdue, 0u, __ATOMIC_RELAXED);
	if (alive_ticks != 0u)
		__atomic_store_n(&secure.alive_by, secure.begun_at + alive_ticks, __ATOMIC_RELAXED);
	secure.state = S_RUNS;
	say("monitor: S begins life ");
	say_dec(secure.lives);
	say("\n");
}

void secure_end(const char *why, uint64_t code)
{
	struct cpu *cpu = secure.context.cpu;
	uint64_t now = counter();

	context_unload(cpu);
	secure.state = S_DEAD;
	attention();
	__atomic_store_n(&secure.alive_by, UINT64_MAX, __ATOMIC_RELAXED);
	if (now - secure.begun_at > LONG_LIFE_TICKS)
		doublings = 0;
	secure.restart_at = now + ((uint64_t)PAUSE_TICKS << doublings);
	if (doublings < PAUSE_DOUBLINGS)
		doublings++;
	gic_s_reset(cpu->index);
	WRITE_SYSREG(cntps_cval_el1, secure.restart_at);
	WRITE_SYSREG(cntps_ctl_el1, 1);
	gic_s_timer(cpu->index, true);
	say("monitor: S ends life ");
	say_dec(secure.lives);
	say(": ");
	say(why);
	say(" ");
	say_hex(code);
	say("\n");
}

void secure_alive(void)
{
	if (alive_ticks != 0u)
		__atomic_store_n(&secure.alive_by, counter() + alive_ticks, __ATOMIC_RELAXED);
}

static void doorbell_refill(void);

static bool ring_missed(void)
{
	return __atomic_load_n(&bell.wanted, __ATOMIC_SEQ_CST) != 0u;
}

static bool ring_waits(void)
{
	return __atomic_load_n(&bell.due, __ATOMIC_RELAXED) != 0u || ring_missed();
}

void secure_look_after(void)
{
	/* Cleared before it is looked at: who sets it meanwhile is heard the next time. */
	__atomic_store_n(&secure_attention, 0u, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&secure.overdue, __ATOMIC_RELAXED) != 0u) {
		__atomic_store_n(&secure.overdue, 0u, __ATOMIC_RELAXED);
		if (counter() > secure.alive_by)
			secure_end("the watchdog was not fed, ELR", secure.context.elr);
	}
	if (secure.state == S_DEAD && counter() >= secure.restart_at)
		begin(secure.context.cpu);
	if (ring_waits())
		doorbell_refill();
	if (secure.state == S_DEAD || ring_waits())
		attention();
}

/* --- doorbells ----------------------------------------------------------------------------------
 */

void doorbell_init(void)
{
	iwc_bucket_init(&bell.bucket, ticks(config->bucket_interval_ns), config->bucket_burst,
			counter());
}

static bool bucket_lock(void)
{
	return 0u == __atomic_exchange_n(&bell.busy, 1u, __ATOMIC_SEQ_CST);
}

static void bucket_unlock(void)
{
	__atomic_store_n(&bell.busy, 0u, __ATOMIC_SEQ_CST);
}

static void ring(void)
{
	__atomic_store_n(&bell.due, 0u, __ATOMIC_RELAXED);
	gic_ring_s();
}

static __attribute__((noinline)) void defer(void)
{
	__atomic_store_n(&bell.due, iwc_bucket_due_ns(&bell.bucket), __ATOMIC_RELAXED);
	attention();
}

static bool take(void)
{
	/* Entering the monitor was a barrier: the counter is read late enough. */
	if (iwc_bucket_take(&bell.bucket, READ_SYSREG(cntpct_el0))) {
		ring();
		return true;
	}
	defer();
	return false;
}

/* What others wanted while the bucket was busy. After a few rounds the next refill has to do. */
static void catch_up(void)
{
	for (unsigned i = 0; i < 2u && ring_missed() && bucket_lock(); i++) {
		if (__atomic_exchange_n(&bell.wanted, 0u, __ATOMIC_SEQ_CST) != 0u)
			(void)take();
		bucket_unlock();
	}
}

/* The bucket was busy, or it is empty. */
static __attribute__((noinline)) void ring_later(const struct cpu *cpu)
{
	catch_up();
	if (ring_waits()) {
		attention();
		if (!cpu->with_s)
			secure_watch();
	}
}

/*
 * Nobody waits for anybody: who finds the bucket busy leaves word, and whoever had it looks for
 * that after it has let go. A doorbell that is remembered already is released later than now, so it
 * tells of what this caller wrote too: without asking the bucket, until its token is due.
 */
struct context *doorbell_from_ns(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	bool rung = false;

	(void)a1;
	(void)a2;
	(void)a3;
	c->x[0] = IWC_SMC_OK;
	dsb_sy(); /* what NS wrote is visible before the interrupt is (T13) */
	if (READ_SYSREG(cntpct_el0) < __atomic_load_n(&bell.due, __ATOMIC_RELAXED))
		return c;
	if (bucket_lock()) {
		rung = take();
		bucket_unlock();
	} else {
		__atomic_store_n(&bell.wanted, 1u, __ATOMIC_SEQ_CST);
	}
	if (__builtin_expect(!rung || ring_missed(), 0))
		ring_later(c->cpu);
	/* Where S lives here, its interrupt needs no way back into NS first. */
	return rung && c->cpu->with_s ? schedule(c->cpu) : c;
}

void doorbell_from_s(void)
{
	dsb_sy();
	gic_ring_ns();
}

static void doorbell_refill(void)
{
	if (bucket_lock()) {
		if (iwc_bucket_release(&bell.bucket, counter()))
			ring();
		bucket_unlock();
	}
	catch_up();
}

/*
 * Processors without S have a secure timer to spare. It looks after S's watchdog and after a
 * doorbell that waits for a token; on S's processor S's own interrupts do the latter.
 */
void secure_watch(void)
{
	uint64_t now = counter(), by = __atomic_load_n(&secure.alive_by, __ATOMIC_RELAXED);
	uint64_t next = UINT64_MAX, due;

	if (alive_ticks != 0u)
		next = now + alive_ticks;
	if (now > by) {
		__atomic_store_n(&secure.overdue, 1u, __ATOMIC_RELAXED);
		attention();
		gic_kick(config->s_cpu);
	} else if (by != UINT64_MAX && by + 1u < next) {
		next = by + 1u;
	}
	if (ring_waits()) {
		doorbell_refill();
		due = __atomic_load_n(&bell.due, __ATOMIC_RELAXED);
		if (due != 0u && due < next)
			next = due;
	}
	WRITE_SYSREG(cntps_cval_el1, next);
	WRITE_SYSREG(cntps_ctl_el1, next != UINT64_MAX ? 1u : 0u);
}
