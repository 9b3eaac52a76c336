/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "iwc_crc32c.h"

/* The definition: reflected polynomial division, one bit at a time. */
static uint32_t reference(uint32_t crc, const uint8_t *data, size_t len_bytes)
{
	uint32_t c = ~crc;

	for (size_t i = 0; i < len_bytes; i++) {
		c ^= data[i];
		for (unsigned bit = 0; bit < 8u; bit++)
			c = (c & 1u) != 0u ? c >> 1 ^ 0x82f63b78u : c >> 1;
	}
	return ~c;
}

/* RFC 3720 appendix B.4 lists the bytes as they travel: least significant first. */
static void rfc3720_vectors(void **state)
{
	static const uint8_t read_pdu[48] = {
	    0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,	 0, 0, 0, 0,
	    0x14, 0,	0, 0, 0, 0, 4, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18,
	    0x28, 0,	0, 0, 0, 0, 0, 0, 2, 0, 0, 0,	 0, 0, 0, 0,
	};
	uint8_t b[32];

	(void)state;
	memset(b, 0, sizeof(b));
	assert_int_equal(iwc_crc32c(0, b, sizeof(b)), 0x8a9136aau);
	memset(b, 0xff, sizeof(b));
	assert_int_equal(iwc_crc32c(0, b, sizeof(b)), 0x62a8ab43u);
	for (unsigned i = 0; i < sizeof(b); i++)
		b[i] = (uint8_t)i;
	assert_int_equal(iwc_crc32c(0, b, sizeof(b)), 0x46dd794eu);
	for (unsigned i = 0; i < sizeof(b); i++)
		b[i] = (uint8_t)(31u - i);
	assert_int_equal(iwc_crc32c(0, b, sizeof(b)), 0x113fdb5cu);
	assert_int_equal(iwc_crc32c(0, read_pdu, sizeof(read_pdu)), 0xd9963a56u);
}

static void check_value(void **state)
{
	(void)state;
	assert_int_equal(iwc_crc32c(0, "123456789", 9), 0xe3069283u);
	assert_int_equal(iwc_crc32c(0, "", 0), 0);
	assert_int_equal(iwc_crc32c(0x12345678u, "", 0), 0x12345678u);
}

static void noise(uint8_t *b, size_t n)
{
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525u + 1013904223u;
		b[i] = (uint8_t)(x >> 24);
	}
}

/* Each length at each alignment: an implementation by words has its edges here. */
static void lengths_and_alignments(void **state)
{
	_Alignas(64) uint8_t b[2048];

	(void)state;
	noise(b, sizeof(b));
	for (size_t at = 0; at < 16u; at++)
		for (size_t len = 0; len <= 300u; len++)
			assert_int_equal(iwc_crc32c(0, b + at, len), reference(0, b + at, len));
	for (size_t len = 301; len <= 1600u; len += 7u)
		assert_int_equal(iwc_crc32c(0, b + len % 16u, len),
				 reference(0, b + len % 16u, len));
}

/* crc32c(crc32c(0, a), b) is that of a followed by b, wherever the cut is. */
static void extension(void **state)
{
	uint8_t b[257];
	uint32_t whole;

	(void)state;
	noise(b, sizeof(b));
	whole = reference(0, b, sizeof(b));
	for (size_t cut = 0; cut <= sizeof(b); cut++)
		assert_int_equal(iwc_crc32c(iwc_crc32c(0, b, cut), b + cut, sizeof(b) - cut),
				 whole);
}

/* Bytes around the data don't count: the value is a function of the data alone. */
static void no_overread(void **state)
{
	uint8_t b[80];
	uint32_t before;

	(void)state;
	for (size_t len = 0; len <= 64u; len++) {
		memset(b, 0xaa, sizeof(b));
		before = iwc_crc32c(0, b + 8, len);
		memset(b, 0x55, 8);
		memset(b + 8u + len, 0x55, sizeof(b) - 8u - len);
		assert_int_equal(iwc_crc32c(0, b + 8, len), before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rfc3720_vectors),
	    cmocka_unit_test(check_value),
	    cmocka_unit_test(lengths_and_alignments),
	    cmocka_unit_test(extension),
	    cmocka_unit_test(no_overread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
