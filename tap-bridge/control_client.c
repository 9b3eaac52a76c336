/* SPDX-License-Identifier: BSD-2-Clause */
/* control_client.c - where the sockets of taps are, and asking one. */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"
#include "control_socket.h"

#define FOLDERS 3u
#define ANSWER_MS 10000
#define LINE_BYTES (1u << 16)
#define SUFFIX ".sock"

/* ---- where ---- */

/* The i-th folder for who runs this; "" if there is none, or it does not fit. */
static void folder(unsigned i, char path[CONTROL_PATH_MAX])
{
	const char *xdg = getenv("XDG_RUNTIME_DIR"), *tmp = getenv("TMPDIR");
	int n = 0;

	path[0] = '\0';
	if (i == 0 && geteuid() == 0)
		n = snprintf(path, CONTROL_PATH_MAX, "/run/iwc");
	else if (i == 1 && xdg && xdg[0] == '/')
		n = snprintf(path, CONTROL_PATH_MAX, "%s/iwc", xdg);
	else if (i == 2)
		n = snprintf(path, CONTROL_PATH_MAX, "%s/iwc-%u", tmp && tmp[0] ? tmp : "/tmp",
			     (unsigned)geteuid());
	if (n >= (int)CONTROL_PATH_MAX)
		path[0] = '\0';
}

/* Below /tmp anybody may have made it. */
static bool is_ours(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

bool control_folder_is_default(const char *path)
{
	char known[CONTROL_PATH_MAX];

	for (unsigned i = 0; i < FOLDERS; i++) {
		folder(i, known);
		if (known[0] != '\0' && strcmp(known, path) == 0)
			return true;
	}
	return false;
}

bool control_path(const char *name, char path[CONTROL_PATH_MAX], char *err)
{
	char where[CONTROL_PATH_MAX] = "";
	struct stat st;
	int n;

	for (unsigned i = 0; i < FOLDERS && where[0] == '\0'; i++)
		folder(i, where);
	if (where[0] != '\0' && lstat(where, &st) == 0 && !is_ours(where)) {
		snprintf(err, CONTROL_ERROR_BYTES,
			 "%s: not a folder of uid %u; remove it or give a "
			 "path with --control",
			 where, (unsigned)geteuid());
		return false;
	}
	n = snprintf(path, CONTROL_PATH_MAX, "%s/%s" SUFFIX, where, name);
	if (where[0] != '\0' && n < (int)CONTROL_PATH_MAX)
		return true;
	snprintf(err, CONTROL_ERROR_BYTES,
		 "%s/%.200s" SUFFIX
		 ": the path of a socket has at most %u bytes; give a shorter one "
		 "with --control",
		 where[0] != '\0' ? where : "$TMPDIR", name, CONTROL_PATH_MAX - 1u);
	return false;
}

static bool answers(const char *path)
{
	char err[CONTROL_ERROR_BYTES];
	int fd = control_connect(path, err);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static unsigned list_folder(const char *where, struct control_tap *taps, unsigned max)
{
	DIR *d = is_ours(where) ? opendir(where) : NULL;
	struct dirent *entry;
	unsigned n = 0;

	while (d && n < max && (entry = readdir(d)) != NULL) {
		struct control_tap *t = &taps[n];
		size_t len = strlen(entry->d_name);

		if (len <= strlen(SUFFIX) || len >= sizeof(t->name) ||
		    strcmp(entry->d_name + len - strlen(SUFFIX), SUFFIX) != 0 ||
		    (size_t)snprintf(t->path, sizeof(t->path), "%s/%s", where, entry->d_name) >=
			sizeof(t->path))
			continue;
		snprintf(t->name, sizeof(t->name), "%.*s", (int)(len - strlen(SUFFIX)),
			 entry->d_name);
		n += answers(t->path);
	}
	if (d)
		closedir(d);
	return n;
}

unsigned control_list(struct control_tap *taps, unsigned max)
{
	char where[CONTROL_PATH_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < FOLDERS; i++) {
		folder(i, where);
		if (where[0] != '\0')
			n += list_folder(where, taps + n, max - n);
	}
	return n;
}

/* ---- asking ---- */

int control_connect(const char *path, char *err)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(at.sun_path)) {
		snprintf(err, CONTROL_ERROR_BYTES,
			 "%.300s: the path of a socket has at most %zu bytes", path,
			 sizeof(at.sun_path) - 1u);
		return -1;
	}
	memcpy(at.sun_path, path, strlen(path) + 1u);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	snprintf(err, CONTROL_ERROR_BYTES, "%s: %s", path,
		 errno == ENOENT	 ? "no such socket; no tap runs there"
		 : errno == ECONNREFUSED ? "the tap that made it runs no more"
					 : strerror(errno));
	if (fd >= 0) {
		int error = errno;

		close(fd);
		errno = error;
	}
	return -1;
}

