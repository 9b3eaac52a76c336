/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli_demo.c - iwc demo: every scenario of the folder, threats with their countermeasure on and
 * off.
 *
 * A scenario that names a threat has to hold as it is, and to break as announced with --off. The
 * others are demonstrations: they have to pass.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "report.h"
#include "version.h"

#define SCHEMA "iwc-demo-1"
#define MARKER "demo.json"

struct demo_run {
	struct cli_case c;
	char dir[272]; /* below the output folder */
	unsigned entry;
};

/* What a worker says about a run. */
struct demo_record {
	int rc; /* an exit code; CLI_OK: the summary is there */
	char err[1024];
	struct sim_summary summary;
};

struct demo_entry {
	const char *file;
	const struct demo_run *on, *off; /* off: NULL for a demonstration */
	struct demo_record on_record, off_record;
};

struct demo {
	const struct cli_args *args;
	struct cli_scenarios scenarios;
	struct demo_run *run;
	unsigned run_count;
	struct demo_entry *entry;
	unsigned entry_count;
	const char *out; /* NULL: nothing is written */
	unsigned threats, held, broke, demonstrations, passed, errors;
	bool headed, headed_demonstrations;
	int property_width, name_width; /* of the table's columns */
	json_t *rows;
};

/* --- in a worker --- */

static int keep_run(const struct demo *d, const struct demo_run *run, struct demo_record *record)
{
	struct sim_options opt = {.seed = run->c.seed, .stop = cli_stop};
	struct sim_result result = {0};
	char *dir = d->out ? cli_path(d->out, run->dir) : NULL;
	int rc = CLI_OK;

	opt.out = dir;
	if (dir && mkdir(dir, 0777) != 0 && errno != EEXIST) {
		snprintf(record->err, sizeof(record->err), "%s: %s", dir, strerror(errno));
		rc = CLI_FAILED;
	}
	if (rc == CLI_OK) {
		rc = sim_run(&run->c.sc, &opt, &result, record->err, sizeof(record->err));
		rc = rc == 0 ? CLI_OK : rc == -2 ? CLI_USAGE : rc == -1 ? CLI_FAILED : CLI_BUG;
	}
	if (rc == CLI_OK && dir) {
		rc = cli_result_finish(dir, result.json, &run->c);
		if (rc != CLI_OK)
			snprintf(record->err, sizeof(record->err), "%s: not all files were written",
				 dir);
	}
	record->summary = result.summary;
	sim_result_free(&result);
	free(dir);
	return rc;
}

static size_t work(void *ctx, uint64_t job, void *buffer)
{
	const struct demo *d = ctx;
	struct demo_record *record = buffer;

	memset(record, 0, sizeof(*record));
	cli_pool_unit(job);
	record->rc = keep_run(d, &d->run[job], record);
	return sizeof(*record);
}

/* --- the table --- */

static void list_properties(json_t *list, uint32_t mask)
{
	for (unsigned n = 1; n <= SIM_PROPERTIES; n++)
		if ((mask & SIM_PROPERTY(n)) != 0)
			json_array_append_new(list, json_sprintf("P%u", n));
}

static json_t *properties(uint32_t mask)
{
	json_t *list = json_array();

	list_properties(list, mask);
	return list;
}

static const char *verdict(const struct demo_record *r)
{
	return r->rc == CLI_OK ? sim_verdict_name(r->summary.verdict) : "ERROR";
}

static json_t *off_json(const struct demo_entry *e)
{
	const struct sim_summary *s = &e->off_record.summary;

	if (!e->off)
		return json_null();
	return json_pack("{s:s, s:s, s:o, s:s, s:b}", "verdict", verdict(&e->off_record), "dir",
			 e->off->dir, "broke", properties(s->violated), "text",
			 s->violated ? s->first.text : s->reason, "expected",
			 e->off_record.rc == CLI_OK && cli_broke_as_announced(&e->off->c.sc, s));
}

static void add_row(struct demo *d, const struct demo_entry *e)
{
	const struct cli_case *c = &e->on->c;
	uint32_t shown = e->off ? e->off->c.sc.threat.breaks : e->on_record.summary.checked;

	json_array_append_new(
	    d->rows, json_pack("{s:s, s:s, s:s, s:o, s:{s:s, s:s}, s:o}", "id",
			       e->off ? c->sc.threat.id : "", "scenario", c->file, "title",
			       c->sc.title, "properties", properties(shown), "on", "verdict",
			       verdict(&e->on_record), "dir", e->on->dir, "off", off_json(e)));
}

static void print_cell(const struct demo_record *r, bool good, int width)
{
	printf("%s%-*s%s  ", cli_colour(good ? CLI_GOOD : CLI_BAD), width, verdict(r),
	       cli_colour(CLI_PLAIN));
}

