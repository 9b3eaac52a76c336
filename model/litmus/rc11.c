/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rc11.c - RC11 as in Lahav, Vafeiadis, Kang, Hur, Dreyer: Repairing Sequential Consistency in
 * C/C++11 (PLDI 2017), for the part of the language that the channel uses: no read-modify-writes,
 * no SC accesses, fences that are SC or acquire. Then
 *
 *	sw	[release store] or [F_sc];sb;[atomic store], rf, [acquire load] or [atomic
 *load];sb;[F] hb	(sb + sw)+ eco	(rf + mo + fr)+ psc	[F_sc]; (hb + hb;eco;hb); [F_sc]
 *
 * and an execution is consistent if hb;eco? is irreflexive (coherence), psc has no cycle, and
 * sb + rf has none (no thin air). The release sequence is C++20's: a store heads one of itself and
 * read-modify-writes, thus of itself. The other half of the paper's psc, [F];hb?;scb;hb?;[F], is
 * within this one when only fences are SC: scb is within hb + mo + fr.
 *
 * Doorbells are no part of C11. A bell is a word that a ring stores to with release and a take
 *loads from with acquire; a take says 1 if it got another ring than the take before it. Bells take
 *no time: their accesses and everything that orders execution has no cycle.
 */
#include "graph.h"

static bool is_full(const struct event *e)
{
	return e->kind == LITMUS_FENCE_FULL;
}

/* The events that a store releases by: itself, or full fences in front of it. */
static uint64_t releases(const struct graph *g, unsigned store)
{
	const struct event *e = &g->event[store];
	uint64_t from = 0;

	if (e->order == LITMUS_PLAIN)
		return 0;
	if (e->order == LITMUS_ORDERED)
		from |= UINT64_C(1) << store;
	for (unsigned f = 0; f < g->events; f++)
		if (is_full(&g->event[f]) && graph_has(g->sb, f, store))
			from |= UINT64_C(1) << f;
	return from;
}

static uint64_t acquires(const struct graph *g, unsigned load)
{
	const struct event *e = &g->event[load];
	uint64_t to = 0;

	if (e->order == LITMUS_PLAIN)
		return 0;
	if (e->order == LITMUS_ORDERED)
		to |= UINT64_C(1) << load;
	for (unsigned f = 0; f < g->events; f++)
		if ((is_full(&g->event[f]) || g->event[f].kind == LITMUS_FENCE_ACQUIRE) &&
		    graph_has(g->sb, load, f))
			to |= UINT64_C(1) << f;
	return to;
}

static void make_hb(const struct graph *g, relation hb)
{
	graph_copy(g, hb, g->sb);
	for (unsigned w = 0; w < g->events; w++)
		for (unsigned r = 0; r < g->events; r++) {
			if (!graph_has(g->rf, w, r) || g->event[w].thread == LITMUS_THREADS)
				continue;
			for (uint64_t from = releases(g, w); from != 0u; from &= from - 1u)
				hb[__builtin_ctzll(from)] |= acquires(g, r);
		}
	graph_close(g, hb);
}

static void make_psc(const struct graph *g, const relation hb, const relation eco, relation psc)
{
	relation hb_eco;
	uint64_t fences = 0;

	graph_compose(g, hb_eco, hb, eco);
	graph_compose(g, psc, hb_eco, hb);
	graph_add(g, psc, hb);
	for (unsigned f = 0; f < g->events; f++)
		if (is_full(&g->event[f]))
			fences |= UINT64_C(1) << f;
	for (unsigned a = 0; a < g->events; a++)
		psc[a] = (fences >> a & 1u) != 0u ? psc[a] & fences : 0u;
}

/*
 * The compact machine orders a copy in front of a store by a store of the copying thread that it
 * numbers later: one behind the copy that comes before the other thread's store.
 */
static bool marked_before(const struct graph *g, const relation order, unsigned copy, unsigned b)
{
	for (unsigned w = 0; w < g->events; w++)
		if (g->event[w].kind == LITMUS_STORE && graph_has(g->sb, copy, w) &&
		    graph_has(order, w, b))
			return true;
	return false;
}

/* Two threads access a plain line, one of them stores, and nothing orders them. */
static bool has_race(const struct graph *g, const relation order, bool marks)
{
	for (unsigned a = 0; a < g->events; a++)
		for (unsigned b = 0; b < g->events; b++) {
			const struct event *x = &g->event[a], *y = &g->event[b];
			bool before;

			if (x->kind != LITMUS_STORE || x->order != LITMUS_PLAIN ||
			    (y->kind != LITMUS_STORE && y->kind != LITMUS_LOAD) ||
			    x->word != y->word || x->thread == y->thread)
				continue;
			before = marks && y->kind == LITMUS_LOAD ? marked_before(g, order, b, a)
								 : graph_has(order, b, a);
			if (!before && !graph_has(order, a, b))
				return true;
		}
	return false;
}

static bool bells_in_time(const struct graph *g, const relation psc)
{
	relation order, bells = {0};

	graph_copy(g, order, g->sb);
	graph_add(g, order, g->rf);
	graph_add(g, order, psc);
	for (unsigned a = 0; a < g->events; a++)
		if (g->event[a].word >= LITMUS_WORDS)
			bells[a] = g->mo[a] | g->fr[a];
	return !graph_cycle(g, order, bells);
}

void rc11_judge(const struct graph *g, struct rc11_judgement *j)
{
	relation hb, eco, hb_eco, psc, order;

	*j = (struct rc11_judgement){0};
	make_hb(g, hb);
	graph_copy(g, eco, g->rf);
	graph_add(g, eco, g->mo);
	graph_add(g, eco, g->fr);
	graph_close(g, eco);
	graph_compose(g, hb_eco, hb, eco);
	if (graph_reflexive(g, hb) || graph_reflexive(g, hb_eco))
		return;
	make_psc(g, hb, eco, psc);
	if (graph_cycle(g, psc, psc) || (g->bells && !bells_in_time(g, psc)))
		return;
	j->coherent = true;
	j->no_thin_air = !graph_cycle(g, g->sb, g->rf);
	graph_copy(g, order, g->sb);
	graph_add(g, order, g->rf);
	j->interleaved = !graph_cycle(g, order, eco);
	j->joint = j->no_thin_air && !graph_cycle(g, order, psc);
	j->race = has_race(g, hb, false);
	graph_add(g, hb, psc);
	graph_close(g, hb);
	j->race_marked = has_race(g, hb, true);
}
