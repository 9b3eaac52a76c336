/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenario_file.h - scenario files: reading, checking, writing, and the names that occur in them.
 *
 * The language is described in docs/scenario-format.md. A file is data: nothing in it is run, and
 * it names no other file but the captures of replay flows. Whatever its bytes are, a call ends with
 * a scenario or with one line of error; time and memory are bounded by the size limit.
 *
 * Messages have one line and no full stop. They start with the place, "FILE:LINE: KEY: ", or with
 * "--set KEY: " where an override is at fault. err may be NULL if err_size is 0.
 *
 * No function keeps state; all may be called from any thread.
 */
#ifndef SIM_SCENARIO_FILE_H
#define SIM_SCENARIO_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "scenario.h"

#define SCENARIO_EFILE (-1)	/* the file can't be read; "PATH: cause" */
#define SCENARIO_ESCENARIO (-2) /* what it says is no scenario */

#define SCENARIO_BYTES_MAX (1u << 20) /* longest file */

/* Every key at its default. Not yet a valid scenario: it has no name. */
void scenario_defaults(struct scenario *sc);

/*
 * Read the file path. sets[0..set_count) are overrides "KEY=VALUE" that are applied in order before
 * anything is checked, as if the file said so. Returns 0 and fills *sc, or SCENARIO_EFILE or
 * SCENARIO_ESCENARIO with the reason in err; *sc is then undefined.
 */
int scenario_load(struct scenario *sc, const char *path, const char *const *sets,
		  unsigned set_count, char *err, size_t err_size);

/* The same for a text in memory of len_bytes bytes; path stands for it in messages. */
int scenario_parse(struct scenario *sc, const char *text, size_t len_bytes, const char *path,
		   const char *const *sets, unsigned set_count, char *err, size_t err_size);

/*
 * Is every field in its range and do they fit together? If not, err gets "KEY: what". Core variants
 * are names here; whether they exist is for the caller to ask.
 */
bool scenario_check(const struct scenario *sc, char *err, size_t err_size);

/*
 * A valid scenario as the text of a file that says every key. Loading it, under any path, gives the
 * same struct byte for byte if *sc itself came from a file; else fields that a kind doesn't use
 * come back at their defaults. The caller frees the text; NULL if there is no memory.
 */
char *scenario_text(const struct scenario *sc);

/*
 * Take the countermeasure of a threat scenario away: threat.off.set, core and weak are applied.
 * Returns 0 or SCENARIO_ESCENARIO; *sc is then unchanged. Applying it twice is the same as once.
 */
int scenario_apply_off(struct scenario *sc, char *err, size_t err_size);

/* Path of the capture of a replay flow, seen from the working directory. False: it does not fit. */
bool scenario_replay_path(const struct scenario *sc, const struct sim_flow *flow, char *path,
			  size_t path_size);

/* --- names; NULL for a value outside the enumeration -------------------------------------------
 */

const char *scenario_world_name(unsigned world);	 /* "ns", "s" */
const char *scenario_fault_name(unsigned kind);		 /* "bell-lost" ... */
const char *scenario_flow_kind_name(unsigned kind);	 /* "frames" ... */
const char *scenario_pattern_name(unsigned pattern);	 /* "fixed" ... */
const char *scenario_weakness_name(unsigned bit_number); /* 0: "no-fence" ... */

/* The way back. False if there is no such name. */
bool scenario_fault_from_name(const char *name, enum sim_fault_kind *kind);
bool scenario_weakness_from_name(const char *name, enum sim_weakness *weakness);

enum scenario_amount {
	SCENARIO_AMOUNT_NONE,
	SCENARIO_AMOUNT_TIME,	/* ns, not negative */
	SCENARIO_AMOUNT_SHIFT,	/* ns, negative too, not 0 */
	SCENARIO_AMOUNT_FRAMES, /* a count, at least 1 */
};

enum scenario_use {
	SCENARIO_USE_NO,
	SCENARIO_USE_MAY,
	SCENARIO_USE_MUST,
};

/* Which fields of struct sim_fault a kind uses; kind, probability, from, to, count and skip are
 * used by all. */
struct scenario_fault_info {
	const char *name;
	const char *opportunity; /* what probability, count and skip refer to */
	enum scenario_use world; /* MAY: it is NS in any case */
	enum scenario_amount amount;
	bool interval;
	enum scenario_use cls; /* MAY: default the last class */
};

/* NULL for a kind outside the enumeration. */
const struct scenario_fault_info *scenario_fault_info(unsigned kind);

/*
 * The word of a list that was probably meant: at(0), at(1) ... up to the first NULL are the words.
 * NULL if none is near.
 */
const char *scenario_nearest(const char *word, const char *(*at)(unsigned i));

#endif
