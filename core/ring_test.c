/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One direction of one class, without sessions: the producer's and the consumer's shared arrays are
 * heap blocks of exact size, so that a sanitizer sees every step outside.
 */
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
static uint32_t frame_max(uint32_t lines_log2)
{
	uint32_t lines = 1u << lines_log2, most = (lines - lines / 8u + 1u) / 2u * IWC_LINE;

	return most < IWC_FRAME_MAX ? most : IWC_FRAME_MAX;
}

static struct ring *ring_new(uint32_t lines_log2, uint64_t first, bool protect)
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

static void ring_free(struct ring *r)
{
	pair_bufs_check(&r->in);
	pair_bufs_check(&r->out);
	free(r->tag);
	free(r->e2e);
	free(r->data);
	free(r);
}

static unsigned send_one(struct ring *r, uint64_t key, uint32_t len_bytes)
{
	bool bell = false;

	pair_fill(&r->in.f[0], key, len_bytes);
	return iwc_producer_send(&r->p, r->in.f, 1, &bell);
}

static unsigned take(struct ring *r, unsigned n)
{
	return iwc_consumer_take(&r->c, r->out.f, n, NULL, 0);
}

/* Where the peer would publish its next frame: write what it likes there. */
static void forge(struct ring *r, uint64_t number, uint32_t len_bytes)
{
	r->tag[r->c.pos & (r->c.lines - 1u)].v = (number << 16) | len_bytes;
}

static void every_length(void **state)
{
	(void)state;
	for (unsigned protect = 0; protect < 2u; protect++) {
		struct ring *r = ring_new(6, NUMBER_WRAP - 3000u, protect != 0u);

		for (uint32_t len = IWC_FRAME_MIN; len <= IWC_FRAME_MAX; len++) {
			assert_int_equal(send_one(r, len, len), 1);
			assert_int_equal(take(r, 4), 1);
			assert_int_equal(iwc_consumer_judge(&r->c, r->out.f, 1, 0), 1);
			assert_true(pair_matches(&r->out.f[0], len, len));
			iwc_consumer_credit(&r->c, true);
		}
		assert_int_equal(r->c.check.n.lost, 0);
		ring_free(r);
	}
}

/* The rest of the last line is zero; the line behind is not touched (P8). */
static void padding_is_zero(void **state)
{
	(void)state;
	for (uint32_t len = IWC_FRAME_MIN; len <= 200u; len++) {
		struct ring *r = ring_new(4, 0, false);
		uint32_t end = (len + IWC_LINE - 1u) / IWC_LINE * IWC_LINE;

		assert_int_equal(send_one(r, len, len), 1);
		assert_memory_equal(r->data, r->in.f[0].buf, len);
		for (uint32_t i = len; i < end; i++)
			assert_int_equal(r->data[i], 0);
		for (uint32_t i = end; i < 16u * IWC_LINE; i++)
			assert_int_equal(r->data[i], 0xee);
		ring_free(r);
	}
}

/* One lap of a stream: send a random burst, take a random burst, compare. */
struct stream {
	uint64_t seed, sent, taken;
	uint32_t len[1024];
};

static void stream_send(struct ring *r, struct stream *s)
{
	unsigned n = 1u + (unsigned)(pair_random(&s->seed) % IWC_BURST_MAX), took;
	uint64_t pos = r->p.pos;
	bool bell = false;

	for (unsigned i = 0; i < n; i++) {
		uint32_t span = r->p.frame_max_bytes - IWC_FRAME_MIN + 1u;
		uint32_t len = IWC_FRAME_MIN + (uint32_t)(pair_random(&s->seed) % span);

		s->len[(s->sent + i) % 1024u] = len;
		pair_fill(&r->in.f[i], s->sent + i, len);
	}
	took = iwc_producer_send(&r->p, r->in.f, n, &bell);
	assert_true(took <= n);
	assert_int_equal(r->p.violation, IWC_VIOLATION_NONE);
	assert_true(r->p.credit <= r->p.pos && r->p.pos <= r->p.credit + r->p.lines);
	assert_true(r->p.pos - pos >= took);
	s->sent += took;
	if (took < n)
		assert_false(iwc_producer_fits(&r->p, r->in.f[took].len_bytes));
}

