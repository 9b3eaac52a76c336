/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memory.h - what the monitor said at the start of this life, and the memory that follows from it.
 */
#ifndef SPOS_MEMORY_H
#define SPOS_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "iwc_boot.h"

/* Copied before the MMU was on; the monitor's own is not read again. */
extern struct iwc_boot spos_boot;

/* Maps what this world needs and turns the MMU on. Called by start.S. */
void spos_memory_init(const struct iwc_boot *boot);

/* From spos.lds; only their addresses mean something. */
extern uint8_t spos_start[], spos_rodata_start[], spos_data_start[], spos_image_end[];
extern uint8_t spos_early_start[], spos_data_end[], spos_end[];
extern uint8_t spos_network_stack_start[], spos_network_stack_end[];
extern uint8_t spos_critical_stack_start[], spos_critical_stack_end[];
extern uint8_t spos_last_start[], spos_last_end[];

static inline size_t memory_bytes(const uint8_t *start, const uint8_t *end)
{
	return (size_t)((uintptr_t)end - (uintptr_t)start);
}

#endif
