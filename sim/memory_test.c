/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Litmus tests of the simulated memory: what release/acquire, fences and doorbells forbid never
 * happens in some thousand seeded interleavings, and what they allow does happen. Words have one
 * writer each, so the shapes with two writers of a word (2+2W, R, S) and with four threads (IRIW)
 * do not exist here; load buffering can't be produced, as memory.c says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "iwc_port.h"
#include "machine.h"
#include "scenario_file.h"

#define RUNS 4000u

static struct scenario sc;
static struct sim_options opt;
static uint64_t got[SIM_WORLDS][2];
static bool finished[SIM_WORLDS];
static uint8_t copied[IWC_LINE];

typedef void program(void);
static program *body[SIM_WORLDS];

/* The first payload words of each section serve as variables: tags of line index 0, 1. */
static struct iwc_word *mine(unsigned i)
{
	return &(
	    (struct iwc_word *)(void *)(sim.section[sim.self->id].base + sim.range[0].words))[i];
}

static const struct iwc_word *theirs(unsigned i)
{
	unsigned peer = sim_peer(sim.self)->id;

	return &((struct iwc_word *)(void *)(sim.section[peer].base + sim.range[0].words))[i];
}

static uint64_t load(unsigned i, bool acquire)
{
	sim.self->op++;
	return sim_port_load(theirs(i), acquire);
}

static void run_body(void *world)
{
	struct sim_world *w = world;

	body[w->id]();
	finished[w->id] = true;
	for (;;)
		sim_coro_yield();
}

static void set_up(uint64_t seed)
{
	memset(&sim, 0, sizeof(sim));
	opt = (struct sim_options){.seed = seed};
	sim.sc = &sc;
	sim.opt = &opt;
	sim_rng_init(&sim.rng_memory, seed, 1);
	sim_rng_init(&sim.rng_schedule, seed, 2);
	sim.weak_threshold = sim_rng_threshold(sc.weak);
	sim.honest = true;
	sim.intact = true;
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		sim.world[i].id = (enum sim_world_id)i;
		sim.world[i].core = sim_core_find("core");
		sim.world[i].irq_ns = SIM_NEVER;
		sim.world[i].fault_at = SIM_NEVER;
		assert_int_equal(sim_coro_create(&sim.world[i].coro, run_body, &sim.world[i]), 0);
		finished[i] = false;
	}
	assert_int_equal(sim_memory_create(), 0);
}

static void tear_down(void)
{
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		sim_coro_destroy(&sim.world[i].coro);
	sim_memory_destroy();
}

/* One interleaving: after every access a coin says who goes on. */
static void interleave(uint64_t seed)
{
	set_up(seed);
	while (!finished[SIM_NS] || !finished[SIM_S]) {
		struct sim_world *w = &sim.world[sim_rng_upto(&sim.rng_schedule, 1)];

		if (finished[w->id])
			continue;
		w->horizon = w->t + 1u;
		sim.self = w;
		sim_coro_resume(&w->coro);
		sim.self = NULL;
	}
	tear_down();
}

/* How often does the outcome show up? */
static unsigned count(program *ns, program *s, bool (*outcome)(void))
{
	unsigned n = 0;

	body[SIM_NS] = ns;
	body[SIM_S] = s;
	for (uint64_t seed = 1; seed <= RUNS; seed++) {
		memset(got, 0, sizeof(got));
		interleave(seed);
		assert_int_equal(sim.violations, 0);
		n += outcome();
	}
	return n;
}

static int prepare(void **state)
{
	(void)state;
	scenario_defaults(&sc);
	sc.channel.class_count = 1;
	sc.channel.cls[0] = (struct iwc_class_config){
	    .lines_log2 = 6, .frame_max_bytes = IWC_FRAME_MAX, .budget = 8};
	sc.weak = 0.5;
	sc.stale_max_ns = 100000;
	sc.access_ns = 1;
	sc.jitter_ns = 0;
	sc.weakness = 0;
	return 0;
}

/* ---- message passing ---- */

static void mp_release(void)
{
	sim_port_store(mine(0), 1, false);
	sim_port_store(mine(1), 1, true);
}

static void mp_relaxed(void)
{
	sim_port_store(mine(0), 1, false);
	sim_port_store(mine(1), 1, false);
}

