/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * faults.c - when a fault fires, and what it does.
 *
 * A kind comes by opportunity: at an access of its world, at a doorbell, at a publication, or by
 * time (once at the window's start, or every interval). Each fault of a scenario draws from a
 * stream of its own, and a firing has a number made of the fault and its own count, so that a
 * firing can be left out (shrink) without changing what else is drawn.
 */
#include "machine.h"

#include <stdlib.h>
#include <string.h>

enum way {
	BY_ACCESS,     /* of the world below */
	BY_ACTIVATION, /* of its world */
	BY_TIME,       /* at the window's start, and every interval if it has one */
	BY_SITE,       /* asked for where it happens */
};

static enum way way_of(const struct sim_fault *f)
{
	switch (f->kind) {
	case SIM_FAULT_CRASH:
	case SIM_FAULT_CRASH_BOTH:
	case SIM_FAULT_CRASH_TWICE:
	case SIM_FAULT_MONITOR_RESET:
	case SIM_FAULT_HANG:
	case SIM_FAULT_SLOW:
	case SIM_FAULT_BIT_FLIP:
	case SIM_FAULT_REGION_ZEROED:
	case SIM_FAULT_DELAYED_STORE:
	case SIM_FAULT_ATTACK_RANDOM:
	case SIM_FAULT_ATTACK_WRITE_PEER:
		return BY_ACCESS;
	case SIM_FAULT_RENEW:
	case SIM_FAULT_BELL_MASKED:
	case SIM_FAULT_BELL_STORM:
	case SIM_FAULT_SLOW_CONSUMER:
	case SIM_FAULT_STOP_CONSUMER:
	case SIM_FAULT_BURST:
	case SIM_FAULT_OVERSIZE:
	case SIM_FAULT_RUNT:
	case SIM_FAULT_CLOCK_JUMP:
	case SIM_FAULT_LATE_TICK:
	case SIM_FAULT_NO_BUFFERS:
	case SIM_FAULT_ATTACK_STOP_CONSUMING:
		return BY_ACTIVATION;
	case SIM_FAULT_BELL_SPURIOUS:
	case SIM_FAULT_ATTACK_NEVER_RING:
	case SIM_FAULT_ATTACK_FLAP_EPOCH:
	case SIM_FAULT_ATTACK_KEEP_SESSION:
		return BY_TIME;
	default:
		return BY_SITE;
	}
}

/* Whose accesses are the opportunities: an attacker strikes between those of its victim. */
static struct sim_world *access_world(const struct sim_fault *f)
{
	return &sim.world[f->kind == SIM_FAULT_ATTACK_RANDOM ? SIM_S : f->world];
}

static uint64_t end_of(const struct sim_fault *f)
{
	return f->to_ns != 0u && f->to_ns < sim.main_end_ns ? f->to_ns : sim.main_end_ns;
}

bool sim_fault_named(enum sim_fault_kind kind)
{
	return (sim.kinds[kind / 64u] >> (kind % 64u) & 1u) != 0u;
}

/* ---- firing ---- */

static bool muted(uint64_t number)
{
	for (unsigned i = 0; i < sim.opt->muted_count; i++)
		if (sim.opt->muted[i] == number)
			return true;
	return false;
}

static void record(unsigned fault, uint64_t number, uint64_t time_ns)
{
	if (sim.firings == sim.firing_room) {
		unsigned room = sim.firing_room != 0u ? 2u * sim.firing_room : 64u;
		struct sim_firing *more = realloc(sim.firing, room * sizeof(*more));

		if (more == NULL)
			return; /* the run goes on; only shrink would want the rest */
		sim.firing = more;
		sim.firing_room = room;
	}
	sim.firing[sim.firings++] = (struct sim_firing){number, time_ns, fault};
}

static bool in_force(unsigned i, uint64_t time_ns)
{
	const struct sim_fault *f = &sim.sc->fault[i];

	return !sim.closing && time_ns >= f->from_ns && time_ns < end_of(f) &&
	       (f->count == 0u || sim.fault[i].drawn < f->count);
}

/* It fires, unless it is muted. */
static bool fire(unsigned i, uint64_t time_ns)
{
	struct sim_fault_state *st = &sim.fault[i];
	uint64_t number = (uint64_t)i << 32 | st->drawn;

	st->drawn++;
	if (muted(number))
		return false;
	st->fired++;
	record(i, number, time_ns);
	sim_observe((uint8_t)sim.sc->fault[i].world, SIM_EV_FAULT, i, number, 0, time_ns);
	return true;
}

bool sim_fault_draw(unsigned i, struct sim_world *w)
{
	struct sim_fault_state *st = &sim.fault[i];

	if (!in_force(i, w->t))
		return false;
	st->passed++;
	if (st->passed <= sim.sc->fault[i].skip || !sim_rng_hit(&st->rng, st->threshold))
		return false;
	return fire(i, w->t);
}

bool sim_fault_any(enum sim_fault_kind kind, struct sim_world *w, int64_t *amount)
{
	if (!sim_fault_named(kind))
		return false;
	for (unsigned i = 0; i < sim.sc->fault_count; i++) {
		const struct sim_fault *f = &sim.sc->fault[i];

		if (f->kind != kind || f->world != w->id || !sim_fault_draw(i, w))
			continue;
		if (amount != NULL)
			*amount = f->amount;
		return true;
	}
	return false;
}

/* ---- what they do ---- */

static void flip_bit(struct sim_world *w, unsigned i)
{
	struct sim_rng *r = &sim.fault[i].rng;
	unsigned cls = (unsigned)sim_rng_upto(r, sim.sc->channel.class_count - 1u);
	uint64_t back = sim_rng_upto(r, 7);
	unsigned index = (unsigned)(w->ep.tx[cls].pos - back) & (sim.range[cls].lines - 1u);
	static const enum sim_cell_kind words[] = {SIM_CELL_TAG,   SIM_CELL_E2E,  SIM_CELL_CREDIT,
						   SIM_CELL_START, SIM_CELL_WAKE, SIM_CELL_SESSION};
	uint64_t what = sim_rng_upto(r, 11), bit = sim_rng_upto(r, 511);
	unsigned cell;

	if (what >= 6u) {
		sim_memory_line(w->id, cls, index)[bit / 8u] ^= (uint8_t)(1u << (bit % 8u));
		return;
	}
	cell = sim_memory_cell(words[what], cls, index);
	sim_memory_poke(w->id, cell, sim_memory_peek(w->id, cell) ^ UINT64_C(1) << (bit % 64u));
}

static void odd_frames(struct sim_world *w, unsigned i)
{
	const struct sim_fault *f = &sim.sc->fault[i];
	uint32_t max = sim.sc->channel.cls[f->cls].frame_max_bytes;
	uint8_t bytes[IWC_FRAME_MAX + 64u];

	for (int64_t k = 0; k < (f->kind == SIM_FAULT_BURST ? f->amount : 1); k++) {
		uint32_t len = max < 64u ? max : 64u;
		uint64_t id;

		if (f->kind == SIM_FAULT_OVERSIZE)
			len = max + 1u + (uint32_t)sim_rng_upto(&sim.fault[i].rng, 31);
		if (f->kind == SIM_FAULT_RUNT)
			len = (uint32_t)sim_rng_upto(&sim.fault[i].rng, IWC_FRAME_MIN - 1u);
		memset(bytes, 0, sizeof(bytes));
		id = sim_frame_make(w, f->cls, bytes, len < IWC_FRAME_MIN ? IWC_FRAME_MIN : len);
		if (!sim_queue_put(w, f->cls, bytes, len, id, UINT32_MAX))
			w->drops[SIM_DROP_QUEUE]++;
	}
	sim_nudge(w);
}

static void reset_monitor(void)
{
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		sim.monitor.boots[i] = 0;
		sim_ghost_flush(&sim.world[i]);
	}
	sim_monitor_power_on();
	if ((sim.sc->weakness & SIM_WEAK_NO_REGION_CLEAR) == 0u)
		for (unsigned i = 0; i < SIM_WORLDS; i++)
			sim_memory_power_on((enum sim_world_id)i, false);
}

