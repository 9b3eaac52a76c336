/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_walk.h - for tests: a strict reader of the pages that reports are.
 *
 * It knows the elements and attributes that a report may have and refuses all others: what a
 * hostile text could do to a page, it can only do with one more of those. It wants elements closed
 * in order, attributes quoted, ids once, links to ids that are there or to files below the page.
 */
#ifndef SIM_REPORT_WALK_H
#define SIM_REPORT_WALK_H

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WALK_DEPTH_MAX 32
#define WALK_IDS_MAX 512

static const char walk_elements[] =
    " html head meta link title style body header main section nav footer h1 h2 h3 p a b strong "
    "code pre span div dl dt dd ul li br table thead tbody tr th td details summary figure "
    "figcaption svg defs g path circle use desc ";
static const char walk_void[] = " meta link br ";
static const char walk_attributes[] =
    " lang charset name content http-equiv rel href class id style role tabindex scope width "
    "height "
    "d r cx cy x viewBox preserveAspectRatio aria-label aria-labelledby aria-hidden ";

struct walk {
	const char *at;
	const char *error;
	char stack[WALK_DEPTH_MAX][16];
	int depth;
	char id[WALK_IDS_MAX][300];
	char wanted[WALK_IDS_MAX][300]; /* by links to the page itself */
	int ids, wants;
};

static bool walk_listed(const char *list, const char *word)
{
	char with_spaces[40];

	(void)snprintf(with_spaces, sizeof(with_spaces), " %s ", word);
	return word[0] && strstr(list, with_spaces);
}

static void walk_word(struct walk *w, char *word, size_t size)
{
	size_t n = 0;

	while (isalnum((unsigned char)*w->at) || *w->at == '-') {
		if (n + 1 < size)
			word[n++] = *w->at;
		w->at++;
	}
	word[n] = '\0';
}

static void walk_id(struct walk *w, const char *value)
{
	for (int i = 0; i < w->ids; i++)
		if (!strcmp(w->id[i], value))
			w->error = "an id is used twice";
	if (w->ids < WALK_IDS_MAX)
		(void)snprintf(w->id[w->ids++], sizeof(w->id[0]), "%s", value);
}

static void walk_link(struct walk *w, const char *value)
{
	if (value[0] == '#' && w->wants < WALK_IDS_MAX)
		(void)snprintf(w->wanted[w->wants++], sizeof(w->wanted[0]), "%s", value + 1);
	else if (strncmp(value, "./", 2) != 0 && strcmp(value, "data:,") != 0)
		w->error = "a link leaves the folder";
}

static void walk_attribute(struct walk *w)
{
	char name[32], value[300];
	size_t n = 0;

	walk_word(w, name, sizeof(name));
	if (!walk_listed(walk_attributes, name))
		w->error = "an attribute that no report has";
	if (w->at[0] != '=' || w->at[1] != '"') {
		w->error = "an attribute without a quoted value";
		return;
	}
	for (w->at += 2; *w->at && *w->at != '"'; w->at++) {
		if (*w->at == '<' || *w->at == '>')
			w->error = "a bracket in an attribute";
		if (n + 1 < sizeof(value))
			value[n++] = *w->at;
	}
	value[n] = '\0';
	if (*w->at)
		w->at++;
	if (strcasestr(value, "url("))
		w->error = "something to load";
	if (!strcmp(name, "id"))
		walk_id(w, value);
	if (!strcmp(name, "href"))
		walk_link(w, value);
}

static void walk_close(struct walk *w)
{
	char name[16];

	w->at += 2;
	walk_word(w, name, sizeof(name));
	if (!w->depth || strcmp(w->stack[w->depth - 1], name) != 0)
		w->error = "an element is closed that is not the last one opened";
	else
		w->depth--;
	if (*w->at++ != '>')
		w->error = "an odd end tag";
}

static void walk_open(struct walk *w)
{
	char name[16];
	bool is_closed = false;

	w->at++;
	walk_word(w, name, sizeof(name));
	if (!walk_listed(walk_elements, name))
		w->error = "an element that no report has";
	while (*w->at == ' ' && !w->error) {
		w->at++;
		walk_attribute(w);
	}
	if (*w->at == '/') {
		is_closed = true;
		w->at++;
	}
	if (*w->at != '>')
		w->error = "an odd start tag";
	else
		w->at++;
	if (is_closed || walk_listed(walk_void, name) || w->error)
		return;
	if (w->depth == WALK_DEPTH_MAX)
		w->error = "too deep";
	else
		(void)snprintf(w->stack[w->depth++], sizeof(w->stack[0]), "%s", name);
}

static void walk_text(struct walk *w)
{
	static const char *const names[] = {"&lt;", "&gt;", "&amp;", "&quot;", "&#39;"};
	bool is_known = *w->at != '&';

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		is_known = is_known || !strncmp(w->at, names[i], strlen(names[i]));
	if (!is_known || *w->at == '>')
		w->error = "a character that is not escaped";
	if ((unsigned char)*w->at < ' ' && *w->at != '\n' && *w->at != '\t')
		w->error = "a control character";
	w->at++;
}

static void walk_wanted(struct walk *w)
{
	for (int i = 0; i < w->wants; i++) {
		bool is_there = false;

		for (int n = 0; n < w->ids; n++)
			is_there = is_there || !strcmp(w->wanted[i], w->id[n]);
		if (!is_there)
			w->error = "a link to an id that is not there";
	}
}

/* NULL if the page is as it must be; else what is wrong, and *where points to it. */
static const char *report_walk(const char *page, const char **where)
{
	struct walk *w = calloc(1, sizeof(*w));
	const char *error, *start = "<!doctype html>\n", *sheet;

	if (!w)
		return "no memory";
	w->at = page;
	if (strncmp(page, start, strlen(start)) != 0)
		w->error = "not a page";
	else
		w->at += strlen(start);
	while (*w->at && !w->error) {
		*where = w->at;
		sheet = w->depth && !strcmp(w->stack[w->depth - 1], "style")
			    ? strstr(w->at, "</style>")
			    : NULL;
		if (sheet)
			w->at = sheet;
		if (w->at[0] == '<' && w->at[1] == '/')
			walk_close(w);
		else if (w->at[0] == '<')
			walk_open(w);
		else
			walk_text(w);
	}
	if (!w->error && w->depth)
		w->error = "an element is not closed";
	if (!w->error)
		walk_wanted(w);
	error = w->error;
	free(w);
	return error;
}

#endif
