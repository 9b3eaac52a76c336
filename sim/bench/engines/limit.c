/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The limit: what moving the bytes alone costs. The length is agreed before, nothing is checked,
 * nobody is told; a burst is copied into packed slots and one index is stored. Each index is alone
 * on its line and the other side's is read only when its last known value says full or empty. The
 * copies use the widest moves of this machine.
 */
#include "engine.h"

#define LIMIT_BYTES (512u * 1024u)

struct link {
	uint32_t head __attribute__((aligned(128)));
	uint32_t tail __attribute__((aligned(128)));
	char bytes[LIMIT_BYTES] __attribute__((aligned(4096)));
};

struct port {
	struct link *tx, *rx;
	uint32_t len, stride, mask; /* bytes a frame, bytes a slot, slots - 1 */
	uint32_t head, tail_seen;
	uint32_t tail, head_seen;
};

typedef unsigned char line __attribute__((vector_size(64), aligned(1), may_alias));

static struct link *links[2];

static int port_setup(void)
{
	for (int i = 0; i < 2; i++)
		links[i] = bench_shared_alloc(sizeof(struct link));
	return 0;
}

static void port_open(struct port *p, int side)
{
	p->tx = links[side];
	p->rx = links[!side];
}

/* Both rings are empty here, so that slots may change their size. */
static void port_begin(struct port *p, int side, uint32_t len_bytes, int both_ways)
{
	uint32_t slots = 1;

	(void)side;
	(void)both_ways;
	p->len = len_bytes;
	p->stride = (len_bytes + 63u) & ~63u;
	while (2u * slots * p->stride <= LIMIT_BYTES)
		slots *= 2u;
	p->mask = slots - 1u;
	p->tail_seen = p->head;
}

static inline void copy_lines(char *dst, const char *src, uint32_t stride)
{
	for (uint32_t i = 0; i < stride; i += 64u)
		*(line *)(dst + i) = *(const line *)(src + i);
}

static inline unsigned port_tx(struct port *p, const struct iwc_frame *f, unsigned n)
{
	uint32_t head = p->head, room = p->mask + 1u - (head - p->tail_seen);

	if (room < n) {
		p->tail_seen = __atomic_load_n(&p->tx->tail, __ATOMIC_ACQUIRE);
		room = p->mask + 1u - (head - p->tail_seen);
		n = room < n ? room : n;
	}
	if (n == 0)
		return 0;
	for (unsigned i = 0; i < n; i++)
		copy_lines(p->tx->bytes + (size_t)((head + i) & p->mask) * p->stride, f[i].buf,
			   p->stride);
	p->head = head + n;
	__atomic_store_n(&p->tx->head, head + n, __ATOMIC_RELEASE);
	return n;
}

static inline unsigned port_rx(struct port *p, struct iwc_frame *f, unsigned n)
{
	uint32_t tail = p->tail, ready = p->head_seen - tail, stride = p->stride;

	if (ready < n) {
		p->head_seen = __atomic_load_n(&p->rx->head, __ATOMIC_ACQUIRE);
		ready = p->head_seen - tail;
		n = ready < n ? ready : n;
	}
	if (n == 0)
		return 0;
	for (unsigned i = 0; i < n; i++) {
		copy_lines(f[i].buf, p->rx->bytes + (size_t)((tail + i) & p->mask) * stride,
			   stride);
		f[i].len_bytes = p->len;
	}
	p->tail = tail + n;
	__atomic_store_n(&p->rx->tail, tail + n, __ATOMIC_RELEASE);
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
