/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

static bool accepted_epoch_ok(const struct iwc *ep, const struct iwc *old)
{
	uint32_t ahead = ep->peer_highest - old->peer_highest;

	return ep->now_ns >= old->accept_ns && ep->peer_highest != 0u &&
	       (old->peer_highest == 0u || (ahead >= 1u && ahead <= INT32_MAX)) &&
	       old->state != IWC_STATE_FROZEN;
}

static void came_up(const struct iwc *ep)
{
	for (uint32_t c = 0; c < CLASSES; c++) {
		const struct iwc_e2e_id *id = &ep->rx[c].check.id;

		PROVE((port.start[c] & IWC_SAID) != 0u &&
			  ep->rx[c].pos == (port.start[c] & IWC_LINE_MASK) &&
			  ep->rx[c].told == ep->rx[c].pos,
		      "R3: a consumer starts where the peer says");
		PROVE(ep->tx[c].seq == 0u && ep->tx[c].id.sender_epoch == ep->epoch &&
			  ep->tx[c].id.receiver_epoch == ep->peer_epoch &&
			  ep->tx[c].id.class_id == c,
		      "P11: frames sent are bound to the session");
		PROVE(ep->rx[c].check.expected == 0u && id->sender_epoch == ep->peer_epoch &&
			  id->receiver_epoch == ep->epoch && id->class_id == c,
		      "P11: frames received are");
	}
	REACH("it came up");
}

static void events_are_right(const struct iwc *ep, const struct iwc *old, unsigned events)
{
	bool up = ep->state == IWC_STATE_UP, came = ep->n.ups != old->n.ups;

	PROVE(events <= 15u, "events are known bits");
	PROVE(((events & IWC_EVENT_UP) != 0u) == (up && came), "event UP");
	PROVE(((events & IWC_EVENT_DOWN) != 0u) == (old->told_up && (!up || came)), "event DOWN");
	PROVE(ep->told_up == up, "the caller has been told");
	PROVE((events & IWC_EVENT_LATE) == 0u || up || ep->state == IWC_STATE_FROZEN,
	      "event LATE: while the link is up, or was when this call began");
	if (old->state == IWC_STATE_FROZEN && ep->now_ns >= old->since_ns)
		PROVE(((events & IWC_EVENT_RENEW) != 0u) ==
			  (ep->now_ns - old->since_ns >= old->backoff_ns),
		      "event RENEW: frozen for a back-off");
	if (events & IWC_EVENT_RENEW)
		REACH("renew");
}

void harness(void)
{
	static struct iwc ep, old;
	uint64_t now_ns = nondet_u64();
	unsigned events;
	bool accepted;

	any_endpoint(&ep, true);
	ASSUME(now_ns < LONG);
	old = ep;

	events = iwc_begin(&ep, now_ns);

	REACH("end");
	check_endpoint(&ep, &old);
	accepted = ep.n.peer_restarts != old.n.peer_restarts;
	PROVE(port.sessions <= 3u && port.starts <= CLASSES && port.credits <= CLASSES &&
		  port.loads == port.sessions + port.starts + port.credits,
	      "P4: the session three times at most, a start and a credit once a class");
	PROVE(port.copies_in == 0u && port.copies_out == 0u, "no frame moves");
	PROVE(ep.n.peer_restarts - old.n.peer_restarts <= 1u && ep.n.ups - old.n.ups <= 1u &&
		  ep.n.downs - old.n.downs <= 2u && ep.n.violations - old.n.violations <= 1u &&
		  ep.n.refused_epochs - old.n.refused_epochs <= 2u &&
		  ep.n.stalls - old.n.stalls <= 1u && ep.n.renewals == old.n.renewals,
	      "counters rise by what one step can see");
	PROVE(!accepted || accepted_epoch_ok(&ep, &old),
	      "R3: only a higher epoch, behind the back-off");
	PROVE(accepted || ep.peer_highest == old.peer_highest, "R3: else the highest stays");
	PROVE(!accepted || ep.accept_ns > now_ns, "the next one waits");
	PROVE(!accepted || port.rings != 0u, "R4: an acknowledgement rings");
	PROVE(ep.n.violations - old.n.violations ==
		  (ep.state == IWC_STATE_FROZEN && old.state != IWC_STATE_FROZEN),
	      "counter violations: one, and the link is frozen");
	for (uint32_t c = 0; c < CLASSES; c++)
		PROVE(ep.left[c] == ep.cfg.cls[c].budget, "P4: budgets are refilled");
	if (ep.n.ups != old.n.ups && ep.state == IWC_STATE_UP)
		came_up(&ep);
	if (ep.state == IWC_STATE_UP && ep.n.ups == old.n.ups)
		PROVE(port.session == old.session_seen, "UP stays with the same session word only");
	if (ep.state == IWC_STATE_DOWN && old.state == IWC_STATE_FROZEN)
		PROVE(false, "only iwc_renew leaves FROZEN");
	events_are_right(&ep, &old, events);
	if (accepted)
		REACH("a new peer");
	if (ep.reason == IWC_VIOLATION_START && ep.n.violations != old.n.violations)
		REACH("no start");
	if (ep.n.stalls != old.n.stalls)
		REACH("a stall");
	if (ep.n.downs != old.n.downs && ep.reason == IWC_VIOLATION_WITHDRAWN)
		REACH("withdrawn");
}
