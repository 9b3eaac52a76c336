/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libconfig trees: parsing a text, overriding keys in the tree, finding the setting of a key.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_schema.h"

/* --- parsing -----------------------------------------------------------------------------------
 */

/* The scanner counted the lines; libconfig is a token late at list elements. */
static void lines_assign(config_setting_t *setting, const struct scenario_lines *lines, unsigned *i)
{
	int n = config_setting_is_aggregate(setting) ? config_setting_length(setting) : 0;

	for (int k = 0; k < n; k++) {
		config_setting_t *below = config_setting_get_elem(setting, (unsigned)k);

		if (*i < lines->count)
			below->line = lines->line[(*i)++];
		lines_assign(below, lines, i);
	}
}

static bool parse_checked(config_t *cfg, const char *text, size_t len_bytes,
			  struct scenario_lines *lines, unsigned *line, struct scenario_note *note)
{
	unsigned i = 0;
	char *copy;
	int ok;

	if (!scenario_syntax_check(text, len_bytes, lines, line, note))
		return false;
	copy = malloc(len_bytes + 2);
	if (!copy) {
		scenario_note_set(note, "out of memory");
		return false;
	}
	memcpy(copy, text, len_bytes);
	/* libconfig wants a line break behind a last comment. */
	memcpy(copy + len_bytes, "\n", 2);
	ok = config_read_string(cfg, copy);
	free(copy);
	if (!ok) {
		*line = (unsigned)config_error_line(cfg);
		scenario_note_set(note, "%s", config_error_text(cfg));
		return false;
	}
	lines_assign(config_root_setting(cfg), lines, &i);
	return true;
}

bool scenario_tree_parse(config_t *cfg, const char *text, size_t len_bytes, unsigned *line,
			 struct scenario_note *note)
{
	struct scenario_lines *lines = malloc(sizeof(*lines));
	bool ok = false;

	config_init(cfg);
	*line = 0;
	if (lines)
		ok = parse_checked(cfg, text, len_bytes, lines, line, note);
	else
		scenario_note_set(note, "out of memory");
	free(lines);
	return ok;
}

/* --- overriding --------------------------------------------------------------------------------
 */

static void *set_hook(const char *set)
{
	return (void *)(uintptr_t)set;
}

static void scalar_copy(config_setting_t *to, const config_setting_t *from)
{
	switch (config_setting_type(from)) {
	case CONFIG_TYPE_INT:
		config_setting_set_int(to, config_setting_get_int(from));
		break;
	case CONFIG_TYPE_INT64:
		config_setting_set_int64(to, config_setting_get_int64(from));
		break;
	case CONFIG_TYPE_FLOAT:
		config_setting_set_float(to, config_setting_get_float(from));
		break;
	case CONFIG_TYPE_BOOL:
		config_setting_set_bool(to, config_setting_get_bool(from));
		break;
	default:
		config_setting_set_string(to, config_setting_get_string(from));
		break;
	}
	config_setting_set_format(to, config_setting_get_format(from));
}

/* Append a copy of from to parent. False: no memory. */
static bool tree_copy(config_setting_t *parent, const config_setting_t *from, const char *name,
		      const char *set)
{
	config_setting_t *to = config_setting_add(parent, name, config_setting_type(from));
	int n;

	if (!to)
		return false;
	config_setting_set_hook(to, set_hook(set));
	if (!config_setting_is_aggregate(from)) {
		scalar_copy(to, from);
		return true;
	}
	n = config_setting_length(from);
	for (int i = 0; i < n; i++) {
		const config_setting_t *below = config_setting_get_elem(from, (unsigned)i);

		if (!tree_copy(to, below, config_setting_name(below), set))
			return false;
	}
	return true;
}

/* Does a value in this form go through libconfig's grammar, or is it a text as it stands? */
static bool value_is_text(const struct scenario_key *key, const char *text)
{
	if (text[0] != '\0' && strchr("\"([{", text[0]))
		return false;
	switch (key->type) {
	case SCENARIO_BOOL:
	case SCENARIO_COUNT:
	case SCENARIO_RATIO:
	case SCENARIO_LINES:
		return key->zero && strcmp(text, key->zero) == 0;
	case SCENARIO_AMOUNT:
		return strspn(text, "+-0123456789") != strlen(text);
	default:
		return !key->group;
	}
}

