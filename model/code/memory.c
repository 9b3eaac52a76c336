/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"

#include <string.h>

void mem_init(struct mem_section *s, unsigned words, unsigned lines)
{
	memset(s, 0, sizeof(*s));
	s->words = (uint8_t)words;
	s->lines = (uint8_t)lines;
	for (unsigned i = 0; i < words; i++)
		s->w[i].count = 1;
}

/* The reader can't read anything older than version k any more. */
static void forget_before(struct mem_word *w, unsigned k)
{
	if (k == 0u)
		return;
	memmove(&w->v[0], &w->v[k], (w->count - k) * sizeof(w->v[0]));
	w->count = (uint8_t)(w->count - k);
}

static uint8_t lowered(uint8_t number, uint8_t by)
{
	return number > by ? (uint8_t)(number - by) : 0u;
}

/* R sees all stores up to seq: they are the new 0. */
static void raise_floor(struct mem_section *s, uint8_t seq)
{
	if (seq == 0u)
		return;
	for (unsigned i = 0; i < s->words; i++) {
		struct mem_word *w = &s->w[i];
		unsigned k = w->count - 1u;

		while (k > 0u && w->v[k].seq > seq)
			k--;
		forget_before(w, k);
		for (k = 0; k < w->count; k++) {
			w->v[k].seq = lowered(w->v[k].seq, seq);
			w->v[k].rel = lowered(w->v[k].rel, seq);
		}
	}
	s->seq = lowered(s->seq, seq);
	s->pend = lowered(s->pend, seq);
	s->relfence = lowered(s->relfence, seq);
	s->sc = lowered(s->sc, seq);
	s->bell = lowered(s->bell, seq);
	/* A mark that the other side has acquired a later release of is one that can't race. */
	for (unsigned i = 0; i < s->lines; i++)
		s->mark[i] = s->mark[i] > seq ? (uint8_t)(s->mark[i] - seq) : 0u;
}

static uint64_t take(struct mem_section *s, unsigned word, unsigned option, bool acquire)
{
	struct mem_word *w = &s->w[word];
	struct mem_version v = w->v[option];

	forget_before(w, option);
	if (acquire)
		raise_floor(s, v.rel);
	else if (v.rel > s->pend)
		s->pend = v.rel;
	return v.value;
}

uint64_t mem_load(struct mem_section *s, unsigned word, unsigned option, bool acquire)
{
	return take(s, word, option, acquire);
}

uint64_t mem_copy(struct mem_section *s, unsigned word, unsigned option, bool *racy)
{
	*racy = s->w[word].v[option].seq != 0u;
	return take(s, word, option, false);
}

void mem_store(struct mem_section *s, unsigned word, uint64_t value, bool release)
{
	struct mem_word *w = &s->w[word];
	struct mem_version *v = &w->v[w->count];

	if (w->count == MEM_VERSIONS || s->seq >= UINT8_MAX - 1u) {
		s->overflow = true;
		return;
	}
	s->seq++;
	v->value = value;
	v->seq = s->seq;
	v->rel = release ? s->seq : s->relfence;
	w->count++;
}

void mem_fence_acquire(struct mem_section *peer)
{
	raise_floor(peer, peer->pend);
}

void mem_fence_full(struct mem_section *own, struct mem_section *peer)
{
	raise_floor(peer, peer->pend);
	raise_floor(peer, peer->sc);
	own->relfence = own->seq;
	own->sc = own->seq;
}

void mem_ring(struct mem_section *s)
{
	s->bell = s->seq;
}

void mem_take_bell(struct mem_section *s)
{
	raise_floor(s, s->bell);
	s->bell = 0;
}

void mem_see_all(struct mem_section *s)
{
	raise_floor(s, s->seq);
}

void mem_reset_writer(struct mem_section *own, struct mem_section *peer)
{
	own->relfence = 0;
	memset(own->mark, 0, sizeof(own->mark));
	peer->pend = 0;
	peer->bell = 0;
}

/*
 * A store that repeats the value before it and brings no less is no choice: whoever reads it could
 * have read the older one, and would have to see less. Lines stay, since copying the newer one may
 * race.
 */
static void merge_equal(struct mem_word *w)
{
	unsigned n = 1;

	for (unsigned k = 1; k < w->count; k++) {
		if (w->v[k].value == w->v[n - 1u].value && w->v[k].rel >= w->v[n - 1u].rel)
			continue;
		w->v[n++] = w->v[k];
	}
	w->count = (uint8_t)n;
}

/* Only the order of the numbers means something: rename those in use to 1, 2, ... */
void mem_normal(struct mem_section *s)
{
	uint8_t name[UINT8_MAX + 1] = {0}, next = 0;

#define USE(n) name[n] = 1
#define RENAME(n) (n) = name[n]
	for (unsigned i = 0; i < s->words; i++) {
		struct mem_word *w = &s->w[i];

		if (i + s->lines < s->words)
			merge_equal(w);
		for (unsigned k = 0; k < w->count; k++) {
			USE(w->v[k].seq);
			USE(w->v[k].rel);
		}
	}
	USE(s->pend);
	USE(s->relfence);
	USE(s->sc);
	USE(s->bell);
	for (unsigned i = 0; i < s->lines; i++)
		if (s->mark[i] != 0u)
			USE(s->mark[i] - 1u);
	for (unsigned n = 1; n <= s->seq; n++)
		if (name[n] != 0u)
			name[n] = ++next;
	name[0] = 0;
	for (unsigned i = 0; i < s->words; i++)
		for (unsigned k = 0; k < s->w[i].count; k++) {
			RENAME(s->w[i].v[k].seq);
			RENAME(s->w[i].v[k].rel);
		}
	RENAME(s->pend);
	RENAME(s->relfence);
	RENAME(s->sc);
	RENAME(s->bell);
	for (unsigned i = 0; i < s->lines; i++)
		if (s->mark[i] != 0u)
			s->mark[i] = (uint8_t)(name[s->mark[i] - 1u] + 1u);
	s->seq = next;
#undef USE
#undef RENAME
}
