/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Do the values of a scenario lie in their ranges and fit together?
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "scenario_schema.h"
#include "stack.h"

/* Ethernet, IPv4 and ICMP or UDP header: what a stack's frame has before its payload. */
#define STACK_HEADERS 42u

struct checker {
	const struct scenario *sc;
	char *key; /* SCENARIO_KEY_MAX bytes */
	struct scenario_note *note;
};

/* Name the key at fault; the note is written already. */
static bool at_fault(const struct checker *c, const char *list, unsigned i, const char *member)
{
	snprintf(c->key, SCENARIO_KEY_MAX, "%s[%u].%s", list, i, member);
	return false;
}

static bool at_key(const struct checker *c, const char *key)
{
	snprintf(c->key, SCENARIO_KEY_MAX, "%s", key);
	return false;
}

/* --- ranges ------------------------------------------------------------------------------------
 */

static bool group_check(const struct checker *c, const struct scenario_group *group,
			const char *prefix, unsigned index);

static bool list_check(const struct checker *c, const struct scenario_key *key, const char *full)
{
	unsigned n = scenario_list_count(c->sc, key);
	char element[SCENARIO_KEY_MAX];

	if (n < key->min || n > key->count_max) {
		scenario_note_set(c->note, "%u elements are outside the range: %u to %u", n,
				  (unsigned)key->min, key->count_max);
		return at_key(c, full);
	}
	for (unsigned i = 0; i < n; i++) {
		snprintf(element, sizeof(element), "%.60s[%u]", full, i);
		if (!group_check(c, key->group, element, i))
			return false;
	}
	return true;
}

static bool key_check(const struct checker *c, const struct scenario_key *key, const char *full,
		      unsigned index)
{
	if (key->type == SCENARIO_LIST)
		return list_check(c, key, full);
	if (key->type != SCENARIO_GROUP)
		return scenario_value_check(c->sc, key, index, c->note) || at_key(c, full);
	if ((key->flags & SCENARIO_OPTIONAL) && !scenario_group_present(c->sc, key->group, index))
		return true;
	return group_check(c, key->group, full, index);
}

static bool group_check(const struct checker *c, const struct scenario_group *group,
			const char *prefix, unsigned index)
{
	char full[SCENARIO_KEY_MAX];

	for (unsigned k = 0; k < group->count; k++) {
		const struct scenario_key *key = &group->key[k];

		if (!scenario_key_applies(c->sc, key, index))
			continue;
		(void)scenario_key_join(full, prefix, key->name);
		if (!key_check(c, key, full, index))
			return false;
	}
	return true;
}

/* --- channel -----------------------------------------------------------------------------------
 */

/* core/ wants room for the longest frame behind a skip while an eighth of the ring is held back. */
static uint32_t lines_needed(uint32_t frame_max_bytes)
{
	uint32_t frame = (frame_max_bytes + IWC_LINE - 1u) / IWC_LINE;
	uint32_t lines = 2;

	while (2u * frame - 1u + lines / 8u > lines)
		lines *= 2u;
	return lines;
}

static bool classes_check(const struct checker *c)
{
	const struct scenario *sc = c->sc;

	for (unsigned i = 0; i < sc->channel.class_count; i++) {
		const struct iwc_class_config *cls = &sc->channel.cls[i];
		uint32_t lines = 1u << cls->lines_log2;

		for (unsigned k = 0; k < i; k++) {
			if (strcmp(sc->class_name[k], sc->class_name[i]) != 0)
				continue;
			scenario_note_set(c->note, "\"%s\" is the name of classes[%u] already",
					  sc->class_name[i], k);
			return at_fault(c, "channel.classes", i, "name");
		}
		if (lines_needed(cls->frame_max_bytes) > lines) {
			scenario_note_set(
			    c->note,
			    "%" PRIu32 " are too few for frames of %u B: at least %" PRIu32, lines,
			    cls->frame_max_bytes, lines_needed(cls->frame_max_bytes));
			return at_fault(c, "channel.classes", i, "lines");
		}
	}
	return true;
}

