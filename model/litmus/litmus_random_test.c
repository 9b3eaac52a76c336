/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random programs: the compact memory, the general machine and RC11's axioms find the same
 * outcomes and the same races; and the programs are such that this means something.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engines.h"

#define PROGRAMS 200u

static void batch(unsigned kind, struct litmus_tally *tally)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);
	bool agreed;

	assert_non_null(to);
	*tally = (struct litmus_tally){0};
	agreed = litmus_batch(kind, 11, PROGRAMS, tally, to);
	fclose(to);
	if (!agreed)
		print_message("%s", text);
	free(text);
	assert_true(agreed);
	assert_true(tally->programs > 0u);
}

static void two_worlds(void **state)
{
	struct litmus_tally t;

	(void)state;
	batch(0, &t);
	assert_true(t.weak > PROGRAMS / 20u);
	assert_true(t.thin_air > 0u);
	assert_true(t.arm > 0u);
	assert_int_equal(t.stronger, 0);
}

static void plain_lines(void **state)
{
	struct litmus_tally t;

	(void)state;
	batch(1, &t);
	assert_true(t.races > PROGRAMS / 10u && t.races < t.programs);
	batch(3, &t);
	assert_true(t.races > PROGRAMS / 10u && t.races < t.programs);
}

static void doorbells(void **state)
{
	struct litmus_tally t;

	(void)state;
	batch(2, &t);
	assert_true(t.weak > 0u);
}

static void many_writers(void **state)
{
	struct litmus_tally t;

	(void)state;
	batch(4, &t);
	assert_true(t.weak > 0u);
	assert_int_equal(t.stronger, 0);
}

static void three_and_four_threads(void **state)
{
	struct litmus_tally t;

	(void)state;
	for (unsigned kind = 5; litmus_batch_name(kind) != NULL; kind++)
		batch(kind, &t);
}

static void seed_decides(void **state)
{
	struct litmus_recipe recipe = {
	    .threads = 2, .words = 4, .least = 3, .most = 6, .guards = true};
	struct litmus_program a, b;

	(void)state;
	litmus_random(&recipe, 5, &a);
	litmus_random(&recipe, 5, &b);
	assert_memory_equal(&a, &b, sizeof(a));
	litmus_random(&recipe, 6, &b);
	assert_memory_not_equal(&a, &b, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_worlds),
	    cmocka_unit_test(plain_lines),
	    cmocka_unit_test(doorbells),
	    cmocka_unit_test(many_writers),
	    cmocka_unit_test(three_and_four_threads),
	    cmocka_unit_test(seed_decides),
	};

	return cmocka_run_group_tests_name("litmus_random", tests, NULL, NULL);
}
