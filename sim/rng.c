/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No libm: logarithms come out of integer arithmetic, because the last bit of log() differs
 * between C libraries and a trace may not.
 */
#include "rng.h"

#include <stdbool.h>

void sim_rng_init(struct sim_rng *r, uint64_t seed, uint64_t stream)
{
	r->state = seed ^ (stream + 1u) * UINT64_C(0xd1342543de82ef95);
	r->state = sim_rng_next(r);
}

uint64_t sim_rng_threshold(double probability)
{
	if (!(probability > 0.0))
		return 0;
	if (probability >= 1.0)
		return UINT64_MAX;
	return (uint64_t)(probability * 18446744073709551616.0);
}

/* -log2(x / 2^64) for x >= 1, in units of 2^-32: the integer part by shifting, the rest by
 * squaring. */
static uint64_t minus_log2(uint64_t x)
{
	unsigned shift = (unsigned)__builtin_clzll(x);
	uint64_t m = x << shift, fraction = 0;

	for (unsigned i = 0; i < 32u; i++) {
		unsigned __int128 square = (unsigned __int128)m * m;
		bool carry = square >> 127 != 0u;

		fraction = fraction << 1 | carry;
		m = carry ? (uint64_t)(square >> 64) : (uint64_t)(square >> 63);
	}
	return ((uint64_t)(shift + 1u) << 32) - fraction;
}

uint64_t sim_rng_gap(struct sim_rng *r, double probability)
{
	uint64_t threshold = sim_rng_threshold(probability), u, rate;

	if (threshold == 0u)
		return UINT64_MAX;
	if (threshold == UINT64_MAX)
		return 0;
	u = sim_rng_next(r) | 1u;
	rate = minus_log2((UINT64_MAX - threshold) | 1u);
	if (rate == 0u)
		rate = 1;
	return minus_log2(u) / rate;
}

uint64_t sim_rng_exponential(struct sim_rng *r, uint64_t mean)
{
	/* ln 2 in units of 2^-32 */
	const uint64_t ln2 = UINT64_C(2977044472);
	uint64_t log2 = minus_log2(sim_rng_next(r) | 1u);
	unsigned __int128 product = (unsigned __int128)log2 * ln2;

	return (uint64_t)((unsigned __int128)(uint64_t)(product >> 32) * mean >> 32);
}
