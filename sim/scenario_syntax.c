/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a text well-formed? A recursive descent over the tokens of libconfig's grammar that keeps no
 * values: it only notes on which line each setting and each list element begins.
 *
 * It is a little stricter than libconfig where that finds mistakes: strings end on their line,
 * unknown escapes and numbers that don't fit are errors, and so is a comment that never ends.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scenario_schema.h"

#define DEPTH_MAX 8
/* More than any group has; it also bounds the search for keys that stand twice. */
#define NAMES_MAX 64

enum token {
	TOKEN_END,
	TOKEN_NAME,
	TOKEN_STRING,
	TOKEN_SCALAR, /* number or boolean */
	TOKEN_MARK,   /* one of = : ; , { } ( ) [ ] */
};

struct scanner {
	const char *p, *end;
	unsigned line;
	struct scenario_lines *lines;
	struct scenario_note *note;
	bool failed;
	/* The present token. */
	enum token token;
	unsigned token_line;
	const char *begin;
	size_t len;
};

static bool fail(struct scanner *s, unsigned line, const char *what, const char *text, size_t len)
{
	char shown[40];

	if (s->failed)
		return false;
	if (len >= sizeof(shown))
		len = sizeof(shown) - 1;
	memcpy(shown, text, len);
	shown[len] = '\0';
	if (len > 0)
		scenario_note_set(s->note, "%s \"%s\"", what, scenario_quote(shown).s);
	else
		scenario_note_set(s->note, "%s", what);
	s->line = line;
	s->failed = true;
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*';
}

