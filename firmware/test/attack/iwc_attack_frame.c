// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Attacks by what stands in the shared region. Each is followed by a new life of this peer, in
 * which S must answer (P6).
 */
#include <linux/delay.h>
#include <linux/slab.h>

#include "iwc_attack.h"

#define RING_LINES 4096u /* of the bulk class */
#define FAR (1ull << 40)

static u64 tag_of(u64 pos, u64 len)
{
	return ((pos + 1) & IWC_LINE_MASK) << 16 | len;
}

static void put_tag(struct attack_peer *p, u64 line, u64 len)
{
	iwc_port_store_release(attack_peer_tag(p), tag_of(line, len));
	attack_peer_ring(p);
}

static u64 position(struct attack_peer *p)
{
	return p->ep.tx[IWC_CLASS_BULK].pos;
}

/* The ring that S fills runs full, while nobody gives a line of it back. */
static void fill_ring_of_s(struct attack_peer *p)
{
	unsigned int i;

	for (i = 0; i < 2 * RING_LINES; i++) {
		if (!attack_peer_ask(p))
			usleep_range(1000, 1100);
		if (i % 64 == 0)
			attack_peer_ring(p);
	}
}

static bool ends_in(struct attack_peer *p, const char *what, enum iwc_violation why)
{
	bool refused = attack_peer_refused(p, why);

	attack_judge(what, refused);
	return attack_peer_up(p);
}

static int answers_at_last(struct attack_peer *p)
{
	bool up = attack_peer_up(p);

	attack_judge("S answers its peer's next life", up && attack_peer_answers(p));
	return 0;
}

static void put_credit(struct attack_peer *p, u64 credit)
{
	iwc_port_store_release(&p->ep.own->cls[IWC_CLASS_BULK].credit,
			       (credit & IWC_LINE_MASK) | IWC_SAID);
}

int attack_far(struct attack_peer *p)
{
	put_tag(p, position(p) + FAR, 60);
	attack_judge("a tag far ahead is no frame", attack_peer_answers(p));
	put_tag(p, position(p) + RING_LINES, 60);
	attack_judge("a tag of the next lap is no frame", attack_peer_answers(p));
	put_credit(p, p->ep.rx[IWC_CLASS_BULK].pos + FAR);
	fill_ring_of_s(p);
	ends_in(p, "a credit far ahead", IWC_VIOLATION_CREDIT);
	return answers_at_last(p);
}

int attack_replay(struct attack_peer *p)
{
	unsigned int i;
	bool all = true;

	for (i = 0; i < RING_LINES + 8 && all; i++)
		all = attack_peer_answers(p);
	attack_judge("a lap of questions is answered", all);
	put_tag(p, position(p) - RING_LINES, 60);
	msleep(20);
	attack_peer_poll(p);
	attack_judge("no answer that was not asked for", p->answered == p->asked);
	put_credit(p, p->ep.rx[IWC_CLASS_BULK].told - 64);
	fill_ring_of_s(p);
	ends_in(p, "a credit taken back", IWC_VIOLATION_CREDIT);
	return answers_at_last(p);
}

/*
 * For a moment now and then the tag of a good frame says a length that no buffer has, and the bytes
 * change. S takes one frame after another, or sees a bad length first and ends the session.
 */
static void flip(struct iwc_producer *tx, u64 line)
{
	struct iwc_word *tag = &tx->tag[line % RING_LINES];
	u64 i, good = tag_of(line, 60), *data = (u64 *)&tx->data[line % RING_LINES * IWC_LINE];

	for (i = 0; i < 20000; i++) {
		iwc_port_store_relaxed(tag, good);
		WRITE_ONCE(data[i % 8], i * 0x0101010101010101ull);
		WRITE_ONCE(data[(i + 3) % 8], ~0ull);
		iwc_port_store_relaxed(tag, good | 0xff00);
		WRITE_ONCE(data[(i + 5) % 8], i);
		WRITE_ONCE(data[(i + 6) % 8], ~i);
	}
	iwc_port_store_release(tag, good);
}

/* S says that it has taken the lines up to here at most. */
static bool within(struct attack_peer *p, u64 line)
{
	u64 credit = iwc_port_load_acquire(p->ep.tx[IWC_CLASS_BULK].credit_word);

	return !(credit & IWC_SAID) || ((line - credit) & IWC_LINE_MASK) <= RING_LINES;
}

int attack_flip(struct attack_peer *p)
{
	struct iwc_producer *tx = &p->ep.tx[IWC_CLASS_BULK];
	u64 frames = 0, line, end;
	bool good = true;

	while (attack_time_left() && attack_peer_up(p)) {
		memset(tx->data, 0xa5, RING_LINES * IWC_LINE);
		end = position(p) + RING_LINES;
		for (line = position(p); line < end && attack_time_left(); line++) {
			if (iwc_port_load_acquire(&p->ep.peer->session) != p->session)
				break;
			attack_peer_ring(p);
			flip(tx, line);
			good = good && within(p, line + 1);
			cond_resched();
			frames++;
		}
	}
	attack_tell("frames", frames);
	attack_judge("S takes no more lines than were sent", good);
	return answers_at_last(p);
}

