/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ledger by itself: a ring of 8 lines, skips, frames that did not fit, frames given up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "realtime_machine.h"

#define PAIR (UINT64_C(3) << 32 | 7u)

static struct rt_ledger l;
static struct rt_taken t;

static int set_up(void **state)
{
	(void)state;
	return rt_ledger_create(&l, 8);
}

static int tear_down(void **state)
{
	(void)state;
	rt_ledger_destroy(&l);
	return 0;
}

/* Frames of these lengths are offered at pos, and so many taken; returns the new position. */
static uint64_t offer(uint64_t pos, uint64_t pair, uint64_t id, uint32_t a, uint32_t b,
		      unsigned sent)
{
	const struct iwc_frame f[2] = {{NULL, a}, {NULL, b}};
	unsigned n = rt_ledger_enter(&l, pos, f, 2, pair, id, 5);

	return rt_ledger_commit(&l, pos, f, n, sent);
}

static void a_skip_is_followed(void **state)
{
	(void)state;
	assert_int_equal(offer(5, PAIR, 1, 128, 128, 2), 10);
	assert_true(rt_ledger_take(&l, 5, 7, PAIR, &t));
	assert_int_equal(t.id, 1);
	assert_int_equal(t.sent_ns, 5);
	assert_int_equal(t.next, 7);
	assert_false(rt_ledger_take(&l, 5, 7, PAIR, &t));
	assert_false(rt_ledger_take(&l, 7, 8, PAIR, &t)); /* not yet behind the skip */
	assert_false(rt_ledger_take(&l, 7, 10, PAIR + 1u, &t));
	assert_true(rt_ledger_take(&l, 7, 10, PAIR, &t));
	assert_int_equal(t.id, 2);
	assert_int_equal(t.next, 10);
}

static void what_was_not_sent_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(offer(0, PAIR, 1, 64, 64, 1), 1);
	assert_true(rt_ledger_take(&l, 0, 1, PAIR, &t));
	assert_false(rt_ledger_take(&l, 1, 2, PAIR, &t));
	assert_int_equal(rt_ledger_settle(&l, 0).session, 0);
}

static void what_is_open_is_lost_with_its_session(void **state)
{
	struct rt_settled n;

	(void)state;
	(void)offer(0, PAIR, 1, 64, 64, 2);
	n = rt_ledger_settle(&l, PAIR);
	assert_int_equal(n.open, 2);
	assert_int_equal(n.session, 0);
	n = rt_ledger_settle(&l, 0);
	assert_int_equal(n.session, 2);
	assert_int_equal(rt_ledger_settle(&l, 0).session, 0); /* counted once */
	assert_true(rt_ledger_take(&l, 0, 1, PAIR, &t));
	assert_true(t.lost);
}

/* A session of the same name comes again: its frames are found, not the lost ones. */
static void what_is_lost_comes_last(void **state)
{
	(void)state;
	(void)offer(6, PAIR, 1, 64, 64, 1);
	(void)rt_ledger_settle(&l, 0);
	(void)offer(6, PAIR, 9, 192, 64, 1); /* behind a skip */
	assert_true(rt_ledger_take(&l, 6, 11, PAIR, &t));
	assert_int_equal(t.id, 9);
	assert_false(t.lost);
}

static void a_false_credit_is_seen(void **state)
{
	struct rt_settled n;

	(void)state;
	(void)offer(0, PAIR, 1, 64, 64, 1);
	(void)offer(8, PAIR, 2, 64, 64, 1);
	(void)offer(16, PAIR, 3, 64, 64, 1);
	n = rt_ledger_settle(&l, 0);
	assert_int_equal(n.credit, 2);
	assert_int_equal(n.session, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_skip_is_followed, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_was_not_sent_is_not_there, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_is_open_is_lost_with_its_session, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(what_is_lost_comes_last, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_false_credit_is_seen, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
