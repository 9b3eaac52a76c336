/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * invariant.h - the private state that every call may find and must leave.
 *
 * Each proof assumes the invariant before the call and claims it after. iwc_init and iwc_boot
 * establish it, so it holds after any sequence of calls: the proofs are steps of one induction.
 *
 * Three assumptions end the induction after centuries: positions and counters stay below LONG, and
 * so do the clock and the waits. 2^62 ns are 146 years; 2^62 lines of 64 bytes take longer at any
 * rate that memory has. Each proof of a call shows by how much it can raise a position.
 */
#ifndef INVARIANT_H
#define INVARIANT_H

#include "port.h"
#include "checks_off.h"

#define LONG (UINT64_C(1) << 62)

/* --- configuration -----------------------------------------------------------------------------
 */

static inline bool class_config_valid(const struct iwc_class_config *k)
{
	uint32_t frame_lines = (k->frame_max_bytes + 63u) / 64u;

	return k->lines_log2 >= 1u && k->lines_log2 <= 16u && k->frame_max_bytes >= 14u &&
	       k->frame_max_bytes <= 1536u && k->budget != 0u &&
	       2u * frame_lines - 1u + (1u << k->lines_log2) / 8u <= 1u << k->lines_log2;
}

static inline bool config_valid(const struct iwc_config *cfg)
{
	bool ok = cfg->class_count >= 1u && cfg->class_count <= IWC_CLASSES_MAX &&
		  cfg->backoff_min_ns >= 1u && cfg->backoff_min_ns <= cfg->backoff_max_ns;

	for (uint32_t c = 0; c < IWC_CLASSES_MAX; c++)
		ok = ok && (c >= cfg->class_count || class_config_valid(&cfg->cls[c]));
	return ok;
}

/* --- rings -------------------------------------------------------------------------------------
 */

static inline bool producer_bound(const struct iwc_producer *p, uint32_t c,
				  const struct iwc_config *cfg)
{
	uint8_t *arrays = port.own + port.offset[c];
	uint32_t lines = port.lines[c];

	return (uint8_t *)p->tag == arrays && (uint8_t *)p->e2e == arrays + 8u * lines &&
	       p->data == arrays + 16u * lines &&
	       (uint8_t *)p->space == port.own + 448u + 256u * c &&
	       (const uint8_t *)p->credit_word == port.peer + 320u + 256u * c &&
	       (const uint8_t *)p->wake == port.peer + 384u + 256u * c && p->lines == lines &&
	       p->frame_max_bytes == cfg->cls[c].frame_max_bytes &&
	       p->protect == cfg->cls[c].protect && p->bell == cfg->bell && p->port == port.handle;
}

static inline bool consumer_bound(const struct iwc_consumer *r, uint32_t c,
				  const struct iwc_config *cfg)
{
	const uint8_t *arrays = port.peer + port.offset[c];
	uint32_t lines = port.lines[c];

	return (const uint8_t *)r->tag == arrays &&
	       (const uint8_t *)r->e2e == arrays + 8u * lines && r->data == arrays + 16u * lines &&
	       (const uint8_t *)r->space == port.peer + 448u + 256u * c &&
	       (uint8_t *)r->credit_word == port.own + 320u + 256u * c &&
	       (uint8_t *)r->wake == port.own + 384u + 256u * c && r->lines == lines &&
	       r->frame_max_bytes == cfg->cls[c].frame_max_bytes &&
	       r->protect == cfg->cls[c].protect && r->bell == cfg->bell &&
	       r->port == port.handle && r->check.timeout_ns == cfg->cls[c].timeout_ns;
}

/* credit <= pos <= credit + L; the watch looked at some such moment before. */
static inline bool producer_in_order(const struct iwc_producer *p)
{
	return p->credit <= p->pos && p->pos - p->credit <= p->lines &&
	       p->watch_credit <= p->watch_pos && p->watch_pos <= p->pos &&
	       p->watch_credit <= p->credit;
}

/* told <= pos, and no more is owed than an eighth, which a call of iwc_recv gives back. */
static inline bool consumer_in_order(const struct iwc_consumer *r)
{
	return r->told <= r->pos;
}

static inline bool violation_valid(enum iwc_violation v)
{
	return (uint32_t)v <= IWC_VIOLATION_START;
}

static inline bool e2e_below(const struct iwc_e2e_counters *n, uint64_t bound)
{
	return n->corrupted < bound && n->inserted < bound && n->repeated < bound &&
	       n->reordered < bound && n->lost < bound && n->late < bound;
}

