/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a world of realtime.h does at its turn: boot, or one activation of the channel with its
 * client. Nothing here waits; a world that is dead or hangs only gets no turn.
 */
#include "realtime_machine.h"

/* Frames received between two looks at the clock. */
#define CLOCK_FRAMES 8u

static uint64_t earliest(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* ---- accounts ---- */

void rt_settle(struct rt_world *w, uint64_t alive, uint64_t *open)
{
	for (unsigned c = 0; c < w->rt->channel.class_count; c++) {
		struct rt_settled s = rt_ledger_settle(&w->ledger[c], alive);

		w->n.drops[SIM_RT_DROP_SESSION] += s.session;
		w->n.drops[SIM_RT_DROP_CREDIT] += s.credit;
		*open += s.open;
	}
}

void rt_count(struct rt_world *w)
{
	struct sim_rt_world_status *o = &w->n.world;
	const struct iwc_counters *a = &w->base, *b = &w->ep.n;

	o->state = w->ep.state;
	o->epoch = w->ep.epoch;
	o->peer_epoch = w->ep.peer_epoch;
	o->ups = a->ups + b->ups;
	o->downs = a->downs + b->downs;
	o->violations = a->violations + b->violations;
	o->stalls = a->stalls + b->stalls;
	o->rings = a->rings + b->rings;
	o->mmu_faults = w->id == SIM_NS ? rt_load(&w->rt->mmu_faults) : 0u;
}

/* The counters of a life that ends. */
static void keep_counters(struct rt_world *w)
{
	w->base.ups += w->ep.n.ups;
	w->base.downs += w->ep.n.downs;
	w->base.violations += w->ep.n.violations;
	w->base.stalls += w->ep.n.stalls;
	w->base.rings += w->ep.n.rings;
}

/* Say what a call of core/ has changed; the native port has no trace. */
static void watch(struct rt_world *w)
{
	if (w->ep.n.violations != w->violations) {
		w->violations = w->ep.n.violations;
		rt_event(w, SIM_RT_EV_VIOLATION, w->ep.reason, 0, 0);
	}
	if (w->ep.state != w->state) {
		w->state = w->ep.state;
		rt_event(w, SIM_RT_EV_STATE, w->state, rt_pair(&w->ep), 0);
	}
}

/* ---- receiving ---- */

static uint64_t e2e_refused(const struct iwc_consumer *rx)
{
	const struct iwc_e2e_counters *n = &rx->check.n;

	return n->corrupted + n->inserted + n->repeated + n->reordered;
}

/* Where this world stands in each ring; only iwc_recv moves it while the link is up. */
static void note_positions(struct rt_world *w)
{
	w->rx_pair = (uint64_t)w->ep.peer_epoch << 32 | w->ep.epoch;
	for (unsigned c = 0; c < w->rt->channel.class_count; c++) {
		w->rx_pos[c] = w->ep.rx[c].pos;
		w->refused[c] = e2e_refused(&w->ep.rx[c]);
	}
}

/* The next frame of class c that core/ has taken; false: the ledger has no such frame. */
static bool take(struct rt_world *w, unsigned c, struct rt_taken *t)
{
	if (!rt_ledger_take(&w->peer->ledger[c], w->rx_pos[c], w->ep.rx[c].pos, w->rx_pair, t)) {
		w->n.strays++;
		return false;
	}
	w->n.found += t->lost;
	w->rx_pos[c] = t->next;
	return true;
}

/* It was taken and not delivered. */
static void drop(struct rt_world *w, unsigned c, enum sim_rt_drop why)
{
	struct rt_taken t;

	if (!take(w, c, &t))
		return;
	w->n.drops[why]++;
	rt_event(w, SIM_RT_EV_DROP, c, t.id, why);
}

static void deliver(struct rt_world *w, unsigned c)
{
	struct rt_taken t;
	bool known = take(w, c, &t), taken = false;

	w->cpu->busy = true;
	if (w->now_ns >= w->no_buffers_ns)
		taken = w->client.deliver == NULL ||
			w->client.deliver(w->client.ctx, c, w->rx.buf, w->rx.len_bytes, w->now_ns);
	if (!known)
		return;
	if (!taken) {
		w->n.drops[SIM_RT_DROP_CLIENT]++;
		rt_event(w, SIM_RT_EV_DROP, c, t.id, SIM_RT_DROP_CLIENT);
		return;
	}
	w->n.delivered++;
	w->n.delivered_bytes += w->rx.len_bytes;
	histogram_record(&w->n.latency, w->now_ns > t.sent_ns ? w->now_ns - t.sent_ns : 0u);
	rt_event(w, SIM_RT_EV_DELIVER, c, t.id, w->rx.len_bytes);
}

/*
 * What the last iwc_recv, for one frame, has taken: in each class first those that the end-to-end
 * check refused, then the one that is delivered, or was copied when the session had gone.
 */
static void account(struct rt_world *w, bool got, unsigned cls, uint64_t stale)
{
	for (unsigned c = 0; c < w->rt->channel.class_count; c++) {
		const struct iwc_consumer *rx = &w->ep.rx[c];
		uint64_t refused;

		if (rx->pos == w->rx_pos[c])
			continue;
		refused = rx->protect ? e2e_refused(rx) - w->refused[c] : 0u;
		w->refused[c] += refused;
		while (refused-- != 0u)
			drop(w, c, SIM_RT_DROP_E2E);
		if (got && c == cls) {
			deliver(w, c);
		} else if (stale != 0u && rx->pos != w->rx_pos[c]) {
			stale--;
			drop(w, c, SIM_RT_DROP_STALE);
		}
		w->rx_pos[c] = rx->pos;
	}
}

static void receive(struct rt_world *w)
{
	unsigned cls = 0, n, count = 0;

	if (w->now_ns < w->no_take_ns)
		return;
	do {
		uint64_t stale = w->ep.n.stale;

		if (++count % CLOCK_FRAMES == 0u)
			w->now_ns = sim_rt_now_ns(w->rt);
		n = iwc_recv(&w->ep, &w->rx, 1, &cls);
		account(w, n != 0u, cls, w->ep.n.stale - stale);
	} while (n != 0u);
}

/* ---- life ---- */

void rt_die(struct rt_world *w, uint64_t back_ns)
{
	if (w->life != RT_LIFE_OFF) {
		w->n.world.crashes++;
		rt_event(w, SIM_RT_EV_CRASH, 0, 0, 0);
	}
	w->life = RT_LIFE_OFF;
	w->hold_ns = w->now_ns + back_ns + w->rt->sc->world[w->id].boot_ns;
}

static void forget(struct rt_world *w)
{
	keep_counters(w);
	for (unsigned c = 0; c < IWC_CLASSES_MAX; c++)
		w->blocked[c] = 0;
	w->clock_offset = 0;
	w->no_take_ns = w->no_buffers_ns = w->late_tick_ns = 0;
	w->masked_ns = 0;
	w->reload = false;
	w->violations = 0;
	w->state = IWC_STATE_DOWN;
	rt_store(&w->bell, false);
	rt_store(&w->bell_due_ns, SIM_RT_NEVER);
}

static void say_wrong_version(struct rt_world *w)
{
	struct iwc_header *h = (struct iwc_header *)(void *)w->own;
	int64_t amount;

	if (!rt_fault_any(w, SIM_FAULT_VERSION, &amount))
		return;
	__atomic_store_n((uint64_t *)&h->hello[0], IWC_MAGIC | UINT64_C(99) << 32,
			 __ATOMIC_RELAXED);
	__atomic_store_n((uint64_t *)&h->hello[1], UINT64_MAX, __ATOMIC_RELAXED);
}

static void boot(struct rt_world *w)
{
	uint64_t lost;
	uint32_t epoch;
	int64_t amount;

	if (w->told_up && w->client.link != NULL)
		w->client.link(w->client.ctx, false, w->now_ns);
	w->told_up = false;
	forget(w);
	lost = w->client.boot != NULL ? w->client.boot(w->client.ctx, w->now_ns) : 0u;
	w->n.drops[SIM_RT_DROP_CRASH] += lost;
	if (lost != 0u)
		rt_event(w, SIM_RT_EV_DROP, 0, 0, SIM_RT_DROP_CRASH);
	if (rt_fault_any(w, SIM_FAULT_EPOCH_WRAP, &amount))
		rt_monitor_wrap(w->rt, w->id);
	epoch = rt_monitor_epoch(w->rt, w->id);
	w->life = RT_LIFE_RUN;
	w->n.world.boots++;
	rt_event(w, SIM_RT_EV_BOOT, epoch, 0, 0);
	(void)iwc_init(&w->ep, &w->rt->channel, w->own, w->other, &w->port);
	(void)iwc_boot(&w->ep, epoch);
	say_wrong_version(w);
	w->poll_due_ns = SIM_RT_NEVER; /* the first look needs no poll */
}

/* ---- an activation ---- */

static void session(struct rt_world *w)
{
	int64_t now = (int64_t)w->now_ns + w->clock_offset;
	unsigned events = iwc_begin(&w->ep, now > 0 ? (uint64_t)now : 0u);
	uint64_t open = 0;

	watch(w);
	if ((events & IWC_EVENT_RENEW) != 0u || w->reload) {
		uint32_t epoch = rt_monitor_epoch(w->rt, w->id);

		w->reload = false;
		w->n.world.renewals++;
		rt_event(w, SIM_RT_EV_RENEW, epoch, 0, 0);
		(void)iwc_renew(&w->ep, epoch);
		watch(w);
	}
	if ((events & IWC_EVENT_LATE) != 0u)
		rt_event(w, SIM_RT_EV_LATE, 0, 0, 0);
	if ((events & IWC_EVENT_DOWN) != 0u && w->told_up && w->client.link != NULL)
		w->client.link(w->client.ctx, false, w->now_ns);
	if ((events & IWC_EVENT_DOWN) != 0u)
		w->told_up = false;
	note_positions(w);
	if ((events & IWC_EVENT_UP) == 0u || !iwc_is_up(&w->ep))
		return;
	/* The peer has acknowledged this session: it has left all others. */
	rt_settle(w, 0, &open);
	w->told_up = true;
	if (w->client.link != NULL)
		w->client.link(w->client.ctx, true, w->now_ns);
}

static bool is_blocked(const struct rt_world *w)
{
	for (unsigned c = 0; c < w->rt->channel.class_count; c++)
		if (w->blocked[c] != 0u)
			return true;
	return false;
}

bool rt_listens(const struct rt_world *w, uint64_t now_ns)
{
	return w->client.fd >= 0 && !w->deaf && w->life == RT_LIFE_RUN && now_ns >= w->hold_ns &&
	       !is_blocked(w);
}

static void run_client(struct rt_world *w)
{
	bool fits = false, blocked;

	for (unsigned c = 0; c < w->rt->channel.class_count; c++)
		w->blocked[c] = 0;
	w->client_due_ns = w->client.run(w->client.ctx, w->now_ns);
	blocked = is_blocked(w);
	for (unsigned c = 0; blocked && c < w->rt->channel.class_count; c++)
		if (w->blocked[c] != 0u)
			fits = iwc_arm_space(&w->ep, c, w->blocked[c]) || fits;
	w->again = w->again || fits;
	/* What it kept waits for room, not for time. */
	if (blocked && w->client_due_ns <= w->now_ns)
		w->client_due_ns = SIM_RT_NEVER;
}

static void activation(struct rt_world *w)
{
	const struct sim_world_config *cfg = &w->rt->sc->world[w->id];

	if (w->now_ns >= w->masked_ns && rt_load(&w->bell) &&
	    __atomic_exchange_n(&w->bell, false, __ATOMIC_SEQ_CST))
		w->n.world.interrupts++;
	else if (w->now_ns >= w->poll_due_ns)
		w->n.world.polls++;
	w->n.world.activations++;
	w->again = false;
	w->readable = false;
	if (!rt_faults_activation(w))
		return;
	w->poll_due_ns =
	    cfg->poll_ns != 0u ? w->now_ns + cfg->poll_ns + w->late_tick_ns : SIM_RT_NEVER;
	w->late_tick_ns = 0;
	session(w);
	receive(w);
	run_client(w);
	if (iwc_arm(&w->ep) && w->now_ns >= w->no_take_ns)
		w->again = true;
	watch(w);
}

/* ---- turns ---- */

uint64_t rt_due_ns(struct rt_world *w, uint64_t now_ns)
{
	uint64_t due;

	if (rt_load(&w->kill_ns) != 0u || (rt_load(&w->rt->calm) && !w->calmed))
		return 0;
	if (__atomic_load_n(&w->rt->monitor.reset, __ATOMIC_ACQUIRE))
		return w->life == RT_LIFE_PARKED ? SIM_RT_NEVER : 0u;
	if (w->life == RT_LIFE_PARKED)
		return 0;
	if (now_ns < w->hold_ns)
		return w->hold_ns;
	if (w->life == RT_LIFE_OFF || w->again || w->readable)
		return 0;
	due = earliest(earliest(w->poll_due_ns, w->client_due_ns), w->timer_ns);
	due = earliest(due, rt_load(&w->bell_due_ns));
	if (w->id == SIM_S)
		due = earliest(due, rt_load(&w->rt->monitor.due_ns));
	if (rt_load(&w->bell))
		due = earliest(due, w->masked_ns);
	if (now_ns < w->no_take_ns)
		due = earliest(due, w->no_take_ns);
	return due;
}

/* Doorbells that are due to arrive. */
static void doorbells(struct rt_world *w)
{
	if (w->now_ns >= rt_load(&w->bell_due_ns)) {
		__atomic_store_n(&w->bell_due_ns, SIM_RT_NEVER, __ATOMIC_SEQ_CST);
		rt_pend(w, w->cpu);
	}
	if (w->id == SIM_S && w->now_ns >= rt_load(&w->rt->monitor.due_ns))
		rt_monitor_release(w->rt);
}

void rt_turn(struct rt_world *w)
{
	w->now_ns = sim_rt_now_ns(w->rt);
	w->cpu->now_ns = w->now_ns;
	if (!w->calmed && rt_load(&w->rt->calm))
		rt_faults_calm(w);
	if (rt_faults_attend(w) || w->now_ns < w->hold_ns)
		return;
	if (w->life == RT_LIFE_OFF)
		boot(w);
	doorbells(w);
	activation(w);
}
