/* SPDX-License-Identifier: BSD-2-Clause */
#include "console.h"

#include <stdbool.h>
#include <stdint.h>

#include "arch.h"
#include "memory.h"

#define CADENCE 1u

/* A console that takes nothing must not keep the world from starting. */
#define TRIES_MAX 100000u

static bool is_full(void)
{
	if (spos_boot.uart_kind == CADENCE)
		return (mmio_read32(spos_boot.uart + 0x2cu) & 0x10u) != 0; /* SR.TXFULL */
	return (mmio_read32(spos_boot.uart + 0x18u) & 0x20u) != 0;	   /* FR.TXFF */
}

static bool put(char c)
{
	for (unsigned tries = 0; is_full(); tries++) {
		if (tries == TRIES_MAX)
			return false;
	}
	mmio_write32(spos_boot.uart + (spos_boot.uart_kind == CADENCE ? 0x30u : 0u), (uint8_t)c);
	return true;
}

void console_put(const char *s)
{
	if (spos_boot.uart == 0)
		return;
	for (; *s != '\0'; s++) {
		if ((*s == '\n' && !put('\r')) || !put(*s))
			return;
	}
}
