/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_result.c - what a run says on a terminal. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "report.h"
#include "scenario_file.h"

int cli_verdict_exit(const struct sim_summary *summary)
{
	switch (summary->verdict) {
	case SIM_PASS:
		return CLI_OK;
	case SIM_FAIL:
		return CLI_FAILED;
	case SIM_UNDECIDED:
	case SIM_SKIP:
		return CLI_UNDECIDED;
	}
	return CLI_BUG;
}

bool cli_broke_as_announced(const struct scenario *sc, const struct sim_summary *summary)
{
	return summary->verdict == SIM_FAIL && (summary->violated & sc->threat.breaks) != 0;
}

static void print_off(const struct cli_case *c, const struct sim_summary *summary)
{
	char announced[64], broken[64];
	bool good = cli_broke_as_announced(&c->sc, summary);

	cli_properties(c->sc.threat.breaks, announced, sizeof(announced));
	cli_properties(summary->violated & (good ? c->sc.threat.breaks : UINT32_MAX), broken,
		       sizeof(broken));
	if (good)
		printf("%s broke %s as announced\n", c->sc.threat.id, broken);
	else if (summary->violated)
		printf("%s did NOT break as announced: broke %s instead of %s\n", c->sc.threat.id,
		       broken, announced);
	else
		printf("%s did NOT break as announced: %s held\n", c->sc.threat.id, announced);
}

void cli_print_verdict(const struct cli_case *c, const struct sim_summary *summary)
{
	const struct sim_violation *v = &summary->first;
	char off[512], time[40];

	printf("%s%s%s  seed %" PRIu64 "  %s\n", cli_colour(CLI_BOLD), c->sc.name,
	       cli_colour(CLI_PLAIN), c->seed, c->threads ? "threads" : "virtual time");
	if (*cli_off_text(&c->sc, off, sizeof(off)))
		printf("switched off: %s\n", off);
	printf("%s%s%s", cli_colour(cli_verdict_colour(summary->verdict)),
	       sim_verdict_name(summary->verdict), cli_colour(CLI_PLAIN));
	if (summary->violated)
		printf(": P%u %s, in %s at %s, %s: %s\n", v->property,
		       sim_property_name(v->property), scenario_world_name(v->world),
		       cli_time(v->time_ns, time, sizeof(time)), v->detector, v->text);
	else
		printf(": %s\n", summary->reason);
	if (c->off)
		print_off(c, summary);
}

/* --- parts of result.json --- */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static uint64_t number_of(const json_t *object, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(object, key));

	return n < 0 ? 0 : (uint64_t)n;
}

static enum cli_colour word_colour(const char *verdict)
{
	if (strcmp(verdict, "FAIL") == 0)
		return CLI_BAD;
	return strcmp(verdict, "PASS") == 0 ? CLI_GOOD : CLI_PLAIN;
}

void cli_print_properties(const json_t *result)
{
	const json_t *row, *rows = json_object_get(result, "properties");
	size_t i;

	printf("\nproperty  verdict     checks  name\n");
	json_array_foreach(rows, i, row)
	{
		const char *verdict = text_of(row, "verdict"), *detail = text_of(row, "detail");

		printf("%-8s  %s%-7s%s %10" PRIu64 "  %s%s%s\n", text_of(row, "id"),
		       cli_colour(word_colour(verdict)), verdict, cli_colour(CLI_PLAIN),
		       number_of(row, "checks"), text_of(row, "name"), *detail ? ": " : "", detail);
	}
}

static void print_lane(const json_t *lane, bool failing)
{
	const char *from = text_of(lane, "from"), *to = text_of(lane, "to");
	uint64_t ns = number_of(lane, "time_ns");
	bool local = strcmp(from, to) == 0;
	char path[32];

	snprintf(path, sizeof(path), "%s%s%s", from, local ? "" : " -> ", local ? "" : to);
	printf("%c %10" PRIu64 ".%03" PRIu64 "  %-15s  %-9s  %s\n", failing ? '>' : ' ', ns / 1000,
	       ns % 1000, path, text_of(lane, "kind"), text_of(lane, "text"));
}

/* Index of the step that failed; count if none did. */
static size_t failing_step(const json_t *result, const json_t *lanes, size_t count)
{
	json_int_t at = json_integer_value(json_object_get(result, "failing_step"));
	const json_t *lane;
	size_t i;

	if (at >= 0 && (size_t)at < count)
		return (size_t)at;
	/* a run that went on may have kept the step without saying so */
	json_array_foreach(lanes, i,
			   lane) if (strcmp(text_of(lane, "kind"), "violation") == 0) return i;
	return count;
}

bool cli_print_steps(const json_t *result, unsigned steps, bool around)
{
	const json_t *lanes = json_object_get(result, "lanes");
	size_t count = json_array_size(lanes), failing = failing_step(result, lanes, count);
	size_t first, last;

	if (count == 0 || steps == 0)
		return false;
	last = failing < count ? failing : count - 1;
	first = last + 1 > steps ? last + 1 - steps : 0;
	if (around && count - 1 - last > steps)
		last += steps;
	else if (around)
		last = count - 1;
	printf("\nsteps%s\n   time [us]    world            what\n",
	       failing < count ? " to the failing one (>)" : "");
	for (size_t i = first; i <= last; i++)
		print_lane(json_array_get(lanes, i), i == failing);
	return true;
}

/* --- the reproduce line in the files of a result
 * --------------------------------------------------- */

static int rewrite(const char *folder, json_t *result)
{
	char *json_path = cli_path(folder, "result.json"), *cfg = cli_path(folder, "scenario.cfg");
	char *html = cli_path(folder, "report.html"), *text = NULL, *dump = NULL;
	char err[1024] = "";
	size_t len;
	int rc = CLI_FAILED;

	if (json_path && cfg && html)
		text = cli_read_file(cfg, SCENARIO_BYTES_MAX, &len, err, sizeof(err));
	if (text)
		dump = json_dumps(result, JSON_INDENT(1));
	if (dump && cli_append(&dump, "\n"))
		rc = cli_write_file(json_path, dump, strlen(dump));
	if (rc == CLI_OK && report_write(result, text, html, err, sizeof(err)) != 0)
		rc = CLI_FAILED;
	if (rc != CLI_OK && *err)
		cli_error("%s", err);
	free(dump);
	free(text);
	free(html);
	free(cfg);
	free(json_path);
	return rc;
}

int cli_result_finish(const char *folder, json_t *result, const struct cli_case *c)
{
	char *line = cli_case_reproduce(c, c->seed), *mute = cli_mute_text(c);
	json_t *options = NULL;
	int rc = CLI_BUG;

	if (line && mute)
		options = json_pack("{s:b, s:b, s:s}", "keep_going", c->keep_going,
				    "trace_accesses", c->trace_accesses, "mute", mute);
	if (options && json_object_set_new(result, "options", options) == 0 &&
	    json_object_set_new(result, "reproduce", json_string(line)) == 0)
		rc = rewrite(folder, result);
	free(mute);
	free(line);
	return rc;
}
