/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli_shrink_search.c - the search of iwc shrink.
 *
 * Greedy: a change that keeps the failure is kept. First the coarse changes, which make all later
 * runs shorter (time, whole faults, whole flows), then single firings by delta debugging, then
 * firings that are left are written as faults of their own, so that no list of left-out firings
 * remains, and at last numbers. The round is repeated until it changes nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "cli_shrink.h"
#include "scenario_file.h"

/* --- trying --- */

static bool over(const struct shrink *s)
{
	return s->rc != CLI_OK || s->runs >= s->runs_max || *cli_stop != 0;
}

static bool keep(struct shrink *s, const struct scenario *sc, const uint64_t *muted, unsigned count,
		 struct sim_result *result)
{
	uint64_t *copy = malloc((count + 1u) * sizeof(*copy));

	if (!copy) {
		s->rc = CLI_BUG;
		return false;
	}
	if (count > 0)
		memcpy(copy, muted, count * sizeof(*copy));
	free(s->muted);
	s->muted = copy;
	s->muted_count = count;
	free(s->firing);
	s->firing = result->firing;
	s->firing_count = result->firing_count;
	result->firing = NULL;
	result->firing_count = 0;
	s->first = result->summary.first;
	if (sc != &s->sc)
		s->sc = *sc;
	return true;
}

/* Run a candidate; if it fails in the wanted way it becomes the smallest case so far. */
static bool try_case(struct shrink *s, const struct scenario *sc, const uint64_t *muted,
		     unsigned count)
{
	struct sim_options opt = {
	    .seed = s->seed, .muted = muted, .muted_count = count, .stop = cli_stop};
	struct sim_result result = {0};
	char err[1024] = "";
	bool same;
	int rc;

	if (over(s) || !scenario_check(sc, err, sizeof(err)))
		return false;
	s->runs++;
	cli_progress_step(&s->progress, s->runs, s->runs_max, NULL);
	rc = sim_run(sc, &opt, &result, err, sizeof(err));
	if (rc != 0) {
		/* a candidate that the engine refuses is no candidate; anything else ends it */
		if (rc != -2)
			s->rc = cli_sim_error(rc, err);
		return false;
	}
	same = result.summary.violated && !result.summary.partial &&
	       result.summary.first.property == s->property &&
	       strcmp(result.summary.first.detector, s->detector) == 0 &&
	       keep(s, sc, muted, count, &result);
	sim_result_free(&result);
	return same;
}

static bool try_scenario(struct shrink *s, const struct scenario *sc)
{
	return try_case(s, sc, s->muted, s->muted_count);
}

/* --- time --- */

/* When a world does not recover, what counts is the last fault; before that, the violation. */
static uint64_t end_needed_ns(const struct shrink *s)
{
	uint64_t last = s->property == 6 ? 0 : s->first.time_ns;

	for (unsigned i = 0; s->property == 6 && i < s->firing_count; i++)
		last = s->firing[i].time_ns > last ? s->firing[i].time_ns : last;
	return last;
}

/*
 * Worlds run ahead of each other, and what happens next may need the time after it; so if the main
 * phase can't end just there, it ends where halving gets to.
 */
static bool try_end(struct shrink *s, uint64_t needed_ns)
{
	struct scenario sc = s->sc;
	bool smaller = false;

	if (needed_ns + 1 >= sc.duration_ns)
		return false;
	sc.duration_ns = needed_ns + 1;
	if (try_scenario(s, &sc))
		return true;
	while (s->sc.duration_ns > needed_ns + 1000) {
		sc = s->sc;
		sc.duration_ns = needed_ns + (sc.duration_ns - needed_ns) / 2;
		if (!try_scenario(s, &sc))
			break;
		smaller = true;
	}
	return smaller;
}

