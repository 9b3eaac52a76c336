/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * status.c - a picture of a running tap as JSON, schema iwc-tap-1. How it is shown is in
 * status_show.c.
 */
#include "status.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scenario_file.h"
#include "version.h"

#define NS_PER_S 1e9

struct status {
	const struct status_source *source;
	struct status_counters *now, *before; /* before: all 0 at first */
	struct histogram between;	      /* room for one */
};

struct status *status_create(const struct status_source *source)
{
	struct status *st = calloc(1, sizeof(*st));

	if (!st)
		return NULL;
	st->source = source;
	st->now = calloc(1, sizeof(*st->now));
	st->before = calloc(1, sizeof(*st->before));
	if (st->now && st->before)
		return st;
	status_destroy(st);
	return NULL;
}

void status_destroy(struct status *st)
{
	if (!st)
		return;
	free(st->now);
	free(st->before);
	free(st);
}

static void set(json_t *o, const char *key, uint64_t v)
{
	json_object_set_new(o, key, json_integer(v > INT64_MAX ? INT64_MAX : (json_int_t)v));
}

static void set_text(json_t *o, const char *key, const char *text)
{
	json_t *s = json_string(text);

	json_object_set_new(o, key, s ? s : json_string("?"));
}

/* Counters of a world may be older in one picture than in another of the same moment. */
static uint64_t since(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

/* ---- latency ---- */

static json_t *latency_json(const struct histogram *h)
{
	json_t *o = json_object();

	set(o, "count", h->count);
	set(o, "mean", histogram_mean(h));
	set(o, "p50", histogram_percentile(h, 50u * HISTOGRAM_PERCENT));
	set(o, "p99", histogram_percentile(h, 99u * HISTOGRAM_PERCENT));
	set(o, "p999", histogram_percentile(h, 99900));
	set(o, "max", h->count ? h->max_ns : 0);
	return o;
}

/* What has come since. The greatest is known as well as its bucket tells; nobody asks the least. */
static void latency_since(struct histogram *out, const struct histogram *now,
			  const struct histogram *before)
{
	struct histogram_bucket b = {0};

	histogram_reset(out);
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		out->bucket[i] = since(now->bucket[i], before->bucket[i]);
		out->count += out->bucket[i];
	}
	while (histogram_next(out, &b))
		out->max_ns = b.upper_ns < now->max_ns ? b.upper_ns : now->max_ns;
	out->sum_low = now->sum_low - before->sum_low;
	out->sum_high = now->sum_high - before->sum_high - (now->sum_low < before->sum_low);
}

/* ---- the parts ---- */

/* Who loses a frame for this reason: its sender, its receiver, or nobody, in the ring. */
static const char *drop_place(enum sim_rt_drop why, enum sim_world_id from)
{
	const char *sender = scenario_world_name(from);
	const char *receiver = scenario_world_name(from == SIM_NS ? SIM_S : SIM_NS);

	switch (why) {
	case SIM_RT_DROP_FULL:
	case SIM_RT_DROP_DOWN:
	case SIM_RT_DROP_LENGTH:
	case SIM_RT_DROP_CRASH:
		return sender;
	case SIM_RT_DROP_STALE:
	case SIM_RT_DROP_E2E:
	case SIM_RT_DROP_CLIENT:
		return receiver;
	default:
		return "ring";
	}
}

static uint64_t drops_sum(const struct sim_rt_flow *f)
{
	uint64_t sum = 0;

	for (unsigned i = SIM_RT_DROP_NONE + 1u; i < SIM_RT_DROPS; i++)
		sum += f->drops[i];
	return sum;
}

static json_t *drops_json(const struct sim_rt_flow *f, enum sim_world_id from)
{
	json_t *places = json_object();

	for (unsigned i = SIM_RT_DROP_NONE + 1u; i < SIM_RT_DROPS; i++) {
		const char *place = drop_place((enum sim_rt_drop)i, from);
		json_t *o = json_object_get(places, place);

		if (!o) {
			json_object_set_new(places, place, json_object());
			o = json_object_get(places, place);
		}
		set(o, sim_rt_drop_name((enum sim_rt_drop)i), f->drops[i]);
	}
	return places;
}

static json_t *flow_interval_json(struct status *st, enum sim_world_id from, double seconds)
{
	const struct sim_rt_flow *now = &st->now->rt.flow[from];
	const struct sim_rt_flow *before = &st->before->rt.flow[from];
	uint64_t frames = since(now->delivered, before->delivered);
	double bits = 8.0 * (double)since(now->delivered_bytes, before->delivered_bytes);
	json_t *o = json_object();

	set(o, "sent", since(now->sent, before->sent));
	set(o, "delivered", frames);
	set(o, "dropped", since(drops_sum(now), drops_sum(before)));
	json_object_set_new(o, "frames_per_s",
			    json_real(seconds > 0 ? (double)frames / seconds : 0));
	json_object_set_new(o, "bits_per_s", json_real(seconds > 0 ? bits / seconds : 0));
	latency_since(&st->between, &now->latency, &before->latency);
	json_object_set_new(o, "latency_ns", latency_json(&st->between));
	return o;
}