static int connect_by_name(const char *name, char *err)
{
	struct control_tap taps[CONTROL_CLIENTS_MAX];
	unsigned n = control_list(taps, CONTROL_CLIENTS_MAX);
	size_t used;

	for (unsigned i = 0; i < n; i++)
		if (strcmp(taps[i].name, name) == 0)
			return control_connect(taps[i].path, err);
	used = (size_t)snprintf(
	    err, CONTROL_ERROR_BYTES, "no tap named %.100s runs here as this user; %s", name,
	    n > 0 ? "there are:" : "there is none, or give the path of its socket");
	for (unsigned i = 0; i < n && used < CONTROL_ERROR_BYTES - CONTROL_PATH_MAX; i++)
		used +=
		    (size_t)snprintf(err + used, CONTROL_ERROR_BYTES - used, " %s", taps[i].name);
	return -1;
}

/* The answer is one line of error: take it. */
static void error_read(int fd, char *err)
{
	FILE *in = fdopen(fd, "r");
	json_t *answer = in ? json_loadf(in, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
	const char *text = json_string_value(json_object_get(answer, "error"));

	snprintf(err, CONTROL_ERROR_BYTES, "%.1000s", text ? text : "the answer is not understood");
	json_decref(answer);
	if (in)
		fclose(in);
	else
		close(fd);
}

int control_open(const char *name, const char *request, char *err)
{
	static const char bad[] = "{\"error\"";
	struct pollfd p = {.events = POLLIN};
	char line[CONTROL_LINE_MAX + 1u], head[sizeof(bad) - 1u];
	int len = snprintf(line, sizeof(line), "%s\n", request);
	ssize_t n;

	if (len >= (int)sizeof(line)) {
		snprintf(err, CONTROL_ERROR_BYTES, "a request has at most %u bytes",
			 CONTROL_LINE_MAX - 1u);
		return -1;
	}
	p.fd = strchr(name, '/') ? control_connect(name, err) : connect_by_name(name, err);
	if (p.fd < 0)
		return -1;
	snprintf(err, CONTROL_ERROR_BYTES, "%.300s: the tap ended before it answered", name);
	if (send(p.fd, line, (size_t)len, MSG_NOSIGNAL) == len) {
		int ready = poll(&p, 1, ANSWER_MS);

		n = ready == 1 ? recv(p.fd, head, sizeof(head), MSG_PEEK) : 0;
		if (n == (ssize_t)sizeof(head) && memcmp(head, bad, sizeof(head)) == 0) {
			error_read(p.fd, err);
			return -1;
		}
		if (n > 0)
			return p.fd;
		if (ready == 0)
			snprintf(err, CONTROL_ERROR_BYTES, "%.300s: no answer within %d s", name,
				 ANSWER_MS / 1000);
		else if (ready < 0)
			snprintf(err, CONTROL_ERROR_BYTES, "%.300s: %s", name, strerror(errno));
	}
	close(p.fd);
	return -1;
}

json_t *control_read(FILE *in, char *err)
{
	char *line = malloc(LINE_BYTES);
	const char *schema;
	json_t *picture;

	err[0] = '\0';
	if (!line || !fgets(line, LINE_BYTES, in)) {
		if (!line || ferror(in))
			snprintf(err, CONTROL_ERROR_BYTES, "the tap's answer: %s", strerror(errno));
		free(line);
		return NULL;
	}
	picture = strchr(line, '\n') ? json_loads(line, 0, NULL) : NULL;
	free(line);
	if (!picture) {
		snprintf(err, CONTROL_ERROR_BYTES, "the tap's answer is cut off or damaged");
		return NULL;
	}
	schema = json_string_value(json_object_get(picture, "schema"));
	if (schema && strcmp(schema, STATUS_SCHEMA) == 0)
		return picture;
	snprintf(err, CONTROL_ERROR_BYTES,
		 "the tap answers with %.40s, not " STATUS_SCHEMA "; use the same version of iwc",
		 schema ? schema : "no schema");
	json_decref(picture);
	return NULL;
}