/* Make from a tree whose only setting is the value. */
static bool value_parse(config_t *from, const struct scenario_key *key, const char *text,
			struct scenario_note *note)
{
	config_setting_t *setting;
	size_t len = strlen(text);
	unsigned line;
	char *line_text;
	bool ok;

	if (value_is_text(key, text)) {
		config_init(from);
		setting = config_setting_add(config_root_setting(from), "v", CONFIG_TYPE_STRING);
		return setting && config_setting_set_string(setting, text);
	}
	line_text = malloc(len + sizeof("v="));
	if (!line_text) {
		config_init(from);
		return false;
	}
	memcpy(line_text, "v=", 2);
	memcpy(line_text + 2, text, len + 1);
	ok = scenario_tree_parse(from, line_text, len + 2, &line, note);
	free(line_text);
	if (ok && config_setting_length(config_root_setting(from)) != 1) {
		scenario_note_set(note, "more than one value");
		ok = false;
	}
	return ok;
}

/* Where a key leads: the group that holds it, or the element of a list. */
struct place {
	const struct scenario_key *key;
	config_setting_t *parent;  /* group of the member key->name */
	config_setting_t *element; /* if the key ends in an index */
};

/* The classes that a file without channel.classes has, so that they can be overridden. */
static void default_classes_add(config_setting_t *list, const char *set)
{
	for (unsigned c = 0; c < SCENARIO_DEFAULT_CLASSES; c++) {
		config_setting_t *group = config_setting_add(list, NULL, CONFIG_TYPE_GROUP);
		config_setting_t *name = config_setting_add(group, "name", CONFIG_TYPE_STRING);
		config_setting_t *protect = config_setting_add(group, "protect", CONFIG_TYPE_BOOL);

		if (!name || !protect)
			return;
		config_setting_set_hook(group, set_hook(set));
		config_setting_set_string(name, scenario_default_class[c].name);
		config_setting_set_bool(protect, scenario_default_class[c].protect);
	}
}

static config_setting_t *member_get(config_setting_t *parent, const struct scenario_key *key,
				    const char *set, struct scenario_note *note)
{
	int type = key->type == SCENARIO_LIST ? CONFIG_TYPE_LIST : CONFIG_TYPE_GROUP;
	config_setting_t *member = config_setting_get_member(parent, key->name);

	if (!member) {
		member = config_setting_add(parent, key->name, type);
		if (member)
			config_setting_set_hook(member, set_hook(set));
		if (member && key->type == SCENARIO_LIST && key->min > 0)
			default_classes_add(member, set);
		return member;
	}
	if (config_setting_type(member) == type)
		return member;
	scenario_note_set(note, "\"%s\" is no %s in the file", key->name,
			  type == CONFIG_TYPE_LIST ? "list of groups in ( )" : "group in { }");
	return NULL;
}

/* Element i of a list; the one behind the last is made. */
static config_setting_t *element_get(config_setting_t *list, const struct scenario_key *key,
				     unsigned i, const char *set, struct scenario_note *note)
{
	unsigned n = (unsigned)config_setting_length(list);
	config_setting_t *element;

	if (i > n || i >= key->count_max) {
		scenario_note_set(note, "\"%s\" has %u elements of at most %u", key->name, n,
				  key->count_max);
		return NULL;
	}
	if (i == n) {
		element = config_setting_add(list, NULL, CONFIG_TYPE_GROUP);
		if (element)
			config_setting_set_hook(element, set_hook(set));
		return element;
	}
	element = config_setting_get_elem(list, i);
	if (config_setting_is_group(element))
		return element;
	scenario_note_set(note, "\"%s[%u]\" is no group in { } in the file", key->name, i);
	return NULL;
}

