/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps of a run as a sequence of three lanes. Each step is a row of a table, so that its text
 * wraps and a screen reader gets it; the lanes and arrows are one small SVG a row, made of
 * symbols that are defined once.
 */
#include <inttypes.h>
#include <string.h>

#include "report_html.h"
#include "report_parts.h"

#define LANES 3
#define STEPS_MAX REPORT_ROWS_MAX
/* Few steps are shown whole; of many, so many before and after the failing one, or at the start. */
#define WHOLE_MAX 48u
#define BEFORE 24u
#define AFTER 12u
#define START 36u

static const int lane_x[LANES] = {36, 108, 180};
static const char *const lane_names[LANES] = {"NS", "monitor", "S"};

static const struct kind {
	const char *name;
	bool is_event; /* has a mark of its own, also at the end of an arrow */
	const char *meaning;
} kinds[] = {
    {"frame", false, "a frame goes through shared memory"},
    {"doorbell", false, "a world rings the other"},
    {"smc", false, "a call into the monitor"},
    {"interrupt", false, "an interrupt reaches a world"},
    {"session", false, "epochs and acknowledgements"},
    {"fault", true, "a fault is injected"},
    {"crash", true, "a world dies"},
    {"boot", true, "a world starts"},
    {"violation", true, "a property breaks"},
    {"drop", false, "a frame is lost and counted"},
    {"step", false, "anything else"},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Marks of local steps, around (0, 13). */
static const char marks[] =
    "<g id=\"g-frame\"><path d=\"M-5 8.5h10v9h-10z\"/></g>\n"
    "<g id=\"g-doorbell\"><circle cy=\"13\" r=\"4.5\"/></g>\n"
    "<g id=\"g-smc\"><path d=\"M0 7.5 5.5 13 0 18.5-5.5 13z\"/></g>\n"
    "<g id=\"g-interrupt\"><path class=\"h\" d=\"M0 7.5 5.5 13 0 18.5-5.5 13z\"/></g>\n"
    "<g id=\"g-session\"><circle cy=\"13\" r=\"5\"/><circle class=\"h\" cy=\"13\" r=\"2\"/></g>\n"
    "<g id=\"g-fault\"><path class=\"h\" d=\"M2.5 4-5.5 14.5H-.5L-2.5 22 5.5 11H.5z\"/></g>\n"
    "<g id=\"g-crash\"><path class=\"w\" d=\"M-5.5 7.5 5.5 18.5M5.5 7.5-5.5 18.5\"/></g>\n"
    "<g id=\"g-boot\"><path class=\"h\" d=\"M-5.5 18.5h11L0 7.5z\"/></g>\n"
    "<g id=\"g-violation\"><path class=\"h\" d=\"M-3.7 4h7.4L9 9.3v7.4L3.7 22h-7.4L-9 16.7V9.3z\"/>"
    "<path class=\"c\" d=\"M0 8v6M0 17.2v1\"/></g>\n"
    "<g id=\"g-drop\"><circle cy=\"13\" r=\"5.5\"/><path d=\"M-4 9 4 17\"/></g>\n"
    "<g id=\"g-step\"><circle class=\"h\" cy=\"13\" r=\"3\"/></g>\n";

static void put_arrow(FILE *out, const char *id, int from, int to, bool is_drop)
{
	int way = to > from ? 1 : -1, end = to - way, stop = from + (to - from) * 2 / 3;

	fprintf(out, "<g id=\"%s\"><circle class=\"h\" cx=\"%d\" cy=\"13\" r=\"2.5\"/>", id, from);
	if (is_drop)
		fprintf(out, "<path d=\"M%d 13H%d\"/><path class=\"w\" d=\"M%d 8.5l9 9m0-9-9 9\"/>",
			from, stop - way * 6, stop - 4);
	else
		fprintf(out, "<path d=\"M%d 13H%d\"/><path class=\"h\" d=\"M%d 13l%d-4.5v9z\"/>",
			from, end - way * 8, end, -10 * way);
	fputs("</g>\n", out);
}

static void put_symbols(FILE *out)
{
	char id[32];

	fputs("<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>\n"
	      "<path id=\"rail\" d=\"M36 0V4000M108 0V4000M180 0V4000\"/>\n",
	      out);
	fputs(marks, out);
	for (int i = 0; i < LANES * LANES; i++) {
		int from = i / LANES, to = i % LANES;

		if (from == to)
			continue;
		(void)snprintf(id, sizeof(id), "a%d%d", from, to);
		put_arrow(out, id, lane_x[from], lane_x[to], false);
		(void)snprintf(id, sizeof(id), "d%d%d", from, to);
		put_arrow(out, id, lane_x[from], lane_x[to], true);
	}
	put_arrow(out, "la", 4, 40, false);
	put_arrow(out, "ld", 4, 40, true);
	fputs("</defs></svg>\n", out);
}

static int lane_of(const json_t *step, const char *name)
{
	const char *word = report_word(step, name);

	return !strcmp(word, "ns") ? 0 : !strcmp(word, "s") ? 2 : 1;
}

static const struct kind *kind_of(const json_t *step)
{
	const char *word = report_word(step, "kind");
	size_t i = 0;

	while (i < KINDS - 1u && strcmp(word, kinds[i].name) != 0)
		i++;
	return &kinds[i];
}

static void put_drawing(FILE *out, const json_t *step)
{
	const struct kind *kind = kind_of(step);
	int from = lane_of(step, "from"), to = lane_of(step, "to");

	fprintf(out,
		"<svg class=\"k-%s\" aria-hidden=\"true\"><use class=\"rail\" href=\"#rail\"/>",
		kind->name);
	if (from != to)
		fprintf(out, "<use href=\"#%c%d%d\"/>", strcmp(kind->name, "drop") ? 'a' : 'd',
			from, to);
	if (from == to || kind->is_event)
		fprintf(out, "<use href=\"#g-%s\" x=\"%d\"/>", kind->name, lane_x[to]);
	fputs("</svg>", out);
}

static void put_step(FILE *out, const json_t *step, bool is_failing)
{
	int from = lane_of(step, "from"), to = lane_of(step, "to");

	fprintf(out, "<tr%s><td class=\"t\">",
		is_failing ? " class=\"failing\" id=\"failing-step\"" : "");
	report_time_in(out, report_count(step, "time_ns"), 1000u, 3);
	fputs("</td><td class=\"l\">", out);
	put_drawing(out, step);
	fputs("</td><td>", out);
	if (is_failing)
		fputs("<strong class=\"here\">Failing step</strong> ", out);
	if (from == to)
		fprintf(out, "<span class=\"sr\">%s: </span>", lane_names[from]);
	else
		fprintf(out, "<span class=\"sr\">%s to %s: </span>", lane_names[from],
			lane_names[to]);
	fprintf(out, "<b class=\"k-%s\">%s</b> ", kind_of(step)->name, kind_of(step)->name);
	report_text(out, step, "text");
	fputs("</td></tr>\n", out);
}

static void put_steps(FILE *out, const json_t *steps, size_t from, size_t to, size_t failing)
{
	if (from >= to)
		return;
	fputs("<table class=\"lanes\">\n<thead><tr><th scope=\"col\" class=\"t\">Time, µs</th>"
	      "<th scope=\"col\" class=\"l\"><span>NS</span><span>Monitor</span><span>S</span></th>"
	      "<th scope=\"col\">Step</th></tr></thead>\n<tbody>\n",
	      out);
	for (size_t i = from; i < to; i++)
		put_step(out, json_array_get(steps, i), i == failing);
	fputs("</tbody>\n</table>\n", out);
}

static void put_folded(FILE *out, const json_t *steps, size_t from, size_t to, const char *which)
{
	if (from >= to)
		return;
	fputs("<details><summary>", out);
	report_number(out, (int64_t)(to - from));
	fprintf(out, " %s step%s</summary>\n", which, to - from == 1 ? "" : "s");
	put_steps(out, steps, from, to, SIZE_MAX);
	fputs("</details>\n", out);
}

static bool occurs(const json_t *steps, const struct kind *kind)
{
	const json_t *step;
	size_t i;

	json_array_foreach(steps, i, step) if (kind_of(step) == kind) return true;
	return false;
}

static void put_legend(FILE *out, const json_t *steps)
{
	fputs("<ul class=\"legend\">\n", out);
	for (size_t i = 0; i < KINDS; i++) {
		const struct kind *kind = &kinds[i];
		bool is_drop = !strcmp(kind->name, "drop");

		if (!occurs(steps, kind))
			continue;
		fprintf(out, "<li><svg class=\"k-%s\" viewBox=\"0 0 44 26\" aria-hidden=\"true\">",
			kind->name);
		if (kind->is_event || !strcmp(kind->name, "step"))
			fprintf(out, "<use href=\"#g-%s\" x=\"22\"/>", kind->name);
		else
			fprintf(out, "<use href=\"#%s\"/>", is_drop ? "ld" : "la");
		fprintf(out, "</svg><b class=\"k-%s\">%s</b> %s</li>\n", kind->name, kind->name,
			kind->meaning);
	}
	fputs("</ul>\n", out);
}

static size_t failing_index(const json_t *result)
{
	json_t *index = json_object_get(result, "failing_step");

	if (!json_is_integer(index) || json_integer_value(index) < 0)
		return SIZE_MAX;
	return (size_t)json_integer_value(index);
}

bool report_lanes_failing(const json_t *result)
{
	return failing_index(result) < json_array_size(json_object_get(result, "lanes"));
}

static void write_lanes(FILE *out, const json_t *result)
{
	const json_t *steps = json_object_get(result, "lanes");
	size_t count = json_array_size(steps), failing = failing_index(result);
	size_t first = 0, end = count, from, to;

	if (failing >= count)
		failing = SIZE_MAX;
	if (count > STEPS_MAX) {
		if (failing != SIZE_MAX && failing > STEPS_MAX / 2u)
			first = failing - STEPS_MAX / 2u;
		first = first > count - STEPS_MAX ? count - STEPS_MAX : first;
		end = first + STEPS_MAX;
	}
	from = first;
	to = end;
	if (end - first > WHOLE_MAX && failing == SIZE_MAX)
		to = first + START;
	if (end - first > WHOLE_MAX && failing != SIZE_MAX) {
		from = failing - first > BEFORE ? failing - BEFORE : first;
		to = end - failing > AFTER + 1u ? failing + AFTER + 1u : end;
	}
	put_symbols(out);
	put_legend(out, steps);
	put_folded(out, steps, first, from, "earlier");
	put_steps(out, steps, from, to, failing);
	put_folded(out, steps, to, end, "later");
	fputs("<p class=\"note\">An arrow from NS to S crosses the monitor's lane without "
	      "stopping: it is "
	      "shared memory. Steps outside this window are in trace.txt.</p>\n",
	      out);
}

static bool has_lanes(const json_t *result)
{
	return report_has_items(result, "lanes");
}

const struct report_part report_part_lanes = {
    .id = "sequence",
    .title = "Sequence",
    .present = has_lanes,
    .write = write_lanes,
};
