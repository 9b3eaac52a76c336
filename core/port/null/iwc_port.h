/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwc_port.h, null: the hooks with nothing behind them. Compiled and linked in every build, it
 * shows that core/ needs no more than these; docs/porting.md states what a real port promises.
 */
#ifndef IWC_PORT_H
#define IWC_PORT_H

#include <stddef.h>
#include <stdint.h>

#include "iwc_layout.h"
#include "iwc_trace.h"

uint64_t iwc_port_load_relaxed(const struct iwc_word *w);
uint64_t iwc_port_load_acquire(const struct iwc_word *w);
void iwc_port_store_relaxed(struct iwc_word *w, uint64_t v);
void iwc_port_store_release(struct iwc_word *w, uint64_t v);
void iwc_port_fence_full(void);
void iwc_port_fence_acquire(void);
void iwc_port_copy_in(void *dst, const uint8_t *line, uint32_t len_bytes);
void iwc_port_copy_out(uint8_t *line, const void *src, uint32_t len_bytes);
void iwc_port_zero(void *shared, size_t len_bytes);
void iwc_port_touch(const uint8_t *line);
void iwc_port_ring(void *port);
void iwc_port_trace(void *port, enum iwc_trace what, uint32_t a, uint64_t b);

#endif
