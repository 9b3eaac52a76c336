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

bool shrink_over(const struct shrink *s)
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

/*
 * Run a candidate; if it fails in the wanted way it becomes the smallest case so far. A flow or a
 * fault less is worth some more firings of those that are left, nothing else is.
 */
bool shrink_try(struct shrink *s, const struct scenario *sc, const uint64_t *muted, unsigned count)
{
	struct sim_options opt = {
	    .seed = s->seed, .muted = muted, .muted_count = count, .stop = cli_stop};
	struct sim_result result = {0};
	char err[1024] = "";
	bool same;
	int rc;

	if (shrink_over(s) || !scenario_check(sc, err, sizeof(err)))
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
	       (s->coarse || result.firing_count <= s->firing_count) &&
	       keep(s, sc, muted, count, &result);
	sim_result_free(&result);
	return same;
}

static bool try_scenario(struct shrink *s, const struct scenario *sc)
{
	return shrink_try(s, sc, s->muted, s->muted_count);
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

/* --- flows --- */

static void remove_flow(struct scenario *sc, unsigned i)
{
	memmove(&sc->flow[i], &sc->flow[i + 1], (sc->flow_count - i - 1) * sizeof(sc->flow[0]));
	sc->flow_count--;
	memset(&sc->flow[sc->flow_count], 0, sizeof(sc->flow[0]));
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

	s->coarse = true;
	smaller |= shrink_drop_faults(s);
	smaller |= drop_flows(s);
	s->coarse = false;
	smaller |= cut_time(s);
	smaller |= shrink_thin_faults(s);
	smaller |= cut_time(s);
	smaller |= calm_machine(s);
	smaller |= calm_flows(s);
	return smaller;
}

void shrink_search(struct shrink *s)
{
	while (!shrink_over(s) && search_round(s))
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
