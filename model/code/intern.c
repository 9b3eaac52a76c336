/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * intern.c - worlds and sections as numbers: equal ones get the same number, and are kept once.
 *
 * They are packed without loss: every field of the endpoint that the core changes, the record of
 * the call under way, and the stores that can still be read. Unpacking must give back what was
 * packed; that is checked each time something new is kept, so that a field which the core gains,
 * and this file does not know, stops the search instead of making it say too much.
 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOB_MAX 4096u
#define CHUNK ((size_t)1 << 20)

struct pack {
	uint8_t *at;
	bool out; /* towards the fields */
};

struct table {
	int32_t *slot; /* hash table of numbers; -1: free */
	uint8_t **blob;
	uint32_t *hash;
	uint16_t *size;
	size_t slots, room, count;
};

static struct table worlds, sections;
static uint8_t *chunk, **chunks; /* the one being filled, and all of them */
static size_t chunk_left, chunk_count;

static void *allocated(void *p)
{
	if (p == NULL) {
		fprintf(stderr, "out of memory\n");
		exit(125);
	}
	return p;
}

static uint8_t *keep(const uint8_t *bytes, size_t size)
{
	uint8_t *p;

	size = (size + 7u) & ~(size_t)7u;
	if (size > chunk_left) {
		chunk = allocated(malloc(CHUNK));
		chunk_left = CHUNK;
		chunks = allocated(realloc(chunks, (chunk_count + 1u) * sizeof(*chunks)));
		chunks[chunk_count++] = chunk;
	}
	p = chunk;
	memcpy(p, bytes, size);
	chunk += size;
	chunk_left -= size;
	return p;
}

