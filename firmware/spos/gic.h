/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gic.h - this processor's two secure interrupts, private ones (below 32). GICv3: Group 1 Secure,
 * taken as IRQ. GICv2: Group 0, taken as FIQ. The monitor has set the distributor up.
 */
#ifndef SPOS_GIC_H
#define SPOS_GIC_H

#include <stdbool.h>
#include <stdint.h>

#define GIC_NONE 1023u /* nothing for this world */

struct gic {
	bool v2;
	uint64_t distributor;
	uint64_t private;   /* base of the registers of private interrupts */
	uint64_t interface; /* GICv2: CPU interface */
};

/*
 * Finds the registers of this processor; MMU on or off. first is the distributor, second the
 * redistributors of all processors or (v2) the CPU interface. False: no redistributor is this
 * processor's.
 */
bool gic_find(struct gic *gic, bool v2, uint64_t first, uint64_t second, uint64_t mpidr);

/* Let interrupts through to this processor; they stay masked in it. */
void gic_start(const struct gic *gic);

/* A lower priority value is served first; 0..0x7f is out of NS's reach. */
void gic_enable(const struct gic *gic, uint32_t intid, uint8_t priority);

/* The interrupt to serve, GIC_NONE or above for none; then gic_end with the value returned. */
uint32_t gic_acknowledge(const struct gic *gic);
void gic_end(const struct gic *gic, uint32_t intid);

/* Unmask this world's kind of interrupt. */
void gic_unmask(const struct gic *gic);

#endif
