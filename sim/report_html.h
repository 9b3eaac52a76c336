/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_html.h - the small words of HTML that reports are written with.
 *
 * Texts come from scenario and result files and are hostile: they reach the page through
 * report_text(), report_bytes() or report_url() only, never through a format. Errors of the stream
 * are left to the caller, who looks at ferror() once. Output depends on the arguments alone, not on
 * the locale.
 */
#ifndef SIM_REPORT_HTML_H
#define SIM_REPORT_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

/* A text longer than this is cut, with a mark that says so. */
#define REPORT_TEXT_BYTES 8192u
/* And a title, or else it would push the verdict off the screen. */
#define REPORT_TITLE_BYTES 240u
/* So many rows of one table are shown; a note counts the others. */
#define REPORT_ROWS_MAX 200u

/*
 * Text for element content or a quoted attribute. Bytes that are not UTF-8 become U+FFFD; control
 * and direction characters, which could hide or reorder what is read, become visible as [U+202E].
 * Line feed and tab pass.
 */
void report_bytes(FILE *out, const char *text, size_t len);

/* The same for a member of a JSON object, cut after REPORT_TEXT_BYTES; nothing if it is no text. */
void report_text(FILE *out, const json_t *object, const char *name);
void report_title(FILE *out, const json_t *object, const char *name);
void report_string(FILE *out, const json_t *string);

/* A relative path as URL: all but letters, digits and -._~/ is percent-encoded, "./" in front. */
void report_url(FILE *out, const char *path, size_t len);

/* 1234567 as 1,234,567. */
void report_number(FILE *out, int64_t value);

/* Three significant digits and a unit: 640 ns, 1.25 µs, 12.0 ms. short: without zeros at the end.
 */
void report_time(FILE *out, uint64_t ns);
void report_time_short(FILE *out, uint64_t ns);

/* A unit for a whole column: the largest in which ns is at least 1, as its length in ns. */
uint64_t report_unit(uint64_t ns);
const char *report_unit_name(uint64_t unit_ns);
/* ns in that unit, with this many decimals (0 to 3, rounded half up), without the unit. */
void report_time_in(FILE *out, uint64_t ns, uint64_t unit_ns, unsigned int decimals);

/* part of whole in percent with one decimal, "–" if whole is 0. */
void report_percent(FILE *out, uint64_t part, uint64_t whole);

/* Members of an object that has passed report_shape_check(). */
bool report_has(const json_t *object, const char *name);	 /* there, and not null */
bool report_has_text(const json_t *object, const char *name);	 /* a text that is not empty */
bool report_has_items(const json_t *object, const char *name);	 /* a list that is not empty */
uint64_t report_count(const json_t *object, const char *name);	 /* 0 if missing */
const char *report_word(const json_t *object, const char *name); /* "" if missing */

/* "NS", "S", "Monitor"; "NS → S". "" if missing. */
const char *report_world(const json_t *object, const char *name);
const char *report_direction(const json_t *object);

/* Mark and word of a verdict, coloured: in a table, or large. */
void report_verdict(FILE *out, const char *verdict);
/* The CSS class of a verdict. */
const char *report_verdict_class(const char *verdict);

/* Everything up to and with <body>, the symbols included; title is written by the caller between.
 */
void report_page_begin(FILE *out);
void report_page_body(FILE *out);
void report_page_end(FILE *out, const json_t *version);

/* A table in a region that scrolls by itself, also by keyboard. The label names it to a reader. */
void report_table_begin(FILE *out, const char *class_name, const char *label);
void report_table_end(FILE *out);
/* A note below a table that shows fewer rows than there are. */
void report_rows_left(FILE *out, size_t shown, size_t count);

#endif
