/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One frame a call, of an unprotected class 0: the paths of ring_one.h and what stands behind them.
 * The count port says which words are looked at, and how often.
 */
#include "port/count/iwc_port.h"

#include "crc32c.c"
#include "e2e.c"
#include "ring.c"
#include "endpoint.c"
#include "session.c"

#include "port/count/pair.h"

struct iwc_count iwc_count;

static struct pair p;
static struct pair_bufs in, out;

static int open_pair(void **state)
{
	struct iwc_config cfg = pair_config();

	(void)state;
	memset(&iwc_count, 0, sizeof(iwc_count));
	cfg.class_count = 3;
	cfg.cls[0] =
	    (struct iwc_class_config){.lines_log2 = 6, .frame_max_bytes = 256, .budget = 100};
	cfg.cls[2] = cfg.cls[1];
	p = (struct pair){.port = {NULL, NULL}};
	pair_open(&p, &cfg);
	pair_bufs_init(&in);
	pair_bufs_init(&out);
	pair_connect(&p);
	memset(iwc_count.n, 0, sizeof(iwc_count.n));
	return 0;
}

static int close_pair(void **state)
{
	(void)state;
	pair_bufs_check(&in);
	pair_bufs_check(&out);
	pair_close(&p);
	return 0;
}

static void send(unsigned cls, uint64_t key, uint32_t len_bytes)
{
	pair_fill(&in.f[0], key, len_bytes);
	assert_int_equal(iwc_send(&p.ep[0], cls, in.f, 1), 1);
}

/* The next frame is this one. */
static void expect(unsigned cls, uint64_t key, uint32_t len_bytes)
{
	unsigned from = UINT32_MAX;

	assert_int_equal(iwc_recv(&p.ep[1], out.f, 1, &from), 1);
	assert_int_equal(from, cls);
	assert_true(pair_matches(&out.f[0], key, len_bytes));
}

static void expect_nothing(void)
{
	unsigned cls;

	assert_int_equal(iwc_recv(&p.ep[1], out.f, 1, &cls), 0);
}

/* Where nothing is, one tag a class is looked at, once. */
static void looks_once_a_class(void **state)
{
	(void)state;
	expect_nothing();
	assert_int_equal(iwc_count_loads(), 3);
	assert_int_equal(iwc_count.n[IWC_COUNT_LOAD_ACQUIRE], 3);
}

/* Class 0 has nothing: the next one is next, and one frame is one frame. */
static void other_classes(void **state)
{
	(void)state;
	send(2, 20, 100);
	send(1, 10, 70);
	send(1, 11, 71);
	expect(1, 10, 70);
	expect(1, 11, 71);
	expect(2, 20, 100);
	expect_nothing();
}

/* As many as are asked for, if they are there. */
static void two_at_once(void **state)
{
	unsigned cls = UINT32_MAX;

	(void)state;
	for (uint32_t n = 1; n <= 3u; n++) {
		for (uint32_t i = 0; i < 3u; i++)
			send(0, i, 60);
		assert_int_equal(iwc_recv(&p.ep[1], out.f, n, &cls), n);
		assert_int_equal(cls, 0);
		for (uint32_t i = 0; i < n; i++)
			assert_true(pair_matches(&out.f[i], i, 60));
		for (uint32_t i = n; i < 3u; i++)
			expect(0, i, 60);
		iwc_begin(&p.ep[1], p.now_ns);
		iwc_arm(&p.ep[1]);
	}
}

/* Never one more than asked for, and never more than a call may take. */
static void no_more_than_asked(void **state)
{
	(void)state;
	for (uint32_t n = 28; n <= 36u; n++) {
		unsigned most = n < IWC_BURST_MAX ? n : IWC_BURST_MAX, cls;

		for (uint32_t i = 0; i < 40u; i++)
			send(0, i, 14);
		iwc_begin(&p.ep[1], p.now_ns);
		assert_int_equal(iwc_recv(&p.ep[1], out.f, n, &cls), most);
		for (uint32_t i = most; i < 40u; i++)
			expect(0, i, 14);
		iwc_arm(&p.ep[1]);
	}
}

