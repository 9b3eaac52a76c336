/* SPDX-License-Identifier: BSD-2-Clause */
#include "engines.h"

#include <string.h>

void litmus_ask(const struct litmus_program *p, struct litmus_answers *a)
{
	a->compact_can = litmus_compact_can(p);
	if (a->compact_can) {
		litmus_compact(p, true, &a->compact);
		litmus_compact(p, false, &a->unnormal);
	}
	litmus_general(p, &a->general);
	litmus_axiomatic(p, &a->axiomatic);
}

/* Says what went wrong; false, for the caller to return. */
static bool differ(const struct litmus_program *p, uint64_t outcome, const char *what, char *why,
		   size_t why_size)
{
	FILE *to = fmemopen(why, why_size, "w");

	if (to == NULL)
		return false;
	fprintf(to, "%s: ", what);
	litmus_print_outcome(to, p, outcome);
	fclose(to);
	return false;
}

static bool say(const char *what, char *why, size_t why_size)
{
	snprintf(why, why_size, "%s", what);
	return false;
}

static bool compact_agrees(const struct litmus_program *p, const struct litmus_answers *a,
			   char *why, size_t why_size)
{
	const struct litmus_axiomatic *x = &a->axiomatic;
	uint64_t o;

	if (a->compact.overflow)
		return say("compact: more stores than it can keep", why, why_size);
	if (a->compact.race != x->race_marked)
		return say(x->race_marked ? "compact misses a race" : "compact sees a false race",
			   why, why_size);
	/* A race leaves nothing to compare, and plain copies synchronise no one in C11. */
	if (x->race)
		return true;
	if (!litmus_set_within(&a->compact.set, &x->rc11, &o))
		return differ(p, o, "compact allows, RC11 forbids", why, why_size);
	if (!litmus_set_within(&x->rc11, &a->compact.set, &o))
		return differ(p, o, "RC11 allows, compact forbids", why, why_size);
	if (!litmus_set_within(&a->compact.set, &a->unnormal.set, &o))
		return differ(p, o, "its normal form adds", why, why_size);
	if (!litmus_set_within(&a->unnormal.set, &a->compact.set, &o))
		return differ(p, o, "its normal form loses", why, why_size);
	return true;
}

bool litmus_agree(const struct litmus_program *p, const struct litmus_answers *a, char *why,
		  size_t why_size)
{
	const struct litmus_axiomatic *x = &a->axiomatic;
	uint64_t o;

	if (a->general.set.overflow || x->thin_air.overflow || x->arm.overflow)
		return say("more outcomes than a set holds", why, why_size);
	if (!litmus_set_within(&a->general.set, &x->joint, &o))
		return differ(p, o, "general allows, RC11 forbids", why, why_size);
	if (!litmus_set_within(&x->joint, &a->general.set, &o))
		return differ(p, o, "RC11 allows, general forbids", why, why_size);
	if (p->threads == 2u && !litmus_set_within(&x->rc11, &x->joint, &o))
		return differ(p, o, "two threads, and fences, sb, rf in a cycle", why, why_size);
	if (!litmus_set_within(&x->arm, &x->thin_air, &o))
		return differ(p, o, "Armv8 allows, C11 forbids", why, why_size);
	if (a->general.race != x->race_joint)
		return say(x->race_joint ? "general misses a race" : "general sees a false race",
			   why, why_size);
	return !a->compact_can || compact_agrees(p, a, why, why_size);
}

/* ---- what a file says ---- */

static bool wants(enum litmus_said said, bool rc11)
{
	return said == LITMUS_ALLOWED || (rc11 && said == LITMUS_STRONGER);
}

static bool holds(const struct litmus_verdict *v, const struct litmus_answers *a, const char **who)
{
	const struct litmus_axiomatic *x = &a->axiomatic;

	*who = "RC11";
	if (litmus_set_shows(&x->rc11, v) != wants(v->said, true))
		return false;
	*who = "C11 without its no-thin-air axiom";
	if (litmus_set_shows(&x->thin_air, v) != (v->said != LITMUS_FORBIDDEN))
		return false;
	*who = "the general machine";
	if (litmus_set_shows(&a->general.set, v) != wants(v->said, false))
		return false;
	*who = "the compact machine";
	return !a->compact_can || litmus_set_shows(&a->compact.set, v) == wants(v->said, false);
}

static bool race_holds(enum litmus_race_said said, const struct litmus_answers *a, const char **who)
{
	bool race = said == LITMUS_RACE || said == LITMUS_RACE_UNSEEN;
	bool reported = said == LITMUS_RACE || said == LITMUS_RACE_FALSE;

	if (said == LITMUS_RACE_UNSAID)
		return true;
	*who = "RC11";
	if (a->axiomatic.race != race)
		return false;
	*who = "the general machine";
	if (a->general.race != race)
		return false;
	*who = "the compact machine";
	return !a->compact_can || a->compact.race == reported;
}

bool litmus_hold(const struct litmus_program *p, const struct litmus_answers *a, char *why,
		 size_t why_size)
{
	const char *who = "";

	for (unsigned i = 0; i < p->verdicts; i++)
		if (!holds(&p->verdict[i], a, &who)) {
			snprintf(why, why_size, "%s: %s says otherwise", p->verdict[i].text, who);
			return false;
		}
	if (!race_holds(p->race, a, &who)) {
		snprintf(why, why_size, "races: %s says otherwise", who);
		return false;
	}
	return true;
}
