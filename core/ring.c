/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ring of iwc_ring.h. A burst is copied first; its tags are written afterwards, backwards,
 * the first one last with release, so that the consumer sees the whole burst or nothing and the
 * tag line changes hands once.
 */
#include "iwc_ring.h"
#include "iwc_port.h"
#include "ring_one.h"

/* Tags of one burst: each frame may need a skip in front of it. */
#define TAGS_MAX (2u * IWC_BURST_MAX)
/* No line number. */
#define NOWHERE UINT64_MAX

/* Read the peer's credit once; false if it is a violation. */
static bool update_credit(struct iwc_producer *p)
{
	uint64_t w = iwc_port_load_acquire(p->credit_word); /* B */
	uint64_t ahead = (w - p->credit) & IWC_LINE_MASK;

	if ((w & IWC_SAID) == 0u)
		return true;
	if (ahead > p->pos - p->credit) {
		p->violation = IWC_VIOLATION_CREDIT;
		return false;
	}
	p->credit += ahead;
	return true;
}

/* The line behind a frame of so many lines, with a skip before it where the ring ends. */
static uint64_t end_of(const struct iwc_producer *p, uint64_t pos, uint32_t count)
{
	uint32_t index = (uint32_t)pos & (p->lines - 1u);

	return pos + count + (index + count > p->lines ? p->lines - index : 0u);
}

bool iwc_producer_fits(const struct iwc_producer *p, uint32_t len_bytes)
{
	return end_of(p, p->pos, iwc_lines_of(len_bytes)) <= p->credit + p->lines;
}

/* Write the tags backwards: the first one last, with release. */
static void publish(struct iwc_producer *p, const uint64_t *tags, unsigned n)
{
	struct iwc_word *tag = p->tag;
	uint64_t mask = p->lines - 1u;

	for (unsigned k = n; k-- > 1u;)
		iwc_port_store_relaxed(&tag[((tags[k] >> 16) - 1u) & mask], tags[k]);
	iwc_port_store_release(&tag[((tags[0] >> 16) - 1u) & mask], tags[0]); /* A */
}

/* Lines from pos to where the ring ends or where they are not known to be free. */
static uint32_t free_run(const struct iwc_producer *p, uint64_t pos)
{
	uint32_t left = p->lines - ((uint32_t)pos & (p->lines - 1u));
	uint64_t known = p->credit + p->lines - pos;

	return known < left ? (uint32_t)known : left;
}

/*
 * Where a frame of so many lines may start: at pos, or behind the end of the ring if it is not
 * contiguous at pos. NOWHERE: not known to be free; the credit is read again unless *asked.
 */
static uint64_t place(struct iwc_producer *p, uint64_t pos, uint32_t count, bool *asked)
{
	uint64_t end = end_of(p, pos, count);

	if (end > p->credit + p->lines && !*asked) {
		*asked = true;
		if (!update_credit(p))
			return NOWHERE;
	}
	return end > p->credit + p->lines ? NOWHERE : end - count;
}

static void protect(struct iwc_producer *p, uint32_t index, const struct iwc_frame *f)
{
	iwc_port_store_relaxed(&p->e2e[index],
			       iwc_e2e_word(&p->id, p->seq++, f->buf, f->len_bytes));
}

/* Copy a frame to its place; its end-to-end word goes beside it. */
static inline void put(struct iwc_producer *p, uint32_t index, const struct iwc_frame *f)
{
	iwc_port_copy_out(p->data + (size_t)index * IWC_LINE, f->buf, f->len_bytes);
	if (p->protect)
		protect(p, index, f);
}

/* A burst: tags are gathered and published together. */
static IWC_ASIDE unsigned send_burst(struct iwc_producer *p, const struct iwc_frame *f, unsigned n)
{
	const uint32_t mask = p->lines - 1u, max_bytes = p->frame_max_bytes;
	uint64_t tags[TAGS_MAX], pos = p->pos;
	uint32_t run = free_run(p, pos);
	const struct iwc_frame *const first = f, *const end = f + n;
	unsigned k = 0;
	bool asked = false;

	for (; f != end; f++) {
		uint32_t len = f->len_bytes, count = iwc_lines_of(len);

		if (!iwc_length_ok(len, max_bytes))
			break;
		if (count > run) {
			uint64_t start = place(p, pos, count, &asked);

			if (start == NOWHERE)
				break;
			if (start != pos)
				tags[k++] = iwc_tag_word(pos, IWC_SKIP);
			pos = start;
			run = free_run(p, pos);
		}
		put(p, (uint32_t)pos & mask, f);
		tags[k++] = iwc_tag_word(pos, len);
		pos += count;
		run -= count;
	}
	if (f == first)
		return 0;
	publish(p, tags, k);
	p->pos = pos;
	return (unsigned)(f - first);
}

unsigned iwc_producer_send(struct iwc_producer *p, const struct iwc_frame *f, unsigned n,
			   bool *ring)
{
	uint64_t old = p->pos;
	unsigned sent;

	if (n == 1u && iwc_producer_send_one(p, f, ring))
		return 1;
	sent = send_burst(p, f, n);
	if (sent != 0u && p->bell && iwc_producer_rings(p, old))
		*ring = true;
	return sent;
}

bool iwc_producer_arm(struct iwc_producer *p, uint32_t len_bytes)
{
	uint64_t need = end_of(p, p->pos, iwc_lines_of(len_bytes)) - p->lines;

	iwc_port_store_relaxed(p->space, ((need - 1u) & IWC_LINE_MASK) | IWC_SAID);
	iwc_port_fence_full(); /* E */
	return update_credit(p) && iwc_producer_fits(p, len_bytes);
}

