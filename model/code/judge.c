/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * judge.c - what must hold, told by the frames themselves and by states in which nothing goes on.
 *
 * Every line of a frame begins with a key that says who sent it, in which session and at which
 * place in it. So a receiver alone can tell whether a frame is the next one of its session.
 */
#include "machine.h"
#include "../spec/events.h"

#include <string.h>

#define KEY_MARK UINT64_C(0x5a)

/* mark:8, world:1, class:1, number:4, place:8, pair:8, chunk:8; never 0 and never MODEL_POISON */
uint64_t model_frame_key(const struct model_frame_id *id, unsigned chunk)
{
	return KEY_MARK << 56 | (uint64_t)id->world << 40 | (uint64_t)id->cls << 36 |
	       (uint64_t)id->number << 32 | (uint64_t)id->place << 24 | (uint64_t)id->pair << 16 |
	       chunk;
}

static struct model_frame_id id_of(uint64_t key)
{
	return (struct model_frame_id){.world = key >> 40 & 1u,
				       .cls = key >> 36 & 15u,
				       .number = key >> 32 & 15u,
				       .place = key >> 24 & 255u,
				       .pair = key >> 16 & 255u};
}

/* Content of a line, or of its first bytes, that follows from its key; a zeroed line has key 0. */
void model_chunk_fill(uint8_t *bytes, uint32_t len_bytes, uint64_t key)
{
	for (uint32_t i = 0; i < len_bytes; i += 8u) {
		uint64_t v = key == 0u || key == MODEL_POISON ? key : key + i;

		memcpy(bytes + i, &v, len_bytes - i < 8u ? len_bytes - i : 8u);
	}
}

uint64_t model_chunk_key(const uint8_t *bytes, uint32_t len_bytes)
{
	uint8_t should[IWC_LINE];
	uint64_t key = 0;

	/* The rest of a frame's last line may be less than a key. */
	if (len_bytes < sizeof(key))
		return 0;
	memcpy(&key, bytes, sizeof(key));
	model_chunk_fill(should, len_bytes, key);
	return memcmp(should, bytes, len_bytes) == 0 && key >> 56 == KEY_MARK ? key : 0u;
}

unsigned model_length(unsigned w, unsigned cls, unsigned number)
{
	const struct model_traffic *t = &model.client.world[w].send[cls];

	return t->length_bytes[(number - 1u) % t->lengths];
}

static bool whole(const struct iwc_frame *f, const struct model_frame_id *id)
{
	const uint8_t *bytes = f->buf;

	if (f->len_bytes != model_length(id->world, id->cls, id->number))
		return false;
	for (uint32_t at = 0; at < f->len_bytes; at += IWC_LINE) {
		uint32_t n = f->len_bytes - at < IWC_LINE ? f->len_bytes - at : IWC_LINE;

		if (model_chunk_key(bytes + at, n) != model_frame_key(id, at / IWC_LINE))
			return false;
	}
	return true;
}

void model_judge_frame(unsigned cls, const struct iwc_frame *f)
{
	struct model_life *life = &model_run.self.life;
	struct model_frame_id id;
	unsigned pair = (unsigned)life->up_pair >> 4 | ((unsigned)life->up_pair & 15u) << 4;
	uint64_t key;

	memcpy(&key, f->buf, sizeof(key));
	id = id_of(key);
	if (key == MODEL_POISON)
		model_fail(3, "race");
	else if (key >> 56 != KEY_MARK || id.world == model_run.w || id.cls != cls ||
		 id.number == 0u)
		model_fail(3, "content");
	else if (id.pair != pair)
		model_fail(2, "stale-frame");
	else if (id.place < life->received[cls])
		model_fail(3, "duplicate");
	else if (id.place > life->received[cls] || !whole(f, &id))
		model_fail(3, "content");
	life->received[cls]++;
	/* Bytes that are no frame have no number. */
	model_say(EV_RECV, cls, key >> 56 == KEY_MARK ? id.number : 0u, 0);
}

bool model_same_session(void)
{
	const struct model_life *a = &model_run.self.life, *b = &model_run.peer;

	return a->state == IWC_STATE_UP && b->state == IWC_STATE_UP &&
	       a->up_pair >> 4 == (b->up_pair & 15u) && b->up_pair >> 4 == (a->up_pair & 15u);
}

/* ---- states ---- */

bool model_linked(const struct model_state *s)
{
	const struct model_life *a = model_life_of(s->world[0]), *b = model_life_of(s->world[1]);

	return a->state == IWC_STATE_UP && b->state == IWC_STATE_UP &&
	       a->up_pair >> 4 == (b->up_pair & 15u) && b->up_pair >> 4 == (a->up_pair & 15u);
}

bool model_drained(const struct model_state *s)
{
	for (unsigned w = 0; w < MODEL_WORLDS; w++) {
		const struct model_life *from = model_life_of(s->world[w]),
					*to = model_life_of(s->world[!w]);

		if (memcmp(from->sent, to->received, sizeof(from->sent)) != 0)
			return false;
	}
	return true;
}

bool model_quiet(const struct model_state *s)
{
	for (unsigned w = 0; w < MODEL_WORLDS; w++) {
		const struct model_life *l = model_life_of(s->world[w]);

		if (l->at != MODEL_AT_SLEEP || l->timer != 0u || (s->flags & MODEL_BELL(w)) != 0u)
			return false;
	}
	return true;
}

bool model_all_offered(const struct model_state *s)
{
	for (unsigned w = 0; w < MODEL_WORLDS; w++)
		for (unsigned c = 0; c < model.client.classes; c++)
			if (model_life_of(s->world[w])->offered[c] !=
			    model.client.world[w].send[c].frames)
				return false;
	return true;
}

/* Nothing will happen any more unless somebody dies or polls: all must be done. */
void model_judge_quiet(const struct model_state *s)
{
	if (model.client.poll)
		return;
	if (!model_linked(s))
		model_fail(6, "link-down");
	else if (!model_drained(s) || !model_all_offered(s))
		model_fail(9, "lost-wakeup");
}
