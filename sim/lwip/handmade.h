/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames made by hand, for tests that must say what no honest stack would: from the address of the
 * non-secure world to the secure one, with checksums that are right.
 */
#ifndef IWC_SIM_LWIP_HANDMADE_H
#define IWC_SIM_LWIP_HANDMADE_H

#include "bench.h"

#define TCP_FIN 1u
#define TCP_SYN 2u
#define TCP_RST 4u
#define TCP_PSH 8u
#define TCP_ACK 16u

#define IP_AT 14u
#define L4_AT 34u
#define TCP_HEADER_BYTES 20u
#define UDP_HEADER_BYTES 8u

static inline void u16_put(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void u32_put(uint8_t *at, uint32_t value)
{
	u16_put(at, value >> 16);
	u16_put(at + 2, value & 0xffff);
}

static inline uint32_t u16_get(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static inline uint32_t u32_get(const uint8_t *at)
{
	return u16_get(at) << 16 | u16_get(at + 2);
}

static inline uint32_t sum_words(uint32_t sum, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)at[i] << 8 | at[i + 1];
	if (len % 2)
		sum += (uint32_t)at[len - 1] << 8;
	return sum;
}

static inline uint32_t sum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

/* Makes the checksums right again, so that whatever else is wrong gets past them. */
static inline void checksums_fix(uint8_t *frame, size_t len)
{
	static const unsigned where[256] = {[1] = 2, [6] = 16, [17] = 6};
	uint8_t *ip = frame + IP_AT;
	size_t header = (size_t)(ip[0] & 0xf) * 4;
	size_t total = u16_get(ip + 2);
	uint32_t sum = 0;
	unsigned at = where[ip[9]];

	if (len < L4_AT || frame[12] != 8 || frame[13] != 0 || header < 20 || IP_AT + header > len)
		return;
	u16_put(ip + 10, 0);
	u16_put(ip + 10, sum_fold(sum_words(0, ip, header)));
	if (at == 0 || total < header + at + 2 || IP_AT + total > len)
		return;
	if (ip[9] != 1)
		sum = sum_words((uint32_t)(total - header) + ip[9], ip + 12, 8);
	u16_put(ip + header + at, 0);
	u16_put(ip + header + at, sum_fold(sum_words(sum, ip + header, total - header)));
}

/* Ethernet and IPv4 in front of l4_bytes of protocol. */
static inline void headers_put(uint8_t *frame, uint8_t protocol, size_t l4_bytes)
{
	uint8_t *ip = frame + IP_AT;

	memcpy(frame, bench.config[S].mac, 6);
	memcpy(frame + 6, bench.config[NS].mac, 6);
	u16_put(frame + 12, 0x0800);
	ip[0] = 0x45;
	u16_put(ip + 2, (uint32_t)(20 + l4_bytes));
	ip[8] = 64;
	ip[9] = protocol;
	memcpy(ip + 12, bench.config[NS].ipv4, 4);
	memcpy(ip + 16, bench.config[S].ipv4, 4);
}

struct segment {
	uint16_t from;
	uint16_t to;
	uint32_t seq;
	uint32_t ack;
	uint32_t window;
	uint8_t flags;
	const uint8_t *payload; /* NULL: zeros */
	size_t len;
};

static inline void segment_send(const struct segment *segment)
{
	uint8_t frame[SIM_STACK_FRAME_MAX] = {0};
	uint8_t *tcp = frame + L4_AT;

	headers_put(frame, 6, TCP_HEADER_BYTES + segment->len);
	u16_put(tcp, segment->from);
	u16_put(tcp + 2, segment->to);
	u32_put(tcp + 4, segment->seq);
	u32_put(tcp + 8, segment->ack);
	tcp[12] = 5 << 4;
	tcp[13] = segment->flags;
	u16_put(tcp + 14, segment->window);
	if (segment->payload)
		memcpy(tcp + TCP_HEADER_BYTES, segment->payload, segment->len);
	checksums_fix(frame, L4_AT + TCP_HEADER_BYTES + segment->len);
	stacks[S]->input(frame, L4_AT + TCP_HEADER_BYTES + segment->len, bench.now_ns);
}

static inline void datagram_send(uint16_t from, uint16_t to, const void *bytes, size_t len)
{
	uint8_t frame[SIM_STACK_FRAME_MAX] = {0};
	uint8_t *udp = frame + L4_AT;

	headers_put(frame, 17, UDP_HEADER_BYTES + len);
	u16_put(udp, from);
	u16_put(udp + 2, to);
	u16_put(udp + 4, (uint32_t)(UDP_HEADER_BYTES + len));
	memcpy(udp + UDP_HEADER_BYTES, bytes, len);
	checksums_fix(frame, L4_AT + UDP_HEADER_BYTES + len);
	stacks[S]->input(frame, L4_AT + UDP_HEADER_BYTES + len, bench.now_ns);
}

/* The secure world alone, with the non-secure one's address known to it. */
static inline void handmade_init(uint64_t seed,
				 void (*watch)(struct bench *b, enum side to, struct frame *frame))
{
	bench_init(seed, 0);
	bench.tamper = watch;
	bench.config[S].peer_static = true;
	memcpy(bench.config[S].peer_mac, bench.config[NS].mac, 6);
	power_on(S);
}

#endif
