/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_explore_run.c - running verifier and walk, and what their output is worth. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_child.h"
#include "cli_explore.h"
#include "cli_pan.h"

#define DEPTH_DEFAULT 1000000u /* of a search */
#define HASH_LOG2 22	       /* slots of the first table; pan makes it larger by itself */

/* --- where they are --- */

/* Beside the program in a build tree, in libexec once installed, or where the user says. */
static char *model_folder(unsigned i)
{
	const char *own = cli_own_folder(), *given = getenv("IWC_MODEL");
	size_t len = strlen(own);

	if (given && *given)
		return i == 0 ? strdup(given) : NULL;
	if (i == 0)
		return cli_path(own, "model");
	if (i > 1 || len < 4 || strcmp(own + len - 4, "/bin") != 0)
		return NULL;
	return cli_path(own, "../libexec/iwc");
}

char *explore_program(const char *name, char *why, size_t why_size)
{
	char *folder, *path, looked[2 * SIM_PATH_MAX] = "";

	for (unsigned i = 0; (folder = model_folder(i)) != NULL; i++) {
		size_t len = strlen(looked);

		path = cli_path(folder, name);
		if (path && access(path, X_OK) == 0) {
			free(folder);
			return path;
		}
		snprintf(looked + len, sizeof(looked) - len, "%s%s", i ? ", " : "", folder);
		free(path);
		free(folder);
	}
	snprintf(why, why_size,
		 "the program '%s' is not in %s: SPIN was not installed when iwc was built, or "
		 "IWC_MODEL names the wrong folder",
		 name, looked);
	return NULL;
}

/* --- running --- */

struct watched {
	const struct explore_search *s;
	struct cli_progress progress;
	char *out;
};

/* pan says every million states how far it is: the last such line. */
static void watch(void *ctx, double seconds)
{
	struct watched *w = ctx;
	char tail[512] = "", more[80] = "", *at = NULL;
	FILE *file;

	if (w->progress.off)
		return;
	file = fopen(w->out, "r");
	if (file) {
		size_t n;

		(void)fseek(file, -(long)sizeof(tail) + 1, SEEK_END);
		n = fread(tail, 1, sizeof(tail) - 1, file);
		tail[n] = '\0';
		for (char *p = tail; (p = strstr(p, "States=")) != NULL; p++)
			at = p;
		fclose(file);
	}
	if (at)
		snprintf(more, sizeof(more), "%.*s states", (int)strcspn(at + 7, " \n"),
			 at + 7 + strspn(at + 7, " "));
	cli_progress_step(&w->progress, (uint64_t)seconds, w->s->time_s, more);
}

static char *read_all(const char *path)
{
	char err[1024], *text;
	size_t len;

	text = cli_read_file(path, EXPLORE_TEXT_MAX, &len, err, sizeof(err));
	if (!text)
		cli_error("%s", err);
	return text;
}

static void print_end(const char *text, unsigned lines)
{
	const char *p = text + strlen(text);

	for (lines++; p > text && lines > 0; lines -= *p == '\n')
		p--;
	fprintf(stderr, "%s", p > text ? p + 2 : p);
}

/*
 * What ended without a verdict is a bug, the verifier's or the core's inside it, unless it was the
 * client that it refused.
 */
static int no_verdict(const char *program, const struct cli_child_end *end, const char *why,
		      const char *text)
{
	if (end->status == CLI_USAGE) {
		print_end(text, 12);
		return CLI_USAGE;
	}
	if (end->signal)
		cli_error("%s: %s; it was ended by signal %d", program, why, end->signal);
	else
		cli_error("%s: %s; its exit code is %d", program, why, end->status);
	print_end(text, 12);
	return CLI_BUG;
}

/* --- replay --- */

