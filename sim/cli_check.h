/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_check.h - the table of checks, running one, keeping its result, and the page of all. */
#ifndef SIM_CLI_CHECK_H
#define SIM_CLI_CHECK_H

#include "cli.h"
#include "cli_child.h"

#define CHECKS_MAX 512u
#define CHECK_FOLDERS_MAX 8u
#define CHECK_RECORD_MAX (1u << 20)

/* In the order of the columns. */
#define CHECK_ENGINES 8u
extern const char *const check_engines[CHECK_ENGINES];

struct check {
	char id[48];
	unsigned engine;     /* index in check_engines */
	uint32_t properties; /* mask */
	char fails[64]; /* it must break one of these words; "": its own verdict says if it did */
	bool breaks;	/* a deliberate break: it passes by breaking something */
	bool full;	/* only in the full set */
	unsigned time_s;
	char claim[256];
	char command[512];		    /* words between spaces; "iwc" is this program */
	char folder[CHECK_FOLDERS_MAX][32]; /* whose files it depends on */
	unsigned folders;
};

struct check_table {
	char path[SIM_PATH_MAX];
	char root[SIM_PATH_MAX]; /* that commands run in */
	struct check *check;
	unsigned count;
};

/* --- cli_check_table.c --- */

/* Find and read model/checks.cfg, here or installed. Returns an exit code, with a message. */
int check_table_open(struct check_table *t);
void check_table_close(struct check_table *t);

/* "P1 P3", "-" if there are none. */
const char *check_properties(uint32_t mask, char *buf, size_t size);

/* --- cli_check_run.c --- */

/* Hash of everything that the result depends on: sources, command, version. 16 digits. */
void check_hash(const struct check_table *t, const struct check *c, char hash[17]);

/*
 * Run one check and return its result, schema iwc-check-result-1; it is kept in folder as ID.json
 * with ID.log, the command's output. NULL: interrupted, or a bug with a message.
 */
json_t *check_run(const struct check_table *t, const struct check *c, const char *folder);

/* The result kept in folder, if there is one and, with hash, of the same inputs. */
json_t *check_result_load(const struct check *c, const char *folder, const char *hash);

/* --- cli_check_page.c --- */

/* "1.23 M states", "" if nothing was counted. */
const char *check_count_text(const json_t *result, char *buf, size_t size);

/* Write the results in folder as a page of docs/. Returns an exit code, with a message. */
int check_page_write(const struct check_table *t, const char *folder, const char *path);

#endif
