/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwc_crc32c.h - CRC-32C (Castagnoli polynomial 0x1EDC6F41, reflected, as in RFC 3720 appendix
 * B.4).
 *
 * Pure functions over private memory: any context, re-entrant. core/crc32c.c is portable C; a
 * port may link a faster object with the same name instead (core/port/native/crc32c.c).
 */
#ifndef IWC_CRC32C_H
#define IWC_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/*
 * Extend crc by len_bytes bytes at data. Start with 0; the value returned is final and can be
 * extended again: crc32c(crc32c(0, a), b) is the checksum of a followed by b.
 * len_bytes may be 0; data need not be aligned.
 */
uint32_t iwc_crc32c(uint32_t crc, const void *data, size_t len_bytes);

#endif
