/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compact.c - litmus programs on the memory of model/code/memory.h, by its own functions: every
 * interleaving of two threads, every store that a load may return.
 */
#include "engines.h"
#include "../code/memory.h"

#include <string.h>

/*
 * Where a word stands: in the section of its writer; in both if nobody writes it, and if it is a
 * line, since the sections of a channel have equally many of those and marks count on it.
 */
struct place {
	unsigned writer;
	uint8_t at[2];
};

struct search {
	const struct litmus_program *p;
	struct litmus_machine *m;
	struct place place[LITMUS_WORDS];
	unsigned words[2], lines[2];
	bool normal;
};

struct node {
	unsigned pc[2];
	bool bell[2]; /* pending at this thread */
	uint64_t outcome;
	struct mem_section s[2];
};

static bool touches(const struct litmus_program *p, unsigned t, enum litmus_kind kind,
		    unsigned word)
{
	for (unsigned i = 0; i < p->thread[t].count; i++)
		if (p->thread[t].op[i].kind == kind && p->thread[t].op[i].word == word)
			return true;
	return false;
}

bool litmus_compact_can(const struct litmus_program *p)
{
	if (p->threads != 2u)
		return false;
	for (unsigned w = 0; w < p->words; w++)
		for (unsigned t = 0; t < 2u; t++)
			if (touches(p, t, LITMUS_STORE, w) &&
			    (touches(p, t, LITMUS_LOAD, w) || touches(p, !t, LITMUS_STORE, w)))
				return false;
	return true;
}

/* Lines stand at the end of a section. */
static void lay_out(struct search *x)
{
	const struct litmus_program *p = x->p;

	for (unsigned line = 0; line < 2u; line++)
		for (unsigned w = 0; w < p->words; w++) {
			if (p->line[w] != (line == 1u))
				continue;
			x->place[w].writer = touches(p, 1, LITMUS_STORE, w);
			for (unsigned t = 0; t < 2u; t++) {
				if (line == 0u && touches(p, !t, LITMUS_STORE, w))
					continue;
				x->place[w].at[t] = (uint8_t)x->words[t]++;
				x->lines[t] += line;
			}
		}
}

/* Only the words in use: most of a section is room for more. */
static void copy_section(struct mem_section *to, const struct mem_section *from)
{
	memcpy(to, from, offsetof(struct mem_section, w) + from->words * sizeof(from->w[0]));
}

static void copy_node(struct node *to, const struct node *from)
{
	memcpy(to, from, offsetof(struct node, s));
	copy_section(&to->s[0], &from->s[0]);
	copy_section(&to->s[1], &from->s[1]);
}

static unsigned line_of(const struct search *x, unsigned t, const struct litmus_op *op)
{
	return x->place[op->word].at[t] - (x->words[t] - x->lines[t]);
}

static uint64_t load(struct search *x, struct node *n, unsigned t, const struct litmus_op *op,
		     unsigned option)
{
	struct mem_section *own = &n->s[t], *peer = &n->s[!t];
	unsigned at = x->place[op->word].at[!t];
	bool racy = false;
	uint64_t value;

	if (op->order != LITMUS_PLAIN)
		return mem_load(peer, at, option, op->order == LITMUS_ORDERED);
	mem_mark(own, line_of(x, !t, op));
	value = mem_copy(peer, at, option, &racy);
	x->m->race = x->m->race || racy;
	return value;
}

static void store(struct search *x, struct node *n, unsigned t, const struct litmus_op *op)
{
	struct mem_section *own = &n->s[t], *peer = &n->s[!t];

	if (op->order == LITMUS_PLAIN && mem_read_may_overlap(peer, line_of(x, t, op)))
		x->m->race = true;
	mem_store(own, x->place[op->word].at[t], op->value, op->order == LITMUS_ORDERED);
}

static bool take(struct node *n, unsigned t)
{
	bool pending = n->bell[t];

	n->bell[t] = false;
	if (pending)
		mem_take_bell(&n->s[!t]);
	return pending;
}

static void perform(struct search *x, struct node *n, unsigned t, unsigned option)
{
	const struct litmus_op *op = &x->p->thread[t].op[n->pc[t]++];

	switch (op->kind) {
	case LITMUS_LOAD:
		n->outcome = litmus_put(n->outcome, LITMUS_AT_REG(op->reg),
					(unsigned)load(x, n, t, op, option));
		break;
	case LITMUS_STORE:
		store(x, n, t, op);
		break;
	case LITMUS_FENCE_FULL:
		mem_fence_full(&n->s[t], &n->s[!t]);
		break;
	case LITMUS_FENCE_ACQUIRE:
		mem_fence_acquire(&n->s[!t]);
		break;
	case LITMUS_RING:
		n->bell[!t] = true;
		mem_ring(&n->s[t]);
		break;
	case LITMUS_TAKE:
		n->outcome = litmus_put(n->outcome, LITMUS_AT_REG(op->reg), take(n, t));
		break;
	case LITMUS_WHEN:
		if (litmus_get(n->outcome, LITMUS_AT_REG(op->reg)) != op->value)
			n->pc[t] = x->p->thread[t].count;
		break;
	}
	x->m->overflow = x->m->overflow || n->s[0].overflow || n->s[1].overflow;
	if (x->normal) {
		mem_normal(&n->s[0]);
		mem_normal(&n->s[1]);
	}
}

static void finish(struct search *x, const struct node *n)
{
	uint64_t outcome = n->outcome;

	for (unsigned w = 0; w < x->p->words; w++) {
		unsigned t = x->place[w].writer;
		const struct mem_word *m = &n->s[t].w[x->place[w].at[t]];

		outcome =
		    litmus_put(outcome, LITMUS_AT_WORD(w), (unsigned)m->v[m->count - 1u].value);
	}
	x->m->executions++;
	litmus_set_add(&x->m->set, outcome);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the program is long */
static void search(struct search *x, const struct node *n)
{
	bool ended = true;
	struct node next;

	for (unsigned t = 0; t < 2u; t++) {
		const struct litmus_op *op = &x->p->thread[t].op[n->pc[t]];
		unsigned options = 1;

		if (n->pc[t] == x->p->thread[t].count)
			continue;
		ended = false;
		if (op->kind == LITMUS_LOAD)
			options = mem_options(&n->s[!t], x->place[op->word].at[!t]);
		for (unsigned option = 0; option < options; option++) {
			copy_node(&next, n);
			perform(x, &next, t, option);
			search(x, &next);
		}
	}
	if (ended)
		finish(x, n);
}

void litmus_compact(const struct litmus_program *p, bool normal, struct litmus_machine *m)
{
	struct search x = {.p = p, .m = m, .normal = normal};
	struct node first;

	lay_out(&x);
	memset(&first, 0, offsetof(struct node, s));
	first.outcome = litmus_start(p);
	for (unsigned t = 0; t < 2u; t++)
		mem_init(&first.s[t], x.words[t], x.lines[t]);
	litmus_set_clear(&m->set);
	m->race = false;
	m->overflow = false;
	m->executions = 0;
	search(&x, &first);
}
