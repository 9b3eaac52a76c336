/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * axiomatic.c - all execution graphs of a program: every value for every load, for these every
 * store that has it, and every modification order that keeps the stores of a thread in order.
 */
#include "engines.h"
#include "graph.h"

#include <string.h>

struct search {
	const struct litmus_program *p;
	struct litmus_axiomatic *a;
	struct graph g;
	uint64_t outcome;
	unsigned from[GRAPH_EVENTS];		       /* the store that a load reads */
	bool values[LITMUS_WORDS][LITMUS_UNREAD + 1u]; /* some store has it */
};

static void next_thread(struct search *x, unsigned t);
static void next_load(struct search *x, unsigned e);
static void next_store(struct search *x, unsigned word);

/* ---- threads: one path at a time ---- */

/* Adds an event behind the others of its thread. */
static struct event *append(struct search *x, unsigned t, const struct litmus_op *op,
			    uint64_t controls)
{
	struct graph *g = &x->g;
	unsigned e = g->events++;

	g->event[e] = (struct event){.kind = op->kind,
				     .order = op->order,
				     .thread = (uint8_t)t,
				     .word = op->word,
				     .value = op->value,
				     .controls = controls};
	g->sb[e] = 0;
	for (unsigned a = 0; a < e; a++)
		if (g->event[a].thread == t || g->event[a].thread == LITMUS_THREADS)
			graph_put(g->sb, a, e);
	if (op->kind == LITMUS_RING || op->kind == LITMUS_TAKE) {
		g->event[e].word = (uint8_t)(LITMUS_WORDS + (op->kind == LITMUS_RING ? !t : t));
		g->event[e].order = LITMUS_ORDERED;
	}
	return &g->event[e];
}

/* Takes the last event away again: it was number e. */
static void drop(struct search *x, unsigned e)
{
	x->g.events = e;
	for (unsigned a = 0; a < e; a++)
		x->g.sb[a] &= ~(UINT64_C(1) << e);
}

