/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * attacks.c - a hostile non-secure kernel. It writes its own section (and tries the other's)
 * between any two accesses of the secure world, and what it writes is seen at once.
 */
#include "machine.h"

#include <string.h>

static struct sim_world *victim(void)
{
	return &sim.world[SIM_S];
}

static uint64_t tag_of(uint64_t line, uint64_t length)
{
	return ((line + 1u) & IWC_LINE_MASK) << 16 | length;
}

/* The tag that S looks at next in class cls. */
static unsigned next_tag(unsigned cls, unsigned *index)
{
	*index = (unsigned)victim()->ep.rx[cls].pos & (sim.range[cls].lines - 1u);
	return sim_memory_cell(SIM_CELL_TAG, cls, *index);
}

static uint64_t forged_tag(const struct sim_fault *f, unsigned fault, unsigned cls, unsigned index)
{
	const struct iwc_consumer *rx = &victim()->ep.rx[cls];
	struct sim_rng *r = &sim.fault[fault].rng;

	switch (f->kind) {
	case SIM_FAULT_ATTACK_TAG_AHEAD:
		return tag_of(rx->pos + (f->amount > 0 ? (uint64_t)f->amount
						       : 1u + sim_rng_upto(r, UINT32_MAX)),
			      64);
	case SIM_FAULT_ATTACK_TAG_REPLAY:
		return tag_of(rx->pos - rx->lines, 64);
	case SIM_FAULT_ATTACK_LENGTH_PAST_END:
		return tag_of(rx->pos,
			      index + (rx->frame_max_bytes + IWC_LINE - 1u) / IWC_LINE > rx->lines
				  ? rx->frame_max_bytes
				  : 1537u + sim_rng_upto(r, 60000));
	default: /* SIM_FAULT_ATTACK_LENGTH_SHORT */
		return tag_of(rx->pos, sim_rng_upto(r, IWC_FRAME_MIN - 1u));
	}
}

static bool is_tag_attack(enum sim_fault_kind k)
{
	return k == SIM_FAULT_ATTACK_TAG_AHEAD || k == SIM_FAULT_ATTACK_TAG_REPLAY ||
	       k == SIM_FAULT_ATTACK_LENGTH_PAST_END || k == SIM_FAULT_ATTACK_LENGTH_SHORT ||
	       k == SIM_FAULT_ATTACK_SKIP;
}

/*
 * The skip tag that S takes at this cell: it has just followed the one that is held there, or one
 * that led it to line index 0, or it looks at its position for the first time in this call.
 */
static uint64_t skip_tag(const struct sim_world *reader, unsigned cls, unsigned cell,
			 unsigned index)
{
	uint64_t held = sim_memory_peek(SIM_NS, cell), line = reader->ep.rx[cls].pos;
	unsigned lines = sim.range[cls].lines;

	if (sim.section[SIM_NS].cell[cell].op == reader->op && (held & 0xffffu) == IWC_SKIP)
		line = (held >> 16) - 1u + lines;
	else if (((unsigned)line & (lines - 1u)) != index)
		line = (line | (lines - 1u)) + 1u;
	return tag_of(line, IWC_SKIP);
}

static void before_tag(struct sim_world *reader, unsigned fault, unsigned cls, unsigned cell,
		       unsigned index)
{
	const struct sim_fault *f = &sim.sc->fault[fault];
	uint64_t held = sim_memory_peek(SIM_NS, cell);
	bool skip = f->kind == SIM_FAULT_ATTACK_SKIP;
	unsigned next;

	if (!iwc_is_up(&reader->ep) || f->cls != cls ||
	    (next_tag(cls, &next) != cell && !(skip && index == 0u)))
		return;
	/* A replay can only deceive where no new frame is. */
	if (f->kind == SIM_FAULT_ATTACK_TAG_REPLAY &&
	    held >> 16 == tag_of(reader->ep.rx[cls].pos, 0) >> 16)
		return;
	if (sim_fault_draw(fault, reader))
		sim_memory_poke(SIM_NS, cell,
				skip ? skip_tag(reader, cls, cell, index)
				     : forged_tag(f, fault, cls, index));
}

static void before_credit(struct sim_world *reader, unsigned fault, unsigned cls, unsigned cell)
{
	const struct sim_fault *f = &sim.sc->fault[fault];
	const struct iwc_producer *tx = &reader->ep.tx[cls];
	uint64_t amount = f->amount > 0 ? (uint64_t)f->amount : 1u, line;

	if (!iwc_is_up(&reader->ep) || f->cls != cls || !sim_fault_draw(fault, reader))
		return;
	if (f->kind == SIM_FAULT_ATTACK_CREDIT_AHEAD)
		line = tx->pos + amount;
	else if (f->kind == SIM_FAULT_ATTACK_CREDIT_BACK)
		line = tx->credit - amount;
	else
		line = tx->credit < tx->pos ? tx->credit + 1u : tx->credit;
	sim_memory_poke(SIM_NS, cell, (line & IWC_LINE_MASK) | IWC_SAID);
}

void sim_attack_before_load(struct sim_world *reader, unsigned cell)
{
	unsigned cls, index;
	enum sim_cell_kind kind;

	if (sim.honest)
		return;
	kind = sim_memory_kind(cell, &cls, &index);
	if (kind != SIM_CELL_TAG && kind != SIM_CELL_CREDIT)
		return;
	for (unsigned i = 0; i < sim.sc->fault_count; i++) {
		enum sim_fault_kind k = sim.sc->fault[i].kind;

		if (kind == SIM_CELL_TAG && is_tag_attack(k))
			before_tag(reader, i, cls, cell, index);
		if (kind == SIM_CELL_CREDIT &&
		    (k == SIM_FAULT_ATTACK_CREDIT_AHEAD || k == SIM_FAULT_ATTACK_CREDIT_BACK ||
		     k == SIM_FAULT_ATTACK_ONE_SLOT))
			before_credit(reader, i, cls, cell);
	}
}

/* S has just fetched this tag: change the length under it. */
void sim_attack_after_load(struct sim_world *reader, unsigned cell)
{
	uint64_t held = sim_memory_peek(SIM_NS, cell);
	unsigned cls, index;

	if (!sim_fault_named(SIM_FAULT_ATTACK_LENGTH_FLIP))
		return;
	sim_memory_kind(cell, &cls, &index);
	if (held >> 16 != tag_of(reader->ep.rx[cls].pos, 0) >> 16)
		return;
	if (sim_fault_any(SIM_FAULT_ATTACK_LENGTH_FLIP, reader, NULL) ||
	    sim_fault_any(SIM_FAULT_ATTACK_LENGTH_FLIP, sim_peer(reader), NULL))
		sim_memory_poke(SIM_NS, cell, (held & ~UINT64_C(0xffff)) | 9000u);
}

void sim_attack_after_copy(struct sim_world *reader, unsigned cls, unsigned index)
{
	uint8_t *line = sim_memory_line(SIM_NS, cls, index);

	if (!sim_fault_named(SIM_FAULT_ATTACK_REWRITE_PAYLOAD))
		return;
	if (sim_fault_any(SIM_FAULT_ATTACK_REWRITE_PAYLOAD, sim_peer(reader), NULL)) {
		line[12] ^= 0xffu;
		line[13] ^= 0xffu;
	}
}

/* ---- by time ---- */

static uint64_t interesting(struct sim_rng *r, unsigned cls)
{
	const struct iwc *s = &victim()->ep;
	uint64_t near = sim_rng_upto(r, 8) - 4u;

	switch (sim_rng_upto(r, 6)) {
	case 0:
		return sim_rng_next(r);
	case 1:
		return tag_of(s->rx[cls].pos + near, sim_rng_upto(r, 0xffff));
	case 2:
		return ((s->tx[cls].pos + near) & IWC_LINE_MASK) | IWC_SAID;
	case 3:
		return (uint64_t)(sim.world[SIM_NS].epoch + (uint32_t)near) << 32 | s->epoch;
	case 4:
		return 0;
	case 5:
		return UINT64_MAX;
	default:
		return tag_of(s->rx[cls].pos, IWC_SKIP);
	}
}

static void scribble(unsigned fault)
{
	static const enum sim_cell_kind kinds[] = {
	    SIM_CELL_HELLO, SIM_CELL_SESSION, SIM_CELL_START, SIM_CELL_CREDIT,
	    SIM_CELL_WAKE,  SIM_CELL_SPACE,   SIM_CELL_TAG,   SIM_CELL_E2E};
	struct sim_rng *r = &sim.fault[fault].rng;
	unsigned cls = (unsigned)sim_rng_upto(r, sim.sc->channel.class_count - 1u), index;
	enum sim_cell_kind kind = kinds[sim_rng_upto(r, 7)];

	(void)next_tag(cls, &index);
	if (kind == SIM_CELL_HELLO)
		index = (unsigned)sim_rng_upto(r, 2);
	else if (sim_rng_upto(r, 1) != 0u)
		index = (unsigned)sim_rng_upto(r, sim.range[cls].lines - 1u);
	sim_memory_poke(SIM_NS, sim_memory_cell(kind, cls, index), interesting(r, cls));
}

/* With the section mapped read-only the attacker gets a data abort of its own, and nothing else. */
static void write_peer(unsigned fault)
{
	struct sim_rng *r = &sim.fault[fault].rng;
	unsigned cls = (unsigned)sim_rng_upto(r, sim.sc->channel.class_count - 1u);

	if ((sim.sc->weakness & SIM_WEAK_WRITABLE_PEER) == 0u) {
		sim.world[SIM_NS].mmu_faults++;
		return;
	}
	sim_violate(13, &sim.world[SIM_NS], "writes-peer", "the kernel writes the secure section");
	sim_memory_poke(SIM_S, sim_memory_cell(SIM_CELL_CREDIT, cls, 0), sim_rng_next(r));
}

static void flap(unsigned fault, uint64_t now_ns)
{
	struct sim_fault_state *st = &sim.fault[fault];
	uint32_t epoch = sim.world[SIM_NS].epoch + (uint32_t)st->fired;

	sim_memory_poke(SIM_NS, sim_memory_cell(SIM_CELL_SESSION, 0, 0),
			(uint64_t)epoch << 32 | victim()->ep.epoch);
	sim_monitor_doorbell(&sim.world[SIM_NS], now_ns);
}

void sim_attack_by_time(unsigned fault, uint64_t now_ns)
{
	const struct sim_fault *f = &sim.sc->fault[fault];
	struct sim_world *ns = &sim.world[SIM_NS];
	uint64_t end = f->to_ns != 0u && f->to_ns < sim.main_end_ns ? f->to_ns : sim.main_end_ns;

	switch (f->kind) {
	case SIM_FAULT_ATTACK_RANDOM:
		scribble(fault);
		break;
	case SIM_FAULT_ATTACK_WRITE_PEER:
		write_peer(fault);
		break;
	case SIM_FAULT_ATTACK_NEVER_RING:
		ns->no_ring_ns = end;
		break;
	case SIM_FAULT_ATTACK_FLAP_EPOCH:
		flap(fault, now_ns);
		break;
	case SIM_FAULT_ATTACK_KEEP_SESSION:
		ns->kept_session = sim_memory_peek(SIM_NS, sim_memory_cell(SIM_CELL_SESSION, 0, 0));
		ns->keep_session_ns = end;
		break;
	default:
		break;
	}
}

/* The worst that power-on can leave: noise, and in it a complete session of the former cycle. */
void sim_attack_power_on(enum sim_world_id owner)
{
	uint8_t bytes[IWC_FRAME_MIN + 50u];

	sim_memory_power_on(owner, true);
	sim_memory_poke(owner, sim_memory_cell(SIM_CELL_SESSION, 0, 0), UINT64_C(1) << 32 | 1u);
	for (unsigned c = 0; c < sim.sc->channel.class_count; c++) {
		uint64_t line = sim.range[c].lines;
		uint32_t len = sim.sc->channel.cls[c].frame_max_bytes;

		len = len < sizeof(bytes) ? len : sizeof(bytes);
		sim_memory_poke(owner, sim_memory_cell(SIM_CELL_START, c, 0), line | IWC_SAID);
		for (unsigned i = 0; i < 4u && i < sim.range[c].lines; i++) {
			(void)sim_frame_make(&sim.world[owner], c, bytes, len);
			memcpy(sim_memory_line(owner, c, i), bytes, len);
			sim_memory_poke(owner, sim_memory_cell(SIM_CELL_TAG, c, i),
					tag_of(line + i, len));
		}
	}
}
