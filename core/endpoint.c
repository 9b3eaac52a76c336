/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Binding of an endpoint, sending and receiving. The session's steps are in session.c.
 */
#include "iwc.h"
#include "iwc_port.h"
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

/* One burst of class c; 0 if there is nothing or the link went down over it. */
static unsigned recv_class(struct iwc *ep, unsigned c, struct iwc_frame *f, unsigned n)
{
	struct iwc_consumer *rx = &ep->rx[c];
	unsigned taken = iwc_consumer_take(rx, f, n, ep->rx, c), good;

	if (rx->violation != IWC_VIOLATION_NONE) {
		iwc_session_freeze(ep, rx->violation);
		return 0;
	}
	if (taken == 0u)
		return 0;
	/* F: the copies are worth something only if the peer still lives in the same session. */
	iwc_port_fence_acquire();
	if (iwc_port_load_relaxed(&ep->peer->session) != ep->session_seen) {
		ep->n.stale += taken;
		iwc_session_down(ep);
		return 0;
	}
	ep->left[c] -= taken;
	good = rx->protect ? iwc_consumer_judge(rx, f, taken, ep->now_ns) : taken;
	ep->n.received[c] += good;
	if (iwc_consumer_owes(rx) && iwc_consumer_credit(rx, false))
		iwc_session_ring(ep);
	return good;
}

unsigned iwc_recv(struct iwc *ep, struct iwc_frame *f, unsigned n, unsigned *cls)
{
	unsigned c = 0;

	if (n > IWC_BURST_MAX)
		n = IWC_BURST_MAX;
	while (c < ep->cfg.class_count && ep->state == IWC_STATE_UP) {
		uint32_t before = ep->left[c];
		unsigned good = 0;

		if (before != 0u)
			good = recv_class(ep, c, f, n < before ? n : before);
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

int iwc_send(struct iwc *ep, unsigned cls, const struct iwc_frame *f, unsigned n)
{
	struct iwc_producer *tx;
	bool ring = false;
	unsigned sent;

	if (cls >= ep->cfg.class_count || n == 0u)
		return IWC_EINVAL;
	if (ep->state != IWC_STATE_UP) {
		ep->n.unsent += n;
		return IWC_EDOWN;
	}
	if (n > IWC_BURST_MAX)
		n = IWC_BURST_MAX;
	tx = &ep->tx[cls];
	sent = iwc_producer_send(tx, f, n, &ring);
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
