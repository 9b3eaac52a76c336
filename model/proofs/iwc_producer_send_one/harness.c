/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"
#include "ring_one.h"

void harness(void)
{
	struct iwc_config cfg = one_class();
	struct iwc_producer p = any_producer(0, &cfg), old;
	struct iwc_frame f[1];
	bool was = any_bool(), ring = was, asked, done;

	ASSUME(producer_in_order(&p));
	port_follow_tx(0, &p);
	old = p;
	any_frames(f, 1, 1);

	done = iwc_producer_send_one(&p, f, &ring);

	REACH("end");
	port_check_tx(0, &p, done);
	PROVE(producer_bound(&p, 0, &cfg) && producer_in_order(&p), "the invariant holds");
	PROVE(p.credit == old.credit && p.seq == old.seq && p.violation == old.violation,
	      "no more than the position changes");
	PROVE(p.pos - old.pos == (done ? (f[0].len_bytes + 63u) / 64u : 0u),
	      "by the frame's lines");
	PROVE(port.loads == port.wakes && port.wakes == (done && p.bell), "P4: the wake word once");
	asked = port.wakes == 1u && (port.wake[0] & IWC_SAID) != 0u &&
		((port.wake[0] - old.pos) & IWC_LINE_MASK) < p.pos - old.pos;
	PROVE(ring == (was || asked), "D: a doorbell if the consumer's wake word was passed");
	PROVE(done || (port.stores == 0u && port.copies_out == 0u), "false: nothing was done");
	if (done)
		REACH("sent");
	if (!done && !p.protect && f[0].len_bytes == 64u)
		REACH("left to a burst");
	if (asked)
		REACH("a doorbell");
}
