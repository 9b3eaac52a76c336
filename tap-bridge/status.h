/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * status.h - what a running tap says of itself: rates, drops by place and cause, doorbells,
 * latency, sessions, faults.
 *
 * One picture is one JSON object, schema iwc-tap-1 (docs/tap-bridge.md). The line of a terminal and
 * the summary are made from it, here and by who asked another tap for it.
 */
#ifndef TAP_STATUS_H
#define TAP_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "realtime.h"
#include "record.h"

#define STATUS_SCHEMA "iwc-tap-1"
#define STATUS_NAME_MAX 16 /* of an interface, NUL included */
#define STATUS_LINE_MAX 512u
#define STATUS_JSON (JSON_COMPACT | JSON_REAL_PRECISION(9)) /* how a picture is written */

/* The kernel's counters of one TAP, named and seen as by `ip -s link`: tx is what a world sends. */
struct status_tap {
	char name[STATUS_NAME_MAX];	/* "": this world has no TAP */
	uint64_t tx_frames, tx_dropped; /* dropped: the TAP's queue was full */
	uint64_t rx_frames, rx_dropped;
};

/* Everything that a picture is made of (large: 60 KiB). */
struct status_counters {
	struct sim_rt_status rt;
	struct status_tap tap[SIM_WORLDS];
	struct record_counts capture;
};

/* Where counters come from. read fills in all of it; it is called from any thread. */
struct status_source {
	void *ctx;
	void (*read)(void *ctx, struct status_counters *now);
	const struct scenario *sc;
	const char *name; /* of the tap */
};

struct status;

/* source must outlive the object. NULL: no memory. One thread at a time may use an object. */
struct status *status_create(const struct status_source *source);

/*
 * A picture of now. Its rates and interval latencies are since the call before; of the first call,
 * since the start. NULL: no memory.
 */
json_t *status_take(struct status *st);

void status_destroy(struct status *st);

/*
 * The picture as one line without a line end, of at most columns characters (and STATUS_LINE_MAX):
 * what does not fit is left out, the least important first. Members that are missing count as 0.
 */
void status_line(const json_t *picture, char *line, size_t size, unsigned columns);

/* Show it on the terminal out in place of the line before; width is asked of the terminal. */
void status_show(const json_t *picture, FILE *out);
/* Take it away, before anything else is printed there. */
void status_hide(FILE *out);

/* Several lines: what was sent, delivered and lost, where and why, since the start. */
void status_summary(const json_t *picture, FILE *out);

#endif
