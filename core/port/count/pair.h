/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pair.h - two endpoints over two sections, for the tests of core/; any port.
 *
 * A section lies in a memory file that is mapped twice, writable for its owner and read-only for
 * the peer, each mapping between two inaccessible pages: an endpoint that strays from the region or
 * writes the peer's words ends the test program (P1, P13). Buffers have canaries on both sides.
 */
#ifndef IWC_PAIR_H
#define IWC_PAIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "iwc.h"

#define PAIR_PAGE ((size_t)4096)
#define PAIR_CANARY 64u
#define PAIR_CANARY_BYTE 0xc5

struct pair {
	struct iwc ep[2];
	struct iwc_config cfg[2];
	void *port[2];
	uint8_t *own[2];	/* the section of each side as its owner maps it */
	const uint8_t *seen[2]; /* the same as the peer maps it */
	size_t bytes;
	uint32_t epoch[2]; /* last one that the monitor gave out */
	uint64_t now_ns;
};

/* Frames whose buffers can't be overrun unseen. */
struct pair_bufs {
	uint8_t mem[IWC_BURST_MAX][PAIR_CANARY + IWC_FRAME_MAX + PAIR_CANARY];
	struct iwc_frame f[IWC_BURST_MAX];
};

static inline struct iwc_header *pair_header(struct pair *p, unsigned side)
{
	return (struct iwc_header *)(void *)p->own[side];
}

