/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "report.h"
#include "report_file.h"
#include "report_html.h"
#include "report_shape.h"

static bool is_threat(const json_t *row)
{
	return report_has_text(row, "id");
}

static bool is_expected(const json_t *row)
{
	const json_t *off = json_object_get(row, "off");

	if (strcmp(report_word(json_object_get(row, "on"), "verdict"), "PASS") != 0)
		return false;
	return !json_is_object(off) || json_is_true(json_object_get(off, "expected"));
}

static void put_link(FILE *out, const json_t *run, const char *file)
{
	const json_t *dir = json_object_get(run, "dir");

	fputs("href=\"", out);
	report_url(out, json_string_value(dir), json_string_length(dir));
	fprintf(out, "/%s\"", file);
}

static void put_run(FILE *out, const json_t *run)
{
	report_verdict(out, report_word(run, "verdict"));
	fputs("<span class=\"links\"><a ", out);
	put_link(out, run, "report.html");
	fputs(">report</a> · <a ", out);
	put_link(out, run, "channel.pcapng");
	fputs(">frames</a> · <a ", out);
	put_link(out, run, "events.pcapng");
	fputs(">events</a></span>", out);
}

static void put_list(FILE *out, const json_t *list)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		fputs(i ? ", " : "", out);
		report_string(out, one);
	}
}

static void put_what(FILE *out, const json_t *row)
{
	report_text(out, row, report_has_text(row, "title") ? "title" : "scenario");
	fputs("<code class=\"name\">", out);
	report_text(out, row, "scenario");
	fputs("</code>", out);
}

static void put_off(FILE *out, const json_t *off)
{
	if (!json_is_object(off)) {
		fputs("<td class=\"off\">–</td><td>–</td>", out);
		return;
	}
	fputs("<td class=\"off\">", out);
	put_run(out, off);
	fputs("</td><td>", out);
	if (!json_is_true(json_object_get(off, "expected")))
		fputs("<b class=\"bad\">Not as expected</b> ", out);
	if (report_has_items(off, "broke")) {
		fputs("<b>", out);
		put_list(out, json_object_get(off, "broke"));
		fputs("</b>", out);
	}
	if (report_has_text(off, "text")) {
		fputs(" <span class=\"how\">", out);
		report_text(out, off, "text");
		fputs("</span>", out);
	}
	fputs("</td>", out);
}

static void put_row(FILE *out, const json_t *row)
{
	fprintf(out, "<tr%s>", is_expected(row) ? "" : " class=\"odd\"");
	if (is_threat(row)) {
		fputs("<th scope=\"row\">", out);
		report_text(out, row, "id");
		fputs("</th><td>", out);
	} else {
		fputs("<td>", out);
	}
	put_what(out, row);
	fputs("</td><td class=\"dim\">", out);
	put_list(out, json_object_get(row, "properties"));
	fputs(is_threat(row) ? "</td><td class=\"on\">" : "</td><td>", out);
	put_run(out, json_object_get(row, "on"));
	fputs("</td>", out);
	if (is_threat(row))
		put_off(out, json_object_get(row, "off"));
	fputs("</tr>\n", out);
}

static size_t put_rows(FILE *out, const json_t *rows, bool threats)
{
	const json_t *row;
	size_t i, count = 0;

	json_array_foreach(rows, i, row)
	{
		if (is_threat(row) != threats)
			continue;
		put_row(out, row);
		count++;
	}
	return count;
}

static size_t count_rows(const json_t *rows, bool threats, bool unexpected_only)
{
	const json_t *row;
	size_t i, count = 0;

	json_array_foreach(rows, i, row) count +=
	    is_threat(row) == threats && !(unexpected_only && is_expected(row));
	return count;
}

static void put_threats(FILE *out, const json_t *rows)
{
	if (!count_rows(rows, true, false))
		return;
	fputs("<section id=\"threats\">\n<h2>Threats</h2>\n"
	      "<p>Each threat runs twice: with its countermeasure the properties must hold; "
	      "without it "
	      "one of them must break.</p>\n",
	      out);
	report_table_begin(out, "index", "Threats");
	fputs("<thead><tr><th scope=\"col\">Threat</th><th scope=\"col\">What happens</th>"
	      "<th scope=\"col\">Property</th><th scope=\"col\">Countermeasure on</th>"
	      "<th scope=\"col\">Off</th><th scope=\"col\">What broke</th></tr></thead>\n<tbody>\n",
	      out);
	(void)put_rows(out, rows, true);
	report_table_end(out);
	fputs("</section>\n", out);
}

static void put_demonstrations(FILE *out, const json_t *rows)
{
	if (!count_rows(rows, false, false))
		return;
	fputs("<section id=\"demonstrations\">\n<h2>Demonstrations</h2>\n", out);
	report_table_begin(out, "index demos", "Demonstrations");
	fputs("<thead><tr><th scope=\"col\">What it shows</th><th scope=\"col\">Property</th>"
	      "<th scope=\"col\">Run</th></tr></thead>\n<tbody>\n",
	      out);
	(void)put_rows(out, rows, false);
	report_table_end(out);
	fputs("</section>\n", out);
}

static void put_unexpected(FILE *out, const json_t *rows)
{
	const json_t *row;
	size_t i;
	bool is_first = true;

	json_array_foreach(rows, i, row)
	{
		if (is_expected(row))
			continue;
		fputs(is_first ? "<p>Not as expected: " : ", ", out);
		report_text(out, row, is_threat(row) ? "id" : "scenario");
		is_first = false;
	}
	fputs(is_first ? "" : "</p>\n", out);
}

static void put_summary(FILE *out, const json_t *rows)
{
	size_t threats = count_rows(rows, true, false), demos = count_rows(rows, false, false);
	size_t odd = count_rows(rows, true, true) + count_rows(rows, false, true);
	const char *verdict = !(threats + demos) ? "UNDECIDED" : odd ? "FAIL" : "PASS";

	fprintf(out, "<section class=\"verdict is-%s\" aria-label=\"Summary\">\n<h2>",
		report_verdict_class(verdict));
	report_verdict(out, verdict);
	fputs("</h2>\n<p class=\"reason\">", out);
	report_number(out, (int64_t)threats);
	fprintf(out, " threat%s, ", threats == 1 ? "" : "s");
	report_number(out, (int64_t)demos);
	fprintf(out, " demonstration%s: ", demos == 1 ? "" : "s");
	if (!odd) {
		fputs(threats + demos ? "all as expected.</p>\n" : "nothing was run.</p>\n", out);
	} else {
		report_number(out, (int64_t)(threats + demos - odd));
		fputs(" as expected, ", out);
		report_number(out, (int64_t)odd);
		fputs(" not.</p>\n", out);
	}
	put_unexpected(out, rows);
	fputs("</section>\n", out);
}

int report_index_write(const json_t *rows, const char *path, char *err, size_t err_size)
{
	struct report_file file;

	if (report_shape_check(&report_rows_shape, rows, "rows", err, err_size))
		return -2;
	if (report_file_begin(&file, path, err, err_size))
		return -1;
	report_page_begin(file.out);
	fputs("Threats and countermeasures", file.out);
	report_page_body(file.out);
	fputs("<header>\n<p class=\"over\">iwc demo</p>\n<h1>Threats and countermeasures</h1>\n"
	      "</header>\n<main>\n",
	      file.out);
	put_summary(file.out, rows);
	put_threats(file.out, rows);
	put_demonstrations(file.out, rows);
	fputs("</main>\n", file.out);
	report_page_end(file.out, NULL);
	return report_file_end(&file, err, err_size);
}
