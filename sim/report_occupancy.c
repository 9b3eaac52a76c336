/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines in use of each ring over time. However many points a result has, a plot has COLUMNS of
 * them: each shows the least and the most of its span, so that no peak is lost.
 */
#include <inttypes.h>
#include <string.h>

#include "report_html.h"
#include "report_parts.h"
#include "report_plot.h"

#define COLUMNS 500u
#define COLUMN_WIDTH (REPORT_PLOT_UNITS / COLUMNS)
#define PLOTS_MAX 32u

struct span {
	uint64_t least, most;
	bool set;
};

struct curve {
	uint64_t end_ns;
	uint64_t lines;
	uint64_t peak;
	struct span column[COLUMNS];
};

static uint64_t number_at(const json_t *list, size_t i)
{
	return (uint64_t)json_integer_value(json_array_get(list, i));
}

static void widen(struct span *span, uint64_t least, uint64_t most)
{
	if (!span->set || least < span->least)
		span->least = least;
	if (!span->set || most > span->most)
		span->most = most;
	span->set = true;
}

static uint64_t last_time(const json_t *result, const json_t *points)
{
	uint64_t end_ns = report_count(result, "virtual_ns");
	const json_t *point;
	size_t i;

	json_array_foreach(points, i, point) end_ns =
	    number_at(point, 0) > end_ns ? number_at(point, 0) : end_ns;
	return end_ns ? end_ns : 1u;
}

/* A point holds until the next: its levels reach over all columns up to that one. */
static void reduce(struct curve *curve, const json_t *points)
{
	size_t count = json_array_size(points);

	for (size_t i = 0; i < count; i++) {
		const json_t *point = json_array_get(points, i);
		uint64_t a = number_at(point, 1), b = number_at(point, 2), until = curve->end_ns;
		unsigned __int128 first, last;

		if (i + 1 < count)
			until = number_at(json_array_get(points, i + 1), 0);
		first = (unsigned __int128)number_at(point, 0) * COLUMNS / curve->end_ns;
		last = (unsigned __int128)until * COLUMNS / curve->end_ns;
		/* A point at the very end, or one followed by an earlier time, has a column too. */
		first = first < COLUMNS ? first : COLUMNS - 1u;
		last = last > first ? last : first;
		for (; first < COLUMNS && first <= last; first++)
			widen(&curve->column[first], a < b ? a : b, a < b ? b : a);
		curve->peak = b > curve->peak ? b : curve->peak;
	}
}

static uint32_t y_of(const struct curve *curve, uint64_t lines)
{
	return REPORT_PLOT_UNITS - report_linear_at(lines, curve->lines);
}

/* A step from one level to the next, at the position x. */
static void put_level(FILE *out, uint32_t *level, uint32_t next, unsigned int x)
{
	if (*level == next)
		return;
	*level = next;
	fprintf(out, "H%uV%" PRIu32, x, next);
}

/* The upper edge over the columns first to end, from left to right. */
static void put_most(FILE *out, const struct curve *curve, unsigned int first, unsigned int end)
{
	uint32_t level = y_of(curve, curve->column[first].most);

	fprintf(out, "M%u %" PRIu32, first * COLUMN_WIDTH, level);
	for (unsigned int i = first; i < end; i++)
		put_level(out, &level, y_of(curve, curve->column[i].most), i * COLUMN_WIDTH);
	fprintf(out, "H%u", end * COLUMN_WIDTH);
}

/* The lower edge back, from right to left. */
static void put_least(FILE *out, const struct curve *curve, unsigned int first, unsigned int end)
{
	uint32_t level = y_of(curve, curve->column[end - 1].least);

	fprintf(out, "V%" PRIu32, level);
	for (unsigned int i = end; i > first; i--)
		put_level(out, &level, y_of(curve, curve->column[i - 1].least), i * COLUMN_WIDTH);
	fprintf(out, "H%uz", first * COLUMN_WIDTH);
}

enum edge { EDGE_AREA, EDGE_BAND, EDGE_LINE };

/* Each run of columns that have values is a path of its own; before the first point there is none.
 */
