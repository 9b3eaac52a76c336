/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"
#include "ring_one.h"

void harness(void)
{
	struct iwc_config cfg = one_class();
	struct iwc_consumer c = any_consumer(0, &cfg), old;
	struct iwc_frame f[1], before;
	uint64_t tag;
	unsigned taken;

	ASSUME(c.violation == IWC_VIOLATION_NONE);
	c.protect = cfg.cls[0].protect = false;
	port_follow_rx(0, &c);
	old = c;
	any_buffers(f, 1, 1);
	before = f[0];
	ASSUME(!iwc_consumer_take_one(&c, f, &tag));

	taken = iwc_consumer_take_behind(&c, f, tag);

	REACH("end");
	PROVE(consumer_bound(&c, 0, &cfg) && consumer_in_order(&c), "the invariant holds");
	port_check_rx(0, &c);
	PROVE(taken <= 1u && taken == port.copies_in && f[0].buf == before.buf,
	      "one frame at most");
	PROVE(port.loads == port.tags && port.tags <= 2u && port.stores == 0u,
	      "P4: two tags with the one that came before");
	PROVE(c.told == old.told && violation_valid(c.violation), "nothing is credited");
	PROVE(c.pos - old.pos <= 24u + c.lines, "a position rises by a skip and a frame");
	if (taken == 1u)
		REACH("a frame behind a skip");
	if (c.violation == IWC_VIOLATION_SKIP)
		REACH("a skip at index 0");
	if (c.violation == IWC_VIOLATION_LENGTH)
		REACH("a bad length");
	if (c.violation == IWC_VIOLATION_PAST_END)
		REACH("past the end");
	if (tag == 0u && c.violation == IWC_VIOLATION_NONE)
		REACH("a zeroed tag where the number wraps");
	PROVE(tag != 0u || c.violation == IWC_VIOLATION_NONE || port.tags == 2u,
	      "a zeroed tag is no violation");
}
