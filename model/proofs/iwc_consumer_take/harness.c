/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

/* Class K, served behind all classes above it, protected or not. */

void harness(void)
{
	struct iwc_config cfg = any_config(K + 1u);
	struct iwc_consumer rx[K + 1u], old;
	struct iwc_frame f[FRAMES], before[FRAMES];
	unsigned n = nondet_u32(), taken, w = nondet_u32();

	port_setup(&cfg);
	ASSUME(n >= 1u && n <= FRAMES);
	for (uint32_t c = 0; c <= K; c++) {
		rx[c] = any_consumer(c, &cfg);
		port_follow_rx(c, &rx[c]);
	}
	ASSUME(rx[K].violation == IWC_VIOLATION_NONE);
	rx[K].protect = cfg.cls[K].protect = port.rx[K].protect = PROTECT;
	old = rx[K];
	any_buffers(f, n, FRAMES);
	for (unsigned i = 0; i < FRAMES; i++)
		before[i] = f[i];

	taken = iwc_consumer_take(&rx[K], f, n, rx, K);

	REACH("end");
	PROVE(taken <= n && taken == port.copies_in, "as many frames as were copied, n at most");
	port_check_rx(K, &rx[K]);
	PROVE(consumer_bound(&rx[K], K, &cfg) && consumer_in_order(&rx[K]), "the invariant holds");
	PROVE(rx[K].pos - old.pos <= (uint64_t)n * (24u + rx[K].lines) + rx[K].lines,
	      "a position rises by n frames and skips");
	PROVE(rx[K].told == old.told && port.stores == 0u && port.rings == 0u,
	      "nothing is credited");
	PROVE(port.tags <= 2u * taken + (taken < n ? 2u : 0u) && port.e2es <= taken &&
		  port.peeks <= K * taken && port.loads == port.tags + port.e2es + port.peeks,
	      "P4: at most 2 n + 1 tags, an end-to-end word a frame, a tag of each ring before");
	if (w < taken) {
		PROVE(f[w].buf == before[w].buf, "buffers stay in their place");
		PROVE(f[w].len_bytes >= IWC_FRAME_MIN &&
			  f[w].len_bytes <= cfg.cls[K].frame_max_bytes,
		      "a frame has a length of its class");
		REACH("a frame");
	}
	PROVE(violation_valid(rx[K].violation), "a violation has a number");
	if (rx[K].violation == IWC_VIOLATION_SKIP)
		REACH("a skip at index 0");
	if (rx[K].violation == IWC_VIOLATION_LENGTH)
		REACH("a bad length");
	if (rx[K].violation == IWC_VIOLATION_PAST_END)
		REACH("past the end");
	if (taken == FRAMES)
		REACH("a whole burst");
	if (taken < n && K != 0u && port.peeks != 0u)
		REACH("a burst that a K class ends");
}
