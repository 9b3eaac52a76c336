/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_explore_walk.c - random walks of the real core, and what their output is worth. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_child.h"
#include "cli_explore.h"

/* A bound that ended the walks, in words; false: none did. */
static bool walks_cut(const struct explore_search *s, const struct cli_child_end *end,
		      const char *text, const json_t *line, char *why, size_t why_size)
{
	if (strcmp(cli_json_text(line, "verdict"), "FAIL") == 0)
		return false;
	if (end->timed_out)
		snprintf(why, why_size, "time: %" PRIu64 " s were over before the walks",
			 s->time_s);
	else if (!line && end->interrupted)
		snprintf(why, why_size, "interrupted");
	else if (!line && end->status == CLI_UNDECIDED && strstr(text, "out of memory"))
		snprintf(why, why_size, "memory: it ended before the walks (--memory %" PRIu64 ")",
			 s->memory_mb);
	else
		return false;
	return true;
}

/* Walks that came to the depth and not to their end belong to the bounds. */
static void tell_cut(json_t *result, double cut)
{
	char *bounds = NULL;

	if (cut >= 1 &&
	    cli_append(&bounds, "%s, %.0f of them cut off", cli_json_text(result, "bounds"), cut))
		json_object_set_new(result, "bounds", json_string(bounds));
	free(bounds);
}

static int judge_walk(const struct explore_search *s, const char *walk,
		      const struct cli_child_end *end, const char *text, json_t *result)
{
	const char *fault, *why = "";
	json_t *line = cli_verdict_line(text, &fault);
	char cut[100];
	int rc = CLI_OK;

	if (walks_cut(s, end, text, line, cut, sizeof(cut))) {
		explore_set_verdict(result, "UNDECIDED", cut);
	} else if (!line) {
		return explore_no_verdict(walk, end, fault, text);
	} else if (end->status != cli_verdict_code(cli_json_text(line, "verdict"))) {
		rc = explore_no_verdict(walk, end, "verdict and exit code do not agree", text);
	} else {
		why = cli_json_text(line, "why");
		why = *why ? why : cli_json_text(line, "text");
		explore_set_verdict(result, cli_json_text(line, "verdict"), why);
	}
	if (line) {
		explore_set_number(result, "executions", cli_json_number(line, "executions"));
		explore_set_number(result, "steps", cli_json_number(line, "steps"));
		tell_cut(result, cli_json_number(line, "cut"));
	}
	explore_set_cost(result, end->seconds, end->memory_mb);
	if (rc == CLI_OK && strcmp(cli_json_text(result, "verdict"), "FAIL") == 0) {
		explore_set_violation(result, line);
		rc = explore_confirm(s, NULL, result);
	}
	json_decref(line);
	return rc;
}

int explore_walks(const struct explore_search *s, const char *walk, json_t *result)
{
	char runs[24], seed[24], depth[24], *text;
	const char *argv[] = {walk, "--client", "client.cfg", "--schedule", "schedule", "--runs",
			      runs, "--seed",	seed,	      "--depth",    depth,	NULL};
	struct cli_child_end end;
	int rc;

	snprintf(runs, sizeof(runs), "%" PRIu64, s->walks);
	snprintf(seed, sizeof(seed), "%" PRIu64, s->seed);
	if (s->depth != 0)
		snprintf(depth, sizeof(depth), "%" PRIu64, s->depth);
	else
		argv[9] = NULL;
	rc = explore_run(s, argv, &end, &text);
	if (rc == CLI_OK)
		rc = judge_walk(s, walk, &end, text, result);
	free(text);
	return rc;
}
