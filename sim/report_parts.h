/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_parts.h - the sections of a report, each written from a result that has passed its check.
 */
#ifndef SIM_REPORT_PARTS_H
#define SIM_REPORT_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

struct report_part {
	const char *id;			       /* anchor in the page */
	const char *title;		       /* of the section and in the table of contents */
	bool (*present)(const json_t *result); /* is there something to write? */
	void (*write)(FILE *out, const json_t *result);
};

extern const struct report_part report_part_properties;
extern const struct report_part report_part_violations;
extern const struct report_part report_part_lanes;
extern const struct report_part report_part_occupancy;
extern const struct report_part report_part_latency;
extern const struct report_part report_part_critical;
extern const struct report_part report_part_traffic;
extern const struct report_part report_part_faults;
extern const struct report_part report_part_counters;
extern const struct report_part report_part_stack;

/* Verdict, reproduce line, threat and figures: what stands above the sections. */
void report_head_write(FILE *out, const json_t *result);

/* The result's steps have a failing one, and the page an anchor "failing-step". */
bool report_lanes_failing(const json_t *result);

#endif
