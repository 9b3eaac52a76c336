/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Without arguments the tests; "--render RESULT PAGE" writes the page of a result (or, for a list,
 * an index) for looking at and for sim/report.bats; "--schema" prints docs/result.schema.json.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "report.h"
#include "report_shape.h"
#include "report_walk.h"

#define SAMPLES "sim/testdata/report/"

static const char *const samples[] = {"good", "fail", "partial", "threads", "minimal", "hostile"};
static const char scenario[] = "name = \"x\";\nseed = 7;\nchannel: {\n\tclasses = ( );\n};\n";

static char folder[64] = "/tmp/iwc-report-XXXXXX";
static char page_path[96];

static json_t *load(const char *path)
{
	json_error_t error;
	json_t *value = json_load_file(path, JSON_ALLOW_NUL, &error);

	if (!value)
		fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
	return value;
}

static json_t *sample(const char *name)
{
	char path[128];
	json_t *value;

	(void)snprintf(path, sizeof(path), SAMPLES "%s.json", name);
	value = load(path);
	assert_non_null(value);
	return value;
}

static char *page_text(void)
{
	FILE *file = fopen(page_path, "rb");
	char *text;
	long len;

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	len = ftell(file);
	rewind(file);
	text = calloc(1, (size_t)len + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)len, file), (size_t)len);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(strlen(text), (size_t)len);
	return text;
}

static void check_page(const char *page)
{
	const char *where = page, *error = report_walk(page, &where);

	if (error)
		fail_msg("%s: %.120s", error, where);
}

/* The page of a result, freed by the caller. */
static char *render(const json_t *result, const char *text)
{
	char err[300] = "", *page;

	if (report_write(result, text, page_path, err, sizeof(err)))
		fail_msg("%s", err);
	page = page_text();
	check_page(page);
	return page;
}

static unsigned int occurrences(const char *page, const char *word)
{
	unsigned int count = 0;

	for (const char *at = strstr(page, word); at; at = strstr(at + 1, word))
		count++;
	return count;
}

static void test_samples(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		json_t *result = sample(samples[i]);
		char *page = render(result, scenario), *again = render(result, scenario);

		assert_string_equal(page, again);
		assert_non_null(strstr(page, "classes = ( );"));
		assert_null(strcasestr(page, "<script"));
		assert_null(strcasestr(page, "<img"));
		free(page);
		free(again);
		json_decref(result);
	}
}

/* What a reader looks for first: the verdict and the command, before everything else. */
static void test_verdict_and_command_on_top(void **state)
{
	json_t *result = sample("fail");
	char *page = render(result, NULL);
	const char *body = strstr(page, "<body>"), *first_table = strstr(page, "<table");
	const char *verdict, *command, *expected;

	(void)state;
	assert_non_null(body);
	assert_non_null(first_table);
	verdict = strstr(body, "</svg>FAIL</span>");
	command = strstr(body, "iwc run scenarios/t04-length-past-end.cfg --countermeasure off "
			       "--seed 18446744073709551615");
	expected = strstr(body, "As expected:");
	assert_true(verdict && verdict < first_table);
	assert_true(command && command < first_table);
	assert_true(expected && expected < first_table);
	assert_null(strstr(page, "id=\"scenario\""));
	free(page);
	json_decref(result);
}

/* Without the countermeasure and with nothing broken the page must not say that all is well. */
static void test_countermeasure_off_and_nothing_broke(void **state)
{
	json_t *result = sample("good");
	char *page;

	(void)state;
	json_object_set_new(result, "countermeasure", json_string("off"));
	page = render(result, NULL);
	assert_non_null(strstr(page, "Not as expected:"));
	assert_null(strstr(page, "As expected:"));
	free(page);
	json_decref(result);
}

static void test_failing_step_is_marked_once(void **state)
{
	json_t *result = sample("fail");
	char *page = render(result, NULL);
	const char *row = strstr(page, "<tr class=\"failing\" id=\"failing-step\">"), *end;

	(void)state;
	assert_non_null(row);
	end = strstr(row, "</tr>");
	assert_non_null(strstr(row, "Failing step"));
	assert_true(strstr(row, "copy of 65,535 bytes") < end);
	assert_true(strstr(row, "#g-violation") < end);
	assert_int_equal(occurrences(page, "failing-step\""), 2);
	assert_int_equal(occurrences(page, "<td class=\"l\">"), 150);
	free(page);
	json_object_set_new(result, "failing_step", json_integer(-1));
	page = render(result, NULL);
	assert_null(strstr(page, "failing-step\""));
	free(page);
	json_decref(result);
}

static json_t *lanes_of(size_t count)
{
	json_t *lanes = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(lanes, json_pack("{s:i,s:s,s:s,s:s,s:s+}", "time_ns", (int)i,
						       "from", "ns", "to", "s", "kind", "frame",
						       "text", "step", ""));
	return lanes;
}

