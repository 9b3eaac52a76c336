/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memory.h - C11 release/acquire memory with fences, for two worlds with one writer a word.
 *
 * A section has a writer W and a reader R. Each word keeps those of its stores that R may still
 * read, the oldest first. W's stores are numbered; what R must see of them is a prefix of that
 * numbering (its floor) and, by coherence, nothing older in a word than what it read there. So a
 * view, in general a number a word, is one number here, and the whole machine needs these:
 *
 *	a version	seq: its number; rel: W's stores up to this one come with it to an acquirer
 *	pend		would be seen after an acquire fence (relaxed loads of released stores)
 *	relfence	W's stores before its last full fence: what its relaxed stores release
 *	sc		W's stores before its last full fence: what a full fence of R makes seen
 *	bell		W's stores that come with the doorbell pending at R
 *	mark[]		W's reads of the lines of the other section, for the race check; both
 *sections have as many lines
 *
 * Every number counts from the floor: 0 is "seen by R anyway". mem_normal() brings a section to the
 * one form that equal memories share, so that a search knows them as equal.
 *
 * What is stronger than C11: no load buffering (a load returns a store that was executed before).
 * What is weaker: a relaxed store behind a release store of the same word continues no release
 * sequence. model/litmus holds this machine against RC11; docs/memory-model.md tells what differs.
 */
#ifndef MODEL_MEMORY_H
#define MODEL_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#define MEM_WORDS 64u	 /* of a section, payload lines included */
#define MEM_VERSIONS 16u /* of a word that the reader may choose from */
#define MEM_LINES 16u	 /* of a section */

struct mem_version {
	uint64_t value;
	uint8_t seq, rel;
};

struct mem_word {
	uint8_t count; /* at least 1; v[count - 1] is the newest */
	struct mem_version v[MEM_VERSIONS];
};

struct mem_section {
	uint8_t words, lines;
	uint8_t seq; /* of W's newest store */
	uint8_t pend, relfence, sc, bell;
	uint8_t mark[MEM_LINES]; /* 1 + W's stores before it read that line of R; 0: no mark */
	bool overflow;		 /* a bound above was hit: what follows proves nothing */
	struct mem_word w[MEM_WORDS];
};

/* All words hold 0, seen by everybody. */
void mem_init(struct mem_section *s, unsigned words, unsigned lines);

/* How many stores R may read in this word. */
static inline unsigned mem_options(const struct mem_section *s, unsigned word)
{
	return s->w[word].count;
}

/* R reads the option-th of them. */
uint64_t mem_load(struct mem_section *s, unsigned word, unsigned option, bool acquire);

/*
 * R copies a plain line, the same choice. *racy: the store was not ordered before the copy, so that
 * the bytes may be any mixture.
 */
uint64_t mem_copy(struct mem_section *s, unsigned word, unsigned option, bool *racy);

void mem_store(struct mem_section *s, unsigned word, uint64_t value, bool release);

/* A full fence of the world that writes own and reads peer; an acquire fence of peer's reader. */
void mem_fence_full(struct mem_section *own, struct mem_section *peer);
void mem_fence_acquire(struct mem_section *peer);

/* W rings R; R takes the doorbell, and sees what W had stored before it rang. */
void mem_ring(struct mem_section *s);
void mem_take_bell(struct mem_section *s);

/* Stores take a finite time to be seen; R has waited that long. */
void mem_see_all(struct mem_section *s);

/*
 * The race check on plain lines: the reader (writer of own) marks a line of the peer that it
 * copies; a store to that line is ordered behind the copy only if the storing world has acquired a
 * release that follows the mark.
 */
static inline void mem_mark(struct mem_section *own, unsigned line)
{
	own->mark[line] = (uint8_t)(own->seq + 1u);
}

static inline bool mem_read_may_overlap(const struct mem_section *reader_own, unsigned line)
{
	return reader_own->mark[line] != 0u;
}

/* W starts a new life: what its former one had pending says nothing. */
void mem_reset_writer(struct mem_section *own, struct mem_section *peer);

void mem_normal(struct mem_section *s);

#endif
