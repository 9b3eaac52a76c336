/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bench of the stacks' tests: both stacks back to back over a wire with a fixed delay, seeded
 * loss, a hook that may change what it carries, and a hash over every frame with its time. One
 * bench a program; bench_init starts it anew.
 */
#ifndef IWC_SIM_LWIP_BENCH_H
#define IWC_SIM_LWIP_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stack.h"

#define MS UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)
#define WIRE_DELAY_NS UINT64_C(20000)
#define WIRE_FRAMES 256u

enum side { NS, S };

/* A test program may put sim_stack_tap in the second one's place. */
static const struct sim_stack_ops *stacks[2] = {&sim_stack_ns, &sim_stack_s};

struct frame {
	uint64_t due_ns;
	size_t len;
	uint8_t bytes[SIM_STACK_FRAME_MAX];
};

struct wire {
	struct frame frames[WIRE_FRAMES];
	unsigned head;
	unsigned count;
};

struct bench {
	uint64_t now_ns;
	uint64_t random;
	uint64_t trace;
	uint64_t lost;
	uint64_t steps;
	uint64_t rtt_calls;
	unsigned loss_permille;
	unsigned room[2]; /* frames that output to a side takes at a time */
	bool alive[2];
	void (*tamper)(struct bench *bench, enum side to, struct frame *frame);
	unsigned tampered;
	struct wire wires[2]; /* by receiver */
	struct sim_stack_config config[2];
};

static struct bench bench;

static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline void trace_add(const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++)
		bench.trace = (bench.trace ^ at[i]) * UINT64_C(0x100000001b3);
}

static inline bool wire_put(enum side to, const uint8_t *frame, size_t len)
{
	struct wire *wire = &bench.wires[to];
	struct frame *slot;

	assert_in_range(len, 14, SIM_STACK_FRAME_MAX);
	if (wire->count == bench.room[to])
		return false;
	trace_add(&bench.now_ns, sizeof(bench.now_ns));
	trace_add(frame, len);
	if (random_next(&bench.random) % 1000 < bench.loss_permille) {
		bench.lost++;
		return true;
	}
	slot = &wire->frames[(wire->head + wire->count++) % WIRE_FRAMES];
	slot->due_ns = bench.now_ns + WIRE_DELAY_NS;
	slot->len = len;
	memcpy(slot->bytes, frame, len);
	if (bench.tamper)
		bench.tamper(&bench, to, slot);
	return true;
}

static inline bool output_ns(void *ctx, const uint8_t *frame, size_t len)
{
	assert_ptr_equal(ctx, &bench);
	return wire_put(S, frame, len);
}

static inline bool output_s(void *ctx, const uint8_t *frame, size_t len)
{
	assert_ptr_equal(ctx, &bench);
	return wire_put(NS, frame, len);
}

static inline void rtt_note(void *ctx, unsigned flow, uint64_t rtt_ns)
{
	assert_ptr_equal(ctx, &bench);
	assert_true(flow < SIM_STACK_FLOWS_MAX);
	assert_true(rtt_ns >= 2 * WIRE_DELAY_NS);
	bench.rtt_calls++;
}

static inline void bench_init(uint64_t seed, unsigned loss_permille)
{
	static const struct sim_stack_config base = {
	    .mac = {2, 0, 0, 0, 0, 1},
	    .ipv4 = {10, 9, 8, 1},
	    .netmask = {255, 255, 255, 0},
	    .peer_ipv4 = {10, 9, 8, 2},
	    .output = output_ns,
	    .rtt = rtt_note,
	    .ctx = &bench,
	};

	memset(&bench, 0, sizeof(bench));
	bench.random = seed * 2 + 1;
	bench.trace = UINT64_C(0xcbf29ce484222325);
	bench.loss_permille = loss_permille;
	bench.room[NS] = WIRE_FRAMES;
	bench.room[S] = WIRE_FRAMES;
	bench.config[NS] = base;
	bench.config[NS].seed = seed;
	bench.config[S] = base;
	bench.config[S].seed = ~seed;
	bench.config[S].mac[5] = 2;
	bench.config[S].ipv4[3] = 2;
	bench.config[S].peer_ipv4[3] = 1;
	bench.config[S].server = true;
	bench.config[S].output = output_s;
}

