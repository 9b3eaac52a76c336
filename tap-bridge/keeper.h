/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keeper.h - a parent that watches over the child that does the work, and over a command that runs
 * beside it, so that nothing stays behind whichever of them dies.
 *
 *	parent: signals, the command, the last cleaning	  child (worker): threads, devices
 *
 * The worker dies, by whatever signal: the parent ends the command with all that it has started,
 * and cleans. The parent dies: the worker sees its end of the socket closed, ends its work, ends
 * the command with all that it has started, and cleans. What only a process can hold, such as a TAP
 * interface, needs no cleaning.
 *
 * A terminal's interrupt reaches the command by itself; with a command, the two leave it to that.
 */
#ifndef TAP_KEEPER_H
#define TAP_KEEPER_H

#include <stdbool.h>

/* The worker's end. */
struct keeper_link;

struct keeper {
	void *ctx;
	/* In the worker; returns its exit code, soon after keeper_wait has said so. */
	int (*work)(void *ctx, struct keeper_link *link);
	/* Remove what outlives processes; in the parent, or in the worker if that is gone. */
	void (*clean)(void *ctx);
	char *const *command; /* NULL-terminated; NULL: none */
	int command_netns;    /* network namespace for it; -1: the present one */
};

/* The work has begun: the command may start. */
void keeper_ready(struct keeper_link *link);

/* Wait for at most so many milliseconds; false: end the work. */
bool keeper_wait(struct keeper_link *link, int timeout_ms);

struct keeper_end {
	int worker;	   /* exit code; -1: ended by a signal, or not begun */
	int worker_signal; /* 0: none */
	int command;	   /* exit code, 128 + signal, 126 or 127 as of a shell; -1: not begun */
};

/*
 * Run both to their ends; the process must have one thread. -1 with errno set if there is no worker
 * at all.
 */
int keeper_run(const struct keeper *keeper, struct keeper_end *end);

#endif
