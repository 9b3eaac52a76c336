/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

/* Class CLS, which may be none; OFFERED frames at most. */

void harness(void)
{
	static struct iwc ep, old;
	struct iwc_frame f[OFFERED];
	unsigned cls = CLS, n = nondet_u32(), burst;
	uint64_t sent, refused;
	int got;

	any_endpoint(&ep, true);
	old = ep;
	ASSUME(n <= OFFERED);
	any_frames(f, n, OFFERED);

	got = iwc_send(&ep, cls, f, n);

	REACH("end");
	burst = n < IWC_BURST_MAX ? n : IWC_BURST_MAX;
	check_endpoint(&ep, &old);
	PROVE(got >= IWC_EPEER && got <= (int)burst, "a result is in its range");
	PROVE(port.credits <= 1u && port.wakes <= 1u && port.loads <= 2u && port.copies_in == 0u,
	      "P4: the credit once, the wake word once");
	sent = got > 0 ? (uint64_t)got : 0u;
	PROVE(port.copies_out == sent, "as many frames as are said");
	PROVE((got == IWC_EINVAL) == (cls >= CLASSES || n == 0u),
	      "EINVAL: a bad class or no frame");
	PROVE((got == IWC_EDOWN) == (got != IWC_EINVAL && old.state != IWC_STATE_UP),
	      "EDOWN: the link is not up");
	PROVE(ep.n.unsent == old.n.unsent + (got == IWC_EDOWN ? n : 0u), "counter unsent");
	PROVE(got != IWC_EFRAME || f[0].len_bytes < IWC_FRAME_MIN ||
		  f[0].len_bytes > ep.cfg.cls[cls].frame_max_bytes,
	      "EFRAME: the first length is out of range");
	PROVE(got != IWC_EPEER || ep.state == IWC_STATE_FROZEN, "EPEER: frozen");
	PROVE(ep.n.violations - old.n.violations ==
		  (ep.state == IWC_STATE_FROZEN && old.state != IWC_STATE_FROZEN),
	      "counter violations: one, and the link is frozen");
	PROVE(!port.violated || ep.state == IWC_STATE_FROZEN, "a violation freezes");
	refused = port.full ? burst - sent : 0u;
	for (uint32_t c = 0; c < CLASSES; c++) {
		PROVE(ep.n.sent[c] == old.n.sent[c] + (c == cls ? sent : 0u), "counter sent");
		PROVE(ep.n.refused[c] == old.n.refused[c] + (c == cls ? refused : 0u),
		      "counter refused");
		PROVE(ep.n.received[c] == old.n.received[c] && ep.rx[c].pos == old.rx[c].pos &&
			  (c == cls || ep.tx[c].pos == old.tx[c].pos),
		      "other rings stay");
	}
	if (got == 1)
		REACH("one frame");
	if (got == (int)OFFERED)
		REACH("all that was offered");
	if (refused != 0u)
		REACH("a full ring");
	if (got == IWC_EPEER)
		REACH("a violation");
	if (got == IWC_EFRAME)
		REACH("a bad length");
}