static void stream_take(struct ring *r, struct stream *s)
{
	unsigned n = 1u + (unsigned)(pair_random(&s->seed) % IWC_BURST_MAX);
	unsigned got = take(r, n);

	assert_int_equal(r->c.violation, IWC_VIOLATION_NONE);
	assert_true(got <= n);
	assert_int_equal(iwc_consumer_judge(&r->c, r->out.f, got, 0), got);
	for (unsigned i = 0; i < got; i++, s->taken++)
		assert_true(pair_matches(&r->out.f[i], s->taken, s->len[s->taken % 1024u]));
	assert_true(r->c.told <= r->c.pos);
	iwc_consumer_credit(&r->c, pair_random(&s->seed) % 4u == 0u);
}

/* Exactly once, in order, intact, in rings of 2 to 128 lines, across each wrap (P3, T37). */
static void streams_across_wraps(void **state)
{
	(void)state;
	for (uint32_t k = IWC_LINES_LOG2_MIN; k <= 7u; k++)
		for (unsigned i = 0; i < 2u * STARTS; i++) {
			struct ring *r = ring_new(k, starts[i / 2u], i % 2u != 0u);
			struct stream s = {.seed = 1u + k * 100u + i};

			for (unsigned step = 0; step < 120u; step++) {
				stream_send(r, &s);
				stream_take(r, &s);
			}
			for (unsigned step = 0; step < 1000u && s.taken < s.sent; step++)
				stream_take(r, &s);
			assert_int_equal(s.taken, s.sent);
			assert_int_equal(take(r, 1), 0);
			assert_true(s.sent >= 50u);
			assert_true(r->p.pos - starts[i / 2u] > r->p.lines);
			ring_free(r);
		}
}

/* The largest ring, filled to the last line and emptied, twice. */
static void largest_ring(void **state)
{
	struct ring *r = ring_new(IWC_LINES_LOG2_MAX, NUMBER_WRAP - 70000u, false);
	uint64_t sent = 0, taken = 0;

	(void)state;
	for (unsigned lap = 0; lap < 2u; lap++) {
		while (sent <= 3u << IWC_LINES_LOG2_MAX && send_one(r, sent, IWC_FRAME_MIN) == 1u)
			sent++;
		assert_int_equal(sent, (lap + 1u) << IWC_LINES_LOG2_MAX);
		for (unsigned n = take(r, IWC_BURST_MAX); n != 0u; n = take(r, IWC_BURST_MAX))
			for (unsigned i = 0; i < n; i++)
				assert_true(pair_matches(&r->out.f[i], taken++, IWC_FRAME_MIN));
		assert_int_equal(taken, sent);
		iwc_consumer_credit(&r->c, true);
	}
	ring_free(r);
}

/* Nothing that was not given back is overwritten, and a burst is cut where the ring is full. */
static void full_ring(void **state)
{
	bool bell = false;

	(void)state;
	for (uint32_t k = IWC_LINES_LOG2_MIN; k <= 5u; k++) {
		struct ring *r = ring_new(k, 0, false);
		uint32_t lines = 1u << k;

		for (unsigned i = 0; i < IWC_BURST_MAX; i++)
			pair_fill(&r->in.f[i], i, 60);
		assert_int_equal(iwc_producer_send(&r->p, r->in.f, IWC_BURST_MAX, &bell), lines);
		assert_int_equal(iwc_producer_send(&r->p, r->in.f, 1, &bell), 0);
		assert_false(iwc_producer_fits(&r->p, IWC_FRAME_MIN));
		assert_int_equal(take(r, 1), 1);
		assert_true(pair_matches(&r->out.f[0], 0, 60));
		/* Taken, not yet given back. */
		assert_int_equal(send_one(r, 99, 60), 0);
		iwc_consumer_credit(&r->c, true);
		assert_int_equal(send_one(r, 99, 60), 1);
		assert_int_equal(send_one(r, 99, 60), 0);
		assert_int_equal(take(r, IWC_BURST_MAX), lines);
		for (unsigned i = 0; i + 1u < lines; i++)
			assert_true(pair_matches(&r->out.f[i], i + 1u, 60));
		assert_true(pair_matches(&r->out.f[lines - 1u], 99, 60));
		ring_free(r);
	}
}

