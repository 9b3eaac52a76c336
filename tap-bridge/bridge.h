/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bridge.h - what stands at the ends of the channel: a TAP interface, or lwIP.
 *
 * Both are clients of sim/realtime.h; all their functions run in the thread of their world, but for
 * those that say otherwise.
 */
#ifndef TAP_BRIDGE_H
#define TAP_BRIDGE_H

#include <stdatomic.h>

#include "realtime.h"
#include "stack.h"
#include "tap.h"

#define BRIDGE_BATCH IWC_BURST_MAX
/* The longest frame of a TAP with the largest MTU, with room for one that is too long to show. */
#define BRIDGE_BUFFER_BYTES 2048u

/*
 * The class of a frame: 0 if it is IPv4 with a DSCP of CS5 or above, EF among them, and class 0 can
 * carry it; else the last one, in which everything fits that fits the TAP's MTU.
 */
unsigned bridge_class(const struct iwc_config *channel, const uint8_t *frame, uint32_t len_bytes);

/* The MTU that fits the last class; 0: too small for IPv4. */
uint32_t bridge_mtu(const struct iwc_config *channel);

/* ---- a TAP ---- */

/*
 * As a Linux driver: takes frames in batches and sends each in its class. What a full ring has no
 * room for is kept, and meanwhile nothing more is read, so that the TAP's own queue fills; a crash
 * of the world loses what is kept. The secure world's TAP never keeps: a full ring drops.
 */
struct bridge_tap {
	struct sim_rt *rt; /* to be set before the start */
	const struct iwc_config *channel;
	enum sim_world_id world;
	int fd;
	unsigned held; /* the first of frame, with their classes */
	struct iwc_frame frame[BRIDGE_BATCH];
	uint8_t cls[BRIDGE_BATCH];
	uint8_t buffer[BRIDGE_BATCH][BRIDGE_BUFFER_BYTES];
	_Atomic int broken; /* errno value: the device can't be read any more. Any thread */
};

struct sim_rt_client bridge_tap_client(struct bridge_tap *b, const struct iwc_config *channel,
				       enum sim_world_id world, int fd);

/* ---- lwIP, of the secure world ---- */

/*
 * Has a carrier from the first time that the link comes up in a life of the world. What a full ring
 * has no room for TCP offers again. A stack that stops itself is started anew, and counted.
 */
struct bridge_lwip {
	struct sim_rt *rt; /* to be set before the start */
	const struct iwc_config *channel;
	struct sim_stack_config config;
	bool on, refused;
	_Atomic uint64_t faults;     /* any thread */
	_Atomic(const char *) fault; /* of the last one, static; NULL: none. Any thread */
};

/* config without output and ctx, which are filled in. NULL: good; else what is wrong with it. */
const char *bridge_lwip_init(struct bridge_lwip *b, const struct iwc_config *channel,
			     const struct sim_stack_config *config);

struct sim_rt_client bridge_lwip_client(struct bridge_lwip *b);

#endif
