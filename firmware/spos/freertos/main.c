/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same two tasks as the executive's, on FreeRTOS: the critical one, 1 ms, above the network
 * task, which runs lwIP on the channel. Both have static memory; the network task has the stack of
 * the linker script, below which no page is mapped.
 */
#include <FreeRTOS.h>
#include <task.h>

#include "arch.h"
#include "clock.h"
#include "console.h"
#include "die.h"
#include "freertos.h"
#include "ip.h"
#include "memory.h"
#include "stack_depth.h"
#include "tasks.h"
#include "text.h"

#define NETWORK_PRIORITY 2
#define CRITICAL_PRIORITY (configMAX_PRIORITIES - 1)
#define CRITICAL_WORDS 512

/* From vectors.S, on the stack that interrupts will have. */
_Noreturn void freertos_main(void);

static StaticTask_t network_task, critical_task;
static StackType_t critical_stack[CRITICAL_WORDS];
static TaskHandle_t network, critical;
static struct critical books;
static struct critical_check image;
static volatile bool network_went_round;

void freertos_doorbell(BaseType_t *switch_now)
{
	vTaskNotifyGiveFromISR(network, switch_now);
}

struct critical task_critical_books(void)
{
	struct critical copy;

	taskENTER_CRITICAL();
	copy = books;
	taskEXIT_CRITICAL();
	return copy;
}

uint64_t task_image_rounds(void)
{
	return image.rounds;
}

static uint32_t network_words(void)
{
	return (uint32_t)(memory_bytes(spos_network_stack_start, spos_network_stack_end) /
			  sizeof(StackType_t));
}

static size_t most_bytes(TaskHandle_t task, size_t words)
{
	return (words - uxTaskGetStackHighWaterMark(task)) * sizeof(StackType_t);
}

size_t stack_network_most(void)
{
	return most_bytes(network, network_words());
}

size_t stack_critical_most(void)
{
	return most_bytes(critical, CRITICAL_WORDS);
}

/* Both tasks live: the critical one asks, if the network task has gone round since. */
static void feed_watchdog(TickType_t now)
{
	static TickType_t next;

	if (spos_boot.alive_ns == 0 || now < next || !network_went_round)
		return;
	network_went_round = false;
	next = now + (TickType_t)(spos_boot.alive_ns / 4u / TASK_PERIOD_NS);
	arch_smc(IWC_SMC_ALIVE, 0);
}

/* Releases that passed while a job ran are missed, and none of the ticks that are caught up begins
 * a job in their place. */
static void run_critical(void *argument)
{
	const uint64_t frequency = clock_frequency();
	TickType_t last = xTaskGetTickCount();

	(void)argument;
	image.image = spos_start;
	image.image_bytes = memory_bytes(spos_start, spos_data_start);
	vTaskDelayUntil(&last, 1);
	critical_init(&books, freertos_tick_at(last), frequency / 1000u, frequency / 2000u);
	for (;;) {
		const uint64_t release = books.release;
		uint64_t next;

		critical_begin(&books, arch_ticks(), arch_cycles());
		if (!critical_check(&image))
			die(DIE_CODE, "text or rodata");
		feed_watchdog(last);
		next = critical_end(&books, arch_ticks(), arch_cycles());
		vTaskDelayUntil(&last, (next - release) / books.period);
	}
}

/* A doorbell or the next tick wakes it; the channel is looked at a thousand times a second anyway.
 */
static void run_network(void *argument)
{
	(void)argument;
	for (;;) {
		bool more = ip_poll();

		network_went_round = true;
		(void)ulTaskNotifyTake(pdTRUE, more ? 0 : 1);
	}
}

static void say_start(void)
{
	char line[256];
	struct text t;

	text_init(&t, line, sizeof(line));
	text_put(&t, "spos: FreeRTOS " tskKERNEL_VERSION_NUMBER ", life ");
	text_number(&t, spos_boot.lives);
	text_put(&t, ", epoch ");
	text_number(&t, ip_net()->ep.epoch);
	die_say_last(&t);
	console_put(line);
	console_put("\n");
}

_Noreturn void freertos_main(void)
{
	if ((arch_read(id_aa64isar0_el1) >> 16 & 15u) == 0)
		die_early(DIE_CRC);
	clock_start();
	(void)die_last();
	freertos_check();
	if (!ip_start())
		die(DIE_STACK, "memory, epoch or region");
	say_start();
	critical = xTaskCreateStatic(run_critical, "critical", CRITICAL_WORDS, NULL,
				     CRITICAL_PRIORITY, critical_stack, &critical_task);
	network = xTaskCreateStatic(run_network, "network", network_words(), NULL, NETWORK_PRIORITY,
				    (StackType_t *)(void *)spos_network_stack_start, &network_task);
	vTaskStartScheduler();
	die(DIE_ASSERT, "the scheduler returned");
}
