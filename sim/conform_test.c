/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judgement of traces: the trace of a run with restarts is allowed, and one that was tampered
 * with is refused. Each line that the specification knows is left out, said twice, or changes
 * places with the next of its kind and world. Where that must be noticed, it has to be refused;
 * elsewhere, such as the last frame of a session that is lost anyway, either answer is right, and
 * the numbers are printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "cli_child.h"
#include "scenario_file.h"

#define LINES_MAX 4000u
#define TRIES 40u /* of a kind and way */

static const char text[] =
    "name = \"test\"; duration = \"600 us\"; closing = \"400 us\"; recovery_polls = 1;\n"
    "ns: { poll = \"100 us\"; }; s: { poll = \"100 us\"; };\n"
    "traffic = ({ kind = \"frames\"; from = \"ns\"; class = \"bulk\"; size = \"64 B\"; gap = \"20 "
    "us\"; },\n"
    "{ kind = \"frames\"; from = \"ns\"; class = \"control\"; size = \"64 B\"; gap = \"30 us\"; "
    "},\n"
    "{ kind = \"frames\"; from = \"s\"; class = \"control\"; size = \"64 B\"; gap = \"30 us\"; "
    "});\n"
    "faults = ({ kind = \"crash\"; world = \"ns\"; probability = 0.004; count = 2; amount = \"20 "
    "us\"; },\n"
    "{ kind = \"renew\"; world = \"s\"; probability = 0.1; count = 1; });\n";

struct line {
	char all[160], who[8], kind[16], text[120];
};

static struct cli_case c;
static struct line *line;
static unsigned lines;
static char *folder;

enum way { DROP, DOUBLE, SWAP, WAYS };
static const char *const way_names[WAYS] = {"left out", "said twice", "swapped"};
static const char *const kinds[] = {"boot", "announce", "session", "publish", "deliver", "ring"};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static bool is(unsigned i, const char *kind)
{
	return strcmp(line[i].kind, kind) == 0;
}

static bool same_world(unsigned i, unsigned k)
{
	return strcmp(line[i].who, line[k].who) == 0;
}

/* The next line of that kind and of the same world, before a line of kind until; 0: there is none.
 */
static unsigned next(unsigned i, const char *kind, const char *until)
{
	for (unsigned k = i + 1u; k < lines; k++) {
		if (!same_world(i, k))
			continue;
		if (is(k, kind))
			return k;
		if (until && is(k, until))
			return 0;
	}
	return 0;
}

static bool same_class(unsigned i, unsigned k)
{
	size_t n = strcspn(line[i].text, " ");

	return strncmp(line[i].text, line[k].text, n + 1u) == 0;
}

/* The next frame of the class that this world delivers in the same session; 0: there is none. */
static unsigned next_delivered(unsigned i)
{
	for (unsigned k = i; (k = next(k, "deliver", "announce")) != 0;)
		if (same_class(i, k))
			return k;
	return 0;
}

/* Where the frame that line i publishes is delivered; 0: nowhere. */
static unsigned delivery(unsigned i)
{
	for (unsigned k = i + 1u; k < lines; k++)
		if (is(k, "deliver") && !same_world(i, k) &&
		    strcmp(line[i].text, line[k].text) == 0)
			return k;
	return 0;
}

static unsigned partner(unsigned i)
{
	unsigned k = next(i, line[i].kind, is(i, "deliver") ? "announce" : "crash");

	return k != 0 && (!strchr(line[i].text, '#') || same_class(i, k)) ? k : 0;
}

static bool must_see_drop(unsigned i)
{
	if (is(i, "boot") || is(i, "announce"))
		return next(i, "session", "crash") != 0;
	if (is(i, "ring"))
		return i > 0 && is(i - 1u, "announce") && next(i, "session", "crash") != 0;
	if (is(i, "publish"))
		return delivery(i) != 0;
	if (is(i, "deliver"))
		return next_delivered(i) != 0;
	/* A session that nothing was done in may be left out. */
	if (strncmp(line[i].text, "wait", 4) == 0)
		return next(i, "session", "announce") != 0;
	return strncmp(line[i].text, "up", 2) == 0 &&
	       (next(i, "publish", "session") != 0 || next(i, "deliver", "session") != 0);
}

static bool must_see(unsigned i, enum way way)
{
	unsigned k = partner(i);

	if (way == DROP)
		return must_see_drop(i);
	if (way == DOUBLE)
		return is(i, "publish") ? delivery(i) != 0 && next_delivered(delivery(i)) != 0
					: !is(i, "ring");
	if (is(i, "ring"))
		return false; /* nobody can tell one from the other */
	if (is(i, "publish"))
		return delivery(i) != 0 && delivery(k) != 0 &&
		       next_delivered(delivery(i)) == delivery(k);
	return strcmp(line[i].text, line[k].text) != 0;
}

