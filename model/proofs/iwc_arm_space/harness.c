/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

void harness(void)
{
	static struct iwc ep, old;
	unsigned cls = CLS;
	uint32_t len = nondet_u32();
	bool fits;

	any_endpoint(&ep, true);
	old = ep;

	fits = iwc_arm_space(&ep, cls, len);

	REACH("end");
	check_endpoint(&ep, &old);
	PROVE(port.loads == port.credits && port.credits <= 1u, "P4: the credit once");
	PROVE((port.credits == 1u) ==
		  (cls < CLASSES && old.state == IWC_STATE_UP && len >= IWC_FRAME_MIN &&
		   len <= ep.cfg.cls[cls].frame_max_bytes),
	      "only of a class, while the link is up, for a frame of the class");
	PROVE(!fits || ep.state == IWC_STATE_UP, "true: only while the link is up");
	PROVE(ep.n.violations - old.n.violations ==
		  (ep.state == IWC_STATE_FROZEN && old.state != IWC_STATE_FROZEN),
	      "counter violations: one, and the link is frozen");
	PROVE(!port.violated || ep.state == IWC_STATE_FROZEN, "a violation freezes");
	for (uint32_t c = 0; c < CLASSES; c++)
		PROVE(ep.tx[c].pos == old.tx[c].pos && ep.rx[c].pos == old.rx[c].pos, "rings stay");
	if (fits)
		REACH("it fits");
	if (ep.n.violations != old.n.violations)
		REACH("a violation");
}
