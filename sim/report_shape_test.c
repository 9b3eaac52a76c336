/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report.h"
#include "report_shape.h"

#define MINIMAL                                                                                    \
	"\"schema\":\"iwc-result-1\",\"scenario\":{\"name\":\"a\"},\"seed\":\"7\","                \
	"\"mode\":\"virtual\",\"verdict\":\"PASS\""

static char *file_text(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, 1u << 18);

	assert_non_null(file);
	assert_non_null(text);
	assert_in_range(fread(text, 1, (1u << 18) - 1, file), 1, (1u << 18) - 2);
	assert_int_equal(fclose(file), 0);
	return text;
}

/* What the check says of this JSON text: "" if it is a result. */
static void check(const char *text, const char *expected)
{
	char err[300] = "";
	json_t *value = json_loads(text, 0, NULL);

	assert_non_null(value);
	assert_int_equal(report_result_check(value, err, sizeof(err)), expected[0] ? -2 : 0);
	assert_string_equal(err, expected);
	json_decref(value);
}

static void test_minimal_result(void **state)
{
	(void)state;
	check("{" MINIMAL "}", "");
	check("{" MINIMAL ",\"unknown\":[1],\"lanes\":null,\"threat\":null}", "");
}

static void test_nothing(void **state)
{
	char err[100];

	(void)state;
	assert_int_equal(report_result_check(NULL, err, sizeof(err)), -2);
	assert_string_equal(err, "result: is missing");
	check("[]", "result: a list, expected an object");
}

static void test_each_required_member(void **state)
{
	(void)state;
	for (const struct report_member *m = report_result_shape.members; m->name; m++) {
		json_t *value = json_loads("{" MINIMAL "}", 0, NULL);
		char err[200] = "", expected[200] = "";

		(void)json_object_del(value, m->name);
		if (m->required)
			(void)snprintf(expected, sizeof(expected), "%s: is missing", m->name);
		assert_int_equal(report_result_check(value, err, sizeof(err)),
				 m->required ? -2 : 0);
		assert_string_equal(err, expected);
		json_decref(value);
	}
}

