/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_sweep.c - iwc sweep: one scenario, many seeds, worker processes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "cli_sweep.h"
#include "scenario_file.h"

#define CHUNK_MAX 64u
#define SEEDS_MAX UINT64_C(1000000000000)
#define SHARDS_MAX UINT64_C(1000000)
#define SHOWN_MAX 10u
#define FILE_BYTES_MAX (64u << 20)

struct job_sweep {
	const struct cli_args *args;
	struct cli_case c;
	uint64_t first, count; /* seeds */
	uint64_t chunk;
	bool fail_fast;
	struct sweep total;
	int rc; /* of a run that could not be made */
};

/* What a worker says about a chunk of consecutive seeds. */
struct chunk {
	uint64_t done; /* the first so many seeds of the chunk */
	uint64_t passed, undecided;
	uint64_t virtual_ns, accesses, steps, frames_sent, frames_delivered;
	uint64_t property_failed[SIM_PROPERTIES];
	uint32_t checked;
	int rc; /* of sim_run; negative ends the chunk */
	char err[512];
	unsigned failed;
	struct sweep_failure failure[CHUNK_MAX];
};

/* --- in a worker --- */

static void count_seed(struct chunk *k, uint64_t seed, const struct sim_summary *s)
{
	k->done++;
	k->virtual_ns += s->end_ns;
	k->accesses += s->accesses;
	k->steps += s->steps;
	k->frames_sent += s->frames_sent;
	k->frames_delivered += s->frames_delivered;
	k->checked |= s->checked | s->violated;
	for (unsigned i = 0; i < SIM_PROPERTIES; i++)
		k->property_failed[i] += (s->violated >> i) & 1;
	if (s->verdict == SIM_PASS)
		k->passed++;
	else if (s->verdict != SIM_FAIL)
		k->undecided++;
	else
		k->failure[k->failed++] = (struct sweep_failure){
		    .seed = seed, .trace_hash = s->trace_hash, .first = s->first};
}

static size_t work(void *ctx, uint64_t job, void *record)
{
	struct job_sweep *j = ctx;
	struct chunk *k = record;
	struct sim_options opt = {.stop = cli_stop};
	uint64_t begin = job * j->chunk, left = j->count - begin;

	memset(k, 0, offsetof(struct chunk, failure));
	if (left > j->chunk)
		left = j->chunk;
	for (uint64_t i = 0; i < left && *cli_stop == 0; i++) {
		struct sim_result result = {0};

		opt.seed = j->first + begin + i;
		cli_pool_unit(opt.seed);
		k->rc = sim_run(&j->c.sc, &opt, &result, k->err, sizeof(k->err));
		if (k->rc != 0)
			break;
		if (!result.summary.partial)
			count_seed(k, opt.seed, &result.summary);
		sim_result_free(&result);
		if (j->fail_fast && k->failed > 0)
			break;
	}
	return offsetof(struct chunk, failure) + k->failed * sizeof(k->failure[0]);
}

/* --- in the parent --- */

static bool add_chunk(struct job_sweep *j, uint64_t first, const struct chunk *k)
{
	struct sweep *t = &j->total;

	if (k->done > 0 && !sweep_add_range(t, first, first + k->done - 1))
		return false;
	t->passed += k->passed;
	t->undecided += k->undecided;
	t->virtual_ns += k->virtual_ns;
	t->accesses += k->accesses;
	t->steps += k->steps;
	t->frames_sent += k->frames_sent;
	t->frames_delivered += k->frames_delivered;
	t->checked |= k->checked;
	for (unsigned i = 0; i < SIM_PROPERTIES; i++)
		t->property_failed[i] += k->property_failed[i];
	for (unsigned i = 0; i < k->failed; i++)
		sweep_add_failure(t, &k->failure[i]);
	return true;
}

