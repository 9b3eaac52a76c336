/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * threads.c - the generated traffic of a scenario on two threads in real time (realtime.h), judged.
 *
 * A run is not repeatable. Checked are P2 and P3, on frames that carry their number and their
 * session and by the machine's account of frames, P6 by a frame each way after the faults, and P13
 * by what the MMU says to an attacker.
 */
#include "machine.h"
#include "realtime.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAIR_OFFSET 24u
#define PAIR_END 32u
/* A frame on the way to a sleeping thread of a busy host: what P6 waits for. */
#define GRACE_NS UINT64_C(2000000000)
/* Frames that are generated at one activation. */
#define PORTION 64u

/* A frame that found its ring full. */
struct held {
	uint32_t len_bytes; /* 0: none */
	uint8_t bytes[IWC_FRAME_MAX + 64u];
};

/* A world's user of the link: a generator and a judge. */
struct side {
	enum sim_world_id id;
	struct sim_world *w;
	struct held held[IWC_CLASSES_MAX];
	uint64_t last_id[IWC_CLASSES_MAX], pair[IWC_CLASSES_MAX];
};

static struct {
	struct side side[SIM_WORLDS];
	struct sim_rt *rt;
	pthread_mutex_t lock; /* violations and firings */
	unsigned firing_room;
	bool done; /* these by __atomic */
	bool probe_seen[SIM_WORLDS];
} run;

