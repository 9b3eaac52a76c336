/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine.c - virtual time: who runs next.
 *
 * Each world has its own clock. The one that is behind runs, until its clock passes that of
 * whatever comes next (the other world, the monitor, a fault) by a random slack; the slack is what
 * lets a seed try other interleavings than strict order. All of it comes from seeded streams.
 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sim_machine sim;

/* ---- called by the worlds ---- */

void sim_give_way(struct sim_world *w)
{
	do
		sim_coro_yield();
	while (w->t >= w->horizon || sim.stop);
}

void sim_interrupt(struct sim_world *w)
{
	uint64_t arrival = w->irq_ns;

	if (w->t < w->masked_ns) {
		w->irq_ns = w->masked_ns;
		if (w->irq_ns > w->t)
			return;
	}
	w->irq_ns = SIM_NEVER;
	if (w->t < arrival)
		w->t = arrival;
	w->t += sim.sc->world[w->id].irq_ns;
	w->bell = true;
	w->interrupts++;
	sim_memory_order(w, w->irq_seq);
	w->irq_seq = 0;
}

void sim_spend(struct sim_world *w, uint64_t ns)
{
	while (ns != 0u) {
		uint64_t chunk = w->horizon > w->t ? w->horizon - w->t : 1u;

		if (w->irq_ns > w->t && w->irq_ns - w->t < chunk)
			chunk = w->irq_ns - w->t;
		if (chunk > ns)
			chunk = ns;
		w->t += chunk;
		ns -= chunk;
		if (w->t >= w->irq_ns)
			sim_interrupt(w);
		if (w->t >= w->horizon || sim.stop)
			sim_give_way(w);
	}
}

void sim_sleep(struct sim_world *w, uint64_t wake_ns)
{
	if (w->t >= w->irq_ns)
		sim_interrupt(w);
	if (w->bell || wake_ns <= w->t)
		return;
	w->life = SIM_LIFE_SLEEP;
	w->slept_ns = w->t;
	w->wake_ns = wake_ns;
	if (w->irq_ns < wake_ns)
		w->wake_ns = w->irq_ns > w->masked_ns ? w->irq_ns : w->masked_ns;
	if (wake_ns < w->wake_ns)
		w->wake_ns = wake_ns;
	do
		sim_coro_yield();
	while (w->life == SIM_LIFE_SLEEP || sim.stop);
	if (w->t >= w->irq_ns)
		sim_interrupt(w);
	w->wakes++;
	sim_observe((uint8_t)w->id, SIM_EV_WAKE, w->bell, 0, 0, w->t);
}

/* ---- life and death, from outside or inside ---- */

void sim_kill_at(struct sim_world *w, uint64_t at_ns, uint64_t back_ns)
{
	w->crashes++;
	sim.restarts = true;
	if (w->t < at_ns)
		w->t = at_ns;
	sim_observe((uint8_t)w->id, SIM_EV_CRASH, 0, 0, 0, w->t);
	sim_ghost_abandon(w);
	w->life = SIM_LIFE_DEAD;
	w->wake_ns = w->t + back_ns;
	w->irq_ns = SIM_NEVER;
	w->bell = false;
	w->booting = false;
	w->activation = false;
	w->ep.state = IWC_STATE_DOWN;
	sim_coro_restart(&w->coro);
	if (sim.self == w)
		sim_coro_yield(); /* never comes back: the coroutine starts afresh */
}

void sim_nudge(struct sim_world *w)
{
	if (w->life == SIM_LIFE_DEAD || w->life == SIM_LIFE_OFF)
		return;
	w->bell = true;
	if (w->life == SIM_LIFE_SLEEP && w->wake_ns > sim.now_ns)
		w->wake_ns = sim.now_ns;
}

/* ---- the scheduler ---- */

static uint64_t due_of(const struct sim_world *w)
{
	switch (w->life) {
	case SIM_LIFE_RUN:
		return w->t;
	case SIM_LIFE_SLEEP:
	case SIM_LIFE_DEAD:
	case SIM_LIFE_OFF:
		return w->wake_ns;
	}
	return SIM_NEVER;
}

static void wake(struct sim_world *w)
{
	if (w->life == SIM_LIFE_RUN)
		return;
	if (w->t < w->wake_ns)
		w->t = w->wake_ns;
	w->life = SIM_LIFE_RUN;
	w->wake_ns = SIM_NEVER;
}

static void run_world(struct sim_world *w, uint64_t next_ns)
{
	uint64_t slack = sim_rng_upto(&sim.rng_schedule, sim.sc->slack_ns);

	wake(w);
	w->horizon = next_ns == SIM_NEVER ? SIM_NEVER : next_ns + slack;
	if (w->horizon <= w->t)
		w->horizon = w->t + 1u;
	sim.self = w;
	sim_coro_resume(&w->coro);
	sim.self = NULL;
}

