/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scenario files: from a path, or a text in memory, to a checked scenario.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenario_schema.h"

/* --- defaults ----------------------------------------------------------------------------------
 */

static void group_defaults(struct scenario *sc, const struct scenario_group *group, unsigned index)
{
	for (unsigned k = 0; k < group->count; k++) {
		const struct scenario_key *key = &group->key[k];

		if (!key->group)
			(void)scenario_value_default(sc, key, index);
		else if (key->type == SCENARIO_GROUP && !(key->flags & SCENARIO_OPTIONAL))
			group_defaults(sc, key->group, index);
	}
}

static void default_classes(struct scenario *sc)
{
	const struct scenario_key *channel = scenario_key_find(&scenario_root, "channel");
	const struct scenario_key *classes = scenario_key_find(channel->group, "classes");

	sc->channel.class_count = SCENARIO_DEFAULT_CLASSES;
	for (unsigned c = 0; c < SCENARIO_DEFAULT_CLASSES; c++) {
		group_defaults(sc, classes->group, c);
		snprintf(sc->class_name[c], SIM_NAME_MAX, "%s", scenario_default_class[c].name);
		sc->channel.cls[c].protect = scenario_default_class[c].protect;
	}
}

void scenario_defaults(struct scenario *sc)
{
	/* Padding too: equal scenarios are equal bytes. */
	memset(sc, 0, sizeof(*sc));
	group_defaults(sc, &scenario_root, 0);
	default_classes(sc);
}

/* --- parsing -----------------------------------------------------------------------------------
 */

static int refuse(const struct scenario_report *report, const char *place, const char *what)
{
	if (report->err && report->err_size > 0)
		snprintf(report->err, report->err_size, "%s: %s", place, what);
	return SCENARIO_ESCENARIO;
}

static bool sets_apply(config_t *cfg, const char *const *sets, unsigned set_count,
		       const struct scenario_report *report)
{
	struct scenario_note note = {""};
	char place[SCENARIO_KEY_MAX + 8];

	for (unsigned i = 0; i < set_count; i++) {
		if (scenario_tree_set(cfg, sets[i], &note))
			continue;
		snprintf(place, sizeof(place), "--set %.*s", (int)strcspn(sets[i], "="), sets[i]);
		refuse(report, place, note.text);
		return false;
	}
	return true;
}

static bool resolve(struct scenario *sc, const config_t *cfg, const struct scenario_report *report)
{
	struct scenario_note note = {""};
	char key[SCENARIO_KEY_MAX];

	scenario_defaults(sc);
	if (!scenario_read(sc, cfg, report))
		return false;
	if (sc->path[0] == '\0')
		snprintf(sc->path, sizeof(sc->path), "%s", report->path);
	if (scenario_check_keys(sc, key, &note))
		return true;
	return scenario_report_at(report, scenario_tree_locate(cfg, key), key, note.text);
}

/* Everything but a trial of threat.off. The tree stays, to find lines; destroy it in any case. */
static bool parse(struct scenario *sc, const char *text, size_t len_bytes, const char *const *sets,
		  unsigned set_count, config_t *cfg, const struct scenario_report *report)
{
	struct scenario_note note = {""};
	char place[SIM_PATH_MAX + 16];
	unsigned line;

	if (!scenario_tree_parse(cfg, text, len_bytes, &line, &note)) {
		snprintf(place, sizeof(place), "%.1023s:%u", report->path, line);
		refuse(report, place, note.text);
		return false;
	}
	return sets_apply(cfg, sets, set_count, report) && resolve(sc, cfg, report);
}

/* A copy of sc without its countermeasure. */
static struct scenario *off_make(const struct scenario *sc, char *err, size_t err_size)
{
	struct scenario_report report = {"scenario", err, err_size};
	const char *sets[SIM_SETS_MAX];
	struct scenario *off = malloc(sizeof(*off));
	char *text = scenario_text(sc);
	config_t cfg;
	bool ok = false;

	for (unsigned i = 0; i < sc->threat.off_set_count; i++)
		sets[i] = sc->threat.off_set[i];
	if (off && text) {
		ok = parse(off, text, strlen(text), sets, sc->threat.off_set_count, &cfg, &report);
		config_destroy(&cfg);
	} else {
		refuse(&report, "threat.off", "out of memory");
	}
	free(text);
	if (ok) {
		memcpy(off->path, sc->path, sizeof(off->path));
		return off;
	}
	free(off);
	return NULL;
}

