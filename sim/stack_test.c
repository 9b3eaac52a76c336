/* SPDX-License-Identifier: BSD-2-Clause */
/* The stacks do their work, and the contract of stack.h holds at its edges. */
#include "lwip/bench.h"

static void config_bad(struct sim_stack_config config, int flow, const char *words)
{
	int where = -2;
	const char *error = sim_stack_config_check(&config, &where);

	assert_non_null(error);
	assert_non_null(strstr(error, words));
	assert_int_equal(where, flow);
	assert_false(stacks[S]->power_on(&config, 0));
	assert_int_equal(stacks[S]->next_timeout_ns(5), SIM_STACK_NEVER);
}

static void config_addresses_test(void **state)
{
	struct sim_stack_config good;
	struct sim_stack_config config;

	(void)state;
	bench_init(1, 0);
	good = bench.config[S];
	assert_null(sim_stack_config_check(&good, NULL));
#define BAD(change, words)                                                                         \
	do {                                                                                       \
		config = good;                                                                     \
		change;                                                                            \
		config_bad(config, -1, words);                                                     \
	} while (0)
	BAD(config.output = NULL, "no output");
	BAD(memset(config.mac, 0, 6), "MAC address is zero");
	BAD(config.mac[0] = 1, "group");
	BAD(config.ipv4[0] = 0, "not that of a host");
	BAD(config.ipv4[0] = 224, "not that of a host");
	BAD(config.peer_ipv4[0] = 127, "peer's IPv4");
	BAD(config.netmask[1] = 0, "netmask");
	BAD(memset(config.netmask, 255, 4), "netmask");
	BAD(memset(config.netmask, 0, 4), "netmask");
	BAD(config.peer_ipv4[3] = 2, "same IPv4 address");
	BAD(config.peer_ipv4[2] = 7, "same IPv4 network");
	BAD(config.ipv4[3] = 0, "network's or the broadcast");
	BAD(config.peer_ipv4[3] = 255, "network's or the broadcast");
	BAD(config.peer_static = true, "peer's MAC");
	BAD(config.flows_count = SIM_STACK_FLOWS_MAX + 1, "more than 4");
#undef BAD
}

static void config_flows_test(void **state)
{
	struct sim_stack_config config;

	(void)state;
	bench_init(1, 0);
	config = bench.config[S];
	config.flows_count = 2;
	config.flows[1].kind = SIM_STACK_FLOW_UDP;
	config.flows[1].size_bytes = SIM_STACK_UDP_PAYLOAD_MIN - 1;
	config_bad(config, 1, "at least 4 bytes");
	config.flows[1].size_bytes = SIM_STACK_PAYLOAD_MAX + 1;
	config_bad(config, 1, "longer than 1472");
	config.flows[1].size_bytes = SIM_STACK_PAYLOAD_MAX;
	assert_null(sim_stack_config_check(&config, NULL));
	config.flows[0].size_bytes = SIM_STACK_PAYLOAD_MAX + 1;
	config_bad(config, 0, "longer than 1472");
	config.flows[0].kind = (enum sim_stack_flow_kind)3;
	config_bad(config, 0, "none of ping");
}

static void off_is_harmless_test(void **state)
{
	struct sim_stack_config config = {.seed = 1};
	struct sim_stack_flow_report none;
	struct sim_stack_counters sums;
	uint8_t frame[64] = {0};

	(void)state;
	bench_init(1, 0);
	for (unsigned i = 0; i < 2; i++) {
		assert_false(stacks[i]->power_on(&config, 0));
		stacks[i]->input(frame, sizeof(frame), 1);
		stacks[i]->tick(SECOND);
		stacks[i]->writable(SECOND);
		stacks[i]->counters(&sums);
		assert_int_equal(sums.frames_in + sums.frames_out + sums.memory_errors, 0);
		assert_int_equal(stacks[i]->next_timeout_ns(0), SIM_STACK_NEVER);
		assert_null(stacks[i]->fault());
		assert_false(stacks[i]->flow(SIM_STACK_FLOWS_MAX, &none));
		assert_int_equal(none.sent, 0);
	}
	assert_int_equal(bench.wires[NS].count + bench.wires[S].count, 0);
	assert_string_equal(stacks[NS]->name, "ns");
	assert_string_equal(stacks[S]->name, "s");
}

