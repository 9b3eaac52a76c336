/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the driver and lwIP. A frame is received into a buffer of lwIP's own pool, so it is
 * copied once, out of the region; a chain to be sent is gathered once, into the region if it is one
 * buffer.
 */
#include "ip.h"

#include <string.h>

#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/ip4_addr.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sys.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"

#include "arch.h"
#include "clock.h"
#include "memory.h"

#define MTU_BYTES 1500u

_Static_assert(PBUF_POOL_BUFSIZE >= IWC_FRAME_MAX, "a frame fits a buffer of the pool");

static struct net_if net;
static struct netif netif;
static struct pbuf *spare; /* whose payload the driver has */
static uint8_t gathered[IWC_FRAME_MAX];

u32_t sys_now(void)
{
	return (u32_t)(clock_ns() / UINT64_C(1000000));
}

static uint32_t next_epoch(void)
{
	const struct arch_smc result = arch_smc(IWC_SMC_EPOCH, 0);

	return result.x0 == IWC_SMC_OK ? (uint32_t)result.x1 : 0;
}

static void *take(void *ctx)
{
	(void)ctx;
	spare = pbuf_alloc(PBUF_RAW, IWC_FRAME_MAX, PBUF_POOL);
	return spare != NULL ? spare->payload : NULL;
}

static void give(void *ctx, void *buf, uint32_t len_bytes, unsigned cls)
{
	struct pbuf *p = spare;

	(void)ctx;
	(void)buf;
	(void)cls;
	spare = NULL;
	pbuf_realloc(p, (u16_t)len_bytes);
	if (netif.input(p, &netif) != ERR_OK)
		pbuf_free(p);
}

static void link(void *ctx, bool up)
{
	(void)ctx;
	if (up)
		netif_set_link_up(&netif);
	else
		netif_set_link_down(&netif);
}

static void room(void *ctx)
{
	struct tcp_pcb *next;

	(void)ctx;
	for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb != NULL; pcb = next) {
		next = pcb->next;
		tcp_output(pcb);
	}
}

static err_t transmit(struct netif *interface, struct pbuf *p)
{
	const void *frame = p->payload;

	(void)interface;
	if (p->tot_len > IWC_FRAME_MAX)
		return ERR_BUF;
	if (p->next != NULL) {
		pbuf_copy_partial(p, gathered, p->tot_len, 0);
		frame = gathered;
	}
	return net_send(&net, frame, p->tot_len) ? ERR_OK : ERR_MEM;
}

static err_t interface_init(struct netif *interface)
{
	static const uint8_t mac[ETH_HWADDR_LEN] = {IP_MAC};

	interface->name[0] = 'i';
	interface->name[1] = 'w';
	interface->hwaddr_len = ETH_HWADDR_LEN;
	memcpy(interface->hwaddr, mac, ETH_HWADDR_LEN);
	interface->mtu = MTU_BYTES;
	interface->output = etharp_output;
	interface->linkoutput = transmit;
	interface->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
	return ERR_OK;
}

static bool interface_start(void)
{
	static const uint8_t octets[2][4] = {{IP_ADDRESS}, {IP_NETMASK}};
	ip4_addr_t address, netmask;

	memcpy(&address, octets[0], sizeof(address));
	memcpy(&netmask, octets[1], sizeof(netmask));
	if (netif_add(&netif, &address, &netmask, IP4_ADDR_ANY4, NULL, interface_init,
		      ethernet_input) == NULL)
		return false;
	netif_set_default(&netif);
	netif_set_up(&netif);
	return true;
}

bool ip_start(void)
{
	static const struct net_hooks hooks = {
	    .now_ns = clock_ns,
	    .epoch = next_epoch,
	    .take = take,
	    .give = give,
	    .link = link,
	    .room = room,
	};

	lwip_init();
	shared_start();
	return interface_start() && sign_start() && statistics_start() && test_port_start() &&
	       net_init(&net, &hooks, (void *)(uintptr_t)spos_boot.s_section,
			(const void *)(uintptr_t)spos_boot.ns_section, NULL);
}

bool ip_poll(void)
{
	bool more = net_poll(&net);

	sys_check_timeouts();
	return more;
}

const struct net_if *ip_net(void)
{
	return &net;
}

bool ip_link_is_up(void)
{
	return netif_is_link_up(&netif) != 0;
}
