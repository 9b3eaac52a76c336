/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memory.c - the shared region as two Armv8-A or C11 processors may see it.
 *
 * Every word has one writer, so its modification order is the order of its stores, and all stores
 * of a world are numbered. What a reader must see of the peer is then two numbers: a floor for all
 * words (raised by acquire loads of released stores, by fences and by a doorbell's ordering) and a
 * floor a word (coherence: nobody reads backwards). A load may return any store of the word that
 * is not older than both floors allow; a store that everybody has had stale_max_ns to see is seen.
 * Full fences join the views of both worlds through one global view, as SC fences do. Payload
 * lines are plain memory with the content before the last store kept: a copy that no acquire
 * ordered may get either, or a mixture, and is remembered as racy.
 *
 * Not modelled: load buffering (a load that reads a program-order later store of the peer which
 * depends on it) and release sequences of relaxed stores, which only makes the memory weaker.
 */
#include "iwc_port.h"
#include "machine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HEADER_CELLS ((IWC_OFFSET_CLASS + IWC_CLASSES_MAX * IWC_CLASS_STRIDE) / 8u)
#define CELL_OUTSIDE UINT32_MAX
/* Loads of one word in one operation after which it counts as waiting for the peer. */
#define SPIN_LOADS 64u

static struct sim_world *peer_of(const struct sim_world *w)
{
	return sim_peer(w);
}

int sim_memory_create(void)
{
	const struct iwc_config *cfg = &sim.sc->channel;
	size_t offset = sizeof(struct iwc_header);

	sim.cells = HEADER_CELLS;
	sim.lines = 0;
	sim.section_bytes = sim.world[SIM_S].core->section_bytes(cfg);
	for (unsigned c = 0; c < cfg->class_count; c++) {
		unsigned lines = 1u << cfg->cls[c].lines_log2;

		sim.range[c] = (struct sim_range){.words = offset,
						  .data = offset + (size_t)16u * lines,
						  .end = offset + (size_t)(16u + IWC_LINE) * lines,
						  .cell = sim.cells,
						  .line = sim.lines,
						  .lines = lines};
		sim.cells += 2u * lines;
		sim.lines += lines;
		offset = sim.range[c].end;
	}
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		struct sim_section *s = &sim.section[i];

		s->base = aligned_alloc(4096, sim.section_bytes);
		s->cell = calloc(sim.cells, sizeof(*s->cell));
		s->line = calloc(sim.lines, sizeof(*s->line));
		if (s->base == NULL || s->cell == NULL || s->line == NULL)
			return -1;
		memset(s->base, 0, sim.section_bytes);
	}
	return 0;
}

void sim_memory_destroy(void)
{
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		free(sim.section[i].base);
		free(sim.section[i].cell);
		free(sim.section[i].line);
		sim.section[i] = (struct sim_section){0};
	}
}

void sim_memory_power_on(enum sim_world_id owner, bool garbage)
{
	struct sim_section *s = &sim.section[owner];

	for (unsigned i = 0; i < sim.cells; i++)
		sim_memory_poke(owner, i, garbage ? sim_rng_next(&sim.rng_memory) : 0);
	for (unsigned i = 0; i < sim.lines; i++)
		s->line[i].pair = 0;
	for (unsigned c = 0; c < sim.sc->channel.class_count; c++)
		for (size_t k = sim.range[c].data; k < sim.range[c].end; k++)
			s->base[k] = garbage ? (uint8_t)sim_rng_next(&sim.rng_memory) : 0;
}

/* ---- where things are ---- */

