/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_case.c - a scenario with everything that the command line says about it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "scenario_file.h"

#define ERR_MAX 1024
#define MUTED_MAX 1000000u

/* --- which file --- */

static const char *scenario_next(const void *ctx, unsigned i)
{
	const struct cli_scenarios *s = ctx;

	return i < s->count ? s->name[i] : NULL;
}

/* Does a plain name mean this scenario: NAME, NAME.cfg, or as the beginning of NAME-...? */
static bool means(const char *name, const char *scenario, bool *exactly)
{
	size_t len = strlen(scenario);

	*exactly = strncmp(name, scenario, len) == 0 &&
		   (name[len] == '\0' || strcmp(name + len, ".cfg") == 0);
	len = strlen(name);
	return *exactly || (strncmp(scenario, name, len) == 0 && scenario[len] == '-');
}

/* Index of the scenario that name means; -1: none, -2: more than one. */
static int match(const struct cli_scenarios *s, const char *name)
{
	int found = -1;

	for (unsigned i = 0; i < s->count; i++) {
		bool exactly;

		if (!means(name, s->name[i], &exactly))
			continue;
		if (exactly)
			return (int)i;
		found = found == -1 ? (int)i : -2;
	}
	return found;
}

static int no_match(const struct cli_scenarios *s, const char *name, int found)
{
	const char *near = cli_nearest(name, scenario_next, s);

	if (found == -2)
		cli_error("%s: there is more than one %s-... in %s", name, name, s->folder);
	else
		cli_error("%s: no such file, and no such scenario in %s%s%s%s", name, s->folder,
			  near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
	return CLI_USAGE;
}

static int look_up(const struct cli_args *args, const char *name, char *path, size_t size)
{
	struct cli_scenarios s;
	char *full = NULL;
	int found, rc;

	if (!cli_scenarios_there(args) && !cli_given(args, CLI_SCENARIOS)) {
		cli_error("%s: %s", name, strerror(ENOENT));
		return CLI_USAGE;
	}
	rc = cli_scenarios_open(args, &s);
	if (rc != CLI_OK)
		return rc;
	found = match(&s, name);
	if (found < 0)
		rc = no_match(&s, name, found);
	else
		full = cli_scenarios_path(&s, (unsigned)found);
	if (full && strlen(full) < size)
		memcpy(path, full, strlen(full) + 1);
	else if (rc == CLI_OK)
		rc = CLI_USAGE;
	free(full);
	cli_scenarios_close(&s);
	return rc;
}

static int find_file(const struct cli_args *args, const char *name, char *path, size_t size)
{
	if (strlen(name) >= size || *name == '\0') {
		cli_error("'%.40s': a path of 1 to %zu bytes is needed", name, size - 1);
		return CLI_USAGE;
	}
	if (!strchr(name, '/') && access(name, F_OK) != 0)
		return look_up(args, name, path, size);
	snprintf(path, size, "%s", name);
	return CLI_OK;
}

/* --- what the options change --- */

static int load(const struct cli_args *args, const char *path, struct scenario *sc)
{
	const char **sets = calloc((size_t)args->set_count + 1, sizeof(*sets));
	unsigned count = args->set_count;
	char err[ERR_MAX] = "", *duration = NULL;
	int rc = -1;

	if (sets && args->set_count)
		memcpy(sets, args->set, args->set_count * sizeof(*sets));
	if (sets && cli_given(args, CLI_DURATION)) {
		if (cli_append(&duration, "duration=%s", args->value[CLI_DURATION]))
			sets[count++] = duration;
	}
	if (sets)
		rc = scenario_load(sc, path, sets, count, err, sizeof(err));
	free(duration);
	free(sets);
	if (rc == 0)
		return CLI_OK;
	fprintf(stderr, "%s\n", *err ? err : "iwc: out of memory");
	return CLI_USAGE;
}

static int add_replay(const struct cli_args *args, struct scenario *sc)
{
	const char *file = args->value[CLI_REPLAY];
	struct sim_flow *flow;

	if (cli_given(args, CLI_FILTER) && !file) {
		cli_error("--filter goes with --replay");
		return CLI_USAGE;
	}
	if (!file)
		return CLI_OK;
	if (access(file, R_OK) != 0) {
		cli_error("--replay %s: %s", file, strerror(errno));
		return CLI_USAGE;
	}
	if (sc->flow_count == SIM_FLOWS_MAX) {
		cli_error("--replay: the scenario has %u flows already, which is the most",
			  SIM_FLOWS_MAX);
		return CLI_USAGE;
	}
	flow = &sc->flow[sc->flow_count];
	*flow = (struct sim_flow){
	    .kind = SIM_FLOW_REPLAY,
	    .from = SIM_NS,
	    .cls = sc->channel.class_count - 1,
	    .speed = 1,
	};
	snprintf(flow->name, sizeof(flow->name), "replay");
	if (!realpath(file, flow->file)) {
		cli_error("--replay %s: %s", file, strerror(errno));
		return CLI_USAGE;
	}
	if (cli_given(args, CLI_FILTER))
		snprintf(flow->filter, sizeof(flow->filter), "%s", args->value[CLI_FILTER]);
	sc->flow_count++;
	return CLI_OK;
}

static const char *core_next(const void *ctx, unsigned i)
{
	(void)ctx;
	return sim_core_name_at(i);
}

int cli_case_check_cores(const struct scenario *sc)
{
	const char *names[] = {sc->core[SIM_NS], sc->core[SIM_S], sc->threat.off_core};

	for (unsigned i = 0; i < 3; i++) {
		const char *near;

		if (*names[i] == '\0' || sim_core_exists(names[i]))
			continue;
		near = cli_nearest(names[i], core_next, NULL);
		fprintf(stderr, "%s: there is no core '%s'%s%s%s ('iwc list cores')\n", sc->path,
			names[i], near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
		return CLI_USAGE;
	}
	return CLI_OK;
}

static int apply(const struct cli_args *args, struct cli_case *c)
{
	char err[ERR_MAX] = "";
	int rc = add_replay(args, &c->sc);

	if (rc != CLI_OK)
		return rc;
	c->off = cli_given(args, CLI_OFF);
	if (c->off && c->sc.threat.id[0] == '\0') {
		fprintf(stderr,
			"%s: --off: the scenario names no threat whose countermeasure could be "
			"taken away\n",
			c->sc.path);
		return CLI_USAGE;
	}
	if ((c->off && scenario_apply_off(&c->sc, err, sizeof(err)) != 0) ||
	    !scenario_check(&c->sc, err, sizeof(err))) {
		fprintf(stderr, "%s\n", err);
		return CLI_USAGE;
	}
	rc = cli_case_check_cores(&c->sc);
	return rc == CLI_OK ? cli_captures_check(&c->sc, cli_given(args, CLI_QUIET)) : rc;
}

const char *cli_off_text(const struct scenario *sc, char *buf, size_t size)
{
	static const char *const world[] = {"ns", "s"};
	size_t len = 0;

	buf[0] = '\0';
	for (unsigned w = 0; w < SIM_WORLDS && len < size; w++)
		if (strcmp(sc->core[w], "core") != 0)
			len += (size_t)snprintf(buf + len, size - len, "%score %s on %s",
						len ? ", " : "", sc->core[w], world[w]);
	for (unsigned b = 0; b < 32 && len < size; b++)
		if ((sc->weakness & (1u << b)) != 0)
			len += (size_t)snprintf(buf + len, size - len, "%s%s", len ? ", " : "",
						scenario_weakness_name(b));
	return buf;
}

/* --- --mute --- */

/* A firing is named by its fault and its count there: sim_firing.number has both. */
static bool mute_range(struct cli_case *c, uint64_t fault, uint64_t first, uint64_t last)
{
	uint64_t *muted;
	unsigned count = c->muted_count;

	if (fault >= SIM_FAULTS_MAX || last < first || last > UINT32_MAX ||
	    last - first >= MUTED_MAX - count)
		return false;
	first |= fault << 32;
	last |= fault << 32;
	if (count > 0 && first <= c->muted[count - 1])
		return false;
	muted = realloc(c->muted, (count + (size_t)(last - first) + 1) * sizeof(*muted));
	if (!muted)
		return false;
	c->muted = muted;
	while (first <= last)
		muted[count++] = first++;
	c->muted_count = count;
	return true;
}

static bool read_number(const char **p, uint64_t *value)
{
	char *end;

	if (**p < '0' || **p > '9')
		return false;
	errno = 0;
	*value = strtoull(*p, &end, 10);
	*p = end;
	return errno == 0 && *value < UINT64_MAX;
}

bool cli_case_mute(struct cli_case *c, const char *text)
{
	const char *p = text;

	for (;;) {
		uint64_t fault, first, last;

		if (!read_number(&p, &fault) || *p++ != ':' || !read_number(&p, &first))
			return false;
		last = first;
		if (*p == '-' && (p++, !read_number(&p, &last)))
			return false;
		if (!mute_range(c, fault, first, last))
			return false;
		if (*p == '\0')
			return true;
		if (*p++ != ',')
			return false;
	}
}

char *cli_mute_text(const struct cli_case *c)
{
	char *text = NULL;
	bool good = cli_append(&text, "%s", "");

	for (unsigned i = 0; good && i < c->muted_count; i++) {
		unsigned first = i;

		while (i + 1 < c->muted_count && c->muted[i + 1] == c->muted[i] + 1)
			i++;
		good = cli_append(&text, "%s%" PRIu64 ":%" PRIu64, first ? "," : "",
				  c->muted[first] >> 32, c->muted[first] & UINT32_MAX);
		if (good && i > first)
			good = cli_append(&text, "-%" PRIu64, c->muted[i] & UINT32_MAX);
	}
	return text;
}

static int load_mute(const struct cli_args *args, struct cli_case *c)
{
	if (!cli_given(args, CLI_MUTE) || cli_case_mute(c, args->value[CLI_MUTE]))
		return CLI_OK;
	cli_error(
	    "--mute %.60s: FAULT:FIRING in rising order is needed, such as 0:0-3,1:7, at most %u",
	    args->value[CLI_MUTE], MUTED_MAX);
	return CLI_USAGE;
}

/* --- the reproduce line --- */

static bool add_flag(char **flags, const char *name, const char *value)
{
	char *quoted = cli_quote(value);
	bool good = quoted && cli_append(flags, " --%s %s", name, quoted);

	free(quoted);
	return good;
}

static bool build_flags(const struct cli_args *args, struct cli_case *c)
{
	static const enum cli_option_id valued[] = {CLI_DURATION, CLI_REPLAY, CLI_FILTER, CLI_MUTE};
	static const enum cli_option_id plain[] = {CLI_THREADS, CLI_KEEP_GOING};
	bool good = cli_append(&c->flags, "%s", c->off ? " --off" : "");

	for (unsigned i = 0; good && i < args->set_count; i++)
		good = add_flag(&c->flags, "set", args->set[i]);
	for (unsigned i = 0; good && i < sizeof(valued) / sizeof(valued[0]); i++)
		if (cli_given(args, valued[i]))
			good = add_flag(&c->flags, cli_option_table[valued[i]].name,
					args->value[valued[i]]);
	for (unsigned i = 0; good && i < sizeof(plain) / sizeof(plain[0]); i++)
		if (cli_given(args, plain[i]))
			good = cli_append(&c->flags, " --%s", cli_option_table[plain[i]].name);
	return good;
}

char *cli_case_reproduce(const struct cli_case *c, uint64_t seed)
{
	char *line = NULL, *path = cli_quote(c->file);

	if (!path || !cli_append(&line, "iwc run %s --seed %" PRIu64 "%s", path, seed, c->flags))
		cli_error("out of memory");
	free(path);
	return line;
}

/* --- load and free --- */

int cli_case_load(const struct cli_args *args, const char *name, struct cli_case *c)
{
	int rc;

	*c = (struct cli_case){0};
	rc = find_file(args, name, c->file, sizeof(c->file));
	if (rc == CLI_OK)
		rc = load(args, c->file, &c->sc);
	if (rc == CLI_OK)
		rc = apply(args, c);
	if (rc == CLI_OK)
		rc = load_mute(args, c);
	c->seed = c->sc.seed;
	if (rc == CLI_OK)
		rc = cli_option_u64(args, CLI_SEED, 0, UINT64_MAX, &c->seed);
	c->threads = cli_given(args, CLI_THREADS);
	c->keep_going = cli_given(args, CLI_KEEP_GOING);
	c->trace_accesses = cli_given(args, CLI_TRACE_ACCESSES);
	if (rc == CLI_OK && !build_flags(args, c)) {
		cli_error("out of memory");
		rc = CLI_BUG;
	}
	if (rc != CLI_OK)
		cli_case_free(c);
	return rc;
}

void cli_case_free(struct cli_case *c)
{
	free(c->flags);
	free(c->muted);
	c->flags = NULL;
	c->muted = NULL;
}

int cli_sim_error(int rc, const char *err)
{
	if (rc == -2) {
		fprintf(stderr, "%s\n", err);
		return CLI_USAGE;
	}
	cli_error("%s%s", rc == -1 ? "" : "bug: ", err);
	return rc == -1 ? CLI_FAILED : CLI_BUG;
}

int cli_case_run(const struct cli_args *args, const struct cli_case *c, const char *out,
		 struct sim_result *result)
{
	struct cli_progress progress;
	struct sim_options opt = {
	    .seed = c->seed,
	    .threads = c->threads,
	    .keep_going = c->keep_going,
	    .trace_accesses = c->trace_accesses,
	    .out = out,
	    .stream = c->stream,
	    .muted = c->muted,
	    .muted_count = c->muted_count,
	    .stop = cli_stop,
	    .progress = cli_progress_run,
	    .progress_ctx = &progress,
	};
	char err[1024] = "";
	int rc;

	cli_progress_begin(&progress, c->sc.name, cli_given(args, CLI_QUIET));
	rc = sim_run(&c->sc, &opt, result, err, sizeof(err));
	cli_progress_end(&progress);
	return rc == 0 ? CLI_OK : cli_sim_error(rc, err);
}
