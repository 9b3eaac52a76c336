/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of the stacks' contract that both instances share: nothing here has a state, and nothing
 * knows lwIP.
 */
#include "stack.h"

void sim_stack_counters_each(const struct sim_stack_counters *counters,
			     void (*visit)(void *ctx, const char *name, uint64_t value), void *ctx)
{
#define VISIT(field) visit(ctx, #field, counters->field)
	VISIT(frames_in);
	VISIT(bytes_in);
	VISIT(frames_in_bad_length);
	VISIT(frames_in_no_memory);
	VISIT(frames_out);
	VISIT(bytes_out);
	VISIT(frames_out_refused);
	VISIT(arp_in);
	VISIT(ipv4_in);
	VISIT(icmp_in);
	VISIT(udp_in);
	VISIT(tcp_in);
	VISIT(checksum_errors);
	VISIT(malformed);
	VISIT(dropped);
	VISIT(memory_errors);
	VISIT(echoed_udp);
	VISIT(echoed_tcp_bytes);
	VISIT(service_udp_in);
	VISIT(service_udp_out);
	VISIT(service_tcp_in_bytes);
	VISIT(service_tcp_out_bytes);
	VISIT(tcp_accepted);
	VISIT(tcp_refused);
	VISIT(faults);
#undef VISIT
}

const char *sim_stack_flow_kind_name(enum sim_stack_flow_kind kind)
{
	switch (kind) {
	case SIM_STACK_FLOW_PING:
		return "ping";
	case SIM_STACK_FLOW_UDP:
		return "udp";
	case SIM_STACK_FLOW_TCP:
		return "tcp";
	}
	return "?";
}

static const char *flow_check(const struct sim_stack_flow *flow)
{
	switch (flow->kind) {
	case SIM_STACK_FLOW_PING:
		break;
	case SIM_STACK_FLOW_UDP:
		if (flow->size_bytes < SIM_STACK_UDP_PAYLOAD_MIN)
			return "a UDP echo needs a payload of at least 4 bytes";
		break;
	case SIM_STACK_FLOW_TCP:
		return NULL;
	default:
		return "the kind of flow is none of ping, udp, tcp";
	}
	if (flow->size_bytes > SIM_STACK_PAYLOAD_MAX)
		return "the payload is longer than 1472 bytes, which is all that fits a frame";
	return NULL;
}

static bool mac_usable(const uint8_t mac[6])
{
	unsigned sum = 0;

	for (unsigned i = 0; i < 6; i++)
		sum += mac[i];
	return sum != 0 && (mac[0] & 1u) == 0;
}

static uint32_t ipv4_number(const uint8_t octets[4])
{
	return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 |
	       octets[3];
}

/* A host address: neither "this network" (0/8), loopback, multicast nor reserved. */
static bool ipv4_usable(const uint8_t octets[4])
{
	return octets[0] != 0 && octets[0] != 127 && octets[0] < 224;
}

static const char *addresses_check(const struct sim_stack_config *config)
{
	uint32_t own = ipv4_number(config->ipv4);
	uint32_t peer = ipv4_number(config->peer_ipv4);
	uint32_t mask = ipv4_number(config->netmask);
	uint32_t hosts = ~mask;

	if (!mac_usable(config->mac))
		return "the MAC address is zero or a group address";
	if (!ipv4_usable(config->ipv4))
		return "the IPv4 address is not that of a host";
	if (!ipv4_usable(config->peer_ipv4))
		return "the peer's IPv4 address is not that of a host";
	if ((hosts & (hosts + 1)) != 0 || hosts < 3 || mask == 0)
		return "the netmask is not a row of 1 to 30 one bits";
	if (own == peer)
		return "both worlds have the same IPv4 address";
	if ((own & mask) != (peer & mask))
		return "the peer is not in the same IPv4 network";
	if ((own & hosts) == 0 || (own & hosts) == hosts)
		return "the IPv4 address is the network's or the broadcast address";
	if ((peer & hosts) == 0 || (peer & hosts) == hosts)
		return "the peer's IPv4 address is the network's or the broadcast address";
	if (config->peer_static && !mac_usable(config->peer_mac))
		return "the peer's MAC address is zero or a group address";
	return NULL;
}

const char *sim_stack_config_check(const struct sim_stack_config *config, int *flow)
{
	const char *error;

	if (flow)
		*flow = -1;
	if (!config->output)
		return "there is no output";
	error = addresses_check(config);
	if (error)
		return error;
	if (config->flows_count > SIM_STACK_FLOWS_MAX)
		return "there are more than 4 flows";
	for (unsigned i = 0; i < config->flows_count; i++) {
		error = flow_check(&config->flows[i]);
		if (!error)
			continue;
		if (flow)
			*flow = (int)i;
		return error;
	}
	return NULL;
}