static bool channel_check(const struct checker *c)
{
	const struct iwc_config *channel = &c->sc->channel;

	if (!classes_check(c))
		return false;
	if (channel->backoff_max_ns < channel->backoff_min_ns) {
		scenario_note_set(c->note, "%s is shorter than channel.backoff_min, %s",
				  scenario_time_show(channel->backoff_max_ns).s,
				  scenario_time_show(channel->backoff_min_ns).s);
		return at_key(c, "channel.backoff_max");
	}
	if (iwc_section_bytes(channel) == 0) {
		scenario_note_set(c->note, "no endpoint takes this configuration");
		return at_key(c, "channel");
	}
	return true;
}

/* --- worlds ------------------------------------------------------------------------------------
 */

static bool critical_check(const struct checker *c, unsigned w)
{
	const struct sim_world_config *world = &c->sc->world[w];

	if (world->critical_deadline_ns > world->critical_period_ns) {
		scenario_note_set(c->note,
				  "%s is later than the next release, critical.period is %s",
				  scenario_time_show(world->critical_deadline_ns).s,
				  scenario_time_show(world->critical_period_ns).s);
		return at_key(c, w == SIM_NS ? "ns.critical.deadline" : "s.critical.deadline");
	}
	if (world->critical_wcet_ns > world->critical_deadline_ns) {
		scenario_note_set(c->note, "%s is longer than critical.deadline, %s",
				  scenario_time_show(world->critical_wcet_ns).s,
				  scenario_time_show(world->critical_deadline_ns).s);
		return at_key(c, w == SIM_NS ? "ns.critical.wcet" : "s.critical.wcet");
	}
	return true;
}

/* --- traffic -----------------------------------------------------------------------------------
 */

static bool window_check(const struct checker *c, uint64_t from_ns, uint64_t to_ns)
{
	if (from_ns >= c->sc->duration_ns) {
		scenario_note_set(c->note, "%s is behind the end of the main phase, duration is %s",
				  scenario_time_show(from_ns).s,
				  scenario_time_show(c->sc->duration_ns).s);
		return false;
	}
	if (to_ns != 0 && to_ns <= from_ns) {
		scenario_note_set(c->note, "%s is not before the end of the window, %s",
				  scenario_time_show(from_ns).s, scenario_time_show(to_ns).s);
		return false;
	}
	return true;
}

static bool flow_names_check(const struct checker *c, unsigned i)
{
	for (unsigned k = 0; k < i; k++) {
		if (strcmp(c->sc->flow[k].name, c->sc->flow[i].name) != 0)
			continue;
		scenario_note_set(c->note, "\"%s\" is the name of traffic[%u] already",
				  c->sc->flow[i].name, k);
		return at_fault(c, "traffic", i, "name");
	}
	return true;
}

static bool frames_check(const struct checker *c, unsigned i)
{
	const struct sim_flow *flow = &c->sc->flow[i];
	uint32_t max = c->sc->channel.cls[flow->cls].frame_max_bytes;

	if (flow->size_max_bytes <= max)
		return true;
	scenario_note_set(c->note, "%s does not fit class \"%s\", whose frame_max is %u B",
			  scenario_size_show(flow->size_max_bytes).s, c->sc->class_name[flow->cls],
			  max);
	return at_fault(c, "traffic", i, "size");
}

static bool stack_sizes_check(const struct checker *c, unsigned i)
{
	const struct sim_flow *flow = &c->sc->flow[i];
	uint32_t min = STACK_HEADERS;

	if (flow->kind == SIM_FLOW_UDP)
		min += SIM_STACK_UDP_PAYLOAD_MIN;
	if (flow->size_min_bytes != flow->size_max_bytes) {
		scenario_note_set(c->note, "the kind \"%s\" has frames of one size",
				  scenario_flow_kind_name(flow->kind));
		return at_fault(c, "traffic", i, "size");
	}
	if (flow->size_min_bytes < min || flow->size_max_bytes > SIM_STACK_FRAME_MAX) {
		scenario_note_set(c->note, "frames of the kind \"%s\" are %u B to %u B long",
				  scenario_flow_kind_name(flow->kind), min, SIM_STACK_FRAME_MAX);
		return at_fault(c, "traffic", i, "size");
	}
	return frames_check(c, i);
}

