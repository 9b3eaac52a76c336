/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "iwc_bucket.h"

#define GRANTS_MAX 4096u

static void starts_full(void **state)
{
	struct iwc_bucket b;

	(void)state;
	iwc_bucket_init(&b, 100, 3, 5000);
	assert_int_equal(iwc_bucket_due_ns(&b), UINT64_MAX);
	assert_true(iwc_bucket_take(&b, 5000));
	assert_true(iwc_bucket_take(&b, 5000));
	assert_true(iwc_bucket_take(&b, 5000));
	assert_int_equal(iwc_bucket_due_ns(&b), UINT64_MAX);
	assert_false(iwc_bucket_take(&b, 5000));
	assert_true(b.pending);
}

static void zero_parameters_are_one(void **state)
{
	struct iwc_bucket b;

	(void)state;
	iwc_bucket_init(&b, 0, 0, 7);
	assert_int_equal(b.interval_ns, 1);
	assert_int_equal(b.burst, 1);
	assert_true(iwc_bucket_take(&b, 7));
	assert_false(iwc_bucket_take(&b, 7));
	assert_true(iwc_bucket_take(&b, 8));
}

/* A doorbell that finds the bucket empty is delivered once, at the next token, not before. */
static void remembered_doorbell(void **state)
{
	struct iwc_bucket b;

	(void)state;
	iwc_bucket_init(&b, 100, 1, 0);
	assert_false(iwc_bucket_release(&b, 0));
	assert_true(iwc_bucket_take(&b, 0));
	for (unsigned i = 0; i < 5u; i++)
		assert_false(iwc_bucket_take(&b, i));
	assert_int_equal(iwc_bucket_due_ns(&b), 100);
	assert_false(iwc_bucket_release(&b, 99));
	assert_true(b.pending);
	assert_true(iwc_bucket_release(&b, 100));
	/* Five requests were merged into the one that was remembered. */
	assert_false(b.pending);
	assert_false(iwc_bucket_release(&b, 1000));
	assert_int_equal(iwc_bucket_due_ns(&b), UINT64_MAX);
}

/* The interrupt that a later request raises serves the remembered one too. */
static void take_serves_the_remembered(void **state)
{
	struct iwc_bucket b;

	(void)state;
	iwc_bucket_init(&b, 100, 1, 0);
	assert_true(iwc_bucket_take(&b, 0));
	assert_false(iwc_bucket_take(&b, 50));
	assert_true(iwc_bucket_take(&b, 250));
	assert_false(b.pending);
	assert_false(iwc_bucket_release(&b, 10000));
}

/* Parts of an interval are kept: tokens come at multiples of it, not at the time of asking. */
static void fractions_are_kept(void **state)
{
	struct iwc_bucket b;

	(void)state;
	iwc_bucket_init(&b, 100, 4, 0);
	for (unsigned i = 0; i < 4u; i++)
		assert_true(iwc_bucket_take(&b, 0));
	assert_false(iwc_bucket_take(&b, 60));
	assert_false(iwc_bucket_take(&b, 99));
	assert_true(iwc_bucket_take(&b, 150));
	assert_false(iwc_bucket_take(&b, 199));
	assert_true(iwc_bucket_take(&b, 200));
}

static void clock_backwards_adds_nothing(void **state)
{
	struct iwc_bucket b;

	(void)state;
	iwc_bucket_init(&b, 100, 2, 100000);
	assert_true(iwc_bucket_take(&b, 100000));
	assert_true(iwc_bucket_take(&b, 100000));
	assert_false(iwc_bucket_take(&b, 99999));
	assert_false(iwc_bucket_take(&b, 0));
	assert_int_equal(iwc_bucket_due_ns(&b), 100);
	assert_false(iwc_bucket_release(&b, 99));
	assert_true(iwc_bucket_release(&b, 100));
}

static void clock_jump_saturates(void **state)
{
	struct iwc_bucket b;
	unsigned granted = 0;

	(void)state;
	iwc_bucket_init(&b, 1, UINT32_MAX, 0);
	b.tokens = 0;
	assert_true(iwc_bucket_take(&b, UINT64_MAX));
	assert_int_equal(b.tokens, UINT32_MAX - 1u);

	iwc_bucket_init(&b, 3, 5, 0);
	for (unsigned i = 0; i < 10u; i++)
		granted += iwc_bucket_take(&b, 0);
	assert_int_equal(granted, 5);
	granted = 0;
	for (unsigned i = 0; i < 10u; i++)
		granted += iwc_bucket_take(&b, UINT64_MAX);
	assert_int_equal(granted, 5);
}

