/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli_shrink.h - the search for a small case that fails like a given one: same property, same
 * detector. A candidate is a scenario, the seed and a list of firings of faults that are left out.
 */
#ifndef SIM_CLI_SHRINK_H
#define SIM_CLI_SHRINK_H

#include "cli.h"

struct shrink {
	uint64_t seed;
	uint64_t runs, runs_max;
	struct cli_progress progress;
	/* what a candidate has to do */
	unsigned property;
	char detector[48];
	/* the smallest case so far */
	struct scenario sc;
	uint64_t *muted;
	unsigned muted_count;
	struct sim_firing *firing; /* that fired in it */
	unsigned firing_count;
	struct sim_violation first;
	/* of the case that the search began with */
	unsigned firing_before, fault_before, flow_before;
	uint64_t duration_before_ns;
	bool coarse; /* more firings are no hindrance */
	/* a run that could not be made */
	int rc;
};

/*
 * Begin with a scenario and a seed. Returns an exit code: CLI_OK if it fails, so that there is
 * something to shrink; CLI_FAILED with a message if it does not.
 */
int shrink_begin(struct shrink *s, const struct scenario *sc, uint64_t seed);

/* Search until nothing gets smaller, runs_max is reached, or the user stops it. */
void shrink_search(struct shrink *s);

void shrink_end(struct shrink *s);

/* --- between the files of the search --- */

/* No further run: out of runs, stopped, or something went wrong. */
bool shrink_over(const struct shrink *s);

/*
 * Run a candidate; if it fails in the wanted way it becomes the smallest case so far. Unless
 * s->coarse, more firings than before are not wanted. muted is sorted and is copied.
 */
bool shrink_try(struct shrink *s, const struct scenario *sc, const uint64_t *muted, unsigned count);

/* cli_shrink_faults.c; true if something got smaller. */
bool shrink_drop_faults(struct shrink *s);
bool shrink_thin_faults(struct shrink *s);

#endif
