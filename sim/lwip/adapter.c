/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One lwIP, driven from outside: power-on, frames, time.
 *
 * Power-on. All lwIP files are linked into one object in which their writable variables stand side
 * by side (state.ld), without any of ours. The first power-on takes a copy of the initialised ones;
 * every later one puts the copy back and clears the rest. lwIP has no other memory.
 *
 * Faults. A failed assertion in lwIP means that its state can't be trusted any more. That is the
 * world's crash and not the simulator's: sim_lwip_trap leaves lwIP by longjmp and the instance
 * stays off until its next power-on.
 */
#include "instance.h"

#include <setjmp.h>
#include <string.h>

#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/ip4_addr.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/stats.h"
#include "lwip/sys.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"

#define NS_PER_MS UINT64_C(1000000)
#define FRAME_MIN 14u
#define MTU_BYTES 1500u

/* From state.ld. */
extern unsigned char sim_lwip_data_start[], sim_lwip_data_end[], sim_lwip_data_image[];
extern unsigned char sim_lwip_bss_start[], sim_lwip_bss_end[];

struct adapter {
	struct sim_stack_config config;
	struct sim_stack_counters counters;
	struct netif netif;
	jmp_buf trap;
	const char *fault;
	uint64_t now_ns;
	uint64_t random;
	bool on;
	uint8_t frame[SIM_STACK_INPUT_MAX];
};

static struct adapter self;
static bool image_taken;

const struct sim_stack_config *sim_lwip_config(void)
{
	return &self.config;
}

uint64_t sim_lwip_now_ns(void)
{
	return self.now_ns;
}

struct sim_stack_counters *sim_lwip_own_counters(void)
{
	return &self.counters;
}

/* lwIP's clock; it counts in 32 bits and knows that they wrap. */
u32_t sys_now(void)
{
	return (u32_t)(self.now_ns / NS_PER_MS);
}

uint32_t sim_lwip_rand(void)
{
	self.random++;
	return (uint32_t)(sim_lwip_mix(self.random) >> 32);
}

_Noreturn void sim_lwip_trap(const char *what)
{
	self.fault = what;
	longjmp(self.trap, 1);
}

static err_t frame_send(struct netif *netif, struct pbuf *p)
{
	size_t len = p->tot_len;

	(void)netif;
	if (len > SIM_STACK_FRAME_MAX)
		return ERR_BUF;
	pbuf_copy_partial(p, self.frame, p->tot_len, 0);
	if (!self.config.output(self.config.ctx, self.frame, len)) {
		self.counters.frames_out_refused++;
		return ERR_MEM;
	}
	self.counters.frames_out++;
	self.counters.bytes_out += len;
	return ERR_OK;
}

static err_t interface_init(struct netif *netif)
{
	netif->name[0] = 'i';
	netif->name[1] = 'w';
	netif->hwaddr_len = ETH_HWADDR_LEN;
	memcpy(netif->hwaddr, self.config.mac, ETH_HWADDR_LEN);
	netif->mtu = MTU_BYTES;
	netif->output = etharp_output;
	netif->linkoutput = frame_send;
	netif->flags =
	    NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
	return ERR_OK;
}

static ip4_addr_t address(const uint8_t octets[4])
{
	ip4_addr_t addr;

	IP4_ADDR(&addr, octets[0], octets[1], octets[2], octets[3]);
	return addr;
}

static void memory_restore(void)
{
	size_t data_bytes = (uintptr_t)sim_lwip_data_end - (uintptr_t)sim_lwip_data_start;
	size_t bss_bytes = (uintptr_t)sim_lwip_bss_end - (uintptr_t)sim_lwip_bss_start;

	if (!image_taken)
		memcpy(sim_lwip_data_image, sim_lwip_data_start, data_bytes);
	image_taken = true;
	memcpy(sim_lwip_data_start, sim_lwip_data_image, data_bytes);
	memset(sim_lwip_bss_start, 0, bss_bytes);
}

static void interface_up(void)
{
	ip4_addr_t ipv4 = address(self.config.ipv4);
	ip4_addr_t netmask = address(self.config.netmask);
	ip4_addr_t peer = address(self.config.peer_ipv4);
	struct eth_addr mac;

	netif_add(&self.netif, &ipv4, &netmask, IP4_ADDR_ANY4, NULL, interface_init,
		  ethernet_input);
	netif_set_default(&self.netif);
	netif_set_up(&self.netif);
	if (!self.config.peer_static)
		return;
	memcpy(mac.addr, self.config.peer_mac, sizeof(mac.addr));
	etharp_add_static_entry(&peer, &mac);
}

