/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TCP services that measure rather than answer: discard, character generator, and an iperf 2
 * server. They differ in what they send: nothing, text without end, and what a header asks for.
 *
 * What arrives is counted and given back to lwIP at once, what is sent follows from a position
 * alone: a connection costs its place, lwIP's send buffer, and nothing that a peer can make grow.
 * Their connections are the first ones that lwIP gives up when it has no more.
 */
#include "instance.h"

#include <string.h>

#include "lwip/pbuf.h"
#include "lwip/tcp.h"

#define CONNECTIONS_MAX 8u
#define BACKLOG 8u

/*
 * The header of an iperf 2 client: big-endian words of 32 bits, of
 * which these are read. A client without header sends text, whose first word lacks FLAG_EXTENDED.
 */
#define HEADER_BYTES 36u
#define FLAGS_AT 0u
#define AMOUNT_AT 20u /* bytes, or less than 0: hundredths of a second */
#define FLAGS_UPPER_AT 32u
#define FLAG_EXTENDED UINT32_C(0x40000000) /* there are upper flags */
#define FLAG_UPPER_REVERSE UINT32_C(0x04000000)
#define FLAG_UPPER_FULL_DUPLEX UINT32_C(0x08000000)
#define NS_PER_AMOUNT UINT64_C(10000000)

#define ENDLESS UINT64_MAX

struct connection {
	struct sim_lwip_place place; /* first: lwIP's argument is either */
	u16_t port;
	uint64_t sent_bytes;
	uint64_t end_bytes; /* what to send at all, */
	uint64_t end_ns;    /* and until when */
	bool peer_closed;
	bool closed; /* our FIN is on its way */
	size_t header_bytes;
	uint8_t header[HEADER_BYTES];
};

static struct connection connections[CONNECTIONS_MAX];
static struct sim_lwip_place *places[CONNECTIONS_MAX];

static bool all_sent(const struct connection *conn)
{
	return conn->sent_bytes >= conn->end_bytes || sim_lwip_now_ns() >= conn->end_ns;
}

static void connection_write(struct connection *conn)
{
	struct tcp_pcb *pcb = conn->place.pcb;

	while (!all_sent(conn)) {
		uint64_t n = conn->end_bytes - conn->sent_bytes;

		if (n > TCP_MSS)
			n = TCP_MSS;
		/* Whole segments only, or the last one. */
		if (n > tcp_sndbuf(pcb) || tcp_write(pcb, sim_lwip_text(conn->sent_bytes), (u16_t)n,
						     TCP_WRITE_FLAG_COPY) != ERR_OK)
			break;
		conn->sent_bytes += n;
		sim_lwip_own_counters()->service_tcp_out_bytes += n;
	}
}

/*
 * Sends what is due and ends what is over. Called from lwIP's callbacks only, after which lwIP
 * sends what was written. A client that asked for a stream of some length waits for our FIN.
 */
static err_t connection_pump(struct connection *conn)
{
	if (conn->peer_closed && conn->end_bytes == ENDLESS && conn->end_ns == SIM_STACK_NEVER)
		return sim_lwip_place_close(&conn->place);
	connection_write(conn);
	if (!all_sent(conn))
		return ERR_OK;
	if (conn->peer_closed)
		return sim_lwip_place_close(&conn->place);
	if (conn->end_bytes > 0 && !conn->closed)
		conn->closed = tcp_shutdown(conn->place.pcb, 0, 1) == ERR_OK;
	return ERR_OK;
}

static uint32_t header_word(const struct connection *conn, size_t at)
{
	const uint8_t *bytes = conn->header + at;

	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static void header_obey(struct connection *conn)
{
	uint32_t amount = header_word(conn, AMOUNT_AT);

	if (!(header_word(conn, FLAGS_AT) & FLAG_EXTENDED) ||
	    !(header_word(conn, FLAGS_UPPER_AT) & (FLAG_UPPER_REVERSE | FLAG_UPPER_FULL_DUPLEX)))
		return;
	if (amount >> 31) {
		conn->end_bytes = ENDLESS;
		conn->end_ns = sim_lwip_now_ns() + (UINT64_C(0x100000000) - amount) * NS_PER_AMOUNT;
	} else {
		conn->end_bytes = amount;
	}
}

static void header_take(struct connection *conn, const struct pbuf *p)
{
	if (conn->port != SIM_STACK_IPERF_PORT || conn->header_bytes == HEADER_BYTES)
		return;
	conn->header_bytes += pbuf_copy_partial(p, conn->header + conn->header_bytes,
						(u16_t)(HEADER_BYTES - conn->header_bytes), 0);
	if (conn->header_bytes == HEADER_BYTES)
		header_obey(conn);
}

static err_t on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	struct connection *conn = arg;

	(void)err;
	conn->place.polls_idle = 0;
	if (!p) {
		conn->peer_closed = true;
		return connection_pump(conn);
	}
	sim_lwip_own_counters()->service_tcp_in_bytes += p->tot_len;
	header_take(conn, p);
	tcp_recved(pcb, p->tot_len);
	pbuf_free(p);
	return connection_pump(conn);
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t len)
{
	struct connection *conn = arg;

	(void)pcb;
	(void)len;
	conn->place.polls_idle = 0;
	return connection_pump(conn);
}

static err_t on_poll(void *arg, struct tcp_pcb *pcb)
{
	struct connection *conn = arg;

	(void)pcb;
	conn->place.polls_idle++;
	return connection_pump(conn);
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct connection *conn;

	(void)arg;
	if (err != ERR_OK || !pcb)
		return ERR_VAL;
	conn = (struct connection *)sim_lwip_place_take(places, CONNECTIONS_MAX, pcb, on_poll);
	if (!conn)
		return ERR_ABRT;
	conn->port = pcb->local_port;
	conn->sent_bytes = 0;
	conn->end_bytes = conn->port == SIM_STACK_CHARGEN_PORT ? ENDLESS : 0;
	conn->end_ns = SIM_STACK_NEVER;
	conn->peer_closed = false;
	conn->closed = false;
	conn->header_bytes = 0;
	tcp_setprio(pcb, TCP_PRIO_MIN);
	tcp_recv(pcb, on_recv);
	tcp_sent(pcb, on_sent);
	return connection_pump(conn);
}

static void service_open(u16_t port)
{
	struct tcp_pcb *tcp = tcp_new();

	LWIP_ASSERT("no pcb at power-on", tcp != NULL);
	tcp_bind(tcp, IP_ANY_TYPE, port);
	tcp = tcp_listen_with_backlog(tcp, BACKLOG);
	LWIP_ASSERT("no listener at power-on", tcp != NULL);
	tcp_accept(tcp, on_accept);
}

void sim_lwip_service_tcp_start(void)
{
	memset(connections, 0, sizeof(connections));
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++)
		places[i] = &connections[i].place;
	service_open(SIM_STACK_DISCARD_PORT);
	service_open(SIM_STACK_CHARGEN_PORT);
	service_open(SIM_STACK_IPERF_PORT);
}