/* Time given in the wrong order must not run a timer early, or wrap. */
static void time_never_goes_back_test(void **state)
{
	(void)state;
	bench_init(121, 0);
	bench.now_ns = 100 * SECOND;
	power_on(S);
	stacks[S]->tick(101 * SECOND);
	stacks[S]->tick(3 * SECOND);
	assert_in_range(stacks[S]->next_timeout_ns(4 * SECOND), 101 * SECOND, 102 * SECOND);
	assert_int_equal(stacks[S]->next_timeout_ns(150 * SECOND), 150 * SECOND);
	assert_int_equal(stacks[S]->next_timeout_ns(4 * SECOND), 150 * SECOND);
	/* lwIP's own clock of 32 bits in milliseconds wraps after 49 days. */
	bench_init(122, 10);
	bench.now_ns = UINT64_C(4294967296) * MS - 100 * MS;
	flow_add(SIM_STACK_FLOW_TCP)->bytes = 1 << 20;
	power_on(S);
	power_on(NS);
	assert_true(run_until_done(bench.now_ns + 60 * SECOND));
	assert_int_equal(report(0).received, 1 << 20);
	assert_well();
}

struct listing {
	unsigned count;
	uint64_t sum;
	bool frames_out;
};

static void counter_visit(void *ctx, const char *name, uint64_t value)
{
	struct listing *listing = ctx;

	listing->count++;
	listing->sum += value;
	if (strcmp(name, "frames_out") == 0)
		listing->frames_out = value == 6;
}

static void counters_each_test(void **state)
{
	struct sim_stack_counters all;
	struct listing listing = {0};
	uint64_t number = 1;

	(void)state;
	for (size_t at = 0; at < sizeof(all); at += sizeof(number), number++)
		memcpy((uint8_t *)&all + at, &number, sizeof(number));
	/* frames_in 1, bytes_in 2, bad length 3, no memory 4, frames_out 5: shift by one to see it.
	 */
	all.frames_out = 6;
	all.bytes_out = 5;
	sim_stack_counters_each(&all, counter_visit, &listing);
	assert_int_equal(listing.count, sizeof(all) / sizeof(number));
	assert_int_equal(listing.sum, listing.count * (listing.count + 1) / 2);
	assert_true(listing.frames_out);
	assert_string_equal(sim_stack_flow_kind_name(SIM_STACK_FLOW_PING), "ping");
	assert_string_equal(sim_stack_flow_kind_name(SIM_STACK_FLOW_UDP), "udp");
	assert_string_equal(sim_stack_flow_kind_name(SIM_STACK_FLOW_TCP), "tcp");
	assert_string_equal(sim_stack_flow_kind_name((enum sim_stack_flow_kind)3), "?");
}

static void ping_test(void **state)
{
	struct sim_stack_flow_report ping;

	(void)state;
	for (uint32_t size = 0; size <= SIM_STACK_PAYLOAD_MAX; size += 92) {
		struct sim_stack_flow *flow;

		bench_init(size + 1, 0);
		flow = flow_add(SIM_STACK_FLOW_PING);
		flow->count = 10;
		flow->interval_ns = 10 * MS;
		flow->size_bytes = size;
		power_on(S);
		power_on(NS);
		assert_true(run_until_done(3 * SECOND));
		ping = report(0);
		assert_int_equal(ping.sent, 10);
		assert_int_equal(ping.received, 10);
		assert_int_equal(ping.bad + ping.duplicates + ping.late + ping.refused, 0);
		assert_int_equal(ping.rtt_count, 10);
		assert_int_equal(bench.rtt_calls, 10);
		assert_int_equal(ping.rtt_min_ns, 2 * WIRE_DELAY_NS);
		assert_true(ping.rtt_max_ns <= 4 * WIRE_DELAY_NS); /* the first one waits for ARP */
		assert_well();
	}
}

