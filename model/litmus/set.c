/* SPDX-License-Identifier: BSD-2-Clause */
#include "engines.h"

#include <string.h>

void litmus_set_clear(struct litmus_set *s)
{
	memset(s, 0, sizeof(*s));
}

static uint64_t *place_of(struct litmus_set *s, uint64_t outcome)
{
	uint64_t h = outcome * UINT64_C(0x9e3779b97f4a7c15) >> (64u - LITMUS_SET_LOG2);

	while (s->at[h] != 0u && s->at[h] != outcome + 1u)
		h = (h + 1u) & ((1u << LITMUS_SET_LOG2) - 1u);
	return &s->at[h];
}

void litmus_set_add(struct litmus_set *s, uint64_t outcome)
{
	uint64_t *place = place_of(s, outcome);

	if (*place != 0u)
		return;
	if (s->count == (1u << LITMUS_SET_LOG2) / 2u) {
		s->overflow = true;
		return;
	}
	*place = outcome + 1u;
	s->count++;
}

bool litmus_set_within(const struct litmus_set *a, const struct litmus_set *b, uint64_t *missing)
{
	for (unsigned i = 0; i < 1u << LITMUS_SET_LOG2; i++)
		if (a->at[i] != 0u &&
		    *place_of((struct litmus_set *)(uintptr_t)b, a->at[i] - 1u) == 0u) {
			*missing = a->at[i] - 1u;
			return false;
		}
	return true;
}

bool litmus_set_shows(const struct litmus_set *s, const struct litmus_verdict *v)
{
	for (unsigned i = 0; i < 1u << LITMUS_SET_LOG2; i++)
		if (s->at[i] != 0u && ((s->at[i] - 1u) & v->mask) == v->value)
			return true;
	return false;
}
