/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP flows: a stream of known content goes to the echo server and is compared with what returns.
 *
 * The whole stream is sent as fast as TCP takes it, followed at once by FIN, so that the server has
 * to flush what it still holds before it closes. When a connection breaks (reset, closed too early,
 * no progress), the next one, after a growing pause, starts at the first byte that has not come
 * back yet. The flow is done when every byte has returned and the server has closed its side, or
 * when the former is true and the connection is lost.
 */
#include "instance.h"

#include <string.h>

#include "lwip/ip4_addr.h"
#include "lwip/pbuf.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/tcp.h"

#define STALL_DEFAULT_NS UINT64_C(5000000000)
/* RFC 6298: a SYN is repeated after one second; lwIP's own choice is three. */
#define SYN_TIMEOUT_MS 1000
#define PAUSE_FIRST_NS UINT64_C(100000000)
#define PAUSE_LAST_NS UINT64_C(3200000000)

struct stream {
	struct tcp_pcb *pcb;  /* NULL: waiting for connect_ns */
	uint64_t connect_ns;  /* when to try the next connection */
	uint64_t pause_ns;    /* before the connection after the next break */
	uint64_t progress_ns; /* when this connection last moved */
	uint64_t written;     /* position in the stream up to which lwIP has it */
	uint64_t returned;    /* up to which it came back, right or wrong */
	uint64_t mark;	      /* position whose return ends a round-trip time; 0: none under way */
	uint64_t mark_ns;
	bool connected;
	bool closed; /* our FIN is on its way */
};

static struct stream streams[SIM_STACK_FLOWS_MAX];
/* One segment at a time, on its way in or out. */
static uint8_t bytes[TCP_MSS];

static unsigned flow_of(const struct stream *stream)
{
	return (unsigned)(stream - streams);
}

static uint64_t stall_ns(unsigned flow)
{
	uint64_t ns = sim_lwip_client_work(flow)->timeout_ns;

	return ns ? ns : STALL_DEFAULT_NS;
}

static uint64_t later(uint64_t ns, uint64_t by_ns)
{
	return ns > SIM_STACK_NEVER - by_ns ? SIM_STACK_NEVER : ns + by_ns;
}

static bool all_returned(const struct stream *stream)
{
	return stream->returned == sim_lwip_client_work(flow_of(stream))->bytes;
}

/* The connection is over and its pcb is not ours any more. */
static void stream_over(struct stream *stream, bool in_order)
{
	struct sim_stack_flow_report *report = sim_lwip_client_report(flow_of(stream));

	stream->pcb = NULL;
	if (!in_order)
		report->breaks++;
	if (stream->connected && all_returned(stream)) {
		report->done = true;
		return;
	}
	stream->connect_ns = later(sim_lwip_now_ns(), stream->pause_ns);
	if (stream->pause_ns < PAUSE_LAST_NS)
		stream->pause_ns *= 2;
}

/* Takes the pcb out of our hands: lwIP must not call us for it again. */
static struct tcp_pcb *stream_detach(struct stream *stream)
{
	struct tcp_pcb *pcb = stream->pcb;

	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	tcp_err(pcb, NULL);
	stream->pcb = NULL;
	return pcb;
}

static void stream_abort(struct stream *stream)
{
	tcp_abort(stream_detach(stream));
	stream_over(stream, false);
}

static void stream_mark(struct stream *stream)
{
	if (stream->mark != 0)
		return;
	stream->mark = stream->written;
	stream->mark_ns = sim_lwip_now_ns();
}

/*
 * Gives lwIP as much of the stream as it takes, and the FIN after the last byte. Called from its
 * callbacks only, after which lwIP sends what was written.
 */
static void stream_write(struct stream *stream)
{
	unsigned flow = flow_of(stream);
	uint64_t end = sim_lwip_client_work(flow)->bytes;

	while (stream->written < end) {
		uint64_t n = end - stream->written;

		if (n > sizeof(bytes))
			n = sizeof(bytes);
		if (n > tcp_sndbuf(stream->pcb))
			n = tcp_sndbuf(stream->pcb);
		sim_lwip_content_fill(sim_lwip_client_key(flow), stream->written, bytes, (size_t)n);
		if (n == 0 ||
		    tcp_write(stream->pcb, bytes, (u16_t)n, TCP_WRITE_FLAG_COPY) != ERR_OK)
			break;
		stream->written += n;
		sim_lwip_client_report(flow)->sent += n;
		stream_mark(stream);
	}
	if (stream->written == end && !stream->closed)
		stream->closed = tcp_shutdown(stream->pcb, 0, 1) == ERR_OK;
}

static void stream_progress(struct stream *stream)
{
	stream->progress_ns = sim_lwip_now_ns();
	stream->pause_ns = PAUSE_FIRST_NS;
}

