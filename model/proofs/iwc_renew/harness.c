/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

void harness(void)
{
	static struct iwc ep, old;
	uint32_t epoch = nondet_u32();
	uint64_t unacked = 0;
	bool refused;
	int got;

	any_endpoint(&ep, true);
	old = ep;

	got = iwc_renew(&ep, epoch);

	REACH("end");
	refused = epoch == 0u || epoch == old.epoch;
	PROVE(got == (refused ? IWC_EINVAL : IWC_OK), "an epoch is not 0 and new");
	PROVE(port.loads == 0u && port.copies_in == 0u && port.copies_out == 0u,
	      "P4: nothing is read");
	check_endpoint(&ep, &old);
	PROVE(ep.n.renewals == old.n.renewals + !refused, "counter renewals");
	PROVE(ep.n.downs == old.n.downs + (!refused && old.state == IWC_STATE_UP), "counter downs");
	for (uint32_t c = 0; c < CLASSES; c++) {
		unacked += old.tx[c].pos - old.tx[c].credit;
		if (refused)
			continue;
		PROVE(ep.tx[c].pos - old.tx[c].pos >= port.lines[c] &&
			  ep.tx[c].pos - old.tx[c].pos < 2u * port.lines[c] &&
			  ep.tx[c].pos % port.lines[c] == 0u && ep.tx[c].credit == ep.tx[c].pos,
		      "a lap later, at index 0, nothing sent");
		PROVE(port.own_start[c] == (IWC_SAID | (ep.tx[c].pos & IWC_LINE_MASK)) &&
			  port.own_credit[c] == 0u,
		      "R2: start is the own position, credit says nothing");
	}
	PROVE(ep.n.abandoned_lines ==
		  old.n.abandoned_lines + (ep.n.downs != old.n.downs ? unacked : 0u),
	      "counter abandoned_lines");
	if (refused) {
		PROVE(ep.state == old.state && ep.epoch == old.epoch && port.stores == 0u,
		      "refused");
		REACH("refused");
	} else {
		PROVE(ep.state == IWC_STATE_DOWN && ep.epoch == epoch && ep.peer_highest == 0u &&
			  port.rings == 1u && port.fenced,
		      "down, the peer unknown and rung");
		REACH("renewed");
	}
	if (ep.n.downs != old.n.downs)
		REACH("from a link that was up");
}
