/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwc_plat.h - what the monitor asks of a board and of its interrupt controller. Functions are
 * chosen at link time: a board lists its drivers in plat.mk. plat.h of the board holds the numbers.
 *
 * Everything here is called at EL3, by any processor unless said otherwise, is bounded, and takes
 * no lock.
 */
#ifndef IWC_PLAT_H
#define IWC_PLAT_H

#include <stdbool.h>
#include <stdint.h>

#define IWC_INTID_BELL 8   /* SGI: doorbell of S */
#define IWC_INTID_KICK 9   /* SGI: the monitor wants a processor's attention */
#define IWC_INTID_TIMER 29 /* PPI: secure physical timer */

/* --- mandatory: the board ------------------------------------------------------------------ */

struct plat_range {
	uint64_t base, bytes;
};

/* Device registers that the monitor maps; ends with 0 bytes. */
extern const struct plat_range plat_devices[];

/* Once, by the boot processor, MMU off: clocks, pins, power. */
void plat_init(void);

void plat_putc(char c);

/* Switch the machine off, or all of it on again. They return only if the board can't. */
void plat_system_off(void);
void plat_system_reset(void);

/* --- optional: the board; plat/drivers has weak defaults ----------------------------------- */

/*
 * Close [base, base + bytes) to every non-secure master, DMA included, and lock that. Returns 0, or
 * what could not be read back as it was written. Called before the first entry to NS.
 */
const char *plat_protect(uint64_t base, uint64_t bytes);

/* Bring a processor out of reset to the monitor's entry: only where not all start by themselves. */
void plat_cpu_release(unsigned cpu, uint64_t entry);

/* --- mandatory: the interrupt controller --------------------------------------------------- */

enum gic_take {
	GIC_TAKE_NONE,	/* nothing for the monitor or S */
	GIC_TAKE_OWN,	/* one of the monitor's own, acknowledged and ended; look at your state */
	GIC_TAKE_SECURE /* S has one pending; S acknowledges it */
};

/* 2 or 3: how S receives its interrupts (struct iwc_boot). */
extern const unsigned gic_version;

/* Once, by the boot processor. Returns 0 or what is wrong. */
const char *gic_init(void);

/* By each processor, for itself. with_s: S will live here. */
const char *gic_cpu_init(unsigned cpu, bool with_s);

/* What made this processor enter the monitor, or would. */
enum gic_take gic_take(bool with_s);

/* Make an interrupt pending: S's doorbell, the monitor's kick, NS's doorbell. */
void gic_ring_s(void);
void gic_kick(unsigned cpu);
void gic_ring_ns(void);

/* What the controller holds of a world on one processor while the other one runs there. */
struct gic_state {
	uint64_t mask;	/* priorities that are let through */
	uint64_t group; /* NS: whether its interrupts are signalled at all */
};

/*
 * World switch: the state of the world that leaves, or 0 if there was none, and that of the one
 * that comes, or 0. While S or nobody runs, no interrupt of NS is signalled.
 */
void gic_leave(struct gic_state *from, bool from_s);
void gic_enter(const struct gic_state *to, bool to_s);

/* S's own interrupts off and forgotten, as before its first life; its timer alone on or off. */
void gic_s_reset(unsigned cpu);
void gic_s_timer(unsigned cpu, bool on);

/* NS restarts: what its former life left running in the controller and can't be left so. */
void gic_ns_reset(unsigned cpu);

#endif
