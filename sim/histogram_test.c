/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "histogram.h"

static struct histogram h, other;

static uint64_t rng_state;

static uint64_t rng_next(void)
{
	rng_state ^= rng_state << 13;
	rng_state ^= rng_state >> 7;
	rng_state ^= rng_state << 17;
	return rng_state;
}

/* Of any magnitude, small ones as often as large ones. */
static uint64_t rng_value(void)
{
	uint64_t bits = rng_next();

	return rng_next() >> (bits & 63u);
}

static int setup(void **state)
{
	(void)state;
	histogram_reset(&h);
	histogram_reset(&other);
	rng_state = 0x2545f4914f6cdd1dull;
	return 0;
}

static void test_empty(void **state)
{
	struct histogram_bucket bucket = {0};

	(void)state;
	assert_int_equal(h.count, 0);
	assert_int_equal(histogram_mean(&h), 0);
	assert_int_equal(histogram_percentile(&h, 50000), 0);
	assert_false(histogram_next(&h, &bucket));
	assert_false(histogram_next(&h, &bucket));
}

static void test_one_value_is_every_percentile(void **state)
{
	static const uint64_t values[] = {0, 1, 63, 64, 65, 127, 128, 129, 1000003, UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		histogram_reset(&h);
		histogram_record(&h, values[i]);
		assert_int_equal(h.min_ns, values[i]);
		assert_int_equal(h.max_ns, values[i]);
		assert_int_equal(histogram_mean(&h), values[i]);
		assert_int_equal(histogram_percentile(&h, 0), values[i]);
		assert_int_equal(histogram_percentile(&h, 50000), values[i]);
		assert_int_equal(histogram_percentile(&h, 100000), values[i]);
		assert_int_equal(histogram_percentile(&h, UINT32_MAX), values[i]);
	}
}

/* Below 128 ns a bucket is one value, so that percentiles are exact. */
static void test_small_values_are_exact(void **state)
{
	(void)state;
	for (uint64_t v = 1; v <= 100; v++)
		histogram_record(&h, v);
	for (uint32_t p = 1; p <= 100; p++)
		assert_int_equal(histogram_percentile(&h, p * HISTOGRAM_PERCENT), p);
	assert_int_equal(histogram_percentile(&h, 50001), 51);
	assert_int_equal(histogram_percentile(&h, 49999), 50);
	assert_int_equal(histogram_percentile(&h, 1), 1);
	assert_int_equal(histogram_mean(&h), 50);
}

static void test_edges_of_buckets(void **state)
{
	static const struct {
		uint64_t value, lower, upper;
	} rows[] = {
	    {63, 63, 63},
	    {64, 64, 64},
	    {127, 127, 127},
	    {128, 128, 129},
	    {129, 128, 129},
	    {130, 130, 131},
	    {255, 254, 255},
	    {256, 256, 259},
	    {1000, 1000, 1007},
	    {1ull << 63, 1ull << 63, (1ull << 63) + (1ull << 57) - 1},
	    {UINT64_MAX, UINT64_MAX - (1ull << 57) + 1, UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct histogram_bucket bucket = {0};

		histogram_reset(&h);
		histogram_record(&h, rows[i].value);
		assert_true(histogram_next(&h, &bucket));
		assert_int_equal(bucket.lower_ns, rows[i].lower);
		assert_int_equal(bucket.upper_ns, rows[i].upper);
		assert_int_equal(bucket.count, 1);
		assert_false(histogram_next(&h, &bucket));
	}
}

/* Every bucket begins where the one before ends, over all 64 bits. */
static void test_buckets_leave_no_gap(void **state)
{
	struct histogram_bucket bucket = {0};
	uint64_t expected = 0;
	unsigned int buckets = 0;

	(void)state;
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++)
		h.bucket[i] = i + 1u;
	while (histogram_next(&h, &bucket)) {
		assert_int_equal(bucket.lower_ns, expected);
		assert_true(bucket.upper_ns >= bucket.lower_ns);
		assert_true(bucket.upper_ns - bucket.lower_ns <= bucket.lower_ns / 64u);
		assert_int_equal(bucket.count, buckets + 1u);
		expected = bucket.upper_ns + 1u;
		buckets++;
	}
	assert_int_equal(buckets, HISTOGRAM_BUCKETS);
	assert_int_equal(expected, 0);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Against the sorted values themselves: never below, at most 1/64 above. */
static void test_percentiles_against_sorted_values(void **state)
{
	static const uint32_t percentiles[] = {0,     1,     1000,  50000, 90000,
					       99000, 99900, 99999, 100000};
	static uint64_t values[5000];
	const size_t count = sizeof(values) / sizeof(values[0]);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		values[i] = rng_value();
		histogram_record(&h, values[i]);
	}
	qsort(values, count, sizeof(values[0]), compare);
	for (size_t i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]); i++) {
		size_t rank = (percentiles[i] * count + 99999u) / 100000u;
		uint64_t exact = values[rank ? rank - 1u : 0];
		uint64_t got = histogram_percentile(&h, percentiles[i]);

		assert_true(got >= exact);
		assert_true(got - exact <= exact / 64u);
	}
	assert_int_equal(h.min_ns, values[0]);
	assert_int_equal(histogram_percentile(&h, 100000), values[count - 1u]);
}

static void test_mean_survives_128_bit_sums(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		histogram_record(&h, UINT64_MAX);
	assert_int_equal(histogram_mean(&h), UINT64_MAX);
	assert_int_equal(h.sum_high, 4);
	histogram_record(&h, 1);
	assert_int_equal(histogram_mean(&h), UINT64_MAX / 6u * 5u + 2u);
}

static void test_merge_is_recording_both(void **state)
{
	static struct histogram all, empty;

	(void)state;
	histogram_reset(&all);
	for (int i = 0; i < 3000; i++) {
		uint64_t value = rng_value();

		histogram_record(&all, value);
		histogram_record(i % 3 ? &h : &other, value);
	}
	histogram_merge(&h, &other);
	assert_memory_equal(&h, &all, sizeof(all));
	histogram_merge(&h, &empty);
	assert_memory_equal(&h, &all, sizeof(all));
	histogram_merge(&empty, &h);
	assert_memory_equal(&empty, &all, sizeof(all));
}

/* Counts beyond 2^64 / 100 000 would overflow a plain product of count and percentile. */
static void test_huge_counts(void **state)
{
	(void)state;
	h.count = UINT64_MAX;
	h.bucket[10] = UINT64_MAX / 2u;
	h.bucket[20] = UINT64_MAX - UINT64_MAX / 2u;
	h.min_ns = 10;
	h.max_ns = 20;
	assert_int_equal(histogram_percentile(&h, 49999), 10);
	assert_int_equal(histogram_percentile(&h, 50001), 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_empty, setup),
	    cmocka_unit_test_setup(test_one_value_is_every_percentile, setup),
	    cmocka_unit_test_setup(test_small_values_are_exact, setup),
	    cmocka_unit_test_setup(test_edges_of_buckets, setup),
	    cmocka_unit_test_setup(test_buckets_leave_no_gap, setup),
	    cmocka_unit_test_setup(test_percentiles_against_sorted_values, setup),
	    cmocka_unit_test_setup(test_mean_survives_128_bit_sums, setup),
	    cmocka_unit_test_setup(test_merge_is_recording_both, setup),
	    cmocka_unit_test_setup(test_huge_counts, setup),
	};

	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
