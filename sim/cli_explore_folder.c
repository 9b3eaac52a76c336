/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_explore_folder.c - the folder of a search: files, report, replay. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_child.h"
#include "cli_explore.h"
#include "report_file.h"
#include "report_html.h"

#define STEPS 20

/* --- words --- */

const char *explore_violation(const json_t *result, char *buf, size_t size)
{
	const char *property = cli_json_text(result, "property");
	const char *detector = cli_json_text(result, "detector");
	const char *text = cli_json_text(result, "text");
	int n =
	    snprintf(buf, size, "%s%s%s", property, *property && *detector ? " " : "", detector);

	if (n >= 0 && (size_t)n < size && json_object_get(result, "step"))
		n += snprintf(buf + n, size - (size_t)n, " at step %.0f",
			      cli_json_number(result, "step"));
	if (n >= 0 && (size_t)n < size)
		snprintf(buf + n, size - (size_t)n, "%s%s", n ? ": " : "",
			 *text ? text : cli_json_text(result, "why"));
	return buf;
}

/* Without the verdict line at the end. */
static size_t steps_length(const char *text)
{
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == '\n')
		len--;
	while (len > 0 && text[len - 1] != '\n')
		len--;
	return len;
}

void explore_print_steps(const char *text, unsigned steps)
{
	const char *end = text + steps_length(text), *begin = end, *next;
	unsigned count = 0;

	while (begin > text && count < steps) {
		for (begin--; begin > text && begin[-1] != '\n'; begin--)
			;
		count++;
	}
	for (; begin < end; begin = next) {
		next = memchr(begin, '\n', (size_t)(end - begin));
		next = next ? next + 1 : end;
		printf("%c %.*s\n", next == end ? '>' : ' ', (int)(next - begin - 1), begin);
	}
}

/* --- files --- */

static char *read_if_there(const char *folder, const char *name)
{
	char err[1024], *path = cli_path(folder, name), *text = NULL;
	size_t len;

	if (path)
		text = cli_read_file(path, EXPLORE_TEXT_MAX, &len, err, sizeof(err));
	free(path);
	return text;
}

static int copy(const char *from, const char *to, const char *name)
{
	char *text = read_if_there(from, name), *path = cli_path(to, name);
	int rc = path ? CLI_OK : CLI_BUG;

	if (path && text)
		rc = cli_write_file(path, text, strlen(text));
	else if (path)
		remove(path); /* of an earlier result */
	free(path);
	free(text);
	return rc;
}

static int write_json(const char *folder, const json_t *result)
{
	char *path = cli_path(folder, "result.json"), *text = json_dumps(result, JSON_INDENT(1));
	int rc = CLI_BUG;

	if (path && text && cli_append(&text, "\n"))
		rc = cli_write_file(path, text, strlen(text));
	free(text);
	free(path);
	return rc;
}

int explore_folder_write(const char *folder, const char *scratch, const json_t *result)
{
	static const char *const files[] = {"client.cfg", "schedule", "steps.txt"};
	int rc = CLI_OK;

	for (size_t i = 0; rc == CLI_OK && i < sizeof(files) / sizeof(files[0]); i++)
		rc = copy(scratch, folder, files[i]);
	if (rc == CLI_OK)
		rc = write_json(folder, result);
	return rc == CLI_OK ? explore_report(folder, result) : rc;
}

/* --- report.html --- */

static void put_fact(FILE *out, const json_t *result, const char *key, const char *title)
{
	const json_t *value = json_object_get(result, key);

	if (!value)
		return;
	fprintf(out, "<div><dt>%s</dt><dd>", title);
	if (json_is_string(value))
		report_string(out, value);
	else if (json_is_real(value))
		fprintf(out, "%.2f", json_real_value(value));
	else
		report_number(out, json_integer_value(value));
	fputs("</dd></div>\n", out);
}

static void put_text(FILE *out, const char *title, const char *text, size_t len)
{
	fprintf(out,
		"<section>\n<h2>%s</h2>\n<pre class=\"text\" tabindex=\"0\" aria-label=\"%s\">",
		title, title);
	report_bytes(out, text, len);
	fputs("</pre>\n</section>\n", out);
}

static void put_verdict(FILE *out, const json_t *result)
{
	const char *verdict = cli_json_text(result, "verdict");
	bool failed = strcmp(verdict, "FAIL") == 0;
	char text[1024];

	fprintf(out, "<section class=\"verdict is-%s\" aria-label=\"Verdict\">\n<h2>",
		report_verdict_class(verdict));
	report_verdict(out, verdict);
	fputs("</h2>\n<p class=\"reason\">", out);
	snprintf(text, sizeof(text), "%s", cli_json_text(result, "why"));
	if (failed)
		explore_violation(result, text, sizeof(text));
	report_bytes(out, text, strlen(text));
	fputs("</p>\n<p class=\"bound\"><b>Bounds:</b> ", out);
	report_text(out, result, "bounds");
	fputs("</p>\n", out);
	if (failed)
		fputs("<div class=\"cmd\"><b>Replay, in the folder of this page</b><pre><code>iwc "
		      "replay .</code></pre></div>\n",
		      out);
	fputs("</section>\n<dl class=\"facts\">\n", out);
	put_fact(out, result, "states", "States");
	put_fact(out, result, "transitions", "Transitions");
	put_fact(out, result, "depth", "Depth reached");
	put_fact(out, result, "executions", "Random walks");
	put_fact(out, result, "steps", "Steps of them");
	put_fact(out, result, "seconds", "Seconds");
	put_fact(out, result, "memory_mb", "Memory in MB");
	fputs("</dl>\n", out);
}

