/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FreeRTOSConfig.h - the kernel as it must be built for the secure world: port GCC/ARM_AARCH64_SRE,
 * compiled with -DGUEST (it runs at EL1). README.md has the build.
 */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#include <stdint.h>

/*
 * Priorities of interrupts. The secure world has 32 of them, in steps of 8, and only the upper
 * half, 0x00 to 0x78, is out of NS's reach: what lies in the lower half NS holds back by its own
 * priority mask. The port wants the interrupts that call it in the lower half, and checks that by
 * the preprocessor. That takes an enumerator for 0 and sees 32 and 17; C sees 16 and 12, and the
 * port masks at 12 * 8 = 0x60. Tick and doorbell lie below that mask and above NS.
 */
#ifndef __ASSEMBLER__
enum {
	SPOS_HALF = -16,
	SPOS_UPPER = -5,
};
#endif
#define configUNIQUE_INTERRUPT_PRIORITIES (32 + SPOS_HALF)
#define configMAX_API_CALL_INTERRUPT_PRIORITY (17 + SPOS_UPPER)
#define SPOS_API_MASK 0x60
#define SPOS_DOORBELL_PRIORITY 0x68
#define SPOS_TICK_PRIORITY 0x70

/* The port finds the controller by system registers; these are only checked to exist. */
#define configINTERRUPT_CONTROLLER_BASE_ADDRESS 0
#define configINTERRUPT_CONTROLLER_CPU_INTERFACE_OFFSET 0x10000

#ifndef __ASSEMBLER__
void spos_tick_start(void);
void spos_tick_next(void);
_Noreturn void spos_freertos_assert(const char *file, int line);
#endif
#define configSETUP_TICK_INTERRUPT() spos_tick_start()
#define configCLEAR_TICK_INTERRUPT() spos_tick_next()
#define configASSERT(x)                                                                            \
	do {                                                                                       \
		if (!(x))                                                                          \
			spos_freertos_assert(__FILE__, __LINE__);                                  \
	} while (0)

#define configTICK_RATE_HZ 1000
#define configTICK_TYPE_WIDTH_IN_BITS TICK_TYPE_WIDTH_64_BITS
#define configUSE_PREEMPTION 1
#define configUSE_TIME_SLICING 0
#define configUSE_PORT_OPTIMISED_TASK_SELECTION 1
#define configMAX_PRIORITIES 8
#define configMAX_TASK_NAME_LEN 12
#define configMINIMAL_STACK_SIZE 512 /* words of 8 bytes */
#define configSTACK_DEPTH_TYPE uint32_t
#define configCHECK_FOR_STACK_OVERFLOW 2
#define configUSE_TASK_FPU_SUPPORT 1

#define configSUPPORT_STATIC_ALLOCATION 1
#define configKERNEL_PROVIDED_STATIC_MEMORY 0
/* For FreeRTOS+TCP; spos itself allocates nothing. */
#define configSUPPORT_DYNAMIC_ALLOCATION 1
#define configTOTAL_HEAP_SIZE (512 * 1024)

#define configUSE_IDLE_HOOK 1
#define configUSE_TICK_HOOK 0
#define configUSE_MALLOC_FAILED_HOOK 0
#define configUSE_TIMERS 0
#define configUSE_MUTEXES 1
#define configUSE_COUNTING_SEMAPHORES 1
#define configUSE_TASK_NOTIFICATIONS 1
#define configUSE_TICKLESS_IDLE 0
#define configUSE_CO_ROUTINES 0

#define INCLUDE_vTaskDelay 1
#define INCLUDE_xTaskDelayUntil 1
#define INCLUDE_vTaskDelete 1
#define INCLUDE_vTaskSuspend 1
#define INCLUDE_xTaskGetCurrentTaskHandle 1
#define INCLUDE_xTaskGetSchedulerState 1
#define INCLUDE_uxTaskGetStackHighWaterMark 1

#endif
