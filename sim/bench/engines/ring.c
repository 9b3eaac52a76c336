/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The core's ring layer alone: no session, no activation, no classes. What the endpoint costs is
 * the difference between this engine and core.c.
 */
#include "engine.h"
#include "iwc_ring.h"

#define LINES_LOG2 13u
#define LINES (1u << LINES_LOG2)

struct port {
	struct iwc_producer *tx;
	struct iwc_consumer *rx;
};

static struct iwc_producer producers[2] __attribute__((aligned(256)));
static struct iwc_consumer consumers[2] __attribute__((aligned(256)));

/* Direction d goes from side d to the other. */
static int port_setup(void)
{
	for (int d = 0; d < 2; d++) {
		uint8_t *ring = bench_shared_alloc(IWC_RING_BYTES(LINES_LOG2));
		struct iwc_class_words *sender = bench_shared_alloc(sizeof(*sender));
		struct iwc_class_words *receiver = bench_shared_alloc(sizeof(*receiver));

		producers[d] = (struct iwc_producer){
		    .tag = (struct iwc_word *)(void *)ring,
		    .e2e = (struct iwc_word *)(void *)ring + LINES,
		    .data = ring + 16u * LINES,
		    .space = &sender->space,
		    .credit_word = &receiver->credit,
		    .wake = &receiver->wake,
		    .lines = LINES,
		    .frame_max_bytes = BENCH_LEN_MAX,
		};
		consumers[d] = (struct iwc_consumer){
		    .tag = producers[d].tag,
		    .e2e = producers[d].e2e,
		    .data = producers[d].data,
		    .space = &sender->space,
		    .credit_word = &receiver->credit,
		    .wake = &receiver->wake,
		    .lines = LINES,
		    .frame_max_bytes = BENCH_LEN_MAX,
		};
	}
	return 0;
}

static void port_open(struct port *p, int side)
{
	p->tx = &producers[side];
	p->rx = &consumers[!side];
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
	bool ring = false;

	return iwc_producer_send(p->tx, f, n, &ring);
}

static inline unsigned port_rx(struct port *p, struct iwc_frame *f, unsigned n)
{
	n = iwc_consumer_take(p->rx, f, n, NULL, 0);
	if (n != 0)
		iwc_consumer_credit(p->rx, false);
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