static bool cut_time(struct shrink *s)
{
	struct scenario sc = s->sc;
	bool smaller = false;

	if (s->property != 6 && sc.closing_ns > 0 && s->first.time_ns <= sc.duration_ns) {
		sc.closing_ns = 0;
		smaller = try_scenario(s, &sc);
	}
	return try_end(s, end_needed_ns(s)) || smaller;
}

/* --- faults and flows --- */

static void remove_fault(struct scenario *sc, unsigned i)
{
	memmove(&sc->fault[i], &sc->fault[i + 1], (sc->fault_count - i - 1) * sizeof(sc->fault[0]));
	sc->fault_count--;
	memset(&sc->fault[sc->fault_count], 0, sizeof(sc->fault[0]));
}

static void remove_flow(struct scenario *sc, unsigned i)
{
	memmove(&sc->flow[i], &sc->flow[i + 1], (sc->flow_count - i - 1) * sizeof(sc->flow[0]));
	sc->flow_count--;
	memset(&sc->flow[sc->flow_count], 0, sizeof(sc->flow[0]));
}

/*
 * A fault that goes takes its place in the numbering and the randomness of those behind it along.
 * So if the failure does not survive that, the fault may still be silenced where it stands.
 */
static bool drop_faults(struct shrink *s)
{
	bool smaller = false;

	for (unsigned i = s->sc.fault_count; i-- > 0;) {
		struct scenario sc = s->sc;

		remove_fault(&sc, i);
		if (try_case(s, &sc, NULL, 0)) {
			smaller = true;
			continue;
		}
		sc = s->sc;
		if (!(sc.fault[i].probability > 0))
			continue;
		sc.fault[i].probability = 0;
		smaller |= try_scenario(s, &sc);
	}
	return smaller;
}

