/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The UDP services beside echo: discard, character generator, and an iperf 2 server.
 *
 * An iperf 2 client numbers its datagrams from 1 and gives the last one a negative number; the
 * server then answers with its account, each time the client asks. A stream is known by the
 * client's address and port. There are a few; a new one takes the place of the one that has been
 * quiet for longest.
 */
#include "instance.h"

#include <string.h>

#include "lwip/ip_addr.h"
#include "lwip/pbuf.h"
#include "lwip/udp.h"

/* RFC 864: up to so many characters in a datagram. */
#define TEXT_MAX 512u

#define STREAMS_MAX 8u
#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_US UINT64_C(1000)

/*
 * Datagram: big-endian words of 32 bits, number, seconds, microseconds, then the client's flags. If
 * FLAG_NUMBER_64 is set one word further, that word holds them, and the upper half of the number is
 * before it. The account has the same front.
 */
#define FRONT_BYTES 12u
#define FRONT_64_BYTES 16u
#define FLAG_ACCOUNT UINT32_C(0x80000000)
#define FLAG_NUMBER_64 UINT32_C(0x08000000)
#define ACCOUNT_WORDS 10u

struct stream {
	ip_addr_t addr;
	u16_t port; /* 0: free */
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t bytes;
	uint32_t highest; /* number so far */
	uint32_t missing; /* of the numbers below it */
	uint32_t late;	  /* came behind a higher one */
	int64_t transit_us;
	int64_t jitter_16_us; /* sixteenths, RFC 3550 */
	bool over;	      /* the last one is here */
};

static struct stream streams[STREAMS_MAX];

bool sim_lwip_answers_by_itself(uint16_t port)
{
	/* RFC 862, 867, 865, 864, 868. */
	return port == 7 || port == 13 || port == 17 || port == 19 || port == 37;
}

/* --- discard, character generator --------------------------------------------------------------
 */

static void discard_on_recv(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *addr,
			    u16_t port)
{
	(void)arg;
	(void)pcb;
	(void)addr;
	(void)port;
	sim_lwip_own_counters()->service_udp_in++;
	pbuf_free(p);
}

static void answer(struct udp_pcb *pcb, const void *bytes, size_t len, const ip_addr_t *addr,
		   u16_t port)
{
	struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)len, PBUF_RAM);

	if (!p)
		return;
	pbuf_take(p, bytes, (u16_t)len);
	if (udp_sendto(pcb, p, addr, port) == ERR_OK)
		sim_lwip_own_counters()->service_udp_out++;
	pbuf_free(p);
}

static void chargen_on_recv(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *addr,
			    u16_t port)
{
	(void)arg;
	sim_lwip_own_counters()->service_udp_in++;
	pbuf_free(p);
	if (!sim_lwip_answers_by_itself(port))
		answer(pcb, sim_lwip_text(0), sim_lwip_rand() % (TEXT_MAX + 1), addr, port);
}

/* --- iperf 2 -----------------------------------------------------------------------------------
 */

