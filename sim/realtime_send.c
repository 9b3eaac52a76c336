/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sending in realtime.h: each frame that a client offers is sent, kept by it, or dropped for one
 * counted cause; those that are sent stand in the ledger before the ring has them.
 */
#include "realtime_machine.h"

#include <assert.h>

static void report_frames(struct rt_world *w, unsigned cls, const struct iwc_frame *f, unsigned n,
			  enum sim_rt_drop drop)
{
	const struct sim_rt_observer *o = &w->rt->observer;

	for (unsigned i = 0; i < n; i++) {
		struct sim_rt_frame frame = {.time_ns = w->now_ns,
					     .id = w->next_id + i,
					     .bytes = f[i].buf,
					     .len_bytes = f[i].len_bytes,
					     .cls = cls,
					     .from = w->id,
					     .drop = drop};

		if (o->frame != NULL)
			o->frame(o->ctx, &frame);
		if (drop != SIM_RT_DROP_NONE)
			rt_event(w, SIM_RT_EV_DROP, cls, frame.id, drop);
	}
}

/* These frames are dealt with: sent, or dropped. */
static void dealt_with(struct rt_world *w, unsigned cls, const struct iwc_frame *f, unsigned n,
		       enum sim_rt_drop drop)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < n; i++)
		bytes += f[i].len_bytes;
	w->n.offered += n;
	w->n.offered_bytes += bytes;
	if (drop == SIM_RT_DROP_NONE) {
		w->n.sent += n;
		w->n.sent_bytes += bytes;
	} else {
		w->n.drops[drop] += n;
	}
	if (w->rt->opt.observer != NULL)
		report_frames(w, cls, f, n, drop);
	w->next_id += n;
}

/* How many of them have a length that the class can carry, from the first on. */
static unsigned good_lengths(const struct rt_world *w, unsigned cls, const struct iwc_frame *f,
			     unsigned n)
{
	unsigned k = 0;

	while (k < n && f[k].len_bytes >= IWC_FRAME_MIN &&
	       f[k].len_bytes <= w->ep.tx[cls].frame_max_bytes)
		k++;
	return k;
}

/* Hand frames of good length to the ring, a lap at most: *n becomes how many. Returns how many of
 * them it took. */
static unsigned give(struct rt_world *w, unsigned cls, const struct iwc_frame *f, unsigned *n)
{
	struct rt_ledger *l = &w->ledger[cls];
	uint64_t pos = w->ep.tx[cls].pos, rings = w->ep.n.rings;
	unsigned sent;
	int rc;

	*n = rt_ledger_enter(l, pos, f, *n, rt_pair(&w->ep), w->next_id, w->now_ns);
	rc = iwc_send(&w->ep, cls, f, *n);
	sent = rc > 0 ? (unsigned)rc : 0u;
	pos = rt_ledger_commit(l, pos, f, *n, sent);
	assert(sent == 0u || w->ep.tx[cls].pos == pos);
	if (sent != 0u) {
		w->cpu->busy = true;
		w->n.world.suppressed += w->ep.n.rings == rings;
		dealt_with(w, cls, f, sent, SIM_RT_DROP_NONE);
	}
	return sent;
}

static unsigned send_frames(struct rt_world *w, unsigned cls, const struct iwc_frame *f, unsigned n,
			    bool keep)
{
	unsigned done = 0;

	assert(cls < w->rt->channel.class_count);
	while (done < n) {
		unsigned k = good_lengths(w, cls, f + done, n - done), sent;

		if (k == 0u) {
			dealt_with(w, cls, f + done, 1, SIM_RT_DROP_LENGTH);
			done++;
			continue;
		}
		if (!iwc_is_up(&w->ep)) {
			dealt_with(w, cls, f + done, k, SIM_RT_DROP_DOWN);
			done += k;
			continue;
		}
		sent = give(w, cls, f + done, &k);
		done += sent;
		/* If the link went down over it, the rest is dropped by the next round. */
		if (sent == k || !iwc_is_up(&w->ep))
			continue;
		if (keep) {
			w->blocked[cls] = f[done].len_bytes;
			break;
		}
		dealt_with(w, cls, f + done, k - sent, SIM_RT_DROP_FULL);
		done += k - sent;
	}
	return done;
}

unsigned sim_rt_send(struct sim_rt *rt, enum sim_world_id from, unsigned cls,
		     const struct iwc_frame *frames, unsigned n, bool keep)
{
	struct rt_world *w = &rt->world[from];

	w->now_ns = sim_rt_now_ns(rt);
	return send_frames(w, cls, frames, n, keep || from == SIM_NS);
}

void rt_offer(struct rt_world *w, unsigned cls, const struct iwc_frame *f, unsigned n)
{
	(void)send_frames(w, cls, f, n, false);
}

uint64_t sim_rt_session(const struct sim_rt *rt, enum sim_world_id world)
{
	const struct iwc *ep = &rt->world[world].ep;

	return iwc_is_up(ep) ? rt_pair(ep) : (uint64_t)ep->epoch << 32;
}
