/* SPDX-License-Identifier: BSD-2-Clause */
/* The books of the critical task, against numbers worked out by hand, and its check of an image. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "critical.h"

#define FIRST 1000u
#define PERIOD 100u
#define DEADLINE 50u

static struct critical fresh(void)
{
	struct critical c;

	critical_init(&c, FIRST, PERIOD, DEADLINE);
	return c;
}

/* A job that starts late and takes work, in ticks; a tick is ten cycles. */
static uint64_t job(struct critical *c, uint64_t late, uint64_t work)
{
	uint64_t start = c->release + late;

	critical_begin(c, start, start * 10u);
	return critical_end(c, start + work, (start + work) * 10u);
}

static void in_time(void **state)
{
	struct critical c = fresh();

	(void)state;
	assert_int_equal(job(&c, 0, 10), FIRST + PERIOD);
	assert_int_equal(job(&c, 7, 20), FIRST + 2 * PERIOD);
	assert_int_equal(job(&c, 3, 10), FIRST + 3 * PERIOD);
	assert_int_equal(c.runs, 3);
	assert_int_equal(c.misses, 0);
	assert_int_equal(c.late_worst, 7);
	assert_int_equal(c.late_sum, 10);
	assert_int_equal(c.response_worst, 27);
	assert_int_equal(c.interval_least_cycles, 960);
	assert_int_equal(c.interval_most_cycles, 1070);
	assert_int_equal(c.work_worst_cycles, 200);
}

static void deadline(void **state)
{
	struct critical c = fresh();

	(void)state;
	job(&c, 0, DEADLINE);
	assert_int_equal(c.misses, 0);
	assert_int_equal(job(&c, 0, DEADLINE + 1), FIRST + 2 * PERIOD);
	assert_int_equal(c.misses, 1);
	assert_int_equal(job(&c, DEADLINE, 1), FIRST + 3 * PERIOD);
	assert_int_equal(c.misses, 2);
}

/* A release that has passed when a job ends is a miss of its own, and never comes. */
static void releases_passed(void **state)
{
	struct critical c = fresh();

	(void)state;
	assert_int_equal(job(&c, 0, PERIOD - 1), FIRST + PERIOD);
	assert_int_equal(c.misses, 1);
	assert_int_equal(job(&c, 0, PERIOD), FIRST + 3 * PERIOD);
	assert_int_equal(c.misses, 3);
	assert_int_equal(job(&c, 5 * PERIOD + 1, 1), FIRST + 9 * PERIOD);
	assert_int_equal(c.misses, 9);
	assert_int_equal(c.runs, 3);
}

/* The next release is always ahead, and always on the grid. */
static void grid(void **state)
{
	struct critical c = fresh();
	uint64_t random = 1, jobs = 0;

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		uint64_t late, work, before = c.release, next;

		random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
		late = random >> 60;
		work = random >> 32 & (i % 7 == 0 ? 0x3ffu : 0x1fu);
		next = job(&c, late, work);
		assert_true(next > before + late + work);
		assert_true(next - (before + late + work) <= PERIOD);
		assert_int_equal((next - FIRST) % PERIOD, 0);
		jobs += (next - before) / PERIOD;
	}
	assert_int_equal(c.runs, 10000);
	assert_int_equal((c.release - FIRST) / PERIOD, jobs);
	assert_true(c.misses >= jobs - c.runs);
}

static void image(void **state)
{
	static uint8_t bytes[3 * CRITICAL_PIECE + 5];
	struct critical_check check = {.image = bytes, .image_bytes = sizeof(bytes)};

	(void)state;
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7u);
	for (unsigned i = 0; i < 12; i++)
		assert_true(critical_check(&check));
	assert_int_equal(check.rounds, 3);
	assert_int_equal(check.at, 0);
	bytes[sizeof(bytes) - 1] ^= 1;
	for (unsigned i = 0; i < 3; i++)
		assert_true(critical_check(&check));
	assert_false(critical_check(&check));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(in_time),	       cmocka_unit_test(deadline),
	    cmocka_unit_test(releases_passed), cmocka_unit_test(grid),
	    cmocka_unit_test(image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
