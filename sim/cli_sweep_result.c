/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_sweep_result.c - adding up the results of a sweep. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "cli_sweep.h"

void sweep_free(struct sweep *s)
{
	free(s->options);
	free(s->range);
	s->options = NULL;
	s->range = NULL;
	s->range_count = 0;
}

/* Index of the first range that ends at or after seed. */
static unsigned range_at(const struct sweep *s, uint64_t seed)
{
	unsigned low = 0, high = s->range_count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (s->range[middle].last < seed)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void join_ranges(struct sweep *s, unsigned at)
{
	struct sweep_range *r = &s->range[at];

	if (at + 1 >= s->range_count || r->last == UINT64_MAX || r->last + 1 != r[1].first)
		return;
	r->last = r[1].last;
	memmove(r + 1, r + 2, (s->range_count - at - 2) * sizeof(*r));
	s->range_count--;
}

bool sweep_add_range(struct sweep *s, uint64_t first, uint64_t last)
{
	unsigned at = range_at(s, first);
	struct sweep_range *range;

	if (at < s->range_count && s->range[at].first <= last)
		return false;
	range = realloc(s->range, (s->range_count + 1) * sizeof(*range));
	if (!range)
		return false;
	s->range = range;
	memmove(range + at + 1, range + at, (s->range_count - at) * sizeof(*range));
	range[at] = (struct sweep_range){first, last};
	s->range_count++;
	join_ranges(s, at);
	if (at > 0)
		join_ranges(s, at - 1);
	return true;
}

void sweep_count_detector(struct sweep *s, const char *name, uint64_t count)
{
	unsigned at = 0;

	while (at < s->detector_count && strcmp(s->detector[at].name, name) < 0)
		at++;
	if (at == s->detector_count || strcmp(s->detector[at].name, name) != 0) {
		if (s->detector_count == SWEEP_DETECTORS_MAX)
			return;
		memmove(&s->detector[at + 1], &s->detector[at],
			(s->detector_count - at) * sizeof(s->detector[0]));
		s->detector_count++;
		s->detector[at].count = 0;
		snprintf(s->detector[at].name, sizeof(s->detector[at].name), "%s", name);
	}
	s->detector[at].count += count;
}

static void keep_failure(struct sweep *s, const struct sweep_failure *failure)
{
	unsigned at = s->failure_count;

	while (at > 0 && s->failure[at - 1].seed > failure->seed)
		at--;
	if (at == SWEEP_FAILURES_MAX)
		return;
	if (s->failure_count == SWEEP_FAILURES_MAX)
		s->failure_count--;
	memmove(&s->failure[at + 1], &s->failure[at],
		(s->failure_count - at) * sizeof(s->failure[0]));
	s->failure[at] = *failure;
	s->failure_count++;
}

void sweep_add_failure(struct sweep *s, const struct sweep_failure *failure)
{
	s->failed++;
	sweep_count_detector(s, failure->first.detector, 1);
	keep_failure(s, failure);
}

uint64_t sweep_count(const struct sweep *s)
{
	return s->passed + s->failed + s->undecided;
}

enum sim_verdict sweep_verdict(const struct sweep *s)
{
	if (s->failed > 0)
		return SIM_FAIL;
	if (s->undecided > 0 || s->stopped == SWEEP_INTERRUPTED || s->passed == 0)
		return SIM_UNDECIDED;
	return SIM_PASS;
}

void sweep_reason(const struct sweep *s, char *buf, size_t size)
{
	char time[40], properties[64];
	const char *stopped = s->stopped == SWEEP_INTERRUPTED	  ? "interrupted: "
			      : s->stopped == SWEEP_FIRST_FAILURE ? "stopped at the first failure: "
								  : "";

	cli_time(s->virtual_ns, time, sizeof(time));
	cli_properties(s->checked, properties, sizeof(properties));
	if (s->failed > 0)
		snprintf(buf, size, "%s%" PRIu64 " of %" PRIu64 " seeds fail", stopped, s->failed,
			 sweep_count(s));
	else if (sweep_verdict(s) == SIM_PASS)
		snprintf(buf, size,
			 "no violation of %s in %" PRIu64 " seeds, %s of virtual time, %" PRIu64
			 " shared accesses",
			 properties, s->passed, time, s->accesses);
	else
		snprintf(buf, size, "%s%" PRIu64 " seeds pass, %" PRIu64 " are undecided", stopped,
			 s->passed, s->undecided);
}

/* --- merge --- */

static const char *mismatch(const struct sweep *a, const struct sweep *b)
{
	if (strcmp(a->hash, b->hash) != 0 || strcmp(a->name, b->name) != 0)
		return "of another scenario (or another text of it)";
	if (a->off != b->off || strcmp(a->options, b->options) != 0)
		return "made with other options";
	return NULL;
}

static bool merge_ranges(struct sweep *s, const struct sweep *part, char *err, size_t err_size)
{
	for (unsigned i = 0; i < part->range_count; i++) {
		const struct sweep_range *r = &part->range[i];

		if (sweep_add_range(s, r->first, r->last))
			continue;
		snprintf(err, err_size,
			 "seeds %" PRIu64 "..%" PRIu64 " are (in part) in another file too",
			 r->first, r->last);
		return false;
	}
	return true;
}

bool sweep_merge(struct sweep *s, const struct sweep *part, char *err, size_t err_size)
{
	const char *why = mismatch(s, part);

	if (why) {
		snprintf(err, err_size, "%s", why);
		return false;
	}
	if (!merge_ranges(s, part, err, err_size))
		return false;
	if (strcmp(part->path, s->path) < 0)
		memcpy(s->path, part->path, sizeof(s->path));
	if (part->stopped > s->stopped)
		s->stopped = part->stopped;
	s->passed += part->passed;
	s->failed += part->failed;
	s->undecided += part->undecided;
	s->virtual_ns += part->virtual_ns;
	s->accesses += part->accesses;
	s->steps += part->steps;
	s->frames_sent += part->frames_sent;
	s->frames_delivered += part->frames_delivered;
	s->checked |= part->checked;
	for (unsigned i = 0; i < SIM_PROPERTIES; i++)
		s->property_failed[i] += part->property_failed[i];
	for (unsigned i = 0; i < part->detector_count; i++)
		sweep_count_detector(s, part->detector[i].name, part->detector[i].count);
	for (unsigned i = 0; i < part->failure_count; i++)
		keep_failure(s, &part->failure[i]);
	return true;
}