static void print_threat(struct demo *d, const struct demo_entry *e, bool held, bool broke)
{
	const struct scenario *sc = &e->on->c.sc;
	const struct sim_summary *off = &e->off_record.summary;
	char announced[64], how[128], broken[64];

	if (!d->headed)
		printf("%-6s  %-*s  %-9s  %-30s  what\n", "threat", d->property_width, "property",
		       "on", "off");
	d->headed = true;
	cli_properties(sc->threat.breaks, announced, sizeof(announced));
	cli_properties(off->violated, broken, sizeof(broken));
	if (e->off_record.rc == CLI_OK && off->violated)
		snprintf(how, sizeof(how), "%s %s, %s", broke ? "broke" : "BROKE", broken,
			 off->first.detector);
	else
		snprintf(how, sizeof(how), "%s",
			 e->off_record.rc == CLI_OK ? "did NOT break" : "ERROR");
	printf("%-6s  %-*s  ", sc->threat.id, d->property_width, announced);
	print_cell(&e->on_record, held, 9);
	printf("%s%-30s%s  %s\n", cli_colour(broke ? CLI_GOOD : CLI_BAD), how,
	       cli_colour(CLI_PLAIN), sc->title);
}

static void print_demonstration(struct demo *d, const struct demo_entry *e, bool good)
{
	const struct scenario *sc = &e->on->c.sc;

	if (!d->headed_demonstrations)
		printf("%s%-*s  %-9s  what\n", d->headed ? "\n" : "", d->name_width,
		       "demonstration", "verdict");
	d->headed_demonstrations = true;
	printf("%-*s  ", d->name_width, sc->name);
	print_cell(&e->on_record, good, 9);
	printf("%s\n", sc->title);
}

static void print_error(struct demo *d, const struct demo_run *run, const struct demo_record *r)
{
	if (!run || r->rc == CLI_OK)
		return;
	d->errors++;
	cli_error("%s: %s", run->c.file, r->err);
}

static void finish_entry(struct demo *d, const struct demo_entry *e)
{
	bool held = e->on_record.rc == CLI_OK && e->on_record.summary.verdict == SIM_PASS;
	bool broke = e->off && e->off_record.rc == CLI_OK &&
		     cli_broke_as_announced(&e->off->c.sc, &e->off_record.summary);
	bool silent = cli_given(d->args, CLI_JSON);

	print_error(d, e->on, &e->on_record);
	print_error(d, e->off, &e->off_record);
	add_row(d, e);
	if (e->off) {
		d->threats++;
		d->held += held;
		d->broke += broke;
		if (!silent)
			print_threat(d, e, held, broke);
	} else {
		d->demonstrations++;
		d->passed += held;
		if (!silent)
			print_demonstration(d, e, held);
	}
	fflush(stdout);
}

/* Rows are printed as they come, so the widths of all are needed before. */
static void set_widths(struct demo *d)
{
	char text[64];

	d->property_width = (int)strlen("property");
	d->name_width = (int)strlen("demonstration");
	for (unsigned i = 0; i < d->entry_count; i++) {
		const struct scenario *sc = &d->entry[i].on->c.sc;
		int name = (int)strlen(sc->name), properties_len;

		cli_properties(sc->threat.breaks, text, sizeof(text));
		properties_len = (int)strlen(text);
		if (d->entry[i].off && properties_len > d->property_width)
			d->property_width = properties_len;
		if (!d->entry[i].off && name > d->name_width)
			d->name_width = name;
	}
}

static bool take(void *ctx, uint64_t job, const void *buffer, size_t len)
{
	struct demo *d = ctx;
	const struct demo_run *run = &d->run[job];
	struct demo_entry *e = &d->entry[run->entry];

	(void)len;
	if (((const struct demo_record *)buffer)->summary.partial)
		return false;
	if (run == e->off)
		e->off_record = *(const struct demo_record *)buffer;
	else
		e->on_record = *(const struct demo_record *)buffer;
	if (!e->off || run == e->off)
		finish_entry(d, e);
	return true;
}

/* --- what to run --- */

static int load_run(struct demo *d, unsigned file, bool off)
{
	struct cli_args args = *d->args;
	struct demo_run *run = &d->run[d->run_count];
	char *path = cli_scenarios_path(&d->scenarios, file);
	const char *stem = d->scenarios.name[file];
	int rc = CLI_BUG;

	args.given = off ? CLI_BIT(CLI_OFF) : 0;
	if (path)
		rc = cli_case_load(&args, path, &run->c);
	free(path);
	if (rc != CLI_OK)
		return rc;
	snprintf(run->dir, sizeof(run->dir), "%s%s", stem,
		 run->c.sc.threat.id[0] == '\0' ? ""
		 : off				? "-off"
						: "-on");
	run->entry = d->entry_count;
	d->run_count++;
	return CLI_OK;
}

static int load_entry(struct demo *d, unsigned file, bool threats)
{
	struct demo_entry *e = &d->entry[d->entry_count];
	int rc = load_run(d, file, false);
	struct demo_run *on = &d->run[d->run_count - 1];

	if (rc != CLI_OK)
		return rc;
	if ((on->c.sc.threat.id[0] != '\0') != threats) {
		cli_case_free(&on->c);
		d->run_count--;
		return CLI_OK;
	}
	e->file = d->scenarios.name[file];
	e->on = on;
	if (threats) {
		rc = load_run(d, file, true);
		e->off = &d->run[d->run_count - 1];
	}
	d->entry_count++;
	return rc;
}

