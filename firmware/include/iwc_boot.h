/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwc_boot.h - how the monitor starts the secure world: at the image's first byte, S-EL1, MMU off,
 * interrupts masked, x0 = physical address of a struct iwc_boot in secure memory, which the world
 * may read for ever and the monitor writes afresh before each life. The image is fresh too; memory
 * behind it is left as the life before had it, so that what it says of its end can be read.
 */
#ifndef IWC_BOOT_H
#define IWC_BOOT_H

#include <stdint.h>

#define IWC_BOOT_MAGIC 0x31746f6f62637769u /* "iwcboot1" */

#define IWC_BOOT_OWN_CPU 1u /* the secure world has its CPU for itself: idle by WFI */
/* Its interrupts are Group 0 and come as FIQ; else Group 1 Secure, and as IRQ. */
#define IWC_BOOT_GICV2 2u

struct iwc_boot {
	uint64_t magic;
	uint64_t flags;
	uint64_t ns_section; /* physical; map it read-only, non-secure, write-back cacheable */
	uint64_t s_section;  /* physical; non-secure memory too, this world writes it */
	uint64_t section_bytes;
	uint64_t memory_base; /* secure memory of this world: image, data, stacks */
	uint64_t memory_bytes;
	uint64_t uart; /* secure console, physical; 0: none */
	uint64_t gicd, gicr_or_gicc;
	uint32_t timer_intid;	 /* secure physical timer */
	uint32_t doorbell_intid; /* SGI that the monitor makes pending */
	uint32_t uart_kind;	 /* 0 PL011, 1 Cadence */
	uint32_t cpu;		 /* that it runs on */
	uint64_t lives;		 /* 1 in the first life */
	uint64_t alive_ns;	 /* watchdog period: IWC_SMC_ALIVE at least so often; 0: none */
};

_Static_assert(sizeof(struct iwc_boot) == 112, "struct iwc_boot has no holes");

#endif
