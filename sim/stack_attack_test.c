/* SPDX-License-Identifier: BSD-2-Clause */
/* Tampering is noticed, and frames of any kind do no harm. */
#include "lwip/bench.h"

/* Swaps two 16-bit words: no Internet checksum can tell. */
static void swap_words(struct bench *b, enum side to, struct frame *frame)
{
	uint8_t *at = frame->bytes + frame->len - 8;
	uint8_t word[2];

	if (to != NS || frame->len < 400)
		return;
	memcpy(word, at, 2);
	memcpy(at, at + 4, 2);
	memcpy(at + 4, word, 2);
	b->tampered++;
}

static void flip_bit(struct bench *b, enum side to, struct frame *frame)
{
	if (to != NS || frame->len < 400)
		return;
	frame->bytes[frame->len - 5] ^= 0x10;
	b->tampered++;
}

static void truncate_data(struct bench *b, enum side to, struct frame *frame)
{
	if (to != NS || frame->len < 400)
		return;
	frame->len -= 2;
	b->tampered++;
}

static void tampered_echo_run(enum sim_stack_flow_kind kind,
			      void (*tamper)(struct bench *b, enum side to, struct frame *frame))
{
	struct sim_stack_flow *flow;

	bench_init(31, 0);
	bench.tamper = tamper;
	flow = flow_add(kind);
	flow->count = 20;
	flow->interval_ns = MS;
	flow->size_bytes = 500;
	flow->bytes = 20000;
	power_on(S);
	power_on(NS);
	run_until_done(20 * SECOND);
	assert_true(bench.tampered > 0);
	assert_well();
}

static void swapped_words_are_bad_test(void **state)
{
	(void)state;
	tampered_echo_run(SIM_STACK_FLOW_PING, swap_words);
	assert_int_equal(report(0).bad, bench.tampered);
	assert_int_equal(report(0).received, 0);
	tampered_echo_run(SIM_STACK_FLOW_UDP, swap_words);
	assert_int_equal(report(0).bad, bench.tampered);
	assert_int_equal(report(0).received, 0);
	tampered_echo_run(SIM_STACK_FLOW_TCP, swap_words);
	assert_in_range(report(0).bad, bench.tampered, 4 * bench.tampered);
	assert_int_equal(report(0).received, 20000 - report(0).bad);
}

static void flipped_bits_are_dropped_test(void **state)
{
	(void)state;
	tampered_echo_run(SIM_STACK_FLOW_PING, flip_bit);
	assert_int_equal(counters(NS).checksum_errors, bench.tampered);
	assert_int_equal(report(0).bad + report(0).received, 0);
	tampered_echo_run(SIM_STACK_FLOW_UDP, flip_bit);
	assert_int_equal(counters(NS).checksum_errors, bench.tampered);
	assert_int_equal(report(0).bad + report(0).received, 0);
	tampered_echo_run(SIM_STACK_FLOW_TCP, flip_bit);
	assert_int_equal(counters(NS).checksum_errors, bench.tampered);
	assert_int_equal(report(0).bad, 0);
}

static void truncated_frames_are_dropped_test(void **state)
{
	(void)state;
	tampered_echo_run(SIM_STACK_FLOW_UDP, truncate_data);
	assert_true(counters(NS).malformed + counters(NS).dropped >= bench.tampered);
	assert_int_equal(report(0).bad + report(0).received, 0);
}

static void twice(struct bench *b, enum side to, struct frame *frame)
{
	struct wire *wire = &b->wires[to];

	if (to != NS || frame->len < 400 || wire->count == WIRE_FRAMES)
		return;
	wire->frames[(wire->head + wire->count++) % WIRE_FRAMES] = *frame;
	b->tampered++;
}

static void duplicates_are_counted_test(void **state)
{
	(void)state;
	tampered_echo_run(SIM_STACK_FLOW_PING, twice);
	assert_int_equal(report(0).received, 20);
	assert_in_range(report(0).duplicates, bench.tampered - 1, bench.tampered);
	tampered_echo_run(SIM_STACK_FLOW_UDP, twice);
	assert_int_equal(report(0).received, 20);
	assert_in_range(report(0).duplicates, bench.tampered - 1, bench.tampered);
	tampered_echo_run(SIM_STACK_FLOW_TCP, twice);
	assert_int_equal(report(0).received, 20000);
}

