/* SPDX-License-Identifier: BSD-2-Clause */
/* memory.c - what a compiler calls by itself. */
#include <stddef.h>

void *memset(void *to, int value, size_t bytes);
void *memcpy(void *restrict to, const void *restrict from, size_t bytes);

void *memset(void *to, int value, size_t bytes)
{
	unsigned char *at = to;

	while (bytes-- != 0u)
		*at++ = (unsigned char)value;
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	const unsigned char *source = from;
	unsigned char *at = to;

	while (bytes-- != 0u)
		*at++ = *source++;
	return to;
}
