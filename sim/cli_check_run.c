/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_check_run.c - running one check of the table, and the file that keeps its result. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli_check.h"
#include "version.h"

#define LOG_BYTES_MAX (256u << 20)
#define WORDS_MAX 32u
#define DEPTH_MAX 16u

/* --- what a result depends on --- */

/* FNV-1a: against accidents, not against an enemy. */
static uint64_t mix(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len-- > 0)
		hash = (hash ^ *p++) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
	return mix(hash, text, strlen(text) + 1);
}

/* The table itself is none: of it a result depends on its own entry. */
static int is_source(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "checks.cfg") != 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static uint64_t mix_file(uint64_t hash, const char *path)
{
	FILE *file = fopen(path, "r");
	char part[65536];
	size_t n;

	if (!file)
		return mix_text(hash, strerror(errno));
	while ((n = fread(part, 1, sizeof(part), file)) > 0)
		hash = mix(hash, part, n);
	fclose(file);
	return hash;
}

static uint64_t mix_tree(uint64_t hash, const char *path, unsigned depth)
{
	struct dirent **entry = NULL;
	int count = depth < DEPTH_MAX ? scandir(path, &entry, is_source, by_name) : 0;

	if (count < 0)
		return mix_file(hash, path);
	for (int i = 0; i < count; i++) {
		char *below = cli_path(path, entry[i]->d_name);

		hash = mix_text(hash, entry[i]->d_name);
		if (below)
			hash = mix_tree(hash, below, depth + 1);
		free(below);
		free(entry[i]);
	}
	free(entry);
	return hash;
}

void check_hash(const struct check_table *t, const struct check *c, char hash[17])
{
	uint64_t h = mix_text(UINT64_C(0xcbf29ce484222325), IWC_VERSION);

	h = mix_text(h, c->command);
	h = mix_text(h, c->fails);
	h = mix(h, &c->time_s, sizeof(c->time_s));
	for (unsigned i = 0; i < c->folders; i++) {
		char *path = cli_path(t->root, c->folder[i]);

		h = mix_text(h, c->folder[i]);
		if (path)
			h = mix_tree(h, path, 0);
		free(path);
	}
	snprintf(hash, 17, "%016" PRIx64, h);
}

/* --- verdicts --- */

struct outcome {
	const char *verdict;
	char why[400];
};

