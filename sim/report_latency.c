/* SPDX-License-Identifier: BSD-2-Clause */
#include "report_html.h"
#include "report_parts.h"
#include "report_plot.h"

#define FIGURES_MAX 32u

static const struct {
	const char *name, *member;
} columns[] = {
    {"min", "min_ns"}, {"mean", "mean_ns"},  {"p50", "p50_ns"}, {"p90", "p90_ns"},
    {"p99", "p99_ns"}, {"p99.9", "p999_ns"}, {"max", "max_ns"},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* The unit of the whole table: that of the smallest median, so that no column lacks digits. */
static uint64_t table_unit(const json_t *list)
{
	uint64_t least = UINT64_MAX;
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		uint64_t median = report_count(one, "p50_ns");

		if (report_has(one, "p50_ns") && report_count(one, "count") && median < least)
			least = median;
	}
	return report_unit(least == UINT64_MAX ? 1000u : least);
}

static void put_row(FILE *out, const json_t *one, uint64_t unit_ns)
{
	uint64_t count = report_count(one, "count");

	fprintf(out, "<tr><th scope=\"row\">%s, ", report_direction(one));
	report_text(out, one, "class");
	fputs("</th><td class=\"n\">", out);
	report_number(out, (int64_t)count);
	fputs("</td>", out);
	for (size_t i = 0; i < COLUMNS; i++) {
		fputs("<td class=\"n\">", out);
		if (count && report_has(one, columns[i].member))
			report_time_in(out, report_count(one, columns[i].member), unit_ns, 2);
		else
			fputs("–", out);
		fputs("</td>", out);
	}
	fputs("</tr>\n", out);
}

static void put_table(FILE *out, const json_t *list)
{
	size_t count = json_array_size(list);
	size_t shown = count < REPORT_ROWS_MAX ? count : REPORT_ROWS_MAX;
	uint64_t unit_ns = table_unit(list);

	fprintf(
	    out,
	    "<p>From the moment the sender's stack offers a frame to its delivery, in %s. "
	    "Percentiles are at most 1.6 %% too high; minimum, mean and maximum are exact.</p>\n",
	    report_unit_name(unit_ns));
	report_table_begin(out, "wide", "Latency of frames");
	fputs("<thead><tr><th scope=\"col\">Direction, class</th>"
	      "<th scope=\"col\" class=\"n\">Frames</th>",
	      out);
	for (size_t i = 0; i < COLUMNS; i++)
		fprintf(out, "<th scope=\"col\" class=\"n\">%s</th>", columns[i].name);
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < shown; i++)
		put_row(out, json_array_get(list, i), unit_ns);
	report_table_end(out);
	report_rows_left(out, shown, count);
}

static void add_mark(struct report_plot *plot, const json_t *object, const char *member,
		     const char *name)
{
	if (report_has(object, member))
		plot->marks[plot->mark_count++] = (struct report_mark){
		    .name = name,
		    .value_ns = report_count(object, member),
		};
}

static void put_figure(FILE *out, const json_t *one, unsigned int number)
{
	struct report_plot plot = {
	    .id = "la",
	    .number = number,
	    .y_name = "frames, log scale",
	    .x_name = "latency, log scale",
	};
	struct report_bars bars = {
	    .buckets = json_object_get(one, "buckets"),
	    .min_ns = report_count(one, "min_ns"),
	    .what = "frames",
	};

	add_mark(&plot, one, "p50_ns", "p50");
	add_mark(&plot, one, "p90_ns", "p90");
	add_mark(&plot, one, "p99_ns", "p99");
	add_mark(&plot, one, "max_ns", "max");
	fprintf(out, "<figure><figcaption><b>%s, ", report_direction(one));
	report_text(out, one, "class");
	fputs("</b> <span>", out);
	report_number(out, (int64_t)report_count(one, "count"));
	fputs(" frames</span></figcaption>\n", out);
	report_bars_write(out, &plot, &bars, one, "Latency");
	fputs("</figure>\n", out);
}

static void write_latency(FILE *out, const json_t *result)
{
	const json_t *list = json_object_get(result, "latency"), *one;
	unsigned int figures = 0;
	size_t i;

	put_table(out, list);
	fputs("<div class=\"figures\">\n", out);
	json_array_foreach(list, i, one) if (report_has_items(one, "buckets") &&
					     figures < FIGURES_MAX) put_figure(out, one, figures++);
	fputs("</div>\n", out);
}

static bool has_latency(const json_t *result)
{
	return report_has_items(result, "latency");
}

const struct report_part report_part_latency = {
    .id = "latency",
    .title = "Latency",
    .present = has_latency,
    .write = write_latency,
};

static void put_times(FILE *out, const json_t *task)
{
	uint64_t worst = report_count(task, "worst_response_ns");
	uint64_t deadline = report_count(task, "deadline_ns");

	if (report_has(task, "worst_response_ns")) {
		fputs("<div><dt>Worst response</dt><dd>", out);
		report_time(out, worst);
		fputs("</dd></div>\n", out);
	}
	if (report_has(task, "deadline_ns")) {
		fputs("<div><dt>Deadline</dt><dd>", out);
		report_time(out, deadline);
		fputs("</dd></div>\n", out);
	}
	if (report_has(task, "deadline_ns") && report_has(task, "worst_response_ns")) {
		fputs("<div><dt>Margin</dt><dd>", out);
		fputs(worst > deadline ? "−" : "", out);
		report_time(out, worst > deadline ? worst - deadline : deadline - worst);
		fputs("</dd></div>\n", out);
	}
}

static void write_critical(FILE *out, const json_t *result)
{
	const json_t *task = json_object_get(result, "critical");
	struct report_plot plot = {
	    .id = "cr",
	    .y_name = "jobs, log scale",
	    .x_name = "response time, log scale",
	};
	struct report_bars bars = {
	    .buckets = json_object_get(task, "buckets"),
	    .what = "jobs",
	};

	fputs("<p>The periodic task of the secure world, whose deadline the channel may not "
	      "endanger.</p>\n"
	      "<dl class=\"facts\"><div><dt>Jobs</dt><dd>",
	      out);
	report_number(out, (int64_t)report_count(task, "jobs"));
	fprintf(out, "</dd></div>\n<div><dt>Missed deadlines</dt><dd class=\"%s\">",
		report_count(task, "missed") ? "bad" : "good");
	report_number(out, (int64_t)report_count(task, "missed"));
	fputs("</dd></div>\n", out);
	put_times(out, task);
	fputs("</dl>\n", out);
	if (!json_array_size(bars.buckets))
		return;
	add_mark(&plot, task, "worst_response_ns", "worst");
	add_mark(&plot, task, "deadline_ns", "deadline");
	if (plot.mark_count == 2 && plot.marks[0].value_ns > plot.marks[1].value_ns) {
		struct report_mark worst = plot.marks[0];

		plot.marks[0] = plot.marks[1];
		plot.marks[1] = worst;
	}
	fputs("<div class=\"figures\"><figure><figcaption><b>Response times</b></figcaption>\n",
	      out);
	report_bars_write(out, &plot, &bars, task, "Response times of the critical task");
	fputs("</figure></div>\n", out);
}

static bool has_critical(const json_t *result)
{
	return report_has(result, "critical");
}

const struct report_part report_part_critical = {
    .id = "critical",
    .title = "Critical task",
    .present = has_critical,
    .write = write_critical,
};
