/* SPDX-License-Identifier: BSD-2-Clause */
/* netlink.c - requests to rtnetlink, one at a time, each with its answer. */
#include "netlink.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for a request; answers of the kernel fit 32 KiB (include/linux/netlink.h). */
#define REQUEST_MAX 256u
#define ANSWER_MAX 32768u

struct request {
	struct nlmsghdr head;
	uint8_t rest[REQUEST_MAX];
};

struct answer {
	_Alignas(struct nlmsghdr) uint8_t bytes[ANSWER_MAX];
};

int netlink_open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return -errno;
	return fd;
}

/* ---- building ---- */

static void *begin(struct request *r, uint16_t type, uint16_t flags, size_t body_bytes)
{
	*r = (struct request){.head = {.nlmsg_type = type,
				       .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
				       .nlmsg_len = (uint32_t)NLMSG_LENGTH(body_bytes)}};
	return NLMSG_DATA(&r->head);
}

/* Returns the attribute, whose length nest_end makes right if more goes into it. */
static struct rtattr *put(struct request *r, uint16_t type, const void *bytes, size_t len)
{
	size_t at = NLMSG_ALIGN(r->head.nlmsg_len);
	struct rtattr *a = (struct rtattr *)(void *)((uint8_t *)&r->head + at);

	a->rta_type = type;
	a->rta_len = (uint16_t)RTA_LENGTH(len);
	if (len > 0)
		memcpy(RTA_DATA(a), bytes, len);
	r->head.nlmsg_len = (uint32_t)(at + RTA_ALIGN(a->rta_len));
	return a;
}

static void nest_end(struct request *r, struct rtattr *a)
{
	a->rta_len = (uint16_t)((uint8_t *)&r->head + r->head.nlmsg_len - (uint8_t *)a);
}

/* ---- asking ---- */

static int send_request(int fd, struct request *r)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	static _Atomic uint32_t sequence;
	ssize_t n;

	r->head.nlmsg_seq = ++sequence;
	do
		n = sendto(fd, r, r->head.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel));
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* take returns true when it has what it wants; the rest of the answer is read all the same. */
typedef bool take_fn(void *ctx, const struct nlmsghdr *message);

/* What a message of the answer says: 1 more follows, 0 the end, or a negative errno value. */
static int read_message(const struct nlmsghdr *h, take_fn *take, void *ctx, bool *taken)
{
	if (h->nlmsg_type == NLMSG_ERROR)
		return ((const struct nlmsgerr *)NLMSG_DATA(h))->error;
	if (h->nlmsg_type == NLMSG_DONE)
		return 0;
	if (take && !*taken)
		*taken = take(ctx, h);
	return take && (h->nlmsg_flags & NLM_F_MULTI) == 0 ? 0 : 1;
}

