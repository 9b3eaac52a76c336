/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"
#include "iwc_bucket.h"

/*
 * iwc_bucket_init, _take, _release and _due_ns. P5 by induction: with value = tokens * interval
 * - stamp, the sum of value and what was granted, interval each, never rises while the clock goes
 * forward, and tokens never exceed the burst.
 */
void harness(void)
{
	struct iwc_bucket b = {nondet_u64(), nondet_u64(), nondet_u32(), nondet_u32(), any_bool()};
	struct iwc_bucket old, fresh;
	uint64_t now_ns = nondet_u64(), due, interval, gained;
	bool granted, release = any_bool();

	ASSUME(b.interval_ns >= 1u && b.burst >= 1u && b.tokens <= b.burst);
	ASSUME(b.interval_ns <= INTERVAL_MAX && b.burst <= BURST_MAX && b.stamp_ns <= TIME_MAX &&
	       now_ns <= TIME_MAX);
	iwc_bucket_init(&fresh, b.interval_ns - 1u, b.burst - 1u, now_ns);
	PROVE(fresh.interval_ns == (b.interval_ns > 1u ? b.interval_ns - 1u : 1u) &&
		  fresh.burst == (b.burst > 1u ? b.burst - 1u : 1u) &&
		  fresh.tokens == fresh.burst && fresh.stamp_ns == now_ns && !fresh.pending,
	      "it starts full");

	old = b;
	due = iwc_bucket_due_ns(&b);
	PROVE((due == UINT64_MAX) == !b.pending, "nothing is due if nothing waits");
	granted = release ? iwc_bucket_release(&b, now_ns) : iwc_bucket_take(&b, now_ns);

	REACH("end");
	PROVE(b.interval_ns == old.interval_ns && b.burst == old.burst, "the law stays");
	PROVE(b.tokens <= b.burst && b.stamp_ns <= (now_ns > old.stamp_ns ? now_ns : old.stamp_ns),
	      "the invariant holds");
	interval = b.interval_ns;
	if (now_ns >= old.stamp_ns) {
		gained = b.tokens + granted > old.tokens ? b.tokens + granted - old.tokens : 0u;
		PROVE(gained * interval <= b.stamp_ns - old.stamp_ns,
		      "P5: a token takes an interval of the clock");
	} else {
		PROVE(b.tokens + granted == old.tokens &&
			  (b.stamp_ns == now_ns || (release && !old.pending)),
		      "P5: a clock that goes back gives no token");
	}
	PROVE(!release || !granted || old.pending, "a release serves a doorbell that waited");
	PROVE(release || granted || b.pending, "a doorbell is raised or remembered");
	PROVE(!granted || !b.pending, "and then nothing waits");
	PROVE(!old.pending || granted || now_ns < due || now_ns < old.stamp_ns,
	      "what waits is granted when it is due");
	if (granted && release)
		REACH("released");
	if (!granted && !release)
		REACH("remembered");
	if (granted && old.tokens == 0u)
		REACH("refilled");
}