static bool is_word(char c)
{
	return is_letter(c) || is_digit(c) || c == '_' || c == '-';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* --- tokens ------------------------------------------------------------------------------------
 */

static bool block_comment_skip(struct scanner *s)
{
	unsigned line = s->line;

	for (s->p += 2; s->p + 1 < s->end; s->p++) {
		if (s->p[0] == '*' && s->p[1] == '/') {
			s->p += 2;
			return true;
		}
		if (*s->p == '\n')
			s->line++;
	}
	return fail(s, line, "the comment that begins here never ends", "", 0);
}

static bool blanks_skip(struct scanner *s)
{
	while (s->p < s->end) {
		bool more = s->p + 1 < s->end;

		if (*s->p == '\n') {
			s->line++;
			s->p++;
		} else if (strchr(" \t\r\f", *s->p)) {
			s->p++;
		} else if (*s->p == '#' || (more && s->p[0] == '/' && s->p[1] == '/')) {
			while (s->p < s->end && *s->p != '\n')
				s->p++;
		} else if (more && s->p[0] == '/' && s->p[1] == '*') {
			if (!block_comment_skip(s))
				return false;
		} else {
			break;
		}
	}
	return true;
}

/* p is at a backslash: how many bytes the escape takes, 0 if it is none. */
static size_t escape_length(const struct scanner *s)
{
	size_t left = (size_t)(s->end - s->p);

	if (left > 1 && strchr("nrtf\\\"", s->p[1]))
		return 2;
	if (left > 3 && (s->p[1] == 'x' || s->p[1] == 'X') && is_hex(s->p[2]) && is_hex(s->p[3]))
		return s->p[2] == '0' && s->p[3] == '0' ? 0 : 4;
	return 0;
}

static bool string_take(struct scanner *s)
{
	size_t n;

	for (s->p++; s->p < s->end && *s->p != '\n'; s->p += n) {
		if (*s->p == '"') {
			s->p++;
			return true;
		}
		n = *s->p == '\\' ? escape_length(s) : 1;
		if (n == 0)
			return fail(
			    s, s->line,
			    "unknown escape in a string; there are \\\\ \\\" \\n \\t \\r \\f "
			    "\\x01 to \\xff",
			    "", 0);
	}
	return fail(s, s->line, "the string that begins here has no end on its line", "", 0);
}

static bool hex_fits(const char *digits, size_t n, bool wide)
{
	while (n > 0 && *digits == '0') {
		digits++;
		n--;
	}
	return n <= (wide ? 16u : 8u);
}

/* What is wrong with a decimal number as libconfig would take it; NULL: nothing. */
static const char *decimal_fault(const char *text, size_t n, bool real, bool wide)
{
	char copy[64], *end;
	long long v;

	if (n >= sizeof(copy))
		return "this number has too many digits:";
	memcpy(copy, text, n);
	copy[n] = '\0';
	errno = 0;
	if (real)
		return isfinite(strtod(copy, &end)) ? NULL : "this number is too large:";
	v = strtoll(copy, &end, 10);
	if (errno != 0)
		return "this number is too large:";
	if (!wide && (v < INT32_MIN || v > INT32_MAX))
		return "a number of more than 32 bits needs an L behind it:";
	return NULL;
}

static size_t digits_skip(struct scanner *s)
{
	const char *begin = s->p;

	while (s->p < s->end && is_digit(*s->p))
		s->p++;
	return (size_t)(s->p - begin);
}

static bool at(const struct scanner *s, char a, char b)
{
	return s->p < s->end && (*s->p == a || *s->p == b);
}

/* Up to two L behind a whole number. */
static bool suffix_skip(struct scanner *s)
{
	bool wide = at(s, 'L', 'L');

	for (unsigned i = 0; i < 2 && at(s, 'L', 'L'); i++)
		s->p++;
	return wide;
}

static bool decimal_take(struct scanner *s)
{
	const char *begin = s->p;
	const char *fault;
	bool real = false;
	size_t n, len;

	if (at(s, '+', '-'))
		s->p++;
	n = digits_skip(s);
	if (at(s, '.', '.')) {
		real = true;
		s->p++;
		n += digits_skip(s);
	}
	if (n > 0 && at(s, 'e', 'E')) {
		real = true;
		s->p++;
		if (at(s, '+', '-'))
			s->p++;
		n = digits_skip(s);
	}
	if (n == 0)
		return fail(s, s->line, "this is no number:", begin, (size_t)(s->p - begin));
	len = (size_t)(s->p - begin);
	fault = decimal_fault(begin, len, real, !real && suffix_skip(s));
	return fault ? fail(s, s->line, fault, begin, len) : true;
}

static bool hex_take(struct scanner *s)
{
	const char *begin = s->p;
	bool wide;
	size_t n;

	for (s->p += 2; s->p < s->end && is_hex(*s->p);)
		s->p++;
	n = (size_t)(s->p - begin) - 2;
	if (n == 0)
		return fail(s, s->line, "this is no number:", begin, 2);
	wide = suffix_skip(s);
	if (hex_fits(begin + 2, n, wide))
		return true;
	return fail(s, s->line,
		    wide ? "this number is too large:"
			 : "a number of more than 32 bits needs an L behind it:",
		    begin, (size_t)(s->p - begin));
}

static bool number_take(struct scanner *s)
{
	const char *begin = s->p;
	bool hex = s->p + 1 < s->end && s->p[0] == '0' && (s->p[1] == 'x' || s->p[1] == 'X');

	if (!(hex ? hex_take(s) : decimal_take(s)))
		return false;
	if (s->p < s->end && (is_word(*s->p) || *s->p == '.')) {
		while (s->p < s->end && (is_word(*s->p) || *s->p == '.'))
			s->p++;
		return fail(s, s->line, "a number with a unit needs quotes:", begin,
			    (size_t)(s->p - begin));
	}
	return true;
}

static bool word_is(const struct scanner *s, const char *word)
{
	return s->len == strlen(word) && strncasecmp(s->begin, word, s->len) == 0;
}

static bool garbage(struct scanner *s)
{
	if (s->end - s->p >= 8 && strncmp(s->p, "@include", 8) == 0)
		return fail(s, s->line, "@include is not allowed: a scenario is one file", "", 0);
	if (*s->p == '\'')
		return fail(s, s->line, "strings stand in double quotes", "", 0);
	return fail(s, s->line, "unexpected character", s->p, 1);
}

static bool next(struct scanner *s)
{
	bool ok = true;

	if (!blanks_skip(s))
		return false;
	s->begin = s->p;
	s->token_line = s->line;
	if (s->p == s->end) {
		s->token = TOKEN_END;
	} else if (*s->p == '"') {
		s->token = TOKEN_STRING;
		ok = string_take(s);
	} else if (is_letter(*s->p)) {
		while (s->p < s->end && is_word(*s->p))
			s->p++;
		s->len = (size_t)(s->p - s->begin);
		s->token = word_is(s, "true") || word_is(s, "false") ? TOKEN_SCALAR : TOKEN_NAME;
	} else if (is_digit(*s->p) || strchr("+-.", *s->p)) {
		s->token = TOKEN_SCALAR;
		ok = number_take(s);
	} else if (strchr("=:;,{}()[]", *s->p)) {
		s->token = TOKEN_MARK;
		s->p++;
	} else {
		ok = garbage(s);
	}
	s->len = (size_t)(s->p - s->begin);
	return ok;
}

/* --- grammar -----------------------------------------------------------------------------------
 */

static bool mark(const struct scanner *s, char c)
{
	return s->token == TOKEN_MARK && *s->begin == c;
}

static bool expected(struct scanner *s, const char *what)
{
	if (s->token == TOKEN_END)
		return fail(s, s->token_line, what, "the end of the file", 19);
	return fail(s, s->token_line, what, s->begin, s->len);
}

static bool line_note(struct scanner *s)
{
	if (s->lines->count == SCENARIO_SETTINGS_MAX)
		return fail(s, s->token_line, "the file has too many settings", "", 0);
	s->lines->line[s->lines->count++] = s->token_line;
	return true;
}

static bool settings(struct scanner *s, unsigned depth);

/* Elements up to the closing mark, which is taken. */
static bool elements(struct scanner *s, unsigned depth, char close);

/* The present token begins a value; afterwards the token behind it is present. */
static bool value(struct scanner *s, unsigned depth, bool scalar_only)
{
	if (depth == DEPTH_MAX)
		return fail(s, s->token_line, "groups and lists are nested too deeply", "", 0);
	if (s->token == TOKEN_STRING) {
		while (s->token == TOKEN_STRING) {
			if (!next(s))
				return false;
		}
		return true;
	}
	if (s->token == TOKEN_SCALAR)
		return next(s);
	if (s->token == TOKEN_NAME)
		return fail(s, s->token_line, "a word needs quotes:", s->begin, s->len);
	if (scalar_only)
		return expected(s, "[ ] holds numbers or texts only, found");
	if (mark(s, '('))
		return next(s) && elements(s, depth + 1, ')');
	if (mark(s, '['))
		return next(s) && elements(s, depth + 1, ']');
	if (!mark(s, '{'))
		return expected(s, "expected a value, found");
	if (!next(s) || !settings(s, depth + 1))
		return false;
	return mark(s, '}') ? next(s) : expected(s, "expected a key or }, found");
}

static bool elements(struct scanner *s, unsigned depth, char close)
{
	if (mark(s, close))
		return next(s);
	for (;;) {
		if (!line_note(s) || !value(s, depth, close == ']'))
			return false;
		if (mark(s, close))
			return next(s);
		if (!mark(s, ','))
			return expected(s, close == ')' ? "expected , or ), found"
							: "expected , or ], found");
		if (!next(s))
			return false;
		if (mark(s, close))
			return fail(s, s->token_line, "nothing stands behind the last comma", "",
				    0);
	}
}

/* The keys of one group so far; they point into the text. */
struct names {
	const char *begin[NAMES_MAX];
	size_t len[NAMES_MAX];
	unsigned count;
};

static bool name_note(struct scanner *s, struct names *names)
{
	for (unsigned i = 0; i < names->count; i++) {
		if (names->len[i] == s->len && memcmp(names->begin[i], s->begin, s->len) == 0)
			return fail(s, s->token_line, "this group has the key already:", s->begin,
				    s->len);
	}
	if (names->count == NAMES_MAX)
		return fail(s, s->token_line, "too many keys in one group", "", 0);
	names->begin[names->count] = s->begin;
	names->len[names->count++] = s->len;
	return true;
}

static bool settings(struct scanner *s, unsigned depth)
{
	struct names names = {.count = 0};

	while (s->token == TOKEN_NAME) {
		if (!name_note(s, &names) || !line_note(s) || !next(s))
			return false;
		if (!mark(s, '=') && !mark(s, ':'))
			return expected(s, "expected = behind the key, found");
		if (!next(s) || !value(s, depth, false))
			return false;
		if ((mark(s, ';') || mark(s, ',')) && !next(s))
			return false;
	}
	return true;
}

bool scenario_syntax_check(const char *text, size_t len_bytes, struct scenario_lines *lines,
			   unsigned *line, struct scenario_note *note)
{
	struct scanner s = {
	    .p = text, .end = text + len_bytes, .line = 1, .lines = lines, .note = note};

	lines->count = 0;
	if (memchr(text, '\0', len_bytes))
		(void)fail(&s, 1, "the file holds a zero byte, it is no text", "", 0);
	else if (next(&s) && settings(&s, 0) && s.token != TOKEN_END)
		(void)expected(&s, "expected a key, found");
	*line = s.line;
	return !s.failed;
}
