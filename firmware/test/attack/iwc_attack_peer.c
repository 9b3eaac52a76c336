// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * A peer that keeps to the protocol until it is told otherwise. It asks S by ARP who has S's
 * address: the shortest question that S answers.
 */
#include <linux/delay.h>
#include <linux/ktime.h>

#include "iwc_attack.h"

#define UP_NS (10 * NSEC_PER_SEC)
#define ANSWER_NS (200 * NSEC_PER_MSEC)
#define REFUSAL_NS (3 * NSEC_PER_SEC)
#define QUESTION_BYTES 60u

static const u8 question[] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2,  'i', 'w', 'c', 0,	1,   8, 6, /* to all, ARP */
    0,	  1,	8,    0,    6,	  4,	0,  1,	 2,   'i', 'w', 'c', 0, 1,
    10,	  77,	0,    1,				 /* who asks */
    0,	  0,	0,    0,    0,	  0,	10, 77,	 0,   2, /* for whom */
};

void attack_peer_ring(struct attack_peer *p)
{
	u64 x[18] = {IWC_SMC_RING};

	p->port.ring = false;
	wmb(); /* DSB: an interrupt does not follow the order of memory */
	attack_smc(x);
}

static void ring_if_asked(struct attack_peer *p)
{
	if (p->port.ring)
		attack_peer_ring(p);
}

void attack_peer_poll(struct attack_peer *p)
{
	struct iwc_frame f = {.buf = p->in};
	unsigned int cls;

	if (iwc_begin(&p->ep, ktime_get_ns()) & IWC_EVENT_RENEW)
		iwc_renew(&p->ep, attack_epoch());
	while (iwc_recv(&p->ep, &f, 1, &cls))
		p->answered += p->in[13] == 6 && p->in[21] == 2; /* an ARP reply */
	iwc_arm(&p->ep);
	ring_if_asked(p);
}

bool attack_peer_up(struct attack_peer *p)
{
	const struct iwc_config cfg = iwc_channel_config();
	u64 end = ktime_get_ns() + UP_NS;

	p->asked = 0;
	p->answered = 0;
	if (iwc_init(&p->ep, &cfg, attack_region.ns, attack_region.s, &p->port) != IWC_OK ||
	    iwc_boot(&p->ep, attack_epoch()) != IWC_OK)
		return false;
	ring_if_asked(p);
	while (ktime_get_ns() < end) {
		attack_peer_poll(p);
		if (iwc_is_up(&p->ep)) {
			p->session = p->ep.session_seen;
			return true;
		}
		usleep_range(100, 200);
	}
	attack_judge("a session", false);
	return false;
}

bool attack_peer_ask(struct attack_peer *p)
{
	struct iwc_frame f = {.buf = p->out, .len_bytes = QUESTION_BYTES};
	bool sent;

	memset(p->out, 0, QUESTION_BYTES);
	memcpy(p->out, question, sizeof(question));
	sent = iwc_send(&p->ep, IWC_CLASS_BULK, &f, 1) == 1;
	p->asked += sent;
	ring_if_asked(p);
	return sent;
}

bool attack_peer_answers(struct attack_peer *p)
{
	u64 before = p->answered, end = ktime_get_ns() + ANSWER_NS;

	if (!attack_peer_ask(p))
		return false;
	while (ktime_get_ns() < end) {
		attack_peer_poll(p);
		if (p->answered > before)
			return true;
		usleep_range(50, 100);
	}
	return false;
}

struct iwc_word *attack_peer_tag(struct attack_peer *p)
{
	struct iwc_producer *tx = &p->ep.tx[IWC_CLASS_BULK];

	return &tx->tag[tx->pos & (tx->lines - 1)];
}

bool attack_peer_refused(struct attack_peer *p, u64 why)
{
	u64 end = ktime_get_ns() + REFUSAL_NS;

	attack_peer_ring(p);
	do {
		/* It may have begun the next one meanwhile. */
		if (iwc_port_load_acquire(&p->ep.peer->session) != p->session)
			return !why || iwc_port_load_relaxed(&p->ep.peer->hello[2]) == why;
		usleep_range(50, 100);
	} while (ktime_get_ns() < end);
	return false;
}
