/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_explore.c - iwc explore: the real core over every schedule of a small client. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_child.h"
#include "cli_explore.h"
#include "version.h"

#define STEPS 12
#define MEMORY_DEFAULT_MB 4096u
#define WALKS_MAX UINT64_C(1000000000000)

struct explore {
	const struct cli_args *args;
	struct model_client client;
	struct explore_search search;
	char *scratch;
	json_t *result;
};

static const char *core_next(const void *ctx, unsigned i)
{
	(void)ctx;
	return sim_core_name_at(i);
}

static int read_client(struct explore *e)
{
	const char *path = e->args->operand[0], *near, *given = e->args->value[CLI_CORE];
	char err[1024];

	if (model_client_read(path, &e->client, err, sizeof(err)) != 0) {
		fprintf(stderr, "%s\n", err);
		return CLI_USAGE;
	}
	for (unsigned w = 0; w < 2; w++) {
		const char *core = given ? given : e->client.world[w].core;

		if (given)
			snprintf(e->client.world[w].core, MODEL_NAME_MAX, "%s", given);
		if (sim_core_exists(core))
			continue;
		near = cli_nearest(core, core_next, NULL);
		fprintf(stderr, "%s: there is no core '%s'%s%s%s ('iwc list cores')\n",
			given ? "--core" : path, core, near ? ", did you mean " : "",
			near ? near : "", near ? "?" : "");
		return CLI_USAGE;
	}
	return CLI_OK;
}

static int read_options(struct explore *e)
{
	struct explore_search *s = &e->search;
	const struct cli_args *args = e->args;
	int rc = cli_option_u64(args, CLI_WALK, 1, WALKS_MAX, &s->walks);

	s->claim = args->value[CLI_CLAIM];
	s->seed = 1;
	s->memory_mb = MEMORY_DEFAULT_MB;
	s->what = e->client.name;
	s->quiet = cli_given(args, CLI_QUIET);
	if (rc == CLI_OK)
		rc = cli_option_u64(args, CLI_SEED, 0, UINT64_MAX, &s->seed);
	if (rc == CLI_OK)
		rc = cli_option_u64(args, CLI_DEPTH, 1, 1000000000, &s->depth);
	if (rc == CLI_OK)
		rc = cli_option_u64(args, CLI_MEMORY, 64, 1 << 24, &s->memory_mb);
	if (rc == CLI_OK)
		rc = cli_option_u64(args, CLI_TIME, 1, 10000000, &s->time_s);
	if (rc != CLI_OK)
		return rc;
	if (s->walks && s->claim) {
		cli_error("--claim goes with a search, not with --walk: a walk sees no cycle");
		return CLI_USAGE;
	}
	if (cli_given(args, CLI_SEED) && !s->walks) {
		cli_error("--seed goes with --walk: a search has no chance in it");
		return CLI_USAGE;
	}
	return CLI_OK;
}

static int write_client(const struct explore *e)
{
	char *path = cli_path(e->scratch, "client.cfg"), *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int rc = CLI_BUG;

	if (out)
		model_client_write(out, &e->client);
	if (out && fclose(out) == 0 && path)
		rc = cli_write_file(path, text, len);
	free(text);
	free(path);
	return rc;
}

static bool begin_result(struct explore *e)
{
	const struct explore_search *s = &e->search;
	char bounds[512], *all = NULL;
	bool good;

	model_client_bounds(&e->client, bounds, sizeof(bounds));
	good = cli_append(&all, "%s", bounds);
	if (good && s->walks)
		good = cli_append(&all, ", %" PRIu64 " random walks from seed %" PRIu64, s->walks,
				  s->seed);
	if (good && s->claim)
		good = cli_append(&all, ", claim %s under weak fairness", s->claim);
	if (good)
		e->result = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "schema", EXPLORE_SCHEMA,
				      "version", IWC_VERSION, "check", e->client.name, "engine",
				      s->walks ? "walk" : "spin-code", "client", e->client.name,
				      "bounds", all);
	if (e->result && s->claim)
		json_object_set_new(e->result, "claim", json_string(s->claim));
	free(all);
	if (!e->result)
		cli_error("out of memory");
	return e->result != NULL;
}

/* --- printing --- */

static enum cli_colour colour_of(const char *verdict)
{
	if (strcmp(verdict, "PASS") == 0)
		return CLI_GOOD;
	return strcmp(verdict, "FAIL") == 0 ? CLI_BAD : CLI_DOUBT;
}