static void bad_lengths_test(void **state)
{
	uint8_t frame[SIM_STACK_INPUT_MAX + 1] = {0};

	(void)state;
	bench_init(111, 0);
	power_on(S);
	stacks[S]->input(frame, 0, 0);
	stacks[S]->input(frame, 13, 0);
	stacks[S]->input(frame, SIM_STACK_INPUT_MAX + 1, 0);
	assert_int_equal(counters(S).frames_in, 0);
	assert_int_equal(counters(S).frames_in_bad_length, 3);
	stacks[S]->input(frame, 14, 0);
	stacks[S]->input(frame, SIM_STACK_INPUT_MAX, 0);
	assert_int_equal(counters(S).frames_in, 2);
	assert_well();
}

static uint8_t seen[64][SIM_STACK_FRAME_MAX];
static size_t seen_len[64];
static unsigned seen_count;

static void remember(struct bench *b, enum side to, struct frame *frame)
{
	unsigned at = seen_count++ % 64;

	(void)b;
	(void)to;
	memcpy(seen[at], frame->bytes, frame->len);
	seen_len[at] = frame->len;
}

static void assert_alive_after_attack(void)
{
	struct sim_stack_flow *flow;

	bench.tamper = NULL;
	bench.wires[NS].count = 0;
	bench.wires[S].count = 0;
	bench.config[NS].flows_count = 0;
	flow = flow_add(SIM_STACK_FLOW_PING);
	*flow = (struct sim_stack_flow){
	    .kind = SIM_STACK_FLOW_PING, .count = 20, .interval_ns = 100 * MS, .size_bytes = 56};
	flow_add(SIM_STACK_FLOW_TCP)->bytes = 50000;
	power_on(NS);
	assert_true(run_until_done(bench.now_ns + 60 * SECOND));
	/* The attack may have poisoned the neighbour table; that heals within the first requests.
	 */
	assert_in_range(report(0).received, 10, 20);
	assert_int_equal(report(1).received, 50000);
	assert_well();
}

static void attack(enum side to, uint8_t *frame, size_t len)
{
	stacks[to]->input(frame, len, bench.now_ns);
	run(bench.now_ns + 50000);
}

static void random_frames_test(void **state)
{
	_Static_assert(SIM_STACK_INPUT_MAX % 8 == 0, "frames are filled by words");
	static const uint8_t types[3][2] = {{8, 0}, {8, 6}, {0x81, 0}};
	uint8_t frame[SIM_STACK_INPUT_MAX + 8];
	uint64_t random = 12345;

	(void)state;
	bench_init(101, 0);
	power_on(S);
	power_on(NS);
	for (unsigned i = 0; i < 20000; i++) {
		enum side to = (random_next(&random) & 1) ? S : NS;
		size_t len = random_next(&random) % sizeof(frame);

		for (size_t at = 0; at < sizeof(frame); at += 8) {
			uint64_t word = random_next(&random);

			memcpy(frame + at, &word, 8);
		}
		memcpy(frame, bench.config[to].mac, 6);
		memcpy(frame + 12, types[random_next(&random) % 3], 2);
		if (i % 2)
			frame[14] = 0x45;
		attack(to, frame, len);
	}
	assert_true(counters(S).frames_in > 5000);
	assert_true(counters(S).frames_in_bad_length > 0);
	assert_true(counters(S).malformed + counters(S).checksum_errors > 0);
	assert_alive_after_attack();
}

static void u16_put(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static uint32_t sum_words(uint32_t sum, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)at[i] << 8 | at[i + 1];
	if (len % 2)
		sum += (uint32_t)at[len - 1] << 8;
	return sum;
}

static uint32_t sum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

/* Makes the checksums right again, so that the damage gets past them. */
static void checksums_fix(uint8_t *frame, size_t len)
{
	static const unsigned where[256] = {[1] = 2, [6] = 16, [17] = 6};
	uint8_t *ip = frame + 14;
	size_t header = (size_t)(ip[0] & 0xf) * 4;
	size_t total = (size_t)ip[2] << 8 | ip[3];
	uint32_t sum = 0;
	unsigned at = where[ip[9]];

	if (len < 34 || frame[12] != 8 || frame[13] != 0 || header < 20 || 14 + header > len)
		return;
	u16_put(ip + 10, 0);
	u16_put(ip + 10, sum_fold(sum_words(0, ip, header)));
	if (at == 0 || total < header + at + 2 || 14 + total > len)
		return;
	if (ip[9] != 1)
		sum = sum_words((uint32_t)(total - header) + ip[9], ip + 12, 8);
	u16_put(ip + header + at, 0);
	u16_put(ip + header + at, sum_fold(sum_words(sum, ip + header, total - header)));
}

