/* SPDX-License-Identifier: BSD-2-Clause */
/* tap.c - a TAP interface: its addresses, making it, attaching to one that is there. */
#include "tap.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

__attribute__((format(printf, 2, 3))) static int fail(char *err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(err, TAP_ERROR_BYTES, format, ap);
	va_end(ap);
	return -1;
}

/* ---- addresses ---- */

static uint32_t number(const uint8_t host[4])
{
	return (uint32_t)host[0] << 24 | (uint32_t)host[1] << 16 | (uint32_t)host[2] << 8 | host[3];
}

static void from_number(uint32_t n, uint8_t host[4])
{
	for (unsigned i = 0; i < 4; i++)
		host[i] = (uint8_t)(n >> (24 - 8 * i));
}

/* All the host's bits; prefix is 1 to 30. */
static uint32_t hosts(unsigned prefix)
{
	return UINT32_MAX >> prefix;
}

const char *tap_host_text(const struct netlink_address *address, char text[TAP_HOST_BYTES])
{
	const uint8_t *h = address->host;

	(void)snprintf(text, TAP_HOST_BYTES, "%u.%u.%u.%u", h[0], h[1], h[2], h[3]);
	return text;
}

/* What is wrong with it as the address of a host; NULL: nothing. */
static const char *host_fault(const struct netlink_address *a)
{
	uint32_t mask = hosts(a->prefix), part = number(a->host) & mask;

	if (a->host[0] == 0 || a->host[0] == 127 || a->host[0] >= 224)
		return "not the address of a host";
	if (part == 0)
		return "the address of the network itself";
	if (part == mask)
		return "the broadcast address of the network";
	return NULL;
}

bool tap_address_parse(const char *text, struct netlink_address *address, char *err)
{
	const char *slash = strchr(text, '/'), *fault;
	char host[TAP_HOST_BYTES], *end;
	unsigned long prefix;

	if (!slash || (size_t)(slash - text) >= sizeof(host))
		return fail(err, "%.40s: A.B.C.D/LEN is needed, such as 10.77.0.1/24", text) == 0;
	(void)snprintf(host, sizeof(host), "%.*s", (int)(slash - text), text);
	if (inet_pton(AF_INET, host, address->host) != 1)
		return fail(err, "%.40s: '%s' is no IPv4 address", text, host) == 0;
	prefix = strtoul(slash + 1, &end, 10);
	if (!isdigit((unsigned char)slash[1]) || *end != '\0' || prefix < 1 || prefix > 30)
		return fail(err, "%.40s: the length behind the slash must be 1 to 30", text) == 0;
	address->prefix = (unsigned)prefix;
	fault = host_fault(address);
	if (fault)
		return fail(err, "%.40s: that is %s", text, fault) == 0;
	return true;
}

bool tap_peer_parse(const char *text, const struct netlink_address *own,
		    struct netlink_address *peer, char *err)
{
	char net[TAP_HOST_BYTES];
	const char *fault;

	*peer = *own;
	if (inet_pton(AF_INET, text, peer->host) != 1)
		return fail(err, "%.40s: an address A.B.C.D is needed", text) == 0;
	if (number(peer->host) == number(own->host))
		return fail(err, "%.40s: that is the address of this side itself", text) == 0;
	if ((number(peer->host) ^ number(own->host)) & ~hosts(own->prefix))
		return fail(err, "%.40s: it is not in the network of %s/%u", text,
			    tap_host_text(own, net), own->prefix) == 0;
	fault = host_fault(peer);
	if (fault)
		return fail(err, "%.40s: that is %s", text, fault) == 0;
	return true;
}

void tap_peer_default(const struct netlink_address *own, struct netlink_address *peer)
{
	uint32_t n = number(own->host) + 1, mask = hosts(own->prefix);

	if ((n & mask) == mask)
		n -= 2;
	*peer = *own;
	from_number(n, peer->host);
}

bool tap_name_check(const char *name, char *err)
{
	size_t len = strlen(name);

	if (len == 0 || len >= IF_NAMESIZE)
		return fail(err, "'%.40s': the name of an interface has 1 to %d bytes", name,
			    IF_NAMESIZE - 1) == 0;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return fail(err, "'%s': no name for an interface", name) == 0;
	for (const char *p = name; *p != '\0'; p++)
		if (!isgraph((unsigned char)*p) || strchr("/:%", *p))
			return fail(err,
				    "'%s': the name of an interface has no blank, '/', ':' or '%%'",
				    name) == 0;
	return true;
}

/* ---- the device ---- */

static int open_device(char *err)
{
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	switch (errno) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return fail(err, "/dev/net/tun: there is none: 'modprobe tun', or give the "
				 "container that device");
	case EACCES:
	case EPERM:
		return fail(err, "/dev/net/tun: %s: run as root, or let this user open it",
			    strerror(errno));
	default:
		return fail(err, "/dev/net/tun: %s", strerror(errno));
	}
}

