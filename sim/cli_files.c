/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_files.c - folders and files of results and scenarios. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#ifndef IWC_DATADIR
#define IWC_DATADIR "/usr/local/share/iwc"
#endif

char *cli_path(const char *folder, const char *name)
{
	char *path = NULL;
	size_t len = strlen(folder);

	if (!cli_append(&path, "%s%s%s", folder, len && folder[len - 1] == '/' ? "" : "/", name))
		cli_error("out of memory");
	return path;
}

static bool exists_in(const char *folder, const char *name)
{
	char *path = cli_path(folder, name);
	bool there = path && access(path, F_OK) == 0;

	free(path);
	return there;
}

/* 1 empty, 0 not, -1 with errno. */
static int is_empty(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int empty = 1;

	if (!dir)
		return -1;
	while (empty && (entry = readdir(dir)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	closedir(dir);
	return empty;
}

int cli_out_folder(const char *path, const char *marker, bool force)
{
	int empty;

	if (mkdir(path, 0777) == 0)
		return CLI_OK;
	if (errno != EEXIST) {
		cli_error("%s: cannot create the folder: %s", path, strerror(errno));
		return CLI_USAGE;
	}
	empty = is_empty(path);
	if (empty < 0 || access(path, W_OK | X_OK) != 0) {
		cli_error("%s: cannot write there: %s", path, strerror(errno));
		return CLI_USAGE;
	}
	if (empty || force || exists_in(path, marker))
		return CLI_OK;
	cli_error("%s: holds other files and no earlier result (%s); --force writes there anyway",
		  path, marker);
	return CLI_USAGE;
}

char *cli_temp_make(void)
{
	const char *base = getenv("TMPDIR");
	char *path = cli_path(base && *base ? base : "/tmp", "iwc-XXXXXX");

	if (path && !mkdtemp(path)) {
		cli_error("%s: cannot create a temporary folder: %s", path, strerror(errno));
		free(path);
		path = NULL;
	}
	return path;
}

void cli_temp_remove(char *path)
{
	DIR *dir = path ? opendir(path) : NULL;
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	if (path)
		rmdir(path);
	free(path);
}

static char *read_stream(FILE *file, size_t max_bytes, size_t *len)
{
	char *text = malloc(max_bytes + 1);

	if (!text)
		return NULL;
	*len = fread(text, 1, max_bytes + 1, file);
	if (ferror(file) || *len > max_bytes) {
		errno = ferror(file) ? errno : EFBIG;
		free(text);
		return NULL;
	}
	text[*len] = '\0';
	return text;
}

char *cli_read_file(const char *path, size_t max_bytes, size_t *len, char *err, size_t err_size)
{
	/* not to wait for a writer of a FIFO */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st = {0};
	char *text = NULL;
	FILE *file = NULL;

	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		snprintf(err, err_size, "%s: is not a plain file", path);
		close(fd);
		return NULL;
	}
	if (fd >= 0 && (uint64_t)st.st_size < max_bytes)
		max_bytes = (size_t)st.st_size;
	if (fd >= 0)
		file = fdopen(fd, "r");
	if (file)
		text = read_stream(file, max_bytes, len);
	if (!text)
		snprintf(err, err_size, "%s: %s", path, strerror(errno));
	if (file)
		fclose(file);
	else if (fd >= 0)
		close(fd);
	return text;
}

int cli_write_file(const char *path, const char *text, size_t len)
{
	FILE *file = fopen(path, "w");
	bool good = file && fwrite(text, 1, len, file) == len;
	int cause = errno;

	if (file && fclose(file) != 0 && good) {
		good = false;
		cause = errno;
	}
	if (good)
		return CLI_OK;
	cli_error("%s: %s", path, strerror(cause));
	return CLI_FAILED;
}

/* --- the folder of scenarios --- */

static int is_scenario(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && entry->d_name[0] != '.' && strcmp(entry->d_name + len - 4, ".cfg") == 0;
}

/* Byte order, whatever the locale says. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* PREFIX/share/iwc/scenarios of the PREFIX/bin that the program is in; "" if it is not installed.
 */
static const char *installed_folder(void)
{
	static char folder[SIM_PATH_MAX + 32];
	ssize_t len = readlink("/proc/self/exe", folder, SIM_PATH_MAX - 1);
	char *name;

	if (len <= 0)
		return "";
	folder[len] = '\0';
	name = strrchr(folder, '/');
	if (!name || name - folder < 4 || strncmp(name - 4, "/bin", 4) != 0)
		return "";
	snprintf(name - 4, sizeof(folder) - (size_t)(name - 4 - folder), "/share/iwc/scenarios");
	return is_folder(folder) ? folder : "";
}

static const char *scenario_folder(const struct cli_args *args)
{
	const char *folder = getenv("IWC_SCENARIOS");

	if (cli_given(args, CLI_SCENARIOS))
		return args->value[CLI_SCENARIOS];
	if (folder && *folder)
		return folder;
	if (is_folder("scenarios"))
		return "scenarios";
	folder = installed_folder();
	return *folder ? folder : IWC_DATADIR "/scenarios";
}

bool cli_scenarios_there(const struct cli_args *args)
{
	return access(scenario_folder(args), R_OK | X_OK) == 0;
}

int cli_scenarios_open(const struct cli_args *args, struct cli_scenarios *s)
{
	struct dirent **entry = NULL;
	int count;

	*s = (struct cli_scenarios){0};
	snprintf(s->folder, sizeof(s->folder), "%s", scenario_folder(args));
	count = scandir(s->folder, &entry, is_scenario, by_name);
	if (count < 0) {
		cli_error("%s: cannot read the folder of scenarios: %s (--scenarios DIR names one)",
			  s->folder, strerror(errno));
		return CLI_USAGE;
	}
	s->name = calloc((size_t)count + 1, sizeof(*s->name));
	for (int i = 0; i < count; i++) {
		char *name =
		    s->name ? strndup(entry[i]->d_name, strlen(entry[i]->d_name) - 4) : NULL;

		if (name)
			s->name[s->count++] = name;
		free(entry[i]);
	}
	free(entry);
	return CLI_OK;
}

char *cli_scenarios_path(const struct cli_scenarios *s, unsigned i)
{
	char *path = cli_path(s->folder, s->name[i]);

	if (path && !cli_append(&path, ".cfg"))
		cli_error("out of memory");
	return path;
}

void cli_scenarios_close(struct cli_scenarios *s)
{
	for (unsigned i = 0; i < s->count; i++)
		free(s->name[i]);
	free(s->name);
	*s = (struct cli_scenarios){0};
}
