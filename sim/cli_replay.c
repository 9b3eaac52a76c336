/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_replay.c - iwc replay and iwc report: what can be done with the folder of an earlier run. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "cli_explore.h"
#include "report.h"
#include "scenario_file.h"

#define RESULT_BYTES_MAX (64u << 20)
#define STEPS 20

struct replay {
	const struct cli_args *args;
	const char *folder;
	json_t *old;
	struct cli_case c;
	struct sim_result result;
	char *temp;
};

static json_t *load_json(const char *folder)
{
	char err[1024] = "", *text = NULL, *path = cli_path(folder, "result.json");
	json_error_t where;
	json_t *json = NULL;
	size_t len;

	if (path)
		text = cli_read_file(path, RESULT_BYTES_MAX, &len, err, sizeof(err));
	if (text) {
		json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);
		if (!json)
			cli_error("%s:%d: %s", path, where.line, where.text);
		else if (!json_is_object(json))
			cli_error("%s: an object is needed", path);
	} else if (path) {
		cli_error("%s", err);
	}
	if (!json_is_object(json)) {
		json_decref(json);
		json = NULL;
	}
	free(text);
	free(path);
	return json;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* --- replay --- */

static int refuse(const struct replay *r, const char *why)
{
	cli_error("%s/result.json: %s", r->folder, why);
	return CLI_USAGE;
}

static int check_old(const struct replay *r)
{
	if (strcmp(text_of(r->old, "schema"), "iwc-result-1") != 0)
		return refuse(r, "schema is not iwc-result-1");
	if (strcmp(text_of(r->old, "mode"), "threads") == 0) {
		cli_error("%s: ran on threads in real time, which no second run repeats",
			  r->folder);
		return CLI_UNDECIDED;
	}
	if (json_is_true(json_object_get(r->old, "partial"))) {
		cli_error("%s: was interrupted; a complete run can't be compared with it",
			  r->folder);
		return CLI_UNDECIDED;
	}
	return CLI_OK;
}

static int load_case(struct replay *r)
{
	const json_t *options = json_object_get(r->old, "options");
	const char *mute = text_of(options, "mute");
	char err[1024] = "", *path = cli_path(r->folder, "scenario.cfg");
	int rc;

	if (!path)
		return CLI_BUG;
	rc = scenario_load(&r->c.sc, path, NULL, 0, err, sizeof(err));
	free(path);
	if (rc != 0) {
		fprintf(stderr, "%s\n", err);
		return CLI_USAGE;
	}
	r->c.keep_going = json_is_true(json_object_get(options, "keep_going"));
	r->c.trace_accesses = json_is_true(json_object_get(options, "trace_accesses"));
	if (*mute && !cli_case_mute(&r->c, mute))
		return refuse(r, "options.mute: FAULT:FIRING in rising order is needed");
	if (!cli_parse_u64(text_of(r->old, "seed"), &r->c.seed))
		return refuse(r, "seed: a number as a text is needed");
	return cli_case_check_cores(&r->c.sc);
}

static FILE *open_trace(const char *folder)
{
	char *path = cli_path(folder, "trace.txt");
	FILE *file = path ? fopen(path, "r") : NULL;

	if (path && !file && errno != ENOENT)
		cli_error("%s: %s", path, strerror(errno));
	free(path);
	return file;
}

struct difference {
	uint64_t line;	 /* 0: none */
	char *old, *now; /* NULL: that trace has ended */
};

