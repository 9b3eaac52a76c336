/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flows.c - traffic: generated frames, frames of a capture file, and work for the IP stack.
 *
 * A generated frame is an Ethernet frame of the local experimental type 0x88b5 (IEEE 802) that
 * carries a number, so that a trace, a capture and a checker can name it.
 */
#include "machine.h"
#include "scenario_file.h"

#include <stdio.h>
#include <string.h>

#define TYPE_EXPERIMENTAL 0x88b5u
#define ID_OFFSET 16u
#define ID_END 24u

static const uint8_t mac[SIM_WORLDS][6] = {
    {0x02, 0x69, 0x77, 0x63, 0x00, 0x01},
    {0x02, 0x69, 0x77, 0x63, 0x00, 0x02},
};

void sim_frame_fill(enum sim_world_id from, unsigned cls, uint64_t id, uint8_t *bytes,
		    uint32_t len_bytes)
{
	uint64_t fill = id * UINT64_C(0x9e3779b97f4a7c15);

	memcpy(bytes, mac[from == SIM_NS ? SIM_S : SIM_NS], 6);
	memcpy(bytes + 6, mac[from], 6);
	bytes[12] = TYPE_EXPERIMENTAL >> 8;
	bytes[13] = TYPE_EXPERIMENTAL & 0xffu;
	for (uint32_t i = 14; i < len_bytes; i += 8u, fill += UINT64_C(0x9e3779b97f4a7c15))
		memcpy(bytes + i, &fill, len_bytes - i < 8u ? len_bytes - i : 8u);
	if (len_bytes >= ID_END) {
		bytes[14] = 'i';
		bytes[15] = (uint8_t)('0' + cls);
		for (unsigned i = 0; i < 8u; i++)
			bytes[ID_OFFSET + i] = (uint8_t)(id >> (8u * i));
	}
}

uint64_t sim_frame_make(struct sim_world *w, unsigned cls, uint8_t *bytes, uint32_t len_bytes)
{
	uint64_t id = ++sim.next_id[w->id];

	sim_frame_fill(w->id, cls, id, bytes, len_bytes);
	return id;
}

uint64_t sim_frame_id(const uint8_t *bytes, uint32_t len_bytes)
{
	uint64_t id = 0;

	if (len_bytes < ID_END || bytes[12] != TYPE_EXPERIMENTAL >> 8 ||
	    bytes[13] != (TYPE_EXPERIMENTAL & 0xffu) || bytes[14] != 'i')
		return 0;
	for (unsigned i = 0; i < 8u; i++)
		id |= (uint64_t)bytes[ID_OFFSET + i] << (8u * i);
	return id;
}

static struct sim_slot *free_slot(struct sim_world *w, unsigned cls)
{
	struct sim_queue *q = &w->queue[cls];

	if (q->count == SIM_QUEUE)
		return NULL;
	return &q->slot[(q->head + q->count) % SIM_QUEUE];
}

bool sim_queue_put(struct sim_world *w, unsigned cls, const void *bytes, uint32_t len_bytes,
		   uint64_t id, uint32_t flow)
{
	struct sim_slot *s = free_slot(w, cls);

	if (s == NULL || len_bytes > IWC_FRAME_MAX + 64u)
		return false;
	memcpy(s->bytes, bytes, len_bytes);
	s->len_bytes = len_bytes;
	s->id = id;
	s->flow = flow;
	s->offered_ns = w->t;
	w->queue[cls].count++;
	return true;
}

/* ---- arrivals ---- */

static uint64_t gap_of(const struct sim_flow *f, struct sim_flow_state *st)
{
	uint64_t gap = f->pattern == SIM_PATTERN_POISSON ? sim_rng_exponential(&st->rng, f->gap_ns)
							 : f->gap_ns;

	return gap != 0u ? gap : 1u;
}

static uint64_t stop_of(const struct sim_flow *f)
{
	return f->stop_ns != 0u && f->stop_ns < sim.main_end_ns ? f->stop_ns : sim.main_end_ns;
}

static void one_frame(struct sim_world *w, unsigned i)
{
	const struct sim_flow *f = &sim.sc->flow[i];
	struct sim_flow_state *st = &sim.flow[i];
	struct sim_slot *s = free_slot(w, f->cls);
	uint32_t len = f->size_min_bytes;

	if (f->size_max_bytes > f->size_min_bytes)
		len += (uint32_t)sim_rng_upto(&st->rng, f->size_max_bytes - f->size_min_bytes);
	st->offered++;
	st->sent++;
	if (s == NULL) {
		st->dropped++;
		w->drops[SIM_DROP_QUEUE]++;
		return;
	}
	s->id = sim_frame_make(w, f->cls, s->bytes, len);
	s->len_bytes = len;
	s->flow = i;
	s->offered_ns = w->t;
	w->queue[f->cls].count++;
}

static void replay_frame(struct sim_world *w, unsigned i)
{
	const struct sim_flow *f = &sim.sc->flow[i];
	struct sim_flow_state *st = &sim.flow[i];
	struct sim_capture_frame frame;

	if (st->replay_len != 0u) {
		st->offered++;
		if (!sim_queue_put(w, f->cls, st->replay_bytes, st->replay_len,
				   ++sim.next_id[w->id], i)) {
			st->dropped++;
			w->drops[SIM_DROP_QUEUE]++;
		}
	}
	st->sent++;
	st->replay_len = 0;
	st->next_ns = SIM_NEVER;
	if ((f->count != 0u && st->sent > f->count) ||
	    sim_capture_next(st->replay, &frame) != SIM_CAPTURE_FRAME)
		return;
	memcpy(st->replay_bytes, frame.data, frame.len_bytes);
	st->replay_len = frame.len_bytes;
	st->next_ns =
	    f->start_ns +
	    (f->speed == 1.0 ? frame.time_ns : (uint64_t)((double)frame.time_ns / f->speed));
	if (st->next_ns >= stop_of(f))
		st->next_ns = SIM_NEVER;
}

