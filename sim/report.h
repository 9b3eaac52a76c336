/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report.h - a run as a page for people: report.html beside result.json, and the index of a demo.
 *
 * A page is one file without scripts and without anything to load. Its bytes depend on the
 * arguments alone. Results may come from a file that somebody has edited: they are checked first,
 * and every text in them is taken for hostile. docs/result.md describes the format.
 *
 * Errors: -2 the JSON is not a result (err: "lanes[3].kind: ..."), -1 the file can't be written
 * (err: "path: cause"); err is a text of one line then. Anybody may call, any thread.
 */
#ifndef SIM_REPORT_H
#define SIM_REPORT_H

#include <stddef.h>

#include <jansson.h>

#include "histogram.h"

/* Is this a result of the known version, with all that it must have? 0 or -2. */
int report_result_check(const json_t *result, char *err, size_t err_size);

/*
 * Writes the report of one run to path. scenario_text: the resolved scenario, NULL if there is
 * none. 0, -1 or -2.
 */
int report_write(const json_t *result, const char *scenario_text, const char *path, char *err,
		 size_t err_size);

/*
 * Writes the index of a demo to path. rows: a list of {id, scenario, title, properties, on:
 * {verdict, dir}, off: null or {verdict, dir, broke, text, expected}}; without an id a row is a
 * demonstration and not a threat. dir is relative to the index; report.html, channel.pcapng and
 * events.pcapng are in it. 0, -1 or -2.
 */
int report_index_write(const json_t *rows, const char *path, char *err, size_t err_size);

/*
 * Sets count, min_ns, mean_ns, p50_ns, p90_ns, p99_ns, p999_ns, max_ns and buckets of an object as
 * a result has them; numbers above 2^63 - 1 become that. 0, or -1 without memory.
 */
int report_histogram_set(json_t *object, const struct histogram *h);

#endif
