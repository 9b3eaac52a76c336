/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * step.c - the hooks of the core, and how far one step goes.
 *
 * A step performs the access in front of which the world stands, and goes on to the next access
 * where the other world may matter. Lipton's argument says where that is. In this memory
 *
 *	a load or copy moves right: what it returned it can return later just as well, since older
 *	stores stay readable until its own world learns of newer ones;
 *	a store moves left: made earlier, it is one more store that others need not read yet;
 *	an acquire fence touches nobody else's state and moves both ways;
 *	a full fence, a doorbell, and taking one move neither way.
 *
 * So (loads)* (one of the last kind)? (stores)* runs as one step, and a step ends in front of a
 *load behind a store, in front of a second access of the last kind, and in front of a load with a
 * choice. A world that may still crash stops in front of each further store as well, so that its
 * death finds every prefix of its stores. grain = access in a client makes each access a step; the
 * tests compare the two.
 */
#include "iwc_port.h"
#include "machine.h"
#include "../spec/events.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct model model;
struct model_run model_run;
struct model_fault model_fault;
struct model_event model_event[MODEL_EVENTS_MAX];
unsigned model_events;
void (*model_watch)(unsigned w, enum model_access access, unsigned word, uint64_t value);

enum phase {
	RIGHT, /* loads only so far */
	LEFT,  /* a store among it */
	FIXED, /* something that moves neither way */
};

static jmp_buf leave;
static enum phase phase;
static unsigned replayed; /* accesses of this call made so far, old ones included */
static unsigned before;	  /* of them: made in earlier steps */
static unsigned values;	  /* of the log used so far */
static unsigned option;	  /* of the first access of this step */
static bool moved;	  /* the step has done something */
static bool fresh;	  /* the call began in this step */
static unsigned copied;	  /* frames that this send call has copied */

/* ---- what a step shows ---- */

void model_fail(unsigned property, const char *detector)
{
	if (model_fault.property == 0u)
		model_fault = (struct model_fault){property, detector, model_run.w};
}

void model_say(uint8_t kind, unsigned a, unsigned b, unsigned c)
{
	/* In front of the first new access the call only repeats itself. */
	if (!fresh && replayed <= before)
		return;
	if (model_events == MODEL_EVENTS_MAX) {
		model_fail(99, "events");
		return;
	}
	model_event[model_events++] =
	    (struct model_event){kind, (uint8_t)model_run.w, (uint8_t)a, (uint8_t)b, (uint8_t)c};
}

/* ---- one access ---- */

static void stand_before(enum model_access access, unsigned word)
{
	model_run.self.life.access = (uint8_t)access;
	model_run.self.life.word = (uint8_t)word;
	longjmp(leave, 1);
}

static bool stops(enum model_access access, unsigned choices)
{
	if (!moved)
		return false;
	if (model.client.grain == MODEL_GRAIN_ACCESS)
		return true;
	switch (access) {
	case MODEL_LOAD:
	case MODEL_COPY_IN:
		return phase != RIGHT || choices > 1u;
	case MODEL_STORE:
	case MODEL_COPY_OUT:
		return phase == FIXED || (phase == LEFT && model_run.self.life.crashes != 0u);
	case MODEL_FENCE_FULL:
	case MODEL_RING:
		return phase != RIGHT;
	default:
		return false;
	}
}

/* True: this access was made in an earlier step. Else it is made now, or the step ends here. */
static bool made_before(enum model_access access, unsigned word, unsigned choices)
{
	if (replayed < before) {
		replayed++;
		return true;
	}
	if (stops(access, choices))
		stand_before(access, word);
	replayed++;
	if (moved)
		option = 0;
	moved = true;
	if (access == MODEL_STORE || access == MODEL_COPY_OUT)
		phase = LEFT;
	else if (access == MODEL_FENCE_FULL || access == MODEL_RING)
		phase = FIXED;
	if (replayed == UINT8_MAX) {
		model_fail(99, "accesses");
		longjmp(leave, 1);
	}
	return false;
}

static void done(enum model_access access, unsigned word, uint64_t value)
{
	model_run.self.life.accesses = (uint8_t)replayed;
	if (model_watch != NULL)
		model_watch(model_run.w, access, word, value);
}

static uint64_t from_log(void)
{
	return model_run.self.log[values++];
}

static uint64_t to_log(uint64_t value)
{
	if (values == MODEL_LOG_MAX) {
		/* No call of an endpoint that does not wait loads so often. */
		model_fail(7, "waits");
		longjmp(leave, 1);
	}
	model_run.self.log[values++] = value;
	model_run.self.life.logged = (uint8_t)values;
	return value;
}

static struct mem_section *own(void)
{
	return &model_run.section[model_run.w];
}

