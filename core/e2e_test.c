/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "iwc_crc32c.h"
#include "iwc_e2e.h"

static const struct iwc_e2e_id session = {7, 9, 1};

static uint8_t frame[64];

static struct iwc_e2e_rx started(uint64_t now_ns)
{
	struct iwc_e2e_rx rx = {.timeout_ns = 0};

	iwc_e2e_rx_start(&rx, &session, now_ns);
	return rx;
}

static uint64_t word_of(uint32_t seq)
{
	return (uint64_t)seq << 32;
}

/* Judge a genuine frame of that number. */
static bool judge(struct iwc_e2e_rx *rx, uint32_t seq)
{
	return iwc_e2e_judge(rx, word_of(seq), IWC_E2E_GENUINE, 1);
}

/* The word is what the header says: the checksum of the frame and a trailer of four words. */
static void word_format(void **state)
{
	uint8_t all[sizeof(frame) + 16] = {0};
	const uint32_t seq = 0x81828384u;
	const struct iwc_e2e_id id = {0x11121314u, 0x21222324u, 0x31323334u};
	const uint8_t trailer[16] = {0x14, 0x13, 0x12, 0x11, 0x24, 0x23, 0x22, 0x21,
				     0x34, 0x33, 0x32, 0x31, 0x84, 0x83, 0x82, 0x81};

	(void)state;
	memset(frame, 0x5a, sizeof(frame));
	memcpy(all, frame, sizeof(frame));
	memcpy(all + sizeof(frame), trailer, sizeof(trailer));
	assert_int_equal(iwc_e2e_word(&id, seq, frame, sizeof(frame)),
			 (uint64_t)seq << 32 | iwc_crc32c(0, all, sizeof(all)));
}

