/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwc_port.h, simulated: every shared access is a scheduling point and a fault point of virtual
 * time, with the memory of sim/memory.h behind it and its detectors watching.
 */
#ifndef IWC_PORT_H
#define IWC_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iwc_layout.h"
#include "iwc_trace.h"

uint64_t sim_port_load(const struct iwc_word *w, bool acquire);
void sim_port_store(struct iwc_word *w, uint64_t v, bool release);
void sim_port_fence(bool full);
void sim_port_copy_in(void *dst, const uint8_t *line, uint32_t len_bytes);
void sim_port_copy_out(uint8_t *line, const void *src, uint32_t len_bytes);
void sim_port_zero(void *shared, size_t len_bytes);
void sim_port_ring(void *port);
void sim_port_trace(void *port, enum iwc_trace what, uint32_t a, uint64_t b);

static inline uint64_t iwc_port_load_relaxed(const struct iwc_word *w)
{
	return sim_port_load(w, false);
}

static inline uint64_t iwc_port_load_acquire(const struct iwc_word *w)
{
	return sim_port_load(w, true);
}

static inline void iwc_port_store_relaxed(struct iwc_word *w, uint64_t v)
{
	sim_port_store(w, v, false);
}

static inline void iwc_port_store_release(struct iwc_word *w, uint64_t v)
{
	sim_port_store(w, v, true);
}

static inline void iwc_port_fence_full(void)
{
	sim_port_fence(true);
}

static inline void iwc_port_fence_acquire(void)
{
	sim_port_fence(false);
}

static inline void iwc_port_copy_in(void *dst, const uint8_t *line, uint32_t len_bytes)
{
	sim_port_copy_in(dst, line, len_bytes);
}

static inline void iwc_port_copy_out(uint8_t *line, const void *src, uint32_t len_bytes)
{
	sim_port_copy_out(line, src, len_bytes);
}

static inline void iwc_port_zero(void *shared, size_t len_bytes)
{
	sim_port_zero(shared, len_bytes);
}

static inline void iwc_port_touch(const uint8_t *line)
{
	(void)line; /* warms a cache; the simulated memory has none */
}

static inline void iwc_port_ring(void *port)
{
	sim_port_ring(port);
}

static inline void iwc_port_trace(void *port, enum iwc_trace what, uint32_t a, uint64_t b)
{
	sim_port_trace(port, what, a, b);
}

#endif
