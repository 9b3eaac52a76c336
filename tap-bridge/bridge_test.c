/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine is played by this file: it takes as many frames as it is told to have room for. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bridge.h"

/* ---- the machine ---- */

#define SENT_MAX 256u

static unsigned room[IWC_CLASSES_MAX];
static struct {
	unsigned cls;
	uint32_t len_bytes;
	uint8_t bytes[BRIDGE_BUFFER_BYTES];
} sent[SENT_MAX];
static unsigned sent_count, calls;
static bool keeps;

unsigned sim_rt_send(struct sim_rt *rt, enum sim_world_id from, unsigned cls,
		     const struct iwc_frame *frames, unsigned n, bool keep)
{
	unsigned taken = n < room[cls] ? n : room[cls];

	assert_ptr_equal(rt, (struct sim_rt *)&room);
	assert_in_range(n, 1, IWC_BURST_MAX);
	keeps = keep;
	calls++;
	for (unsigned i = 0; i < taken; i++, sent_count++) {
		assert_in_range(sent_count, 0, SENT_MAX - 1);
		sent[sent_count].cls = cls;
		sent[sent_count].len_bytes = frames[i].len_bytes;
		memcpy(sent[sent_count].bytes, frames[i].buf, frames[i].len_bytes);
	}
	room[cls] -= taken;
	return from == SIM_S && !keep ? n : taken;
}

static const struct iwc_config channel = {
    .class_count = 2, .cls = {{.frame_max_bytes = 256}, {.frame_max_bytes = 1514}}};

/* ---- frames ---- */

static uint8_t frame[BRIDGE_BUFFER_BYTES];

static void ipv4(unsigned dscp)
{
	memset(frame, 0, sizeof(frame));
	frame[12] = 0x08;
	frame[14] = 0x45;
	frame[15] = (uint8_t)(dscp << 2 | 3);
}

static void test_class(void **state)
{
	struct iwc_config one = channel;

	(void)state;
	ipv4(40);
	assert_int_equal(bridge_class(&channel, frame, 64), 0);
	assert_int_equal(bridge_class(&channel, frame, 256), 0);
	assert_int_equal(bridge_class(&channel, frame, 257), 1);
	assert_int_equal(bridge_class(&channel, frame, 33), 1);
	assert_int_equal(bridge_class(&channel, frame, 34), 0);
	ipv4(39);
	assert_int_equal(bridge_class(&channel, frame, 64), 1);
	ipv4(46);
	assert_int_equal(bridge_class(&channel, frame, 64), 0);
	frame[14] = 0x65;
	assert_int_equal(bridge_class(&channel, frame, 64), 1);
	ipv4(63);
	frame[13] = 6; /* ARP */
	assert_int_equal(bridge_class(&channel, frame, 64), 1);
	ipv4(0);
	one.class_count = 1;
	assert_int_equal(bridge_class(&one, frame, 64), 0);
}

static void test_mtu(void **state)
{
	struct iwc_config c = channel;

	(void)state;
	assert_int_equal(bridge_mtu(&c), 1500);
	c.cls[1].frame_max_bytes = 1536;
	assert_int_equal(bridge_mtu(&c), 1500);
	c.cls[1].frame_max_bytes = 1513;
	assert_int_equal(bridge_mtu(&c), 1499);
	c.cls[1].frame_max_bytes = 82;
	assert_int_equal(bridge_mtu(&c), 68);
	c.cls[1].frame_max_bytes = 81;
	assert_int_equal(bridge_mtu(&c), 0);
}

/* ---- a TAP, by a pair of sockets that keep frames apart as it does ---- */

static struct bridge_tap tap;
static struct sim_rt_client client;
static int device;

static void plug_in(enum sim_world_id world)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair), 0);
	device = pair[1];
	client = bridge_tap_client(&tap, &channel, world, pair[0]);
	tap.rt = (struct sim_rt *)&room;
	assert_int_equal(client.fd, pair[0]);
	sent_count = 0;
	calls = 0;
	room[0] = 1000;
	room[1] = 1000;
	assert_int_equal(client.boot(client.ctx, 0), 0);
}

static void pull_out(void)
{
	(void)close(tap.fd);
	(void)close(device);
}

/* Frame i of 60 bytes, urgent or not. */
static void offer(uint8_t i, bool urgent)
{
	ipv4(urgent ? 46 : 0);
	frame[40] = i;
	assert_int_equal(write(device, frame, 60), 60);
}

