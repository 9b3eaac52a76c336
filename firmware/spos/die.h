/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * die.h - how a life ends. What was wrong is kept in memory that no life clears, the monitor starts
 * the next one, and that one says it in its start line.
 */
#ifndef SPOS_DIE_H
#define SPOS_DIE_H

#include <stdint.h>

#include "text.h"

/* Reasons, handed to the monitor too. Values are stable: they stand in its log. */
enum die_reason {
	DIE_NONE,
	DIE_EXCEPTION, /* fault, or an interrupt where none can be */
	DIE_ASSERT,    /* the IP stack found its own state wrong */
	DIE_CODE,      /* the image is not what it was when the life began */
	DIE_BOOT,      /* struct iwc_boot is none */
	DIE_MEMORY,    /* linked for another address, or the memory is too small */
	DIE_SECTION,   /* another geometry of the channel */
	DIE_GIC,       /* no redistributor for this processor */
	DIE_MAP,       /* regions overlap, are not aligned, or the tables are too few */
	DIE_CRC,       /* the processor has no CRC32 instructions */
	DIE_CHANNEL,   /* the channel can't be set up */
	DIE_STACK,     /* the IP stack can't be set up */
	DIE_ASKED,     /* by the test port */
	DIE_REASONS,
};

struct die_words {
	uint64_t magic;
	uint64_t reason;
	uint64_t life;
	uint64_t time_ns;		  /* since that life began */
	uint64_t syndrome, address, link; /* ESR, FAR, ELR */
	uint64_t vector;
	char text[48]; /* ends in 0 */
	uint64_t sum;
};

_Noreturn void die(enum die_reason reason, const char *text);

/* Before the MMU is on: nothing is kept, the monitor's log has the reason. */
_Noreturn void die_early(enum die_reason reason);

/* What the life before this one left, NULL if it left nothing (power-on, watchdog). Taken once. */
const struct die_words *die_last(void);

/* From start.S. */
_Noreturn void spos_exception(uint64_t vector);

/* "; life 3 ended: data abort, pc ...", for the start line; nothing in the first life. */
void die_say_last(struct text *t);

#endif
