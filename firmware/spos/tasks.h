/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tasks.h - the two tasks. The critical one has 1 ms, runs in its interrupt and is never
 * interrupted itself; the network task is the rest of the time.
 */
#ifndef SPOS_TASKS_H
#define SPOS_TASKS_H

#include <stdbool.h>
#include <stdint.h>

#include "critical.h"

#define TASK_PERIOD_NS UINT64_C(1000000)
#define TASK_DEADLINE_NS UINT64_C(500000)

/* Returns the first release, as a count. */
uint64_t task_critical_start(void);

/* One job; returns the next release. */
uint64_t task_critical_run(void);

/* The books, consistent: copied with interrupts masked. */
struct critical task_critical_books(void);

/* Complete looks at the image so far. */
uint64_t task_image_rounds(void);

/* The network task goes round, for the watchdog. */
void task_network_alive(void);

/* Is enough of the period left for another piece of network work, so that NS gets its share? */
bool task_network_has_time(void);

#endif
