/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report_shape.h"

/* The shapes nest less than this deep: see report_shape_table.c. */
#define DEPTH_MAX 8

struct check {
	char place[200]; /* of the value being looked at; cut if the file has long names */
	const char *name;
	char *err;
	size_t err_size;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct check *c, const char *format, ...)
{
	int used = snprintf(c->err, c->err_size, "%s: ", c->place[0] ? c->place : c->name);
	va_list args;

	if (used < 0 || (size_t)used >= c->err_size)
		return -1;
	va_start(args, format);
	(void)vsnprintf(c->err + used, c->err_size - (size_t)used, format, args);
	va_end(args);
	return -1;
}

static const char *type_name(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "a list";
	case JSON_STRING:
		return "a text";
	case JSON_INTEGER:
		return "an integer";
	case JSON_REAL:
		return "a number with a fraction";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	default:
		return "null";
	}
}

/* A text of the file for a message: one line of plain characters, not too long. */
static const char *quoted(const char *text, char *out, size_t size)
{
	size_t n;

	for (n = 0; text[n] && n + 1 < size; n++)
		out[n] = text[n] >= ' ' && text[n] <= '~' && text[n] != '"' ? text[n] : '?';
	out[n] = '\0';
	return out;
}

static int check_word(struct check *c, const struct report_shape *shape, const json_t *value)
{
	const char *word = json_string_value(value);
	char shown[48], list[160] = "";
	size_t used = 0;

	for (size_t i = 0; shape->words[i]; i++) {
		if (strlen(word) == json_string_length(value) && !strcmp(word, shape->words[i]))
			return 0;
		if (used < sizeof(list))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
						 i ? ", " : "", shape->words[i]);
	}
	return refuse(c, "\"%s\", expected %s%s", quoted(word, shown, sizeof(shown)),
		      shape->words[1] ? "one of " : "", list);
}

static int check_integer(struct check *c, const struct report_shape *shape, const json_t *value)
{
	if (json_integer_value(value) >= shape->min)
		return 0;
	return refuse(c, "%lld, expected an integer of at least %lld",
		      (long long)json_integer_value(value), (long long)shape->min);
}

static int check_value(struct check *c, const struct report_shape *shape, const json_t *value,
		       unsigned int depth);

static int check_items(struct check *c, const struct report_shape *shape, const json_t *value,
		       unsigned int depth)
{
	size_t end = strlen(c->place), count = json_array_size(value);

	if (shape->kind == REPORT_TUPLE && count != shape->size)
		return refuse(c, "a list of %zu, expected %zu numbers", count, shape->size);
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(c->place + end, sizeof(c->place) - end, "[%zu]", i);
		if (check_value(c, shape->item, json_array_get(value, i), depth + 1))
			return -1;
	}
	c->place[end] = '\0';
	return 0;
}

static void enter(struct check *c, size_t end, const char *name)
{
	char shown[64];

	(void)snprintf(c->place + end, sizeof(c->place) - end, "%s%s", end ? "." : "",
		       quoted(name, shown, sizeof(shown)));
}

static int check_members(struct check *c, const struct report_shape *shape, const json_t *value,
			 unsigned int depth)
{
	size_t end = strlen(c->place);

	for (const struct report_member *m = shape->members; m->name; m++) {
		const json_t *found = json_object_get(value, m->name);

		if (!m->required && (!found || json_is_null(found)))
			continue;
		enter(c, end, m->name);
		if (!found)
			return refuse(c, "is missing");
		if (check_value(c, m->shape, found, depth + 1))
			return -1;
		c->place[end] = '\0';
	}
	return 0;
}

static int check_map(struct check *c, const struct report_shape *shape, const json_t *value,
		     unsigned int depth)
{
	json_t *object = (json_t *)(uintptr_t)value; /* an iterator wants it so, and only reads */
	size_t end = strlen(c->place);

	for (void *it = json_object_iter(object); it; it = json_object_iter_next(object, it)) {
		enter(c, end, json_object_iter_key(it));
		if (check_value(c, shape->item, json_object_iter_value(it), depth + 1))
			return -1;
		c->place[end] = '\0';
	}
	return 0;
}

static const char *const expected_names[] = {
    [REPORT_TEXT] = "a text",	     [REPORT_WORD] = "a text",	    [REPORT_INTEGER] = "an integer",
    [REPORT_FLAG] = "true or false", [REPORT_OBJECT] = "an object", [REPORT_LIST] = "a list",
    [REPORT_TUPLE] = "a list",	     [REPORT_MAP] = "an object",    [REPORT_ANY] = "an object",
};

static bool has_type(enum report_kind kind, const json_t *value)
{
	switch (kind) {
	case REPORT_TEXT:
	case REPORT_WORD:
		return json_is_string(value);
	case REPORT_INTEGER:
		return json_is_integer(value);
	case REPORT_FLAG:
		return json_is_boolean(value);
	case REPORT_LIST:
	case REPORT_TUPLE:
		return json_is_array(value);
	default:
		return json_is_object(value);
	}
}

static int check_value(struct check *c, const struct report_shape *shape, const json_t *value,
		       unsigned int depth)
{
	if (!has_type(shape->kind, value) || depth > DEPTH_MAX)
		return refuse(c, "%s, expected %s", type_name(value), expected_names[shape->kind]);
	switch (shape->kind) {
	case REPORT_WORD:
		return check_word(c, shape, value);
	case REPORT_INTEGER:
		return check_integer(c, shape, value);
	case REPORT_OBJECT:
		return check_members(c, shape, value, depth);
	case REPORT_LIST:
	case REPORT_TUPLE:
		return check_items(c, shape, value, depth);
	case REPORT_MAP:
		return check_map(c, shape, value, depth);
	default:
		return 0;
	}
}

int report_shape_check(const struct report_shape *shape, const json_t *value, const char *name,
		       char *err, size_t err_size)
{
	struct check c = {.name = name, .err = err, .err_size = err_size};

	if (!value)
		return refuse(&c, "is missing");
	return check_value(&c, shape, value, 0);
}
