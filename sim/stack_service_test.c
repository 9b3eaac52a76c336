/* SPDX-License-Identifier: BSD-2-Clause */
/* The services of the secure world beside echo, against clients made by hand. */
#include "lwip/handmade.h"

#define CLIENTS_MAX 24u
#define WINDOW 0xffffu
#define MSS 1460u

/* The far end of a TCP connection: takes what comes in order and looks at it. */
struct client {
	uint16_t port;
	uint16_t to;
	uint32_t seq; /* of our next byte */
	uint32_t ack; /* the server's next byte */
	uint32_t acked;
	uint64_t received;
	uint64_t wrong; /* bytes that are not the generator's text */
	bool open;
	bool fin;
	bool reset;
};

static struct client clients[CLIENTS_MAX];
static unsigned clients_count;

/* The last datagram that came, and how many. */
static uint8_t datagram[SIM_STACK_FRAME_MAX];
static size_t datagram_len;
static unsigned datagrams;

/* RFC 864's text as its examples have it, found by walking, not by arithmetic on the position. */
static uint8_t text_at(uint64_t position)
{
	static uint8_t text[7030];
	size_t at = 0;

	if (text[0] == 0) {
		for (unsigned line = 0; line < 95; line++) {
			uint8_t c = (uint8_t)(' ' + line);

			for (unsigned i = 0; i < 72; i++, c = c == '~' ? ' ' : (uint8_t)(c + 1))
				text[at++] = c;
			text[at++] = '\r';
			text[at++] = '\n';
		}
		assert_int_equal(at, sizeof(text));
	}
	return text[position % sizeof(text)];
}

static void client_take(struct client *client, const uint8_t *tcp, size_t bytes)
{
	const uint8_t *payload = tcp + (size_t)(tcp[12] >> 4) * 4;

	client->reset |= (tcp[13] & TCP_RST) != 0;
	client->acked = (tcp[13] & TCP_ACK) ? u32_get(tcp + 8) : client->acked;
	if (tcp[13] & TCP_SYN) {
		client->ack = u32_get(tcp + 4) + 1;
		client->open = true;
		return;
	}
	if (u32_get(tcp + 4) != client->ack)
		return;
	bytes -= (size_t)(tcp[12] >> 4) * 4;
	for (size_t i = 0; i < bytes; i++)
		client->wrong += payload[i] != text_at(client->received + i);
	client->received += bytes;
	client->ack += (uint32_t)bytes;
	if (tcp[13] & TCP_FIN) {
		client->ack++;
		client->fin = true;
	}
}

static void frames_watch(struct bench *b, enum side to, struct frame *frame)
{
	const uint8_t *ip = frame->bytes + IP_AT;
	const uint8_t *l4 = frame->bytes + L4_AT;

	(void)b;
	if (to != NS || u16_get(frame->bytes + 12) != 0x0800)
		return;
	if (ip[9] == 17) {
		datagram_len = u16_get(l4 + 4) - UDP_HEADER_BYTES;
		memcpy(datagram, l4 + UDP_HEADER_BYTES, datagram_len);
		datagrams++;
		return;
	}
	for (unsigned i = 0; ip[9] == 6 && i < clients_count; i++) {
		if (clients[i].port == u16_get(l4 + 2) && clients[i].to == u16_get(l4))
			client_take(&clients[i], l4, u16_get(ip + 2) - 20u);
	}
}

static void client_send(struct client *client, uint8_t flags, const void *payload, size_t len)
{
	segment_send(&(struct segment){.from = client->port,
				       .to = client->to,
				       .seq = client->seq,
				       .ack = client->ack,
				       .window = WINDOW,
				       .flags = flags,
				       .payload = payload,
				       .len = len});
	client->seq += (uint32_t)len + ((flags & (TCP_SYN | TCP_FIN)) ? 1 : 0);
}

static struct client *client_open(uint16_t to)
{
	struct client *client = &clients[clients_count];

	*client = (struct client){.port = (uint16_t)(40000 + clients_count), .to = to, .seq = 999};
	clients_count++;
	assert_in_range(clients_count, 1, CLIENTS_MAX);
	client_send(client, TCP_SYN, NULL, 0);
	run(bench.now_ns + MS);
	assert_true(client->open);
	client_send(client, TCP_ACK, NULL, 0);
	return client;
}

