/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_check.c - iwc check: run the table of checks, or what is asked for of it. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_check.h"
#include "scenario_schema.h"
#include "version.h"

enum verdict { PASSED, FAILED, UNDECIDED, SKIPPED, VERDICTS };

static const char *const verdict_names[VERDICTS] = {"PASS", "FAIL", "UNDECIDED", "SKIP"};

struct checking {
	const struct cli_args *args;
	struct check_table table;
	const struct check **wanted; /* NULL behind the last */
	unsigned count;
	char *folder;
	json_t *results; /* in the order of the table, what has been done of it */
	int id_width, properties_width;
	unsigned n[VERDICTS];
	unsigned cell[SIM_PROPERTIES][CHECK_ENGINES][VERDICTS];
	bool bug;
};

static enum verdict verdict_of(const json_t *result)
{
	for (unsigned v = 0; v < VERDICTS; v++)
		if (strcmp(cli_json_text(result, "verdict"), verdict_names[v]) == 0)
			return v;
	return FAILED;
}

/* --- which checks --- */

static const char *operand_next(const void *ctx, unsigned i)
{
	const struct check_table *t = ctx;

	return i < t->count ? t->check[i].id : scenario_property_id(i - t->count);
}

static bool is_check(const struct check_table *t, const char *word)
{
	for (unsigned i = 0; i < t->count; i++)
		if (strcmp(t->check[i].id, word) == 0)
			return true;
	return false;
}