static void mp_fence(void)
{
	sim_port_store(mine(0), 1, false);
	sim_port_fence(true);
	sim_port_store(mine(1), 1, false);
}

static void mp_acquire(void)
{
	got[SIM_S][0] = load(1, true);
	got[SIM_S][1] = load(0, false);
}

static void mp_plain(void)
{
	got[SIM_S][0] = load(1, false);
	got[SIM_S][1] = load(0, false);
}

static void mp_acquire_fence(void)
{
	got[SIM_S][0] = load(1, false);
	sim_port_fence(false);
	got[SIM_S][1] = load(0, false);
}

static bool flag_without_data(void)
{
	return got[SIM_S][0] == 1u && got[SIM_S][1] == 0u;
}

static bool flag_with_data(void)
{
	return got[SIM_S][0] == 1u && got[SIM_S][1] == 1u;
}

static void message_passing(void **state)
{
	(void)state;
	assert_int_equal(count(mp_release, mp_acquire, flag_without_data), 0);
	assert_int_equal(count(mp_fence, mp_acquire_fence, flag_without_data), 0);
	assert_int_equal(count(mp_release, mp_acquire_fence, flag_without_data), 0);
	assert_true(count(mp_release, mp_acquire, flag_with_data) > 0u);
}

static void message_passing_needs_both_halves(void **state)
{
	(void)state;
	assert_true(count(mp_relaxed, mp_acquire, flag_without_data) > 0u);
	assert_true(count(mp_release, mp_plain, flag_without_data) > 0u);
	assert_true(count(mp_relaxed, mp_acquire_fence, flag_without_data) > 0u);
}

/* ---- store buffering ---- */

static void sb_plain(void)
{
	sim_port_store(mine(0), 1, false);
	got[sim.self->id][0] = load(0, false);
}

static void sb_ordered(void)
{
	sim_port_store(mine(0), 1, true);
	got[sim.self->id][0] = load(0, true);
}

static void sb_fence(void)
{
	sim_port_store(mine(0), 1, false);
	sim_port_fence(true);
	got[sim.self->id][0] = load(0, false);
}

static bool neither_seen(void)
{
	return got[SIM_NS][0] == 0u && got[SIM_S][0] == 0u;
}

static bool one_seen(void)
{
	return got[SIM_NS][0] != got[SIM_S][0];
}

static void store_buffering(void **state)
{
	(void)state;
	assert_int_equal(count(sb_fence, sb_fence, neither_seen), 0);
	assert_true(count(sb_fence, sb_fence, one_seen) > 0u);
	assert_true(count(sb_plain, sb_plain, neither_seen) > 0u);
	assert_true(count(sb_ordered, sb_ordered, neither_seen) > 0u);
	assert_true(count(sb_fence, sb_plain, neither_seen) > 0u);
}

static void a_fence_that_does_nothing_is_found(void **state)
{
	(void)state;
	sc.weakness = SIM_WEAK_NO_FENCE;
	assert_true(count(sb_fence, sb_fence, neither_seen) > 0u);
}

/* ---- coherence ---- */

static void co_writer(void)
{
	sim_port_store(mine(0), 1, false);
	sim_port_store(mine(0), 2, false);
}

static void co_reader(void)
{
	got[SIM_S][0] = load(0, false);
	got[SIM_S][1] = load(0, false);
}

static bool backwards(void)
{
	return got[SIM_S][1] < got[SIM_S][0];
}

static bool stale(void)
{
	return got[SIM_S][1] == 1u;
}

static void coherence(void **state)
{
	(void)state;
	assert_int_equal(count(co_writer, co_reader, backwards), 0);
	assert_true(count(co_writer, co_reader, stale) > 0u);
}

/* Old values do not last: behind stale_max_ns every store is seen. */
static void late_reader(void)
{
	sim.self->t = 1000000;
	got[SIM_S][0] = sim_peer(sim.self)->seq;
	got[SIM_S][1] = load(0, false);
}

/* ---- payload behind a session word: barrier pair F ---- */

static void announce_then_zero(void)
{
	sim_port_store(mine(0), 7, false);
	sim_port_fence(true);
	sim_port_copy_out(sim.section[SIM_NS].base + sim.range[0].data,
			  "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1", 16);
}

