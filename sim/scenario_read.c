/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a tree to a scenario: a walk over the table of keys.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "scenario_schema.h"

struct reader {
	struct scenario *sc;
	const struct scenario_report *report;
};

/* One setting on its way to its field. */
struct item {
	const struct scenario_key *key;
	const char *full;
	unsigned index;
	const config_setting_t *setting;
};

/* --- errors ------------------------------------------------------------------------------------
 */

bool scenario_report_at(const struct scenario_report *report, const config_setting_t *setting,
			const char *key, const char *what)
{
	const char *set = setting ? config_setting_get_hook(setting) : NULL;
	unsigned line = setting && setting->line ? setting->line : 1;
	int n = set ? (int)strcspn(set, "=") : 0;

	if (!report->err || report->err_size == 0)
		return false;
	if (set && strlen(key) == (size_t)n && strncmp(set, key, (size_t)n) == 0)
		snprintf(report->err, report->err_size, "--set %s: %s", key, what);
	else if (set)
		snprintf(report->err, report->err_size, "--set %.*s: %s: %s", n, set, key, what);
	else
		snprintf(report->err, report->err_size, "%s:%u: %s: %s", report->path, line, key,
			 what);
	return false;
}

static bool fail(const struct reader *r, const config_setting_t *setting, const char *key,
		 const char *what)
{
	return scenario_report_at(r->report, setting, key, what);
}

/* --- scalars -----------------------------------------------------------------------------------
 */

struct scalar {
	enum scenario_form form;
	const char *text;
	char digits[40];
};

static void whole_print(struct scalar *v, const config_setting_t *setting)
{
	bool hex = config_setting_get_format(setting) == CONFIG_FORMAT_HEX;
	bool wide = config_setting_type(setting) == CONFIG_TYPE_INT64;
	long long ll = config_setting_get_int64(setting);
	int i = config_setting_get_int(setting);

	v->form = SCENARIO_FORM_WHOLE;
	if (hex)
		snprintf(v->digits, sizeof(v->digits), "%" PRIu64,
			 wide ? (uint64_t)ll : (uint64_t)(uint32_t)i);
	else
		snprintf(v->digits, sizeof(v->digits), "%lld", wide ? ll : i);
}

/* False: the setting is no scalar. */
static bool scalar_get(const config_setting_t *setting, struct scalar *v)
{
	v->text = v->digits;
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		whole_print(v, setting);
		return true;
	case CONFIG_TYPE_FLOAT:
		v->form = SCENARIO_FORM_REAL;
		snprintf(v->digits, sizeof(v->digits), "%.17g", config_setting_get_float(setting));
		return true;
	case CONFIG_TYPE_BOOL:
		v->form = SCENARIO_FORM_BOOL;
		v->text = config_setting_get_bool(setting) ? "true" : "false";
		return true;
	case CONFIG_TYPE_STRING:
		v->form = SCENARIO_FORM_STRING;
		v->text = config_setting_get_string(setting);
		if (!v->text)
			v->text = "";
		return true;
	default:
		return false;
	}
}

static bool scalar_read(const struct reader *r, const struct item *item,
			const config_setting_t *setting)
{
	struct scenario_note note = {""};
	struct scalar v;

	if (!scalar_get(setting, &v))
		return fail(r, setting, item->full, "it needs a single value, not a list or group");
	if (!scenario_value_store(r->sc, item->key, item->index, v.form, v.text, &note))
		return fail(r, setting, item->full, note.text);
	return true;
}

/* Most elements of a key that holds several values; 1: it holds one. */
static int elements_max(const struct scenario_key *key)
{
	switch (key->type) {
	case SCENARIO_SIZES:
		return 2;
	case SCENARIO_SETS:
		return SIM_SETS_MAX;
	case SCENARIO_FLAGS:
		return (int)scenario_word_count(key->at);
	default:
		return 1;
	}
}

static bool value_read(const struct reader *r, const struct item *item)
{
	int max = elements_max(item->key);
	bool several =
	    config_setting_is_array(item->setting) || config_setting_is_list(item->setting);
	int n = several ? config_setting_length(item->setting) : 1;
	struct scenario_note note = {""};

	scenario_value_clear(r->sc, item->key, item->index);
	if (!several || max == 1)
		return scalar_read(r, item, item->setting);
	if (n > max || (n == 0 && item->key->type == SCENARIO_SIZES)) {
		scenario_note_set(&note, "%d values, at most %d are allowed", n, max);
		return fail(r, item->setting, item->full, n ? note.text : "no value");
	}
	for (int i = 0; i < n; i++) {
		if (!scalar_read(r, item, config_setting_get_elem(item->setting, (unsigned)i)))
			return false;
	}
	if (!scenario_value_check(r->sc, item->key, item->index, &note))
		return fail(r, item->setting, item->full, note.text);
	return true;
}

/* --- groups and lists --------------------------------------------------------------------------
 */

static bool group_read(const struct reader *r, const struct scenario_group *group,
		       const config_setting_t *setting, const char *prefix, unsigned index);

