/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim.h - one run of a scenario, in virtual time or on two threads.
 *
 * A run in virtual time is a function of the scenario, the seed and the options below that say so,
 * byte for byte, on any machine. One run at a time per process (the simulated port has one
 * memory); campaigns use processes.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "scenario.h"

enum sim_verdict {
	SIM_PASS,
	SIM_FAIL,
	SIM_UNDECIDED, /* interrupted, or nothing was checked */
	SIM_SKIP,
};

struct sim_stream;

struct sim_options {
	uint64_t seed;
	bool threads;		   /* two pthreads in real time instead of virtual time */
	bool keep_going;	   /* do not stop at the first violation */
	bool trace_accesses;	   /* trace every shared access, not only steps */
	const char *out;	   /* output folder (exists, writable); NULL: nothing is written */
	struct sim_stream *stream; /* gets frames and events live (stream.h); may be NULL */
	/* Firings of faults to leave out, for shrinking: fault index << 32 | count of that fault's
	 * firings before, muted ones included. So numbers stay when others are left out. */
	const uint64_t *muted;
	unsigned muted_count;
	const volatile sig_atomic_t *stop; /* becomes non-zero: end early; may be NULL */
	void (*progress)(void *ctx, uint64_t now_ns, uint64_t end_ns); /* may be NULL */
	void *progress_ctx;
};

#define SIM_VIOLATIONS_MAX 64

struct sim_violation {
	uint64_t time_ns;
	unsigned property; /* 1..13 */
	enum sim_world_id world;
	char detector[48]; /* short stable name: "out-of-bounds", "double-fetch", ... */
	char text[200];
};

/* A fault that fired; number identifies it for sim_options.muted. */
struct sim_firing {
	uint64_t number;
	uint64_t time_ns;
	unsigned fault; /* index in scenario.fault */
};

struct sim_summary {
	enum sim_verdict verdict;
	char reason[200];	    /* one line: why not PASS, or the bound of a PASS */
	uint32_t violated;	    /* property mask */
	uint32_t checked;	    /* properties that were evaluated at least once */
	struct sim_violation first; /* valid if violated != 0 */
	uint64_t end_ns;	    /* virtual time reached */
	uint64_t steps;		    /* trace steps so far; shared accesses are counted apart */
	uint64_t accesses;
	uint64_t frames_sent, frames_delivered;
	uint64_t trace_hash; /* of all trace lines, also when nothing is written */
	bool partial;	     /* stopped by *stop */
};

struct sim_result {
	struct sim_summary summary;
	struct sim_firing *firing; /* faults that fired, in order; freed by sim_result_free */
	unsigned firing_count;
	json_t
	    *json; /* the whole result, schema in docs/result.md; NULL if sim_options.out is NULL */
};

/*
 * Run. Returns 0 and fills *result, or a negative number with a message in err (usage: -2, file or
 * system: -1, bug of ours: -70). With out: writes scenario.cfg, result.json, trace.txt,
 * channel.pcapng, events.pcapng, report.html there; partial results say so.
 */
int sim_run(const struct scenario *sc, const struct sim_options *opt, struct sim_result *result,
	    char *err, size_t err_size);

void sim_result_free(struct sim_result *result);

/* "PASS", "FAIL", "UNDECIDED", "SKIP". */
const char *sim_verdict_name(enum sim_verdict v);

/* Name and one-sentence statement of property n (1..13). */
const char *sim_property_name(unsigned n);
const char *sim_property_text(unsigned n);

/* Does a core variant of this name exist? name_at: the i-th name or NULL. */
bool sim_core_exists(const char *name);
const char *sim_core_name_at(unsigned i);

#endif