enum sim_cell_kind sim_memory_kind(unsigned cell, unsigned *cls, unsigned *index)
{
	*cls = 0;
	*index = 0;
	if (cell >= HEADER_CELLS) {
		for (unsigned c = 0; c < sim.sc->channel.class_count; c++) {
			const struct sim_range *r = &sim.range[c];

			if (cell - r->cell >= 2u * r->lines)
				continue;
			*cls = c;
			*index = (cell - r->cell) % r->lines;
			return cell - r->cell < r->lines ? SIM_CELL_TAG : SIM_CELL_E2E;
		}
		return SIM_CELL_NONE;
	}
	if (cell < 3u)
		return SIM_CELL_HELLO;
	if (cell == IWC_OFFSET_SESSION / 8u)
		return SIM_CELL_SESSION;
	if (cell < IWC_OFFSET_CLASS / 8u || cell % 8u != 0u)
		return SIM_CELL_NONE;
	*cls = (cell - IWC_OFFSET_CLASS / 8u) / (IWC_CLASS_STRIDE / 8u);
	return (enum sim_cell_kind)((unsigned)SIM_CELL_START + cell / 8u % 4u);
}

unsigned sim_memory_cell(enum sim_cell_kind kind, unsigned cls, unsigned index)
{
	switch (kind) {
	case SIM_CELL_HELLO:
		return index;
	case SIM_CELL_SESSION:
		return IWC_OFFSET_SESSION / 8u;
	case SIM_CELL_TAG:
		return sim.range[cls].cell + index;
	case SIM_CELL_E2E:
		return sim.range[cls].cell + sim.range[cls].lines + index;
	default:
		return (IWC_OFFSET_CLASS + cls * IWC_CLASS_STRIDE) / 8u +
		       8u * (unsigned)(kind - SIM_CELL_START);
	}
}

/* The cell at this address in a section, and whose section it is. */
static unsigned find_cell(const void *p, enum sim_world_id *owner)
{
	for (unsigned o = 0; o < SIM_WORLDS; o++) {
		size_t off = (uintptr_t)p - (uintptr_t)sim.section[o].base;

		*owner = (enum sim_world_id)o;
		if (off >= sim.section_bytes || off % 8u != 0u)
			continue;
		if (off < HEADER_CELLS * 8u)
			return (unsigned)(off / 8u);
		for (unsigned c = 0; c < sim.sc->channel.class_count; c++)
			if (off >= sim.range[c].words && off < sim.range[c].data)
				return sim.range[c].cell +
				       (unsigned)((off - sim.range[c].words) / 8u);
	}
	return CELL_OUTSIDE;
}

/* The class whose payload lines hold all of [p, p + len); -1 if none does. */
static int find_lines(const uint8_t *p, size_t len, enum sim_world_id owner, unsigned *index)
{
	size_t off = (uintptr_t)p - (uintptr_t)sim.section[owner].base;

	for (unsigned c = 0; c < sim.sc->channel.class_count; c++) {
		const struct sim_range *r = &sim.range[c];

		if (off < r->data || off >= r->end)
			continue;
		if (len > r->end - off || (off - r->data) % IWC_LINE != 0u)
			return -1;
		*index = (unsigned)((off - r->data) / IWC_LINE);
		return (int)c;
	}
	return -1;
}

uint8_t *sim_memory_line(enum sim_world_id owner, unsigned cls, unsigned index)
{
	return sim.section[owner].base + sim.range[cls].data + (size_t)index * IWC_LINE;
}

/* ---- time passes at every access ---- */

static void step(struct sim_world *w)
{
	w->accesses++;
	w->t += sim.sc->access_ns;
	if (sim.sc->jitter_ns != 0u)
		w->t += sim_rng_upto(&sim.rng_schedule, sim.sc->jitter_ns);
	if (w->accesses >= w->fault_at)
		sim_fault_at_access(w);
	if (w->t >= w->irq_ns)
		sim_interrupt(w);
	if (w->t >= w->horizon || sim.stop)
		sim_give_way(w);
}

static void trace_access(struct sim_world *w, enum sim_access what, uint64_t offset, uint64_t v)
{
	if (sim.opt->trace_accesses)
		sim_observe((uint8_t)w->id, SIM_EV_ACCESS, what, offset, v, w->t);
}

