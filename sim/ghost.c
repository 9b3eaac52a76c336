/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ghost.c - what was sent, beside the channel: every frame that a send call takes is kept here
 * until the other world delivers it, so that order, content, session and loss can be judged from
 * outside.
 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t power_of_two(uint32_t n)
{
	uint32_t p = 1;

	while (p < n)
		p *= 2u;
	return p;
}

int sim_ghost_create(struct sim_ghosts *g, unsigned lines)
{
	uint32_t entries = power_of_two(2u * lines + 4u * IWC_BURST_MAX);
	uint32_t bytes = power_of_two(2u * lines * IWC_LINE + 4u * IWC_BURST_MAX * SIM_BUFFER);

	g->entry = calloc(entries, sizeof(*g->entry));
	g->bytes = malloc(bytes);
	g->mask = entries - 1u;
	g->byte_mask = bytes - 1u;
	return g->entry != NULL && g->bytes != NULL ? 0 : -1;
}

void sim_ghost_destroy(struct sim_ghosts *g)
{
	free(g->entry);
	free(g->bytes);
}

static struct sim_ghost *at(struct sim_ghosts *g, uint64_t i)
{
	return &g->entry[i & g->mask];
}

static void forget(struct sim_ghosts *g, const struct sim_ghost *e)
{
	g->recent_id[e->id % 64u] = e->id;
	g->recent_pair[e->id % 64u] = e->pair;
}

void sim_ghost_offer(struct sim_world *w, unsigned cls, unsigned n)
{
	const struct sim_queue *q = &w->queue[cls];
	struct sim_ghosts *g = &w->sent[cls];

	for (unsigned i = 0; i < n; i++) {
		const struct sim_slot *slot = &q->slot[(q->head + i) % SIM_QUEUE];
		struct sim_ghost *e;

		/* Room is twice what a ring holds: a full ghost list means nobody takes. */
		if (g->tail - g->head > g->mask) {
			forget(g, at(g, g->head));
			g->head++;
			g->lost_session++;
		}
		e = at(g, g->tail++);
		*e = (struct sim_ghost){.id = slot->id,
					.offered_ns = slot->offered_ns,
					.flow = slot->flow,
					.pair = sim_world_pair(w),
					.position = g->byte_tail,
					.offset = (uint32_t)(g->byte_tail & g->byte_mask),
					.len_bytes = slot->len_bytes,
					.open = true};
		if (e->len_bytes > IWC_FRAME_MAX)
			continue;
		if (e->offset + e->len_bytes > g->byte_mask + 1u) {
			g->byte_tail += g->byte_mask + 1u - e->offset;
			e->offset = 0;
		}
		memcpy(g->bytes + e->offset, slot->bytes, e->len_bytes);
		g->byte_tail += e->len_bytes;
	}
}

void sim_ghost_settle(struct sim_world *w, unsigned cls, unsigned offered, unsigned accepted)
{
	struct sim_ghosts *g = &w->sent[cls];
	uint64_t first = g->tail - offered;

	for (unsigned i = 0; i < accepted; i++)
		at(g, first + i)->open = false;
	g->tail -= offered - accepted;
	if (accepted != offered)
		g->byte_tail = at(g, g->tail)->position;
	if (g->head > g->tail)
		g->head = g->tail;
}

static void note_occupancy(struct sim_world *w, unsigned cls)
{
	uint64_t n = sim.end_ns != 0u ? w->t * SIM_POINTS / sim.end_ns : 0u;
	struct sim_points *p = &w->points[cls];
	const struct iwc *reader = &sim_peer(w)->ep;
	uint64_t used = (w->ep.tx[cls].pos - reader->rx[cls].pos) & IWC_LINE_MASK;

	if (n >= SIM_POINTS)
		n = SIM_POINTS - 1u;
	if (!iwc_is_up(&w->ep) || !iwc_is_up(reader) || used > sim.range[cls].lines)
		return;
	if (used < p->low[n])
		p->low[n] = (uint32_t)used;
	if (used > p->high[n])
		p->high[n] = (uint32_t)used;
	p->last[n] = (uint32_t)used;
}

void sim_ghost_published(struct sim_world *w, unsigned cls)
{
	struct sim_ghosts *g = &w->sent[cls];
	uint64_t i = g->tail;

	/* Of the frames that this call was offered, those that it has copied. */
	while (i != g->head && at(g, i - 1u)->open && at(g, i - 1u)->published_ns == 0u)
		i--;
	for (; i != g->tail && w->copied != 0u; i++, w->copied--) {
		struct sim_ghost *e = at(g, i);

		e->published_ns = w->t;
		sim_observe((uint8_t)w->id, SIM_EV_PUBLISH, cls,
			    sim_frame_id(g->bytes + e->offset, e->len_bytes), e->len_bytes, w->t);
	}
	note_occupancy(w, cls);
}