static struct mem_section *peer(void)
{
	return &model_run.section[!model_run.w];
}

/* ---- the hooks ---- */

uint64_t sim_port_load(const struct iwc_word *word, bool acquire)
{
	struct model_place p = model_place(word);
	unsigned choices = 1;
	uint64_t value;

	if (p.field <= MODEL_E2E && p.owner != model_run.w)
		choices = model.client.weak ? mem_options(peer(), p.word) : 1u;
	if (made_before(MODEL_LOAD, p.word, choices))
		return from_log();
	if (p.field > MODEL_E2E) {
		model_fail(1, "out-of-bounds");
		return to_log(0);
	}
	if (p.owner == model_run.w) {
		model_fail(13, "read-back");
		return to_log(0);
	}
	if (!model.client.weak)
		option = mem_options(peer(), p.word) - 1u;
	value = mem_load(peer(), p.word, option, acquire);
	to_log(value);
	done(MODEL_LOAD, p.word, value);
	return value;
}

unsigned model_frames_copied(void)
{
	return copied;
}

/* The tag at the position where a send call began makes its frames visible. */
static void say_published(const struct model_place *p)
{
	const struct model_life *life = &model_run.self.life;
	uint64_t old = model_run.self.ep.tx[p->cls].pos;

	if (p->field == MODEL_TAG && life->at == MODEL_AT_SEND && p->cls == life->cls &&
	    p->index == (old & ((1u << model.cfg.cls[p->cls].lines_log2) - 1u)))
		model_world_published();
}

static void say_session(const struct model_place *p, uint64_t value)
{
	if (p->field == MODEL_SESSION)
		model_say(EV_SESSION, model_boots_of(model_run.w, (uint32_t)(value >> 32)),
			  model_boots_of(!model_run.w, (uint32_t)value), 0);
}

static void store(struct iwc_word *word, uint64_t value, bool release)
{
	struct model_place p = model_place(word);

	if (p.field == MODEL_UNUSED && p.owner == model_run.w)
		return; /* nobody reads it */
	if (made_before(MODEL_STORE, p.word, 1))
		return;
	if (p.field == MODEL_OUTSIDE || p.field == MODEL_LINE)
		model_fail(1, "out-of-bounds");
	else if (p.owner != model_run.w)
		model_fail(13, "writes-peer");
	else
		mem_store(own(), p.word, value, release);
	done(MODEL_STORE, p.word, value);
	say_session(&p, value);
	say_published(&p);
}

void sim_port_store(struct iwc_word *word, uint64_t value, bool release)
{
	store(word, value, release);
}

void sim_port_fence(bool full)
{
	enum model_access access = full ? MODEL_FENCE_FULL : MODEL_FENCE_ACQUIRE;

	if (made_before(access, 0, 1))
		return;
	if (full)
		mem_fence_full(own(), peer());
	else
		mem_fence_acquire(peer());
	done(access, 0, 0);
}

/* All of [line, line + len) lies in lines of one class of this owner's section. */
static bool in_lines(const struct model_place *p, unsigned owner, size_t len)
{
	size_t lines = (len + IWC_LINE - 1u) / IWC_LINE;

	return p->field == MODEL_LINE && p->owner == owner &&
	       p->index + lines <= (size_t)1 << model.cfg.cls[p->cls].lines_log2;
}

static uint64_t copy_line(unsigned word)
{
	bool racy = false;
	uint64_t value;

	if (!model.client.weak)
		option = mem_options(peer(), word) - 1u;
	mem_mark(own(), word - model_first_line());
	value = mem_copy(peer(), word, option, &racy);
	if (racy)
		value = MODEL_POISON;
	done(MODEL_COPY_IN, word, value);
	return to_log(value);
}

void sim_port_copy_in(void *dst, const uint8_t *line, uint32_t len_bytes)
{
	struct model_place p = model_place(line);
	bool good = in_lines(&p, !model_run.w, len_bytes) && len_bytes <= IWC_FRAME_MAX;
	uint8_t *d = dst;

	for (uint32_t at = 0; at < len_bytes; at += IWC_LINE, p.word++) {
		uint32_t n = len_bytes - at < IWC_LINE ? len_bytes - at : IWC_LINE;
		unsigned choices = good && model.client.weak ? mem_options(peer(), p.word) : 1u;

		if (made_before(MODEL_COPY_IN, p.word, choices)) {
			model_chunk_fill(d + at, n, from_log());
			continue;
		}
		if (!good) {
			model_fail(1, "out-of-bounds");
			return;
		}
		model_chunk_fill(d + at, n, copy_line(p.word));
	}
}

