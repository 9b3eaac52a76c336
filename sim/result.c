/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * result.c - verdict and result.json of a run (docs/result.md).
 */
#include "machine.h"
#include "report.h"
#include "scenario_file.h"
#include "version.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LANES_MAX 200u

static uint32_t mask_of(const uint64_t *n)
{
	uint32_t mask = 0;

	for (unsigned p = 1; p <= SIM_PROPERTIES; p++)
		if (n[p] != 0u)
			mask |= SIM_PROPERTY(p);
	return mask;
}

static void bound_text(char *buf, size_t size)
{
	snprintf(buf, size,
		 "seed %" PRIu64 ", 1 run, %" PRIu64 " us %s, %" PRIu64
		 " shared accesses, %u faults fired",
		 sim.opt->seed, sim.now_ns / 1000u, sim.opt->threads ? "real time" : "virtual time",
		 sim.world[SIM_NS].accesses + sim.world[SIM_S].accesses, sim.firings);
}

void sim_result_fill(struct sim_result *result)
{
	struct sim_summary *s = &result->summary;

	s->violated = mask_of(sim.check.failed);
	s->checked = mask_of(sim.check.checks) & sim.sc->properties;
	s->first = sim.violation[0];
	s->end_ns = sim.now_ns;
	s->steps = sim.events;
	s->accesses = sim.world[SIM_NS].accesses + sim.world[SIM_S].accesses;
	s->frames_sent = sim.frames_sent;
	s->frames_delivered = sim.frames_delivered;
	s->trace_hash = sim.hash;
	s->partial = sim.interrupted;
	if (s->violated != 0u) {
		s->verdict = SIM_FAIL;
		snprintf(s->reason, sizeof(s->reason), "P%u: %.180s", s->first.property,
			 s->first.text);
	} else if (sim.interrupted) {
		s->verdict = SIM_UNDECIDED;
		snprintf(s->reason, sizeof(s->reason), "interrupted at %" PRIu64 " us of %" PRIu64,
			 sim.now_ns / 1000u, sim.end_ns / 1000u);
	} else if (s->checked == 0u) {
		s->verdict = SIM_UNDECIDED;
		snprintf(s->reason, sizeof(s->reason), "no property had an occasion to be checked");
	} else {
		s->verdict = SIM_PASS;
		bound_text(s->reason, sizeof(s->reason));
	}
}

/* ---- parts of the JSON ---- */

static void set(json_t *o, const char *key, uint64_t v)
{
	json_object_set_new(o, key, json_integer(v > INT64_MAX ? INT64_MAX : (json_int_t)v));
}

static void set_text(json_t *o, const char *key, const char *text)
{
	json_t *s = json_string(text);

	json_object_set_new(o, key, s != NULL ? s : json_string("?"));
}

static json_t *property_list(uint32_t mask)
{
	json_t *a = json_array();
	char id[8];

	for (unsigned p = 1; p <= SIM_PROPERTIES; p++)
		if ((mask & SIM_PROPERTY(p)) != 0u) {
			snprintf(id, sizeof(id), "P%u", p);
			json_array_append_new(a, json_string(id));
		}
	return a;
}

static json_t *scenario_json(void)
{
	json_t *o = json_object();

	set_text(o, "name", sim.sc->name);
	set_text(o, "title", sim.sc->title);
	set_text(o, "text", sim.sc->text);
	set_text(o, "path", sim.sc->path);
	return o;
}

static json_t *threat_json(void)
{
	const struct sim_threat *t = &sim.sc->threat;
	json_t *o;

	if (t->id[0] == '\0')
		return json_null();
	o = json_object();
	set_text(o, "id", t->id);
	set_text(o, "attacker", t->attacker);
	set_text(o, "what", t->what);
	set_text(o, "countermeasure", t->countermeasure);
	json_object_set_new(o, "breaks", property_list(t->breaks));
	return o;
}

