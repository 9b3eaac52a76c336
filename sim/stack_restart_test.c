/* SPDX-License-Identifier: BSD-2-Clause */
/* Worlds restart in the middle of their traffic, and a restart leaves nothing behind. */
#include "lwip/bench.h"

/* Runs until about that part of the stream has come back. */
static void run_until_received(uint64_t bytes)
{
	while (report(0).received < bytes && bench.now_ns < 60 * SECOND)
		run(bench.now_ns + MS / 10);
	assert_true(report(0).received >= bytes);
	assert_false(report(0).done);
}

static void first_segment_lost(struct bench *b, enum side to, struct frame *frame)
{
	if (to == S && frame->bytes[12] == 8 && frame->bytes[13] == 0 && b->tampered++ == 0)
		memset(frame->bytes, 0, frame->len);
}

/* A server that starts just after the client's SYN went by is found within little over a second. */
static void lost_syn_test(void **state)
{
	(void)state;
	bench_init(40, 0);
	bench.tamper = first_segment_lost;
	flow_add(SIM_STACK_FLOW_TCP)->bytes = 1000;
	power_on(S);
	power_on(NS);
	run(900 * MS);
	assert_int_equal(bench.tampered, 1);
	assert_int_equal(report(0).connects, 0);
	run(1200 * MS);
	assert_int_equal(report(0).connects, 1);
	assert_int_equal(report(0).breaks, 0);
	assert_true(report(0).done);
	assert_well();
}

static void server_restart_test(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 10; round++) {
		bench_init(41 + round, 10);
		flow_add(SIM_STACK_FLOW_TCP)->bytes = 1 << 20;
		power_on(S);
		power_on(NS);
		run_until_received((round + 1) * 100000u);
		power_off(S);
		run(bench.now_ns + round * 300 * MS);
		power_on(S);
		assert_true(run_until_done(bench.now_ns + 120 * SECOND));
		assert_int_equal(report(0).received, 1 << 20);
		assert_int_equal(report(0).bad, 0);
		assert_true(report(0).breaks >= 1);
		assert_true(report(0).connects >= 2);
		assert_well();
	}
}

static void client_restart_test(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 10; round++) {
		uint64_t before;

		bench_init(61 + round, 10);
		flow_add(SIM_STACK_FLOW_TCP)->bytes = 1 << 20;
		power_on(S);
		power_on(NS);
		run_until_received((round + 1) * 100000u);
		before = report(0).received;
		power_off(NS);
		run(bench.now_ns + round * 300 * MS);
		bench.config[NS].resume = true;
		power_on(NS);
		assert_int_equal(report(0).received, before);
		assert_int_equal(counters(NS).frames_in, 0);
		assert_true(run_until_done(bench.now_ns + 120 * SECOND));
		assert_int_equal(report(0).received, 1 << 20);
		assert_int_equal(report(0).bad, 0);
		assert_int_equal(report(0).connects, 2);
		assert_well();
	}
}

static void packets_resume_test(void **state)
{
	struct sim_stack_flow *flow;

	(void)state;
	bench_init(81, 0);
	flow = flow_add(SIM_STACK_FLOW_PING);
	flow->count = 100;
	flow->interval_ns = 10 * MS;
	flow->size_bytes = 56;
	power_on(S);
	power_on(NS);
	run(300 * MS);
	power_off(S);
	run(400 * MS);
	power_on(S);
	run(600 * MS);
	power_off(NS);
	bench.config[NS].resume = true;
	power_on(NS);
	assert_in_range(report(0).sent, 55, 65);
	assert_true(run_until_done(5 * SECOND));
	assert_int_equal(report(0).sent, 100);
	assert_in_range(report(0).received, 85, 95);
	assert_well();
	/* Without resume, or with other work, the report starts from nothing. */
	bench.config[NS].flows[0].count = 50;
	power_on(NS);
	assert_int_equal(report(0).sent, 0);
	assert_true(run_until_done(bench.now_ns + 5 * SECOND));
	bench.config[NS].resume = false;
	power_on(NS);
	assert_int_equal(report(0).sent, 0);
	assert_int_equal(report(0).rtt_count, 0);
}

/* The second life of a stack is its first one again, byte for byte, whatever happened before. */
static void power_on_is_complete_test(void **state)
{
	uint64_t trace;

	(void)state;
	tcp_run(91, 10, 100000);
	trace = bench.trace;
	bench_init(92, 100);
	flow_add(SIM_STACK_FLOW_TCP)->bytes = 1 << 20;
	flow_add(SIM_STACK_FLOW_UDP)->count = 0;
	bench.config[NS].flows[1].size_bytes = 9;
	power_on(S);
	power_on(NS);
	run(977 * MS);
	tcp_run(91, 10, 100000);
	assert_true(trace == bench.trace);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lost_syn_test),
	    cmocka_unit_test(server_restart_test),
	    cmocka_unit_test(client_restart_test),
	    cmocka_unit_test(packets_resume_test),
	    cmocka_unit_test(power_on_is_complete_test),
	};

	return cmocka_run_group_tests_name("stack_restart", tests, NULL, NULL);
}