static void test_messages_say_place_and_cause(void **state)
{
	static const struct {
		const char *member, *message;
	} rows[] = {
	    {"\"partial\":1", "partial: an integer, expected true or false"},
	    {"\"steps\":-1", "steps: -1, expected an integer of at least 0"},
	    {"\"steps\":1.5", "steps: a number with a fraction, expected an integer"},
	    {"\"off\":[\"a\",7]", "off[1]: an integer, expected a text"},
	    {"\"failing_step\":-2", "failing_step: -2, expected an integer of at least -1"},
	    {"\"failing_step\":3",
	     "failing_step: 3, expected -1 or less than 0, the length of lanes"},
	    {"\"failing_step\":9223372036854775807",
	     "failing_step: 9223372036854775807, expected -1 or less than 0, the length of "
	     "lanes"},
	    {"\"counters\":{\"ns\":{\"a\\n\\\"b\":\"c\"}}",
	     "counters.ns.a??b: a text, expected an integer"},
	    {"\"occupancy\":[{\"direction\":\"ns-to-s\",\"class\":\"c\",\"lines\":4,"
	     "\"points\":[[0,1,2],[1,2]]}]",
	     "occupancy[0].points[1]: a list of 2, expected 3 numbers"},
	    {"\"occupancy\":[{\"direction\":\"ns\",\"class\":\"c\",\"lines\":4}]",
	     "occupancy[0].direction: \"ns\", expected one of ns-to-s, s-to-ns"},
	    {"\"lanes\":[{\"time_ns\":0,\"from\":\"s\",\"to\":\"s\",\"kind\":\"frame\"},7]",
	     "lanes[1]: an integer, expected an object"},
	    {"\"lanes\":[{\"time_ns\":0,\"from\":\"s\",\"to\":\"x\"}]",
	     "lanes[0].to: \"x\", expected one of ns, s, monitor"},
	    {"\"stack\":[]", "stack: a list, expected an object"},
	    {"\"threat\":{}", "threat.id: is missing"},
	    {"\"seed\":7", "seed: an integer, expected a text"},
	    {"\"schema\":\"iwc-result-2\"", "schema: \"iwc-result-2\", expected iwc-result-1"},
	    {"\"verdict\":null", "verdict: null, expected a text"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[600];

		/* The last of two members with the same name wins. */
		(void)snprintf(text, sizeof(text), "{" MINIMAL ",%s}", rows[i].member);
		check(text, rows[i].message);
	}
}

/* A word is compared whole: a NUL in a text must not hide what follows it. */
static void test_nul_in_a_word(void **state)
{
	json_t *value = json_loads("{" MINIMAL "}", 0, NULL);
	char err[200];

	(void)state;
	json_object_set_new(value, "mode", json_stringn("virtual\0x", 9));
	assert_int_equal(report_result_check(value, err, sizeof(err)), -2);
	assert_string_equal(err, "mode: \"virtual\", expected one of virtual, threads");
	json_decref(value);
}

static void test_small_buffer_for_the_message(void **state)
{
	char err[8] = "1234567";
	json_t *value = json_object();

	(void)state;
	assert_int_equal(report_result_check(value, err, sizeof(err)), -2);
	assert_string_equal(err, "schema:");
	json_decref(value);
}

static void test_rows_of_an_index(void **state)
{
	char err[200] = "";
	json_t *rows =
	    json_loads("[{\"scenario\":\"a\",\"on\":{\"verdict\":\"PASS\",\"dir\":\"a\"},"
		       "\"off\":{\"verdict\":\"FAIL\",\"dir\":\"b\"}}]",
		       0, NULL);

	(void)state;
	assert_int_equal(report_shape_check(&report_rows_shape, rows, "rows", err, sizeof(err)),
			 -1);
	assert_string_equal(err, "[0].off.expected: is missing");
	json_object_del(json_array_get(rows, 0), "off");
	assert_int_equal(report_shape_check(&report_rows_shape, rows, "rows", err, sizeof(err)), 0);
	json_decref(rows);
}

/* The file is made with: report_test --schema >docs/result.schema.json */
static void test_schema_file_is_current(void **state)
{
	char *file = file_text("docs/result.schema.json"), *schema = report_shape_schema();

	(void)state;
	assert_non_null(schema);
	assert_string_equal(file, schema);
	free(schema);
	free(file);
}

static void check_documented(const char *text, const struct report_shape *shape)
{
	char name[80];

	for (const struct report_member *m = shape->members; m && m->name; m++) {
		(void)snprintf(name, sizeof(name), "`%s`", m->name);
		if (!strstr(text, name))
			fail_msg("docs/result.md does not explain %s", name);
		check_documented(text, m->shape);
	}
	for (size_t i = 0; shape->words && shape->words[i]; i++)
		if (!strstr(text, shape->words[i]))
			fail_msg("docs/result.md does not explain the word %s", shape->words[i]);
	if (shape->item)
		check_documented(text, shape->item);
}

static void test_every_member_is_documented(void **state)
{
	char *text = file_text("docs/result.md");

	(void)state;
	check_documented(text, &report_result_shape);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_minimal_result),
	    cmocka_unit_test(test_nothing),
	    cmocka_unit_test(test_each_required_member),
	    cmocka_unit_test(test_messages_say_place_and_cause),
	    cmocka_unit_test(test_nul_in_a_word),
	    cmocka_unit_test(test_small_buffer_for_the_message),
	    cmocka_unit_test(test_rows_of_an_index),
	    cmocka_unit_test(test_schema_file_is_current),
	    cmocka_unit_test(test_every_member_is_documented),
	};

	return cmocka_run_group_tests_name("report_shape", tests, NULL, NULL);
}