static void store_line(unsigned word, uint64_t key)
{
	unsigned line = word - model_first_line();

	/* The peer copied this line and has not said so: it may be copying still. */
	if (mem_read_may_overlap(peer(), line) && model_same_session())
		model_fail(3, "overwrite");
	mem_store(own(), word, key, false);
	done(MODEL_COPY_OUT, word, key);
}

void sim_port_copy_out(uint8_t *line, const void *src, uint32_t len_bytes)
{
	struct model_place p = model_place(line);
	const uint8_t *s = src;

	copied++;
	for (uint32_t at = 0; at < len_bytes; at += IWC_LINE, p.word++) {
		uint32_t n = len_bytes - at < IWC_LINE ? len_bytes - at : IWC_LINE;
		uint64_t key = model_chunk_key(s + at, n);

		if (made_before(MODEL_COPY_OUT, p.word, 1))
			continue;
		if (!in_lines(&p, model_run.w, len_bytes - at)) {
			model_fail(p.owner != model_run.w ? 13 : 1, "out-of-bounds");
			return;
		}
		if (key == 0u)
			model_fail(8, "unscrubbed");
		store_line(p.word, key);
	}
}

void sim_port_zero(void *shared, size_t len_bytes)
{
	struct model_place p = model_place(shared);
	size_t piece = p.field == MODEL_LINE ? IWC_LINE : 8u;

	if (p.field != MODEL_LINE) {
		for (size_t at = 0; at < len_bytes; at += piece)
			store((struct iwc_word *)(void *)((uint8_t *)shared + at), 0, false);
		return;
	}
	for (size_t at = 0; at < len_bytes; at += piece, p.word++) {
		if (made_before(MODEL_STORE, p.word, 1))
			continue;
		if (!in_lines(&p, model_run.w, len_bytes - at)) {
			model_fail(p.owner != model_run.w ? 13 : 1, "out-of-bounds");
			return;
		}
		mem_store(own(), p.word, 0, false);
		done(MODEL_STORE, p.word, 0);
	}
}

void sim_port_ring(void *port)
{
	bool may_lose = model_run.flags >> MODEL_LOST_SHIFT != 0u;
	unsigned peer_bell = MODEL_BELL(!model_run.w);

	(void)port;
	if (made_before(MODEL_RING, 0, may_lose ? 2 : 1))
		return;
	if (option == 1u) {
		model_run.flags -= 1u << MODEL_LOST_SHIFT;
	} else {
		model_run.flags |= peer_bell;
		mem_ring(own());
	}
	done(MODEL_RING, 0, option);
	model_say(EV_RING, 0, 0, 0);
}

void sim_port_trace(void *port, enum iwc_trace what, uint32_t a, uint64_t b)
{
	(void)port;
	if (what == IWC_TRACE_VIOLATION) {
		model_say(EV_VIOLATION, a, 0, 0);
		model_fail(3, "false-accusation");
		return;
	}
	model_say(EV_STATE, a, model_boots_of(model_run.w, (uint32_t)(b >> 32)),
		  model_boots_of(!model_run.w, (uint32_t)b));
}

/* ---- calls ---- */

void model_call_begin(void)
{
	replayed = 0;
	before = model_run.self.life.accesses;
	values = 0;
	copied = 0;
	fresh = before == 0u && moved;
	model_work = model_run.self.ep;
}

void model_call_end(void)
{
	model_run.self.life.accesses = 0;
	model_run.self.life.logged = 0;
	model_run.self.life.access = MODEL_NO_ACCESS;
	model_run.self.life.word = 0;
	model_run.self.ep = model_work;
	fresh = true;
}

/* ---- steps ---- */

/*
 * What a step does depends on its world, the memory and little else of the peer, so most steps of a
 * search have been made before beside another state of the peer. The last ones are kept.
 */
#define KEPT_LOG2 18u
#define KEPT_EVENTS 10u
#define DIES UINT8_MAX /* a choice */

struct kept {
	struct model_step_key {
		int32_t world, section[MODEL_WORLDS];
		uint32_t flags;
		uint8_t w, choice, peer_state, peer_pair;
	} key;
	bool used;
	uint8_t events;
	int32_t world, section[MODEL_WORLDS];
	uint32_t flags;
	struct model_fault fault;
	struct model_event event[KEPT_EVENTS];
};

static struct kept kept[1u << KEPT_LOG2];

void model_forget(void)
{
	memset(kept, 0, sizeof(kept));
	model_intern_forget();
}

static struct kept *kept_at(const struct model_step_key *key)
{
	uint64_t h = (uint64_t)(uint32_t)key->world * UINT64_C(0x9e3779b97f4a7c15);

