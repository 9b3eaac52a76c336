/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults of realtime.h. A fault belongs to one thread, which counts its opportunities and draws:
 * that of the world it befalls, NS's for those of both worlds, or the rogue for attacks on memory.
 * A thread can't be stopped between two accesses, so faults that come at an access in virtual time
 * come at an activation here; docs/scenario-format.md has the list.
 */
#include "realtime_machine.h"
#include "scenario_file.h"

/* Most calls of a storm that a turn of NS catches up with. */
#define STORM_CALLS 64u
#define TYPE_EXPERIMENTAL 0x88b5u

enum way {
	LEFT_OUT,
	BY_ACTIVATION,
	BY_TIME, /* at the window's start, and every interval if it has one */
	BY_SITE, /* asked for where it happens */
	BY_ROGUE,
};

static enum way way_of(enum sim_fault_kind kind)
{
	switch (kind) {
	case SIM_FAULT_BELL_EARLY:
	case SIM_FAULT_STALE_READ:
	case SIM_FAULT_DELAYED_STORE:
	case SIM_FAULT_TORN_WRITE:
	case SIM_FAULT_FRAME_CORRUPTED:
	case SIM_FAULT_FRAME_LOST:
	case SIM_FAULT_FRAME_REPEATED:
	case SIM_FAULT_FRAME_INSERTED:
	case SIM_FAULT_FRAME_REORDERED:
	case SIM_FAULT_FRAME_LATE:
	case SIM_FAULT_KINDS:
		return LEFT_OUT;
	case SIM_FAULT_BELL_LOST:
	case SIM_FAULT_BELL_DUPLICATED:
	case SIM_FAULT_BELL_DELAYED:
	case SIM_FAULT_BELL_WRONG_CORE:
	case SIM_FAULT_GARBAGE:
	case SIM_FAULT_EPOCH_WRAP:
	case SIM_FAULT_VERSION:
		return BY_SITE;
	case SIM_FAULT_BELL_SPURIOUS:
	case SIM_FAULT_ATTACK_NEVER_RING:
		return BY_TIME;
	case SIM_FAULT_ATTACK_STOP_CONSUMING:
		return BY_ACTIVATION;
	default:
		return kind >= SIM_FAULT_ATTACK_RANDOM ? BY_ROGUE : BY_ACTIVATION;
	}
}

bool rt_fault_by_rogue(enum sim_fault_kind kind)
{
	return way_of(kind) == BY_ROGUE;
}

const char *sim_rt_left_out(const struct scenario *sc, unsigned i)
{
	for (unsigned k = 0; k < sc->fault_count; k++)
		if (way_of(sc->fault[k].kind) == LEFT_OUT && i-- == 0u)
			return scenario_fault_info(sc->fault[k].kind)->name;
	return NULL;
}

/* ---- opportunities ---- */

bool rt_fault_draw(struct sim_rt *rt, unsigned i, uint64_t now_ns)
{
	const struct sim_fault *f = &rt->sc->fault[i];
	struct rt_fault *st = &rt->fault[i];
	uint64_t fired = rt_load(&st->fired);

	if (rt_load(&rt->calm) || now_ns < f->from_ns || (f->to_ns != 0u && now_ns >= f->to_ns) ||
	    (f->count != 0u && fired >= f->count))
		return false;
	if (++st->passed <= f->skip || !sim_rng_hit(&st->rng, st->threshold))
		return false;
	rt_store(&st->fired, fired + 1u);
	return true;
}

static bool draw(struct rt_world *w, unsigned i)
{
	if (!rt_fault_draw(w->rt, i, w->now_ns))
		return false;
	rt_event(w, SIM_RT_EV_FAULT, i, rt_load(&w->rt->fault[i].fired), 0);
	return true;
}

bool rt_fault_any(struct rt_world *w, enum sim_fault_kind kind, int64_t *amount)
{
	for (unsigned i = 0; i < w->rt->sc->fault_count; i++) {
		const struct sim_fault *f = &w->rt->sc->fault[i];

		if (f->kind != kind || f->world != w->id || !draw(w, i))
			continue;
		*amount = f->amount;
		return true;
	}
	return false;
}

