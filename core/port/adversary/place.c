/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where an access goes: places of a section, by offsets of their own.
 */
#include <stdio.h>
#include <stdlib.h>

#include "judge.h"

struct adversary adversary;

void adversary_require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "adversary: violated: %s (in call %d)\n", what, (int)A.now.call);
	abort();
}

uint32_t adversary_lines(unsigned cls)
{
	return 1u << A.cfg.cls[cls].lines_log2;
}

uint32_t adversary_lines_of(uint32_t len_bytes)
{
	return (len_bytes + 63u) / 64u;
}

uint32_t adversary_index_of(unsigned cls, uint64_t pos)
{
	return (uint32_t)(pos % adversary_lines(cls));
}

uint64_t adversary_end_of(unsigned cls, uint64_t pos, uint32_t len_bytes)
{
	uint32_t lines = adversary_lines(cls), index = adversary_index_of(cls, pos);

	if (index + adversary_lines_of(len_bytes) > lines)
		pos += lines - index;
	return pos + adversary_lines_of(len_bytes);
}

static struct adversary_spot spot_in_header(size_t offset)
{
	static const enum adversary_place places[] = {START, CREDIT, WAKE, SPACE};
	size_t in_class;

	if (offset < 24u)
		return (struct adversary_spot){HELLO, 0, (uint32_t)(offset / 8u)};
	if (offset == 128u)
		return (struct adversary_spot){SESSION, 0, 0};
	require(offset >= 256u && offset < 256u + 4u * 256u, "P1: an access between the words");
	in_class = offset % 256u;
	require(in_class % 64u == 0u, "P1: an access between the words of a class");
	return (struct adversary_spot){places[in_class / 64u], (unsigned)(offset / 256u - 1u), 0};
}

struct adversary_spot adversary_spot_of(const uint8_t *section, const void *at)
{
	uintptr_t offset = (uintptr_t)at - (uintptr_t)section;

	require(offset < A.used_bytes, "P1, P13: an access outside the section");
	require(offset % 8u == 0u, "P1: an access across two words");
	if (offset < 4096u)
		return spot_in_header(offset);
	offset -= 4096u;
	for (unsigned c = 0; c < A.cfg.class_count; c++) {
		uint32_t lines = adversary_lines(c);

		if (offset < 8u * lines)
			return (struct adversary_spot){TAG, c, (uint32_t)(offset / 8u)};
		if (offset < 16u * lines)
			return (struct adversary_spot){E2E, c, (uint32_t)(offset / 8u - lines)};
		if (offset < 80u * (size_t)lines) {
			offset -= 16u * lines;
			require(offset % 64u == 0u, "P1: a copy that starts within a line");
			return (struct adversary_spot){DATA, c, (uint32_t)(offset / 64u)};
		}
		offset -= 80u * (size_t)lines;
	}
	require(false, "P1: an access behind the rings");
	return (struct adversary_spot){HELLO, 0, 0};
}

void adversary_count_step(void)
{
	require(A.now.call != ADVERSARY_NONE, "an access outside of all calls");
	require(++A.now.steps <= 512u + 16u * A.now.loads_max, "P7: a call does not end");
}
