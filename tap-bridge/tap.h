/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tap.h - a TAP interface of the kernel, by ioctl and rtnetlink.
 *
 * Functions that can fail return 0, or -1 with one line in err that names what is wrong and what to
 * do about it.
 */
#ifndef TAP_TAP_H
#define TAP_TAP_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netlink.h"

#define TAP_ERROR_BYTES 512u

/* Ethernet's header, and the packets that Ethernet and IPv4 allow. */
#define TAP_HEADER_BYTES 14u
#define TAP_MTU_MIN 68u
#define TAP_MTU_MAX 1500u

/* ---- addresses ---- */

/* "A.B.C.D/LEN", of a host in a network that has room for two of them. */
bool tap_address_parse(const char *text, struct netlink_address *address, char *err);

/* The same without LEN, of another host in the network of own. */
bool tap_peer_parse(const char *text, const struct netlink_address *own,
		    struct netlink_address *peer, char *err);

/* The next host address in the network, or the one before if own is the last. */
void tap_peer_default(const struct netlink_address *own, struct netlink_address *peer);

/* "A.B.C.D" */
#define TAP_HOST_BYTES 16u
const char *tap_host_text(const struct netlink_address *address, char text[TAP_HOST_BYTES]);

/* May an interface be called so? */
bool tap_name_check(const char *name, char *err);

/* ---- the device ---- */

struct tap_config {
	const char *name;
	uint8_t mac[6];
	struct netlink_address address;
	uint32_t mtu;
};

struct tap {
	int fd;	     /* frames, one a read and a write; non-blocking. -1: closed */
	int netlink; /* in the device's namespace */
	int index;
	char name[IF_NAMESIZE];
	bool attached; /* it was there before, and stays as it is */
	uint8_t mac[6];
	struct netlink_address address;
};

/*
 * In the network namespace of the calling thread: make the interface, which is gone when it is
 * closed, give it its addresses and bring it up. One of that name that exists already is attached
 * to and left as it is: then mac and address are what it has, and it must be up, with an address
 * and with an MTU of at most that of config.
 */
int tap_open(struct tap *tap, const struct tap_config *config, char *err);

/* Safe after a failed tap_open. */
void tap_close(struct tap *tap);

/* The kernel's picture of it; 0 or a negative errno value. One thread at a time. */
int tap_link(const struct tap *tap, struct netlink_link *link);

#endif
