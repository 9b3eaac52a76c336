/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

void harness(void)
{
	static struct iwc ep, old;
	uint32_t epoch = nondet_u32();
	size_t mark, from;
	int got;

	any_endpoint(&ep, false);
	old = ep;
	mark = port.mark;

	got = iwc_boot(&ep, epoch);

	REACH("end");
	PROVE(got == (epoch != 0u ? IWC_OK : IWC_EINVAL), "an epoch is not 0");
	PROVE(port.loads == 0u && port.copies_in == 0u && port.copies_out == 0u,
	      "P4: nothing is read");
	if (got != IWC_OK) {
		PROVE(port.stores == 0u && ep.state == old.state && ep.epoch == old.epoch,
		      "refused");
		return;
	}
	check_endpoint(&ep, &old);
	PROVE(ep.state == IWC_STATE_DOWN && ep.epoch == epoch && ep.peer_epoch == 0u &&
		  ep.peer_highest == 0u && ep.session_seen == 0u,
	      "down, the peer unknown");
	PROVE(port.rings == 1u && port.fenced, "R0: a full fence, and the peer is rung");
	PROVE(port.own_hello[0] ==
		  (UINT64_C(0x31637769) | UINT64_C(1) << 32 | (uint64_t)CLASSES << 48),
	      "hello says who");
	for (uint32_t c = 0; c < CLASSES; c++) {
		PROVE((uint8_t)(port.own_hello[1] >> 8u * c) ==
			  (ep.cfg.cls[c].lines_log2 | (ep.cfg.cls[c].protect ? 0x80u : 0u)),
		      "hello says the geometry");
		PROVE(port.own_credit[c] == 0u && port.own_wake[c] == 0u && port.own_space[c] == 0u,
		      "R2: credit, wake and space say nothing");
		PROVE(port.own_start[c] == (IWC_SAID | (ep.tx[c].pos & IWC_LINE_MASK)),
		      "start is the own position");
		PROVE(ep.tx[c].pos - old.tx[c].pos >= port.lines[c] &&
			  ep.tx[c].pos - old.tx[c].pos < 2u * port.lines[c] &&
			  ep.tx[c].pos % port.lines[c] == 0u && ep.tx[c].credit == ep.tx[c].pos,
		      "a lap later, at index 0, nothing sent");
	}
	/* Any word of the arrays. */
	from = port.offset[0];
	ASSUME(mark % 8u == 0u && mark >= from && mark < port.bytes);
	PROVE(port.marked && port.mark_value == 0u,
	      "R0: every word of tags, words and lines is zero");
	REACH("booted");
}
