/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "report_html.h"
#include "report_parts.h"

#define NAMES_MAX 400u
#define STACK_DEPTH_MAX 4u
#define STACK_GROUPS_MAX 50u
#define VALUE_BYTES 200u

/* An iterator wants an object that can be changed, and only reads it. */
static json_t *iterable(const json_t *object)
{
	return (json_t *)(uintptr_t)object;
}

static void put_value(FILE *out, const json_t *value)
{
	char *dump;

	if (json_is_integer(value)) {
		report_number(out, json_integer_value(value));
		return;
	}
	if (json_is_string(value)) {
		report_string(out, value);
		return;
	}
	dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));
	if (dump)
		report_bytes(out, dump, strnlen(dump, VALUE_BYTES));
	free(dump);
}

static void put_cell(FILE *out, const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	fputs("<td class=\"n\">", out);
	if (value)
		put_value(out, value);
	else
		fputs("–", out);
	fputs("</td>", out);
}

static bool is_empty(const json_t *value)
{
	return !value || (json_is_integer(value) && !json_integer_value(value));
}

static bool is_zero(const json_t *one, const json_t *two, const char *name)
{
	return is_empty(json_object_get(one, name)) && is_empty(json_object_get(two, name));
}

/* Names of one, then those that only two has; zeros are left to the list below the table. */
static size_t put_names(FILE *out, json_t *names, const json_t *one, const json_t *two, bool zeros)
{
	bool is_pair = two != NULL;
	size_t count = 0;

	for (void *it = json_object_iter(names); it && count < NAMES_MAX;
	     it = json_object_iter_next(names, it)) {
		const char *name = json_object_iter_key(it);

		if (is_zero(one, two, name) != zeros)
			continue;
		count++;
		fputs(zeros ? "<code>" : "<tr><th scope=\"row\"><code>", out);
		report_bytes(out, name, strlen(name));
		fputs(zeros ? "</code> " : "</code></th>", out);
		if (zeros)
			continue;
		put_cell(out, one, name);
		if (is_pair)
			put_cell(out, two, name);
		fputs("</tr>\n", out);
	}
	return count;
}

static size_t count_names(json_t *names, const json_t *one, const json_t *two, bool zeros)
{
	size_t count = 0;

	for (void *it = json_object_iter(names); it; it = json_object_iter_next(names, it))
		count += is_zero(one, two, json_object_iter_key(it)) == zeros;
	return count;
}

/* What a table is called and what its one or two columns are. */
struct heading {
	const char *title, *one, *two;
};

static void put_group(FILE *out, const struct heading *heading, const json_t *one,
		      const json_t *two)
{
	json_t *names = json_object();
	size_t zeros, others;

	(void)json_object_update(names, iterable(one));
	if (two)
		(void)json_object_update(names, iterable(two));
	zeros = count_names(names, one, two, true);
	others = count_names(names, one, two, false);
	fputs("<div><h3>", out);
	report_bytes(out, heading->title, strlen(heading->title));
	fputs("</h3>\n", out);
	if (others) {
		size_t shown;

		report_table_begin(out, "", "Counters");
		fprintf(out,
			"<thead><tr><th scope=\"col\">Counter</th><th scope=\"col\" "
			"class=\"n\">%s</th>",
			heading->one);
		if (two)
			fprintf(out, "<th scope=\"col\" class=\"n\">%s</th>", heading->two);
		fputs("</tr></thead>\n<tbody>\n", out);
		shown = put_names(out, names, one, two, false);
		report_table_end(out);
		report_rows_left(out, shown, others);
	}
	if (zeros) {
		fputs("<details><summary>", out);
		report_number(out, (int64_t)zeros);
		fprintf(out, " at zero</summary><p class=\"zeros\">");
		(void)put_names(out, names, one, two, true);
		fputs("</p></details>\n", out);
	}
	fputs("</div>\n", out);
	json_decref(names);
}

static void write_counters(FILE *out, const json_t *result)
{
	static const struct heading worlds = {"Worlds", "NS", "S"};
	static const struct heading monitor = {"Monitor", "Count", NULL};
	static const struct heading machine = {"Machine", "Count", NULL};
	const json_t *counters = json_object_get(result, "counters"), *none = json_object();
	const json_t *ns = json_object_get(counters, "ns"), *s = json_object_get(counters, "s");

	fputs("<div class=\"groups\">\n", out);
	if (json_object_size(ns) || json_object_size(s))
		put_group(out, &worlds, json_is_object(ns) ? ns : none,
			  json_is_object(s) ? s : none);
	if (json_object_size(json_object_get(counters, "monitor")))
		put_group(out, &monitor, json_object_get(counters, "monitor"), NULL);
	if (json_object_size(json_object_get(counters, "machine")))
		put_group(out, &machine, json_object_get(counters, "machine"), NULL);
	fputs("</div>\n", out);
	json_decref(iterable(none));
}

static bool has_counters(const json_t *result)
{
	const json_t *counters = json_object_get(result, "counters");

	return json_object_size(json_object_get(counters, "ns")) ||
	       json_object_size(json_object_get(counters, "s")) ||
	       json_object_size(json_object_get(counters, "monitor")) ||
	       json_object_size(json_object_get(counters, "machine"));
}

const struct report_part report_part_counters = {
    .id = "counters",
    .title = "Counters",
    .present = has_counters,
    .write = write_counters,
};

/* --- the IP stack: whatever it counts ------------------------------------------------------- */

/* Objects within objects become names with dots. What lies too deep stays JSON text. */
static void flatten(json_t *flat, const json_t *object, const char *prefix, unsigned int depth)
{
	json_t *members = iterable(object);

	for (void *it = json_object_iter(members); it; it = json_object_iter_next(members, it)) {
		json_t *value = json_object_iter_value(it);
		char *name = NULL;

		if (asprintf(&name, "%s%s%s", prefix, prefix[0] ? "." : "",
			     json_object_iter_key(it)) < 0)
			return;
		if (json_is_object(value) && depth < STACK_DEPTH_MAX)
			flatten(flat, value, name, depth + 1);
		else
			(void)json_object_set(flat, name, value);
		free(name);
	}
}

static void put_stack_group(FILE *out, const char *title, const json_t *object)
{
	const struct heading heading = {title, "Value", NULL};
	json_t *flat = json_object();

	flatten(flat, object, "", 0);
	if (json_object_size(flat))
		put_group(out, &heading, flat, NULL);
	json_decref(flat);
}

/* A group for each object, and one for what lies beside them. */
static void write_stack(FILE *out, const json_t *result)
{
	json_t *stack = json_object_get(result, "stack"), *others = json_object();
	size_t groups = 0;

	fputs("<div class=\"groups\">\n", out);
	for (void *it = json_object_iter(stack); it; it = json_object_iter_next(stack, it)) {
		const char *name = json_object_iter_key(it);
		json_t *value = json_object_iter_value(it);

		if (!json_is_object(value))
			(void)json_object_set(others, name, value);
		else if (groups++ < STACK_GROUPS_MAX)
			put_stack_group(out, name, value);
	}
	if (json_object_size(others))
		put_stack_group(out, "Others", others);
	fputs("</div>\n", out);
	report_rows_left(out, groups < STACK_GROUPS_MAX ? groups : STACK_GROUPS_MAX, groups);
	json_decref(others);
}

static bool has_stack(const json_t *result)
{
	return json_object_size(json_object_get(result, "stack")) != 0;
}

const struct report_part report_part_stack = {
    .id = "stack",
    .title = "IP stack",
    .present = has_stack,
    .write = write_stack,
};