static void stand_still(struct sim_world *w, uint64_t ns)
{
	if (w->t < sim.now_ns)
		w->t = sim.now_ns;
	w->t += ns;
	if (w->life == SIM_LIFE_SLEEP && w->wake_ns < w->t)
		w->wake_ns = w->t;
}

/* Kinds that stop a life; the caller's may be among them, then this does not return. */
static void end_life(struct sim_world *w, unsigned i)
{
	const struct sim_fault *f = &sim.sc->fault[i];
	struct sim_world *peer = sim_peer(w);
	uint64_t back = f->amount > 0 ? (uint64_t)f->amount : 1u;

	if (f->kind == SIM_FAULT_CRASH_TWICE)
		w->crash_again = 1u + sim_rng_upto(&sim.fault[i].rng, 400);
	if (f->kind == SIM_FAULT_MONITOR_RESET)
		reset_monitor();
	if (f->kind == SIM_FAULT_CRASH_BOTH || f->kind == SIM_FAULT_MONITOR_RESET)
		sim_kill_at(peer, w->t > sim.now_ns ? w->t : sim.now_ns, back);
	sim_kill_at(w, w->t > sim.now_ns ? w->t : sim.now_ns, back);
}

static void disturb(struct sim_world *w, unsigned i, uint64_t now_ns)
{
	const struct sim_fault *f = &sim.sc->fault[i];
	uint64_t amount = f->amount > 0 ? (uint64_t)f->amount : 0u;

	switch (f->kind) {
	case SIM_FAULT_RENEW:
		w->reload = true;
		sim_nudge(w);
		break;
	case SIM_FAULT_HANG:
		sim_observe((uint8_t)w->id, SIM_EV_CRASH, 1, 0, 0, now_ns);
		stand_still(w, amount);
		break;
	case SIM_FAULT_SLOW:
		stand_still(w, amount);
		break;
	case SIM_FAULT_BIT_FLIP:
		flip_bit(w, i);
		break;
	case SIM_FAULT_REGION_ZEROED:
		sim_memory_power_on(w->id, false);
		break;
	case SIM_FAULT_DELAYED_STORE:
		w->delay_ns = amount;
		w->delay_until_ns = now_ns + amount;
		break;
	case SIM_FAULT_BELL_SPURIOUS:
		sim_monitor_spurious(w, now_ns);
		break;
	case SIM_FAULT_BELL_MASKED:
		w->masked_ns = now_ns + amount;
		break;
	case SIM_FAULT_BELL_STORM:
		sim_monitor_storm(now_ns, amount, f->interval_ns);
		break;
	case SIM_FAULT_SLOW_CONSUMER:
		w->no_take_ns = now_ns + amount;
		break;
	case SIM_FAULT_STOP_CONSUMER:
	case SIM_FAULT_ATTACK_STOP_CONSUMING:
		w->no_take_ns = end_of(f);
		break;
	case SIM_FAULT_BURST:
	case SIM_FAULT_OVERSIZE:
	case SIM_FAULT_RUNT:
		odd_frames(w, i);
		break;
	case SIM_FAULT_CLOCK_JUMP:
		w->clock_offset += f->amount;
		break;
	case SIM_FAULT_LATE_TICK:
		w->late_tick_ns += amount;
		break;
	case SIM_FAULT_NO_BUFFERS:
		w->no_buffers_ns = now_ns + amount;
		break;
	default:
		sim_attack_by_time(i, now_ns);
		break;
	}
}