struct path {
	unsigned t, at;
	uint64_t controls;
	unsigned event_of[LITMUS_REGS];
};

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the program is long */
static void next_op(struct search *x, const struct path *now)
{
	const struct litmus_thread *text = &x->p->thread[now->t];
	const struct litmus_op *op = &text->op[now->at];
	struct path next = *now;
	unsigned e = x->g.events;
	uint64_t outcome = x->outcome;

	next.at++;
	if (now->at == text->count) {
		next_thread(x, now->t + 1u);
		return;
	}
	if (op->kind == LITMUS_WHEN) {
		next.controls |= UINT64_C(1) << now->event_of[op->reg];
		if (litmus_get(x->outcome, LITMUS_AT_REG(op->reg)) != op->value)
			next.at = text->count;
		next_op(x, &next);
		return;
	}
	if (op->kind != LITMUS_LOAD && op->kind != LITMUS_TAKE) {
		(void)append(x, now->t, op, now->controls);
		next_op(x, &next);
		drop(x, e);
		return;
	}
	for (unsigned v = 0; v < LITMUS_UNREAD; v++) {
		if (op->kind == LITMUS_TAKE ? v > 1u : !x->values[op->word][v])
			continue;
		next.event_of[op->reg] = e;
		append(x, now->t, op, now->controls)->value = (uint8_t)v;
		x->outcome = litmus_put(outcome, LITMUS_AT_REG(op->reg), v);
		next_op(x, &next);
		drop(x, e);
	}
	x->outcome = outcome;
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static void next_thread(struct search *x, unsigned t)
{
	struct path first = {.t = t};

	if (t == x->p->threads)
		next_load(x, 0);
	else
		next_op(x, &first);
}

/* ---- rf and mo ---- */

/* NOLINTNEXTLINE(misc-no-recursion) */
static void next_load(struct search *x, unsigned e)
{
	struct graph *g = &x->g;

	while (e < g->events && !graph_is_load(&g->event[e]))
		e++;
	if (e == g->events) {
		for (unsigned a = 0; a < e; a++)
			g->mo[a] = 0;
		next_store(x, 0);
		return;
	}
	for (unsigned w = 0; w < g->events; w++) {
		const struct event *store = &g->event[w];

		if (!graph_is_store(store) || store->word != g->event[e].word ||
		    (store->kind == LITMUS_STORE && store->value != g->event[e].value))
			continue;
		x->from[e] = w;
		next_load(x, e + 1u);
	}
}

static void judge(struct search *x);

/*
 * Puts one more store behind those in line, until all of this word are. A store may go next if
 * those of its thread before it are in line.
 */
/* NOLINTNEXTLINE(misc-no-recursion) */
static void line_up(struct search *x, unsigned word, uint64_t in_line)
{
	struct graph *g = &x->g;
	bool all = true;

	for (unsigned w = 0; w < g->events; w++) {
		uint64_t before = 0;

		if (!graph_is_store(&g->event[w]) || g->event[w].word != word ||
		    (in_line >> w & 1u) != 0u)
			continue;
		all = false;
		for (unsigned a = 0; a < g->events; a++)
			if (graph_has(g->sb, a, w) && graph_is_store(&g->event[a]) &&
			    g->event[a].word == word)
				before |= UINT64_C(1) << a;
		if ((before & ~in_line) != 0u)
			continue;
		for (uint64_t left = in_line; left != 0u; left &= left - 1u)
			graph_put(g->mo, (unsigned)__builtin_ctzll(left), w);
		line_up(x, word, in_line | UINT64_C(1) << w);
		for (unsigned a = 0; a < g->events; a++)
			g->mo[a] &= ~(UINT64_C(1) << w);
	}
	if (all)
		next_store(x, word + 1u);
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static void next_store(struct search *x, unsigned word)
{
	if (word == GRAPH_WORDS)
		judge(x);
	else
		line_up(x, word, 0);
}

/* ---- one graph ---- */

/* A take says whether it got another ring than the take before it, of which none is the start. */
static bool takes_right(const struct search *x)
{
	const struct graph *g = &x->g;

	for (unsigned e = 0; e < g->events; e++) {
		unsigned last;

		if (g->event[e].kind != LITMUS_TAKE)
			continue;
		last = g->event[e].word; /* the event that stands for 0 at the start */
		for (unsigned a = 0; a < e; a++)
			if (g->event[a].kind == LITMUS_TAKE && graph_has(g->sb, a, e))
				last = x->from[a];
		if (g->event[e].value != (x->from[e] != last))
			return false;
	}
	return true;
}

static void relate(struct search *x)
{
	struct graph *g = &x->g;

	for (unsigned e = 0; e < g->events; e++) {
		g->rf[e] = 0;
		g->fr[e] = 0;
	}
	for (unsigned e = 0; e < g->events; e++)
		if (graph_is_load(&g->event[e])) {
			graph_put(g->rf, x->from[e], e);
			g->fr[e] = g->mo[x->from[e]];
		}
}

static uint64_t with_words(const struct search *x)
{
	const struct graph *g = &x->g;
	uint64_t outcome = x->outcome;

	for (unsigned e = 0; e < g->events; e++)
		if (graph_is_store(&g->event[e]) && g->event[e].word < LITMUS_WORDS &&
		    g->mo[e] == 0u && g->event[e].word < x->p->words)
			outcome = litmus_put(outcome, LITMUS_AT_WORD(g->event[e].word),
					     g->event[e].value);
	return outcome;
}

static void judge(struct search *x)
{
	struct litmus_axiomatic *a = x->a;
	struct rc11_judgement j;
	uint64_t outcome;

	if (x->g.bells && !takes_right(x))
		return;
	a->graphs++;
	relate(x);
	rc11_judge(&x->g, &j);
	outcome = with_words(x);
	if (!x->g.bells && arm_consistent(&x->g))
		litmus_set_add(&a->arm, outcome);
	if (!j.coherent)
		return;
	litmus_set_add(&a->thin_air, outcome);
	if (!j.no_thin_air)
		return;
	litmus_set_add(&a->rc11, outcome);
	a->executions++;
	if (j.interleaved)
		litmus_set_add(&a->sc, outcome);
	a->race = a->race || j.race;
	a->race_marked = a->race_marked || j.race_marked;
	if (!j.joint)
		return;
	litmus_set_add(&a->joint, outcome);
	a->race_joint = a->race_joint || j.race;
}

void litmus_axiomatic(const struct litmus_program *p, struct litmus_axiomatic *a)
{
	static struct search x;

	memset(&x, 0, sizeof(x));
	memset(a, 0, sizeof(*a));
	x.p = p;
	x.a = a;
	x.outcome = litmus_start(p);
	x.g.bells = litmus_has(p, LITMUS_RING) || litmus_has(p, LITMUS_TAKE);
	for (unsigned w = 0; w < GRAPH_WORDS; w++)
		x.g.event[w] = (struct event){.kind = w < LITMUS_WORDS ? LITMUS_STORE : LITMUS_RING,
					      .order = LITMUS_RELAXED,
					      .thread = LITMUS_THREADS,
					      .word = (uint8_t)w};
	x.g.events = GRAPH_WORDS;
	for (unsigned w = 0; w < LITMUS_WORDS; w++)
		x.values[w][0] = true;
	for (unsigned t = 0; t < p->threads; t++)
		for (unsigned i = 0; i < p->thread[t].count; i++)
			if (p->thread[t].op[i].kind == LITMUS_STORE)
				x.values[p->thread[t].op[i].word][p->thread[t].op[i].value] = true;
	next_thread(&x, 0);
}
