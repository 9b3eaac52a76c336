/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdbool.h>

#include "report_html.h"
#include "report_plot.h"

#define LABELS_MAX 7u

uint32_t report_log2(uint64_t value)
{
	unsigned int top;
	uint64_t m;
	uint32_t log;

	if (!value)
		value = 1;
	top = 63u - (unsigned int)__builtin_clzll(value);
	m = top > 31u ? value >> (top - 31u) : value << (31u - top);
	log = top << 16;
	/* m is in [1, 2) with 31 bits behind the point; each squaring gives one bit of the
	 * logarithm. */
	for (unsigned int bit = 1u << 15; bit; bit >>= 1) {
		m = (m * m) >> 31;
		if (m >> 32) {
			m >>= 1;
			log |= bit;
		}
	}
	return log;
}

static uint64_t power_below(uint64_t value)
{
	uint64_t power = 1;

	while (value / 10u >= power)
		power *= 10u;
	return power;
}

uint64_t report_round_down(uint64_t value)
{
	uint64_t power = power_below(value);

	return value / power >= 5u ? 5u * power : value / power >= 2u ? 2u * power : power;
}

uint64_t report_round_up(uint64_t value)
{
	uint64_t down = report_round_down(value), power = power_below(value);

	if (down >= value)
		return down;
	if (down == power)
		return 2u * power;
	if (down == 2u * power)
		return 5u * power;
	return power > UINT64_MAX / 10u ? UINT64_MAX : 10u * power;
}

uint32_t report_linear_at(uint64_t value, uint64_t max)
{
	if (!max)
		max = 1;
	if (value > max)
		value = max;
	return (uint32_t)(((unsigned __int128)value * REPORT_PLOT_UNITS + max / 2u) / max);
}

uint32_t report_log_at(uint64_t value, uint64_t low, uint64_t high)
{
	uint32_t from = report_log2(low), to = report_log2(high), at = report_log2(value);

	if (at <= from || to <= from)
		return 0;
	if (at >= to)
		return REPORT_PLOT_UNITS;
	return (uint32_t)(((uint64_t)(at - from) * REPORT_PLOT_UNITS + (to - from) / 2u) /
			  (to - from));
}

void report_axis_linear(struct report_axis *axis, uint64_t max)
{
	uint64_t step = report_round_up(max / (LABELS_MAX - 1u) + (max % (LABELS_MAX - 1u) != 0));

	if (!step)
		step = 1;
	axis->ticks = 0;
	for (uint64_t v = 0; axis->ticks < LABELS_MAX; v += step) {
		axis->value[axis->ticks] = v;
		axis->at[axis->ticks++] = report_linear_at(v, max);
		if (max - v < step)
			break;
	}
}

static unsigned int zeros_of(uint64_t power)
{
	unsigned int zeros = 0;

	for (; power >= 10u; power /= 10u)
		zeros++;
	return zeros;
}

static unsigned int ticks_between(uint64_t low, uint64_t high, unsigned int decades,
				  uint64_t *value, unsigned int room)
{
	unsigned int count = 0;
	uint64_t v = low;

	while (v <= high) {
		if (!decades || (v == power_below(v) && zeros_of(v) % decades == 0)) {
			if (count < room)
				value[count] = v;
			count++;
		}
		if (v == high)
			break;
		v = report_round_up(v + 1u);
	}
	return count;
}

/* Ticks closer than that to the one before are left out, for a narrow screen. */
#define GAP_MIN (15u * REPORT_PLOT_UNITS / 100u)

/* In a narrow range equal steps are easier to read than 1, 2, 5. */
static unsigned int ticks_narrow(uint64_t low, uint64_t high, uint64_t *value)
{
	uint64_t step = report_round_up((high - low) / 4u + 1u),
		 v = (low + step - 1u) / step * step;
	unsigned int count = 0;

	for (; v <= high && count < REPORT_TICKS_MAX; v += step)
		value[count++] = v;
	return count;
}