/* Nor are more sent than were offered: what lies behind them is none of the caller's frames. */
static void no_more_than_offered(void **state)
{
	(void)state;
	for (uint32_t n = 28; n <= IWC_BURST_MAX; n++) {
		for (uint32_t i = 0; i < IWC_BURST_MAX; i++)
			pair_fill(&in.f[i], i, 14);
		assert_int_equal(iwc_send(&p.ep[0], 0, in.f, n), (int)n);
		iwc_begin(&p.ep[1], p.now_ns);
		for (uint32_t i = 0; i < n; i++)
			expect(0, i, 14);
		expect_nothing();
		iwc_arm(&p.ep[1]);
	}
}

/* The eighth that has gathered is given back by the frame that completes it, in its class. */
static void credit_of_single_frames(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 500u; i++) {
		iwc_begin(&p.ep[1], p.now_ns);
		send(0, i, 60);
		expect(0, i, 60);
		assert_int_equal(p.ep[1].rx[0].pos - p.ep[1].rx[0].told, (i + 1u) % 8u);
		assert_int_equal(p.ep[1].rx[1].told, p.ep[1].rx[1].pos);
	}
}

/* The shortest frame is refused by a full ring like any other: no mistake of the caller. */
static void full_ring_refuses_the_shortest(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 64u; i++)
		send(0, i, 14);
	pair_fill(&in.f[0], 64, 14);
	assert_int_equal(iwc_send(&p.ep[0], 0, in.f, 1), 0);
	assert_int_equal(p.ep[0].n.refused[0], 1);
	pair_fill(&in.f[0], 64, 256);
	assert_int_equal(iwc_send(&p.ep[0], 0, in.f, 1), 0);
	assert_int_equal(p.ep[0].n.refused[0], 2);
}

/* Where the number wraps to 0, a tag that was never written looks awaited, and is no frame. */
static void zeroed_tag_at_the_wrap(void **state)
{
	struct iwc_config cfg = p.cfg[0];

	(void)state;
	pair_close(&p);
	cfg.first_line = IWC_LINE_MASK - 3u * 64u + 1u;
	p = (struct pair){.port = {NULL, NULL}};
	pair_open(&p, &cfg);
	pair_connect(&p);
	while (p.ep[1].rx[0].pos != IWC_LINE_MASK) {
		iwc_begin(&p.ep[1], p.now_ns);
		send(0, p.ep[1].rx[0].pos, 60);
		expect(0, p.ep[1].rx[0].pos, 60);
		if (p.ep[1].rx[0].pos % 64u == 0u)
			memset(p.own[0] + 4096 + 8 * 63, 0, 8);
		iwc_arm(&p.ep[1]);
	}
	assert_int_equal(p.ep[1].rx[0].tag[63].v, 0);
	expect_nothing();
	assert_int_equal(p.ep[1].n.violations, 0);
	send(0, 7, 60);
	expect(0, 7, 60);
}

/* A clock that goes back starts the wait for a stall again: no look before it is over. */
static void clock_back_before_a_stall(void **state)
{
	struct iwc_config cfg = p.cfg[0];

	(void)state;
	pair_close(&p);
	cfg.stall_ns = 500;
	p = (struct pair){.port = {NULL, NULL}};
	pair_open(&p, &cfg);
	pair_connect(&p);
	p.now_ns = 10000;
	iwc_begin(&p.ep[0], p.now_ns);
	send(0, 1, 60);
	memset(iwc_count.n, 0, sizeof(iwc_count.n));
	iwc_begin(&p.ep[0], 9000);
	iwc_begin(&p.ep[0], 9499);
	assert_int_equal(iwc_count_loads(), 2);
	iwc_begin(&p.ep[0], 9500);
	assert_int_equal(iwc_count_loads(), 4);
}

/* A lap of single frames of all lengths of a line, with a skip before each that does not fit. */
static void skips_between(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 200u; i++) {
		uint32_t len = 14u + i * 29u % 243u;

		iwc_begin(&p.ep[1], p.now_ns);
		send(0, i, len);
		expect(0, i, len);
		expect_nothing();
		iwc_arm(&p.ep[1]);
	}
	assert_int_equal(p.ep[1].n.violations, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(looks_once_a_class, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(other_classes, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(two_at_once, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(no_more_than_asked, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(no_more_than_offered, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(credit_of_single_frames, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(full_ring_refuses_the_shortest, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(zeroed_tag_at_the_wrap, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(clock_back_before_a_stall, open_pair, close_pair),
	    cmocka_unit_test_setup_teardown(skips_between, open_pair, close_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
