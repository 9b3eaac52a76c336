/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the port GCC/ARM_AARCH64_SRE leaves to the application: tick, interrupts, idling, faults.
 * Late ticks are caught up one by one, so the tick count is the time.
 */
#include <FreeRTOS.h>
#include <task.h>

#include "arch.h"
#include "clock.h"
#include "console.h"
#include "die.h"
#include "freertos.h"
#include "gic.h"
#include "irq.h"
#include "memory.h"

/* Of port.c: what its critical sections mask, by the configuration it was built with. */
extern const uint64_t ullMaxAPIPriorityMask;

void FreeRTOS_Tick_Handler(void);
void vApplicationIRQHandler(uint32_t taken);
void vApplicationIdleHook(void);
void vApplicationStackOverflowHook(TaskHandle_t task, char *name);
void vApplicationGetIdleTaskMemory(StaticTask_t **task, StackType_t **stack,
				   configSTACK_DEPTH_TYPE *words);

static uint64_t start_at, tick_at, tick_ticks;

/* No life comes further than this one: it is said at once. */
_Noreturn static void refuse(enum die_reason reason, const char *text)
{
	console_put("spos: ");
	console_put(text);
	console_put("\n");
	die(reason, text);
}

void freertos_check(void)
{
	if ((spos_boot.flags & IWC_BOOT_GICV2) != 0)
		refuse(DIE_GIC, "FreeRTOS's port needs GICv3");
	if (ullMaxAPIPriorityMask != SPOS_API_MASK)
		refuse(DIE_ASSERT, "libfreertos.a: built with another FreeRTOSConfig.h");
}

static void tick_set(void)
{
	arch_write(cntps_cval_el1, tick_at);
	arch_write(cntps_ctl_el1, 1);
	arch_isb();
}

uint64_t freertos_tick_at(TickType_t tick)
{
	return start_at + tick * tick_ticks;
}

/* The scheduler starts; interrupts are masked. */
void spos_tick_start(void)
{
	arch_write(cntps_ctl_el1, 0);
	gic_start(&spos_gic);
	gic_enable(&spos_gic, spos_boot.timer_intid, SPOS_TICK_PRIORITY);
	gic_enable(&spos_gic, spos_boot.doorbell_intid, SPOS_DOORBELL_PRIORITY);
	tick_ticks = clock_frequency() / configTICK_RATE_HZ;
	start_at = arch_ticks();
	tick_at = start_at + tick_ticks;
	tick_set();
}

void spos_tick_next(void)
{
	tick_at += tick_ticks;
	tick_set();
}

void vApplicationIRQHandler(uint32_t taken)
{
	BaseType_t switch_now = pdFALSE;

	if (taken == spos_boot.timer_intid)
		FreeRTOS_Tick_Handler();
	if (taken == spos_boot.doorbell_intid) {
		freertos_doorbell(&switch_now);
		portYIELD_FROM_ISR(switch_now);
	}
}

/* No task is ready: NS runs, or the processor waits, until an interrupt makes one so. */
void vApplicationIdleHook(void)
{
	if ((spos_boot.flags & IWC_BOOT_OWN_CPU) != 0)
		arch_wfi();
	else
		arch_smc(IWC_SMC_IDLE, 0);
}

_Noreturn void spos_freertos_assert(const char *file, int line)
{
	(void)line;
	die(DIE_ASSERT, file);
}

void vApplicationStackOverflowHook(TaskHandle_t task, char *name)
{
	(void)task;
	die(DIE_ASSERT, name);
}

void vApplicationGetIdleTaskMemory(StaticTask_t **task, StackType_t **stack,
				   configSTACK_DEPTH_TYPE *words)
{
	static StaticTask_t idle;
	static StackType_t idle_stack[configMINIMAL_STACK_SIZE];

	*task = &idle;
	*stack = idle_stack;
	*words = configMINIMAL_STACK_SIZE;
}