/* Every single bit of frame and word, and the length, is covered. */
static void single_bits(void **state)
{
	struct iwc_e2e_rx rx = started(0);
	uint64_t word = iwc_e2e_word(&session, 3, frame, sizeof(frame));

	(void)state;
	assert_int_equal(iwc_e2e_verify(&rx, word, frame, sizeof(frame)), IWC_E2E_GENUINE);
	for (unsigned bit = 0; bit < 64u; bit++)
		assert_int_equal(
		    iwc_e2e_verify(&rx, word ^ UINT64_C(1) << bit, frame, sizeof(frame)),
		    IWC_E2E_CORRUPTED);
	for (unsigned bit = 0; bit < 8u * sizeof(frame); bit++) {
		frame[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
		assert_int_equal(iwc_e2e_verify(&rx, word, frame, sizeof(frame)),
				 IWC_E2E_CORRUPTED);
		frame[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
	}
	assert_int_equal(iwc_e2e_verify(&rx, word, frame, sizeof(frame) - 1u), IWC_E2E_CORRUPTED);
}

/* A frame of another sender, receiver or class is none of this one's. */
static void binding(void **state)
{
	struct iwc_e2e_rx rx = started(0);
	const struct iwc_e2e_id others[] = {{8, 9, 1}, {7, 8, 1}, {7, 9, 0}, {9, 7, 1}};

	(void)state;
	for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		uint64_t word = iwc_e2e_word(&others[i], 0, frame, sizeof(frame));

		assert_int_equal(iwc_e2e_verify(&rx, word, frame, sizeof(frame)),
				 IWC_E2E_CORRUPTED);
	}
}

/* A frame of the session before is told from a corrupted one; of the one before that it is not. */
static void former_session(void **state)
{
	struct iwc_e2e_rx rx = started(0);
	const struct iwc_e2e_id next = {8, 9, 1}, third = {8, 10, 1}, none = {0, 0, 0};
	uint64_t word = iwc_e2e_word(&session, 0, frame, sizeof(frame));
	uint64_t unborn = iwc_e2e_word(&none, 0, frame, sizeof(frame));

	(void)state;
	/* Before the first session there was none: nothing is bound to an epoch of 0. */
	assert_int_equal(iwc_e2e_verify(&rx, unborn, frame, sizeof(frame)), IWC_E2E_CORRUPTED);
	iwc_e2e_rx_start(&rx, &next, 0);
	assert_int_equal(iwc_e2e_verify(&rx, word, frame, sizeof(frame)), IWC_E2E_INSERTED);
	assert_false(iwc_e2e_judge(&rx, word, IWC_E2E_INSERTED, 1));
	assert_int_equal(rx.n.inserted, 1);
	iwc_e2e_rx_start(&rx, &third, 0);
	assert_int_equal(iwc_e2e_verify(&rx, word, frame, sizeof(frame)), IWC_E2E_CORRUPTED);
}

static void corrupted_changes_nothing_else(void **state)
{
	struct iwc_e2e_rx rx = started(5);

	(void)state;
	assert_false(iwc_e2e_judge(&rx, word_of(40), IWC_E2E_CORRUPTED, 9));
	assert_int_equal(rx.n.corrupted, 1);
	assert_int_equal(rx.expected, 0);
	assert_int_equal(rx.good_ns, 5);
	assert_int_equal(rx.n.lost, 0);
	assert_true(judge(&rx, 0));
	assert_int_equal(rx.good_ns, 1);
}

static void kinds(void **state)
{
	struct iwc_e2e_rx rx = started(0);

	(void)state;
	assert_true(judge(&rx, 0));
	assert_true(judge(&rx, 1));
	assert_false(judge(&rx, 1));
	assert_int_equal(rx.n.repeated, 1);
	assert_true(judge(&rx, 5));
	assert_int_equal(rx.n.lost, 3);
	assert_false(judge(&rx, 3));
	assert_int_equal(rx.n.reordered, 1);
	assert_false(judge(&rx, 5));
	assert_false(judge(&rx, 0));
	assert_int_equal(rx.n.repeated, 3);
	assert_true(judge(&rx, 6));
	assert_int_equal(rx.n.lost, 3);
	assert_int_equal(rx.n.corrupted + rx.n.inserted + rx.n.late, 0);
}

/* Behind the window of 64 numbers nobody knows whether a number was delivered. */
static void window_edges(void **state)
{
	struct iwc_e2e_rx rx = started(0);

	(void)state;
	for (uint32_t seq = 0; seq < 100u; seq++)
		assert_true(judge(&rx, seq));
	assert_false(judge(&rx, 36));
	assert_int_equal(rx.n.repeated, 1);
	assert_false(judge(&rx, 35));
	assert_int_equal(rx.n.repeated, 1);
	assert_int_equal(rx.n.reordered, 1);
	assert_int_equal(rx.expected, 100);
}

/* A gap moves the window: what was delivered before it stays known as long as it is inside. */
static void gaps_shift_the_window(void **state)
{
	(void)state;
	for (uint32_t gap = 0; gap < 70u; gap++) {
		struct iwc_e2e_rx rx = started(0);

		assert_true(judge(&rx, 0));
		assert_true(judge(&rx, gap + 1u));
		assert_int_equal(rx.n.lost, gap);
		assert_false(judge(&rx, 0));
		assert_int_equal(rx.n.repeated, gap + 1u < 64u);
		assert_int_equal(rx.n.reordered, gap + 1u >= 64u);
		assert_false(judge(&rx, gap + 1u));
		assert_int_equal(rx.n.repeated, gap + 1u < 64u ? 2 : 1);
		if (gap != 0u) {
			assert_false(judge(&rx, gap));
			assert_int_equal(rx.n.reordered, gap + 1u < 64u ? 1 : 2);
		}
	}
}

/* Half of the numbers are ahead, half behind, wherever the expected one stands (T37). */
static void number_wraps(void **state)
{
	static const uint32_t at[] = {0,	   1,		100,	    0x7fffffffu,
				      0x80000000u, 0xffffffc0u, 0xffffffffu};

	(void)state;
	for (unsigned i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		struct iwc_e2e_rx rx = started(0);

		rx.expected = at[i];
		for (uint32_t k = 0; k < 80u; k++)
			assert_true(judge(&rx, at[i] + k));
		assert_int_equal(rx.expected, at[i] + 80u);
		assert_int_equal(rx.n.lost, 0);
		for (uint32_t k = 0; k < 80u; k++)
			assert_false(judge(&rx, at[i] + k));
		assert_int_equal(rx.n.repeated, 64);
		assert_int_equal(rx.n.reordered, 16);
		assert_false(judge(&rx, rx.expected + 0x80000000u));
		assert_int_equal(rx.n.reordered, 17);
		assert_true(judge(&rx, rx.expected + 0x7fffffffu));
		assert_int_equal(rx.n.lost, 0x7fffffffu);
	}
}

static void restart_begins_at_zero(void **state)
{
	struct iwc_e2e_rx rx = started(0);

	(void)state;
	assert_true(judge(&rx, 0));
	assert_true(judge(&rx, 4));
	iwc_e2e_rx_start(&rx, &session, 77);
	assert_int_equal(rx.good_ns, 77);
	assert_false(judge(&rx, UINT32_MAX));
	assert_int_equal(rx.n.reordered, 1);
	assert_true(judge(&rx, 0));
	assert_int_equal(rx.n.lost, 3);
	assert_int_equal(rx.n.repeated, 0);
}

static void lateness(void **state)
{
	struct iwc_e2e_rx rx = started(1000);

	(void)state;
	assert_false(iwc_e2e_late(&rx, UINT64_MAX));
	rx.timeout_ns = 100;
	assert_false(iwc_e2e_late(&rx, 1099));
	assert_true(iwc_e2e_late(&rx, 1100));
	assert_false(iwc_e2e_late(&rx, 1199));
	assert_true(iwc_e2e_late(&rx, 1200));
	assert_int_equal(rx.n.late, 2);
	assert_true(iwc_e2e_judge(&rx, word_of(0), IWC_E2E_GENUINE, 1250));
	assert_false(iwc_e2e_late(&rx, 1349));
	/* A repeated or corrupted frame is no sign of life. */
	assert_false(iwc_e2e_judge(&rx, word_of(0), IWC_E2E_GENUINE, 1349));
	assert_false(iwc_e2e_judge(&rx, word_of(1), IWC_E2E_CORRUPTED, 1349));
	assert_true(iwc_e2e_late(&rx, 1350));
	/* A clock that went back starts the wait again. */
	assert_false(iwc_e2e_late(&rx, 10));
	assert_false(iwc_e2e_late(&rx, 109));
	assert_true(iwc_e2e_late(&rx, 110));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(word_format),
	    cmocka_unit_test(single_bits),
	    cmocka_unit_test(binding),
	    cmocka_unit_test(former_session),
	    cmocka_unit_test(corrupted_changes_nothing_else),
	    cmocka_unit_test(kinds),
	    cmocka_unit_test(window_edges),
	    cmocka_unit_test(gaps_shift_the_window),
	    cmocka_unit_test(number_wraps),
	    cmocka_unit_test(restart_begins_at_zero),
	    cmocka_unit_test(lateness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
