/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli_capture.c - a look at the captures of a scenario before anything runs, so that a file that is
 * none is wrong use, and what can't be replayed of it is said once.
 */
#include <stdio.h>

#include "capture.h"
#include "cli.h"
#include "scenario_file.h"

/* Reading on through a capture of any size would take longer than the run. */
#define FRAMES_MAX 1000000u

static void report(const char *path, const struct sim_capture *capture)
{
	const struct sim_capture_counts *counts = sim_capture_counts(capture);
	const char *warning = sim_capture_warning(capture), *error = sim_capture_error(capture);
	char text[512];

	if (*error)
		cli_error("%s", error);
	if (warning)
		cli_error("%s", warning);
	if (counts->read == counts->frames && counts->clamped == 0)
		return;
	sim_capture_summary(counts, text, sizeof(text));
	cli_error("%s: %s", path, text);
}

static int look(const struct scenario *sc, const struct sim_flow *flow, bool quiet)
{
	char path[2 * SIM_PATH_MAX], why[SIM_CAPTURE_ERROR_BYTES];
	struct sim_capture_frame frame;
	struct sim_capture *capture;

	if (!scenario_replay_path(sc, flow, path, sizeof(path))) {
		cli_error("%s: the path is too long", flow->file);
		return CLI_USAGE;
	}
	capture = sim_capture_open(path, flow->filter, why);
	if (!capture) {
		cli_error("%s", why);
		return CLI_USAGE;
	}
	if (!quiet) {
		for (unsigned n = 0; n < FRAMES_MAX; n++)
			if (sim_capture_next(capture, &frame) != SIM_CAPTURE_FRAME)
				break;
		report(path, capture);
	}
	sim_capture_close(capture);
	return CLI_OK;
}

int cli_captures_check(const struct scenario *sc, bool quiet)
{
	int rc = CLI_OK;

	for (unsigned i = 0; rc == CLI_OK && i < sc->flow_count; i++)
		if (sc->flow[i].kind == SIM_FLOW_REPLAY)
			rc = look(sc, &sc->flow[i], quiet);
	return rc;
}
