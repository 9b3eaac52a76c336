/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"
#include "iwc_e2e.h"

void harness(void)
{
	struct iwc_consumer any = nondet_consumer();
	struct iwc_e2e_rx rx = any.check, old;
	enum iwc_e2e_match match = (enum iwc_e2e_match)nondet_u32();
	uint64_t word = nondet_u64(), now_ns = nondet_u64();
	uint32_t seq = (uint32_t)(word >> 32), ahead, k = nondet_u32();
	bool good;

	ASSUME((uint32_t)match <= IWC_E2E_GENUINE && e2e_below(&rx.n, LONG) && k < 64u);
	old = rx;
	good = iwc_e2e_judge(&rx, word, match, now_ns);

	REACH("end");
	ahead = seq - old.expected;
	PROVE(good == (match == IWC_E2E_GENUINE && ahead < UINT32_C(1) << 31),
	      "delivered: genuine, and not behind the expected number");
	PROVE(rx.n.corrupted == old.n.corrupted + (match == IWC_E2E_CORRUPTED),
	      "counter corrupted");
	PROVE(rx.n.inserted == old.n.inserted + (match == IWC_E2E_INSERTED), "counter inserted");
	PROVE(rx.n.lost == old.n.lost + (good ? ahead : 0u), "counter lost: the gap");
	PROVE(rx.n.repeated + rx.n.reordered - old.n.repeated - old.n.reordered ==
		  (match == IWC_E2E_GENUINE && !good),
	      "counters repeated, reordered: a number behind, one of them");
	if (match == IWC_E2E_GENUINE && !good) {
		uint32_t behind = old.expected - seq - 1u;

		PROVE((rx.n.repeated != old.n.repeated) ==
			  (behind < 64u && (old.seen >> (behind & 63u) & 1u) != 0u),
		      "repeated: one of the last 64 as delivered");
		REACH("behind");
	}
	if (good) {
		PROVE(rx.expected == seq + 1u && rx.good_ns == now_ns,
		      "the next number is expected");
		/* Bit k of seen: was the number k behind the new one delivered? */
		PROVE((rx.seen >> k & 1u) == (k == 0u	   ? 1u
					      : k <= ahead ? 0u
							   : old.seen >> (k - ahead - 1u) & 1u),
		      "the window moves with it");
		REACH("good");
	} else {
		PROVE(rx.expected == old.expected && rx.seen == old.seen &&
			  rx.good_ns == old.good_ns,
		      "what is refused changes nothing else");
	}
}
