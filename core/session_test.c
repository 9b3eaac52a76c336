/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules of the session, from one side: an endpoint against a peer whose words the test writes.
 * Two endpoints against each other, with lives that begin in any order, stand at the end. Waits,
 * clocks and stalls are in session_wait_test.c.
 */
#include "port/count/lone.h"

static void epochs_have_a_range(void **state)
{
	(void)state;
	assert_int_equal(iwc_boot(EP, 0), IWC_EINVAL);
	assert_int_equal(said(), 0);
	assert_int_equal(iwc_boot(EP, UINT32_MAX), IWC_OK);
	assert_int_equal(said(), session(UINT32_MAX, 0));
	assert_int_equal(rings, 1);
	assert_int_equal(iwc_renew(EP, 0), IWC_EINVAL);
	assert_int_equal(iwc_renew(EP, UINT32_MAX), IWC_EINVAL);
	assert_int_equal(EP->n.renewals, 0);
	assert_int_equal(iwc_renew(EP, 1), IWC_OK);
	assert_int_equal(said(), session(1, 0));
	assert_int_equal(EP->n.renewals, 1);
}

/* Nothing happens beside a peer that is not there. */
static void alone(void **state)
{
	(void)state;
	iwc_boot(EP, 10);
	for (unsigned i = 0; i < 20u; i++)
		assert_int_equal(begin_after(MAX_NS), 0);
	check_down(10);
	assert_int_equal(EP->n.refused_epochs, 0);
	assert_int_equal(rings, 1);
}

/* DOWN, WAIT, UP, one step at a time; only my own epoch in the acknowledgement counts. */
static void step_by_step(void **state)
{
	(void)state;
	iwc_boot(EP, 10);
	say_start(0, 64u | IWC_SAID);
	say_start(1, 128u | IWC_SAID);
	say(20, 0);
	assert_int_equal(begin_after(1), 0);
	assert_int_equal(EP->state, IWC_STATE_WAIT);
	assert_int_equal(said(), session(10, 20));
	assert_int_equal(EP->n.peer_restarts, 1);
	say(20, 9);
	assert_int_equal(begin_after(1), 0);
	say(20, 20);
	assert_int_equal(begin_after(1), 0);
	assert_int_equal(EP->state, IWC_STATE_WAIT);
	say(20, 10);
	assert_int_equal(begin_after(1), IWC_EVENT_UP);
	assert_int_equal(EP->n.ups, 1);
	assert_int_equal(begin_after(1), 0);
	assert_int_equal(EP->n.ups, 1);
}

/* R4: each acknowledgement rings, also where nobody asked for doorbells. */
static void acknowledgement_rings(void **state)
{
	(void)state;
	for (unsigned bell = 0; bell < 2u; bell++) {
		p.cfg[0].bell = bell != 0u;
		pair_init(&p, 0);
		iwc_boot(EP, 10);
		rings = 0;
		say(20 + bell, 0);
		begin_after(1);
		assert_int_equal(rings, 1);
		begin_after(1);
		assert_int_equal(rings, 1);
	}
}

/* R2: the credits of the former session are gone when the new epoch is acknowledged. */
static void credits_are_zeroed(void **state)
{
	struct iwc_header *own = pair_header(&p, 0);
	uint64_t start[2];

	(void)state;
	come_up();
	for (unsigned c = 0; c < 2u; c++) {
		start[c] = own->cls[c].start.v;
		own->cls[c].credit.v = 0x777u | IWC_SAID;
	}
	settle();
	say(21, 10);
	begin_after(0);
	assert_int_equal(said(), session(10, 21));
	for (unsigned c = 0; c < 2u; c++) {
		assert_int_equal(own->cls[c].credit.v, 0);
		/* A lap later, on line 0 of the ring. */
		assert_true(own->cls[c].start.v - start[c] >= EP->tx[c].lines);
		assert_int_equal(own->cls[c].start.v & (EP->tx[c].lines - 1u), 0);
	}
}

/* R3: the start is the peer's when it acknowledges me, not what stood there before. */
static void start_is_taken_last(void **state)
{
	(void)state;
	iwc_boot(EP, 10);
	say_start(0, 64u | IWC_SAID);
	say_start(1, 128u | IWC_SAID);
	say(20, 0);
	begin_after(1);
	say_start(0, 640u | IWC_SAID);
	say_start(1, (UINT64_C(0xfedcba987640) & IWC_LINE_MASK) | IWC_SAID | UINT64_C(0x7f) << 48);
	say(20, 10);
	assert_int_equal(begin_after(1), IWC_EVENT_UP);
	assert_int_equal(EP->rx[0].pos, 640);
	assert_int_equal(EP->rx[1].pos, UINT64_C(0xfedcba987640));
	assert_int_equal(EP->rx[1].told, UINT64_C(0xfedcba987640));
}

