/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engines.h - three engines, each of which finds all outcomes of a litmus program.
 *
 *	compact		model/code/memory.c, the memory under the search of the real core
 *	general		a view machine for any threads and any writers
 *	axiomatic	all execution graphs, judged by RC11's axioms
 *
 * and how they are compared.
 */
#ifndef LITMUS_ENGINES_H
#define LITMUS_ENGINES_H

#include "program.h"

/* A set of outcomes. */
#define LITMUS_SET_LOG2 12u
struct litmus_set {
	unsigned count;
	bool overflow;
	uint64_t at[1u << LITMUS_SET_LOG2]; /* 1 + outcome; 0 is an empty place */
};

void litmus_set_clear(struct litmus_set *s);
void litmus_set_add(struct litmus_set *s, uint64_t outcome);
/* True if every outcome of a is in b; else *missing is one that is not. */
bool litmus_set_within(const struct litmus_set *a, const struct litmus_set *b, uint64_t *missing);
bool litmus_set_shows(const struct litmus_set *s, const struct litmus_verdict *v);

struct litmus_machine {
	struct litmus_set set;
	bool race;     /* seen in some execution */
	bool overflow; /* a bound of the machine was hit */
	uint64_t executions;
};

/* Two threads, each word with one writer, who never reads it. */
bool litmus_compact_can(const struct litmus_program *p);
/* normal: bring the memory to its normal form after each step, as the search does. */
void litmus_compact(const struct litmus_program *p, bool normal, struct litmus_machine *m);
void litmus_general(const struct litmus_program *p, struct litmus_machine *m);

struct litmus_axiomatic {
	struct litmus_set rc11;
	struct litmus_set joint;    /* RC11, and sb, rf and psc together have no cycle */
	struct litmus_set thin_air; /* RC11 without its axiom against cycles of sb and rf */
	struct litmus_set arm;	    /* Armv8; empty if there are doorbells */
	struct litmus_set sc;	    /* interleavings only */
	bool race;		    /* in RC11 */
	bool race_joint;	    /* in an execution of joint */
	bool race_marked;	    /* what the compact machine reports, exactly; two threads */
	uint64_t executions;	    /* consistent in RC11 */
	uint64_t graphs;	    /* looked at */
};

void litmus_axiomatic(const struct litmus_program *p, struct litmus_axiomatic *a);

/* ---- all of them ---- */

struct litmus_answers {
	bool compact_can;
	struct litmus_machine compact, unnormal, general;
	struct litmus_axiomatic axiomatic;
};

void litmus_ask(const struct litmus_program *p, struct litmus_answers *a);

/* True if the engines agree as far as they must; else why, to say after the program's text. */
bool litmus_agree(const struct litmus_program *p, const struct litmus_answers *a, char *why,
		  size_t why_size);
/* True if all that the program's file says is so. */
bool litmus_hold(const struct litmus_program *p, const struct litmus_answers *a, char *why,
		 size_t why_size);

/* ---- a batch of random programs ---- */

struct litmus_tally {
	uint64_t programs, executions;
	uint64_t weak;	   /* programs with an outcome that no interleaving shows */
	uint64_t stronger; /* programs with an outcome of RC11 that the general machine lacks */
	uint64_t thin_air; /* programs with an outcome by load buffering */
	uint64_t arm;	   /* programs where Armv8 shows less than C11 */
	uint64_t races, unseen, falsely; /* unseen or falsely seen by the compact machine */
};

void litmus_count(const struct litmus_program *p, const struct litmus_answers *a,
		  struct litmus_tally *tally);

/* The kinds of random programs, by number; NULL behind the last. */
const char *litmus_batch_name(unsigned kind);
/* False at the first program over which the engines differ: it and the reason go to `to`. */
bool litmus_batch(unsigned kind, uint64_t seed, uint64_t programs, struct litmus_tally *tally,
		  FILE *to);

#endif
