/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arm.c - the same graphs by the Armv8-A memory model (Arm ARM, B2.3, in the form of Deacon's cat
 * file), for ldr, str, ldar, stlr, dmb sy and dmb ld, the instructions that C11's loads, stores and
 * fences become. Litmus programs store constants: of the dependencies only control to a store is
 * there. Plain lines are ldr and str.
 */
#include "graph.h"

static bool memory(const struct event *e)
{
	return graph_is_load(e) || graph_is_store(e);
}

static bool acquire(const struct event *e)
{
	return graph_is_load(e) && e->order == LITMUS_ORDERED;
}

static bool release(const struct event *e)
{
	return graph_is_store(e) && e->order == LITMUS_ORDERED;
}

/* Does a barrier stand between a and b that orders them? */
static bool barrier_between(const struct graph *g, unsigned a, unsigned b)
{
	for (unsigned f = 0; f < g->events; f++) {
		enum litmus_kind kind = g->event[f].kind;

		if (!graph_has(g->sb, a, f) || !graph_has(g->sb, f, b))
			continue;
		if (kind == LITMUS_FENCE_FULL ||
		    (kind == LITMUS_FENCE_ACQUIRE && graph_is_load(&g->event[a])))
			return true;
	}
	return false;
}

/* b is locally ordered behind a, both of one thread, a first in the program. */
static bool ordered(const struct graph *g, unsigned a, unsigned b)
{
	const struct event *x = &g->event[a], *y = &g->event[b];

	if (acquire(x) || release(y) || (release(x) && acquire(y)) || barrier_between(g, a, b))
		return true;
	return graph_is_store(y) && (y->controls >> a & 1u) != 0u;
}

bool arm_consistent(const struct graph *g)
{
	relation local, ob = {0};

	graph_copy(g, local, g->rf);
	graph_add(g, local, g->mo);
	graph_add(g, local, g->fr);
	for (unsigned a = 0; a < g->events; a++)
		for (unsigned b = 0; b < g->events; b++) {
			const struct event *x = &g->event[a], *y = &g->event[b];

			if (x->thread != y->thread) {
				if (graph_has(local, a, b))
					graph_put(ob, a, b);
			} else if (graph_has(g->sb, a, b) && memory(x) && memory(y) &&
				   ordered(g, a, b)) {
				graph_put(ob, a, b);
			}
		}
	for (unsigned a = 0; a < g->events; a++)
		for (unsigned b = 0; b < g->events; b++)
			if (graph_has(g->sb, a, b) && memory(&g->event[a]) &&
			    memory(&g->event[b]) && g->event[a].word == g->event[b].word)
				graph_put(local, a, b);
	graph_close(g, local);
	graph_close(g, ob);
	return !graph_reflexive(g, local) && !graph_reflexive(g, ob);
}