	h = (h ^ (uint32_t)key->section[0]) * UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ (uint32_t)key->section[1]) * UINT64_C(0xc4ceb9fe1a85ec53);
	h = (h ^ (h >> 29) ^ key->flags ^ (uint64_t)key->choice << 40 ^ (uint64_t)key->w << 50) *
	    UINT64_C(0x9e3779b97f4a7c15);
	return &kept[h >> (64u - KEPT_LOG2)];
}

static struct model_state finish(const struct model_state *s, unsigned w)
{
	struct model_state next = *s;

	for (unsigned i = 0; i < MODEL_WORLDS; i++) {
		if (model_run.section[i].overflow)
			model_fail(99, "versions");
		next.section[i] = model_intern_section(&model_run.section[i]);
	}
	next.world[w] = model_intern_world(&model_run.self, w);
	next.flags = model_run.flags;
	return next;
}

static void begin_step(const struct model_state *s, unsigned w)
{
	model_run.w = w;
	model_run.flags = s->flags;
	model_extern_world(s->world[w], &model_run.self, w);
	model_run.peer = *model_life_of(s->world[!w]);
	for (unsigned i = 0; i < MODEL_WORLDS; i++)
		model_extern_section(s->section[i], &model_run.section[i]);
	phase = RIGHT;
	moved = false;
	fresh = false;
	replayed = 0;
	before = 0;
}

static struct model_state make_step(const struct model_state *s, unsigned w, unsigned choice)
{
	begin_step(s, w);
	option = choice;
	if (setjmp(leave) == 0) {
		if (model_run.self.life.access == MODEL_NO_ACCESS) {
			/* Taking a doorbell, or not having one: the peer's ring may come before or
			 * behind, and moves neither way. */
			fresh = true;
			model_world_choose(choice);
			moved = true;
			phase = FIXED;
			option = 0;
		}
		model_world_run();
	}
	return finish(s, w);
}

static void remember(struct kept *k, const struct model_step_key *key,
		     const struct model_state *next)
{
	if (model_events > KEPT_EVENTS)
		return;
	k->key = *key;
	k->world = next->world[key->w];
	memcpy(k->section, next->section, sizeof(k->section));
	k->flags = next->flags;
	k->fault = model_fault;
	k->events = (uint8_t)model_events;
	memcpy(k->event, model_event, model_events * sizeof(k->event[0]));
	k->used = true;
}

static struct model_state make_crash(const struct model_state *s, unsigned w)
{
	begin_step(s, w);
	fresh = true;
	model_world_die();
	mem_reset_writer(own(), peer());
	model_run.flags &= ~MODEL_BELL(w);
	return finish(s, w);
}

/* A step in the way of choice, or a death, from the record if it is there. */
static struct model_state step(const struct model_state *s, unsigned w, unsigned choice)
{
	const struct model_life *peer_life = model_life_of(s->world[!w]);
	struct model_step_key key = {.world = s->world[w],
				     .section = {s->section[0], s->section[1]},
				     .flags = s->flags,
				     .w = (uint8_t)w,
				     .choice = (uint8_t)choice,
				     .peer_state = peer_life->state,
				     .peer_pair = peer_life->up_pair};
	struct kept *k = kept_at(&key);
	struct model_state next = *s;

	model_fault = (struct model_fault){0};
	model_events = 0;
	if (model_watch == NULL && k->used && memcmp(&k->key, &key, sizeof(key)) == 0) {
		next.world[w] = k->world;
		memcpy(next.section, k->section, sizeof(next.section));
		next.flags = k->flags;
		model_fault = k->fault;
		model_events = k->events;
		memcpy(model_event, k->event, model_events * sizeof(k->event[0]));
	} else {
		next = choice == DIES ? make_crash(s, w) : make_step(s, w, choice);
		remember(k, &key, &next);
	}
	return next;
}

struct model_state model_step(const struct model_state *s, unsigned w, unsigned choice)
{
	struct model_state next = step(s, w, choice);

	if (model_quiet(&next))
		model_judge_quiet(&next);
	return next;
}

struct model_state model_crash(const struct model_state *s, unsigned w)
{
	return step(s, w, DIES);
}

unsigned model_choices(const struct model_state *s, unsigned w)
{
	const struct model_life *life = model_life_of(s->world[w]);

	switch (life->access) {
	case MODEL_NO_ACCESS:
		return model_world_choices(s, w);
	case MODEL_LOAD:
	case MODEL_COPY_IN:
		return model.client.weak ? model_section_options(s->section[!w], life->word) : 1u;
	case MODEL_RING:
		return s->flags >> MODEL_LOST_SHIFT != 0u ? 2u : 1u;
	default:
		return 1;
	}
}

bool model_can_crash(const struct model_state *s, unsigned w)
{
	const struct model_life *life = model_life_of(s->world[w]);

	return life->crashes != 0u && life->at != MODEL_AT_OFF;
}
