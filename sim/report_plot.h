/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_plot.h - axes and frames of the plots in a report.
 *
 * A plot is an SVG that stretches with its box, between labels that are HTML and keep their size:
 * so it can be read on a telephone too. Positions are integers from 0 to REPORT_PLOT_UNITS,
 * computed without floating point: the bytes are the same on any machine.
 */
#ifndef SIM_REPORT_PLOT_H
#define SIM_REPORT_PLOT_H

#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#define REPORT_PLOT_UNITS 1000u
#define REPORT_TICKS_MAX 12u
#define REPORT_MARKS_MAX 4u

struct report_axis {
	unsigned int ticks;
	uint64_t value[REPORT_TICKS_MAX];
	uint32_t at[REPORT_TICKS_MAX]; /* 0..REPORT_PLOT_UNITS */
};

/* log2 of value in units of 2^-16, rounded down; 0 is taken as 1. */
uint32_t report_log2(uint64_t value);

/* The number 1, 2 or 5 times a power of ten next to value: not above it, or not below it. value 1
 * or more. */
uint64_t report_round_down(uint64_t value);
uint64_t report_round_up(uint64_t value);

/* value of max, as position; max 0 is taken as 1, a value above max as max. */
uint32_t report_linear_at(uint64_t value, uint64_t max);
/* value between low and high on a logarithmic scale; outside, the nearer end. */
uint32_t report_log_at(uint64_t value, uint64_t low, uint64_t high);

/* Ticks at round numbers from 0 to max, at most 7 of them. */
void report_axis_linear(struct report_axis *axis, uint64_t max);
/* Ticks at 1, 2, 5 times powers of ten, at powers of ten alone, or, if high is less than 5 times
 * low, at equal steps; at most 7. low >= 1 and high > low are round. */
void report_axis_log(struct report_axis *axis, uint64_t low, uint64_t high);

/* A value that is marked across the plot. */
struct report_mark {
	const char *name; /* trusted text */
	uint64_t value_ns;
	uint32_t at;
};

struct report_plot {
	const char *id; /* of the page, letters and digits; plots count up by number */
	unsigned int number;
	const char *y_name, *x_name; /* what the axes show, with the unit if labels have none */
	struct report_axis x;	     /* times in ns */
	struct report_axis y;	     /* counts */
	struct report_mark marks[REPORT_MARKS_MAX];
	unsigned int mark_count;
};

/*
 * report_plot_begin() writes up to and with the <svg> tag; then the caller writes <title> and
 * <desc> with the ids "<id><number>t" and "<id><number>d"; report_plot_grid() the grid; the caller
 * the data; report_plot_end() the rest.
 */
void report_plot_begin(FILE *out, const struct report_plot *plot);
void report_plot_grid(FILE *out, const struct report_plot *plot);
void report_plot_end(FILE *out, const struct report_plot *plot);

/* [[upper, count], ...] on logarithmic axes. */
struct report_bars {
	const json_t *buckets; /* not empty */
	uint64_t min_ns;       /* smallest value, if it is known; else 0 */
	const char *what;      /* what is counted: "frames" */
};

/*
 * A whole plot of bars; plot has id, number, names and marks (value_ns and name) set, the rest is
 * filled in. title and desc of the SVG say what subject says, an escaped text.
 */
void report_bars_write(FILE *out, struct report_plot *plot, const struct report_bars *bars,
		       const json_t *object, const char *subject);

#endif
