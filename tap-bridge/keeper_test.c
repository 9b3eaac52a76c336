/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each case runs a keeper in a process of its own, in a folder where worker and command leave their
 * process numbers; then somebody dies, and nobody may be left.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "keeper.h"

#define PATIENCE_MS 20000

static char folder[64];
static pid_t keeper_pid;

static void pause_ms(unsigned ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

	(void)nanosleep(&t, NULL);
}

static const char *path(const char *name)
{
	static char text[128];

	(void)snprintf(text, sizeof(text), "%s/%s", folder, name);
	return text;
}

static void leave_number(const char *name, int number)
{
	FILE *f = fopen(path("new"), "w");
	char to[128];

	assert_non_null(f);
	fprintf(f, "%d\n", number);
	(void)fclose(f);
	(void)snprintf(to, sizeof(to), "%s", path(name));
	assert_int_equal(rename(path("new"), to), 0);
}

/* The numbers of a file, n at most; returns how many there are. */
static unsigned read_numbers(const char *name, int *numbers, unsigned n)
{
	char text[128] = "", *p = text, *end;
	FILE *f = fopen(path(name), "r");
	unsigned found;

	if (!f)
		return 0;
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	(void)fclose(f);
	for (found = 0; found < n; found++, p = end) {
		numbers[found] = (int)strtol(p, &end, 10);
		if (end == p)
			break;
	}
	return found;
}

/* The number in a file that is going to be there. */
static int number(const char *name)
{
	int n = -1;

	for (unsigned ms = 0; ms < PATIENCE_MS; ms += 5) {
		if (read_numbers(name, &n, 1) == 1)
			return n;
		pause_ms(5);
	}
	fail_msg("there is no file %s", name);
	return -1;
}

/* A zombie has ended: whoever is its parent by now has only not looked yet. */
static bool runs(pid_t pid)
{
	char file[64], state = '?';
	FILE *f;

	(void)snprintf(file, sizeof(file), "/proc/%d/stat", (int)pid);
	f = fopen(file, "r");
	if (!f)
		return false;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 'X';
	(void)fclose(f);
	return state != 'Z' && state != 'X';
}

static void assert_gone(const char *name)
{
	pid_t pid = number(name);

	for (unsigned ms = 0; ms < PATIENCE_MS; ms += 5) {
		if (!runs(pid))
			return;
		pause_ms(5);
	}
	fail_msg("%s, process %d, still runs", name, (int)pid);
}

/* ---- what the keeper keeps ---- */

static int worker_code;
static bool worker_waits = true;

static int work(void *ctx, struct keeper_link *link)
{
	(void)ctx;
	leave_number("worker", getpid());
	keeper_ready(link);
	while (worker_waits && keeper_wait(link, 1000))
		;
	leave_number("ended", 1);
	return worker_code;
}

static void clean(void *ctx)
{
	(void)ctx;
	(void)unlink(path("made"));
}

/* Writes the file end: worker, worker_signal and command. */
static void be_keeper(char *const *command)
{
	struct keeper k = {.work = work, .clean = clean, .command = command, .command_netns = -1};
	struct keeper_end end;
	FILE *f;

	leave_number("made", 1);
	if (keeper_run(&k, &end) != 0)
		_exit(99);
	f = fopen(path("end"), "w");
	if (f) {
		fprintf(f, "%d %d %d\n", end.worker, end.worker_signal, end.command);
		(void)fclose(f);
	}
	_exit(0);
}

static void start(char *const *command)
{
	keeper_pid = fork();
	assert_true(keeper_pid >= 0);
	if (keeper_pid == 0) {
		/* what cmocka catches would come back here */
		(void)signal(SIGSEGV, SIG_DFL);
		assert_int_equal(chdir(folder), 0);
		be_keeper(command);
	}
}

/* Wait for the keeper; -1: it was killed. */
static int finish(struct keeper_end *end)
{
	int status = 0, got[3];

	*end = (struct keeper_end){-2, -2, -2};
	for (unsigned ms = 0; waitpid(keeper_pid, &status, WNOHANG) == 0; ms += 5) {
		if (ms >= PATIENCE_MS)
			fail_msg("the keeper does not end");
		pause_ms(5);
	}
	if (!WIFEXITED(status))
		return -1;
	assert_int_equal(read_numbers("end", got, 3), 3);
	*end = (struct keeper_end){got[0], got[1], got[2]};
	return WEXITSTATUS(status);
}

static void assert_clean(void)
{
	for (unsigned ms = 0; ms < PATIENCE_MS; ms += 5) {
		if (access(path("made"), F_OK) != 0)
			return;
		pause_ms(5);
	}
	fail_msg("not cleaned");
}

/* Leaves a process in the background that does not end by itself, in a session of its own. */
#define BUSY                                                                                       \
	"setsid sleep 1000 & echo $! >child.new; mv child.new child; echo $$ >command.new; "       \
	"mv command.new command; wait"
static char *const busy[] = {"sh", "-c", BUSY, NULL};

