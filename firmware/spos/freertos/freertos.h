/* SPDX-License-Identifier: BSD-2-Clause */
/* freertos.h - between glue.c, which serves the port, and the application, main.c. */
#ifndef SPOS_FREERTOS_H
#define SPOS_FREERTOS_H

#include <stdint.h>

#include <FreeRTOS.h>
#include <task.h>

/* Ends the life if the library was built in another way than ours. */
void freertos_check(void);

/* The count at which that tick was or is due. */
uint64_t freertos_tick_at(TickType_t tick);

/* The application's, called in the doorbell's interrupt: wakes whose frames wait. */
void freertos_doorbell(BaseType_t *switch_now);

#endif