static void missing_start(void **state)
{
	(void)state;
	iwc_boot(EP, 10);
	say_start(0, 64u | IWC_SAID);
	say_start(1, 128u);
	say(20, 10);
	assert_int_equal(begin_after(1), 0);
	assert_int_equal(EP->state, IWC_STATE_FROZEN);
	assert_int_equal(EP->reason, IWC_VIOLATION_START);
	assert_int_equal(pair_header(&p, 0)->hello[2].v, IWC_VIOLATION_START);
	assert_int_equal(EP->n.ups + EP->n.downs, 0);
	check_down(10);
}

/* The peer takes its acknowledgement back, or acknowledges somebody else. */
static void withdrawn(void **state)
{
	(void)state;
	come_up();
	say(20, 0);
	assert_int_equal(begin_after(1), IWC_EVENT_DOWN);
	assert_int_equal(EP->reason, IWC_VIOLATION_WITHDRAWN);
	assert_int_equal(EP->n.downs, 1);
	check_down(10);
	/* The same epoch is not taken up again, whatever it acknowledges. */
	say(20, 10);
	for (unsigned i = 1; i <= 5u; i++) {
		assert_int_equal(begin_after(1), 0);
		assert_int_equal(EP->n.refused_epochs, i);
		check_down(10);
	}
}

static void acknowledges_another(void **state)
{
	(void)state;
	come_up();
	say(20, 11);
	assert_int_equal(begin_after(1), IWC_EVENT_DOWN);
	check_down(10);
}

/* An epoch that is 0 for a moment: the life behind it is over (F1 in the session's words). */
static void zero_for_a_moment(void **state)
{
	(void)state;
	come_up();
	say(0, 0);
	assert_int_equal(begin_after(1), IWC_EVENT_DOWN);
	assert_int_equal(EP->n.refused_epochs, 0);
	check_down(10);
	say(20, 10);
	assert_int_equal(begin_after(MIN_NS), 0);
	check_down(10);
	assert_int_equal(EP->n.refused_epochs, 1);
	/* Waiting for the acknowledgement it is the same, but no link went down. */
	iwc_renew(EP, 11);
	settle();
	say(30, 0);
	assert_int_equal(begin_after(0), 0);
	assert_int_equal(EP->state, IWC_STATE_WAIT);
	say(0, 0);
	assert_int_equal(begin_after(1), 0);
	check_down(11);
	say(30, 11);
	begin_after(1);
	check_down(11);
	settle();
	say(31, 11);
	assert_int_equal(begin_after(0), IWC_EVENT_UP);
}

/* R3, first half: a new epoch is looked for before the acknowledgement is believed. */
static void new_epoch_first(void **state)
{
	(void)state;
	come_up();
	settle();
	/* The word acknowledges me, and yet the session is another one. */
	say(21, 10);
	assert_int_equal(begin_after(0), IWC_EVENT_DOWN | IWC_EVENT_UP);
	assert_int_equal(said(), session(10, 21));
	assert_int_equal(EP->n.downs, 1);
	assert_int_equal(EP->n.ups, 2);
	assert_int_equal(EP->rx[0].check.id.sender_epoch, 21);
	assert_int_equal(EP->rx[0].check.former.sender_epoch, 20);
	assert_int_equal(EP->tx[0].id.sender_epoch, 10);
	assert_int_equal(EP->tx[0].id.receiver_epoch, 21);
	assert_int_equal(EP->tx[1].id.class_id, 1);
}

/* Higher is a matter of the difference: half of the numbers are, wherever the last one stands. */
static void higher_by_difference(void **state)
{
	static const struct {
		uint32_t last, next;
		bool ok;
	} cases[] = {
	    {1, 2, true},
	    {1, 0x80000000u, true},
	    {1, 0x80000001u, false},
	    {5, 4, false},
	    {5, 0xffffffffu, false},
	    {0x7fffffffu, 0x80000000u, true},
	    {0x80000000u, 0x7fffffffu, false},
	    {0xffffffffu, 1, true},
	    {0xffffffffu, 0x7ffffffeu, true},
	    {0xffffffffu, 0x7fffffffu, false},
	    {0xfffffff0u, 3, true},
	    {3, 0xfffffff0u, false},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		pair_init(&p, 0);
		iwc_boot(EP, 10);
		settle();
		say(cases[i].last, 0);
		begin_after(0);
		assert_int_equal(said(), session(10, cases[i].last));
		settle();
		say(cases[i].next, 0);
		begin_after(0);
		assert_int_equal(said(), session(10, cases[i].ok ? cases[i].next : 0));
		assert_int_equal(EP->n.refused_epochs, !cases[i].ok);
	}
}

/* What I have renewed judges the peer's epochs afresh: a lower one is as good as any. */
static void renewed_judges_afresh(void **state)
{
	(void)state;
	come_up();
	iwc_renew(EP, 11);
	settle();
	say(3, 11);
	say_start(0, 99u | IWC_SAID);
	assert_int_equal(begin_after(0), IWC_EVENT_DOWN | IWC_EVENT_UP);
}

