/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values are stored from text: one function a type, found by table.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_schema.h"

/* Where a value goes. */
struct target {
	struct scenario *sc;
	const struct scenario_key *key;
	unsigned index;
	void *field;
};

static enum scenario_amount amount_unit(const struct target *t)
{
	return scenario_fault_info(t->sc->fault[t->index].kind)->amount;
}

/* The rest of the field becomes zero: equal scenarios are equal bytes. */
static bool string_store(const struct target *t, const char *text, struct scenario_note *note)
{
	if (!scenario_limit_string(t->key, text, note))
		return false;
	memset(t->field, 0, t->key->size);
	memcpy(t->field, text, strlen(text));
	return true;
}

/* --- numbers -----------------------------------------------------------------------------------
 */

static bool number_parse(const struct scenario_key *key, const char *text, uint64_t *v,
			 struct scenario_note *note)
{
	if (key->zero && strcmp(text, key->zero) == 0) {
		*v = 0;
		return true;
	}
	if (key->type == SCENARIO_TIME)
		return scenario_time_parse(text, v, note);
	if (key->type == SCENARIO_SIZE || key->type == SCENARIO_SIZES)
		return scenario_size_parse(text, v, note);
	return scenario_number_parse(text, v, note);
}

static bool number_store(const struct target *t, const char *text, struct scenario_note *note)
{
	uint64_t v;

	if (!number_parse(t->key, text, &v, note) || !scenario_limit_number(t->key, v, note))
		return false;
	scenario_uint_set(t->field, t->key->size, v);
	return true;
}

/* The first size is both bounds until a second one comes; the reader counts them. */
static bool sizes_store(const struct target *t, const char *text, struct scenario_note *note)
{
	uint32_t *bounds = t->field;
	uint64_t v;

	if (!number_parse(t->key, text, &v, note) || !scenario_limit_number(t->key, v, note))
		return false;
	if (bounds[0] == 0)
		bounds[0] = (uint32_t)v;
	bounds[1] = (uint32_t)v;
	if (bounds[1] >= bounds[0])
		return true;
	scenario_note_set(note, "the largest size stands before the smallest");
	return false;
}

static bool lines_store(const struct target *t, const char *text, struct scenario_note *note)
{
	uint64_t v, below = 1;
	uint8_t log2 = 0;

	if (!scenario_number_parse(text, &v, note) || !scenario_limit_number(t->key, v, note))
		return false;
	while (below * 2u <= v) {
		below *= 2u;
		log2++;
	}
	if (below != v) {
		scenario_note_set(note, "%" PRIu64 " is no power of two (nearest: %" PRIu64 ")", v,
				  v - below < 2u * below - v ? below : 2u * below);
		return false;
	}
	memcpy(t->field, &log2, sizeof(log2));
	return true;
}

static bool ratio_store(const struct target *t, const char *text, struct scenario_note *note)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end != '\0') {
		scenario_note_set(note, "\"%s\" is no number", scenario_quote(text).s);
		return false;
	}
	if (!scenario_limit_ratio(t->key, v, note))
		return false;
	if (v == 0)
		v = 0; /* no negative zero */
	memcpy(t->field, &v, sizeof(v));
	return true;
}

static bool bool_store(const struct target *t, const char *text, struct scenario_note *note)
{
	bool v = strcmp(text, "true") == 0;

	(void)note;
	memcpy(t->field, &v, sizeof(v));
	return true;
}

static bool amount_store(const struct target *t, const char *text, struct scenario_note *note)
{
	enum scenario_amount unit = amount_unit(t);
	bool negative = unit == SCENARIO_AMOUNT_SHIFT && text[0] == '-';
	uint64_t size;
	int64_t v;

	if (unit == SCENARIO_AMOUNT_FRAMES ? !scenario_number_parse(text, &size, note)
					   : !scenario_time_parse(text + negative, &size, note))
		return false;
	v = size > INT64_MAX ? INT64_MAX : (int64_t)size;
	if (!scenario_limit_amount(t->key, unit, negative ? -v : v, note))
		return false;
	v = negative ? -v : v;
	memcpy(t->field, &v, sizeof(v));
	return true;
}

/* --- words -------------------------------------------------------------------------------------
 */

