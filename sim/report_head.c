/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "report_html.h"
#include "report_parts.h"

static void put_titles(FILE *out, const json_t *scenario)
{
	fputs("<header>\n<p class=\"over\">Run of <code>", out);
	report_title(out, scenario, "name");
	fputs("</code>", out);
	if (report_has_text(scenario, "path")) {
		fputs(" from <code>", out);
		report_title(out, scenario, "path");
		fputs("</code>", out);
	}
	fputs("</p>\n<h1>", out);
	report_title(out, scenario, report_has_text(scenario, "title") ? "title" : "name");
	fputs("</h1>\n", out);
	if (report_has_text(scenario, "text")) {
		fputs("<p class=\"lead\">", out);
		report_text(out, scenario, "text");
		fputs("</p>\n", out);
	}
	fputs("</header>\n", out);
}

static bool is_off(const json_t *result)
{
	return !strcmp(report_word(result, "countermeasure"), "off");
}

static bool has_failed(const json_t *result, const char *id)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(result, "properties"), i,
			   one) if (!strcmp(report_word(one, "id"), id) &&
				    !strcmp(report_word(one, "verdict"), "FAIL")) return true;
	json_array_foreach(json_object_get(result, "violations"), i,
			   one) if (!strcmp(report_word(one, "property"), id)) return true;
	return false;
}

/* With the countermeasure off a failure is what the scenario is there to show. */
static void put_expectation(FILE *out, const json_t *result)
{
	const json_t *breaks = json_object_get(json_object_get(result, "threat"), "breaks"), *id;
	size_t i;

	if (!is_off(result) || !json_array_size(breaks))
		return;
	json_array_foreach(breaks, i, id)
	{
		if (!has_failed(result, json_string_value(id)))
			continue;
		fputs(
		    "<p class=\"good\"><b>As expected:</b> the countermeasure was taken away, and ",
		    out);
		report_string(out, id);
		fputs(" broke. So the check can fail, and the countermeasure is what holds.</p>\n",
		      out);
		return;
	}
	fputs("<p class=\"bad\"><b>Not as expected:</b> the countermeasure was taken away, and "
	      "nothing "
	      "broke of what should have.</p>\n",
	      out);
}

static void put_line(FILE *out, const json_t *object, const char *name, const char *before)
{
	if (!report_has_text(object, name))
		return;
	fputs(before, out);
	report_text(out, object, name);
	fputs("</p>\n", out);
}

static void put_verdict(FILE *out, const json_t *result)
{
	const char *verdict = report_word(result, "verdict");

	fprintf(out, "<section class=\"verdict is-%s\" aria-label=\"Verdict\">\n<h2>",
		report_verdict_class(verdict));
	report_verdict(out, verdict);
	fputs("</h2>\n", out);
	put_line(out, result, "reason", "<p class=\"reason\">");
	if (json_is_true(json_object_get(result, "partial")))
		fputs("<p class=\"undecided\"><b>Partial:</b> the run was stopped before its end; "
		      "what "
		      "follows is what was seen until then.</p>\n",
		      out);
	put_expectation(out, result);
	put_line(out, result, "bound", "<p class=\"bound\"><b>Bound:</b> ");
	if (report_has_text(result, "reproduce")) {
		fputs("<div class=\"cmd\"><b>Reproduce</b><pre><code>", out);
		report_text(out, result, "reproduce");
		fputs("</code></pre></div>\n", out);
	}
	fputs("</section>\n", out);
}

static void put_list(FILE *out, const json_t *list, const char *between)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		fputs(i ? between : "", out);
		report_string(out, one);
	}
}

static void put_item(FILE *out, const json_t *object, const char *name, const char *title)
{
	if (!report_has_text(object, name))
		return;
	fprintf(out, "<dt>%s</dt><dd>", title);
	report_text(out, object, name);
	fputs("</dd>\n", out);
}

static void put_threat(FILE *out, const json_t *result)
{
	const json_t *threat = json_object_get(result, "threat");
	const json_t *off = json_object_get(result, "off");

	if (!json_is_object(threat) && !json_array_size(off))
		return;
	fputs("<section class=\"threat\">\n<h2>", out);
	if (json_is_object(threat)) {
		fputs("Threat ", out);
		report_text(out, threat, "id");
	} else {
		fputs("Taken away", out);
	}
	fputs("</h2>\n<dl>\n", out);
	put_item(out, threat, "attacker", "Attacker");
	put_item(out, threat, "what", "What happens");
	put_item(out, threat, "countermeasure", "Countermeasure");
	if (report_has_items(threat, "breaks")) {
		fputs("<dt>Breaks without it</dt><dd>", out);
		put_list(out, json_object_get(threat, "breaks"), " or ");
		fputs("</dd>\n", out);
	}
	if (report_has_text(result, "countermeasure"))
		fprintf(out, "<dt>In this run it is</dt><dd>%s</dd>\n",
			is_off(result) ? "<b class=\"bad\">off</b>" : "on");
	if (json_array_size(off)) {
		fputs("<dt>Switched off</dt><dd>", out);
		put_list(out, off, "<br>");
		fputs("</dd>\n", out);
	}
	fputs("</dl>\n</section>\n", out);
}

static void fact_begin(FILE *out, const char *title)
{
	fprintf(out, "<div><dt>%s</dt><dd>", title);
}

static void put_fact_count(FILE *out, const json_t *result, const char *name, const char *title)
{
	if (!report_has(result, name))
		return;
	fact_begin(out, title);
	report_number(out, (int64_t)report_count(result, name));
	fputs("</dd></div>\n", out);
}

static void put_fact_time(FILE *out, const json_t *result, const char *name, const char *title)
{
	if (!report_has(result, name))
		return;
	fact_begin(out, title);
	report_time_short(out, report_count(result, name));
	fputs("</dd></div>\n", out);
}

static void put_facts(FILE *out, const json_t *result)
{
	bool is_virtual = !strcmp(report_word(result, "mode"), "virtual");

	fputs("<dl class=\"facts\">\n", out);
	fact_begin(out, "Seed");
	report_text(out, result, "seed");
	fputs("</dd></div>\n", out);
	fact_begin(out, "Clock");
	fputs(is_virtual ? "virtual time</dd></div>\n" : "real time, two threads</dd></div>\n",
	      out);
	put_fact_time(out, result, "virtual_ns", "End of the run");
	put_fact_time(out, result, "main_ns", "Main phase");
	put_fact_count(out, result, "accesses", "Shared accesses");
	put_fact_count(out, result, "steps", "Trace steps");
	if (report_has_text(result, "trace_hash")) {
		fact_begin(out, "Trace hash");
		fputs("<code>", out);
		report_text(out, result, "trace_hash");
		fputs("</code></dd></div>\n", out);
	}
	fputs("</dl>\n", out);
}

void report_head_write(FILE *out, const json_t *result)
{
	put_titles(out, json_object_get(result, "scenario"));
	fputs("<main>\n", out);
	put_verdict(out, result);
	put_facts(out, result);
	put_threat(out, result);
}
