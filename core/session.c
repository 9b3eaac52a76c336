/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions: which incarnation talks to which.
 *
 * Each world announces its epoch and the peer epoch it has acknowledged in one word. The rules,
 * each of which has a scenario and a mutant that needs it:
 *
 *  R0  Boot: session {0,0}, full fence, zero the own section (tags first), starts, then session
 *      {epoch,0} with release, full fence, look at the peer. A reader that copied a zero finds
 *      another session word behind an acquire fence (F).
 *  R1  A copy is judged, credited and delivered only if the session word is still the one that
 *      the link came up with (endpoint.c).
 *  R2  Credits are zeroed before the acknowledgement and 0 says nothing.
 *  R3  A new peer epoch is looked for first, always; only a higher one is accepted, and the peer's
 *      start is taken when it acknowledges mine, never before.
 *  R4  Every acknowledgement rings: wake words of a former session say nothing.
 *
 * A link that went down over anything but the peer's new epoch comes up again by an epoch of one
 * side that is new; the side that waits for that asks for one itself after its back-off.
 */
#include "session.h"
#include "iwc_port.h"

static uint64_t session_word(uint32_t epoch, uint32_t acked)
{
	return (uint64_t)epoch << 32 | acked;
}

static void announce(struct iwc *ep, uint32_t acked)
{
	iwc_port_store_release(&ep->own->session, session_word(ep->epoch, acked)); /* C */
}

static void enter(struct iwc *ep, enum iwc_state state)
{
	ep->state = state;
	ep->since_ns = ep->now_ns;
	iwc_port_trace(ep->port, IWC_TRACE_STATE, state, session_word(ep->epoch, ep->peer_epoch));
}

static void back_off(struct iwc *ep)
{
	ep->backoff_ns = ep->backoff_ns > ep->cfg.backoff_max_ns / 2u ? ep->cfg.backoff_max_ns
								      : ep->backoff_ns * 2u;
}

void iwc_session_ring(struct iwc *ep)
{
	ep->n.rings++;
	iwc_port_ring(ep->port);
}

void iwc_session_down(struct iwc *ep)
{
	if (ep->state == IWC_STATE_UP) {
		ep->n.downs++;
		for (uint32_t c = 0; c < ep->cfg.class_count; c++)
			ep->n.abandoned_lines += ep->tx[c].pos - ep->tx[c].credit;
	}
	ep->peer_epoch = 0;
	announce(ep, 0);
	enter(ep, IWC_STATE_DOWN);
}

void iwc_session_freeze(struct iwc *ep, enum iwc_violation why)
{
	ep->n.violations++;
	ep->reason = why;
	iwc_port_trace(ep->port, IWC_TRACE_VIOLATION, (uint32_t)why, 0);
	iwc_port_store_relaxed(&ep->own->hello[2], (uint64_t)why);
	iwc_session_down(ep);
	back_off(ep);
	enter(ep, IWC_STATE_FROZEN);
}

/* New rings in both directions: start later than anything said before, no credit said yet. */
static void restart_rings(struct iwc *ep)
{
	for (uint32_t c = 0; c < ep->cfg.class_count; c++) {
		struct iwc_producer *tx = &ep->tx[c];

		/* A whole lap later and on line index 0: no tag of a former session can match. */
		tx->pos = (tx->pos + 2u * (uint64_t)tx->lines - 1u) & ~((uint64_t)tx->lines - 1u);
		tx->credit = tx->pos;
		tx->watch_pos = tx->pos;
		tx->watch_credit = tx->pos;
		tx->violation = IWC_VIOLATION_NONE;
		ep->rx[c].violation = IWC_VIOLATION_NONE;
		iwc_port_store_relaxed(&ep->own->cls[c].credit, 0); /* R2 */
		iwc_port_store_relaxed(&ep->own->cls[c].start,
				       (tx->pos & IWC_LINE_MASK) | IWC_SAID);
	}
}

/* Zero the arrays of the rings, all tags before anything else. */
static void zero_section(struct iwc *ep)
{
	uint32_t classes = ep->cfg.class_count;

	for (uint32_t c = 0; c < classes; c++)
		iwc_port_zero(ep->tx[c].tag, (size_t)8u * ep->tx[c].lines);
	for (uint32_t i = 0; i < 3u; i++)
		iwc_port_store_relaxed(&ep->own->hello[i], 0);
	for (uint32_t c = 0; c < IWC_CLASSES_MAX; c++) {
		iwc_port_store_relaxed(&ep->own->cls[c].start, 0);
		iwc_port_store_relaxed(&ep->own->cls[c].credit, 0);
		iwc_port_store_relaxed(&ep->own->cls[c].wake, 0);
		iwc_port_store_relaxed(&ep->own->cls[c].space, 0);
	}
	for (uint32_t c = 0; c < classes; c++) {
		iwc_port_zero(ep->tx[c].e2e, (size_t)8u * ep->tx[c].lines);
		iwc_port_zero(ep->tx[c].data, (size_t)IWC_LINE * ep->tx[c].lines);
	}
}

