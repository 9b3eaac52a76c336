/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"
#include "session.h"

/* iwc_session_freeze, iwc_session_down and iwc_session_ring. */
void harness(void)
{
	static struct iwc ep, old;
	enum iwc_violation why = (enum iwc_violation)nondet_u32();
	bool freeze = any_bool();
	uint64_t unacked = 0, doubled;

	any_endpoint(&ep, true);
	ASSUME(why >= IWC_VIOLATION_LENGTH && why <= IWC_VIOLATION_START);
	old = ep;
	if (freeze)
		iwc_session_freeze(&ep, why);
	else
		iwc_session_down(&ep);
	iwc_session_ring(&ep);

	REACH("end");
	/* Down alone is for states in which no ring has found a violation. */
	ASSUME(freeze || old.state != IWC_STATE_FROZEN);
	check_endpoint(&ep, &old);
	PROVE(port.loads == 0u && port.rings == 1u, "P4: nothing is read; one doorbell");
	for (uint32_t c = 0; c < CLASSES; c++)
		unacked += old.tx[c].pos - old.tx[c].credit;
	PROVE(ep.n.downs == old.n.downs + (old.state == IWC_STATE_UP), "counter downs");
	PROVE(ep.n.abandoned_lines ==
		  old.n.abandoned_lines + (old.state == IWC_STATE_UP ? unacked : 0u),
	      "counter abandoned_lines");
	PROVE(port.own_session == (uint64_t)ep.epoch << 32, "the acknowledgement is withdrawn");
	PROVE(ep.n.violations == old.n.violations + freeze, "counter violations");
	PROVE(ep.state == (freeze ? IWC_STATE_FROZEN : IWC_STATE_DOWN), "frozen, or down");
	PROVE(ep.since_ns == ep.now_ns, "the state begins now");
	doubled = old.backoff_ns > old.cfg.backoff_max_ns / 2u ? old.cfg.backoff_max_ns
							       : 2u * old.backoff_ns;
	PROVE(ep.backoff_ns == (freeze ? doubled : old.backoff_ns),
	      "a violation doubles the back-off");
	if (freeze)
		PROVE(port.own_hello[2] == (uint64_t)why && ep.reason == why,
		      "the reason is published");
	if (freeze)
		REACH("frozen");
	else
		REACH("down");
}