/* ---- bounds of an activation ---- */

static void count_read(struct sim_world *w, unsigned cell)
{
	w->reads++;
	if (cell == w->spin_cell) {
		if (++w->spin_count == SPIN_LOADS)
			sim_violate(7, w, "waits",
				    "%u loads of one word in one call: it waits for the peer",
				    SPIN_LOADS);
	} else {
		w->spin_cell = cell;
		w->spin_count = 0;
	}
	if (w->activation && w->reads == w->reads_bound + 1u)
		sim_violate(4, w, "work-bound", "more than %u shared reads in one activation",
			    w->reads_bound);
}

/* ---- versions ---- */

static const struct sim_version *newest(const struct sim_cell *c)
{
	return &c->v[c->newest];
}

static void push(struct sim_cell *c, struct sim_version v)
{
	c->newest = (uint8_t)((c->newest + 1u) % SIM_VERSIONS);
	c->v[c->newest] = v;
	if (c->count < SIM_VERSIONS - 1u)
		c->count++;
}

uint64_t sim_memory_peek(enum sim_world_id owner, unsigned cell)
{
	return newest(&sim.section[owner].cell[cell])->value;
}

void sim_memory_poke(enum sim_world_id owner, unsigned cell, uint64_t value)
{
	struct sim_cell *c = &sim.section[owner].cell[cell];
	struct sim_world *w = &sim.world[owner];

	push(c, (struct sim_version){value, ++w->seq, 0, w->t});
	c->floor = w->seq;
}

void sim_memory_order(struct sim_world *target, uint64_t seq)
{
	if (seq > target->floor)
		target->floor = seq;
}

/* How many versions older than the newest this reader may still get. */
static unsigned older_allowed(const struct sim_world *w, const struct sim_cell *c)
{
	uint64_t bound = w->floor > c->floor ? w->floor : c->floor;
	unsigned back = 0, i = c->newest;

	while (back < c->count && c->v[i].seq > bound &&
	       c->v[i].time_ns + sim.sc->stale_max_ns > w->t) {
		back++;
		i = (i + SIM_VERSIONS - 1u) % SIM_VERSIONS;
	}
	return back;
}

static uint64_t load_version(struct sim_world *w, struct sim_cell *c, bool acquire)
{
	const struct sim_version *v = newest(c);
	unsigned back = 0;

	if (v->seq > w->floor && v->seq > c->floor) {
		back = older_allowed(w, c);
		if (back != 0u) {
			if (sim_fault_any(SIM_FAULT_STALE_READ, w, NULL))
				v = &c->v[(c->newest + SIM_VERSIONS - back) % SIM_VERSIONS];
			else if (sim_rng_hit(&sim.rng_memory, sim.weak_threshold))
				v = &c->v[(c->newest + SIM_VERSIONS -
					   (unsigned)sim_rng_upto(&sim.rng_memory, back)) %
					  SIM_VERSIONS];
		}
	}
	if (v->seq > c->floor)
		c->floor = v->seq;
	if (v->rel > w->pend)
		w->pend = v->rel;
	if (acquire && v->rel > w->floor)
		w->floor = v->rel;
	return v->value;
}

/* Is this the tag that the reader waits for there? One that is not may be looked at again. */
static bool awaited(const struct sim_world *w, unsigned cls, unsigned index, uint64_t tag)
{
	uint64_t line = (tag >> 16) - 1u, lines = sim.range[cls].lines;
	uint64_t ahead = (line - w->ep.rx[cls].pos) & IWC_LINE_MASK;

	return tag != 0u && ahead < 2u * lines && (line & (lines - 1u)) == index;
}

