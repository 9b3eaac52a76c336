/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_list.c - iwc list: one table a kind, as text or as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "explain.h"
#include "scenario_file.h"

#define COLUMNS_MAX 5

struct kind {
	const char *name;
	const char *column[COLUMNS_MAX]; /* members of an item; the last one may be long */
	int (*fill)(const struct cli_args *args, json_t *items);
};

static bool add(json_t *items, json_t *item)
{
	return item && json_array_append_new(items, item) == 0;
}

static const char *cell(const json_t *item, const char *column)
{
	const char *text = json_string_value(json_object_get(item, column));

	return text ? text : "";
}

static int no_memory(void)
{
	cli_error("out of memory");
	return CLI_BUG;
}

/* --- scenarios and threats
 * ------------------------------------------------------------------------ */

static bool load_scenario(const struct cli_scenarios *s, unsigned i, struct scenario *sc)
{
	char err[1024], *path = cli_scenarios_path(s, i);
	bool good = path && scenario_load(sc, path, NULL, 0, err, sizeof(err)) == 0;

	if (path && !good)
		fprintf(stderr, "%s\n", err);
	free(path);
	return good;
}

static int fill_scenarios(const struct cli_args *args, json_t *items)
{
	struct scenario *sc = calloc(1, sizeof(*sc));
	struct cli_scenarios s;
	int rc = sc ? cli_scenarios_open(args, &s) : no_memory();

	if (rc != CLI_OK) {
		free(sc);
		return rc;
	}
	for (unsigned i = 0; i < s.count; i++) {
		if (!load_scenario(&s, i, sc))
			rc = CLI_USAGE;
		else if (!add(items, json_pack("{s:s, s:s, s:s}", "name", s.name[i], "threat",
					       sc->threat.id, "title", sc->title)))
			rc = no_memory();
	}
	cli_scenarios_close(&s);
	free(sc);
	return rc;
}

/* Members "name" and "threat" of each scenario at hand; an empty list if there is no folder. */
static int load_scenarios(const struct cli_args *args, json_t *list)
{
	/* The catalogue is there without scenarios too, unless a folder was asked for. */
	if (!cli_scenarios_there(args) && !cli_given(args, CLI_SCENARIOS))
		return CLI_OK;
	return fill_scenarios(args, list);
}

/* The scenarios of a threat, "" if there is none. */
static char *scenarios_of(const json_t *list, const char *id)
{
	const json_t *item;
	char *names = NULL;
	size_t i;
	bool good = cli_append(&names, "%s", "");

	json_array_foreach(list, i, item)
	{
		if (!good || strcmp(cell(item, "threat"), id) != 0)
			continue;
		good = cli_append(&names, "%s%s", *names ? " " : "", cell(item, "name"));
	}
	return names;
}

static int fill_threats(const struct cli_args *args, json_t *items)
{
	json_t *scenarios = json_array();
	const struct explain_threat *t;
	int rc = load_scenarios(args, scenarios);
	bool good = true;

	for (unsigned i = 0; good && (t = explain_threat_at(i)) != NULL; i++) {
		char *names = scenarios_of(scenarios, t->id);

		good =
		    names &&
		    add(items, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "id", t->id, "attacker",
					 t->attacker, "properties", t->properties, "what", t->what,
					 "countermeasure", t->countermeasure, "scenario", names));
		free(names);
	}
	json_decref(scenarios);
	return good ? rc : no_memory();
}

/* --- the other kinds
 * ------------------------------------------------------------------------------ */

static int fill_properties(const struct cli_args *args, json_t *items)
{
	bool good = true;

	(void)args;
	for (unsigned n = 1; good && n <= SIM_PROPERTIES; n++)
		good = add(items, json_pack("{s:o, s:s, s:s}", "id", json_sprintf("P%u", n), "name",
					    sim_property_name(n), "text", sim_property_text(n)));
	return good ? CLI_OK : no_memory();
}

