/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a session waits for and how long: back-off, rate limit, renewal, stalls, lateness, and
 * clocks that jump. One endpoint against a peer whose words the test writes.
 */
#include "port/count/lone.h"

/* T16: ever new epochs are accepted after 1, 2, 4, 8, 8 back-offs, polled as often as you like. */
static void flapping_peer(void **state)
{
	static const uint64_t waits[] = {0, 1000, 2000, 4000, 8000, 8000, 8000};
	uint64_t last = 1, accepted = 0;

	(void)state;
	iwc_boot(EP, 10);
	p.now_ns = 0;
	for (uint32_t epoch = 1; accepted < 7u; epoch++) {
		say(epoch, 0);
		begin_after(1);
		if (EP->n.peer_restarts == accepted)
			continue;
		assert_int_equal(p.now_ns - last, waits[accepted]);
		last = p.now_ns;
		accepted++;
	}
	assert_int_equal(EP->n.refused_epochs, 0);
	assert_int_equal(rings, 1u + 7u);
}

/* Doubling stops at the maximum, also where that is no power of two times the minimum. */
static void doubling_stops(void **state)
{
	(void)state;
	for (uint64_t max = MIN_NS; max <= 9000u; max += 500u) {
		uint64_t want = MIN_NS;

		p.cfg[0].backoff_max_ns = max;
		pair_init(&p, 0);
		iwc_boot(EP, 10);
		for (unsigned i = 0; i < 6u; i++) {
			assert_int_equal(EP->backoff_ns, want);
			want = 2u * want > max ? max : 2u * want;
			settle();
			say(100u + i, 0);
			begin_after(0);
			assert_int_equal(EP->n.peer_restarts, i + 1u);
		}
	}
	p.cfg[0].backoff_max_ns = UINT64_MAX;
	pair_init(&p, 0);
	for (unsigned i = 0; i < 100u; i++)
		iwc_renew(EP, 1u + i);
	assert_int_equal(EP->backoff_ns, MIN_NS);
}

/* A link that stays up for the longest back-off has earned the shortest again. */
static void good_link_forgets(void **state)
{
	(void)state;
	come_up();
	assert_int_equal(EP->backoff_ns, 2u * MIN_NS);
	begin_after(MAX_NS - 1u);
	assert_int_equal(EP->backoff_ns, 2u * MIN_NS);
	begin_after(1);
	assert_int_equal(EP->backoff_ns, MIN_NS);
}

/* The peer publishes a frame of bad length at line 128 of class 1, and I look. */
static void be_violated(void)
{
	size_t at = (size_t)((const uint8_t *)EP->rx[1].tag - p.seen[1]);
	struct iwc_word *tags = (struct iwc_word *)(void *)(p.own[1] + at);
	unsigned cls;

	tags[EP->rx[1].pos % 64u].v = (EP->rx[1].pos + 1u) << 16 | 5u;
	assert_int_equal(iwc_recv(EP, bufs.f, 4, &cls), 0);
	assert_int_equal(EP->state, IWC_STATE_FROZEN);
}

/* A frozen link takes no epoch at all, and asks for a new one of its own after its back-off. */
static void frozen(void **state)
{
	(void)state;
	come_up();
	settle();
	begin_after(0);
	be_violated();
	assert_int_equal(EP->n.violations, 1);
	assert_int_equal(EP->n.downs, 1);
	assert_int_equal(pair_header(&p, 0)->hello[2].v, IWC_VIOLATION_LENGTH);
	check_down(10);
	say(21, 0);
	/* A violation found by receiving is told at the next activation, once. */
	assert_int_equal(begin_after(1), IWC_EVENT_DOWN);
	say(0, 0);
	assert_int_equal(begin_after(1), 0);
	say(22, 10);
	assert_int_equal(begin_after(2u * MIN_NS - 3u), 0);
	assert_int_equal(EP->n.refused_epochs, 2);
	check_down(10);
	/* It had been up for long: back-off 1000 doubled by the violation. */
	assert_int_equal(begin_after(1), IWC_EVENT_RENEW);
	assert_int_equal(begin_after(1), IWC_EVENT_RENEW);
	assert_int_equal(iwc_renew(EP, 11), IWC_OK);
	check_down(11);
	assert_int_equal(EP->n.downs, 1);
	assert_int_equal(begin_after(0), 0);
	assert_int_equal(said(), session(11, 22));
	say(22, 11);
	assert_int_equal(begin_after(1), IWC_EVENT_UP);
}

/* Violation upon violation: the waits double up to the maximum. */
static void frozen_ever_longer(void **state)
{
	static const uint64_t waits[] = {4000, 8000, 8000, 8000};

	(void)state;
	come_up();
	for (uint32_t i = 0; i < 4u; i++) {
		be_violated();
		assert_int_equal(begin_after(waits[i] - 1u), IWC_EVENT_DOWN);
		assert_int_equal(begin_after(1), IWC_EVENT_RENEW);
		iwc_renew(EP, 11u + i);
		/* The rate of restarts counts as well: wait for it. */
		say(20, 11u + i);
		for (unsigned k = 0; k < 2u * MAX_NS / MIN_NS && !iwc_is_up(EP); k++)
			begin_after(MIN_NS / 2u);
		assert_true(iwc_is_up(EP));
	}
	assert_int_equal(EP->n.violations, 4);
}