/* A frame never wraps: a skip leads to line 0, and costs the lines that it leaves out. */
static void skip_at_the_end(void **state)
{
	struct ring *r = ring_new(3, 0, true);

	(void)state;
	r->p.frame_max_bytes = r->c.frame_max_bytes = 256;
	assert_int_equal(send_one(r, 1, 256), 1);
	assert_int_equal(send_one(r, 2, 64), 1);
	assert_int_equal(take(r, 2), 2);
	iwc_consumer_credit(&r->c, true);
	/* At line 5 four lines don't fit in front of the end. */
	assert_int_equal(send_one(r, 3, 256), 1);
	assert_int_equal(r->tag[5].v, UINT64_C(6) << 16 | IWC_SKIP);
	assert_int_equal(r->tag[0].v, UINT64_C(9) << 16 | 256u);
	assert_int_equal(r->p.pos, 12);
	assert_int_equal(take(r, 2), 1);
	assert_true(pair_matches(&r->out.f[0], 3, 256));
	assert_int_equal(r->c.pos, 12);
	/* A frame that ends at the end needs no skip. */
	assert_int_equal(send_one(r, 4, 256), 0);
	iwc_consumer_credit(&r->c, true);
	assert_int_equal(send_one(r, 4, 256), 1);
	assert_int_equal(r->tag[4].v, UINT64_C(13) << 16 | 256u);
	assert_int_equal(r->p.pos, 16);
	ring_free(r);
}

static void bad_lengths_are_not_sent(void **state)
{
	static const uint32_t bad[] = {0, 1, 13, 1537, 0xffff, 0x10000, 0x80000000u, UINT32_MAX};
	struct ring *r = ring_new(7, 0, true);
	bool bell = false;

	(void)state;
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint64_t pos = r->p.pos;

		pair_fill(&r->in.f[0], 1, 14);
		pair_fill(&r->in.f[1], 2, 1536);
		pair_fill(&r->in.f[2], 3, 14);
		r->in.f[2].len_bytes = bad[i];
		pair_fill(&r->in.f[3], 4, 14);
		assert_int_equal(iwc_producer_send(&r->p, &r->in.f[2], 2, &bell), 0);
		assert_int_equal(r->p.pos, pos);
		assert_int_equal(iwc_producer_send(&r->p, r->in.f, 4, &bell), 2);
		assert_int_equal(take(r, 4), 2);
		assert_int_equal(iwc_consumer_judge(&r->c, r->out.f, 2, 0), 2);
		assert_true(pair_matches(&r->out.f[1], 2, 1536));
		iwc_consumer_credit(&r->c, true);
	}
	assert_int_equal(r->p.violation, IWC_VIOLATION_NONE);
	ring_free(r);
}

/* The class's own limit counts, not the format's. */
static void class_limit(void **state)
{
	struct ring *r = ring_new(7, 0, false);

	(void)state;
	r->p.frame_max_bytes = r->c.frame_max_bytes = 100;
	assert_int_equal(send_one(r, 1, 101), 0);
	assert_int_equal(send_one(r, 1, 100), 1);
	assert_int_equal(take(r, 1), 1);
	forge(r, r->c.pos + 1u, 101);
	assert_int_equal(take(r, 1), 0);
	assert_int_equal(r->c.violation, IWC_VIOLATION_LENGTH);
	ring_free(r);
}

/* Fill the ring so that the next send has to look at the credit. */
static struct ring *ring_filled(uint64_t first)
{
	struct ring *r = ring_new(3, first, false);

	for (unsigned i = 0; i < 8u; i++)
		assert_int_equal(send_one(r, 7, 60), 1);
	assert_int_equal(send_one(r, 7, 60), 0);
	assert_int_equal(r->p.pos, first + 8u);
	return r;
}