void sim_ghost_flush(struct sim_world *w)
{
	for (unsigned c = 0; c < sim.sc->channel.class_count; c++) {
		struct sim_ghosts *g = &w->sent[c];

		for (; g->head != g->tail; g->head++) {
			forget(g, at(g, g->head));
			g->lost_session++;
		}
	}
}

void sim_ghost_abandon(struct sim_world *w)
{
	for (unsigned c = 0; c < sim.sc->channel.class_count; c++) {
		struct sim_ghosts *g = &w->sent[c];

		for (uint64_t i = g->head; i != g->tail; i++)
			at(g, i)->open = false;
	}
}

static bool same(const struct sim_ghosts *g, const struct sim_ghost *e, const uint8_t *bytes,
		 uint32_t len_bytes)
{
	return e->len_bytes == len_bytes && memcmp(g->bytes + e->offset, bytes, len_bytes) == 0;
}

/* The oldest frame in flight never arrives: say why. */
static void lose(struct sim_world *receiver, unsigned cls, enum sim_drop why)
{
	struct sim_ghosts *g = &sim_peer(receiver)->sent[cls];
	const struct sim_ghost *e = at(g, g->head);

	receiver->drops[why]++;
	sim_observe((uint8_t)receiver->id, SIM_EV_DROP, cls, e->id, why, receiver->t);
	forget(g, e);
	g->head++;
}

/* Frames of sessions that ended before this delivery are lost; that is allowed, and counted. */
static void drop_former(struct sim_world *w, unsigned cls, uint64_t pair)
{
	struct sim_ghosts *g = &sim_peer(w)->sent[cls];

	while (g->head != g->tail && at(g, g->head)->pair != pair)
		lose(w, cls, SIM_DROP_SESSION);
}

/* A class is judged by P11 if it is protected, or if the scenario aims frame faults at it. */
static bool must_detect(const struct sim_world *receiver, unsigned cls)
{
	for (unsigned i = 0; i < sim.sc->fault_count; i++) {
		const struct sim_fault *f = &sim.sc->fault[i];

		if (f->kind >= SIM_FAULT_FRAME_CORRUPTED && f->kind <= SIM_FAULT_FRAME_LATE &&
		    f->cls == cls && f->world == sim_peer(receiver)->id)
			return true;
	}
	return sim.sc->channel.cls[cls].protect;
}

/* Nothing in flight matches: say what it is instead. */
static void blame(struct sim_world *w, struct sim_ghosts *g, unsigned cls, const uint8_t *bytes,
		  uint32_t len_bytes, uint64_t pair)
{
	uint64_t id = sim_frame_id(bytes, len_bytes);
	bool known = id != 0u && g->recent_id[id % 64u] == id;

	if (sim.output != NULL && sim.intact)
		sim_output_frame(sim.output, sim_peer(w), id, bytes, len_bytes,
				 "violation: delivered, but not sent so in this session");
	if (!sim.intact && must_detect(w, cls))
		sim_violate(11, w, known ? "repeated" : "corrupted",
			    "delivers a frame of class %u that the sender did not send now", cls);
	else if (!sim.intact)
		return; /* faults in an unprotected class arrive: that is what protection is for */
	else if (known && g->recent_pair[id % 64u] == pair)
		sim_violate(3, w, "duplicate", "frame %llu of class %u is delivered again",
			    (unsigned long long)id, cls);
	else if (id != 0u && (known || id < g->last_id || g->head == g->tail))
		sim_violate(2, w, "stale-frame", "frame %llu of a former session is delivered",
			    (unsigned long long)id);
	else
		sim_violate(3, w, "content", "%u bytes are delivered that nobody sent so",
			    len_bytes);
}