/* Of more steps than fit, those around the failing one are shown. */
static void test_many_steps(void **state)
{
	static const int failing[] = {-1, 0, 99, 100, 4000, 4950, 4999};
	json_t *result = sample("minimal");

	(void)state;
	json_object_set_new(result, "lanes", lanes_of(5000));
	for (size_t i = 0; i < sizeof(failing) / sizeof(failing[0]); i++) {
		char *page;

		json_object_set_new(result, "failing_step", json_integer(failing[i]));
		page = render(result, NULL);
		assert_int_equal(occurrences(page, "<td class=\"l\">"), 200);
		assert_int_equal(occurrences(page, "</b> step</td>"), 200);
		assert_int_equal(occurrences(page, "id=\"failing-step\""), failing[i] >= 0);
		free(page);
	}
	json_decref(result);
}

static json_t *flat_points(size_t count)
{
	json_t *points = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(points, json_pack("[i,i,i]", (int)i * 10, 1, 1));
	return points;
}

/* One point of a hundred thousand goes up to the top: the plot must go there too. */
static void test_occupancy_keeps_a_lone_peak(void **state)
{
	json_t *result = sample("minimal"), *points = flat_points(100000);
	char *page;

	(void)state;
	json_object_set_new(result, "occupancy",
			    json_pack("[{s:s,s:s,s:i,s:O}]", "direction", "ns-to-s", "class", "c",
				      "lines", 100, "points", points));
	page = render(result, NULL);
	assert_non_null(strstr(page, "d=\"M0 990H1000\""));
	free(page);
	json_array_set_new(points, 77777, json_pack("[i,i,i]", 777770, 1, 100));
	page = render(result, NULL);
	assert_non_null(strstr(page, "d=\"M0 990H776V0H778V990H1000\""));
	assert_non_null(strstr(page, "peak 100 of 100 lines"));
	assert_true(strlen(page) < 40000);
	free(page);
	json_decref(points);
	json_decref(result);
}

/* Every bucket ends up in a bar, the last one under the longest latency. */
static void test_bars_of_a_histogram(void **state)
{
	json_t *result = sample("minimal"), *one = json_object();
	struct histogram h;
	char *page;

	(void)state;
	histogram_reset(&h);
	for (uint64_t v = 1000; v <= 100000; v += 7)
		histogram_record(&h, v);
	assert_int_equal(report_histogram_set(one, &h), 0);
	json_object_set_new(one, "direction", json_string("s-to-ns"));
	json_object_set_new(one, "class", json_string("bulk"));
	assert_int_equal(json_integer_value(json_object_get(one, "max_ns")), h.max_ns);
	assert_int_equal(json_integer_value(json_object_get(one, "p999_ns")),
			 histogram_percentile(&h, 99900));
	json_object_set_new(result, "latency", json_pack("[o]", one));
	page = render(result, NULL);
	assert_non_null(strstr(page, "S → NS, bulk"));
	assert_non_null(strstr(page, "14,143 frames"));
	assert_non_null(strstr(page, "<path class=\"bars\" d=\"M0 1000V"));
	assert_non_null(strstr(page, "H1000V1000z\"/>"));
	assert_non_null(strstr(page, "p50 50.7 µs")); /* 50,497 ns, up to the bucket's end */
	free(page);
	json_decref(result);
}

/* In a file edited by hand: still each level is somewhere in the plot. */
static void test_points_that_go_back(void **state)
{
	json_t *result = sample("minimal");
	char *page;

	(void)state;
	json_object_set_new(result, "occupancy",
			    json_loads("[{\"direction\":\"ns-to-s\",\"class\":\"c\",\"lines\":100,"
				       "\"points\":[[0,0,0],[1000,1,100],[500,0,0]]}]",
				       0, NULL));
	page = render(result, NULL);
	assert_non_null(strstr(page, "H998V0H1000\"/>"));
	free(page);
	json_decref(result);
}

/* Both ends of the axis belong to a bar. */
static void test_first_and_last_bar(void **state)
{
	json_t *result = sample("minimal");
	char *page;

	(void)state;
	json_object_set_new(result, "latency",
			    json_loads("[{\"direction\":\"ns-to-s\",\"class\":\"c\",\"count\":2,"
				       "\"buckets\":[[1000,1],[100000,1]]}]",
				       0, NULL));
	page = render(result, NULL);
	assert_non_null(strstr(page, "<path class=\"bars\" d=\"M0 1000V"));
	assert_non_null(strstr(page, "H1000V1000z\"/>"));
	free(page);
	json_decref(result);
}

static void test_scenario_text_is_hostile_too(void **state)
{
	json_t *result = sample("minimal");
	char *page = render(result, "</pre><script>\xff\xe2\x80\xae\x01");

	(void)state;
	assert_non_null(
	    strstr(page, "&lt;/pre&gt;&lt;script&gt;\xef\xbf\xbd[U+202E][U+0001]</pre>"));
	free(page);
	json_decref(result);
}