static void print_count(const json_t *result, const char *key, const char *name)
{
	if (json_object_get(result, key))
		printf("%s %.0f  ", name, cli_json_number(result, key));
}

static void print_costs(const json_t *result)
{
	if (!json_object_get(result, "seconds"))
		return;
	print_count(result, "states", "states");
	print_count(result, "transitions", "transitions");
	print_count(result, "depth", "depth");
	print_count(result, "executions", "walks");
	print_count(result, "steps", "steps");
	printf("memory %.0f MB  time %.1f s\n", cli_json_number(result, "memory_mb"),
	       cli_json_number(result, "seconds"));
}

static void print_human(const struct explore *e, const char *folder)
{
	const char *verdict = cli_json_text(e->result, "verdict"), *pass;
	bool failed = strcmp(verdict, "FAIL") == 0;
	char text[1024], *steps = NULL, *path = NULL, err[1024];
	size_t len;

	pass = e->search.walks ? "in every walk, which are a sample"
			       : "for every schedule and every value of the memory in these bounds";
	printf("%s%s%s  %s\n%s%s%s: ", cli_colour(CLI_BOLD), e->client.name, cli_colour(CLI_PLAIN),
	       cli_json_text(e->result, "bounds"), cli_colour(colour_of(verdict)), verdict,
	       cli_colour(CLI_PLAIN));
	if (failed)
		puts(explore_violation(e->result, text, sizeof(text)));
	else
		puts(strcmp(verdict, "PASS") == 0 ? pass : cli_json_text(e->result, "why"));
	print_costs(e->result);
	if (failed) {
		path = cli_path(e->scratch, "steps.txt");
		steps = path ? cli_read_file(path, EXPLORE_TEXT_MAX, &len, err, sizeof(err)) : NULL;
	}
	if (steps) {
		printf("\nlast steps\n");
		explore_print_steps(steps, STEPS);
	}
	if (failed && folder)
		printf("\ncounterexample: %s\nreplay: iwc replay %s\n", folder, folder);
	free(steps);
	free(path);
}

/* One line, as every checking program ends with it. */
static int print_json(const json_t *result)
{
	char *text = json_dumps(result, JSON_COMPACT);

	if (!text)
		return CLI_BUG;
	puts(text);
	free(text);
	return CLI_OK;
}

static int finish(struct explore *e)
{
	const char *verdict = cli_json_text(e->result, "verdict");
	const char *given = e->args->value[CLI_OUT];
	bool failed = strcmp(verdict, "FAIL") == 0;
	char *name = NULL, *folder = given ? strdup(given) : NULL;
	int rc = CLI_OK, printed;

	if (failed && !given && cli_append(&name, "explore-%s", e->client.name)) {
		folder = cli_default_out(name);
		if (folder)
			rc = cli_out_folder(folder, "result.json", cli_given(e->args, CLI_FORCE));
	}
	if (folder && rc == CLI_OK && failed)
		json_object_set_new(e->result, "folder", json_string(folder));
	if (folder && rc == CLI_OK)
		rc = explore_folder_write(folder, e->scratch, e->result);
	printed = CLI_OK;
	if (cli_given(e->args, CLI_JSON))
		printed = print_json(e->result);
	else
		print_human(e, rc == CLI_OK ? folder : NULL);
	free(folder);
	free(name);
	if (cli_verdict_code(verdict) != CLI_OK)
		return cli_verdict_code(verdict);
	return rc != CLI_OK ? rc : printed;
}

int cli_explore(const struct cli_args *args)
{
	struct explore *e = calloc(1, sizeof(*e));
	int rc;

	if (!e) {
		cli_error("out of memory");
		return CLI_BUG;
	}
	e->args = args;
	rc = read_client(e);
	if (rc == CLI_OK)
		rc = read_options(e);
	if (rc == CLI_OK && args->value[CLI_OUT])
		rc =
		    cli_out_folder(args->value[CLI_OUT], "result.json", cli_given(args, CLI_FORCE));
	if (rc == CLI_OK && !begin_result(e))
		rc = CLI_BUG;
	if (rc == CLI_OK) {
		e->scratch = cli_temp_make();
		rc = e->scratch ? write_client(e) : CLI_FAILED;
	}
	e->search.folder = e->scratch;
	if (rc == CLI_OK)
		rc = explore_search(&e->search, e->result);
	if (rc == CLI_OK)
		rc = finish(e);
	cli_temp_remove(e->scratch);
	json_decref(e->result);
	free(e);
	return rc;
}