static int refused(const char *name, bool attach, int cause, char *err)
{
	if (cause == EBUSY && attach)
		return fail(
		    err, "%s: another program uses this interface; --tap takes another name", name);
	if (cause == EBUSY || cause == EEXIST)
		return fail(err, "%s: an interface of that name has just come up; try again", name);
	if (cause == EINVAL && attach)
		return fail(err, "%s: that interface is no TAP; --tap takes another name", name);
	if (cause == EPERM && attach)
		return fail(err,
			    "%s: that TAP belongs to another user ('ip tuntap add NAME mode tap "
			    "user USER' makes one)",
			    name);
	if (cause == EPERM)
		return fail(err,
			    "%s: not allowed to make an interface here: run as root, or ask an "
			    "administrator for 'ip tuntap add %s mode tap user USER'",
			    name, name);
	return fail(err, "%s: can't make the interface: %s", name, strerror(cause));
}

static int claim(struct tap *tap, char *err)
{
	struct ifreq request = {
	    .ifr_flags = (short)(IFF_TAP | IFF_NO_PI | (tap->attached ? 0 : IFF_TUN_EXCL))};

	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", tap->name);
	if (ioctl(tap->fd, TUNSETIFF, &request) != 0)
		return refused(tap->name, tap->attached, errno, err);
	tap->index = (int)if_nametoindex(tap->name);
	if (tap->index == 0)
		return fail(err, "%s: the interface has gone again", tap->name);
	return 0;
}

/* Two interfaces in one network: the kernel would send to the first of them. */
static int check_network(const struct tap *tap, const struct tap_config *config, char *err)
{
	int other = netlink_address_find(tap->netlink, &config->address);
	char name[IF_NAMESIZE], text[TAP_HOST_BYTES];

	if (other == 0)
		return 0;
	if (other < 0)
		return fail(err, "netlink: %s", strerror(-other));
	return fail(err, "%s/%u: %s is in that network already; --addr takes another",
		    tap_host_text(&config->address, text), config->address.prefix,
		    if_indextoname((unsigned)other, name) ? name : "an interface");
}

static int configure(struct tap *tap, const struct tap_config *config, char *err)
{
	const char *what = "link addresses and MTU";
	int rc = netlink_link_set(tap->netlink, tap->index, config->mac, config->mtu);

	if (rc == 0) {
		what = "no IPv6 address by itself";
		rc = netlink_link_silent(tap->netlink, tap->index);
	}
	if (rc == 0) {
		what = "address";
		rc = netlink_address_add(tap->netlink, tap->index, &config->address);
	}
	if (rc == 0) {
		what = "up";
		rc = netlink_link_up(tap->netlink, tap->index);
	}
	if (rc != 0)
		return fail(err, "%s: the kernel refuses a setting (%s): %s", tap->name, what,
			    strerror(-rc));
	memcpy(tap->mac, config->mac, sizeof(tap->mac));
	tap->address = config->address;
	return 0;
}

static int adopt(struct tap *tap, const struct tap_config *config, char *err)
{
	struct netlink_link link;
	int rc = netlink_link_get(tap->netlink, tap->index, &link);

	if (rc == 0)
		rc = netlink_address_get(tap->netlink, tap->index, &tap->address);
	if (rc == -ENOENT)
		return fail(err, "%s: it has no IPv4 address: 'ip address add 10.77.0.1/24 dev %s'",
			    tap->name, tap->name);
	if (rc != 0)
		return fail(err, "%s: %s", tap->name, strerror(-rc));
	if (tap->address.prefix < 1 || tap->address.prefix > 30)
		return fail(err, "%s: its network has no room for two hosts", tap->name);
	if ((link.flags & IFF_UP) == 0)
		return fail(err, "%s: it is down: 'ip link set %s up'", tap->name, tap->name);
	if (link.mtu > config->mtu)
		return fail(err,
			    "%s: its MTU is %u, and the scenario's last class carries %u: "
			    "'ip link set %s mtu %u'",
			    tap->name, link.mtu, config->mtu, tap->name, config->mtu);
	memcpy(tap->mac, link.mac, sizeof(tap->mac));
	return 0;
}

int tap_open(struct tap *tap, const struct tap_config *config, char *err)
{
	int rc;

	*tap = (struct tap){.fd = -1, .netlink = -1};
	(void)snprintf(tap->name, sizeof(tap->name), "%s", config->name);
	tap->attached = if_nametoindex(tap->name) != 0;
	tap->fd = open_device(err);
	if (tap->fd < 0)
		return -1;
	tap->netlink = netlink_open();
	if (tap->netlink < 0)
		rc = fail(err, "netlink: %s", strerror(-tap->netlink));
	else
		rc = tap->attached ? 0 : check_network(tap, config, err);
	if (rc == 0)
		rc = claim(tap, err);
	if (rc == 0)
		rc = tap->attached ? adopt(tap, config, err) : configure(tap, config, err);
	if (rc != 0)
		tap_close(tap);
	return rc;
}

void tap_close(struct tap *tap)
{
	if (tap->fd >= 0)
		(void)close(tap->fd);
	if (tap->netlink >= 0)
		(void)close(tap->netlink);
	tap->fd = -1;
	tap->netlink = -1;
}

int tap_link(const struct tap *tap, struct netlink_link *link)
{
	return netlink_link_get(tap->netlink, tap->index, link);
}
