/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's flows: their descriptions, their reports, and who works on them. The reports outlive
 * a power-on when the configuration says so; the flows' workings never do.
 */
#include "instance.h"

#include <string.h>

struct notes {
	struct sim_stack_flow work;
	struct sim_stack_flow_report report;
};

static struct notes notes[SIM_STACK_FLOWS_MAX];
static unsigned notes_count;

static bool flow_goes_on(const struct sim_stack_flow *old, const struct sim_stack_flow *new)
{
	if (!sim_lwip_config()->resume || old->kind != new->kind)
		return false;
	if (new->kind == SIM_STACK_FLOW_TCP)
		return old->bytes == new->bytes;
	return old->count == new->count && old->size_bytes == new->size_bytes;
}

void sim_lwip_client_start(void)
{
	const struct sim_stack_config *config = sim_lwip_config();

	for (unsigned i = 0; i < config->flows_count; i++) {
		if (i >= notes_count || !flow_goes_on(&notes[i].work, &config->flows[i]))
			memset(&notes[i].report, 0, sizeof(notes[i].report));
		notes[i].work = config->flows[i];
		if (notes[i].work.kind == SIM_STACK_FLOW_TCP)
			sim_lwip_tcp_start(i);
		else
			sim_lwip_echo_start(i);
	}
	notes_count = config->flows_count;
}

void sim_lwip_client_run(void)
{
	for (unsigned i = 0; i < notes_count; i++) {
		if (notes[i].report.done)
			continue;
		if (notes[i].work.kind == SIM_STACK_FLOW_TCP)
			sim_lwip_tcp_run(i);
		else
			sim_lwip_echo_run(i);
	}
}

uint64_t sim_lwip_client_next_ns(void)
{
	uint64_t next_ns = SIM_STACK_NEVER;

	for (unsigned i = 0; i < notes_count; i++) {
		uint64_t flow_ns;

		if (notes[i].report.done)
			continue;
		flow_ns = notes[i].work.kind == SIM_STACK_FLOW_TCP ? sim_lwip_tcp_next_ns(i)
								   : sim_lwip_echo_next_ns(i);
		if (flow_ns < next_ns)
			next_ns = flow_ns;
	}
	return next_ns;
}

bool sim_lwip_client_flow(unsigned flow, struct sim_stack_flow_report *report)
{
	if (flow >= notes_count) {
		memset(report, 0, sizeof(*report));
		return false;
	}
	*report = notes[flow].report;
	return true;
}

bool sim_lwip_client_done(void)
{
	for (unsigned i = 0; i < notes_count; i++) {
		if (!notes[i].report.done)
			return false;
	}
	return true;
}

void sim_lwip_client_rtt(unsigned flow, uint64_t rtt_ns)
{
	const struct sim_stack_config *config = sim_lwip_config();
	struct sim_stack_flow_report *report = &notes[flow].report;

	if (report->rtt_count == 0 || rtt_ns < report->rtt_min_ns)
		report->rtt_min_ns = rtt_ns;
	if (rtt_ns > report->rtt_max_ns)
		report->rtt_max_ns = rtt_ns;
	report->rtt_sum_ns += rtt_ns;
	report->rtt_count++;
	if (config->rtt)
		config->rtt(config->ctx, flow, rtt_ns);
}

const struct sim_stack_flow *sim_lwip_client_work(unsigned flow)
{
	return &notes[flow].work;
}

struct sim_stack_flow_report *sim_lwip_client_report(unsigned flow)
{
	return &notes[flow].report;
}

uint64_t sim_lwip_client_key(unsigned flow)
{
	return sim_lwip_mix(sim_lwip_config()->seed + flow);
}