static void zero_without_fence(void)
{
	sim_port_store(mine(0), 7, false);
	sim_port_copy_out(sim.section[SIM_NS].base + sim.range[0].data,
			  "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1", 16);
}

static void copy_then_check(void)
{
	sim.self->op++;
	sim_port_copy_in(copied, sim.section[SIM_NS].base + sim.range[0].data, 16);
	got[SIM_S][0] = copied[0];
	sim_port_fence(false);
	got[SIM_S][1] = load(0, false);
}

static bool new_bytes_old_session(void)
{
	return got[SIM_S][0] == 1u && got[SIM_S][1] == 0u;
}

static void session_check_covers_a_copy(void **state)
{
	(void)state;
	assert_int_equal(count(announce_then_zero, copy_then_check, new_bytes_old_session), 0);
	assert_true(count(zero_without_fence, copy_then_check, new_bytes_old_session) > 0u);
}

/* ---- doorbell ---- */

static void ordered_reader(void)
{
	sim_memory_order(sim.self, sim_peer(sim.self)->seq);
	got[SIM_S][0] = sim_peer(sim.self)->seq;
	got[SIM_S][1] = load(0, false);
}

static bool rung_and_unseen(void)
{
	return got[SIM_S][0] == 2u && got[SIM_S][1] != 2u;
}

static void stores_become_visible(void **state)
{
	(void)state;
	assert_int_equal(count(co_writer, late_reader, rung_and_unseen), 0);
}

static void doorbell_orders(void **state)
{
	(void)state;
	assert_int_equal(count(co_writer, ordered_reader, rung_and_unseen), 0);
}

/* ---- detectors ---- */

static void read_own(void)
{
	(void)sim_port_load(mine(0), false);
}

static void write_peer(void)
{
	sim_port_store((struct iwc_word *)(uintptr_t)theirs(0), 1, false);
}

static void fetch_twice(void)
{
	sim_memory_poke(SIM_NS, sim_memory_cell(SIM_CELL_TAG, 0, 0), 1u << 16 | 64u);
	sim.self->op++;
	(void)sim_port_load(theirs(0), true);
	(void)sim_port_load(theirs(0), true);
}

static void copy_past_the_ring(void)
{
	sim_port_copy_in(copied, sim.section[SIM_NS].base + sim.range[0].end - IWC_LINE,
			 2u * IWC_LINE);
}

static void load_outside(void)
{
	static struct iwc_word elsewhere;

	(void)sim_port_load(&elsewhere, false);
}

static void spin(void)
{
	sim.self->op++;
	for (unsigned i = 0; i < 100u; i++)
		(void)sim_port_load(theirs(2), false);
}

static void nothing(void)
{
}

static void expect(program *s, unsigned property, const char *detector)
{
	body[SIM_NS] = nothing;
	body[SIM_S] = s;
	set_up(1);
	opt.keep_going = true;
	sim.self = &sim.world[SIM_S];
	sim.self->horizon = SIM_NEVER;
	sim_coro_resume(&sim.self->coro);
	assert_true(sim.violations > 0u);
	assert_int_equal(sim.violation[0].property, property);
	assert_string_equal(sim.violation[0].detector, detector);
	tear_down();
}

static void detectors(void **state)
{
	(void)state;
	expect(read_own, 13, "read-back");
	expect(write_peer, 13, "writes-peer");
	expect(fetch_twice, 1, "double-fetch");
	expect(copy_past_the_ring, 1, "out-of-bounds");
	expect(load_outside, 1, "out-of-bounds");
	expect(spin, 7, "waits");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(message_passing, prepare),
	    cmocka_unit_test_setup(message_passing_needs_both_halves, prepare),
	    cmocka_unit_test_setup(store_buffering, prepare),
	    cmocka_unit_test_setup(a_fence_that_does_nothing_is_found, prepare),
	    cmocka_unit_test_setup(coherence, prepare),
	    cmocka_unit_test_setup(stores_become_visible, prepare),
	    cmocka_unit_test_setup(session_check_covers_a_copy, prepare),
	    cmocka_unit_test_setup(doorbell_orders, prepare),
	    cmocka_unit_test_setup(detectors, prepare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
