/* SPDX-License-Identifier: BSD-2-Clause */
#include "program.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct litmus_program *p;
	const char *path;
	unsigned line;
	char *err;
	size_t err_size;
	bool touched[LITMUS_WORDS];
};

__attribute__((format(printf, 2, 3))) static bool refuse(struct reader *r, const char *format, ...)
{
	va_list args;
	int n = snprintf(r->err, r->err_size, "%s:%u: ", r->path, r->line);

	va_start(args, format);
	if (n > 0 && (size_t)n < r->err_size)
		vsnprintf(r->err + n, r->err_size - (size_t)n, format, args);
	va_end(args);
	return false;
}

/* ---- names and numbers ---- */

static bool good_name(const char *s)
{
	return isalpha((unsigned char)*s) && strlen(s) < LITMUS_NAME &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
		   strlen(s);
}

static int find(char names[][LITMUS_NAME], unsigned count, const char *name)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

static bool word_named(struct reader *r, const char *name, bool plain, uint8_t *word)
{
	struct litmus_program *p = r->p;
	int found = find(p->word_name, p->words, name);

	if (!good_name(name) || find(p->reg_name, p->regs, name) >= 0)
		return refuse(r, "%s is no name for a word", name);
	if (found < 0) {
		if (p->words == LITMUS_WORDS)
			return refuse(r, "more than %u words", LITMUS_WORDS);
		found = (int)p->words++;
		snprintf(p->word_name[found], LITMUS_NAME, "%s", name);
		p->line[found] = plain;
	}
	if (p->line[found] != plain)
		return refuse(r, "%s is a plain line in one place and atomic in another", name);
	*word = (uint8_t)found;
	return true;
}

static bool new_register(struct reader *r, const char *name, uint8_t *reg)
{
	struct litmus_program *p = r->p;

	if (!good_name(name) || find(p->word_name, p->words, name) >= 0 ||
	    find(p->reg_name, p->regs, name) >= 0)
		return refuse(r, "%s is no name for a new register", name);
	if (p->regs == LITMUS_REGS)
		return refuse(r, "more than %u registers", LITMUS_REGS);
	*reg = (uint8_t)p->regs;
	snprintf(p->reg_name[p->regs++], LITMUS_NAME, "%s", name);
	return true;
}

static bool number(struct reader *r, const char *text, uint8_t *value)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)*text) || *end != '\0' || v >= LITMUS_UNREAD)
		return refuse(r, "%s is no value from 0 to %u", text, LITMUS_UNREAD - 1u);
	*value = (uint8_t)v;
	return true;
}

/* ---- operations ---- */

static const struct form {
	const char *name;
	enum litmus_kind kind;
	enum litmus_order order;
	bool reg, word, value;
} forms[] = {
    {"store", LITMUS_STORE, LITMUS_RELAXED, false, true, true},
    {"release", LITMUS_STORE, LITMUS_ORDERED, false, true, true},
    {"plain", LITMUS_STORE, LITMUS_PLAIN, false, true, true},
    {"load", LITMUS_LOAD, LITMUS_RELAXED, true, true, false},
    {"acquire", LITMUS_LOAD, LITMUS_ORDERED, true, true, false},
    {"copy", LITMUS_LOAD, LITMUS_PLAIN, true, true, false},
    {"fence", LITMUS_FENCE_FULL, LITMUS_RELAXED, false, false, false},
    {"fence.acquire", LITMUS_FENCE_ACQUIRE, LITMUS_RELAXED, false, false, false},
    {"ring", LITMUS_RING, LITMUS_RELAXED, false, false, false},
    {"take", LITMUS_TAKE, LITMUS_RELAXED, true, false, false},
};
#define FORMS (sizeof(forms) / sizeof(forms[0]))

static bool parse_when(struct reader *r, char *argv[], unsigned argc, struct litmus_op *op)
{
	int reg = argc == 3u ? find(r->p->reg_name, r->p->regs, argv[1]) : -1;
	const struct litmus_thread *t = &r->p->thread[r->p->threads];
	bool own = false;

	op->kind = LITMUS_WHEN;
	op->order = LITMUS_RELAXED;
	for (unsigned i = 0; i < t->count; i++)
		own = own || ((t->op[i].kind == LITMUS_LOAD || t->op[i].kind == LITMUS_TAKE) &&
			      t->op[i].reg == reg);
	if (!own)
		return refuse(r, "when wants a register of this thread and a value");
	op->reg = (uint8_t)reg;
	return number(r, argv[2], &op->value);
}

