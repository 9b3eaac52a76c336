/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "netns.h"
#include "tap.h"

static char err[TAP_ERROR_BYTES];

/* ---- addresses and names ---- */

static struct netlink_address parsed(const char *text)
{
	struct netlink_address a;

	err[0] = '\0';
	if (!tap_address_parse(text, &a, err))
		fail_msg("%s: %s", text, err);
	return a;
}

static void test_address(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
	    {"10.77.0.1", "A.B.C.D/LEN is needed"},
	    {"", "A.B.C.D/LEN is needed"},
	    {"10.77.0/24", "no IPv4 address"},
	    {"10.77.0.256/24", "no IPv4 address"},
	    {"fe80::1/64", "no IPv4 address"},
	    {"1234567890.1234567890.1234567890/8", "A.B.C.D/LEN is needed"},
	    {"10.77.0.1/", "1 to 30"},
	    {"10.77.0.1/0", "1 to 30"},
	    {"10.77.0.1/31", "1 to 30"},
	    {"10.77.0.1/24x", "1 to 30"},
	    {"10.77.0.1/-8", "1 to 30"},
	    {"10.77.0.1/99999999999999999999", "1 to 30"},
	    {"10.77.0.0/24", "network itself"},
	    {"10.77.0.255/24", "broadcast"},
	    {"127.0.0.1/8", "not the address of a host"},
	    {"224.0.0.1/8", "not the address of a host"},
	    {"0.1.2.3/8", "not the address of a host"},
	};
	struct netlink_address a = parsed("10.77.0.1/24");

	(void)state;
	assert_int_equal(a.host[0], 10);
	assert_int_equal(a.host[3], 1);
	assert_int_equal(a.prefix, 24);
	(void)parsed("10.77.0.255/16");
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(tap_address_parse(bad[i].text, &a, err));
		if (!strstr(err, bad[i].why))
			fail_msg("%s: %s", bad[i].text, err);
	}
}

static void test_peer(void **state)
{
	static const struct {
		const char *own, *peer;
	} next[] = {{"10.77.0.1/24", "10.77.0.2"},
		    {"10.77.0.254/24", "10.77.0.253"},
		    {"10.77.0.1/30", "10.77.0.2"},
		    {"10.77.0.2/30", "10.77.0.1"},
		    {"10.77.0.255/16", "10.77.1.0"}};
	static const struct {
		const char *text, *why;
	} bad[] = {{"10.77.0.1", "this side itself"},
		   {"10.77.1.2", "not in the network of 10.77.0.1/24"},
		   {"10.77.0.255", "broadcast"},
		   {"10.77.0.0", "network itself"},
		   {"10.77.0.2/24", "A.B.C.D is needed"},
		   {"", "A.B.C.D is needed"}};
	struct netlink_address own, peer;
	char text[TAP_HOST_BYTES];

	(void)state;
	for (unsigned i = 0; i < sizeof(next) / sizeof(next[0]); i++) {
		own = parsed(next[i].own);
		tap_peer_default(&own, &peer);
		assert_string_equal(tap_host_text(&peer, text), next[i].peer);
		assert_int_equal(peer.prefix, own.prefix);
		assert_true(tap_peer_parse(text, &own, &peer, err));
	}
	own = parsed("10.77.0.1/24");
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(tap_peer_parse(bad[i].text, &own, &peer, err));
		if (!strstr(err, bad[i].why))
			fail_msg("%s: %s", bad[i].text, err);
	}
}

static void test_name(void **state)
{
	static const char *const bad[] = {
	    "", "1234567890123456", ".", "..", "a/b", "a b", "tap%d", "a:b", "\x01"};

	(void)state;
	assert_true(tap_name_check("iwc0", err));
	assert_true(tap_name_check("123456789012345", err));
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(tap_name_check(bad[i], err));
}

/* ---- the device, in a namespace of its own ---- */

static const struct tap_config config = {.name = "iwc0",
					 .mac = {2, 0x69, 0x77, 0x63, 0, 1},
					 .address = {{10, 77, 0, 1}, 24},
					 .mtu = 1400};

static int home = -1;

static int enter_namespace(void **state)
{
	char why[NETNS_ERROR_BYTES];
	int fd;

	(void)state;
	home = netns_here(why);
	assert_true(home >= 0);
	fd = netns_make(why);
	if (fd < 0)
		return 0;
	assert_int_equal(netns_enter(fd, why), 0);
	(void)close(fd);
	return 0;
}