/* Acknowledges all that came, again and again, for that time. */
static void clients_drain(uint64_t for_ns)
{
	uint64_t until_ns = bench.now_ns + for_ns;

	while (bench.now_ns < until_ns) {
		run(bench.now_ns + MS / 10);
		for (unsigned i = 0; i < clients_count; i++) {
			if (clients[i].open && !clients[i].reset)
				client_send(&clients[i], TCP_ACK, NULL, 0);
		}
	}
}

static void service_init(uint64_t seed)
{
	clients_count = 0;
	datagrams = 0;
	handmade_init(seed, frames_watch);
}

static void discard_tcp_test(void **state)
{
	static const uint8_t bytes[MSS] = "whatever";
	struct client *client;

	(void)state;
	service_init(1);
	client = client_open(SIM_STACK_DISCARD_PORT);
	for (unsigned i = 0; i < 1000; i++) {
		client_send(client, TCP_ACK, bytes, sizeof(bytes));
		if (i % 8 == 7)
			run(bench.now_ns + MS);
	}
	run(bench.now_ns + SECOND);
	assert_int_equal(counters(S).service_tcp_in_bytes, 1000 * MSS);
	assert_int_equal(client->acked, client->seq);
	assert_int_equal(client->received, 0);
	assert_false(client->fin);
	client_send(client, TCP_FIN | TCP_ACK, NULL, 0);
	run(bench.now_ns + SECOND);
	assert_true(client->fin);
	assert_false(client->reset);
	assert_int_equal(client->acked, client->seq);
	assert_int_equal(counters(S).memory_errors, 0);
	assert_well();
}

static void discard_udp_test(void **state)
{
	static const uint8_t bytes[SIM_STACK_PAYLOAD_MAX];

	(void)state;
	service_init(2);
	for (size_t len = 0; len <= sizeof(bytes); len += 92)
		datagram_send(40000, SIM_STACK_DISCARD_PORT, bytes, len);
	run(SECOND);
	assert_int_equal(counters(S).service_udp_in, 17);
	assert_int_equal(datagrams, 0);
	assert_well();
}

static void chargen_tcp_test(void **state)
{
	struct client *client;
	uint64_t received;

	(void)state;
	service_init(3);
	client = client_open(SIM_STACK_CHARGEN_PORT);
	clients_drain(SECOND);
	assert_true(client->received > 100000);
	assert_int_equal(client->wrong, 0);
	/* Not acknowledged any more, it sends what its buffer holds and no more. */
	run(bench.now_ns + SECOND);
	received = client->received;
	run(bench.now_ns + 3 * SECOND);
	assert_int_equal(client->received, received);
	assert_in_range(counters(S).service_tcp_out_bytes, received, received + 64 * 1024);
	client_send(client, TCP_FIN | TCP_ACK, NULL, 0);
	clients_drain(SECOND);
	assert_true(client->fin);
	assert_int_equal(client->wrong, 0);
	assert_int_equal(client->received, counters(S).service_tcp_out_bytes);
	assert_int_equal(counters(S).memory_errors, 0);
	assert_well();
}

static void chargen_udp_test(void **state)
{
	static const uint16_t silent[] = {7, 13, 17, 19, 37};
	bool other_length = false;
	size_t first;

	(void)state;
	service_init(4);
	datagram_send(40000, SIM_STACK_CHARGEN_PORT, "", 0);
	first = datagram_len;
	for (unsigned i = 0; i < 50; i++) {
		datagram_send(40000, SIM_STACK_CHARGEN_PORT, "?", 1);
		assert_in_range(datagram_len, 0, 512);
		for (size_t at = 0; at < datagram_len; at++)
			assert_int_equal(datagram[at], text_at(at));
		other_length |= datagram_len != first;
	}
	assert_true(other_length);
	assert_int_equal(datagrams, 51);
	for (unsigned i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
		datagram_send(silent[i], SIM_STACK_CHARGEN_PORT, "?", 1);
		datagram_send(silent[i], SIM_STACK_ECHO_PORT, "?", 1);
		datagram_send(silent[i], SIM_STACK_IPERF_PORT, "\xff\xff\xff\xff????????", 12);
	}
	assert_int_equal(datagrams, 51);
	assert_int_equal(counters(S).service_udp_out, 51);
	assert_well();
}

