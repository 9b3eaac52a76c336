/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values at the limits of what is accepted, and one step beyond: configurations, the window of
 * sequence numbers, the bucket. Beside the tests of each source, which show what they are for.
 */
#include "port/count/lone.h"
#include "port/count/one_ring.h"

#include "iwc_bucket.h"
#include "iwc_e2e.h"

/* The rule of iwc.h, for each ring and length: 2 k - 1 + L / 8 <= L, and the ranges. */
static void geometry(void **state)
{
	struct iwc_config cfg = pair_config();

	(void)state;
	cfg.class_count = 1;
	for (uint32_t log2 = 0; log2 <= 18u; log2++)
		for (uint32_t max = 12; max <= 1540u; max++) {
			uint32_t lines = 1u << log2, k = (max + 63u) / 64u;
			bool good = log2 >= 1u && log2 <= 16u && max >= 14u && max <= 1536u &&
				    2u * k - 1u + lines / 8u <= lines;

			cfg.cls[0].lines_log2 = (uint8_t)log2;
			cfg.cls[0].frame_max_bytes = (uint16_t)max;
			assert_int_equal(iwc_section_bytes(&cfg) != 0u, good);
		}
}

/* Sections lie on pages, to the last bit. */
static void alignment(void **state)
{
	uint8_t *own = p.own[0];
	const uint8_t *seen = p.seen[1];

	(void)state;
	for (unsigned bit = 0; bit < 12u; bit++) {
		assert_int_equal(iwc_init(EP, &p.cfg[0], own + (1u << bit), seen, NULL),
				 IWC_EINVAL);
		assert_int_equal(iwc_init(EP, &p.cfg[0], own, seen + (1u << bit), NULL),
				 IWC_EINVAL);
	}
}

/* The first line is any of 48 bits. */
static void first_line(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64u; bit++) {
		p.cfg[0].first_line = UINT64_C(1) << bit;
		pair_init(&p, 0);
		assert_true(EP->tx[0].pos == (bit < 48u ? UINT64_C(1) << bit : 0u));
	}
}

static enum iwc_e2e_match genuine(struct iwc_e2e_rx *rx, uint32_t seq)
{
	return iwc_e2e_judge(rx, (uint64_t)seq << 32, IWC_E2E_GENUINE, 1) ? IWC_E2E_GENUINE
									  : IWC_E2E_CORRUPTED;
}

/* A gap as long as the window forgets all before it; one shorter by one keeps the last number. */
static void gaps_as_long_as_the_window(void **state)
{
	for (uint32_t gap = 61; gap <= 65u; gap++) {
		const struct iwc_e2e_id id = {7, 9, 1};
		struct iwc_e2e_rx rx = {.timeout_ns = 0};

		(void)state;
		iwc_e2e_rx_start(&rx, &id, 0);
		assert_int_equal(genuine(&rx, 0), IWC_E2E_GENUINE);
		assert_int_equal(genuine(&rx, 1), IWC_E2E_GENUINE);
		assert_int_equal(genuine(&rx, 2u + gap), IWC_E2E_GENUINE);
		assert_int_equal(rx.n.lost, gap);
		/* What was lost is late now, and was never delivered. */
		for (uint32_t seq = 2; seq < 2u + gap; seq++)
			assert_int_equal(genuine(&rx, seq), IWC_E2E_CORRUPTED);
		assert_int_equal(rx.n.reordered, gap);
		assert_int_equal(genuine(&rx, 1), IWC_E2E_CORRUPTED);
		assert_int_equal(rx.n.repeated, gap <= 62u);
	}
}

/* What a full bucket has waited for is not kept: the next interval begins with the next use. */
static void full_bucket_keeps_no_fraction(void **state)
{
	struct iwc_bucket b;

	(void)state;
	iwc_bucket_init(&b, 100, 2, 0);
	assert_true(iwc_bucket_take(&b, 0));
	/* One interval and a half: the one token that was missing, and no half of another. */
	assert_true(iwc_bucket_take(&b, 150));
	assert_true(iwc_bucket_take(&b, 150));
	assert_false(iwc_bucket_take(&b, 249));
	assert_int_equal(iwc_bucket_due_ns(&b), 250);
}

/* An interval that ends exactly where 64 bits do. */
static void due_when_time_wraps(void **state)
{
	struct iwc_bucket b;

	(void)state;
	iwc_bucket_init(&b, 10, 1, UINT64_MAX - 9u);
	assert_true(iwc_bucket_take(&b, UINT64_MAX - 9u));
	assert_false(iwc_bucket_take(&b, UINT64_MAX - 9u));
	assert_int_equal(iwc_bucket_due_ns(&b), UINT64_MAX - 1u);
}

/* A bad credit is found while a sender asks for space, also where the frame would fit without. */
static void bad_credit_with_space_left(void **state)
{
	struct ring *r = ring_new(3, 100, false);

	(void)state;
	assert_int_equal(send_one(r, 1, 60), 1);
	assert_true(iwc_producer_arm(&r->p, 60));
	r->credit.v = 102u | IWC_SAID;
	assert_false(iwc_producer_arm(&r->p, 60));
	assert_int_equal(r->p.violation, IWC_VIOLATION_CREDIT);
	ring_free(r);
}

