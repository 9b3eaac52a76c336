/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"
#include "ring_one.h"

void harness(void)
{
	struct iwc_config cfg = one_class();
	struct iwc_consumer c = any_consumer(0, &cfg), old;
	struct iwc_frame f[1], before;
	uint64_t tag;
	bool done;

	c.protect = cfg.cls[0].protect = false;
	port_follow_rx(0, &c);
	old = c;
	any_buffers(f, 1, 1);
	before = f[0];

	done = iwc_consumer_take_one(&c, f, &tag);

	REACH("end");
	PROVE(consumer_bound(&c, 0, &cfg) && consumer_in_order(&c), "the invariant holds");
	PROVE(port.loads == 1u && port.tags == 1u && port.copies_in == done && port.stores == 0u,
	      "P4: one tag");
	PROVE(tag == port.rx[0].tag, "the tag is given to the caller");
	PROVE(c.told == old.told && c.violation == old.violation && f[0].buf == before.buf,
	      "no more than position and length change");
	if (done) {
		port_check_rx(0, &c);
		PROVE(f[0].len_bytes == (tag & 0xffffu), "the length is that of the tag");
		REACH("taken");
	} else {
		PROVE(c.pos == old.pos && f[0].len_bytes == before.len_bytes,
		      "false: nothing was done");
		PROVE(tag >> 16 != ((c.pos + 1u) & IWC_LINE_MASK) ||
			  (tag & 0xffffu) < IWC_FRAME_MIN || (tag & 0xffffu) > c.frame_max_bytes ||
			  c.pos % c.lines + ((tag & 0xffffu) + 63u) / 64u > c.lines,
		      "false: it is no frame within bounds");
		REACH("nothing");
	}
}
