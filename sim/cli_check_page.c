/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli_check_page.c - docs/verification.md from the results that are there.
 *
 * Rows stand in the order of the table and times are rounded, so that the page changes when what it
 * says does. A check without a result of these very sources is said to be open, whatever it was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_check.h"

struct page {
	const struct check_table *t;
	json_t **result; /* of each check; NULL: none of these sources */
	FILE *out;
};

const char *check_count_text(const json_t *result, char *buf, size_t size)
{
	static const struct {
		const char *key, *noun;
	} counts[] = {{"states", "states"},
		      {"executions", "runs"},
		      {"proved", "proved"},
		      {"mutants", "mutants"}};
	static const char *const units[] = {"", " k", " M", " G"};
	unsigned u = 0;
	size_t i = 0;
	double n;

	buf[0] = '\0';
	while (i < 4 && !json_object_get(result, counts[i].key))
		i++;
	if (i == 4)
		return buf;
	n = cli_json_number(result, counts[i].key);
	for (; u < 3 && n >= 10000; u++)
		n /= 1000;
	snprintf(buf, size, "%.*f%s %s", u > 0 && n < 100 ? 1 : 0, n, units[u], counts[i].noun);
	return buf;
}

/* 0.4 s as "under 1 s", then seconds, tens of seconds, minutes, hours. */
static const char *rounded(double s, char *buf, size_t size)
{
	if (s < 1)
		snprintf(buf, size, "under 1 s");
	else if (s < 10)
		snprintf(buf, size, "%.0f s", s);
	else if (s < 95)
		snprintf(buf, size, "%.0f0 s", s / 10);
	else if (s < 5400)
		snprintf(buf, size, "%.0f min", s / 60);
	else
		snprintf(buf, size, "%.1f h", s / 3600);
	return buf;
}

/* Text of a tool in a table's cell. */
static void put_cell(FILE *out, const char *text)
{
	fputs(" ", out);
	for (; *text != '\0'; text++) {
		if (strchr("|\\<*_`", *text))
			fputc('\\', out);
		fputc(*text == '\n' ? ' ' : *text, out);
	}
	fputs(" |", out);
}

/* --- sections --- */

static const char *worst(const struct page *p, unsigned property, unsigned engine, unsigned *count)
{
	const char *word = NULL;

	*count = 0;
	for (unsigned i = 0; i < p->t->count; i++) {
		const struct check *c = &p->t->check[i];
		const char *verdict = cli_json_text(p->result[i], "verdict");

		if (c->engine != engine || c->breaks || !(c->properties & SIM_PROPERTY(property)))
			continue;
		if (strcmp(verdict, "FAIL") == 0)
			word = "FAIL";
		if (strcmp(verdict, "PASS") == 0)
			(*count)++;
		else if (!word)
			word = "open";
	}
	return word;
}

static bool engine_used(const struct page *p, unsigned engine)
{
	for (unsigned i = 0; i < p->t->count; i++)
		if (p->t->check[i].engine == engine && p->t->check[i].properties != 0)
			return true;
	return false;
}

static void put_matrix(const struct page *p)
{
	fputs(
	    "## Properties\n\nNumbers of checks that passed; a property is as good as the bounds "
	    "of "
	    "these, which are in the\ntables below. *open*: some gave no verdict.\n\n| property |",
	    p->out);
	for (unsigned e = 0; e < CHECK_ENGINES; e++)
		if (engine_used(p, e))
			fprintf(p->out, " %s |", check_engines[e]);
	fputs("\n|----|", p->out);
	for (unsigned e = 0; e < CHECK_ENGINES; e++)
		if (engine_used(p, e))
			fputs("----|", p->out);
	for (unsigned n = 1; n <= SIM_PROPERTIES; n++) {
		fprintf(p->out, "\n| P%u %s |", n, sim_property_name(n));
		for (unsigned e = 0; e < CHECK_ENGINES; e++) {
			unsigned count = 0;
			const char *word = engine_used(p, e) ? worst(p, n, e, &count) : "";

			if (!engine_used(p, e))
				continue;
			if (word && count > 0)
				fprintf(p->out, " %u, %s |", count, word);
			else if (word || count == 0)
				fprintf(p->out, " %s |", word ? word : "");
			else
				fprintf(p->out, " %u |", count);
		}
	}
	fputs("\n", p->out);
}

static void put_row(const struct page *p, unsigned i)
{
	const struct check *c = &p->t->check[i];
	const json_t *result = p->result[i];
	const char *verdict = cli_json_text(result, "verdict");
	const char *why = cli_json_text(result, "why");
	const json_t *line = json_object_get(result, "line");
	char text[80];

	fprintf(p->out, "| `%s` |", c->id);
	put_cell(p->out, check_properties(c->properties, text, sizeof(text)));
	fprintf(p->out, " %s |", c->claim);
	put_cell(p->out, result ? verdict : "open");
	put_cell(p->out, *why ? why : cli_json_text(line, c->breaks ? "found" : "bounds"));
	put_cell(p->out, check_count_text(result, text, sizeof(text)));
	put_cell(p->out,
		 result ? rounded(cli_json_number(result, "seconds"), text, sizeof(text)) : "");
	fputs("\n", p->out);
}