/* T01, T02: a credit outside [last credit, own position] is a violation and moves nothing. */
static void hostile_credit(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STARTS; i++) {
		const uint64_t first = starts[i];
		const uint64_t good[] = {first + 1u, first + 8u};
		const uint64_t bad[] = {first - 1u, first + 9u, first + NUMBER_WRAP / 2u,
					first - 8u};

		for (unsigned k = 0; k < 2u; k++) {
			struct ring *r = ring_filled(first);

			r->credit.v = (good[k] & IWC_LINE_MASK) | IWC_SAID;
			assert_int_equal(send_one(r, 8, 60), 1);
			assert_int_equal(r->p.credit, good[k]);
			ring_free(r);
		}
		for (unsigned k = 0; k < 4u; k++) {
			struct ring *r = ring_filled(first);

			/* Without the mark it says nothing, whatever the number. */
			r->credit.v = bad[k] & IWC_LINE_MASK;
			assert_int_equal(send_one(r, 8, 60), 0);
			assert_int_equal(r->p.violation, IWC_VIOLATION_NONE);
			r->credit.v |= IWC_SAID;
			assert_int_equal(send_one(r, 8, 60), 0);
			assert_int_equal(r->p.violation, IWC_VIOLATION_CREDIT);
			assert_int_equal(r->p.credit, first);
			assert_int_equal(r->p.pos, first + 8u);
			ring_free(r);
		}
	}
}

static void credit_never_moves_backwards(void **state)
{
	struct ring *r = ring_filled(100);

	(void)state;
	r->credit.v = 104u | IWC_SAID;
	assert_int_equal(send_one(r, 8, 60), 1);
	assert_int_equal(r->p.credit, 104);
	/* The same word again is nothing new; an older one is a violation. */
	for (unsigned i = 0; i < 3u; i++)
		assert_int_equal(send_one(r, 8, 60), 1);
	assert_int_equal(send_one(r, 8, 60), 0);
	assert_int_equal(r->p.pos, 112);
	assert_int_equal(r->p.violation, IWC_VIOLATION_NONE);
	r->credit.v = 103u | IWC_SAID;
	assert_false(iwc_producer_arm(&r->p, 60));
	assert_int_equal(r->p.violation, IWC_VIOLATION_CREDIT);
	ring_free(r);
}

/* Frames in front of the one that met a bad credit are published, the burst ends there. */
static void violation_in_a_burst(void **state)
{
	struct ring *r = ring_new(3, 0, false);
	bool bell = false;

	(void)state;
	for (unsigned i = 0; i < 12u; i++)
		pair_fill(&r->in.f[i], i, 60);
	r->credit.v = 9u | IWC_SAID;
	assert_int_equal(iwc_producer_send(&r->p, r->in.f, 12, &bell), 8);
	assert_int_equal(r->p.violation, IWC_VIOLATION_CREDIT);
	assert_int_equal(take(r, 12), 8);
	ring_free(r);
}

/* T04, T05, T44: what a tag can say, at each index, with the right number. */
static void tag_values(void **state)
{
	(void)state;
	for (uint64_t index = 0; index < 8u; index++)
		for (uint32_t len = 0; len <= 0xffffu; len++) {
			static struct ring *r;
			enum iwc_violation want = IWC_VIOLATION_NONE;
			unsigned got;

			if (len == 0u)
				r = ring_new(3, index, false);
			r->c.frame_max_bytes = 512;
			r->c.violation = IWC_VIOLATION_NONE;
			r->c.pos = index;
			forge(r, index + 1u, len);
			got = take(r, 1);
			if (len == IWC_SKIP)
				want = index == 0u ? IWC_VIOLATION_SKIP : IWC_VIOLATION_NONE;
			else if (len < 14u || len > 512u)
				want = IWC_VIOLATION_LENGTH;
			else if (index + (len + 63u) / 64u > 8u)
				want = IWC_VIOLATION_PAST_END;
			assert_int_equal(r->c.violation, want);
			assert_int_equal(got, want == IWC_VIOLATION_NONE && len != IWC_SKIP);
			if (len == IWC_SKIP && index != 0u)
				assert_int_equal(r->c.pos, 8);
			else if (got == 0u)
				assert_int_equal(r->c.pos, index);
			if (len == 0xffffu)
				ring_free(r);
		}
}

