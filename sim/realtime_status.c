/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The account of realtime.h. Each world draws a picture of its own counters when it is asked, so
 * that counting costs nothing and a world never waits for who asks. What a frame is counted by is
 * independent: the sender counts what iwc_send took, the receiver what it got from iwc_recv and
 * what the counters of core/ say was refused, the ledger what is left over.
 */
#include "realtime_machine.h"

#include <string.h>
#include <time.h>

/* How long a picture is waited for: a world at work draws it before its next turn. */
#define LOOKS 1000u
#define LOOK_NS 50000

void rt_draw(struct rt_world *w)
{
	unsigned want = RT_WANT_PICTURE;

	if (!__atomic_compare_exchange_n(&w->want, &want, RT_WANT_DRAWN, false, __ATOMIC_ACQUIRE,
					 __ATOMIC_RELAXED))
		return;
	rt_count(w);
	w->picture = w->n;
	__atomic_store_n(&w->want, RT_WANT_NOTHING, __ATOMIC_RELEASE);
}

static bool drawn(struct rt_world *w)
{
	return __atomic_load_n(&w->want, __ATOMIC_ACQUIRE) == RT_WANT_NOTHING;
}

/* A world that does not answer in time is shown as it was the last time. */
static void give_up(struct rt_world *w)
{
	unsigned want = RT_WANT_PICTURE;
	struct timespec ts = {.tv_nsec = LOOK_NS};

	if (__atomic_compare_exchange_n(&w->want, &want, RT_WANT_NOTHING, false, __ATOMIC_ACQUIRE,
					__ATOMIC_ACQUIRE))
		return;
	while (!drawn(w))
		nanosleep(&ts, NULL);
}

static void ask(struct sim_rt *rt)
{
	struct timespec ts = {.tv_nsec = LOOK_NS};

	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		__atomic_store_n(&rt->world[i].want, RT_WANT_PICTURE, __ATOMIC_SEQ_CST);
		rt_poke(rt->world[i].cpu);
	}
	for (unsigned k = 0; k < LOOKS; k++) {
		if (drawn(&rt->world[SIM_NS]) && drawn(&rt->world[SIM_S]))
			return;
		nanosleep(&ts, NULL);
	}
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		give_up(&rt->world[i]);
}

static void show_flow(const struct sim_rt *rt, const struct rt_counts *from,
		      const struct rt_counts *to, uint64_t in_flight, struct sim_rt_flow *f)
{
	uint64_t known = to->delivered;

	f->offered = from->offered;
	f->offered_bytes = from->offered_bytes;
	f->sent = from->sent;
	f->sent_bytes = from->sent_bytes;
	f->delivered = to->delivered;
	f->delivered_bytes = to->delivered_bytes;
	f->strays = to->strays;
	memcpy(f->drops, from->drops, sizeof(f->drops));
	f->drops[SIM_RT_DROP_STALE] = to->drops[SIM_RT_DROP_STALE];
	f->drops[SIM_RT_DROP_E2E] = to->drops[SIM_RT_DROP_E2E];
	f->drops[SIM_RT_DROP_CLIENT] = to->drops[SIM_RT_DROP_CLIENT];
	/* Given up, and found afterwards. */
	f->drops[SIM_RT_DROP_SESSION] -=
	    to->found < f->drops[SIM_RT_DROP_SESSION] ? to->found : f->drops[SIM_RT_DROP_SESSION];
	f->latency = to->latency;
	for (unsigned d = SIM_RT_DROP_SESSION; d < SIM_RT_DROPS; d++)
		known += f->drops[d];
	if (rt->running) {
		f->in_flight = f->sent > known ? f->sent - known : 0u;
		f->unaccounted = 0;
		return;
	}
	f->in_flight = in_flight;
	known += in_flight;
	f->unaccounted = f->sent > known ? f->sent - known : known - f->sent;
}

void sim_rt_status(struct sim_rt *rt, struct sim_rt_status *status)
{
	memset(status, 0, sizeof(*status));
	pthread_mutex_lock(&rt->status_lock);
	if (rt->running)
		ask(rt);
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		struct rt_world *w = &rt->world[i];

		if (!rt->running) {
			rt_count(w);
			w->picture = w->n;
		}
		status->world[i] = w->picture.world;
	}
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		show_flow(rt, &rt->world[i].picture, &rt->world[1u - i].picture, rt->in_flight[i],
			  &status->flow[i]);
	for (unsigned i = 0; i < rt->sc->fault_count; i++)
		status->fired[i] = rt_load(&rt->fault[i].fired);
	status->now_ns = sim_rt_now_ns(rt);
	pthread_mutex_lock(&rt->monitor.lock);
	status->smcs = rt->monitor.smcs;
	status->deferred = rt->monitor.deferred;
	pthread_mutex_unlock(&rt->monitor.lock);
	pthread_mutex_unlock(&rt->status_lock);
}

const struct iwc *sim_rt_endpoint(const struct sim_rt *rt, enum sim_world_id world)
{
	return &rt->world[world].ep;
}
