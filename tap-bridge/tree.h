/* SPDX-License-Identifier: BSD-2-Clause */
/* tree.h - processes and what they have started, as /proc tells it. */
#ifndef TAP_TREE_H
#define TAP_TREE_H

#include <sys/types.h>

/* SIGKILL to pid and to all that descends from it now. */
void tree_kill(pid_t pid);

/* End all children of this process, those that they leave to it too: SIGTERM, a while, SIGKILL. */
void tree_end_children(void);

#endif
