/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenario_schema.h - the keys of a scenario file as a table, which reader, writer, checks, --set
 * and the test of the documentation share. Internal to sim/scenario*.c and their tests.
 *
 * A key says where its value lives in struct scenario, in which range it is and what it is when the
 * file is silent. Values are stored from text and printed as text, so that a default in the table,
 * a value in a file and a value given by --set take the same way.
 */
#ifndef SIM_SCENARIO_SCHEMA_H
#define SIM_SCENARIO_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <libconfig.h>

#include "scenario_file.h"

/* --- the table ---------------------------------------------------------------------------------
 */

enum scenario_type {
	SCENARIO_BOOL,	 /* bool */
	SCENARIO_COUNT,	 /* whole number, 1 to 8 bytes wide */
	SCENARIO_RATIO,	 /* double; range in millionths */
	SCENARIO_TIME,	 /* ns, 8 bytes */
	SCENARIO_SIZE,	 /* bytes, 2 to 8 bytes wide */
	SCENARIO_SIZES,	 /* two uint32_t: smallest and largest size */
	SCENARIO_LINES,	 /* power of two, stored as its logarithm in a byte */
	SCENARIO_AMOUNT, /* int64_t whose unit is the fault's; see scenario_fault_info */
	SCENARIO_NAME,	 /* char[]: a letter or digit, then those and . _ - */
	SCENARIO_STRING, /* char[]: UTF-8 */
	SCENARIO_WORD,	 /* char[] that holds one of words */
	SCENARIO_ENUM,	 /* index in words, 4 bytes */
	SCENARIO_FLAGS,	 /* mask over words, 4 bytes */
	SCENARIO_CLASS,	 /* index of a class, by name, 4 bytes */
	SCENARIO_WHO,	 /* threat.off.core_world: two fields */
	SCENARIO_SETS,	 /* threat.off.set: a list of strings */
	SCENARIO_GROUP,
	SCENARIO_LIST, /* of groups */
};

#define SCENARIO_REQUIRED (1u << 0)  /* a file must say it; there is no default */
#define SCENARIO_OPTIONAL (1u << 1)  /* a group whose absence means that its fields are 0 */
#define SCENARIO_MULTILINE (1u << 2) /* a string that may hold line breaks and tabs */
#define SCENARIO_HEX (1u << 3)	     /* written in hexadecimal */
/* Used only where scenario_fault_info says so: */
#define SCENARIO_BY_WORLD (1u << 4)
#define SCENARIO_BY_AMOUNT (1u << 5)
#define SCENARIO_BY_INTERVAL (1u << 6)
#define SCENARIO_BY_CLASS (1u << 7)
/* Used only by flows with the pattern burst. */
#define SCENARIO_BY_BURST (1u << 8)

struct scenario_key {
	const char *name;
	const char *noun; /* of one word in a mask; NULL: name is the noun */
	enum scenario_type type;
	unsigned flags;
	size_t offset; /* in struct scenario, of element 0 */
	size_t stride; /* to the same field of the next element */
	size_t size;   /* of the field */
	uint64_t min, max;
	const char *def;	       /* as a file would say it, without quotes */
	const char *zero;	       /* the word for 0, in or outside min..max */
	unsigned flows;		       /* bits of the flow kinds that use it; 0: no matter */
	const char *(*at)(unsigned i); /* words */
	const struct scenario_group *group;
	size_t count_offset; /* of a list: where the number of elements is */
	unsigned count_max;
};

struct scenario_group {
	const struct scenario_key *key;
	unsigned count;
};

extern const struct scenario_group scenario_root;

/* The classes of a file that names none. */
#define SCENARIO_DEFAULT_CLASSES 2u
extern const struct scenario_default_class {
	const char *name;
	bool protect;
} scenario_default_class[SCENARIO_DEFAULT_CLASSES];

/* A message under construction. */
struct scenario_note {
	char text[512];
};