static inline struct sim_stack_flow *flow_add(enum sim_stack_flow_kind kind)
{
	struct sim_stack_flow *flow = &bench.config[NS].flows[bench.config[NS].flows_count++];

	flow->kind = kind;
	return flow;
}

static inline void power_on(enum side side)
{
	bench.alive[side] = true;
	assert_true(stacks[side]->power_on(&bench.config[side], bench.now_ns));
}

/* The world is gone with all that was on its way to it. */
static inline void power_off(enum side side)
{
	bench.alive[side] = false;
	bench.wires[side].count = 0;
}

static inline void deliver(enum side to)
{
	struct wire *wire = &bench.wires[to];
	struct frame frame = wire->frames[wire->head];

	wire->head = (wire->head + 1) % WIRE_FRAMES;
	wire->count--;
	if (bench.alive[to])
		stacks[to]->input(frame.bytes, frame.len, bench.now_ns);
	if (wire->count + 1 == bench.room[to] && bench.alive[!to])
		stacks[!to]->writable(bench.now_ns);
}

static inline uint64_t wire_due(enum side to)
{
	struct wire *wire = &bench.wires[to];

	return wire->count ? wire->frames[wire->head].due_ns : SIM_STACK_NEVER;
}

static inline uint64_t stack_due(enum side side)
{
	uint64_t due_ns;

	if (!bench.alive[side])
		return SIM_STACK_NEVER;
	due_ns = stacks[side]->next_timeout_ns(bench.now_ns);
	assert_true(due_ns >= bench.now_ns);
	return due_ns;
}

/* Everything that happens before until_ns, in order of time; at one time frames before timers. */
static inline void run(uint64_t until_ns)
{
	for (;;) {
		uint64_t due[4] = {wire_due(NS), wire_due(S), stack_due(NS), stack_due(S)};
		unsigned first = 0;

		for (unsigned i = 1; i < 4; i++)
			first = due[i] < due[first] ? i : first;
		if (due[first] >= until_ns)
			break;
		bench.now_ns = due[first];
		bench.steps++;
		assert_true(bench.steps < 20000000);
		if (first < 2)
			deliver((enum side)first);
		else
			stacks[first - 2]->tick(bench.now_ns);
	}
	bench.now_ns = until_ns;
}

static inline bool run_until_done(uint64_t limit_ns)
{
	while (!stacks[NS]->done() && bench.now_ns < limit_ns)
		run(bench.now_ns + 10 * MS);
	return stacks[NS]->done();
}

static inline struct sim_stack_flow_report report(unsigned flow)
{
	struct sim_stack_flow_report report;

	assert_true(stacks[NS]->flow(flow, &report));
	return report;
}

static inline struct sim_stack_counters counters(enum side side)
{
	struct sim_stack_counters counters;

	stacks[side]->counters(&counters);
	return counters;
}

static inline void assert_well(void)
{
	assert_null(stacks[NS]->fault());
	assert_null(stacks[S]->fault());
	assert_int_equal(counters(NS).faults, 0);
	assert_int_equal(counters(S).faults, 0);
}

/* A whole TCP stream from power-on to its last byte. */
static inline void tcp_run(uint64_t seed, unsigned loss_permille, uint64_t bytes)
{
	bench_init(seed, loss_permille);
	flow_add(SIM_STACK_FLOW_TCP)->bytes = bytes;
	power_on(S);
	power_on(NS);
	assert_true(run_until_done(300 * SECOND));
	assert_int_equal(report(0).received, bytes);
	assert_int_equal(report(0).bad, 0);
	assert_well();
}

#endif
