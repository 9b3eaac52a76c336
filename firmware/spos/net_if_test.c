/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver over the native port, beside a real endpoint in the place of Linux. Sections are
 * mapped twice, the peer's read-only, so a driver that writes there ends the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "iwc_port.h"
#include "net_if.h"
#include "port/count/pair.h"

#define MS UINT64_C(1000000)
#define BUFFERS 128u

struct fixture {
	struct net_if net;
	struct iwc ns;
	uint8_t *own[2];	/* NS, S */
	const uint8_t *seen[2]; /* by the peer */
	uint64_t now_ns;
	uint32_t epoch_ns, epoch_s;
	bool no_epoch, no_buffers;
	unsigned ups, downs, rooms, taken;
	unsigned given;
	struct {
		uint32_t len;
		unsigned cls;
		uint8_t first;
	} got[BUFFERS];
	uint8_t buffers[BUFFERS][IWC_FRAME_MAX];
};

static struct fixture x;

static uint64_t now_ns(void)
{
	return x.now_ns;
}

static uint32_t next_epoch(void)
{
	return x.no_epoch ? 0 : ++x.epoch_s;
}

static void *take(void *ctx)
{
	assert_ptr_equal(ctx, &x);
	return x.no_buffers || x.taken == BUFFERS ? NULL : x.buffers[x.taken++];
}

static void give(void *ctx, void *buf, uint32_t len_bytes, unsigned cls)
{
	const uint8_t *frame = buf;

	assert_ptr_equal(ctx, &x);
	/* Each buffer is given once, and none is taken ahead. */
	assert_int_equal(x.taken, x.given + 1);
	assert_ptr_equal(buf, x.buffers[x.given]);
	for (uint32_t i = 14; i < len_bytes; i++)
		assert_int_equal(frame[i], frame[14]);
	x.got[x.given].len = len_bytes;
	x.got[x.given].cls = cls;
	x.got[x.given++].first = frame[14];
}

static void link_changed(void *ctx, bool up)
{
	assert_ptr_equal(ctx, &x);
	if (up)
		x.ups++;
	else
		x.downs++;
}

static void room(void *ctx)
{
	assert_ptr_equal(ctx, &x);
	x.rooms++;
}

static const struct net_hooks hooks = {
    .now_ns = now_ns,
    .epoch = next_epoch,
    .take = take,
    .give = give,
    .link = link_changed,
    .room = room,
    .ctx = &x,
};

static void section_open(unsigned side)
{
	int fd = memfd_create("section", 0);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, IWC_SECTION_BYTES), 0);
	x.own[side] = pair_map(fd, IWC_SECTION_BYTES, PROT_READ | PROT_WRITE);
	x.seen[side] = pair_map(fd, IWC_SECTION_BYTES, PROT_READ);
	close(fd);
}

static void section_close(unsigned side)
{
	munmap(x.own[side] - PAIR_PAGE, IWC_SECTION_BYTES + 2 * PAIR_PAGE);
	munmap((void *)(uintptr_t)(x.seen[side] - PAIR_PAGE), IWC_SECTION_BYTES + 2 * PAIR_PAGE);
}

static void ns_boot(void)
{
	const struct iwc_config cfg = iwc_channel_config();

	assert_int_equal(iwc_init(&x.ns, &cfg, x.own[0], x.seen[1], NULL), IWC_OK);
	assert_int_equal(iwc_boot(&x.ns, ++x.epoch_ns), IWC_OK);
}

/* Both go round a few times, a millisecond each. */
static void settle(unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++) {
		x.now_ns += MS;
		(void)iwc_begin(&x.ns, x.now_ns);
		(void)net_poll(&x.net);
	}
}

static int set_up(void **state)
{
	(void)state;
	memset(&x, 0, sizeof(x));
	section_open(0);
	section_open(1);
	ns_boot();
	assert_true(net_init(&x.net, &hooks, x.own[1], x.seen[0], NULL));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	section_close(0);
	section_close(1);
	return 0;
}

static int set_up_linked(void **state)
{
	(void)set_up(state);
	settle(4);
	assert_int_equal(x.ups, 1);
	assert_int_equal(x.downs, 0);
	return 0;
}

