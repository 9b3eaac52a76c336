/* SPDX-License-Identifier: BSD-2-Clause */
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

static char path[64] = "/tmp/iwc-index-XXXXXX";

static int begin(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int end(void **state)
{
	(void)state;
	return unlink(path);
}

/* The index of rows given as JSON text; takes nothing, the page is the caller's. */
static char *index_of(json_t *rows)
{
	char *page = calloc(1, 1u << 20), err[300] = "";
	const char *where = page, *error;
	FILE *file;

	assert_non_null(rows);
	assert_non_null(page);
	if (report_index_write(rows, path, err, sizeof(err)))
		fail_msg("%s", err);
	file = fopen(path, "rb");
	assert_non_null(file);
	assert_in_range(fread(page, 1, (1u << 20) - 1, file), 1, (1u << 20) - 2);
	assert_int_equal(fclose(file), 0);
	error = report_walk(page, &where);
	if (error)
		fail_msg("%s: %.120s", error, where);
	json_decref(rows);
	return page;
}

static void test_sample(void **state)
{
	char *page = index_of(json_load_file("sim/testdata/report/index.json", 0, NULL));
	const char *threats = strstr(page, "id=\"threats\""), *demos;

	(void)state;
	assert_non_null(strstr(page, "9 threats, 3 demonstrations: 11 as expected, 1 not."));
	assert_non_null(strstr(page, "Not as expected: T08</p>"));
	assert_non_null(threats);
	demos = strstr(threats, "id=\"demonstrations\"");
	assert_non_null(demos);
	assert_true(strstr(threats, ">T01<") < demos);
	assert_non_null(strstr(demos, "demo-ping"));
	assert_non_null(strstr(page, "href=\"./demo-ping/report.html\""));
	assert_non_null(strstr(page, "href=\"./demo-ping/channel.pcapng\""));
	assert_non_null(strstr(page, "href=\"./demo-ping/events.pcapng\""));
	free(page);
}

static json_t *threat(const char *on, const char *off, int expected)
{
	return json_pack("[{s:s,s:s,s:{s:s,s:s},s:{s:s,s:s,s:b}}]", "id", "T01", "scenario", "a",
			 "on", "verdict", on, "dir", "a/on", "off", "verdict", off, "dir", "a/off",
			 "expected", expected);
}

static void check_summary(json_t *rows, const char *text, const char *mark)
{
	char *page = index_of(rows);

	assert_non_null(strstr(page, text));
	assert_non_null(strstr(page, mark));
	free(page);
}

static void test_summary(void **state)
{
	(void)state;
	check_summary(threat("PASS", "FAIL", 1), "1 threat, 0 demonstrations: all as expected.",
		      "verdict is-pass");
	check_summary(threat("PASS", "PASS", 0), "0 as expected, 1 not.", "verdict is-fail");
	check_summary(threat("FAIL", "FAIL", 1), "0 as expected, 1 not.", "verdict is-fail");
	check_summary(threat("UNDECIDED", "FAIL", 1), "0 as expected, 1 not.", "verdict is-fail");
	check_summary(json_array(), "nothing was run.", "verdict is-undecided");
}

static void test_hostile_folder(void **state)
{
	char *page = index_of(json_pack("[{s:s,s:{s:s,s:s}}]", "scenario", "<b>", "on", "verdict",
					"PASS", "dir", "//host/\"><script>&x#?"));

	(void)state;
	assert_non_null(strstr(page, "href=\".///host/%22%3E%3Cscript%3E%26x%23%3F/report.html\""));
	assert_non_null(strstr(page, "&lt;b&gt;"));
	free(page);
}

static void test_errors(void **state)
{
	char err[200];
	json_t *rows = json_array();

	(void)state;
	assert_int_equal(report_index_write(rows, "/nonexistent/i.html", err, sizeof(err)), -1);
	assert_string_equal(err, "/nonexistent/i.html: No such file or directory");
	json_array_append_new(rows, json_object());
	assert_int_equal(report_index_write(rows, path, err, sizeof(err)), -2);
	assert_string_equal(err, "[0].scenario: is missing");
	json_decref(rows);
	assert_int_equal(report_index_write(NULL, path, err, sizeof(err)), -2);
	assert_string_equal(err, "rows: is missing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sample),
	    cmocka_unit_test(test_summary),
	    cmocka_unit_test(test_hostile_folder),
	    cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests_name("report_index", tests, begin, end);
}
