/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worlds' IP stacks: two separate instances of lwIP in one process, driven in virtual time.
 *
 * sim_stack_ns and sim_stack_s are complete stacks with memory of their own (static, bounded);
 * neither can reach the other except through the frames that the caller carries. Both know the same
 * roles: a server answers ARP, ICMP echo, and over UDP and TCP echo (port 7), discard (9),
 * character generator (19) and iperf 2 (5001; of TCP either direction or both in one connection, of
 * UDP what the client sends); flows are the small client that sends traffic to the peer's echo
 * server and checks what comes back.
 *
 * The caller drives everything and nothing here blocks, reads a clock or draws a random number of
 * its own: the same calls with the same arguments give the same frames. Each instance belongs to
 * one thread at a time; the two may run in different threads. There is one pair in a process, so
 * two simulations in one process take turns.
 *
 * An instance is off until its first power_on. While it is off, and after a fault (see
 * sim_stack_counters), every call is harmless and does nothing, until the next power_on.
 */
#ifndef IWC_SIM_STACK_H
#define IWC_SIM_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_STACK_FLOWS_MAX 4u
/* IPv4 packet of 1500 bytes without the headers of IPv4 and of UDP or ICMP. */
#define SIM_STACK_PAYLOAD_MAX 1472u
/* A UDP echo carries its number in front. */
#define SIM_STACK_UDP_PAYLOAD_MIN 4u
/* Ethernet header and 1500 bytes, no VLAN tag, no check sequence: the longest frame sent. */
#define SIM_STACK_FRAME_MAX 1514u
/* The longest frame that input looks at; longer ones are counted and dropped. */
#define SIM_STACK_INPUT_MAX 1536u
#define SIM_STACK_ECHO_PORT 7u
#define SIM_STACK_DISCARD_PORT 9u
#define SIM_STACK_CHARGEN_PORT 19u
#define SIM_STACK_IPERF_PORT 5001u
/* Virtual time that never comes. */
#define SIM_STACK_NEVER UINT64_MAX

enum sim_stack_flow_kind {
	SIM_STACK_FLOW_PING, /* ICMP echo requests */
	SIM_STACK_FLOW_UDP,  /* datagrams to the echo port */
	SIM_STACK_FLOW_TCP,  /* one stream through the echo port, connected again when it breaks */
};

/* One piece of work for the client. Times are virtual nanoseconds. */
struct sim_stack_flow {
	enum sim_stack_flow_kind kind;
	uint64_t start_ns; /* not before this point of virtual time */
	/* Ping, UDP: from request to request; 0: as soon as the last one is answered or lost. */
	uint64_t interval_ns;
	/*
	 * Ping, UDP: how long an answer may take. TCP: how long a connection may stand still before
	 * it is given up and another one is made. 0: 1 s for ping and UDP, 5 s for TCP.
	 */
	uint64_t timeout_ns;
	uint64_t bytes;	     /* TCP: length of the stream */
	uint32_t count;	     /* ping, UDP: number of requests */
	uint32_t size_bytes; /* ping, UDP: payload, at most SIM_STACK_PAYLOAD_MAX */
};

/*
 * What became of a flow. The content that returns is compared byte for byte. The last 1024 requests
 * of a ping or UDP flow are remembered: an answer to an older one is late, whatever its time-out.
 */
struct sim_stack_flow_report {
	uint64_t sent; /* ping, UDP: requests; TCP: bytes handed to the stack, repeats included */
	uint64_t received; /* answers (TCP: bytes) that were right, each counted once */
	uint64_t bad;	   /* answers (TCP: bytes) that came back with a wrong content or length */
	uint64_t duplicates; /* ping, UDP: right answers beyond the first */
	uint64_t late;	   /* ping, UDP: answers after the time-out, or to nothing that was asked */
	uint64_t refused;  /* ping, UDP: requests that the stack or the channel would not take */
	uint64_t connects; /* TCP: connections established */
	uint64_t breaks;   /* TCP: connections that were reset, given up or closed too early */
	uint64_t rtt_count;  /* samples of the time from a request to its right answer */
	uint64_t rtt_min_ns; /* 0 without a sample */
	uint64_t rtt_max_ns;
	uint64_t rtt_sum_ns;
	bool done; /* nothing left to send or to wait for */
};

