/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * judge.h - what the judges of the hooks share; private to this port.
 */
#ifndef IWC_ADVERSARY_JUDGE_H
#define IWC_ADVERSARY_JUDGE_H

#include "adversary.h"

#define A adversary
#define require adversary_require

enum adversary_place { HELLO, SESSION, START, CREDIT, WAKE, SPACE, TAG, E2E, DATA };

struct adversary_spot {
	enum adversary_place place;
	unsigned cls;
	uint32_t index; /* of the line; of the word in hello */
};

/* What lies at this address of a section; an abort if it is no word and no line. */
struct adversary_spot adversary_spot_of(const uint8_t *section, const void *at);

uint32_t adversary_lines_of(uint32_t len_bytes);
uint32_t adversary_index_of(unsigned cls, uint64_t pos);

/* Every hook: a call does not go on for ever (P7). */
void adversary_count_step(void);

#endif