static void stream_compare(struct stream *stream, const struct pbuf *p)
{
	unsigned flow = flow_of(stream);
	struct sim_stack_flow_report *report = sim_lwip_client_report(flow);
	size_t expected = p->tot_len;
	size_t len;

	/* Whatever comes back beyond what was sent can only be wrong. */
	if (expected > stream->written - stream->returned)
		expected = (size_t)(stream->written - stream->returned);
	report->bad += p->tot_len - expected;
	for (size_t done = 0; done < expected; done += len) {
		size_t differ;

		len = expected - done < sizeof(bytes) ? expected - done : sizeof(bytes);
		pbuf_copy_partial(p, bytes, (u16_t)len, (u16_t)done);
		differ = sim_lwip_content_differ(sim_lwip_client_key(flow), stream->returned, bytes,
						 len);
		report->bad += differ;
		report->received += len - differ;
		stream->returned += len;
	}
	if (stream->mark != 0 && stream->returned >= stream->mark) {
		stream->mark = 0;
		sim_lwip_client_rtt(flow, sim_lwip_now_ns() - stream->mark_ns);
	}
}

/* The server closed its side: in order only when nothing is missing. */
static err_t stream_end(struct stream *stream)
{
	struct tcp_pcb *pcb = stream_detach(stream);
	bool in_order = all_returned(stream);
	err_t err = in_order ? tcp_close(pcb) : ERR_ABRT;

	if (err != ERR_OK)
		tcp_abort(pcb);
	stream_over(stream, in_order);
	return err == ERR_OK ? ERR_OK : ERR_ABRT;
}

static err_t stream_on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	struct stream *stream = arg;

	(void)err;
	if (!p)
		return stream_end(stream);
	stream_progress(stream);
	stream_compare(stream, p);
	tcp_recved(pcb, p->tot_len);
	pbuf_free(p);
	return ERR_OK;
}

static err_t stream_on_sent(void *arg, struct tcp_pcb *pcb, u16_t len)
{
	struct stream *stream = arg;

	(void)pcb;
	(void)len;
	stream_progress(stream);
	stream_write(stream);
	return ERR_OK;
}

static err_t stream_on_connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct stream *stream = arg;

	(void)pcb;
	(void)err;
	stream->connected = true;
	stream->progress_ns = sim_lwip_now_ns();
	sim_lwip_client_report(flow_of(stream))->connects++;
	stream_write(stream);
	return ERR_OK;
}

/* Reset by the peer or given up by lwIP, which has freed the pcb. */
static void stream_on_error(void *arg, err_t err)
{
	(void)err;
	stream_over(arg, false);
}

static void stream_connect(struct stream *stream)
{
	const uint8_t *octets = sim_lwip_config()->peer_ipv4;
	ip_addr_t peer;

	IP_ADDR4(&peer, octets[0], octets[1], octets[2], octets[3]);
	stream->connected = false;
	stream->closed = false;
	stream->written = stream->returned;
	stream->mark = 0;
	stream->progress_ns = sim_lwip_now_ns();
	stream->pcb = tcp_new();
	if (!stream->pcb) {
		stream_over(stream, false);
		return;
	}
	stream->pcb->rto = SYN_TIMEOUT_MS / TCP_SLOW_INTERVAL;
	stream->pcb->sv = SYN_TIMEOUT_MS / TCP_SLOW_INTERVAL;
	tcp_arg(stream->pcb, stream);
	tcp_recv(stream->pcb, stream_on_recv);
	tcp_sent(stream->pcb, stream_on_sent);
	tcp_err(stream->pcb, stream_on_error);
	if (tcp_connect(stream->pcb, &peer, SIM_STACK_ECHO_PORT, stream_on_connected) != ERR_OK)
		stream_abort(stream);
}

void sim_lwip_tcp_start(unsigned flow)
{
	const struct sim_stack_flow *work = sim_lwip_client_work(flow);
	const struct sim_stack_flow_report *report = sim_lwip_client_report(flow);
	struct stream *stream = &streams[flow];
	uint64_t now_ns = sim_lwip_now_ns();

	memset(stream, 0, sizeof(*stream));
	stream->connect_ns = work->start_ns > now_ns ? work->start_ns : now_ns;
	stream->pause_ns = PAUSE_FIRST_NS;
	/* 0 unless the report is from an earlier life. */
	stream->returned = report->received + report->bad;
	if (stream->returned > work->bytes)
		stream->returned = work->bytes;
}

void sim_lwip_tcp_run(unsigned flow)
{
	struct stream *stream = &streams[flow];
	uint64_t now_ns = sim_lwip_now_ns();

	if (!stream->pcb) {
		if (now_ns >= stream->connect_ns)
			stream_connect(stream);
		return;
	}
	if (now_ns >= later(stream->progress_ns, stall_ns(flow)))
		stream_abort(stream);
}

uint64_t sim_lwip_tcp_next_ns(unsigned flow)
{
	const struct stream *stream = &streams[flow];

	if (!stream->pcb)
		return stream->connect_ns;
	return later(stream->progress_ns, stall_ns(flow));
}