static void say(struct outcome *o, const char *verdict, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(struct outcome *o, const char *verdict, const char *format, ...)
{
	va_list ap;

	o->verdict = verdict;
	va_start(ap, format);
	vsnprintf(o->why, sizeof(o->why), format, ap);
	va_end(ap);
}

/* Does list, words between spaces, have the word? */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; len > 0 && (at = strstr(at, word)) != NULL; at++)
		if ((at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

/* A deliberate break: it passes by failing in the way that the table announces. */
static void judge_break(const struct check *c, const json_t *line, struct outcome *o)
{
	const char *broke = cli_json_text(line, "property");

	if (strcmp(o->verdict, "PASS") == 0)
		say(o, "FAIL", "did NOT break as announced: %s held", c->fails);
	else if (strcmp(o->verdict, "FAIL") != 0)
		return;
	else if (has_word(c->fails, broke))
		say(o, "PASS", "broke %s as announced: %s", broke, cli_json_text(line, "detector"));
	else
		say(o, "FAIL", "broke %s instead of %s", *broke ? broke : "nothing that it names",
		    c->fails);
}

static void judge(const struct check *c, const struct cli_child_end *end, const json_t *line,
		  const char *fault, struct outcome *o)
{
	const char *verdict = cli_json_text(line, "verdict"), *why = cli_json_text(line, "why");

	if (end->timed_out && strcmp(verdict, "FAIL") != 0) {
		say(o, "UNDECIDED", "time: %u s were over before the check", c->time_s);
	} else if (!line && end->signal) {
		say(o, "FAIL", "no verdict: %s; ended by signal %d", fault, end->signal);
	} else if (!line) {
		say(o, "FAIL", "no verdict: %s; exit code %d", fault, end->status);
	} else if (end->status != cli_verdict_code(verdict)) {
		say(o, "FAIL", "no verdict: it says %s and exits with %d", verdict, end->status);
	} else {
		say(o, verdict, "%s", *why ? why : cli_json_text(line, "text"));
		if (*c->fails)
			judge_break(c, line, o);
	}
}

/* --- running --- */

static json_t *begin_result(const struct check_table *t, const struct check *c)
{
	char properties[80], hash[17];

	check_hash(t, c, hash);
	return json_pack(
	    "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "schema", "iwc-check-result-1",
	    "version", IWC_VERSION, "id", c->id, "hash", hash, "engine", check_engines[c->engine],
	    "properties", check_properties(c->properties, properties, sizeof(properties)), "claim",
	    c->claim, "command", c->command, "set", c->full ? "full" : "quick", "break", c->breaks);
}

static json_t *end_result(json_t *result, const struct outcome *o, json_t *line, double seconds)
{
	static const char *const taken[] = {"bounds", "states",	   "transitions", "executions",
					    "proved", "memory_mb", "killed",	  "mutants"};
	char why[400];
	size_t n = 0;

	/* One line, printable: it may come from anywhere. */
	for (const char *p = o->why; *p != '\0'; p++)
		why[n++] = (unsigned char)*p < ' ' ? ' ' : *p;
	why[n] = '\0';
	json_object_set_new(result, "verdict", json_string(o->verdict));
	json_object_set_new(result, "why", json_string(n > 0 ? why : ""));
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		json_t *value = json_object_get(line, taken[i]);

		if (value)
			json_object_set(result, taken[i], value);
	}
	json_object_set_new(result, "seconds", json_real((double)(int64_t)(seconds * 100) / 100));
	if (line)
		json_object_set(result, "line", line);
	return result;
}

/* Written beside and renamed: others may read the folder, or write to it, at the same time. */
static bool keep(const struct check *c, const char *folder, const json_t *result)
{
	char name[96], *path = NULL, *temp = NULL, *text = json_dumps(result, JSON_INDENT(1));
	bool good = false;

	snprintf(name, sizeof(name), "%s.json", c->id);
	path = cli_path(folder, name);
	snprintf(name, sizeof(name), ".%s.%ld", c->id, (long)getpid());
	temp = cli_path(folder, name);
	if (path && temp && text && cli_append(&text, "\n"))
		good = cli_write_file(temp, text, strlen(text)) == CLI_OK;
	if (good && rename(temp, path) != 0) {
		cli_error("%s: %s", path, strerror(errno));
		good = false;
	}
	free(text);
	free(temp);
	free(path);
	return good;
}

/* The folder that make built in, for commands that want to know it. */
static const char *build_folder(void)
{
	const char *given = getenv("O");

	return given && *given ? given : cli_own_folder();
}

/* The words of the command; false: its program is not there. copy holds them. */
static bool split(const struct check_table *t, const struct check *c, char *copy,
		  const char *argv[WORDS_MAX], char *program, size_t program_size)
{
	unsigned n = 0;
	char *rest;

	memcpy(copy, c->command, sizeof(c->command));
	for (char *word = strtok_r(copy, " ", &rest); word && n < WORDS_MAX - 1;
	     word = strtok_r(NULL, " ", &rest))
		argv[n++] = strcmp(word, "$O") == 0 ? build_folder() : word;
	argv[n] = NULL;
	if (n == 0)
		return false;
	if (strcmp(argv[0], "iwc") == 0)
		snprintf(program, program_size, "%s", cli_own_path());
	else
		snprintf(program, program_size, "%s/%s", *argv[0] == '/' ? "" : t->root, argv[0]);
	argv[0] = program;
	return access(program, X_OK) == 0;
}

static json_t *run_command(const struct check_table *t, const struct check *c, const char *log,
			   const char *err, const char *const *argv)
{
	char iwc[SIM_PATH_MAX + 8], build[SIM_PATH_MAX + 8], why[1024], *text;
	const char *env[] = {iwc, build, NULL}, *fault = "";
	struct cli_child child = {.argv = argv,
				  .env = env,
				  .folder = t->root,
				  .out = log,
				  .err = err,
				  .time_s = c->time_s};
	json_t *line = NULL, *result;
	struct cli_child_end end;
	struct outcome o;
	size_t len;

	snprintf(iwc, sizeof(iwc), "IWC=%s", cli_own_path());
	snprintf(build, sizeof(build), "O=%s", build_folder());
	if (cli_child_run(&child, &end) != CLI_OK || end.interrupted)
		return NULL;
	text = cli_read_file(log, LOG_BYTES_MAX, &len, why, sizeof(why));
	if (text)
		line = cli_verdict_line(text, &fault);
	else
		fault = why;
	judge(c, &end, line, fault, &o);
	result = begin_result(t, c);
	if (result)
		end_result(result, &o, line, end.seconds);
	json_decref(line);
	free(text);
	return result;
}

json_t *check_run(const struct check_table *t, const struct check *c, const char *folder)
{
	char copy[sizeof(c->command)], name[64], program[2 * SIM_PATH_MAX], *log, *err;
	const char *argv[WORDS_MAX];
	struct outcome o;
	json_t *result;
	struct stat st;

	snprintf(name, sizeof(name), "%s.log", c->id);
	log = cli_path(folder, name);
	snprintf(name, sizeof(name), "%s.err", c->id);
	err = cli_path(folder, name);
	if (!split(t, c, copy, argv, program, sizeof(program))) {
		say(&o, "SKIP", "%s is missing", program);
		result = begin_result(t, c);
		if (result)
			end_result(result, &o, NULL, 0);
	} else {
		result = log && err ? run_command(t, c, log, err, argv) : NULL;
	}
	if (err && stat(err, &st) == 0 && st.st_size == 0)
		unlink(err);
	free(err);
	free(log);
	if (result && !keep(c, folder, result)) {
		json_decref(result);
		result = NULL;
	}
	return result;
}

json_t *check_result_load(const struct check *c, const char *folder, const char *hash)
{
	char name[64], *path;
	json_t *result;

	snprintf(name, sizeof(name), "%s.json", c->id);
	path = cli_path(folder, name);
	result = path ? json_load_file(path, JSON_REJECT_DUPLICATES, NULL) : NULL;
	free(path);
	if (strcmp(cli_json_text(result, "schema"), "iwc-check-result-1") == 0 &&
	    strcmp(cli_json_text(result, "id"), c->id) == 0 &&
	    (!hash || strcmp(cli_json_text(result, "hash"), hash) == 0))
		return result;
	json_decref(result);
	return NULL;
}