static bool word_find(const struct scenario_key *key, const char *text, unsigned *i,
		      struct scenario_note *note)
{
	if (scenario_word_find(key->at, text, i))
		return true;
	scenario_word_unknown(key->noun ? key->noun : key->name, key->at, text, note);
	return false;
}

static bool word_store(const struct target *t, const char *text, struct scenario_note *note)
{
	unsigned i;

	return word_find(t->key, text, &i, note) && string_store(t, text, note);
}

static bool enum_store(const struct target *t, const char *text, struct scenario_note *note)
{
	unsigned i;

	if (!word_find(t->key, text, &i, note))
		return false;
	scenario_uint_set(t->field, t->key->size, i);
	return true;
}

static bool who_store(const struct target *t, const char *text, struct scenario_note *note)
{
	unsigned i;

	if (!word_find(t->key, text, &i, note))
		return false;
	t->sc->threat.off_core_both = i == SIM_WORLDS;
	t->sc->threat.off_core_world = i == SIM_S ? SIM_S : SIM_NS;
	return true;
}

static bool flag_add(const struct target *t, const char *word, struct scenario_note *note)
{
	uint32_t mask = (uint32_t)scenario_uint_get(t->field, sizeof(mask));
	unsigned i;

	if (!word_find(t->key, word, &i, note))
		return false;
	if (mask & (1u << i)) {
		scenario_note_set(note, "\"%s\" stands there twice", word);
		return false;
	}
	scenario_uint_set(t->field, sizeof(mask), mask | (1u << i));
	return true;
}

/* "all", "none" or words between commas; adds to what is there. */
static bool flags_store(const struct target *t, const char *text, struct scenario_note *note)
{
	uint32_t all = (1u << scenario_word_count(t->key->at)) - 1u;
	char word[80];

	if (t->key->zero && strcmp(text, t->key->zero) == 0)
		return true;
	if (!t->key->zero && strcmp(text, "all") == 0) {
		scenario_uint_set(t->field, sizeof(all), all);
		return true;
	}
	for (;;) {
		size_t n, kept;

		text += strspn(text, " ");
		n = strcspn(text, ",");
		for (kept = n; kept > 0 && text[kept - 1] == ' ';)
			kept--;
		if (kept >= sizeof(word))
			kept = sizeof(word) - 1;
		memcpy(word, text, kept);
		word[kept] = '\0';
		if (!flag_add(t, word, note))
			return false;
		if (text[n] == '\0')
			return true;
		text += n + 1;
	}
}

static bool class_store(const struct target *t, const char *text, struct scenario_note *note)
{
	struct scenario_near near = scenario_near_begin(text);

	for (unsigned c = 0; c < t->sc->channel.class_count; c++) {
		if (strcmp(t->sc->class_name[c], text) == 0) {
			scenario_uint_set(t->field, t->key->size, c);
			return true;
		}
		scenario_near_try(&near, t->sc->class_name[c]);
	}
	if (near.found)
		scenario_note_set(note, "no class \"%s\" (did you mean \"%s\"?)",
				  scenario_quote(text).s, near.found);
	else
		scenario_note_set(note, "no class \"%s\" in channel.classes",
				  scenario_quote(text).s);
	return false;
}

static bool set_add(const struct target *t, const char *text, struct scenario_note *note)
{
	struct sim_threat *threat = &t->sc->threat;

	if (threat->off_set_count == SIM_SETS_MAX) {
		scenario_note_set(note, "more than %d overrides", SIM_SETS_MAX);
		return false;
	}
	if (!scenario_limit_set(text, note))
		return false;
	memcpy(threat->off_set[threat->off_set_count++], text, strlen(text));
	return true;
}

/* --- by type -----------------------------------------------------------------------------------
 */