static void violate(struct side *s, unsigned property, const char *detector, const char *text)
{
	pthread_mutex_lock(&run.lock);
	s->w->t = sim_rt_now_ns(run.rt);
	sim_violate(property, s->w, detector, "%s", text);
	if (sim.stop)
		__atomic_store_n(&run.done, true, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&run.lock);
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

/* A fault has fired: kept for the result, as in virtual time. */
static void note(void *ctx, const struct sim_rt_event *e)
{
	(void)ctx;
	if (e->kind != SIM_RT_EV_FAULT)
		return;
	pthread_mutex_lock(&run.lock);
	if (sim.firings == run.firing_room) {
		unsigned room = run.firing_room != 0u ? 2u * run.firing_room : 64u;
		struct sim_firing *more = realloc(sim.firing, room * sizeof(*more));

		if (more != NULL) {
			sim.firing = more;
			run.firing_room = room;
		}
	}
	if (sim.firings < run.firing_room)
		sim.firing[sim.firings++] =
		    (struct sim_firing){(uint64_t)e->a << 32 | (e->b - 1u), e->time_ns, e->a};
	pthread_mutex_unlock(&run.lock);
}

/* ---- receiving ---- */

/* What the sender put together, from its number and session; frames too short for them pass. */
static void judge(struct side *s, unsigned cls, const uint8_t *b, uint32_t len)
{
	uint64_t id = sim_frame_id(b, len), own = sim_rt_session(run.rt, s->id),
		 pair = own << 32 | own >> 32;
	uint8_t want[IWC_FRAME_MAX];

	if (id == 0u || len < PAIR_END)
		return;
	if (get64(b + PAIR_OFFSET) != pair)
		violate(s, 2, "stale-frame", "a frame of another session is delivered");
	if (s->pair[cls] == pair && id <= s->last_id[cls])
		violate(s, 3, "order", "a frame comes twice or out of order");
	s->pair[cls] = pair;
	s->last_id[cls] = id;
	sim_frame_fill(s->id == SIM_NS ? SIM_S : SIM_NS, cls, id, want, len);
	memcpy(want + PAIR_OFFSET, &pair, 8);
	if (memcmp(want, b, len) != 0)
		violate(s, 3, "content", "bytes are delivered that nobody sent so");
}

static bool deliver(void *ctx, unsigned cls, const uint8_t *frame, uint32_t len_bytes,
		    uint64_t now_ns)
{
	struct side *s = ctx;

	judge(s, cls, frame, len_bytes);
	if (now_ns > sim.main_end_ns)
		__atomic_store_n(&run.probe_seen[s->id], true, __ATOMIC_RELEASE);
	return true;
}

/* ---- sending ---- */

/* Send what is held in the class. False: there is no room yet. */
static bool let_go(struct side *s, unsigned cls)
{
	struct held *h = &s->held[cls];
	struct iwc_frame f = {h->bytes, h->len_bytes};
	uint64_t pair = sim_rt_session(run.rt, s->id);

	if (h->len_bytes == 0u)
		return true;
	if (h->len_bytes >= PAIR_END)
		memcpy(h->bytes + PAIR_OFFSET, &pair, 8);
	if (sim_rt_send(run.rt, s->id, cls, &f, 1, false) == 0u)
		return false;
	h->len_bytes = 0;
	return true;
}

static bool send_one(struct side *s, unsigned cls, uint32_t len)
{
	struct held *h = &s->held[cls];

	if (!let_go(s, cls))
		return false;
	h->len_bytes = len;
	(void)sim_frame_make(s->w, cls, h->bytes, len);
	return let_go(s, cls);
}

static uint64_t gap_of(const struct sim_flow *f, struct sim_flow_state *st)
{
	uint64_t gap = f->pattern == SIM_PATTERN_POISSON ? sim_rng_exponential(&st->rng, f->gap_ns)
							 : f->gap_ns;

	return gap != 0u ? gap : 1u;
}

/* Frames of a flow that are due; returns when the next one is. */
static uint64_t produce_flow(struct side *s, unsigned i, uint64_t now)
{
	const struct sim_flow *f = &sim.sc->flow[i];
	struct sim_flow_state *st = &sim.flow[i];
	unsigned burst = f->pattern == SIM_PATTERN_BURST ? f->burst : 1u;

	for (unsigned k = 0; k < PORTION && st->next_ns <= now; k++) {
		uint32_t more =
		    (uint32_t)sim_rng_upto(&st->rng, f->size_max_bytes - f->size_min_bytes);

		if (!let_go(s, f->cls))
			return SIM_RT_NEVER;
		st->offered++;
		st->sent++;
		(void)send_one(s, f->cls, f->size_min_bytes + more);
		if (st->sent % burst == 0u)
			st->next_ns += gap_of(f, st);
		if ((f->count != 0u && st->sent >= f->count) ||
		    (f->stop_ns != 0u && st->next_ns >= f->stop_ns))
			st->next_ns = SIM_RT_NEVER;
	}
	return st->next_ns;
}

/* After the faults a frame shows that the way is open, until the peer has seen one. */
static void probe(struct side *s)
{
	uint32_t max = sim.sc->channel.cls[0].frame_max_bytes;

	if ((sim_rt_session(run.rt, s->id) & UINT32_MAX) != 0u &&
	    !__atomic_load_n(&run.probe_seen[1u - s->id], __ATOMIC_ACQUIRE))
		(void)send_one(s, 0, max < 64u ? max : 64u);
}

static uint64_t produce(void *ctx, uint64_t now_ns)
{
	struct side *s = ctx;
	uint64_t due = SIM_RT_NEVER;

	for (unsigned c = 0; c < sim.sc->channel.class_count; c++)
		(void)let_go(s, c);
	if (now_ns >= sim.main_end_ns) {
		probe(s);
		return SIM_RT_NEVER;
	}
	for (unsigned i = 0; i < sim.sc->flow_count; i++) {
		const struct sim_flow *f = &sim.sc->flow[i];
		uint64_t next;

		if (f->from != s->id || f->kind != SIM_FLOW_FRAMES)
			continue;
		next = produce_flow(s, i, now_ns);
		due = next < due ? next : due;
	}
	return due < sim.main_end_ns ? due : sim.main_end_ns;
}

/* A new life knows of no frame; numbers go on. */
static uint64_t forget(void *ctx, uint64_t now_ns)
{
	struct side *s = ctx;
	uint64_t lost = 0;

	(void)now_ns;
	for (unsigned c = 0; c < IWC_CLASSES_MAX; c++) {
		lost += s->held[c].len_bytes != 0u;
		s->held[c].len_bytes = 0;
	}
	return lost;
}

/* ---- the run ---- */

static bool seen(unsigned id)
{
	return __atomic_load_n(&run.probe_seen[id], __ATOMIC_ACQUIRE);
}

/* Wait for the end: the main phase, then until a frame came each way or the grace is over. */
static void watch(void)
{
	uint64_t limit = sim.main_end_ns + sim.sc->closing_ns + GRACE_NS, now;
	const struct timespec nap = {.tv_nsec = 1000000};
	bool closing = false;

	while (!__atomic_load_n(&run.done, __ATOMIC_ACQUIRE) &&
	       (now = sim_rt_now_ns(run.rt)) < limit) {
		if (!closing && now >= sim.main_end_ns)
			sim_rt_calm(run.rt);
		closing = now >= sim.main_end_ns;
		nanosleep(&nap, NULL);
		if (sim.opt->stop != NULL && *sim.opt->stop != 0) {
			sim.interrupted = true;
			break;
		}
		if (sim.opt->progress != NULL)
			sim.opt->progress(sim.opt->progress_ctx, now, sim.end_ns);
		if (closing && seen(SIM_NS) && seen(SIM_S))
			break;
	}
}

static void judge_flow(unsigned id, const struct sim_rt_flow *f)
{
	sim.frames_sent += f->sent;
	sim.frames_delivered += f->delivered;
	if (f->delivered != 0u) {
		sim_checked(2);
		sim_checked(3);
	}
	if (f->unaccounted != 0u)
		sim_violate(3, &sim.world[id], "uncounted-loss",
			    "%llu frames have no cause of loss, or two",
			    (unsigned long long)f->unaccounted);
}

static void judge_recovery(unsigned id)
{
	if (sim.interrupted || sim.stop)
		return;
	sim_checked(6);
	if (!seen(id))
		sim_violate(6, &sim.world[id], "no-traffic",
			    "no frame arrived at %s after the faults", id == SIM_NS ? "ns" : "s");
}

static void judge_writes(const struct sim_rt_status *st)
{
	uint64_t tried = 0;

	for (unsigned i = 0; i < sim.sc->fault_count; i++)
		if (sim.sc->fault[i].kind == SIM_FAULT_ATTACK_WRITE_PEER)
			tried += st->fired[i];
	if (tried != 0u)
		sim_checked(13);
	if (tried != st->world[SIM_NS].mmu_faults)
		sim_violate(13, &sim.world[SIM_NS], "writes-peer",
			    "the kernel writes the secure section");
}

/* What the result reports of a world. */
static void take_over(struct sim_world *w, const struct sim_rt_status *st)
{
	const struct sim_rt_world_status *o = &st->world[w->id];
	const struct sim_rt_flow *f = &st->flow[w->id], *in = &st->flow[1u - w->id];

	w->ep = *sim_rt_endpoint(run.rt, w->id);
	w->epoch = o->epoch;
	w->boots = o->boots;
	w->crashes = o->crashes;
	w->renewals = o->renewals;
	w->activations = o->activations;
	w->polls = o->polls;
	w->interrupts = o->interrupts;
	w->mmu_faults = o->mmu_faults;
	w->t = sim.now_ns;
	w->drops[SIM_DROP_FULL] = f->drops[SIM_RT_DROP_FULL];
	w->drops[SIM_DROP_DOWN] = f->drops[SIM_RT_DROP_DOWN];
	w->drops[SIM_DROP_LENGTH] = f->drops[SIM_RT_DROP_LENGTH];
	w->drops[SIM_DROP_SESSION] = f->drops[SIM_RT_DROP_SESSION];
	w->drops[SIM_DROP_E2E] = in->drops[SIM_RT_DROP_E2E];
	w->drops[SIM_DROP_BUFFERS] = in->drops[SIM_RT_DROP_CLIENT];
}

static void conclude(void)
{
	static struct sim_rt_status st; /* large */

	sim.now_ns = sim_rt_now_ns(run.rt);
	sim_rt_stop(run.rt);
	sim_rt_status(run.rt, &st);
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		take_over(&sim.world[i], &st);
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		judge_flow(i, &st.flow[i]);
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		judge_recovery(i);
	judge_writes(&st);
	for (unsigned i = 0; i < sim.sc->fault_count; i++)
		sim.fault[i].fired = st.fired[i];
	sim.monitor.smcs = st.smcs;
	sim.monitor.deferred = st.deferred;
}

static int prepare(struct sim_rt_client client[SIM_WORLDS], char *err, size_t err_size)
{
	memset(&run, 0, sizeof(run));
	pthread_mutex_init(&run.lock, NULL);
	sim.main_end_ns = sim.sc->duration_ns;
	sim.end_ns = sim.sc->duration_ns + sim.sc->closing_ns;
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		sim.world[i].core = sim_core_find("core");
		run.side[i] = (struct side){.id = (enum sim_world_id)i, .w = &sim.world[i]};
		client[i] = (struct sim_rt_client){.ctx = &run.side[i],
						   .boot = forget,
						   .deliver = deliver,
						   .run = produce,
						   .fd = -1};
		if (sim_world_create(&sim.world[i], (enum sim_world_id)i) != 0) {
			snprintf(err, err_size, "out of memory for a world");
			return -1;
		}
	}
	for (unsigned i = 0; i < sim.sc->flow_count; i++) {
		sim_rng_init(&sim.flow[i].rng, sim.opt->seed, 100u + i);
		sim.flow[i].next_ns = sim.sc->flow[i].start_ns;
	}
	return 0;
}

int sim_run_threads(struct sim_result *result, char *err, size_t err_size)
{
	const struct sim_rt_observer observer = {.event = note};
	struct sim_rt_options opt = {.seed = sim.opt->seed, .observer = &observer};
	struct sim_rt_client client[SIM_WORLDS];
	int rc;

	if (!sim_rt_possible(sim.sc, err, err_size))
		return -2;
	rc = prepare(client, err, err_size);
	if (rc == 0) {
		run.rt = sim_rt_create(sim.sc, &opt, client, err, err_size);
		rc = run.rt != NULL ? sim_rt_start(run.rt, err, err_size) : -1;
	}
	if (rc == 0) {
		watch();
		conclude();
		sim_result_fill(result);
	}
	sim_rt_destroy(run.rt);
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		sim_world_destroy(&sim.world[i]);
	pthread_mutex_destroy(&run.lock);
	return rc;
}
