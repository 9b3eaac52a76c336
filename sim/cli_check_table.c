/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_check_table.c - reading model/checks.cfg. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_check.h"
#include "scenario_schema.h"

#define TABLE "model/checks.cfg"
#define TIME_DEFAULT_S 120
#define TIME_MAX_S 1000000

const char *const check_engines[CHECK_ENGINES] = {"spin-model", "spin-code", "walk",	"litmus",
						  "proof",	"fuzz",	     "conform", "mutants"};

struct reading {
	struct check_table *t;
	struct check *c;
};

static bool fail(const struct reading *r, const config_setting_t *s, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(const struct reading *r, const config_setting_t *s, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%u: ", r->t->path, config_setting_source_line(s));
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	return false;
}

/* --- one value --- */

static bool read_text(const struct reading *r, const config_setting_t *s, char *to, size_t size)
{
	const char *text = config_setting_get_string(s);

	if (!text || *text == '\0' || strlen(text) >= size)
		return fail(r, s, "%s: it needs a text of 1 to %zu characters",
			    config_setting_name(s), size - 1);
	memcpy(to, text, strlen(text) + 1);
	return true;
}

/* It becomes the name of a file. */
static bool read_id(const struct reading *r, const config_setting_t *s)
{
	if (!read_text(r, s, r->c->id, sizeof(r->c->id)))
		return false;
	if (r->c->id[strspn(r->c->id, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0')
		return fail(r, s, "id: letters a-z, digits and - are allowed");
	return true;
}

static const char *engine_at(unsigned i)
{
	return i < CHECK_ENGINES ? check_engines[i] : NULL;
}

static bool read_engine(const struct reading *r, const config_setting_t *s)
{
	const char *text = config_setting_get_string(s);
	struct scenario_note note;

	if (text && scenario_word_find(engine_at, text, &r->c->engine))
		return true;
	scenario_word_unknown("engine", engine_at, text ? text : "", &note);
	return fail(r, s, "%s", note.text);
}

static bool read_properties(const struct reading *r, const config_setting_t *s)
{
	int n = config_setting_is_array(s) ? config_setting_length(s) : -1;

	for (int i = 0; i < n; i++) {
		const char *word = config_setting_get_string_elem(s, i);
		unsigned p;

		if (!word || !scenario_word_find(scenario_property_id, word, &p))
			return fail(r, s, "properties: P1 to P%d are properties, '%.20s' is none",
				    SIM_PROPERTIES, word ? word : "");
		r->c->properties |= SIM_PROPERTY(p + 1);
	}
	return n >= 0 || fail(r, s, "properties: it needs [ ] with properties");
}

/* Properties, and rules of the specification: any word that a verdict line may name. */
static bool read_fails(const struct reading *r, const config_setting_t *s)
{
	int n = config_setting_is_array(s) ? config_setting_length(s) : 0;
	size_t len = 0, size = sizeof(r->c->fails);

	for (int i = 0; i < n; i++) {
		const char *word = config_setting_get_string_elem(s, i);

		if (!word || *word == '\0' || strchr(word, ' ') || len + strlen(word) + 2 > size)
			return fail(r, s, "fails: properties or rules are needed, one a word");
		len += (size_t)snprintf(r->c->fails + len, size - len, "%s%s", i ? " " : "", word);
	}
	r->c->breaks = true;
	return n > 0 || fail(r, s, "fails: it needs [ ] with properties or rules");
}

static bool read_folders(const struct reading *r, const config_setting_t *s)
{
	int n = config_setting_is_array(s) ? config_setting_length(s) : 0;

	if (n < 1 || n > (int)CHECK_FOLDERS_MAX)
		return fail(r, s, "depends: it needs [ ] with 1 to %u folders", CHECK_FOLDERS_MAX);
	r->c->folders = 0;
	for (int i = 0; i < n; i++)
		if (!read_text(r, config_setting_get_elem(s, (unsigned)i),
			       r->c->folder[r->c->folders++], sizeof(r->c->folder[0])))
			return false;
	return true;
}

static bool read_break(const struct reading *r, const config_setting_t *s)
{
	r->c->breaks = config_setting_get_bool(s) != 0;
	return r->c->breaks || fail(r, s, "break: it needs true");
}

static bool read_set(const struct reading *r, const config_setting_t *s)
{
	const char *text = config_setting_get_string(s);

	r->c->full = text && strcmp(text, "full") == 0;
	return r->c->full || (text && strcmp(text, "quick") == 0) ||
	       fail(r, s, "set: it needs \"quick\" or \"full\"");
}

static bool read_time(const struct reading *r, const config_setting_t *s)
{
	int value = config_setting_get_int(s);

	r->c->time_s = (unsigned)value;
	return (value >= 1 && value <= TIME_MAX_S) ||
	       fail(r, s, "timeout: it needs seconds, 1 to %d", TIME_MAX_S);
}

/* A command is a path or this program: what a name means must not depend on PATH. */
static bool read_command(const struct reading *r, const config_setting_t *s)
{
	if (!read_text(r, s, r->c->command, sizeof(r->c->command)))
		return false;
	if (strncmp(r->c->command, "iwc ", 4) != 0 &&
	    !memchr(r->c->command, '/', strcspn(r->c->command, " ")))
		return fail(r, s, "command: it begins with iwc or with a path");
	return true;
}

/* --- one entry --- */

static bool read_key(const struct reading *r, const config_setting_t *s)
{
	const char *name = config_setting_name(s);

	if (strcmp(name, "id") == 0)
		return read_id(r, s);
	if (strcmp(name, "engine") == 0)
		return read_engine(r, s);
	if (strcmp(name, "properties") == 0)
		return read_properties(r, s);
	if (strcmp(name, "fails") == 0)
		return read_fails(r, s);
	if (strcmp(name, "break") == 0)
		return read_break(r, s);
	if (strcmp(name, "claim") == 0)
		return read_text(r, s, r->c->claim, sizeof(r->c->claim));
	if (strcmp(name, "command") == 0)
		return read_command(r, s);
	if (strcmp(name, "set") == 0)
		return read_set(r, s);
	if (strcmp(name, "timeout") == 0)
		return read_time(r, s);
	if (strcmp(name, "depends") == 0)
		return read_folders(r, s);
	return fail(r, s,
		    "there is no key %.40s; there are id, engine, properties, fails, break, claim, "
		    "command, set, timeout, depends",
		    name);
}

static bool read_check(const struct reading *r, const config_setting_t *group)
{
	static const char *const needed[] = {"id", "engine", "properties", "claim", "command"};

	if (!config_setting_is_group(group))
		return fail(r, group, "a check is a group { }");
	*r->c = (struct check){.time_s = TIME_DEFAULT_S, .folders = 2, .folder = {"core", "model"}};
	for (int i = 0; i < config_setting_length(group); i++)
		if (!read_key(r, config_setting_get_elem(group, (unsigned)i)))
			return false;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!config_setting_get_member(group, needed[i]))
			return fail(r, group, "the check has no %s", needed[i]);
	for (const struct check *other = r->t->check; other < r->c; other++)
		if (strcmp(other->id, r->c->id) == 0)
			return fail(r, group, "the id %s stands twice", r->c->id);
	return true;
}

static bool read_table(struct check_table *t, const config_t *cfg)
{
	const config_setting_t *root = config_root_setting(cfg);
	const config_setting_t *list = config_setting_get_member(root, "checks");
	struct reading r = {.t = t};
	int n = list && config_setting_is_list(list) ? config_setting_length(list) : 0;

	if (n < 1 || n > (int)CHECKS_MAX || config_setting_length(root) != 1)
		return fail(&r, root, "it needs checks = ( ) with 1 to %u groups and nothing else",
			    CHECKS_MAX);
	t->check = calloc((size_t)n, sizeof(*t->check));
	for (int i = 0; t->check && i < n; i++) {
		r.c = &t->check[t->count];
		if (!read_check(&r, config_setting_get_elem(list, (unsigned)i)))
			return false;
		t->count++;
	}
	return t->check != NULL;
}

/* --- the file --- */

static int find_table(struct check_table *t)
{
	char *path, full[PATH_MAX];

	if (access(TABLE, R_OK) == 0) {
		snprintf(t->path, sizeof(t->path), "%s", TABLE);
		snprintf(t->root, sizeof(t->root), "%s", realpath(".", full) ? full : ".");
		return CLI_OK;
	}
	path = cli_path(cli_own_folder(), "../share/iwc/" TABLE);
	if (path && access(path, R_OK) == 0 && realpath(path, full) &&
	    strlen(full) < sizeof(t->path)) {
		memcpy(t->path, full, strlen(full) + 1);
		snprintf(t->root, sizeof(t->root), "%.*s", (int)(strlen(full) - strlen("/" TABLE)),
			 full);
		free(path);
		return CLI_OK;
	}
	cli_error("there is no table of checks: neither %s here nor %s", TABLE, path ? path : "");
	free(path);
	return CLI_USAGE;
}

int check_table_open(struct check_table *t)
{
	char err[1024], *text;
	struct scenario_note note;
	unsigned line;
	config_t cfg;
	size_t len;
	int rc;

	*t = (struct check_table){0};
	rc = find_table(t);
	if (rc != CLI_OK)
		return rc;
	text = cli_read_file(t->path, SCENARIO_BYTES_MAX, &len, err, sizeof(err));
	if (!text) {
		cli_error("%s", err);
		return CLI_USAGE;
	}
	if (!scenario_tree_parse(&cfg, text, len, &line, &note)) {
		fprintf(stderr, "%s:%u: %s\n", t->path, line, note.text);
		rc = CLI_USAGE;
	} else if (!read_table(t, &cfg)) {
		rc = CLI_USAGE;
	}
	config_destroy(&cfg);
	free(text);
	if (rc != CLI_OK)
		check_table_close(t);
	return rc;
}

void check_table_close(struct check_table *t)
{
	free(t->check);
	t->check = NULL;
	t->count = 0;
}

const char *check_properties(uint32_t mask, char *buf, size_t size)
{
	if (mask != 0)
		return cli_properties(mask, buf, size);
	snprintf(buf, size, "-");
	return buf;
}
