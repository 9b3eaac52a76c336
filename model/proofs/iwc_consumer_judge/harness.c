/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

void harness(void)
{
	struct iwc_config cfg = one_class();
	struct iwc_consumer c = any_consumer(0, &cfg), old;
	struct iwc_frame f[FRAMES], before[FRAMES];
	unsigned n = nondet_u32(), good, w = nondet_u32(), v = nondet_u32(), found = 0;
	uint64_t now_ns = nondet_u64(), judged;

	ASSUME(n >= 1u && n <= FRAMES && w < n && v < n);
	for (unsigned i = 0; i < FRAMES; i++)
		ASSUME((uint32_t)c.pending[i].match <= IWC_E2E_GENUINE);
	old = c;
	any_buffers(f, n, FRAMES);
	for (unsigned i = 0; i < FRAMES; i++)
		before[i] = f[i];

	good = iwc_consumer_judge(&c, f, n, now_ns);

	REACH("end");
	PROVE(good <= n && (c.protect || good == n), "unprotected frames are all good");
	PROVE(consumer_bound(&c, 0, &cfg) && c.pos == old.pos && c.told == old.told &&
		  c.violation == old.violation,
	      "the invariant holds");
	PROVE(port.loads == 0u && port.stores == 0u, "private state only");
	for (unsigned i = 0; i < FRAMES; i++)
		found += f[i].buf == before[w].buf && f[i].len_bytes == before[w].len_bytes;
	PROVE(found == 1u, "any frame that was there still is, once: no buffer is lost");
	judged = c.check.n.corrupted - old.check.n.corrupted + c.check.n.inserted -
		 old.check.n.inserted + c.check.n.repeated - old.check.n.repeated +
		 c.check.n.reordered - old.check.n.reordered;
	PROVE(judged == n - good, "each frame is delivered or counted by its kind");
	PROVE(c.check.n.late == old.check.n.late, "counter late stays");
	/* Of two frames that are delivered, the one taken first comes first. */
	for (unsigned i = 0; i < FRAMES; i++)
		for (unsigned j = 0; j < i; j++)
			PROVE(i >= good || w <= v || f[j].buf != before[w].buf ||
				  f[i].buf != before[v].buf,
			      "P3: order is kept");
	if (good == FRAMES && c.protect)
		REACH("all good");
	if (good != 0u && good < n)
		REACH("one of them bad");
}
