/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzer of scenario files: the input is the text of a file; lines that begin with "#set " are
 * given as overrides too. Beside not crashing, a refusal has one line of message that names its
 * place, and what is accepted is valid, comes back the same from its resolved text, and can be
 * switched off.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_schema.h"

#define SETS_MAX 4u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what, const char *detail)
{
	if (holds)
		return;
	fprintf(stderr, "scenario_fuzz: violated: %s: %s\n", what, detail);
	abort();
}

/* Overrides of the input, as strings of their own. */
static unsigned sets_find(const char *text, size_t size, char *sets[SETS_MAX])
{
	static const char mark[] = "#set ";
	const char *end = text + size, *p = text;
	unsigned n = 0;

	while (p < end && n < SETS_MAX) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));

		if (!stop)
			stop = end;
		if ((size_t)(stop - p) >= sizeof(mark) - 1 &&
		    memcmp(p, mark, sizeof(mark) - 1) == 0)
			sets[n++] =
			    strndup(p + sizeof(mark) - 1, (size_t)(stop - p) - (sizeof(mark) - 1));
		p = stop + 1;
	}
	return n;
}

static void message_check(const char *err)
{
	require(strncmp(err, "fuzz:", 5) == 0 || strncmp(err, "--set ", 6) == 0,
		"a refusal names its place", err);
	require(!strchr(err, '\n'), "a message has one line", err);
	require(strlen(err) > 8, "a message says something", err);
}

/* Padding counts: scenarios are made of zeroed memory. */
static int same_bytes(const void *a, const void *b, size_t size)
{
	return memcmp(a, b, size) == 0;
}

static void round_trip(const struct scenario *a)
{
	static struct scenario b;
	char err[1024] = "";
	char *text = scenario_text(a);

	require(text != NULL, "a text is made", "");
	require(scenario_parse(&b, text, strlen(text), "elsewhere", NULL, 0, err, sizeof(err)) == 0,
		"the resolved text is accepted", err);
	require(same_bytes(a, &b, sizeof(b)), "it comes back the same", text);
	free(text);
}

static void off_try(struct scenario *sc)
{
	char err[1024] = "";

	require(scenario_apply_off(sc, err, sizeof(err)) == 0, "off can be applied", err);
	require(scenario_check(sc, err, sizeof(err)), "off is valid", err);
	round_trip(sc);
}

/* The syntax check promises that libconfig takes what it takes, mixed arrays apart. */
static void promise_check(const char *text, size_t size)
{
	static struct scenario_lines lines;
	struct scenario_note note = {""};
	unsigned line;
	config_t cfg;

	if (!scenario_syntax_check(text, size, &lines, &line, &note))
		return;
	if (!scenario_tree_parse(&cfg, text, size, &line, &note))
		require(strstr(note.text, "mismatched element type") != NULL,
			"libconfig takes what the check takes", note.text);
	config_destroy(&cfg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct scenario sc;
	const char *text = (const char *)data;
	char *sets[SETS_MAX] = {NULL};
	char err[1024] = "";
	unsigned n;

	if (size == 0)
		return 0;
	n = sets_find(text, size, sets);
	promise_check(text, size);
	if (scenario_parse(&sc, text, size, "fuzz", (const char *const *)sets, n, err,
			   sizeof(err)) != 0) {
		message_check(err);
	} else {
		require(scenario_check(&sc, err, sizeof(err)), "what is accepted is valid", err);
		round_trip(&sc);
		off_try(&sc);
	}
	for (unsigned i = 0; i < n; i++)
		free(sets[i]);
	return 0;
}
