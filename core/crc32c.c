/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Four bits at a time: two look-ups a byte in a 64-byte table. Small enough for a firmware image
 * and for a model checker; a fast port links its own.
 */
#include "iwc_crc32c.h"

/* Remainders of the sixteen 4-bit values for the reflected polynomial 0x82F63B78. */
static const uint32_t nibble[16] = {
    0x00000000u, 0x105ec76fu, 0x20bd8edeu, 0x30e349b1u, 0x417b1dbcu, 0x5125dad3u,
    0x61c69362u, 0x7198540du, 0x82f63b78u, 0x92a8fc17u, 0xa24bb5a6u, 0xb21572c9u,
    0xc38d26c4u, 0xd3d3e1abu, 0xe330a81au, 0xf36e6f75u,
};

uint32_t iwc_crc32c(uint32_t crc, const void *data, size_t len_bytes)
{
	const uint8_t *p = data;
	uint32_t c = ~crc;

	for (size_t i = 0; i < len_bytes; i++) {
		/* The analyzer loses sight of words that are read as bytes. */
		c ^= p[i]; /* NOLINT(clang-analyzer-core.uninitialized.Assign) */
		c = nibble[c & 15u] ^ (c >> 4);
		c = nibble[c & 15u] ^ (c >> 4);
	}
	return ~c;
}