struct sim_stack_config {
	uint8_t mac[6];
	uint8_t ipv4[4];
	uint8_t netmask[4];
	uint8_t peer_ipv4[4];
	uint8_t peer_mac[6]; /* read only with peer_static */
	bool peer_static;    /* the peer is a fixed neighbour: no ARP for it */
	bool server;	     /* run the services (ICMP echo is always answered) */
	/*
	 * Keep the reports of the flows from before this power-on and go on where they stood, as
	 * far as kind, count, size_bytes and bytes of the flow are the same. The reports are the
	 * experimenter's notes, not memory of the world; everything else is lost in any case.
	 */
	bool resume;
	uint64_t seed; /* for port numbers, sequence numbers and the content of the flows */
	struct sim_stack_flow flows[SIM_STACK_FLOWS_MAX];
	unsigned flows_count;
	/*
	 * Takes a frame of 14 to SIM_STACK_FRAME_MAX bytes, valid during the call only. Returns
	 * false when the frame was not taken (channel full, peer down); TCP then offers it again
	 * later, the others lose it. Called from within power_on, input, tick and writable; it may
	 * call the other instance, but not its own. Not NULL.
	 */
	bool (*output)(void *ctx, const uint8_t *frame, size_t len);
	/* Each round-trip time as it is measured; may be NULL. Same restriction as output. */
	void (*rtt)(void *ctx, unsigned flow, uint64_t rtt_ns);
	void *ctx;
};

/* Since the last power_on. */
struct sim_stack_counters {
	uint64_t frames_in;
	uint64_t bytes_in;
	/* Shorter than 14 bytes or longer than SIM_STACK_INPUT_MAX. */
	uint64_t frames_in_bad_length;
	/* No receive buffer was free. */
	uint64_t frames_in_no_memory;
	/* Taken by output. */
	uint64_t frames_out;
	uint64_t bytes_out;
	/* Not taken by output. */
	uint64_t frames_out_refused;
	uint64_t arp_in;
	uint64_t ipv4_in;
	uint64_t icmp_in;
	uint64_t udp_in;
	uint64_t tcp_in;
	/* IPv4, ICMP, UDP and TCP together. */
	uint64_t checksum_errors;
	/* Bad header, length or option, any protocol. */
	uint64_t malformed;
	/* Whatever a protocol threw away, for those reasons or another. */
	uint64_t dropped;
	/* The heap or a pool had nothing left. */
	uint64_t memory_errors;
	/* Sent back by the echo server: datagrams, and bytes of streams. */
	uint64_t echoed_udp;
	uint64_t echoed_tcp_bytes;
	/* The other services: what they took and what they sent. */
	uint64_t service_udp_in;
	uint64_t service_udp_out;
	uint64_t service_tcp_in_bytes;
	uint64_t service_tcp_out_bytes;
	/* Connections that the servers took, and those beyond what they can hold. */
	uint64_t tcp_accepted;
	uint64_t tcp_refused;
	/* 1: an internal check of the stack failed and stopped the instance. */
	uint64_t faults;
};

/* The counters with their names, in a fixed order, for reports. */
void sim_stack_counters_each(const struct sim_stack_counters *counters,
			     void (*visit)(void *ctx, const char *name, uint64_t value), void *ctx);

/* "ping", "udp" or "tcp"; "?" for anything else. */
const char *sim_stack_flow_kind_name(enum sim_stack_flow_kind kind);

/*
 * Returns NULL when power_on would take the configuration, else what is wrong with it: one line, no
 * full stop, static. *flow, if flow is not NULL, becomes the index of the flow to blame, or -1.
 */
const char *sim_stack_config_check(const struct sim_stack_config *config, int *flow);

/* now_ns never decreases from call to call of an instance; an earlier time counts as the last one.
 */
struct sim_stack_ops {
	const char *name; /* "ns", "s" or "tap" */

	/*
	 * Starts the instance from its power-on state, whatever it was doing: connections,
	 * neighbours, timers, counters are gone. The configuration is copied. Returns false, with
	 * the instance off, when sim_stack_config_check objects. Sends a gratuitous ARP.
	 */
	bool (*power_on)(const struct sim_stack_config *config, uint64_t now_ns);

	/* A frame from the peer: any bytes, any length; not kept after the call. */
	void (*input)(const uint8_t *frame, size_t len, uint64_t now_ns);

	/* Runs whatever is due at now_ns: timers of the protocols, requests of the flows. */
	void (*tick)(uint64_t now_ns);

	/*
	 * When tick must be called next if nothing else happens, as a point of virtual time, never
	 * before now_ns, SIM_STACK_NEVER when off. Any call above may change it.
	 */
	uint64_t (*next_timeout_ns)(uint64_t now_ns);

	/* The channel has room again after output returned false: TCP need not wait for its timer.
	 */
	void (*writable)(uint64_t now_ns);

	/* All zero before the first power_on. */
	void (*counters)(struct sim_stack_counters *counters);

	/* Why the instance stopped by itself, static; NULL while it is well. */
	const char *(*fault)(void);

	/* Returns false, and a report of zeros, when there is no such flow. */
	bool (*flow)(unsigned flow, struct sim_stack_flow_report *report);

	/* Whether every flow is done; true without flows. Valid after a fault too. */
	bool (*done)(void);
};

extern const struct sim_stack_ops sim_stack_ns;
extern const struct sim_stack_ops sim_stack_s;
/* For the secure world of a TAP: wider windows, which real time wants. */
extern const struct sim_stack_ops sim_stack_tap;

#endif
