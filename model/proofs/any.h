/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * any.h - arbitrary state within the invariant, for the beginning of a harness.
 *
 * Pointers are set and not assumed, which gives CBMC the same states and less work.
 */
#ifndef ANY_H
#define ANY_H

#include "invariant.h"

/* Classes of an endpoint, and frames of a burst, where a proof does not say it otherwise. */
#ifndef CLASSES
#define CLASSES 2u
#endif
#ifndef FRAMES
#define FRAMES 4u
#endif

/* true or false, and no other byte. */
static inline bool any_bool(void)
{
	return nondet_u32() != 0u;
}

static inline struct iwc_config any_config(uint32_t classes)
{
	struct iwc_config cfg = nondet_config();

	cfg.class_count = classes;
	cfg.bell = any_bool();
	for (uint32_t c = 0; c < classes; c++)
		cfg.cls[c].protect = any_bool();
	ASSUME(config_valid(&cfg) && cfg.backoff_max_ns < LONG);
	return cfg;
}

/* A producer of class c between two calls; port_setup has been called. */
static inline struct iwc_producer any_producer(uint32_t c, const struct iwc_config *cfg)
{
	struct iwc_producer p = nondet_producer();
	uint8_t *arrays = port.own + port.offset[c];

	p.tag = (struct iwc_word *)arrays;
	p.e2e = (struct iwc_word *)(arrays + 8u * port.lines[c]);
	p.data = arrays + 16u * port.lines[c];
	p.space = (struct iwc_word *)(port.own + 448u + 256u * c);
	p.credit_word = (const struct iwc_word *)(port.peer + 320u + 256u * c);
	p.wake = (const struct iwc_word *)(port.peer + 384u + 256u * c);
	p.lines = port.lines[c];
	p.frame_max_bytes = cfg->cls[c].frame_max_bytes;
	p.protect = cfg->cls[c].protect;
	p.bell = cfg->bell;
	p.port = port.handle;
	ASSUME(p.pos < LONG && violation_valid(p.violation));
	return p;
}

static inline struct iwc_consumer any_consumer(uint32_t c, const struct iwc_config *cfg)
{
	struct iwc_consumer r = nondet_consumer();
	const uint8_t *arrays = port.peer + port.offset[c];

	r.tag = (const struct iwc_word *)arrays;
	r.e2e = (const struct iwc_word *)(arrays + 8u * port.lines[c]);
	r.data = arrays + 16u * port.lines[c];
	r.space = (const struct iwc_word *)(port.peer + 448u + 256u * c);
	r.credit_word = (struct iwc_word *)(port.own + 320u + 256u * c);
	r.wake = (struct iwc_word *)(port.own + 384u + 256u * c);
	r.lines = port.lines[c];
	r.frame_max_bytes = cfg->cls[c].frame_max_bytes;
	r.protect = cfg->cls[c].protect;
	r.bell = cfg->bell;
	r.port = port.handle;
	r.check.timeout_ns = cfg->cls[c].timeout_ns;
	ASSUME(r.pos < LONG && violation_valid(r.violation) && e2e_below(&r.check.n, LONG) &&
	       consumer_in_order(&r));
	return r;
}

/* One ring in a region of its own: what its class and the others are does not matter to it. */
static inline struct iwc_config one_class(void)
{
	struct iwc_config cfg = any_config(1);

	port_setup(&cfg);
	return cfg;
}

/* The endpoint between two calls, before or after iwc_boot. */
static inline void any_endpoint(struct iwc *ep, bool booted)
{
	struct iwc_config cfg = any_config(CLASSES);

	port_setup(&cfg);
	*ep = nondet_iwc();
	ep->cfg = cfg;
	ep->own = (struct iwc_header *)port.own;
	ep->peer = (const struct iwc_header *)port.peer;
	ep->port = port.handle;
	for (uint32_t c = 0; c < CLASSES; c++) {
		ep->tx[c] = any_producer(c, &cfg);
		ep->rx[c] = any_consumer(c, &cfg);
		port_follow_tx(c, &ep->tx[c]);
		port_follow_rx(c, &ep->rx[c]);
		port.own_credit[c] = nondet_u64();
		port.own_start[c] = nondet_u64();
	}
	port.own_session = nondet_u64();
	port.session_up = ep->session_seen;
	ASSUME(endpoint_bound(ep) && endpoint_below(ep, LONG));
	ASSUME(!booted || endpoint_booted(ep));
}

/* What every call of an endpoint leaves behind. */
static inline void check_endpoint(const struct iwc *ep, const struct iwc *old)
{
	PROVE(endpoint_bound(ep), "the invariant holds: binding and state");
	PROVE(endpoint_booted(ep), "the invariant holds: session word and rings");
	PROVE(config_same(&ep->cfg, &old->cfg), "the configuration stays");
	PROVE(ep->n.rings == old->n.rings + port.rings, "counter rings");
}

/* Buffers to receive n frames into. What lies behind the n-th may not be touched. */
static inline void any_buffers(struct iwc_frame *f, unsigned n, unsigned max)
{
	for (unsigned i = 0; i < max; i++)
		f[i] = (struct iwc_frame){i < n ? malloc(IWC_FRAME_MAX) : NULL, nondet_u32()};
	if (port.witness < max)
		port.frame = f[port.witness];
}

/* n frames of any length to send; a buffer is as long as its frame. */
static inline void any_frames(struct iwc_frame *f, unsigned n, unsigned max)
{
	for (unsigned i = 0; i < max; i++) {
		uint32_t len = nondet_u32();

		f[i] = (struct iwc_frame){NULL, len};
		if (i < n)
			f[i].buf = malloc(len <= IWC_FRAME_MAX ? len : 1u);
	}
	if (port.witness < max)
		port.frame = f[port.witness];
}

#endif
