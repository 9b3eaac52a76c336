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

#endif
