/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * operational.c - a view machine for any number of threads and writers.
 *
 * A word is a list of stores in modification order. A view gives for each word the oldest store
 * that may still be read; it also counts, for each thread, the operations that happen before. A
 * load takes any store that its thread's view allows. A store goes in anywhere behind what its
 * thread has seen of the word, so that modification order need not be the order of execution. What
 * a store carries is the view of its thread if it is a release, else the view at the thread's last
 * full fence. Full fences join the words, and only them, through one view of all threads.
 */
#include "engines.h"

#include <string.h>

#define STORES (LITMUS_STORES + 1u) /* the first is the 0 at the start */

struct view {
	uint8_t word[LITMUS_WORDS];    /* index into the word's stores */
	uint8_t clock[LITMUS_THREADS]; /* operations of each thread that happened before */
};

struct store {
	uint8_t value;
	struct view carries;
};

struct thread {
	uint8_t pc;
	bool bell;
	struct view now, acquirable, fenced, bell_carries;
};

struct state {
	uint64_t outcome;
	uint8_t count[LITMUS_WORDS];
	/* 1 + the operation of a thread that read or wrote this plain line last; 0: none. */
	uint8_t reader[LITMUS_WORDS][LITMUS_THREADS], writer[LITMUS_WORDS][LITMUS_THREADS];
	struct view sc;
	struct thread thread[LITMUS_THREADS];
	struct store store[LITMUS_WORDS][STORES];
};

struct search {
	const struct litmus_program *p;
	struct litmus_machine *m;
};

static void join_words(struct view *to, const struct view *from)
{
	for (unsigned i = 0; i < LITMUS_WORDS; i++)
		if (from->word[i] > to->word[i])
			to->word[i] = from->word[i];
}

static void join(struct view *to, const struct view *from)
{
	join_words(to, from);
	for (unsigned i = 0; i < LITMUS_THREADS; i++)
		if (from->clock[i] > to->clock[i])
			to->clock[i] = from->clock[i];
}

/* A store comes in at index at of a word: views of it and of later ones move. */
static void shift(struct view *v, unsigned word, unsigned at)
{
	if (v->word[word] >= at)
		v->word[word]++;
}

static void make_room(struct state *s, unsigned word, unsigned at)
{
	memmove(&s->store[word][at + 1u], &s->store[word][at],
		(s->count[word] - at) * sizeof(s->store[word][0]));
	s->count[word]++;
	shift(&s->sc, word, at);
	for (unsigned t = 0; t < LITMUS_THREADS; t++) {
		shift(&s->thread[t].now, word, at);
		shift(&s->thread[t].acquirable, word, at);
		shift(&s->thread[t].fenced, word, at);
		shift(&s->thread[t].bell_carries, word, at);
	}
	for (unsigned w = 0; w < LITMUS_WORDS; w++)
		for (unsigned i = 0; i < s->count[w]; i++)
			if (w != word || i != at)
				shift(&s->store[w][i].carries, word, at);
}

/* Is an access of a line in this list that does not happen before what thread t does now? */
static bool unordered(const struct state *s, unsigned t, const uint8_t *by_thread)
{
	for (unsigned i = 0; i < LITMUS_THREADS; i++)
		if (i != t && by_thread[i] > s->thread[t].now.clock[i])
			return true;
	return false;
}

static void load(struct search *x, struct state *s, unsigned t, const struct litmus_op *op,
		 unsigned choice)
{
	struct thread *self = &s->thread[t];
	const struct store *from;

	self->now.word[op->word] = (uint8_t)(self->now.word[op->word] + choice);
	from = &s->store[op->word][self->now.word[op->word]];
	s->outcome = litmus_put(s->outcome, LITMUS_AT_REG(op->reg), from->value);
	if (op->order == LITMUS_PLAIN) {
		x->m->race = x->m->race || unordered(s, t, s->writer[op->word]);
		s->reader[op->word][t] = self->now.clock[t];
		return;
	}
	join(&self->acquirable, &from->carries);
	if (op->order == LITMUS_ORDERED)
		join(&self->now, &from->carries);
}

