// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * iwc_bench - what calls, interrupts of S and a frame's way cost, in instructions; for QEMU with
 * -icount, where the cycle counter counts all instructions of the machine, and event 8 those of
 * Linux. Both counters can be read from EL0 while the module is loaded.
 *
 *	dev=NAME  put stamps around frames of this interface, the channel's
 *
 * Reading /proc/iwc_bench gives "call NAME N" and "fiq NAME N", and of each of the last frames
 * since it was read before "path A B C D": from ndo_start_xmit to S's interrupt handler, to its
 * stack's input, to its stack's output, to the input of Linux's stack.
 */
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/proc_fs.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>

#include "iwc_smc.h"
#include "stamps.h"

#define SAMPLES 64
#define TRIES 64
#define PSCI_VERSION 0x84000000
#define UNKNOWN 0x8400001f
#define EVENT_INSTRUCTIONS 8
#define PMCR_ENABLE 0x41 /* with cycles of 64 bits */

static char *dev_name_param = "";
module_param_named(dev, dev_name_param, charp, 0444);
MODULE_PARM_DESC(dev, "interface of the channel to measure; none: only let EL0 read the counters");

struct way {
	u64 xmit, stamps[STAMP_COUNT], rx;
};

static struct net_device *netdev;
static const struct net_device_ops *real_ops;
static struct net_device_ops ops;
static u64 *stamps;
static struct way paths[SAMPLES];
static unsigned int path_count;
static u64 xmit_began, cost_version, cost_unknown, cost_trip, cost_deferred, fiq_entry, fiq_all;

static u64 count(void)
{
	return read_sysreg(pmccntr_el0);
}

static void counters_start(void)
{
	write_sysreg(0, pmccfiltr_el0);
	write_sysreg(0, pmselr_el0);
	isb();
	write_sysreg(EVENT_INSTRUCTIONS, pmxevtyper_el0);
	write_sysreg(BIT(31) | BIT(0), pmcntenset_el0);
	write_sysreg(read_sysreg(pmcr_el0) | PMCR_ENABLE, pmcr_el0);
	write_sysreg(1, pmuserenr_el0);
	isb();
}

/* ---- calls and interrupts ---- */

/* From before the SMC to after it; two of the instructions read the counter. */
static u64 call_cost(u32 id)
{
	register u64 x0 asm("x0") = id;
	register u64 x1 asm("x1") = 0;
	register u64 x2 asm("x2") = 0;
	register u64 x3 asm("x3") = 0;
	u64 before, after;

	asm volatile("isb\n\tmrs %0, pmccntr_el0\n\tsmc #0\n\tmrs %1, pmccntr_el0"
		     : "=&r"(before), "=&r"(after), "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
		     :
		     : "memory");
	return after - before;
}

static u64 least_cost(u32 id, unsigned int pause_us)
{
	u64 least = U64_MAX;
	unsigned int i;

	for (i = 0; i < TRIES; i++) {
		udelay(pause_us);
		least = min(least, call_cost(id));
	}
	return least;
}

/*
 * Linux does nothing but read the counter, with its interrupts masked, until S's tick comes between
 * two reads: then all of it lies between them.
 */
static void measure_tick(void)
{
	u64 before, after;

	do {
		asm volatile("mrs %0, pmccntr_el0\n\tmrs %1, pmccntr_el0"
			     : "=r"(before), "=r"(after)
			     :
			     : "memory");
	} while (after - before < 100);
	fiq_entry = min(fiq_entry, READ_ONCE(stamps[STAMP_INTERRUPT]) - before);
	fiq_all = min(fiq_all, after - before);
}

static void measure(void)
{
	unsigned long flags;
	unsigned int i;

	fiq_entry = U64_MAX;
	fiq_all = U64_MAX;
	local_irq_save(flags);
	cost_version = least_cost(PSCI_VERSION, 0);
	cost_unknown = least_cost(UNKNOWN, 0);
	cost_trip = least_cost(IWC_SMC_RING, 200);
	for (i = 0; i < TRIES; i++) /* the bucket is empty then */
		call_cost(IWC_SMC_RING);
	cost_deferred = least_cost(IWC_SMC_RING, 0);
	for (i = 0; i < 8; i++)
		measure_tick();
	local_irq_restore(flags);
}

