/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_explore_run.c - running verifier and walk, and what both kinds of search share. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_child.h"
#include "cli_explore.h"

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

char *explore_read(const char *path)
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
int explore_no_verdict(const char *program, const struct cli_child_end *end, const char *why,
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
	if (rc == CLI_OK && (text = explore_read(steps)) == NULL)
		rc = CLI_BUG;
	if (rc == CLI_OK && (*line = cli_verdict_line(text, &fault)) == NULL)
		rc = explore_no_verdict(walk, &end, fault, text);
	free(text);
	free(err);
	free(schedule);
	free(client);
	free(walk);
	return rc;
}

/* --- what stands in a result --- */

void explore_set_number(json_t *result, const char *key, double value)
{
	json_object_set_new(result, key, json_integer((json_int_t)value));
}

void explore_set_verdict(json_t *result, const char *verdict, const char *why)
{
	json_object_set_new(result, "verdict", json_string(verdict));
	if (*why)
		json_object_set_new(result, "why", json_string(why));
}

void explore_set_cost(json_t *result, double seconds, double memory_mb)
{
	json_object_set_new(result, "seconds", json_real((double)(int64_t)(seconds * 100) / 100));
	explore_set_number(result, "memory_mb", memory_mb + 0.5);
}

/* Take over what a verdict line says of a violation. */
void explore_set_violation(json_t *result, const json_t *line)
{
	static const char *const keys[] = {"property", "detector", "text", "step", "seed"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		json_t *value = json_object_get(line, keys[i]);

		if (value)
			json_object_set(result, keys[i], value);
	}
}

int explore_confirm(const struct explore_search *s, const json_t *seen, json_t *result)
{
	char *steps = cli_path(s->folder, "steps.txt");
	json_t *line = NULL;
	int rc = steps ? explore_walk_replay(s->folder, s->folder, steps, &line) : CLI_BUG;

	free(steps);
	if (rc != CLI_OK)
		return rc;
	if (strcmp(cli_json_text(line, "verdict"), "FAIL") == 0) {
		explore_set_violation(result, line);
	} else if (seen) {
		explore_set_violation(result, seen);
		json_object_set(result, "step", json_object_get(line, "steps"));
		json_object_set_new(result, "replay", json_string("steps"));
	} else {
		cli_error("the search found '%s', and its replay does not",
			  cli_json_text(result, "why"));
		rc = CLI_BUG;
	}
	explore_set_verdict(result, "FAIL", cli_json_text(result, "text"));
	json_decref(line);
	return rc;
}

int explore_run(const struct explore_search *s, const char *const *argv, struct cli_child_end *end,
		char **text)
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
	if (rc == CLI_OK && (*text = explore_read(w.out)) == NULL)
		rc = CLI_BUG;
	free(w.out);
	return rc;
}

int explore_search(const struct explore_search *s, json_t *result)
{
	const char *name = s->walks ? "walk" : s->claim ? "verifier-live" : "verifier";
	char why[2 * SIM_PATH_MAX + 200], *program = explore_program(name, why, sizeof(why));
	int rc;

	if (!program) {
		cli_error("%s", why);
		explore_set_verdict(result, "SKIP", why);
		return CLI_OK;
	}
	rc = s->walks ? explore_walks(s, program, result) : explore_spin(s, program, result);
	free(program);
	return rc;
}
