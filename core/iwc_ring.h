/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwc_ring.h - one direction of one class: a ring of 64-byte lines with a parallel tag array.
 *
 * A frame takes whole lines, is contiguous and starts on a line; the rest of its last line is
 * zero. tag[l mod L] = (l + 1):48 << 16 | length publishes the frame that starts at line number
 * l. There is no producer index: the consumer follows line numbers itself and takes from the
 * peer one word a frame, which either carries the number it waits for, or means "no frame".
 *
 * Invariants, all over private state: credit <= pos <= credit + L in the producer; told <= pos in
 * the consumer; one lap never overwrites a line that the consumer has not given back.
 *
 * Barrier pairs (the letters stand at both halves in the code and in docs/protocol.md):
 *   A  tag store, release       ->  tag load, acquire
 *   B  credit store, release    ->  credit load, acquire
 *   D  tag store, full fence, wake load      |  wake store, full fence, tag load
 *   E  credit store, full fence, space load  |  space store, full fence, credit load
 *
 * One context of the owning world may call; nothing here waits, and nothing that the peer writes
 * changes anything but the frames taken, a violation code and the counters.
 */
#ifndef IWC_RING_H
#define IWC_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iwc_e2e.h"
#include "iwc_layout.h"

/* A frame in private memory. A buffer to receive into holds at least IWC_FRAME_MAX bytes. */
struct iwc_frame {
	void *buf;
	uint32_t len_bytes; /* IWC_FRAME_MIN..IWC_FRAME_MAX */
};

/* What the peer did against the protocol. Values are stable: they travel in hello[2] and traces. */
enum iwc_violation {
	IWC_VIOLATION_NONE = 0,
	IWC_VIOLATION_LENGTH = 1,    /* frame length outside 14..frame_max_bytes */
	IWC_VIOLATION_PAST_END = 2,  /* frame runs past the last line of the ring */
	IWC_VIOLATION_SKIP = 3,	     /* skip tag at line index 0 */
	IWC_VIOLATION_CREDIT = 4,    /* credit outside [last credit, own position] */
	IWC_VIOLATION_WITHDRAWN = 5, /* peer took its acknowledgement back */
	IWC_VIOLATION_START = 6,     /* acknowledgement without a start line */
};

struct iwc_producer {
	struct iwc_word *tag, *e2e, *space;	   /* own section */
	uint8_t *data;				   /* own section */
	const struct iwc_word *credit_word, *wake; /* peer's section */
	uint64_t pos;				   /* next line to fill, free-running */
	uint64_t credit;			   /* last believed credit, free-running */
	uint64_t watch_pos, watch_credit;	   /* as of the last look for a stall */
	uint32_t lines;				   /* L */
	uint32_t frame_max_bytes;
	uint32_t seq;
	bool protect; /* write end-to-end words */
	bool bell;    /* the consumer may sleep: fence and look at wake */
	struct iwc_e2e_id id;
	enum iwc_violation violation;
	void *port;
};

struct iwc_consumer {
	const struct iwc_word *tag, *e2e, *space; /* peer's section */
	const uint8_t *data;			  /* peer's section */
	struct iwc_word *credit_word, *wake;	  /* own section */
	uint64_t pos;				  /* next line to take, free-running */
	uint64_t told;				  /* last credit given */
	uint32_t lines;
	uint32_t frame_max_bytes;
	bool protect; /* verify end-to-end words */
	bool bell;    /* the producer may sleep on a full ring */
	enum iwc_violation violation;
	void *port;
	struct iwc_e2e_rx check;
	struct {
		uint64_t word;
		enum iwc_e2e_match match;
	} pending[IWC_BURST_MAX]; /* frames taken, not yet judged */
};

/*
 * Copy up to n frames (1..IWC_BURST_MAX) into the ring and publish them; the first tag is written
 * last with release (A). Returns how many were taken: fewer than n if the ring is full, if a
 * frame's length is outside IWC_FRAME_MIN..frame_max_bytes (the first bad frame stops the burst) or
 * if the peer's credit is a violation, which is left in p->violation. *ring becomes true if the
 * consumer asked for a doorbell; it is never set to false.
 * Peer's words read: the credit at most once, the wake word at most once.
 */
unsigned iwc_producer_send(struct iwc_producer *p, const struct iwc_frame *f, unsigned n,
			   bool *ring);

/*
 * Ask for a doorbell when a frame of len_bytes fits, then look again (E). True: it fits by now.
 * Peer's words read: the credit once.
 */
bool iwc_producer_arm(struct iwc_producer *p, uint32_t len_bytes);

/* Would a frame of len_bytes fit, by the credit already known? Private state only. */
bool iwc_producer_fits(const struct iwc_producer *p, uint32_t len_bytes);

/*
 * Did the consumer take nothing since the last call, although lines waited even then? Peer's words
 * read: the credit once, if lines are waiting.
 */
bool iwc_producer_stalled(struct iwc_producer *p);

/*
 * Copy up to n frames (1..IWC_BURST_MAX) out of the ring. Returns how many; a violation ends the
 * burst and is left in c->violation. Nothing is delivered or credited yet: the caller makes sure
 * that the session still stands, then calls iwc_consumer_judge.
 * before[0..before_count) are rings to serve first: the burst ends when one of them has a frame.
 * Peer's words read: at most 2 n + 1 tags and n end-to-end words, each once, and a tag of each
 * ring in before[] after each frame.
 */
unsigned iwc_consumer_take(struct iwc_consumer *c, struct iwc_frame *f, unsigned n,
			   const struct iwc_consumer *before, unsigned before_count);

/*
 * Judge the n frames of the last take by their end-to-end words: those that may be delivered are
 * moved to the front of f (buffers are swapped, none is lost) and counted in the return value.
 */
unsigned iwc_consumer_judge(struct iwc_consumer *c, struct iwc_frame *f, unsigned n,
			    uint64_t now_ns);

/*
 * Give the taken lines back (B) when an eighth of the ring has gathered, or all of them if force.
 * True if the producer asked for a doorbell at this credit. Peer's words read: space at most once.
 */
bool iwc_consumer_credit(struct iwc_consumer *c, bool force);

/* Has an eighth gathered? If not, iwc_consumer_credit does nothing unless forced. Private state. */
static inline bool iwc_consumer_owes(const struct iwc_consumer *c)
{
	return c->pos - c->told >= c->lines / 8u;
}

/* Ask for a doorbell at the next frame. The caller issues the full fence of D afterwards. */
void iwc_consumer_arm(struct iwc_consumer *c);

/* Does the tag at the own position carry the awaited number? Peer's words read: one tag. */
bool iwc_consumer_ready(const struct iwc_consumer *c);

#endif
