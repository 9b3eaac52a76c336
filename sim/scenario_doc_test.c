/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * docs/scenario-format.md says of each key what the table says, and of each kind of fault what
 * scenario_fault_info says; and its examples are scenarios. Run from the top folder.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenario_schema.h"

#define DOC "docs/scenario-format.md"
#define MAN "docs/man/iwc-scenario.5.scd"

static char *doc, *man;

static char *file_text(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;
	ssize_t n;

	if (!f)
		return NULL;
	n = getdelim(&text, &size, '\0', f);
	fclose(f);
	if (n > 0)
		return text;
	free(text);
	return NULL;
}

static int docs_read(void **state)
{
	(void)state;
	doc = file_text(DOC);
	man = file_text(MAN);
	return doc && man ? 0 : -1;
}

static int docs_free(void **state)
{
	(void)state;
	free(doc);
	free(man);
	return 0;
}

/* --- rows of keys ------------------------------------------------------------------------------
 */

static const char *type_word(const struct scenario_key *key)
{
	static const char *const word[] = {
	    [SCENARIO_BOOL] = "boolean", [SCENARIO_COUNT] = "count",
	    [SCENARIO_RATIO] = "ratio",	 [SCENARIO_TIME] = "time",
	    [SCENARIO_SIZE] = "size",	 [SCENARIO_SIZES] = "size or two",
	    [SCENARIO_LINES] = "count",	 [SCENARIO_AMOUNT] = "amount",
	    [SCENARIO_NAME] = "name",	 [SCENARIO_STRING] = "text",
	    [SCENARIO_WORD] = "word",	 [SCENARIO_ENUM] = "word",
	    [SCENARIO_FLAGS] = "words",	 [SCENARIO_CLASS] = "class",
	    [SCENARIO_WHO] = "word",	 [SCENARIO_SETS] = "overrides",
	    [SCENARIO_GROUP] = "group",	 [SCENARIO_LIST] = "list",
	};

	return word[key->type];
}

static void words_print(FILE *f, const struct scenario_key *key)
{
	/* Fault kinds have a table of their own, properties a document. */
	if (key->at == scenario_fault_name)
		fputs("a fault kind", f);
	else if (key->at == scenario_property_id)
		fputs("`P1` to `P13`", f);
	else if (key->at == scenario_weakness_name)
		fputs("weaknesses", f);
	else
		for (unsigned i = 0; key->at(i); i++)
			fprintf(f, "%s`%s`", i ? ", " : "", key->at(i));
}

static void range_print(FILE *f, const struct scenario_key *key)
{
	struct scenario_note range;

	if (key->at) {
		words_print(f, key);
	} else if (key->type == SCENARIO_STRING || key->type == SCENARIO_NAME) {
		fprintf(f, "%zu bytes", key->size - 1);
	} else if (key->type == SCENARIO_LIST) {
		fprintf(f, "%u to %u groups", (unsigned)key->min, key->count_max);
	} else if (key->type == SCENARIO_SETS) {
		fprintf(f, "at most %d", SIM_SETS_MAX);
	} else if (key->type == SCENARIO_AMOUNT) {
		fputs("by kind", f);
	} else {
		scenario_range_show(key, &range);
		fputs(range.text[0] ? range.text : "-", f);
	}
}

static void default_print(FILE *f, const struct scenario_key *key)
{
	bool bare = key->type == SCENARIO_BOOL || key->type == SCENARIO_COUNT ||
		    key->type == SCENARIO_RATIO || key->type == SCENARIO_LINES;

	if (key->flags &
	    (SCENARIO_BY_WORLD | SCENARIO_BY_AMOUNT | SCENARIO_BY_INTERVAL | SCENARIO_BY_CLASS))
		fputs("by kind", f);
	else if (key->flags & SCENARIO_REQUIRED)
		fputs("required", f);
	else if (key->flags & SCENARIO_OPTIONAL)
		fputs("absent", f);
	else if (key->type == SCENARIO_LIST)
		fputs(key->def ? key->def : "empty", f);
	else if (!key->def || key->def[0] == '\0')
		fputs("-", f);
	else if (key->type == SCENARIO_CLASS)
		fputs("the last", f);
	else
		fprintf(f,
			bare && !(key->zero && strcmp(key->def, key->zero) == 0) ? "`%s`"
										 : "`\"%s\"`",
			key->def);
}

