/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netlink.h - the few requests to the kernel's rtnetlink that a network interface needs.
 *
 * A socket belongs to the network namespace in which it was opened, whatever namespace the caller
 * is in later. One thread at a time uses a socket. Results are 0 or a negative errno value.
 */
#ifndef TAP_NETLINK_H
#define TAP_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of an interface; the counters are the kernel's own, frames unless they say bytes. */
struct netlink_link {
	int index;
	unsigned flags; /* IFF_UP and others */
	uint32_t mtu;
	uint8_t mac[6];
	uint64_t rx_frames, rx_bytes; /* the kernel got them from the device */
	uint64_t tx_frames, tx_bytes; /* the device took them from the kernel */
	uint64_t rx_dropped, tx_dropped;
	uint64_t rx_errors, tx_errors;
};

/* An IPv4 address of an interface; host in network order, prefix 0..32. */
struct netlink_address {
	uint8_t host[4];
	unsigned prefix;
};

/* Returns a socket, or a negative errno value. */
int netlink_open(void);

int netlink_link_get(int fd, int index, struct netlink_link *link);

/* mac may be NULL. */
int netlink_link_set(int fd, int index, const uint8_t mac[6], uint32_t mtu);

int netlink_link_up(int fd, int index);

/* The kernel gives the interface no IPv6 address by itself, so that it sends nothing unasked. */
int netlink_link_silent(int fd, int index);

int netlink_address_add(int fd, int index, const struct netlink_address *address);

/* The first IPv4 address; -ENOENT: it has none. */
int netlink_address_get(int fd, int index, struct netlink_address *address);

/* The index of an interface that has an address in the same network; 0: none has. */
int netlink_address_find(int fd, const struct netlink_address *address);

/* Read an RTM_NEWLINK message, of len bytes at most. False: it is none, or cut short. */
bool netlink_link_decode(const void *message, size_t len, struct netlink_link *link);

/* The same for the RTM_NEWADDR of an IPv4 address; *index is that of its interface. */
bool netlink_address_decode(const void *message, size_t len, int *index,
			    struct netlink_address *address);

/* Are both in one and the same network? */
bool netlink_address_beside(const struct netlink_address *a, const struct netlink_address *b);

#endif