uint64_t sim_port_load(const struct iwc_word *word, bool acquire)
{
	struct sim_world *w = sim.self;
	enum sim_world_id owner;
	unsigned cell = find_cell(word, &owner), cls, index;
	enum sim_cell_kind kind;
	struct sim_cell *c;
	uint64_t value;

	if (cell == CELL_OUTSIDE) {
		sim_violate(1, w, "out-of-bounds", "load of a word outside the region");
		step(w);
		return 0;
	}
	c = &sim.section[owner].cell[cell];
	kind = sim_memory_kind(cell, &cls, &index);
	sim_checked(1);
	sim_checked(4);
	sim_checked(7);
	count_read(w, cell);
	if (owner == w->id) {
		sim_violate(13, w, "read-back", "reads a word that it wrote itself");
		step(w);
		return newest(c)->value;
	}
	if (w->id == SIM_S)
		sim_attack_before_load(w, cell);
	step(w);
	value = load_version(w, c, acquire);
	if (kind == SIM_CELL_E2E ||
	    (kind == SIM_CELL_TAG && acquire && awaited(w, cls, index, value))) {
		/* A tag of the next lap, in the same call, is another tag. */
		if (c->op == w->op && (kind == SIM_CELL_E2E || value >> 16 == c->fetched >> 16))
			sim_violate(1, w, "double-fetch",
				    "%s of line index %u fetched twice in one call",
				    kind == SIM_CELL_TAG ? "tag" : "end-to-end word", index);
		c->op = w->op;
		c->fetched = value;
	}
	trace_access(w, SIM_ACCESS_LOAD, cell, value);
	if (w->id == SIM_S) {
		if (kind == SIM_CELL_SESSION && w->t < peer_of(w)->keep_session_ns)
			value = peer_of(w)->kept_session;
		if (kind == SIM_CELL_TAG && acquire)
			sim_attack_after_load(w, cell);
	}
	return value;
}

static uint64_t seen_from(const struct sim_world *w)
{
	return w->t < w->delay_until_ns ? w->t + w->delay_ns : w->t;
}

static void store_cell(struct sim_world *w, unsigned cell, uint64_t value, bool release)
{
	struct sim_cell *c = &sim.section[w->id].cell[cell];

	w->seq++;
	push(c, (struct sim_version){value, w->seq, release ? w->seq : w->relfence, seen_from(w)});
}

void sim_port_store(struct iwc_word *word, uint64_t value, bool release)
{
	struct sim_world *w = sim.self;
	enum sim_world_id owner;
	unsigned cell = find_cell(word, &owner), cls, index;
	enum sim_cell_kind kind;

	sim_checked(13);
	if (cell == CELL_OUTSIDE) {
		sim_violate(1, w, "out-of-bounds", "store to a word outside the region");
		return;
	}
	kind = sim_memory_kind(cell, &cls, &index);
	if (kind == SIM_CELL_TAG && w->out_count != 0u) {
		/* All of a burst is copied, none of it published: where a bad driver spoils it. */
		sim_faults_publish(w, cls);
		w->out_count = 0;
	}
	step(w);
	if (owner != w->id) {
		sim_violate(13, w, "writes-peer", "stores to the peer's section");
		return;
	}
	store_cell(w, cell, value, release);
	trace_access(w, SIM_ACCESS_STORE, cell, value);
	if (kind == SIM_CELL_TAG && release)
		sim_ghost_published(w, cls);
	if (kind == SIM_CELL_SESSION)
		sim_observe((uint8_t)w->id, SIM_EV_ANNOUNCE, 0, value, 0, w->t);
}

void sim_port_fence(bool full)
{
	struct sim_world *w = sim.self;
	unsigned self = w->id, peer = peer_of(w)->id;

	step(w);
	if (full && (sim.sc->weakness & SIM_WEAK_NO_FENCE) != 0u)
		return;
	if (w->pend > w->floor)
		w->floor = w->pend;
	if (!full)
		return;
	w->relfence = w->seq;
	if (w->seq > sim.sc_view[self])
		sim.sc_view[self] = w->seq;
	if (sim.sc_view[peer] > w->floor)
		w->floor = sim.sc_view[peer];
	if (w->floor > sim.sc_view[peer])
		sim.sc_view[peer] = w->floor;
	trace_access(w, SIM_ACCESS_FENCE, 0, 0);
}