/* What the line of a key starts with; the meaning follows. */
static char *row_make(const struct scenario_key *key, const char *full)
{
	char *row = NULL;
	size_t size;
	FILE *f = open_memstream(&row, &size);

	assert_non_null(f);
	fprintf(f, "\n| `%s` | %s | ", full, type_word(key));
	range_print(f, key);
	fputs(" | ", f);
	default_print(f, key);
	fputs(" | ", f);
	fclose(f);
	return row;
}

static unsigned rows_check(const struct scenario_group *group, const char *prefix)
{
	unsigned missing = 0;

	for (unsigned k = 0; k < group->count; k++) {
		const struct scenario_key *key = &group->key[k];
		char full[SCENARIO_KEY_MAX];
		char *row;

		assert_true(scenario_key_join(full, prefix, key->name));
		row = row_make(key, full);
		if (!strstr(doc, row)) {
			print_error("%s has no line:%s\n", DOC, row);
			missing++;
		}
		free(row);
		if (key->type == SCENARIO_LIST)
			memcpy(full + strlen(full), "[]", sizeof("[]"));
		if (key->group)
			missing += rows_check(key->group, full);
	}
	return missing;
}

static void every_key_has_its_line(void **state)
{
	(void)state;
	assert_int_equal(rows_check(&scenario_root, ""), 0);
}

static void man_page_names_every_key(void **state)
{
	(void)state;
	for (unsigned k = 0; k < scenario_root.count; k++) {
		char bold[64];

		snprintf(bold, sizeof(bold), "*%s*", scenario_root.key[k].name);
		if (!strstr(man, bold))
			fail_msg("%s lacks %s", MAN, bold);
	}
}

/* --- rows of faults ----------------------------------------------------------------------------
 */

static void every_fault_has_its_line(void **state)
{
	static const char *const amount[] = {
	    [SCENARIO_AMOUNT_NONE] = "-",
	    [SCENARIO_AMOUNT_TIME] = "time",
	    [SCENARIO_AMOUNT_SHIFT] = "time, may be negative",
	    [SCENARIO_AMOUNT_FRAMES] = "frames",
	};
	static const char *const use[] = {
	    [SCENARIO_USE_NO] = "-", [SCENARIO_USE_MAY] = "may", [SCENARIO_USE_MUST] = "must"};
	unsigned missing = 0;

	(void)state;
	for (unsigned k = 0; k < SIM_FAULT_KINDS; k++) {
		const struct scenario_fault_info *info = scenario_fault_info(k);
		char row[200];

		snprintf(row, sizeof(row), "\n| `%s` | %s | %s | %s | %s | %s | ", info->name,
			 info->opportunity, use[info->world], amount[info->amount],
			 info->interval ? "must" : "-", use[info->cls]);
		if (strstr(doc, row))
			continue;
		print_error("%s has no line:%s\n", DOC, row);
		missing++;
	}
	assert_int_equal(missing, 0);
}

static void every_weakness_has_its_line(void **state)
{
	(void)state;
	for (unsigned i = 0; scenario_weakness_name(i); i++) {
		char row[64];

		snprintf(row, sizeof(row), "\n| `%s` | ", scenario_weakness_name(i));
		if (!strstr(doc, row))
			fail_msg("%s has no line:%s", DOC, row);
	}
}

/* --- examples ----------------------------------------------------------------------------------
 */

/* Every block of the kind "```scenario" is a whole file. */
static void examples_are_scenarios(void **state)
{
	static const char begin[] = "\n```scenario\n";
	static struct scenario sc;
	unsigned n = 0;
	char err[500];

	(void)state;
	for (const char *p = strstr(doc, begin); p; p = strstr(p, begin)) {
		const char *end = strstr(p += sizeof(begin) - 1, "\n```\n");

		assert_non_null(end);
		if (scenario_parse(&sc, p, (size_t)(end - p), DOC, NULL, 0, err, sizeof(err)) != 0)
			fail_msg("example %u: %s", n, err);
		n++;
	}
	assert_true(n >= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_key_has_its_line),
	    cmocka_unit_test(every_fault_has_its_line),
	    cmocka_unit_test(every_weakness_has_its_line),
	    cmocka_unit_test(man_page_names_every_key),
	    cmocka_unit_test(examples_are_scenarios),
	};

	return cmocka_run_group_tests(tests, docs_read, docs_free);
}