/* The sum of a time and an interval may leave 64 bits; "nothing waits" is a value of its own. */
static void due_at_the_end_of_time(void **state)
{
	struct iwc_bucket b;

	(void)state;
	iwc_bucket_init(&b, 10, 1, UINT64_MAX - 5u);
	assert_true(iwc_bucket_take(&b, UINT64_MAX - 5u));
	assert_false(iwc_bucket_take(&b, UINT64_MAX - 5u));
	assert_int_equal(iwc_bucket_due_ns(&b), UINT64_MAX - 1u);
	iwc_bucket_init(&b, 10, 1, UINT64_MAX - 10u);
	b.tokens = 0;
	b.pending = true;
	assert_int_equal(iwc_bucket_due_ns(&b), UINT64_MAX);
	b.tokens = 1;
	assert_int_equal(iwc_bucket_due_ns(&b), UINT64_MAX - 10u);
}

/* What release grants is due when iwc_bucket_due_ns says so: never earlier, never later. */
static void due_is_exact(void **state)
{
	struct iwc_bucket b;
	uint64_t now = 12345;

	(void)state;
	iwc_bucket_init(&b, 77, 2, now);
	for (unsigned i = 0; i < 50u; i++) {
		uint64_t due;

		for (unsigned k = 0; k < 3u; k++)
			iwc_bucket_take(&b, now);
		due = iwc_bucket_due_ns(&b);
		assert_true(due > now);
		assert_false(iwc_bucket_release(&b, due - 1u));
		assert_true(iwc_bucket_release(&b, due));
		now = due + i;
	}
}

/* P5 over all windows between two grants: at most burst + ceil(t / interval) in t ns. */
static void check_windows(const uint64_t *at, unsigned count, uint64_t interval, uint32_t burst)
{
	for (unsigned i = 0; i < count; i++)
		for (unsigned k = i; k < count; k++) {
			uint64_t t = at[k] - at[i];

			assert_true(k - i + 1u <= burst + (t + interval - 1u) / interval);
		}
}

static void window_bound(void **state)
{
	static uint64_t at[GRANTS_MAX];
	uint32_t x = 7;

	(void)state;
	for (unsigned round = 0; round < 40u; round++) {
		uint64_t interval = 1u + round * 13u % 101u, now = UINT32_MAX - 500u;
		uint32_t burst = 1u + round % 7u;
		struct iwc_bucket b;
		unsigned count = 0, asked = 0;

		iwc_bucket_init(&b, interval, burst, now);
		for (unsigned i = 0; i < 600u; i++) {
			x = x * 1664525u + 1013904223u;
			now += (x >> 24) % (2u * interval);
			/* A storm now and then, and the timer of the monitor. */
			asked = (x >> 16 & 15u) == 0u ? 10u : 1u;
			if (iwc_bucket_release(&b, now))
				at[count++] = now;
			while (asked-- != 0u)
				if (iwc_bucket_take(&b, now) && count < GRANTS_MAX)
					at[count++] = now;
		}
		assert_in_range(count, burst, GRANTS_MAX - 1u);
		check_windows(at, count, interval, burst);
	}
}

/* A steady request gets the rate that was promised, no less. */
static void rate_is_reached(void **state)
{
	struct iwc_bucket b;
	unsigned granted = 0;

	(void)state;
	iwc_bucket_init(&b, 10, 3, 0);
	for (uint64_t now = 0; now <= 10000u; now++)
		granted += iwc_bucket_take(&b, now);
	assert_int_equal(granted, 3u + 1000u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(starts_full),	    cmocka_unit_test(zero_parameters_are_one),
	    cmocka_unit_test(remembered_doorbell),  cmocka_unit_test(take_serves_the_remembered),
	    cmocka_unit_test(fractions_are_kept),   cmocka_unit_test(clock_backwards_adds_nothing),
	    cmocka_unit_test(clock_jump_saturates), cmocka_unit_test(due_at_the_end_of_time),
	    cmocka_unit_test(due_is_exact),	    cmocka_unit_test(window_bound),
	    cmocka_unit_test(rate_is_reached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