static void say_hello(struct iwc *ep)
{
	uint64_t geometry = 0;

	for (uint32_t c = 0; c < ep->cfg.class_count; c++)
		geometry |= ((uint64_t)ep->cfg.cls[c].lines_log2 |
			     (ep->cfg.cls[c].protect ? UINT64_C(0x80) : 0u))
			    << (8u * c);
	iwc_port_store_relaxed(&ep->own->hello[0], (uint64_t)IWC_MAGIC |
						       (uint64_t)IWC_PROTOCOL_VERSION << 32 |
						       (uint64_t)ep->cfg.class_count << 48);
	iwc_port_store_relaxed(&ep->own->hello[1], geometry);
}

/* Announce a new incarnation; the peer's epochs are judged afresh. */
static void begin_epoch(struct iwc *ep, uint32_t epoch)
{
	ep->epoch = epoch;
	ep->peer_epoch = 0;
	ep->peer_highest = 0;
	ep->session_seen = 0;
	restart_rings(ep);
	announce(ep, 0);
	iwc_port_fence_full(); /* G */
	iwc_session_ring(ep);
	enter(ep, IWC_STATE_DOWN);
}

int iwc_boot(struct iwc *ep, uint32_t epoch)
{
	if (epoch == 0u)
		return IWC_EINVAL;
	iwc_port_store_relaxed(&ep->own->session, 0);
	iwc_port_fence_full(); /* F, G */
	zero_section(ep);
	say_hello(ep);
	begin_epoch(ep, epoch);
	return IWC_OK;
}

int iwc_renew(struct iwc *ep, uint32_t epoch)
{
	if (epoch == 0u || epoch == ep->epoch)
		return IWC_EINVAL;
	ep->n.renewals++;
	if (ep->state == IWC_STATE_UP)
		iwc_session_down(ep);
	begin_epoch(ep, epoch);
	return IWC_OK;
}

/* R3, second half: the peer has acknowledged me, so its starts are those of this session. */
static void come_up(struct iwc *ep)
{
	for (uint32_t c = 0; c < ep->cfg.class_count; c++) {
		uint64_t start = iwc_port_load_relaxed(&ep->peer->cls[c].start);
		struct iwc_e2e_id id = {ep->epoch, ep->peer_epoch, c};

		if ((start & IWC_SAID) == 0u) {
			/* F: a peer that reboots zeroes its starts, which is no violation. */
			iwc_port_fence_acquire();
			if (iwc_port_load_relaxed(&ep->peer->session) == ep->session_seen)
				iwc_session_freeze(ep, IWC_VIOLATION_START);
			return;
		}
		ep->rx[c].pos = start & IWC_LINE_MASK;
		ep->rx[c].told = ep->rx[c].pos;
		ep->tx[c].seq = 0;
		ep->tx[c].id = id;
		id.sender_epoch = ep->peer_epoch;
		id.receiver_epoch = ep->epoch;
		iwc_e2e_rx_start(&ep->rx[c].check, &id, ep->now_ns);
	}
	ep->n.ups++;
	enter(ep, IWC_STATE_UP);
}

/* R3, first half: acknowledge a new peer epoch. */
static void accept(struct iwc *ep, uint32_t peer_epoch)
{
	ep->peer_epoch = peer_epoch;
	ep->peer_highest = peer_epoch;
	ep->n.peer_restarts++;
	ep->accept_ns = ep->now_ns + ep->backoff_ns;
	back_off(ep);
	restart_rings(ep);
	announce(ep, peer_epoch);
	iwc_session_ring(ep);  /* R4 */
	iwc_port_fence_full(); /* G */
	enter(ep, IWC_STATE_WAIT);
}

static bool acceptable(const struct iwc *ep, uint32_t peer_epoch)
{
	if (peer_epoch == 0u || ep->state == IWC_STATE_FROZEN)
		return false;
	/* Epochs wrap: higher is a matter of the difference. */
	return ep->peer_highest == 0u || peer_epoch - ep->peer_highest - 1u < INT32_MAX;
}

