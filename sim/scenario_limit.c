/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Limits of single values: what is refused whether it comes from a file or from a struct made by
 * hand.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "scenario_schema.h"

/* Longest time that a fault's amount may be. */
#define AMOUNT_MAX_NS (INT64_C(1000) * 1000000000)

struct scenario_shown scenario_number_show(const struct scenario_key *key, uint64_t v)
{
	struct scenario_shown shown;

	if (key->type == SCENARIO_TIME)
		return scenario_time_show(v);
	if (key->type == SCENARIO_SIZE || key->type == SCENARIO_SIZES)
		return scenario_size_show(v);
	snprintf(shown.s, sizeof(shown.s), key->flags & SCENARIO_HEX ? "0x%04" PRIx64 : "%" PRIu64,
		 v);
	return shown;
}

struct scenario_shown scenario_shift_show(int64_t ns)
{
	struct scenario_shown size = scenario_time_show(ns < 0 ? 0u - (uint64_t)ns : (uint64_t)ns);
	struct scenario_shown shown;

	snprintf(shown.s, sizeof(shown.s), "%s%.30s", ns < 0 ? "-" : "", size.s);
	return shown;
}

static struct scenario_shown millionths_show(uint64_t v)
{
	struct scenario_shown shown;

	snprintf(shown.s, sizeof(shown.s), "%.10g", (double)v / 1e6);
	return shown;
}

void scenario_range_show(const struct scenario_key *key, struct scenario_note *note)
{
	const char *zero = key->zero ? key->zero : "";
	const char * or = key->zero ? " or " : "";

	switch (key->type) {
	case SCENARIO_COUNT:
	case SCENARIO_TIME:
	case SCENARIO_SIZE:
	case SCENARIO_SIZES:
	case SCENARIO_LINES:
		scenario_note_set(note, "%s%s%s to %s", zero, or,
				  scenario_number_show(key, key->min).s,
				  scenario_number_show(key, key->max).s);
		break;
	case SCENARIO_RATIO:
		scenario_note_set(note, "%s to %s", millionths_show(key->min).s,
				  millionths_show(key->max).s);
		break;
	default:
		scenario_note_set(note, "%s", "");
		break;
	}
}

static bool range_note(const struct scenario_key *key, const char *shown,
		       struct scenario_note *note)
{
	struct scenario_note range = {""};

	scenario_range_show(key, &range);
	scenario_note_set(note, "%s is outside its range: %.200s", shown, range.text);
	return false;
}

bool scenario_limit_number(const struct scenario_key *key, uint64_t v, struct scenario_note *note)
{
	if ((v >= key->min && v <= key->max) || (key->zero && v == 0))
		return true;
	return range_note(key, scenario_number_show(key, v).s, note);
}

bool scenario_limit_ratio(const struct scenario_key *key, double v, struct scenario_note *note)
{
	/* Not a number fails both comparisons. */
	if (v >= (double)key->min / 1e6 && v <= (double)key->max / 1e6)
		return true;
	return range_note(key, scenario_ratio_show(v).s, note);
}

bool scenario_limit_amount(const struct scenario_key *key, enum scenario_amount unit, int64_t v,
			   struct scenario_note *note)
{
	if (unit == SCENARIO_AMOUNT_FRAMES) {
		if (v >= (int64_t)key->min && v <= (int64_t)key->max)
			return true;
		scenario_note_set(note, "%" PRId64 " is outside its range: %" PRIu64 " to %" PRIu64,
				  v, key->min, key->max);
		return false;
	}
	if (v <= AMOUNT_MAX_NS &&
	    (unit == SCENARIO_AMOUNT_TIME ? v >= 0 : v >= -AMOUNT_MAX_NS && v))
		return true;
	scenario_note_set(note, "%s is outside its range: %s", scenario_shift_show(v).s,
			  unit == SCENARIO_AMOUNT_TIME ? "0 ns to 1000 s"
						       : "-1000 s to 1000 s, not 0");
	return false;
}

bool scenario_limit_string(const struct scenario_key *key, const char *text,
			   struct scenario_note *note)
{
	size_t len = strnlen(text, key->size);

	if (len == key->size) {
		scenario_note_set(note, "it is too long, at most %zu bytes are allowed",
				  key->size - 1);
		return false;
	}
	if (len == 0) {
		if (key->def && key->def[0] == '\0')
			return true;
		scenario_note_set(note, "it must not be empty");
		return false;
	}
	if (key->type == SCENARIO_NAME && !scenario_name_ok(text)) {
		scenario_note_set(note,
				  "\"%s\" is no name: letters, digits and . _ - after the first",
				  scenario_quote(text).s);
		return false;
	}
	if (!scenario_text_ok(text, key->flags & SCENARIO_MULTILINE)) {
		scenario_note_set(note, "it must be UTF-8 without control characters");
		return false;
	}
	return true;
}