/* The default elements must not shine through. */
static void elements_clear(struct scenario *sc, const struct scenario_key *key)
{
	for (unsigned i = 0; i < key->count_max; i++) {
		for (unsigned k = 0; k < key->group->count; k++)
			scenario_value_clear(sc, &key->group->key[k], i);
	}
}

static bool list_read(const struct reader *r, const struct item *item)
{
	const struct scenario_key *key = item->key;
	struct scenario_note note = {""};
	char full[SCENARIO_KEY_MAX];
	unsigned n;

	if (!config_setting_is_list(item->setting) &&
	    !(config_setting_is_array(item->setting) && config_setting_length(item->setting) == 0))
		return fail(r, item->setting, item->full,
			    "it needs a list of groups: ({...}, ...)");
	n = (unsigned)config_setting_length(item->setting);
	if (n < key->min || n > key->count_max) {
		scenario_note_set(&note, "%u elements are outside the range: %u to %u", n,
				  (unsigned)key->min, key->count_max);
		return fail(r, item->setting, item->full, note.text);
	}
	memcpy((unsigned char *)r->sc + key->count_offset, &n, sizeof(n));
	elements_clear(r->sc, key);
	for (unsigned i = 0; i < n; i++) {
		const config_setting_t *below = config_setting_get_elem(item->setting, i);

		snprintf(full, sizeof(full), "%.60s[%u]", item->full, i);
		if (!config_setting_is_group(below))
			return fail(r, below, full, "it needs a group in { }");
		if (!group_read(r, key->group, below, full, i))
			return false;
	}
	return true;
}

static bool item_read(const struct reader *r, const struct item *item)
{
	if (item->key->type == SCENARIO_LIST)
		return list_read(r, item);
	if (item->key->type != SCENARIO_GROUP)
		return value_read(r, item);
	if (!config_setting_is_group(item->setting))
		return fail(r, item->setting, item->full, "it needs a group in { }");
	return group_read(r, item->key->group, item->setting, item->full, item->index);
}

/* Why a key that is there may not be. */
static bool misplaced(const struct reader *r, const struct item *item)
{
	struct scenario_note note = {""};
	const char *kind;

	if (item->key->type == SCENARIO_WHO)
		return fail(r, item->setting, item->full, "it needs \"core\" beside it");
	if ((item->key->flags & SCENARIO_BY_BURST) &&
	    (item->key->flows & (1u << r->sc->flow[item->index].kind)))
		return fail(r, item->setting, item->full, "only the pattern \"burst\" uses it");
	kind = item->key->flows ? scenario_flow_kind_name(r->sc->flow[item->index].kind)
				: scenario_fault_name(r->sc->fault[item->index].kind);
	scenario_note_set(&note, "the kind \"%s\" does not use it", kind);
	return fail(r, item->setting, item->full, note.text);
}

static bool unknown_refuse(const struct reader *r, const struct scenario_group *group,
			   const config_setting_t *setting, const char *prefix)
{
	for (int i = 0; i < config_setting_length(setting); i++) {
		const config_setting_t *below = config_setting_get_elem(setting, (unsigned)i);
		const char *name = config_setting_name(below);
		struct scenario_note note = {""};
		char full[SCENARIO_KEY_MAX];

		if (scenario_key_find(group, name))
			continue;
		scenario_key_unknown(group, name, &note);
		if (!scenario_key_join(full, prefix, scenario_quote(name).s))
			full[sizeof(full) - 1] = '\0';
		return fail(r, below, full, note.text);
	}
	return true;
}

/* Groups and lists that are absent stay as scenario_defaults made them. */
static bool absent(const struct reader *r, const struct item *item, const config_setting_t *above)
{
	if (item->key->group)
		return true;
	if (scenario_key_required(r->sc, item->key, item->index))
		return fail(r, above, item->full, "this key is missing, it has no default");
	(void)scenario_value_default(r->sc, item->key, item->index);
	return true;
}

static bool group_read(const struct reader *r, const struct scenario_group *group,
		       const config_setting_t *setting, const char *prefix, unsigned index)
{
	char full[SCENARIO_KEY_MAX];

	if (!unknown_refuse(r, group, setting, prefix))
		return false;
	for (unsigned k = 0; k < group->count; k++) {
		struct item item = {&group->key[k], full, index, NULL};

		(void)scenario_key_join(full, prefix, item.key->name);
		item.setting = config_setting_get_member(setting, item.key->name);
		if (!scenario_key_applies(r->sc, item.key, index)) {
			if (item.setting)
				return misplaced(r, &item);
			continue;
		}
		if (item.setting ? !item_read(r, &item) : !absent(r, &item, setting))
			return false;
	}
	return true;
}

bool scenario_read(struct scenario *sc, const config_t *cfg, const struct scenario_report *report)
{
	struct reader r = {sc, report};

	return group_read(&r, &scenario_root, config_root_setting(cfg), "", 0);
}
