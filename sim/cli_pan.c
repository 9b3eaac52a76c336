/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli_pan.c - reading pan's report line by line.
 *
 * pan exits with 0 after an error, after running out of depth, memory or time, and after a search
 * that kept only hashes of states. A search is worth a PASS if every line of this says so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_pan.h"

static const char *behind(const char *line, const char *words)
{
	const char *at = strstr(line, words);

	return at ? at + strlen(words) : NULL;
}

static void keep(char *to, size_t size, const char *from, const char *end_at)
{
	snprintf(to, size, "%.*s", (int)strcspn(from, end_at), from);
}

/* "   11 states, stored" */
static void read_count(const char *line, const char *words, double *value)
{
	char *end;
	double n = strtod(line, &end);

	if (end != line && strncmp(end, words, strlen(words)) == 0)
		*value = n;
}

/* "	acceptance   cycles 	+ (fairness disabled)" and "	never claim         	+ (name)" */
static void read_options(const char *line, struct pan_report *r)
{
	const char *at;

	if (strstr(line, "acceptance   cycles") && strchr(line, '+')) {
		r->cycles = true;
		r->fair = strstr(line, "fairness enabled") != NULL;
	}
	if (strstr(line, "never claim ") && (at = behind(line, "+ (")) != NULL)
		keep(r->claim, sizeof(r->claim), at, ")");
}

/* "bound: accesses", "refused: R4: announcements and acknowledgements ring first" */
static void read_machine(const char *line, struct pan_report *r)
{
	const char *text;

	if (strncmp(line, "bound: ", 7) == 0) {
		keep(r->bound, sizeof(r->bound), line + 7, "\n");
		return;
	}
	if (strncmp(line, "refused: ", 9) != 0)
		return;
	text = behind(line + 9, ": ");
	keep(r->rule, sizeof(r->rule), line + 9, ":");
	keep(r->rule_text, sizeof(r->rule_text), text ? text : "", "\n");
	if (strcmp(r->rule, "bound") == 0)
		keep(r->bound, sizeof(r->bound), r->rule_text, "\n");
}

static bool is_message(const char *line)
{
	static const char *const errors[] = {"assertion violated", "invalid end state",
					     "acceptance cycle",   "non-progress cycle",
					     "claim violated",	   "end state in claim reached"};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strstr(line, errors[i]))
			return true;
	return false;
}

/* What pan complains about while it goes on as if nothing were. */
static bool is_trouble(const char *line)
{
	return strncmp(line, "pan: error", 10) == 0 || strstr(line, "aborting") ||
	       strstr(line, "VECTORSZ") || strstr(line, "requires -a flag to fully verify") ||
	       strstr(line, "unexpected");
}

static void read_line(const char *line, struct pan_report *r)
{
	const char *at;

	if (strncmp(line, "State-vector", 12) == 0 && (at = behind(line, "errors: ")) != NULL) {
		r->found = true;
		r->errors = strtod(at, NULL);
		at = behind(line, "depth reached ");
		r->depth = at ? strtod(at, NULL) : 0;
	}
	read_count(line, " states, stored", &r->states);
	read_count(line, " transitions (=", &r->transitions);
	if (strstr(line, "total actual memory usage"))
		r->memory_mb = strtod(line, NULL);
	r->incomplete |= strstr(line, "Search not completed") != NULL;
	r->full |= strncmp(line, "Full statespace search", 22) == 0;
	r->depth_small |= strstr(line, "max search depth too small") != NULL;
	r->memory_out |= strstr(line, "out of memory") || strstr(line, "-DMEMLIM bound");
	r->interrupted |= strncmp(line, "Interrupted", 11) == 0;
	read_options(line, r);
	read_machine(line, r);
	if ((at = behind(line, "pan: wrote ")) != NULL)
		keep(r->trail, sizeof(r->trail), at, " \n");
	else if (strncmp(line, "pan:", 4) == 0 && is_message(line) && !*r->message)
		keep(r->message, sizeof(r->message), line + 4 + strspn(line + 4, ":0123456789 "),
		     "\n");
	if (is_trouble(line) && !*r->trouble)
		keep(r->trouble, sizeof(r->trouble), line, "\n");
}

void pan_report_read(const char *text, struct pan_report *r)
{
	char line[1024];

	*r = (struct pan_report){0};
	for (; *text != '\0'; text += strcspn(text, "\n"), text += *text == '\n') {
		keep(line, sizeof(line), text, "\n");
		read_line(line, r);
	}
}

static const char *say(const char *verdict, char *why, size_t why_size, const char *text,
		       const char *more)
{
	snprintf(why, why_size, "%s%s", text, more);
	return verdict;
}

/* Was it the search that was asked for? NULL: yes. */
static const char *wrong_search(const struct pan_report *r, const char *claim)
{
	if (!claim)
		return *r->claim ? "a claim was searched though none was asked for" : NULL;
	if (strcmp(r->claim, claim) != 0)
		return "the claim that was asked for was not searched";
	return r->cycles && r->fair ? NULL : "cycles were not searched under weak fairness";
}

const char *pan_judge(const struct pan_report *r, const char *claim, char *why, size_t why_size)
{
	const char *wrong = wrong_search(r, claim);

	*why = '\0';
	if (!r->found && r->memory_out)
		return say("UNDECIDED", why, why_size, "memory: it ended before the search", "");
	if (*r->trouble)
		return say(NULL, why, why_size, "the verifier complained: ", r->trouble);
	if (!r->found)
		return say(NULL, why, why_size, "the verifier printed no report", "");
	if (r->errors > 0 && *r->bound)
		return say("UNDECIDED", why, why_size, "bound of the machine: ", r->bound);
	if (r->errors > 0)
		return say("FAIL", why, why_size, "",
			   *r->message ? r->message : "pan counts an error and does not say which");
	if (r->memory_out)
		return say("UNDECIDED", why, why_size, "memory: it ended before the search", "");
	if (r->interrupted)
		return say("UNDECIDED", why, why_size, "interrupted", "");
	if (r->incomplete)
		return say("UNDECIDED", why, why_size, "the search was not completed", "");
	if (r->depth_small)
		return say("UNDECIDED", why, why_size, "depth: longer schedules were cut off", "");
	if (wrong)
		return say(NULL, why, why_size, "", wrong);
	if (!r->full)
		return say("UNDECIDED", why, why_size,
			   "states were kept as hashes, some may be missing", "");
	if (r->states < 1)
		return say("UNDECIDED", why, why_size, "no state was searched", "");
	return "PASS";
}
