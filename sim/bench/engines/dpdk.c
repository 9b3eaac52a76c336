/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DPDK's poll-mode drivers for shared memory, both ends in one process, no huge pages, no PCI:
 * net_memif with net_memif, or, with -DDPDK_VHOST, net_virtio_user with net_vhost.
 *
 * Frames are born and die in mbufs: memif copies on both sides, vhost only on its own. To get and
 * return the mbufs is part of the price. One pair a process, as there is one EAL.
 */
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine.h"

#ifndef DPDK_VHOST
#define DPDK_VHOST 0
#endif

struct port {
	uint16_t id;
	struct rte_mempool *pool;
	struct rte_mbuf *taken[BENCH_BURST_MAX];
	unsigned taken_count;
};

static struct rte_mempool *pools[2];
static uint16_t ids[2];

static int start(int side, const char *device, const char *arguments)
{
	const struct rte_eth_conf conf = {0};
	char name[16];

	snprintf(name, sizeof(name), "pool%d", side);
	pools[side] =
	    rte_pktmbuf_pool_create(name, 4095, 256, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (pools[side] == NULL || rte_eal_hotplug_add("vdev", device, arguments) != 0 ||
	    rte_eth_dev_get_port_by_name(device, &ids[side]) != 0)
		return -1;
	if (rte_eth_dev_configure(ids[side], 1, 1, &conf) != 0 ||
	    rte_eth_rx_queue_setup(ids[side], 0, 256, (unsigned)SOCKET_ID_ANY, NULL, pools[side]) !=
		0 ||
	    rte_eth_tx_queue_setup(ids[side], 0, 256, (unsigned)SOCKET_ID_ANY, NULL) != 0)
		return -1;
	return rte_eth_dev_start(ids[side]);
}

/* A path of this process's own. The server's end comes first. */
static int start_pair(void)
{
	char server[128], client[128];

	if (DPDK_VHOST) {
		snprintf(server, sizeof(server), "iface=/tmp/iwc-bench-%d.sock,queues=1", getpid());
		snprintf(client, sizeof(client),
			 "path=/tmp/iwc-bench-%d.sock,queues=1,queue_size=256", getpid());
		return start(1, "net_vhost0", server) != 0 ||
		       start(0, "net_virtio_user0", client) != 0;
	}
	snprintf(server, sizeof(server),
		 "role=server,socket-abstract=yes,socket=iwc-bench-%d,rsize=8", getpid());
	snprintf(client, sizeof(client),
		 "role=client,socket-abstract=yes,socket=iwc-bench-%d,rsize=8", getpid());
	return start(1, "net_memif1", server) != 0 || start(0, "net_memif0", client) != 0;
}

static int port_setup(void)
{
	static char words[][16] = {"bench",	  "-l",		  "0",	      "--no-huge",
				   "-m",	  "256",	  "--no-pci", "--no-telemetry",
				   "--no-shconf", "--log-level=4"};
	char *argv[sizeof(words) / sizeof(words[0]) + 1] = {NULL};
	int argc = (int)(sizeof(words) / sizeof(words[0]));
	cpu_set_t before;

	for (int i = 0; i < argc; i++)
		argv[i] = words[i];
	/* The EAL pins its caller, while the sides pin themselves. */
	sched_getaffinity(0, sizeof(before), &before);
	if (rte_eal_init(argc, argv) < 0) {
		fprintf(stderr, "%s: no EAL\n", ENGINE_NAME);
		return -1;
	}
	sched_setaffinity(0, sizeof(before), &before);
	if (start_pair() != 0) {
		fprintf(stderr, "%s: the devices do not start\n", ENGINE_NAME);
		return -1;
	}
	for (int turn = 0; turn < 300; turn++) {
		struct rte_eth_link l[2];

		for (int i = 0; i < 2; i++)
			rte_eth_link_get_nowait(ids[i], &l[i]);
		if (l[0].link_status != 0 && l[1].link_status != 0)
			return 0;
		usleep(10000);
	}
	fprintf(stderr, "%s: the link stays down\n", ENGINE_NAME);
	return -1;
}

static void port_open(struct port *p, int side)
{
	rte_thread_register();
	p->id = ids[side];
	p->pool = pools[side];
}

static void port_begin(struct port *p, int side, uint32_t len_bytes, int both_ways)
{
	(void)p;
	(void)side;
	(void)len_bytes;
	(void)both_ways;
}

/* Only the numbers are written into the mbuf: the rest would be a third copy. */
static inline unsigned port_tx(struct port *p, const struct iwc_frame *f, unsigned n)
{
	struct rte_mbuf *m[BENCH_BURST_MAX];
	unsigned sent;

	if (rte_pktmbuf_alloc_bulk(p->pool, m, n) != 0)
		return 0;
	for (unsigned i = 0; i < n; i++) {
		uint32_t len = f[i].len_bytes;
		char *d = rte_pktmbuf_mtod(m[i], char *);

		m[i]->data_len = (uint16_t)len;
		m[i]->pkt_len = len;
		memcpy(d, f[i].buf, 8);
		memcpy(d + len - 8, (const char *)f[i].buf + len - 8, 8);
	}
	sent = rte_eth_tx_burst(p->id, 0, m, (uint16_t)n);
	if (sent < n)
		rte_pktmbuf_free_bulk(m + sent, n - sent);
	return sent;
}

static inline unsigned port_rx(struct port *p, struct iwc_frame *f, unsigned n)
{
	p->taken_count = rte_eth_rx_burst(p->id, 0, p->taken, (uint16_t)n);
	for (unsigned i = 0; i < p->taken_count; i++) {
		f[i].buf = rte_pktmbuf_mtod(p->taken[i], char *);
		f[i].len_bytes = p->taken[i]->data_len;
	}
	return p->taken_count;
}

static void port_wait(struct port *p)
{
	(void)p;
}

static inline void port_done(struct port *p)
{
	rte_pktmbuf_free_bulk(p->taken, p->taken_count);
	p->taken_count = 0;
}

#include "loops.inc"