static uint64_t longest_poll(void)
{
	uint64_t ns = sim.sc->world[SIM_NS].poll_ns, s = sim.sc->world[SIM_S].poll_ns;

	return ns > s ? ns : s;
}

/* A frame of each class whose way has not been shown to be open. */
static void probe(struct sim_world *w)
{
	for (unsigned c = 0; c < sim.sc->channel.class_count; c++) {
		uint8_t bytes[IWC_FRAME_MIN + 50u];
		uint32_t len = sim.sc->channel.cls[c].frame_max_bytes;
		uint64_t id;

		if (sim.probe_ok[w->id][c])
			continue;
		len = len < sizeof(bytes) ? len : sizeof(bytes);
		id = sim_frame_make(w, c, bytes, len);
		if (sim.probe_id[w->id][c] == 0u)
			sim.probe_id[w->id][c] = id;
		(void)sim_queue_put(w, c, bytes, len, id, UINT32_MAX);
	}
	sim_nudge(w);
}

/*
 * P6 is checked in the closing phase: the link is up within k polls, and from then on frames are
 * sent each way and class until one arrives. A first one may be lost: damage that only shows when
 * traffic flows again is repaired then.
 */
static void check_recovery(void)
{
	bool up = iwc_is_up(&sim.world[SIM_NS].ep) && iwc_is_up(&sim.world[SIM_S].ep);

	sim_checked(6);
	if (!sim.probing && !up)
		sim_violate(6, &sim.world[SIM_S], "link-down",
			    "the link is not up %u polls after the last fault",
			    sim.sc->recovery_polls);
	sim.probing = true;
	sim.probe_ns = sim.now_ns + 2u * longest_poll();
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		probe(&sim.world[i]);
}

static void begin_closing(void)
{
	sim.closing = true;
	sim_faults_end();
	sim_observe(SIM_MONITOR, SIM_EV_PHASE, 1, 0, 0, sim.now_ns);
	sim.probe_ns = sim.now_ns + longest_poll() * sim.sc->recovery_polls;
}

/* What the IP stacks' clients got back, and whether they got all of it. */
static void check_stack(struct sim_world *w)
{
	struct sim_stack_flow_report r;

	if (w->stack == NULL || !sim.honest || !sim.intact)
		return;
	for (unsigned i = 0; w->stack->flow(i, &r); i++) {
		sim_checked(3);
		if (r.bad != 0u)
			sim_violate(3, w, "echo-content",
				    "the echo of IP flow %u is not what was sent", i);
		if (r.done)
			continue;
		sim_violate(6, w, "echo-unfinished",
			    "IP flow %u is not done at the end: %llu of %llu", i,
			    (unsigned long long)r.received, (unsigned long long)r.sent);
	}
}

static void check_probes(void)
{
	if (!sim.probing || sim.stop)
		return;
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		check_stack(&sim.world[i]);
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		for (unsigned c = 0; c < sim.sc->channel.class_count; c++)
			if (!sim.probe_ok[i][c])
				sim_violate(6, &sim.world[i], "no-traffic",
					    "a frame of class %u that %s sent after the faults "
					    "does not arrive",
					    c, i == SIM_NS ? "ns" : "s");
}

static uint64_t next_phase_ns(void)
{
	return sim.closing ? sim.probe_ns : sim.main_end_ns;
}

/* One turn: the earliest of phases, monitor, faults and worlds. */
static void turn(void)
{
	uint64_t phase = next_phase_ns(), monitor = sim_monitor_due_ns(),
		 fault = sim_faults_due_ns();
	uint64_t other = phase < monitor ? phase : monitor;
	struct sim_world *ns = &sim.world[SIM_NS], *s = &sim.world[SIM_S];
	uint64_t a = due_of(ns), b = due_of(s), first = a < b ? a : b;

	if (fault < other)
		other = fault;
	if (other <= first) {
		if (other > sim.now_ns)
			sim.now_ns = other;
		if (other == fault)
			sim_faults_run(other);
		else if (other == monitor)
			sim_monitor_run(other);
		else if (!sim.closing)
			begin_closing();
		else
			check_recovery();
		return;
	}
	if (first > sim.now_ns)
		sim.now_ns = first;
	if (a <= b)
		run_world(ns, b < other ? b : other);
	else
		run_world(s, a < other ? a : other);
}

static void loop(void)
{
	uint64_t shown = 0;

	while (!sim.stop && sim.now_ns < sim.end_ns) {
		turn();
		if (sim.opt->stop != NULL && *sim.opt->stop != 0) {
			sim.interrupted = true;
			return;
		}
		if (sim.opt->progress != NULL && sim.now_ns - shown > sim.end_ns / 1000u) {
			shown = sim.now_ns;
			sim.opt->progress(sim.opt->progress_ctx, sim.now_ns, sim.end_ns);
		}
	}
	check_probes();
}