static void apply(unsigned i, uint64_t now_ns)
{
	const struct sim_fault *f = &sim.sc->fault[i];
	struct sim_world *w = &sim.world[f->world];
	bool ends = f->kind == SIM_FAULT_CRASH || f->kind == SIM_FAULT_CRASH_BOTH ||
		    f->kind == SIM_FAULT_CRASH_TWICE || f->kind == SIM_FAULT_MONITOR_RESET;

	if (ends)
		end_life(w, i);
	else
		disturb(w, i, now_ns);
}

/* ---- at an access ---- */

static void set_next_access(unsigned i, struct sim_world *w, uint64_t extra)
{
	struct sim_fault_state *st = &sim.fault[i];
	uint64_t gap = sim_rng_gap(&st->rng, sim.sc->fault[i].probability);

	st->next_access = gap == UINT64_MAX ? SIM_NEVER : w->accesses + 1u + extra + gap;
	if (st->next_access < w->fault_at)
		w->fault_at = st->next_access;
}

void sim_fault_at_access(struct sim_world *w)
{
	uint64_t now = w->accesses;

	w->fault_at = SIM_NEVER;
	for (unsigned i = 0; i < sim.sc->fault_count; i++) {
		struct sim_fault_state *st = &sim.fault[i];

		if (st->next_access == SIM_NEVER || access_world(&sim.sc->fault[i]) != w)
			continue;
		if (st->next_access > now) {
			if (st->next_access < w->fault_at)
				w->fault_at = st->next_access;
			continue;
		}
		st->next_access = SIM_NEVER;
		if (!in_force(i, w->t))
			continue;
		st->passed = now;
		set_next_access(i, w, 0);
		if (fire(i, w->t))
			apply(i, w->t);
	}
	if (w->crash_again != 0u && now >= w->crash_again_at && w->booting) {
		w->crash_again = 0;
		sim_kill_at(w, w->t, 1000);
	}
}

