/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The null port's other half and a program that links it. Shared memory always reads 0, so that a
 * boot and a poll must leave the endpoint down.
 */
#include "iwc.h"
#include "iwc_port.h"

uint64_t iwc_port_load_relaxed(const struct iwc_word *w)
{
	(void)w;
	return 0;
}

uint64_t iwc_port_load_acquire(const struct iwc_word *w)
{
	return iwc_port_load_relaxed(w);
}

void iwc_port_store_relaxed(struct iwc_word *w, uint64_t v)
{
	(void)w;
	(void)v;
}

void iwc_port_store_release(struct iwc_word *w, uint64_t v)
{
	iwc_port_store_relaxed(w, v);
}

void iwc_port_fence_full(void)
{
}

void iwc_port_fence_acquire(void)
{
}

void iwc_port_copy_in(void *dst, const uint8_t *line, uint32_t len_bytes)
{
	(void)dst;
	(void)line;
	(void)len_bytes;
}

void iwc_port_copy_out(uint8_t *line, const void *src, uint32_t len_bytes)
{
	(void)line;
	(void)src;
	(void)len_bytes;
}

void iwc_port_zero(void *shared, size_t len_bytes)
{
	(void)shared;
	(void)len_bytes;
}

void iwc_port_touch(const uint8_t *line)
{
	(void)line;
}

void iwc_port_ring(void *port)
{
	(void)port;
}

void iwc_port_trace(void *port, enum iwc_trace what, uint32_t a, uint64_t b)
{
	(void)port;
	(void)what;
	(void)a;
	(void)b;
}

int main(void)
{
	static _Alignas(4096) unsigned char region[2][65536];
	static struct iwc ep;
	const struct iwc_config cfg = {
	    .class_count = 1,
	    .cls = {{.lines_log2 = 6, .frame_max_bytes = IWC_FRAME_MAX, .budget = 8}},
	    .backoff_min_ns = 1,
	    .backoff_max_ns = 1,
	};

	if (iwc_section_bytes(&cfg) > sizeof(region[0]) ||
	    iwc_init(&ep, &cfg, region[0], region[1], NULL) != IWC_OK || iwc_boot(&ep, 1) != IWC_OK)
		return 1;
	return iwc_begin(&ep, 0) == 0u && !iwc_is_up(&ep) && !iwc_arm(&ep) ? 0 : 1;
}
