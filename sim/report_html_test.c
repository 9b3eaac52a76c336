/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_html.h"

static char *written;
static size_t written_len;
static FILE *out;

static void begin(void)
{
	out = open_memstream(&written, &written_len);
	assert_non_null(out);
}

static void expect(const char *text)
{
	assert_int_equal(fclose(out), 0);
	assert_string_equal(written, text);
	assert_int_equal(written_len, strlen(text));
	free(written);
}

static void check_bytes(const char *text, size_t len, const char *expected)
{
	begin();
	report_bytes(out, text, len);
	expect(expected);
}

static void test_markup_is_escaped(void **state)
{
	const char text[] = "<a href=\"x\" id='y'>&amp;\n\t</a>";

	(void)state;
	check_bytes(text, strlen(text),
		    "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;\n\t&lt;/a&gt;");
}

static void test_invisible_is_shown(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
	    {"a\x01z", "a[U+0001]z"},
	    {"\x1b[31m", "[U+001B][31m"},
	    {"\r", "[U+000D]"},
	    {"\x7f", "[U+007F]"},
	    {"\xc2\x85", "[U+0085]"},
	    {"\xc2\xad", "[U+00AD]"},
	    {"\xe2\x80\x8b", "[U+200B]"},
	    {"\xe2\x80\xae", "[U+202E]"},
	    {"\xe2\x81\xa6", "[U+2066]"},
	    {"\xef\xbb\xbf", "[U+FEFF]"},
	    {"\xef\xbf\xbf", "[U+FFFF]"},
	    {"\xf3\xa0\x81\x81", "[U+E0041]"},
	    {"\xc2\xb5s \xe2\x86\x92 \xf0\x9f\x99\x82", "\xc2\xb5s \xe2\x86\x92 \xf0\x9f\x99\x82"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_bytes(rows[i].text, strlen(rows[i].text), rows[i].shown);
	check_bytes("a\0b", 3, "a[U+0000]b");
}

/* Overlong, cut, surrogate, too large, lone continuation: each wrong byte is one mark. */
static void test_broken_utf8_is_replaced(void **state)
{
	static const struct {
		const char *text;
		unsigned int marks;
	} rows[] = {
	    {"\xc0\xbc", 2}, {"\xe0\x80\xbc", 3}, {"\xed\xa0\x80", 3}, {"\xf4\x90\x80\x80", 4},
	    {"\x80", 1},     {"\xe2\x82", 2},	  {"\xff\xfe", 2},     {"\xf8\x88\x80\x80\x80", 5},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char expected[64] = "";

		for (unsigned int n = 0; n < rows[i].marks; n++)
			memcpy(expected + 3 * n, "\xef\xbf\xbd", 4);
		check_bytes(rows[i].text, strlen(rows[i].text), expected);
	}
}

static void test_long_text_is_cut_between_characters(void **state)
{
	char *text = calloc(1, 3 * REPORT_TEXT_BYTES);
	json_t *object;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < REPORT_TEXT_BYTES; i++)
		memcpy(text + 3 * i, "\xe2\x86\x92", i < REPORT_TEXT_BYTES - 1 ? 3 : 0);
	object = json_pack("{s:s}", "a", text);
	assert_non_null(object);
	begin();
	report_text(out, object, "a");
	report_text(out, object, "missing");
	assert_int_equal(fclose(out), 0);
	assert_int_equal(written_len, REPORT_TEXT_BYTES / 3 * 3 + strlen(" \xe2\x80\xa6 (cut)"));
	assert_null(strstr(written, "\xef\xbf\xbd"));
	free(written);
	json_decref(object);
	free(text);
}

static void test_url(void **state)
{
	(void)state;
	begin();
	report_url(out, "t04/on", 6);
	expect("./t04/on");
	begin();
	report_url(out, "javascript:alert('x')", 21);
	expect("./javascript%3Aalert%28%27x%27%29");
	begin();
	report_url(out, "//h \"\0\xc3\xa9?#", 10);
	expect(".///h%20%22%00%C3%A9%3F%23");
}

static void test_numbers(void **state)
{
	static const struct {
		int64_t value;
		const char *text;
	} rows[] = {
	    {0, "0"},
	    {999, "999"},
	    {1000, "1,000"},
	    {123456, "123,456"},
	    {-1234567, "\xe2\x88\x92"
		       "1,234,567"},
	    {INT64_MAX, "9,223,372,036,854,775,807"},
	    {INT64_MIN, "\xe2\x88\x92"
			"9,223,372,036,854,775,808"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		report_number(out, rows[i].value);
		expect(rows[i].text);
	}
}

static void test_times(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text, *brief;
	} rows[] = {
	    {0, "0 ns", "0 ns"},
	    {999, "999 ns", "999 ns"},
	    {1000, "1.00 µs", "1 µs"},
	    {1234, "1.23 µs", "1.23 µs"},
	    {1235, "1.24 µs", "1.24 µs"},
	    {9994, "9.99 µs", "9.99 µs"},
	    {9995, "10.0 µs", "10 µs"},
	    {12050, "12.1 µs", "12.1 µs"},
	    {99950, "100 µs", "100 µs"},
	    {999499, "999 µs", "999 µs"},
	    {999500, "1.00 ms", "1 ms"},
	    {20000000, "20.0 ms", "20 ms"},
	    {999999999, "1.00 s", "1 s"},
	    {1000000000, "1.00 s", "1 s"},
	    {61500000000, "61.5 s", "61.5 s"},
	    {UINT64_MAX, "18,446,744,074 s", "18,446,744,074 s"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		report_time(out, rows[i].ns);
		expect(rows[i].text);
		begin();
		report_time_short(out, rows[i].ns);
		expect(rows[i].brief);
	}
}

static void test_times_of_a_column(void **state)
{
	(void)state;
	assert_int_equal(report_unit(999), 1);
	assert_int_equal(report_unit(1000), 1000);
	assert_int_equal(report_unit(999999), 1000);
	assert_int_equal(report_unit(1000000), 1000000);
	assert_int_equal(report_unit(UINT64_MAX), 1000000000);
	begin();
	report_time_in(out, 1234567, 1000, 3);
	expect("1,234.567");
	begin();
	report_time_in(out, 1999, 1000, 2);
	expect("2.00");
	begin();
	report_time_in(out, 5, 1000, 2);
	expect("0.01");
	begin();
	report_time_in(out, 4321, 1, 2);
	expect("4,321");
}

static void test_percent(void **state)
{
	(void)state;
	begin();
	report_percent(out, 1, 3);
	expect("33.3 %");
	begin();
	report_percent(out, 5, 0);
	expect("\xe2\x80\x93");
	begin();
	report_percent(out, INT64_MAX, INT64_MAX);
	expect("100.0 %");
	begin();
	report_percent(out, 1999, 2000);
	expect("100.0 %");
	begin();
	report_percent(out, 30, 10);
	expect("300.0 %");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_markup_is_escaped),
	    cmocka_unit_test(test_invisible_is_shown),
	    cmocka_unit_test(test_broken_utf8_is_replaced),
	    cmocka_unit_test(test_long_text_is_cut_between_characters),
	    cmocka_unit_test(test_url),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_times_of_a_column),
	    cmocka_unit_test(test_percent),
	};

	return cmocka_run_group_tests_name("report_html", tests, NULL, NULL);
}