static void put_page(FILE *out, const json_t *result, const char *client, const char *steps)
{
	report_page_begin(out);
	fprintf(out, "%s: ", cli_json_text(result, "verdict"));
	report_title(out, result, "client");
	report_page_body(out);
	fputs("<header>\n<p class=\"over\">Search over the real core</p>\n<h1>", out);
	report_title(out, result, "client");
	fputs("</h1>\n</header>\n<main>\n", out);
	put_verdict(out, result);
	if (steps)
		put_text(out, "Steps to the violation", steps, steps_length(steps));
	if (client)
		put_text(out, "Client, resolved", client, strlen(client));
	fputs("</main>\n", out);
	report_page_end(out, json_object_get(result, "version"));
}

int explore_report(const char *folder, const json_t *result)
{
	char err[1024] = "", *html = cli_path(folder, "report.html");
	char *client = read_if_there(folder, "client.cfg");
	char *steps = read_if_there(folder, "steps.txt");
	struct report_file file;
	int rc = CLI_BUG;

	if (html && report_file_begin(&file, html, err, sizeof(err)) == 0) {
		put_page(file.out, result, client, steps);
		rc = report_file_end(&file, err, sizeof(err)) == 0 ? CLI_OK : CLI_FAILED;
	}
	if (*err)
		cli_error("%s", err);
	free(steps);
	free(client);
	free(html);
	return rc;
}

/* --- replay --- */

static bool same_text(const json_t *a, const json_t *b, const char *key)
{
	return strcmp(cli_json_text(a, key), cli_json_text(b, key)) == 0;
}

/* Of what the walk has no eyes for it can only show that the steps are the same. */
static bool same_violation(const char *folder, const json_t *old, const json_t *line,
			   const char *steps)
{
	char *recorded;
	bool same;

	if (strcmp(cli_json_text(old, "replay"), "steps") != 0)
		return strcmp(cli_json_text(line, "verdict"), "FAIL") == 0 &&
		       same_text(old, line, "property") && same_text(old, line, "detector") &&
		       same_text(old, line, "text") &&
		       json_equal(json_object_get(old, "step"), json_object_get(line, "step"));
	recorded = read_if_there(folder, "steps.txt");
	/* The line behind them has the time that it took. */
	same = recorded && steps && steps_length(recorded) == steps_length(steps) &&
	       memcmp(recorded, steps, steps_length(steps)) == 0;
	free(recorded);
	return same;
}

static int print_replay(const struct cli_args *args, const json_t *old, const json_t *line,
			const char *text, bool same)
{
	uint64_t steps = STEPS;
	char was[1024], now[1024];
	int rc = cli_option_u64(args, CLI_STEPS, 0, 1000000, &steps);

	if (rc != CLI_OK)
		return rc;
	if (cli_given(args, CLI_JSON))
		return cli_print_json(json_pack("{s:s, s:b, s:O, s:O}", "schema",
						"iwc-explore-replay-1", "same", same, "recorded",
						old, "now", line));
	explore_violation(old, was, sizeof(was));
	explore_violation(line, now, sizeof(now));
	if (same) {
		printf("%sFAIL%s: %s\nsame violation as recorded\n", cli_colour(CLI_BAD),
		       cli_colour(CLI_PLAIN), was);
	} else {
		printf("%sDIFFERENT%s: the violation is not the recorded one\n  recorded %s\n  now "
		       "%s %s\n",
		       cli_colour(CLI_BAD), cli_colour(CLI_PLAIN), was,
		       cli_json_text(line, "verdict"), now);
	}
	if (steps > 0) {
		printf("\nsteps to the last one (>)\n");
		explore_print_steps(text, (unsigned)steps);
	}
	return CLI_OK;
}

int explore_replay(const struct cli_args *args, const char *folder, const json_t *old)
{
	char *scratch, *steps = NULL, *text = NULL;
	json_t *line = NULL;
	bool same = false;
	int rc;

	if (strcmp(cli_json_text(old, "verdict"), "FAIL") != 0) {
		cli_error("%s: the verdict is %s, there is no counterexample to replay", folder,
			  cli_json_text(old, "verdict"));
		return CLI_USAGE;
	}
	scratch = cli_temp_make();
	if (!scratch)
		return CLI_FAILED;
	steps = cli_path(scratch, "steps.txt");
	rc = steps ? explore_walk_replay(folder, scratch, steps, &line) : CLI_BUG;
	if (rc == CLI_OK) {
		text = read_if_there(scratch, "steps.txt");
		same = same_violation(folder, old, line, text);
		rc = print_replay(args, old, line, text ? text : "", same);
	}
	json_decref(line);
	free(text);
	free(steps);
	cli_temp_remove(scratch);
	return rc == CLI_OK && !same ? CLI_FAILED : rc;
}
