/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_run.c - iwc run: one run of a scenario. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define STEPS 12

struct run {
	const struct cli_args *args;
	struct cli_case c;
	struct sim_result result;
	char *temp;	 /* folder of a run that is not kept */
	json_t *conform; /* what --conform found; NULL: nothing */
};

/*
 * The steps of a counterexample and the JSON exist only if the run was written. Without --out that
 * happens in a temporary folder: at once if it is known to be needed or could not be had again,
 * else by running a failure a second time.
 */
static int simulate_unkept(struct run *r)
{
	bool at_once =
	    cli_given(r->args, CLI_JSON) || cli_given(r->args, CLI_CONFORM) || r->c.threads;
	int rc;

	if (!at_once) {
		rc = cli_case_run(r->args, &r->c, NULL, &r->result);
		if (rc != CLI_OK || !r->result.summary.violated || cli_interrupted())
			return rc;
		sim_result_free(&r->result);
	}
	r->temp = cli_temp_make();
	return r->temp ? cli_case_run(r->args, &r->c, r->temp, &r->result) : CLI_FAILED;
}

static const char *folder(const struct run *r)
{
	return r->temp ? r->temp : r->args->value[CLI_OUT];
}

static void print_human(const struct run *r)
{
	const struct sim_summary *s = &r->result.summary;
	bool quiet = cli_given(r->args, CLI_QUIET);
	char *line = cli_case_reproduce(&r->c, r->c.seed);

	cli_print_verdict(&r->c, s);
	if (s->violated && r->result.json) {
		cli_print_properties(r->result.json);
		cli_print_steps(r->result.json, STEPS, false);
	}
	if (s->violated)
		putchar('\n');
	if (r->conform)
		cli_conform_print(r->conform, folder(r));
	if (!cli_given(r->args, CLI_OUT) && !quiet)
		puts("hint: --out DIR keeps the trace, the captures and a report");
	if (line && s->verdict != SIM_PASS)
		printf("reproduce: %s\n", line);
	free(line);
}

static int print(struct run *r)
{
	if (!cli_given(r->args, CLI_JSON)) {
		print_human(r);
		return CLI_OK;
	}
	if (!r->result.json) {
		cli_error("bug: the run gave no result");
		return CLI_BUG;
	}
	if (r->conform)
		json_object_set(r->result.json, "conform", r->conform);
	return cli_print_json(json_incref(r->result.json));
}

static int run(struct run *r)
{
	const char *out = r->args->value[CLI_OUT];
	int rc = CLI_OK, printed, verdict, conforms = CLI_OK;

	if (r->c.threads && cli_given(r->args, CLI_CONFORM)) {
		cli_error("run: --conform: a run on threads leaves no trace to judge");
		return CLI_USAGE;
	}
	if (out)
		rc = cli_out_folder(out, "result.json", cli_given(r->args, CLI_FORCE));
	if (rc == CLI_OK)
		rc = out ? cli_case_run(r->args, &r->c, out, &r->result) : simulate_unkept(r);
	if (rc != CLI_OK)
		return rc;
	if (r->result.json)
		rc = cli_result_finish(folder(r), r->result.json, &r->c);
	if (cli_given(r->args, CLI_CONFORM))
		conforms = cli_conform(&r->c, folder(r), &r->conform);
	printed = print(r);
	verdict = cli_verdict_exit(&r->result.summary);
	/* a run that was to fail and did not is no success */
	if (verdict == CLI_OK && r->c.off)
		verdict = CLI_FAILED;
	if (verdict != CLI_OK || conforms != CLI_OK)
		return verdict != CLI_OK ? verdict : conforms;
	return rc != CLI_OK ? rc : printed;
}

int cli_run(const struct cli_args *args)
{
	struct run *r = calloc(1, sizeof(*r));
	int rc;

	if (!r) {
		cli_error("out of memory");
		return CLI_BUG;
	}
	r->args = args;
	rc = cli_case_load(args, args->operand[0], &r->c);
	if (rc == CLI_OK) {
		rc = run(r);
		sim_result_free(&r->result);
		json_decref(r->conform);
		cli_temp_remove(r->temp);
		cli_case_free(&r->c);
	}
	free(r);
	return rc;
}