static void udp_test(void **state)
{
	struct sim_stack_flow *flow;
	struct sim_stack_flow_report udp;

	(void)state;
	bench_init(7, 0);
	flow = flow_add(SIM_STACK_FLOW_UDP);
	flow->count = 2000;
	flow->interval_ns = MS / 10;
	flow->size_bytes = SIM_STACK_PAYLOAD_MAX;
	power_on(S);
	power_on(NS);
	assert_true(run_until_done(3 * SECOND));
	udp = report(0);
	assert_int_equal(udp.sent, 2000);
	assert_int_equal(udp.received, 2000);
	assert_int_equal(udp.bad + udp.duplicates + udp.late + udp.refused, 0);
	assert_int_equal(counters(S).echoed_udp, 2000);
	assert_well();
}

/* Interval 0: the next request leaves when the answer is there, so time counts the round trips. */
static void closed_loop_test(void **state)
{
	struct sim_stack_flow *flow;

	(void)state;
	bench_init(8, 0);
	flow = flow_add(SIM_STACK_FLOW_UDP);
	flow->count = 1000;
	flow->size_bytes = 64;
	power_on(S);
	power_on(NS);
	run(1001 * 2 * WIRE_DELAY_NS + 1);
	assert_true(stacks[NS]->done());
	assert_int_equal(report(0).received, 1000);
	assert_well();
}

static void loss_is_counted_test(void **state)
{
	struct sim_stack_flow *flow;
	struct sim_stack_flow_report udp;
	struct sim_stack_flow_report ping;

	(void)state;
	bench_init(9, 100);
	flow = flow_add(SIM_STACK_FLOW_UDP);
	flow->count = 500;
	flow->interval_ns = MS;
	flow->size_bytes = SIM_STACK_UDP_PAYLOAD_MIN;
	flow = flow_add(SIM_STACK_FLOW_PING);
	flow->count = 500;
	flow->size_bytes = 56;
	flow->timeout_ns = 50 * MS;
	power_on(S);
	power_on(NS);
	assert_true(run_until_done(60 * SECOND));
	udp = report(0);
	ping = report(1);
	assert_int_equal(udp.sent, 500);
	assert_int_equal(ping.sent, 500);
	assert_true(udp.received < 500 && udp.received > 300);
	assert_true(ping.received < 500 && ping.received > 300);
	assert_int_equal(udp.bad + udp.duplicates + ping.bad + ping.duplicates, 0);
	/* Each lost frame was a request or an answer, apart from ARP. */
	assert_in_range(1000 - udp.received - ping.received, bench.lost - 6, bench.lost);
	assert_well();
}

static void tcp_sizes_test(void **state)
{
	static const uint64_t sizes[] = {0, 1, 1459, 1460, 1461, 23360, 23361, 300000};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		tcp_run(i + 1, 0, sizes[i]);
		assert_int_equal(report(0).sent, sizes[i]);
		assert_int_equal(report(0).connects, 1);
		assert_int_equal(report(0).breaks, 0);
		assert_int_equal(counters(S).echoed_tcp_bytes, sizes[i]);
		assert_true(sizes[i] == 0 || report(0).rtt_count > 0);
	}
}

static void tcp_loss_test(void **state)
{
	(void)state;
	tcp_run(21, 10, 1 << 20);
	assert_true(bench.lost > 5);
	assert_int_equal(report(0).connects, 1);
}

static void same_seed_same_trace_test(void **state)
{
	uint64_t trace;
	uint64_t end_ns;
	uint64_t steps;

	(void)state;
	tcp_run(22, 10, 1 << 20);
	trace = bench.trace;
	end_ns = bench.now_ns;
	steps = bench.steps;
	tcp_run(23, 10, 1 << 20);
	assert_true(trace != bench.trace);
	tcp_run(22, 10, 1 << 20);
	assert_true(trace == bench.trace);
	assert_int_equal(end_ns, bench.now_ns);
	assert_int_equal(steps, bench.steps);
}