void scenario_note_set(struct scenario_note *note, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* --- scenario_key.c: keys ----------------------------------------------------------------------
 */

#define SCENARIO_KEY_MAX 96 /* bytes of a full key like "traffic[15].size", with its end */

void *scenario_field(struct scenario *sc, const struct scenario_key *key, unsigned index);
const void *scenario_field_const(const struct scenario *sc, const struct scenario_key *key,
				 unsigned index);

/* A field that is an unsigned number of key->size bytes. */
uint64_t scenario_uint_get(const void *field, size_t size);
void scenario_uint_set(void *field, size_t size, uint64_t v);

unsigned scenario_list_count(const struct scenario *sc, const struct scenario_key *key);

/* Does the element, by its kind, use this key? And must a file say it? */
bool scenario_key_applies(const struct scenario *sc, const struct scenario_key *key,
			  unsigned index);
bool scenario_key_required(const struct scenario *sc, const struct scenario_key *key,
			   unsigned index);

/* Does any key of the group differ from zero bytes? */
bool scenario_group_present(const struct scenario *sc, const struct scenario_group *group,
			    unsigned index);

const struct scenario_key *scenario_key_find(const struct scenario_group *group, const char *name);

/* What to say about an unknown key: 'no such key (did you mean "x"?)'. */
void scenario_key_unknown(const struct scenario_group *group, const char *name,
			  struct scenario_note *note);

/* "prefix.name" or "name"; false if it does not fit. */
bool scenario_key_join(char full[SCENARIO_KEY_MAX], const char *prefix, const char *name);

/* One step "name" or "name[index]" of a full key. */
struct scenario_step {
	char name[32];
	bool indexed;
	unsigned index;
};

/* Take the first step off key, up to end; returns the rest (end: nothing left), NULL: malformed. */
const char *scenario_step_next(const char *key, const char *end, struct scenario_step *step);

/* --- scenario_words.c: words -------------------------------------------------------------------
 */

unsigned scenario_word_count(const char *(*at)(unsigned i));
bool scenario_word_find(const char *(*at)(unsigned i), const char *word, unsigned *i);

/* 'unknown WHAT "word" (did you mean "x"?)', or with the list of words if it is short. */
void scenario_word_unknown(const char *what, const char *(*at)(unsigned i), const char *word,
			   struct scenario_note *note);

/* The nearest of the candidates tried so far, by edit distance; NULL if none is near. */
struct scenario_near {
	const char *word;
	const char *found;
	unsigned best;
};

struct scenario_near scenario_near_begin(const char *word);
void scenario_near_try(struct scenario_near *near, const char *candidate);

const char *scenario_property_id(unsigned i);	/* "P1" ... */
const char *scenario_attacker_name(unsigned i); /* "NS" ... */
const char *scenario_who_name(unsigned i);	/* "ns", "s", "both" */

/* A text of a user as it may stand in a message: short, printable. */
struct scenario_quote {
	char s[48];
};

struct scenario_quote scenario_quote(const char *text);

/* --- scenario_unit.c: numbers with units -------------------------------------------------------
 */

/* Decimal digits only. */
bool scenario_number_parse(const char *text, uint64_t *v, struct scenario_note *note);
bool scenario_time_parse(const char *text, uint64_t *ns, struct scenario_note *note);
bool scenario_size_parse(const char *text, uint64_t *bytes, struct scenario_note *note);

struct scenario_shown {
	char s[32];
};

/* Exact, in the largest unit without a fraction. */
struct scenario_shown scenario_time_show(uint64_t ns);
struct scenario_shown scenario_size_show(uint64_t bytes);

/* The shortest decimal that reads back as v. */
struct scenario_shown scenario_ratio_show(double v);

/* --- scenario_utf8.c: texts --------------------------------------------------------------------
 */

/* Is the text UTF-8 without control characters (but, if multiline, tab and line break)? */
bool scenario_text_ok(const char *text, bool multiline);

/* A letter or digit, then those and . _ - */
bool scenario_name_ok(const char *text);

/* --- scenario_limit.c: which values are allowed ------------------------------------------------
 */

bool scenario_limit_number(const struct scenario_key *key, uint64_t v, struct scenario_note *note);
bool scenario_limit_ratio(const struct scenario_key *key, double v, struct scenario_note *note);
bool scenario_limit_amount(const struct scenario_key *key, enum scenario_amount unit, int64_t v,
			   struct scenario_note *note);
bool scenario_limit_string(const struct scenario_key *key, const char *text,
			   struct scenario_note *note);
bool scenario_limit_set(const char *text, struct scenario_note *note);

/* Is the stored value allowed? */
bool scenario_value_check(const struct scenario *sc, const struct scenario_key *key, unsigned index,
			  struct scenario_note *note);

/* The range in words, "" if the type says it all. */
void scenario_range_show(const struct scenario_key *key, struct scenario_note *note);

/* A number of this key as a file would say it, without quotes. */
struct scenario_shown scenario_number_show(const struct scenario_key *key, uint64_t v);
struct scenario_shown scenario_shift_show(int64_t ns);

/* --- scenario_value.c: storing values ----------------------------------------------------------
 */

/* What a file holds for a key. */
enum scenario_form {
	SCENARIO_FORM_BOOL,
	SCENARIO_FORM_WHOLE, /* a number without fraction; its text is decimal */
	SCENARIO_FORM_REAL,
	SCENARIO_FORM_STRING,
};

/* Store a scalar (also one element of FLAGS, SIZES and SETS, which add to what is there). */
bool scenario_value_store(struct scenario *sc, const struct scenario_key *key, unsigned index,
			  enum scenario_form form, const char *text, struct scenario_note *note);

/* All bytes zero, and a list-like value empty before its elements are stored. */
void scenario_value_clear(struct scenario *sc, const struct scenario_key *key, unsigned index);

/* Store the default of the table, or zeros if there is none. False: the table has a bad default. */
bool scenario_value_default(struct scenario *sc, const struct scenario_key *key, unsigned index);

/* --- scenario_syntax.c: is a text well-formed? -------------------------------------------------
 */

#define SCENARIO_SETTINGS_MAX 4096u

/* The line of each setting and each list element, in the order in which they begin. */
struct scenario_lines {
	uint32_t line[SCENARIO_SETTINGS_MAX];
	unsigned count;
};

/*
 * libconfig's grammar, checked before libconfig sees the text, because libconfig 1.5 truncates
 * numbers, leaks on some syntax errors, follows @include and searches long groups in quadratic
 * time. False: *line and note say what is wrong.
 */
bool scenario_syntax_check(const char *text, size_t len_bytes, struct scenario_lines *lines,
			   unsigned *line, struct scenario_note *note);

/* --- scenario_tree.c: libconfig trees ----------------------------------------------------------
 */

/* Parse into cfg (initialised by this call; destroy it in any case). */
bool scenario_tree_parse(config_t *cfg, const char *text, size_t len_bytes, unsigned *line,
			 struct scenario_note *note);

/* Apply "KEY=VALUE". What it adds carries set as its hook; set must stay valid with cfg. */
bool scenario_tree_set(config_t *cfg, const char *set, struct scenario_note *note);

/* The setting that a full key means, or the nearest one above it. */
const config_setting_t *scenario_tree_locate(const config_t *cfg, const char *key);

/* --- scenario_read.c, scenario_check.c ---------------------------------------------------------
 */

/* Where a message goes. */
struct scenario_report {
	const char *path;
	char *err;
	size_t err_size;
};

/* "FILE:LINE: KEY: what" or "--set KEY: what", by the setting's origin. Returns false. */
bool scenario_report_at(const struct scenario_report *report, const config_setting_t *setting,
			const char *key, const char *what);

/* Resolve a tree over the defaults in *sc. */
bool scenario_read(struct scenario *sc, const config_t *cfg, const struct scenario_report *report);

/* The cross-checks; the key at fault goes to key. */
bool scenario_check_keys(const struct scenario *sc, char key[SCENARIO_KEY_MAX],
			 struct scenario_note *note);

#endif
