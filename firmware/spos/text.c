/* SPDX-License-Identifier: BSD-2-Clause */
#include "text.h"

void text_init(struct text *t, char *buf, size_t size)
{
	*t = (struct text){.buf = buf, .size = size};
	buf[0] = '\0';
}

void text_put(struct text *t, const char *s)
{
	for (; *s != '\0' && t->used + 1u < t->size; s++)
		t->buf[t->used++] = *s;
	t->buf[t->used] = '\0';
}

static void put_digits(struct text *t, uint64_t value, unsigned base)
{
	char digits[21], *at = digits + sizeof(digits) - 1;

	*at = '\0';
	do {
		*--at = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	text_put(t, at);
}

void text_number(struct text *t, uint64_t value)
{
	put_digits(t, value, 10);
}

void text_hex(struct text *t, uint64_t value)
{
	text_put(t, "0x");
	put_digits(t, value, 16);
}

void text_line(struct text *t, const char *name, uint64_t value)
{
	text_put(t, name);
	text_put(t, " ");
	text_number(t, value);
	text_put(t, "\n");
}