static bool drop_flows(struct shrink *s)
{
	bool smaller = false;

	for (unsigned i = s->sc.flow_count; i-- > 0;) {
		struct scenario sc = s->sc;

		remove_flow(&sc, i);
		smaller |= try_scenario(s, &sc);
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
	same = try_case(s, &sc, muted, count);
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

	while (s->firing_count > 0 && !over(s)) {
		unsigned before = s->firing_count, part = (before + parts - 1) / parts;
		bool hit = false;

		for (unsigned from = 0; from < before && !hit && !over(s); from += part)
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

static bool is_single(const struct sim_fault *f)
{
	return f->probability >= 1 && f->count == 1 && f->skip == 0;
}

static bool try_singles(struct shrink *s, uint64_t before_ns)
{
	struct scenario sc = s->sc;

	memset(sc.fault, 0, sizeof(sc.fault));
	sc.fault_count = s->firing_count;
	for (unsigned i = 0; i < s->firing_count; i++)
		sc.fault[i] = single(&s->sc, &s->firing[i], before_ns);
	return try_case(s, &sc, NULL, 0);
}

static bool try_all_singles(struct shrink *s)
{
	return try_singles(s, 0) || try_singles(s, s->sc.access_ns + s->sc.jitter_ns) ||
	       try_singles(s, s->sc.slack_ns);
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
	same = try_case(s, &sc, muted, count);
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
	return sc.fault_count < s->sc.fault_count && try_scenario(s, &sc);
}

static bool spell_out(struct shrink *s)
{
	bool all_single = s->muted_count == 0, smaller = false;

	for (unsigned i = 0; i < s->sc.fault_count; i++)
		all_single = all_single && is_single(&s->sc.fault[i]);
	if (all_single)
		return false;
	if (s->firing_count <= SIM_FAULTS_MAX && try_all_singles(s))
		return true;
	for (unsigned i = 0; i < s->sc.fault_count; i++)
		smaller |= settle_fault(s, i);
	return drop_silent_tail(s) || smaller;
}

/* --- numbers --- */

static bool calm_machine(struct shrink *s)
{
	bool smaller = false;
	struct scenario sc = s->sc;

	if (sc.weak > 0) {
		sc.weak = 0;
		smaller |= try_scenario(s, &sc);
		sc = s->sc;
	}
	if (sc.jitter_ns > 0) {
		sc.jitter_ns = 0;
		smaller |= try_scenario(s, &sc);
		sc = s->sc;
	}
	if (sc.slack_ns > 0) {
		sc.slack_ns = 0;
		smaller |= try_scenario(s, &sc);
	}
	return smaller;
}

static bool halve_count(struct shrink *s, unsigned i)
{
	bool smaller = false;

	while (s->sc.flow[i].count > 1) {
		struct scenario sc = s->sc;

		sc.flow[i].count /= 2;
		if (!try_scenario(s, &sc))
			break;
		smaller = true;
	}
	return smaller;
}

static bool calm_flow(struct shrink *s, unsigned i)
{
	bool smaller = halve_count(s, i);
	struct scenario sc = s->sc;

	if (sc.flow[i].size_max_bytes > sc.flow[i].size_min_bytes) {
		sc.flow[i].size_max_bytes = sc.flow[i].size_min_bytes;
		smaller |= try_scenario(s, &sc);
		sc = s->sc;
	}
	if (sc.flow[i].pattern != SIM_PATTERN_FIXED) {
		sc.flow[i].pattern = SIM_PATTERN_FIXED;
		sc.flow[i].burst = sc.flow[i].burst > 1 ? 1 : sc.flow[i].burst;
		smaller |= try_scenario(s, &sc);
	}
	return smaller;
}

static bool calm_flows(struct shrink *s)
{
	bool smaller = false;

	for (unsigned i = 0; i < s->sc.flow_count; i++)
		smaller |= calm_flow(s, i);
	return smaller;
}

/* --- all of it --- */

static bool search_round(struct shrink *s)
{
	bool smaller = cut_time(s);

	smaller |= drop_faults(s);
	smaller |= drop_flows(s);
	smaller |= cut_time(s);
	smaller |= mute_firings(s);
	smaller |= spell_out(s);
	smaller |= cut_time(s);
	smaller |= calm_machine(s);
	smaller |= calm_flows(s);
	return smaller;
}

void shrink_search(struct shrink *s)
{
	while (!over(s) && search_round(s))
		;
}

static bool first_run(struct shrink *s, struct sim_summary *summary)
{
	struct sim_options opt = {.seed = s->seed, .stop = cli_stop};
	struct sim_result result = {0};
	char err[1024] = "";
	int rc = sim_run(&s->sc, &opt, &result, err, sizeof(err));
	bool good = rc == 0;

	s->runs++;
	if (rc != 0)
		s->rc = cli_sim_error(rc, err);
	*summary = result.summary;
	if (good)
		good = keep(s, &s->sc, NULL, 0, &result);
	sim_result_free(&result);
	return good;
}

int shrink_begin(struct shrink *s, const struct scenario *sc, uint64_t seed)
{
	struct sim_summary summary;

	s->seed = seed;
	s->sc = *sc;
	s->sc.seed = seed;
	s->rc = CLI_OK;
	if (!first_run(s, &summary))
		return s->rc != CLI_OK ? s->rc : CLI_BUG;
	if (summary.partial) {
		cli_error("interrupted");
		return CLI_UNDECIDED;
	}
	if (!summary.violated) {
		cli_error("%s: nothing to shrink: this case does not fail (%s: %s)", sc->path,
			  sim_verdict_name(summary.verdict), summary.reason);
		return CLI_FAILED;
	}
	s->property = s->first.property;
	memcpy(s->detector, s->first.detector, sizeof(s->detector));
	s->firing_before = s->firing_count;
	s->fault_before = sc->fault_count;
	s->flow_before = sc->flow_count;
	s->duration_before_ns = sc->duration_ns + sc->closing_ns;
	return CLI_OK;
}

void shrink_end(struct shrink *s)
{
	free(s->muted);
	free(s->firing);
	s->muted = NULL;
	s->firing = NULL;
}