static int fill_faults(const struct cli_args *args, json_t *items)
{
	static const char *const amounts[] = {
	    [SCENARIO_AMOUNT_NONE] = "",
	    [SCENARIO_AMOUNT_TIME] = "time",
	    [SCENARIO_AMOUNT_SHIFT] = "time, may be negative",
	    [SCENARIO_AMOUNT_FRAMES] = "frames",
	};
	const struct scenario_fault_info *info;
	bool good = true;

	(void)args;
	for (unsigned k = 0; good && (info = scenario_fault_info(k)) != NULL; k++)
		good = add(items,
			   json_pack("{s:s, s:s, s:s, s:b, s:s}", "name", info->name, "opportunity",
				     info->opportunity, "amount", amounts[info->amount], "interval",
				     info->interval, "text", explain_fault(k)));
	return good ? CLI_OK : no_memory();
}

static int fill_cores(const struct cli_args *args, json_t *items)
{
	const char *name;
	bool good = true;

	(void)args;
	for (unsigned i = 0; good && (name = sim_core_name_at(i)) != NULL; i++)
		good = add(items, json_pack("{s:s, s:s}", "name", name, "text",
					    strcmp(name, "core") == 0
						? "core/ as it is"
						: "core/ without one countermeasure"));
	return good ? CLI_OK : no_memory();
}

static int fill_weaknesses(const struct cli_args *args, json_t *items)
{
	const struct explain_topic *t;
	bool good = true;

	(void)args;
	for (unsigned i = 0; good && (t = explain_topic_at(i)) != NULL; i++)
		if (t->kind == EXPLAIN_WEAKNESS)
			good =
			    add(items, json_pack("{s:s, s:s}", "name", t->name, "text", t->text));
	return good ? CLI_OK : no_memory();
}

static const struct kind kinds[] = {
    {"scenarios", {"name", "title"}, fill_scenarios},
    {"threats", {"id", "attacker", "properties", "what"}, fill_threats},
    {"properties", {"id", "name", "text"}, fill_properties},
    {"faults", {"name", "opportunity", "text"}, fill_faults},
    {"cores", {"name", "text"}, fill_cores},
    {"weaknesses", {"name", "text"}, fill_weaknesses},
};

/* --- output
 * --------------------------------------------------------------------------------------- */

static int width_of(const json_t *items, const char *column)
{
	size_t width = strlen(column), i;
	const json_t *item;

	json_array_foreach(items, i, item)
	{
		size_t len = strlen(cell(item, column));

		width = len > width ? len : width;
	}
	return (int)width;
}

static void print_row(const struct kind *k, const int *width, const json_t *item)
{
	for (int c = 0; c < COLUMNS_MAX && k->column[c]; c++) {
		const char *text = item ? cell(item, k->column[c]) : k->column[c];
		bool last = c + 1 == COLUMNS_MAX || !k->column[c + 1];

		if (last)
			printf("%s\n", text);
		else
			printf("%-*s  ", width[c], text);
	}
}

static void print_table(const struct kind *k, const json_t *items)
{
	int width[COLUMNS_MAX] = {0};
	const json_t *item;
	size_t i;

	for (int c = 0; c < COLUMNS_MAX && k->column[c]; c++)
		width[c] = width_of(items, k->column[c]);
	print_row(k, width, NULL);
	json_array_foreach(items, i, item) print_row(k, width, item);
}

static const char *kind_next(const void *ctx, unsigned i)
{
	(void)ctx;
	return i < sizeof(kinds) / sizeof(kinds[0]) ? kinds[i].name : NULL;
}

static const struct kind *find_kind(const char *name)
{
	const char *near;

	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	near = cli_nearest(name, kind_next, NULL);
	cli_error(
	    "list: no kind '%s'%s%s%s (scenarios, threats, properties, faults, cores, weaknesses)",
	    name, near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
	return NULL;
}

int cli_list(const struct cli_args *args)
{
	const struct kind *k = find_kind(args->operand_count ? args->operand[0] : "scenarios");
	json_t *items = k ? json_array() : NULL;
	int rc, printed = CLI_OK;

	if (!items)
		return k ? no_memory() : CLI_USAGE;
	rc = k->fill(args, items);
	/* scenarios that load are listed even if others do not */
	if (rc == CLI_OK || json_array_size(items) > 0) {
		if (cli_given(args, CLI_JSON))
			printed =
			    cli_print_json(json_pack("{s:s, s:s, s:O}", "schema", "iwc-list-1",
						     "kind", k->name, "items", items));
		else
			print_table(k, items);
	}
	json_decref(items);
	return rc != CLI_OK ? rc : printed;
}