static inline uint8_t *pair_map(int fd, size_t bytes, int prot)
{
	uint8_t *all =
	    mmap(NULL, bytes + 2u * PAIR_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(all, MAP_FAILED);
	assert_ptr_not_equal(mmap(all + PAIR_PAGE, bytes, prot, MAP_SHARED | MAP_FIXED, fd, 0),
			     MAP_FAILED);
	return all + PAIR_PAGE;
}

/* A small link: control protected, bulk not; doorbells on. */
static inline struct iwc_config pair_config(void)
{
	return (struct iwc_config){
	    .class_count = 2,
	    .cls = {{.lines_log2 = 4, .protect = true, .frame_max_bytes = 256, .budget = 8},
		    {.lines_log2 = 6, .frame_max_bytes = 1536, .budget = 32}},
	    .bell = true,
	    .backoff_min_ns = 1000,
	    .backoff_max_ns = 8000,
	};
}

/* Bytes of a section that the layout uses; what follows up to the page belongs to nobody. */
static inline size_t pair_used_bytes(const struct iwc_config *cfg)
{
	size_t used = IWC_HEADER_BYTES;

	for (uint32_t c = 0; c < cfg->class_count; c++)
		used += IWC_RING_BYTES(cfg->cls[c].lines_log2);
	return used;
}

static inline void pair_init(struct pair *p, unsigned side)
{
	assert_int_equal(
	    iwc_init(&p->ep[side], &p->cfg[side], p->own[side], p->seen[!side], p->port[side]),
	    IWC_OK);
}

/* Map the sections and bind both endpoints; p->port is the caller's. */
static inline void pair_open(struct pair *p, const struct iwc_config *cfg)
{
	p->bytes = iwc_section_bytes(cfg);
	assert_int_not_equal(p->bytes, 0);
	p->now_ns = 1;
	for (unsigned side = 0; side < 2u; side++) {
		int fd = memfd_create("section", 0);

		assert_true(fd >= 0);
		assert_int_equal(ftruncate(fd, (off_t)p->bytes), 0);
		p->own[side] = pair_map(fd, p->bytes, PROT_READ | PROT_WRITE);
		p->seen[side] = pair_map(fd, p->bytes, PROT_READ);
		close(fd);
		memset(p->own[side] + pair_used_bytes(cfg), PAIR_CANARY_BYTE,
		       p->bytes - pair_used_bytes(cfg));
		p->cfg[side] = *cfg;
		p->epoch[side] = 0;
	}
	pair_init(p, 0);
	pair_init(p, 1);
}

/* Check the canaries behind the rings and unmap. */
static inline void pair_close(struct pair *p)
{
	for (unsigned side = 0; side < 2u; side++) {
		for (size_t i = pair_used_bytes(&p->cfg[side]); i < p->bytes; i++)
			assert_int_equal(p->own[side][i], PAIR_CANARY_BYTE);
		munmap(p->own[side] - PAIR_PAGE, p->bytes + 2u * PAIR_PAGE);
		munmap((void *)(uintptr_t)(p->seen[side] - PAIR_PAGE), p->bytes + 2u * PAIR_PAGE);
	}
}

/* The monitor's next epoch for a side: never 0. */
static inline uint32_t pair_next_epoch(struct pair *p, unsigned side)
{
	if (++p->epoch[side] == 0u)
		p->epoch[side] = 1;
	return p->epoch[side];
}

static inline void pair_boot(struct pair *p, unsigned side)
{
	assert_int_equal(iwc_boot(&p->ep[side], pair_next_epoch(p, side)), IWC_OK);
}

/* A new life of a side: nothing private is left. */
static inline void pair_reboot(struct pair *p, unsigned side)
{
	pair_init(p, side);
	pair_boot(p, side);
}

/* One poll of a side at p->now_ns, with the renewal it asks for. */
static inline unsigned pair_poll(struct pair *p, unsigned side)
{
	unsigned events = iwc_begin(&p->ep[side], p->now_ns);

	if ((events & IWC_EVENT_RENEW) != 0u)
		assert_int_equal(iwc_renew(&p->ep[side], pair_next_epoch(p, side)), IWC_OK);
	return events;
}

static inline bool pair_is_up(const struct pair *p)
{
	return iwc_is_up(&p->ep[0]) && iwc_is_up(&p->ep[1]);
}

/* Boot both and poll in turn; from scratch three rounds are enough. */
static inline void pair_connect(struct pair *p)
{
	pair_boot(p, 0);
	pair_boot(p, 1);
	for (unsigned round = 0; round < 3u; round++) {
		pair_poll(p, 0);
		pair_poll(p, 1);
	}
	assert_true(pair_is_up(p));
}

/* A seeded generator (xorshift64*); the state is never 0. */
static inline uint64_t pair_random(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

static inline uint8_t pair_byte(uint64_t key, uint32_t i)
{
	uint64_t x = (key + i / 8u) * UINT64_C(0x9e3779b97f4a7c15);

	/* Never 0, so that padding and lost payload are told from it. */
	return (uint8_t)((x >> (8u + 4u * (i % 8u))) | 1u);
}

/* Make f the frame number key: each byte depends on key and place. */
static inline void pair_fill(struct iwc_frame *f, uint64_t key, uint32_t len_bytes)
{
	uint8_t *b = f->buf;

	f->len_bytes = len_bytes;
	for (uint32_t i = 0; i < len_bytes; i++)
		b[i] = pair_byte(key, i);
}

static inline bool pair_matches(const struct iwc_frame *f, uint64_t key, uint32_t len_bytes)
{
	const uint8_t *b = f->buf;

	if (f->len_bytes != len_bytes)
		return false;
	for (uint32_t i = 0; i < len_bytes; i++)
		if (b[i] != pair_byte(key, i))
			return false;
	return true;
}

static inline void pair_bufs_init(struct pair_bufs *b)
{
	memset(b->mem, PAIR_CANARY_BYTE, sizeof(b->mem));
	for (unsigned i = 0; i < IWC_BURST_MAX; i++)
		b->f[i] = (struct iwc_frame){.buf = b->mem[i] + PAIR_CANARY};
}

/* Every canary is alive and every buffer is among the entries exactly once. */
static inline void pair_bufs_check(const struct pair_bufs *b)
{
	for (unsigned i = 0; i < IWC_BURST_MAX; i++) {
		unsigned found = 0;

		for (unsigned k = 0; k < PAIR_CANARY; k++) {
			assert_int_equal(b->mem[i][k], PAIR_CANARY_BYTE);
			assert_int_equal(b->mem[i][PAIR_CANARY + IWC_FRAME_MAX + k],
					 PAIR_CANARY_BYTE);
		}
		for (unsigned k = 0; k < IWC_BURST_MAX; k++)
			found += b->f[k].buf == b->mem[i] + PAIR_CANARY;
		assert_int_equal(found, 1);
	}
}

#endif