static void store(struct search *x, struct state *s, unsigned t, const struct litmus_op *op,
		  unsigned choice)
{
	struct thread *self = &s->thread[t];
	unsigned at = self->now.word[op->word] + 1u + choice;
	struct store *to = &s->store[op->word][at];

	make_room(s, op->word, at);
	self->now.word[op->word] = (uint8_t)at;
	*to = (struct store){.value = op->value};
	if (op->order == LITMUS_PLAIN) {
		x->m->race = x->m->race || unordered(s, t, s->writer[op->word]) ||
			     unordered(s, t, s->reader[op->word]);
		s->writer[op->word][t] = self->now.clock[t];
	} else {
		to->carries = op->order == LITMUS_ORDERED ? self->now : self->fenced;
	}
	to->carries.word[op->word] = (uint8_t)at;
}

static void fence_full(struct state *s, struct thread *self)
{
	join(&self->now, &self->acquirable);
	join_words(&self->now, &s->sc);
	s->sc = self->now;
	self->fenced = self->now;
}

static void ring(const struct search *x, struct state *s, unsigned t)
{
	for (unsigned i = 0; i < x->p->threads; i++)
		if (i != t) {
			s->thread[i].bell = true;
			join(&s->thread[i].bell_carries, &s->thread[t].now);
		}
}

static void take(struct state *s, struct thread *self, const struct litmus_op *op)
{
	s->outcome = litmus_put(s->outcome, LITMUS_AT_REG(op->reg), self->bell);
	if (self->bell)
		join(&self->now, &self->bell_carries);
	self->bell = false;
}

static void perform(struct search *x, struct state *s, unsigned t, unsigned choice)
{
	struct thread *self = &s->thread[t];
	const struct litmus_op *op = &x->p->thread[t].op[self->pc++];

	self->now.clock[t] = self->pc;
	switch (op->kind) {
	case LITMUS_LOAD:
		load(x, s, t, op, choice);
		break;
	case LITMUS_STORE:
		store(x, s, t, op, choice);
		break;
	case LITMUS_FENCE_FULL:
		fence_full(s, self);
		break;
	case LITMUS_FENCE_ACQUIRE:
		join(&self->now, &self->acquirable);
		break;
	case LITMUS_RING:
		ring(x, s, t);
		break;
	case LITMUS_TAKE:
		take(s, self, op);
		break;
	case LITMUS_WHEN:
		if (litmus_get(s->outcome, LITMUS_AT_REG(op->reg)) != op->value)
			self->pc = (uint8_t)x->p->thread[t].count;
		break;
	}
}

static unsigned choices(const struct state *s, unsigned t, const struct litmus_op *op)
{
	unsigned ahead = s->count[op->word] - s->thread[t].now.word[op->word];

	return op->kind == LITMUS_LOAD || op->kind == LITMUS_STORE ? ahead : 1u;
}

static void finish(struct search *x, const struct state *s)
{
	uint64_t outcome = s->outcome;

	for (unsigned w = 0; w < x->p->words; w++)
		outcome =
		    litmus_put(outcome, LITMUS_AT_WORD(w), s->store[w][s->count[w] - 1u].value);
	x->m->executions++;
	litmus_set_add(&x->m->set, outcome);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the program is long */
static void search(struct search *x, const struct state *s)
{
	bool ended = true;
	struct state next;

	for (unsigned t = 0; t < x->p->threads; t++) {
		const struct litmus_thread *text = &x->p->thread[t];
		unsigned n;

		if (s->thread[t].pc == text->count)
			continue;
		ended = false;
		n = choices(s, t, &text->op[s->thread[t].pc]);
		for (unsigned choice = 0; choice < n; choice++) {
			next = *s;
			perform(x, &next, t, choice);
			search(x, &next);
		}
	}
	if (ended)
		finish(x, s);
}

void litmus_general(const struct litmus_program *p, struct litmus_machine *m)
{
	struct search x = {.p = p, .m = m};
	struct state first;

	memset(&first, 0, sizeof(first));
	first.outcome = litmus_start(p);
	for (unsigned w = 0; w < LITMUS_WORDS; w++)
		first.count[w] = 1;
	litmus_set_clear(&m->set);
	m->race = false;
	m->overflow = false;
	m->executions = 0;
	search(&x, &first);
}