/* Write the trace with that change and judge it; way WAYS: as it is. */
static const char *judge(unsigned i, enum way way)
{
	static char verdict[16];
	char *path = cli_path(folder, "trace.txt");
	unsigned k = way == SWAP ? partner(i) : 0;
	FILE *file = fopen(path, "w");
	json_t *result = NULL;

	assert_non_null(file);
	for (unsigned n = 0; n < lines; n++) {
		unsigned said = way == SWAP && n == i ? k : way == SWAP && n == k ? i : n;

		for (unsigned times = way == DOUBLE && n == i ? 2
				      : way == DROP && n == i ? 0
							      : 1;
		     times > 0; times--)
			fputs(line[said].all, file);
	}
	fclose(file);
	free(path);
	(void)cli_conform(&c, folder, &result);
	assert_non_null(result);
	snprintf(verdict, sizeof(verdict), "%s", cli_json_text(result, "verdict"));
	json_decref(result);
	return verdict;
}

static void try_kind(const char *kind, enum way way)
{
	unsigned tried = 0, refused = 0, sure = 0, there = 0, step;

	for (unsigned i = 0; i < lines; i++)
		there += is(i, kind) && (way != SWAP || partner(i) != 0);
	step = there / TRIES + 1u;
	for (unsigned i = 0, n = 0; i < lines; i++) {
		bool fails;

		if (!is(i, kind) || (way == SWAP && partner(i) == 0) || n++ % step != 0)
			continue;
		fails = strcmp(judge(i, way), "FAIL") == 0;
		tried++;
		refused += fails;
		sure += must_see(i, way);
		if (must_see(i, way) && !fails)
			fail_msg("%s, and not refused: line %u: %s", way_names[way], i + 1u,
				 line[i].all);
	}
	print_message("%-8s %-10s: %u of %u tried are refused, %u have to be\n", kind,
		      way_names[way], refused, tried, sure);
	/* A ring tells nobody anything that can't be told twice; of all else something must show.
	 */
	assert_true(tried != 0u && (sure != 0u || strcmp(kind, "ring") == 0 ||
				    (strcmp(kind, "boot") == 0 && way == SWAP)));
}

/* make builds it if SPIN is installed. */
static void need_verifier(void)
{
	char *path = cli_path(getenv("IWC_MODEL"), "conform");
	bool there = access(path, X_OK) == 0;

	free(path);
	if (!there)
		skip();
}

static void a_trace_as_it_is_is_allowed(void **state)
{
	(void)state;
	need_verifier();
	assert_string_equal(judge(0, WAYS), "PASS");
}

static void what_was_tampered_with_is_refused(void **state)
{
	(void)state;
	need_verifier();
	for (unsigned k = 0; k < KINDS; k++)
		for (enum way way = DROP; way < WAYS; way++)
			if (strcmp(kinds[k], "boot") != 0 || way != SWAP)
				try_kind(kinds[k], way);
}

static void an_empty_trace_is_no_success(void **state)
{
	unsigned all = lines;

	(void)state;
	need_verifier();
	lines = 0;
	assert_string_equal(judge(0, WAYS), "UNDECIDED");
	lines = all;
}

static void read_trace(void)
{
	char *path = cli_path(folder, "trace.txt");
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	for (; lines < LINES_MAX && fgets(line[lines].all, sizeof(line[0].all), file); lines++)
		if (sscanf(line[lines].all, "%*u %7s %15s %119[^\n]", line[lines].who,
			   line[lines].kind, line[lines].text) < 2)
			fail_msg("no line of a trace: %s", line[lines].all);
	assert_true(feof(file));
	fclose(file);
	free(path);
}

static int set_up(void **state)
{
	struct sim_result result;
	struct sim_options opt = {.seed = 3};
	char err[2048], *model = cli_path(cli_own_folder(), "../model");

	(void)state;
	line = calloc(LINES_MAX, sizeof(*line));
	folder = cli_temp_make();
	opt.out = folder;
	if (cli_signals_init() != CLI_OK || !line || !folder || setenv("IWC_MODEL", model, 1) != 0)
		return -1;
	free(model);
	if (scenario_parse(&c.sc, text, strlen(text), "test.cfg", NULL, 0, err, sizeof(err)) != 0 ||
	    sim_run(&c.sc, &opt, &result, err, sizeof(err)) != 0)
		fail_msg("%s", err);
	sim_result_free(&result);
	read_trace();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	cli_temp_remove(folder);
	free(line);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_trace_as_it_is_is_allowed),
	    cmocka_unit_test(what_was_tampered_with_is_refused),
	    cmocka_unit_test(an_empty_trace_is_no_success),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