/* T02, T19: a tag of any other line number is no frame, and no violation either. */
static void other_numbers_are_no_frame(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STARTS; i++) {
		struct ring *r = ring_new(3, starts[i], false);
		uint64_t next = r->c.pos + 1u;
		const uint64_t others[] = {next - 1u, next + 1u, next - 8u,
					   next + 8u, 0,	 next ^ NUMBER_WRAP / 2u};

		for (unsigned k = 0; k < sizeof(others) / sizeof(others[0]); k++) {
			if (((others[k] ^ next) & IWC_LINE_MASK) == 0u)
				continue;
			forge(r, others[k], 60);
			assert_false(iwc_consumer_ready(&r->c));
			assert_int_equal(take(r, 1), 0);
			/* A hostile length beside a wrong number is not even looked at. */
			forge(r, others[k], 5);
			assert_int_equal(take(r, 1), 0);
		}
		assert_int_equal(r->c.violation, IWC_VIOLATION_NONE);
		forge(r, next, 60);
		assert_true(iwc_consumer_ready(&r->c));
		assert_int_equal(take(r, 1), 1);
		ring_free(r);
	}
}

/* The line whose number + 1 is 0 in 48 bits: a zeroed tag there is not a frame of length 0. */
static void zeroed_tag_at_the_wrap(void **state)
{
	struct ring *r = ring_new(3, NUMBER_WRAP - 1u, false);

	(void)state;
	assert_false(iwc_consumer_ready(&r->c));
	assert_int_equal(take(r, 1), 0);
	assert_int_equal(r->c.violation, IWC_VIOLATION_NONE);
	assert_int_equal(send_one(r, 3, 60), 1);
	assert_int_equal(r->tag[7].v, 60);
	assert_true(iwc_consumer_ready(&r->c));
	assert_int_equal(take(r, 1), 1);
	assert_true(pair_matches(&r->out.f[0], 3, 60));
	/* Length 1 at the same place is a violation like anywhere else. */
	r->c.pos = NUMBER_WRAP - 1u;
	r->tag[7].v = 1;
	assert_int_equal(take(r, 1), 0);
	assert_int_equal(r->c.violation, IWC_VIOLATION_LENGTH);
	ring_free(r);
}

/* One send from old to now with the wake word at "at": is the bell asked for? */
static bool rings(uint64_t first, uint64_t at, bool said, bool bell_on)
{
	struct ring *r = ring_new(4, first, false);
	bool bell = false;

	r->p.bell = bell_on;
	r->wake.v = (at & IWC_LINE_MASK) | (said ? IWC_SAID : 0u);
	for (unsigned i = 0; i < 3u; i++)
		pair_fill(&r->in.f[i], i, 60);
	assert_int_equal(iwc_producer_send(&r->p, r->in.f, 3, &bell), 3);
	ring_free(r);
	return bell;
}

static void wake_word(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STARTS; i++) {
		uint64_t first = starts[i];

		assert_false(rings(first, first - 1u, true, true));
		assert_true(rings(first, first, true, true));
		assert_true(rings(first, first + 1u, true, true));
		assert_true(rings(first, first + 2u, true, true));
		assert_false(rings(first, first + 3u, true, true));
		assert_false(rings(first, first, false, true));
		assert_false(rings(first, first, true, false));
		assert_false(rings(first, first + NUMBER_WRAP / 2u, true, true));
	}
}

/* The flag of the caller is only ever set. */
static void bell_is_not_taken_back(void **state)
{
	struct ring *r = ring_new(4, 0, false);
	bool bell = true;

	(void)state;
	pair_fill(&r->in.f[0], 1, 60);
	iwc_producer_send(&r->p, r->in.f, 1, &bell);
	assert_true(bell);
	ring_free(r);
}

