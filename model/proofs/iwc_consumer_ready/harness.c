/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

/* iwc_consumer_arm and iwc_consumer_ready: the two halves of going to sleep (D). */
void harness(void)
{
	struct iwc_config cfg = one_class();
	struct iwc_consumer c = any_consumer(0, &cfg), old;
	bool ready;

	port_follow_rx(0, &c);
	old = c;

	iwc_consumer_arm(&c);
	PROVE(port.stores == 1u && port.loads == 0u &&
		  port.own_wake[0] == ((c.pos & IWC_LINE_MASK) | IWC_SAID),
	      "D: wake is the own position");
	ready = iwc_consumer_ready(&c);

	REACH("end");
	PROVE(port.stores == 1u && port.loads == 1u && port.peeks == 1u, "P4: one tag");
	PROVE(consumer_bound(&c, 0, &cfg) && c.pos == old.pos && c.told == old.told &&
		  c.violation == old.violation,
	      "nothing changes");
	PROVE(ready == (port.peeked != 0u && port.peeked >> 16 == ((c.pos + 1u) & IWC_LINE_MASK)),
	      "ready: the tag carries the awaited number");
	if (ready)
		REACH("ready");
	else
		REACH("not ready");
}