static const struct {
	bool (*store)(const struct target *t, const char *text, struct scenario_note *note);
	enum scenario_form form;
	const char *expected; /* after "needs", for a value of another form */
} by_type[] = {
    [SCENARIO_BOOL] = {bool_store, SCENARIO_FORM_BOOL, "true or false"},
    [SCENARIO_COUNT] = {number_store, SCENARIO_FORM_WHOLE, "a whole number without unit or quotes"},
    [SCENARIO_RATIO] = {ratio_store, SCENARIO_FORM_REAL, "a number without unit or quotes"},
    [SCENARIO_TIME] = {number_store, SCENARIO_FORM_STRING,
		       "a time with its unit (ns, us, ms, s) in quotes, like \"20 us\""},
    [SCENARIO_SIZE] = {number_store, SCENARIO_FORM_STRING,
		       "a size with its unit (B, KiB, MiB) in quotes, like \"64 B\""},
    [SCENARIO_SIZES] = {sizes_store, SCENARIO_FORM_STRING,
			"a size with its unit (B, KiB, MiB) in quotes, like \"64 B\", "
			"or two of them in [ ]"},
    [SCENARIO_LINES] = {lines_store, SCENARIO_FORM_WHOLE, "a whole number without unit or quotes"},
    [SCENARIO_AMOUNT] = {amount_store, SCENARIO_FORM_STRING,
			 "a time with its unit (ns, us, ms, s) in quotes, like \"20 us\""},
    [SCENARIO_NAME] = {string_store, SCENARIO_FORM_STRING, "a name in quotes"},
    [SCENARIO_STRING] = {string_store, SCENARIO_FORM_STRING, "a text in quotes"},
    [SCENARIO_WORD] = {word_store, SCENARIO_FORM_STRING, "a word in quotes"},
    [SCENARIO_ENUM] = {enum_store, SCENARIO_FORM_STRING, "a word in quotes"},
    [SCENARIO_FLAGS] = {flags_store, SCENARIO_FORM_STRING, "words in quotes"},
    [SCENARIO_CLASS] = {class_store, SCENARIO_FORM_STRING, "the name of a class in quotes"},
    [SCENARIO_WHO] = {who_store, SCENARIO_FORM_STRING, "a word in quotes"},
    [SCENARIO_SETS] = {set_add, SCENARIO_FORM_STRING, "\"KEY=VALUE\" in quotes"},
};

static bool frames_wanted(const struct target *t)
{
	return t->key->type == SCENARIO_AMOUNT && amount_unit(t) == SCENARIO_AMOUNT_FRAMES;
}

static bool form_fits(const struct target *t, enum scenario_form form, const char *text)
{
	const struct scenario_key *key = t->key;
	enum scenario_form wanted =
	    frames_wanted(t) ? SCENARIO_FORM_WHOLE : by_type[key->type].form;

	if (form == wanted || (wanted == SCENARIO_FORM_REAL && form == SCENARIO_FORM_WHOLE))
		return true;
	if (wanted != SCENARIO_FORM_WHOLE || form != SCENARIO_FORM_STRING)
		return false;
	/* libconfig's numbers end at 2^63 - 1; quoted ones don't. */
	return key->max == UINT64_MAX || (key->zero && strcmp(text, key->zero) == 0);
}

bool scenario_value_store(struct scenario *sc, const struct scenario_key *key, unsigned index,
			  enum scenario_form form, const char *text, struct scenario_note *note)
{
	struct target t = {sc, key, index, scenario_field(sc, key, index)};

	if (!form_fits(&t, form, text)) {
		scenario_note_set(note, "it needs %s",
				  frames_wanted(&t) ? "a number of frames, without unit or quotes"
						    : by_type[key->type].expected);
		return false;
	}
	return by_type[key->type].store(&t, text, note);
}

void scenario_value_clear(struct scenario *sc, const struct scenario_key *key, unsigned index)
{
	memset(scenario_field(sc, key, index), 0, key->size);
	if (key->type == SCENARIO_SIZES)
		memset(scenario_field(sc, key, index), 0, 2 * key->size);
	if (key->type == SCENARIO_SETS)
		sc->threat.off_set_count = 0;
	if (key->type == SCENARIO_WHO)
		sc->threat.off_core_both = false;
}

bool scenario_value_default(struct scenario *sc, const struct scenario_key *key, unsigned index)
{
	struct target t = {sc, key, index, scenario_field(sc, key, index)};
	struct scenario_note note = {""};

	scenario_value_clear(sc, key, index);
	if (!key->def || key->type == SCENARIO_SETS)
		return true;
	if (key->type == SCENARIO_CLASS) {
		scenario_uint_set(t.field, key->size, sc->channel.class_count - 1u);
		return true;
	}
	if (key->type == SCENARIO_NAME && strchr(key->def, '#')) {
		snprintf(t.field, key->size, "%.*s%u", (int)strcspn(key->def, "#"), key->def,
			 index);
		return true;
	}
	return by_type[key->type].store(&t, key->def, &note);
}