/* ---- payload ---- */

static void load_line(struct sim_world *w, struct sim_line *l, const uint8_t *now, uint8_t *dst,
		      uint32_t n)
{
	uint64_t bound = w->floor > l->floor ? w->floor : l->floor;
	uint64_t choice;

	if (l->seq <= bound) {
		memcpy(dst, now, n);
		return;
	}
	choice = l->time_ns + sim.sc->stale_max_ns > w->t ? sim_rng_upto(&sim.rng_memory, 3) : 0;
	if (choice <= 1u) {
		memcpy(dst, now, n);
		l->floor = l->seq;
		w->racy = true;
		if (l->rel > w->pend)
			w->pend = l->rel;
		return;
	}
	memcpy(dst, l->prev, n);
	if (choice == 2u) {
		uint32_t torn = 8u * (uint32_t)sim_rng_upto(&sim.rng_memory, 7);

		memcpy(dst, now, torn < n ? torn : n);
		w->racy = true;
		if (l->rel > w->pend)
			w->pend = l->rel;
	} else if (l->prev_seq > bound) {
		w->racy = true;
	}
}

void sim_port_copy_in(void *dst, const uint8_t *line, uint32_t len_bytes)
{
	struct sim_world *w = sim.self;
	struct sim_world *from = peer_of(w);
	unsigned index = 0;
	int cls = find_lines(line, len_bytes, from->id, &index);
	uint8_t *d = dst;

	sim_checked(1);
	if (cls < 0 || len_bytes > IWC_FRAME_MAX) {
		sim_violate(1, w, cls < 0 ? "out-of-bounds" : "buffer-overflow",
			    "copy of %u bytes %s", len_bytes,
			    cls < 0 ? "leaves the lines of its ring"
				    : "into a frame buffer of 1536");
		step(w);
		return;
	}
	for (uint32_t i = 0; i < len_bytes; i += IWC_LINE, index++) {
		struct sim_line *l = &sim.section[from->id].line[sim.range[cls].line + index];
		uint32_t n = len_bytes - i < IWC_LINE ? len_bytes - i : IWC_LINE;

		step(w);
		if (l->op == w->op)
			sim_violate(1, w, "double-fetch", "payload line copied twice in one call");
		l->op = w->op;
		l->pair = 0;
		load_line(w, l, line + i, d + i, n);
	}
	trace_access(w, SIM_ACCESS_COPY_IN, (uint64_t)(line - sim.section[from->id].base),
		     len_bytes);
	if (w->id == SIM_S)
		sim_attack_after_copy(w, (unsigned)cls,
				      index - (len_bytes + IWC_LINE - 1u) / IWC_LINE);
}

static void store_line(struct sim_world *w, struct sim_line *l, uint8_t *at, const uint8_t *bytes,
		       uint32_t n)
{
	memcpy(l->prev, at, IWC_LINE);
	l->prev_seq = l->seq;
	l->seq = ++w->seq;
	l->rel = w->relfence;
	l->time_ns = seen_from(w);
	memcpy(at, bytes, n);
	if (n < IWC_LINE)
		memset(at + n, 0, IWC_LINE - n);
}

static void check_unread(struct sim_world *w, const struct sim_line *l)
{
	const struct sim_world *reader = peer_of(w);

	if (l->pair == 0u || l->pair != sim_world_pair(w) || !sim.honest || !sim.intact)
		return;
	if (iwc_is_up(&reader->ep) && reader->ep.epoch == w->ep.peer_epoch)
		sim_violate(3, w, "overwrite", "fills a line that the peer has not taken yet");
}

