/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

#include <cmocka.h>

#include "report_plot.h"

#define LABELS_MAX 7u

static uint64_t rng_state = 0x9e3779b97f4a7c15ull;

static uint64_t rng_next(void)
{
	rng_state ^= rng_state << 13;
	rng_state ^= rng_state >> 7;
	rng_state ^= rng_state << 17;
	return rng_state;
}

/* Of any magnitude up to 2^63 - 1, the largest number a result can hold. */
static uint64_t rng_value(void)
{
	uint64_t bits = rng_next();

	return rng_next() >> (1u + bits % 63u);
}

static bool is_round(uint64_t value)
{
	while (value && value % 10u == 0)
		value /= 10u;
	return value == 1 || value == 2 || value == 5;
}

static void test_log2(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 64; i++)
		assert_int_equal(report_log2(1ull << i), i << 16);
	assert_int_equal(report_log2(0), 0);
	assert_int_equal(report_log2(3), 103872);  /* 1.584962... * 65536 = 103872.1... */
	assert_int_equal(report_log2(10), 217705); /* 3.321928... * 65536 = 217705.8... */
	for (int i = 0; i < 20000; i++) {
		uint64_t a = rng_value(), b = rng_value();

		assert_true(a > b || report_log2(a) <= report_log2(b));
	}
}

static void test_round_numbers(void **state)
{
	(void)state;
	assert_int_equal(report_round_down(1), 1);
	assert_int_equal(report_round_down(49), 20);
	assert_int_equal(report_round_down(50), 50);
	assert_int_equal(report_round_up(51), 100);
	assert_int_equal(report_round_up(2), 2);
	assert_int_equal(report_round_up(3), 5);
	for (int i = 0; i < 20000; i++) {
		uint64_t value = rng_value() | 1u;
		uint64_t down = report_round_down(value), up = report_round_up(value);

		assert_true(is_round(down) && is_round(up));
		assert_true(down <= value && value <= up);
		assert_true(up / 5u <= down);
		assert_int_equal(report_round_up(up), up);
		assert_int_equal(report_round_down(down), down);
	}
}

static void check_ticks(const struct report_axis *axis, uint64_t low, uint64_t high)
{
	assert_in_range(axis->ticks, 1, LABELS_MAX);
	for (unsigned int i = 0; i < axis->ticks; i++) {
		assert_true(axis->value[i] >= low && axis->value[i] <= high);
		assert_true(axis->at[i] <= REPORT_PLOT_UNITS);
		if (!i)
			continue;
		assert_true(axis->value[i] > axis->value[i - 1]);
		assert_true(axis->at[i] > axis->at[i - 1]);
	}
}

static void test_linear_axis(void **state)
{
	struct report_axis axis;

	(void)state;
	report_axis_linear(&axis, 505000000);
	assert_int_equal(axis.ticks, 6);
	assert_int_equal(axis.value[5], 500000000);
	assert_int_equal(axis.at[5], 990);
	report_axis_linear(&axis, 1);
	check_ticks(&axis, 0, 1);
	for (int i = 0; i < 20000; i++) {
		uint64_t max = rng_value() | 1u;

		report_axis_linear(&axis, max);
		check_ticks(&axis, 0, max);
		assert_int_equal(axis.value[0], 0);
		assert_true(axis.ticks >= 2);
	}
}

static void test_log_axis(void **state)
{
	struct report_axis axis;

	(void)state;
	report_axis_log(&axis, 1000, 50000);
	assert_int_equal(axis.ticks, 6);
	assert_int_equal(axis.value[1], 2000);
	assert_int_equal(axis.at[0], 0);
	assert_int_equal(axis.at[5], REPORT_PLOT_UNITS);
	report_axis_log(&axis, 200000, 500000);
	assert_int_equal(axis.value[1], 300000);
	for (int i = 0; i < 20000; i++) {
		uint64_t low = report_round_down(rng_value() | 1u), high = rng_value() | 1u;

		high = report_round_up(high);
		if (high <= low)
			continue;
		report_axis_log(&axis, low, high);
		check_ticks(&axis, low, high);
		assert_true(axis.ticks >= 2);
	}
}

static void test_positions(void **state)
{
	(void)state;
	assert_int_equal(report_linear_at(0, 0), 0);
	assert_int_equal(report_linear_at(5, 10), 500);
	assert_int_equal(report_linear_at(11, 10), REPORT_PLOT_UNITS);
	assert_int_equal(report_linear_at(UINT64_MAX, UINT64_MAX), REPORT_PLOT_UNITS);
	assert_int_equal(report_log_at(10, 1, 100), 500);
	assert_int_equal(report_log_at(0, 1, 100), 0);
	assert_int_equal(report_log_at(1000, 1, 100), REPORT_PLOT_UNITS);
	assert_int_equal(report_log_at(7, 7, 7), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_log2),	cmocka_unit_test(test_round_numbers),
	    cmocka_unit_test(test_linear_axis), cmocka_unit_test(test_log_axis),
	    cmocka_unit_test(test_positions),
	};

	return cmocka_run_group_tests_name("report_plot", tests, NULL, NULL);
}
