/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Results that somebody has edited by hand, in every way a seeded generator thinks of: each is
 * either refused with a message, or becomes a page that stands up to report_walk().
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "report.h"
#include "report_walk.h"

#define ROUNDS 400
#define PAGE_MAX (1u << 21)

static char path[64] = "/tmp/iwc-mutate-XXXXXX";
static char *page;
static uint64_t rng_state;

static uint64_t rng_below(uint64_t end)
{
	rng_state ^= rng_state << 13;
	rng_state ^= rng_state >> 7;
	rng_state ^= rng_state << 17;
	return rng_state % end;
}

static json_t *any_value(void)
{
	static const char *const texts[] = {
	    "",	  "x",	       "PASS", "ns", "s-to-ns", "frame", "<b a='\"&>", "\xe2\x80\xae\x01",
	    "P1", "]]>--><!--"};
	static const json_int_t numbers[] = {0, 1, -1, 2, 100, INT64_MAX, INT64_MIN, 1000000007};

	switch (rng_below(8)) {
	case 0:
		return json_null();
	case 1:
		return json_boolean(rng_below(2));
	case 2:
		return json_real(0.5);
	case 3:
		return json_object();
	case 4:
		return json_array();
	case 5:
		return json_integer(numbers[rng_below(sizeof(numbers) / sizeof(numbers[0]))]);
	default:
		return json_string(texts[rng_below(sizeof(texts) / sizeof(texts[0]))]);
	}
}

static void mutate(json_t *value, unsigned int depth);

static void mutate_object(json_t *object, unsigned int depth)
{
	uint64_t skip = rng_below(json_object_size(object));
	void *it = json_object_iter(object);
	char key[64];

	while (skip--)
		it = json_object_iter_next(object, it);
	if (rng_below(4) && depth < 6) {
		mutate(json_object_iter_value(it), depth + 1);
		return;
	}
	(void)snprintf(key, sizeof(key), "%s", json_object_iter_key(it));
	if (rng_below(2))
		json_object_set_new(object, key, any_value());
	else
		json_object_del(object, key);
}

static void mutate_array(json_t *array, unsigned int depth)
{
	size_t at = (size_t)rng_below(json_array_size(array));

	if (rng_below(4) && depth < 6)
		mutate(json_array_get(array, at), depth + 1);
	else if (rng_below(3) == 0)
		json_array_remove(array, at);
	else if (rng_below(2))
		json_array_set_new(array, at, any_value());
	else
		json_array_insert_new(array, at, json_deep_copy(json_array_get(array, at)));
}

/* One change somewhere below value; numbers change in place, so that the shape often stays right.
 */
static void mutate(json_t *value, unsigned int depth)
{
	if (json_object_size(value))
		mutate_object(value, depth);
	else if (json_array_size(value))
		mutate_array(value, depth);
	else if (json_is_integer(value))
		json_integer_set(value,
				 (json_int_t)(rng_below(UINT64_MAX) >> rng_below(64)) & INT64_MAX);
	else if (json_is_string(value))
		json_string_set(value, rng_below(2) ? "</td>" : "PASS");
}

static void read_page(void)
{
	FILE *file = fopen(path, "rb");
	size_t len;

	assert_non_null(file);
	len = fread(page, 1, PAGE_MAX - 1, file);
	page[len] = '\0';
	assert_in_range(len, 1, PAGE_MAX - 2);
	assert_int_equal(fclose(file), 0);
}

static void run(const char *name)
{
	unsigned int refused = 0, written = 0;
	json_t *original = json_load_file(name, JSON_ALLOW_NUL, NULL);

	assert_non_null(original);
	for (int round = 0; round < ROUNDS; round++) {
		json_t *value = json_deep_copy(original);
		const char *where = page, *error;
		char err[300] = "";
		int status;

		for (uint64_t n = 1 + rng_below(4); n; n--)
			mutate(value, 0);
		status = report_write(value, NULL, path, err, sizeof(err));
		json_decref(value);
		if (status) {
			assert_int_equal(status, -2);
			assert_non_null(strstr(err, ": "));
			assert_null(strchr(err, '\n'));
			refused++;
			continue;
		}
		read_page();
		error = report_walk(page, &where);
		if (error)
			fail_msg("%s, round %d: %s: %.120s", name, round, error, where);
		written++;
	}
	json_decref(original);
	/* Were it all the one or all the other, the mutations would be worth nothing. */
	assert_in_range(refused, ROUNDS / 10, ROUNDS - ROUNDS / 10);
	assert_in_range(written, ROUNDS / 10, ROUNDS - ROUNDS / 10);
}

static void test_partial(void **state)
{
	(void)state;
	rng_state = 1;
	run("sim/testdata/report/partial.json");
}

static void test_threads(void **state)
{
	(void)state;
	rng_state = 2;
	run("sim/testdata/report/threads.json");
}

static void test_hostile(void **state)
{
	(void)state;
	rng_state = 3;
	run("sim/testdata/report/hostile.json");
}

static int begin(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	page = malloc(PAGE_MAX);
	return fd < 0 || !page ? -1 : close(fd);
}

static int end(void **state)
{
	(void)state;
	free(page);
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_partial),
	    cmocka_unit_test(test_threads),
	    cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests_name("report_mutate", tests, begin, end);
}
