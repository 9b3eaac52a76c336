/* SPDX-License-Identifier: BSD-2-Clause */
#include "graph.h"

void graph_copy(const struct graph *g, relation to, const relation from)
{
	for (unsigned a = 0; a < g->events; a++)
		to[a] = from[a];
}

void graph_add(const struct graph *g, relation to, const relation from)
{
	for (unsigned a = 0; a < g->events; a++)
		to[a] |= from[a];
}

void graph_compose(const struct graph *g, relation to, const relation a, const relation b)
{
	for (unsigned i = 0; i < g->events; i++) {
		to[i] = 0;
		for (uint64_t left = a[i]; left != 0u; left &= left - 1u)
			to[i] |= b[__builtin_ctzll(left)];
	}
}

void graph_close(const struct graph *g, relation r)
{
	for (unsigned k = 0; k < g->events; k++)
		for (unsigned i = 0; i < g->events; i++)
			if (graph_has(r, i, k))
				r[i] |= r[k];
}

bool graph_reflexive(const struct graph *g, const relation r)
{
	for (unsigned a = 0; a < g->events && a < GRAPH_EVENTS; a++)
		if (graph_has(r, a, a))
			return true;
	return false;
}

bool graph_cycle(const struct graph *g, const relation r, const relation s)
{
	relation both;

	graph_copy(g, both, r);
	graph_add(g, both, s);
	graph_close(g, both);
	return graph_reflexive(g, both);
}
