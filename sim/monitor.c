/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * monitor.c - the part of the EL3 monitor that the channel needs: it counts boots, and it turns a
 * doorbell call of the non-secure world into a secure interrupt, through the token bucket of core/.
 * A doorbell is a bit: requests that meet merge, and one that finds the bucket empty is remembered.
 */
#include "machine.h"

void sim_monitor_power_on(void)
{
	struct sim_monitor *m = &sim.monitor;

	sim.world[SIM_S].core->bucket_init(&m->bucket, sim.sc->bucket_interval_ns,
					   sim.sc->bucket_burst, sim.now_ns);
	m->storm_next_ns = SIM_NEVER;
}

uint32_t sim_monitor_boot(enum sim_world_id id)
{
	if ((sim.sc->weakness & SIM_WEAK_NO_BOOT_COUNT) != 0u)
		return 1;
	if (++sim.monitor.boots[id] == 0u)
		sim.monitor.boots[id] = 1; /* 0 means "not here" */
	return sim.monitor.boots[id];
}

/* Make the interrupt pending at its target. */
static void pend(struct sim_world *target, uint64_t at_ns, uint64_t order_seq)
{
	if (target->life == SIM_LIFE_DEAD || target->life == SIM_LIFE_OFF)
		return;
	if (at_ns < target->irq_ns)
		target->irq_ns = at_ns;
	if (order_seq > target->irq_seq)
		target->irq_seq = order_seq;
	if (target->life == SIM_LIFE_SLEEP) {
		uint64_t wake = at_ns > target->masked_ns ? at_ns : target->masked_ns;

		if (wake < target->wake_ns)
			target->wake_ns = wake;
	}
}

/* P5: any burst + 1 interrupts take at least one refill interval. */
static void check_rate(uint64_t at_ns)
{
	struct sim_monitor *m = &sim.monitor;
	uint32_t burst = sim.sc->bucket_burst;

	sim_checked(5);
	if (burst < 64u && m->raises >= burst &&
	    at_ns - m->raised[(m->raises - burst) % 64u] < sim.sc->bucket_interval_ns)
		sim_violate(5, &sim.world[SIM_S], "interrupt-rate",
			    "%u doorbell interrupts within %llu ns", burst + 1u,
			    (unsigned long long)(at_ns - m->raised[(m->raises - burst) % 64u]));
	m->raised[m->raises++ % 64u] = at_ns;
}

static void raise_secure(uint64_t now_ns, uint64_t order_seq, uint64_t late_ns)
{
	check_rate(now_ns);
	sim_observe(SIM_MONITOR, SIM_EV_INTERRUPT, SIM_S, 0, 0, now_ns);
	pend(&sim.world[SIM_S], now_ns + late_ns + sim.sc->bell_ns, order_seq);
}

static uint64_t advance(uint64_t now_ns)
{
	struct sim_monitor *m = &sim.monitor;

	if (now_ns > m->clock_ns)
		m->clock_ns = now_ns;
	return m->clock_ns;
}

/* An SMC of the non-secure world reached the monitor. */
static void call(uint64_t now_ns, uint64_t order_seq, uint64_t late_ns)
{
	struct sim_monitor *m = &sim.monitor;

	now_ns = advance(now_ns);
	m->smcs++;
	if ((sim.sc->weakness & SIM_WEAK_NO_BUCKET) != 0u ||
	    sim.world[SIM_S].core->bucket_take(&m->bucket, now_ns)) {
		raise_secure(now_ns, order_seq, late_ns);
		return;
	}
	m->deferred++;
	sim_observe(SIM_MONITOR, SIM_EV_DEFERRED, 0, 0, 0, now_ns);
}

void sim_monitor_doorbell(struct sim_world *from, uint64_t now_ns)
{
	struct sim_world *target = sim_peer(from);
	uint64_t extra = 0, order = from->seq;
	int64_t amount = 0;

	if (from->id == SIM_NS) {
		from->t += sim.sc->smc_ns;
		if (now_ns < from->no_ring_ns)
			return;
	}
	if (from->id == SIM_NS)
		sim_observe(SIM_NS, SIM_EV_SMC, 0, 0, 0, now_ns);
	if (sim_fault_any(SIM_FAULT_BELL_LOST, from, NULL))
		return;
	if (sim_fault_any(SIM_FAULT_BELL_EARLY, from, NULL))
		order = 0;
	if (sim_fault_any(SIM_FAULT_BELL_DELAYED, from, &amount))
		extra += sim_rng_upto(&sim.rng_schedule, (uint64_t)amount);
	if (sim_fault_any(SIM_FAULT_BELL_WRONG_CORE, from, &amount))
		extra += (uint64_t)amount;
	if (sim_fault_any(SIM_FAULT_BELL_DUPLICATED, from, NULL) && from->id == SIM_NS)
		call(now_ns, order, 0);
	if (from->id == SIM_NS) {
		call(now_ns, order, extra);
		return;
	}
	/* The secure world raises an interrupt of the other one by itself. */
	sim_observe(SIM_S, SIM_EV_INTERRUPT, SIM_NS, 0, 0, now_ns);
	pend(target, now_ns + extra + sim.sc->bell_ns, order);
}

void sim_monitor_spurious(struct sim_world *target, uint64_t now_ns)
{
	pend(target, now_ns, 0);
}

void sim_monitor_storm(uint64_t now_ns, uint64_t duration_ns, uint64_t interval_ns)
{
	sim.monitor.storm_next_ns = now_ns;
	sim.monitor.storm_end_ns = now_ns + duration_ns;
	sim.monitor.storm_interval_ns = interval_ns != 0u ? interval_ns : 1000u;
}

uint64_t sim_monitor_due_ns(void)
{
	struct sim_monitor *m = &sim.monitor;
	uint64_t due = sim.world[SIM_S].core->bucket_due_ns(&m->bucket);

	return m->storm_next_ns < due ? m->storm_next_ns : due;
}

void sim_monitor_run(uint64_t now_ns)
{
	struct sim_monitor *m = &sim.monitor;

	if (m->storm_next_ns <= now_ns) {
		m->storm_next_ns += m->storm_interval_ns;
		if (m->storm_next_ns > m->storm_end_ns)
			m->storm_next_ns = SIM_NEVER;
		call(now_ns, 0, 0);
	}
	now_ns = advance(now_ns);
	if (sim.world[SIM_S].core->bucket_release(&m->bucket, now_ns))
		raise_secure(now_ns, sim.world[SIM_NS].seq, 0);
}
