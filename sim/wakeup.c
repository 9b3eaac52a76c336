/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wakeup.c - P9 from outside: nobody sleeps on a frame or a session step for which no doorbell is
 * pending, and whatever becomes of doorbells, the poll finds every frame within its period.
 */
#include "machine.h"

/* Scheduling overhead granted to a world between a due poll and its activation. */
#define POLL_GRACE_NS 20000u
/* From the store of a session word to the doorbell behind it: a few accesses. */
#define BELL_GRACE_NS 5000u

static const struct sim_world_config *config_of(const struct sim_world *w)
{
	return &sim.sc->world[w->id];
}

static bool bells_work(void)
{
	return !sim_fault_named(SIM_FAULT_ATTACK_NEVER_RING) && sim.honest && sim.intact &&
	       !sim_fault_named(SIM_FAULT_BELL_LOST) && !sim_fault_named(SIM_FAULT_BELL_EARLY) &&
	       !sim_fault_named(SIM_FAULT_BELL_DELAYED) &&
	       !sim_fault_named(SIM_FAULT_BELL_MASKED) &&
	       !sim_fault_named(SIM_FAULT_BELL_WRONG_CORE) && !sim.restarts;
}

/* Has the peer acknowledged a session, long enough ago for a doorbell to have come? */
static bool session_unseen(const struct sim_world *w)
{
	const struct sim_cell *c =
	    &sim.section[sim_peer(w)->id].cell[sim_memory_cell(SIM_CELL_SESSION, 0, 0)];
	const struct sim_version *v = &c->v[c->newest];

	return v->value != w->ep.session_seen && (uint32_t)v->value != 0u &&
	       v->time_ns > w->ran_ns &&
	       w->t > v->time_ns + sim.sc->bell_ns + sim.sc->smc_ns + sim.sc->stale_max_ns +
			  BELL_GRACE_NS;
}

/* Woken by a timer: was there a frame, or a step of the session, for which nobody rang? */
void sim_wakeup_check(struct sim_world *w)
{
	struct sim_world *peer = sim_peer(w);

	if (w->bell || !sim.sc->channel.bell || !bells_work() || w->no_take_ns >= w->ran_ns ||
	    w->irq_ns != SIM_NEVER || (w->id == SIM_S && sim.monitor.bucket.pending))
		return;
	if (session_unseen(w))
		sim_violate(9, w, "session-unseen",
			    "sleeps on a step of the session and no doorbell "
			    "is pending");
	if (!iwc_is_up(&w->ep))
		return;
	sim_checked(9);
	for (unsigned c = 0; c < sim.sc->channel.class_count; c++) {
		const struct sim_ghosts *g = &peer->sent[c];
		const struct sim_ghost *head = &g->entry[g->head & g->mask];

		if (g->head == g->tail || head->published_ns == 0u || head->open ||
		    head->pair != ((uint64_t)w->ep.peer_epoch << 32 | w->ep.epoch) ||
		    head->published_ns > w->t)
			continue;
		sim_violate(9, w, "lost-wakeup",
			    "sleeps on a frame published %llu ns ago and no doorbell is pending",
			    (unsigned long long)(w->t - head->published_ns));
	}
}

/* The poll is the guarantee: no frame waits longer than a period for an activation. */
void sim_poll_check(struct sim_world *w)
{
	uint64_t bound = config_of(w)->poll_ns + config_of(w)->critical_wcet_ns + POLL_GRACE_NS;

	if (config_of(w)->poll_ns == 0u || sim_fault_named(SIM_FAULT_LATE_TICK) ||
	    sim_fault_named(SIM_FAULT_HANG) || sim_fault_named(SIM_FAULT_SLOW) ||
	    sim_fault_named(SIM_FAULT_CLOCK_JUMP) || sim_fault_named(SIM_FAULT_BELL_STORM) ||
	    sim.restarts)
		return;
	sim_checked(9);
	for (unsigned c = 0; c < sim.sc->channel.class_count; c++) {
		const struct sim_ghosts *g = &sim_peer(w)->sent[c];
		const struct sim_ghost *head = &g->entry[g->head & g->mask];
		uint64_t since = head->published_ns > w->ran_ns ? head->published_ns : w->ran_ns;

		if (g->head == g->tail || head->published_ns == 0u || head->open || w->t < since)
			continue;
		if (w->t - since > bound)
			sim_violate(9, w, "not-polled",
				    "a frame waited %llu ns, poll period %llu ns",
				    (unsigned long long)(w->t - since),
				    (unsigned long long)config_of(w)->poll_ns);
	}
}
