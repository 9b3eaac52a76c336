/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The content of the flows: a function of key and position alone, so that any piece of it can be
 * checked without remembering what was sent, and a piece that is moved, repeated or mixed up with
 * another flow's does not pass.
 */
#include "instance.h"

#include "lwip/opt.h"

#define WORD_BYTES 8u
#define TEXT_FIRST 32u /* printable characters: space */
#define TEXT_CHARACTERS 95u
#define TEXT_LINE 72u
#define TEXT_PERIOD (TEXT_CHARACTERS * (TEXT_LINE + 2u))

/* splitmix64's output function: two rounds of multiply and fold. */
uint64_t sim_lwip_mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static uint64_t content_word(uint64_t key, uint64_t offset)
{
	return sim_lwip_mix(key ^ sim_lwip_mix(offset / WORD_BYTES));
}

void sim_lwip_content_fill(uint64_t key, uint64_t offset, uint8_t *bytes, size_t len)
{
	uint64_t word = content_word(key, offset);

	for (size_t i = 0; i < len; i++) {
		unsigned lane = (unsigned)((offset + i) % WORD_BYTES);

		if (lane == 0)
			word = content_word(key, offset + i);
		bytes[i] = (uint8_t)(word >> (8 * lane));
	}
}

size_t sim_lwip_content_differ(uint64_t key, uint64_t offset, const uint8_t *bytes, size_t len)
{
	uint64_t word = content_word(key, offset);
	size_t differ = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned lane = (unsigned)((offset + i) % WORD_BYTES);

		if (lane == 0)
			word = content_word(key, offset + i);
		differ += bytes[i] != (uint8_t)(word >> (8 * lane));
	}
	return differ;
}

static uint8_t text_byte(unsigned position)
{
	unsigned line = position / (TEXT_LINE + 2u);
	unsigned column = position % (TEXT_LINE + 2u);

	if (column >= TEXT_LINE)
		return column == TEXT_LINE ? '\r' : '\n';
	return (uint8_t)(TEXT_FIRST + (line + column) % TEXT_CHARACTERS);
}

const uint8_t *sim_lwip_text(uint64_t position)
{
	static uint8_t text[TEXT_PERIOD + TCP_MSS];

	/* Made once; the last byte tells. */
	if (text[sizeof(text) - 1] == 0) {
		for (unsigned i = 0; i < sizeof(text); i++)
			text[i] = text_byte(i);
	}
	return text + position % TEXT_PERIOD;
}
