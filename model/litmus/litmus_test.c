/* SPDX-License-Identifier: BSD-2-Clause */
/* Litmus files: each says the truth of every engine; and what is refused, with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glob.h>

#include "engines.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct litmus_program p;
static struct litmus_answers answers;
static char err[512];
static char folder[128], path[160];

static int make_path(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(folder, sizeof(folder), "%s/litmus-test-XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/t.litmus", folder);
	return 0;
}

static int drop_path(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static int parse(const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	err[0] = '\0';
	return litmus_read(path, &p, err, sizeof(err));
}

/* ---- the files ---- */

static void files_hold(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob("model/litmus/*.litmus", 0, NULL, &found), 0);
	assert_true(found.gl_pathc > 60u);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		if (litmus_read(found.gl_pathv[i], &p, err, sizeof(err)) != 0)
			fail_msg("%s", err);
		litmus_ask(&p, &answers);
		if (!litmus_hold(&p, &answers, err, sizeof(err)) ||
		    !litmus_agree(&p, &answers, err, sizeof(err)))
			fail_msg("%s: %s", found.gl_pathv[i], err);
	}
	globfree(&found);
}

#define MP "thread store x 1 ; release y 1\nthread a = acquire y ; b = load x\n"

static void says(const char *text, bool holds)
{
	if (parse(text) != 0)
		fail_msg("%s", err);
	litmus_ask(&p, &answers);
	assert_int_equal(litmus_hold(&p, &answers, err, sizeof(err)), holds);
}

/* A verdict is held against the engines: of four for one outcome one is right. */
static void only_one_verdict_holds(void **state)
{
	(void)state;
	says(MP "forbidden a=1 b=0\n", true);
	says(MP "allowed a=1 b=0\n", false);
	says(MP "blind a=1 b=0\n", false);
	says(MP "stronger a=1 b=0\n", false);
	says(MP "allowed a=1 b=1\n", true);
	says(MP "forbidden a=1 b=1\n", false);
	says(MP "blind a=1 b=1\n", false);
	says(MP "stronger a=1 b=1\n", false);
	says(MP "no-race\n", true);
	says(MP "race\n", false);
	says(MP "race-unseen\n", false);
	says(MP "race-false\n", false);
}

static void says_who_disagrees(void **state)
{
	(void)state;
	says(MP "allowed a=1 b=0\n", false);
	assert_string_equal(err, "a=1 b=0: RC11 says otherwise");
	says("thread plain x 1\nthread a = copy x\nrace-unseen\n", false);
	assert_string_equal(err, "races: the compact machine says otherwise");
}

/* An answer changed by hand, one engine at a time: the comparison sees it. */
static void comparison_sees_each_engine(void **state)
{
	struct litmus_set *const set[] = {&answers.general.set, &answers.compact.set,
					  &answers.unnormal.set, &answers.axiomatic.rc11,
					  &answers.axiomatic.joint};

	(void)state;
	assert_int_equal(parse(MP "no-race\n"), 0);
	for (size_t i = 0; i < COUNT(set); i++) {
		litmus_ask(&p, &answers);
		assert_true(litmus_agree(&p, &answers, err, sizeof(err)));
		litmus_set_add(set[i], 0x77);
		assert_false(litmus_agree(&p, &answers, err, sizeof(err)));
		litmus_ask(&p, &answers);
		litmus_set_clear(set[i]);
		assert_false(litmus_agree(&p, &answers, err, sizeof(err)));
	}
	litmus_ask(&p, &answers);
	litmus_set_add(&answers.axiomatic.arm, 0x77);
	assert_false(litmus_agree(&p, &answers, err, sizeof(err)));
	litmus_ask(&p, &answers);
	answers.compact.race = true;
	assert_false(litmus_agree(&p, &answers, err, sizeof(err)));
	answers.compact.race = false;
	answers.general.race = true;
	assert_false(litmus_agree(&p, &answers, err, sizeof(err)));
	answers.general.race = false;
	answers.compact.overflow = true;
	assert_false(litmus_agree(&p, &answers, err, sizeof(err)));
}

/* ---- what the compact machine can express ---- */

static void compact_wants_one_writer(void **state)
{
	(void)state;
	assert_int_equal(parse("thread store x 1\nthread store x 2\nallowed x=1\n"), 0);
	assert_false(litmus_compact_can(&p));
	assert_int_equal(parse("thread store x 1 ; a = load x\nthread\nallowed a=1\n"), 0);
	assert_false(litmus_compact_can(&p));
	assert_int_equal(parse("thread store x 1\nallowed x=1\n"), 0);
	assert_false(litmus_compact_can(&p));
	assert_int_equal(parse("thread a = load x\nthread b = load x\nallowed a=0\n"), 0);
	assert_true(litmus_compact_can(&p));
}

