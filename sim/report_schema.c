/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "report_shape.h"

static json_t *schema_of(const struct report_shape *shape);

static json_t *with_null(json_t *schema)
{
	return json_pack("{s:[o,{s:s}]}", "anyOf", schema, "type", "null");
}

static json_t *object_schema(const struct report_shape *shape)
{
	json_t *members = json_object(), *required = json_array();

	for (const struct report_member *m = shape->members; m->name; m++) {
		json_t *one = schema_of(m->shape);

		if (!m->required)
			one = with_null(one);
		json_object_set_new(one, "description", json_string(m->what));
		json_object_set_new(members, m->name, one);
		if (m->required)
			json_array_append_new(required, json_string(m->name));
	}
	return json_pack("{s:s,s:o,s:o}", "type", "object", "required", required, "properties",
			 members);
}

static json_t *word_schema(const struct report_shape *shape)
{
	json_t *words = json_array();

	for (size_t i = 0; shape->words[i]; i++)
		json_array_append_new(words, json_string(shape->words[i]));
	return json_pack("{s:o}", "enum", words);
}

static json_t *integer_schema(const struct report_shape *shape)
{
	json_t *schema = json_pack("{s:s}", "type", "integer");

	if (shape->min != INT64_MIN)
		json_object_set_new(schema, "minimum", json_integer(shape->min));
	return schema;
}

static json_t *schema_of(const struct report_shape *shape)
{
	switch (shape->kind) {
	case REPORT_TEXT:
		return json_pack("{s:s}", "type", "string");
	case REPORT_WORD:
		return word_schema(shape);
	case REPORT_INTEGER:
		return integer_schema(shape);
	case REPORT_FLAG:
		return json_pack("{s:s}", "type", "boolean");
	case REPORT_OBJECT:
		return object_schema(shape);
	case REPORT_LIST:
		return json_pack("{s:s,s:o}", "type", "array", "items", schema_of(shape->item));
	case REPORT_TUPLE:
		return json_pack("{s:s,s:o,s:I,s:I}", "type", "array", "items",
				 schema_of(shape->item), "minItems", (json_int_t)shape->size,
				 "maxItems", (json_int_t)shape->size);
	case REPORT_MAP:
		return json_pack("{s:s,s:o}", "type", "object", "additionalProperties",
				 schema_of(shape->item));
	default:
		return json_pack("{s:s}", "type", "object");
	}
}

char *report_shape_schema(void)
{
	json_t *schema =
	    json_pack("{s:s,s:s}", "$schema", "https://json-schema.org/draft/2020-12/schema",
		      "title", "Result of one run, " REPORT_SCHEMA);
	json_t *body = schema_of(&report_result_shape);
	char *text = NULL, *whole = NULL;

	if (schema && body && !json_object_update(schema, body))
		text = json_dumps(schema, JSON_INDENT(1));
	if (text && asprintf(&whole, "%s\n", text) < 0)
		whole = NULL;
	free(text);
	json_decref(schema);
	json_decref(body);
	return whole;
}
