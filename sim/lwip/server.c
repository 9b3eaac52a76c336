/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The echo server: UDP and TCP on port 7. (ICMP echo is lwIP's own.)
 *
 * A TCP connection has a buffer of exactly one receive window. What arrives is copied there and its
 * frame buffer given back at once, so a peer that sends tiny segments can't pin the receive pool;
 * the window opens again only for bytes that went out as an echo, so the buffer can't overflow and
 * a peer that does not read its echo stops being read. After the peer's FIN the connection is
 * closed once the last byte has been echoed.
 */
#include "instance.h"

#include <string.h>

#include "lwip/pbuf.h"
#include "lwip/tcp.h"
#include "lwip/udp.h"

#define CONNECTIONS_MAX 8u
#define BACKLOG 8u

struct connection {
	struct sim_lwip_place place; /* first: lwIP's argument is either */
	size_t head;		     /* of the oldest byte not yet echoed */
	size_t used_bytes;
	bool peer_closed;
	uint8_t buffer[TCP_WND];
};

static struct connection connections[CONNECTIONS_MAX];
static struct sim_lwip_place *places[CONNECTIONS_MAX];

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/*
 * Echoes as much as the send buffer takes, and closes when that was the end. Called from lwIP's
 * callbacks only, after which lwIP sends what was written.
 */
static err_t connection_pump(struct connection *conn)
{
	size_t echoed = 0;

	while (conn->used_bytes > 0) {
		size_t n = smallest(conn->used_bytes, sizeof(conn->buffer) - conn->head,
				    tcp_sndbuf(conn->place.pcb));

		if (n == 0 || tcp_write(conn->place.pcb, conn->buffer + conn->head, (u16_t)n,
					TCP_WRITE_FLAG_COPY) != ERR_OK)
			break;
		conn->head = (conn->head + n) % sizeof(conn->buffer);
		conn->used_bytes -= n;
		echoed += n;
	}
	if (echoed > 0) {
		sim_lwip_own_counters()->echoed_tcp_bytes += echoed;
		tcp_recved(conn->place.pcb, (u16_t)echoed);
	}
	if (conn->peer_closed && conn->used_bytes == 0)
		return sim_lwip_place_close(&conn->place);
	return ERR_OK;
}

static void connection_store(struct connection *conn, const struct pbuf *p)
{
	size_t tail = (conn->head + conn->used_bytes) % sizeof(conn->buffer);
	size_t len = p->tot_len;
	size_t first = smallest(len, sizeof(conn->buffer) - tail, len);

	pbuf_copy_partial(p, conn->buffer + tail, (u16_t)first, 0);
	pbuf_copy_partial(p, conn->buffer, (u16_t)(len - first), (u16_t)first);
	conn->used_bytes += len;
}

static err_t tcp_on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	struct connection *conn = arg;

	(void)pcb;
	(void)err;
	conn->place.polls_idle = 0;
	if (!p) {
		conn->peer_closed = true;
		return connection_pump(conn);
	}
	/* The window should rule this out; lwIP keeps what is refused and offers it again. */
	if (p->tot_len > sizeof(conn->buffer) - conn->used_bytes)
		return ERR_MEM;
	connection_store(conn, p);
	pbuf_free(p);
	return connection_pump(conn);
}

static err_t tcp_on_sent(void *arg, struct tcp_pcb *pcb, u16_t len)
{
	struct connection *conn = arg;

	(void)pcb;
	(void)len;
	conn->place.polls_idle = 0;
	return connection_pump(conn);
}

static err_t tcp_on_poll(void *arg, struct tcp_pcb *pcb)
{
	struct connection *conn = arg;

	(void)pcb;
	conn->place.polls_idle++;
	return connection_pump(conn);
}

static err_t tcp_on_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct connection *conn;

	(void)arg;
	if (err != ERR_OK || !pcb)
		return ERR_VAL;
	conn = (struct connection *)sim_lwip_place_take(places, CONNECTIONS_MAX, pcb, tcp_on_poll);
	if (!conn)
		return ERR_ABRT;
	conn->head = 0;
	conn->used_bytes = 0;
	conn->peer_closed = false;
	tcp_recv(pcb, tcp_on_recv);
	tcp_sent(pcb, tcp_on_sent);
	/* An echo of a keystroke must not wait for the acknowledgement of the one before. */
	tcp_nagle_disable(pcb);
	return ERR_OK;
}

static void udp_on_recv(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *addr,
			u16_t port)
{
	(void)arg;
	if (!sim_lwip_answers_by_itself(port) && udp_sendto(pcb, p, addr, port) == ERR_OK)
		sim_lwip_own_counters()->echoed_udp++;
	pbuf_free(p);
}

void sim_lwip_server_start(void)
{
	struct udp_pcb *udp = udp_new();
	struct tcp_pcb *tcp = tcp_new();

	memset(connections, 0, sizeof(connections));
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++)
		places[i] = &connections[i].place;
	LWIP_ASSERT("no pcb at power-on", udp != NULL && tcp != NULL);
	udp_bind(udp, IP_ANY_TYPE, SIM_STACK_ECHO_PORT);
	udp_recv(udp, udp_on_recv, NULL);
	tcp_bind(tcp, IP_ANY_TYPE, SIM_STACK_ECHO_PORT);
	tcp = tcp_listen_with_backlog(tcp, BACKLOG);
	LWIP_ASSERT("no listener at power-on", tcp != NULL);
	tcp_accept(tcp, tcp_on_accept);
}
