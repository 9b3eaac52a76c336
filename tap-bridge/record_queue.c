/* SPDX-License-Identifier: BSD-2-Clause */
#include "record_queue.h"

#include <stdlib.h>
#include <string.h>

#define FROM_S (UINT64_C(1) << 63)

bool record_queue_init(struct record_queue *q, size_t slots)
{
	*q = (struct record_queue){.mask = slots - 1u};
	q->slot = calloc(slots, sizeof(*q->slot));
	if (!q->slot)
		return false;
	for (size_t i = 0; i < slots; i++)
		__atomic_store_n(&q->slot[i].turn, i, __ATOMIC_RELAXED);
	return true;
}

void record_queue_free(struct record_queue *q)
{
	free(q->slot);
	q->slot = NULL;
}

/* A slot to fill, at position *at; NULL: full. */
static struct record_item *take(struct record_queue *q, uint64_t *at)
{
	uint64_t head = __atomic_load_n(&q->head, __ATOMIC_RELAXED);

	for (;;) {
		struct record_item *item = &q->slot[head & q->mask];
		uint64_t turn = __atomic_load_n(&item->turn, __ATOMIC_ACQUIRE);

		/* Behind head: not back from the last lap. Ahead: another producer was faster. */
		if ((int64_t)(turn - head) < 0)
			return NULL;
		if (turn != head) {
			head = __atomic_load_n(&q->head, __ATOMIC_RELAXED);
		} else if (__atomic_compare_exchange_n(&q->head, &head, head + 1u, false,
						       __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
			*at = head;
			return item;
		}
	}
}

static uint32_t min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

bool record_queue_frame(struct record_queue *q, const struct sim_rt_frame *frame,
			uint32_t keep_bytes)
{
	uint32_t kept = min(min(frame->len_bytes, keep_bytes), IWC_FRAME_MAX);
	uint64_t at;
	struct record_item *item = take(q, &at);

	if (!item) {
		__atomic_add_fetch(&q->lost_frames, 1, __ATOMIC_RELAXED);
		return false;
	}
	item->is_event = false;
	item->lost = __atomic_load_n(&q->lost_frames, __ATOMIC_RELAXED);
	item->number = frame->id | (frame->from == SIM_S ? FROM_S : 0);
	item->kept_bytes = kept;
	item->frame = *frame;
	item->frame.bytes = item->bytes;
	if (kept > 0)
		memcpy(item->bytes, frame->bytes, kept);
	__atomic_store_n(&item->turn, at + 1u, __ATOMIC_SEQ_CST);
	return true;
}

bool record_queue_event(struct record_queue *q, const struct sim_rt_event *event, uint64_t number)
{
	uint64_t at;
	struct record_item *item = take(q, &at);

	if (!item) {
		__atomic_add_fetch(&q->lost_events, 1, __ATOMIC_RELAXED);
		return false;
	}
	item->is_event = true;
	item->lost = __atomic_load_n(&q->lost_events, __ATOMIC_RELAXED);
	item->number = number;
	item->event = *event;
	__atomic_store_n(&item->turn, at + 1u, __ATOMIC_SEQ_CST);
	return true;
}

struct record_item *record_queue_peek(struct record_queue *q)
{
	struct record_item *item = &q->slot[q->tail & q->mask];

	return __atomic_load_n(&item->turn, __ATOMIC_SEQ_CST) == q->tail + 1u ? item : NULL;
}

void record_queue_drop(struct record_queue *q)
{
	struct record_item *item = &q->slot[q->tail & q->mask];

	__atomic_store_n(&item->turn, q->tail + q->mask + 1u, __ATOMIC_RELEASE);
	q->tail++;
}