/* P12: lower-class frames delivered while a frame of a higher class was there to be seen. */
static void check_priority(struct sim_world *w, unsigned cls)
{
	uint64_t visible =
	    sim.sc->stale_max_ns + sim.sc->access_ns + sim.sc->jitter_ns + sim_peer(w)->delay_ns;

	for (unsigned c = 0; c < cls; c++) {
		struct sim_ghosts *g = &sim_peer(w)->sent[c];
		const struct sim_ghost *e = at(g, g->head);

		sim_checked(12);
		if (g->head == g->tail || e->published_ns == 0u || e->open ||
		    e->pair != ((uint64_t)w->ep.peer_epoch << 32 | w->ep.epoch) ||
		    w->t < e->published_ns + visible) {
			g->bulk_run = 0;
			continue;
		}
		/* One burst may have been taken before the frame came; judge it by its end. */
		if (w->burst_ns < e->published_ns + visible)
			continue;
		if (++g->bulk_run > 1u)
			sim_violate(
			    12, w, "priority",
			    "%u frames of class %u delivered before a waiting one of class %u",
			    g->bulk_run, cls, c);
	}
}

void sim_ghost_delivered(struct sim_world *w, unsigned cls, const uint8_t *bytes,
			 uint32_t len_bytes)
{
	struct sim_world *sender = sim_peer(w);
	struct sim_ghosts *g = &sender->sent[cls];
	uint64_t pair = (uint64_t)w->ep.peer_epoch << 32 | w->ep.epoch, i;
	bool may_skip = !sim.intact || !sim.honest;

	sim.frames_delivered++;
	sim_observe((uint8_t)w->id, SIM_EV_RECV, cls, sim_frame_id(bytes, len_bytes), len_bytes,
		    w->t);
	if (cls != 0u && sim.honest && sim.intact)
		check_priority(w, cls);
	g->bulk_run = 0;
	sim_checked(2);
	sim_checked(3);
	sim_checked(11);
	drop_former(w, cls, pair);
	for (i = g->head; i != g->tail; i++) {
		if (same(g, at(g, i), bytes, len_bytes))
			break;
		if (!may_skip) {
			i = g->tail;
			break;
		}
	}
	if (i == g->tail) {
		if (sim.honest || sim_fault_named(SIM_FAULT_ATTACK_TAG_REPLAY))
			blame(w, g, cls, bytes, len_bytes, pair);
		return;
	}
	while (g->head != i) {
		lose(w, cls, SIM_DROP_E2E);
		g->skipped++;
	}
	g->last_id = at(g, i)->id;
	forget(g, at(g, i));
	histogram_record(&sim.latency[sender->id][cls], w->t - at(g, i)->offered_ns);
	if (sim.probing && at(g, i)->id >= sim.probe_id[sender->id][cls] && at(g, i)->id != 0u)
		sim.probe_ok[sender->id][cls] = true;
	if (at(g, i)->flow < SIM_FLOWS_MAX)
		sim.flow[at(g, i)->flow].delivered++;
	g->delivered++;
	g->head++;
	note_occupancy(sender, cls);
}

static uint64_t longest_poll_ns(void)
{
	uint64_t ns = sim.sc->world[SIM_NS].poll_ns, s = sim.sc->world[SIM_S].poll_ns;

	return ns > s ? ns : s;
}

/* Did a fault hold a frame of this class back for longer than its receiver's timeout? */
static bool held_back(enum sim_world_id from, unsigned cls)
{
	uint64_t timeout_ns = sim.sc->channel.cls[cls].timeout_ns;

	for (unsigned i = 0; i < sim.sc->fault_count; i++) {
		const struct sim_fault *f = &sim.sc->fault[i];

		if (f->kind == SIM_FAULT_FRAME_LATE && f->world == from && f->cls == cls &&
		    sim.fault[i].fired != 0u && timeout_ns != 0u &&
		    f->amount > (int64_t)(timeout_ns + longest_poll_ns()))
			return true;
	}
	return false;
}

/* After the run: is what the end-to-end check skipped also what it counted? */
void sim_ghost_end(void)
{
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		for (unsigned c = 0; c < sim.sc->channel.class_count; c++) {
			struct sim_world *receiver = sim_peer(&sim.world[i]);
			const struct iwc_e2e_counters *n = &receiver->ep.rx[c].check.n;
			uint64_t skipped = sim.world[i].sent[c].skipped;

			/* A restart takes the counters with it. */
			if (!sim.sc->channel.cls[c].protect || sim.restarts || !sim.honest)
				continue;
			sim_checked(11);
			if (skipped > n->lost)
				sim_violate(
				    11, receiver, "uncounted-loss",
				    "%llu frames of class %u are missing, %llu counted as lost",
				    (unsigned long long)skipped, c, (unsigned long long)n->lost);
			if (held_back(sim.world[i].id, c) && n->late == 0u)
				sim_violate(
				    11, receiver, "unseen-delay",
				    "a frame of class %u came later than its timeout allows", c);
		}
}
