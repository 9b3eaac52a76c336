/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CRC-32C by the processor's instructions, in place of core/crc32c.c. They are optional in
 * Armv8.0-A; the executive looks for them before it starts. (All Cortex-A have them.)
 */
#include <arm_acle.h>

#include "iwc_crc32c.h"

uint32_t iwc_crc32c(uint32_t crc, const void *data, size_t len_bytes)
{
	const uint8_t *p = data;
	uint32_t c = ~crc;

	for (; len_bytes >= 8u; len_bytes -= 8u, p += 8) {
		uint64_t v;

		/* From any address, which the compiler may not assume to work. */
		__asm__("ldr %0, [%1]" : "=r"(v) : "r"(p), "m"(*(const uint8_t(*)[8])p));
		c = __crc32cd(c, v);
	}
	for (; len_bytes != 0u; len_bytes--)
		c = __crc32cb(c, *p++);
	return ~c;
}