/* As an iperf 2.1 client begins: flags, threads, port, buffer, rate, amount, .., upper flags. */
static struct client *iperf_open(uint32_t upper, int32_t amount)
{
	struct client *client = client_open(SIM_STACK_IPERF_PORT);
	uint8_t header[60] = {0};

	u32_put(header, upper ? 0x44010078 : 0x40010078);
	u32_put(header + 20, (uint32_t)amount);
	u32_put(header + 32, upper);
	/* In two pieces: segments end where they like. */
	client_send(client, TCP_ACK, header, 21);
	client_send(client, TCP_ACK, header + 21, sizeof(header) - 21);
	return client;
}

static void iperf_receives_test(void **state)
{
	static const uint8_t bytes[MSS] = "012345678901234567890123456789012345678901234567890123";
	struct client *extended;
	struct client *plain;

	(void)state;
	service_init(5);
	extended = iperf_open(0, -1000);
	plain = client_open(SIM_STACK_IPERF_PORT);
	for (unsigned i = 0; i < 200; i++) {
		client_send(extended, TCP_ACK, bytes, sizeof(bytes));
		client_send(plain, TCP_ACK, bytes, sizeof(bytes));
		run(bench.now_ns + MS);
	}
	client_send(extended, TCP_FIN | TCP_ACK, NULL, 0);
	client_send(plain, TCP_FIN | TCP_ACK, NULL, 0);
	run(bench.now_ns + SECOND);
	assert_int_equal(counters(S).service_tcp_in_bytes, 2 * 200 * MSS + 60);
	assert_int_equal(extended->received + plain->received, 0);
	assert_true(extended->fin && plain->fin);
	assert_false(extended->reset || plain->reset);
	assert_well();
}

static void iperf_reverse_test(void **state)
{
	struct client *bytes;
	struct client *time;
	uint64_t received;

	(void)state;
	service_init(6);
	bytes = iperf_open(0x04000000, 300000);
	time = iperf_open(0x04000000, -100);
	clients_drain(SECOND - 10 * MS);
	assert_int_equal(bytes->received, 300000);
	assert_true(bytes->fin);
	assert_false(time->fin);
	received = time->received;
	assert_true(received > 100000);
	clients_drain(20 * MS);
	assert_true(time->fin);
	assert_in_range(time->received, received, received + received / 50);
	assert_int_equal(bytes->wrong + time->wrong, 0);
	/* Their clients end now, and both places are free again. */
	client_send(bytes, TCP_FIN | TCP_ACK, NULL, 0);
	client_send(time, TCP_FIN | TCP_ACK, NULL, 0);
	run(bench.now_ns + SECOND);
	assert_int_equal(bytes->acked, bytes->seq);
	assert_int_equal(time->acked, time->seq);
	bytes = iperf_open(0x04000000, 5000);
	clients_drain(10 * MS);
	assert_int_equal(bytes->received, 5000);
	for (unsigned i = 0; i < 7; i++)
		client_open(SIM_STACK_DISCARD_PORT);
	assert_int_equal(counters(S).tcp_accepted, 10);
	assert_int_equal(counters(S).tcp_refused, 0);
	assert_well();
}

static void iperf_both_ways_test(void **state)
{
	static const uint8_t bytes[MSS] = "0123";
	struct client *client;

	(void)state;
	service_init(7);
	client = iperf_open(0x08000000, 200000);
	for (unsigned i = 0; i < 300; i++) {
		client_send(client, TCP_ACK, bytes, sizeof(bytes));
		clients_drain(MS);
	}
	assert_int_equal(client->received, 200000);
	assert_int_equal(client->wrong, 0);
	assert_true(client->fin);
	/* Our end of its stream does not end the other direction. */
	assert_int_equal(counters(S).service_tcp_in_bytes, 60 + 300 * MSS);
	client_send(client, TCP_FIN | TCP_ACK, NULL, 0);
	run(bench.now_ns + SECOND);
	assert_int_equal(client->acked, client->seq);
	assert_false(client->reset);
	assert_well();
}

