/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sweep SCENARIO SEEDS ...: run scenario files with seeds 1..SEEDS each until one fails, with the
 * core that is linked in: the simulator of `iwc sweep` without its command line.
 *
 * Prints what failed. Exit: 0 all passed, 1 a property was violated, 2 wrong use.
 */
#include <stdio.h>
#include <stdlib.h>

#include "scenario_file.h"
#include "sim.h"

static char err[2048];

/* One seed; 0 it passed. A run that checked nothing is a mistake in the list of scenarios. */
static int run(const struct scenario *sc, const char *path, uint64_t seed)
{
	const struct sim_options opt = {.seed = seed};
	struct sim_result result = {0};
	enum sim_verdict verdict;

	if (sim_run(sc, &opt, &result, err, sizeof(err)) != 0) {
		fprintf(stderr, "%s: %s\n", path, err);
		return 2;
	}
	verdict = result.summary.verdict;
	if (verdict == SIM_FAIL)
		printf("%s: seed %llu: P%u, %s\n", sc->name, (unsigned long long)seed,
		       result.summary.first.property, result.summary.first.detector);
	else if (verdict != SIM_PASS)
		fprintf(stderr, "%s: %s\n", path, result.summary.reason);
	sim_result_free(&result);
	return verdict == SIM_PASS ? 0 : verdict == SIM_FAIL ? 1 : 2;
}

int main(int argc, char **argv)
{
	static struct scenario sc;

	if (argc < 3 || argc % 2 != 1) {
		fprintf(stderr, "usage: sweep SCENARIO SEEDS ...\n");
		return 2;
	}
	for (int i = 1; i < argc; i += 2) {
		uint64_t seeds = strtoull(argv[i + 1], NULL, 10);

		if (scenario_load(&sc, argv[i], NULL, 0, err, sizeof(err)) != 0) {
			fprintf(stderr, "%s\n", err);
			return 2;
		}
		for (uint64_t seed = 1; seed <= seeds; seed++) {
			int status = run(&sc, argv[i], seed);

			if (status != 0)
				return status;
		}
	}
	return 0;
}
