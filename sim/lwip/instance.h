/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the parts of one instance of the stack (see ../stack.h): adapter, servers, client and
 * lwIP itself are linked into one object whose only symbol left is the instance's operations, so
 * the names below exist once a world. Everything runs in the caller's thread.
 *
 * Memory: lwIP's variables are restored as a whole by the adapter; the server's and the client's
 * are theirs to reset in their start function, which the adapter calls at each power-on.
 */
#ifndef IWC_SIM_LWIP_INSTANCE_H
#define IWC_SIM_LWIP_INSTANCE_H

#include "lwip/err.h"

#include "stack.h"

struct pbuf;
struct tcp_pcb;

/* --- adapter.c: what the operations of the instance are made of; the contract is in stack.h --- */

bool sim_lwip_power_on(const struct sim_stack_config *config, uint64_t now_ns);
void sim_lwip_input(const uint8_t *frame, size_t len, uint64_t now_ns);
void sim_lwip_tick(uint64_t now_ns);
uint64_t sim_lwip_next_timeout_ns(uint64_t now_ns);
void sim_lwip_writable(uint64_t now_ns);
void sim_lwip_counters(struct sim_stack_counters *counters);
const char *sim_lwip_fault(void);

/* --- adapter.c: for server and client ----------------------------------------------------------
 */

/* The configuration of this life of the world. */
const struct sim_stack_config *sim_lwip_config(void);
uint64_t sim_lwip_now_ns(void);
/* The counters that neither lwIP nor the adapter keeps: echoes, connections, ICMP checksums. */
struct sim_stack_counters *sim_lwip_own_counters(void);

/* --- server.c ----------------------------------------------------------------------------------
 */

/* Opens the echo ports. Called once a life, after lwIP's own start, like the two below. */
void sim_lwip_server_start(void);

/* --- service_tcp.c, service_udp.c: discard, character generator, iperf 2 ------------------------
 */

void sim_lwip_service_tcp_start(void);
void sim_lwip_service_udp_start(void);
/*
 * Whether a datagram from that port may come from a service that answers whatever it gets. Two of
 * those would keep each other busy for ever.
 */
bool sim_lwip_answers_by_itself(uint16_t port);

/* --- place.c ------------------------------------------------------------------------------------
 */

/* One of a server's connections: the first member of what the server keeps for it. */
struct sim_lwip_place {
	struct tcp_pcb *pcb; /* NULL: free */
	unsigned polls_idle; /* since its last traffic: poll adds, the other callbacks clear */
};

/*
 * From a server's accept: the place that pcb gets, the argument of its callbacks from now on; poll
 * and the error callback are set. NULL: none was free, and pcb is aborted.
 */
struct sim_lwip_place *sim_lwip_place_take(struct sim_lwip_place *const places[], unsigned n,
					   struct tcp_pcb *pcb,
					   err_t (*poll)(void *place, struct tcp_pcb *pcb));
/* Frees the place and closes the connection, from a callback, which returns the result to lwIP. */
err_t sim_lwip_place_close(struct sim_lwip_place *place);

/* --- client.c ----------------------------------------------------------------------------------
 */

/* Sets up the flows of the configuration, with their old reports when the configuration says so. */
void sim_lwip_client_start(void);
/* Sends what is due. */
void sim_lwip_client_run(void);
/* When client_run has something to do next; SIM_STACK_NEVER: nothing. */
uint64_t sim_lwip_client_next_ns(void);
bool sim_lwip_client_flow(unsigned flow, struct sim_stack_flow_report *report);
bool sim_lwip_client_done(void);
/* Notes a round-trip time in the report and tells the caller. */
void sim_lwip_client_rtt(unsigned flow, uint64_t rtt_ns);
/* Where the flow is described and where it is accounted for; flow < flows_count. */
const struct sim_stack_flow *sim_lwip_client_work(unsigned flow);
struct sim_stack_flow_report *sim_lwip_client_report(unsigned flow);
/* The key of the flow's content, for sim_lwip_content_fill. */
uint64_t sim_lwip_client_key(unsigned flow);

/* --- client_echo.c: ping and UDP; client_tcp.c: TCP. Each is called for flows of its kind only. -
 */

void sim_lwip_echo_start(unsigned flow);
void sim_lwip_echo_run(unsigned flow);
uint64_t sim_lwip_echo_next_ns(unsigned flow);

void sim_lwip_tcp_start(unsigned flow);
void sim_lwip_tcp_run(unsigned flow);
uint64_t sim_lwip_tcp_next_ns(unsigned flow);

/* --- content.c ----------------------------------------------------------------------------------
 */

/* A bijection that makes neighbouring numbers look unrelated. */
uint64_t sim_lwip_mix(uint64_t x);
/* Bytes offset to offset + len of the endless content that belongs to the key. */
void sim_lwip_content_fill(uint64_t key, uint64_t offset, uint8_t *bytes, size_t len);
/* How many of the bytes differ from that content. */
size_t sim_lwip_content_differ(uint64_t key, uint64_t offset, const uint8_t *bytes, size_t len);
/*
 * At least TCP_MSS bytes of the text of a character generator (RFC 864) from that position on:
 * lines of 72 of the 95 printable characters, each line beginning one further.
 */
const uint8_t *sim_lwip_text(uint64_t position);

#endif