static char *chomp(char *line, ssize_t len)
{
	if (len < 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static void compare_lines(FILE *old, FILE *now, struct difference *d)
{
	char *a = NULL, *b = NULL;
	size_t a_size = 0, b_size = 0;
	ssize_t n, m;

	for (uint64_t line = 1;; line++) {
		n = getline(&a, &a_size, old);
		m = getline(&b, &b_size, now);
		if (n < 0 && m < 0)
			break;
		if (n == m && memcmp(a, b, (size_t)n) == 0)
			continue;
		*d = (struct difference){line, chomp(a, n), chomp(b, m)};
		return;
	}
	free(a);
	free(b);
}

static void find_difference(const struct replay *r, struct difference *d)
{
	FILE *old = open_trace(r->folder), *now = old ? open_trace(r->temp) : NULL;

	if (now)
		compare_lines(old, now, d);
	if (now)
		fclose(now);
	if (old)
		fclose(old);
}

static void print_difference(const struct replay *r, const struct difference *d)
{
	const char *old = text_of(r->old, "version"), *now = text_of(r->result.json, "version");

	printf("%sDIFFERENT%s: the trace is not the recorded one\n", cli_colour(CLI_BAD),
	       cli_colour(CLI_PLAIN));
	printf("  recorded hash %s, now %s\n", text_of(r->old, "trace_hash"),
	       text_of(r->result.json, "trace_hash"));
	if (strcmp(old, now) != 0)
		printf("  recorded by version %s, this is %s\n", old, now);
	if (d->line != 0)
		printf("  first different line is %" PRIu64 " of trace.txt:\n  - %s\n  + %s\n",
		       d->line, d->old ? d->old : "(end)", d->now ? d->now : "(end)");
}

static int print_json(const struct replay *r, bool same, const struct difference *d)
{
	return cli_print_json(
	    json_pack("{s:s, s:b, s:s, s:s, s:o, s:s?, s:s?, s:O}", "schema", "iwc-replay-1",
		      "same", same, "recorded_hash", text_of(r->old, "trace_hash"), "hash",
		      text_of(r->result.json, "trace_hash"), "line",
		      d->line ? json_integer((json_int_t)d->line) : json_null(), "recorded_line",
		      d->old, "line_now", d->now, "result", r->result.json));
}

static int print_human(const struct replay *r, bool same, const struct difference *d,
		       unsigned steps)
{
	if (!same) {
		print_difference(r, d);
		return CLI_OK;
	}
	cli_print_verdict(&r->c, &r->result.summary);
	printf("same trace as recorded: %" PRIu64 " steps, hash %s\n", r->result.summary.steps,
	       text_of(r->old, "trace_hash"));
	cli_print_steps(r->result.json, steps, cli_given(r->args, CLI_AROUND));
	return CLI_OK;
}

static int compare(struct replay *r)
{
	struct difference d = {0};
	uint64_t steps = STEPS;
	bool same;
	int rc = cli_option_u64(r->args, CLI_STEPS, 0, 1000000, &steps);

	if (rc != CLI_OK)
		return rc;
	if (r->result.summary.partial) {
		cli_error("interrupted");
		return CLI_UNDECIDED;
	}
	find_difference(r, &d);
	same = d.line == 0 &&
	       strcmp(text_of(r->old, "trace_hash"), text_of(r->result.json, "trace_hash")) == 0;
	if (cli_given(r->args, CLI_JSON))
		rc = print_json(r, same, &d);
	else
		rc = print_human(r, same, &d, (unsigned)steps);
	free(d.old);
	free(d.now);
	return same ? rc : CLI_FAILED;
}

int cli_replay(const struct cli_args *args)
{
	struct replay *r = calloc(1, sizeof(*r));
	int rc;

	if (!r) {
		cli_error("out of memory");
		return CLI_BUG;
	}
	r->args = args;
	r->folder = args->operand[0];
	r->old = load_json(r->folder);
	if (r->old && strcmp(text_of(r->old, "schema"), EXPLORE_SCHEMA) == 0) {
		rc = explore_replay(args, r->folder, r->old);
		json_decref(r->old);
		free(r);
		return rc;
	}
	rc = r->old ? check_old(r) : CLI_USAGE;
	if (rc == CLI_OK)
		rc = load_case(r);
	if (rc == CLI_OK) {
		r->temp = cli_temp_make();
		rc = r->temp ? cli_case_run(r->args, &r->c, r->temp, &r->result) : CLI_FAILED;
	}
	if (rc == CLI_OK) {
		rc = compare(r);
		sim_result_free(&r->result);
	}
	cli_temp_remove(r->temp);
	cli_case_free(&r->c);
	json_decref(r->old);
	free(r);
	return rc;
}

/* --- report --- */

int cli_report(const struct cli_args *args)
{
	const char *folder = args->operand[0];
	json_t *json = load_json(folder);
	char *cfg = cli_path(folder, "scenario.cfg"), *html = cli_path(folder, "report.html");
	char *text = NULL, err[1024] = "";
	size_t len;
	int rc = CLI_USAGE;

	if (json && strcmp(text_of(json, "schema"), EXPLORE_SCHEMA) == 0) {
		rc = explore_report(folder, json);
	} else if (json && cfg && html) {
		text = cli_read_file(cfg, SCENARIO_BYTES_MAX, &len, err, sizeof(err));
		if (text && report_write(json, text, html, err, sizeof(err)) == 0)
			rc = CLI_OK;
		else
			cli_error("%s", err);
	}
	if (rc == CLI_OK && !cli_given(args, CLI_QUIET))
		printf("%s\n", html);
	free(text);
	free(html);
	free(cfg);
	json_decref(json);
	return rc;
}
