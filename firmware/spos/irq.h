/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irq.h - interrupts and idling. Two priorities: the critical task runs in its timer's interrupt,
 * to its end; the network task is what it interrupts. The doorbell only sets a flag.
 */
#ifndef SPOS_IRQ_H
#define SPOS_IRQ_H

#include <stdbool.h>

#include "gic.h"

extern struct gic spos_gic;

/* Doorbell and the tick of the critical task; the first tick is one period away. */
void irq_start(void);

/*
 * Nothing to do until the next interrupt, unless one came since the last call: on an own processor
 * WFI, on a shared one NS runs.
 */
void irq_idle(void);

/* From start.S. */
void spos_interrupt(void);

#endif
