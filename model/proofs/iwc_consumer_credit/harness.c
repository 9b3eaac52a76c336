/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

void harness(void)
{
	struct iwc_config cfg = one_class();
	struct iwc_consumer c = any_consumer(0, &cfg), old;
	bool force = any_bool(), asked, owed, ring;

	port_follow_rx(0, &c);
	old = c;
	owed = c.pos - c.told >= c.lines / 8u;
	PROVE(iwc_consumer_owes(&c) == owed, "owed: an eighth of the ring has gathered");

	ring = iwc_consumer_credit(&c, force);

	REACH("end");
	PROVE(consumer_bound(&c, 0, &cfg) && consumer_in_order(&c) && c.pos == old.pos &&
		  c.violation == old.violation,
	      "the invariant holds");
	if (old.pos != old.told && (owed || force)) {
		PROVE(c.told == c.pos && port.stores == 1u &&
			  port.own_credit[0] == ((c.pos & IWC_LINE_MASK) | IWC_SAID),
		      "B: all that was taken is given back");
		PROVE(port.spaces == c.bell && port.loads == port.spaces,
		      "P4: the space word once");
		asked = c.bell && (port.space[0] & IWC_SAID) != 0u &&
			((port.space[0] - old.told) & IWC_LINE_MASK) < c.pos - old.told;
		PROVE(ring == asked, "E: a doorbell if the producer's space word was passed");
		if (ring)
			REACH("a doorbell");
		REACH("given");
	} else {
		PROVE(!ring && c.told == old.told && port.stores == 0u && port.loads == 0u,
		      "else nothing is done");
		REACH("kept");
	}
}