/* What an override of a countermeasure must leave alone: it has keys of its own, or names the run.
 */
static bool set_allowed(const char *text)
{
	static const char *const own[] = {"threat", "core", "weak", "origin", "name"};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		size_t n = strlen(own[i]);

		if (strncmp(text, own[i], n) == 0 && strchr(".[=", text[n]))
			return false;
	}
	return true;
}

bool scenario_limit_set(const char *text, struct scenario_note *note)
{
	if (strnlen(text, SIM_TEXT_MAX) == SIM_TEXT_MAX || !scenario_text_ok(text, true) ||
	    !strchr(text, '=')) {
		scenario_note_set(note, "an override is \"KEY=VALUE\" of at most %d bytes",
				  SIM_TEXT_MAX - 1);
		return false;
	}
	if (!set_allowed(text)) {
		scenario_note_set(note, "\"%s\" can't be overridden here", scenario_quote(text).s);
		return false;
	}
	return true;
}

static bool sizes_check(const struct scenario_key *key, const uint32_t *bounds,
			struct scenario_note *note)
{
	if (!scenario_limit_number(key, bounds[0], note) ||
	    !scenario_limit_number(key, bounds[1], note))
		return false;
	if (bounds[0] <= bounds[1])
		return true;
	scenario_note_set(note, "the smallest size is larger than the largest");
	return false;
}

static bool flags_check(const struct scenario_key *key, uint32_t mask, struct scenario_note *note)
{
	if ((mask & ~((1u << scenario_word_count(key->at)) - 1u)) != 0) {
		scenario_note_set(note, "unknown bits are set");
		return false;
	}
	if (mask != 0 || key->min == 0)
		return true;
	scenario_note_set(note, "it must name at least one");
	return false;
}

static bool sets_check(const struct sim_threat *threat, struct scenario_note *note)
{
	if (threat->off_set_count > SIM_SETS_MAX) {
		scenario_note_set(note, "more than %d overrides", SIM_SETS_MAX);
		return false;
	}
	for (unsigned i = 0; i < threat->off_set_count; i++) {
		if (!scenario_limit_set(threat->off_set[i], note))
			return false;
	}
	return true;
}

static bool index_check(uint64_t i, unsigned count, struct scenario_note *note)
{
	if (i < count)
		return true;
	scenario_note_set(note, "there is no number %" PRIu64, i);
	return false;
}

static bool word_check(const struct scenario_key *key, const char *text, struct scenario_note *note)
{
	unsigned i;

	if (!scenario_limit_string(key, text, note))
		return false;
	if (scenario_word_find(key->at, text, &i))
		return true;
	scenario_word_unknown(key->name, key->at, text, note);
	return false;
}

bool scenario_value_check(const struct scenario *sc, const struct scenario_key *key, unsigned index,
			  struct scenario_note *note)
{
	const void *field = scenario_field_const(sc, key, index);
	uint64_t v;
	double ratio;

	switch (key->type) {
	case SCENARIO_COUNT:
	case SCENARIO_TIME:
	case SCENARIO_SIZE:
		return scenario_limit_number(key, scenario_uint_get(field, key->size), note);
	case SCENARIO_LINES:
		v = scenario_uint_get(field, key->size);
		return scenario_limit_number(key, v < 63 ? UINT64_C(1) << v : UINT64_MAX, note);
	case SCENARIO_SIZES:
		return sizes_check(key, field, note);
	case SCENARIO_RATIO:
		memcpy(&ratio, field, sizeof(ratio));
		return scenario_limit_ratio(key, ratio, note);
	case SCENARIO_AMOUNT:
		return scenario_limit_amount(key,
					     scenario_fault_info(sc->fault[index].kind)->amount,
					     sc->fault[index].amount, note);
	case SCENARIO_NAME:
	case SCENARIO_STRING:
		return scenario_limit_string(key, field, note);
	case SCENARIO_WORD:
		return word_check(key, field, note);
	case SCENARIO_ENUM:
		v = scenario_uint_get(field, key->size);
		return index_check(v, scenario_word_count(key->at), note);
	case SCENARIO_WHO:
		return index_check(sc->threat.off_core_world, SIM_WORLDS, note);
	case SCENARIO_CLASS:
		v = scenario_uint_get(field, key->size);
		return index_check(v, sc->channel.class_count, note);
	case SCENARIO_FLAGS:
		return flags_check(key, (uint32_t)scenario_uint_get(field, key->size), note);
	case SCENARIO_SETS:
		return sets_check(&sc->threat, note);
	default:
		return true;
	}
}