int scenario_apply_off(struct scenario *sc, char *err, size_t err_size)
{
	const struct sim_threat *threat = &sc->threat;
	struct scenario *off = NULL;

	if (scenario_check(sc, err, err_size))
		off = off_make(sc, err, err_size);
	if (!off)
		return SCENARIO_ESCENARIO;
	for (unsigned w = 0; w < SIM_WORLDS; w++) {
		if (threat->off_core[0] != '\0' &&
		    (threat->off_core_both || threat->off_core_world == w))
			memcpy(off->core[w], threat->off_core, sizeof(off->core[w]));
	}
	off->weakness |= threat->off_weak;
	memcpy(sc, off, sizeof(*sc));
	free(off);
	return 0;
}

/* The overrides of threat.off.set must work, or the test of the test would fail only when it runs.
 */
static bool off_check(const struct scenario *sc, const config_t *cfg,
		      const struct scenario_report *report)
{
	struct scenario_note note = {""};
	struct scenario *off;

	if (sc->threat.off_set_count == 0)
		return true;
	off = off_make(sc, note.text, sizeof(note.text));
	if (!off)
		return scenario_report_at(report, scenario_tree_locate(cfg, "threat.off.set"),
					  "threat.off.set", note.text);
	free(off);
	return true;
}

int scenario_parse(struct scenario *sc, const char *text, size_t len_bytes, const char *path,
		   const char *const *sets, unsigned set_count, char *err, size_t err_size)
{
	struct scenario_report report = {path, err, err_size};
	config_t cfg;
	bool ok;

	if (len_bytes > SCENARIO_BYTES_MAX || strlen(path) >= SIM_PATH_MAX)
		return refuse(&report, path,
			      len_bytes > SCENARIO_BYTES_MAX ? "it is larger than 1 MiB"
							     : "its path is too long");
	ok = parse(sc, text, len_bytes, sets, set_count, &cfg, &report) &&
	     off_check(sc, &cfg, &report);
	config_destroy(&cfg);
	return ok ? 0 : SCENARIO_ESCENARIO;
}

/* --- files -------------------------------------------------------------------------------------
 */

/* The whole file, of at most one byte more than the limit. NULL: *cause says why. */
static char *file_read(int fd, size_t *len_bytes, const char **cause)
{
	size_t room = SCENARIO_BYTES_MAX + 1u;
	char *text = malloc(room);
	ssize_t n = 0;

	*cause = "out of memory";
	if (!text)
		return NULL;
	*len_bytes = 0;
	do {
		*len_bytes += (size_t)n;
		n = read(fd, text + *len_bytes, room - *len_bytes);
	} while (n > 0 || (n < 0 && errno == EINTR && (n = 0, true)));
	if (n == 0)
		return text;
	*cause = strerror(errno);
	free(text);
	return NULL;
}

static char *regular_file_read(const char *path, size_t *len_bytes, const char **cause)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	char *text = NULL;

	if (fd < 0) {
		*cause = strerror(errno);
		return NULL;
	}
	if (fstat(fd, &st) != 0)
		*cause = strerror(errno);
	else if (S_ISDIR(st.st_mode))
		*cause = strerror(EISDIR);
	else if (!S_ISREG(st.st_mode))
		*cause = "not a regular file";
	else
		text = file_read(fd, len_bytes, cause);
	close(fd);
	return text;
}

int scenario_load(struct scenario *sc, const char *path, const char *const *sets,
		  unsigned set_count, char *err, size_t err_size)
{
	const struct scenario_report report = {path, err, err_size};
	const char *cause;
	size_t len_bytes;
	char *text = regular_file_read(path, &len_bytes, &cause);
	int result;

	if (!text) {
		refuse(&report, path, cause);
		return SCENARIO_EFILE;
	}
	result = scenario_parse(sc, text, len_bytes, path, sets, set_count, err, err_size);
	free(text);
	return result;
}

bool scenario_replay_path(const struct scenario *sc, const struct sim_flow *flow, char *path,
			  size_t path_size)
{
	const char *slash = strrchr(sc->path, '/');
	int folder = flow->file[0] == '/' || !slash ? 0 : (int)(slash - sc->path) + 1;
	int n = snprintf(path, path_size, "%.*s%s", folder, sc->path, flow->file);

	return n > 0 && (size_t)n < path_size;
}