static int set_up(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/iwc-keeper-XXXXXX");
	worker_code = 0;
	worker_waits = true;
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* ---- ends as planned ---- */

static void test_worker_ends(void **state)
{
	struct keeper_end end;

	(void)state;
	worker_code = 5;
	worker_waits = false;
	start(NULL);
	assert_int_equal(finish(&end), 0);
	assert_int_equal(end.worker, 5);
	assert_int_equal(end.worker_signal, 0);
	assert_int_equal(end.command, -1);
	assert_clean();
}

static void test_command_ends(void **state)
{
	static char *const command[] = {"sh", "-c", "exit 7", NULL};
	struct keeper_end end;

	(void)state;
	start(command);
	assert_int_equal(finish(&end), 0);
	assert_int_equal(end.worker, 0);
	assert_int_equal(end.command, 7);
	assert_int_equal(number("ended"), 1);
	assert_clean();
}

static void test_command_by_signal(void **state)
{
	static char *const command[] = {"sh", "-c", "kill -9 $$", NULL};
	struct keeper_end end;

	(void)state;
	start(command);
	assert_int_equal(finish(&end), 0);
	assert_int_equal(end.command, 128 + 9);
	assert_clean();
}

static void test_no_command(void **state)
{
	static char *const missing[] = {"iwc-no-such-program", NULL};
	static char *const no_program[] = {"/dev/null", NULL};
	struct keeper_end end;

	(void)state;
	start(missing);
	assert_int_equal(finish(&end), 0);
	assert_int_equal(end.command, 127);
	start(no_program);
	assert_int_equal(finish(&end), 0);
	assert_int_equal(end.command, 126);
	assert_clean();
}

static void test_command_leaves_a_child(void **state)
{
	static char *const command[] = {
	    "sh", "-c", "setsid sleep 1000 & echo $! >child.new; mv child.new child", NULL};
	struct keeper_end end;

	(void)state;
	start(command);
	assert_int_equal(finish(&end), 0);
	assert_int_equal(end.command, 0);
	assert_gone("child");
}

static void test_asked_to_end(void **state)
{
	struct keeper_end end;

	(void)state;
	start(NULL);
	(void)number("worker");
	assert_int_equal(kill(keeper_pid, SIGTERM), 0);
	assert_int_equal(finish(&end), 0);
	assert_int_equal(end.worker, 0);
	assert_int_equal(number("ended"), 1);
	assert_gone("worker");
	assert_clean();
}

static void test_worker_asked_to_end(void **state)
{
	struct keeper_end end;

	(void)state;
	start(NULL);
	assert_int_equal(kill(number("worker"), SIGTERM), 0);
	assert_int_equal(finish(&end), 0);
	assert_int_equal(end.worker, 0);
	assert_int_equal(number("ended"), 1);
	assert_clean();
}

static void test_command_gets_the_signal(void **state)
{
	struct keeper_end end;

	(void)state;
	start(busy);
	(void)number("command");
	assert_int_equal(kill(keeper_pid, SIGINT), 0);
	assert_int_equal(finish(&end), 0);
	assert_int_equal(end.command, 128 + SIGINT);
	assert_gone("command");
	assert_gone("child");
	assert_clean();
}

static void test_stubborn_command(void **state)
{
	static char *const command[] = {
	    "sh", "-c",
	    "trap '' TERM; echo $$ >command.new; mv command.new command; "
	    "while :; do sleep 1; done",
	    NULL};
	struct keeper_end end;

	(void)state;
	start(command);
	(void)number("command");
	assert_int_equal(kill(keeper_pid, SIGTERM), 0);
	assert_int_equal(finish(&end), 0);
	assert_int_equal(end.command, 128 + SIGKILL);
	assert_gone("command");
	assert_clean();
}

/* ---- somebody dies ---- */

static void test_worker_dies(void **state)
{
	struct keeper_end end;

	(void)state;
	start(busy);
	(void)number("command");
	assert_int_equal(kill(number("worker"), SIGKILL), 0);
	assert_int_equal(finish(&end), 0);
	assert_int_equal(end.worker, -1);
	assert_int_equal(end.worker_signal, SIGKILL);
	assert_gone("command");
	assert_gone("child");
	assert_clean();
}

static void test_parent_dies(void **state)
{
	struct keeper_end end;

	(void)state;
	start(busy);
	(void)number("command");
	(void)number("worker");
	assert_int_equal(kill(keeper_pid, SIGKILL), 0);
	assert_int_equal(finish(&end), -1);
	assert_gone("worker");
	assert_gone("command");
	assert_gone("child");
	assert_int_equal(number("ended"), 1);
	assert_clean();
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(test_worker_ends),
	    CASE(test_command_ends),
	    CASE(test_command_by_signal),
	    CASE(test_no_command),
	    CASE(test_command_leaves_a_child),
	    CASE(test_asked_to_end),
	    CASE(test_worker_asked_to_end),
	    CASE(test_command_gets_the_signal),
	    CASE(test_stubborn_command),
	    CASE(test_worker_dies),
	    CASE(test_parent_dies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