static void test_counters_pair_up(void **state)
{
	json_t *result = sample("minimal");
	char *page;

	(void)state;
	json_object_set_new(
	    result, "counters",
	    json_loads("{\"ns\":{\"a\":1,\"b\":0,\"c\":0},\"s\":{\"b\":-2,\"d\":3}}", 0, NULL));
	page = render(result, NULL);
	assert_non_null(
	    strstr(page, "<code>a</code></th><td class=\"n\">1</td><td class=\"n\">–</td>"));
	assert_non_null(
	    strstr(page, "<code>b</code></th><td class=\"n\">0</td><td class=\"n\">−2</td>"));
	assert_non_null(
	    strstr(page, "<code>d</code></th><td class=\"n\">–</td><td class=\"n\">3</td>"));
	assert_non_null(strstr(page, "1 at zero</summary><p class=\"zeros\"><code>c</code>"));
	free(page);
	json_decref(result);
}

/* A count that is not there is not a zero. */
static void test_flow_without_a_count(void **state)
{
	json_t *result = sample("minimal"), *flow;
	char *page;

	(void)state;
	flow = json_pack("{s:s,s:i,s:i}", "name", "f", "offered", 4000, "delivered", 0);
	json_object_set_new(result, "traffic", json_pack("[O]", flow));
	page = render(result, NULL);
	assert_non_null(strstr(page, "4,000</td><td class=\"n\">–</td><td class=\"n\">0</td>"));
	assert_non_null(strstr(page, "0.0 %"));
	free(page);
	json_object_del(flow, "delivered");
	page = render(result, NULL);
	assert_null(strstr(page, "0.0 %"));
	free(page);
	json_decref(flow);
	json_decref(result);
}

static void test_errors_of_files(void **state)
{
	json_t *result = sample("minimal");
	char err[200];

	(void)state;
	assert_int_equal(report_write(result, NULL, "/nonexistent/x.html", err, sizeof(err)), -1);
	assert_string_equal(err, "/nonexistent/x.html: No such file or directory");
	assert_int_equal(report_write(result, NULL, "/dev/full", err, sizeof(err)), -1);
	assert_string_equal(err, "/dev/full: No space left on device");
	json_decref(result);
}

/* The last bytes of a file are written when it is closed, and then too there may be no room. */
static void test_full_disk_at_the_very_end(void **state)
{
	json_t *result = sample("minimal");
	char *page = render(result, NULL), err[200] = "", expected[200];
	struct rlimit was, limit;
	int status;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	limit = was;
	limit.rlim_cur = strlen(page) / 4096u * 4096u;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	status = report_write(result, NULL, page_path, err, sizeof(err));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	(void)signal(SIGXFSZ, SIG_DFL);
	(void)snprintf(expected, sizeof(expected), "%s: File too large", page_path);
	assert_int_equal(status, -1);
	assert_string_equal(err, expected);
	free(page);
	json_decref(result);
}

static void test_a_wrong_result_leaves_the_file(void **state)
{
	json_t *result = sample("minimal");
	char err[200], *before = render(result, NULL), *after;

	(void)state;
	json_object_set_new(result, "lanes", json_integer(1));
	assert_int_equal(report_write(result, NULL, page_path, err, sizeof(err)), -2);
	assert_string_equal(err, "lanes: an integer, expected a list");
	after = page_text();
	assert_string_equal(before, after);
	free(before);
	free(after);
	json_decref(result);
}

static int render_to(const char *from, const char *to)
{
	json_t *value = load(from);
	char err[300] = "no JSON";
	int status = -2;

	if (json_is_array(value))
		status = report_index_write(value, to, err, sizeof(err));
	else if (value)
		status = report_write(value, scenario, to, err, sizeof(err));
	if (status)
		fprintf(stderr, "%s: %s\n", from, err);
	json_decref(value);
	return status ? 1 : 0;
}

static int print_schema(void)
{
	char *schema = report_shape_schema();

	if (!schema)
		return 1;
	fputs(schema, stdout);
	free(schema);
	return 0;
}

static int begin(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	(void)snprintf(page_path, sizeof(page_path), "%s/page.html", folder);
	return 0;
}

static int end(void **state)
{
	(void)state;
	(void)unlink(page_path);
	return rmdir(folder);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_samples),
	    cmocka_unit_test(test_verdict_and_command_on_top),
	    cmocka_unit_test(test_countermeasure_off_and_nothing_broke),
	    cmocka_unit_test(test_failing_step_is_marked_once),
	    cmocka_unit_test(test_many_steps),
	    cmocka_unit_test(test_occupancy_keeps_a_lone_peak),
	    cmocka_unit_test(test_bars_of_a_histogram),
	    cmocka_unit_test(test_scenario_text_is_hostile_too),
	    cmocka_unit_test(test_counters_pair_up),
	    cmocka_unit_test(test_flow_without_a_count),
	    cmocka_unit_test(test_errors_of_files),
	    cmocka_unit_test(test_full_disk_at_the_very_end),
	    cmocka_unit_test(test_points_that_go_back),
	    cmocka_unit_test(test_first_and_last_bar),
	    cmocka_unit_test(test_a_wrong_result_leaves_the_file),
	};

	if (argc == 4 && !strcmp(argv[1], "--render"))
		return render_to(argv[2], argv[3]);
	if (argc == 2 && !strcmp(argv[1], "--schema"))
		return print_schema();
	return cmocka_run_group_tests_name("report", tests, begin, end);
}
