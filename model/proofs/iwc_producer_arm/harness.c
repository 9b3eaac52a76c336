/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

void harness(void)
{
	struct iwc_config cfg = one_class();
	struct iwc_producer p = any_producer(0, &cfg), old;
	uint32_t len = nondet_u32();
	uint64_t needed;
	bool fits;

	ASSUME(producer_in_order(&p) && p.violation == IWC_VIOLATION_NONE);
	ASSUME(len >= IWC_FRAME_MIN && len <= cfg.cls[0].frame_max_bytes);
	port_follow_tx(0, &p);
	old = p;
	port.sleeping = true;

	fits = iwc_producer_arm(&p, len);

	REACH("end");
	PROVE(producer_bound(&p, 0, &cfg) && producer_in_order(&p), "the invariant holds");
	PROVE(p.pos == old.pos && p.seq == old.seq, "nothing is sent");
	PROVE(port.loads == 1u && port.credits == 1u && port.stores == 1u && port.copies_out == 0u,
	      "P4: the credit once");
	PROVE(fits == (p.violation == IWC_VIOLATION_NONE && iwc_producer_fits(&p, len)),
	      "true: it fits by now");
	/* The word asks for a bell when the credit has come to what the frame needs, not later. */
	PROVE((port.own_space[0] & IWC_SAID) != 0u, "E: the space word is said");
	needed = old.credit + ((port.own_space[0] + 1u - old.credit) & IWC_LINE_MASK);
	old.credit = needed;
	PROVE(fits || p.violation != IWC_VIOLATION_NONE || iwc_producer_fits(&old, len),
	      "E: at the credit asked for the frame fits");
	old.credit = needed - 1u;
	PROVE(fits || p.violation != IWC_VIOLATION_NONE || !iwc_producer_fits(&old, len),
	      "E: and not before");
	if (fits)
		REACH("it fits");
	else if (p.violation != IWC_VIOLATION_NONE)
		REACH("a violation");
	else
		REACH("it does not fit");
}
