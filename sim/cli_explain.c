/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_explain.c - iwc explain: what a name means that iwc prints. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "explain.h"
#include "scenario_file.h"

#define WIDTH 78
#define NAME_MAX_BYTES 64

/* IWC_VIOLATION_PAST_END, past_end and Past-End are all past-end. */
static void normalise(const char *name, char *out)
{
	static const char *const prefix[] = {"IWC_VIOLATION_", "SIM_FAULT_", "SIM_WEAK_"};
	size_t n = 0;

	for (unsigned i = 0; i < sizeof(prefix) / sizeof(prefix[0]); i++)
		if (strncmp(name, prefix[i], strlen(prefix[i])) == 0)
			name += strlen(prefix[i]);
	for (; *name != '\0' && n + 1 < NAME_MAX_BYTES; name++)
		out[n++] = *name == '_' ? '-' : (char)tolower((unsigned char)*name);
	out[n] = '\0';
}

/* t4 is T04. */
static bool same_threat(const char *name, const char *id)
{
	uint64_t n, wanted;

	return tolower((unsigned char)name[0]) == tolower((unsigned char)id[0]) &&
	       cli_parse_u64(name + 1, &n) && cli_parse_u64(id + 1, &wanted) && n == wanted;
}

static bool same(const char *a, const char *b)
{
	char x[NAME_MAX_BYTES], y[NAME_MAX_BYTES];

	normalise(a, x);
	normalise(b, y);
	return strcmp(x, y) == 0;
}

static bool mentions(const char *properties, const char *id)
{
	size_t len = strlen(id);

	for (const char *p = properties; (p = strstr(p, id)) != NULL; p += len)
		if (p[len] == '\0' || p[len] == ' ')
			return true;
	return false;
}

/* --- what there is to say, as JSON --- */

static json_t *about_threat(const struct explain_threat *t)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "kind", "threat", "name", t->id, "text",
			 t->what, "attacker", t->attacker, "properties", t->properties,
			 "countermeasure", t->countermeasure);
}

static json_t *about_property(unsigned n)
{
	const struct explain_threat *t;
	char *threats = NULL, id[8];
	json_t *json = NULL;
	bool good = cli_append(&threats, "%s", "");

	snprintf(id, sizeof(id), "P%u", n);
	for (unsigned i = 0; good && (t = explain_threat_at(i)) != NULL; i++)
		if (mentions(t->properties, id))
			good = cli_append(&threats, "%s%s", *threats ? " " : "", t->id);
	if (good)
		json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "kind", "property", "name", id,
				 "title", sim_property_name(n), "statement", sim_property_text(n),
				 "text", explain_property(n), "threats", threats);
	free(threats);
	return json;
}

static json_t *about_topic(const struct explain_topic *t)
{
	return json_pack("{s:s, s:s, s:s}", "kind", explain_kind_name(t->kind), "name", t->name,
			 "text", t->text);
}

static json_t *about_fault(unsigned kind)
{
	const struct scenario_fault_info *info = scenario_fault_info(kind);

	return json_pack("{s:s, s:s, s:s, s:s}", "kind", "fault", "name", info->name, "text",
			 explain_fault(kind), "opportunity", info->opportunity);
}

static void add(json_t *found, json_t *json)
{
	if (json)
		json_array_append_new(found, json);
}

/* All that name means; NULL means everything. */
static void search(const char *name, json_t *found)
{
	const struct explain_threat *threat;
	const struct explain_topic *t;
	const char *other;

	for (unsigned i = 0; (threat = explain_threat_at(i)) != NULL; i++)
		if (!name || same_threat(name, threat->id))
			add(found, about_threat(threat));
	for (unsigned i = 0; (t = explain_topic_at(i)) != NULL; i++)
		if (!name || same(name, t->name))
			add(found,
			    t->kind == EXPLAIN_PROPERTY ? about_property(i + 1) : about_topic(t));
	for (unsigned k = 0; (other = scenario_fault_name(k)) != NULL; k++)
		if (!name || same(name, other))
			add(found, about_fault(k));
	for (unsigned i = 0; (other = sim_core_name_at(i)) != NULL; i++)
		if (!name || same(name, other))
			add(found, json_pack("{s:s, s:s, s:s}", "kind", "core", "name", other,
					     "text", explain_core(other)));
}

/* All names, for "did you mean" and for the list. */
static const char *name_next(const void *ctx, unsigned i)
{
	const struct explain_threat *threat;
	const struct explain_topic *topic;
	unsigned n = 0;

	(void)ctx;
	for (; (topic = explain_topic_at(n)) != NULL; n++)
		if (n == i)
			return topic->name;
	i -= n;
	for (n = 0; (threat = explain_threat_at(n)) != NULL; n++)
		if (n == i)
			return threat->id;
	i -= n;
	if (i < SIM_FAULT_KINDS)
		return scenario_fault_name(i);
	return sim_core_name_at(i - SIM_FAULT_KINDS);
}

