/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netns.h - network namespaces: named ones as `ip netns` keeps them, and those of a normal user.
 *
 * Functions that can fail return a descriptor or 0, or -1 with one line in err (NETNS_ERROR_BYTES).
 */
#ifndef TAP_NETNS_H
#define TAP_NETNS_H

#include <stdbool.h>

#define NETNS_ERROR_BYTES 512u
#define NETNS_NAME_MAX 64u /* NUL included */

/* What was made for a name, and has to be removed again. */
struct netns {
	char name[NETNS_NAME_MAX]; /* "": nothing */
	bool made_folder, made_mount, made;
};

/* May a namespace be called so? */
bool netns_name_check(const char *name, char *err);

/* Open the namespace of that name; make it if it is missing, and note that in *ns. */
int netns_open(const char *name, struct netns *ns, char *err);

/* Remove what netns_open made. Any process that sees the same files may, and more than once. */
void netns_remove(struct netns *ns);

/* The namespace that the calling thread is in. */
int netns_here(char *err);

/*
 * The process, which has one thread, becomes root of a user namespace of its own and moves to a
 * network namespace of its own, with the loopback interface up.
 */
int netns_unshare_user(char *err);

/* One more network namespace, with the loopback interface up; the caller stays where it is. */
int netns_make(char *err);

/* The calling thread moves to the namespace of a descriptor. */
int netns_enter(int fd, char *err);

#endif
