/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies of 16 bytes are written as instructions, since the compiler may not assume unaligned
 * access. They take any address once the MMU is on, and before it addresses that are multiples
 * of 8.
 */
#include <stdint.h>
#include <string.h>

#include <stdlib.h>

static inline void copy_16(uint8_t *dst, const uint8_t *src)
{
	uint64_t a, b;

	__asm__ volatile("ldp %0, %1, [%3]\n\tstp %0, %1, [%2]"
			 : "=&r"(a), "=&r"(b)
			 : "r"(dst), "r"(src)
			 : "memory");
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	uint8_t *d = dst;
	const uint8_t *s = src;

	for (; n >= 16u; n -= 16u, d += 16, s += 16)
		copy_16(d, s);
	for (; n != 0u; n--)
		*d++ = *s++;
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	uint8_t *d = dst;
	const uint8_t *s = src;

	if ((uintptr_t)d - (uintptr_t)s >= n) {
		for (; n >= 16u; n -= 16u, d += 16, s += 16)
			copy_16(d, s);
		for (; n != 0u; n--)
			*d++ = *s++;
		return dst;
	}
	for (; n >= 16u; n -= 16u)
		copy_16(d + n - 16, s + n - 16);
	for (; n != 0u; n--)
		d[n - 1u] = s[n - 1u];
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	const uint64_t v = (uint8_t)c * UINT64_C(0x0101010101010101);
	uint8_t *d = dst;

	for (; n >= 16u; n -= 16u, d += 16)
		__asm__ volatile("stp %1, %1, [%0]" : : "r"(d), "r"(v) : "memory");
	for (; n != 0u; n--)
		*(volatile uint8_t *)d++ = (uint8_t)c;
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *p = a, *q = b;

	for (; n != 0u; n--, p++, q++) {
		if (*p != *q)
			return *p < *q ? -1 : 1;
	}
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n] != '\0')
		n++;
	return n;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n != 0u; n--, a++, b++) {
		if (*a != *b)
			return (uint8_t)*a < (uint8_t)*b ? -1 : 1;
		if (*a == '\0')
			return 0;
	}
	return 0;
}

/* lwIP's table of services is what asks for it; numbers that don't fit are nobody's. */
int atoi(const char *s)
{
	unsigned v = 0;

	for (; *s >= '0' && *s <= '9'; s++)
		v = v * 10u + (unsigned)(*s - '0');
	return (int)v;
}