static bool take(void *ctx, uint64_t job, const void *record, size_t len)
{
	struct job_sweep *j = ctx;
	const struct chunk *k = record;
	uint64_t first = j->first + job * j->chunk;

	(void)len;
	if (!add_chunk(j, first, k)) {
		cli_error("out of memory");
		j->rc = CLI_BUG;
		return false;
	}
	if (k->rc != 0) {
		cli_error("seed %" PRIu64 ":", first + k->done);
		j->rc = cli_sim_error(k->rc, k->err);
		return false;
	}
	if (!j->fail_fast || k->failed == 0)
		return true;
	if (first + k->done != j->first + j->count)
		j->total.stopped = SWEEP_FIRST_FAILURE;
	return false;
}

/* --- what to do --- */

static bool parse_pair(const char *text, const char *between, uint64_t *a, uint64_t *b)
{
	const char *middle = strstr(text, between);
	char first[32];

	if (!middle || (size_t)(middle - text) >= sizeof(first))
		return false;
	memcpy(first, text, (size_t)(middle - text));
	first[middle - text] = '\0';
	return cli_parse_u64(first, a) && cli_parse_u64(middle + strlen(between), b);
}

static int parse_seeds(const struct cli_args *args, struct job_sweep *j)
{
	const char *seeds = args->value[CLI_SEEDS], *shard = args->value[CLI_SHARD];
	uint64_t last, i = 1, n = 1, low, high;

	if (!seeds) {
		cli_error("sweep: --seeds A..B is missing");
		return CLI_USAGE;
	}
	if (!parse_pair(seeds, "..", &j->first, &last) || last < j->first ||
	    last - j->first >= SEEDS_MAX) {
		cli_error("--seeds %s: A..B is needed, A not above B, each from 0 to %" PRIu64
			  ", at most %" PRIu64 " seeds",
			  seeds, UINT64_MAX, SEEDS_MAX);
		return CLI_USAGE;
	}
	j->count = last - j->first + 1;
	if (shard && (!parse_pair(shard, "/", &i, &n) || i < 1 || i > n || n > SHARDS_MAX)) {
		cli_error("--shard %s: I/N is needed, I from 1 to N, N at most %" PRIu64, shard,
			  SHARDS_MAX);
		return CLI_USAGE;
	}
	if (n > j->count) {
		cli_error("--shard %s: there are only %" PRIu64 " seeds", shard, j->count);
		return CLI_USAGE;
	}
	low = j->count / n * (i - 1) + (j->count % n < i - 1 ? j->count % n : i - 1);
	high = j->count / n * i + (j->count % n < i ? j->count % n : i);
	j->first += low;
	j->count = high - low;
	return CLI_OK;
}

/*
 * FNV-1a over the resolved text: enough to notice that two files are not the same. Where the file
 * is does not matter: shards run on several machines.
 */
