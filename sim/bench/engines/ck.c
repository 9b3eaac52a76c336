/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ConcurrencyKit's ck_ring, one producer, one consumer. It carries lengths; the payload lies in
 * slots. TUNED: see copy.h and slots.h.
 */
#include <ck_ring.h>

#include "copy.h"
#include "engine.h"
#include "slots.h"

struct item {
	uint32_t len_bytes;
};
CK_RING_PROTOTYPE(items, item)

struct link {
	ck_ring_t ring;
	struct item item[RING_ENTRIES] __attribute__((aligned(64)));
	struct slots slots;
};

struct port {
	struct link *tx, *rx;
	uint32_t head, tail;
};

static struct link *links[2];

static int port_setup(void)
{
	for (int i = 0; i < 2; i++) {
		links[i] = bench_shared_alloc(sizeof(struct link));
		ck_ring_init(&links[i]->ring, RING_ENTRIES);
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
	struct link *l = p->tx;
	unsigned i;

	for (i = 0; i < n; i++) {
		struct item it = {f[i].len_bytes};

		/* No more than a ringful is on its way: this slot is free. */
		bench_copy(slot_at(&l->slots, p->head), f[i].buf, f[i].len_bytes);
		if (!CK_RING_ENQUEUE_SPSC(items, &l->ring, l->item, &it))
			break;
		p->head++;
	}
	return i;
}

static inline unsigned port_rx(struct port *p, struct iwc_frame *f, unsigned n)
{
	struct link *l = p->rx;
	unsigned i;

	for (i = 0; i < n; i++) {
		struct item it;

		if (!CK_RING_DEQUEUE_SPSC(items, &l->ring, l->item, &it))
			break;
		bench_copy(f[i].buf, slot_at(&l->slots, p->tail), it.len_bytes);
		f[i].len_bytes = it.len_bytes;
		p->tail++;
	}
	return i;
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
