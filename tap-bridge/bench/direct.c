/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * direct NAME A.B.C.D/LEN: lwIP behind a TAP without a channel, what `iwc tap` is compared with.
 *
 * The same TAP, the same stack and services, one thread that copies frames from the one to the
 * other. Prints a line when it is up; ends with its standard input, or after an error (exit 1).
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bridge.h"
#include "stack.h"
#include "tap.h"

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)

static uint64_t now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static bool output(void *ctx, const uint8_t *frame, size_t len)
{
	const struct tap *tap = ctx;

	return write(tap->fd, frame, len) == (ssize_t)len;
}

/* What the TAP has, up to a batch; false: it has failed. */
static bool frames_pass(const struct tap *tap)
{
	static uint8_t frame[BRIDGE_BUFFER_BYTES];

	for (unsigned i = 0; i < BRIDGE_BATCH; i++) {
		ssize_t n = read(tap->fd, frame, sizeof(frame));

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		sim_stack_tap.input(frame, (size_t)n, now_ns());
	}
	return true;
}

static int timeout_ms(uint64_t now)
{
	uint64_t next = sim_stack_tap.next_timeout_ns(now);

	if (next <= now)
		return 0;
	next = (next - now + NS_PER_MS - 1) / NS_PER_MS;
	return next > 1000 ? 1000 : (int)next;
}

static void run(const struct tap *tap)
{
	struct pollfd file = {.fd = tap->fd, .events = POLLIN};

	for (;;) {
		uint64_t now = now_ns();

		sim_stack_tap.tick(now);
		if (poll(&file, 1, timeout_ms(now)) < 0 && errno != EINTR)
			return;
		if (!frames_pass(tap)) {
			fprintf(stderr, "direct: %s: %s\n", tap->name, strerror(errno));
			return;
		}
		if (sim_stack_tap.fault()) {
			fprintf(stderr, "direct: lwIP: %s\n", sim_stack_tap.fault());
			return;
		}
	}
}

static void stack_configure(struct sim_stack_config *config, struct tap *tap)
{
	struct netlink_address peer;

	tap_peer_default(&tap->address, &peer);
	*config = (struct sim_stack_config){.mac = {2, 0, 0, 0, 0, 2}, .server = true, .seed = 1};
	memcpy(config->ipv4, peer.host, 4);
	memcpy(config->peer_ipv4, tap->address.host, 4);
	for (unsigned i = 0; i < 32; i++)
		config->netmask[i / 8] |= (uint8_t)(i < peer.prefix ? 0x80u >> (i % 8) : 0);
	config->output = output;
	config->ctx = tap;
}

int main(int argc, char **argv)
{
	struct tap_config tap_config = {.mac = {2, 0, 0, 0, 0, 1}, .mtu = TAP_MTU_MAX};
	struct sim_stack_config config;
	char err[TAP_ERROR_BYTES];
	struct tap tap;

	if (argc != 3) {
		fprintf(stderr, "usage: direct NAME A.B.C.D/LEN\n");
		return 2;
	}
	tap_config.name = argv[1];
	if (!tap_address_parse(argv[2], &tap_config.address, err) ||
	    tap_open(&tap, &tap_config, err) != 0) {
		fprintf(stderr, "direct: %s\n", err);
		return 1;
	}
	stack_configure(&config, &tap);
	if (!sim_stack_tap.power_on(&config, now_ns())) {
		fprintf(stderr, "direct: %s\n", sim_stack_config_check(&config, NULL));
		return 1;
	}
	run(&tap);
	tap_close(&tap);
	return 1;
}