/* --- endpoint ----------------------------------------------------------------------------------
 */

static inline bool counters_below(const struct iwc_counters *n, uint64_t bound)
{
	bool ok = n->unsent < bound && n->abandoned_lines < bound && n->stale < bound &&
		  n->ups < bound && n->downs < bound && n->peer_restarts < bound &&
		  n->refused_epochs < bound && n->renewals < bound && n->stalls < bound &&
		  n->violations < bound && n->rings < bound;

	for (uint32_t c = 0; c < IWC_CLASSES_MAX; c++)
		ok = ok && n->sent[c] < bound && n->received[c] < bound && n->refused[c] < bound;
	return ok;
}

/* Bound by iwc_init: what no later call changes, and what is true even before iwc_boot. */
static inline bool endpoint_bound(const struct iwc *ep)
{
	bool ok =
	    (uint8_t *)ep->own == port.own && (const uint8_t *)ep->peer == port.peer &&
	    ep->port == port.handle && config_valid(&ep->cfg) &&
	    (uint32_t)ep->state <= IWC_STATE_FROZEN && violation_valid(ep->reason) &&
	    ep->backoff_ns >= ep->cfg.backoff_min_ns && ep->backoff_ns <= ep->cfg.backoff_max_ns &&
	    /* acknowledged: in UP and WAIT, and there the highest epoch that was accepted */
	    (ep->state == IWC_STATE_UP || ep->state == IWC_STATE_WAIT) == (ep->peer_epoch != 0u) &&
	    (ep->peer_epoch == 0u ||
	     (ep->peer_highest == ep->peer_epoch && ep->session_seen >> 32 == ep->peer_epoch)) &&
	    (ep->state != IWC_STATE_UP ||
	     ep->session_seen == ((uint64_t)ep->peer_epoch << 32 | ep->epoch)) &&
	    (ep->state == IWC_STATE_DOWN || ep->epoch != 0u);

	for (uint32_t c = 0; c < IWC_CLASSES_MAX && c < port.classes; c++) {
		ok = ok && producer_bound(&ep->tx[c], c, &ep->cfg) &&
		     consumer_bound(&ep->rx[c], c, &ep->cfg) && consumer_in_order(&ep->rx[c]) &&
		     ep->left[c] <= ep->cfg.cls[c].budget && violation_valid(ep->tx[c].violation) &&
		     violation_valid(ep->rx[c].violation) &&
		     (ep->state == IWC_STATE_FROZEN || (ep->tx[c].violation == IWC_VIOLATION_NONE &&
							ep->rx[c].violation == IWC_VIOLATION_NONE));
	}
	return ok;
}

/* Since iwc_boot. */
static inline bool endpoint_booted(const struct iwc *ep)
{
	bool ok =
	    ep->epoch != 0u && port.own_session == ((uint64_t)ep->epoch << 32 | ep->peer_epoch);

	for (uint32_t c = 0; c < IWC_CLASSES_MAX && c < port.classes; c++)
		ok = ok && producer_in_order(&ep->tx[c]);
	return ok;
}

static inline bool endpoint_invariant(const struct iwc *ep)
{
	return endpoint_bound(ep) && endpoint_booted(ep);
}

/* The assumptions that end the induction: see above. */
static inline bool endpoint_below(const struct iwc *ep, uint64_t bound)
{
	bool ok =
	    counters_below(&ep->n, bound) && ep->cfg.backoff_max_ns < bound && ep->now_ns < bound;

	for (uint32_t c = 0; c < IWC_CLASSES_MAX; c++)
		ok = ok && ep->tx[c].pos < bound && ep->rx[c].pos < bound &&
		     e2e_below(&ep->rx[c].check.n, bound);
	return ok;
}

/* What no call but iwc_init may change. */
static inline bool config_same(const struct iwc_config *a, const struct iwc_config *b)
{
	bool same = a->class_count == b->class_count && a->bell == b->bell &&
		    a->first_line == b->first_line && a->backoff_min_ns == b->backoff_min_ns &&
		    a->backoff_max_ns == b->backoff_max_ns && a->stall_ns == b->stall_ns;

	for (uint32_t c = 0; c < IWC_CLASSES_MAX; c++)
		same = same && a->cls[c].lines_log2 == b->cls[c].lines_log2 &&
		       a->cls[c].protect == b->cls[c].protect &&
		       a->cls[c].frame_max_bytes == b->cls[c].frame_max_bytes &&
		       a->cls[c].budget == b->cls[c].budget &&
		       a->cls[c].timeout_ns == b->cls[c].timeout_ns;
	return same;
}

#endif
