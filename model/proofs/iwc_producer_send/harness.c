/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

void harness(void)
{
	struct iwc_config cfg = one_class();
	struct iwc_producer p = any_producer(0, &cfg), old;
	struct iwc_frame f[FRAMES];
	unsigned n = nondet_u32(), sent, w = nondet_u32();
	bool was = any_bool(), ring = was, asked;

	ASSUME(n >= 1u && n <= FRAMES && producer_in_order(&p) &&
	       p.violation == IWC_VIOLATION_NONE);
	p.protect = cfg.cls[0].protect = PROTECT;
	port_follow_tx(0, &p);
	old = p;
	any_frames(f, n, FRAMES);

	sent = iwc_producer_send(&p, f, n, &ring);

	REACH("end");
	PROVE(sent <= n, "n frames at most");
	port_check_tx(0, &p, sent);
	PROVE(producer_bound(&p, 0, &cfg) && producer_in_order(&p), "the invariant holds");
	PROVE(p.pos - old.pos <= (uint64_t)n * (24u + p.lines),
	      "a position rises by n frames and skips");
	PROVE(port.credits <= 1u && port.wakes <= 1u && port.loads == port.credits + port.wakes,
	      "P4: the credit once, the wake word once");
	PROVE(port.rings == 0u && port.copies_in == 0u, "the caller rings");
	asked = port.wakes == 1u && (port.wake[0] & IWC_SAID) != 0u &&
		((port.wake[0] - old.pos) & IWC_LINE_MASK) < p.pos - old.pos;
	PROVE(ring == (was || asked), "D: a doorbell if the consumer's wake word was passed");
	PROVE(port.wakes == (sent != 0u && p.bell),
	      "D: the wake word is looked at behind each burst");
	if (port.credits == 0u || (port.credit[0] & IWC_SAID) == 0u) {
		PROVE(p.credit == old.credit && p.violation == IWC_VIOLATION_NONE,
		      "no credit, no change");
	} else if (((port.credit[0] - old.credit) & IWC_LINE_MASK) > old.pos - old.credit) {
		PROVE(p.credit == old.credit && p.violation == IWC_VIOLATION_CREDIT,
		      "a credit outside [last credit, position] is a violation");
		REACH("a violation");
	} else {
		PROVE(((p.credit ^ port.credit[0]) & IWC_LINE_MASK) == 0u &&
			  p.credit >= old.credit && p.violation == IWC_VIOLATION_NONE,
		      "a credit within bounds is taken");
		REACH("a credit");
	}
	if (w < sent)
		PROVE(f[w].len_bytes >= IWC_FRAME_MIN &&
			  f[w].len_bytes <= cfg.cls[0].frame_max_bytes,
		      "no frame outside 14..frame_max_bytes is sent");
	if (sent < n && p.violation == IWC_VIOLATION_NONE)
		PROVE(f[sent].len_bytes < IWC_FRAME_MIN ||
			  f[sent].len_bytes > cfg.cls[0].frame_max_bytes ||
			  !iwc_producer_fits(&p, f[sent].len_bytes),
		      "a burst ends early at a bad length or a full ring only");
	if (sent == FRAMES)
		REACH("a whole burst");
	if (sent < n && f[sent].len_bytes == IWC_FRAME_MIN) {
		REACH("a full ring");
		if (sent != 0u)
			REACH("full: a ring that fills within a burst");
	}
	if (port.tx[0].skips != 0u)
		REACH("a skip");
	if (asked)
		REACH("a doorbell");
}
