/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ring_one.h - one frame into a ring and out of one; private to core/.
 *
 * A driver that handles frames one at a time pays for every call on the way, so these paths are
 * inlined into the endpoint. Whatever is not the plain case is left to ring.c.
 */
#ifndef IWC_RING_ONE_H
#define IWC_RING_ONE_H

#include "iwc_ring.h"
#include "iwc_port.h"

/* Off the way: not to be inlined into it. */
#define IWC_ASIDE __attribute__((noinline))

static inline uint32_t iwc_lines_of(uint32_t len_bytes)
{
	return (len_bytes + IWC_LINE - 1u) / IWC_LINE;
}

static inline uint64_t iwc_tag_word(uint64_t line, uint32_t len_bytes)
{
	return (line + 1u) << 16 | len_bytes;
}

static inline bool iwc_length_ok(uint32_t len_bytes, uint32_t max_bytes)
{
	return len_bytes - IWC_FRAME_MIN <= max_bytes - IWC_FRAME_MIN;
}

/* Did the position pass the line number in w, when it went from old to now? */
static inline bool iwc_passed(uint64_t w, uint64_t old, uint64_t now)
{
	return (w & IWC_SAID) != 0u && ((w - old) & IWC_LINE_MASK) < now - old;
}

/* Behind the first tag of a burst that began at old: did the consumer ask for a doorbell? */
static inline bool iwc_producer_rings(const struct iwc_producer *p, uint64_t old)
{
	iwc_port_fence_full(); /* D */
	return iwc_passed(iwc_port_load_relaxed(p->wake), old, p->pos);
}

/*
 * Send one frame, if it needs no end-to-end word, no skip and no look at the credit: nothing to
 * gather. False: nothing was done. *ring as in iwc_producer_send.
 */
static inline bool iwc_producer_send_one(struct iwc_producer *p, const struct iwc_frame *f,
					 bool *ring)
{
	uint64_t pos = p->pos;
	uint32_t lines = p->lines, index = (uint32_t)pos & (lines - 1u);
	uint32_t len = f->len_bytes, count = iwc_lines_of(len);

	if (p->protect || !iwc_length_ok(len, p->frame_max_bytes) || index + count > lines ||
	    pos + count > p->credit + lines)
		return false;
	iwc_port_copy_out(p->data + (size_t)index * IWC_LINE, f->buf, len);
	iwc_port_store_release(&p->tag[index], iwc_tag_word(pos, len)); /* A */
	p->pos = pos + count;
	if (p->bell && iwc_producer_rings(p, pos))
		*ring = true;
	return true;
}

/* Is t a tag of the own lap for the line number pos? */
static inline bool iwc_tag_awaited(uint64_t t, uint64_t pos)
{
	return (t ^ (pos + 1u) << 16) <= 0xffffu;
}

/* Is a frame of len bytes at index within bounds? If not, the tag is a skip or a violation. */
static inline bool iwc_frame_ok(uint32_t len, uint32_t index, uint32_t lines, uint32_t max_bytes)
{
	return iwc_length_ok(len, max_bytes) && index + iwc_lines_of(len) <= lines;
}

/*
 * Take one frame of a ring without end-to-end words. False: *tag is what stands at the own
 * position, and iwc_consumer_take_behind says what that means.
 */
static inline bool iwc_consumer_take_one(struct iwc_consumer *c, struct iwc_frame *f, uint64_t *tag)
{
	uint64_t pos = c->pos;
	uint32_t lines = c->lines, index = (uint32_t)pos & (lines - 1u);
	uint64_t t = iwc_port_load_acquire(&c->tag[index]); /* A */
	uint32_t len = (uint32_t)(t & 0xffffu);

	*tag = t;
	if (!iwc_tag_awaited(t, pos) || !iwc_frame_ok(len, index, lines, c->frame_max_bytes))
		return false;
	c->pos = pos + iwc_lines_of(len);
	f->len_bytes = len;
	iwc_port_copy_in(f->buf, c->data + (size_t)index * IWC_LINE, len);
	return true;
}

/* Tag t, read by iwc_consumer_take_one, is none of a frame within bounds: nothing there yet, a
 * violation, or a skip, behind which one frame may be taken. Returns how many were. */
unsigned iwc_consumer_take_behind(struct iwc_consumer *c, struct iwc_frame *f, uint64_t t);

#endif