/* ---- by time ---- */

static bool garbage_first(unsigned i)
{
	const struct sim_fault *f = &sim.sc->fault[i];

	if (f->kind != SIM_FAULT_GARBAGE)
		return false;
	if (fire(i, 0))
		sim_attack_power_on(f->world);
	return true;
}

void sim_faults_arm(void)
{
	for (unsigned i = 0; i < sim.sc->fault_count; i++) {
		const struct sim_fault *f = &sim.sc->fault[i];
		struct sim_fault_state *st = &sim.fault[i];

		sim_rng_init(&st->rng, sim.opt->seed, 1000u + i);
		st->threshold = sim_rng_threshold(f->probability);
		st->next_access = SIM_NEVER;
		st->next_ns = SIM_NEVER;
		if (!garbage_first(i) && (way_of(f) == BY_ACCESS || way_of(f) == BY_TIME))
			st->next_ns = f->from_ns;
	}
	/* The monitor clears the region before either world runs. */
	if ((sim.sc->weakness & SIM_WEAK_NO_REGION_CLEAR) == 0u &&
	    sim_fault_named(SIM_FAULT_GARBAGE))
		for (unsigned i = 0; i < SIM_WORLDS; i++)
			sim_memory_power_on((enum sim_world_id)i, false);
}

uint64_t sim_faults_due_ns(void)
{
	uint64_t due = SIM_NEVER;

	for (unsigned i = 0; i < sim.sc->fault_count; i++)
		if (sim.fault[i].next_ns < due)
			due = sim.fault[i].next_ns;
	return due;
}

static void by_time(unsigned i, uint64_t now_ns)
{
	const struct sim_fault *f = &sim.sc->fault[i];
	struct sim_fault_state *st = &sim.fault[i];

	st->next_ns = f->interval_ns != 0u ? now_ns + f->interval_ns : SIM_NEVER;
	if (!in_force(i, now_ns)) {
		st->next_ns = SIM_NEVER;
		return;
	}
	st->passed++;
	if (st->passed > f->skip && sim_rng_hit(&st->rng, st->threshold) && fire(i, now_ns))
		apply(i, now_ns);
}

void sim_faults_run(uint64_t now_ns)
{
	for (unsigned i = 0; i < sim.sc->fault_count; i++) {
		const struct sim_fault *f = &sim.sc->fault[i];

		if (sim.fault[i].next_ns > now_ns)
			continue;
		if (way_of(f) == BY_TIME) {
			by_time(i, now_ns);
			continue;
		}
		/* The window opens: from here on accesses count. */
		sim.fault[i].next_ns = SIM_NEVER;
		set_next_access(i, access_world(f), f->skip);
	}
}

void sim_faults_activation(struct sim_world *w)
{
	for (unsigned i = 0; i < sim.sc->fault_count; i++) {
		const struct sim_fault *f = &sim.sc->fault[i];

		if (f->world == w->id && way_of(f) == BY_ACTIVATION && sim_fault_draw(i, w))
			disturb(w, i, w->t);
	}
}

void sim_faults_end(void)
{
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		struct sim_world *w = &sim.world[i];

		w->fault_at = SIM_NEVER;
		w->masked_ns = 0;
		w->delay_until_ns = 0;
		if (w->no_take_ns > sim.now_ns)
			w->no_take_ns = sim.now_ns;
		w->no_buffers_ns = 0;
		w->no_ring_ns = 0;
		w->keep_session_ns = 0;
		w->crash_again = 0;
	}
	for (unsigned i = 0; i < sim.sc->fault_count; i++) {
		sim.fault[i].next_ns = SIM_NEVER;
		sim.fault[i].next_access = SIM_NEVER;
	}
	sim.monitor.storm_next_ns = SIM_NEVER;
}
