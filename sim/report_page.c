/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "report_html.h"
#include "report_style.h"

/* Should a text ever slip through unescaped, the policy still lets nothing load or run. */
static const char head[] =
    "<!doctype html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:\">\n"
    "<link rel=\"icon\" href=\"data:,\">\n"
    "<title>";

/* Marks of verdicts: 16 units square. Each has a form of its own, so that colour is not needed. */
static const char marks[] =
    "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>\n"
    "<g id=\"m-pass\"><path d=\"M2.5 8.5 6.5 12.5 13.5 4\"/></g>\n"
    "<g id=\"m-fail\"><path d=\"M3.5 3.5 12.5 12.5M12.5 3.5 3.5 12.5\"/></g>\n"
    "<g id=\"m-undecided\"><path d=\"M5 5.5a3 3 0 1 1 4.2 2.8C8.2 8.8 8 9.3 8 10.2M8 "
    "13v.6\"/></g>\n"
    "<g id=\"m-skip\"><path d=\"M3 8H13\"/></g>\n"
    "</defs></svg>\n";

void report_page_begin(FILE *out)
{
	fputs(head, out);
}

void report_page_body(FILE *out)
{
	fputs("</title>\n<style>\n", out);
	for (size_t i = 0; report_style[i]; i++)
		fputs(report_style[i], out);
	fputs("</style>\n</head>\n<body>\n", out);
	fputs(marks, out);
}

void report_page_end(FILE *out, const json_t *version)
{
	fputs("<footer><p>Written by iwc", out);
	if (json_string_length(version)) {
		fputc(' ', out);
		report_string(out, version);
	}
	fputs(". This page is one file without scripts: it needs no network.</p></footer>\n"
	      "</body>\n</html>\n",
	      out);
}

const char *report_verdict_class(const char *verdict)
{
	if (!strcmp(verdict, "PASS"))
		return "pass";
	if (!strcmp(verdict, "FAIL"))
		return "fail";
	return !strcmp(verdict, "SKIP") ? "skip" : "undecided";
}

void report_verdict(FILE *out, const char *verdict)
{
	const char *name = report_verdict_class(verdict);

	fprintf(out,
		"<span class=\"mark %s\"><svg viewBox=\"0 0 16 16\" aria-hidden=\"true\">"
		"<use href=\"#m-%s\"/></svg>",
		name, name);
	report_bytes(out, verdict, strlen(verdict));
	fputs("</span>", out);
}

void report_table_begin(FILE *out, const char *class_name, const char *label)
{
	fprintf(out,
		"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">"
		"<table class=\"%s\">\n",
		label, class_name);
}

void report_table_end(FILE *out)
{
	fputs("</tbody>\n</table></div>\n", out);
}

void report_rows_left(FILE *out, size_t shown, size_t count)
{
	if (shown >= count)
		return;
	fputs("<p class=\"note\">The first ", out);
	report_number(out, (int64_t)shown);
	fputs(" of ", out);
	report_number(out, (int64_t)count);
	fputs(" rows; result.json has them all.</p>\n", out);
}
