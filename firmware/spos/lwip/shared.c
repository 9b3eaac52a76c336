/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The general services are the simulator's, sim/lwip/, compiled as they are: the same code answers
 * in the simulated secure world and here. This is what they ask of their surroundings. A life
 * begins with cleared memory, so they are started once.
 */
#include "../ip.h"

#include "../arch.h"
#include "../clock.h"
#include "../die.h"
#include "../memory.h"
#include "instance.h"

static struct sim_stack_counters counters;
static uint64_t random_state;

_Static_assert(SIM_STACK_ECHO_PORT == IP_PORT_ECHO, "one echo port");
_Static_assert(SIM_STACK_IPERF_PORT == IP_PORT_IPERF, "one iperf port");

struct sim_stack_counters *sim_lwip_own_counters(void)
{
	return &counters;
}

uint64_t sim_lwip_now_ns(void)
{
	return clock_ns();
}

/* Different in each life, and hard to tell for a peer that sees packets only. No secret: the
 * machine has no source of one. */
uint32_t sim_lwip_rand(void)
{
	random_state = sim_lwip_mix(random_state ^ arch_ticks() ^ spos_boot.lives << 56);
	return (uint32_t)random_state;
}

_Noreturn void sim_lwip_trap(const char *what)
{
	die(DIE_ASSERT, what);
}

void shared_start(void)
{
	sim_lwip_server_start();
	sim_lwip_service_tcp_start();
	sim_lwip_service_udp_start();
}

bool shared_answers_by_itself(uint16_t port)
{
	return sim_lwip_answers_by_itself(port);
}

struct shared_counts shared_counts(void)
{
	return (struct shared_counts){
	    .echo_udp = counters.echoed_udp,
	    .echo_tcp_bytes = counters.echoed_tcp_bytes,
	    .service_udp_in = counters.service_udp_in,
	    .service_udp_out = counters.service_udp_out,
	    .service_tcp_in_bytes = counters.service_tcp_in_bytes,
	    .service_tcp_out_bytes = counters.service_tcp_out_bytes,
	    .tcp_accepted = counters.tcp_accepted,
	    .tcp_refused = counters.tcp_refused,
	};
}
