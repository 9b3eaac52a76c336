/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * boost::lockfree::spsc_queue of lengths with its batch push and pop; the payload lies in slots.
 * TUNED: see copy.h and slots.h.
 */
#include <boost/lockfree/spsc_queue.hpp>
#include <new>

#include "copy.h"
#include "engine.h"
#include "slots.h"

struct item {
	uint32_t len_bytes;
};

struct link_state {
	boost::lockfree::spsc_queue<item, boost::lockfree::capacity<RING_ENTRIES>> queue;
	struct slots slots;
};

struct port {
	link_state *tx, *rx;
	uint32_t head, tail;
};

static link_state *links[2];

static int port_setup(void)
{
	for (int i = 0; i < 2; i++)
		links[i] = new (bench_shared_alloc(sizeof(link_state))) link_state;
	return 0;
}

static void port_open(struct port *p, int side)
{
	p->tx = links[side];
	p->rx = links[!side];
}

static void port_begin(struct port *, int, uint32_t, int)
{
}

static inline unsigned port_tx(struct port *p, const struct iwc_frame *f, unsigned n)
{
	item it[BENCH_BURST_MAX];
	size_t room = p->tx->queue.write_available();

	n = room < n ? (unsigned)room : n;
	for (unsigned i = 0; i < n; i++) {
		bench_copy(slot_at(&p->tx->slots, p->head + i), f[i].buf, f[i].len_bytes);
		it[i].len_bytes = f[i].len_bytes;
	}
	n = (unsigned)p->tx->queue.push(it, n);
	p->head += n;
	return n;
}

static inline unsigned port_rx(struct port *p, struct iwc_frame *f, unsigned n)
{
	item it[BENCH_BURST_MAX];

	n = (unsigned)p->rx->queue.pop(it, n);
	for (unsigned i = 0; i < n; i++) {
		bench_copy(f[i].buf, slot_at(&p->rx->slots, p->tail++), it[i].len_bytes);
		f[i].len_bytes = it[i].len_bytes;
	}
	return n;
}

static void port_wait(struct port *)
{
}

static inline void port_done(struct port *)
{
}

#include "loops.inc"
