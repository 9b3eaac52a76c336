/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rng.h - seeded random numbers, integers only, so that a seed means the same on every machine.
 *
 * Streams are independent: each fault, flow and chooser has its own, so that muting one does not
 * change what the others draw.
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include <stdint.h>

struct sim_rng {
	uint64_t state;
};

/* A stream of its own for each (seed, stream) pair. */
void sim_rng_init(struct sim_rng *r, uint64_t seed, uint64_t stream);

/* Probability 0..1 as a threshold for sim_rng_hit. */
uint64_t sim_rng_threshold(double probability);

/* Opportunities to pass over before the next one with this probability hits (geometric
 * distribution); UINT64_MAX for probability 0. */
uint64_t sim_rng_gap(struct sim_rng *r, double probability);

/* Exponentially distributed with this mean, rounded down. */
uint64_t sim_rng_exponential(struct sim_rng *r, uint64_t mean);

/* 64 random bits (SplitMix64: a Weyl sequence and a finaliser). */
static inline uint64_t sim_rng_next(struct sim_rng *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Uniform in 0..limit inclusive. */
static inline uint64_t sim_rng_upto(struct sim_rng *r, uint64_t limit)
{
	return limit == UINT64_MAX
		   ? sim_rng_next(r)
		   : (uint64_t)((unsigned __int128)sim_rng_next(r) * (limit + 1u) >> 64);
}

/* True with the probability that threshold stands for. */
static inline int sim_rng_hit(struct sim_rng *r, uint64_t threshold)
{
	return threshold != 0u && (threshold == UINT64_MAX || sim_rng_next(r) < threshold);
}

#endif
