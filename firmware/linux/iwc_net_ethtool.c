// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * ethtool: names, sizes and every counter. They are private to Linux: the peer can't reset one.
 */
#include <linux/ethtool.h>
#include <linux/string.h>

#include "iwc_net.h"

struct iwc_net_stat {
	char name[ETH_GSTRING_LEN];
	size_t offset; /* in struct iwc_net, of a 64-bit counter */
};

#define STAT(name, member) { name, offsetof(struct iwc_net, member) }

static const struct iwc_net_stat stats[] = {
	STAT("control_sent", ep.n.sent[IWC_CLASS_CONTROL]),
	STAT("control_received", ep.n.received[IWC_CLASS_CONTROL]),
	STAT("control_refused", ep.n.refused[IWC_CLASS_CONTROL]),
	STAT("control_stops", queue[IWC_CLASS_CONTROL].stops),
	STAT("control_throttles", queue[IWC_CLASS_CONTROL].throttles),
	STAT("bulk_sent", ep.n.sent[IWC_CLASS_BULK]),
	STAT("bulk_received", ep.n.received[IWC_CLASS_BULK]),
	STAT("bulk_refused", ep.n.refused[IWC_CLASS_BULK]),
	STAT("bulk_stops", queue[IWC_CLASS_BULK].stops),
	STAT("bulk_throttles", queue[IWC_CLASS_BULK].throttles),
	STAT("control_corrupted", ep.rx[IWC_CLASS_CONTROL].check.n.corrupted),
	STAT("control_inserted", ep.rx[IWC_CLASS_CONTROL].check.n.inserted),
	STAT("control_repeated", ep.rx[IWC_CLASS_CONTROL].check.n.repeated),
	STAT("control_reordered", ep.rx[IWC_CLASS_CONTROL].check.n.reordered),
	STAT("control_lost", ep.rx[IWC_CLASS_CONTROL].check.n.lost),
	STAT("unsent", ep.n.unsent),
	STAT("abandoned_lines", ep.n.abandoned_lines),
	STAT("stale", ep.n.stale),
	STAT("ups", ep.n.ups),
	STAT("downs", ep.n.downs),
	STAT("peer_restarts", ep.n.peer_restarts),
	STAT("refused_epochs", ep.n.refused_epochs),
	STAT("renewals", ep.n.renewals),
	STAT("stalls", ep.n.stalls),
	STAT("violations", ep.n.violations),
	STAT("rings_wanted", ep.n.rings),
	STAT("rings_sent", rings_sent),
	STAT("epochs_not_given", epochs_refused),
	STAT("rx_no_memory", rx_no_memory),
	STAT("polls_useful", polls_useful),
};

static void iwc_net_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, IWC_NET_NAME, sizeof(info->driver));
	strscpy(info->bus_info, dev_name(dev->dev.parent), sizeof(info->bus_info));
}

/* Of the bulk class, in lines: a frame takes as many as its bytes need. */
static void iwc_net_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
			      struct kernel_ethtool_ringparam *kernel_ring,
			      struct netlink_ext_ack *extack)
{
	struct iwc_net *net = netdev_priv(dev);

	ring->rx_max_pending = net->ep.rx[IWC_CLASS_BULK].lines;
	ring->rx_pending = ring->rx_max_pending;
	ring->tx_max_pending = net->ep.tx[IWC_CLASS_BULK].lines;
	ring->tx_pending = ring->tx_max_pending;
}

static int iwc_net_sset_count(struct net_device *dev, int set)
{
	return set == ETH_SS_STATS ? ARRAY_SIZE(stats) : -EOPNOTSUPP;
}

static void iwc_net_strings(struct net_device *dev, u32 set, u8 *data)
{
	unsigned int i;

	if (set != ETH_SS_STATS)
		return;
	for (i = 0; i < ARRAY_SIZE(stats); i++)
		memcpy(data + i * ETH_GSTRING_LEN, stats[i].name, ETH_GSTRING_LEN);
}

static void iwc_net_stats(struct net_device *dev, struct ethtool_stats *head, u64 *data)
{
	struct iwc_net *net = netdev_priv(dev);
	unsigned int i;

	spin_lock_bh(&net->lock);
	for (i = 0; i < ARRAY_SIZE(stats); i++)
		data[i] = *(const u64 *)((const char *)net + stats[i].offset);
	spin_unlock_bh(&net->lock);
}

const struct ethtool_ops iwc_net_ethtool_ops = {
	.get_drvinfo = iwc_net_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_ringparam = iwc_net_ringparam,
	.get_sset_count = iwc_net_sset_count,
	.get_strings = iwc_net_strings,
	.get_ethtool_stats = iwc_net_stats,
	.get_ts_info = ethtool_op_get_ts_info,
};