int attack_past_end(struct attack_peer *p)
{
	put_tag(p, position(p), IWC_BULK_FRAME_MAX + 1);
	ends_in(p, "a frame longer than any", IWC_VIOLATION_LENGTH);
	put_tag(p, position(p), 0xfffe);
	ends_in(p, "a frame of 65534 bytes", IWC_VIOLATION_LENGTH);
	while ((position(p) + 1) % RING_LINES && attack_peer_answers(p))
		;
	put_tag(p, position(p), IWC_BULK_FRAME_MAX);
	ends_in(p, "a frame beyond the end of the ring", IWC_VIOLATION_PAST_END);
	return answers_at_last(p);
}

int attack_runts(struct attack_peer *p)
{
	put_tag(p, position(p), 0);
	ends_in(p, "a frame of 0 bytes", IWC_VIOLATION_LENGTH);
	put_tag(p, position(p), 1);
	ends_in(p, "a frame of 1 byte", IWC_VIOLATION_LENGTH);
	put_tag(p, position(p), IWC_FRAME_MIN - 1);
	ends_in(p, "a frame of 13 bytes", IWC_VIOLATION_LENGTH);
	return answers_at_last(p);
}

int attack_write_peer(struct attack_peer *p)
{
	u64 rounds = 0, i, n = iwc_section_bytes(&p->ep.cfg) / 8, state = 88172645463325252ull;
	u64 *word = attack_region.s;

	while (attack_time_left()) {
		for (i = 0; i < n; i++)
			WRITE_ONCE(word[i], attack_random(&state));
		attack_peer_ask(p);
		attack_peer_ring(p);
		rounds++;
		usleep_range(100, 200);
	}
	attack_tell("rounds", rounds);
	return answers_at_last(p);
}

/* Each epoch is one of the monitor's, and acknowledges what S shows. */
int attack_flap(struct attack_peer *p)
{
	u64 epochs = 0;

	while (attack_time_left()) {
		u64 s = iwc_port_load_acquire(&p->ep.peer->session) >> 32;

		iwc_port_store_release(&p->ep.own->session, (u64)attack_epoch() << 32 | s);
		if (epochs++ % 16 == 0)
			attack_peer_ring(p);
		if (epochs % 256 == 0)
			cond_resched();
	}
	attack_tell("epochs", epochs);
	return answers_at_last(p);
}

/* One violation after another, as fast as S begins new sessions. */
int attack_provoke(struct attack_peer *p)
{
	static const u16 length[] = {0, 13, 1537, 0x7fff, 0xfffe, IWC_SKIP};
	u64 refused = 0, tried = 0;

	do {
		put_tag(p, position(p), length[tried++ % ARRAY_SIZE(length)]);
		refused += attack_peer_refused(p, 0);
	} while (attack_time_left() && attack_peer_up(p));
	attack_tell("violations", refused);
	attack_judge("each of them ends the session", refused == tried && tried > 1);
	return answers_at_last(p);
}

/* ---- what lies in the region ---- */

/* The loader of the test put it at the end of both sections before power-on. */
#define GARBAGE 0x6761726261676521ull

int attack_garbage(void)
{
	const u64 *ns = attack_region.ns, *s = attack_region.s;
	size_t i, found = 0, n = attack_region.bytes / 8;

	for (i = 0; i < n; i++)
		found += READ_ONCE(ns[i]) == GARBAGE || READ_ONCE(s[i]) == GARBAGE;
	attack_tell("garbage", found);
	attack_judge("nothing of before power-on is left", !found);
	return 0;
}

/* Behind each frame that S sent, the rest of its last line. In S's first lap only: later a longer
 * frame may lie on a line whose tag is an older one's. */
int attack_padding(void)
{
	const struct iwc_config cfg = iwc_channel_config();
	struct iwc_consumer *rx;
	struct iwc *ep = kzalloc(sizeof(*ep), GFP_KERNEL);
	u64 frames = 0, leaked = 0, i, at, len;

	if (!ep)
		return -ENOMEM;
	if (iwc_init(ep, &cfg, attack_region.ns, attack_region.s, NULL) != IWC_OK)
		goto out;
	rx = &ep->rx[IWC_CLASS_BULK];
	for (i = 0; i < rx->lines; i++) {
		len = iwc_port_load_acquire(&rx->tag[i]) & 0xffff;
		if (!len || len % IWC_LINE == 0 || len > IWC_BULK_FRAME_MAX)
			continue;
		frames++;
		for (at = i * IWC_LINE + len; at % IWC_LINE; at++)
			leaked += READ_ONCE(rx->data[at]) != 0;
	}
	attack_tell("frames", frames);
	attack_tell("leaked", leaked);
	attack_judge("frames of S are there", frames > 10);
	attack_judge("zeros behind each", !leaked);
out:
	kfree(ep);
	return 0;
}
