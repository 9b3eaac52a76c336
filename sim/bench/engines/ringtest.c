/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtio ring layouts of Linux's tools/virtio/ringtest, unmodified, with payload in slots.
 * RINGTEST_SOURCE is the file to measure; this one takes the place of its main.c. RINGTEST_PACKED:
 * it is ring.c, the ancestor of the packed ring.
 *
 * Such a file holds one ring in globals, so a round trip is one buffer that comes back with the
 * answer in it (ringtest's --outstanding 1), and a stream goes from guest to host.
 */
#include <stdbool.h>

#include "engine.h"
#define RING_ENTRIES 256
#include "slots.h"

#include RINGTEST_SOURCE
#undef likely
#undef unlikely
#undef ALIGN

#ifndef RINGTEST_PACKED
#define RINGTEST_PACKED 0
#endif

int param;
bool do_exit, do_sleep, do_relax;
unsigned ring_size = RING_ENTRIES;

void kick(void)
{
}

void wait_for_kick(void)
{
}

void call(void)
{
}

void wait_for_call(void)
{
}

struct port {
	uint32_t added, returned; /* guest */
	uint32_t used;		  /* host */
	int side;
};

static struct slots *slots;
static int round_trips;

static int port_setup(void)
{
	alloc_ring();
	slots = bench_shared_alloc(sizeof(*slots));
	return 0;
}

static void port_open(struct port *p, int side)
{
	p->side = side;
}

/* Guest: take finished buffers back. */
static inline void reap(struct port *p)
{
	unsigned len;
	void *buf;

	while (p->returned != p->added && get_buf(&len, &buf))
		p->returned++;
}

static void port_begin(struct port *p, int side, uint32_t len_bytes, int both_ways)
{
	(void)len_bytes;
	round_trips = both_ways;
	if (side == 0)
		reap(p);
}

static inline unsigned port_tx(struct port *p, const struct iwc_frame *f, unsigned n)
{
	unsigned i;

	if (p->side == 1) { /* the host answers in the buffer it uses up */
		unsigned len;
		void *buf;

		memcpy(slot_at(slots, p->used), f->buf, f->len_bytes);
		use_buf(&len, &buf);
		p->used++;
		return 1;
	}
	for (i = 0; i < n; i++) {
		char *s = slot_at(slots, p->added);

		memcpy(s, f[i].buf, f[i].len_bytes);
		if (add_inbuf(f[i].len_bytes + 1u, s, s) != 0)
			break;
		p->added++;
	}
	if (!round_trips)
		reap(p);
	return i;
}

/* The length of the next available buffer, which the host looks up before it uses it. */
static inline uint32_t next_len(void)
{
	uint32_t at = (ring_size - 1) & host.used_idx;

#if RINGTEST_PACKED
	return ring[at].len - 1;
#elif defined INORDER
	return ring.desc[at].len - 1;
#else
	return ring.desc[(ring_size - 1) & ring.avail->ring[at]].len - 1;
#endif
}

static inline unsigned guest_rx(struct port *p, struct iwc_frame *f)
{
	unsigned len;
	void *buf;

	if (p->returned == p->added || !get_buf(&len, &buf))
		return 0;
	if (len > BENCH_LEN_MAX)
		len = 0;
	memcpy(f->buf, slot_at(slots, p->returned), len);
	f->len_bytes = len;
	p->returned++;
	return 1;
}

static inline unsigned port_rx(struct port *p, struct iwc_frame *f, unsigned n)
{
	unsigned i;

	if (p->side == 0)
		return guest_rx(p, f);
	for (i = 0; i < n; i++) {
		unsigned len;
		void *buf;

		if (avail_empty())
			break;
		smp_acquire();
		len = next_len();
		if (len > BENCH_LEN_MAX)
			len = 0;
		memcpy(f[i].buf, slot_at(slots, p->used), len);
		f[i].len_bytes = len;
		if (round_trips)
			return 1;
		use_buf(&len, &buf);
		p->used++;
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
