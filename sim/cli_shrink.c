/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_shrink.c - iwc shrink: the smallest case that fails in the same way. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_shrink.h"
#include "scenario_file.h"

#define RUNS_DEFAULT 400
#define STEPS 12

/* " --mute 0-3,7" or "". NULL: no memory. */
static char *mute_flag(const struct shrink *s)
{
	const struct cli_case c = {.muted = s->muted, .muted_count = s->muted_count};
	char *list = cli_mute_text(&c), *flag = NULL;

	if (list)
		cli_append(&flag, "%s%s", *list ? " --mute " : "", list);
	free(list);
	return flag;
}

static char *summary_text(const struct shrink *s)
{
	char *text = NULL, before[40], after[40], when[40];

	cli_time(s->duration_before_ns, before, sizeof(before));
	cli_time(s->sc.duration_ns + s->sc.closing_ns, after, sizeof(after));
	cli_time(s->first.time_ns, when, sizeof(when));
	cli_append(&text,
		   "%s seed %" PRIu64 ": P%u in %s at %s, %s: %s\n"
		   "%u faults fired -> %u\n"
		   "%u fault entries -> %u, %u flows -> %u, %s -> %s; %" PRIu64 " runs\n",
		   s->sc.name, s->seed, s->property, scenario_world_name(s->first.world), when,
		   s->detector, s->first.text, s->firing_before, s->firing_count, s->fault_before,
		   s->sc.fault_count, s->flow_before, s->sc.flow_count, before, after, s->runs);
	return text;
}

static int print_text(const struct shrink *s, const char *text, const char *flag)
{
	char *summary = summary_text(s);

	if (!summary)
		return CLI_BUG;
	for (const char *line = summary; *line != '\0'; line += strcspn(line, "\n") + 1)
		printf("# %.*s\n", (int)strcspn(line, "\n"), line);
	printf("# reproduce: iwc run FILE --seed %" PRIu64 "%s\n", s->seed, flag);
	fputs(text, stdout);
	free(summary);
	return CLI_OK;
}

static int print_json(const struct shrink *s, const char *text, const char *mute)
{
	return cli_print_json(json_pack(
	    "{s:s, s:s, s:o, s:o, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:s}", "schema",
	    "iwc-shrink-1", "name", s->sc.name, "seed", json_sprintf("%" PRIu64, s->seed),
	    "property", json_sprintf("P%u", s->property), "detector", s->detector, "time_ns",
	    json_integer((json_int_t)s->first.time_ns), "text", s->first.text, "runs",
	    json_integer((json_int_t)s->runs), "fired_before", json_integer(s->firing_before),
	    "fired_after", json_integer(s->firing_count), "duration_before_ns",
	    json_integer((json_int_t)s->duration_before_ns), "duration_after_ns",
	    json_integer((json_int_t)s->sc.duration_ns + (json_int_t)s->sc.closing_ns), "mute",
	    mute, "scenario", text));
}

/* The small case once more, with all its files. */
static int write_folder(struct shrink *s, const char *folder, const char *flag, bool print)
{
	struct cli_case c = {.seed = s->seed, .muted = s->muted, .muted_count = s->muted_count};
	struct sim_options opt = {
	    .seed = s->seed, .out = folder, .muted = s->muted, .muted_count = s->muted_count};
	struct sim_result result = {0};
	char err[1024] = "", *cfg = cli_path(folder, "scenario.cfg"), *line = NULL, *summary = NULL;
	int rc = CLI_BUG;

	if (!cfg)
		return rc;
	c.sc = s->sc;
	c.flags = strdup(flag);
	snprintf(c.file, sizeof(c.file), "%s", cfg);
	free(cfg);
	if (c.flags)
		rc = sim_run(&c.sc, &opt, &result, err, sizeof(err));
	if (rc != 0) {
		cli_case_free(&c);
		return cli_sim_error(rc, err);
	}
	rc = cli_result_finish(folder, result.json, &c);
	line = cli_case_reproduce(&c, s->seed);
	summary = summary_text(s);
	if (print && line && summary) {
		fputs(summary, stdout);
		cli_print_steps(result.json, STEPS, false);
		printf("\nreproduce: %s\n", line);
	}
	free(summary);
	free(line);
	free(c.flags);
	sim_result_free(&result);
	return rc;
}

static int finish(const struct cli_args *args, struct shrink *s)
{
	char *text = scenario_text(&s->sc), *flag = mute_flag(s);
	bool json = cli_given(args, CLI_JSON);
	int rc = CLI_OK;

	if (!text || !flag) {
		cli_error("out of memory");
		rc = CLI_BUG;
	}
	if (rc == CLI_OK && args->value[CLI_OUT])
		rc = write_folder(s, args->value[CLI_OUT], flag, !json);
	if (rc == CLI_OK && json)
		rc = print_json(s, text, *flag ? flag + strlen(" --mute ") : "");
	else if (rc == CLI_OK && !args->value[CLI_OUT])
		rc = print_text(s, text, flag);
	free(flag);
	free(text);
	if (rc != CLI_OK || !cli_interrupted())
		return rc;
	cli_error("interrupted: this is the smallest case so far");
	return CLI_UNDECIDED;
}

static int shrink(const struct cli_args *args, struct cli_case *c, struct shrink *s)
{
	uint64_t runs = RUNS_DEFAULT;
	int rc = cli_option_u64(args, CLI_RUNS, 1, 1000000, &runs);

	if (rc == CLI_OK && args->value[CLI_OUT])
		rc =
		    cli_out_folder(args->value[CLI_OUT], "result.json", cli_given(args, CLI_FORCE));
	if (rc != CLI_OK)
		return rc;
	s->runs_max = runs;
	cli_progress_begin(&s->progress, "shrink", cli_given(args, CLI_QUIET));
	rc = shrink_begin(s, &c->sc, c->seed);
	if (rc == CLI_OK)
		shrink_search(s);
	cli_progress_end(&s->progress);
	if (rc == CLI_OK)
		rc = s->rc;
	return rc == CLI_OK ? finish(args, s) : rc;
}

int cli_shrink(const struct cli_args *args)
{
	struct cli_case *c = calloc(1, sizeof(*c));
	struct shrink *s = calloc(1, sizeof(*s));
	int rc = CLI_BUG;

	if (c && s) {
		rc = cli_case_load(args, args->operand[0], c);
		if (rc == CLI_OK) {
			rc = shrink(args, c, s);
			shrink_end(s);
			cli_case_free(c);
		}
	} else {
		cli_error("out of memory");
	}
	free(s);
	free(c);
	return rc;
}
