/* SPDX-License-Identifier: BSD-2-Clause */
/* text.h - text into a buffer of fixed size: what does not fit is cut off, never written. */
#ifndef SPOS_TEXT_H
#define SPOS_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
	char *buf;
	size_t size, used; /* used < size: the buffer always ends in 0 */
};

/* size > 0 */
void text_init(struct text *t, char *buf, size_t size);
void text_put(struct text *t, const char *s);
void text_number(struct text *t, uint64_t value);
void text_hex(struct text *t, uint64_t value);

/* "name value\n" */
void text_line(struct text *t, const char *name, uint64_t value);

#endif
