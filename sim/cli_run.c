/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_run.c - iwc run: one run of a scenario. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "pcapng.h"
#include "stream.h"
#include "version.h"

#define STEPS 12

struct run {
	const struct cli_args *args;
	struct cli_case c;
	struct sim_result result;
	char *temp;	 /* folder of a run that is not kept */
	json_t *conform; /* what --conform found; NULL: nothing */
};

/* --- --pcapng --- */

static int refuse_stream(const struct run *r, double *speed)
{
	const char *text = r->args->value[CLI_SPEED];

	if (text && !cli_given(r->args, CLI_PCAPNG))
		cli_error("run: --speed goes with --pcapng");
	else if (text && !sim_stream_parse_speed(text, speed))
		cli_error("run: --speed %.40s: 0 or a number from 0.000001 to 1000000 is needed",
			  text);
	else if (cli_given(r->args, CLI_PCAPNG) && r->c.threads)
		cli_error("run: --pcapng: a run on threads has no frames to show ('iwc tap' has)");
	else
		return CLI_OK;
	return CLI_USAGE;
}

/* Standard output becomes the capture; what else would go there goes to standard error. */
static int take_stdout(const struct run *r)
{
	int fd = -1;

	if (cli_given(r->args, CLI_JSON))
		cli_error("run: --json and --pcapng - both want standard output");
	else if (isatty(STDOUT_FILENO))
		cli_error("run: --pcapng -: standard output is a terminal; pipe it to a reader");
	else if ((fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)) < 0 ||
		 dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		cli_error("run: --pcapng -: %s", strerror(errno));
	return fd;
}

static int stream_open(struct run *r)
{
	const char *path = r->args->value[CLI_PCAPNG];
	struct sim_stream_options options = {.application = "iwc " IWC_VERSION, .stop = cli_stop};
	char err[SIM_PCAPNG_ERROR_BYTES];
	bool standard = path && strcmp(path, "-") == 0;
	int fd, rc = refuse_stream(r, &options.speed);

	if (!path || rc != CLI_OK)
		return rc;
	fd = standard ? take_stdout(r)
		      : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	if (fd < 0) {
		if (cli_interrupted())
			return CLI_UNDECIDED; /* while a FIFO had no reader */
		if (!standard)
			cli_error("%s: %s", path, strerror(errno));
		return CLI_USAGE;
	}
	r->c.stream = sim_stream_open(fd, standard ? "standard output" : path, &options, err);
	if (r->c.stream)
		return CLI_OK;
	cli_error("%s", err);
	return CLI_FAILED;
}

/* A reader that has gone has seen enough, and the run says that it was cut short. */
static int stream_close(struct run *r)
{
	char err[SIM_PCAPNG_ERROR_BYTES];
	int rc = sim_stream_close(r->c.stream, err);

	r->c.stream = NULL;
	if (rc == 0 || rc == -EPIPE)
		return CLI_OK;
	cli_error("%s", err);
	return CLI_FAILED;
}

/* The stream shows the first run only: a second one is the same. */
static int simulate(struct run *r, const char *out)
{
	int rc = cli_case_run(r->args, &r->c, out, &r->result), closed = stream_close(r);

	return rc != CLI_OK ? rc : closed;
}

/* --- the run --- */

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
		rc = simulate(r, NULL);
		if (rc != CLI_OK || !r->result.summary.violated || cli_interrupted())
			return rc;
		sim_result_free(&r->result);
	}
	r->temp = cli_temp_make();
	return r->temp ? simulate(r, r->temp) : CLI_FAILED;
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
		rc = stream_open(r);
	if (rc == CLI_OK)
		rc = out ? simulate(r, out) : simulate_unkept(r);
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
		(void)sim_stream_close(r->c.stream, NULL);
		sim_result_free(&r->result);
		json_decref(r->conform);
		cli_temp_remove(r->temp);
		cli_case_free(&r->c);
	}
	free(r);
	return rc;
}
