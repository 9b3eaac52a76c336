/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * program.h - litmus programs: a few threads of a few accesses, and what is said of their outcomes.
 *
 * A file is read line by line; # starts a comment:
 *
 *	about text		one line for the reader
 *	thread op ; op ...	at most 4 threads
 *	allowed name=value ...	RC11 and the machines show this outcome, of registers and of
 *				the words at the end
 *	forbidden name=value .. none of them does, nor does C11
 *	blind name=value ...	C11 shows it by load buffering, RC11 and the machines do not
 *	stronger name=value ...	RC11 shows it, the machines do not
 *	race, or no-race	some execution has a data race on plain words, or none has
 *	race-unseen		one has in C11, and the compact machine does not report it
 *	race-false		none has in C11, and the compact machine reports one
 *
 * Operations: store W V, release W V, plain W V (a store to a payload line), R = load W,
 * R = acquire W, R = copy W (a load of a line), fence (full), fence.acquire, ring, R = take, and
 * when R V: the thread ends here unless R is V. Words begin as 0; a register that was never loaded
 * is "-". Values are 0 to 14.
 */
#ifndef LITMUS_PROGRAM_H
#define LITMUS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define LITMUS_THREADS 4u
#define LITMUS_OPS 8u
#define LITMUS_REGS 10u
#define LITMUS_WORDS 6u
#define LITMUS_STORES 12u /* to one word */
#define LITMUS_VERDICTS 8u
#define LITMUS_NAME 16u
#define LITMUS_UNREAD 15u

enum litmus_kind {
	LITMUS_LOAD,
	LITMUS_STORE,
	LITMUS_FENCE_FULL,
	LITMUS_FENCE_ACQUIRE,
	LITMUS_RING,
	LITMUS_TAKE,
	LITMUS_WHEN,
};

enum litmus_order {
	LITMUS_PLAIN,
	LITMUS_RELAXED,
	LITMUS_ORDERED, /* a load: acquire; a store: release */
};

struct litmus_op {
	enum litmus_kind kind;
	enum litmus_order order;
	uint8_t word, reg, value;
};

struct litmus_thread {
	unsigned count;
	struct litmus_op op[LITMUS_OPS];
};

/*
 * An outcome in one number, 4 bits a value: the registers, then the words as they are at the end.
 */
#define LITMUS_AT_REG(r) (4u * (r))
#define LITMUS_AT_WORD(w) (4u * (LITMUS_REGS + (w)))

static inline uint64_t litmus_put(uint64_t outcome, unsigned at, unsigned value)
{
	return (outcome & ~(UINT64_C(15) << at)) | (uint64_t)value << at;
}

static inline unsigned litmus_get(uint64_t outcome, unsigned at)
{
	return (unsigned)(outcome >> at & 15u);
}

enum litmus_said {
	LITMUS_ALLOWED,
	LITMUS_FORBIDDEN,
	LITMUS_BLIND,
	LITMUS_STRONGER,
};

struct litmus_verdict {
	enum litmus_said said;
	uint64_t mask, value;
	char text[64];
};

enum litmus_race_said {
	LITMUS_RACE_UNSAID,
	LITMUS_RACE,
	LITMUS_NO_RACE,
	LITMUS_RACE_UNSEEN,
	LITMUS_RACE_FALSE,
};

struct litmus_program {
	char name[64], about[128];
	unsigned threads, words, regs, verdicts;
	struct litmus_thread thread[LITMUS_THREADS];
	char word_name[LITMUS_WORDS][LITMUS_NAME];
	char reg_name[LITMUS_REGS][LITMUS_NAME];
	bool line[LITMUS_WORDS]; /* accessed as plain memory */
	struct litmus_verdict verdict[LITMUS_VERDICTS];
	enum litmus_race_said race;
};

/* 0, or -1 and err says file, line and cause. */
int litmus_read(const char *path, struct litmus_program *p, char *err, size_t err_size);

/* The threads in the form that litmus_read takes, and an outcome as "a=1 b=- x=2". */
void litmus_print(FILE *to, const struct litmus_program *p);
void litmus_print_outcome(FILE *to, const struct litmus_program *p, uint64_t outcome);

bool litmus_has(const struct litmus_program *p, enum litmus_kind kind);
/* All registers unread, all words 0. */
uint64_t litmus_start(const struct litmus_program *p);

/* ---- random programs ---- */

struct litmus_recipe {
	unsigned threads, words; /* words: 2 and more, up to this */
	unsigned least, most;	 /* operations of a thread */
	unsigned total;		 /* of all threads at most; 0: no bound */
	bool one_writer;	 /* of a word, who never reads it: what the channel's worlds do */
	bool plain, bells, guards;
	bool between; /* each thread: an access, a full fence or none, an access */
};

/* The same seed gives the same program. */
void litmus_random(const struct litmus_recipe *r, uint64_t seed, struct litmus_program *p);

#endif
