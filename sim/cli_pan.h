/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_pan.h - the report of pan, SPIN's verifier, and what it is worth. */
#ifndef SIM_CLI_PAN_H
#define SIM_CLI_PAN_H

#include <stdbool.h>
#include <stddef.h>

struct pan_report {
	bool found; /* there is a report at all */
	double states, transitions, depth, errors;
	double memory_mb; /* 0: not said */
	bool incomplete;  /* "Search not completed" */
	bool full;	  /* every state was stored whole: no bitstate, no hash compaction */
	bool depth_small, memory_out, interrupted;
	bool cycles, fair; /* acceptance cycles were looked for, and under weak fairness */
	char claim[64];	   /* that ran; "" if none did */
	char message[200]; /* why pan stopped: "assertion violated ..."; "" if it did not say */
	char trail[128];   /* file that it wrote; "" if none */
	char trouble[200]; /* a complaint that makes the search worthless; "" if none */
	/* What the machine inside says of the error: a rule of the specification that refused a
	 * step, in words too; or a bound of the machine itself, which is no error. */
	char rule[24], rule_text[160], bound[160];
};

void pan_report_read(const char *text, struct pan_report *r);

/*
 * "PASS", "FAIL" or "UNDECIDED" of a search that was to check claim (NULL: safety alone); NULL: the
 * report contradicts what was asked for, or there is none. why has the reason, but for PASS.
 */
const char *pan_judge(const struct pan_report *r, const char *claim, char *why, size_t why_size);

#endif
