// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * iwc_net - Linux's end of the inter-world channel as a network device.
 *
 * The channel itself, rings, sessions and checks, is core/, compiled in as it is. This file finds
 * the shared memory and the doorbell by the device tree, and opens and closes the device.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "iwc_net.h"

/* ---- the device ---- */

static irqreturn_t iwc_net_irq(int irq, void *data)
{
	struct iwc_net *net = data;

	napi_schedule(&net->napi);
	return IRQ_HANDLED;
}

/*
 * Leave the session: the peer sees that nobody is there any more and waits for an epoch. Called
 * when no other context uses the endpoint.
 */
static void iwc_net_leave(struct iwc_net *net)
{
	iwc_port_store_release(&net->ep.own->session, 0);
	iwc_net_smc_ring();
}

static int iwc_net_begin(struct iwc_net *net)
{
	u32 epoch = iwc_net_smc_epoch();
	int ret;

	if (!epoch) {
		netdev_err(net->dev, "the monitor gives no epoch\n");
		return -EIO;
	}
	spin_lock_bh(&net->lock);
	ret = net->booted ? iwc_renew(&net->ep, epoch) : iwc_boot(&net->ep, epoch);
	net->booted = true;
	iwc_net_restart_queues(net);
	net->port.ring = false;
	spin_unlock_bh(&net->lock);
	iwc_net_smc_ring();
	return ret == IWC_OK ? 0 : -EIO;
}

static int iwc_net_open(struct net_device *dev)
{
	struct iwc_net *net = netdev_priv(dev);
	int ret = iwc_net_begin(net);

	if (ret)
		return ret;
	napi_enable(&net->napi);
	ret = request_irq(net->irq, iwc_net_irq, 0, dev->name, net);
	if (ret) {
		netdev_err(dev, "the doorbell, interrupt %d, can't be had: %d\n", net->irq, ret);
		napi_disable(&net->napi);
		iwc_net_leave(net);
		return ret;
	}
	netif_tx_start_all_queues(dev);
	schedule_delayed_work(&net->poll_work, 0);
	return 0;
}

static int iwc_net_stop(struct net_device *dev)
{
	struct iwc_net *net = netdev_priv(dev);

	free_irq(net->irq, net);
	cancel_delayed_work_sync(&net->poll_work);
	napi_disable(&net->napi);
	netif_tx_disable(dev);
	netif_carrier_off(dev);
	iwc_net_leave(net);
	iwc_net_free_buffers(net);
	return 0;
}

static const struct net_device_ops iwc_net_ops = {
	.ndo_open = iwc_net_open,
	.ndo_stop = iwc_net_stop,
	.ndo_start_xmit = iwc_net_xmit,
	.ndo_select_queue = iwc_net_select_queue,
	.ndo_get_stats64 = dev_get_tstats64,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
};

/* ---- the shared memory ---- */

static void iwc_net_vunmap(void *map)
{
	vunmap(map);
}

/*
 * Map @res write-back cacheable, as the other world does. Memory that the kernel keeps pages for is
 * mapped by them, since only so a read-only mapping can be had for what is the peer's.
 */
static void *iwc_net_map(struct device *dev, const struct resource *res, pgprot_t prot)
{
	unsigned long i, first = PHYS_PFN(res->start), n = PHYS_PFN(resource_size(res));
	struct page **pages;
	void *map = NULL;
	int ret;

	if (!pfn_valid(first) || !pfn_valid(first + n - 1))
		return devm_memremap(dev, res->start, resource_size(res), MEMREMAP_WB);
	pages = kvmalloc_array(n, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < n; i++)
		pages[i] = pfn_to_page(first + i);
	map = vmap(pages, n, VM_MAP, prot);
	kvfree(pages);
	if (!map)
		return ERR_PTR(-ENOMEM);
	ret = devm_add_action_or_reset(dev, iwc_net_vunmap, map);
	return ret ? ERR_PTR(ret) : map;
}

/* Finds the reserved memory called @name. */
static int iwc_net_resource(struct device *dev, const char *name, size_t bytes,
			    struct resource *res)
{
	int ret, index = of_property_match_string(dev->of_node, "memory-region-names", name);
	struct device_node *node;

	if (index < 0)
		return dev_err_probe(dev, index, "device tree: no memory-region called %s\n", name);
	node = of_parse_phandle(dev->of_node, "memory-region", index);
	if (!node)
		return dev_err_probe(dev, -EINVAL, "device tree: memory-region %s: no such node\n",
				     name);
	ret = of_address_to_resource(node, 0, res);
	if (!ret && !of_property_read_bool(node, "no-map"))
		ret = dev_err_probe(dev, -EINVAL, "device tree: %pOF lacks no-map\n", node);
	else if (ret)
		dev_err_probe(dev, ret, "device tree: %pOF has no address\n", node);
	of_node_put(node);
	if (ret)
		return ret;
	if (!PAGE_ALIGNED(res->start) || !PAGE_ALIGNED(resource_size(res)) ||
	    resource_size(res) < bytes)
		return dev_err_probe(dev, -EINVAL,
				     "device tree: memory-region %s: %pR, need %#zx bytes in whole pages\n",
				     name, res, bytes);
	return 0;
}