static json_t *flow_json(struct status *st, enum sim_world_id from, double seconds)
{
	const struct sim_rt_flow *f = &st->now->rt.flow[from];
	json_t *o = json_object();

	set(o, "offered", f->offered);
	set(o, "offered_bytes", f->offered_bytes);
	set(o, "sent", f->sent);
	set(o, "sent_bytes", f->sent_bytes);
	set(o, "delivered", f->delivered);
	set(o, "delivered_bytes", f->delivered_bytes);
	set(o, "in_flight", f->in_flight);
	set(o, "unaccounted", f->unaccounted);
	set(o, "strays", f->strays);
	set(o, "dropped", drops_sum(f));
	json_object_set_new(o, "drops", drops_json(f, from));
	json_object_set_new(o, "latency_ns", latency_json(&f->latency));
	json_object_set_new(o, "interval", flow_interval_json(st, from, seconds));
	return o;
}

static json_t *world_json(const struct status *st, enum sim_world_id id)
{
	static const char *const states[] = {"down", "wait", "up", "frozen"};
	const struct sim_rt_world_status *w = &st->now->rt.world[id];
	const struct sim_rt_world_status *before = &st->before->rt.world[id];
	json_t *o = json_object(), *interval = json_object();

	set_text(o, "state", (unsigned)w->state < 4u ? states[w->state] : "?");
	set(o, "epoch", w->epoch);
	set(o, "peer_epoch", w->peer_epoch);
	set(o, "boots", w->boots);
	set(o, "crashes", w->crashes);
	set(o, "renewals", w->renewals);
	set(o, "ups", w->ups);
	set(o, "downs", w->downs);
	set(o, "violations", w->violations);
	set(o, "stalls", w->stalls);
	set(o, "activations", w->activations);
	set(o, "polls", w->polls);
	set(o, "rings", w->rings);
	set(o, "suppressed", w->suppressed);
	set(o, "interrupts", w->interrupts);
	set(o, "mmu_faults", w->mmu_faults);
	set(interval, "activations", since(w->activations, before->activations));
	set(interval, "rings", since(w->rings, before->rings));
	set(interval, "suppressed", since(w->suppressed, before->suppressed));
	json_object_set_new(o, "interval", interval);
	return o;
}

static json_t *tap_json(const struct status_tap *tap)
{
	json_t *o;

	if (tap->name[0] == '\0')
		return json_null();
	o = json_object();
	set_text(o, "name", tap->name);
	set(o, "tx_frames", tap->tx_frames);
	set(o, "tx_dropped", tap->tx_dropped);
	set(o, "rx_frames", tap->rx_frames);
	set(o, "rx_dropped", tap->rx_dropped);
	return o;
}

static json_t *faults_json(const struct status *st)
{
	const struct scenario *sc = st->source->sc;
	json_t *a = json_array();

	for (unsigned i = 0; i < sc->fault_count; i++) {
		json_t *o = json_object();

		set_text(o, "fault", scenario_fault_name(sc->fault[i].kind));
		set_text(o, "world", scenario_world_name(sc->fault[i].world));
		set(o, "fired", st->now->rt.fired[i]);
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *capture_json(const struct record_counts *c)
{
	json_t *o = json_object();

	set(o, "frames", c->frames);
	set(o, "events", c->events);
	set(o, "dropped_frames", c->dropped_frames);
	set(o, "dropped_events", c->dropped_events);
	set(o, "stream_drops", c->stream_drops);
	set(o, "cut_off", c->cut_off);
	set(o, "files", c->files);
	set(o, "streams", c->streams);
	set(o, "failed", c->failed);
	return o;
}

/* ---- the picture ---- */

static void by_world(json_t *o, const char *key, json_t *ns, json_t *s)
{
	json_t *both = json_object();

	json_object_set_new(both, scenario_world_name(SIM_NS), ns);
	json_object_set_new(both, scenario_world_name(SIM_S), s);
	json_object_set_new(o, key, both);
}

static json_t *picture(struct status *st, uint64_t wall_ns)
{
	const struct sim_rt_status *rt = &st->now->rt;
	uint64_t interval_ns = since(rt->now_ns, st->before->rt.now_ns);
	double seconds = (double)interval_ns / NS_PER_S;
	json_t *o = json_object(), *flows = json_object(), *monitor = json_object();

	set_text(o, "schema", STATUS_SCHEMA);
	set_text(o, "version", IWC_VERSION);
	set_text(o, "tap", st->source->name);
	set_text(o, "scenario", st->source->sc->name);
	set(o, "time_ns", wall_ns);
	set(o, "elapsed_ns", rt->now_ns);
	set(o, "interval_ns", interval_ns);
	json_object_set_new(flows, "ns-to-s", flow_json(st, SIM_NS, seconds));
	json_object_set_new(flows, "s-to-ns", flow_json(st, SIM_S, seconds));
	json_object_set_new(o, "flows", flows);
	by_world(o, "worlds", world_json(st, SIM_NS), world_json(st, SIM_S));
	by_world(o, "taps", tap_json(&st->now->tap[SIM_NS]), tap_json(&st->now->tap[SIM_S]));
	set(monitor, "calls", rt->smcs);
	set(monitor, "deferred", rt->deferred);
	json_object_set_new(o, "monitor", monitor);
	json_object_set_new(o, "faults", faults_json(st));
	json_object_set_new(o, "capture", capture_json(&st->now->capture));
	return o;
}

json_t *status_take(struct status *st)
{
	struct status_counters *last = st->now;
	struct timespec t;
	json_t *o;

	clock_gettime(CLOCK_REALTIME, &t);
	st->source->read(st->source->ctx, st->now);
	o = picture(st, (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec);
	st->now = st->before;
	st->before = last;
	return o;
}
