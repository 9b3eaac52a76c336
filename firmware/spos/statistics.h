/* SPDX-License-Identifier: BSD-2-Clause */
/* statistics.h - the page that UDP port 7702 answers any datagram with: one "name value" a line,
 * names never change their meaning. */
#ifndef SPOS_STATISTICS_H
#define SPOS_STATISTICS_H

#include "critical.h"
#include "net_if.h"
#include "sign.h"
#include "text.h"

#define STATISTICS_BYTES_MAX 4096u /* of one datagram, in three fragments at most */

struct statistics {
	uint64_t life, time_ns, frequency;
	uint64_t last_reason; /* enum die_reason of the life before, 0 unknown */
	struct critical critical;
	uint64_t image_rounds;
	const struct net_if *net;
	const struct sign_panel *signs;
	uint64_t heap_bytes, heap_most_bytes, heap_size_bytes, heap_errors;
	uint64_t buffers, buffers_most, buffers_count, buffer_errors;
	uint64_t stack_network_most_bytes, stack_critical_most_bytes;
	uint64_t echo_udp, echo_tcp_bytes;
	uint64_t service_udp_in, service_udp_out, service_tcp_in_bytes, service_tcp_out_bytes;
	uint64_t tcp_accepted, tcp_refused;
};

void statistics_write(struct text *t, const struct statistics *s);

#endif