void report_axis_log(struct report_axis *axis, uint64_t low, uint64_t high)
{
	unsigned int decades = 0, count;

	if (high / low < 5u) {
		count = ticks_narrow(low, high, axis->value);
	} else {
		do
			count = ticks_between(low, high, decades++, axis->value, REPORT_TICKS_MAX);
		while (count > LABELS_MAX);
	}
	axis->ticks = 0;
	for (unsigned int i = 0; i < count; i++) {
		uint32_t at = report_log_at(axis->value[i], low, high);

		if (axis->ticks && at - axis->at[axis->ticks - 1u] < GAP_MIN)
			continue;
		axis->value[axis->ticks] = axis->value[i];
		axis->at[axis->ticks++] = at;
	}
}

static void put_percent(FILE *out, uint32_t at)
{
	fprintf(out, "%" PRIu32 ".%" PRIu32 "%%", at / 10u, at % 10u);
}

/* Labels left of the middle stand right of their line, in falling rows; then the others, mirrored.
 */
static void put_marks(FILE *out, const struct report_plot *plot)
{
	const uint32_t turn = 72u * REPORT_PLOT_UNITS / 100u;
	unsigned int left = 0;

	if (!plot->mark_count)
		return;
	for (unsigned int i = 0; i < plot->mark_count; i++)
		left += plot->marks[i].at <= turn;
	fprintf(out, "<div class=\"marks m%u\" aria-hidden=\"true\">", plot->mark_count);
	for (unsigned int i = 0; i < plot->mark_count; i++) {
		const struct report_mark *mark = &plot->marks[i];
		bool is_left = mark->at <= turn;
		unsigned int row = is_left ? i : left + plot->mark_count - 1u - i;

		fprintf(out, "<span class=\"r%u\" style=\"%s:", row, is_left ? "left" : "right");
		put_percent(out, is_left ? mark->at : REPORT_PLOT_UNITS - mark->at);
		fprintf(out, "\"><b>%s ", mark->name);
		report_time(out, mark->value_ns);
		fputs("</b></span>", out);
	}
	fputs("</div>\n", out);
}

void report_plot_begin(FILE *out, const struct report_plot *plot)
{
	fputs("<div class=\"plot\">", out);
	put_marks(out, plot);
	fputs("<div class=\"y\" aria-hidden=\"true\">", out);
	for (unsigned int i = 0; i < plot->y.ticks; i++) {
		fputs("<span style=\"bottom:", out);
		put_percent(out, plot->y.at[i]);
		fputs("\">", out);
		report_number(out, (int64_t)plot->y.value[i]);
		fputs("</span>", out);
	}
	fprintf(out,
		"</div>\n<svg class=\"data\" role=\"img\" aria-labelledby=\"%s%ut %s%ud\" "
		"viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\">",
		plot->id, plot->number, plot->id, plot->number);
}

void report_plot_grid(FILE *out, const struct report_plot *plot)
{
	fputs("<path class=\"grid\" d=\"", out);
	for (unsigned int i = 0; i < plot->y.ticks; i++)
		fprintf(out, "M0 %" PRIu32 "H1000", REPORT_PLOT_UNITS - plot->y.at[i]);
	for (unsigned int i = 0; i < plot->x.ticks; i++)
		fprintf(out, "M%" PRIu32 " 0V1000", plot->x.at[i]);
	fputs("\"/>\n", out);
}

void report_plot_end(FILE *out, const struct report_plot *plot)
{
	for (unsigned int i = 0; i < plot->mark_count; i++)
		fprintf(out, "<path class=\"markline\" d=\"M%" PRIu32 " 0V1000\"/>",
			plot->marks[i].at);
	fputs("</svg>\n<div class=\"x\" aria-hidden=\"true\">", out);
	for (unsigned int i = 0; i < plot->x.ticks; i++) {
		fputs("<span style=\"left:", out);
		put_percent(out, plot->x.at[i]);
		fputs("\">", out);
		if (plot->x.value[i])
			report_time_short(out, plot->x.value[i]);
		else
			fputc('0', out);
		fputs("</span>", out);
	}
	fprintf(out, "</div><p class=\"names\"><span>↑ %s</span><span>%s →</span></p></div>\n",
		plot->y_name, plot->x_name);
}
