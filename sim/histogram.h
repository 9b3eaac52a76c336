/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * histogram.h - a latency histogram of fixed size for any 64-bit number of ns.
 *
 * Values below 64 ns have a bucket each; above, each power of two is cut into 64 buckets of equal
 * width, so that a bucket is at most 1/64 of its lowest value wide. What is reported of a bucket is
 * its upper end: never too low, and too high by at most 1.6 %. Count, minimum, maximum and mean are
 * exact.
 *
 * Plain data, 30 KiB, no allocation. Anybody may call, one thread at a time for one histogram.
 */
#ifndef SIM_HISTOGRAM_H
#define SIM_HISTOGRAM_H

#include <stdbool.h>
#include <stdint.h>

#define HISTOGRAM_SUB_BITS 6u
#define HISTOGRAM_SUBS (1u << HISTOGRAM_SUB_BITS)
#define HISTOGRAM_BUCKETS ((64u - HISTOGRAM_SUB_BITS + 1u) * HISTOGRAM_SUBS)

/* A percentile is given in thousandths of a percent: 99 900 is the 99.9th. */
#define HISTOGRAM_PERCENT 1000u

struct histogram {
	uint64_t count;
	uint64_t min_ns, max_ns;    /* valid if count != 0 */
	uint64_t sum_high, sum_low; /* of all values, 128 bits */
	uint64_t bucket[HISTOGRAM_BUCKETS];
};

/* Empty. A zeroed struct is empty too. */
void histogram_reset(struct histogram *h);

/* Takes one value. The counts are good for 2^64 - 1 values. */
void histogram_record(struct histogram *h, uint64_t value_ns);

/* Adds all values of from to into; the two may not be the same object. */
void histogram_merge(struct histogram *into, const struct histogram *from);

/* Sum by count, rounded down; 0 if empty. */
uint64_t histogram_mean(const struct histogram *h);

/*
 * The value that at least so many of the values don't exceed: percentile in thousandths of a
 * percent, 0 to 100 000, higher is taken as 100 000. The answer is within [min_ns, max_ns], and
 * exact for 100 000. The percentile 0 stands for the first value. 0 if empty.
 */
uint64_t histogram_percentile(const struct histogram *h, uint32_t percentile);

/* A bucket that holds something: count values from lower_ns to upper_ns, both included. */
struct histogram_bucket {
	uint64_t lower_ns, upper_ns;
	uint64_t count;
	unsigned int next; /* where histogram_next goes on; 0 before the first call */
};

/* Steps to the next bucket that is not empty, in rising order; false after the last. */
bool histogram_next(const struct histogram *h, struct histogram_bucket *bucket);

#endif
