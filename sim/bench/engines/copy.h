/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copy.h - how a peer's payload is copied: as it comes (libc), or, with -DTUNED, in inline 64-byte
 * blocks like the core's, so that a queue is compared with a queue and not a copy with a copy.
 */
#ifndef BENCH_COPY_H
#define BENCH_COPY_H

#include <stddef.h>
#include <string.h>

static inline void bench_copy(void *dst, const void *src, size_t len_bytes)
{
#ifdef TUNED
	char *d = (char *)dst;
	const char *s = (const char *)src;

	if (len_bytes >= 64) {
		for (size_t i = 0; i + 64 < len_bytes; i += 64)
			__builtin_memcpy(d + i, s + i, 64);
		__builtin_memcpy(d + len_bytes - 64, s + len_bytes - 64, 64);
		return;
	}
#endif
	memcpy(dst, src, len_bytes);
}

#endif
