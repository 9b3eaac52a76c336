/* SPDX-License-Identifier: BSD-2-Clause */
/* stack_depth.h - how deep the two stacks ever were, by a pattern laid over them. */
#ifndef SPOS_STACK_DEPTH_H
#define SPOS_STACK_DEPTH_H

#include <stddef.h>

/* From the network task, before the first interrupt. */
void stack_paint(void);

size_t stack_network_most(void);
size_t stack_critical_most(void);

#endif