/* ---- memory ---- */

static void store(uint8_t *base, size_t offset, uint64_t value)
{
	__atomic_store_n((uint64_t *)(void *)(base + offset), value, __ATOMIC_RELAXED);
}

static void zero_section(struct rt_world *w)
{
	for (size_t at = 0; at < w->rt->section_bytes; at += 8u)
		store(w->own, at, 0);
}

void rt_clear_region(struct sim_rt *rt)
{
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		zero_section(&rt->world[i]);
}

/* A word or a payload line close to where the world sends. */
static void flip_bit(struct rt_world *w, struct sim_rng *r)
{
	unsigned cls = (unsigned)sim_rng_upto(r, w->rt->channel.class_count - 1u);
	const struct iwc_producer *tx = &w->ep.tx[cls];
	uint64_t index = (tx->pos - sim_rng_upto(r, 7)) & (tx->lines - 1u);
	const struct iwc_class_words *c = &w->ep.own->cls[cls];
	uint64_t bit = sim_rng_upto(r, 511), *word;

	switch (sim_rng_upto(r, 11)) {
	case 0:
		word = (uint64_t *)&tx->tag[index];
		break;
	case 1:
		word = (uint64_t *)&tx->e2e[index];
		break;
	case 2:
		word = (uint64_t *)(uintptr_t)&c->credit;
		break;
	case 3:
		word = (uint64_t *)(uintptr_t)&c->start;
		break;
	case 4:
		word = (uint64_t *)(uintptr_t)&c->wake;
		break;
	case 5:
		word = (uint64_t *)&w->ep.own->session;
		break;
	default:
		word = (uint64_t *)(void *)(tx->data + index * IWC_LINE + bit / 64u * 8u);
		break;
	}
	__atomic_fetch_xor(word, UINT64_C(1) << (bit % 64u), __ATOMIC_RELAXED);
}

/* ---- what they do ---- */

static uint64_t window_end(const struct sim_fault *f)
{
	return f->to_ns != 0u ? f->to_ns : SIM_RT_NEVER;
}

/* Frames that the world's stack offers besides those of its client. */
static void odd_frames(struct rt_world *w, unsigned i)
{
	const struct sim_fault *f = &w->rt->sc->fault[i];
	uint32_t max = w->rt->channel.cls[f->cls].frame_max_bytes;
	uint8_t bytes[IWC_FRAME_MAX + 64u] = {0x02, 'i', 'w', 'c', 0, (uint8_t)(2u - w->id),
					      0x02, 'i', 'w', 'c', 0, (uint8_t)(1u + w->id)};
	struct iwc_frame frame = {bytes, max < 64u ? max : 64u};

	bytes[12] = TYPE_EXPERIMENTAL >> 8;
	bytes[13] = TYPE_EXPERIMENTAL & 0xffu;
	if (f->kind == SIM_FAULT_OVERSIZE)
		frame.len_bytes = max + 1u + (uint32_t)sim_rng_upto(&w->rt->fault[i].rng, 31);
	if (f->kind == SIM_FAULT_RUNT)
		frame.len_bytes = (uint32_t)sim_rng_upto(&w->rt->fault[i].rng, IWC_FRAME_MIN - 1u);
	for (int64_t k = 0; k < (f->kind == SIM_FAULT_BURST ? f->amount : 1); k++)
		rt_offer(w, f->cls, &frame, 1);
}

/* NS waits for S, which starts the monitor and both worlds afresh at its next turn. */
static void call_for_reset(struct rt_world *w)
{
	w->n.world.crashes++;
	rt_event(w, SIM_RT_EV_CRASH, 0, 0, 0);
	w->life = RT_LIFE_PARKED;
	__atomic_store_n(&w->rt->monitor.reset, true, __ATOMIC_SEQ_CST);
	rt_poke(w->peer->cpu);
}