/* ---- text ---- */

static void refused(void **state)
{
	static const struct {
		const char *text, *words;
	} bad[] = {
	    {"", ":0: no thread"},
	    {"thread store x 1\n", ":1: no verdict"},
	    {"fred store x 1\n", ":1: fred begins no line"},
	    {"\nthread stare x 1\n", ":2: stare is no operation"},
	    {"thread a =\n", ":1: a is no operation"},
	    {"thread fence ; ; fence\n", ":1: nothing is no operation"},
	    {"thread store x\n", ":1: store wants a word and a value"},
	    {"thread load x\n", ":1: load wants a register to assign a word"},
	    {"thread fence x\n", ":1: fence wants alone"},
	    {"thread store x 15\n", ":1: 15 is no value from 0 to 14"},
	    {"thread store x -1\n", ":1: -1 is no value from 0 to 14"},
	    {"thread store 1 1\n", ":1: 1 is no name for a word"},
	    {"thread a = load x ; a = load y\n", ":1: a is no name for a new register"},
	    {"thread a = load x ; b = load a\n", ":1: a is no name for a word"},
	    {"thread a = load x\nthread when a 1\n", ":2: when wants a register of this thread"},
	    {"thread store x 1 ; plain x 1\n", ":1: x is a plain line in one place"},
	    {"thread\nthread\nthread\nthread\nthread\n", ":5: more than 4 threads"},
	    {"thread fence;fence;fence;fence;fence;fence;fence;fence;fence\n",
	     ":1: more than 8 operations"},
	    {"thread store x 1\nallowed\n", ":2: a verdict without an outcome"},
	    {"thread store x 1\nallowed y=1\n", ":2: y is neither register nor word"},
	    {"thread store x 1\nallowed x\n", ":2: x is not name=value"},
	    {"thread store x 1\nallowed x=-\n", ":2: - is no value from 0 to 14"},
	    {"thread ring\nrace\n", ":2: doorbells are for two threads"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(parse(bad[i].text), -1);
		if (strstr(err, bad[i].words) == NULL)
			fail_msg("%s says %s", bad[i].text, err);
	}
	assert_int_equal(litmus_read("model/litmus/none.litmus", &p, err, sizeof(err)), -1);
	assert_string_equal(err, "model/litmus/none.litmus: can't be read");
}

/* What is printed is read as the same program. */
static void printed_and_read_again(void **state)
{
	struct litmus_program first;
	struct litmus_recipe recipe = {.threads = 2,
				       .words = 4,
				       .least = 3,
				       .most = 8,
				       .plain = true,
				       .bells = true,
				       .guards = true};

	(void)state;
	for (uint64_t seed = 0; seed < 200u; seed++) {
		FILE *file = fopen(path, "w");

		assert_non_null(file);
		litmus_random(&recipe, seed, &first);
		litmus_print(file, &first);
		fputs("no-race\n", file);
		assert_int_equal(fclose(file), 0);
		if (litmus_read(path, &p, err, sizeof(err)) != 0)
			fail_msg("%s", err);
		assert_int_equal(p.threads, first.threads);
		for (unsigned t = 0; t < p.threads; t++) {
			assert_int_equal(p.thread[t].count, first.thread[t].count);
			for (unsigned i = 0; i < p.thread[t].count; i++) {
				assert_int_equal(p.thread[t].op[i].kind,
						 first.thread[t].op[i].kind);
				assert_int_equal(p.thread[t].op[i].order,
						 first.thread[t].op[i].order);
			}
		}
	}
}

/* ---- sets ---- */

static void set_tells_when_full(void **state)
{
	static struct litmus_set s;
	uint64_t i = 0;

	(void)state;
	litmus_set_clear(&s);
	while (!s.overflow && i < 100000u)
		litmus_set_add(&s, i++);
	assert_true(s.overflow);
	assert_int_equal(s.count, i - 1u);
	litmus_set_add(&s, 0);
	assert_int_equal(s.count, i - 1u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files_hold),
	    cmocka_unit_test(only_one_verdict_holds),
	    cmocka_unit_test(says_who_disagrees),
	    cmocka_unit_test(comparison_sees_each_engine),
	    cmocka_unit_test(compact_wants_one_writer),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(printed_and_read_again),
	    cmocka_unit_test(set_tells_when_full),
	};

	return cmocka_run_group_tests_name("litmus", tests, make_path, drop_path);
}
