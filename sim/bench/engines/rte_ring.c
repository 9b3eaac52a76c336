/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DPDK's rte_ring, one producer, one consumer, in bursts. It carries lengths as pointer-sized
 * words; the payload lies in slots. Plain memory: no EAL, no huge pages. TUNED: see copy.h and
 * slots.h.
 */
#include <rte_ring.h>

#include "copy.h"
#include "engine.h"
#include "slots.h"

struct link {
	struct rte_ring *ring;
	struct slots slots;
};

struct port {
	struct link *tx, *rx;
	uint32_t head, tail;
};

static struct link *links[2];

static int port_setup(void)
{
	ssize_t bytes = rte_ring_get_memsize(2 * RING_ENTRIES);

	for (int i = 0; i < 2; i++) {
		links[i] = bench_shared_alloc(sizeof(struct link));
		links[i]->ring = bench_shared_alloc((size_t)bytes);
		if (rte_ring_init(links[i]->ring, "bench", RING_ENTRIES,
				  RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ) != 0)
			return -1;
	}
	return 0;
}

static void port_open(struct port *p, int side)
{
	p->tx = links[side];
	p->rx = links[!side];
}

static void port_begin(struct port *p, int side, uint32_t len_bytes, int both_ways)
{
	(void)p;
	(void)side;
	(void)len_bytes;
	(void)both_ways;
}

static inline unsigned port_tx(struct port *p, const struct iwc_frame *f, unsigned n)
{
	void *item[BENCH_BURST_MAX];
	unsigned room = rte_ring_free_count(p->tx->ring);

	n = room < n ? room : n;
	if (n == 0)
		return 0;
	for (unsigned i = 0; i < n; i++) {
		bench_copy(slot_at(&p->tx->slots, p->head + i), f[i].buf, f[i].len_bytes);
		item[i] = (void *)(uintptr_t)f[i].len_bytes;
	}
	n = rte_ring_sp_enqueue_burst(p->tx->ring, item, n, NULL);
	p->head += n;
	return n;
}

static inline unsigned port_rx(struct port *p, struct iwc_frame *f, unsigned n)
{
	void *item[BENCH_BURST_MAX];

	n = rte_ring_sc_dequeue_burst(p->rx->ring, item, n, NULL);
	for (unsigned i = 0; i < n; i++) {
		f[i].len_bytes = (uint32_t)(uintptr_t)item[i];
		bench_copy(f[i].buf, slot_at(&p->rx->slots, p->tail++), f[i].len_bytes);
	}
	return n;
}

static void port_wait(struct port *p)
{
	(void)p;
}

static inline void port_done(struct port *p)
{
	(void)p;
}

#include "loops.inc"