static int leave_namespace(void **state)
{
	char why[NETNS_ERROR_BYTES];

	(void)state;
	assert_int_equal(netns_enter(home, why), 0);
	return close(home);
}

/* False: this machine gives us no TAP; the reason has been printed. */
static bool open_or_skip(struct tap *tap)
{
	if (tap_open(tap, &config, err) == 0)
		return true;
	if (geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0)
		fail_msg("%s", err);
	print_message("env: %s\n", err);
	return false;
}

static void test_device(void **state)
{
	struct tap_config other = config;
	struct tap tap, second;
	struct netlink_address address;
	struct netlink_link link;
	uint8_t frame[60] = {2, 0x69, 0x77, 0x63, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5};

	(void)state;
	if (!open_or_skip(&tap))
		skip();
	assert_false(tap.attached);
	assert_int_equal(tap_link(&tap, &link), 0);
	assert_int_equal(link.index, tap.index);
	assert_true((link.flags & IFF_UP) != 0);
	assert_int_equal(link.mtu, 1400);
	assert_memory_equal(link.mac, config.mac, sizeof(config.mac));
	assert_int_equal(netlink_address_get(tap.netlink, tap.index, &address), 0);
	assert_memory_equal(address.host, config.address.host, sizeof(address.host));
	assert_int_equal(address.prefix, 24);

	/* one user at a time */
	assert_int_equal(tap_open(&second, &config, err), -1);
	assert_non_null(strstr(err, "another program uses this interface"));
	assert_int_equal(second.fd, -1);
	/* one interface for a network */
	other.name = "iwc1";
	other.address.host[3] = 9;
	assert_int_equal(tap_open(&second, &other, err), -1);
	assert_non_null(strstr(err, "10.77.0.9/24: iwc0 is in that network already"));
	assert_int_equal(if_nametoindex("iwc1"), 0);
	other.address.host[2] = 1;
	assert_int_equal(tap_open(&second, &other, err), 0);
	tap_close(&second);

	assert_int_equal(write(tap.fd, frame, sizeof(frame)), sizeof(frame));
	assert_int_equal(tap_link(&tap, &link), 0);
	assert_int_equal(link.rx_frames, 1);
	assert_int_equal(link.rx_bytes, sizeof(frame));
	tap_close(&tap);
	assert_int_equal(if_nametoindex("iwc0"), 0);
}

/* Nothing comes out of it that nobody has sent: neighbour discovery would, at once. */
static void test_silent(void **state)
{
	struct tap tap;
	struct pollfd fd;
	uint8_t frame[2048];

	(void)state;
	if (!open_or_skip(&tap))
		skip();
	fd = (struct pollfd){.fd = tap.fd, .events = POLLIN};
	if (poll(&fd, 1, 1500) != 0)
		fail_msg("a frame of %zd bytes, type %02x%02x", read(tap.fd, frame, sizeof(frame)),
			 frame[12], frame[13]);
	tap_close(&tap);
}

static void test_attach(void **state)
{
	struct tap made, tap;
	struct tap_config small = config;

	(void)state;
	if (!open_or_skip(&made))
		skip();
	assert_int_equal(ioctl(made.fd, TUNSETPERSIST, 1), 0);
	(void)close(made.fd);
	small.mtu = 1000;
	assert_int_equal(tap_open(&tap, &small, err), -1);
	assert_non_null(strstr(err, "ip link set iwc0 mtu 1000"));
	assert_int_equal(tap_open(&tap, &config, err), 0);
	assert_true(tap.attached);
	assert_int_equal(tap.address.prefix, 24);
	assert_memory_equal(tap.mac, config.mac, sizeof(config.mac));
	tap_close(&tap);
	assert_int_not_equal(if_nametoindex("iwc0"), 0);

	/* without an address, and no TAP at all */
	assert_int_equal(tap_open(&tap, &config, err), 0);
	assert_int_equal(ioctl(tap.fd, TUNSETPERSIST, 0), 0);
	tap_close(&tap);
	(void)close(made.netlink);
	small.name = "lo";
	assert_int_equal(tap_open(&tap, &small, err), -1);
	assert_non_null(strstr(err, "no TAP"));
}

/* The name is what a skip is reported by. */
#define IN_NAMESPACE(f)                                                                            \
	{                                                                                          \
#f " (env: a TAP is refused)", f, enter_namespace, leave_namespace, NULL           \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_address), cmocka_unit_test(test_peer),
	    cmocka_unit_test(test_name),    IN_NAMESPACE(test_device),
	    IN_NAMESPACE(test_silent),	    IN_NAMESPACE(test_attach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
