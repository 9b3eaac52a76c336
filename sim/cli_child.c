/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_child.c - running another program within limits. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "cli_child.h"

#define GRACE_S 10
#define LOOK_NS_MAX 100000000L

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* --- in the child --- */

static void redirect(const char *path, int to)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666);

	if (fd < 0 || dup2(fd, to) < 0) {
		fprintf(stderr, "iwc: %s: %s\n", path, strerror(errno));
		_exit(CLI_BUG);
	}
	close(fd);
}

static void set_environment(const char *const *env)
{
	for (; env && *env; env++) {
		const char *value = strchr(*env, '=');
		char *name = strndup(*env, (size_t)(value - *env));

		if (!name || setenv(name, value + 1, 1) != 0)
			_exit(CLI_BUG);
		free(name);
	}
}

_Noreturn static void start(const struct cli_child *c, pid_t parent)
{
	struct rlimit memory = {c->memory_mb << 20, c->memory_mb << 20};

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(CLI_BUG);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	redirect("/dev/null", STDIN_FILENO);
	redirect(c->out, STDOUT_FILENO);
	if (strcmp(c->out, c->err) == 0)
		dup2(STDOUT_FILENO, STDERR_FILENO);
	else
		redirect(c->err, STDERR_FILENO);
	set_environment(c->env);
	if ((c->memory_mb != 0 && setrlimit(RLIMIT_AS, &memory) != 0) ||
	    (c->folder && chdir(c->folder) != 0)) {
		fprintf(stderr, "iwc: %s: %s\n", c->folder ? c->folder : "setrlimit",
			strerror(errno));
		_exit(CLI_BUG);
	}
	execv(c->argv[0], (char *const *)(uintptr_t)c->argv);
	fprintf(stderr, "iwc: %s: %s\n", c->argv[0], strerror(errno));
	_exit(CLI_BUG);
}

/* --- in the parent --- */

struct waiting {
	const struct cli_child *c;
	struct cli_child_end *end;
	pid_t pid;
	double start_s, asked_s; /* to end; 0: not yet */
};

static void limit(struct waiting *w)
{
	double s = now_s();

	w->end->seconds = s - w->start_s;
	if (w->asked_s != 0) {
		if (s - w->asked_s > GRACE_S)
			kill(-w->pid, SIGKILL);
		return;
	}
	if (*cli_stop != 0)
		w->end->interrupted = true;
	else if (w->c->time_s != 0 && w->end->seconds >= (double)w->c->time_s)
		w->end->timed_out = true;
	else
		return;
	w->asked_s = s;
	kill(-w->pid, SIGINT);
}

/* Looks often at first, so that what is short stays short. */
static int await(struct waiting *w)
{
	struct timespec pause = {0, 1000000};
	struct rusage use;
	int status = 0;
	pid_t got;

	for (;;) {
		got = wait4(w->pid, &status, WNOHANG, &use);
		if (got == w->pid || (got < 0 && errno != EINTR))
			break;
		limit(w);
		if (w->c->watch)
			w->c->watch(w->c->ctx, w->end->seconds);
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < LOOK_NS_MAX)
			pause.tv_nsec += pause.tv_nsec / 4;
	}
	if (got < 0) {
		cli_error("wait: %s", strerror(errno));
		return CLI_BUG;
	}
	w->end->seconds = now_s() - w->start_s;
	w->end->memory_mb = (double)use.ru_maxrss / 1024.0;
	w->end->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	w->end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return CLI_OK;
}

int cli_child_run(const struct cli_child *c, struct cli_child_end *end)
{
	struct waiting w = {.c = c, .end = end, .start_s = now_s()};
	pid_t parent = getpid();
	int rc;

	*end = (struct cli_child_end){0};
	fflush(NULL);
	w.pid = fork();
	if (w.pid < 0) {
		cli_error("cannot start a process: %s", strerror(errno));
		return CLI_FAILED;
	}
	if (w.pid == 0)
		start(c, parent);
	setpgid(w.pid, w.pid); /* whoever of both is first */
	rc = await(&w);
	kill(-w.pid, SIGKILL); /* what it left running */
	return rc;
}

/* --- verdict lines --- */

const char *cli_json_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

double cli_json_number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

int cli_verdict_code(const char *verdict)
{
	if (strcmp(verdict, "PASS") == 0)
		return CLI_OK;
	return strcmp(verdict, "FAIL") == 0 ? CLI_FAILED : CLI_UNDECIDED;
}

/* A count of what was looked at may be missing, but not nothing. */
static bool counts(const json_t *line)
{
	static const char *const counted[] = {"states", "executions"};

	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++) {
		const json_t *n = json_object_get(line, counted[i]);

		if (n && json_number_value(n) < 1)
			return false;
	}
	return true;
}

static const char *line_fault(const json_t *line)
{
	static const char *const verdicts[] = {"PASS", "FAIL", "UNDECIDED", "SKIP"};
	const char *verdict = cli_json_text(line, "verdict");
	size_t i = 0;

	while (i < 4 && strcmp(verdict, verdicts[i]) != 0)
		i++;
	if (*cli_json_text(line, "check") == '\0')
		return "the last line names no check";
	if (i == 4)
		return "the last line says neither PASS, FAIL, UNDECIDED nor SKIP";
	if (i == 0 && *cli_json_text(line, "bounds") == '\0')
		return "PASS without bounds";
	if (i == 0 && !counts(line))
		return "PASS over nothing: no state or execution was looked at";
	return NULL;
}

json_t *cli_verdict_line(const char *text, const char **why)
{
	size_t end = strlen(text), begin;
	json_t *line;

	while (end > 0 && strchr(" \t\r\n", text[end - 1]))
		end--;
	begin = end;
	while (begin > 0 && text[begin - 1] != '\n')
		begin--;
	line = json_loadb(text + begin, end - begin, JSON_REJECT_DUPLICATES, NULL);
	*why = end == 0 ? "it printed nothing" : "its last line is no JSON object";
	if (json_is_object(line))
		*why = line_fault(line);
	if (!*why)
		return line;
	json_decref(line);
	return NULL;
}

/* --- places --- */

const char *cli_own_path(void)
{
	static char path[SIM_PATH_MAX];
	ssize_t len = path[0] ? 0 : readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (len > 0)
		path[len] = '\0';
	return path;
}

const char *cli_own_folder(void)
{
	static char folder[SIM_PATH_MAX];
	char *end;

	snprintf(folder, sizeof(folder), "%s", cli_own_path());
	end = strrchr(folder, '/');
	if (end)
		*end = '\0';
	return folder;
}

char *cli_default_out(const char *name)
{
	struct stat st;
	bool build = stat("build", &st) == 0 && S_ISDIR(st.st_mode);
	char *path = NULL;

	if (!cli_append(&path, "%s%s", build ? "build/" : "iwc-", name))
		cli_error("out of memory");
	return path;
}