static uint32_t hash_of(const uint8_t *bytes, size_t size)
{
	uint64_t h = size * UINT64_C(0x9e3779b97f4a7c15), v;

	for (size_t i = 0; i < size; i += 8u) {
		memcpy(&v, bytes + i, 8);
		h = (h ^ v) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	return (uint32_t)h;
}

static void grow(struct table *t)
{
	size_t slots = t->slots == 0u ? 4096u : t->slots * 2u;

	free(t->slot);
	t->slot = allocated(malloc(slots * sizeof(*t->slot)));
	memset(t->slot, 0xff, slots * sizeof(*t->slot));
	t->slots = slots;
	for (size_t i = 0; i < t->count; i++) {
		size_t k = t->hash[i] & (slots - 1u);

		while (t->slot[k] >= 0)
			k = (k + 1u) & (slots - 1u);
		t->slot[k] = (int32_t)i;
	}
}

static void make_room(struct table *t)
{
	if (2u * (t->count + 1u) > t->slots)
		grow(t);
	if (t->count < t->room)
		return;
	t->room = t->room == 0u ? 1024u : 2u * t->room;
	t->blob = allocated(realloc(t->blob, t->room * sizeof(*t->blob)));
	t->hash = allocated(realloc(t->hash, t->room * sizeof(*t->hash)));
	t->size = allocated(realloc(t->size, t->room * sizeof(*t->size)));
}

/* The number of these bytes, padded with zeros to whole words; *is_new: they were not known. */
static int32_t intern(struct table *t, uint8_t *bytes, size_t size, bool *is_new)
{
	size_t whole = (size + 7u) & ~(size_t)7u, k;
	uint32_t h;

	memset(bytes + size, 0, whole - size);
	h = hash_of(bytes, whole);
	make_room(t);
	for (k = h & (t->slots - 1u); t->slot[k] >= 0; k = (k + 1u) & (t->slots - 1u)) {
		int32_t n = t->slot[k];

		if (t->hash[n] == h && t->size[n] == whole &&
		    memcmp(t->blob[n], bytes, whole) == 0) {
			*is_new = false;
			return n;
		}
	}
	*is_new = true;
	t->slot[k] = (int32_t)t->count;
	t->blob[t->count] = keep(bytes, whole);
	t->hash[t->count] = h;
	t->size[t->count] = (uint16_t)whole;
	return (int32_t)t->count++;
}

/* ---- packing ---- */

static void field(struct pack *p, void *f, size_t size)
{
	if (p->out)
		memcpy(f, p->at, size);
	else
		memcpy(p->at, f, size);
	p->at += size;
}

#define FIELD(f) field(p, &(f), sizeof(f))

static void producer(struct pack *p, struct iwc_producer *tx)
{
	FIELD(tx->pos);
	FIELD(tx->credit);
	FIELD(tx->watch_pos);
	FIELD(tx->watch_credit);
	FIELD(tx->seq);
	FIELD(tx->id);
	FIELD(tx->violation);
}

static void consumer(struct pack *p, struct iwc_consumer *rx)
{
	FIELD(rx->pos);
	FIELD(rx->told);
	FIELD(rx->violation);
	FIELD(rx->check.id);
	FIELD(rx->check.former);
	FIELD(rx->check.seen);
	FIELD(rx->check.expected);
}

static void endpoint(struct pack *p, struct iwc *ep)
{
	for (unsigned c = 0; c < model.cfg.class_count; c++) {
		producer(p, &ep->tx[c]);
		consumer(p, &ep->rx[c]);
		FIELD(ep->left[c]);
	}
	FIELD(ep->state);
	FIELD(ep->told_up);
	FIELD(ep->epoch);
	FIELD(ep->peer_epoch);
	FIELD(ep->peer_highest);
	FIELD(ep->session_seen);
	FIELD(ep->now_ns);
	FIELD(ep->since_ns);
	FIELD(ep->accept_ns);
	FIELD(ep->backoff_ns);
	FIELD(ep->stall_check_ns);
}

/* The life comes first: model_life_of looks at it where it is kept. */
static size_t pack_world(struct pack *p, struct model_world_state *w)
{
	uint8_t *begin = p->at;

	FIELD(w->life);
	endpoint(p, &w->ep);
	field(p, w->log, w->life.logged * sizeof(w->log[0]));
	return (size_t)(p->at - begin);
}

static size_t pack_section(struct pack *p, struct mem_section *s)
{
	uint8_t *begin = p->at;

	FIELD(s->words);
	FIELD(s->lines);
	FIELD(s->seq);
	FIELD(s->pend);
	FIELD(s->relfence);
	FIELD(s->sc);
	FIELD(s->bell);
	field(p, s->mark, s->lines);
	for (unsigned i = 0; i < s->words; i++)
		FIELD(s->w[i].count);
	for (unsigned i = 0; i < s->words; i++)
		for (unsigned k = 0; k < s->w[i].count; k++) {
			FIELD(s->w[i].v[k].value);
			FIELD(s->w[i].v[k].seq);
			FIELD(s->w[i].v[k].rel);
		}
	return (size_t)(p->at - begin);
}

static void check_world(int32_t id, const struct model_world_state *w, unsigned who)
{
	static struct model_world_state again;

	model_extern_world(id, &again, who);
	/* Both began as copies of one endpoint, padding included. */
	if (memcmp(&again.ep, &w->ep, sizeof(w->ep)) == 0) /* NOLINT(bugprone-*) */
		return;
	fprintf(stderr, "intern.c: an endpoint has a field that is not packed\n");
	exit(70);
}

int32_t model_intern_world(struct model_world_state *w, unsigned who)
{
	static uint8_t bytes[BLOB_MAX];
	struct pack p = {.at = bytes};
	bool is_new;
	int32_t id = intern(&worlds, bytes, pack_world(&p, w), &is_new);

	if (is_new)
		check_world(id, w, who);
	return id;
}

int32_t model_intern_section(struct mem_section *s)
{
	static uint8_t bytes[8192];
	struct pack p = {.at = bytes};
	bool is_new;

	mem_normal(s);
	return intern(&sections, bytes, pack_section(&p, s), &is_new);
}

const struct model_life *model_life_of(int32_t id)
{
	return (const struct model_life *)(const void *)worlds.blob[id];
}

void model_extern_world(int32_t id, struct model_world_state *w, unsigned who)
{
	struct pack p = {.at = worlds.blob[id], .out = true};

	w->ep = model.fresh[who];
	pack_world(&p, w);
}

void model_extern_section(int32_t id, struct mem_section *s)
{
	struct pack p = {.at = sections.blob[id], .out = true};

	s->overflow = false;
	pack_section(&p, s);
}

/* The counts stand behind the fixed fields and the marks. */
unsigned model_section_options(int32_t id, unsigned word)
{
	return sections.blob[id][7u + model.lines + word];
}

static void drop(struct table *t)
{
	free(t->slot);
	free(t->blob);
	free(t->hash);
	free(t->size);
	*t = (struct table){0};
}

void model_intern_forget(void)
{
	drop(&worlds);
	drop(&sections);
	while (chunk_count != 0u)
		free(chunks[--chunk_count]);
	chunk_left = 0;
}

size_t model_intern_bytes(void)
{
	return chunk_count * CHUNK + (worlds.room + sections.room) * 14u +
	       (worlds.slots + sections.slots) * sizeof(int32_t);
}

void model_intern_print(void)
{
	printf("kept: %zu worlds, %zu sections, %zu MB\n", worlds.count, sections.count,
	       model_intern_bytes() >> 20);
}
