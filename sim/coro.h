/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * coro.h - coroutines for the worlds of virtual time.
 *
 * A world runs on its own stack and gives the processor back at a shared access. A crash is a
 * coroutine that is never resumed again but started afresh. One thread only.
 */
#ifndef SIM_CORO_H
#define SIM_CORO_H

#include <stdbool.h>
#include <stddef.h>

struct sim_coro {
	void *sp;    /* of the suspended side */
	void *stack; /* lowest address, guard page below */
	void (*run)(void *arg);
	void *arg;
	void *fiber;	  /* race detector's handle */
	void *fake_stack; /* address checker's handle */
	bool started;
};

/* Allocate a stack. Returns 0, or -1 with errno set. */
int sim_coro_create(struct sim_coro *c, void (*run)(void *arg), void *arg);

/* Forget whatever it was doing; the next resume begins run(arg) from its start. */
void sim_coro_restart(struct sim_coro *c);

/* Run it until it yields. Called from outside only. run() must not return. */
void sim_coro_resume(struct sim_coro *c);

/* Give control back to the resumer. Called from inside only. */
void sim_coro_yield(void);

void sim_coro_destroy(struct sim_coro *c);

#endif
