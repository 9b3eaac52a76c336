/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Binding of an endpoint, sending and receiving. The session's steps are in session.c.
 */
#include "iwc.h"
#include "iwc_port.h"
#include "ring_one.h"
#include "session.h"

static bool class_ok(const struct iwc_class_config *c)
{
	uint32_t k, lines;

	if (c->lines_log2 < IWC_LINES_LOG2_MIN || c->lines_log2 > IWC_LINES_LOG2_MAX)
		return false;
	if (c->frame_max_bytes < IWC_FRAME_MIN || c->frame_max_bytes > IWC_FRAME_MAX)
		return false;
	/* The longest frame must fit behind a skip while a quantum of credit is held back. */
	k = (c->frame_max_bytes + IWC_LINE - 1u) / IWC_LINE;
	lines = 1u << c->lines_log2;
	return c->budget != 0u && 2u * k - 1u + lines / 8u <= lines;
}

size_t iwc_section_bytes(const struct iwc_config *cfg)
{
	size_t bytes = sizeof(struct iwc_header);

	if (cfg->class_count == 0u || cfg->class_count > IWC_CLASSES_MAX)
		return 0;
	if (cfg->backoff_min_ns == 0u || cfg->backoff_max_ns < cfg->backoff_min_ns)
		return 0;
	for (uint32_t c = 0; c < cfg->class_count; c++) {
		if (!class_ok(&cfg->cls[c]))
			return 0;
		bytes += IWC_RING_BYTES(cfg->cls[c].lines_log2);
	}
	return (bytes + 4095u) & ~(size_t)4095u;
}

static void bind_class(struct iwc *ep, uint32_t c, size_t offset)
{
	const struct iwc_class_config *cfg = &ep->cfg.cls[c];
	uint32_t lines = 1u << cfg->lines_log2;
	uint8_t *own = (uint8_t *)ep->own + offset;
	const uint8_t *peer = (const uint8_t *)ep->peer + offset;

	ep->tx[c] = (struct iwc_producer){
	    .tag = (struct iwc_word *)own,
	    .e2e = (struct iwc_word *)own + lines,
	    .data = own + (size_t)16u * lines,
	    .space = &ep->own->cls[c].space,
	    .credit_word = &ep->peer->cls[c].credit,
	    .wake = &ep->peer->cls[c].wake,
	    .lines = lines,
	    .frame_max_bytes = cfg->frame_max_bytes,
	    .protect = cfg->protect,
	    .bell = ep->cfg.bell,
	    .port = ep->port,
	};
	ep->rx[c] = (struct iwc_consumer){
	    .tag = (const struct iwc_word *)peer,
	    .e2e = (const struct iwc_word *)peer + lines,
	    .data = peer + (size_t)16u * lines,
	    .space = &ep->peer->cls[c].space,
	    .credit_word = &ep->own->cls[c].credit,
	    .wake = &ep->own->cls[c].wake,
	    .lines = lines,
	    .frame_max_bytes = cfg->frame_max_bytes,
	    .protect = cfg->protect,
	    .bell = ep->cfg.bell,
	    .port = ep->port,
	};
	ep->rx[c].check.timeout_ns = cfg->timeout_ns;
}

int iwc_init(struct iwc *ep, const struct iwc_config *cfg, void *own, const void *peer, void *port)
{
	size_t offset = sizeof(struct iwc_header);

	if (iwc_section_bytes(cfg) == 0u || own == NULL || peer == NULL ||
	    ((uintptr_t)own & 4095u) != 0u || ((uintptr_t)peer & 4095u) != 0u)
		return IWC_EINVAL;
	*ep = (struct iwc){.own = own, .peer = peer, .port = port, .cfg = *cfg};
	ep->backoff_ns = cfg->backoff_min_ns;
	for (uint32_t c = 0; c < cfg->class_count; c++) {
		bind_class(ep, c, offset);
		ep->tx[c].pos = cfg->first_line & IWC_LINE_MASK;
		offset += IWC_RING_BYTES(cfg->cls[c].lines_log2);
	}
	return IWC_OK;
}

/* F: copies are worth something only if the peer still lives in the same session. */
static inline bool session_stands(const struct iwc *ep)
{
	iwc_port_fence_acquire();
	return iwc_port_load_relaxed(&ep->peer->session) == ep->session_seen;
}

/* So many frames were copied, and the session did not stand. */
static IWC_ASIDE void drop_stale(struct iwc *ep, unsigned taken)
{
	ep->n.stale += taken;
	iwc_session_down(ep);
}

static IWC_ASIDE unsigned give_credit(struct iwc *ep, unsigned c, unsigned good)
{
	if (iwc_consumer_credit(&ep->rx[c], false))
		iwc_session_ring(ep);
	return good;
}

/* The burst just taken of class c: how many may be delivered; 0 if the link went down over it. */
static unsigned settle(struct iwc *ep, unsigned c, struct iwc_frame *f, unsigned taken)
{
	struct iwc_consumer *rx = &ep->rx[c];
	unsigned good;

	if (rx->violation != IWC_VIOLATION_NONE) {
		iwc_session_freeze(ep, rx->violation);
		return 0;
	}
	if (taken == 0u)
		return 0;
	if (!session_stands(ep)) {
		drop_stale(ep, taken);
		return 0;
	}
	ep->left[c] -= taken;
	good = rx->protect ? iwc_consumer_judge(rx, f, taken, ep->now_ns) : taken;
	ep->n.received[c] += good;
	return iwc_consumer_owes(rx) ? give_credit(ep, c, good) : good;
}