/* A frame that says nothing but its fill; send it as Linux. */
static int ns_send(unsigned cls, uint32_t len, uint8_t fill)
{
	uint8_t frame[IWC_FRAME_MAX] = {0};
	struct iwc_frame f = {.buf = frame, .len_bytes = len};

	memset(frame + 14, fill, sizeof(frame) - 14);
	return iwc_send(&x.ns, cls, &f, 1);
}

/* How many frames of a class Linux finds. */
static unsigned ns_receive(unsigned cls)
{
	uint8_t frame[IWC_FRAME_MAX];
	struct iwc_frame f = {.buf = frame};
	unsigned n = 0, got;

	(void)iwc_begin(&x.ns, x.now_ns);
	while (iwc_recv(&x.ns, &f, 1, &got) != 0)
		n += got == cls;
	(void)iwc_arm(&x.ns);
	return n;
}

static bool s_send(uint8_t tos, uint32_t len)
{
	uint8_t frame[IWC_FRAME_MAX] = {[12] = 0x08, [14] = 0x45, [15] = tos};

	return net_send(&x.net, frame, len);
}

static void receives(void **state)
{
	(void)state;
	assert_int_equal(ns_send(IWC_CLASS_BULK, 1514, 1), 1);
	assert_int_equal(ns_send(IWC_CLASS_BULK, 60, 2), 1);
	assert_int_equal(ns_send(IWC_CLASS_CONTROL, 100, 3), 1);
	(void)net_poll(&x.net);
	assert_int_equal(x.given, 3);
	assert_int_equal(x.got[0].cls, IWC_CLASS_CONTROL);
	assert_int_equal(x.got[0].first, 3);
	assert_int_equal(x.got[0].len, 100);
	assert_int_equal(x.got[1].len, 1514);
	assert_int_equal(x.got[1].first, 1);
	assert_int_equal(x.got[2].len, 60);
	assert_int_equal(x.got[2].cls, IWC_CLASS_BULK);
}

/* A stack without buffers loses frames; the channel goes on, and nothing waits for it. */
static void no_buffers(void **state)
{
	(void)state;
	x.no_buffers = true;
	x.net.buf = NULL; /* the one it holds already */
	x.taken = 0;
	for (unsigned round = 0; round < 200; round++) {
		for (unsigned i = 0; i < 32; i++)
			assert_int_equal(ns_send(IWC_CLASS_BULK, 1514, 1), 1);
		settle(1);
	}
	assert_int_equal(x.net.n.no_buffer, 200 * 32);
	assert_int_equal(x.given, 0);
	assert_int_equal(x.downs, 0);
	x.no_buffers = false;
	assert_int_equal(ns_send(IWC_CLASS_BULK, 1514, 9), 1);
	settle(1);
	assert_int_equal(x.given, 1);
	assert_int_equal(x.got[0].first, 9);
}

/* One activation takes what the budget allows and says that there is more. */
static void budget(void **state)
{
	const struct iwc_config cfg = iwc_channel_config();
	const unsigned bulk = cfg.cls[IWC_CLASS_BULK].budget;

	(void)state;
	for (unsigned i = 0; i < bulk + 5; i++)
		assert_int_equal(ns_send(IWC_CLASS_BULK, 60, 1), 1);
	assert_true(net_poll(&x.net));
	assert_int_equal(x.given, bulk);
	assert_false(net_poll(&x.net));
	assert_int_equal(x.given, bulk + 5);
}

static void classes(void **state)
{
	uint8_t frame[IWC_FRAME_MAX] = {[12] = 0x08, [14] = 0x45};

	(void)state;
	frame[15] = 40 << 2;
	assert_int_equal(net_class(frame, 60), IWC_CLASS_CONTROL);
	assert_int_equal(net_class(frame, IWC_CONTROL_FRAME_MAX), IWC_CLASS_CONTROL);
	assert_int_equal(net_class(frame, IWC_CONTROL_FRAME_MAX + 1), IWC_CLASS_BULK);
	assert_int_equal(net_class(frame, 15), IWC_CLASS_BULK);
	frame[15] = (39 << 2) | 3;
	assert_int_equal(net_class(frame, 60), IWC_CLASS_BULK);
	frame[15] = 0xff;
	assert_int_equal(net_class(frame, 60), IWC_CLASS_CONTROL);
	frame[14] = 0x65;
	assert_int_equal(net_class(frame, 60), IWC_CLASS_BULK);
	frame[14] = 0x45;
	frame[13] = 0x06; /* ARP */
	assert_int_equal(net_class(frame, 60), IWC_CLASS_BULK);
}

