/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * iwc_net.h - what the parts of the driver share.
 *
 * Contexts: ndo_start_xmit on any CPU, one at a time for each queue; the NAPI poll, one at a time;
 * open, stop and ethtool in process context under RTNL; the interrupt and the poll work, which only
 * schedule NAPI.
 *
 * One lock, @lock of struct iwc_net, covers the endpoint, as core/ demands, and with it the queues'
 * accounting and whether they are stopped: a queue is stopped and woken under it, so neither can be
 * missed. It is taken with softirqs off and never from hard interrupts (hence no netpoll). Under it
 * nothing is delivered, since the stack may answer by ndo_start_xmit at once, and nobody is rung:
 * the hook of core/ notes that the bell is wanted, and whoever drops the lock rings.
 * Order: the queue's xmit lock, then @lock.
 */
#ifndef IWC_NET_H
#define IWC_NET_H

#include <linux/netdevice.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "iwc.h"
#include "iwc_channel.h"
#include "iwc_port.h"

#define IWC_NET_NAME "iwc_net"
/* Room of a receive buffer, as core/ demands. */
#define IWC_NET_BUFFER_BYTES IWC_FRAME_MAX

/* Queue i carries class i. */
struct iwc_net_queue {
	u64 done; /* line up to which BQL has been told that the peer took the ring */
	u64 stops; /* times the queue was stopped: ring full */
	u64 throttles; /* times BQL had enough in the ring */
};

struct iwc_net {
	spinlock_t lock; /* see above */
	struct iwc ep;
	struct iwc_linux_port port;
	struct iwc_net_queue queue[IWC_CLASS_COUNT];
	bool booted; /* the section was zeroed by this driver */
	u64 rings_sent;
	u64 epochs_refused; /* the monitor gave none */
	u64 rx_no_memory;
	u64 polls_useful; /* polls by the timer that found something to do */

	struct net_device *dev;
	struct napi_struct napi;
	struct delayed_work poll_work;
	bool timed; /* the next poll was scheduled by the timer */
	void *buffer[IWC_BURST_MAX]; /* of the NAPI poll */
	int irq;
};

/* Of the NAPI poll and the queues (iwc_net_queue.c). */
netdev_tx_t iwc_net_xmit(struct sk_buff *skb, struct net_device *dev);
u16 iwc_net_select_queue(struct net_device *dev, struct sk_buff *skb, struct net_device *sb_dev);
int iwc_net_poll(struct napi_struct *napi, int budget);
void iwc_net_poll_work(struct work_struct *work);
void iwc_net_restart_queues(struct iwc_net *net);
void iwc_net_free_buffers(struct iwc_net *net);

/* Calls of the monitor (iwc_net_smc.c). */
int iwc_net_smc_check(struct device *dev, phys_addr_t own, phys_addr_t peer, size_t bytes);
u32 iwc_net_smc_epoch(void);
void iwc_net_smc_ring(void);

/* Drop the lock, then ring if the endpoint asked for it, unless more is to come at once. */
static inline void iwc_net_unlock_ring(struct iwc_net *net, bool more)
	__releases(&net->lock)
{
	bool ring = net->port.ring && !more;

	if (ring) {
		net->port.ring = false;
		net->rings_sent++;
	}
	spin_unlock(&net->lock);
	if (ring)
		iwc_net_smc_ring();
}

extern const struct ethtool_ops iwc_net_ethtool_ops;

#endif
