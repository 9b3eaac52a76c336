/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ip.h - lwIP on the channel, 10.77.0.2/24 beside Linux's 10.77.0.1, and what is served there. All
 * of it runs in the network task.
 */
#ifndef SPOS_IP_H
#define SPOS_IP_H

#include <stdbool.h>
#include <stdint.h>

#include "net_if.h"

#define IP_ADDRESS 10, 77, 0, 2
#define IP_NETMASK 255, 255, 255, 0
#define IP_MAC 0x02, 0x69, 0x77, 0x63, 0x00, 0x02

/* UDP and TCP; beside them discard 9 and character generator 19, see sim/lwip/ */
#define IP_PORT_ECHO 7
#define IP_PORT_IPERF 5001
/* UDP */
#define IP_PORT_SIGN 7701
#define IP_PORT_STATISTICS 7702
#define IP_PORT_TEST 7703 /* in test builds */

/* Interface up and servers open. The driver is bound to the region. False: out of memory, or
 * net_init refused. */
bool ip_start(void);

/* One activation of the driver, then what is due by time. True: there is more to do. */
bool ip_poll(void);

/* For the statistics page. */
const struct net_if *ip_net(void);
bool ip_link_is_up(void);

/* Called by ip_start. False: out of memory. */
bool sign_start(void);
bool statistics_start(void);
bool test_port_start(void);

/* What this world shares with the simulated one: echo, discard, character generator, iperf 2. */
void shared_start(void);

/* Whether who sent from that port may answer whatever it gets: answer it and it never ends. */
bool shared_answers_by_itself(uint16_t port);

struct shared_counts {
	uint64_t echo_udp, echo_tcp_bytes;
	uint64_t service_udp_in, service_udp_out;
	uint64_t service_tcp_in_bytes, service_tcp_out_bytes;
	uint64_t tcp_accepted, tcp_refused;
};

struct shared_counts shared_counts(void);

#endif
