/* SPDX-License-Identifier: BSD-2-Clause */
/* string.h - as much of it as the compiler, lwIP and the executive ask for. */
#ifndef SPOS_STRING_H
#define SPOS_STRING_H

#include <stddef.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strncmp(const char *a, const char *b, size_t n);

#endif