static void flow_due(struct sim_world *w, unsigned i)
{
	const struct sim_flow *f = &sim.sc->flow[i];
	struct sim_flow_state *st = &sim.flow[i];
	uint32_t frames = f->pattern == SIM_PATTERN_BURST ? f->burst : 1u;

	if (f->kind == SIM_FLOW_REPLAY) {
		replay_frame(w, i);
		return;
	}
	for (uint32_t k = 0; k < frames && (f->count == 0u || st->sent < f->count); k++)
		one_frame(w, i);
	st->next_ns += gap_of(f, st);
	if ((f->count != 0u && st->sent >= f->count) || st->next_ns >= stop_of(f))
		st->next_ns = SIM_NEVER;
}

static bool is_frames(const struct sim_flow *f)
{
	return f->kind == SIM_FLOW_FRAMES || f->kind == SIM_FLOW_REPLAY;
}

static bool waiting(const struct sim_world *w)
{
	for (unsigned c = 0; c < sim.sc->channel.class_count; c++)
		if (w->queue[c].count == SIM_QUEUE)
			return true;
	return false;
}

uint64_t sim_flows_due_ns(const struct sim_world *w)
{
	uint64_t due = SIM_NEVER;

	if (waiting(w))
		return SIM_NEVER; /* its own queue is full: the ring's doorbell says when to go on
				   */
	for (unsigned i = 0; i < sim.sc->flow_count; i++)
		if (sim.sc->flow[i].from == w->id && sim.flow[i].next_ns < due)
			due = sim.flow[i].next_ns;
	for (unsigned c = 0; c < sim.sc->channel.class_count; c++)
		if (w->queue[c].count != 0u && w->id == SIM_S)
			due = 0;
	return due;
}

void sim_flows_produce(struct sim_world *w)
{
	for (unsigned i = 0; i < sim.sc->flow_count; i++) {
		const struct sim_flow *f = &sim.sc->flow[i];

		if (f->from != w->id || !is_frames(f))
			continue;
		while (sim.flow[i].next_ns <= w->t && free_slot(w, f->cls) != NULL)
			flow_due(w, i);
	}
}

/* ---- the IP stack's work ---- */

static enum sim_stack_flow_kind stack_kind(enum sim_flow_kind kind)
{
	if (kind == SIM_FLOW_PING)
		return SIM_STACK_FLOW_PING;
	return kind == SIM_FLOW_UDP ? SIM_STACK_FLOW_UDP : SIM_STACK_FLOW_TCP;
}

void sim_flows_stack(const struct sim_world *w, struct sim_stack_config *cfg)
{
	static const uint8_t address[SIM_WORLDS][4] = {{10, 0, 0, 1}, {10, 0, 0, 2}};
	unsigned peer = sim_peer(w)->id;

	*cfg = (struct sim_stack_config){.netmask = {255, 255, 255, 0},
					 .server = w->id == SIM_S,
					 .resume = w->stack_ran,
					 .seed = sim.opt->seed + w->id};
	memcpy(cfg->mac, mac[w->id], 6);
	memcpy(cfg->peer_mac, mac[peer], 6);
	memcpy(cfg->ipv4, address[w->id], 4);
	memcpy(cfg->peer_ipv4, address[peer], 4);
	for (unsigned i = 0; i < sim.sc->flow_count; i++) {
		const struct sim_flow *f = &sim.sc->flow[i];
		struct sim_stack_flow *out;

		if (is_frames(f) || f->from != w->id || cfg->flows_count == SIM_STACK_FLOWS_MAX)
			continue;
		out = &cfg->flows[cfg->flows_count++];
		out->kind = stack_kind(f->kind);
		out->start_ns = f->start_ns;
		out->interval_ns = f->gap_ns;
		out->bytes = f->kind == SIM_FLOW_TCP ? f->count : 0u;
		out->count = f->kind == SIM_FLOW_TCP ? 0u : (uint32_t)f->count;
		out->size_bytes = f->size_min_bytes;
		out->timeout_ns = 20000000u;
	}
}

/* ---- opening and closing ---- */

int sim_flows_open(char *err, size_t err_size)
{
	for (unsigned i = 0; i < sim.sc->flow_count; i++) {
		const struct sim_flow *f = &sim.sc->flow[i];
		struct sim_flow_state *st = &sim.flow[i];
		char why[SIM_CAPTURE_ERROR_BYTES], path[SIM_PATH_MAX];

		sim_rng_init(&st->rng, sim.opt->seed, 100u + i);
		st->next_ns = is_frames(f) ? f->start_ns : SIM_NEVER;
		if (f->kind != SIM_FLOW_REPLAY)
			continue;
		if (!scenario_replay_path(sim.sc, f, path, sizeof(path))) {
			snprintf(err, err_size, "%.200s: path too long", f->file);
			return -1;
		}
		st->replay = sim_capture_open(path, f->filter[0] != '\0' ? f->filter : NULL, why);
		if (st->replay == NULL) {
			snprintf(err, err_size, "%s", why);
			return -1;
		}
	}
	return 0;
}

void sim_flows_close(void)
{
	for (unsigned i = 0; i < sim.sc->flow_count; i++)
		sim_capture_close(sim.flow[i].replay);
}