static bool stack_check(const struct checker *c, unsigned i)
{
	const struct sim_flow *flow = &c->sc->flow[i];

	if (flow->from != SIM_NS) {
		scenario_note_set(c->note, "the kind \"%s\" starts from ns",
				  scenario_flow_kind_name(flow->kind));
		return at_fault(c, "traffic", i, "from");
	}
	for (unsigned w = 0; w < SIM_WORLDS; w++) {
		if (c->sc->world[w].stack)
			continue;
		scenario_note_set(c->note, "the kind \"%s\" needs %s.stack = true",
				  scenario_flow_kind_name(flow->kind), scenario_world_name(w));
		return at_fault(c, "traffic", i, "kind");
	}
	return flow->kind == SIM_FLOW_TCP || stack_sizes_check(c, i);
}

static bool stack_flows_count(const struct checker *c)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->sc->flow_count; i++) {
		if (c->sc->flow[i].kind < SIM_FLOW_PING)
			continue;
		if (++n <= SIM_STACK_FLOWS_MAX)
			continue;
		scenario_note_set(c->note, "more than %u flows of ping, udp and tcp",
				  SIM_STACK_FLOWS_MAX);
		return at_fault(c, "traffic", i, "kind");
	}
	return true;
}

static bool traffic_check(const struct checker *c)
{
	for (unsigned i = 0; i < c->sc->flow_count; i++) {
		const struct sim_flow *flow = &c->sc->flow[i];

		if (!flow_names_check(c, i))
			return false;
		if (!window_check(c, flow->start_ns, flow->stop_ns))
			return at_fault(c, "traffic", i, "start");
		if (flow->kind == SIM_FLOW_FRAMES && !frames_check(c, i))
			return false;
		if (flow->kind >= SIM_FLOW_PING && !stack_check(c, i))
			return false;
	}
	return stack_flows_count(c);
}

/* --- faults and threat -------------------------------------------------------------------------
 */

static bool fault_check(const struct checker *c, unsigned i)
{
	const struct sim_fault *fault = &c->sc->fault[i];
	const struct scenario_fault_info *info = scenario_fault_info(fault->kind);

	if (info->world == SCENARIO_USE_MAY && fault->world != SIM_NS) {
		scenario_note_set(c->note, "only ns attacks");
		return at_fault(c, "faults", i, "world");
	}
	if (!window_check(c, fault->from_ns, fault->to_ns))
		return at_fault(c, "faults", i, "from");
	return true;
}

static bool threat_check(const struct checker *c)
{
	const struct sim_threat *threat = &c->sc->threat;
	bool off =
	    threat->off_core[0] != '\0' || threat->off_weak != 0 || threat->off_set_count != 0;

	if (off && threat->breaks == 0) {
		scenario_note_set(c->note, "with threat.off, it must name at least one property");
		return at_key(c, "threat.breaks");
	}
	if (!off && threat->breaks != 0) {
		scenario_note_set(c->note, "nothing is switched off in threat.off that could break "
					   "a property");
		return at_key(c, "threat.breaks");
	}
	if ((threat->breaks & ~c->sc->properties) != 0) {
		scenario_note_set(c->note, "not all of them are among the properties checked");
		return at_key(c, "threat.breaks");
	}
	return true;
}

/* --- all ---------------------------------------------------------------------------------------
 */

bool scenario_check_keys(const struct scenario *sc, char key[SCENARIO_KEY_MAX],
			 struct scenario_note *note)
{
	struct checker c = {sc, key, note};

	if (!group_check(&c, &scenario_root, "", 0) || !channel_check(&c))
		return false;
	for (unsigned w = 0; w < SIM_WORLDS; w++) {
		if (!critical_check(&c, w))
			return false;
	}
	if (!traffic_check(&c))
		return false;
	for (unsigned i = 0; i < sc->fault_count; i++) {
		if (!fault_check(&c, i))
			return false;
	}
	return threat_check(&c);
}

bool scenario_check(const struct scenario *sc, char *err, size_t err_size)
{
	struct scenario_note note = {""};
	char key[SCENARIO_KEY_MAX];

	if (scenario_check_keys(sc, key, &note))
		return true;
	if (err && err_size > 0)
		snprintf(err, err_size, "%s: %s", key, note.text);
	return false;
}