/* DOWN beside a peer that goes on with an epoch that I can't accept: I ask for one myself. */
static void stuck_beside_an_old_epoch(void **state)
{
	(void)state;
	come_up();
	say(20, 0);
	assert_int_equal(begin_after(1), IWC_EVENT_DOWN);
	assert_int_equal(begin_after(2u * MIN_NS - 1u), 0);
	assert_int_equal(begin_after(1), IWC_EVENT_RENEW);
	/* Nobody there, or one whom I will accept: nothing to renew for. */
	say(0, 0);
	assert_int_equal(begin_after(MAX_NS), 0);
	say(21, 0);
	assert_int_equal(begin_after(MAX_NS), 0);
	assert_int_equal(said(), session(10, 21));
}

/* A peer that lives and never acknowledges: asked again by a new epoch after the longest wait. */
static void never_acknowledged(void **state)
{
	(void)state;
	iwc_boot(EP, 10);
	say(20, 0);
	assert_int_equal(begin_after(1), 0);
	assert_int_equal(EP->state, IWC_STATE_WAIT);
	assert_int_equal(begin_after(MAX_NS - 1u), 0);
	assert_int_equal(begin_after(1), IWC_EVENT_RENEW);
	/* Asking does nothing by itself; the link may still come up. */
	assert_int_equal(said(), session(10, 20));
	assert_int_equal(iwc_renew(EP, 11), IWC_OK);
	assert_int_equal(begin_after(1), 0);
	assert_int_equal(said(), session(11, 20));
	say_start(0, 64u | IWC_SAID);
	say_start(1, 128u | IWC_SAID);
	say(20, 11);
	assert_int_equal(begin_after(1), IWC_EVENT_UP);
}

/* T38: a clock that goes back starts a wait again, and prolongs none beyond the maximum. */
static void clock_goes_back(void **state)
{
	(void)state;
	p.now_ns = 1000000;
	come_up();
	say(20, 0);
	begin_after(1);
	p.now_ns = 500;
	assert_int_equal(begin_after(0), 0);
	assert_int_equal(begin_after(2u * MIN_NS - 1u), 0);
	assert_int_equal(begin_after(1), IWC_EVENT_RENEW);
	/* By the old clock the next epoch is due in ages: now after the longest back-off. */
	pair_init(&p, 0);
	iwc_boot(EP, 12);
	say(21, 0);
	p.now_ns = UINT64_C(1) << 60;
	begin_after(0);
	assert_int_equal(EP->n.peer_restarts, 1);
	say(22, 0);
	p.now_ns = 100;
	begin_after(0);
	begin_after(MAX_NS - 1u);
	assert_int_equal(EP->n.peer_restarts, 1);
	begin_after(1);
	assert_int_equal(EP->n.peer_restarts, 2);
}

/* A good link is not shortened by a clock that jumps: up stays up. */
static void clock_jumps_while_up(void **state)
{
	(void)state;
	come_up();
	p.now_ns = UINT64_MAX - 5u;
	assert_int_equal(begin_after(0), 0);
	p.now_ns = 1;
	assert_int_equal(begin_after(0), 0);
	assert_true(iwc_is_up(EP));
	assert_int_equal(EP->since_ns, 1);
}

/* A peer that takes nothing for stall_ns, although lines wait: one renewal a back-off. */
static void stalled_peer(void **state)
{
	(void)state;
	p.cfg[0].stall_ns = 500;
	pair_init(&p, 0);
	p.now_ns = 10000;
	come_up();
	pair_fill(&bufs.f[0], 1, 100);
	/* Idle is not stalled. */
	for (unsigned i = 0; i < 50u; i++)
		assert_int_equal(begin_after(200), 0);
	assert_int_equal(iwc_send(EP, 1, bufs.f, 1), 1);
	/* Waiting since less than two looks. */
	assert_int_equal(begin_after(500), 0);
	assert_int_equal(begin_after(499), 0);
	assert_int_equal(begin_after(1), IWC_EVENT_RENEW);
	assert_int_equal(EP->n.stalls, 1);
	assert_int_equal(EP->backoff_ns, 2u * MIN_NS);
	assert_int_equal(begin_after(499), 0);
	/* What it takes counts, even if it is not all. */
	pair_fill(&bufs.f[0], 1, 200);
	assert_int_equal(iwc_send(EP, 1, bufs.f, 1), 1);
	pair_header(&p, 1)->cls[1].credit.v = (EP->tx[1].pos - 1u) | IWC_SAID;
	assert_int_equal(begin_after(1), 0);
	assert_int_equal(begin_after(500), IWC_EVENT_RENEW);
	assert_int_equal(EP->n.stalls, 2);
	pair_header(&p, 1)->cls[1].credit.v = EP->tx[1].pos | IWC_SAID;
	for (unsigned i = 0; i < 20u; i++)
		assert_int_equal(begin_after(1000), 0);
}

