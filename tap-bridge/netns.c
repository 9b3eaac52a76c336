/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netns.c - network namespaces.
 *
 * A name is a file below /run/netns on which the namespace is mounted; the folder is made a shared
 * mount, so that a name that goes is gone in the mount namespaces of other programs too. That is
 * what `ip netns` does, and expects.
 */
#include "netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netlink.h"

#define FOLDER "/run/netns"
#define HERE "/proc/thread-self/ns/net"
#define LOOPBACK_INDEX 1
#define PATH_BYTES (sizeof(FOLDER) + 1 + NETNS_NAME_MAX)

__attribute__((format(printf, 2, 3))) static int fail(char *err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(err, NETNS_ERROR_BYTES, format, ap);
	va_end(ap);
	return -1;
}

static const char *path_of(const char *name, char path[PATH_BYTES])
{
	(void)snprintf(path, PATH_BYTES, FOLDER "/%s", name);
	return path;
}

bool netns_name_check(const char *name, char *err)
{
	if (*name == '\0' || strlen(name) >= NETNS_NAME_MAX)
		return fail(err, "'%.80s': the name of a namespace has 1 to %u bytes", name,
			    NETNS_NAME_MAX - 1) == 0;
	if (strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return fail(err, "'%s': no name for a namespace", name) == 0;
	return true;
}

/* ---- making ---- */

static int loopback_up(char *err)
{
	int fd = netlink_open(), rc = fd < 0 ? fd : netlink_link_up(fd, LOOPBACK_INDEX);

	if (fd >= 0)
		(void)close(fd);
	return rc == 0 ? 0 : fail(err, "loopback interface: %s", strerror(-rc));
}

int netns_here(char *err)
{
	int fd = open(HERE, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail(err, HERE ": %s", strerror(errno));
	return fd;
}

int netns_enter(int fd, char *err)
{
	return setns(fd, CLONE_NEWNET) == 0
		   ? 0
		   : fail(err, "entering a network namespace: %s", strerror(errno));
}

int netns_make(char *err)
{
	int here = netns_here(err), made = -1;

	if (here < 0)
		return -1;
	if (unshare(CLONE_NEWNET) != 0) {
		(void)fail(err, "a network namespace: %s", strerror(errno));
	} else {
		if (loopback_up(err) == 0)
			made = netns_here(err);
		/* Not coming back would put everything that follows into the wrong place. */
		if (setns(here, CLONE_NEWNET) != 0 && made >= 0) {
			(void)close(made);
			made = fail(err, "leaving a network namespace: %s", strerror(errno));
		}
	}
	(void)close(here);
	return made;
}

/* ---- names ---- */

static int make_folder(struct netns *ns, char *err)
{
	if (mkdir(FOLDER, 0755) == 0)
		ns->made_folder = true;
	else if (errno != EEXIST)
		return fail(err, FOLDER ": %s: a named namespace needs root", strerror(errno));
	if (mount("", FOLDER, "none", MS_SHARED | MS_REC, NULL) == 0)
		return 0;
	/* EINVAL: it is no mount yet. */
	if (errno != EINVAL || mount(FOLDER, FOLDER, "none", MS_BIND | MS_REC, NULL) != 0)
		return fail(err, FOLDER ": %s", strerror(errno));
	ns->made_mount = true;
	if (mount("", FOLDER, "none", MS_SHARED | MS_REC, NULL) != 0)
		return fail(err, FOLDER ": %s", strerror(errno));
	return 0;
}

static int mount_namespace(int fd, const char *path, char *err)
{
	char from[64];

	(void)snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	return mount(from, path, "none", MS_BIND, NULL) == 0
		   ? 0
		   : fail(err, "%s: %s", path, strerror(errno));
}

static int make_named(const char *path, struct netns *ns, char *err)
{
	int fd, file;

	if (make_folder(ns, err) != 0)
		return -1;
	file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (file < 0)
		return fail(err, "%s: %s", path, strerror(errno));
	(void)close(file);
	ns->made = true;
	fd = netns_make(err);
	if (fd >= 0 && mount_namespace(fd, path, err) != 0) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

int netns_open(const char *name, struct netns *ns, char *err)
{
	char path[PATH_BYTES];
	int fd = open(path_of(name, path), O_RDONLY | O_CLOEXEC);

	*ns = (struct netns){0};
	if (fd >= 0 && ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET)
		return fd;
	if (fd >= 0) {
		(void)close(fd);
		return fail(err, "%s: that is no network namespace; remove the file", path);
	}
	if (errno != ENOENT)
		return fail(err, "%s: %s", path, strerror(errno));
	(void)snprintf(ns->name, sizeof(ns->name), "%s", name);
	fd = make_named(path, ns, err);
	if (fd < 0)
		netns_remove(ns);
	return fd;
}

static bool folder_is_empty(void)
{
	DIR *folder = opendir(FOLDER);
	bool empty = folder != NULL;
	const struct dirent *entry;

	while (empty && (entry = readdir(folder)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (folder)
		(void)closedir(folder);
	return empty;
}

void netns_remove(struct netns *ns)
{
	char path[PATH_BYTES];

	if (ns->made) {
		(void)umount2(path_of(ns->name, path), MNT_DETACH);
		(void)unlink(path);
	}
	/* Others may have put names there meanwhile. */
	if (ns->made_mount && folder_is_empty())
		(void)umount2(FOLDER, MNT_DETACH);
	if (ns->made_folder)
		(void)rmdir(FOLDER);
	*ns = (struct netns){0};
}

/* ---- a normal user ---- */

static int write_text(const char *path, const char *text, char *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);
	int cause = 0;

	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		cause = errno;
	if (fd >= 0)
		(void)close(fd);
	return cause == 0 ? 0 : fail(err, "%s: %s", path, strerror(cause));
}

static int map(const char *path, unsigned id, char *err)
{
	char line[32];

	(void)snprintf(line, sizeof(line), "0 %u 1", id);
	return write_text(path, line, err);
}

#define USER_HINT "run as root, or ask an administrator for 'ip tuntap add NAME mode tap user USER'"

int netns_unshare_user(char *err)
{
	unsigned uid = geteuid(), gid = getegid();
	char why[NETNS_ERROR_BYTES];

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return fail(err,
			    "this kernel gives a normal user no network namespace (%s): " USER_HINT,
			    strerror(errno));
	if (write_text("/proc/self/setgroups", "deny", why) != 0 ||
	    map("/proc/self/uid_map", uid, why) != 0 || map("/proc/self/gid_map", gid, why) != 0 ||
	    loopback_up(why) != 0)
		return fail(err,
			    "this kernel gives a normal user no rights in a namespace of their "
			    "own (%.200s): " USER_HINT,
			    why);
	return 0;
}
