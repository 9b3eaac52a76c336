/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

void harness(void)
{
	struct iwc_config cfg = one_class();
	struct iwc_producer p = any_producer(0, &cfg), old;
	bool stalled;

	ASSUME(producer_in_order(&p) && p.violation == IWC_VIOLATION_NONE);
	port_follow_tx(0, &p);
	old = p;

	stalled = iwc_producer_stalled(&p);

	REACH("end");
	PROVE(producer_bound(&p, 0, &cfg) && producer_in_order(&p), "the invariant holds");
	PROVE(p.pos == old.pos && port.stores == 0u, "nothing is sent");
	PROVE(port.loads == port.credits && port.credits == (old.pos != old.credit),
	      "P4: the credit once, if lines wait");
	if (p.violation != IWC_VIOLATION_NONE) {
		PROVE(!stalled, "a violation is no stall");
		REACH("a violation");
	} else {
		PROVE(stalled ==
			  (p.credit == old.watch_credit && old.watch_pos != old.watch_credit),
		      "a stall: lines waited at the last look, and none was taken since");
		PROVE(p.watch_pos == p.pos && p.watch_credit == p.credit,
		      "the next look begins here");
	}
	if (stalled)
		REACH("a stall");
}
