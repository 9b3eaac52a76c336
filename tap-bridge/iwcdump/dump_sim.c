/* SPDX-License-Identifier: BSD-2-Clause */
/* dump_sim.c - capture on a simulation that runs in this process. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "iwcdump.h"
#include "pcapng.h"
#include "stream.h"
#include "version.h"

/* A verdict is no error of the capture: the events show it. */
static int runs(const struct cli_args *cli, struct cli_case *c, bool loop)
{
	struct sim_result result;
	int rc;

	do {
		rc = cli_case_run(cli, c, NULL, &result);
		if (rc != CLI_OK)
			return rc;
		if (sim_stream_end_run(c->stream, result.summary.end_ns) != 0)
			loop = false;
		sim_result_free(&result);
		c->seed++;
	} while (loop && !cli_interrupted());
	return CLI_OK;
}

static int stream(const struct dump_args *args, int fd, const struct cli_args *cli,
		  struct cli_case *c)
{
	struct sim_stream_options options = {
	    .application = "iwcdump " IWC_VERSION,
	    .filter = args->filter,
	    .speed = 1,
	    .stop = cli_stop,
	};
	char err[SIM_PCAPNG_ERROR_BYTES];
	int rc, closed;

	if (args->speed && !sim_stream_parse_speed(args->speed, &options.speed)) {
		dump_error("--speed %.40s: 0 or a number from 0.000001 to 1000000 is needed",
			   args->speed);
		close(fd);
		return CLI_USAGE;
	}
	c->stream = sim_stream_open(fd, args->fifo, &options, err);
	if (!c->stream) {
		dump_error("%s", err);
		return CLI_FAILED;
	}
	rc = runs(cli, c, args->loop);
	closed = sim_stream_close(c->stream, err);
	if (closed == 0 || closed == -EPIPE || rc != CLI_OK)
		return rc;
	dump_error("%s", err);
	return CLI_FAILED;
}

/* The scenario named, or the default one of the folder. */
static int load(const struct dump_args *args, const struct cli_args *cli, struct cli_case *c)
{
	struct cli_scenarios s = {0};
	const char *name = args->file && *args->file ? args->file : args->scenario;
	int rc = CLI_OK;

	if (!name || !*name) {
		rc = cli_scenarios_open(cli, &s);
		name = rc == CLI_OK ? dump_default_scenario(&s) : NULL;
	}
	if (name)
		rc = cli_case_load(cli, name, c);
	else if (rc == CLI_OK) {
		dump_error("%s: no scenario there", s.folder);
		rc = CLI_USAGE;
	}
	cli_scenarios_close(&s);
	return rc;
}

int dump_sim(const struct dump_args *args, int fd)
{
	struct cli_args cli = {.command = cli_command_find("run"), .given = CLI_BIT(CLI_QUIET)};
	struct cli_case *c = calloc(1, sizeof(*c));
	int rc;

	if (!c) {
		dump_error("out of memory");
		close(fd);
		return CLI_FAILED;
	}
	if (args->seed && *args->seed) {
		cli.given |= CLI_BIT(CLI_SEED);
		cli.value[CLI_SEED] = args->seed;
	}
	rc = load(args, &cli, c);
	if (rc == CLI_OK) {
		rc = stream(args, fd, &cli, c);
		cli_case_free(c);
	} else {
		close(fd);
	}
	free(c);
	return rc;
}