/* Armed, the consumer is woken by the next frame and not by the one after it. */
static void arm_rings_once(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STARTS; i++) {
		struct ring *r = ring_new(4, starts[i], false);
		unsigned bells = 0;

		iwc_consumer_arm(&r->c);
		assert_int_equal(r->wake.v, (starts[i] & IWC_LINE_MASK) | IWC_SAID);
		for (unsigned k = 0; k < 8u; k++) {
			bool bell = false;

			pair_fill(&r->in.f[0], k, 60);
			assert_int_equal(iwc_producer_send(&r->p, r->in.f, 1, &bell), 1);
			bells += bell;
			assert_int_equal(bells, 1);
		}
		ring_free(r);
	}
}

/* A sleeping producer is woken when the credit makes room for its frame, not before, once. */
static void space_word(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STARTS; i++)
		for (uint32_t need = 1; need <= 4u; need++) {
			struct ring *r = ring_filled(starts[i]);
			unsigned bells = 0;

			r->p.frame_max_bytes = 256;
			assert_false(iwc_producer_arm(&r->p, need * 64u));
			for (unsigned k = 1; k <= 8u; k++) {
				bool bell;

				assert_int_equal(take(r, 1), 1);
				bell = iwc_consumer_credit(&r->c, true);
				bells += bell;
				/* Where the ring ends a skip may be needed as well. */
				if (!bell && bells == 0u)
					assert_false(iwc_producer_arm(&r->p, need * 64u));
				if (bell)
					assert_true(iwc_producer_arm(&r->p, need * 64u));
			}
			assert_int_equal(bells, 1);
			ring_free(r);
		}
}

static void space_needs_bell_and_mark(void **state)
{
	struct ring *r = ring_filled(0);

	(void)state;
	assert_int_equal(take(r, 1), 1);
	assert_false(iwc_consumer_credit(&r->c, true));
	assert_false(iwc_producer_arm(&r->p, 128));
	r->c.bell = false;
	assert_int_equal(take(r, 1), 1);
	assert_false(iwc_consumer_credit(&r->c, true));
	assert_true(iwc_producer_arm(&r->p, 128));
	ring_free(r);
}

/* Credit is given when an eighth of the ring has gathered, or on demand, and only if it is new. */
static void credit_quantum(void **state)
{
	struct ring *r = ring_new(5, NUMBER_WRAP - 3u, false);

	(void)state;
	for (unsigned i = 0; i < 9u; i++)
		assert_int_equal(send_one(r, i, 60), 1);
	iwc_consumer_credit(&r->c, true);
	assert_int_equal(r->credit.v, 0);
	assert_int_equal(take(r, 3), 3);
	iwc_consumer_credit(&r->c, false);
	assert_int_equal(r->credit.v, 0);
	assert_int_equal(take(r, 1), 1);
	iwc_consumer_credit(&r->c, false);
	assert_int_equal(r->credit.v, 1u | IWC_SAID);
	assert_int_equal(take(r, 1), 1);
	iwc_consumer_credit(&r->c, false);
	assert_int_equal(r->credit.v, 1u | IWC_SAID);
	iwc_consumer_credit(&r->c, true);
	assert_int_equal(r->credit.v, 2u | IWC_SAID);
	ring_free(r);
}

/* P12: a burst of a lower class ends behind the frame at which a higher one has work. */
static void higher_class_ends_the_burst(void **state)
{
	struct ring *bulk = ring_new(5, 0, false), *control = ring_new(3, 40, false);
	struct ring *idle = ring_new(3, 0, false);
	struct iwc_consumer before[2];

	(void)state;
	for (unsigned i = 0; i < 10u; i++)
		assert_int_equal(send_one(bulk, i, 60), 1);
	before[0] = idle->c;
	before[1] = control->c;
	assert_int_equal(iwc_consumer_take(&bulk->c, bulk->out.f, 4, before, 2), 4);
	assert_int_equal(send_one(control, 1, 60), 1);
	assert_int_equal(iwc_consumer_take(&bulk->c, bulk->out.f, 4, before, 2), 1);
	assert_true(pair_matches(&bulk->out.f[0], 4, 60));
	/* Only rings that stand in the list count. */
	assert_int_equal(iwc_consumer_take(&bulk->c, bulk->out.f, 4, before, 1), 4);
	ring_free(idle);
	ring_free(control);
	ring_free(bulk);
}