static json_t *off_json(void)
{
	json_t *a = json_array();
	char text[128];

	for (unsigned i = 0; i < SIM_WORLDS; i++)
		if (strcmp(sim.sc->core[i], "core") != 0) {
			snprintf(text, sizeof(text), "core %s on %s", sim.sc->core[i],
				 i == SIM_NS ? "ns" : "s");
			json_array_append_new(a, json_string(text));
		}
	for (unsigned bit = 0; bit < 32u; bit++)
		if ((sim.sc->weakness >> bit & 1u) != 0u)
			json_array_append_new(a, json_string(scenario_weakness_name(bit)));
	return a;
}

static json_t *properties_json(void)
{
	json_t *a = json_array();

	for (unsigned p = 1; p <= SIM_PROPERTIES; p++) {
		json_t *o = json_object();
		bool asked = (sim.sc->properties & SIM_PROPERTY(p)) != 0u;
		char id[8], detail[80] = "";

		snprintf(id, sizeof(id), "P%u", p);
		set_text(o, "id", id);
		set_text(o, "name", sim_property_name(p));
		set_text(o, "text", sim_property_text(p));
		set_text(o, "verdict",
			 sim.check.failed[p] != 0u	      ? "FAIL"
			 : asked && sim.check.checks[p] != 0u ? "PASS"
							      : "SKIP");
		set(o, "checks", asked ? sim.check.checks[p] : 0u);
		if (p == 4u)
			snprintf(detail, sizeof(detail), "at most %u shared reads in an activation",
				 sim.world[SIM_S].reads_worst);
		if (p == 10u && sim.world[SIM_S].jobs != 0u)
			snprintf(detail, sizeof(detail), "worst response %" PRIu64 " ns",
				 sim.world[SIM_S].worst_response_ns);
		if (!asked)
			snprintf(detail, sizeof(detail), "not asked for by the scenario");
		set_text(o, "detail", detail);
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *violations_json(void)
{
	json_t *a = json_array();

	for (unsigned i = 0; i < sim.violations && i < SIM_VIOLATIONS_MAX; i++) {
		const struct sim_violation *v = &sim.violation[i];
		json_t *o = json_object();
		char id[8];

		snprintf(id, sizeof(id), "P%u", v->property);
		set(o, "time_ns", v->time_ns);
		set_text(o, "property", id);
		set_text(o, "world", v->world == SIM_NS ? "ns" : "s");
		set_text(o, "detector", v->detector);
		set_text(o, "text", v->text);
		json_array_append_new(a, o);
	}
	return a;
}

static const char *lane_kind(uint8_t kind)
{
	switch (kind) {
	case SIM_EV_BOOT:
	case SIM_EV_RENEW:
		return "boot";
	case SIM_EV_CRASH:
		return "crash";
	case SIM_EV_STATE:
		return "session";
	case SIM_EV_SEND:
	case SIM_EV_RECV:
		return "frame";
	case SIM_EV_DROP:
		return "drop";
	case SIM_EV_SMC:
		return "smc";
	case SIM_EV_DEFERRED:
		return "doorbell";
	case SIM_EV_INTERRUPT:
		return "interrupt";
	case SIM_EV_VIOLATION:
	case SIM_EV_PROPERTY:
	case SIM_EV_MISS:
		return "violation";
	case SIM_EV_FAULT:
		return "fault";
	default:
		return "step";
	}
}

static json_t *lane_json(const struct sim_event *e)
{
	static const char *const names[] = {"ns", "s", "monitor"};
	const char *from = names[e->who < 3u ? e->who : 2u], *to = from;
	json_t *o = json_object();
	char text[200], line[256];

	sim_event_text(e, text, sizeof(text));
	snprintf(line, sizeof(line), "%s%s%s", sim_event_kind_name((enum sim_event_kind)e->kind),
		 text[0] != '\0' ? " " : "", text);
	if (e->kind == SIM_EV_SMC)
		to = "monitor";
	if (e->kind == SIM_EV_INTERRUPT)
		to = names[e->a];
	if (e->kind == SIM_EV_SEND)
		to = names[e->who == SIM_NS ? SIM_S : SIM_NS];
	set(o, "time_ns", e->time_ns);
	set_text(o, "from", from);
	set_text(o, "to", to);
	set_text(o, "kind", lane_kind(e->kind));
	set_text(o, "text", line);
	return o;
}

/* The steps up to the failing one, or the first steps of a good run. */
static json_t *lanes_json(json_t *result)
{
	json_t *a = json_array();
	uint64_t end = sim.violations != 0u ? sim.failing_event + 1u : 0u, from;

	json_object_set_new(result, "failing_step", json_integer(-1));
	if (end == 0u || end + SIM_RECENT <= sim.events) {
		for (uint64_t i = 0; i < sim.events && i < SIM_EARLY; i++)
			json_array_append_new(a, lane_json(&sim.early[i]));
		return a;
	}
	from = end > LANES_MAX ? end - LANES_MAX : 0u;
	if (sim.events - from > SIM_RECENT)
		from = sim.events - SIM_RECENT;
	for (uint64_t i = from; i < end; i++)
		json_array_append_new(a, lane_json(&sim.recent[i % SIM_RECENT]));
	json_object_set_new(result, "failing_step", json_integer((json_int_t)(end - 1u - from)));
	return a;
}

/* ---- counters ---- */

static void endpoint_counters(json_t *o, const struct iwc *ep)
{
	const struct iwc_counters *n = &ep->n;
	struct iwc_e2e_counters e = {0};
	uint64_t sent = 0, received = 0, refused = 0;

	for (unsigned c = 0; c < sim.sc->channel.class_count; c++) {
		const struct iwc_e2e_counters *x = &ep->rx[c].check.n;

		sent += n->sent[c];
		received += n->received[c];
		refused += n->refused[c];
		e.corrupted += x->corrupted;
		e.inserted += x->inserted;
		e.repeated += x->repeated;
		e.reordered += x->reordered;
		e.lost += x->lost;
		e.late += x->late;
	}
	set(o, "sent", sent);
	set(o, "received", received);
	set(o, "refused", refused);
	set(o, "unsent", n->unsent);
	set(o, "abandoned_lines", n->abandoned_lines);
	set(o, "stale", n->stale);
	set(o, "ups", n->ups);
	set(o, "downs", n->downs);
	set(o, "peer_restarts", n->peer_restarts);
	set(o, "refused_epochs", n->refused_epochs);
	set(o, "renewals", n->renewals);
	set(o, "stalls", n->stalls);
	set(o, "violations", n->violations);
	set(o, "rings", n->rings);
	set(o, "e2e_corrupted", e.corrupted);
	set(o, "e2e_inserted", e.inserted);
	set(o, "e2e_repeated", e.repeated);
	set(o, "e2e_reordered", e.reordered);
	set(o, "e2e_lost", e.lost);
	set(o, "e2e_late", e.late);
}

static json_t *world_counters(const struct sim_world *w)
{
	static const char *const drops[SIM_DROPS] = {"drop_full",    "drop_queue",  "drop_down",
						     "drop_filter",  "drop_length", "drop_buffers",
						     "drop_session", "drop_check"};
	json_t *o = json_object();

	endpoint_counters(o, &w->ep);
	set(o, "boots", w->boots);
	set(o, "crashes", w->crashes);
	set(o, "activations", w->activations);
	set(o, "polls", w->polls);
	set(o, "wakes", w->wakes);
	set(o, "interrupts", w->interrupts);
	set(o, "accesses", w->accesses);
	set(o, "mmu_faults", w->mmu_faults);
	for (unsigned d = 0; d < SIM_DROPS; d++)
		set(o, drops[d], w->drops[d]);
	return o;
}

static json_t *counters_json(void)
{
	json_t *o = json_object(), *m = json_object(), *x = json_object();

	json_object_set_new(o, "ns", world_counters(&sim.world[SIM_NS]));
	json_object_set_new(o, "s", world_counters(&sim.world[SIM_S]));
	set(m, "smcs", sim.monitor.smcs);
	set(m, "interrupts_raised", sim.monitor.raises);
	set(m, "deferred", sim.monitor.deferred);
	set(m, "boots_ns", sim.monitor.boots[SIM_NS]);
	set(m, "boots_s", sim.monitor.boots[SIM_S]);
	json_object_set_new(o, "monitor", m);
	set(x, "frames_sent", sim.frames_sent);
	set(x, "frames_delivered", sim.frames_delivered);
	set(x, "events", sim.events);
	json_object_set_new(o, "machine", x);
	return o;
}

static const char *direction(unsigned sender)
{
	return sender == SIM_NS ? "ns-to-s" : "s-to-ns";
}

static json_t *latency_json(void)
{
	json_t *a = json_array();

	for (unsigned i = 0; i < SIM_WORLDS; i++)
		for (unsigned c = 0; c < sim.sc->channel.class_count; c++) {
			json_t *o;

			if (sim.latency[i][c].count == 0u)
				continue;
			o = json_object();
			set_text(o, "direction", direction(i));
			set_text(o, "class", sim.sc->class_name[c]);
			(void)report_histogram_set(o, &sim.latency[i][c]);
			json_array_append_new(a, o);
		}
	return a;
}

/* A point where the occupancy was seen, and one where nothing happens any more. */
static json_t *points_json(const struct sim_points *p)
{
	json_t *a = json_array();
	bool seen = false;

	for (unsigned k = 0; k < SIM_POINTS; k++) {
		bool now = p->low[k] <= p->high[k];
		json_int_t t = (json_int_t)(sim.end_ns * k / SIM_POINTS);

		if (now)
			json_array_append_new(a, json_pack("[I,I,I]", t, (json_int_t)p->low[k],
							   (json_int_t)p->high[k]));
		else if (seen)
			json_array_append_new(a,
					      json_pack("[I,I,I]", t, (json_int_t)p->last[k - 1u],
							(json_int_t)p->last[k - 1u]));
		seen = now;
	}
	return a;
}

static json_t *occupancy_json(void)
{
	json_t *a = json_array();

	for (unsigned i = 0; i < SIM_WORLDS; i++)
		for (unsigned c = 0; c < sim.sc->channel.class_count; c++) {
			json_t *o = json_object();

			set_text(o, "direction", direction(i));
			set_text(o, "class", sim.sc->class_name[c]);
			set(o, "lines", sim.range[c].lines);
			json_object_set_new(o, "points", points_json(&sim.world[i].points[c]));
			json_array_append_new(a, o);
		}
	return a;
}

static json_t *critical_json(void)
{
	const struct sim_world *w = &sim.world[SIM_S];
	json_t *h, *o;

	if (sim.sc->world[SIM_S].critical_period_ns == 0u)
		return json_null();
	h = json_object();
	o = json_object();
	(void)report_histogram_set(h, &sim.response);
	json_object_set(o, "buckets", json_object_get(h, "buckets"));
	json_decref(h);
	set(o, "jobs", w->jobs);
	set(o, "missed", w->jobs_missed);
	set(o, "worst_response_ns", w->worst_response_ns);
	set(o, "deadline_ns", sim.sc->world[SIM_S].critical_deadline_ns);
	return o;
}

static json_t *faults_json(void)
{
	json_t *a = json_array();

	for (unsigned i = 0; i < sim.sc->fault_count; i++) {
		json_t *o = json_object();

		set(o, "index", i);
		set_text(o, "kind", scenario_fault_name(sim.sc->fault[i].kind));
		set_text(o, "world", scenario_world_name(sim.sc->fault[i].world));
		set(o, "opportunities", sim.fault[i].passed);
		set(o, "fired", sim.fault[i].fired);
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *traffic_json(void)
{
	json_t *a = json_array();

	for (unsigned i = 0; i < sim.sc->flow_count; i++) {
		const struct sim_flow *f = &sim.sc->flow[i];
		const struct sim_flow_state *st = &sim.flow[i];
		json_t *o;

		/* What the stacks' clients did is told by the stacks. */
		if (f->kind != SIM_FLOW_FRAMES && f->kind != SIM_FLOW_REPLAY)
			continue;
		o = json_object();
		set_text(o, "name", f->name);
		set_text(o, "from", scenario_world_name(f->from));
		set_text(o, "class", sim.sc->class_name[f->cls]);
		set(o, "offered", st->offered);
		set(o, "accepted", st->accepted);
		set(o, "delivered", st->delivered);
		set(o, "dropped", st->dropped);
		json_array_append_new(a, o);
	}
	return a;
}

static void stack_counter(void *ctx, const char *name, uint64_t value)
{
	set(ctx, name, value);
}

static json_t *stack_json(void)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		const struct sim_stack_ops *ops = i == SIM_NS ? &sim_stack_ns : &sim_stack_s;
		struct sim_stack_counters n;
		struct sim_stack_flow_report r;
		json_t *s;

		if (!sim.sc->world[i].stack)
			continue;
		s = json_object();
		ops->counters(&n);
		sim_stack_counters_each(&n, stack_counter, s);
		for (unsigned f = 0; f < SIM_STACK_FLOWS_MAX && ops->flow(f, &r); f++) {
			char key[32];

			snprintf(key, sizeof(key), "flow%u", f);
			json_object_set_new(s, key,
					    json_pack("{s:I,s:I,s:I,s:b}", "sent",
						      (json_int_t)r.sent, "received",
						      (json_int_t)r.received, "bad",
						      (json_int_t)r.bad, "done", r.done));
		}
		json_object_set_new(o, scenario_world_name(i), s);
	}
	if (json_object_size(o) != 0u)
		return o;
	json_decref(o);
	return json_null();
}

static void reproduce(char *buf, size_t size)
{
	bool plain = strcmp(sim.sc->core[0], "core") == 0 && strcmp(sim.sc->core[1], "core") == 0 &&
		     sim.sc->weakness == 0u;

	snprintf(buf, size, "iwc run %s --seed %" PRIu64 "%s%s",
		 sim.sc->path[0] != '\0' ? sim.sc->path : "scenario.cfg", sim.opt->seed,
		 plain || sim.sc->threat.id[0] == '\0' ? "" : " --off",
		 sim.opt->threads ? " --threads" : "");
}

json_t *sim_result_json(const struct sim_result *result)
{
	const struct sim_summary *s = &result->summary;
	json_t *o = json_object(), *off = off_json();
	char text[SIM_PATH_MAX + 128];

	set_text(o, "schema", "iwc-result-1");
	set_text(o, "version", IWC_VERSION);
	json_object_set_new(o, "scenario", scenario_json());
	json_object_set_new(o, "threat", threat_json());
	snprintf(text, sizeof(text), "%" PRIu64, sim.opt->seed);
	set_text(o, "seed", text);
	set_text(o, "mode", sim.opt->threads ? "threads" : "virtual");
	set_text(o, "countermeasure", json_array_size(off) != 0u ? "off" : "on");
	json_object_set_new(o, "off", off);
	set_text(o, "verdict", sim_verdict_name(s->verdict));
	set_text(o, "reason",
		 s->verdict == SIM_PASS ? "every property that had an occasion held" : s->reason);
	bound_text(text, sizeof(text));
	set_text(o, "bound", text);
	json_object_set_new(o, "partial", json_boolean(s->partial));
	reproduce(text, sizeof(text));
	set_text(o, "reproduce", text);
	set(o, "virtual_ns", s->end_ns);
	set(o, "main_ns", sim.main_end_ns);
	set(o, "accesses", s->accesses);
	set(o, "steps", s->steps);
	snprintf(text, sizeof(text), "%016" PRIx64, s->trace_hash);
	set_text(o, "trace_hash", text);
	json_object_set_new(o, "properties", properties_json());
	json_object_set_new(o, "violations", violations_json());
	json_object_set_new(o, "lanes", lanes_json(o));
	json_object_set_new(o, "counters", counters_json());
	json_object_set_new(o, "latency", latency_json());
	json_object_set_new(o, "occupancy", occupancy_json());
	json_object_set_new(o, "critical", critical_json());
	json_object_set_new(o, "faults", faults_json());
	json_object_set_new(o, "traffic", traffic_json());
	json_object_set_new(o, "stack", stack_json());
	return o;
}
