/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The native port's checksum against the definition. The source is included, not linked, so that
 * the way by tables is tested on processors that would never take it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "port/native/crc32c.c"

#define LEN_MAX 2048u

static uint8_t noise[LEN_MAX + 64u];

/* Polynomial division, a bit at a time: the state after one byte. */
static uint32_t reference(uint32_t c, uint8_t byte)
{
	c ^= byte;
	for (unsigned bit = 0; bit < 8u; bit++)
		c = (c & 1u) != 0u ? c >> 1 ^ 0x82f63b78u : c >> 1;
	return c;
}

static int make_noise(void **state)
{
	uint32_t x = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++) {
		x = x * 1664525u + 1013904223u;
		noise[i] = (uint8_t)(x >> 24);
	}
	return 0;
}

typedef uint32_t sum_function(uint32_t c, const uint8_t *p, size_t len_bytes);

/* Every length at one alignment, compared with a state that grows byte by byte. */
static void check_lengths(sum_function *sum, uint32_t start, size_t at)
{
	uint32_t want = start;

	for (size_t len = 0; len <= LEN_MAX; len++) {
		assert_int_equal(sum(start, noise + at, len), want);
		want = reference(want, noise[at + len]);
	}
}

static void tables(void **state)
{
	(void)state;
	for (size_t at = 0; at < 16u; at++)
		check_lengths(sum_by_tables, 0xffffffffu, at);
	check_lengths(sum_by_tables, 0, 1);
}

static void instruction(void **state)
{
	(void)state;
	if (!has_instruction())
		skip();
	for (size_t at = 0; at < 16u; at++)
		check_lengths(sum_by_instruction, 0xffffffffu, at);
	check_lengths(sum_by_instruction, 0, 1);
}

static uint32_t whole(uint32_t c, const uint8_t *p, size_t len_bytes)
{
	return ~iwc_crc32c(~c, p, len_bytes);
}

static void function(void **state)
{
	(void)state;
	check_lengths(whole, 0xffffffffu, 3);
	assert_int_equal(iwc_crc32c(0, "123456789", 9), 0xe3069283u);
}

/* A sum goes on where another ended. */
static void parts(void **state)
{
	const uint32_t want = iwc_crc32c(0, noise, LEN_MAX);

	(void)state;
	for (size_t cut = 0; cut <= LEN_MAX; cut++)
		assert_int_equal(iwc_crc32c(iwc_crc32c(0, noise, cut), noise + cut, LEN_MAX - cut),
				 want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tables),
	    cmocka_unit_test(instruction),
	    cmocka_unit_test(function),
	    cmocka_unit_test(parts),
	};

	return cmocka_run_group_tests(tests, make_noise, NULL);
}
