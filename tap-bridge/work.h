/* SPDX-License-Identifier: BSD-2-Clause */
/* work.h - a tap from its beginning to its end, in the worker's process (keeper.h). */
#ifndef TAP_WORK_H
#define TAP_WORK_H

#include "control.h"
#include "keeper.h"
#include "netns.h"
#include "realtime.h"
#include "record.h"
#include "tap.h"

/* Everything that was decided before. Worlds are indexed by enum sim_world_id. */
struct work_plan {
	const struct scenario *sc;
	uint64_t seed;
	uint64_t duration_ns; /* 0: until told to end */
	enum sim_rt_cpus cpus;
	/* the ends */
	bool secure_tap; /* else lwIP */
	const char *tap[SIM_WORLDS];
	struct netlink_address address[SIM_WORLDS];
	bool address_given; /* by the user, and not a default */
	const char *peer;   /* as given; NULL: address[SIM_S] is the default */
	uint32_t mtu;
	int netns[SIM_WORLDS];		    /* -1: the present one */
	const char *netns_name[SIM_WORLDS]; /* NULL: none */
	bool user;			    /* in a user namespace of our own */
	/* captures */
	const char *write, *events;
	struct record_sink frames_sink, events_sink;
	/* what is said */
	char control[CONTROL_PATH_MAX];
	uint64_t interval_ns;
	bool status_lines; /* also where there is no terminal */
	bool json, quiet;
	bool command;	   /* one runs beside */
	bool stdout_taken; /* by it, or by a capture */
	/* Shared with the parent: the socket at control is ours. */
	volatile bool *control_made;
};

/* Returns an exit code; messages have been printed. */
int work_run(const struct work_plan *plan, struct keeper_link *link);

#endif