static void reset(struct rt_world *w)
{
	struct sim_rt *rt = w->rt;
	uint64_t open = 0;

	rt_die(w, 0);
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		rt_settle(&rt->world[i], 0, &open);
	rt_monitor_power_on(rt);
	rt_clear_region(rt);
	w->peer->life = RT_LIFE_OFF;
	w->peer->hold_ns = w->hold_ns;
	__atomic_store_n(&rt->monitor.reset, false, __ATOMIC_SEQ_CST);
	rt_poke(w->peer->cpu);
}

static void end_life(struct rt_world *w, const struct sim_fault *f, struct sim_rng *r)
{
	uint64_t back = f->amount > 0 ? (uint64_t)f->amount : 0u;

	if (f->kind == SIM_FAULT_MONITOR_RESET) {
		call_for_reset(w);
		return;
	}
	if (f->kind == SIM_FAULT_CRASH_TWICE)
		w->crash_again = 1u + (unsigned)sim_rng_upto(r, 7);
	if (f->kind == SIM_FAULT_CRASH_BOTH) {
		__atomic_store_n(&w->peer->kill_ns, back + 1u, __ATOMIC_SEQ_CST);
		rt_poke(w->peer->cpu);
	}
	rt_die(w, back);
}

static bool ends_life(enum sim_fault_kind k)
{
	return k == SIM_FAULT_CRASH || k == SIM_FAULT_CRASH_BOTH || k == SIM_FAULT_CRASH_TWICE ||
	       k == SIM_FAULT_MONITOR_RESET;
}

static void storm(struct rt_world *w, const struct sim_fault *f, uint64_t amount)
{
	w->storm_next_ns = w->now_ns;
	w->storm_end_ns = w->now_ns + amount;
	w->storm_interval_ns = f->interval_ns != 0u ? f->interval_ns : 1000u;
}

static void disturb(struct rt_world *w, unsigned i)
{
	const struct sim_fault *f = &w->rt->sc->fault[i];
	uint64_t amount = f->amount > 0 ? (uint64_t)f->amount : 0u;

	switch (f->kind) {
	case SIM_FAULT_RENEW:
		w->reload = true;
		break;
	case SIM_FAULT_HANG:
		rt_event(w, SIM_RT_EV_CRASH, 1, 0, 0);
		w->hold_ns = w->now_ns + amount;
		break;
	case SIM_FAULT_SLOW:
		w->hold_ns = w->now_ns + amount;
		break;
	case SIM_FAULT_BIT_FLIP:
		flip_bit(w, &w->rt->fault[i].rng);
		break;
	case SIM_FAULT_REGION_ZEROED:
		zero_section(w);
		break;
	case SIM_FAULT_BELL_SPURIOUS:
		rt_pend(w, w->cpu);
		break;
	case SIM_FAULT_BELL_MASKED:
		w->masked_ns = w->now_ns + amount;
		break;
	case SIM_FAULT_BELL_STORM:
		storm(w, f, amount);
		break;
	case SIM_FAULT_SLOW_CONSUMER:
		w->no_take_ns = w->now_ns + amount;
		break;
	case SIM_FAULT_STOP_CONSUMER:
	case SIM_FAULT_ATTACK_STOP_CONSUMING:
		w->no_take_ns = window_end(f);
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
		w->no_buffers_ns = w->now_ns + amount;
		break;
	case SIM_FAULT_ATTACK_NEVER_RING:
		w->no_ring_ns = window_end(f);
		break;
	default:
		break;
	}
}

/* ---- when ---- */

static void run_storm(struct rt_world *w)
{
	for (unsigned k = 0; k < STORM_CALLS && w->storm_next_ns <= w->now_ns; k++) {
		rt_monitor_call(w->rt, w->cpu, 0);
		w->storm_next_ns += w->storm_interval_ns;
		if (w->storm_next_ns > w->storm_end_ns)
			w->storm_next_ns = SIM_RT_NEVER;
	}
	if (w->storm_next_ns < w->timer_ns)
		w->timer_ns = w->storm_next_ns;
}

