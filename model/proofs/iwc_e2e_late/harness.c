/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"
#include "iwc_e2e.h"

void harness(void)
{
	struct iwc_consumer any = nondet_consumer();
	struct iwc_e2e_rx rx = any.check, old;
	uint64_t now_ns = nondet_u64();
	bool late;

	ASSUME(e2e_below(&rx.n, LONG));
	old = rx;
	late = iwc_e2e_late(&rx, now_ns);

	REACH("end");
	PROVE(late == (old.timeout_ns != 0u && now_ns >= old.good_ns &&
		       now_ns - old.good_ns >= old.timeout_ns),
	      "late: no good frame for the time-out");
	PROVE(rx.n.late == old.n.late + late, "counter late");
	PROVE(rx.good_ns ==
		  (late || (old.timeout_ns != 0u && now_ns < old.good_ns) ? now_ns : old.good_ns),
	      "a time-out, and a clock that went back, begin a new wait");
	PROVE(rx.expected == old.expected && rx.seen == old.seen && rx.n.lost == old.n.lost,
	      "nothing else changes");
	if (late)
		REACH("late");
}
