/* SPDX-License-Identifier: BSD-2-Clause */
/* bridge.c - a TAP interface and lwIP as ends of the channel. */
#include "bridge.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* IEEE 802.3: type at 12, packet from 14. RFC 791: version and length, type of service, ... */
#define TYPE_AT 12u
#define TYPE_IPV4 0x0800u
#define IPV4_BYTES 20u
#define DSCP_CS5 40u /* RFC 2474 */

unsigned bridge_class(const struct iwc_config *channel, const uint8_t *frame, uint32_t len_bytes)
{
	const uint8_t *packet = frame + TAP_HEADER_BYTES;

	if (len_bytes >= TAP_HEADER_BYTES + IPV4_BYTES &&
	    len_bytes <= channel->cls[0].frame_max_bytes &&
	    (frame[TYPE_AT] << 8 | frame[TYPE_AT + 1]) == TYPE_IPV4 && packet[0] >> 4 == 4 &&
	    packet[1] >> 2 >= (int)DSCP_CS5)
		return 0;
	return channel->class_count - 1u;
}

uint32_t bridge_mtu(const struct iwc_config *channel)
{
	uint32_t most = channel->cls[channel->class_count - 1u].frame_max_bytes;

	if (most < TAP_HEADER_BYTES + TAP_MTU_MIN)
		return 0;
	return most - TAP_HEADER_BYTES < TAP_MTU_MAX ? most - TAP_HEADER_BYTES : TAP_MTU_MAX;
}

/* ---- a TAP ---- */

static uint64_t tap_boot(void *ctx, uint64_t now_ns)
{
	struct bridge_tap *b = ctx;
	unsigned lost = b->held;

	(void)now_ns;
	b->held = 0;
	return lost;
}

static bool tap_deliver(void *ctx, unsigned cls, const uint8_t *frame, uint32_t len_bytes,
			uint64_t now_ns)
{
	struct bridge_tap *b = ctx;

	(void)cls;
	(void)now_ns;
	return write(b->fd, frame, len_bytes) == (ssize_t)len_bytes;
}

/* Frames that wait and would be passed by those behind them must not be: the rest of a class stays
 * behind what is kept of it. */
static unsigned send_class(struct bridge_tap *b, unsigned cls)
{
	struct iwc_frame burst[BRIDGE_BATCH];
	unsigned n = 0;

	for (unsigned i = 0; i < b->held; i++)
		if (b->cls[i] == cls)
			burst[n++] = b->frame[i];
	return n == 0 ? 0 : sim_rt_send(b->rt, b->world, cls, burst, n, false);
}

/* Take the first done[] frames of each class out of what is held; buffers go to the end. */
static void forget(struct bridge_tap *b, unsigned done[IWC_CLASSES_MAX])
{
	unsigned kept = 0;

	for (unsigned i = 0; i < b->held; i++) {
		struct iwc_frame f = b->frame[i];

		if (done[b->cls[i]] > 0) {
			done[b->cls[i]]--;
			continue;
		}
		b->frame[i] = b->frame[kept];
		b->frame[kept] = f;
		b->cls[kept++] = b->cls[i];
	}
	b->held = kept;
}

static void send_held(struct bridge_tap *b)
{
	unsigned done[IWC_CLASSES_MAX] = {0};

	for (unsigned c = 0; c < b->channel->class_count; c++)
		done[c] = send_class(b, c);
	forget(b, done);
}

/* Returns false when the device has no more frame now. */
static bool read_frame(struct bridge_tap *b)
{
	struct iwc_frame *f = &b->frame[b->held];
	ssize_t n = read(b->fd, f->buf, BRIDGE_BUFFER_BYTES);

	if (n > 0) {
		f->len_bytes = (uint32_t)n;
		b->cls[b->held++] = (uint8_t)bridge_class(b->channel, f->buf, f->len_bytes);
		return true;
	}
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		atomic_store(&b->broken, errno);
	return false;
}

static uint64_t tap_run(void *ctx, uint64_t now_ns)
{
	struct bridge_tap *b = ctx;
	bool more = true;

	if (b->held == 0)
		while (b->held < BRIDGE_BATCH && more)
			more = read_frame(b);
	if (b->held == 0)
		return SIM_RT_NEVER;
	send_held(b);
	/* A full ring calls again; a device that may have more is not waited for. */
	return b->held == 0 && more ? now_ns : SIM_RT_NEVER;
}

struct sim_rt_client bridge_tap_client(struct bridge_tap *b, const struct iwc_config *channel,
				       enum sim_world_id world, int fd)
{
	*b = (struct bridge_tap){.channel = channel, .world = world, .fd = fd};
	for (unsigned i = 0; i < BRIDGE_BATCH; i++)
		b->frame[i].buf = b->buffer[i];
	return (struct sim_rt_client){
	    .ctx = b, .boot = tap_boot, .deliver = tap_deliver, .run = tap_run, .fd = fd};
}

/* ---- lwIP ---- */

static bool lwip_output(void *ctx, const uint8_t *bytes, size_t len_bytes)
{
	struct bridge_lwip *b = ctx;
	/* The core reads what is sent, and has one kind of frame for both directions. */
	struct iwc_frame f = {(void *)(uintptr_t)bytes, (uint32_t)len_bytes};
	unsigned cls = bridge_class(b->channel, bytes, f.len_bytes);

	if (sim_rt_send(b->rt, SIM_S, cls, &f, 1, true) == 1)
		return true;
	b->refused = true;
	return false;
}

static void lwip_power_on(struct bridge_lwip *b, uint64_t now_ns)
{
	b->refused = false;
	b->on = sim_stack_tap.power_on(&b->config, now_ns);
}

static uint64_t lwip_boot(void *ctx, uint64_t now_ns)
{
	struct bridge_lwip *b = ctx;

	(void)now_ns;
	b->on = false;
	return 0;
}

static void lwip_link(void *ctx, bool up, uint64_t now_ns)
{
	struct bridge_lwip *b = ctx;

	if (up && !b->on)
		lwip_power_on(b, now_ns);
}

static bool lwip_deliver(void *ctx, unsigned cls, const uint8_t *frame, uint32_t len_bytes,
			 uint64_t now_ns)
{
	struct bridge_lwip *b = ctx;

	(void)cls;
	if (!b->on)
		return false;
	sim_stack_tap.input(frame, len_bytes, now_ns);
	return true;
}

static uint64_t lwip_run(void *ctx, uint64_t now_ns)
{
	struct bridge_lwip *b = ctx;
	const char *fault;

	if (!b->on)
		return SIM_RT_NEVER;
	fault = sim_stack_tap.fault();
	if (fault) {
		atomic_store(&b->fault, fault);
		atomic_fetch_add(&b->faults, 1);
		lwip_power_on(b, now_ns);
	}
	if (b->refused) {
		b->refused = false;
		sim_stack_tap.writable(now_ns);
	}
	sim_stack_tap.tick(now_ns);
	return sim_stack_tap.next_timeout_ns(now_ns);
}

const char *bridge_lwip_init(struct bridge_lwip *b, const struct iwc_config *channel,
			     const struct sim_stack_config *config)
{
	*b = (struct bridge_lwip){.channel = channel, .config = *config};
	b->config.output = lwip_output;
	b->config.ctx = b;
	return sim_stack_config_check(&b->config, NULL);
}

struct sim_rt_client bridge_lwip_client(struct bridge_lwip *b)
{
	return (struct sim_rt_client){.ctx = b,
				      .boot = lwip_boot,
				      .link = lwip_link,
				      .deliver = lwip_deliver,
				      .run = lwip_run,
				      .fd = -1};
}
