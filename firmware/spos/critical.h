/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * critical.h - the books of a periodic task with a deadline, and its work: nothing here touches the
 * machine, times are handed in.
 */
#ifndef SPOS_CRITICAL_H
#define SPOS_CRITICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct critical {
	uint64_t period, deadline; /* ticks; the deadline counts from the release */
	uint64_t release;	   /* of the job that runs or comes next */
	uint64_t runs;
	uint64_t misses;	 /* jobs that ended after their deadline, or never began */
	uint64_t late_worst;	 /* ticks from a release to the job's start: the release jitter */
	uint64_t late_sum;	 /* of all jobs */
	uint64_t response_worst; /* ticks from a release to the job's end */
	/* In cycles of the processor, from start to start and from start to end; see arch_cycles.
	 */
	uint64_t started_cycles;
	uint64_t interval_least_cycles, interval_most_cycles;
	uint64_t work_worst_cycles;
};

/* period and deadline in ticks, 0 < deadline <= period. */
void critical_init(struct critical *c, uint64_t first_release, uint64_t period, uint64_t deadline);

/* A job begins, at now >= release. */
void critical_begin(struct critical *c, uint64_t now, uint64_t cycles);

/*
 * It ends. Returns the next release, always ahead of now: releases that have passed meanwhile are
 * missed and left out.
 */
uint64_t critical_end(struct critical *c, uint64_t now, uint64_t cycles);

/* Round and round over the bytes of an image, a piece each time. */
struct critical_check {
	const uint8_t *image;
	size_t image_bytes;
	size_t at;
	uint32_t sum, sum_expected;
	uint64_t rounds; /* complete ones */
};

#define CRITICAL_PIECE 2048u

/*
 * The work of a job, the same each time: a checksum goes on over the next CRITICAL_PIECE bytes.
 * False: a round gave another sum than the first.
 */
bool critical_check(struct critical_check *check);

#endif
