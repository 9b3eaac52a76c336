/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_explore.h - what iwc explore, and iwc replay of what it found, share. */
#ifndef SIM_CLI_EXPLORE_H
#define SIM_CLI_EXPLORE_H

#include "../model/code/client.h"
#include "cli.h"
#include "cli_child.h"

#define EXPLORE_SCHEMA "iwc-explore-1"
#define EXPLORE_TEXT_MAX (256u << 20) /* longest output of verifier and walk */

/* --- cli_explore_run.c: the programs that have the real core inside --- */

/* Path of verifier, verifier-live or walk, malloc'd; NULL: it is not there, and why says where it
 * was looked for.
 */
char *explore_program(const char *name, char *why, size_t why_size);

struct explore_search {
	const char *folder;   /* scratch, holds client.cfg */
	const char *claim;    /* LTL claim; NULL: safety */
	uint64_t walks;	      /* random walks instead of a search; 0: none */
	uint64_t seed, depth; /* depth 0: the program's own */
	uint64_t memory_mb, time_s;
	const char *what; /* for the progress */
	bool quiet;
};

/*
 * Search. Fills result with verdict, why and what was counted; after a FAIL folder has "schedule"
 * and result says the violation as its replay does. Returns an exit code, with a message.
 */
int explore_search(const struct explore_search *s, json_t *result);

/*
 * Replay folder/schedule of folder/client.cfg; its steps go to the file steps, its verdict line is
 * *line. The file folder/err has what it complained about. Returns an exit code, with a message.
 */
int explore_walk_replay(const char *folder, const char *scratch, const char *steps, json_t **line);

/* For both kinds of search: run a program in the scratch folder, its output in *text, to be freed.
 */
int explore_run(const struct explore_search *s, const char *const *argv, struct cli_child_end *end,
		char **text);

/* Whole file, or NULL with a message. */
char *explore_read(const char *path);

/* Say that it ended without a verdict, and with which last lines. Returns an exit code. */
int explore_no_verdict(const char *program, const struct cli_child_end *end, const char *why,
		       const char *text);

/*
 * An error must show in the replay of its schedule too: two programs, one schedule. What the walk
 * has no eyes for, a claim or a rule of the specification, comes as seen (property, detector,
 * text); else that is NULL. Returns an exit code; result takes the violation over.
 */
int explore_confirm(const struct explore_search *s, const json_t *seen, json_t *result);

/* Members of a result. */
void explore_set_number(json_t *result, const char *key, double value);
void explore_set_verdict(json_t *result, const char *verdict, const char *why);
void explore_set_cost(json_t *result, double seconds, double memory_mb);
void explore_set_violation(json_t *result, const json_t *line);

/* --- cli_explore_spin.c, cli_explore_walk.c: as explore_search, with the path of the program ---
 */

int explore_spin(const struct explore_search *s, const char *verifier, json_t *result);
int explore_walks(const struct explore_search *s, const char *walk, json_t *result);

/* --- cli_explore_folder.c: the folder of a result --- */

/* Write result.json, report.html and copies of scratch's other files. Returns an exit code. */
int explore_folder_write(const char *folder, const char *scratch, const json_t *result);

/* report.html again. Returns an exit code; the path is printed unless quiet. */
int explore_report(const char *folder, const json_t *result);

/* "P3 race at step 41: what", of a FAIL. */
const char *explore_violation(const json_t *result, char *buf, size_t size);

/* The last lines of a text, the last one marked. */
void explore_print_steps(const char *text, unsigned steps);

/* iwc replay of such a folder. Returns an exit code. */
int explore_replay(const struct cli_args *args, const char *folder, const json_t *old);

#endif
