/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of the scenario language, and what to say about a word that is none of them.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "scenario_schema.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Longest word that is compared by edit distance. */
#define WORD_MAX 40u
/* A list of at most so many words is shown whole. */
#define WORDS_SHOWN 13u

static const char *const world_name[SIM_WORLDS] = {[SIM_NS] = "ns", [SIM_S] = "s"};
static const char *const who_name[] = {"ns", "s", "both"};
static const char *const attacker_name[] = {"NS", "S", "W", "none", "either"};
static const char *const flow_kind_name[] = {
    [SIM_FLOW_FRAMES] = "frames", [SIM_FLOW_REPLAY] = "replay", [SIM_FLOW_PING] = "ping",
    [SIM_FLOW_UDP] = "udp",	  [SIM_FLOW_TCP] = "tcp",
};
static const char *const pattern_name[] = {
    [SIM_PATTERN_FIXED] = "fixed",
    [SIM_PATTERN_POISSON] = "poisson",
    [SIM_PATTERN_BURST] = "burst",
};
static const char *const property_id[SIM_PROPERTIES] = {
    "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P13",
};
static const char *const weakness_name[] = {
    "no-fence",	 "no-padding",	  "zero-copy",	     "writable-peer", "log-errors",
    "no-bucket", "no-boot-count", "no-region-clear", "no-poll",
};

_Static_assert(SIM_WEAK_NO_POLL == 1u << (COUNT(weakness_name) - 1), "one name a bit");

const char *scenario_world_name(unsigned world)
{
	return world < COUNT(world_name) ? world_name[world] : NULL;
}

const char *scenario_who_name(unsigned i)
{
	return i < COUNT(who_name) ? who_name[i] : NULL;
}

const char *scenario_attacker_name(unsigned i)
{
	return i < COUNT(attacker_name) ? attacker_name[i] : NULL;
}

const char *scenario_flow_kind_name(unsigned kind)
{
	return kind < COUNT(flow_kind_name) ? flow_kind_name[kind] : NULL;
}

const char *scenario_pattern_name(unsigned pattern)
{
	return pattern < COUNT(pattern_name) ? pattern_name[pattern] : NULL;
}

const char *scenario_property_id(unsigned i)
{
	return i < COUNT(property_id) ? property_id[i] : NULL;
}

const char *scenario_weakness_name(unsigned bit_number)
{
	return bit_number < COUNT(weakness_name) ? weakness_name[bit_number] : NULL;
}

bool scenario_weakness_from_name(const char *name, enum sim_weakness *weakness)
{
	unsigned i;

	if (!scenario_word_find(scenario_weakness_name, name, &i))
		return false;
	*weakness = (enum sim_weakness)(1u << i);
	return true;
}

const char *scenario_fault_name(unsigned kind)
{
	const struct scenario_fault_info *info = scenario_fault_info(kind);

	return info ? info->name : NULL;
}

bool scenario_fault_from_name(const char *name, enum sim_fault_kind *kind)
{
	unsigned i;

	if (!scenario_word_find(scenario_fault_name, name, &i))
		return false;
	*kind = (enum sim_fault_kind)i;
	return true;
}

unsigned scenario_word_count(const char *(*at)(unsigned i))
{
	unsigned n = 0;

	while (at(n))
		n++;
	return n;
}

bool scenario_word_find(const char *(*at)(unsigned i), const char *word, unsigned *i)
{
	for (unsigned k = 0; at(k); k++) {
		if (strcmp(at(k), word) == 0) {
			*i = k;
			return true;
		}
	}
	return false;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

static unsigned char fold(char c)
{
	return c == '_' ? '-' : (unsigned char)tolower((unsigned char)c);
}

/* Insertions, deletions, replacements and swaps of neighbours that lead from a to b, ignoring case
 * and the difference between - and _. Both are at most WORD_MAX long. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[3][WORD_MAX + 1];
	unsigned *before = row[0], *last = row[1], *now = row[2], *spare;
	size_t na = strlen(a), nb = strlen(b);

	for (unsigned j = 0; j <= nb; j++)
		last[j] = j;
	for (unsigned i = 1; i <= na; i++) {
		now[0] = i;
		for (unsigned j = 1; j <= nb; j++) {
			unsigned differ = fold(a[i - 1]) != fold(b[j - 1]);

			now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + differ);
			if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
			    fold(a[i - 2]) == fold(b[j - 1]))
				now[j] = min3(now[j], before[j - 2] + 1, now[j]);
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[nb];
}

struct scenario_near scenario_near_begin(const char *word)
{
	/* What is farther is no typing error. */
	return (struct scenario_near){.word = word, .best = (unsigned)(strlen(word) / 3u) + 1u};
}

void scenario_near_try(struct scenario_near *near, const char *candidate)
{
	size_t len = strlen(near->word), other = strlen(candidate);
	unsigned d;

	if (len == 0 || len > WORD_MAX || other > WORD_MAX)
		return;
	d = distance(near->word, candidate);
	/* A short word is not near to one with which it shares nothing. */
	if (d >= other || d > near->best || (near->found && d == near->best))
		return;
	near->best = d;
	near->found = candidate;
}

const char *scenario_nearest(const char *word, const char *(*at)(unsigned i))
{
	struct scenario_near near = scenario_near_begin(word);

	for (unsigned k = 0; at(k); k++)
		scenario_near_try(&near, at(k));
	return near.found;
}

void scenario_word_unknown(const char *what, const char *(*at)(unsigned i), const char *word,
			   struct scenario_note *note)
{
	const char *near = scenario_nearest(word, at);
	struct scenario_note list = {""};
	size_t used = 0;
	unsigned k = 0;

	if (near) {
		scenario_note_set(note, "unknown %s \"%s\" (did you mean \"%s\"?)", what,
				  scenario_quote(word).s, near);
		return;
	}
	for (; at(k) && k <= WORDS_SHOWN; k++)
		used += (size_t)snprintf(list.text + used, sizeof(list.text) - used, "%s%s",
					 k ? ", " : "", at(k));
	scenario_note_set(note, "unknown %s \"%s\"%s%s", what, scenario_quote(word).s,
			  k <= WORDS_SHOWN ? "; there are " : "",
			  k <= WORDS_SHOWN ? list.text : "");
}

struct scenario_quote scenario_quote(const char *text)
{
	struct scenario_quote q;
	size_t n = 0, room = sizeof(q.s) - sizeof("...");

	for (; *text != '\0' && n < room; text++)
		q.s[n++] = *text < ' ' || *text > '~' ? '?' : *text;
	memcpy(q.s + n, *text ? "..." : "", *text ? sizeof("...") : 1);
	return q;
}

void scenario_note_set(struct scenario_note *note, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(note->text, sizeof(note->text), fmt, args);
	va_end(args);
}