static uint32_t word_get(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint8_t *word_put(uint8_t *at, uint64_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
	return at + 4;
}

/* The stream of that client, or a fresh one in the place of the quietest. */
static struct stream *stream_find(const ip_addr_t *addr, u16_t port, bool last)
{
	struct stream *stream = &streams[0];

	for (unsigned i = 0; i < STREAMS_MAX; i++) {
		if (streams[i].port == port && ip_addr_cmp(&streams[i].addr, addr)) {
			stream = &streams[i];
			if (!stream->over || last)
				return stream;
			break; /* the port is used again */
		}
		if (streams[i].last_ns < stream->last_ns)
			stream = &streams[i];
	}
	memset(stream, 0, sizeof(*stream));
	stream->addr = *addr;
	stream->port = port;
	stream->first_ns = sim_lwip_now_ns();
	return stream;
}

static void stream_number(struct stream *stream, uint32_t number)
{
	if (number > stream->highest) {
		stream->missing += number - stream->highest - 1;
		stream->highest = number;
	} else {
		stream->late++;
		if (stream->missing > 0)
			stream->missing--;
	}
}

/* How much the time under way, whose origin is anybody's guess, changes from one to the next. */
static void stream_jitter(struct stream *stream, const uint8_t *front)
{
	uint64_t now_us = sim_lwip_now_ns() / NS_PER_US;
	uint64_t sent_us = (uint64_t)word_get(front + 4) * 1000000 + word_get(front + 8);
	int64_t transit_us = (int64_t)(now_us - sent_us);
	int64_t change_us = transit_us - stream->transit_us;

	if (stream->highest > 1)
		stream->jitter_16_us +=
		    (change_us < 0 ? -change_us : change_us) - (stream->jitter_16_us + 8) / 16;
	stream->transit_us = transit_us;
}

static void stream_count(struct stream *stream, const uint8_t *front, u16_t len)
{
	uint32_t number = word_get(front);

	stream->over = number >> 31;
	stream_number(stream, stream->over ? 0 - number : number);
	stream_jitter(stream, front);
	stream->bytes += len;
	stream->last_ns = sim_lwip_now_ns();
}

static void account_send(struct udp_pcb *pcb, const struct stream *stream, const uint8_t *front)
{
	uint32_t number_64 = word_get(front + FRONT_64_BYTES) & FLAG_NUMBER_64;
	size_t front_bytes = number_64 ? FRONT_64_BYTES : FRONT_BYTES;
	uint64_t lasted_ns = stream->last_ns - stream->first_ns;
	uint64_t jitter_us = (uint64_t)stream->jitter_16_us / 16;
	uint8_t bytes[FRONT_64_BYTES + 4 * ACCOUNT_WORDS];
	uint8_t *at = bytes + front_bytes;

	memcpy(bytes, front, front_bytes);
	at = word_put(at, FLAG_ACCOUNT | number_64);
	at = word_put(at, stream->bytes >> 32);
	at = word_put(at, stream->bytes);
	at = word_put(at, lasted_ns / NS_PER_S);
	at = word_put(at, lasted_ns % NS_PER_S / NS_PER_US);
	at = word_put(at, stream->missing);
	at = word_put(at, stream->late);
	at = word_put(at, stream->highest);
	at = word_put(at, jitter_us / 1000000);
	at = word_put(at, jitter_us % 1000000);
	answer(pcb, bytes, (size_t)(at - bytes), &stream->addr, stream->port);
}

static void iperf_on_recv(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *addr,
			  u16_t port)
{
	uint8_t front[FRONT_64_BYTES + 4] = {0};
	u16_t len = p->tot_len;
	struct stream *stream;

	(void)arg;
	sim_lwip_own_counters()->service_udp_in++;
	pbuf_copy_partial(p, front, sizeof(front), 0);
	/* addr is in p. */
	if (len >= FRONT_BYTES && !sim_lwip_answers_by_itself(port)) {
		stream = stream_find(addr, port, word_get(front) >> 31);
		if (!stream->over)
			stream_count(stream, front, len);
		if (stream->over)
			account_send(pcb, stream, front);
	}
	pbuf_free(p);
}

static void service_open(u16_t port, udp_recv_fn on_recv)
{
	struct udp_pcb *udp = udp_new();

	LWIP_ASSERT("no pcb at power-on", udp != NULL);
	udp_bind(udp, IP_ANY_TYPE, port);
	udp_recv(udp, on_recv, NULL);
}

void sim_lwip_service_udp_start(void)
{
	memset(streams, 0, sizeof(streams));
	service_open(SIM_STACK_DISCARD_PORT, discard_on_recv);
	service_open(SIM_STACK_CHARGEN_PORT, chargen_on_recv);
	service_open(SIM_STACK_IPERF_PORT, iperf_on_recv);
}