static void run_timers(struct rt_world *w)
{
	w->timer_ns = SIM_RT_NEVER;
	for (unsigned i = 0; i < w->rt->sc->fault_count; i++) {
		const struct sim_fault *f = &w->rt->sc->fault[i];
		struct rt_fault *st = &w->rt->fault[i];

		if (f->world != w->id || way_of(f->kind) != BY_TIME)
			continue;
		if (st->next_ns <= w->now_ns) {
			st->next_ns =
			    f->interval_ns != 0u ? w->now_ns + f->interval_ns : SIM_RT_NEVER;
			if (draw(w, i))
				disturb(w, i);
		}
		if (st->next_ns < w->timer_ns)
			w->timer_ns = st->next_ns;
	}
	if (w->id == SIM_NS)
		run_storm(w);
}

bool rt_faults_activation(struct rt_world *w)
{
	if (w->rt->sc->fault_count == 0u || w->calmed)
		return true;
	run_timers(w);
	if (w->crash_again != 0u && --w->crash_again == 0u) {
		rt_die(w, 0);
		return false;
	}
	for (unsigned i = 0; i < w->rt->sc->fault_count; i++) {
		const struct sim_fault *f = &w->rt->sc->fault[i];

		if (f->world != w->id || way_of(f->kind) != BY_ACTIVATION || !draw(w, i))
			continue;
		if (ends_life(f->kind)) {
			end_life(w, f, &w->rt->fault[i].rng);
			return false;
		}
		disturb(w, i);
	}
	return w->now_ns >= w->hold_ns;
}

bool rt_faults_attend(struct rt_world *w)
{
	uint64_t kill = rt_load(&w->kill_ns);

	if (__atomic_load_n(&w->rt->monitor.reset, __ATOMIC_SEQ_CST)) {
		if (w->life == RT_LIFE_PARKED)
			return true;
		reset(w);
		return true;
	}
	if (kill == 0u)
		return false;
	__atomic_store_n(&w->kill_ns, 0, __ATOMIC_SEQ_CST);
	rt_die(w, kill - 1u);
	return true;
}

void rt_faults_calm(struct rt_world *w)
{
	w->calmed = true;
	if (w->hold_ns > w->now_ns)
		w->hold_ns = w->now_ns;
	w->masked_ns = w->no_take_ns = w->no_buffers_ns = w->no_ring_ns = 0;
	w->crash_again = 0;
	w->storm_next_ns = SIM_RT_NEVER;
	w->timer_ns = SIM_RT_NEVER;
	w->again = true;
}

/* ---- power-on ---- */

static void leave_garbage(struct rt_world *w, struct sim_rng *r)
{
	for (size_t at = 0; at < w->rt->section_bytes; at += 8u)
		store(w->own, at, sim_rng_next(r));
}

void rt_faults_power_on(struct sim_rt *rt)
{
	bool garbage = false;

	for (unsigned i = 0; i < rt->sc->fault_count; i++) {
		const struct sim_fault *f = &rt->sc->fault[i];
		struct rt_fault *st = &rt->fault[i];

		sim_rng_init(&st->rng, rt->opt.seed, 1000u + i);
		st->threshold = sim_rng_threshold(f->probability);
		st->next_ns = f->from_ns;
		rt->has_rogue = rt->has_rogue || way_of(f->kind) == BY_ROGUE;
		if (f->kind != SIM_FAULT_GARBAGE)
			continue;
		garbage = true;
		st->fired = 1;
		rt_event(&rt->world[f->world], SIM_RT_EV_FAULT, i, 1, 0);
		leave_garbage(&rt->world[f->world], &st->rng);
	}
	/* The monitor clears the region before either world runs. */
	if (garbage)
		rt_clear_region(rt);
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		rt->world[i].storm_next_ns = SIM_RT_NEVER;
}
