/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

/* Counted line by line: is there room for the frame behind pos, with a skip if it must not wrap? */
void harness(void)
{
	struct iwc_config cfg = one_class();
	const struct iwc_producer p = any_producer(0, &cfg);
	uint32_t len = nondet_u32(), count, index;
	uint64_t free, needed;
	bool fits;

	ASSUME(producer_in_order(&p) && len >= IWC_FRAME_MIN && len <= cfg.cls[0].frame_max_bytes);
	fits = iwc_producer_fits(&p, len);

	REACH("end");
	free = p.lines - (p.pos - p.credit);
	count = (len + 63u) / 64u;
	index = (uint32_t)(p.pos % p.lines);
	needed = index + count <= p.lines ? count : p.lines - index + count;
	PROVE(fits == (needed <= free), "it fits if the free lines hold frame and skip");
	PROVE(port.loads == 0u && port.stores == 0u, "private state only");
	if (fits && needed != count)
		REACH("behind a skip");
	if (!fits)
		REACH("full");
}
