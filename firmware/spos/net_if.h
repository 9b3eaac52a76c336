/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * net_if.h - the channel as a network interface, for any IP stack. The driver knows core/ and the
 * hooks below, and neither executive nor stack; lwIP's netif (stack.c) and FreeRTOS's glue
 * (freertos/) stand on it.
 *
 * One context calls, or the calls are serialised. Nothing here waits: a frame that the channel
 * does not take is dropped and counted (P7), an activation is bounded by the budgets of the
 * channel's configuration.
 */
#ifndef SPOS_NET_IF_H
#define SPOS_NET_IF_H

#include <stdbool.h>
#include <stdint.h>

#include "iwc.h"
#include "iwc_channel.h"

struct net_hooks {
	uint64_t (*now_ns)(void);
	/* The next epoch, from the monitor; 0: there is none, the link stays down till next time.
	 */
	uint32_t (*epoch)(void);
	/*
	 * A buffer of IWC_FRAME_MAX bytes to receive into, or NULL: the frame is then dropped.
	 * Asked for once; the same buffer is used until give takes it.
	 */
	void *(*take)(void *ctx);
	/* A frame in the buffer last taken, which is the stack's from now on. */
	void (*give)(void *ctx, void *buf, uint32_t len_bytes, unsigned cls);
	/* The session came up or went down. */
	void (*link)(void *ctx, bool up);
	/* There is room again after a send was refused for want of it. */
	void (*room)(void *ctx);
	void *ctx;
};

struct net_counters {
	uint64_t activations;
	uint64_t no_buffer; /* frames dropped: take gave none */
	uint64_t full;	    /* frames not sent: ring full */
	uint64_t down;	    /* frames not sent: link down */
	uint64_t bad;	    /* frames not sent: length */
};

struct net_if {
	struct iwc ep;
	struct net_hooks hooks;
	void *buf; /* taken, not yet given */
	bool wants_room;
	struct net_counters n;
	uint8_t dropped[IWC_FRAME_MAX]; /* where frames without a buffer go */
};

/* Bind, boot and announce the next epoch. port goes to the core's port hooks. False: the sections
 * or the configuration are not what the core takes, or there is no epoch. */
bool net_init(struct net_if *net, const struct net_hooks *hooks, void *own, const void *peer,
	      void *port);

/* One activation: session, frames to the stack, doorbell armed. Call it at each doorbell and at
 * least once every poll period. True: there is more to do. */
bool net_poll(struct net_if *net);

/* Send an Ethernet frame: urgent IPv4 (DSCP 40 and above) that is short enough goes as control, all
 * else as bulk. False: dropped. */
bool net_send(struct net_if *net, const void *frame, uint32_t len_bytes);

/* The class that net_send would choose. */
unsigned net_class(const uint8_t *frame, uint32_t len_bytes);

#endif
