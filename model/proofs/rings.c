/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In place of core/ring.c, for proofs of the endpoint: each function does anything that its own
 * proof (model/proofs/iwc_producer_..., iwc_consumer_...) allows, and claims what that proof
 * assumes.
 */
#include "invariant.h"
#include "ring_one.h"

/* Bursts of a call that are lost whole to the end-to-end check: a bound of the proof. */
#ifndef LOST
#define LOST 1u
#endif
/* As many frames as the caller of iwc_recv wants at most. */
#ifndef WANTED
#define WANTED IWC_BURST_MAX
#endif

/* A call counts as one look at the credit, or as these many tags: the ghost of port.c sums them. */
static void ring_ok(const struct iwc_producer *p)
{
	PROVE(producer_in_order(p) && p->violation == IWC_VIOLATION_NONE,
	      "a producer is used in order and without a violation");
}

static void ask_credit(struct iwc_producer *p)
{
	uint64_t credit = nondet_u64();

	port.credits++;
	port.loads++;
	if (nondet_bool()) {
		p->violation = IWC_VIOLATION_CREDIT;
		port.violated = true;
		return;
	}
	ASSUME(credit >= p->credit && credit <= p->pos);
	p->credit = credit;
}

unsigned iwc_producer_send(struct iwc_producer *p, const struct iwc_frame *f, unsigned n,
			   bool *ring)
{
	unsigned sent = nondet_u32();
	uint64_t pos = nondet_u64();

	ring_ok(p);
	PROVE(n >= 1u && n <= IWC_BURST_MAX, "a burst has 1 to 32 frames");
	PROVE(__CPROVER_r_ok(f, n * sizeof(*f)), "P8: a burst is the caller's");
	if (nondet_bool())
		ask_credit(p);
	ASSUME(sent <= n && pos >= p->pos && pos <= p->credit + p->lines);
	ASSUME(pos - p->pos <= (uint64_t)n * (24u + p->lines) && (pos != p->pos) == (sent != 0u));
	ASSUME(p->violation == IWC_VIOLATION_NONE || sent < n);
	if (sent < n && f[sent].len_bytes >= IWC_FRAME_MIN &&
	    f[sent].len_bytes <= p->frame_max_bytes)
		port.full = p->violation == IWC_VIOLATION_NONE;
	p->pos = pos;
	p->seq += p->protect ? sent : 0u;
	port.copies_out += sent;
	if (sent != 0u && p->bell) {
		port.wakes++;
		port.loads++;
		*ring = *ring || nondet_bool();
	}
	return sent;
}

bool iwc_producer_fits(const struct iwc_producer *p, uint32_t len_bytes)
{
	(void)p;
	(void)len_bytes;
	return nondet_bool();
}

bool iwc_producer_arm(struct iwc_producer *p, uint32_t len_bytes)
{
	ring_ok(p);
	PROVE(len_bytes >= IWC_FRAME_MIN && len_bytes <= p->frame_max_bytes,
	      "a doorbell is asked for a frame of the class");
	ask_credit(p);
	return p->violation == IWC_VIOLATION_NONE && nondet_bool();
}

bool iwc_producer_stalled(struct iwc_producer *p)
{
	bool stalled = nondet_bool();

	ring_ok(p);
	if (p->pos != p->credit)
		ask_credit(p);
	if (p->violation != IWC_VIOLATION_NONE)
		return false;
	p->watch_pos = p->pos;
	p->watch_credit = p->credit;
	return stalled;
}

bool iwc_consumer_ready(const struct iwc_consumer *c)
{
	(void)c;
	port.peeks++;
	port.loads++;
	return nondet_bool();
}

/* taken frames, and what stopped the burst before the n-th. */
static unsigned take(struct iwc_consumer *c, struct iwc_frame *f, unsigned n, unsigned before_count)
{
	unsigned taken = nondet_u32(), tags = nondet_u32(), peeks = nondet_u32();
	uint64_t rise = nondet_u64();
	enum iwc_violation v = (enum iwc_violation)nondet_u32();

	PROVE(c->violation == IWC_VIOLATION_NONE, "a consumer is used without a violation");
	ASSUME(taken <= n && tags <= 2u * taken + (taken < n ? 2u : 0u));
	ASSUME(peeks <= before_count * taken);
	ASSUME(rise <= (uint64_t)n * (24u + c->lines) + c->lines);
	ASSUME((uint32_t)v <= IWC_VIOLATION_SKIP && (v == IWC_VIOLATION_NONE || taken < n));
	for (unsigned i = 0; i < WANTED && i < taken; i++) {
		uint32_t len = nondet_u32();

		ASSUME(len >= IWC_FRAME_MIN && len <= c->frame_max_bytes);
		f[i].len_bytes = len;
	}
	c->pos += rise;
	c->violation = v;
	port.violated = port.violated || v != IWC_VIOLATION_NONE;
	port.tags += tags;
	port.peeks += peeks;
	port.e2es += c->protect ? taken : 0u;
	port.loads += tags + peeks + (c->protect ? taken : 0u);
	port.copies_in += taken;
	port.bursts++;
	port.acquired = false;
	port.session_stands = false;
	return taken;
}

unsigned iwc_consumer_take(struct iwc_consumer *c, struct iwc_frame *f, unsigned n,
			   const struct iwc_consumer *before, unsigned before_count)
{
	PROVE(n >= 1u && n <= IWC_BURST_MAX, "a burst has 1 to 32 frames");
	PROVE(before + before_count == c, "P12: all classes above are served first");
	return take(c, f, n, before_count);
}

unsigned iwc_consumer_take_behind(struct iwc_consumer *c, struct iwc_frame *f, uint64_t t)
{
	PROVE(!c->protect && t == port.rx[0].tag, "a tag is handed on as it was loaded");
	return take(c, f, 1, 0);
}

unsigned iwc_consumer_judge(struct iwc_consumer *c, struct iwc_frame *f, unsigned n,
			    uint64_t now_ns)
{
	unsigned good = nondet_u32();

	(void)f;
	(void)now_ns;
	PROVE(c->protect && n >= 1u && n <= IWC_BURST_MAX, "what was taken is judged");
	PROVE(port.session_stands, "R1: nothing is judged before the session was looked at");
	ASSUME(good <= n);
	if (good == 0u) {
		ASSUME(port.lost_bursts < LOST);
		port.lost_bursts++;
	}
	c->check.expected = nondet_u32();
	port.judged_bad += n - good;
	return good;
}

bool iwc_consumer_credit(struct iwc_consumer *c, bool force)
{
	bool due = force || c->pos - c->told >= c->lines / 8u;

	PROVE(port.session_stands || force,
	      "R1: nothing is credited before the session was looked at");
	if (c->pos == c->told || !due)
		return false;
	c->told = c->pos;
	if (!c->bell)
		return false;
	port.spaces++;
	port.loads++;
	return nondet_bool();
}

void iwc_consumer_arm(struct iwc_consumer *c)
{
	(void)c;
	port.arms++;
}
