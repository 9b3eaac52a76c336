/* SPDX-License-Identifier: BSD-2-Clause */
#include "stack_depth.h"

#include <stdint.h>

#include "memory.h"

#define PATTERN UINT64_C(0x6b63617473737073)
#define IN_USE 512u /* by who paints */

static void paint(uint8_t *start, const uint8_t *end)
{
	for (uint64_t *at = (uint64_t *)(void *)start; (const uint8_t *)at < end; at++)
		*(volatile uint64_t *)at = PATTERN;
}

void stack_paint(void)
{
	paint(spos_network_stack_start, (uint8_t *)__builtin_frame_address(0) - IN_USE);
	paint(spos_critical_stack_start, spos_critical_stack_end);
}

static size_t depth(const uint8_t *start, const uint8_t *end)
{
	const uint64_t *at = (const uint64_t *)(const void *)start;

	while ((const uint8_t *)at < end && *(const volatile uint64_t *)at == PATTERN)
		at++;
	return (size_t)(end - (const uint8_t *)at);
}

size_t stack_network_most(void)
{
	return depth(spos_network_stack_start, spos_network_stack_end);
}

size_t stack_critical_most(void)
{
	return depth(spos_critical_stack_start, spos_critical_stack_end);
}