int explore_walk_replay(const char *folder, const char *scratch, const char *steps, json_t **line)
{
	char why[2 * SIM_PATH_MAX + 200], *walk = explore_program("walk", why, sizeof(why));
	char *client = cli_path(folder, "client.cfg"), *schedule = cli_path(folder, "schedule");
	char *err = cli_path(scratch, "err"), *text = NULL;
	const char *argv[] = {walk, "--client", client, "--replay", schedule, "--steps", NULL};
	struct cli_child child = {.argv = argv, .out = steps, .err = err};
	struct cli_child_end end;
	const char *fault;
	int rc = CLI_BUG;

	*line = NULL;
	if (!walk) {
		cli_error("%s", why);
		rc = CLI_UNDECIDED;
	} else if (client && schedule && err) {
		rc = cli_child_run(&child, &end);
	}
	if (rc == CLI_OK && end.interrupted) {
		cli_error("interrupted");
		rc = CLI_UNDECIDED;
	}
	if (rc == CLI_OK && (text = read_all(steps)) == NULL)
		rc = CLI_BUG;
	if (rc == CLI_OK && (*line = cli_verdict_line(text, &fault)) == NULL)
		rc = no_verdict(walk, &end, fault, text);
	free(text);
	free(err);
	free(schedule);
	free(client);
	free(walk);
	return rc;
}

/* --- a search by SPIN --- */

static void set_number(json_t *result, const char *key, double value)
{
	json_object_set_new(result, key, json_integer((json_int_t)value));
}

static void set_verdict(json_t *result, const char *verdict, const char *why)
{
	json_object_set_new(result, "verdict", json_string(verdict));
	if (*why)
		json_object_set_new(result, "why", json_string(why));
}

static void set_cost(json_t *result, double seconds, double memory_mb)
{
	json_object_set_new(result, "seconds", json_real((double)(int64_t)(seconds * 100) / 100));
	set_number(result, "memory_mb", memory_mb + 0.5);
}

/* Take over what a verdict line says of a violation. */
static void set_violation(json_t *result, const json_t *line)
{
	static const char *const keys[] = {"property", "detector", "text", "step", "seed"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		json_t *value = json_object_get(line, keys[i]);

		if (value)
			json_object_set(result, keys[i], value);
	}
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
		text = read_all(out);
		rc = no_verdict(verifier, &end, "it wrote no schedule of the error it found",
				text ? text : "");
	}
	free(text);
	free(schedule);
	free(out);
	return rc;
}

/*
 * An error of the verifier must show in the walk too: two programs, one schedule. The walk has no
 * eyes for what never happens, so what a claim found is taken from pan.
 */
static int confirm(const struct explore_search *s, const char *why, json_t *result)
{
	char *steps = cli_path(s->folder, "steps.txt");
	json_t *line = NULL;
	int rc = steps ? explore_walk_replay(s->folder, s->folder, steps, &line) : CLI_BUG;

	free(steps);
	if (rc != CLI_OK)
		return rc;
	set_violation(result, line);
	if (s->claim) {
		json_object_set_new(result, "detector", json_string(s->claim));
		json_object_set_new(result, "text", json_string(why));
	} else if (strcmp(cli_json_text(line, "verdict"), "FAIL") != 0) {
		cli_error("the verifier found '%s', and its replay does not", why);
		rc = CLI_BUG;
	}
	json_decref(line);
	return rc;
}

static int judge_pan(const struct explore_search *s, const char *verifier,
		     const struct cli_child_end *end, const char *text, json_t *result)
{
	char why[400], limit[64];
	const char *verdict;
	struct pan_report r;
	int rc;

	pan_report_read(text, &r);
	verdict = pan_judge(&r, s->claim, why, sizeof(why));
	if (end->interrupted && (!verdict || strcmp(verdict, "FAIL") != 0)) {
		verdict = "UNDECIDED";
		snprintf(why, sizeof(why), "interrupted");
	} else if (end->timed_out && (!verdict || strcmp(verdict, "FAIL") != 0)) {
		verdict = "UNDECIDED";
		snprintf(why, sizeof(why), "time: %" PRIu64 " s were over before the search",
			 s->time_s);
	} else if (!verdict) {
		return no_verdict(verifier, end, why, text);
	}
	if (strcmp(verdict, "UNDECIDED") == 0 && r.depth_small && !r.memory_out) {
		snprintf(limit, sizeof(limit), " (--depth %" PRIu64 ")",
			 s->depth ? s->depth : DEPTH_DEFAULT);
		strncat(why, limit, sizeof(why) - strlen(why) - 1);
	} else if (strcmp(verdict, "UNDECIDED") == 0 && r.memory_out) {
		snprintf(limit, sizeof(limit), " (--memory %" PRIu64 ")", s->memory_mb);
		strncat(why, limit, sizeof(why) - strlen(why) - 1);
	}
	set_verdict(result, verdict, why);
	set_number(result, "states", r.states);
	set_number(result, "transitions", r.transitions);
	set_number(result, "depth", r.depth);
	set_cost(result, end->seconds, r.memory_mb > 0 ? r.memory_mb : end->memory_mb);
	if (strcmp(verdict, "FAIL") != 0)
		return CLI_OK;
	if (!*r.trail)
		return no_verdict(verifier, end, "it found an error and wrote no trail", text);
	rc = write_schedule(s, verifier, r.trail);
	return rc == CLI_OK ? confirm(s, why, result) : rc;
}

