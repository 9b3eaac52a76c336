/* SPDX-License-Identifier: BSD-2-Clause */
#include "net_if.h"

#define ETHERTYPE 12u
#define IPV4_FIRST 14u
#define IPV4_TOS 15u
#define DSCP_URGENT 40u

bool net_init(struct net_if *net, const struct net_hooks *hooks, void *own, const void *peer,
	      void *port)
{
	const struct iwc_config cfg = iwc_channel_config();

	net->hooks = *hooks;
	net->buf = NULL;
	net->wants_room = false;
	net->n = (struct net_counters){0};
	return iwc_section_bytes(&cfg) <= IWC_SECTION_BYTES &&
	       iwc_init(&net->ep, &cfg, own, peer, port) == IWC_OK &&
	       iwc_boot(&net->ep, hooks->epoch()) == IWC_OK;
}

static void follow(struct net_if *net, unsigned events)
{
	/* Of a new session right behind an old one the stack hears both. */
	if ((events & IWC_EVENT_DOWN) != 0)
		net->hooks.link(net->hooks.ctx, false);
	if (iwc_is_up(&net->ep) && (events & IWC_EVENT_UP) != 0)
		net->hooks.link(net->hooks.ctx, true);
	/* Without an epoch it is refused, and asked for again. */
	if ((events & IWC_EVENT_RENEW) != 0)
		(void)iwc_renew(&net->ep, net->hooks.epoch());
}

/* One frame a call, so that a control frame waits for one bulk frame at most (P12). */
static bool receive(struct net_if *net)
{
	struct iwc_frame f;
	unsigned cls;

	if (net->buf == NULL)
		net->buf = net->hooks.take(net->hooks.ctx);
	f = (struct iwc_frame){.buf = net->buf != NULL ? net->buf : net->dropped};
	if (iwc_recv(&net->ep, &f, 1, &cls) == 0)
		return false;
	if (net->buf == NULL) {
		net->n.no_buffer++;
		return true;
	}
	net->buf = NULL;
	net->hooks.give(net->hooks.ctx, f.buf, f.len_bytes, cls);
	return true;
}

static void offer_room(struct net_if *net)
{
	if (net->wants_room && iwc_arm_space(&net->ep, IWC_CLASS_BULK, IWC_BULK_FRAME_MAX)) {
		net->wants_room = false;
		net->hooks.room(net->hooks.ctx);
	}
}

bool net_poll(struct net_if *net)
{
	net->n.activations++;
	follow(net, iwc_begin(&net->ep, net->hooks.now_ns()));
	while (receive(net))
		;
	offer_room(net);
	return iwc_arm(&net->ep);
}

unsigned net_class(const uint8_t *frame, uint32_t len_bytes)
{
	bool ipv4 = len_bytes > IPV4_TOS && frame[ETHERTYPE] == 0x08 && frame[ETHERTYPE + 1] == 0 &&
		    frame[IPV4_FIRST] >> 4 == 4;

	return ipv4 && frame[IPV4_TOS] >> 2 >= DSCP_URGENT && len_bytes <= IWC_CONTROL_FRAME_MAX
		   ? IWC_CLASS_CONTROL
		   : IWC_CLASS_BULK;
}

bool net_send(struct net_if *net, const void *frame, uint32_t len_bytes)
{
	/* The core reads it only. */
	const struct iwc_frame f = {.buf = (void *)(uintptr_t)frame, .len_bytes = len_bytes};
	unsigned cls = net_class(frame, len_bytes);

	switch (iwc_send(&net->ep, cls, &f, 1)) {
	case 1:
		return true;
	case 0:
		net->n.full++;
		if (cls == IWC_CLASS_BULK)
			net->wants_room = true;
		return false;
	case IWC_EFRAME:
		net->n.bad++;
		return false;
	default:
		net->n.down++;
		return false;
	}
}