static bool step_take(struct place *place, const struct scenario_step *step, bool last,
		      const char *set, struct scenario_note *note)
{
	config_setting_t *member;

	if (step->indexed != (place->key->type == SCENARIO_LIST) && (step->indexed || !last)) {
		scenario_note_set(note,
				  step->indexed ? "\"%s\" takes no index"
						: "\"%s\" needs an index like [0]",
				  step->name);
		return false;
	}
	if (!place->key->group && !last) {
		scenario_note_set(note, "\"%s\" has no keys below it", step->name);
		return false;
	}
	place->element = NULL;
	if (last && !step->indexed)
		return true;
	member = member_get(place->parent, place->key, set, note);
	if (member && step->indexed) {
		member = element_get(member, place->key, step->index, set, note);
		place->element = member;
	}
	place->parent = member;
	return member != NULL;
}

static bool place_find(config_t *cfg, const char *set, const char *equals, struct place *place,
		       struct scenario_note *note)
{
	const struct scenario_group *group = &scenario_root;
	const char *p = set;

	*place = (struct place){.parent = config_root_setting(cfg)};
	while (p < equals) {
		struct scenario_step step;

		p = scenario_step_next(p, equals, &step);
		if (!p) {
			scenario_note_set(note, "a key is like \"seed\" or \"traffic[0].gap\"");
			return false;
		}
		place->key = scenario_key_find(group, step.name);
		if (!place->key) {
			scenario_key_unknown(group, step.name, note);
			return false;
		}
		if (!step_take(place, &step, p == equals, set, note))
			return false;
		group = place->key->group;
	}
	if (!place->key)
		scenario_note_set(note, "the key is missing");
	return place->key != NULL;
}

/* Replace what an element of a list holds. */
static bool element_replace(config_setting_t *element, const config_setting_t *value,
			    const char *set, struct scenario_note *note)
{
	if (!config_setting_is_group(value)) {
		scenario_note_set(note, "it needs a group in { }");
		return false;
	}
	while (config_setting_length(element) > 0)
		config_setting_remove_elem(element, 0);
	for (int i = 0; i < config_setting_length(value); i++) {
		const config_setting_t *below = config_setting_get_elem(value, (unsigned)i);

		if (!tree_copy(element, below, config_setting_name(below), set))
			return false;
	}
	config_setting_set_hook(element, set_hook(set));
	return true;
}

bool scenario_tree_set(config_t *cfg, const char *set, struct scenario_note *note)
{
	const char *equals = strchr(set, '=');
	struct place place;
	config_t from;
	bool ok;

	if (!equals) {
		scenario_note_set(note, "an override is KEY=VALUE");
		return false;
	}
	/* Stands unless somebody knows better. */
	scenario_note_set(note, "out of memory");
	if (!place_find(cfg, set, equals, &place, note))
		return false;
	ok = value_parse(&from, place.key, equals + 1, note);
	if (ok) {
		const config_setting_t *value =
		    config_setting_get_elem(config_root_setting(&from), 0);

		if (place.element) {
			ok = element_replace(place.element, value, set, note);
		} else {
			(void)config_setting_remove(place.parent, place.key->name);
			ok = tree_copy(place.parent, value, place.key->name, set);
		}
	}
	config_destroy(&from);
	return ok;
}

/* --- finding -----------------------------------------------------------------------------------
 */

const config_setting_t *scenario_tree_locate(const config_t *cfg, const char *key)
{
	const config_setting_t *found = config_root_setting(cfg);
	const char *end = key + strlen(key);

	while (key < end) {
		struct scenario_step step;
		const config_setting_t *below = NULL;

		key = scenario_step_next(key, end, &step);
		if (!key)
			break;
		if (config_setting_is_group(found))
			below = config_setting_get_member(found, step.name);
		if (!below)
			break;
		found = below;
		if (!step.indexed)
			continue;
		below = config_setting_is_aggregate(found)
			    ? config_setting_get_elem(found, step.index)
			    : NULL;
		if (!below)
			break;
		found = below;
	}
	return found;
}