static void iperf_datagram(uint16_t port, int32_t number, uint32_t us, bool wide, size_t len)
{
	uint8_t bytes[SIM_STACK_PAYLOAD_MAX] = {0};

	u32_put(bytes, (uint32_t)number);
	u32_put(bytes + 4, us / 1000000);
	u32_put(bytes + 8, us % 1000000);
	if (wide) {
		u32_put(bytes + 12, number < 0 ? UINT32_MAX : 0);
		u32_put(bytes + 16, 0x48010098);
	}
	datagram_send(port, SIM_STACK_IPERF_PORT, bytes, len);
}

/* What an account says: bytes, us, missing, late, number of datagrams, jitter. */
static void account_expect(bool wide, const uint32_t expected[6])
{
	const uint8_t *at = datagram + (wide ? 16 : 12);

	assert_int_equal(datagram_len, (wide ? 16 : 12) + 40);
	assert_int_equal(u32_get(at), wide ? 0x88000000 : 0x80000000);
	assert_int_equal(u32_get(at + 4), 0);
	assert_int_equal(u32_get(at + 8), expected[0]);
	assert_int_equal(u32_get(at + 12) * 1000000 + u32_get(at + 16), expected[1]);
	assert_int_equal(u32_get(at + 20), expected[2]);
	assert_int_equal(u32_get(at + 24), expected[3]);
	assert_int_equal(u32_get(at + 28), expected[4]);
	assert_int_equal(u32_get(at + 32) * 1000000 + u32_get(at + 36), expected[5]);
}

static void iperf_stream(bool wide)
{
	static const int32_t numbers[] = {1, 2, 5, 4, 6, 8, 9};
	static const uint32_t first[6] = {8 * 1000, 7000, 2, 1, 10, 0};
	static const uint32_t again[6] = {3 * 500, 3300000, 0, 0, 3, 58};
	unsigned before = datagrams;

	for (unsigned i = 0; i < 7; i++, run(bench.now_ns + MS))
		iperf_datagram(5555, numbers[i], 1000 * i + 77, wide, 1000);
	assert_int_equal(datagrams, before);
	/* The client asks until it has the account; the account does not change by that. */
	for (unsigned i = 0; i < 3; i++, run(bench.now_ns + MS)) {
		iperf_datagram(5555, -10, 7077, wide, 1000);
		assert_int_equal(datagrams, before + 1 + i);
		account_expect(wide, first);
	}
	/* The next run from the same port; the time under way changes by 1 ms, once. */
	iperf_datagram(5555, 1, 0, wide, 500);
	run(bench.now_ns + 3200 * MS);
	iperf_datagram(5555, 2, 3201000, wide, 500);
	run(bench.now_ns + 100 * MS);
	iperf_datagram(5555, -3, 3301000, wide, 500);
	account_expect(wide, again);
}

static void iperf_account_test(void **state)
{
	(void)state;
	service_init(8);
	iperf_stream(false);
	iperf_stream(true);
	/* Too short for a number with its time: counted, never answered. */
	datagrams = 0;
	datagram_send(5556, SIM_STACK_IPERF_PORT, "\xff\xff\xff\xff???????", 11);
	assert_int_equal(datagrams, 0);
	assert_int_equal(counters(S).service_udp_in, 2 * 13 + 1);
	/* More clients than there are streams: the quietest is forgotten, the last ones are known.
	 */
	for (uint16_t i = 0; i < 20; i++, run(bench.now_ns + MS))
		iperf_datagram((uint16_t)(6000 + i), 3, 0, true, 100);
	for (uint16_t i = 0; i < 20; i++) {
		iperf_datagram((uint16_t)(6019 - i), -4, 0, true, 100);
		assert_int_equal(u32_get(datagram + 16 + 8), i < 8 ? 200 : 100);
	}
	assert_well();
}