/* Any class will do, and one that flows does not hide another that does not. */
static void stalled_in_any_class(void **state)
{
	(void)state;
	for (unsigned stuck = 0; stuck < 2u; stuck++) {
		p.cfg[0].stall_ns = 500;
		pair_init(&p, 0);
		p.now_ns = 10000;
		come_up();
		p.now_ns += 2u * MIN_NS;
		begin_after(0);
		pair_fill(&bufs.f[0], 1, 100);
		assert_int_equal(iwc_send(EP, 0, bufs.f, 1), 1);
		assert_int_equal(iwc_send(EP, 1, bufs.f, 1), 1);
		assert_int_equal(begin_after(500), 0);
		pair_header(&p, 1)->cls[!stuck].credit.v = EP->tx[!stuck].pos | IWC_SAID;
		assert_int_equal(begin_after(500), IWC_EVENT_RENEW);
		say(0, 0);
		pair_header(&p, 1)->cls[!stuck].credit.v = 0;
	}
}

/* A link that is up only since now is not blamed, and not again within a back-off. */
static void stall_waits_for_the_back_off(void **state)
{
	unsigned renewals = 0;

	(void)state;
	p.cfg[0].stall_ns = 10;
	pair_init(&p, 0);
	come_up();
	pair_fill(&bufs.f[0], 1, 100);
	assert_int_equal(iwc_send(EP, 1, bufs.f, 1), 1);
	for (unsigned i = 0; i < 2u * MIN_NS / 10u - 1u; i++)
		assert_int_equal(begin_after(10), 0);
	renewals += begin_after(10) == IWC_EVENT_RENEW;
	assert_int_equal(renewals, 1);
	assert_int_equal(EP->n.stalls, 1);
	/* A clock that went back delays the look, no more. */
	p.now_ns = 5;
	assert_int_equal(begin_after(0), 0);
	assert_int_equal(EP->stall_check_ns, 5);
}

/* Never asked for, never noticed. */
static void stall_off(void **state)
{
	(void)state;
	come_up();
	pair_fill(&bufs.f[0], 1, 100);
	assert_int_equal(iwc_send(EP, 1, bufs.f, 1), 1);
	for (unsigned i = 0; i < 100u; i++)
		assert_int_equal(begin_after(MAX_NS), 0);
	assert_int_equal(EP->n.stalls, 0);
}

/* The look for a stall may meet a credit that is a violation. */
static void stall_meets_bad_credit(void **state)
{
	(void)state;
	p.cfg[0].stall_ns = 100;
	pair_init(&p, 0);
	come_up();
	pair_fill(&bufs.f[0], 1, 100);
	assert_int_equal(iwc_send(EP, 0, bufs.f, 1), 1);
	pair_header(&p, 1)->cls[0].credit.v = (EP->tx[0].pos + 1u) | IWC_SAID;
	assert_int_equal(begin_after(1000), IWC_EVENT_DOWN);
	assert_int_equal(EP->state, IWC_STATE_FROZEN);
	assert_int_equal(EP->reason, IWC_VIOLATION_CREDIT);
}

/* A protected class without a good frame for its timeout; only while the link is up. */
static void late_frames(void **state)
{
	(void)state;
	p.cfg[0].cls[0].timeout_ns = 300;
	p.cfg[0].cls[1].timeout_ns = 300;
	pair_init(&p, 0);
	p.now_ns = 5000;
	come_up();
	assert_int_equal(begin_after(299), 0);
	assert_int_equal(begin_after(1), IWC_EVENT_LATE);
	assert_int_equal(begin_after(1), 0);
	assert_int_equal(EP->rx[0].check.n.late, 1);
	/* Class 1 is not protected: its timeout says nothing. */
	assert_int_equal(EP->rx[1].check.n.late, 0);
	say(0, 0);
	assert_int_equal(begin_after(1000), IWC_EVENT_DOWN);
	assert_int_equal(begin_after(1000), 0);
	assert_int_equal(EP->rx[0].check.n.late, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_pair, close_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(flapping_peer),
	    TEST(doubling_stops),
	    TEST(good_link_forgets),
	    TEST(frozen),
	    TEST(frozen_ever_longer),
	    TEST(stuck_beside_an_old_epoch),
	    TEST(never_acknowledged),
	    TEST(clock_goes_back),
	    TEST(clock_jumps_while_up),
	    TEST(stalled_peer),
	    TEST(stalled_in_any_class),
	    TEST(stall_waits_for_the_back_off),
	    TEST(stall_off),
	    TEST(stall_meets_bad_credit),
	    TEST(late_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