/* A job that has not come to its end by the end of the run has no response, and may be late too. */
static void check_jobs(void)
{
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		struct sim_world *w = &sim.world[i];
		const struct sim_world_config *c = &sim.sc->world[i];
		uint64_t at_ns = w->t < sim.end_ns ? w->t : sim.end_ns;

		if (c->critical_period_ns == 0u || at_ns <= w->next_job_ns ||
		    (w->life != SIM_LIFE_RUN && w->life != SIM_LIFE_SLEEP))
			continue;
		if (at_ns - w->next_job_ns > c->critical_deadline_ns)
			sim_violate(10, w, "deadline",
				    "a critical job released %llu ns ago is not done",
				    (unsigned long long)(at_ns - w->next_job_ns));
	}
}

/* ---- a run ---- */

static bool any_named(enum sim_fault_kind from, enum sim_fault_kind to)
{
	for (enum sim_fault_kind k = from; k <= to; k++)
		if (sim_fault_named(k))
			return true;
	return false;
}

static int set_up(char *err, size_t err_size)
{
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		sim.world[i].core = sim_core_find(sim.sc->core[i]);
		if (sim.world[i].core == NULL) {
			snprintf(err, err_size, "core.%s: no core variant \"%s\" (iwc list cores)",
				 i == SIM_NS ? "ns" : "s", sim.sc->core[i]);
			return -2;
		}
	}
	if (sim.world[SIM_S].core->section_bytes(&sim.sc->channel) == 0u) {
		snprintf(err, err_size, "channel: the geometry is not valid");
		return -2;
	}
	if (sim_memory_create() != 0) {
		snprintf(err, err_size, "out of memory for the shared region");
		return -1;
	}
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		if (sim_world_create(&sim.world[i], (enum sim_world_id)i) != 0) {
			snprintf(err, err_size, "out of memory for a world");
			return -1;
		}
	return sim_flows_open(err, err_size);
}

static void tear_down(void)
{
	sim_flows_close();
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		sim_world_destroy(&sim.world[i]);
	sim_memory_destroy();
}

static void power_on(void)
{
	const struct scenario *sc = sim.sc;

	sim_rng_init(&sim.rng_memory, sim.opt->seed, 1);
	sim_rng_init(&sim.rng_schedule, sim.opt->seed, 2);
	for (unsigned i = 0; i < sc->fault_count; i++)
		sim.kinds[sc->fault[i].kind / 64u] |= UINT64_C(1) << (sc->fault[i].kind % 64u);
	sim.weak_threshold = sim_rng_threshold(sc->weak);
	sim.main_end_ns = sc->duration_ns;
	sim.end_ns = sc->duration_ns + sc->closing_ns;
	sim.hash = UINT64_C(0xcbf29ce484222325);
	sim.honest = !any_named(SIM_FAULT_ATTACK_RANDOM, SIM_FAULT_ATTACK_SKIP);
	sim.intact = !sim_fault_named(SIM_FAULT_BIT_FLIP) &&
		     !sim_fault_named(SIM_FAULT_REGION_ZEROED) &&
		     !any_named(SIM_FAULT_FRAME_CORRUPTED, SIM_FAULT_FRAME_LATE);
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		sim_memory_power_on((enum sim_world_id)i, false);
	sim_monitor_power_on();
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		sim_world_power_on(&sim.world[i], sc->world[i].start_ns);
	sim_faults_arm();
}

static int run_virtual(struct sim_result *result, char *err, size_t err_size)
{
	int rc = set_up(err, err_size);

	if (rc == 0) {
		power_on();
		loop();
		check_jobs();
		sim_ghost_end();
		sim_result_fill(result);
	}
	tear_down();
	return rc;
}

int sim_run(const struct scenario *sc, const struct sim_options *opt, struct sim_result *result,
	    char *err, size_t err_size)
{
	int rc;

	memset(&sim, 0, sizeof(sim));
	memset(result, 0, sizeof(*result));
	sim.sc = sc;
	sim.opt = opt;
	if (opt->out != NULL || opt->stream != NULL) {
		sim.output = sim_output_open(opt->out, opt->stream, err, err_size);
		if (sim.output == NULL)
			return -1;
	}
	rc = opt->threads ? sim_run_threads(result, err, err_size)
			  : run_virtual(result, err, err_size);
	if (opt->out != NULL && rc == 0)
		result->json = sim_result_json(result);
	if (sim.output != NULL) {
		char why[256];
		int closed =
		    sim_output_close(sim.output, rc == 0 ? result->json : NULL, why, sizeof(why));

		if (rc == 0 && closed != 0) {
			snprintf(err, err_size, "%s", why);
			rc = -1;
		}
	}
	result->firing = sim.firing;
	result->firing_count = sim.firings;
	return rc;
}

void sim_result_free(struct sim_result *result)
{
	free(result->firing);
	json_decref(result->json);
	memset(result, 0, sizeof(*result));
}