/* --- output
 * --------------------------------------------------------------------------------------- */

/* text in lines of WIDTH, each behind indent spaces; label stands on the first one. */
static void print_wrapped(const char *label, const char *text, int indent)
{
	int at = printf("%s", label);

	printf("%*s", indent - at, "");
	at = indent;
	while (*text != '\0') {
		int len = (int)strcspn(text, " ");

		if (at > indent && at + 1 + len > WIDTH) {
			printf("\n%*s", indent, "");
			at = indent;
		}
		at += printf("%s%.*s", at > indent ? " " : "", len, text);
		text += len;
		text += strspn(text, " ");
	}
	putchar('\n');
}

/* Scenarios of a threat are named after it. */
static void print_scenarios(const char *id)
{
	const struct cli_args none = {0};
	struct cli_scenarios s;

	if (!cli_scenarios_there(&none) || cli_scenarios_open(&none, &s) != CLI_OK)
		return;
	for (unsigned i = 0; i < s.count; i++) {
		size_t len = strlen(id);

		if (strncmp(s.name[i], id, len) == 0 &&
		    (s.name[i][len] == '-' || s.name[i][len] == '\0'))
			printf("  %-15s iwc run %s [--off]\n", "try", s.name[i]);
	}
	cli_scenarios_close(&s);
}

static void print_one(const json_t *json)
{
	static const char *const keys[] = {"statement",	 "text",	   "attacker",
					   "properties", "countermeasure", "opportunity",
					   "threats"};
	const char *title = json_string_value(json_object_get(json, "title"));
	const char *kind = json_string_value(json_object_get(json, "kind"));

	printf("%s%s%s%s%s (%s)\n", cli_colour(CLI_BOLD),
	       json_string_value(json_object_get(json, "name")), cli_colour(CLI_PLAIN),
	       title ? ", " : "", title ? title : "", kind);
	for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *text = json_string_value(json_object_get(json, keys[i]));
		char label[32];

		if (!text || *text == '\0')
			continue;
		snprintf(label, sizeof(label), "  %s", strcmp(keys[i], "text") == 0 ? "" : keys[i]);
		print_wrapped(label, text, strcmp(keys[i], "text") == 0 ? 2 : 18);
	}
	if (strcmp(kind, "threat") == 0)
		print_scenarios(json_string_value(json_object_get(json, "name")));
}

static void print_names(const char *title, const char *(*next)(unsigned i))
{
	const char *name;
	int at = printf("%s:", title);

	for (unsigned i = 0; (name = next(i)) != NULL; i++) {
		if (at + 1 + (int)strlen(name) > WIDTH)
			at = printf("\n ") - 1;
		at += printf(" %s", name);
	}
	putchar('\n');
}

static const char *threat_name(unsigned i)
{
	const struct explain_threat *t = explain_threat_at(i);

	return t ? t->id : NULL;
}

static enum explain_kind listed;

static const char *topic_name(unsigned i)
{
	const struct explain_topic *t;

	for (unsigned n = 0; (t = explain_topic_at(n)) != NULL; n++)
		if (t->kind == listed && i-- == 0)
			return t->name;
	return NULL;
}

static const char *fault_name(unsigned i)
{
	return scenario_fault_name(i);
}

static int print_all(void)
{
	puts("'iwc explain TOPIC' explains one of these.\n");
	print_names("threats", threat_name);
	for (listed = 0; listed < EXPLAIN_KINDS; listed++) {
		char title[32];

		snprintf(title, sizeof(title), "%s", explain_kind_name(listed));
		print_names(title, topic_name);
	}
	print_names("faults", fault_name);
	print_names("cores", sim_core_name_at);
	return CLI_OK;
}

int cli_explain(const struct cli_args *args)
{
	const char *topic = args->operand_count ? args->operand[0] : NULL, *near;
	json_t *found = json_array(), *one;
	size_t i;
	int rc = CLI_OK;

	if (!topic && !cli_given(args, CLI_JSON)) {
		json_decref(found);
		return print_all();
	}
	search(topic, found);
	if (json_array_size(found) == 0) {
		near = cli_nearest(topic, name_next, NULL);
		cli_error("nothing known about '%s'%s%s%s ('iwc explain' lists all topics)", topic,
			  near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
		rc = CLI_USAGE;
	} else if (cli_given(args, CLI_JSON)) {
		rc = cli_print_json(
		    json_pack("{s:s, s:O}", "schema", "iwc-explain-1", "topics", found));
	} else {
		json_array_foreach(found, i, one) print_one(one);
	}
	json_decref(found);
	return rc;
}
