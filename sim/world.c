/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * world.c - what a world runs: boot, then for ever critical jobs, activations of the channel, and
 * sleep. The non-secure world stands for a Linux driver (keeps what doesn't fit, no critical
 * task), the secure world for an RTOS (drops what doesn't fit, a periodic task with a deadline).
 * An activation is not preempted by the critical task, so its bound is part of the deadline's sum.
 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sim_world_config *config(const struct sim_world *w)
{
	return &sim.sc->world[w->id];
}

static uint64_t clock_of(const struct sim_world *w)
{
	int64_t now = (int64_t)w->t + w->clock_offset;

	return now > 0 ? (uint64_t)now : 0u;
}

uint64_t sim_world_pair(const struct sim_world *w)
{
	return (uint64_t)w->ep.epoch << 32 | w->ep.peer_epoch;
}

/* ---- critical task ---- */

static void run_jobs(struct sim_world *w)
{
	const struct sim_world_config *c = config(w);

	while (c->critical_period_ns != 0u && w->next_job_ns <= w->t) {
		uint64_t release = w->next_job_ns, response;

		sim_spend(w, c->critical_wcet_ns);
		response = w->t - release;
		w->jobs++;
		w->next_job_ns += c->critical_period_ns;
		histogram_record(&sim.response, response);
		if (response > w->worst_response_ns)
			w->worst_response_ns = response;
		sim_checked(10);
		if (response <= c->critical_deadline_ns)
			continue;
		w->jobs_missed++;
		sim_observe((uint8_t)w->id, SIM_EV_MISS, 0, response, 0, w->t);
		sim_violate(10, w, "deadline", "critical job took %llu ns, deadline %llu ns",
			    (unsigned long long)response,
			    (unsigned long long)c->critical_deadline_ns);
	}
}

/* ---- receiving ---- */

static uint16_t ethertype(const uint8_t *frame)
{
	return (uint16_t)(frame[12] << 8 | frame[13]);
}

/* The port without a private copy: what is used is what shared memory holds by now. */
static void use_in_place(struct sim_world *w, unsigned cls, struct iwc_frame *f, uint64_t line)
{
	unsigned index = (unsigned)line & (sim.range[cls].lines - 1u);
	const uint8_t *now = sim_memory_line(sim_peer(w)->id, cls, index);

	if (memcmp(f->buf, now, f->len_bytes) == 0)
		return;
	sim_violate(1, w, "used-after-check",
		    "the bytes used are not those that the filter passed");
	memcpy(f->buf, now, f->len_bytes);
}

static void deliver(struct sim_world *w, unsigned cls, struct iwc_frame *f, uint64_t line)
{
	const struct sim_world_config *c = config(w);

	sim_spend(w, c->frame_ns);
	if (f->len_bytes < IWC_FRAME_MIN || f->len_bytes > IWC_FRAME_MAX) {
		sim_violate(1, w, "bad-length", "a frame of %u bytes is delivered", f->len_bytes);
		return;
	}
	if (c->filter_ethertype != 0u && ethertype(f->buf) != c->filter_ethertype) {
		w->drops[SIM_DROP_FILTER]++;
		sim_observe((uint8_t)w->id, SIM_EV_DROP, cls, 0, SIM_DROP_FILTER, w->t);
		sim_ghost_delivered(w, cls, f->buf, f->len_bytes);
		return;
	}
	if ((sim.sc->weakness & SIM_WEAK_ZERO_COPY) != 0u)
		use_in_place(w, cls, f, line);
	sim_ghost_delivered(w, cls, f->buf, f->len_bytes);
	if (w->stack == NULL)
		return;
	if (w->t < w->no_buffers_ns) {
		w->drops[SIM_DROP_BUFFERS]++;
		sim_observe((uint8_t)w->id, SIM_EV_DROP, cls, 0, SIM_DROP_BUFFERS, w->t);
		return;
	}
	w->stack->input(f->buf, f->len_bytes, w->t);
}

static void receive(struct sim_world *w)
{
	/* With classes, a frame at a time: what is more urgent waits for one frame at most (P12).
	 */
	unsigned most = sim.sc->channel.class_count > 1u ? 1u : IWC_BURST_MAX, cls = 0, n;

	if (w->t < w->no_take_ns)
		return;
	for (;;) {
		uint64_t line;

		w->op++;
		w->racy = false;
		w->burst_ns = w->t;
		n = w->core->recv(&w->ep, w->rx, most, &cls);
		if (n == 0u)
			return;
		w->taken[cls] += n;
		if (w->taken[cls] > sim.sc->channel.cls[cls].budget)
			sim_violate(4, w, "budget", "%u frames of class %u in one activation",
				    w->taken[cls], cls);
		if (w->racy && sim.honest && sim.intact)
			sim_violate(3, w, "race",
				    "delivers bytes that no acquire ordered behind their store");
		line = w->ep.rx[cls].pos;
		for (unsigned i = 0; i < n; i++)
			line -= (w->rx[i].len_bytes + IWC_LINE - 1u) / IWC_LINE;
		for (unsigned i = 0; i < n; i++) {
			deliver(w, cls, &w->rx[i], line);
			line += (w->rx[i].len_bytes + IWC_LINE - 1u) / IWC_LINE;
		}
	}
}

/* ---- sending ---- */

static void drop_head(struct sim_world *w, unsigned cls, unsigned n, enum sim_drop why)
{
	struct sim_queue *q = &w->queue[cls];

	for (unsigned i = 0; i < n; i++) {
		const struct sim_slot *s = &q->slot[q->head];

		w->drops[why]++;
		sim_observe((uint8_t)w->id, SIM_EV_DROP, cls, s->id, why, w->t);
		if (s->flow < SIM_FLOWS_MAX)
			sim.flow[s->flow].dropped++;
		if (sim.output != NULL)
			sim_output_frame(sim.output, w, s->id, s->bytes, s->len_bytes,
					 why == SIM_DROP_FULL ? "dropped: ring full"
							      : "dropped: not sent");
		q->head = (q->head + 1u) % SIM_QUEUE;
		q->count--;
	}
}

static void sent_head(struct sim_world *w, unsigned cls, unsigned n)
{
	struct sim_queue *q = &w->queue[cls];

	for (unsigned i = 0; i < n; i++) {
		const struct sim_slot *s = &q->slot[q->head];

		sim.frames_sent++;
		if (s->flow < SIM_FLOWS_MAX)
			sim.flow[s->flow].accepted++;
		sim_observe((uint8_t)w->id, SIM_EV_SEND, cls, s->id, s->len_bytes, w->t);
		if (sim.output != NULL)
			sim_output_frame(sim.output, w, s->id, s->bytes, s->len_bytes, NULL);
		q->head = (q->head + 1u) % SIM_QUEUE;
		q->count--;
	}
}

static int send_burst(struct sim_world *w, unsigned cls, unsigned n)
{
	struct sim_queue *q = &w->queue[cls];
	struct iwc_frame f[IWC_BURST_MAX];
	int sent;

	for (unsigned i = 0; i < n; i++) {
		struct sim_slot *s = &q->slot[(q->head + i) % SIM_QUEUE];

		f[i] = (struct iwc_frame){s->bytes, s->len_bytes};
	}
	sim_ghost_offer(w, cls, n);
	w->op++;
	w->out_count = 0;
	w->out_class = cls;
	w->copied = 0;
	w->reads_bound += 4u;
	sent = w->core->send(&w->ep, cls, f, n);
	sim_ghost_settle(w, cls, n, sent > 0 ? (unsigned)sent : 0u);
	if (sent > 0)
		sent_head(w, cls, (unsigned)sent);
	return sent;
}

/* Send what class cls has ready; false if the rest must wait. */
static bool transmit_class(struct sim_world *w, unsigned cls)
{
	struct sim_queue *q = &w->queue[cls];

	while (q->count != 0u) {
		unsigned n = q->count < IWC_BURST_MAX ? q->count : IWC_BURST_MAX;
		int sent = send_burst(w, cls, n);

		if (sent == IWC_EDOWN || sent == IWC_EPEER) {
			drop_head(w, cls, q->count, SIM_DROP_DOWN);
			return true;
		}
		if (sent == IWC_EFRAME) {
			drop_head(w, cls, 1, SIM_DROP_LENGTH);
			continue;
		}
		if (sent == (int)n)
			continue;
		if (q->slot[q->head].len_bytes < IWC_FRAME_MIN ||
		    q->slot[q->head].len_bytes > sim.sc->channel.cls[cls].frame_max_bytes)
			continue;
		if (w->id == SIM_S) {
			drop_head(w, cls, q->count, SIM_DROP_FULL);
			return true;
		}
		w->op++;
		w->reads_bound += 2u;
		if (!w->core->arm_space(&w->ep, cls, q->slot[q->head].len_bytes))
			return false;
	}
	return true;
}

static void transmit(struct sim_world *w)
{
	for (unsigned c = 0; c < sim.sc->channel.class_count; c++)
		if (!transmit_class(w, c))
			break;
}

static void run_stack(struct sim_world *w)
{
	if (w->stack == NULL)
		return;
	w->stack->tick(w->t);
	w->stack_due_ns = w->stack->next_timeout_ns(w->t);
}

/* ---- IP stack ---- */

/* Frames that the stack wants to send: the last class is its own. */
static bool stack_output(void *ctx, const uint8_t *frame, size_t len_bytes)
{
	struct sim_world *w = ctx;

	return sim_queue_put(w, sim.sc->channel.class_count - 1u, frame, (uint32_t)len_bytes, 0,
			     UINT32_MAX);
}

/* The link has come up for the first time in this life: the stack has a carrier. */
static void stack_power_on(struct sim_world *w)
{
	struct sim_stack_config cfg;

	if (!config(w)->stack || w->stack != NULL)
		return;
	w->stack = w->id == SIM_NS ? &sim_stack_ns : &sim_stack_s;
	sim_flows_stack(w, &cfg);
	cfg.output = stack_output;
	cfg.ctx = w;
	(void)w->stack->power_on(&cfg, w->t);
	w->stack_ran = true;
	w->stack_due_ns = 0;
}

/* ---- an activation ---- */

/* W of P4 for the channel's own part; every send call adds its two words where it is made. */
static uint32_t reads_allowed(const struct iwc_config *c)
{
	uint32_t n = 8u + 4u * c->class_count;

	for (unsigned i = 0; i < c->class_count; i++)
		n += c->cls[i].budget * (8u + i);
	return n;
}

static void renew(struct sim_world *w)
{
	w->reload = false;
	w->op++;
	w->epoch = sim_monitor_boot(w->id);
	w->renewals++;
	sim_observe((uint8_t)w->id, SIM_EV_RENEW, w->epoch, 0, 0, w->t);
	(void)w->core->renew(&w->ep, w->epoch);
}

static bool activation(struct sim_world *w)
{
	unsigned events;
	bool again;

	w->activation = true;
	w->activations++;
	w->reads = 0;
	w->reads_bound = reads_allowed(&sim.sc->channel);
	w->spin_count = 0;
	memset(w->taken, 0, sizeof(w->taken));
	w->bell = false;
	if (sim.sc->fault_count != 0u)
		sim_faults_activation(w);
	w->op++;
	events = w->core->begin(&w->ep, clock_of(w));
	if ((events & IWC_EVENT_RENEW) != 0u || w->reload)
		renew(w);
	if ((events & IWC_EVENT_LATE) != 0u)
		sim_observe((uint8_t)w->id, SIM_EV_LATE, 0, 0, 0, w->t);
	if ((events & IWC_EVENT_UP) != 0u) {
		sim_spend(w, config(w)->relink_ns);
		stack_power_on(w);
	}
	receive(w);
	run_stack(w);
	sim_flows_produce(w);
	transmit(w);
	w->op++;
	again = w->core->arm(&w->ep);
	if (w->reads > w->reads_worst)
		w->reads_worst = w->reads;
	w->activation = false;
	sim_spend(w, w->spent_uart_ns);
	w->spent_uart_ns = 0;
	return again && w->t >= w->no_take_ns;
}

/* ---- life ---- */

static uint64_t earliest(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

struct iwc_config sim_channel(void)
{
	struct iwc_config channel = sim.sc->channel;

	/* Both drivers watch for a peer that lost its place: nothing else ends such a session. */
	if (channel.stall_ns == 0u)
		channel.stall_ns = channel.backoff_max_ns;
	return channel;
}

static void start(struct sim_world *w)
{
	const struct sim_world_config *c = config(w);
	struct iwc_config channel = sim_channel();

	sim_spend(w, c->boot_ns);
	w->core = sim_core_find(sim.sc->core[w->id]);
	(void)w->core->init(&w->ep, &channel, sim.section[w->id].base,
			    sim.section[sim_peer(w)->id].base, w);
	if (sim_fault_any(SIM_FAULT_EPOCH_WRAP, w, NULL))
		sim.monitor.boots[w->id] = UINT32_MAX - 1u;
	w->epoch = sim_monitor_boot(w->id);
	w->boots++;
	sim_observe((uint8_t)w->id, SIM_EV_BOOT, w->epoch, 0, 0, w->t);
	if (w->crash_again != 0u) {
		w->crash_again_at = w->accesses + w->crash_again;
		if (w->crash_again_at < w->fault_at)
			w->fault_at = w->crash_again_at;
	}
	w->booting = true;
	w->activation = false;
	w->op++;
	w->spin_count = 0;
	w->reads = 0;
	(void)w->core->boot(&w->ep, w->epoch);
	if (sim_fault_any(SIM_FAULT_VERSION, w, NULL)) {
		sim_memory_poke(w->id, sim_memory_cell(SIM_CELL_HELLO, 0, 0),
				IWC_MAGIC | UINT64_C(99) << 32);
		sim_memory_poke(w->id, sim_memory_cell(SIM_CELL_HELLO, 0, 1), UINT64_MAX);
	}
	w->booting = false;
	w->poll_due_ns = w->t + c->poll_ns;
	w->next_job_ns = w->t + c->critical_period_ns;
	w->ran_ns = w->t;
	w->bell = true; /* the first look needs no doorbell */
}

static void run(struct sim_world *w)
{
	const struct sim_world_config *c = config(w);
	bool polls = c->poll_ns != 0u && (sim.sc->weakness & SIM_WEAK_NO_POLL) == 0u;

	start(w);
	for (;;) {
		uint64_t wake_ns;

		run_jobs(w);
		if (w->bell || (polls && w->poll_due_ns <= w->t) || sim_flows_due_ns(w) <= w->t ||
		    w->stack_due_ns <= w->t || w->reload) {
			sim_poll_check(w);
			if (polls && w->poll_due_ns <= w->t) {
				w->polls++;
				w->poll_due_ns = w->t + c->poll_ns + w->late_tick_ns;
				w->late_tick_ns = 0;
			}
			if (activation(w))
				w->bell = true;
			w->ran_ns = w->t;
			continue;
		}
		wake_ns = earliest(polls ? w->poll_due_ns : SIM_NEVER, sim_flows_due_ns(w));
		wake_ns = earliest(wake_ns, w->stack_due_ns);
		if (c->critical_period_ns != 0u)
			wake_ns = earliest(wake_ns, w->next_job_ns);
		sim_sleep(w, wake_ns);
		sim_wakeup_check(w);
	}
}

void sim_world_power_on(struct sim_world *w, uint64_t at_ns)
{
	w->life = SIM_LIFE_OFF;
	w->wake_ns = at_ns;
	w->irq_ns = SIM_NEVER;
	w->fault_at = SIM_NEVER;
	w->stack_due_ns = SIM_NEVER;
}

/* Private memory of a new life; called when the coroutine starts afresh. */
static void run_life(void *world)
{
	struct sim_world *w = world;

	for (unsigned c = 0; c < IWC_CLASSES_MAX; c++) {
		w->queue[c].head = 0;
		w->queue[c].count = 0;
	}
	w->out_count = 0;
	w->bell = false;
	w->no_take_ns = 0;
	w->no_buffers_ns = 0;
	w->clock_offset = 0;
	w->late_tick_ns = 0;
	w->reload = false;
	w->spent_uart_ns = 0;
	w->next_job_ns = SIM_NEVER; /* until it has booted */
	w->stack = NULL;
	w->stack_due_ns = SIM_NEVER;
	run(w);
}

int sim_world_create(struct sim_world *w, enum sim_world_id id)
{
	w->id = id;
	w->rx_buffer = calloc(IWC_BURST_MAX, SIM_BUFFER);
	if (w->rx_buffer == NULL || sim_coro_create(&w->coro, run_life, w) != 0)
		return -1;
	for (unsigned i = 0; i < IWC_BURST_MAX; i++)
		w->rx[i].buf = w->rx_buffer + (size_t)i * SIM_BUFFER;
	for (unsigned c = 0; c < sim.sc->channel.class_count; c++) {
		w->queue[c].slot = calloc(SIM_QUEUE, sizeof(struct sim_slot));
		if (w->queue[c].slot == NULL ||
		    sim_ghost_create(&w->sent[c], sim.range[c].lines) != 0)
			return -1;
		/* What a private buffer holds besides the frame must not leave: make it visible. */
		for (unsigned i = 0; i < SIM_QUEUE; i++)
			memset(w->queue[c].slot[i].bytes, 0xa5, SIM_BUFFER);
		for (unsigned i = 0; i < SIM_POINTS; i++)
			w->points[c].low[i] = UINT32_MAX;
	}
	return 0;
}

void sim_world_destroy(struct sim_world *w)
{
	sim_coro_destroy(&w->coro);
	free(w->rx_buffer);
	for (unsigned c = 0; c < IWC_CLASSES_MAX; c++) {
		free(w->queue[c].slot);
		sim_ghost_destroy(&w->sent[c]);
	}
}