static bool hash_scenario(struct scenario *sc, char hash[17])
{
	char *text, first = sc->path[0];
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	sc->path[0] = '\0';
	text = scenario_text(sc);
	sc->path[0] = first;
	if (!text)
		return false;
	for (const char *p = text; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
	snprintf(hash, 17, "%016" PRIx64, h);
	free(text);
	return true;
}

static bool describe(struct job_sweep *j)
{
	struct scenario *sc = &j->c.sc;
	struct sweep *t = &j->total;

	memcpy(t->name, sc->name, sizeof(t->name));
	memcpy(t->title, sc->title, sizeof(t->title));
	memcpy(t->path, j->c.file, sizeof(t->path));
	t->off = j->c.off;
	t->breaks = j->c.off ? sc->threat.breaks : 0;
	t->options = strdup(j->c.flags);
	return t->options && hash_scenario(sc, t->hash);
}

/* --- output --- */

static bool is_sweep_file(const char *path)
{
	json_t *json = json_load_file(path, 0, NULL);
	const char *schema = json_string_value(json_object_get(json, "schema"));
	bool is = schema && strcmp(schema, SWEEP_SCHEMA) == 0;

	json_decref(json);
	return is;
}

/* Better refused now than after hours of work. */
static int check_out(const struct cli_args *args)
{
	const char *path = args->value[CLI_OUT], *slash;
	char *folder;
	int rc = CLI_OK;

	if (!path)
		return CLI_OK;
	if (access(path, F_OK) == 0) {
		if (cli_given(args, CLI_FORCE) || is_sweep_file(path))
			return CLI_OK;
		cli_error("%s: exists and is no result of a sweep; --force overwrites it", path);
		return CLI_USAGE;
	}
	slash = strrchr(path, '/');
	folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	if (folder && access(folder, W_OK | X_OK) != 0) {
		cli_error("%s: cannot write into the folder %s", path, folder);
		rc = CLI_USAGE;
	}
	free(folder);
	return rc;
}

static int write_out(const struct cli_args *args, const json_t *json)
{
	char *text;
	int rc = CLI_BUG;

	if (!args->value[CLI_OUT])
		return CLI_OK;
	text = json_dumps(json, JSON_INDENT(1));
	if (text && cli_append(&text, "\n"))
		rc = cli_write_file(args->value[CLI_OUT], text, strlen(text));
	free(text);
	return rc;
}

static void print_failure(const json_t *f)
{
	char time[40];

	cli_time((uint64_t)json_integer_value(json_object_get(f, "time_ns")), time, sizeof(time));
	printf("  seed %s  %s in %s at %s, %s: %s\n    reproduce: %s\n",
	       json_string_value(json_object_get(f, "seed")),
	       json_string_value(json_object_get(f, "property")),
	       json_string_value(json_object_get(f, "world")), time,
	       json_string_value(json_object_get(f, "detector")),
	       json_string_value(json_object_get(f, "text")),
	       json_string_value(json_object_get(f, "reproduce")));
}

static void print_human(const struct sweep *s, const json_t *json, bool hint)
{
	enum sim_verdict verdict = sweep_verdict(s);
	const json_t *failures = json_object_get(json, "failures");
	char reason[256];

	printf("%s%s%s  seeds", cli_colour(CLI_BOLD), s->name, cli_colour(CLI_PLAIN));
	for (unsigned i = 0; i < s->range_count && i < SHOWN_MAX; i++)
		printf(" %" PRIu64 "..%" PRIu64, s->range[i].first, s->range[i].last);
	printf("%s%s\n", s->range_count > SHOWN_MAX ? " ..." : "",
	       s->off ? "  countermeasure off" : "");
	sweep_reason(s, reason, sizeof(reason));
	printf("%s%s%s: %s\n", cli_colour(cli_verdict_colour(verdict)), sim_verdict_name(verdict),
	       cli_colour(CLI_PLAIN), reason);
	for (unsigned i = 0; i < s->detector_count; i++)
		printf("  %-24s %" PRIu64 "\n", s->detector[i].name, s->detector[i].count);
	for (unsigned i = 0; i < s->failure_count && i < SHOWN_MAX; i++)
		print_failure(json_array_get(failures, i));
	if (s->failed > SHOWN_MAX)
		printf("  and %" PRIu64 " more\n", s->failed - SHOWN_MAX);
	if (hint)
		puts("hint: --out FILE.json keeps the result");
}

static int finish(const struct cli_args *args, const struct sweep *s)
{
	json_t *json = sweep_to_json(s);
	int rc;

	if (!json) {
		cli_error("out of memory");
		return CLI_BUG;
	}
	rc = write_out(args, json);
	if (cli_given(args, CLI_JSON)) {
		int printed = cli_print_json(json);

		rc = rc == CLI_OK ? printed : rc;
	} else {
		print_human(s, json, !args->value[CLI_OUT] && !cli_given(args, CLI_QUIET));
		json_decref(json);
	}
	if (s->failed > 0)
		return CLI_FAILED;
	if (rc == CLI_OK && sweep_verdict(s) != SIM_PASS)
		return CLI_UNDECIDED;
	return rc;
}

/* --- merge --- */

static bool load_sweep(const char *path, struct sweep *s)
{
	char err[512] = "";
	json_error_t where;
	size_t len;
	char *text = cli_read_file(path, FILE_BYTES_MAX, &len, err, sizeof(err));
	json_t *json;
	bool good = false;

	if (!text) {
		cli_error("%s", err);
		return false;
	}
	json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);
	free(text);
	if (!json)
		cli_error("%s:%d: %s", path, where.line, where.text);
	else if (!(good = sweep_from_json(s, json, err, sizeof(err))))
		cli_error("%s: %s", path, err);
	json_decref(json);
	return good;
}

