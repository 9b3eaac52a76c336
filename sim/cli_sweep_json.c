/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_sweep_json.c - the result of a sweep as JSON, there and back. Seeds are texts: JSON readers
 * often keep numbers as doubles, and a seed has 64 bits. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "cli_sweep.h"
#include "scenario_file.h"
#include "version.h"

static const char *const stopped_name[] = {
    [SWEEP_COMPLETE] = "",
    [SWEEP_FIRST_FAILURE] = "first failure",
    [SWEEP_INTERRUPTED] = "interrupted",
};

static json_t *seed_json(uint64_t seed)
{
	return json_sprintf("%" PRIu64, seed);
}

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)(n & INT64_MAX));
}

static json_t *ranges_json(const struct sweep *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->range_count; i++)
		json_array_append_new(list, json_pack("[o, o]", seed_json(s->range[i].first),
						      seed_json(s->range[i].last)));
	return list;
}

static json_t *breaks_json(uint32_t breaks)
{
	json_t *list = json_array();

	for (unsigned n = 1; n <= SIM_PROPERTIES; n++)
		if ((breaks & SIM_PROPERTY(n)) != 0)
			json_array_append_new(list, json_sprintf("P%u", n));
	return list;
}

static json_t *properties_json(const struct sweep *s)
{
	json_t *list = json_array();

	for (unsigned n = 1; n <= SIM_PROPERTIES; n++)
		if ((s->checked & SIM_PROPERTY(n)) != 0)
			json_array_append_new(list, json_pack("{s:o, s:s, s:o}", "id",
							      json_sprintf("P%u", n), "name",
							      sim_property_name(n), "failed",
							      number(s->property_failed[n - 1])));
	return list;
}

static json_t *failure_json(const struct sweep *s, const struct sweep_failure *f)
{
	char *path = cli_quote(s->path);
	json_t *json = json_pack(
	    "{s:o, s:o, s:o, s:s, s:s, s:s, s:o, s:o}", "seed", seed_json(f->seed), "time_ns",
	    number(f->first.time_ns), "property", json_sprintf("P%u", f->first.property), "world",
	    scenario_world_name(f->first.world), "detector", f->first.detector, "text",
	    f->first.text, "trace_hash", json_sprintf("%016" PRIx64, f->trace_hash), "reproduce",
	    json_sprintf("iwc run %s --seed %" PRIu64 "%s", path ? path : "", f->seed, s->options));

	free(path);
	return json;
}

json_t *sweep_to_json(const struct sweep *s)
{
	json_t *detectors = json_object(), *failures = json_array();
	char reason[256];

	for (unsigned i = 0; i < s->detector_count; i++)
		json_object_set_new(detectors, s->detector[i].name, number(s->detector[i].count));
	for (unsigned i = 0; i < s->failure_count; i++)
		json_array_append_new(failures, failure_json(s, &s->failure[i]));
	sweep_reason(s, reason, sizeof(reason));
	return json_pack(
	    "{s:s, s:s, s:{s:s, s:s, s:s, s:s}, s:s, s:o, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, "
	    "s:o, s:{s:o, s:o, s:o, s:o, s:o}, s:o, s:o, s:o}",
	    "schema", SWEEP_SCHEMA, "version", IWC_VERSION, "scenario", "name", s->name, "title",
	    s->title, "path", s->path, "hash", s->hash, "countermeasure", s->off ? "off" : "on",
	    "breaks", breaks_json(s->off ? s->breaks : 0), "options", s->options, "verdict",
	    sim_verdict_name(sweep_verdict(s)), "reason", reason, "stopped",
	    stopped_name[s->stopped], "seeds", ranges_json(s), "count", number(sweep_count(s)),
	    "passed", number(s->passed), "failed", number(s->failed), "undecided",
	    number(s->undecided), "totals", "virtual_ns", number(s->virtual_ns), "accesses",
	    number(s->accesses), "steps", number(s->steps), "frames_sent", number(s->frames_sent),
	    "frames_delivered", number(s->frames_delivered), "properties", properties_json(s),
	    "detectors", detectors, "failures", failures);
}

/* --- the way back --- */

struct reader {
	bool good;
	char *err;
	size_t err_size;
};

static void refuse(struct reader *r, const char *key, const char *what)
{
	if (r->good)
		snprintf(r->err, r->err_size, "%s: %s", key, what);
	r->good = false;
}

static const char *get_text(struct reader *r, const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	if (!text)
		refuse(r, key, "a text is needed");
	return text ? text : "";
}

static void copy_text(struct reader *r, const json_t *object, const char *key, char *buf,
		      size_t size)
{
	const char *text = get_text(r, object, key);

	if (strlen(text) >= size)
		refuse(r, key, "too long");
	else
		memcpy(buf, text, strlen(text) + 1);
}

static uint64_t get_number(struct reader *r, const json_t *object, const char *key)
{
	const json_t *n = json_object_get(object, key);

	if (!json_is_integer(n) || json_integer_value(n) < 0) {
		refuse(r, key, "a number is needed");
		return 0;
	}
	return (uint64_t)json_integer_value(n);
}

static uint64_t get_seed(struct reader *r, const json_t *value, const char *key)
{
	const char *text = json_string_value(value);
	uint64_t seed = 0;

	if (!text || !cli_parse_u64(text, &seed))
		refuse(r, key, "a seed as a text is needed");
	return seed;
}

static unsigned get_property(struct reader *r, const char *text)
{
	uint64_t n = 0;

	if (text[0] != 'P' || !cli_parse_u64(text + 1, &n) || n < 1 || n > SIM_PROPERTIES) {
		refuse(r, "property", "P1 to P13 is needed");
		return 1;
	}
	return (unsigned)n;
}