/* Frames of real conversations, a few bytes changed, in the wrong order and to the wrong side. */
static void mutated_frames_run(uint64_t seed)
{
	uint64_t random = seed;
	uint8_t frame[SIM_STACK_FRAME_MAX];

	bench_init(seed, 0);
	bench.tamper = remember;
	seen_count = 0;
	flow_add(SIM_STACK_FLOW_TCP)->bytes = 10 << 20;
	*flow_add(SIM_STACK_FLOW_UDP) = (struct sim_stack_flow){
	    .kind = SIM_STACK_FLOW_UDP, .count = 100000, .interval_ns = MS, .size_bytes = 100};
	*flow_add(SIM_STACK_FLOW_PING) = (struct sim_stack_flow){
	    .kind = SIM_STACK_FLOW_PING, .count = 100000, .interval_ns = MS, .size_bytes = 30};
	power_on(S);
	power_on(NS);
	run(10 * MS);
	for (unsigned i = 0; i < 5000; i++) {
		unsigned which = (unsigned)(random_next(&random) % 64);
		enum side to = (random_next(&random) & 1) ? S : NS;
		size_t len = seen_len[which];
		unsigned changes = (unsigned)(random_next(&random) % 4);

		memcpy(frame, seen[which], len);
		while (changes-- > 0) {
			size_t reach = len < 80 ? len : 80;

			frame[12 + random_next(&random) % (reach - 12)] =
			    (uint8_t)(random_next(&random) >> 24);
		}
		if (random_next(&random) % 8 == 0)
			len = random_next(&random) % (len + 1);
		if (random_next(&random) % 4)
			checksums_fix(frame, len);
		attack(to, frame, len);
	}
	assert_alive_after_attack();
}

static void mutated_frames_test(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 8; seed++)
		mutated_frames_run(seed * 1000003);
}

/* A TCP segment from the client's address, made by hand. */
static void segment_send(uint32_t port, uint32_t seq, uint32_t ack, uint8_t flags, size_t payload)
{
	uint8_t frame[SIM_STACK_FRAME_MAX] = {0};
	uint8_t *ip = frame + 14;
	uint8_t *tcp = ip + 20;

	memcpy(frame, bench.config[S].mac, 6);
	memcpy(frame + 6, bench.config[NS].mac, 6);
	frame[12] = 8;
	ip[0] = 0x45;
	u16_put(ip + 2, (uint32_t)(40 + payload));
	ip[8] = 64;
	ip[9] = 6;
	memcpy(ip + 12, bench.config[NS].ipv4, 4);
	memcpy(ip + 16, bench.config[S].ipv4, 4);
	u16_put(tcp, port);
	u16_put(tcp + 2, SIM_STACK_ECHO_PORT);
	u16_put(tcp + 4, seq >> 16);
	u16_put(tcp + 6, seq & 0xffff);
	u16_put(tcp + 8, ack >> 16);
	u16_put(tcp + 10, ack & 0xffff);
	tcp[12] = 5 << 4;
	tcp[13] = flags;
	u16_put(tcp + 14, 0xffff);
	checksums_fix(frame, 54 + payload);
	stacks[S]->input(frame, 54 + payload, bench.now_ns);
}

/* An echo to the echo port would come back for ever. */
static void echo_loop_test(void **state)
{
	uint8_t frame[14 + 28 + 4] = {0};
	uint8_t *ip = frame + 14;

	(void)state;
	bench_init(121, 0);
	bench.config[S].peer_static = true;
	memcpy(bench.config[S].peer_mac, bench.config[NS].mac, 6);
	power_on(S);
	memcpy(frame, bench.config[S].mac, 6);
	memcpy(frame + 6, bench.config[NS].mac, 6);
	frame[12] = 8;
	ip[0] = 0x45;
	u16_put(ip + 2, 32);
	ip[8] = 64;
	ip[9] = 17;
	memcpy(ip + 12, bench.config[NS].ipv4, 4);
	memcpy(ip + 16, bench.config[S].ipv4, 4);
	u16_put(ip + 20, SIM_STACK_ECHO_PORT + 1);
	u16_put(ip + 22, SIM_STACK_ECHO_PORT);
	u16_put(ip + 24, 12);
	checksums_fix(frame, sizeof(frame));
	stacks[S]->input(frame, sizeof(frame), 0);
	assert_int_equal(counters(S).echoed_udp, 1);
	u16_put(ip + 20, SIM_STACK_ECHO_PORT);
	checksums_fix(frame, sizeof(frame));
	stacks[S]->input(frame, sizeof(frame), 0);
	assert_int_equal(counters(S).udp_in, 2);
	assert_int_equal(counters(S).checksum_errors, 0);
	assert_int_equal(counters(S).echoed_udp, 1);
}