static void sends(void **state)
{
	(void)state;
	assert_true(s_send(0xb8, 60));
	assert_true(s_send(0, 60));
	assert_true(s_send(0xb8, 1000));
	assert_int_equal(ns_receive(IWC_CLASS_CONTROL), 1);
	assert_true(s_send(0xb8, 256));
	assert_true(s_send(0, 1514));
	assert_int_equal(ns_receive(IWC_CLASS_BULK), 1);
	assert_false(s_send(0, 13));
	assert_int_equal(x.net.n.bad, 1);
}

/* P7: a full ring refuses, at once; the stack hears when the peer has made room. */
static void full(void **state)
{
	unsigned sent = 0;

	(void)state;
	while (s_send(0, 1514))
		sent++;
	assert_true(sent >= 4096 / 24 - 1);
	assert_int_equal(x.net.n.full, 1);
	(void)net_poll(&x.net);
	(void)net_poll(&x.net);
	assert_int_equal(x.rooms, 0);
	(void)ns_receive(IWC_CLASS_BULK);
	(void)net_poll(&x.net);
	assert_int_equal(x.rooms, 1);
	(void)net_poll(&x.net);
	assert_int_equal(x.rooms, 1);
	assert_true(s_send(0, 1514));
}

static void down(void **state)
{
	(void)state;
	assert_int_equal(x.ups, 0);
	assert_false(s_send(0, 60));
	assert_int_equal(x.net.n.down, 1);
}

/* Linux boots again: the stack hears of the old session's end and of the new one. */
static void peer_restarts(void **state)
{
	(void)state;
	ns_boot();
	settle(8);
	assert_int_equal(x.downs, 1);
	assert_int_equal(x.ups, 2);
	assert_int_equal(ns_send(IWC_CLASS_BULK, 60, 1), 1);
	settle(1);
	assert_int_equal(x.given, 1);
}

/* A violation freezes the link; the driver asks for an epoch after the back-off, and once only. */
static void renews(void **state)
{
	struct iwc_word *tag = x.ns.tx[IWC_CLASS_BULK].tag;
	const uint32_t before = x.epoch_s;

	(void)state;
	iwc_port_store_release(&tag[x.net.ep.rx[IWC_CLASS_BULK].pos % 4096],
			       (x.net.ep.rx[IWC_CLASS_BULK].pos + 1) << 16 | 5);
	x.no_epoch = true;
	settle(8);
	assert_int_equal(x.net.ep.n.violations, 1);
	assert_int_equal(x.downs, 1);
	assert_int_equal(x.epoch_s, before);
	assert_int_equal(x.ups, 1);
	x.no_epoch = false;
	settle(8);
	assert_int_equal(x.epoch_s, before + 1);
	assert_int_equal(x.ups, 2);
	assert_int_equal(ns_send(IWC_CLASS_BULK, 60, 1), 1);
	settle(1);
	assert_int_equal(x.given, 1);
}

static void refuses_to_start(void **state)
{
	static struct net_if net;

	(void)state;
	assert_false(net_init(&net, &hooks, x.own[1] + 64, x.seen[0], NULL));
	x.no_epoch = true;
	assert_false(net_init(&net, &hooks, x.own[1], x.seen[0], NULL));
}

#define WITH(test, set_up) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH(receives, set_up_linked),
	    WITH(no_buffers, set_up_linked),
	    WITH(budget, set_up_linked),
	    cmocka_unit_test(classes),
	    WITH(sends, set_up_linked),
	    WITH(full, set_up_linked),
	    WITH(down, set_up),
	    WITH(peer_restarts, set_up_linked),
	    WITH(renews, set_up_linked),
	    WITH(refuses_to_start, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