static int search_run(const struct explore_search *s, const char *const *argv,
		      struct cli_child_end *end, char **text)
{
	static const char *const env[] = {"IWC_CLIENT=client.cfg", NULL};
	struct watched w = {.s = s, .out = cli_path(s->folder, "out")};
	struct cli_child child = {.argv = argv,
				  .env = env,
				  .folder = s->folder,
				  .out = w.out,
				  .err = w.out,
				  .memory_mb = s->memory_mb,
				  .time_s = s->time_s,
				  .watch = watch,
				  .ctx = &w};
	int rc = CLI_BUG;

	*text = NULL;
	if (w.out) {
		cli_progress_begin(&w.progress, s->what, s->quiet);
		rc = cli_child_run(&child, end);
		cli_progress_end(&w.progress);
	}
	if (rc == CLI_OK && (*text = read_all(w.out)) == NULL)
		rc = CLI_BUG;
	free(w.out);
	return rc;
}

static int search_spin(const struct explore_search *s, const char *verifier, json_t *result)
{
	char depth[32], hash[16], *text;
	const char *argv[10] = {verifier, depth, hash, "-n"};
	struct cli_child_end end;
	unsigned n = 4;
	int rc;

	snprintf(depth, sizeof(depth), "-m%" PRIu64, s->depth ? s->depth : DEPTH_DEFAULT);
	snprintf(hash, sizeof(hash), "-w%d", HASH_LOG2);
	if (s->claim) {
		argv[n++] = "-a";
		argv[n++] = "-f";
		argv[n++] = "-N";
		argv[n++] = s->claim;
	}
	rc = search_run(s, argv, &end, &text);
	if (rc == CLI_OK)
		rc = judge_pan(s, verifier, &end, text, result);
	free(text);
	return rc;
}

/* --- random walks --- */

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
		set_verdict(result, "UNDECIDED", cut);
	} else if (!line) {
		return no_verdict(walk, end, fault, text);
	} else if (end->status != cli_verdict_code(cli_json_text(line, "verdict"))) {
		rc = no_verdict(walk, end, "verdict and exit code do not agree", text);
	} else {
		why = cli_json_text(line, "why");
		why = *why ? why : cli_json_text(line, "text");
		set_verdict(result, cli_json_text(line, "verdict"), why);
	}
	if (line) {
		set_number(result, "executions", cli_json_number(line, "executions"));
		set_number(result, "steps", cli_json_number(line, "steps"));
		tell_cut(result, cli_json_number(line, "cut"));
	}
	set_cost(result, end->seconds, end->memory_mb);
	if (rc == CLI_OK && strcmp(cli_json_text(result, "verdict"), "FAIL") == 0) {
		set_violation(result, line);
		rc = confirm(s, why, result);
	}
	json_decref(line);
	return rc;
}

static int search_walk(const struct explore_search *s, const char *walk, json_t *result)
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
	rc = search_run(s, argv, &end, &text);
	if (rc == CLI_OK)
		rc = judge_walk(s, walk, &end, text, result);
	free(text);
	return rc;
}

int explore_search(const struct explore_search *s, json_t *result)
{
	const char *name = s->walks ? "walk" : s->claim ? "verifier-live" : "verifier";
	char why[2 * SIM_PATH_MAX + 200], *program = explore_program(name, why, sizeof(why));
	int rc;

	if (!program) {
		cli_error("%s", why);
		set_verdict(result, "SKIP", why);
		return CLI_OK;
	}
	rc = s->walks ? search_walk(s, program, result) : search_spin(s, program, result);
	free(program);
	return rc;
}
