/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"
#include "iwc_crc32c.h"

/* The definition, bit by bit: reflected polynomial 0x82f63b78, as in RFC 3720. */
static uint32_t by_definition(uint32_t crc, const uint8_t *p, size_t n)
{
	uint32_t c = ~crc;

	for (size_t i = 0; i < BYTES && i < n; i++) {
		c ^= p[i];
		for (unsigned k = 0; k < 8u; k++)
			c = (c & 1u) != 0u ? c >> 1 ^ 0x82f63b78u : c >> 1;
	}
	return ~c;
}

void harness(void)
{
	uint8_t bytes[BYTES], before[BYTES];
	uint32_t crc = nondet_u32(), got;
	size_t n = nondet_size(), cut = nondet_size();

	ASSUME(n <= BYTES && cut <= n);
	for (uint32_t i = 0; i < BYTES; i++)
		bytes[i] = before[i] = (uint8_t)nondet_u32();

	got = iwc_crc32c(crc, bytes, n);

	REACH("end");
	PROVE(got == by_definition(crc, bytes, n), "it is the remainder by the polynomial");
	PROVE(got == iwc_crc32c(iwc_crc32c(crc, bytes, cut), bytes + cut, n - cut),
	      "a checksum can be extended");
	for (uint32_t i = 0; i < BYTES; i++)
		PROVE(bytes[i] == before[i], "the bytes stay");
	if (n == BYTES)
		REACH("all bytes");
	if (n == 0u)
		REACH("no byte");
}
