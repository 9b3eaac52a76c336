/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

/* WANTED frames at most; LOST bursts lost whole to the end-to-end check at most. */

static void work_is_bounded(const struct iwc *ep, const struct iwc *old, unsigned got)
{
	uint64_t charged = 0, left = 0;

	for (uint32_t c = 0; c < CLASSES; c++) {
		PROVE(ep->left[c] <= old->left[c], "P4: a budget is only used up");
		charged += old->left[c] - ep->left[c];
		left += old->left[c];
	}
	PROVE(port.copies_in <= left, "P4: no more frames than the budgets");
	PROVE(charged + (ep->n.stale - old->n.stale) <= port.copies_in,
	      "a frame is charged or dropped");
	PROVE(ep->state != IWC_STATE_UP ||
		  (charged == port.copies_in && ep->n.stale == old->n.stale),
	      "while the link is up each frame is charged");
	PROVE(ep->state != IWC_STATE_UP || port.copies_in == got + port.judged_bad,
	      "P3: each frame is delivered or judged bad");
	PROVE(ep->state == old->state || ep->state == IWC_STATE_FROZEN ||
		  ep->n.stale - old->n.stale + charged == port.copies_in,
	      "R1: a burst is dropped whole");
	PROVE(port.bursts <= (LOST + 1u) * CLASSES + 1u && port.sessions <= port.bursts + 1u &&
		  port.spaces <= port.sessions && port.credits == 0u && port.wakes == 0u &&
		  port.starts == 0u,
	      "P4: the session once a burst, the space word once a burst");
	PROVE(port.loads == port.tags + port.e2es + port.peeks + port.sessions + port.spaces &&
		  port.tags <= 2u * port.copies_in + 2u * (port.bursts + 1u),
	      "P4: two tags a frame, and two a look in vain");
}

static void counters_are_right(const struct iwc *ep, const struct iwc *old, unsigned got,
			       unsigned cls)
{
	for (uint32_t c = 0; c < CLASSES; c++) {
		PROVE(ep->n.received[c] == old->n.received[c] + (got != 0u && c == cls ? got : 0u),
		      "counter received");
		PROVE(ep->n.sent[c] == old->n.sent[c] && ep->tx[c].pos == old->tx[c].pos,
		      "senders stay");
		PROVE(got == 0u || ep->rx[c].pos == old->rx[c].pos ||
			  ep->rx[c].pos == ep->rx[c].told ||
			  ep->rx[c].pos - ep->rx[c].told < ep->rx[c].lines / 8u,
		      "an eighth of a ring that has gathered is given back");
	}
	PROVE(ep->n.violations - old->n.violations ==
		  (ep->state == IWC_STATE_FROZEN && old->state != IWC_STATE_FROZEN),
	      "counter violations: one, and the link is frozen");
	PROVE(!port.violated || ep->state == IWC_STATE_FROZEN, "a violation freezes");
	PROVE(ep->n.downs - old->n.downs == (ep->state != old->state), "counter downs");
}

void harness(void)
{
	static struct iwc ep, old;
	struct iwc_frame f[WANTED];
	unsigned n = nondet_u32(), got, cls = IWC_CLASSES_MAX, w = nondet_u32();

	any_endpoint(&ep, true);
	old = ep;
	ASSUME(n >= 1u && n <= WANTED);
	any_buffers(f, n, WANTED);

	got = iwc_recv(&ep, f, n, &cls);

	REACH("end");
	check_endpoint(&ep, &old);
	PROVE(got <= n && got <= IWC_BURST_MAX, "n frames at most, and 32");
	PROVE(got == 0u || (cls < CLASSES && old.state == IWC_STATE_UP && ep.state == IWC_STATE_UP),
	      "frames are of a class, and of a link that is up");
	PROVE(got == 0u || port.session_stands, "R1: the session stood behind the last copy");
	work_is_bounded(&ep, &old, got);
	counters_are_right(&ep, &old, got, cls);
	if (w < got) {
		PROVE(f[w].len_bytes >= IWC_FRAME_MIN && f[w].len_bytes <= IWC_FRAME_MAX,
		      "a frame has a length within bounds");
		REACH("a frame");
	}
	if (got != 0u && cls != 0u)
		REACH("full: of the lower class");
	if (got == WANTED)
		REACH("all that was wanted");
	if (ep.n.stale != old.n.stale)
		REACH("stale");
	if (ep.n.violations != old.n.violations)
		REACH("frozen");
	if (got != 0u && port.lost_bursts == 1u)
		REACH("full: behind a burst lost to the end-to-end check");
	if (got == 1u && port.bursts == 0u)
		REACH("one plain frame");
}