static int merge(const struct cli_args *args)
{
	struct sweep *total = calloc(2, sizeof(*total)), *part = total ? total + 1 : NULL;
	char err[512] = "";
	int rc = check_out(args);

	if (!total)
		rc = CLI_BUG;
	for (int i = 0; rc == CLI_OK && i < args->operand_count; i++) {
		if (!load_sweep(args->operand[i], i == 0 ? total : part)) {
			rc = CLI_USAGE;
		} else if (i > 0) {
			if (!sweep_merge(total, part, err, sizeof(err))) {
				cli_error("%s: %s", args->operand[i], err);
				rc = CLI_USAGE;
			}
			sweep_free(part);
		}
	}
	if (rc == CLI_OK)
		rc = finish(args, total);
	if (total)
		sweep_free(total);
	free(total);
	return rc;
}

/* --- run --- */

static int report_death(const struct job_sweep *j, const struct cli_pool_end *end)
{
	char *line = cli_case_reproduce(&j->c, end->label);

	cli_error("bug: a worker ended by %s %d while it ran seed %" PRIu64,
		  end->signal ? "signal" : "itself", end->signal, end->label);
	if (line)
		fprintf(stderr, "reproduce: %s\n", line);
	free(line);
	return CLI_BUG;
}

static int sweep(struct job_sweep *j)
{
	struct cli_pool pool = {.what = j->c.sc.name, .work = work, .take = take, .ctx = j};
	struct cli_pool_end end;
	int rc = cli_jobs(j->args, &pool.jobs);

	if (rc != CLI_OK)
		return rc;
	j->chunk = j->count / (8u * (uint64_t)pool.jobs) + 1;
	if (j->chunk > CHUNK_MAX)
		j->chunk = CHUNK_MAX;
	pool.count = (j->count + j->chunk - 1) / j->chunk;
	pool.record_max_bytes = sizeof(struct chunk);
	pool.units = j->count;
	pool.quiet = cli_given(j->args, CLI_QUIET);
	rc = cli_pool_run(&pool, &end);
	if (end.interrupted && sweep_count(&j->total) < j->count)
		j->total.stopped = SWEEP_INTERRUPTED;
	if (end.died)
		return report_death(j, &end);
	if (rc != CLI_OK || j->rc != CLI_OK)
		return rc != CLI_OK ? rc : j->rc;
	return finish(j->args, &j->total);
}

static int check_options(const struct cli_args *args)
{
	const uint64_t runs = CLI_CASE_OPTIONS | CLI_BIT(CLI_SEEDS) | CLI_BIT(CLI_JOBS) |
			      CLI_BIT(CLI_SHARD) | CLI_BIT(CLI_FAIL_FAST);

	if (cli_given(args, CLI_MERGE) && (args->given & runs) != 0) {
		cli_error("sweep --merge takes result files, --out, --force, --json and --quiet");
		return CLI_USAGE;
	}
	if (!cli_given(args, CLI_MERGE) && args->operand_count != 1) {
		cli_error("sweep: '%s' is one word too many", args->operand[1]);
		return CLI_USAGE;
	}
	return CLI_OK;
}

int cli_sweep(const struct cli_args *args)
{
	struct job_sweep *j;
	int rc = check_options(args);

	if (rc != CLI_OK || cli_given(args, CLI_MERGE))
		return rc != CLI_OK ? rc : merge(args);
	j = calloc(1, sizeof(*j));
	if (!j) {
		cli_error("out of memory");
		return CLI_BUG;
	}
	j->args = args;
	j->fail_fast = cli_given(args, CLI_FAIL_FAST);
	rc = parse_seeds(args, j);
	if (rc == CLI_OK)
		rc = check_out(args);
	if (rc == CLI_OK)
		rc = cli_case_load(args, args->operand[0], &j->c);
	if (rc == CLI_OK) {
		rc = describe(j) ? sweep(j) : CLI_BUG;
		cli_case_free(&j->c);
	}
	sweep_free(&j->total);
	free(j);
	return rc;
}