/* Without loss only the seed in the configuration can make the difference. */
static void seed_reaches_the_wire_test(void **state)
{
	uint64_t trace;

	(void)state;
	tcp_run(24, 0, 1000);
	trace = bench.trace;
	tcp_run(25, 0, 1000);
	assert_true(trace != bench.trace);
}

static uint8_t syn[20];

static void syn_keep(struct bench *b, enum side to, struct frame *frame)
{
	(void)b;
	if (to == S && frame->len >= 54 && frame->bytes[23] == 6)
		memcpy(syn, frame->bytes + 34, sizeof(syn));
}

/* Port and sequence number of the first connection after a power-on at that time. */
static uint64_t syn_numbers(uint64_t seed, uint64_t start_ns)
{
	bench_init(seed, 0);
	bench.now_ns = start_ns;
	bench.tamper = syn_keep;
	memset(syn, 0, sizeof(syn));
	flow_add(SIM_STACK_FLOW_TCP)->bytes = 1;
	power_on(NS);
	power_on(S);
	run(start_ns + 3 * WIRE_DELAY_NS);
	assert_int_equal(syn[13] & 2, 2);
	return (uint64_t)syn[0] << 40 | (uint64_t)syn[1] << 32 | (uint64_t)syn[4] << 24 |
	       (uint64_t)syn[5] << 16 | (uint64_t)syn[6] << 8 | syn[7];
}

/* A second life must not look like a continuation of the first one. */
static void numbers_follow_seed_and_time_test(void **state)
{
	uint64_t first = syn_numbers(1, 0);
	uint64_t other_seed = syn_numbers(2, 0);
	uint64_t other_time = syn_numbers(1, SECOND);

	(void)state;
	assert_true(first >> 32 != other_seed >> 32);
	assert_true(first >> 32 != other_time >> 32);
	assert_true((uint32_t)first != (uint32_t)other_seed);
	assert_true((uint32_t)first != (uint32_t)other_time);
	assert_true(first == syn_numbers(1, 0));
}

static void late_answers_test(void **state)
{
	struct sim_stack_flow *flow;

	(void)state;
	bench_init(30, 0);
	flow = flow_add(SIM_STACK_FLOW_UDP);
	flow->count = 10;
	flow->interval_ns = MS;
	flow->size_bytes = 8;
	flow->timeout_ns = 2 * WIRE_DELAY_NS - 1;
	power_on(S);
	power_on(NS);
	run(SECOND);
	assert_true(report(0).done);
	assert_int_equal(report(0).sent, 10);
	assert_int_equal(report(0).late, 10);
	assert_int_equal(report(0).received + report(0).rtt_count, 0);
	/* Exactly in time is in time; the first one also waits for ARP. */
	bench.config[NS].flows[0].timeout_ns++;
	power_on(NS);
	run(bench.now_ns + SECOND);
	assert_int_equal(report(0).received, 9);
	assert_int_equal(report(0).late, 1);
}

/* Told that there is room, TCP does not wait for its timer. */
static void writable_test(void **state)
{
	(void)state;
	bench_init(32, 0);
	for (unsigned i = 0; i < 2; i++) {
		bench.config[i].peer_static = true;
		memcpy(bench.config[i].peer_mac, bench.config[!i].mac, 6);
	}
	flow_add(SIM_STACK_FLOW_TCP)->bytes = 1000;
	power_on(S);
	bench.room[S] = 0;
	power_on(NS);
	run(5 * MS);
	assert_int_equal(counters(NS).frames_out, 0);
	assert_true(counters(NS).frames_out_refused >= 2);
	bench.room[S] = WIRE_FRAMES;
	stacks[NS]->writable(bench.now_ns);
	run(6 * MS);
	assert_int_equal(report(0).connects, 1);
	assert_int_equal(report(0).received, 1000);
	assert_well();
}

