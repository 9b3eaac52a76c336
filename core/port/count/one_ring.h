/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * one_ring.h - one direction of one class, without sessions: the shared arrays are heap blocks of
 * exact size, so that a sanitizer sees every step outside.
 */
#ifndef IWC_ONE_RING_H
#define IWC_ONE_RING_H

#include <stdlib.h>

#include "port/count/pair.h"

#define NUMBER_WRAP (UINT64_C(1) << IWC_LINE_BITS)

struct ring {
	struct iwc_producer p;
	struct iwc_consumer c;
	struct iwc_word space, credit, wake;
	struct iwc_word *tag, *e2e;
	uint8_t *data;
	struct pair_bufs in, out;
};

/* First lines close to every wrap: of the index, of 32, 48 bits and of the tag's number. */
static const uint64_t starts[] = {
    0,
    1,
    UINT64_C(0xfffffff8),
    UINT64_C(0x100000000),
    NUMBER_WRAP - 130u,
    NUMBER_WRAP - 2u,
    NUMBER_WRAP - 1u,
    NUMBER_WRAP + 5u,
};

#define STARTS (sizeof(starts) / sizeof(starts[0]))

/* The longest frame that a ring of so many lines carries for sure. */
static inline uint32_t frame_max(uint32_t lines_log2)
{
	uint32_t lines = 1u << lines_log2, most = (lines - lines / 8u + 1u) / 2u * IWC_LINE;

	return most < IWC_FRAME_MAX ? most : IWC_FRAME_MAX;
}

static inline struct ring *ring_new(uint32_t lines_log2, uint64_t first, bool protect)
{
	static const struct iwc_e2e_id id = {5, 6, 0};
	uint32_t lines = 1u << lines_log2;
	struct ring *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	r->tag = calloc(lines, sizeof(*r->tag));
	r->e2e = calloc(lines, sizeof(*r->e2e));
	r->data = malloc((size_t)lines * IWC_LINE);
	memset(r->data, 0xee, (size_t)lines * IWC_LINE);
	r->p = (struct iwc_producer){
	    .tag = r->tag,
	    .e2e = r->e2e,
	    .space = &r->space,
	    .data = r->data,
	    .credit_word = &r->credit,
	    .wake = &r->wake,
	    .pos = first,
	    .credit = first,
	    .lines = lines,
	    .frame_max_bytes = frame_max(lines_log2),
	    .protect = protect,
	    .bell = true,
	    .id = id,
	};
	r->c = (struct iwc_consumer){
	    .tag = r->tag,
	    .e2e = r->e2e,
	    .space = &r->space,
	    .data = r->data,
	    .credit_word = &r->credit,
	    .wake = &r->wake,
	    .pos = first & IWC_LINE_MASK,
	    .told = first & IWC_LINE_MASK,
	    .lines = lines,
	    .frame_max_bytes = frame_max(lines_log2),
	    .protect = protect,
	    .bell = true,
	};
	iwc_e2e_rx_start(&r->c.check, &id, 0);
	pair_bufs_init(&r->in);
	pair_bufs_init(&r->out);
	return r;
}

static inline void ring_free(struct ring *r)
{
	pair_bufs_check(&r->in);
	pair_bufs_check(&r->out);
	free(r->tag);
	free(r->e2e);
	free(r->data);
	free(r);
}

static inline unsigned send_one(struct ring *r, uint64_t key, uint32_t len_bytes)
{
	bool bell = false;

	pair_fill(&r->in.f[0], key, len_bytes);
	return iwc_producer_send(&r->p, r->in.f, 1, &bell);
}

static inline unsigned take(struct ring *r, unsigned n)
{
	return iwc_consumer_take(&r->c, r->out.f, n, NULL, 0);
}

/* Where the peer would publish its next frame: write what it likes there. */
static inline void forge(struct ring *r, uint64_t number, uint32_t len_bytes)
{
	r->tag[r->c.pos & (r->c.lines - 1u)].v = (number << 16) | len_bytes;
}

#endif
