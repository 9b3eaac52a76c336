/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "netlink.h"

/* ---- messages made by hand ---- */

static _Alignas(8) uint8_t message[1024];

static struct nlmsghdr *head(void)
{
	return (struct nlmsghdr *)(void *)message;
}

static void *begin(uint16_t type, size_t body_bytes)
{
	memset(message, 0, sizeof(message));
	head()->nlmsg_type = type;
	head()->nlmsg_len = (uint32_t)NLMSG_SPACE(body_bytes);
	return NLMSG_DATA(head());
}

static struct rtattr *put(uint16_t type, const void *bytes, size_t len)
{
	struct rtattr *a = (struct rtattr *)(void *)(message + head()->nlmsg_len);

	a->rta_type = type;
	a->rta_len = (uint16_t)RTA_LENGTH(len);
	memcpy(RTA_DATA(a), bytes, len);
	head()->nlmsg_len += (uint32_t)RTA_ALIGN(a->rta_len);
	return a;
}

static struct rtattr *put_stats(void)
{
	struct rtnl_link_stats64 s = {.rx_packets = 1,
				      .tx_packets = 2,
				      .rx_bytes = 3,
				      .tx_bytes = 4,
				      .rx_errors = 5,
				      .tx_errors = 6,
				      .rx_dropped = 7,
				      .tx_dropped = UINT64_C(0x100000008)};

	return put(IFLA_STATS64, &s, sizeof(s));
}

static void make_link(void)
{
	struct ifinfomsg *info = begin(RTM_NEWLINK, sizeof(*info));
	uint8_t mac[6] = {2, 3, 4, 5, 6, 7};
	uint32_t mtu = 1400;

	info->ifi_index = 9;
	info->ifi_flags = IFF_UP;
	(void)put(IFLA_IFNAME, "iwc0", 5);
	(void)put(IFLA_MTU, &mtu, sizeof(mtu));
	(void)put(IFLA_ADDRESS, mac, sizeof(mac));
	(void)put_stats();
}

static void test_link(void **state)
{
	static const uint8_t mac[6] = {2, 3, 4, 5, 6, 7};
	struct netlink_link link;

	(void)state;
	make_link();
	assert_true(netlink_link_decode(message, head()->nlmsg_len, &link));
	assert_int_equal(link.index, 9);
	assert_int_equal(link.flags, IFF_UP);
	assert_int_equal(link.mtu, 1400);
	assert_memory_equal(link.mac, mac, sizeof(mac));
	assert_int_equal(link.rx_frames, 1);
	assert_int_equal(link.tx_frames, 2);
	assert_int_equal(link.rx_bytes, 3);
	assert_int_equal(link.tx_bytes, 4);
	assert_int_equal(link.rx_errors, 5);
	assert_int_equal(link.tx_errors, 6);
	assert_int_equal(link.rx_dropped, 7);
	assert_true(link.tx_dropped == UINT64_C(0x100000008));
}

/* Of a message that is cut short anywhere nothing behind the cut is read; ASan would tell. */
static void test_cut_short(void **state)
{
	struct netlink_link link;
	uint32_t whole;

	(void)state;
	make_link();
	whole = head()->nlmsg_len;
	for (uint32_t len = 0; len < whole; len++) {
		uint8_t *copy = malloc(len + 1u);

		assert_non_null(copy);
		make_link();
		memcpy(copy, message, len);
		assert_false(netlink_link_decode(copy, len, &link));
		/* the header may be as short as the rest */
		if (len >= sizeof(uint32_t))
			memcpy(copy, &len, sizeof(len));
		assert_false(netlink_link_decode(copy, len, &link));
		free(copy);
	}
}

static void test_bad_attributes(void **state)
{
	struct netlink_link link;
	struct ifinfomsg *info;
	struct rtattr *stats;
	uint32_t mtu = 1;

	(void)state;
	make_link();
	head()->nlmsg_type = RTM_DELLINK;
	assert_false(netlink_link_decode(message, head()->nlmsg_len, &link));

	/* no MTU, or one of two bytes */
	(void)begin(RTM_NEWLINK, sizeof(*info));
	(void)put_stats();
	assert_false(netlink_link_decode(message, head()->nlmsg_len, &link));
	(void)begin(RTM_NEWLINK, sizeof(*info));
	(void)put(IFLA_MTU, &mtu, 2);
	(void)put_stats();
	assert_false(netlink_link_decode(message, head()->nlmsg_len, &link));

	/* lengths that would never end, or end behind the message */
	(void)begin(RTM_NEWLINK, sizeof(*info));
	(void)put(IFLA_MTU, &mtu, sizeof(mtu));
	stats = put_stats();
	stats->rta_len = 0;
	assert_false(netlink_link_decode(message, head()->nlmsg_len, &link));
	stats->rta_len = 3;
	assert_false(netlink_link_decode(message, head()->nlmsg_len, &link));
	stats->rta_len = UINT16_MAX;
	assert_false(netlink_link_decode(message, head()->nlmsg_len, &link));
}

static void test_address(void **state)
{
	static const uint8_t host[4] = {10, 77, 0, 1};
	struct netlink_address address;
	struct ifaddrmsg *info = begin(RTM_NEWADDR, sizeof(*info));
	int index = 0;

	(void)state;
	info->ifa_family = AF_INET;
	info->ifa_index = 4;
	info->ifa_prefixlen = 24;
	(void)put(IFA_LOCAL, host, sizeof(host));
	assert_true(netlink_address_decode(message, head()->nlmsg_len, &index, &address));
	assert_int_equal(index, 4);
	assert_memory_equal(address.host, host, sizeof(host));
	assert_int_equal(address.prefix, 24);
	info->ifa_family = AF_INET6;
	assert_false(netlink_address_decode(message, head()->nlmsg_len, &index, &address));
}

static void test_beside(void **state)
{
	const struct netlink_address a = {{10, 77, 0, 1}, 24};
	struct netlink_address b = {{10, 77, 0, 200}, 24};

	(void)state;
	assert_true(netlink_address_beside(&a, &b));
	b.prefix = 25;
	assert_false(netlink_address_beside(&a, &b));
	b = (struct netlink_address){{10, 77, 1, 1}, 24};
	assert_false(netlink_address_beside(&a, &b));
	b = (struct netlink_address){{11, 77, 0, 1}, 24};
	assert_false(netlink_address_beside(&a, &b));
}

/* ---- the kernel ---- */

static void test_loopback(void **state)
{
	struct netlink_address address;
	struct netlink_link link;
	int fd = netlink_open(), index = (int)if_nametoindex("lo");

	(void)state;
	assert_true(fd >= 0);
	assert_true(index > 0);
	assert_int_equal(netlink_link_get(fd, index, &link), 0);
	assert_int_equal(link.index, index);
	assert_true(link.mtu > 0);
	/* one request after a failed one */
	assert_int_equal(netlink_link_get(fd, 1000000, &link), -ENODEV);
	assert_int_equal(netlink_address_get(fd, 1000000, &address), -ENOENT);
	assert_int_equal(netlink_link_get(fd, index, &link), 0);
	if ((link.flags & IFF_UP) != 0) {
		assert_int_equal(netlink_address_get(fd, index, &address), 0);
		assert_int_equal(address.host[0], 127);
		assert_int_equal(netlink_address_find(fd, &address), index);
	}
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_link),	   cmocka_unit_test(test_cut_short),
	    cmocka_unit_test(test_bad_attributes), cmocka_unit_test(test_address),
	    cmocka_unit_test(test_beside),	   cmocka_unit_test(test_loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
