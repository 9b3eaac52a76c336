/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_shape.h - what a result and the rows of an index look like, as tables.
 *
 * The tables are the one place that names each member: the check before a report is written and the
 * JSON Schema in docs/ are both made from them. An optional member may be missing or null; a member
 * that the tables don't know is ignored, so that a newer result can be read.
 */
#ifndef SIM_REPORT_SHAPE_H
#define SIM_REPORT_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

enum report_kind {
	REPORT_TEXT,
	REPORT_WORD,	/* a text out of words */
	REPORT_INTEGER, /* from min to 2^63 - 1 */
	REPORT_FLAG,
	REPORT_OBJECT, /* with the members listed */
	REPORT_LIST,   /* any number of item */
	REPORT_TUPLE,  /* exactly size of item */
	REPORT_MAP,    /* an object whose values are item, whatever their names */
	REPORT_ANY,    /* an object of anything */
};

struct report_shape {
	enum report_kind kind;
	int64_t min;
	size_t size;
	const char *const *words; /* ends with NULL */
	const struct report_shape *item;
	const struct report_member *members; /* ends with a name of NULL */
};

struct report_member {
	const char *name;
	const struct report_shape *shape;
	bool required;
	const char *what; /* one line for the schema */
};

#define REPORT_SCHEMA "iwc-result-1"

extern const struct report_shape report_result_shape;
extern const struct report_shape report_rows_shape;

/*
 * Does value have this shape? 0, or -1 and err says the place and the cause: "lanes[3].time_ns: a
 * text, expected an integer of at least 0". name stands for the whole where there is no member yet.
 */
int report_shape_check(const struct report_shape *shape, const json_t *value, const char *name,
		       char *err, size_t err_size);

/* The shape of a result as a JSON Schema, to be freed by the caller; NULL without memory. */
char *report_shape_schema(void);

#endif
