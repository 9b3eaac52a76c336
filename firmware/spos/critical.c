/* SPDX-License-Identifier: BSD-2-Clause */
#include "critical.h"

#include "iwc_crc32c.h"

void critical_init(struct critical *c, uint64_t first_release, uint64_t period, uint64_t deadline)
{
	*c = (struct critical){
	    .period = period,
	    .deadline = deadline,
	    .release = first_release,
	    .interval_least_cycles = UINT64_MAX,
	};
}

static void raise_to(uint64_t *worst, uint64_t value)
{
	if (value > *worst)
		*worst = value;
}

void critical_begin(struct critical *c, uint64_t now, uint64_t cycles)
{
	const uint64_t late = now - c->release, interval = cycles - c->started_cycles;

	raise_to(&c->late_worst, late);
	c->late_sum += late;
	if (c->runs != 0) {
		raise_to(&c->interval_most_cycles, interval);
		if (interval < c->interval_least_cycles)
			c->interval_least_cycles = interval;
	}
	c->started_cycles = cycles;
}

uint64_t critical_end(struct critical *c, uint64_t now, uint64_t cycles)
{
	const uint64_t response = now - c->release;

	c->runs++;
	raise_to(&c->response_worst, response);
	raise_to(&c->work_worst_cycles, cycles - c->started_cycles);
	if (response > c->deadline)
		c->misses++;
	/* A release now would find the task still at the one before. */
	c->misses += response / c->period;
	c->release += (response / c->period + 1u) * c->period;
	return c->release;
}

bool critical_check(struct critical_check *check)
{
	const size_t left = check->image_bytes - check->at;
	const size_t n = left < CRITICAL_PIECE ? left : CRITICAL_PIECE;

	check->sum = iwc_crc32c(check->sum, check->image + check->at, n);
	check->at += n;
	if (check->at != check->image_bytes)
		return true;
	if (check->rounds == 0)
		check->sum_expected = check->sum;
	if (check->sum != check->sum_expected)
		return false;
	check->rounds++;
	check->sum = 0;
	check->at = 0;
	return true;
}
