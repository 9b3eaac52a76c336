/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

void harness(void)
{
	static struct iwc ep, old;
	bool more;

	any_endpoint(&ep, true);
	old = ep;

	more = iwc_arm(&ep);

	REACH("end");
	check_endpoint(&ep, &old);
	PROVE(ep.state == old.state && port.copies_in == 0u, "nothing is taken");
	PROVE(port.sessions == 1u && port.spaces <= CLASSES && port.peeks <= CLASSES &&
		  port.loads == 1u + port.spaces + port.peeks,
	      "P4: session once, space and tag once a class");
	PROVE(port.fenced, "D, G: the look at session and tags is behind a full fence");
	if (old.state != IWC_STATE_UP)
		PROVE(port.stores == 0u && port.peeks == 0u,
		      "a link that is not up waits for the session");
	for (uint32_t c = 0; c < CLASSES; c++) {
		PROVE(ep.rx[c].pos == old.rx[c].pos && ep.left[c] == old.left[c], "rings stay");
		if (old.state != IWC_STATE_UP)
			continue;
		PROVE(ep.rx[c].told == ep.rx[c].pos, "all credit is given back");
		PROVE(port.own_wake[c] == ((ep.rx[c].pos & IWC_LINE_MASK) | IWC_SAID),
		      "D: a doorbell is asked for at the next frame");
	}
	PROVE(more || old.state != IWC_STATE_UP || port.peeks == CLASSES,
	      "each class was looked at");
	PROVE(more == (port.session != old.session_seen || port.found_ready),
	      "true: there is work");
	if (more && port.session == old.session_seen)
		REACH("a frame");
	if (!more && old.state == IWC_STATE_UP)
		REACH("sleep");
	if (port.rings != 0u)
		REACH("a doorbell");
}