static void test_batches(void **state)
{
	(void)state;
	plug_in(SIM_NS);
	assert_true(client.run(client.ctx, 7) == SIM_RT_NEVER);
	assert_int_equal(calls, 0);
	for (unsigned i = 0; i < 2 * BRIDGE_BATCH + 1; i++)
		offer((uint8_t)i, i % 4 == 0);
	/* a full batch: there may be more, and others have their turn first */
	assert_true(client.run(client.ctx, 7) == 7);
	assert_int_equal(sent_count, BRIDGE_BATCH);
	assert_int_equal(calls, 2);
	assert_true(client.run(client.ctx, 8) == 8);
	assert_true(client.run(client.ctx, 9) == SIM_RT_NEVER);
	assert_int_equal(sent_count, 2 * BRIDGE_BATCH + 1);
	assert_false(keeps);
	/* in each class the order is kept, and class 0 comes first */
	for (unsigned i = 0; i < BRIDGE_BATCH; i++) {
		bool urgent = i < BRIDGE_BATCH / 4;
		unsigned bulk = i - BRIDGE_BATCH / 4;

		assert_int_equal(sent[i].cls, urgent ? 0 : 1);
		assert_int_equal(sent[i].len_bytes, 60);
		assert_int_equal(sent[i].bytes[40], urgent ? 4 * i : bulk + bulk / 3 + 1);
	}
	pull_out();
}

static void test_full_ring(void **state)
{
	(void)state;
	plug_in(SIM_NS);
	room[1] = 3;
	for (uint8_t i = 0; i < 8; i++)
		offer(i, i == 5);
	assert_true(client.run(client.ctx, 7) == SIM_RT_NEVER);
	assert_int_equal(sent_count, 4);
	assert_int_equal(sent[0].bytes[40], 5);
	assert_int_equal(sent[3].bytes[40], 2);
	assert_int_equal(tap.held, 4);
	/* nothing new is read before what is kept has gone */
	offer(8, true);
	room[1] = 1;
	assert_true(client.run(client.ctx, 7) == SIM_RT_NEVER);
	assert_int_equal(sent_count, 5);
	assert_int_equal(sent[4].bytes[40], 3);
	room[1] = 1000;
	assert_true(client.run(client.ctx, 7) != SIM_RT_NEVER);
	assert_int_equal(sent_count, 8);
	assert_int_equal(sent[5].bytes[40], 4);
	assert_int_equal(sent[6].bytes[40], 6);
	assert_int_equal(sent[7].bytes[40], 7);
	assert_true(client.run(client.ctx, 7) == SIM_RT_NEVER);
	assert_int_equal(sent_count, 9);
	assert_int_equal(sent[8].bytes[40], 8);
	pull_out();
}

/* What is kept keeps its class, and a full class holds up no other. */
static void test_full_urgent(void **state)
{
	(void)state;
	plug_in(SIM_NS);
	room[0] = 1;
	for (uint8_t i = 0; i < 6; i++)
		offer(i, i != 2 && i != 4);
	(void)client.run(client.ctx, 7);
	assert_int_equal(sent_count, 3);
	assert_int_equal(tap.held, 3);
	room[0] = 1000;
	(void)client.run(client.ctx, 8);
	assert_int_equal(sent_count, 6);
	for (unsigned i = 3; i < 6; i++)
		assert_int_equal(sent[i].cls, 0);
	assert_int_equal(sent[3].bytes[40], 1);
	assert_int_equal(sent[4].bytes[40], 3);
	assert_int_equal(sent[5].bytes[40], 5);
	/* each frame still has a buffer of its own */
	for (uint8_t i = 0; i < BRIDGE_BATCH; i++)
		offer(i, false);
	(void)client.run(client.ctx, 9);
	assert_int_equal(sent_count, 6 + BRIDGE_BATCH);
	for (unsigned i = 0; i < BRIDGE_BATCH; i++)
		assert_int_equal(sent[6 + i].bytes[40], i);
	pull_out();
}

static void test_crash(void **state)
{
	(void)state;
	plug_in(SIM_NS);
	room[1] = 0;
	for (uint8_t i = 0; i < 5; i++)
		offer(i, false);
	(void)client.run(client.ctx, 7);
	assert_int_equal(client.boot(client.ctx, 8), 5);
	assert_int_equal(client.boot(client.ctx, 9), 0);
	assert_int_equal(sent_count, 0);
	pull_out();
}

