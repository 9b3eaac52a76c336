/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli_child.h - other programs: running them within limits, and the line with which they say their
 * verdict.
 *
 * An exit code is no verdict: pan exits with 0 whether it found an error, gave up or finished. So a
 * checking program ends its stdout with one line of JSON, and who says nothing has proved nothing.
 */
#ifndef SIM_CLI_CHILD_H
#define SIM_CLI_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct cli_child {
	const char *const *argv; /* NULL-terminated; argv[0] is a path */
	const char *const *env;	 /* "NAME=VALUE" to set, NULL-terminated; NULL: none */
	const char *folder;	 /* to run in; NULL: the present one */
	const char *out, *err;	 /* files for stdout and stderr; the same text: one file for both */
	uint64_t memory_mb;	 /* address space; 0: no limit */
	uint64_t time_s;	 /* 0: no limit */
	void (*watch)(void *ctx, double seconds); /* every now and then; may be NULL */
	void *ctx;
};

struct cli_child_end {
	bool timed_out, interrupted;
	int status; /* exit code; -1: ended by signal */
	int signal;
	double seconds;
	double memory_mb; /* largest resident set */
};

/*
 * Run it to its end. At the time limit, or when *cli_stop is set, its process group gets SIGINT,
 * and a while later SIGKILL; nothing of it is left behind. Returns an exit code, with a message.
 */
int cli_child_run(const struct cli_child *child, struct cli_child_end *end);

/*
 * The verdict line at the end of text: an object with "check" and "verdict", and bounds if that is
 * PASS. NULL: there is none; why says what is wrong, as words behind "no verdict: ".
 */
json_t *cli_verdict_line(const char *text, const char **why);

/* Exit code that belongs to a verdict's name. */
int cli_verdict_code(const char *verdict);

/* Of a JSON object: the text, "" if there is none; the number, 0 if there is none. */
const char *cli_json_text(const json_t *object, const char *key);
double cli_json_number(const json_t *object, const char *key);

/* The folder in which this program stands, and the program itself; "" if that can't be known. */
const char *cli_own_folder(void);
const char *cli_own_path(void);

/* build/NAME where there is a folder build, else iwc-NAME: where results go that were not told to.
 * malloc'd; NULL: no memory, with a message. */
char *cli_default_out(const char *name);

#endif