bool sim_lwip_power_on(const struct sim_stack_config *config, uint64_t now_ns)
{
	struct sim_stack_config copy = *config;

	memset(&self, 0, sizeof(self));
	memory_restore();
	if (sim_stack_config_check(&copy, NULL))
		return false;
	self.config = copy;
	self.now_ns = now_ns;
	/* Time makes two lives of a world differ where a real one's random numbers would. */
	self.random = sim_lwip_mix(copy.seed ^ sim_lwip_mix(now_ns));
	self.on = true;
	if (setjmp(self.trap) != 0) {
		self.on = false;
		return true;
	}
	lwip_init();
	interface_up();
	if (self.config.server) {
		sim_lwip_server_start();
		sim_lwip_service_tcp_start();
		sim_lwip_service_udp_start();
	}
	sim_lwip_client_start();
	return true;
}

/* Whether the instance may run; time stands still rather than going back. */
static bool enter(uint64_t now_ns)
{
	if (!self.on)
		return false;
	if (now_ns > self.now_ns)
		self.now_ns = now_ns;
	return true;
}

static void frame_receive(const uint8_t *frame, size_t len)
{
	struct pbuf *p;

	if (len < FRAME_MIN || len > SIM_STACK_INPUT_MAX) {
		self.counters.frames_in_bad_length++;
		return;
	}
	p = pbuf_alloc(PBUF_RAW, (u16_t)len, PBUF_POOL);
	if (!p) {
		self.counters.frames_in_no_memory++;
		return;
	}
	pbuf_take(p, frame, (u16_t)len);
	self.counters.frames_in++;
	self.counters.bytes_in += len;
	if (self.netif.input(p, &self.netif) != ERR_OK)
		pbuf_free(p);
}

void sim_lwip_input(const uint8_t *frame, size_t len, uint64_t now_ns)
{
	if (!enter(now_ns))
		return;
	if (setjmp(self.trap) != 0) {
		self.on = false;
		return;
	}
	frame_receive(frame, len);
	sim_lwip_client_run();
}

void sim_lwip_tick(uint64_t now_ns)
{
	if (!enter(now_ns))
		return;
	if (setjmp(self.trap) != 0) {
		self.on = false;
		return;
	}
	sys_check_timeouts();
	sim_lwip_client_run();
}

static void tcp_output_all(void)
{
	struct tcp_pcb *next;

	for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = next) {
		next = pcb->next;
		tcp_output(pcb);
	}
}

void sim_lwip_writable(uint64_t now_ns)
{
	if (!enter(now_ns))
		return;
	if (setjmp(self.trap) != 0) {
		self.on = false;
		return;
	}
	tcp_output_all();
}

/* sys_timeouts_sleeptime counts in whole milliseconds from the one that now_ns lies in. */
static uint64_t next_timeout(void)
{
	uint64_t next_ns = sim_lwip_client_next_ns();
	u32_t sleep_ms = sys_timeouts_sleeptime();
	uint64_t due_ns = (self.now_ns / NS_PER_MS + sleep_ms) * NS_PER_MS;

	if (sleep_ms != SYS_TIMEOUTS_SLEEPTIME_INFINITE && due_ns < next_ns)
		next_ns = due_ns;
	return next_ns < self.now_ns ? self.now_ns : next_ns;
}

uint64_t sim_lwip_next_timeout_ns(uint64_t now_ns)
{
	if (!enter(now_ns))
		return SIM_STACK_NEVER;
	if (setjmp(self.trap) != 0) {
		self.on = false;
		return SIM_STACK_NEVER;
	}
	return next_timeout();
}

static void counters_protocol_add(struct sim_stack_counters *counters,
				  const struct stats_proto *stats)
{
	counters->checksum_errors += stats->chkerr;
	counters->malformed += stats->lenerr + stats->proterr + stats->opterr;
	counters->dropped += stats->drop;
}

void sim_lwip_counters(struct sim_stack_counters *counters)
{
	*counters = self.counters;
	counters_protocol_add(counters, &lwip_stats.etharp);
	counters_protocol_add(counters, &lwip_stats.ip_frag);
	counters_protocol_add(counters, &lwip_stats.ip);
	counters_protocol_add(counters, &lwip_stats.icmp);
	counters_protocol_add(counters, &lwip_stats.udp);
	counters_protocol_add(counters, &lwip_stats.tcp);
	counters->arp_in = lwip_stats.etharp.recv;
	counters->ipv4_in = lwip_stats.ip.recv;
	counters->icmp_in += lwip_stats.icmp.recv;
	counters->udp_in = lwip_stats.udp.recv;
	counters->tcp_in = lwip_stats.tcp.recv;
	counters->memory_errors += lwip_stats.mem.err;
	/* The pools have no statistics before lwip_init. */
	for (unsigned i = 0; i < MEMP_MAX; i++)
		counters->memory_errors += lwip_stats.memp[i] ? lwip_stats.memp[i]->err : 0;
	counters->faults = self.fault != NULL;
}

const char *sim_lwip_fault(void)
{
	return self.fault;
}
