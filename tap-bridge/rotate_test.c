/* SPDX-License-Identifier: BSD-2-Clause */
/* Names, limits and the ring of capture files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rotate.h"

static char dir[] = "/tmp/iwc-rotate-XXXXXX";

static void test_parse(void **state)
{
	static const char *const bad[] = {
	    "",		  "filesize",	  "filesize:",
	    "filesize:0", "filesize:-1",  "filesize:1k",
	    "duration:",  "duration:1.5", "files: 3",
	    "files:0",	  "files:100001", "files:99999999999999999999",
	    "size:3",	  "filesize:+5",  "filesize:2000000001",
	    "FILES:3",	  "duration:1 s"};
	struct rotate_limits l = {0};
	char err[256];

	(void)state;
	assert_true(rotate_parse(&l, "filesize:7", err, sizeof(err)));
	assert_true(rotate_parse(&l, "duration:60", err, sizeof(err)));
	assert_true(rotate_parse(&l, "files:3", err, sizeof(err)));
	assert_int_equal(l.size_bytes, 7000);
	assert_int_equal(l.duration_ns, 60000000000);
	assert_int_equal(l.files, 3);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rotate_limits none = {0};

		err[0] = '\0';
		assert_false(rotate_parse(&none, bad[i], err, sizeof(err)));
		assert_int_not_equal(err[0], '\0');
		assert_null(strchr(err, '\n'));
		assert_int_equal(none.size_bytes + none.duration_ns + none.files, 0);
	}
}

static void test_files_alone(void **state)
{
	struct rotate_limits l = {.files = 3};
	char err[256] = "";

	(void)state;
	assert_false(rotate_check(&l, err, sizeof(err)));
	assert_non_null(strstr(err, "filesize:KB or duration:SECONDS"));
	assert_false(rotate_wanted(&l));
	l.duration_ns = 1;
	assert_true(rotate_check(&l, err, sizeof(err)));
	assert_true(rotate_wanted(&l));
}

/* 2026-01-02 03:04:05 UTC. */
#define MOMENT 1767323045

static void name_is(const char *path, const char *expected)
{
	struct rotate_limits l = {.size_bytes = 1};
	struct rotate *r = rotate_create(path, &l);

	assert_non_null(r);
	assert_string_equal(rotate_next(r, MOMENT), expected);
	rotate_destroy(r);
}

static void test_names(void **state)
{
	struct rotate_limits l = {.size_bytes = 1};
	struct rotate *r;
	const char *name = "";

	(void)state;
	name_is("a.pcapng", "a_00001_20260102030405.pcapng");
	name_is("d.x/a", "d.x/a_00001_20260102030405");
	name_is("d.x/a.b.pcap", "d.x/a.b_00001_20260102030405.pcap");
	name_is("d/.hidden", "d/.hidden_00001_20260102030405");
	name_is("a.", "a_00001_20260102030405.");
	r = rotate_create("a.b", &l);
	assert_non_null(r);
	for (unsigned i = 0; i < 100001; i++)
		name = rotate_next(r, MOMENT + 1);
	assert_string_equal(name, "a_100001_20260102030406.b");
	rotate_destroy(r);
}

static void touch(const char *name)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fclose(f);
}

/* Of five files the last two stay, and so does what somebody else put there. */
static void test_ring(void **state)
{
	struct rotate_limits l = {.size_bytes = 1, .files = 2};
	char path[64], name[5][128], other[128];
	struct rotate *r;

	(void)state;
	snprintf(path, sizeof(path), "%s/c.pcapng", dir);
	snprintf(other, sizeof(other), "%s/c_00000_20260102030405.pcapng", dir);
	touch(other);
	r = rotate_create(path, &l);
	assert_non_null(r);
	for (unsigned i = 0; i < 5; i++) {
		const char *next = rotate_next(r, MOMENT);

		assert_non_null(next);
		snprintf(name[i], sizeof(name[i]), "%s", next);
		touch(name[i]);
		/* At the moment of a new name the ring has room for it, and holds all others. */
		assert_int_equal(i < 2 || access(name[i - 2], F_OK) != 0, true);
		assert_int_equal(i < 1 || access(name[i - 1], F_OK) == 0, true);
	}
	rotate_destroy(r);
	assert_int_equal(access(name[3], F_OK) | access(name[4], F_OK), 0);
	assert_int_equal(access(other, F_OK), 0);
	unlink(name[3]);
	unlink(name[4]);
	unlink(other);
	assert_int_equal(rmdir(dir), 0);
}

static void test_due(void **state)
{
	struct rotate_limits size = {.size_bytes = 1000}, time = {.duration_ns = 50};
	struct rotate *by_size = rotate_create("a", &size), *by_time = rotate_create("a", &time);

	(void)state;
	assert_false(rotate_due(by_size, 999, 0, UINT64_MAX));
	assert_true(rotate_due(by_size, 1000, 0, 0));
	assert_false(rotate_due(by_time, UINT64_MAX, 100, 149));
	assert_true(rotate_due(by_time, 0, 100, 150));
	/* A frame that is a little older than its file: the worlds' stamps meet in the queue. */
	assert_false(rotate_due(by_time, 0, 100, 99));
	rotate_destroy(by_size);
	rotate_destroy(by_time);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse), cmocka_unit_test(test_files_alone),
	    cmocka_unit_test(test_names), cmocka_unit_test(test_due),
	    cmocka_unit_test(test_ring),
	};

	setenv("TZ", "UTC", 1);
	if (!mkdtemp(dir))
		return 1;
	return cmocka_run_group_tests_name("rotate", tests, NULL, NULL);
}
