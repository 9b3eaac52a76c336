/* SPDX-License-Identifier: BSD-2-Clause */
/* The protocol of the warning signs, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sign.h"

static size_t ask(struct sign_panel *panel, unsigned operation, unsigned number, unsigned sign,
		  uint64_t now_ns, uint8_t answer[SIGN_ANSWER_BYTES])
{
	const uint8_t request[SIGN_REQUEST_BYTES] = {
	    'S',
	    (uint8_t)operation,
	    (uint8_t)(number >> 8),
	    (uint8_t)number,
	    (uint8_t)(sign >> 8),
	    (uint8_t)sign,
	};

	return sign_serve(panel, request, sizeof(request), now_ns, 3, answer);
}

static void bytes(void **state)
{
	static const uint8_t expected[SIGN_ANSWER_BYTES] = {
	    'A', 0, 0x12, 0x34, 0, 5,	 0,    3,    0,	   0,	 0,    0x20,
	    0,	 0, 0,	  0,	0, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
	};
	struct sign_panel panel = {0};
	uint8_t answer[SIGN_ANSWER_BYTES];

	(void)state;
	assert_int_equal(ask(&panel, SIGN_SET, 0x1234, 5, 0x01020304050607, answer),
			 SIGN_ANSWER_BYTES);
	assert_memory_equal(answer, expected, sizeof(expected));
}

/* A repeated request changes nothing, not even the time. */
static void repeated(void **state)
{
	struct sign_panel panel = {0};
	uint8_t first[SIGN_ANSWER_BYTES], again[SIGN_ANSWER_BYTES];

	(void)state;
	ask(&panel, SIGN_SET, 1, 31, 10, first);
	ask(&panel, SIGN_SET, 1, 31, 20, again);
	assert_memory_equal(first, again, sizeof(first));
	assert_int_equal(panel.lit, UINT32_C(1) << 31);
	assert_int_equal(panel.changes, 1);
	ask(&panel, SIGN_CLEAR, 2, 31, 30, again);
	assert_int_equal(panel.lit, 0);
	assert_int_equal(panel.changed_ns[31], 30);
	assert_int_equal(panel.changes, 2);
	ask(&panel, SIGN_CLEAR, 3, 31, 40, again);
	assert_int_equal(panel.lit, 0);
	assert_int_equal(panel.changes, 2);
}

static void independent(void **state)
{
	struct sign_panel panel = {0};
	uint8_t answer[SIGN_ANSWER_BYTES];

	(void)state;
	ask(&panel, SIGN_SET, 1, 0, 10, answer);
	ask(&panel, SIGN_SET, 2, 7, 20, answer);
	ask(&panel, SIGN_CLEAR, 3, 0, 30, answer);
	ask(&panel, SIGN_QUERY, 4, 7, 40, answer);
	assert_int_equal(panel.lit, 0x80);
	assert_int_equal(answer[11], 0x80);
	assert_int_equal(answer[23], 20);
	assert_int_equal(panel.requests, 4);
}

static void refused(void **state)
{
	struct sign_panel panel = {0};
	uint8_t answer[SIGN_ANSWER_BYTES];

	(void)state;
	ask(&panel, 0, 1, 0, 10, answer);
	assert_int_equal(answer[1], SIGN_NO_OPERATION);
	ask(&panel, 4, 1, 0, 10, answer);
	assert_int_equal(answer[1], SIGN_NO_OPERATION);
	ask(&panel, SIGN_SET, 1, SIGN_COUNT, 10, answer);
	assert_int_equal(answer[1], SIGN_NO_SIGN);
	ask(&panel, SIGN_SET, 1, 0xffff, 10, answer);
	assert_int_equal(answer[1], SIGN_NO_SIGN);
	assert_int_equal(panel.lit, 0);
	assert_int_equal(panel.changes, 0);
}

/* What is no request gets no answer: nothing bounces between two servers. */
static void malformed(void **state)
{
	const uint8_t good[SIGN_REQUEST_BYTES] = {'S', SIGN_SET, 0, 1, 0, 1};
	struct sign_panel panel = {0};
	uint8_t answer[SIGN_ANSWER_BYTES], bad[SIGN_REQUEST_BYTES];

	(void)state;
	for (size_t len = 0; len < 64; len++) {
		if (len != SIGN_REQUEST_BYTES)
			assert_int_equal(sign_serve(&panel, good, len, 1, 1, answer), 0);
	}
	for (unsigned i = 0; i < 3; i++) {
		static const unsigned at[] = {0, 6, 7};

		memcpy(bad, good, sizeof(bad));
		bad[at[i]] ^= 0x80;
		assert_int_equal(sign_serve(&panel, bad, sizeof(bad), 1, 1, answer), 0);
	}
	assert_int_equal(panel.malformed, 63 + 3);
	assert_int_equal(panel.requests, 0);
	assert_int_equal(panel.lit, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bytes),   cmocka_unit_test(repeated),  cmocka_unit_test(independent),
	    cmocka_unit_test(refused), cmocka_unit_test(malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
