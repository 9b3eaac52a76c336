/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames through one ring: lengths, wraps, skips, tags of all values, the judgement of a burst.
 * Credit and doorbells are in ring_credit_test.c.
 */
#include "port/count/one_ring.h"

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
	    cmocka_unit_test(tag_values),
	    cmocka_unit_test(other_numbers_are_no_frame),
	    cmocka_unit_test(zeroed_tag_at_the_wrap),
	    cmocka_unit_test(higher_class_ends_the_burst),
	    cmocka_unit_test(judge_keeps_buffers),
	    cmocka_unit_test(unprotected),
	    cmocka_unit_test(sequence_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