static uint32_t server_seq;

/* Notes the sequence number of the server's SYN. */
static void syn_watch(struct bench *b, enum side to, struct frame *frame)
{
	const uint8_t *tcp = frame->bytes + 34;

	(void)b;
	if (to == NS && frame->len >= 54 && frame->bytes[23] == 6 && (tcp[13] & 2))
		server_seq = (uint32_t)tcp[4] << 24 | (uint32_t)tcp[5] << 16 |
			     (uint32_t)tcp[6] << 8 | tcp[7];
}

static void connection_open(uint32_t port)
{
	segment_send(port, 999, 0, 2, 0);
	run(bench.now_ns + MS);
	segment_send(port, 1000, server_seq + 1, 16, 0);
}

static void handmade_client_init(uint64_t seed)
{
	bench_init(seed, 0);
	bench.tamper = syn_watch;
	bench.config[S].peer_static = true;
	memcpy(bench.config[S].peer_mac, bench.config[NS].mac, 6);
	power_on(S);
}

/*
 * A client that sends single bytes, some of them far ahead of the stream, and never acknowledges an
 * echo: buffers for whole frames must not run out on bytes.
 */
static void single_bytes_test(void **state)
{
	(void)state;
	handmade_client_init(131);
	for (uint32_t port = 40000; port < 40008; port++) {
		connection_open(port);
		for (uint32_t i = 0; i < 1000; i++)
			segment_send(port, 1000 + i, server_seq + 1, 24, 1);
		for (uint32_t i = 0; i < 1000; i++)
			segment_send(port, 3000 + 2 * i, server_seq + 1, 24, 1);
		run(bench.now_ns + MS);
	}
	assert_int_equal(counters(S).tcp_accepted, 8);
	assert_true(counters(S).echoed_tcp_bytes >= 8 * 60);
	assert_int_equal(counters(S).frames_in_no_memory, 0);
	assert_int_equal(counters(S).memory_errors, 0);
	run(bench.now_ns + 30 * SECOND);
	assert_alive_after_attack();
}

/*
 * Connections that a restarted or hostile client left behind look like quiet ones. When they fill
 * the server's places, the next client has to wait a little, but is not kept out.
 */
static void orphans_give_way_test(void **state)
{
	(void)state;
	handmade_client_init(141);
	for (uint32_t port = 40000; port < 40008; port++)
		connection_open(port);
	assert_int_equal(counters(S).tcp_accepted, 8);
	bench.tamper = NULL;
	flow_add(SIM_STACK_FLOW_TCP)->bytes = 10000;
	power_on(NS);
	run(bench.now_ns + SECOND);
	assert_true(counters(S).tcp_refused > 0);
	assert_int_equal(report(0).received, 0);
	assert_true(run_until_done(bench.now_ns + 10 * SECOND));
	assert_int_equal(report(0).received, 10000);
	assert_int_equal(counters(S).tcp_accepted, 9);
	assert_well();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(swapped_words_are_bad_test),
	    cmocka_unit_test(flipped_bits_are_dropped_test),
	    cmocka_unit_test(truncated_frames_are_dropped_test),
	    cmocka_unit_test(duplicates_are_counted_test),
	    cmocka_unit_test(bad_lengths_test),
	    cmocka_unit_test(random_frames_test),
	    cmocka_unit_test(mutated_frames_test),
	    cmocka_unit_test(echo_loop_test),
	    cmocka_unit_test(single_bytes_test),
	    cmocka_unit_test(orphans_give_way_test),
	};

	return cmocka_run_group_tests_name("stack_attack", tests, NULL, NULL);
}
