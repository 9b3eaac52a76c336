/* SPDX-License-Identifier: BSD-2-Clause */
/* The services by UDP: warning signs and statistics. */
#include <string.h>

#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/stats.h"
#include "lwip/udp.h"

#include "clock.h"
#include "die.h"
#include "ip.h"
#include "memory.h"
#include "sign.h"
#include "stack_depth.h"
#include "statistics.h"
#include "tasks.h"

/* Expedited forwarding (DSCP 46): answers take the control class. */
#define TOS_URGENT 0xb8u

static struct sign_panel panel;
static char page[STATISTICS_BYTES_MAX];

static bool open_port(u16_t port, udp_recv_fn serve, u8_t tos)
{
	struct udp_pcb *pcb = udp_new();

	if (pcb == NULL || udp_bind(pcb, IP_ANY_TYPE, port) != ERR_OK)
		return false;
	pcb->tos = tos;
	udp_recv(pcb, serve, NULL);
	return true;
}

/* Whether it is sent or lost is the same to a server by UDP. */
static void answer(struct udp_pcb *pcb, const void *bytes, size_t len, const ip_addr_t *to,
		   u16_t port)
{
	struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)len, PBUF_RAM);

	if (p == NULL)
		return;
	(void)pbuf_take(p, bytes, (u16_t)len);
	(void)udp_sendto(pcb, p, to, port);
	pbuf_free(p);
}

static void serve_sign(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
		       u16_t port)
{
	uint8_t request[SIGN_REQUEST_BYTES], reply[SIGN_ANSWER_BYTES];
	size_t len = p->tot_len;

	(void)arg;
	(void)pbuf_copy_partial(p, request, sizeof(request), 0);
	pbuf_free(p);
	len = sign_serve(&panel, request, len, clock_ns(), spos_boot.lives, reply);
	if (len != 0)
		answer(pcb, reply, len, from, port);
}

static void gather(struct statistics *s)
{
	const struct stats_mem *buffers = lwip_stats.memp[MEMP_PBUF_POOL];
	const struct shared_counts shared = shared_counts();

	*s = (struct statistics){
	    .life = spos_boot.lives,
	    .time_ns = clock_ns(),
	    .frequency = clock_frequency(),
	    .last_reason = die_last() != NULL ? die_last()->reason : 0,
	    .critical = task_critical_books(),
	    .image_rounds = task_image_rounds(),
	    .net = ip_net(),
	    .signs = &panel,
	    .heap_bytes = lwip_stats.mem.used,
	    .heap_most_bytes = lwip_stats.mem.max,
	    .heap_size_bytes = lwip_stats.mem.avail,
	    .heap_errors = lwip_stats.mem.err,
	    .buffers = buffers->used,
	    .buffers_most = buffers->max,
	    .buffers_count = buffers->avail,
	    .buffer_errors = buffers->err,
	    .stack_network_most_bytes = stack_network_most(),
	    .stack_critical_most_bytes = stack_critical_most(),
	    .echo_udp = shared.echo_udp,
	    .echo_tcp_bytes = shared.echo_tcp_bytes,
	    .service_udp_in = shared.service_udp_in,
	    .service_udp_out = shared.service_udp_out,
	    .service_tcp_in_bytes = shared.service_tcp_in_bytes,
	    .service_tcp_out_bytes = shared.service_tcp_out_bytes,
	    .tcp_accepted = shared.tcp_accepted,
	    .tcp_refused = shared.tcp_refused,
	};
}

static void serve_statistics(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
			     u16_t port)
{
	static struct statistics s;
	struct text t;

	(void)arg;
	pbuf_free(p);
	if (shared_answers_by_itself(port))
		return;
	text_init(&t, page, sizeof(page));
	gather(&s);
	statistics_write(&t, &s);
	answer(pcb, page, t.used, from, port);
}

bool sign_start(void)
{
	return open_port(IP_PORT_SIGN, serve_sign, TOS_URGENT);
}

bool statistics_start(void)
{
	return open_port(IP_PORT_STATISTICS, serve_statistics, 0);
}
