/* SPDX-License-Identifier: BSD-2-Clause */
/* control_socket.h - the two ends of the control socket, as sockets. */
#ifndef TAP_CONTROL_SOCKET_H
#define TAP_CONTROL_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

#include "control.h"

/* A listening socket and what is to be removed with it. */
struct control_socket {
	int fd;
	char path[CONTROL_PATH_MAX];
	char folder[CONTROL_PATH_MAX];
	bool folder_made;
	dev_t dev;
	ino_t ino;
};

/* False with one line in err (CONTROL_ERROR_BYTES). */
bool control_socket_listen(struct control_socket *s, const char *path, char *err);

/* Closes; removes the socket if it is still ours, and the folder if it is empty and ours. */
void control_socket_close(struct control_socket *s);

/* -1 with one line in err, and errno as connect set it. */
int control_connect(const char *path, char *err);

/* One of those that control_path chooses. */
bool control_folder_is_default(const char *path);

#endif