/* A tag of the number beside the awaited one is no frame, whatever its length: no violation. */
static void neighbours_of_the_number(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 48u; bit++)
		for (uint32_t len = 0; len <= 1u; len++) {
			struct ring *r = ring_new(3, 100, false);

			forge(r, 101u ^ UINT64_C(1) << bit, len * 0xffffu);
			assert_int_equal(take(r, 1), 0);
			assert_int_equal(r->c.violation, IWC_VIOLATION_NONE);
			ring_free(r);
		}
}

/* Half of an odd maximum, doubled, is one less than it. */
static void odd_maximum(void **state)
{
	(void)state;
	p.cfg[0].backoff_max_ns = 2u * MIN_NS + 1u;
	pair_init(&p, 0);
	come_up();
	assert_int_equal(EP->backoff_ns, 2u * MIN_NS);
}

/* Nothing was sent, so nothing can stall, in the first session or in any later one. */
static void idle_is_no_stall(void **state)
{
	(void)state;
	p.cfg[0].stall_ns = 3000;
	pair_init(&p, 0);
	come_up();
	for (unsigned i = 0; i < 10u; i++)
		assert_int_equal(begin_after(5000), 0);
	assert_int_equal(EP->n.stalls, 0);
}

/* Only bit 63 says that a start is there. */
static void start_without_the_mark(void **state)
{
	for (unsigned bit = 0; bit < 63u; bit++) {
		pair_init(&p, 0);
		assert_int_equal(iwc_boot(EP, 10), IWC_OK);
		say_start(0, UINT64_C(1) << bit);
		say_start(1, 128u | IWC_SAID);
		say(20 + bit, 10);
		begin_after(1);
		assert_int_equal(EP->state, IWC_STATE_FROZEN);
		assert_int_equal(EP->reason, IWC_VIOLATION_START);
	}
	(void)state;
}

/* The lowest epoch there is: a peer that keeps it, and can't come back with it, asks for renewal.
 */
static void withdrawn_first_epoch(void **state)
{
	(void)state;
	assert_int_equal(iwc_boot(EP, 10), IWC_OK);
	say_start(0, 64u | IWC_SAID);
	say_start(1, 128u | IWC_SAID);
	say(1, 10);
	assert_int_equal(begin_after(1), IWC_EVENT_UP);
	say(1, 0);
	assert_int_equal(begin_after(1), IWC_EVENT_DOWN);
	assert_int_equal(begin_after(2u * MIN_NS), IWC_EVENT_RENEW);
}

/* A clock that goes back leaves a wait of the longest back-off before the next epoch, no other. */
static void clock_back_before_an_epoch(void **state)
{
	(void)state;
	assert_int_equal(iwc_boot(EP, 10), IWC_OK);
	p.now_ns = 100u * MAX_NS;
	say(20, 0);
	begin_after(0);
	assert_int_equal(EP->n.peer_restarts, 1);
	p.now_ns = 50u * MAX_NS;
	begin_after(0);
	say(21, 0);
	begin_after(MAX_NS - 1u);
	assert_int_equal(EP->n.peer_restarts, 1);
	begin_after(1);
	assert_int_equal(EP->n.peer_restarts, 2);
}

/* Each protected class is watched, not the first one alone. */
static void late_in_the_last_class(void **state)
{
	(void)state;
	p.cfg[0].cls[1].protect = true;
	p.cfg[0].cls[1].timeout_ns = 500;
	pair_init(&p, 0);
	come_up();
	assert_int_equal(begin_after(499), 0);
	assert_int_equal(begin_after(1), IWC_EVENT_LATE);
	assert_int_equal(EP->rx[1].check.n.late, 1);
}

/* All four classes are there, and no fifth one behind them. */
static void class_one_too_many(void **state)
{
	struct iwc_config cfg = pair_config();

	close_pair(state);
	cfg.class_count = 4;
	cfg.cls[2] = cfg.cls[3] = cfg.cls[0];
	p = (struct pair){.port = {&port, NULL}};
	pair_open(&p, &cfg);
	pair_connect(&p);
	assert_true(iwc_arm_space(EP, 3, 60));
	assert_false(iwc_arm_space(EP, 4, 60));
	assert_int_equal(iwc_send(EP, 4, bufs.f, 1), IWC_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(geometry, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(alignment, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(first_line, open_pair, close_pair),
	    cmocka_unit_test(gaps_as_long_as_the_window),
	    cmocka_unit_test(neighbours_of_the_number),
	    cmocka_unit_test_setup_teardown(odd_maximum, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(idle_is_no_stall, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(start_without_the_mark, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(withdrawn_first_epoch, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(clock_back_before_an_epoch, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(late_in_the_last_class, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(class_one_too_many, open_pair, close_pair),
	    cmocka_unit_test(bad_credit_with_space_left),
	    cmocka_unit_test(full_bucket_keeps_no_fraction),
	    cmocka_unit_test(due_when_time_wraps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