static int check_operands(const struct checking *k)
{
	for (int i = 0; i < k->args->operand_count; i++) {
		const char *word = k->args->operand[i], *near;
		unsigned p;

		if (scenario_word_find(scenario_property_id, word, &p) || is_check(&k->table, word))
			continue;
		near = cli_nearest(word, operand_next, &k->table);
		cli_error("'%s' is neither a property nor a check%s%s%s ('iwc check --list')", word,
			  near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
		return CLI_USAGE;
	}
	return CLI_OK;
}

/* A check that is named is meant, whatever its set. */
static bool is_wanted(const struct checking *k, const struct check *c)
{
	bool in_set = !c->full || cli_given(k->args, CLI_FULL);
	unsigned p;

	if (k->args->operand_count == 0)
		return in_set;
	for (int i = 0; i < k->args->operand_count; i++) {
		if (strcmp(k->args->operand[i], c->id) == 0)
			return true;
		if (in_set && scenario_word_find(scenario_property_id, k->args->operand[i], &p) &&
		    (c->properties & SIM_PROPERTY(p + 1)) != 0)
			return true;
	}
	return false;
}

static int read_shard(const struct cli_args *args, unsigned *index, unsigned *shards)
{
	const char *text = args->value[CLI_SHARD];
	unsigned long i = 0, n = 0;
	char *end;

	*index = *shards = 1;
	if (!text)
		return CLI_OK;
	if (isdigit((unsigned char)*text)) {
		i = strtoul(text, &end, 10);
		if (*end == '/' && isdigit((unsigned char)end[1]))
			n = strtoul(end + 1, &end, 10);
		n = *end == '\0' && n <= CHECKS_MAX ? n : 0;
	}
	*index = (unsigned)i;
	*shards = (unsigned)n;
	if (i >= 1 && i <= n)
		return CLI_OK;
	cli_error("--shard %.40s: I/N is needed, I from 1 to N, N at most %u", text, CHECKS_MAX);
	return CLI_USAGE;
}

/* Neighbours in the table are alike, so that a shard takes every N-th. */
static int select_checks(struct checking *k)
{
	unsigned index, shards, seen = 0;
	int rc = read_shard(k->args, &index, &shards);

	if (rc == CLI_OK)
		rc = check_operands(k);
	if (rc != CLI_OK)
		return rc;
	k->wanted = calloc(k->table.count + 1u, sizeof(const struct check *));
	if (!k->wanted) {
		cli_error("out of memory");
		return CLI_BUG;
	}
	for (unsigned i = 0; i < k->table.count; i++)
		if (is_wanted(k, &k->table.check[i]) && seen++ % shards == index - 1)
			k->wanted[k->count++] = &k->table.check[i];
	return CLI_OK;
}

/* --- printing --- */

static const char *time_text(const json_t *result, char *buf, size_t size)
{
	snprintf(buf, size, "%.1f s", cli_json_number(result, "seconds"));
	return buf;
}

static void put_row(const struct checking *k, const char *verdict, enum cli_colour colour,
		    const char *const cell[6])
{
	printf("%s%-9s%s  %-*s  %-10s  %-*s  %14s  %8s  %s\n", cli_colour(colour), verdict,
	       cli_colour(CLI_PLAIN), k->id_width, cell[0], cell[1], k->properties_width, cell[2],
	       cell[3], cell[4], cell[5]);
	fflush(stdout);
}

static void set_widths(struct checking *k)
{
	char text[80];

	k->id_width = (int)strlen("check");
	k->properties_width = (int)strlen("properties");
	for (const struct check *const *c = k->wanted; *c; c++) {
		int id = (int)strlen((*c)->id);
		int properties =
		    (int)strlen(check_properties((*c)->properties, text, sizeof(text)));

		k->id_width = id > k->id_width ? id : k->id_width;
		k->properties_width =
		    properties > k->properties_width ? properties : k->properties_width;
	}
}

static void print_head(const struct checking *k)
{
	static const char *const cell[6] = {"check",	 "engine", "properties",
					    "looked at", "time",   "bounds, or why not"};

	if (!cli_given(k->args, CLI_JSON))
		put_row(k, "verdict", CLI_PLAIN, cell);
}

static void print_row(const struct checking *k, const json_t *result)
{
	static const enum cli_colour colours[VERDICTS] = {CLI_GOOD, CLI_BAD, CLI_DOUBT, CLI_DOUBT};
	const char *why = cli_json_text(result, "why");
	enum verdict v = verdict_of(result);
	char count[40], time[32];
	const char *const cell[6] = {
	    cli_json_text(result, "id"),	   cli_json_text(result, "engine"),
	    cli_json_text(result, "properties"),   check_count_text(result, count, sizeof(count)),
	    time_text(result, time, sizeof(time)), *why ? why : cli_json_text(result, "bounds")};

	if (!cli_given(k->args, CLI_JSON))
		put_row(k, verdict_names[v], colours[v], cell);
}

/* "PASS 3", or what spoils it: "FAIL 1/3". */
static void print_cell(const unsigned cell[VERDICTS])
{
	static const enum verdict worst[] = {FAILED, UNDECIDED, SKIPPED, PASSED};
	unsigned all = cell[0] + cell[1] + cell[2] + cell[3], i = 0;
	char text[40] = "-";

	while (i < VERDICTS - 1 && cell[worst[i]] == 0)
		i++;
	if (worst[i] == PASSED && all > 0)
		snprintf(text, sizeof(text), "PASS %u", all);
	else if (all > 0)
		snprintf(text, sizeof(text), "%s %u/%u", verdict_names[worst[i]], cell[worst[i]],
			 all);
	printf("  %-13s", text);
}

static bool engine_used(const struct checking *k, unsigned e)
{
	for (unsigned p = 0; p < SIM_PROPERTIES; p++)
		for (unsigned v = 0; v < VERDICTS; v++)
			if (k->cell[p][e][v] != 0)
				return true;
	return false;
}

static void print_matrix(const struct checking *k)
{
	printf("\nproperty");
	for (unsigned e = 0; e < CHECK_ENGINES; e++)
		if (engine_used(k, e))
			printf("  %-13s", check_engines[e]);
	putchar('\n');
	for (unsigned p = 0; p < SIM_PROPERTIES; p++) {
		unsigned any = 0;

		for (unsigned e = 0; e < CHECK_ENGINES; e++)
			for (unsigned v = 0; v < VERDICTS; v++)
				any += k->cell[p][e][v];
		if (any == 0)
			continue;
		printf("%-8s", scenario_property_id(p));
		for (unsigned e = 0; e < CHECK_ENGINES; e++)
			if (engine_used(k, e))
				print_cell(k->cell[p][e]);
		putchar('\n');
	}
}

static int list_json(const struct checking *k)
{
	json_t *items = json_array();
	char properties[80];

	for (const struct check *const *at = k->wanted; *at; at++) {
		const struct check *c = *at;

		check_properties(c->properties, properties, sizeof(properties));
		json_array_append_new(
		    items, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "id", c->id, "engine",
				     check_engines[c->engine], "properties", properties, "claim",
				     c->claim, "command", c->command, "set",
				     c->full ? "full" : "quick", "break", c->breaks));
	}
	return cli_print_json(
	    json_pack("{s:s, s:o}", "schema", "iwc-check-list-1", "checks", items));
}

static int list_checks(const struct checking *k)
{
	char properties[80];

	if (cli_given(k->args, CLI_JSON))
		return list_json(k);
	for (const struct check *const *at = k->wanted; *at; at++) {
		const struct check *c = *at;

		printf("%-*s  %-5s  %-10s  %-*s  %s%s\n", k->id_width, c->id,
		       c->full ? "full" : "quick", check_engines[c->engine], k->properties_width,
		       check_properties(c->properties, properties, sizeof(properties)),
		       c->breaks ? "breaks: " : "", c->claim);
	}
	return CLI_OK;
}

/* --- running --- */

/* In a worker. What was interrupted leaves no record. */
static size_t work(void *ctx, uint64_t job, void *record)
{
	struct checking *k = ctx;
	const struct check *c = k->wanted[job];
	json_t *result = NULL;
	char hash[17];
	size_t len;

	cli_pool_unit(job);
	if (cli_given(k->args, CLI_RESUME)) {
		check_hash(&k->table, c, hash);
		result = check_result_load(c, k->folder, hash);
		if (result && verdict_of(result) == SKIPPED) {
			json_decref(result);
			result = NULL;
		}
		if (result)
			json_object_set_new(result, "kept", json_true());
	}
	if (!result)
		result = check_run(&k->table, c, k->folder);
	if (!result)
		return 0;
	len = json_dumpb(result, record, CHECK_RECORD_MAX, JSON_COMPACT);
	json_decref(result);
	return len <= CHECK_RECORD_MAX ? len : 0;
}