/* Every service held by clients that stop, break off or never take what they asked for. */
static void hostile_clients_test(void **state)
{
	(void)state;
	service_init(9);
	for (unsigned i = 0; i < 8; i++) {
		struct client *client = i % 2 ? client_open(SIM_STACK_CHARGEN_PORT)
					      : iperf_open(0x0c000000, -0x7fffffff);

		if (i % 4 == 3) {
			run(bench.now_ns + MS);
			client_send(client, TCP_RST | TCP_ACK, NULL, 0);
		}
	}
	run(bench.now_ns + 100 * MS);
	assert_int_equal(counters(S).tcp_accepted, 8);
	/* The two that broke off gave their places back; two more are the last ones. */
	client_open(SIM_STACK_DISCARD_PORT);
	client_open(SIM_STACK_DISCARD_PORT);
	assert_int_equal(counters(S).tcp_accepted, 10);
	client_open(SIM_STACK_DISCARD_PORT);
	run(bench.now_ns + MS);
	assert_int_equal(counters(S).tcp_refused, 1);
	assert_true(clients[10].reset);
	/* The quiet ones make way in time. */
	run(bench.now_ns + 10 * SECOND);
	client_open(SIM_STACK_DISCARD_PORT);
	assert_int_equal(counters(S).tcp_accepted, 11);
	/* Meanwhile echo has places of its own. */
	client_open(SIM_STACK_ECHO_PORT);
	assert_int_equal(counters(S).tcp_accepted, 12);
	assert_int_equal(counters(S).memory_errors, 0);
	assert_int_equal(counters(S).frames_in_no_memory, 0);
	assert_well();
}

/* One life of all services at once; the hash of its frames. */
static uint64_t service_life(void)
{
	struct client *generator;

	service_init(10);
	iperf_datagram(5556, -2, 0, true, 100);
	generator = client_open(SIM_STACK_CHARGEN_PORT);
	iperf_open(0x04000000, -100);
	client_open(SIM_STACK_DISCARD_PORT);
	iperf_datagram(5555, 7, 0, true, 100);
	datagram_send(40000, SIM_STACK_CHARGEN_PORT, "?", 1);
	clients_drain(300 * MS);
	assert_true(generator->received > 10000);
	iperf_datagram(5555, -8, 0, true, 100);
	iperf_datagram(5556, 3, 0, true, 100);
	return bench.trace;
}

static void restart_test(void **state)
{
	uint64_t first = service_life();
	uint64_t second = service_life();

	(void)state;
	/* Power-on in the middle of everything, and the next life is the first one again. */
	assert_true(first == second);
	assert_int_equal(counters(S).tcp_accepted, 3);
	assert_well();
}

static void without_server_test(void **state)
{
	static const uint16_t ports[] = {7, 9, 19, 5001};

	(void)state;
	service_init(11);
	bench.config[S].server = false;
	power_on(S);
	for (unsigned i = 0; i < 4; i++) {
		clients[i] = (struct client){.port = 40000, .to = ports[i], .seq = 999};
		clients_count = i + 1;
		client_send(&clients[i], TCP_SYN, NULL, 0);
		datagram_send(40000, ports[i], "\xff\xff\xff\xff????????", 12);
		assert_true(clients[i].reset && !clients[i].open);
	}
	assert_int_equal(counters(S).service_udp_in + counters(S).tcp_accepted, 0);
	assert_well();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(discard_tcp_test),	    cmocka_unit_test(discard_udp_test),
	    cmocka_unit_test(chargen_tcp_test),	    cmocka_unit_test(chargen_udp_test),
	    cmocka_unit_test(iperf_receives_test),  cmocka_unit_test(iperf_reverse_test),
	    cmocka_unit_test(iperf_both_ways_test), cmocka_unit_test(iperf_account_test),
	    cmocka_unit_test(hostile_clients_test), cmocka_unit_test(restart_test),
	    cmocka_unit_test(without_server_test),
	};

	int failed = cmocka_run_group_tests_name("stack_service", tests, NULL, NULL);

	stacks[S] = &sim_stack_tap;
	return failed + cmocka_run_group_tests_name("stack_service_tap", tests, NULL, NULL);
}
