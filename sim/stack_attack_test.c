/* SPDX-License-Identifier: BSD-2-Clause */
/* Tampering is noticed, and frames of any kind do no harm. */
#include "lwip/handmade.h"

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

/* Frames of real conversations, a few bytes changed, in the wrong order and to the wrong side. */
static void mutated_frames_run(uint64_t seed)
{
	static const uint16_t ports[] = {SIM_STACK_DISCARD_PORT, SIM_STACK_CHARGEN_PORT,
					 SIM_STACK_IPERF_PORT};
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
		if (random_next(&random) % 4 == 0)
			u16_put(frame + L4_AT + 2, ports[random_next(&random) % 3]);
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

/* An echo to the echo port would come back for ever. */
static void echo_loop_test(void **state)
{
	static const uint8_t word[4];

	(void)state;
	handmade_init(121, NULL);
	datagram_send(SIM_STACK_ECHO_PORT + 1, SIM_STACK_ECHO_PORT, word, sizeof(word));
	assert_int_equal(counters(S).echoed_udp, 1);
	datagram_send(SIM_STACK_ECHO_PORT, SIM_STACK_ECHO_PORT, word, sizeof(word));
	datagram_send(SIM_STACK_CHARGEN_PORT, SIM_STACK_ECHO_PORT, word, sizeof(word));
	assert_int_equal(counters(S).udp_in, 3);
	assert_int_equal(counters(S).checksum_errors, 0);
	assert_int_equal(counters(S).echoed_udp, 1);
}

static uint32_t server_seq;

/* Notes the sequence number of the server's SYN. */
static void syn_watch(struct bench *b, enum side to, struct frame *frame)
{
	const uint8_t *tcp = frame->bytes + 34;

	(void)b;
	if (to == NS && frame->len >= 54 && frame->bytes[23] == 6 && (tcp[13] & TCP_SYN))
		server_seq = u32_get(tcp + 4);
}

static void echo_segment(uint32_t port, uint32_t seq, uint32_t ack, uint8_t flags, size_t len)
{
	segment_send(&(struct segment){.from = (uint16_t)port,
				       .to = SIM_STACK_ECHO_PORT,
				       .seq = seq,
				       .ack = ack,
				       .window = 0xffff,
				       .flags = flags,
				       .len = len});
}

static void connection_open(uint32_t port)
{
	echo_segment(port, 999, 0, TCP_SYN, 0);
	run(bench.now_ns + MS);
	echo_segment(port, 1000, server_seq + 1, TCP_ACK, 0);
}

/*
 * A client that sends single bytes, some of them far ahead of the stream, and never acknowledges an
 * echo: buffers for whole frames must not run out on bytes.
 */
static void single_bytes_test(void **state)
{
	(void)state;
	handmade_init(131, syn_watch);
	for (uint32_t port = 40000; port < 40008; port++) {
		connection_open(port);
		for (uint32_t i = 0; i < 1000; i++)
			echo_segment(port, 1000 + i, server_seq + 1, TCP_PSH | TCP_ACK, 1);
		for (uint32_t i = 0; i < 1000; i++)
			echo_segment(port, 3000 + 2 * i, server_seq + 1, TCP_PSH | TCP_ACK, 1);
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
	handmade_init(141, syn_watch);
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

	int failed = cmocka_run_group_tests_name("stack_attack", tests, NULL, NULL);

	stacks[S] = &sim_stack_tap;
	return failed + cmocka_run_group_tests_name("stack_attack_tap", tests, NULL, NULL);
}
