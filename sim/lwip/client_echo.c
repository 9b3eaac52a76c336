/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ping and UDP flows: numbered requests whose answers are matched by number and compared byte for
 * byte.
 *
 * The last WINDOW requests are remembered. An answer is the first, right one for its number
 * (received), a further right one (duplicate), one with a wrong content (bad), or one whose request
 * timed out or is out of the window (late). Numbers on the wire have 16 bits in ICMP and 32 in UDP;
 * the window is far smaller than either.
 */
#include "instance.h"

#include <string.h>

#include "lwip/icmp.h"
#include "lwip/inet_chksum.h"
#include "lwip/ip4_addr.h"
#include "lwip/pbuf.h"
#include "lwip/prot/icmp.h"
#include "lwip/prot/ip4.h"
#include "lwip/raw.h"
#include "lwip/udp.h"

#define WINDOW 1024u
#define ICMP_HEADER_BYTES 8u
/* Marks our echo requests; the flow's number is added. */
#define ICMP_ID 0x6977u
#define TIMEOUT_DEFAULT_NS UINT64_C(1000000000)

struct request {
	uint64_t number;
	uint64_t sent_ns;
	bool used; /* number and sent_ns mean something */
	bool answered;
};

struct echo {
	struct udp_pcb *udp; /* UDP flows */
	struct raw_pcb *raw; /* ping flows */
	uint64_t next_ns;    /* when to send the next request */
	uint64_t last_ns;    /* when the last one was sent */
	struct request window[WINDOW];
};

static struct echo echoes[SIM_STACK_FLOWS_MAX];
/* One request or answer at a time: what was received, and what should have been. */
static uint8_t bytes[ICMP_HEADER_BYTES + SIM_STACK_PAYLOAD_MAX];

static uint64_t timeout_ns(unsigned flow)
{
	uint64_t ns = sim_lwip_client_work(flow)->timeout_ns;

	return ns ? ns : TIMEOUT_DEFAULT_NS;
}

/* A later point of time, never wrapping. */
static uint64_t later(uint64_t ns, uint64_t by_ns)
{
	return ns > SIM_STACK_NEVER - by_ns ? SIM_STACK_NEVER : ns + by_ns;
}

static ip_addr_t peer_address(void)
{
	const uint8_t *octets = sim_lwip_config()->peer_ipv4;
	ip_addr_t addr;

	IP_ADDR4(&addr, octets[0], octets[1], octets[2], octets[3]);
	return addr;
}

