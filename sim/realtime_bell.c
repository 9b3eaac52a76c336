/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doorbells of realtime.h, and the part of the monitor that the channel needs: the token bucket
 * before S's interrupt, and the count of boots. A doorbell is a bit of its target; the target's
 * processor is woken by its eventfd only if it sleeps.
 */
#include "realtime_machine.h"

/*
 * The bit is pending: its target sees all that the caller stored before. In by's own thread the
 * processor needs no poke: it looks at its worlds before it sleeps.
 */
void rt_pend(struct rt_world *target, const struct rt_cpu *by)
{
	if (!__atomic_exchange_n(&target->bell, true, __ATOMIC_SEQ_CST) && target->cpu != by)
		rt_poke(target->cpu);
}

/* It will be pending at at_ns: two that are on their way merge into the earlier one. */
static void pend_at(struct rt_world *target, const struct rt_cpu *by, uint64_t at_ns)
{
	uint64_t due = rt_load(&target->bell_due_ns);

	while (at_ns < due && !__atomic_compare_exchange_n(&target->bell_due_ns, &due, at_ns, true,
							   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		;
	if (target->cpu != by)
		rt_poke(target->cpu);
}

static void raise_at(struct rt_world *target, const struct rt_cpu *by, uint64_t now_ns,
		     uint64_t late_ns)
{
	if (late_ns == 0u)
		rt_pend(target, by);
	else
		pend_at(target, by, now_ns + late_ns);
}

void rt_monitor_power_on(struct sim_rt *rt)
{
	struct rt_monitor *m = &rt->monitor;

	pthread_mutex_lock(&m->lock);
	iwc_bucket_init(&m->bucket, rt->sc->bucket_interval_ns, rt->sc->bucket_burst,
			sim_rt_now_ns(rt));
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		m->boots[i] = 0;
	rt_store(&m->due_ns, SIM_RT_NEVER);
	pthread_mutex_unlock(&m->lock);
}

uint32_t rt_monitor_epoch(struct sim_rt *rt, enum sim_world_id id)
{
	uint32_t epoch;

	pthread_mutex_lock(&rt->monitor.lock);
	if (++rt->monitor.boots[id] == 0u)
		rt->monitor.boots[id] = 1; /* 0 means "not here" */
	epoch = rt->monitor.boots[id];
	pthread_mutex_unlock(&rt->monitor.lock);
	return epoch;
}

void rt_monitor_wrap(struct sim_rt *rt, enum sim_world_id id)
{
	pthread_mutex_lock(&rt->monitor.lock);
	rt->monitor.boots[id] = UINT32_MAX - 1u;
	pthread_mutex_unlock(&rt->monitor.lock);
}

/* NS calls for an interrupt of S. */
void rt_monitor_call(struct sim_rt *rt, const struct rt_cpu *by, uint64_t late_ns)
{
	struct rt_monitor *m = &rt->monitor;
	struct rt_world *s = &rt->world[SIM_S];
	uint64_t now = sim_rt_now_ns(rt);
	bool granted;

	pthread_mutex_lock(&m->lock);
	m->smcs++;
	granted = iwc_bucket_take(&m->bucket, now);
	m->deferred += !granted;
	__atomic_store_n(&m->due_ns, iwc_bucket_due_ns(&m->bucket), __ATOMIC_SEQ_CST);
	pthread_mutex_unlock(&m->lock);
	if (granted)
		raise_at(s, by, now, late_ns);
	else if (s->cpu != by)
		rt_poke(s->cpu); /* it has a doorbell to expect */
	if (by == rt->world[SIM_NS].cpu)
		rt_event(&rt->world[SIM_NS], SIM_RT_EV_DOORBELL, granted, 0, 0);
}

void rt_monitor_release(struct sim_rt *rt)
{
	struct rt_monitor *m = &rt->monitor;
	bool released;

	pthread_mutex_lock(&m->lock);
	released = iwc_bucket_release(&m->bucket, sim_rt_now_ns(rt));
	__atomic_store_n(&m->due_ns, iwc_bucket_due_ns(&m->bucket), __ATOMIC_SEQ_CST);
	pthread_mutex_unlock(&m->lock);
	if (released)
		rt_pend(&rt->world[SIM_S], rt->world[SIM_S].cpu);
}

/* The hook of the native port: this world rings the other one. */
void rt_ring(struct iwc_native_port *port)
{
	struct rt_world *w = (struct rt_world *)(void *)port;
	uint64_t late = 0;
	int64_t amount;

	if (w->now_ns < w->no_ring_ns)
		return;
	if (w->rt->sc->fault_count != 0u) {
		if (rt_fault_any(w, SIM_FAULT_BELL_LOST, &amount))
			return;
		if (rt_fault_any(w, SIM_FAULT_BELL_DELAYED, &amount))
			late += sim_rng_upto(&w->rng, (uint64_t)amount);
		if (rt_fault_any(w, SIM_FAULT_BELL_WRONG_CORE, &amount))
			late += (uint64_t)amount;
		if (rt_fault_any(w, SIM_FAULT_BELL_DUPLICATED, &amount) && w->id == SIM_NS)
			rt_monitor_call(w->rt, w->cpu, 0);
	}
	if (w->id == SIM_NS) {
		rt_monitor_call(w->rt, w->cpu, late);
		return;
	}
	rt_event(w, SIM_RT_EV_DOORBELL, 1, 0, 0);
	raise_at(w->peer, w->cpu, w->now_ns, late);
}
