/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_queue.h - a bounded queue of frames and events from many threads to one, without locks.
 *
 * Each slot has a turn. A producer that finds turn == position takes the position by compare and
 * exchange, fills the slot and sets turn to position + 1, release (pairs with the acquire load of
 * record_queue_peek). The consumer gives it back for the next lap by turn = position + slots. Full
 * is what a producer finds when a slot has not come back; it never waits for anybody.
 *
 * Its store of the turn, and the consumer's store of "asleep" in record.c, are sequentially
 * consistent, and so are the loads of the other's word that follow: one of the two sees the other.
 */
#ifndef TAP_RECORD_QUEUE_H
#define TAP_RECORD_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "realtime.h"

struct record_item {
	uint64_t turn;	 /* atomic */
	uint64_t number; /* of an event, from 1; of a frame its packet id */
	uint64_t lost;	 /* of its kind, by this queue before it */
	bool is_event;
	uint32_t kept_bytes; /* of a frame: how many of its bytes are here */
	union {
		struct sim_rt_frame frame; /* bytes: those below; len_bytes: the true length */
		struct sim_rt_event event;
	};
	uint8_t bytes[IWC_FRAME_MAX];
};

struct record_queue {
	struct record_item *slot;
	uint64_t mask;
	uint64_t lost_frames, lost_events;		  /* atomic: found it full */
	uint64_t head __attribute__((aligned(IWC_LINE))); /* atomic: next position to take */
	uint64_t tail __attribute__((aligned(IWC_LINE))); /* of the consumer alone */
};

/* slots is a power of two. False: no memory. */
bool record_queue_init(struct record_queue *q, size_t slots);
void record_queue_free(struct record_queue *q);

/* Producers. False: full, and counted. Of a frame at most keep_bytes (and a slot) are copied. */
bool record_queue_frame(struct record_queue *q, const struct sim_rt_frame *frame,
			uint32_t keep_bytes);
bool record_queue_event(struct record_queue *q, const struct sim_rt_event *event, uint64_t number);

/* Consumer: the oldest item, NULL if there is none; and give it back. */
struct record_item *record_queue_peek(struct record_queue *q);
void record_queue_drop(struct record_queue *q);

static inline uint64_t record_item_time(const struct record_item *item)
{
	return item->is_event ? item->event.time_ns : item->frame.time_ns;
}

#endif