/* One datagram of the answer; returns as read_message does. */
static int receive_part(int fd, uint32_t sequence, take_fn *take, void *ctx, bool *taken)
{
	struct answer answer;
	size_t at = 0;
	ssize_t n;
	int rc = 1;

	do
		n = recv(fd, answer.bytes, sizeof(answer.bytes), MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if ((size_t)n > sizeof(answer.bytes))
		return -EMSGSIZE;
	while (rc == 1 && at + sizeof(struct nlmsghdr) <= (size_t)n) {
		const struct nlmsghdr *h = (const void *)(answer.bytes + at);

		if (h->nlmsg_len < sizeof(*h) || h->nlmsg_len > (size_t)n - at)
			return -EBADMSG;
		/* What a request that failed half way has left over is none of ours. */
		if (h->nlmsg_seq == sequence)
			rc = read_message(h, take, ctx, taken);
		at += NLMSG_ALIGN(h->nlmsg_len);
	}
	return rc;
}

static int ask(int fd, struct request *r, take_fn *take, void *ctx)
{
	bool taken = false;
	int rc = send_request(fd, r);

	if (rc != 0)
		return rc;
	do
		rc = receive_part(fd, r->head.nlmsg_seq, take, ctx, &taken);
	while (rc == 1);
	if (rc == 0 && take && !taken)
		return -ENOENT;
	return rc;
}

/* ---- reading ---- */

/* The body of a message of this type; NULL: it is another, or shorter than its body. */
static const void *body(const void *message, size_t len, uint16_t type, size_t body_bytes)
{
	const struct nlmsghdr *h = message;

	if (len < sizeof(*h) || h->nlmsg_len > len || h->nlmsg_type != type ||
	    h->nlmsg_len < NLMSG_LENGTH(body_bytes))
		return NULL;
	return NLMSG_DATA(h);
}

/* The attribute of this type behind a body, if it holds at least so many bytes; else NULL. */
static const void *attribute(const struct nlmsghdr *h, size_t body_bytes, uint16_t type,
			     size_t least_bytes)
{
	size_t at = NLMSG_SPACE(body_bytes);
	const uint8_t *start = (const uint8_t *)h;

	while (at + sizeof(struct rtattr) <= h->nlmsg_len) {
		const struct rtattr *a = (const struct rtattr *)(const void *)(start + at);

		if (a->rta_len < sizeof(*a) || a->rta_len > h->nlmsg_len - at)
			return NULL;
		if ((a->rta_type & NLA_TYPE_MASK) == type)
			return RTA_PAYLOAD(a) >= least_bytes ? RTA_DATA(a) : NULL;
		at += RTA_ALIGN(a->rta_len);
	}
	return NULL;
}

/* The attribute grew over the years: so much of it is used. */
#define STATS_BYTES (offsetof(struct rtnl_link_stats64, tx_dropped) + sizeof(uint64_t))

bool netlink_link_decode(const void *message, size_t len, struct netlink_link *link)
{
	const struct ifinfomsg *info = body(message, len, RTM_NEWLINK, sizeof(*info));
	struct rtnl_link_stats64 s = {0};
	const void *found;

	*link = (struct netlink_link){0};
	if (!info)
		return false;
	link->index = info->ifi_index;
	link->flags = info->ifi_flags;
	found = attribute(message, sizeof(*info), IFLA_MTU, sizeof(link->mtu));
	if (!found)
		return false;
	memcpy(&link->mtu, found, sizeof(link->mtu));
	found = attribute(message, sizeof(*info), IFLA_ADDRESS, sizeof(link->mac));
	if (found)
		memcpy(link->mac, found, sizeof(link->mac));
	found = attribute(message, sizeof(*info), IFLA_STATS64, STATS_BYTES);
	if (!found)
		return false;
	memcpy(&s, found, STATS_BYTES);
	link->rx_frames = s.rx_packets;
	link->rx_bytes = s.rx_bytes;
	link->tx_frames = s.tx_packets;
	link->tx_bytes = s.tx_bytes;
	link->rx_dropped = s.rx_dropped;
	link->tx_dropped = s.tx_dropped;
	link->rx_errors = s.rx_errors;
	link->tx_errors = s.tx_errors;
	return true;
}

bool netlink_address_decode(const void *message, size_t len, int *index,
			    struct netlink_address *address)
{
	const struct ifaddrmsg *info = body(message, len, RTM_NEWADDR, sizeof(*info));
	const void *found;

	*address = (struct netlink_address){{0}, 0};
	if (!info || info->ifa_family != AF_INET)
		return false;
	*index = (int)info->ifa_index;
	found = attribute(message, sizeof(*info), IFA_LOCAL, sizeof(address->host));
	if (!found)
		return false;
	memcpy(address->host, found, sizeof(address->host));
	address->prefix = info->ifa_prefixlen;
	return true;
}

bool netlink_address_beside(const struct netlink_address *a, const struct netlink_address *b)
{
	uint32_t differ = 0;

	for (unsigned i = 0; i < 4; i++)
		differ = differ << 8 | (uint32_t)(a->host[i] ^ b->host[i]);
	return a->prefix == b->prefix && (a->prefix == 0 || differ >> (32 - a->prefix) == 0);
}

/* ---- the requests ---- */

static bool take_link(void *ctx, const struct nlmsghdr *message)
{
	return netlink_link_decode(message, message->nlmsg_len, ctx);
}

int netlink_link_get(int fd, int index, struct netlink_link *link)
{
	struct request r;
	struct ifinfomsg *info = begin(&r, RTM_GETLINK, 0, sizeof(*info));

	info->ifi_index = index;
	return ask(fd, &r, take_link, link);
}

static int set_link(int fd, int index, struct request *r, unsigned flags)
{
	struct ifinfomsg *info = NLMSG_DATA(&r->head);

	info->ifi_index = index;
	info->ifi_flags = flags;
	info->ifi_change = flags;
	return ask(fd, r, NULL, NULL);
}

int netlink_link_set(int fd, int index, const uint8_t mac[6], uint32_t mtu)
{
	struct request r;

	(void)begin(&r, RTM_NEWLINK, NLM_F_ACK, sizeof(struct ifinfomsg));
	(void)put(&r, IFLA_MTU, &mtu, sizeof(mtu));
	if (mac)
		(void)put(&r, IFLA_ADDRESS, mac, 6);
	return set_link(fd, index, &r, 0);
}

int netlink_link_up(int fd, int index)
{
	struct request r;

	(void)begin(&r, RTM_NEWLINK, NLM_F_ACK, sizeof(struct ifinfomsg));
	return set_link(fd, index, &r, IFF_UP);
}

int netlink_link_silent(int fd, int index)
{
	struct request r;
	struct rtattr *spec, *inet6;
	uint8_t mode = IN6_ADDR_GEN_MODE_NONE;
	int rc;

	(void)begin(&r, RTM_NEWLINK, NLM_F_ACK, sizeof(struct ifinfomsg));
	spec = put(&r, IFLA_AF_SPEC, NULL, 0);
	inet6 = put(&r, AF_INET6, NULL, 0);
	(void)put(&r, IFLA_INET6_ADDR_GEN_MODE, &mode, sizeof(mode));
	nest_end(&r, inet6);
	nest_end(&r, spec);
	rc = set_link(fd, index, &r, 0);
	/* A kernel without IPv6, or an MTU too small for it. */
	return rc == -EAFNOSUPPORT || rc == -EOPNOTSUPP ? 0 : rc;
}

int netlink_address_add(int fd, int index, const struct netlink_address *address)
{
	struct request r;
	struct ifaddrmsg *info =
	    begin(&r, RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, sizeof(*info));
	uint32_t hosts = address->prefix < 32 ? UINT32_MAX >> address->prefix : 0;
	uint8_t broadcast[4];

	info->ifa_family = AF_INET;
	info->ifa_prefixlen = (uint8_t)address->prefix;
	info->ifa_index = (uint32_t)index;
	for (unsigned i = 0; i < 4; i++)
		broadcast[i] = (uint8_t)(address->host[i] | hosts >> (24 - 8 * i));
	(void)put(&r, IFA_LOCAL, address->host, 4);
	(void)put(&r, IFA_ADDRESS, address->host, 4);
	(void)put(&r, IFA_BROADCAST, broadcast, 4);
	return ask(fd, &r, NULL, NULL);
}

/* Which address is looked for, and where it was found. */
struct wanted_address {
	int index;			      /* 0: any */
	const struct netlink_address *beside; /* NULL: any */
	struct netlink_address found;
};

static bool take_address(void *ctx, const struct nlmsghdr *message)
{
	struct wanted_address *w = ctx;
	int index;

	if (!netlink_address_decode(message, message->nlmsg_len, &index, &w->found) ||
	    (w->index != 0 && index != w->index) ||
	    (w->beside && !netlink_address_beside(&w->found, w->beside)))
		return false;
	w->index = index;
	return true;
}

static int look_for(int fd, struct wanted_address *wanted)
{
	struct request r;
	struct ifaddrmsg *info = begin(&r, RTM_GETADDR, NLM_F_DUMP, sizeof(*info));

	info->ifa_family = AF_INET;
	return ask(fd, &r, take_address, wanted);
}

int netlink_address_get(int fd, int index, struct netlink_address *address)
{
	struct wanted_address wanted = {.index = index};
	int rc = look_for(fd, &wanted);

	*address = wanted.found;
	return rc;
}

int netlink_address_find(int fd, const struct netlink_address *address)
{
	struct wanted_address wanted = {.beside = address};
	int rc = look_for(fd, &wanted);

	if (rc == -ENOENT)
		return 0;
	return rc == 0 ? wanted.index : rc;
}