static void get_ranges(struct reader *r, const json_t *json, struct sweep *s)
{
	const json_t *item, *list = json_object_get(json, "seeds");
	uint64_t count = 0;
	size_t i;

	if (!json_is_array(list))
		refuse(r, "seeds", "a list of ranges is needed");
	json_array_foreach(list, i, item)
	{
		uint64_t first = get_seed(r, json_array_get(item, 0), "seeds");
		uint64_t last = get_seed(r, json_array_get(item, 1), "seeds");

		if (r->good && (last < first || !sweep_add_range(s, first, last)))
			refuse(r, "seeds", "ranges overlap or are empty");
		count += last - first + 1;
	}
	if (r->good && count != sweep_count(s))
		refuse(r, "seeds", "passed, failed and undecided do not add up to their number");
}

static void get_properties(struct reader *r, const json_t *json, struct sweep *s)
{
	const json_t *item, *list = json_object_get(json, "properties");
	size_t i;

	json_array_foreach(list, i, item)
	{
		unsigned n = get_property(r, get_text(r, item, "id"));

		s->checked |= SIM_PROPERTY(n);
		s->property_failed[n - 1] = get_number(r, item, "failed");
	}
	list = json_object_get(json, "breaks");
	json_array_foreach(list, i, item)
	{
		const char *id = json_string_value(item);

		s->breaks |= SIM_PROPERTY(get_property(r, id ? id : ""));
	}
}

static void get_detectors(struct reader *r, json_t *json, struct sweep *s)
{
	json_t *object = json_object_get(json, "detectors"), *count;
	const char *name;

	json_object_foreach(object, name, count)
	{
		if (strlen(name) >= sizeof(s->detector[0].name) || !json_is_integer(count))
			refuse(r, "detectors", "names with numbers are needed");
		else
			sweep_count_detector(s, name, (uint64_t)json_integer_value(count));
	}
}

static void get_failure(struct reader *r, const json_t *json, struct sweep_failure *f)
{
	char hash[20] = "0x";

	*f = (struct sweep_failure){.seed = get_seed(r, json_object_get(json, "seed"), "seed")};
	f->first.time_ns = get_number(r, json, "time_ns");
	f->first.property = get_property(r, get_text(r, json, "property"));
	f->first.world = strcmp(get_text(r, json, "world"), "s") == 0 ? SIM_S : SIM_NS;
	copy_text(r, json, "detector", f->first.detector, sizeof(f->first.detector));
	copy_text(r, json, "text", f->first.text, sizeof(f->first.text));
	copy_text(r, json, "trace_hash", hash + 2, sizeof(hash) - 2);
	if (!cli_parse_u64(hash, &f->trace_hash))
		refuse(r, "trace_hash", "16 hexadecimal digits are needed");
}

static void get_failures(struct reader *r, const json_t *json, struct sweep *s)
{
	const json_t *item, *list = json_object_get(json, "failures");
	size_t i;

	json_array_foreach(list, i, item)
	{
		struct sweep_failure *f = &s->failure[s->failure_count];

		if (s->failure_count == SWEEP_FAILURES_MAX) {
			refuse(r, "failures", "too many");
			return;
		}
		get_failure(r, item, f);
		if (s->failure_count > 0 && f[-1].seed >= f->seed)
			refuse(r, "failures", "not in the order of their seeds");
		s->failure_count++;
	}
}

static void get_stopped(struct reader *r, const json_t *json, struct sweep *s)
{
	const char *text = get_text(r, json, "stopped");

	for (unsigned i = 0; i <= SWEEP_INTERRUPTED; i++)
		if (strcmp(text, stopped_name[i]) == 0) {
			s->stopped = i;
			return;
		}
	refuse(r, "stopped", "unknown word");
}

static void get_head(struct reader *r, const json_t *json, struct sweep *s)
{
	const json_t *scenario = json_object_get(json, "scenario");

	if (strcmp(get_text(r, json, "schema"), SWEEP_SCHEMA) != 0)
		refuse(r, "schema", "is not " SWEEP_SCHEMA);
	if (strcmp(get_text(r, json, "version"), IWC_VERSION) != 0)
		refuse(r, "version", "made by another version than " IWC_VERSION);
	copy_text(r, scenario, "name", s->name, sizeof(s->name));
	copy_text(r, scenario, "title", s->title, sizeof(s->title));
	copy_text(r, scenario, "path", s->path, sizeof(s->path));
	copy_text(r, scenario, "hash", s->hash, sizeof(s->hash));
	s->options = strdup(get_text(r, json, "options"));
	if (!s->options)
		refuse(r, "options", "out of memory");
	s->off = strcmp(get_text(r, json, "countermeasure"), "off") == 0;
}

bool sweep_from_json(struct sweep *s, const json_t *json, char *err, size_t err_size)
{
	struct reader r = {.good = true, .err = err, .err_size = err_size};
	const json_t *totals = json_object_get(json, "totals");

	*s = (struct sweep){0};
	get_head(&r, json, s);
	get_stopped(&r, json, s);
	s->passed = get_number(&r, json, "passed");
	s->failed = get_number(&r, json, "failed");
	s->undecided = get_number(&r, json, "undecided");
	s->virtual_ns = get_number(&r, totals, "virtual_ns");
	s->accesses = get_number(&r, totals, "accesses");
	s->steps = get_number(&r, totals, "steps");
	s->frames_sent = get_number(&r, totals, "frames_sent");
	s->frames_delivered = get_number(&r, totals, "frames_delivered");
	get_ranges(&r, json, s);
	get_properties(&r, json, s);
	get_detectors(&r, (json_t *)(uintptr_t)json, s);
	get_failures(&r, json, s);
	if (!r.good)
		sweep_free(s);
	return r.good;
}