void sim_port_copy_out(uint8_t *line, const void *src, uint32_t len_bytes)
{
	struct sim_world *w = sim.self;
	unsigned index = 0, first;
	int cls = find_lines(line, len_bytes, w->id, &index);
	const uint8_t *s = src;
	int64_t stall;

	sim_checked(1);
	sim_checked(8);
	if (cls < 0) {
		sim_violate(1, w, "out-of-bounds", "writes %u bytes outside the lines of its ring",
			    len_bytes);
		step(w);
		return;
	}
	first = index;
	for (uint32_t i = 0; i < len_bytes; i += IWC_LINE, index++) {
		struct sim_line *l = &sim.section[w->id].line[sim.range[cls].line + index];
		uint32_t n = len_bytes - i < IWC_LINE ? len_bytes - i : IWC_LINE;
		bool padded = (sim.sc->weakness & SIM_WEAK_NO_PADDING) == 0u;

		step(w);
		check_unread(w, l);
		store_line(w, l, line + i, s + i, padded ? n : IWC_LINE);
		l->pair = sim_world_pair(w);
		for (uint32_t k = n; k < IWC_LINE; k++)
			if (line[i + k] != 0u) {
				sim_violate(8, w, "unscrubbed",
					    "byte %u of a last line holds private memory", k);
				break;
			}
		if (sim_fault_any(SIM_FAULT_TORN_WRITE, w, &stall))
			w->t += (uint64_t)stall;
	}
	trace_access(w, SIM_ACCESS_COPY_OUT, (uint64_t)(line - sim.section[w->id].base), len_bytes);
	w->copied++;
	if (w->out_count == 0u || w->out_class != (unsigned)cls)
		w->out_count = 0;
	if (w->out_count < IWC_BURST_MAX) {
		w->out_class = (unsigned)cls;
		w->out[w->out_count].index = first;
		w->out[w->out_count].len_bytes = len_bytes;
		w->out_count++;
	}
}

void sim_port_zero(void *shared, size_t len_bytes)
{
	struct sim_world *w = sim.self;
	enum sim_world_id owner;
	unsigned cell = find_cell(shared, &owner), index = 0;
	int cls;

	if (cell != CELL_OUTSIDE && owner == w->id) {
		for (size_t i = 0; i < len_bytes / 8u; i++) {
			step(w);
			store_cell(w, cell + (unsigned)i, 0, false);
		}
		return;
	}
	cls = find_lines(shared, len_bytes, w->id, &index);
	if (cls < 0) {
		sim_violate(1, w, "out-of-bounds", "zeroes outside its section");
		return;
	}
	for (size_t i = 0; i < len_bytes; i += IWC_LINE, index++) {
		struct sim_line *l = &sim.section[w->id].line[sim.range[cls].line + index];
		static const uint8_t zero[IWC_LINE];

		step(w);
		store_line(w, l, (uint8_t *)shared + i, zero, IWC_LINE);
		l->pair = 0;
	}
}

/* ---- doorbell and trace ---- */

void sim_port_ring(void *port)
{
	struct sim_world *w = port;

	sim_observe((uint8_t)w->id, SIM_EV_RING, 0, 0, 0, w->t);
	sim_monitor_doorbell(w, w->t);
}

void sim_port_trace(void *port, enum iwc_trace what, uint32_t a, uint64_t b)
{
	struct sim_world *w = port;

	sim_observe((uint8_t)w->id, what == IWC_TRACE_STATE ? SIM_EV_STATE : SIM_EV_VIOLATION, a, b,
		    0, w->t);
	if (what == IWC_TRACE_VIOLATION && sim.honest && sim.intact)
		sim_violate(3, w, "false-accusation",
			    "holds an honest peer for a violator (reason %u)", a);
	/* 80 characters at 115200 baud, polled. */
	if ((sim.sc->weakness & SIM_WEAK_LOG_ERRORS) != 0u && what == IWC_TRACE_VIOLATION)
		w->spent_uart_ns += UINT64_C(6944444);
}
