/* SPDX-License-Identifier: BSD-2-Clause */
/* tree.c - ending processes with all that they have started. */
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TREE_MAX 4096u
#define GRACE_LOOKS 50u /* of 20 ms */
#define LOOKS_MAX 500u

struct list {
	pid_t pid[TREE_MAX];
	size_t count;
};

static void add_from_file(struct list *list, const char *path)
{
	FILE *f = fopen(path, "re");
	char *word = NULL;
	size_t size = 0;

	while (f && list->count < TREE_MAX && getdelim(&word, &size, ' ', f) > 0) {
		long pid = strtol(word, NULL, 10);

		if (pid > 0)
			list->pid[list->count++] = (pid_t)pid;
	}
	free(word);
	if (f)
		(void)fclose(f);
}

/* Each thread of pid has children of its own. */
static void add_children(struct list *list, pid_t pid)
{
	const struct dirent *entry;
	char path[320];
	DIR *threads;

	(void)snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	threads = opendir(path);
	while (threads && (entry = readdir(threads)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%d/task/%s/children", (int)pid,
			       entry->d_name);
		add_from_file(list, path);
	}
	if (threads)
		(void)closedir(threads);
}

static void signal_from(const struct list *list, size_t first, int number)
{
	for (size_t i = first; i < list->count; i++)
		(void)kill(list->pid[i], number);
}

/* Breadth first: the list is the queue. */
static void signal_tree(pid_t root, bool with_root, int number)
{
	struct list *list = calloc(1, sizeof(*list));

	if (!list)
		return;
	list->pid[list->count++] = root;
	for (size_t i = 0; i < list->count; i++)
		add_children(list, list->pid[i]);
	signal_from(list, with_root ? 0 : 1, number);
	free(list);
}

void tree_kill(pid_t pid)
{
	signal_tree(pid, true, SIGKILL);
}

/* True: there is no child left. */
static bool reap_all(void)
{
	pid_t pid;

	do
		pid = waitpid(-1, NULL, WNOHANG);
	while (pid > 0);
	return pid < 0 && errno == ECHILD;
}

void tree_end_children(void)
{
	const struct timespec look = {.tv_nsec = 20000000};

	if (reap_all())
		return;
	signal_tree(getpid(), false, SIGTERM);
	for (unsigned i = 0; i < LOOKS_MAX && !reap_all(); i++) {
		if (i >= GRACE_LOOKS)
			signal_tree(getpid(), false, SIGKILL);
		(void)nanosleep(&look, NULL);
	}
}
