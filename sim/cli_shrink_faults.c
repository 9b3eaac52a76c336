/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli_shrink_faults.c - fewer faults: whole ones, then single firings by delta debugging; firings
 * that are left are written as faults of their own, so that no list of left-out firings remains.
 */
#include <stdlib.h>
#include <string.h>

#include "cli_shrink.h"

static void remove_fault(struct scenario *sc, unsigned i)
{
	memmove(&sc->fault[i], &sc->fault[i + 1], (sc->fault_count - i - 1) * sizeof(sc->fault[0]));
	sc->fault_count--;
	memset(&sc->fault[sc->fault_count], 0, sizeof(sc->fault[0]));
}

static bool is_single(const struct sim_fault *f)
{
	return f->probability >= 1 && f->count == 1 && f->skip == 0;
}

/*
 * A fault that goes takes its place in the numbering and the randomness of those behind it along.
 * So if the failure does not survive that, the fault may still be silenced where it stands.
 */
bool shrink_drop_faults(struct shrink *s)
{
	bool smaller = false;

	for (unsigned i = s->sc.fault_count; i-- > 0;) {
		struct scenario sc = s->sc;

		remove_fault(&sc, i);
		if (shrink_try(s, &sc, NULL, 0)) {
			smaller = true;
			continue;
		}
		sc = s->sc;
		if (!(sc.fault[i].probability > 0) || is_single(&sc.fault[i]))
			continue;
		sc.fault[i].probability = 0;
		smaller |= shrink_try(s, &sc, s->muted, s->muted_count);
	}
	return smaller;
}

/* --- single firings --- */

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Without the firings at from..to-1 of those that happen now, and without those left out already.
 */
static bool try_without(struct shrink *s, unsigned from, unsigned to)
{
	struct scenario sc = s->sc;
	unsigned count = s->muted_count;
	uint64_t *muted;
	bool same;

	if (to > s->firing_count)
		to = s->firing_count;
	muted = from < to ? malloc((count + (size_t)(to - from)) * sizeof(*muted)) : NULL;
	if (!muted)
		return false;
	if (count > 0)
		memcpy(muted, s->muted, count * sizeof(*muted));
	for (unsigned i = from; i < to; i++)
		muted[count++] = s->firing[i].number;
	qsort(muted, count, sizeof(*muted), by_number);
	same = shrink_try(s, &sc, muted, count);
	free(muted);
	return same;
}

/*
 * Delta debugging: leave out ever smaller parts. A run without some firings may have others that
 * the first one never reached; so the parts are always of what happens now, and only fewer is
 * better.
 */
static bool mute_firings(struct shrink *s)
{
	unsigned parts = 2;
	bool smaller = false;

	while (s->firing_count > 0 && !shrink_over(s)) {
		unsigned before = s->firing_count, part = (before + parts - 1) / parts;
		bool hit = false;

		for (unsigned from = 0; from < before && !hit && !shrink_over(s); from += part)
			hit = try_without(s, from, from + part) && s->firing_count < before;
		smaller |= hit;
		if (hit)
			parts = parts > 2 ? parts - 1 : 2;
		else if (part == 1)
			break;
		else
			parts = 2 * parts;
	}
	return smaller;
}

/* --- firings as faults of their own --- */

/* The fault that fires once, at the first opportunity from a little before that time on. */
static struct sim_fault single(const struct scenario *sc, const struct sim_firing *firing,
			       uint64_t before_ns)
{
	struct sim_fault fault = sc->fault[firing->fault];

	fault.probability = 1;
	fault.from_ns = firing->time_ns > before_ns ? firing->time_ns - before_ns : 0;
	fault.count = 1;
	fault.skip = 0;
	return fault;
}

/* Only the last count firings, each as a fault of its own. */
static bool try_singles(struct shrink *s, unsigned count, uint64_t before_ns)
{
	struct scenario sc = s->sc;

	memset(sc.fault, 0, sizeof(sc.fault));
	sc.fault_count = count;
	for (unsigned i = 0; i < count; i++)
		sc.fault[i] = single(&s->sc, &s->firing[s->firing_count - count + i], before_ns);
	return shrink_try(s, &sc, NULL, 0);
}

static bool all_single(const struct shrink *s)
{
	bool single = s->muted_count == 0;

	for (unsigned i = 0; i < s->sc.fault_count; i++)
		single = single && is_single(&s->sc.fault[i]);
	return single;
}

/* What fails is often due to the last few faults; then the others need not be left out one by one.
 */
static bool keep_last(struct shrink *s)
{
	if (all_single(s))
		return false;
	for (unsigned count = 1; count < s->firing_count && count <= SIM_FAULTS_MAX; count *= 2)
		if (try_singles(s, count, 0) || try_singles(s, count, s->sc.slack_ns))
			return true;
	return false;
}

static bool try_all_singles(struct shrink *s)
{
	return try_singles(s, s->firing_count, 0) ||
	       try_singles(s, s->firing_count, s->sc.access_ns + s->sc.jitter_ns) ||
	       try_singles(s, s->firing_count, s->sc.slack_ns);
}

/* Try with fault i changed, and without left-out firings of it: the change makes them moot. */
static bool try_fault(struct shrink *s, unsigned i, const struct sim_fault *fault)
{
	uint64_t *muted = malloc((s->muted_count + 1u) * sizeof(*muted));
	struct scenario sc = s->sc;
	unsigned count = 0;
	bool same;

	if (!muted)
		return false;
	for (unsigned k = 0; k < s->muted_count; k++)
		if (s->muted[k] >> 32 != i)
			muted[count++] = s->muted[k];
	sc.fault[i] = *fault;
	same = shrink_try(s, &sc, muted, count);
	free(muted);
	return same;
}

/* A fault of which one firing is left becomes that one, a fault of which none is left falls silent.
 */
static bool settle_fault(struct shrink *s, unsigned i)
{
	struct sim_fault silent = s->sc.fault[i], one;
	const struct sim_firing *firing = NULL;
	unsigned fired = 0;

	for (unsigned k = 0; k < s->firing_count; k++) {
		if (s->firing[k].fault != i)
			continue;
		firing = &s->firing[k];
		fired++;
	}
	silent.probability = 0;
	if (fired == 0)
		return s->sc.fault[i].probability > 0 && try_fault(s, i, &silent);
	if (fired > 1 || is_single(&s->sc.fault[i]))
		return false;
	one = single(&s->sc, firing, 0);
	return try_fault(s, i, &one);
}

/* The last faults can go without moving the others. */
static bool drop_silent_tail(struct shrink *s)
{
	struct scenario sc = s->sc;

	while (sc.fault_count > 0 && !(sc.fault[sc.fault_count - 1].probability > 0))
		remove_fault(&sc, sc.fault_count - 1);
	return sc.fault_count < s->sc.fault_count && shrink_try(s, &sc, s->muted, s->muted_count);
}

static bool spell_out(struct shrink *s)
{
	bool smaller = false;

	if (all_single(s))
		return false;
	if (s->firing_count <= SIM_FAULTS_MAX && try_all_singles(s))
		return true;
	for (unsigned i = 0; i < s->sc.fault_count; i++)
		smaller |= settle_fault(s, i);
	return drop_silent_tail(s) || smaller;
}

bool shrink_thin_faults(struct shrink *s)
{
	bool smaller = keep_last(s);

	s->coarse = true;
	smaller |= mute_firings(s);
	s->coarse = false;
	return spell_out(s) || smaller;
}
