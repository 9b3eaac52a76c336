/* SPDX-License-Identifier: BSD-2-Clause */
#include "control_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void split(struct control_socket *s, const char *path)
{
	const char *slash = strrchr(path, '/');

	snprintf(s->path, sizeof(s->path), "%s", path);
	if (!slash)
		snprintf(s->folder, sizeof(s->folder), ".");
	else if (slash == path)
		snprintf(s->folder, sizeof(s->folder), "/");
	else
		snprintf(s->folder, sizeof(s->folder), "%.*s", (int)(slash - path), path);
}

static bool bind_at(const struct control_socket *s)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	memcpy(at.sun_path, s->path, strlen(s->path) + 1u);
	return bind(s->fd, (const struct sockaddr *)&at, sizeof(at)) == 0;
}

/* The name is taken. Remove what a tap that died has left; false with a line in err if it lives. */
static bool stale_remove(const struct control_socket *s, char *err)
{
	char why[CONTROL_ERROR_BYTES];
	struct stat st;
	int fd;

	if (lstat(s->path, &st) != 0 || !S_ISSOCK(st.st_mode)) {
		snprintf(err, CONTROL_ERROR_BYTES,
			 "%s: is there and is no socket; give another path with --control",
			 s->path);
		return false;
	}
	fd = control_connect(s->path, why);
	if (fd >= 0) {
		close(fd);
		snprintf(err, CONTROL_ERROR_BYTES,
			 "%s: in use, a tap of that name runs; end it or give another path with "
			 "--control",
			 s->path);
		return false;
	}
	if (errno == ECONNREFUSED && unlink(s->path) == 0)
		return true;
	snprintf(err, CONTROL_ERROR_BYTES, "%s: is there and can't be replaced: %s", s->path,
		 strerror(errno));
	return false;
}

/* With the folder locked, so that of two taps that find a stale socket only one replaces it. */
static bool take_name(struct control_socket *s, char *err)
{
	err[0] = '\0';
	if (!bind_at(s) && !(errno == EADDRINUSE && stale_remove(s, err) && bind_at(s))) {
		if (err[0] == '\0')
			snprintf(err, CONTROL_ERROR_BYTES, "%s: %s", s->path, strerror(errno));
		return false;
	}
	if (listen(s->fd, 16) == 0)
		return true;
	snprintf(err, CONTROL_ERROR_BYTES, "%s: %s", s->path, strerror(errno));
	return false;
}

bool control_socket_listen(struct control_socket *s, const char *path, char *err)
{
	struct stat st;
	bool good;
	int lock;

	*s = (struct control_socket){.fd = -1};
	if (strlen(path) >= sizeof(s->path)) {
		snprintf(err, CONTROL_ERROR_BYTES,
			 "%.300s: the path of a socket has at most %zu bytes", path,
			 sizeof(s->path) - 1u);
		return false;
	}
	split(s, path);
	s->folder_made = mkdir(s->folder, 0700) == 0;
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* Before bind: the file is never there with another mode. */
	if (s->fd < 0 || fchmod(s->fd, 0600) != 0) {
		snprintf(err, CONTROL_ERROR_BYTES, "%s: %s", s->path, strerror(errno));
		control_socket_close(s);
		return false;
	}
	lock = open(s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock >= 0)
		(void)flock(lock, LOCK_EX);
	good = take_name(s, err);
	if (good && lstat(s->path, &st) == 0) {
		s->dev = st.st_dev;
		s->ino = st.st_ino;
	}
	if (lock >= 0)
		close(lock);
	if (!good)
		control_socket_close(s);
	return good;
}

void control_socket_close(struct control_socket *s)
{
	struct stat st;

	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	if (s->ino != 0 && lstat(s->path, &st) == 0 && st.st_dev == s->dev && st.st_ino == s->ino)
		(void)unlink(s->path);
	s->ino = 0;
	if (s->folder_made || control_folder_is_default(s->folder))
		(void)rmdir(s->folder); /* not if others are in it */
}