static void u16_put(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static uint32_t u16_get(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

/* The content of a request follows its number, so that answers to two requests never look alike. */
static uint64_t request_key(unsigned flow, uint64_t number)
{
	return sim_lwip_mix(sim_lwip_client_key(flow) + number);
}

/*
 * The request with that number on the wire, or NULL; wire_bits: how many bits of the number the
 * protocol carries.
 */
static struct request *request_find(unsigned flow, uint64_t wire_number, unsigned wire_bits)
{
	uint64_t mask = (UINT64_C(1) << wire_bits) - 1;
	struct request *request = &echoes[flow].window[wire_number % WINDOW];

	if (!request->used || (request->number & mask) != wire_number)
		return NULL;
	return request;
}

/* Sends the next request when an answer was all that it waited for. */
static void closed_loop_advance(unsigned flow, const struct request *request)
{
	if (sim_lwip_client_work(flow)->interval_ns == 0 &&
	    request->number + 1 == sim_lwip_client_report(flow)->sent)
		echoes[flow].next_ns = sim_lwip_now_ns();
}

/* right: whether length and content of the answer were those of the request. */
static void answer_count(unsigned flow, struct request *request, bool right)
{
	struct sim_stack_flow_report *report = sim_lwip_client_report(flow);
	uint64_t rtt_ns;

	if (!request) {
		report->late++;
		return;
	}
	if (!right) {
		report->bad++;
		return;
	}
	if (request->answered) {
		report->duplicates++;
		return;
	}
	rtt_ns = sim_lwip_now_ns() - request->sent_ns;
	if (rtt_ns > timeout_ns(flow)) {
		report->late++;
		return;
	}
	request->answered = true;
	report->received++;
	sim_lwip_client_rtt(flow, rtt_ns);
	closed_loop_advance(flow, request);
}

static bool ping_is_ours(const struct pbuf *p, unsigned flow, size_t header_bytes)
{
	return bytes[0] == ICMP_ER && bytes[1] == 0 && u16_get(bytes + 4) == ICMP_ID + flow &&
	       p->tot_len >= header_bytes + ICMP_HEADER_BYTES;
}

/* The raw interface hands over the IPv4 packet before ICMP has looked at it. */
static u8_t ping_on_recv(void *arg, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *addr)
{
	unsigned flow = (unsigned)((struct echo *)arg - echoes);
	uint32_t size = sim_lwip_client_work(flow)->size_bytes;
	u16_t header_bytes = IPH_HL_BYTES((const struct ip_hdr *)p->payload);
	ip_addr_t peer = peer_address();
	struct request *request;
	bool right;

	(void)pcb;
	memset(bytes, 0, ICMP_HEADER_BYTES);
	pbuf_copy_partial(p, bytes, sizeof(bytes), header_bytes);
	if (!ip_addr_cmp(addr, &peer) || !ping_is_ours(p, flow, header_bytes))
		return 0;
	sim_lwip_own_counters()->icmp_in++;
	pbuf_remove_header(p, header_bytes);
	if (inet_chksum_pbuf(p) == 0) {
		request = request_find(flow, u16_get(bytes + 6), 16);
		right = request && p->tot_len == ICMP_HEADER_BYTES + size &&
			sim_lwip_content_differ(request_key(flow, request->number), 0,
						bytes + ICMP_HEADER_BYTES, size) == 0;
		answer_count(flow, request, right);
	} else {
		sim_lwip_own_counters()->checksum_errors++;
	}
	pbuf_free(p);
	return 1;
}

static void udp_on_recv(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *addr,
			u16_t port)
{
	unsigned flow = (unsigned)((struct echo *)arg - echoes);
	uint32_t size = sim_lwip_client_work(flow)->size_bytes;
	ip_addr_t peer = peer_address();
	struct request *request;
	uint64_t number;
	bool right;

	(void)pcb;
	memset(bytes, 0, SIM_STACK_UDP_PAYLOAD_MIN);
	pbuf_copy_partial(p, bytes, sizeof(bytes), 0);
	number = (uint64_t)u16_get(bytes) << 16 | u16_get(bytes + 2);
	if (ip_addr_cmp(addr, &peer) && port == SIM_STACK_ECHO_PORT) {
		request = request_find(flow, number, 32);
		right = request && p->tot_len == size &&
			sim_lwip_content_differ(request_key(flow, request->number), 0,
						bytes + SIM_STACK_UDP_PAYLOAD_MIN,
						size - SIM_STACK_UDP_PAYLOAD_MIN) == 0;
		answer_count(flow, request, right);
	}
	pbuf_free(p);
}

static bool ping_send(unsigned flow, uint64_t number)
{
	uint32_t size = sim_lwip_client_work(flow)->size_bytes;
	u16_t len = (u16_t)(ICMP_HEADER_BYTES + size);
	ip_addr_t peer = peer_address();
	struct pbuf *p = pbuf_alloc(PBUF_IP, len, PBUF_RAM);
	uint16_t sum;
	err_t err;

	if (!p)
		return false;
	memset(bytes, 0, ICMP_HEADER_BYTES);
	bytes[0] = ICMP_ECHO;
	u16_put(bytes + 4, ICMP_ID + flow);
	u16_put(bytes + 6, (uint32_t)(number & 0xffff));
	sim_lwip_content_fill(request_key(flow, number), 0, bytes + ICMP_HEADER_BYTES, size);
	sum = inet_chksum(bytes, len);
	memcpy(bytes + 2, &sum, sizeof(sum));
	pbuf_take(p, bytes, len);
	err = raw_sendto(echoes[flow].raw, p, &peer);
	pbuf_free(p);
	return err == ERR_OK;
}

static bool udp_request_send(unsigned flow, uint64_t number)
{
	u16_t len = (u16_t)sim_lwip_client_work(flow)->size_bytes;
	ip_addr_t peer = peer_address();
	struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, len, PBUF_RAM);
	err_t err;

	if (!p)
		return false;
	u16_put(bytes, (uint32_t)(number >> 16 & 0xffff));
	u16_put(bytes + 2, (uint32_t)(number & 0xffff));
	sim_lwip_content_fill(request_key(flow, number), 0, bytes + SIM_STACK_UDP_PAYLOAD_MIN,
			      len - SIM_STACK_UDP_PAYLOAD_MIN);
	pbuf_take(p, bytes, len);
	err = udp_sendto(echoes[flow].udp, p, &peer, SIM_STACK_ECHO_PORT);
	pbuf_free(p);
	return err == ERR_OK;
}

static void request_send(unsigned flow)
{
	const struct sim_stack_flow *work = sim_lwip_client_work(flow);
	struct sim_stack_flow_report *report = sim_lwip_client_report(flow);
	struct echo *echo = &echoes[flow];
	uint64_t number = report->sent++;
	struct request *request = &echo->window[number % WINDOW];
	bool taken;

	request->number = number;
	request->sent_ns = sim_lwip_now_ns();
	request->used = true;
	request->answered = false;
	echo->last_ns = request->sent_ns;
	/* A closed loop goes on after an answer (closed_loop_advance) or when there can't be one.
	 */
	echo->next_ns = work->interval_ns ? later(echo->next_ns, work->interval_ns)
					  : later(echo->last_ns, timeout_ns(flow));
	taken = work->kind == SIM_STACK_FLOW_PING ? ping_send(flow, number)
						  : udp_request_send(flow, number);
	if (!taken)
		report->refused++;
}

void sim_lwip_echo_start(unsigned flow)
{
	const struct sim_stack_flow *work = sim_lwip_client_work(flow);
	struct echo *echo = &echoes[flow];
	uint64_t now_ns = sim_lwip_now_ns();
	err_t err;

	memset(echo, 0, sizeof(*echo));
	echo->next_ns = work->start_ns > now_ns ? work->start_ns : now_ns;
	echo->last_ns = now_ns;
	if (work->kind == SIM_STACK_FLOW_PING) {
		echo->raw = raw_new(IP_PROTO_ICMP);
		LWIP_ASSERT("no raw pcb at power-on", echo->raw != NULL);
		raw_recv(echo->raw, ping_on_recv, echo);
		return;
	}
	echo->udp = udp_new();
	LWIP_ASSERT("no UDP pcb at power-on", echo->udp != NULL);
	err = udp_bind(echo->udp, IP_ANY_TYPE, 0);
	LWIP_ASSERT("no UDP port at power-on", err == ERR_OK);
	udp_recv(echo->udp, udp_on_recv, echo);
}

/* Every request is answered, or the last one has had its time. */
static bool finished(unsigned flow)
{
	const struct sim_stack_flow_report *report = sim_lwip_client_report(flow);

	if (report->sent < sim_lwip_client_work(flow)->count)
		return false;
	return report->received == report->sent ||
	       sim_lwip_now_ns() >= later(echoes[flow].last_ns, timeout_ns(flow));
}

void sim_lwip_echo_run(unsigned flow)
{
	struct sim_stack_flow_report *report = sim_lwip_client_report(flow);
	uint32_t count = sim_lwip_client_work(flow)->count;

	/* One request a call keeps the caller in charge: next_ns asks to be called again. */
	if (report->sent < count && echoes[flow].next_ns <= sim_lwip_now_ns())
		request_send(flow);
	report->done = finished(flow);
}

uint64_t sim_lwip_echo_next_ns(unsigned flow)
{
	const struct echo *echo = &echoes[flow];

	if (sim_lwip_client_report(flow)->sent < sim_lwip_client_work(flow)->count)
		return echo->next_ns;
	return later(echo->last_ns, timeout_ns(flow));
}
