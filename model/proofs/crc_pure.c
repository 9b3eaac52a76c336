/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In place of core/crc32c.c: some function of the checksum before and the bytes, always the same
 * one. For up to 16 bytes.
 */
#include "iwc_crc32c.h"
#include "invariant.h"

uint32_t __CPROVER_uninterpreted_crc(uint32_t crc, uint64_t low, uint64_t high, uint64_t len);

uint32_t iwc_crc32c(uint32_t crc, const void *data, size_t len_bytes)
{
	const uint8_t *p = data;
	uint64_t words[2] = {0, 0};

	PROVE(len_bytes <= 16u && __CPROVER_r_ok(data, len_bytes),
	      "P1: a checksum reads what is there");
	for (unsigned i = 0; i < 16u; i++)
		if (i < len_bytes)
			words[i / 8u] |= (uint64_t)p[i] << 8u * (i % 8u);
	return __CPROVER_uninterpreted_crc(crc, words[0], words[1], len_bytes);
}