bool iwc_producer_stalled(struct iwc_producer *p)
{
	bool stalled;

	if (p->pos != p->credit && !update_credit(p))
		return false;
	stalled = p->credit == p->watch_credit && p->credit != p->watch_pos;
	p->watch_pos = p->pos;
	p->watch_credit = p->credit;
	return stalled;
}

bool iwc_consumer_ready(const struct iwc_consumer *c)
{
	uint32_t index = (uint32_t)c->pos & (c->lines - 1u);
	uint64_t t = iwc_port_load_relaxed(&c->tag[index]);

	return t != 0u && t >> 16 == ((c->pos + 1u) & IWC_LINE_MASK);
}

static bool any_ready(const struct iwc_consumer *before, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (iwc_consumer_ready(&before[i]))
			return true;
	return false;
}

/*
 * A tag t of the own lap at index that is no frame within bounds: true if it leads to line index 0,
 * false if it is a violation.
 */
static bool skips(struct iwc_consumer *c, uint64_t t, uint32_t index)
{
	uint32_t len = (uint32_t)(t & 0xffffu);

	if (len == IWC_SKIP && index != 0u)
		return true;
	if (t == 0u)
		return false; /* a zeroed tag where the number wraps to 0 */
	if (len == IWC_SKIP)
		c->violation = IWC_VIOLATION_SKIP;
	else if (iwc_length_ok(len, c->frame_max_bytes))
		c->violation = IWC_VIOLATION_PAST_END;
	else
		c->violation = IWC_VIOLATION_LENGTH;
	return false;
}

/* Keep what a frame's end-to-end word says of the copy at f, for the judgement that follows. */
static void verify(struct iwc_consumer *c, unsigned i, const struct iwc_frame *f)
{
	c->pending[i].match = iwc_e2e_verify(&c->check, c->pending[i].word, f->buf, f->len_bytes);
}

/* iwc_consumer_take, made twice: with end-to-end words and without. */
static inline __attribute__((always_inline)) unsigned take(struct iwc_consumer *c,
							   struct iwc_frame *f, unsigned n,
							   const struct iwc_consumer *before,
							   unsigned before_count, bool protect)
{
	const uint32_t lines = c->lines, max_bytes = c->frame_max_bytes;
	const struct iwc_frame *const first = f, *const end = f + n;
	uint64_t pos = c->pos;

	/* A skip leads to line index 0, where no skip is valid: at most two tags a frame. */
	while (f != end) {
		uint32_t index = (uint32_t)pos & (lines - 1u);
		/* One word from the peer decides: the own lap's number and a length, or nothing. */
		uint64_t t = iwc_port_load_acquire(&c->tag[index]); /* A */
		uint32_t len = (uint32_t)(t & 0xffffu);

		if (!iwc_tag_awaited(t, pos)) {
			if (f == first)
				iwc_port_touch(c->data + (size_t)index * IWC_LINE);
			break;
		}
		if (!iwc_frame_ok(len, index, lines, max_bytes)) {
			if (!skips(c, t, index))
				break;
			pos += lines - index;
			continue;
		}
		/* The word is on its way while the lines are copied. */
		if (protect)
			c->pending[f - first].word = iwc_port_load_relaxed(&c->e2e[index]);
		f->len_bytes = len;
		iwc_port_copy_in(f->buf, c->data + (size_t)index * IWC_LINE, len);
		if (protect)
			verify(c, (unsigned)(f - first), f);
		pos += iwc_lines_of(len);
		f++;
		if (before_count != 0u && any_ready(before, before_count))
			break;
	}
	c->pos = pos;
	return (unsigned)(f - first);
}

unsigned iwc_consumer_take(struct iwc_consumer *c, struct iwc_frame *f, unsigned n,
			   const struct iwc_consumer *before, unsigned before_count)
{
	return c->protect ? take(c, f, n, before, before_count, true)
			  : take(c, f, n, before, before_count, false);
}

unsigned iwc_consumer_take_behind(struct iwc_consumer *c, struct iwc_frame *f, uint64_t t)
{
	uint32_t index = (uint32_t)c->pos & (c->lines - 1u);

	if (!iwc_tag_awaited(t, c->pos)) {
		iwc_port_touch(c->data + (size_t)index * IWC_LINE);
		return 0;
	}
	if (!skips(c, t, index))
		return 0;
	c->pos += c->lines - index;
	return take(c, f, 1, NULL, 0, false);
}

unsigned iwc_consumer_judge(struct iwc_consumer *c, struct iwc_frame *f, unsigned n,
			    uint64_t now_ns)
{
	unsigned good = 0;

	if (!c->protect)
		return n;
	for (unsigned i = 0; i < n; i++) {
		struct iwc_frame swap = f[i];

		if (!iwc_e2e_judge(&c->check, c->pending[i].word, c->pending[i].match, now_ns))
			continue;
		f[i] = f[good];
		f[good++] = swap;
	}
	return good;
}

bool iwc_consumer_credit(struct iwc_consumer *c, bool force)
{
	uint64_t old = c->told, gathered = c->pos - old;

	if (gathered == 0u || (!force && !iwc_consumer_owes(c)))
		return false;
	c->told = c->pos;
	iwc_port_store_release(c->credit_word, (c->pos & IWC_LINE_MASK) | IWC_SAID); /* B */
	if (!c->bell)
		return false;
	iwc_port_fence_full(); /* E */
	return iwc_passed(iwc_port_load_relaxed(c->space), old, c->pos);
}

void iwc_consumer_arm(struct iwc_consumer *c)
{
	iwc_port_store_relaxed(c->wake, (c->pos & IWC_LINE_MASK) | IWC_SAID);
}