/* One look at the peer's session word. */
static void step(struct iwc *ep, uint64_t word)
{
	uint32_t peer_epoch = (uint32_t)(word >> 32), acked = (uint32_t)word;

	ep->session_seen = word;
	if (peer_epoch != ep->peer_epoch) {
		if (ep->state == IWC_STATE_UP || ep->state == IWC_STATE_WAIT)
			iwc_session_down(ep);
		if (!acceptable(ep, peer_epoch))
			ep->n.refused_epochs += peer_epoch != 0u;
		else if (ep->now_ns >= ep->accept_ns)
			accept(ep, peer_epoch);
		return;
	}
	if (ep->state == IWC_STATE_UP && acked != ep->epoch) {
		ep->reason = IWC_VIOLATION_WITHDRAWN;
		iwc_session_down(ep);
	} else if (ep->state == IWC_STATE_WAIT && acked == ep->epoch) {
		come_up(ep);
	}
}

/* Has this state lasted so long? A clock that went back starts the wait again. */
static bool lasted(struct iwc *ep, uint64_t wait_ns)
{
	if (ep->now_ns < ep->since_ns)
		ep->since_ns = ep->now_ns;
	return ep->now_ns - ep->since_ns >= wait_ns;
}

/* Waiting for an own new epoch: frozen, or down beside a peer whose epoch can't be accepted. */
static bool needs_renewal(const struct iwc *ep)
{
	uint32_t peer_epoch = (uint32_t)(ep->session_seen >> 32);

	if (ep->state == IWC_STATE_FROZEN)
		return true;
	return ep->state == IWC_STATE_DOWN && peer_epoch != 0u && !acceptable(ep, peer_epoch);
}

/* A consumer that lost its way, by a corrupted word for one, never comes back by itself: the
 * producer notices and asks for a new incarnation, at most once a back-off. */
static unsigned watch_stall(struct iwc *ep)
{
	bool stalled = false;

	if (ep->stall_check_ns > ep->now_ns)
		ep->stall_check_ns = ep->now_ns;
	if (ep->cfg.stall_ns == 0u || ep->now_ns - ep->stall_check_ns < ep->cfg.stall_ns)
		return 0;
	ep->stall_check_ns = ep->now_ns;
	for (uint32_t c = 0; c < ep->cfg.class_count; c++) {
		stalled = iwc_producer_stalled(&ep->tx[c]) || stalled;
		if (ep->tx[c].violation != IWC_VIOLATION_NONE) {
			iwc_session_freeze(ep, ep->tx[c].violation);
			return 0;
		}
	}
	if (!stalled || !lasted(ep, ep->backoff_ns))
		return 0;
	ep->n.stalls++;
	back_off(ep);
	return IWC_EVENT_RENEW;
}

static unsigned watch_clock(struct iwc *ep)
{
	unsigned events = 0;

	if (needs_renewal(ep) && lasted(ep, ep->backoff_ns))
		events |= IWC_EVENT_RENEW;
	/* A peer that lives and never acknowledges may have lost its word to a fault. */
	if (ep->state == IWC_STATE_WAIT && lasted(ep, ep->cfg.backoff_max_ns))
		events |= IWC_EVENT_RENEW;
	if (ep->accept_ns > ep->now_ns && ep->accept_ns - ep->now_ns > ep->cfg.backoff_max_ns)
		ep->accept_ns = ep->now_ns + ep->cfg.backoff_max_ns;
	if (ep->state != IWC_STATE_UP)
		return events;
	if (lasted(ep, ep->cfg.backoff_max_ns))
		ep->backoff_ns = ep->cfg.backoff_min_ns;
	for (uint32_t c = 0; c < ep->cfg.class_count; c++)
		if (ep->cfg.cls[c].protect && iwc_e2e_late(&ep->rx[c].check, ep->now_ns))
			events |= IWC_EVENT_LATE;
	return events | watch_stall(ep);
}

unsigned iwc_begin(struct iwc *ep, uint64_t now_ns)
{
	uint64_t accepted = ep->n.peer_restarts, ups = ep->n.ups;
	unsigned events;
	bool was_up = ep->told_up;

	ep->now_ns = now_ns;
	for (uint32_t c = 0; c < ep->cfg.class_count; c++)
		ep->left[c] = ep->cfg.cls[c].budget;
	step(ep, iwc_port_load_acquire(&ep->peer->session)); /* C */
	/* Just acknowledged: the peer may have done so before us. */
	if (ep->n.peer_restarts != accepted)
		step(ep, iwc_port_load_acquire(&ep->peer->session)); /* C, G */
	events = watch_clock(ep);
	ep->told_up = ep->state == IWC_STATE_UP;
	if (was_up && (!ep->told_up || ups != ep->n.ups))
		events |= IWC_EVENT_DOWN;
	if (ep->told_up && ups != ep->n.ups)
		events |= IWC_EVENT_UP;
	return events;
}
