/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scenario as text: every key that applies, in the order of the table.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_schema.h"

static void string_print(FILE *f, const char *text)
{
	putc('"', f);
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			fputs("\\n", f);
		else if (*text == '\t')
			fputs("\\t", f);
		else if (*text == '"' || *text == '\\')
			fprintf(f, "\\%c", *text);
		else
			putc(*text, f);
	}
	putc('"', f);
}

static void number_print(FILE *f, const struct scenario_key *key, uint64_t v)
{
	if (key->zero && v == 0)
		string_print(f, key->zero);
	else if (key->type != SCENARIO_COUNT)
		string_print(f, scenario_number_show(key, v).s);
	else if (v > INT64_MAX)
		fprintf(f, "\"%" PRIu64 "\"", v);
	else
		fprintf(f, "%s%s", scenario_number_show(key, v).s, v > INT32_MAX ? "L" : "");
}

static void sizes_print(FILE *f, const struct scenario_key *key, const uint32_t *bounds)
{
	if (bounds[0] == bounds[1]) {
		number_print(f, key, bounds[0]);
		return;
	}
	fputs("[ ", f);
	number_print(f, key, bounds[0]);
	fputs(", ", f);
	number_print(f, key, bounds[1]);
	fputs(" ]", f);
}

static void flags_print(FILE *f, const struct scenario_key *key, uint32_t mask)
{
	const char *before = "[ ";

	uint32_t all = (1u << scenario_word_count(key->at)) - 1u;

	/* A key has a word for nothing, or else one for everything. */
	if (mask == (key->zero ? 0 : all)) {
		string_print(f, key->zero ? key->zero : "all");
		return;
	}
	for (unsigned i = 0; key->at(i); i++) {
		if (!(mask & (1u << i)))
			continue;
		fputs(before, f);
		string_print(f, key->at(i));
		before = ", ";
	}
	fputs(" ]", f);
}

static void sets_print(FILE *f, const struct sim_threat *threat)
{
	fputs("[", f);
	for (unsigned i = 0; i < threat->off_set_count; i++) {
		fputs(i ? ", " : " ", f);
		string_print(f, threat->off_set[i]);
	}
	fputs(" ]", f);
}

static void amount_print(FILE *f, const struct sim_fault *fault)
{
	if (scenario_fault_info(fault->kind)->amount == SCENARIO_AMOUNT_FRAMES)
		fprintf(f, "%" PRId64, fault->amount);
	else
		string_print(f, scenario_shift_show(fault->amount).s);
}

static void value_print(FILE *f, const struct scenario *sc, const struct scenario_key *key,
			unsigned index)
{
	const void *field = scenario_field_const(sc, key, index);
	double ratio;

	switch (key->type) {
	case SCENARIO_BOOL:
		fputs(*(const bool *)field ? "true" : "false", f);
		break;
	case SCENARIO_COUNT:
	case SCENARIO_TIME:
	case SCENARIO_SIZE:
		number_print(f, key, scenario_uint_get(field, key->size));
		break;
	case SCENARIO_LINES:
		fprintf(f, "%" PRIu64, UINT64_C(1) << scenario_uint_get(field, key->size));
		break;
	case SCENARIO_SIZES:
		sizes_print(f, key, field);
		break;
	case SCENARIO_RATIO:
		memcpy(&ratio, field, sizeof(ratio));
		fputs(scenario_ratio_show(ratio).s, f);
		break;
	case SCENARIO_AMOUNT:
		amount_print(f, &sc->fault[index]);
		break;
	case SCENARIO_ENUM:
		string_print(f, key->at((unsigned)scenario_uint_get(field, key->size)));
		break;
	case SCENARIO_FLAGS:
		flags_print(f, key, (uint32_t)scenario_uint_get(field, key->size));
		break;
	case SCENARIO_CLASS:
		string_print(f, sc->class_name[scenario_uint_get(field, key->size)]);
		break;
	case SCENARIO_WHO:
		string_print(
		    f, key->at(sc->threat.off_core_both ? SIM_WORLDS : sc->threat.off_core_world));
		break;
	case SCENARIO_SETS:
		sets_print(f, &sc->threat);
		break;
	default:
		string_print(f, field);
		break;
	}
}

static void indent(FILE *f, unsigned depth)
{
	while (depth-- > 0)
		putc('\t', f);
}

static void group_print(FILE *f, const struct scenario *sc, const struct scenario_group *group,
			unsigned index, unsigned depth);

static void list_print(FILE *f, const struct scenario *sc, const struct scenario_key *key,
		       unsigned depth)
{
	unsigned n = scenario_list_count(sc, key);

	fprintf(f, "%s = (", key->name);
	for (unsigned i = 0; i < n; i++) {
		fputs(i ? ", {\n" : "{\n", f);
		group_print(f, sc, key->group, i, depth + 1);
		indent(f, depth);
		putc('}', f);
	}
	fputs(");\n", f);
}

static void group_print(FILE *f, const struct scenario *sc, const struct scenario_group *group,
			unsigned index, unsigned depth)
{
	for (unsigned k = 0; k < group->count; k++) {
		const struct scenario_key *key = &group->key[k];

		if (!scenario_key_applies(sc, key, index) ||
		    ((key->flags & SCENARIO_OPTIONAL) &&
		     !scenario_group_present(sc, key->group, index)))
			continue;
		indent(f, depth);
		if (key->type == SCENARIO_LIST) {
			list_print(f, sc, key, depth);
		} else if (key->type == SCENARIO_GROUP) {
			fprintf(f, "%s: {\n", key->name);
			group_print(f, sc, key->group, index, depth + 1);
			indent(f, depth);
			fputs("};\n", f);
		} else {
			fprintf(f, "%s = ", key->name);
			value_print(f, sc, key, index);
			fputs(";\n", f);
		}
	}
}

char *scenario_text(const struct scenario *sc)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	bool failed;

	if (!f)
		return NULL;
	fputs("# A resolved scenario of iwc: every key is said, none is left to a default.\n", f);
	group_print(f, sc, &scenario_root, 0, 0);
	failed = ferror(f) != 0;
	if (fclose(f) != 0 || failed) {
		free(text);
		return NULL;
	}
	return text;
}