static void put_curve(FILE *out, const struct curve *curve, const char *name, enum edge edge)
{
	unsigned int first, end = 0;

	fprintf(out, "<path class=\"%s\" d=\"", name);
	for (;;) {
		for (first = end; first < COLUMNS && !curve->column[first].set; first++)
			;
		if (first == COLUMNS)
			break;
		for (end = first; end < COLUMNS && curve->column[end].set; end++)
			;
		put_most(out, curve, first, end);
		if (edge == EDGE_AREA)
			fprintf(out, "V1000H%uz", first * COLUMN_WIDTH);
		if (edge == EDGE_BAND)
			put_least(out, curve, first, end);
	}
	fputs("\"/>\n", out);
}

static void put_caption(FILE *out, const json_t *one, const struct curve *curve)
{
	fprintf(out, "<figcaption><b>%s, ", report_direction(one));
	report_text(out, one, "class");
	fputs("</b> <span>peak ", out);
	report_number(out, (int64_t)curve->peak);
	fputs(" of ", out);
	report_number(out, (int64_t)report_count(one, "lines"));
	fputs(" lines, ", out);
	report_percent(out, curve->peak, report_count(one, "lines"));
	fputs("</span></figcaption>\n", out);
}

static void put_description(FILE *out, const struct report_plot *plot, const json_t *one,
			    const struct curve *curve)
{
	fprintf(out, "<title id=\"oc%ut\">Occupancy of the ring %s, class ", plot->number,
		report_direction(one));
	report_text(out, one, "class");
	fprintf(out, "</title><desc id=\"oc%ud\">Lines in use over time, least and most: at most ",
		plot->number);
	report_number(out, (int64_t)curve->peak);
	fputs(" in ", out);
	report_time(out, curve->end_ns);
	fputs(".</desc>\n", out);
}

static void put_one(FILE *out, const json_t *result, const json_t *one, unsigned int number)
{
	const json_t *points = json_object_get(one, "points");
	struct report_plot plot = {
	    .id = "oc",
	    .number = number,
	    .y_name = "lines in use",
	    .x_name = "time",
	};
	struct curve curve;

	memset(&curve, 0, sizeof(curve));
	curve.end_ns = last_time(result, points);
	curve.lines = report_count(one, "lines");
	reduce(&curve, points);
	if (curve.peak > curve.lines)
		curve.lines = curve.peak; /* a broken run: then the axis shows how broken */
	report_axis_linear(&plot.x, curve.end_ns);
	plot.y = (struct report_axis){
	    .ticks = 3,
	    .value = {0, curve.lines / 2u, curve.lines},
	    .at = {0, report_linear_at(curve.lines / 2u, curve.lines), REPORT_PLOT_UNITS},
	};
	fputs("<figure>", out);
	put_caption(out, one, &curve);
	report_plot_begin(out, &plot);
	put_description(out, &plot, one, &curve);
	report_plot_grid(out, &plot);
	put_curve(out, &curve, "area", EDGE_AREA);
	put_curve(out, &curve, "band", EDGE_BAND);
	put_curve(out, &curve, "line", EDGE_LINE);
	report_plot_end(out, &plot);
	fputs("</figure>\n", out);
}

static void write_occupancy(FILE *out, const json_t *result)
{
	const json_t *list = json_object_get(result, "occupancy");
	size_t count = json_array_size(list), shown = count < PLOTS_MAX ? count : PLOTS_MAX;

	fputs("<p>Lines of 64 bytes that hold frames not yet taken. The line is the most in each "
	      "span of "
	      "time, the darker band reaches down to the least; the top of a plot is the ring's "
	      "size.</p>\n"
	      "<div class=\"figures\">\n",
	      out);
	for (size_t i = 0; i < shown; i++)
		put_one(out, result, json_array_get(list, i), (unsigned int)i);
	fputs("</div>\n", out);
	report_rows_left(out, shown, count);
}

static bool has_occupancy(const json_t *result)
{
	return report_has_items(result, "occupancy");
}

const struct report_part report_part_occupancy = {
    .id = "occupancy",
    .title = "Ring occupancy",
    .present = has_occupancy,
    .write = write_occupancy,
};
