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

extern const struct config *config;

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
/* On S's processor: S's context if it has something to do, else 0. */
struct context *secure_wanted(bool interrupt);
void secure_end(const char *why, uint64_t code);
void secure_alive(void);
/* On any other processor: the monitor's own timer. */
void secure_watch(void);

/* Doorbells. */
void doorbell_init(void);
void doorbell_from_ns(const struct cpu *cpu);
void doorbell_from_s(void);
void doorbell_refill(void);

/* --- NS (linux.c) -------------------------------------------------------------------------------
 */

extern uint32_t ns_boots;

void ns_init(void);
/* One bounded step of what NS waits for; true if there is more to do at once. */
bool ns_step(struct cpu *cpu);
/* NS's context if NS runs here, else 0. */
struct context *ns_wanted(struct cpu *cpu);
void ns_restart(void);
/* This processor's NS ends. */
struct context *ns_off(struct cpu *cpu);
bool ns_running(void);
unsigned ns_boot_cpu(void);
bool ns_owns(uint64_t cpu);

/* --- calls --------------------------------------------------------------------------------------
 */

struct call {
	/* Arguments as wide as the call; results other than x0 are cleared before. */
	struct context *(*handle)(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3);
	uint8_t worlds; /* FROM_NS, FROM_S */
	uint8_t widths; /* SMC32, SMC64 */
};

#define FROM_NS 1u
#define FROM_S 2u
#define SMC32 1u
#define SMC64 2u

#define PSCI_CALLS 0x14u
extern const struct call psci_calls[PSCI_CALLS];

/* True if a world may make the call. */
bool smc_exists(uint32_t id, uint8_t world);

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