static bool parse_op(struct reader *r, char *text, struct litmus_op *op)
{
	char *argv[6], *save = NULL;
	unsigned argc = 0, at = 0;
	const struct form *f = NULL;
	bool assigns;

	for (char *s = strtok_r(text, " \t", &save); s != NULL && argc < 6u;
	     s = strtok_r(NULL, " \t", &save))
		argv[argc++] = s;
	if (argc != 0u && strcmp(argv[0], "when") == 0)
		return parse_when(r, argv, argc, op);
	assigns = argc > 2u && strcmp(argv[1], "=") == 0;
	at = assigns ? 2 : 0;
	for (unsigned i = 0; argc != 0u && i < FORMS; i++)
		if (strcmp(forms[i].name, argv[at]) == 0)
			f = &forms[i];
	if (f == NULL)
		return refuse(r, "%s is no operation", argc != 0u ? argv[at] : "nothing");
	if (f->reg != assigns || argc != at + 1u + f->word + f->value)
		return refuse(r, "%s wants%s%s%s", f->name, f->reg ? " a register to assign" : "",
			      f->word ? " a word" : "", f->value ? " and a value" : " alone");
	op->kind = f->kind;
	op->order = f->order;
	if (f->word && !word_named(r, argv[at + 1u], f->order == LITMUS_PLAIN, &op->word))
		return false;
	if (f->value && !number(r, argv[at + 2u], &op->value))
		return false;
	return !f->reg || new_register(r, argv[0], &op->reg);
}

static bool parse_thread(struct reader *r, char *text)
{
	char *save = NULL;
	struct litmus_thread *t;

	if (r->p->threads == LITMUS_THREADS)
		return refuse(r, "more than %u threads", LITMUS_THREADS);
	t = &r->p->thread[r->p->threads];
	for (char *s = strtok_r(text, ";", &save); s != NULL; s = strtok_r(NULL, ";", &save)) {
		if (t->count == LITMUS_OPS)
			return refuse(r, "more than %u operations in a thread", LITMUS_OPS);
		if (!parse_op(r, s, &t->op[t->count]))
			return false;
		t->count++;
	}
	r->p->threads++;
	return true;
}

/* ---- verdicts ---- */

static bool parse_condition(struct reader *r, char *text, enum litmus_said said)
{
	struct litmus_program *p = r->p;
	struct litmus_verdict *v = &p->verdict[p->verdicts];
	char *save = NULL;

	if (p->verdicts == LITMUS_VERDICTS)
		return refuse(r, "more than %u verdicts", LITMUS_VERDICTS);
	*v = (struct litmus_verdict){.said = said};
	snprintf(v->text, sizeof(v->text), "%s", text);
	for (char *s = strtok_r(text, " \t", &save); s != NULL; s = strtok_r(NULL, " \t", &save)) {
		char *equal = strchr(s, '=');
		uint8_t value = LITMUS_UNREAD;
		int reg, word;
		unsigned at;

		if (equal == NULL)
			return refuse(r, "%s is not name=value", s);
		*equal = '\0';
		reg = find(p->reg_name, p->regs, s);
		word = find(p->word_name, p->words, s);
		if (reg < 0 && word < 0)
			return refuse(r, "%s is neither register nor word", s);
		if ((reg < 0 || strcmp(equal + 1, "-") != 0) && !number(r, equal + 1, &value))
			return false;
		at = reg >= 0 ? LITMUS_AT_REG((unsigned)reg) : LITMUS_AT_WORD((unsigned)word);
		v->mask = litmus_put(v->mask, at, 15);
		v->value = litmus_put(v->value, at, value);
	}
	if (v->mask == 0u)
		return refuse(r, "a verdict without an outcome");
	p->verdicts++;
	return true;
}

static bool parse_line(struct reader *r, char *text)
{
	static const char *const said[] = {"allowed", "forbidden", "blind", "stronger"};
	static const char *const race[] = {"", "race", "no-race", "race-unseen", "race-false"};
	char *rest;

	text[strcspn(text, "#\n")] = '\0';
	text += strspn(text, " \t");
	if (*text == '\0')
		return true;
	rest = text + strcspn(text, " \t");
	if (*rest != '\0')
		*rest++ = '\0';
	rest += strspn(rest, " \t");
	if (strcmp(text, "about") == 0) {
		snprintf(r->p->about, sizeof(r->p->about), "%s", rest);
		return true;
	}
	if (strcmp(text, "thread") == 0)
		return parse_thread(r, rest);
	for (unsigned i = 0; i < 4u; i++)
		if (strcmp(text, said[i]) == 0)
			return parse_condition(r, rest, (enum litmus_said)i);
	for (unsigned i = 1; i < 5u; i++)
		if (strcmp(text, race[i]) == 0) {
			r->p->race = (enum litmus_race_said)i;
			return true;
		}
	return refuse(r, "%s begins no line", text);
}

