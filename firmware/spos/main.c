/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network task, which is all that is not an interrupt. On a processor of its own it runs as
 * long as there is work; on a shared one it leaves a part of each period to NS, so that a flood
 * costs NS its own time first.
 */
#include "arch.h"
#include "clock.h"
#include "console.h"
#include "die.h"
#include "ip.h"
#include "irq.h"
#include "memory.h"
#include "stack_depth.h"
#include "tasks.h"
#include "text.h"

_Noreturn void spos_main(void);

static void say_start(void)
{
	char line[256];
	struct text t;

	text_init(&t, line, sizeof(line));
	text_put(&t, "spos: life ");
	text_number(&t, spos_boot.lives);
	text_put(&t, ", cpu ");
	text_number(&t, spos_boot.cpu);
	text_put(&t, (spos_boot.flags & IWC_BOOT_OWN_CPU) != 0 ? " own" : " shared");
	text_put(&t,
		 (spos_boot.flags & IWC_BOOT_GICV2) != 0 ? ", GICv2, epoch " : ", GICv3, epoch ");
	text_number(&t, ip_net()->ep.epoch);
	die_say_last(&t);
	console_put(line);
	console_put("\n");
}

static bool has_crc32(void)
{
	return (arch_read(id_aa64isar0_el1) >> 16 & 15u) != 0;
}

_Noreturn void spos_main(void)
{
	if (!has_crc32())
		die_early(DIE_CRC);
	stack_paint();
	clock_start();
	(void)die_last();
	if (!ip_start())
		die(DIE_STACK, "memory, epoch or region");
	say_start();
	irq_start();
	for (;;) {
		bool more = ip_poll();

		task_network_alive();
		if (!more ||
		    ((spos_boot.flags & IWC_BOOT_OWN_CPU) == 0 && !task_network_has_time()))
			irq_idle();
	}
}