/* What fails the end-to-end check is left out; no buffer is lost over it, the order stays. */
static void judge_keeps_buffers(void **state)
{
	struct ring *r = ring_new(6, 0, true);
	static const unsigned damaged[] = {0, 3, 4, 9};

	(void)state;
	for (unsigned i = 0; i < 10u; i++)
		assert_int_equal(send_one(r, i, 64), 1);
	for (unsigned i = 0; i < 4u; i++)
		r->data[damaged[i] * IWC_LINE + 20u] ^= 4u;
	assert_int_equal(take(r, 10), 10);
	assert_int_equal(iwc_consumer_judge(&r->c, r->out.f, 10, 0), 6);
	assert_true(pair_matches(&r->out.f[0], 1, 64));
	assert_true(pair_matches(&r->out.f[1], 2, 64));
	assert_true(pair_matches(&r->out.f[2], 5, 64));
	assert_true(pair_matches(&r->out.f[5], 8, 64));
	assert_int_equal(r->c.check.n.corrupted, 4);
	pair_bufs_check(&r->out);
	ring_free(r);
}

/* An unprotected class neither writes nor reads end-to-end words. */
static void unprotected(void **state)
{
	struct ring *r = ring_new(3, 0, false);

	(void)state;
	r->e2e[0].v = 0x1234;
	assert_int_equal(send_one(r, 1, 64), 1);
	assert_int_equal(r->e2e[0].v, 0x1234);
	r->data[5] ^= 1u;
	assert_int_equal(take(r, 1), 1);
	assert_int_equal(iwc_consumer_judge(&r->c, r->out.f, 1, 0), 1);
	assert_int_equal(r->c.check.n.corrupted, 0);
	ring_free(r);
}

/* Sequence numbers run through 32 bits as the ring runs. */
static void sequence_wrap(void **state)
{
	struct ring *r = ring_new(3, 0, true);

	(void)state;
	r->p.seq = r->c.check.expected = 0xfffffffau;
	for (unsigned i = 0; i < 12u; i++) {
		assert_int_equal(send_one(r, i, 64), 1);
		assert_int_equal(take(r, 1), 1);
		assert_int_equal(iwc_consumer_judge(&r->c, r->out.f, 1, 0), 1);
		iwc_consumer_credit(&r->c, true);
	}
	assert_int_equal(r->p.seq, 6);
	assert_int_equal(r->c.check.expected, 6);
	ring_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_length),
	    cmocka_unit_test(padding_is_zero),
	    cmocka_unit_test(streams_across_wraps),
	    cmocka_unit_test(largest_ring),
	    cmocka_unit_test(full_ring),
	    cmocka_unit_test(skip_at_the_end),
	    cmocka_unit_test(bad_lengths_are_not_sent),
	    cmocka_unit_test(class_limit),
	    cmocka_unit_test(hostile_credit),
	    cmocka_unit_test(credit_never_moves_backwards),
	    cmocka_unit_test(violation_in_a_burst),
	    cmocka_unit_test(tag_values),
	    cmocka_unit_test(other_numbers_are_no_frame),
	    cmocka_unit_test(zeroed_tag_at_the_wrap),
	    cmocka_unit_test(wake_word),
	    cmocka_unit_test(bell_is_not_taken_back),
	    cmocka_unit_test(arm_rings_once),
	    cmocka_unit_test(space_word),
	    cmocka_unit_test(space_needs_bell_and_mark),
	    cmocka_unit_test(credit_quantum),
	    cmocka_unit_test(higher_class_ends_the_burst),
	    cmocka_unit_test(judge_keeps_buffers),
	    cmocka_unit_test(unprotected),
	    cmocka_unit_test(sequence_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
