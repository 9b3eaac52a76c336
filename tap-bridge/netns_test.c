/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "netlink.h"
#include "netns.h"

#define NOBODY 65534u

static char err[NETNS_ERROR_BYTES];
static char name[NETNS_NAME_MAX], path[128];

static bool is_mounted(const char *file)
{
	char line[512];
	FILE *f = fopen("/proc/self/mountinfo", "r");
	bool found = false;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		found = found || strstr(line, file) != NULL;
	(void)fclose(f);
	return found;
}

/* A /run of our own, where that may be had: names of other programs are none of our business. */
static int set_up(void **state)
{
	(void)state;
	if (unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		(void)mount("none", "/run", "tmpfs", 0, NULL);
	(void)snprintf(name, sizeof(name), "iwc-test-%d", (int)getpid());
	(void)snprintf(path, sizeof(path), "/run/netns/%s", name);
	return 0;
}

/* Two namespaces are one if their files are. */
static bool same_place(int a, int b)
{
	struct stat one, other;

	assert_int_equal(fstat(a, &one), 0);
	assert_int_equal(fstat(b, &other), 0);
	return one.st_ino == other.st_ino && one.st_dev == other.st_dev;
}

static void test_name(void **state)
{
	char text[NETNS_NAME_MAX + 1];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[NETNS_NAME_MAX] = '\0';
	assert_false(netns_name_check(text, err));
	text[NETNS_NAME_MAX - 1] = '\0';
	assert_true(netns_name_check(text, err));
	assert_false(netns_name_check("", err));
	assert_false(netns_name_check(".", err));
	assert_false(netns_name_check("..", err));
	assert_false(netns_name_check("../tmp", err));
}

/* False: this machine gives us no such thing, and that is no bug. */
static bool made(int fd)
{
	if (fd < 0 && !strstr(err, strerror(EPERM)) && !strstr(err, strerror(EACCES)) &&
	    !strstr(err, strerror(EROFS)))
		fail_msg("%s", err);
	return fd >= 0;
}

static void test_named(void **state)
{
	bool mounted = is_mounted("/run/netns "), folder = access("/run/netns", F_OK) == 0;
	struct netns ns, other;
	int fd, again, here;

	(void)state;
	fd = netns_open(name, &ns, err);
	if (!made(fd))
		skip();
	assert_true(ns.made);
	assert_true(is_mounted(path));
	here = netns_here(err);
	assert_false(same_place(fd, here));

	/* somebody else's now: it is used, and stays */
	again = netns_open(name, &other, err);
	assert_true(again >= 0);
	assert_false(other.made);
	assert_true(same_place(fd, again));
	netns_remove(&other);
	assert_true(is_mounted(path));

	assert_int_equal(netns_enter(fd, err), 0);
	assert_true(same_place(fd, netns_here(err)));
	assert_int_equal(netns_enter(here, err), 0);
	netns_remove(&ns);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_false(is_mounted(path));
	assert_int_equal(is_mounted("/run/netns "), mounted);
	assert_int_equal(access("/run/netns", F_OK) == 0, folder);
	netns_remove(&ns);
	(void)close(fd);
	(void)close(again);
	(void)close(here);
}

static void test_no_namespace(void **state)
{
	struct netns ns, other;
	char second[NETNS_NAME_MAX + 2], file[sizeof(path) + 2];
	int fd = netns_open(name, &ns, err);

	(void)state;
	if (!made(fd))
		skip();
	(void)snprintf(second, sizeof(second), "%s-b", name);
	(void)snprintf(file, sizeof(file), "%s-b", path);
	(void)close(fd);
	fd = open(file, O_CREAT | O_RDONLY, 0444);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(netns_open(second, &other, err), -1);
	assert_non_null(strstr(err, "no network namespace"));
	netns_remove(&other);
	assert_int_equal(access(file, F_OK), 0);
	assert_int_equal(unlink(file), 0);
	netns_remove(&ns);
}

/* One without a name: the caller stays where it is, and loopback works in the new one. */
static void test_unnamed(void **state)
{
	struct netlink_link link;
	int here = netns_here(err), fd = netns_make(err), socket_fd;

	(void)state;
	if (!made(fd))
		skip();
	assert_true(same_place(here, netns_here(err)));
	assert_false(same_place(here, fd));
	assert_int_equal(netns_enter(fd, err), 0);
	socket_fd = netlink_open();
	assert_int_equal(netlink_link_get(socket_fd, (int)if_nametoindex("lo"), &link), 0);
	assert_true((link.flags & IFF_UP) != 0);
	assert_int_equal(netns_enter(here, err), 0);
	(void)close(socket_fd);
	(void)close(fd);
	(void)close(here);
}

/* 0: it works; 1: refused, as some kernels do, with a hint; else what failed. */
static int as_normal_user(void)
{
	struct netlink_link link;
	int fd;

	if (geteuid() == 0 &&
	    (setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0))
		return 2;
	/* As after the start of a program: the process may write to its own files in /proc. */
	(void)prctl(PR_SET_DUMPABLE, 1);
	if (netns_unshare_user(err) != 0)
		return strstr(err, "ip tuntap add") ? 1 : 3;
	fd = netlink_open();
	if (geteuid() != 0 || netlink_link_get(fd, (int)if_nametoindex("lo"), &link) != 0 ||
	    (link.flags & IFF_UP) == 0)
		return 4;
	fd = netns_make(err);
	if (fd < 0 || netns_enter(fd, err) != 0)
		return 5;
	return if_nametoindex("lo") != 0 ? 0 : 6;
}

static void test_user(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(as_normal_user());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 1)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* The name is what a skip is reported by. */
#define MAY_BE_REFUSED(f)                                                                          \
	{                                                                                          \
#f " (env: a namespace is refused)", f, set_up, NULL, NULL                         \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_name),       MAY_BE_REFUSED(test_named),
	    MAY_BE_REFUSED(test_no_namespace), MAY_BE_REFUSED(test_unnamed),
	    MAY_BE_REFUSED(test_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