/* Renewal out of a link that is up: frames on their way are counted as abandoned lines. */
static void renew_while_up(void **state)
{
	uint64_t pos;

	(void)state;
	come_up();
	pair_fill(&bufs.f[0], 1, 100);
	pair_fill(&bufs.f[1], 2, 100);
	assert_int_equal(iwc_send(EP, 1, bufs.f, 2), 2);
	pos = EP->tx[1].pos;
	rings = 0;
	assert_int_equal(iwc_renew(EP, 11), IWC_OK);
	assert_int_equal(rings, 1);
	assert_int_equal(EP->n.abandoned_lines, 4);
	assert_int_equal(EP->n.downs, 1);
	assert_int_equal(EP->n.renewals, 1);
	check_down(11);
	assert_true(EP->tx[1].pos >= pos + 64u);
	/* The peer still acknowledges the epoch that is gone. */
	settle();
	begin_after(0);
	assert_int_equal(EP->state, IWC_STATE_WAIT);
	say(20, 11);
	assert_int_equal(begin_after(1), IWC_EVENT_UP);
}

/* Numbers and end-to-end state begin anew with each session. */
static void up_resets_the_numbers(void **state)
{
	(void)state;
	come_up();
	pair_fill(&bufs.f[0], 1, 100);
	assert_int_equal(iwc_send(EP, 0, bufs.f, 1), 1);
	assert_int_equal(EP->tx[0].seq, 1);
	EP->rx[0].check.expected = 77;
	settle();
	say(21, 10);
	begin_after(0);
	assert_int_equal(EP->tx[0].seq, 0);
	assert_int_equal(EP->rx[0].check.expected, 0);
}

/* T37: starts close to 2^48 lines; the words carry 48 bits, the positions run on. */
static void lines_wrap(void **state)
{
	(void)state;
	for (uint64_t back = 0; back < 300u; back += 7u) {
		uint64_t credit;

		p.cfg[0].first_line = (UINT64_C(1) << 48) - back;
		pair_init(&p, 0);
		come_up();
		for (unsigned i = 0; i < 40u; i++) {
			pair_fill(&bufs.f[0], i, 700);
			assert_int_equal(iwc_send(EP, 1, bufs.f, 1), 1);
			credit = (EP->tx[1].pos & IWC_LINE_MASK) | IWC_SAID;
			pair_header(&p, 1)->cls[1].credit.v = credit;
		}
		assert_int_equal(EP->n.violations, 0);
		assert_int_equal(pair_header(&p, 0)->cls[1].start.v >> 48, 0x8000);
		say(0, 0);
		settle();
	}
}

/* One of six things that a world can do between two polls. */
static void act(unsigned what)
{
	unsigned side = what % 2u;

	if (what < 2u)
		pair_poll(&p, side);
	else if (what < 4u)
		pair_reboot(&p, side);
	else
		iwc_renew(&p.ep[side], pair_next_epoch(&p, side));
}

static bool flows(unsigned side)
{
	unsigned cls = 9;

	pair_fill(&bufs.f[0], 5, 60);
	return iwc_send(&p.ep[side], 0, bufs.f, 1) == 1 &&
	       iwc_recv(&p.ep[!side], bufs.f, 4, &cls) == 1 && cls == 0u &&
	       pair_matches(&bufs.f[0], 5, 60);
}

/*
 * P6 for all orders of five lives and polls: afterwards the link is up within the waits that the
 * rules name. One side may wait for its rate limit (at most MAX_NS), the other then for a renewal
 * (at most MAX_NS), and the three polls of a handshake follow; at a poll every MIN_NS.
 */
static void lives_in_any_order(void **state)
{
	const unsigned polls_max = 2u * MAX_NS / MIN_NS + 3u;

	(void)state;
	for (unsigned order = 0; order < 6u * 6u * 6u * 6u * 6u; order++) {
		unsigned rest = order, polls = 0;

		p.epoch[0] = p.epoch[1] = UINT32_MAX - 1u;
		pair_reboot(&p, 0);
		pair_reboot(&p, 1);
		for (unsigned i = 0; i < 5u; i++, rest /= 6u) {
			p.now_ns += 10;
			act(rest % 6u);
		}
		do {
			p.now_ns += MIN_NS;
			pair_poll(&p, polls % 2u);
			pair_poll(&p, !(polls % 2u));
		} while (!pair_is_up(&p) && ++polls < polls_max);
		assert_true(polls < polls_max);
		assert_int_equal(p.ep[0].n.violations + p.ep[1].n.violations, 0);
		assert_true(flows(0) && flows(1));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_pair, close_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(epochs_have_a_range),	 TEST(alone),
	    TEST(step_by_step),		 TEST(acknowledgement_rings),
	    TEST(credits_are_zeroed),	 TEST(start_is_taken_last),
	    TEST(missing_start),	 TEST(withdrawn),
	    TEST(acknowledges_another),	 TEST(zero_for_a_moment),
	    TEST(new_epoch_first),	 TEST(higher_by_difference),
	    TEST(renewed_judges_afresh), TEST(renew_while_up),
	    TEST(up_resets_the_numbers), TEST(lines_wrap),
	    TEST(lives_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
