/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * monitor.h - the monitor's parts and the state that they share.
 *
 * Each processor has a struct cpu, written by itself unless said otherwise. S lives on one
 * processor for ever. What NS does on another processor never makes S wait: where both touch
 * something, NS spins or gives up, S only tries.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include "context.h"
#include "plat.h"

/* --- configuration, packed behind the monitor's own image (pack.S) ------------------------------
 */

#define CONFIG_MAGIC 0x31676663637769 /* "iwccfg1" */

struct config {
	uint64_t magic;
	uint32_t s_cpu;
	uint32_t s_owns_cpu; /* NS never gets that processor */
	uint64_t bucket_interval_ns;
	uint32_t bucket_burst;
	uint32_t reserved;
	uint64_t alive_ns; /* watchdog of S; 0: none */
	uint64_t s_offset; /* of S's image, from the configuration on */
	uint64_t s_bytes;
};

#define config ((const struct config *)(uintptr_t)IWC_PLAT_PACK_BASE)

/* --- processors ---------------------------------------------------------------------------------
 */

enum ns_state {
	NS_OFF,	    /* this processor may be turned on */
	NS_CLAIMED, /* somebody is about to */
	NS_PENDING, /* entry and argument are there */
	NS_ON
};

struct cpu {
	struct context ns;	  /* what NS runs here */
	struct context *loaded;	  /* whose EL1 registers are in the processor; 0: nobody's */
	struct context *fp_owner; /* whose floating point */
	unsigned index;
	bool with_s;	   /* S lives here */
	unsigned ns_state; /* enum ns_state, atomic */
	uint64_t ns_entry, ns_argument;
	uint64_t cptr; /* CPTR_EL3 without the trap of floating point */
	bool present;  /* it has come out of reset */
	bool sve;      /* vectors longer than what a struct fp_state holds */
};

extern struct cpu cpus[IWC_PLAT_CPUS];

/* What this processor does next: the world to run, loaded. Waits while there is none. */
struct context *schedule(struct cpu *cpu);

/* --- memory (mmu.c) -----------------------------------------------------------------------------
 */

/* NS memory is mapped only while the monitor clears the region or loads Linux. */
#define WINDOW_BASE 0x100000000u
void mmu_build(void);
void mmu_enable(void);
void mmu_window(bool open);
static inline void *mmu_ns(uint64_t pa)
{
	return (void *)(uintptr_t)(WINDOW_BASE + (pa - IWC_PLAT_DRAM_BASE) +
				   IWC_PLAT_DRAM_BASE % 0x40000000u);
}

/* --- console, for the start and for lives of S: nothing that NS can provoke at will -------------
 */

void say(const char *text);
void say_hex(uint64_t value);
void say_dec(uint64_t value);
_Noreturn void stop(const char *why);
_Noreturn void panic(uint64_t esr, uint64_t elr, uint64_t far);

/* --- S (secure.c) -------------------------------------------------------------------------------
 */

enum s_state { S_DEAD, S_IDLE, S_RUNS };

struct secure {
	struct context context;
	unsigned state; /* enum s_state; its own processor only */
	uint64_t lives;
	uint64_t begun_at;   /* counter */
	uint64_t restart_at; /* counter; while dead */
	uint64_t alive_by;   /* counter; UINT64_MAX: no watchdog. Others read it */
	bool overdue;	     /* another processor saw the watchdog expire */
	uint32_t boots;	     /* last epoch */
};

extern struct secure secure;

void secure_init(void);
/*
 * Set, by any processor, when S's one has to look after what is not so in nearly all interrupts:
 * the watchdog, a pause that ends, a doorbell that waits.
 */
extern unsigned secure_attention;
void secure_look_after(void);

/* On S's processor: true if S has something to do. */
static inline bool secure_wanted(bool interrupt)
{
	if (__builtin_expect(__atomic_load_n(&secure_attention, __ATOMIC_RELAXED) != 0u, 0))
		secure_look_after();
	if (interrupt && secure.state == S_IDLE)
		secure.state = S_RUNS;
	return secure.state == S_RUNS;
}
void secure_end(const char *why, uint64_t code);
void secure_alive(void);
/* On any other processor: the monitor's own timer. */
void secure_watch(void);

/* Doorbells. */
void doorbell_init(void);
struct context *doorbell_from_ns(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3);
void doorbell_from_s(void);

/* --- NS (linux.c) -------------------------------------------------------------------------------
 */

extern uint32_t ns_boots;

void ns_init(void);
/* One bounded step of what NS waits for; true if there is more to do at once. */
bool ns_step(struct cpu *cpu);
enum ns_phase { NS_LOADING, NS_RUNNING, NS_STOPPING, NS_FAILED };
extern unsigned ns_phase; /* atomic; loading is ended by the boot processor alone */

static inline bool ns_running(void)
{
	return __atomic_load_n(&ns_phase, __ATOMIC_ACQUIRE) == NS_RUNNING;
}

/* True if NS runs on this processor. */
static inline bool ns_on(const struct cpu *cpu)
{
	return __atomic_load_n(&cpu->ns_state, __ATOMIC_ACQUIRE) == NS_ON && ns_running();
}

/* Where it does not: turn it on or off as somebody wants; true if it runs now. */
bool ns_turn(struct cpu *cpu);
void ns_restart(void);
/* This processor's NS ends. */
struct context *ns_off(struct cpu *cpu);
unsigned ns_boot_cpu(void);
bool ns_owns(uint64_t cpu);

/* --- calls --------------------------------------------------------------------------------------
 */

/* Arguments as wide as the call; the results x1 to x3 are cleared before, x0 is the handler's. */
struct call {
	struct context *(*handle)(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3);
	uint32_t widths; /* SMC32, SMC64 */
};

#define SMC32 1u
#define SMC64 2u

/* By owner. */
struct service {
	const struct call *calls;
	uint64_t count;
};

#define OWNERS 64u
extern const struct service ns_services[OWNERS], s_services[OWNERS];

#define PSCI_CALLS 0x14u
extern const struct call psci_calls[PSCI_CALLS];

/* True if NS may make the call. */
bool smc_of_ns(uint32_t id);

static inline bool is_s(const struct context *c)
{
	return c == &secure.context;
}

static inline struct context *result(struct context *c, uint64_t value)
{
	c->x[0] = value;
	return c;
}

#endif
