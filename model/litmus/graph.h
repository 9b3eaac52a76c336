/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * graph.h - an execution graph of a litmus program, and relations on its events as rows of bits.
 */
#ifndef LITMUS_GRAPH_H
#define LITMUS_GRAPH_H

#include "program.h"

/* Doorbells are words too: the bell at thread t is word LITMUS_WORDS + t. */
#define GRAPH_WORDS (LITMUS_WORDS + 2u)
#define GRAPH_EVENTS (GRAPH_WORDS + LITMUS_THREADS * LITMUS_OPS)

_Static_assert(GRAPH_EVENTS <= 64u, "a row of a relation is one number");

struct event {
	enum litmus_kind kind;
	enum litmus_order order;
	uint8_t thread; /* LITMUS_THREADS: the store of 0 at the start */
	uint8_t word, value;
	uint64_t controls; /* loads whose value decided that this event happens */
};

typedef uint64_t relation[GRAPH_EVENTS]; /* r[a] holds bit b: (a, b) */

struct graph {
	unsigned events;
	struct event event[GRAPH_EVENTS];
	relation sb, rf, mo, fr;
	bool bells;
};

static inline bool graph_is_store(const struct event *e)
{
	return e->kind == LITMUS_STORE || e->kind == LITMUS_RING;
}

static inline bool graph_is_load(const struct event *e)
{
	return e->kind == LITMUS_LOAD || e->kind == LITMUS_TAKE;
}

static inline bool graph_has(const relation r, unsigned a, unsigned b)
{
	return (r[a] >> b & 1u) != 0u;
}

static inline void graph_put(relation r, unsigned a, unsigned b)
{
	r[a] |= UINT64_C(1) << b;
}

void graph_copy(const struct graph *g, relation to, const relation from);
void graph_add(const struct graph *g, relation to, const relation from);
/* to = a ; b. It may be neither of them. */
void graph_compose(const struct graph *g, relation to, const relation a, const relation b);
void graph_close(const struct graph *g, relation r);
bool graph_reflexive(const struct graph *g, const relation r);
/* Has the union of r and s a cycle? */
bool graph_cycle(const struct graph *g, const relation r, const relation s);

struct rc11_judgement {
	bool coherent; /* all axioms but the next two */
	bool no_thin_air;
	bool joint;
	bool interleaved;
	bool race;
	bool race_marked; /* as the marks of the compact machine tell it */
};

void rc11_judge(const struct graph *g, struct rc11_judgement *j);
bool arm_consistent(const struct graph *g);

#endif
