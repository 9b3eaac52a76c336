/* SPDX-License-Identifier: BSD-2-Clause */
/* console.c - a few words on the secure console. */
#include "monitor.h"
#include "cpu.h"
#include "iwc_plat.h"

void say(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			plat_putc('\r');
		plat_putc(*text);
	}
}

void say_hex(uint64_t value)
{
	unsigned shift = 60;

	while (shift != 0u && (value >> shift) == 0u)
		shift -= 4;
	say("0x");
	for (;; shift -= 4) {
		plat_putc("0123456789abcdef"[(value >> shift) & 0xfu]);
		if (shift == 0u)
			return;
	}
}

void say_dec(uint64_t value)
{
	char text[21];
	unsigned i = sizeof(text) - 1u;

	text[i] = '\0';
	do {
		text[--i] = (char)('0' + value % 10u);
		value /= 10u;
	} while (value != 0u);
	say(&text[i]);
}

/* The machine can't go on: it is switched off, or where it can't be, this processor ends here. */
_Noreturn void stop(const char *why)
{
	say("monitor: stopped: ");
	say(why);
	say("\n");
	plat_system_off();
	for (;;)
		wfi();
}

_Noreturn void panic(uint64_t esr, uint64_t elr, uint64_t far)
{
	say("monitor: exception of its own: ESR ");
	say_hex(esr);
	say(" ELR ");
	say_hex(elr);
	say(" FAR ");
	say_hex(far);
	say("\n");
	stop("this is a bug of the monitor or of the board's memory map");
}
