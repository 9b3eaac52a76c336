/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers with units. A quantity is a decimal number and a unit; it must come out as a whole number
 * of the smallest unit, so nothing is ever rounded.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_schema.h"

struct unit {
	const char *name;
	uint64_t scale;
};

/* The smallest first. */
static const struct unit time_unit[] = {
    {"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}, {NULL, 0}};
static const struct unit size_unit[] = {{"B", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {NULL, 0}};

static const char *time_unit_at(unsigned i)
{
	return time_unit[i].name;
}

static const char *size_unit_at(unsigned i)
{
	return size_unit[i].name;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whole number at *p, which moves behind it. False: more than 64 bits. */
static bool digits_take(const char **p, uint64_t *v)
{
	for (*v = 0; digit(**p); (*p)++) {
		uint64_t d = (uint64_t)(**p - '0');

		if (*v > (UINT64_MAX - d) / 10u)
			return false;
		*v = *v * 10u + d;
	}
	return true;
}

/* What follows a point: value / 10^k, without zeros at its end. False: more than 9 places. */
static bool fraction_take(const char **p, uint64_t *value, uint64_t *power)
{
	const char *begin = *p, *end;

	while (digit(**p))
		(*p)++;
	for (end = *p; end > begin && end[-1] == '0';)
		end--;
	if (end - begin > 9)
		return false;
	*value = 0;
	*power = 1;
	for (; begin < end; begin++) {
		*value = *value * 10u + (uint64_t)(*begin - '0');
		*power *= 10u;
	}
	return true;
}

/* whole + value / power, in units of scale, as a whole number. */
static bool scaled(uint64_t whole, uint64_t value, uint64_t power, uint64_t scale, uint64_t *v)
{
	uint64_t rest = value * scale / power; /* below 10^9 * 2^30 before the division */

	if (whole > (UINT64_MAX - rest) / scale)
		return false;
	*v = whole * scale + rest;
	return true;
}

static const struct unit *unit_find(const struct unit *unit, const char *name)
{
	for (; unit->name; unit++) {
		if (strcmp(unit->name, name) == 0)
			return unit;
	}
	return NULL;
}

static bool quantity_parse(const struct unit *units, const char *(*at)(unsigned i),
			   const char *what, const char *text, uint64_t *v,
			   struct scenario_note *note)
{
	uint64_t whole, value = 0, power = 1;
	const struct unit *unit;
	const char *p = text;

	if (!digit(*p)) {
		scenario_note_set(note, "\"%s\" is no %s; write it like \"20 %s\"",
				  scenario_quote(text).s, what, units[1].name);
		return false;
	}
	if (!digits_take(&p, &whole) || (*p == '.' && (p++, !fraction_take(&p, &value, &power)))) {
		scenario_note_set(note, "\"%s\" has too many digits", scenario_quote(text).s);
		return false;
	}
	while (*p == ' ')
		p++;
	unit = unit_find(units, p);
	if (!unit && *p == '\0') {
		scenario_note_set(
		    note, "\"%s\" has no unit; write \"%s %s\", \"%s %s\" or \"%s %s\"",
		    scenario_quote(text).s, scenario_quote(text).s, units[0].name,
		    scenario_quote(text).s, units[1].name, scenario_quote(text).s, units[2].name);
		return false;
	}
	if (!unit) {
		scenario_word_unknown("unit", at, p, note);
		return false;
	}
	if (value * unit->scale % power != 0) {
		scenario_note_set(note, "\"%s\" is finer than 1 %s", scenario_quote(text).s,
				  units[0].name);
		return false;
	}
	if (!scaled(whole, value, power, unit->scale, v)) {
		scenario_note_set(note, "\"%s\" is too large", scenario_quote(text).s);
		return false;
	}
	return true;
}

bool scenario_time_parse(const char *text, uint64_t *ns, struct scenario_note *note)
{
	return quantity_parse(time_unit, time_unit_at, "time", text, ns, note);
}

bool scenario_size_parse(const char *text, uint64_t *bytes, struct scenario_note *note)
{
	return quantity_parse(size_unit, size_unit_at, "size", text, bytes, note);
}

bool scenario_number_parse(const char *text, uint64_t *v, struct scenario_note *note)
{
	const char *p = text;

	if (digit(*p) && digits_take(&p, v) && *p == '\0')
		return true;
	if (digit(*p))
		scenario_note_set(note, "%s is too large", scenario_quote(text).s);
	else
		scenario_note_set(note, "\"%s\" is no whole number without sign",
				  scenario_quote(text).s);
	return false;
}

static struct scenario_shown quantity_show(const struct unit *units, uint64_t v)
{
	const struct unit *unit = units;
	struct scenario_shown shown;

	for (const struct unit *u = units; u->name; u++) {
		if (v != 0 && v % u->scale == 0)
			unit = u;
	}
	snprintf(shown.s, sizeof(shown.s), "%" PRIu64 " %s", v / unit->scale, unit->name);
	return shown;
}

struct scenario_shown scenario_time_show(uint64_t ns)
{
	return quantity_show(time_unit, ns);
}

struct scenario_shown scenario_size_show(uint64_t bytes)
{
	return quantity_show(size_unit, bytes);
}

struct scenario_shown scenario_ratio_show(double v)
{
	struct scenario_shown shown;

	for (int digits = 1; digits <= 17; digits++) {
		snprintf(shown.s, sizeof(shown.s), "%.*g", digits, v);
		if (strtod(shown.s, NULL) == v) /* exact by intent: it must read back the same */
			break;
	}
	if (!isfinite(v))
		snprintf(shown.s, sizeof(shown.s), "%s", isnan(v) ? "nan" : "infinity");
	/* A number without point or exponent would be a whole one. */
	if (!strpbrk(shown.s, ".en"))
		memcpy(shown.s + strlen(shown.s), ".0", sizeof(".0"));
	return shown;
}