static void put_checks(const struct page *p, bool breaks)
{
	for (unsigned e = 0; e < CHECK_ENGINES; e++) {
		bool any = false;

		for (unsigned i = 0; i < p->t->count; i++) {
			const struct check *c = &p->t->check[i];

			if (c->engine != e || c->breaks != breaks)
				continue;
			if (!any)
				fprintf(
				    p->out,
				    "\n### %s\n\n| check | properties | %s | verdict | %s | looked "
				    "at | time |\n|----|----|----|----|----|----|----|\n",
				    check_engines[e], breaks ? "what is weakened" : "claim",
				    breaks ? "what broke" : "bounds, or why not");
			any = true;
			put_row(p, i);
		}
	}
}

/* What the runner of the mutants says of each engine: "engines": {"proof": {"killed": 8, "of": 9}}
 */
static void put_engines(const struct page *p, const json_t *line)
{
	json_t *engines = json_object_get(line, "engines"), *one;
	const char *name;

	if (!json_is_object(engines))
		return;
	fputs("\n| engine | killed | of |\n|----|----|----|\n", p->out);
	json_object_foreach(engines, name, one)
	{
		fputs("|", p->out);
		put_cell(p->out, name);
		fprintf(p->out, " %.0f | %.0f |\n", cli_json_number(one, "killed"),
			cli_json_number(one, "of"));
	}
}

static void put_mutants(const struct page *p)
{
	for (unsigned i = 0; i < p->t->count; i++) {
		const json_t *line = json_object_get(p->result[i], "line"), *name;
		const json_t *survivors = json_object_get(line, "survivors");
		size_t k;

		if (!json_object_get(line, "killed"))
			continue;
		fprintf(p->out, "\n`%s`: %.0f of %.0f mutants killed.\n", p->t->check[i].id,
			cli_json_number(line, "killed"), cli_json_number(line, "mutants"));
		put_engines(p, line);
		if (json_array_size(survivors) > 0)
			fputs("\nSurvivors:\n\n", p->out);
		json_array_foreach(survivors, k, name)
		    fprintf(p->out, "- `%s`\n", json_string_value(name));
	}
}

static void put_page(const struct page *p)
{
	fputs(
	    "<!-- SPDX-License-Identifier: BSD-2-Clause -->\n"
	    "<!-- Generated by `iwc check --report` from the results of `make verify` or `make "
	    "verify-full`; do not edit. -->\n"
	    "# What is verified\n\n"
	    "Each row is a check of `model/checks.cfg`: a claim, the engine that backs it, and the "
	    "bounds within\nwhich it does. `iwc check ID` repeats one. PASS means that the engine "
	    "finished within its bounds and found\nnothing; UNDECIDED that a bound, memory or time "
	    "ended it; *open* that there is no result for these sources.\nHow to read bounds is in "
	    "[explore.md](explore.md).\n\n",
	    p->out);
	put_matrix(p);
	fputs("\n## Checks\n", p->out);
	put_checks(p, false);
	fputs("\n## Deliberate breaks\n\nEach takes something away; it passes if the check then "
	      "fails "
	      "with the announced property.\n",
	      p->out);
	put_checks(p, true);
	fputs("\n## Mutants\n\nWhich engine kills which of them is in [mutants.md](mutants.md).\n",
	      p->out);
	put_mutants(p);
}

int check_page_write(const struct check_table *t, const char *folder, const char *path)
{
	struct page p = {.t = t, .result = calloc(t->count + 1u, sizeof(json_t *))};
	char *text = NULL, hash[17];
	unsigned there = 0;
	size_t len = 0;
	int rc = CLI_BUG;

	for (unsigned i = 0; p.result && i < t->count; i++) {
		check_hash(t, &t->check[i], hash);
		p.result[i] = check_result_load(&t->check[i], folder, hash);
		there += p.result[i] != NULL;
	}
	if (p.result && there == 0) {
		cli_error("%s: holds no result of these sources; 'iwc check' makes them", folder);
		rc = CLI_UNDECIDED;
	} else if (p.result) {
		p.out = open_memstream(&text, &len);
	}
	if (p.out) {
		put_page(&p);
		if (fclose(p.out) == 0)
			rc = cli_write_file(path, text, len);
	}
	for (unsigned i = 0; p.result && i < t->count; i++)
		json_decref(p.result[i]);
	free(p.result);
	free(text);
	return rc;
}