/* The name of a program is that of its file. */
static void name_after(struct litmus_program *p, const char *path)
{
	const char *base = strrchr(path, '/');
	char *dot;

	snprintf(p->name, sizeof(p->name), "%s", base != NULL ? base + 1 : path);
	dot = strrchr(p->name, '.');
	if (dot != NULL)
		*dot = '\0';
}

static bool too_many_stores(const struct litmus_program *p)
{
	unsigned stores[LITMUS_WORDS] = {0};

	for (unsigned t = 0; t < p->threads; t++)
		for (unsigned i = 0; i < p->thread[t].count; i++)
			if (p->thread[t].op[i].kind == LITMUS_STORE &&
			    ++stores[p->thread[t].op[i].word] > LITMUS_STORES)
				return true;
	return false;
}

int litmus_read(const char *path, struct litmus_program *p, char *err, size_t err_size)
{
	struct reader r = {.p = p, .path = path, .err = err, .err_size = err_size};
	FILE *file = fopen(path, "r");
	char text[512];
	bool good = true;

	memset(p, 0, sizeof(*p));
	name_after(p, path);
	if (file == NULL) {
		snprintf(err, err_size, "%s: can't be read", path);
		return -1;
	}
	while (good && fgets(text, sizeof(text), file) != NULL) {
		r.line++;
		good = parse_line(&r, text);
	}
	fclose(file);
	if (good && p->threads == 0u)
		good = refuse(&r, "no thread");
	if (good && too_many_stores(p))
		good = refuse(&r, "more than %u stores to a word", LITMUS_STORES);
	if (good && p->verdicts == 0u && p->race == LITMUS_RACE_UNSAID)
		good = refuse(&r, "no verdict");
	if (good && p->threads != 2u && (litmus_has(p, LITMUS_RING) || litmus_has(p, LITMUS_TAKE)))
		good = refuse(&r, "doorbells are for two threads");
	return good ? 0 : -1;
}

bool litmus_has(const struct litmus_program *p, enum litmus_kind kind)
{
	for (unsigned t = 0; t < p->threads; t++)
		for (unsigned i = 0; i < p->thread[t].count; i++)
			if (p->thread[t].op[i].kind == kind)
				return true;
	return false;
}

uint64_t litmus_start(const struct litmus_program *p)
{
	uint64_t outcome = 0;

	for (unsigned i = 0; i < p->regs; i++)
		outcome = litmus_put(outcome, LITMUS_AT_REG(i), LITMUS_UNREAD);
	return outcome;
}

/* ---- to text ---- */

static void print_op(FILE *to, const struct litmus_program *p, const struct litmus_op *op)
{
	if (op->kind == LITMUS_WHEN) {
		fprintf(to, "when %s %u", p->reg_name[op->reg], op->value);
		return;
	}
	for (unsigned i = 0; i < FORMS; i++) {
		const struct form *f = &forms[i];

		if (f->kind != op->kind || (f->word && f->order != op->order))
			continue;
		if (f->reg)
			fprintf(to, "%s = ", p->reg_name[op->reg]);
		fputs(f->name, to);
		if (f->word)
			fprintf(to, " %s", p->word_name[op->word]);
		if (f->value)
			fprintf(to, " %u", op->value);
		return;
	}
}

void litmus_print(FILE *to, const struct litmus_program *p)
{
	for (unsigned t = 0; t < p->threads; t++) {
		fputs("thread ", to);
		for (unsigned i = 0; i < p->thread[t].count; i++) {
			if (i != 0u)
				fputs(" ; ", to);
			print_op(to, p, &p->thread[t].op[i]);
		}
		fputc('\n', to);
	}
}

void litmus_print_outcome(FILE *to, const struct litmus_program *p, uint64_t outcome)
{
	const char *gap = "";

	for (unsigned i = 0; i < p->regs; i++, gap = " ") {
		unsigned v = litmus_get(outcome, LITMUS_AT_REG(i));

		if (v == LITMUS_UNREAD)
			fprintf(to, "%s%s=-", gap, p->reg_name[i]);
		else
			fprintf(to, "%s%s=%u", gap, p->reg_name[i], v);
	}
	for (unsigned i = 0; i < p->words; i++, gap = " ")
		fprintf(to, "%s%s=%u", gap, p->word_name[i],
			litmus_get(outcome, LITMUS_AT_WORD(i)));
}
