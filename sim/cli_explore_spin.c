/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_explore_spin.c - a search by the verifier, and the schedule of the error that it found. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_child.h"
#include "cli_explore.h"
#include "cli_pan.h"

#define DEPTH_DEFAULT 1000000u
#define HASH_LOG2 22 /* slots of the first table; pan makes it larger by itself */

static uint64_t depth_of(const struct explore_search *s)
{
	return s->depth ? s->depth : DEPTH_DEFAULT;
}

/* Let the verifier follow its trail once more and write the schedule. */
static int write_schedule(const struct explore_search *s, const char *verifier, const char *trail)
{
	char *schedule = NULL, *out = cli_path(s->folder, "trail.out"), *text = NULL;
	const char *argv[] = {verifier, "-r", trail, s->claim ? "-N" : NULL, s->claim, NULL};
	const char *env[] = {"IWC_CLIENT=client.cfg", "IWC_SCHEDULE=schedule", NULL};
	struct cli_child child = {
	    .argv = argv, .env = env, .folder = s->folder, .out = out, .err = out};
	struct cli_child_end end;
	int rc = out ? cli_child_run(&child, &end) : CLI_BUG;

	if (rc == CLI_OK)
		schedule = cli_path(s->folder, "schedule");
	if (rc == CLI_OK && (!schedule || access(schedule, R_OK) != 0)) {
		text = explore_read(out);
		rc = explore_no_verdict(
		    verifier, &end, "it wrote no schedule of the error it found", text ? text : "");
	}
	free(text);
	free(schedule);
	free(out);
	return rc;
}

/* A bound that ended the search is named with the option that moves it. */
static void name_limit(const struct explore_search *s, const struct pan_report *r, char *why,
		       size_t why_size)
{
	size_t len = strlen(why);

	if (r->memory_out)
		snprintf(why + len, why_size - len, " (--memory %" PRIu64 ")", s->memory_mb);
	else if (r->depth_small)
		snprintf(why + len, why_size - len, " (--depth %" PRIu64 ")", depth_of(s));
}

/* As pan_judge; NULL: there is no verdict. */
static const char *judge(const struct explore_search *s, const struct cli_child_end *end,
			 const struct pan_report *r, char *why, size_t why_size)
{
	const char *verdict = pan_judge(r, s->claim, why, why_size);

	if (verdict && strcmp(verdict, "FAIL") == 0)
		return verdict;
	if (end->interrupted)
		snprintf(why, why_size, "interrupted");
	else if (end->timed_out)
		snprintf(why, why_size, "time: %" PRIu64 " s were over before the search",
			 s->time_s);
	else if (verdict && strcmp(verdict, "UNDECIDED") == 0)
		name_limit(s, r, why, why_size);
	return end->interrupted || end->timed_out ? "UNDECIDED" : verdict;
}

/* --- searching --- */

static int search(const struct explore_search *s, const char *verifier, struct cli_child_end *end,
		  struct pan_report *r, char **text)
{
	char depth[32], hash[16];
	const char *argv[10] = {verifier, depth, hash, "-n"};
	unsigned n = 4;
	int rc;

	snprintf(depth, sizeof(depth), "-m%" PRIu64, depth_of(s));
	snprintf(hash, sizeof(hash), "-w%d", HASH_LOG2);
	if (s->claim) {
		argv[n++] = "-a";
		argv[n++] = "-f";
		argv[n++] = "-N";
		argv[n++] = s->claim;
	}
	rc = explore_run(s, argv, end, text);
	if (rc == CLI_OK)
		pan_report_read(*text, r);
	return rc;
}

/* Which property a claim of code.pml belongs to; "": one that is not known here. */
static const char *claim_property(const char *claim)
{
	static const struct {
		const char *claim, *property;
	} claims[] = {{"recovery", "P6"}, {"progress", "P6"}, {"delivery", "P9"}};

	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++)
		if (strcmp(claims[i].claim, claim) == 0)
			return claims[i].property;
	return "";
}

/* What only the verifier sees, as a reference; NULL: the walk sees it too. */
static json_t *seen_by_pan(const struct explore_search *s, const struct pan_report *r,
			   const char *why)
{
	if (s->claim && strstr(why, "acceptance cycle"))
		return json_pack("{s:s, s:s, s:s}", "property", claim_property(s->claim),
				 "detector", s->claim, "text", why);
	if (!*r->rule)
		return NULL;
	return json_pack("{s:s, s:s, s:s}", "property", r->rule, "detector", "specification",
			 "text", r->rule_text);
}

int explore_spin(const struct explore_search *s, const char *verifier, json_t *result)
{
	struct cli_child_end end;
	struct pan_report r;
	const char *verdict;
	char why[400], *text;
	int rc = search(s, verifier, &end, &r, &text);

	if (rc != CLI_OK) {
		free(text);
		return rc;
	}
	verdict = judge(s, &end, &r, why, sizeof(why));
	if (!verdict) {
		rc = explore_no_verdict(verifier, &end, why, text);
	} else {
		explore_set_verdict(result, verdict, why);
		explore_set_number(result, "states", r.states);
		explore_set_number(result, "transitions", r.transitions);
		explore_set_number(result, "depth", r.depth);
		explore_set_cost(result, end.seconds,
				 r.memory_mb > 0 ? r.memory_mb : end.memory_mb);
	}
	if (verdict && strcmp(verdict, "FAIL") == 0) {
		if (!*r.trail)
			rc = explore_no_verdict(verifier, &end,
						"it found an error and wrote no trail", text);
		if (rc == CLI_OK)
			rc = write_schedule(s, verifier, r.trail);
		if (rc == CLI_OK) {
			json_t *seen = seen_by_pan(s, &r, why);

			rc = explore_confirm(s, seen, result);
			json_decref(seen);
		}
	}
	free(text);
	return rc;
}