static bool take(void *ctx, uint64_t job, const void *record, size_t len)
{
	struct checking *k = ctx;
	const struct check *c = k->wanted[job];
	json_t *result = json_loadb(record, len, 0, NULL);
	enum verdict v;

	if (!result) {
		k->bug |= !cli_interrupted();
		return !k->bug;
	}
	v = verdict_of(result);
	k->n[v]++;
	for (unsigned p = 0; p < SIM_PROPERTIES && !c->breaks; p++)
		if ((c->properties & SIM_PROPERTY(p + 1)) != 0)
			k->cell[p][c->engine][v]++;
	print_row(k, result);
	json_array_append_new(k->results, result);
	return true;
}

static int run_checks(struct checking *k)
{
	struct cli_pool pool = {.count = k->count,
				.record_max_bytes = CHECK_RECORD_MAX,
				.work = work,
				.take = take,
				.ctx = k,
				.what = "checks",
				.units = k->count,
				.quiet = cli_given(k->args, CLI_QUIET)};
	struct cli_pool_end end;
	int rc = cli_jobs(k->args, &pool.jobs);

	if (rc == CLI_OK)
		rc = cli_out_folder(k->folder, ".iwc-check", cli_given(k->args, CLI_FORCE));
	if (rc == CLI_OK) {
		char *marker = cli_path(k->folder, ".iwc-check");

		rc = marker ? cli_write_file(marker, "", 0) : CLI_BUG;
		free(marker);
	}
	if (rc != CLI_OK)
		return rc;
	print_head(k);
	rc = cli_pool_run(&pool, &end);
	if (k->bug && rc == CLI_OK) {
		cli_error("bug: a check left no result");
		rc = CLI_BUG;
	}
	return rc;
}

static int summary(const struct checking *k)
{
	bool strict = cli_given(k->args, CLI_STRICT), partial = cli_interrupted();
	unsigned failed = k->n[FAILED] + k->n[UNDECIDED] + (strict ? k->n[SKIPPED] : 0);
	unsigned skipped = strict ? 0 : k->n[SKIPPED];
	int rc = CLI_OK;

	if (cli_given(k->args, CLI_JSON))
		rc = cli_print_json(json_pack("{s:s, s:s, s:b, s:i, s:i, s:i, s:i, s:O}", "schema",
					      "iwc-check-1", "version", IWC_VERSION, "partial",
					      partial, "passed", (int)k->n[PASSED], "failed",
					      (int)k->n[FAILED], "undecided", (int)k->n[UNDECIDED],
					      "skipped", (int)k->n[SKIPPED], "checks", k->results));
	else
		print_matrix(k);
	if (partial)
		cli_error("interrupted: %zu of %u checks have a result",
			  json_array_size(k->results), k->count);
	if (!cli_given(k->args, CLI_JSON)) {
		if (k->n[UNDECIDED] > 0)
			printf("%u undecided: neither shown nor refuted, counted as failed\n",
			       k->n[UNDECIDED]);
		if (strict && k->n[SKIPPED] > 0)
			printf("%u skipped, which is strictly a failure\n", k->n[SKIPPED]);
		printf("results: %s\n%u passed, %u failed, %u skipped\n", k->folder, k->n[PASSED],
		       failed, skipped);
	}
	if (k->n[FAILED] > 0 || (strict && k->n[SKIPPED] > 0))
		return CLI_FAILED;
	if (partial || k->n[UNDECIDED] > 0 || k->n[PASSED] == 0)
		return CLI_UNDECIDED;
	return rc;
}

static int check(struct checking *k)
{
	const char *out = k->args->value[CLI_OUT];
	int rc = select_checks(k);

	if (rc != CLI_OK)
		return rc;
	set_widths(k);
	if (cli_given(k->args, CLI_LIST))
		return list_checks(k);
	k->folder = out ? strdup(out) : cli_default_out("verify");
	k->results = json_array();
	if (!k->folder || !k->results)
		return CLI_BUG;
	if (cli_given(k->args, CLI_REPORT))
		return check_page_write(&k->table, k->folder, k->args->value[CLI_REPORT]);
	rc = run_checks(k);
	return rc == CLI_OK ? summary(k) : rc;
}

int cli_check(const struct cli_args *args)
{
	struct checking *k = calloc(1, sizeof(*k));
	int rc;

	if (!k) {
		cli_error("out of memory");
		return CLI_BUG;
	}
	k->args = args;
	rc = check_table_open(&k->table);
	if (rc == CLI_OK)
		rc = check(k);
	json_decref(k->results);
	free(k->folder);
	free(k->wanted);
	check_table_close(&k->table);
	free(k);
	return rc;
}