/* One burst of class c; 0 if there is nothing or the link went down over it. */
static unsigned recv_burst(struct iwc *ep, unsigned c, struct iwc_frame *f, unsigned n)
{
	return settle(ep, c, f, iwc_consumer_take(&ep->rx[c], f, n, ep->rx, c));
}

/* iwc_recv, beginning with class c. */
static IWC_ASIDE unsigned recv_from(struct iwc *ep, unsigned c, struct iwc_frame *f, unsigned n,
				    unsigned *cls)
{
	while (c < ep->cfg.class_count && ep->state == IWC_STATE_UP) {
		uint32_t before = ep->left[c];
		unsigned good = 0;

		if (before != 0u)
			good = recv_burst(ep, c, f, n < before ? n : before);
		if (good != 0u) {
			*cls = c;
			return good;
		}
		if (ep->left[c] != before) {
			/* A burst lost all its frames to the end-to-end check: look on within the
			 * budgets, the most urgent class first as after any other burst. */
			c = 0;
			continue;
		}
		/* Out of budget with more to come: what is less urgent waits as well. */
		if (before == 0u && iwc_consumer_ready(&ep->rx[c]))
			break;
		c++;
	}
	return 0;
}

/* One frame of class 0, whose tag t is not that of a plain frame, or else of another class. */
static IWC_ASIDE unsigned recv_behind(struct iwc *ep, struct iwc_frame *f, uint64_t t,
				      unsigned *cls)
{
	unsigned taken = iwc_consumer_take_behind(&ep->rx[0], f, t);

	if (settle(ep, 0, f, taken) == 0u)
		return recv_from(ep, 1, f, 1, cls);
	*cls = 0;
	return 1;
}

unsigned iwc_recv(struct iwc *ep, struct iwc_frame *f, unsigned n, unsigned *cls)
{
	struct iwc_consumer *rx = &ep->rx[0];
	uint64_t t;

	if (n != 1u || ep->state != IWC_STATE_UP || ep->left[0] == 0u || rx->protect)
		return recv_from(ep, 0, f, n < IWC_BURST_MAX ? n : IWC_BURST_MAX, cls);
	/* One frame of the most urgent class: the same, without a call on the way. */
	if (!iwc_consumer_take_one(rx, f, &t))
		return recv_behind(ep, f, t, cls);
	if (!session_stands(ep)) {
		drop_stale(ep, 1);
		return 0;
	}
	ep->left[0]--;
	ep->n.received[0]++;
	*cls = 0;
	return iwc_consumer_owes(rx) ? give_credit(ep, 0, 1) : 1;
}

/* iwc_send of 1..IWC_BURST_MAX frames of class cls. */
static IWC_ASIDE int send_class(struct iwc *ep, unsigned cls, const struct iwc_frame *f, unsigned n)
{
	struct iwc_producer *tx = &ep->tx[cls];
	bool ring = false;
	unsigned sent = iwc_producer_send(tx, f, n, &ring);

	ep->n.sent[cls] += sent;
	if (ring)
		iwc_session_ring(ep);
	if (sent == n)
		return (int)sent;
	/* A violation ends a burst early. */
	if (tx->violation != IWC_VIOLATION_NONE) {
		iwc_session_freeze(ep, tx->violation);
		return sent != 0u ? (int)sent : IWC_EPEER;
	}
	if (f[sent].len_bytes < IWC_FRAME_MIN || f[sent].len_bytes > tx->frame_max_bytes)
		return sent != 0u ? (int)sent : IWC_EFRAME;
	ep->n.refused[cls] += n - sent;
	return (int)sent;
}

int iwc_send(struct iwc *ep, unsigned cls, const struct iwc_frame *f, unsigned n)
{
	bool ring = false;

	if (cls >= ep->cfg.class_count || n == 0u)
		return IWC_EINVAL;
	if (ep->state != IWC_STATE_UP) {
		ep->n.unsent += n;
		return IWC_EDOWN;
	}
	if (n != 1u || !iwc_producer_send_one(&ep->tx[cls], f, &ring))
		return send_class(ep, cls, f, n < IWC_BURST_MAX ? n : IWC_BURST_MAX);
	ep->n.sent[cls]++;
	if (ring)
		iwc_session_ring(ep);
	return 1;
}

bool iwc_arm(struct iwc *ep)
{
	bool ring = false;

	if (ep->state == IWC_STATE_UP) {
		for (uint32_t c = 0; c < ep->cfg.class_count; c++) {
			ring = iwc_consumer_credit(&ep->rx[c], true) || ring;
			iwc_consumer_arm(&ep->rx[c]);
		}
		if (ring)
			iwc_session_ring(ep);
	}
	iwc_port_fence_full(); /* D, G */
	if (iwc_port_load_relaxed(&ep->peer->session) != ep->session_seen)
		return true;
	if (ep->state == IWC_STATE_UP)
		for (uint32_t c = 0; c < ep->cfg.class_count; c++)
			if (iwc_consumer_ready(&ep->rx[c]))
				return true;
	return false;
}

bool iwc_arm_space(struct iwc *ep, unsigned cls, uint32_t len_bytes)
{
	struct iwc_producer *tx;
	bool fits;

	if (cls >= ep->cfg.class_count || ep->state != IWC_STATE_UP)
		return false;
	tx = &ep->tx[cls];
	if (len_bytes < IWC_FRAME_MIN || len_bytes > tx->frame_max_bytes)
		return false;
	fits = iwc_producer_arm(tx, len_bytes);
	if (tx->violation != IWC_VIOLATION_NONE) {
		iwc_session_freeze(ep, tx->violation);
		return false;
	}
	return fits;
}
