/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bars of a histogram. The buckets of a result are too many and too narrow for a page: they are
 * put together into bars of equal width on a logarithmic scale of time. The height is logarithmic
 * too, so that a single late frame can be seen beside a million others.
 */
#include <inttypes.h>
#include <string.h>

#include "report_html.h"
#include "report_plot.h"

#define BARS_MAX 112u

struct bars {
	uint64_t low, high; /* round numbers, the ends of the axis */
	uint32_t from, to;  /* the same as logarithms */
	unsigned int count;
	uint64_t height[BARS_MAX];
	uint64_t highest;
};

static uint64_t bucket_upper(const json_t *bucket)
{
	uint64_t upper = (uint64_t)json_integer_value(json_array_get(bucket, 0));

	return upper ? upper : 1u;
}

static void find_range(struct bars *bars, const struct report_plot *plot,
		       const struct report_bars *source)
{
	uint64_t low = source->min_ns ? source->min_ns : UINT64_MAX, high = 1;
	const json_t *bucket;
	size_t i;

	json_array_foreach(source->buckets, i, bucket)
	{
		uint64_t upper = bucket_upper(bucket);

		low = upper < low ? upper : low;
		high = upper > high ? upper : high;
	}
	for (unsigned int m = 0; m < plot->mark_count; m++)
		high = plot->marks[m].value_ns > high ? plot->marks[m].value_ns : high;
	bars->low = report_round_down(low);
	bars->high = report_round_up(high);
	if (bars->high == bars->low)
		bars->high = report_round_up(bars->low + 1u);
	bars->from = report_log2(bars->low);
	bars->to = report_log2(bars->high);
}

/* As fine as there is room for, but not finer than what a bucket of the simulator can tell apart.
 */
static void choose_width(struct bars *bars)
{
	uint32_t span = bars->to - bars->from;
	unsigned int per_octave = 16;

	while (per_octave > 1 && (uint64_t)span * per_octave >> 16 >= BARS_MAX)
		per_octave /= 2u;
	bars->count = (unsigned int)(((uint64_t)span * per_octave) >> 16) + 1u;
	if (bars->count > BARS_MAX)
		bars->count = BARS_MAX;
}

static void fill(struct bars *bars, const json_t *buckets)
{
	const json_t *bucket;
	size_t i;

	json_array_foreach(buckets, i, bucket)
	{
		uint64_t at = report_log_at(bucket_upper(bucket), bars->low, bars->high);
		uint64_t n = (uint64_t)json_integer_value(json_array_get(bucket, 1));
		uint64_t bar = at * bars->count / REPORT_PLOT_UNITS;
		uint64_t *height = &bars->height[bar < bars->count ? bar : bars->count - 1u];

		*height = *height + n < n ? UINT64_MAX : *height + n;
		bars->highest = *height > bars->highest ? *height : bars->highest;
	}
}

/* One octave below 1, so that a bar of 1 has a height. */
static uint32_t height_at(uint64_t value, uint64_t top)
{
	uint64_t whole = report_log2(top) + 65536u;

	return value
		   ? (uint32_t)((report_log2(value) + 65536u) * (uint64_t)REPORT_PLOT_UNITS / whole)
		   : 0;
}

/* Of counts the powers of ten are enough. */
static void keep_powers(struct report_axis *axis)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < axis->ticks; i++) {
		uint64_t v = axis->value[i];

		while (v % 10u == 0)
			v /= 10u;
		if (v == 1u)
			axis->value[kept++] = axis->value[i];
	}
	axis->ticks = kept;
}

static void y_axis(struct report_axis *axis, uint64_t top)
{
	report_axis_log(axis, 1, top);
	if (top >= 100u)
		keep_powers(axis);
	for (unsigned int i = 0; i < axis->ticks; i++)
		axis->at[i] = height_at(axis->value[i], top);
}

static void put_bars(FILE *out, const struct bars *bars, uint64_t top)
{
	fputs("<path class=\"bars\" d=\"", out);
	for (unsigned int i = 0; i < bars->count; i++) {
		unsigned int left = i * REPORT_PLOT_UNITS / bars->count;
		unsigned int right = (i + 1u) * REPORT_PLOT_UNITS / bars->count;

		if (bars->height[i])
			fprintf(out, "M%u 1000V%" PRIu32 "H%uV1000z", left,
				REPORT_PLOT_UNITS - height_at(bars->height[i], top), right);
	}
	fputs("\"/>\n", out);
}

static void put_description(FILE *out, const struct report_plot *plot,
			    const struct report_bars *source, const json_t *object,
			    const char *subject)
{
	fprintf(out, "<title id=\"%s%ut\">%s", plot->id, plot->number, subject);
	if (report_has_text(object, "class")) {
		fprintf(out, ", %s, class ", report_direction(object));
		report_text(out, object, "class");
	}
	fprintf(out, "</title><desc id=\"%s%ud\">Histogram of %s, both axes logarithmic.", plot->id,
		plot->number, source->what);
	for (unsigned int i = 0; i < plot->mark_count; i++) {
		fprintf(out, " %s ", plot->marks[i].name);
		report_time(out, plot->marks[i].value_ns);
		fputc(i + 1u < plot->mark_count ? ',' : '.', out);
	}
	fputs("</desc>\n", out);
}

void report_bars_write(FILE *out, struct report_plot *plot, const struct report_bars *source,
		       const json_t *object, const char *subject)
{
	struct bars bars;
	uint64_t top;

	memset(&bars, 0, sizeof(bars));
	find_range(&bars, plot, source);
	choose_width(&bars);
	fill(&bars, source->buckets);
	top = report_round_up(bars.highest > 10u ? bars.highest : 10u);
	report_axis_log(&plot->x, bars.low, bars.high);
	y_axis(&plot->y, top);
	for (unsigned int i = 0; i < plot->mark_count; i++)
		plot->marks[i].at = report_log_at(plot->marks[i].value_ns, bars.low, bars.high);
	report_plot_begin(out, plot);
	put_description(out, plot, source, object, subject);
	report_plot_grid(out, plot);
	put_bars(out, &bars, top);
	report_plot_end(out, plot);
}
