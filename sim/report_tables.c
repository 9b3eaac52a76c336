/* SPDX-License-Identifier: BSD-2-Clause */

#include "report_html.h"
#include "report_parts.h"

static size_t rows_of(const json_t *list)
{
	size_t count = json_array_size(list);

	return count < REPORT_ROWS_MAX ? count : REPORT_ROWS_MAX;
}

/* --- properties ---------------------------------------------------------------------------- */

static void put_property(FILE *out, const json_t *one)
{
	fputs("<tr><th scope=\"row\">", out);
	report_text(out, one, "id");
	fputs("</th><td>", out);
	report_verdict(out, report_word(one, "verdict"));
	fputs("</td><td class=\"n\">", out);
	report_number(out, (int64_t)report_count(one, "checks"));
	fputs("</td><td><b>", out);
	report_text(out, one, "name");
	fputs(report_has_text(one, "text") ? ":</b>" : "</b>", out);
	if (report_has_text(one, "text")) {
		fputs(" <span class=\"dim\">", out);
		report_text(out, one, "text");
		fputs("</span>", out);
	}
	if (report_has_text(one, "detail")) {
		fputs("<br><span class=\"detail\">", out);
		report_text(out, one, "detail");
		fputs("</span>", out);
	}
	fputs("</td></tr>\n", out);
}

static void write_properties(FILE *out, const json_t *result)
{
	const json_t *list = json_object_get(result, "properties");
	size_t shown = rows_of(list);

	report_table_begin(out, "props", "Properties and their verdicts");
	fputs("<thead><tr><th scope=\"col\"><span class=\"sr\">Property</span></th>"
	      "<th scope=\"col\">Verdict</th><th scope=\"col\" class=\"n\">Checks</th>"
	      "<th scope=\"col\">Property</th></tr></thead>\n<tbody>\n",
	      out);
	for (size_t i = 0; i < shown; i++)
		put_property(out, json_array_get(list, i));
	report_table_end(out);
	report_rows_left(out, shown, json_array_size(list));
}

static bool has_properties(const json_t *result)
{
	return report_has_items(result, "properties");
}

const struct report_part report_part_properties = {
    .id = "properties",
    .title = "Properties",
    .present = has_properties,
    .write = write_properties,
};

/* --- violations ---------------------------------------------------------------------------- */

static void put_violation(FILE *out, const json_t *one)
{
	fputs("<tr><td class=\"n\">", out);
	report_time_in(out, report_count(one, "time_ns"), 1000u, 3);
	fputs("</td><th scope=\"row\">", out);
	report_text(out, one, "property");
	fprintf(out, "</th><td>%s</td><td><code>", report_world(one, "world"));
	report_text(out, one, "detector");
	fputs("</code></td><td>", out);
	report_text(out, one, "text");
	fputs("</td></tr>\n", out);
}

static void write_violations(FILE *out, const json_t *result)
{
	const json_t *list = json_object_get(result, "violations");
	size_t shown = rows_of(list);

	report_table_begin(out, "wide broken", "Violations in order of time");
	fputs(
	    "<thead><tr><th scope=\"col\" class=\"n\">Time, µs</th><th scope=\"col\">Property</th>"
	    "<th scope=\"col\">World</th><th scope=\"col\">Detector</th>"
	    "<th scope=\"col\">What was seen</th></tr></thead>\n<tbody>\n",
	    out);
	for (size_t i = 0; i < shown; i++)
		put_violation(out, json_array_get(list, i));
	report_table_end(out);
	report_rows_left(out, shown, json_array_size(list));
	if (report_lanes_failing(result))
		fputs("<p><a href=\"#failing-step\">Go to the failing step</a></p>\n", out);
}

static bool has_violations(const json_t *result)
{
	return report_has_items(result, "violations");
}

const struct report_part report_part_violations = {
    .id = "violations",
    .title = "Violations",
    .present = has_violations,
    .write = write_violations,
};

/* --- traffic ------------------------------------------------------------------------------- */

static void put_count(FILE *out, const json_t *object, const char *name)
{
	fputs("<td class=\"n\">", out);
	if (report_has(object, name))
		report_number(out, (int64_t)report_count(object, name));
	else
		fputs("–", out);
	fputs("</td>", out);
}

static void put_flow(FILE *out, const json_t *one)
{
	fputs("<tr><th scope=\"row\">", out);
	report_text(out, one, "name");
	fprintf(out, "</th><td>%s</td><td>", report_world(one, "from"));
	report_text(out, one, "class");
	fputs("</td>", out);
	put_count(out, one, "offered");
	put_count(out, one, "accepted");
	put_count(out, one, "delivered");
	put_count(out, one, "dropped");
	fputs("<td class=\"n\">", out);
	report_percent(out, report_count(one, "delivered"),
		       report_has(one, "delivered") ? report_count(one, "offered") : 0);
	fputs("</td></tr>\n", out);
}

static void write_traffic(FILE *out, const json_t *result)
{
	const json_t *list = json_object_get(result, "traffic");
	size_t shown = rows_of(list);

	report_table_begin(out, "wide", "Traffic, in frames");
	fputs(
	    "<thead><tr><th scope=\"col\">Flow</th><th scope=\"col\">From</th>"
	    "<th scope=\"col\">Class</th><th scope=\"col\" class=\"n\">Offered</th>"
	    "<th scope=\"col\" class=\"n\">Accepted</th><th scope=\"col\" "
	    "class=\"n\">Delivered</th>"
	    "<th scope=\"col\" class=\"n\">Dropped</th><th scope=\"col\" class=\"n\">Delivered of "
	    "offered</th></tr></thead>\n<tbody>\n",
	    out);
	for (size_t i = 0; i < shown; i++)
		put_flow(out, json_array_get(list, i));
	report_table_end(out);
	report_rows_left(out, shown, json_array_size(list));
}

static bool has_traffic(const json_t *result)
{
	return report_has_items(result, "traffic");
}

const struct report_part report_part_traffic = {
    .id = "traffic",
    .title = "Traffic",
    .present = has_traffic,
    .write = write_traffic,
};

/* --- faults -------------------------------------------------------------------------------- */

static void put_fault(FILE *out, const json_t *one)
{
	fputs("<tr><td class=\"n\">", out);
	report_number(out, (int64_t)report_count(one, "index"));
	fputs("</td><th scope=\"row\"><code>", out);
	report_text(out, one, "kind");
	fprintf(out, "</code></th><td>%s</td>", report_world(one, "world"));
	put_count(out, one, "opportunities");
	put_count(out, one, "fired");
	fputs("</tr>\n", out);
}

static void write_faults(FILE *out, const json_t *result)
{
	const json_t *list = json_object_get(result, "faults");
	size_t shown = rows_of(list);

	report_table_begin(out, "", "Faults that the scenario injects");
	fputs("<thead><tr><th scope=\"col\" class=\"n\">No.</th><th scope=\"col\">Kind</th>"
	      "<th scope=\"col\">World</th><th scope=\"col\" class=\"n\">Opportunities</th>"
	      "<th scope=\"col\" class=\"n\">Fired</th></tr></thead>\n<tbody>\n",
	      out);
	for (size_t i = 0; i < shown; i++)
		put_fault(out, json_array_get(list, i));
	report_table_end(out);
	report_rows_left(out, shown, json_array_size(list));
}

static bool has_faults(const json_t *result)
{
	return report_has_items(result, "faults");
}

const struct report_part report_part_faults = {
    .id = "faults",
    .title = "Faults",
    .present = has_faults,
    .write = write_faults,
};