/* ---- a frame's way ---- */

static netdev_tx_t bench_xmit(struct sk_buff *skb, struct net_device *dev)
{
	xmit_began = count();
	return real_ops->ndo_start_xmit(skb, dev);
}

static rx_handler_result_t bench_rx(struct sk_buff **skb)
{
	struct way *path = &paths[path_count % SAMPLES];
	u64 now = count();

	path->xmit = xmit_began;
	memcpy(path->stamps, stamps, sizeof(path->stamps));
	path->rx = now;
	path_count++;
	return RX_HANDLER_PASS;
}

static int hook(void)
{
	int ret;

	rtnl_lock();
	real_ops = netdev->netdev_ops;
	ops = *real_ops;
	ops.ndo_start_xmit = bench_xmit;
	ret = netdev_rx_handler_register(netdev, bench_rx, NULL);
	if (!ret)
		netdev->netdev_ops = &ops;
	rtnl_unlock();
	return ret;
}

static u64 *map_stamps(void)
{
	struct device_node *channel = of_find_compatible_node(NULL, NULL, "iwc,channel"), *node;
	struct resource res;
	int index, ret = -ENODEV;

	if (!channel)
		return NULL;
	index = of_property_match_string(channel, "memory-region-names", "peer");
	node = of_parse_phandle(channel, "memory-region", index);
	if (node)
		ret = of_address_to_resource(node, 0, &res);
	of_node_put(node);
	of_node_put(channel);
	if (ret)
		return NULL;
	return memremap(res.start + STAMPS_OFFSET, PAGE_SIZE, MEMREMAP_WB);
}

/* ---- what is read ---- */

static int bench_show(struct seq_file *out, void *unused)
{
	unsigned int i, n = min_t(unsigned int, path_count, SAMPLES);

	seq_printf(out, "call version %llu\ncall unknown %llu\ncall ring-trip %llu\n", cost_version,
		   cost_unknown, cost_trip);
	seq_printf(out, "call ring-deferred %llu\nfiq entry %llu\nfiq all %llu\n", cost_deferred,
		   fiq_entry, fiq_all);
	for (i = 0; i < n; i++) {
		struct way *p = &paths[i];

		seq_printf(out, "path %llu %llu %llu %llu\n", p->stamps[STAMP_INTERRUPT] - p->xmit,
			   p->stamps[STAMP_INPUT] - p->xmit, p->stamps[STAMP_OUTPUT] - p->xmit,
			   p->rx - p->xmit);
	}
	path_count = 0;
	return 0;
}

static int __init bench_init(void)
{
	int ret;

	counters_start();
	if (!*dev_name_param)
		return 0;
	stamps = map_stamps();
	if (!stamps)
		return -ENODEV;
	ret = -ENODEV;
	netdev = dev_get_by_name(&init_net, dev_name_param);
	if (!netdev)
		goto unmap;
	measure();
	ret = -ENOMEM;
	if (!proc_create_single("iwc_bench", 0444, NULL, bench_show))
		goto put;
	ret = hook();
	if (!ret)
		return 0;
	remove_proc_entry("iwc_bench", NULL);
put:
	dev_put(netdev);
unmap:
	memunmap(stamps);
	return ret;
}

static void __exit bench_exit(void)
{
	write_sysreg(0, pmuserenr_el0);
	if (!netdev)
		return;
	rtnl_lock();
	netdev->netdev_ops = real_ops;
	netdev_rx_handler_unregister(netdev);
	rtnl_unlock();
	remove_proc_entry("iwc_bench", NULL);
	dev_put(netdev);
	memunmap(stamps);
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_AUTHOR("iwc contributors");
MODULE_DESCRIPTION("Instructions of the inter-world channel, counted by QEMU");
MODULE_LICENSE("Dual BSD/GPL");
