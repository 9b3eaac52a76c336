/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the consumer says to the producer of a ring, and who is rung: credit, wake and space words.
 */
#include "port/count/one_ring.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hostile_credit),
	    cmocka_unit_test(credit_never_moves_backwards),
	    cmocka_unit_test(violation_in_a_burst),
	    cmocka_unit_test(wake_word),
	    cmocka_unit_test(bell_is_not_taken_back),
	    cmocka_unit_test(arm_rings_once),
	    cmocka_unit_test(space_word),
	    cmocka_unit_test(space_needs_bell_and_mark),
	    cmocka_unit_test(credit_quantum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
