/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the peer says. One byte a load: its low three bits choose the kind of value, the others are
 * a parameter. Kind 0 is what an honest peer might say, and so is all behind the end of the input;
 * kind 7 is any value, eight bytes of the input.
 */
#include "adversary.h"

#define ANY 7u

struct choice {
	unsigned kind;
	uint32_t p; /* 0..31 */
};

uint8_t adversary_byte(void)
{
	return adversary.next != adversary.end ? *adversary.next++ : 0;
}

uint64_t adversary_bytes(unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < n; i++)
		v |= (uint64_t)adversary_byte() << (8u * i);
	return v;
}

bool adversary_spent(void)
{
	return adversary.next == adversary.end;
}

static struct choice choose(void)
{
	uint8_t b = adversary.honest ? 0 : adversary_byte();

	return (struct choice){b & 7u, b >> 3};
}

static uint64_t said(uint64_t line)
{
	return (line & IWC_LINE_MASK) | IWC_SAID;
}

/* Kind 0: the peer has acknowledged me, with its present epoch or a new one. */
uint64_t adversary_say_session(void)
{
	struct choice c = choose();
	uint32_t epoch = adversary.acked, mine = adversary.epoch;

	if (epoch == 0u)
		epoch = adversary.highest + 1u != 0u ? adversary.highest + 1u : 1u;
	switch (c.kind) {
	case 1:
		return adversary.session;
	case 2:
		return (uint64_t)(epoch + c.p - 16u) << 32 | mine;
	case 3:
		return (uint64_t)epoch << 32 | (mine + c.p - 16u);
	case 4:
		return (uint64_t)epoch << 32;
	case 5:
		return mine;
	case 6:
		return (uint64_t)(epoch + (c.p << 27)) << 32 | mine;
	case ANY:
		return adversary_bytes(8);
	default:
		return (uint64_t)epoch << 32 | mine;
	}
}

uint64_t adversary_say_start(void)
{
	struct choice c = choose();

	switch (c.kind) {
	case 1:
		return said(IWC_LINE_MASK - c.p);
	case 2:
		return said((UINT64_C(1) << 32) - c.p);
	case 3:
		return c.p;
	case 4:
		return said(c.p) | UINT64_C(0x7fff) << 48;
	case ANY:
		return adversary_bytes(8);
	default:
		return said(c.p);
	}
}

uint64_t adversary_say_credit(unsigned cls)
{
	const struct adversary_out *out = &adversary.out[cls];
	struct choice c = choose();

	switch (c.kind) {
	case 1:
		return said(out->credit + c.p);
	case 2:
		return said(out->pos - c.p);
	case 3:
		return said(out->credit - 1u - c.p);
	case 4:
		return said(out->pos + 1u + c.p);
	case 5:
		return said(out->credit + c.p) ^ IWC_SAID;
	case 6:
		return said(out->credit + c.p / 2u) | UINT64_C(0x5555) << 48;
	case ANY:
		return adversary_bytes(8);
	default:
		return said(out->pos);
	}
}

uint64_t adversary_say_near(uint64_t line)
{
	struct choice c = choose();

	switch (c.kind) {
	case 1:
	case 2:
		return said(line + c.p - 16u);
	case 3:
		return said(line + c.p - 16u) | UINT64_C(0x7777) << 48;
	case 4:
		return said(line + c.p - 16u) ^ IWC_SAID;
	case ANY:
		return adversary_bytes(8);
	default:
		return 0;
	}
}

/* A length: at the limits of what a frame may have, of a line and of the ring. */
static uint64_t length(unsigned cls, uint32_t p)
{
	uint32_t max = adversary.cfg.cls[cls].frame_max_bytes, lines = adversary_lines(cls);
	uint32_t rest = (lines - ((uint32_t)adversary.in[cls].pos & (lines - 1u))) * IWC_LINE;
	const uint32_t some[32] = {
	    14,	      15,   63,	       64,	  65,	  127,	  128,	     129,
	    max - 1u, max,  max + 1u,  13,	  12,	  1,	  0,	     rest,
	    1536,     1537, rest + 1u, rest - 1u, 0xfffe, 0x8000, max + 64u, max - 64u,
	    1535,     1023, 60,	       1514,	  0x7fff, 0x100,  192,	     20,
	};

	return some[p] & 0xffffu;
}

/* Kind 0: nothing has been sent since the lap before. */
uint64_t adversary_say_tag(unsigned cls)
{
	struct choice c = choose();
	uint64_t number = (adversary.in[cls].pos + 1u) << 16, lines = adversary_lines(cls);

	switch (c.kind) {
	case 1:
		return number | length(cls, c.p);
	case 2:
		return number | (c.p < 16u ? 14u + c.p : adversary_bytes(2));
	case 3:
		return number | IWC_SKIP;
	case 4:
		return (number + ((uint64_t)(c.p >> 1) << 16) - (UINT64_C(8) << 16)) |
		       (c.p & 1u) * 64u;
	case 5:
		return (number - ((c.p + 1u) * lines << 16)) | 64u;
	case 6:
		return c.p == 0u ? 0 : number ^ (UINT64_C(1) << (c.p + 32u)) ^ 64u;
	case ANY:
		return adversary_bytes(8);
	default:
		return number - (lines << 16);
	}
}

uint8_t adversary_payload(const struct adversary_frame *f, uint32_t i)
{
	return (uint8_t)(f->salt + 31u * (i >> 8) + i * 7u);
}

static uint64_t word_for(const struct iwc_e2e_id *id, uint32_t seq, const struct adversary_frame *f)
{
	uint8_t bytes[IWC_FRAME_MAX];

	for (uint32_t i = 0; i < f->len_bytes; i++)
		bytes[i] = adversary_payload(f, i);
	return iwc_e2e_word(id, seq, bytes, f->len_bytes);
}

uint64_t adversary_right_word(unsigned cls, uint32_t seq, const struct adversary_frame *f)
{
	struct iwc_e2e_id id = {adversary.acked, adversary.epoch, cls};

	return word_for(&id, seq, f);
}

/* Kind 0: the frame that comes next. */
uint64_t adversary_say_e2e(unsigned cls, const struct adversary_frame *f)
{
	struct choice c = choose();
	uint32_t seq = adversary.in[cls].expected;

	for (unsigned i = 0; i + 1u < adversary.in[cls].n; i++)
		seq++;
	switch (c.kind) {
	case 1:
		return adversary_right_word(cls, seq + c.p - 16u, f);
	case 2:
		return word_for(&adversary.ep.rx[cls].check.former, seq + c.p, f);
	case 3:
		return adversary_right_word(cls, seq, f) ^ UINT64_C(1) << c.p;
	case 4:
		return adversary_right_word(cls ^ 1u, seq, f);
	case 5:
		return adversary_right_word(cls, seq + (c.p << 27), f);
	case 6:
		return adversary_right_word(cls, seq - 66u + c.p, f);
	case ANY:
		return adversary_bytes(8);
	default:
		return adversary_right_word(cls, seq, f);
	}
}
