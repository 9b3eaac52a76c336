/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Watchdog: its period starts again when both tasks live. The critical task asks for it, four times
 * a period, if the network task has gone round since it last did.
 */
#include "tasks.h"

#include "arch.h"
#include "clock.h"
#include "die.h"
#include "gic.h"
#include "irq.h"
#include "memory.h"

/* A flood of frames may take this part of the time of a shared processor, not all. */
#define NETWORK_SHARE_PERCENT 75u

static struct critical books;
static struct critical_check image;
static uint64_t alive_at; /* count */
static volatile bool network_went_round;

static uint64_t ticks_of(uint64_t ns)
{
	return ns * clock_frequency() / CLOCK_SECOND_NS;
}

uint64_t task_critical_start(void)
{
	const uint64_t period = ticks_of(TASK_PERIOD_NS), now = arch_ticks();

	image.image = spos_start;
	image.image_bytes = memory_bytes(spos_start, spos_data_start);
	critical_init(&books, now + period, period, ticks_of(TASK_DEADLINE_NS));
	alive_at = now;
	return now + period;
}

static void watchdog(uint64_t now)
{
	if (spos_boot.alive_ns == 0 || now < alive_at || !network_went_round)
		return;
	network_went_round = false;
	alive_at = now + ticks_of(spos_boot.alive_ns / 4u);
	arch_smc(IWC_SMC_ALIVE, 0);
}

uint64_t task_critical_run(void)
{
	const uint64_t now = arch_ticks();

	critical_begin(&books, now, arch_cycles());
	if (!critical_check(&image))
		die(DIE_CODE, "text or rodata");
	watchdog(now);
	return critical_end(&books, arch_ticks(), arch_cycles());
}

struct critical task_critical_books(void)
{
	struct critical copy;

	arch_irq_mask();
	copy = books;
	gic_unmask(&spos_gic);
	return copy;
}

uint64_t task_image_rounds(void)
{
	return image.rounds;
}

void task_network_alive(void)
{
	network_went_round = true;
}

bool task_network_has_time(void)
{
	const uint64_t into = arch_ticks() + books.period - books.release;

	return into < books.period * NETWORK_SHARE_PERCENT / 100u;
}