static int iwc_net_bind(struct iwc_net *net, struct device *dev)
{
	struct iwc_config cfg = iwc_channel_config();
	size_t bytes = iwc_section_bytes(&cfg);
	struct resource own, peer;
	void *own_map, *peer_map;
	int ret;

	ret = iwc_net_resource(dev, "own", bytes, &own);
	if (!ret)
		ret = iwc_net_resource(dev, "peer", bytes, &peer);
	if (!ret && resource_overlaps(&own, &peer))
		ret = dev_err_probe(dev, -EINVAL, "device tree: %pR, %pR overlap\n", &own, &peer);
	if (!ret)
		ret = iwc_net_smc_check(dev, own.start, peer.start, resource_size(&own));
	if (ret)
		return ret;
	own_map = iwc_net_map(dev, &own, PAGE_KERNEL);
	peer_map = iwc_net_map(dev, &peer, PAGE_KERNEL_RO);
	if (IS_ERR(own_map) || IS_ERR(peer_map))
		return dev_err_probe(dev, PTR_ERR(IS_ERR(own_map) ? own_map : peer_map),
				     "the shared memory can't be mapped\n");
	if (iwc_init(&net->ep, &cfg, own_map, peer_map, &net->port) != IWC_OK)
		return dev_err_probe(dev, -EINVAL, "the channel's geometry does not fit\n");
	return 0;
}

/* ---- probe and removal ---- */

static void iwc_net_setup(struct iwc_net *net, struct net_device *dev, struct device *parent)
{
	SET_NETDEV_DEV(dev, parent);
	net->dev = dev;
	spin_lock_init(&net->lock);
	INIT_DELAYED_WORK(&net->poll_work, iwc_net_poll_work);
	netif_napi_add(dev, &net->napi, iwc_net_poll);
	dev->netdev_ops = &iwc_net_ops;
	dev->ethtool_ops = &iwc_net_ethtool_ops;
	dev->max_mtu = min_t(unsigned int, ETH_DATA_LEN, IWC_BULK_FRAME_MAX - VLAN_ETH_HLEN);
	dev->features |= NETIF_F_HIGHDMA;
	dev->hw_features |= NETIF_F_HIGHDMA;
	/* It would send from hard interrupts, where the lock can't be taken. */
	dev->priv_flags |= IFF_DISABLE_NETPOLL;
	if (device_get_ethdev_address(parent, dev))
		eth_hw_addr_random(dev);
	netif_carrier_off(dev);
}

static int iwc_net_probe(struct platform_device *pdev)
{
	struct net_device *dev;
	struct iwc_net *net;
	int ret;

	dev = devm_alloc_etherdev_mqs(&pdev->dev, sizeof(*net), IWC_CLASS_COUNT, 1);
	if (!dev)
		return -ENOMEM;
	net = netdev_priv(dev);
	net->irq = platform_get_irq(pdev, 0);
	if (net->irq < 0)
		return net->irq;
	dev->tstats = devm_netdev_alloc_pcpu_stats(&pdev->dev, struct pcpu_sw_netstats);
	if (!dev->tstats)
		return -ENOMEM;
	ret = iwc_net_bind(net, &pdev->dev);
	if (ret)
		return ret;
	iwc_net_setup(net, dev, &pdev->dev);
	platform_set_drvdata(pdev, dev);
	/* Whatever a former life of this driver left: it is over. */
	iwc_net_leave(net);
	/* Undone before everything above it, when the driver goes. */
	return devm_register_netdev(&pdev->dev, dev);
}

/* Into a reboot or another kernel: the peer is told, and nobody writes the section any more. */
static void iwc_net_shutdown(struct platform_device *pdev)
{
	struct net_device *dev = platform_get_drvdata(pdev);

	rtnl_lock();
	netif_device_detach(dev);
	dev_close(dev);
	rtnl_unlock();
}

static const struct of_device_id iwc_net_of_match[] = {
	{.compatible = "iwc,channel"},
	{}
};
MODULE_DEVICE_TABLE(of, iwc_net_of_match);

static struct platform_driver iwc_net_driver = {
	.probe = iwc_net_probe,
	.shutdown = iwc_net_shutdown,
	.driver = {
		.name = IWC_NET_NAME,
		.of_match_table = iwc_net_of_match,
	},
};
module_platform_driver(iwc_net_driver);

MODULE_AUTHOR("iwc contributors");
MODULE_DESCRIPTION("Inter-world channel network device");
MODULE_LICENSE("Dual BSD/GPL");
