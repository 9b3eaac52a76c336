/* SPDX-License-Identifier: BSD-2-Clause */
#include "die.h"

#include <stddef.h>
#include <string.h>

#include "arch.h"
#include "clock.h"
#include "iwc_crc32c.h"
#include "memory.h"

#define MAGIC UINT64_C(0x7473616c736f7073) /* "sposlast" */

static struct die_words last __attribute__((section(".last")));
static struct die_words former;

static uint64_t sum(const struct die_words *words)
{
	return iwc_crc32c(0, words, offsetof(struct die_words, sum));
}

_Noreturn void die_early(enum die_reason reason)
{
	for (;;)
		arch_smc(IWC_SMC_DIE, reason);
}

_Noreturn static void end(struct die_words *words)
{
	arch_irq_mask();
	words->magic = MAGIC;
	words->life = spos_boot.lives;
	words->time_ns = clock_ns();
	words->sum = sum(words);
	last = *words;
	arch_dsb();
	for (;;)
		arch_smc(IWC_SMC_DIE, words->reason);
}

_Noreturn void die(enum die_reason reason, const char *text)
{
	struct die_words words = {.reason = reason, .link = (uintptr_t)__builtin_return_address(0)};

	for (size_t i = 0; i < sizeof(words.text) - 1u && text[i] != '\0'; i++)
		words.text[i] = text[i];
	end(&words);
}

_Noreturn void spos_exception(uint64_t vector)
{
	struct die_words words = {
	    .reason = DIE_EXCEPTION,
	    .vector = vector,
	    .syndrome = arch_read(esr_el1),
	    .address = arch_read(far_el1),
	    .link = arch_read(elr_el1),
	};

	end(&words);
}

const struct die_words *die_last(void)
{
	if (last.magic == MAGIC && last.sum == sum(&last) && last.reason < DIE_REASONS) {
		former = last;
		former.text[sizeof(former.text) - 1u] = '\0';
	}
	memset(&last, 0, sizeof(last));
	return former.magic == MAGIC ? &former : NULL;
}

static const char *exception_name(const struct die_words *words)
{
	switch (words->syndrome >> 26 & 0x3fu) {
	case 0x00:
		return "unknown instruction";
	case 0x0e:
		return "illegal state";
	case 0x21:
		return "instruction abort";
	case 0x22:
		return "misaligned pc";
	case 0x25:
		return "data abort";
	case 0x26:
		return "misaligned stack";
	case 0x2f:
		return "SError";
	default:
		return "exception";
	}
}

static const char *name(const struct die_words *words)
{
	static const char *const names[DIE_REASONS] = {
	    [DIE_NONE] = "none",	  [DIE_ASSERT] = "assertion",
	    [DIE_CODE] = "image changed", [DIE_CRC] = "no CRC32 instructions",
	    [DIE_CHANNEL] = "no channel", [DIE_STACK] = "no IP stack",
	    [DIE_ASKED] = "asked to",
	};

	if (words->reason == DIE_EXCEPTION)
		return exception_name(words);
	return words->reason < DIE_REASONS && names[words->reason] != NULL ? names[words->reason]
									   : "unknown reason";
}

void die_say_last(struct text *t)
{
	const struct die_words *words = die_last();

	if (words == NULL) {
		text_put(t, spos_boot.lives > 1 ? "; last life left no word" : "");
		return;
	}
	text_put(t, "; life ");
	text_number(t, words->life);
	text_put(t, " ended: ");
	text_put(t, name(words));
	text_put(t, words->text[0] != '\0' ? ": " : "");
	text_put(t, words->text);
	text_put(t, ", pc ");
	text_hex(t, words->link);
	if (words->reason != DIE_EXCEPTION)
		return;
	text_put(t, ", address ");
	text_hex(t, words->address);
	text_put(t, ", syndrome ");
	text_hex(t, words->syndrome);
}