static void test_secure_never_keeps(void **state)
{
	(void)state;
	plug_in(SIM_S);
	room[1] = 0;
	for (uint8_t i = 0; i < 5; i++)
		offer(i, false);
	(void)client.run(client.ctx, 7);
	assert_false(keeps);
	assert_int_equal(tap.held, 0);
	pull_out();
}

static void test_device_fails(void **state)
{
	uint8_t got[64];

	(void)state;
	plug_in(SIM_NS);
	ipv4(0);
	assert_true(client.deliver(client.ctx, 1, frame, 60, 7));
	assert_int_equal(read(device, got, sizeof(got)), 60);
	assert_memory_equal(got, frame, 60);
	for (unsigned i = 0; i < 100000 && client.deliver(client.ctx, 1, frame, 60, 7); i++)
		;
	assert_false(client.deliver(client.ctx, 1, frame, 60, 7));
	assert_int_equal(atomic_load(&tap.broken), 0);
	/* what is no device any more */
	(void)close(tap.fd);
	assert_true(client.run(client.ctx, 7) == SIM_RT_NEVER);
	assert_int_equal(atomic_load(&tap.broken), EBADF);
	(void)close(device);
}

/* ---- lwIP ---- */

static const struct sim_stack_config stack = {.mac = {2, 0x69, 0x77, 0x63, 0, 2},
					      .ipv4 = {10, 77, 0, 2},
					      .netmask = {255, 255, 255, 0},
					      .peer_ipv4 = {10, 77, 0, 1},
					      .server = true,
					      .seed = 1};

static struct bridge_lwip lwip;

/* Who has 10.77.0.2? */
static uint32_t ask_who_has(void)
{
	static const uint8_t request[42] = {
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0x69, 0x77, 0x63, 0,	   1,	 8, 6,
	    0,	  1,	8,    0,    6,	  4,	0, 1,	 2,    0x69, 0x77, 0x63, 0, 1,
	    10,	  77,	0,    1,    0,	  0,	0, 0,	 0,    0,    10,   77,	 0, 2};

	memcpy(frame, request, sizeof(request));
	return sizeof(request);
}

static void test_lwip(void **state)
{
	struct sim_stack_config bad = stack;

	(void)state;
	bad.netmask[3] = 255;
	assert_non_null(bridge_lwip_init(&lwip, &channel, &bad));
	assert_null(bridge_lwip_init(&lwip, &channel, &stack));
	client = bridge_lwip_client(&lwip);
	lwip.rt = (struct sim_rt *)&room;
	assert_int_equal(client.fd, -1);
	sent_count = 0;
	room[1] = 1000;

	/* no carrier yet */
	assert_int_equal(client.boot(client.ctx, 1), 0);
	assert_true(client.run(client.ctx, 1) == SIM_RT_NEVER);
	assert_false(client.deliver(client.ctx, 1, frame, ask_who_has(), 1));
	client.link(client.ctx, true, 2);
	assert_int_equal(sent_count, 1); /* its own address */
	assert_true(client.deliver(client.ctx, 1, frame, ask_who_has(), 3));
	assert_int_equal(sent_count, 2);
	assert_int_equal(sent[1].bytes[21], 2); /* an answer */
	assert_true(keeps);
	assert_true(client.run(client.ctx, 4) > 4);

	/* it knows when it was refused, and goes on in the same life */
	room[1] = 0;
	assert_true(client.deliver(client.ctx, 1, frame, ask_who_has(), 5));
	assert_true(lwip.refused);
	room[1] = 1000;
	(void)client.run(client.ctx, 6);
	assert_false(lwip.refused);
	client.link(client.ctx, false, 7);
	client.link(client.ctx, true, 8);
	assert_int_equal(sent_count, 2);

	/* a new life begins with a new stack */
	assert_int_equal(client.boot(client.ctx, 9), 0);
	assert_false(client.deliver(client.ctx, 1, frame, ask_who_has(), 9));
	client.link(client.ctx, true, 10);
	assert_int_equal(sent_count, 3);
	assert_int_equal(atomic_load(&lwip.faults), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_class),
	    cmocka_unit_test(test_mtu),
	    cmocka_unit_test(test_batches),
	    cmocka_unit_test(test_full_ring),
	    cmocka_unit_test(test_full_urgent),
	    cmocka_unit_test(test_crash),
	    cmocka_unit_test(test_secure_never_keeps),
	    cmocka_unit_test(test_device_fails),
	    cmocka_unit_test(test_lwip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