/* Threats first, then demonstrations, each by file name. */
static int load_all(struct demo *d)
{
	int rc = cli_scenarios_open(d->args, &d->scenarios);
	unsigned n = d->scenarios.count;

	if (rc != CLI_OK)
		return rc;
	if (n == 0) {
		cli_error("%s: holds no scenario", d->scenarios.folder);
		return CLI_USAGE;
	}
	d->run = calloc(2u * (size_t)n + 1, sizeof(*d->run));
	d->entry = calloc((size_t)n + 1, sizeof(*d->entry));
	d->rows = json_array();
	if (!d->run || !d->entry || !d->rows) {
		cli_error("out of memory");
		return CLI_BUG;
	}
	for (unsigned i = 0; i < 2 * n && rc == CLI_OK; i++)
		rc = load_entry(d, i % n, i < n);
	return rc;
}

static void free_all(struct demo *d)
{
	for (unsigned i = 0; i < d->run_count; i++)
		cli_case_free(&d->run[i].c);
	free(d->run);
	free(d->entry);
	json_decref(d->rows);
	cli_scenarios_close(&d->scenarios);
}

/* --- the end --- */

static json_t *summary_json(const struct demo *d, bool interrupted)
{
	return json_pack("{s:s, s:s, s:b, s:i, s:i, s:i, s:i, s:i, s:i, s:O}", "schema", SCHEMA,
			 "version", IWC_VERSION, "partial", interrupted, "threats", (int)d->threats,
			 "held", (int)d->held, "broke_as_announced", (int)d->broke,
			 "demonstrations", (int)d->demonstrations, "passed", (int)d->passed,
			 "errors", (int)d->errors, "rows", d->rows);
}

static int write_files(const struct demo *d, const json_t *json)
{
	char *path = cli_path(d->out, MARKER), *index = cli_path(d->out, "index.html"),
	     *text = NULL;
	char err[1024] = "";
	int rc = CLI_FAILED;

	if (path && index)
		text = json_dumps(json, JSON_INDENT(1));
	if (text && cli_append(&text, "\n"))
		rc = cli_write_file(path, text, strlen(text));
	if (rc == CLI_OK && report_index_write(d->rows, index, err, sizeof(err)) != 0) {
		cli_error("%s", err);
		rc = CLI_FAILED;
	}
	free(text);
	free(index);
	free(path);
	return rc;
}

static int finish(struct demo *d, bool interrupted)
{
	json_t *json = summary_json(d, interrupted);
	bool good = d->held == d->threats && d->broke == d->threats &&
		    d->passed == d->demonstrations && d->errors == 0;
	int rc = json && d->out ? write_files(d, json) : CLI_OK;

	if (cli_given(d->args, CLI_JSON)) {
		int printed = cli_print_json(json_incref(json));

		rc = rc == CLI_OK ? printed : rc;
	} else {
		printf("\n%s%u threats: %u held with the countermeasure on, %u broke as announced "
		       "with it off\n%u demonstrations: %u passed\n",
		       interrupted ? "interrupted: " : "", d->threats, d->held, d->broke,
		       d->demonstrations, d->passed);
		if (d->out)
			printf("index: %s/index.html\n", d->out);
		else if (!cli_given(d->args, CLI_QUIET))
			puts("hint: --out DIR keeps the traces, the captures and the reports");
	}
	json_decref(json);
	if (!good)
		return CLI_FAILED;
	return rc == CLI_OK && interrupted ? CLI_UNDECIDED : rc;
}

static int run_all(struct demo *d)
{
	struct cli_pool pool = {.count = d->run_count,
				.record_max_bytes = sizeof(struct demo_record),
				.work = work,
				.take = take,
				.ctx = d,
				.what = "demo",
				.units = d->run_count,
				.quiet = cli_given(d->args, CLI_QUIET)};
	struct cli_pool_end end;
	int rc = cli_jobs(d->args, &pool.jobs);

	if (rc == CLI_OK && d->out)
		rc = cli_out_folder(d->out, MARKER, cli_given(d->args, CLI_FORCE));
	if (rc == CLI_OK)
		set_widths(d);
	else
		return rc;
	rc = cli_pool_run(&pool, &end);
	if (end.died) {
		char *line = cli_case_reproduce(&d->run[end.label].c, d->run[end.label].c.seed);

		cli_error("bug: a worker ended by %s %d", end.signal ? "signal" : "itself",
			  end.signal);
		if (line)
			fprintf(stderr, "reproduce: %s\n", line);
		free(line);
	}
	return rc == CLI_OK ? finish(d, end.interrupted) : rc;
}

int cli_demo(const struct cli_args *args)
{
	struct demo *d = calloc(1, sizeof(*d));
	int rc;

	if (!d) {
		cli_error("out of memory");
		return CLI_BUG;
	}
	d->args = args;
	d->out = args->value[CLI_OUT];
	rc = load_all(d);
	if (rc == CLI_OK)
		rc = run_all(d);
	free_all(d);
	free(d);
	return rc;
}
