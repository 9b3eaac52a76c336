/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli_sweep.h - the result of a sweep: a set of seeds and what came of them. Results of disjoint
 * sets add up, and the sum is the same whatever the parts were. Schema "iwc-sweep-1" in
 * docs/cli.md.
 */
#ifndef SIM_CLI_SWEEP_H
#define SIM_CLI_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "sim.h"

#define SWEEP_SCHEMA "iwc-sweep-1"
#define SWEEP_FAILURES_MAX 100u /* kept with their text: those of the lowest seeds */
#define SWEEP_DETECTORS_MAX 64u

struct sweep_range {
	uint64_t first, last; /* both included */
};

struct sweep_failure {
	uint64_t seed;
	uint64_t trace_hash;
	struct sim_violation first;
};

struct sweep_detector {
	char name[48];
	uint64_t count;
};

enum sweep_stopped {
	SWEEP_COMPLETE,
	SWEEP_FIRST_FAILURE, /* as --fail-fast asks */
	SWEEP_INTERRUPTED,
};

struct sweep {
	/* what was run; the parts of a merge agree on all of it but the path */
	char name[SIM_NAME_MAX], title[SIM_TEXT_MAX], path[SIM_PATH_MAX];
	char hash[17]; /* of the resolved scenario, --off included */
	char *options; /* of the reproduce lines; owned */
	bool off;
	uint32_t breaks; /* announced, if off */
	/* what came of it */
	enum sweep_stopped stopped;
	struct sweep_range *range; /* ascending, disjoint, not adjacent; owned */
	unsigned range_count;
	uint64_t passed, failed, undecided;
	uint64_t virtual_ns, accesses, steps, frames_sent, frames_delivered;
	uint32_t checked;
	uint64_t property_failed[SIM_PROPERTIES];	     /* seeds */
	struct sweep_detector detector[SWEEP_DETECTORS_MAX]; /* ascending by name */
	unsigned detector_count;
	struct sweep_failure failure[SWEEP_FAILURES_MAX]; /* ascending by seed */
	unsigned failure_count;
};

void sweep_free(struct sweep *s);

/* Add seeds first..last. False: some of them are in it already, or there is no memory. */
bool sweep_add_range(struct sweep *s, uint64_t first, uint64_t last);

/* Count a failing seed; it is kept with its text if it is among the lowest. */
void sweep_add_failure(struct sweep *s, const struct sweep_failure *failure);
void sweep_count_detector(struct sweep *s, const char *name, uint64_t count);

uint64_t sweep_count(const struct sweep *s);
enum sim_verdict sweep_verdict(const struct sweep *s);

/* One line: the bound of a PASS, or why not. */
void sweep_reason(const struct sweep *s, char *buf, size_t size);

/* NULL: no memory. */
json_t *sweep_to_json(const struct sweep *s);

/* False: not a result of a sweep; err says where and why. */
bool sweep_from_json(struct sweep *s, const json_t *json, char *err, size_t err_size);

/* Add part to s; both of the same scenario. False: they do not go together; err says why. */
bool sweep_merge(struct sweep *s, const struct sweep *part, char *err, size_t err_size);

#endif