static void all_flows_at_once_test(void **state)
{
	(void)state;
	bench_init(26, 5);
	flow_add(SIM_STACK_FLOW_TCP)->bytes = 200000;
	flow_add(SIM_STACK_FLOW_TCP)->bytes = 300000;
	*flow_add(SIM_STACK_FLOW_PING) = (struct sim_stack_flow){
	    .kind = SIM_STACK_FLOW_PING, .count = 100, .interval_ns = MS, .size_bytes = 56};
	*flow_add(SIM_STACK_FLOW_UDP) = (struct sim_stack_flow){.kind = SIM_STACK_FLOW_UDP,
								.count = 100,
								.interval_ns = MS,
								.size_bytes = 900,
								.start_ns = 5 * MS};
	power_on(S);
	power_on(NS);
	assert_true(run_until_done(60 * SECOND));
	assert_int_equal(report(0).received, 200000);
	assert_int_equal(report(1).received, 300000);
	assert_true(report(2).received > 80);
	assert_true(report(3).received > 80);
	assert_int_equal(report(0).bad + report(1).bad + report(2).bad + report(3).bad, 0);
	assert_well();
}

/* Both worlds serve and ask at once. */
static void both_ways_test(void **state)
{
	struct sim_stack_flow_report back;

	(void)state;
	bench_init(27, 0);
	flow_add(SIM_STACK_FLOW_TCP)->bytes = 100000;
	bench.config[NS].server = true;
	bench.config[S].flows[0] = bench.config[NS].flows[0];
	bench.config[S].flows_count = 1;
	power_on(S);
	power_on(NS);
	assert_true(run_until_done(10 * SECOND));
	run(bench.now_ns + SECOND);
	assert_true(stacks[S]->flow(0, &back));
	assert_int_equal(back.received, 100000);
	assert_int_equal(report(0).received, 100000);
	assert_well();
}

/* A channel of four frames is full most of the time: refused frames must not cost correctness. */
static void narrow_channel_test(void **state)
{
	(void)state;
	bench_init(28, 0);
	bench.room[NS] = 4;
	bench.room[S] = 4;
	flow_add(SIM_STACK_FLOW_TCP)->bytes = 1 << 20;
	power_on(S);
	power_on(NS);
	assert_true(run_until_done(5 * SECOND));
	assert_int_equal(report(0).received, 1 << 20);
	assert_int_equal(report(0).connects, 1);
	assert_true(counters(NS).frames_out_refused > 0);
	assert_well();
}

static void static_neighbour_test(void **state)
{
	struct sim_stack_flow *flow;

	(void)state;
	bench_init(29, 0);
	for (unsigned i = 0; i < 2; i++) {
		bench.config[i].peer_static = true;
		memcpy(bench.config[i].peer_mac, bench.config[!i].mac, 6);
	}
	flow = flow_add(SIM_STACK_FLOW_PING);
	flow->count = 5;
	flow->interval_ns = MS;
	power_on(S);
	power_on(NS);
	assert_true(run_until_done(SECOND));
	assert_int_equal(report(0).received, 5);
	/* No request ever waits for ARP, and nothing but the gratuitous announcement is seen. */
	assert_int_equal(report(0).rtt_max_ns, 2 * WIRE_DELAY_NS);
	assert_int_equal(counters(S).arp_in, 1);
	assert_well();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(config_addresses_test),
	    cmocka_unit_test(config_flows_test),
	    cmocka_unit_test(off_is_harmless_test),
	    cmocka_unit_test(time_never_goes_back_test),
	    cmocka_unit_test(counters_each_test),
	    cmocka_unit_test(ping_test),
	    cmocka_unit_test(udp_test),
	    cmocka_unit_test(closed_loop_test),
	    cmocka_unit_test(loss_is_counted_test),
	    cmocka_unit_test(tcp_sizes_test),
	    cmocka_unit_test(tcp_loss_test),
	    cmocka_unit_test(same_seed_same_trace_test),
	    cmocka_unit_test(seed_reaches_the_wire_test),
	    cmocka_unit_test(numbers_follow_seed_and_time_test),
	    cmocka_unit_test(late_answers_test),
	    cmocka_unit_test(writable_test),
	    cmocka_unit_test(all_flows_at_once_test),
	    cmocka_unit_test(both_ways_test),
	    cmocka_unit_test(narrow_channel_test),
	    cmocka_unit_test(static_neighbour_test),
	};

	return cmocka_run_group_tests_name("stack", tests, NULL, NULL);
}
