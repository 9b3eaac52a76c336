/* SPDX-License-Identifier: BSD-2-Clause */
/* Random litmus programs, and whole batches of them through all engines. */
#include "engines.h"

#include <string.h>

struct random {
	uint64_t state;
};

/* SplitMix64. */
static uint64_t draw(struct random *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static unsigned below(struct random *r, unsigned n)
{
	return (unsigned)((draw(r) >> 32) * n >> 32);
}

static bool one_in(struct random *r, unsigned n)
{
	return below(r, n) == 0u;
}

/* ---- one program ---- */

struct maker {
	const struct litmus_recipe *recipe;
	struct litmus_program *p;
	struct random r;
	unsigned owner[LITMUS_WORDS];
};

/* A word that thread t may load or store; words if there is none. */
static unsigned pick_word(struct maker *m, unsigned t, bool stores)
{
	unsigned words = m->p->words, first = below(&m->r, words);

	for (unsigned i = 0; i < words; i++) {
		unsigned w = (first + i) % words;

		if (!m->recipe->one_writer || (m->owner[w] == t) == stores)
			return w;
	}
	return words;
}

static bool add_access(struct maker *m, unsigned t, struct litmus_op *op)
{
	bool stores = one_in(&m->r, 2) || m->p->regs == LITMUS_REGS;
	unsigned w = pick_word(m, t, stores);

	if (w == m->p->words) {
		stores = !stores;
		w = pick_word(m, t, stores);
	}
	if (!stores && m->p->regs == LITMUS_REGS)
		return false;
	op->kind = stores ? LITMUS_STORE : LITMUS_LOAD;
	op->word = (uint8_t)w;
	op->order = one_in(&m->r, 2) ? LITMUS_RELAXED : LITMUS_ORDERED;
	if (m->p->line[w])
		op->order = LITMUS_PLAIN;
	if (stores)
		op->value = (uint8_t)(1u + below(&m->r, 2));
	else
		op->reg = (uint8_t)m->p->regs++;
	return true;
}

/* A condition on the last load of the thread. */
static bool add_when(struct maker *m, const struct litmus_thread *text, struct litmus_op *op)
{
	for (unsigned i = text->count; i-- > 0u;) {
		const struct litmus_op *load = &text->op[i];

		if (load->kind != LITMUS_LOAD && load->kind != LITMUS_TAKE)
			continue;
		op->kind = LITMUS_WHEN;
		op->reg = load->reg;
		op->value = (uint8_t)below(&m->r, 2);
		return true;
	}
	return false;
}

static void add_pair(struct maker *m, unsigned t)
{
	struct litmus_thread *text = &m->p->thread[t];

	text->count += add_access(m, t, &text->op[text->count]);
	if (one_in(&m->r, 2))
		text->op[text->count++] =
		    (struct litmus_op){.kind = LITMUS_FENCE_FULL, .order = LITMUS_RELAXED};
	text->count += add_access(m, t, &text->op[text->count]);
}

static void add_op(struct maker *m, unsigned t)
{
	struct litmus_thread *text = &m->p->thread[t];
	struct litmus_op *op = &text->op[text->count];
	bool added = true;

	*op = (struct litmus_op){.order = LITMUS_RELAXED};
	if (one_in(&m->r, 5)) {
		op->kind = LITMUS_FENCE_FULL;
	} else if (one_in(&m->r, 8)) {
		op->kind = LITMUS_FENCE_ACQUIRE;
	} else if (m->recipe->bells && one_in(&m->r, 4)) {
		op->kind = one_in(&m->r, 2) ? LITMUS_RING : LITMUS_TAKE;
		if (op->kind == LITMUS_TAKE && m->p->regs == LITMUS_REGS)
			op->kind = LITMUS_RING;
		if (op->kind == LITMUS_TAKE)
			op->reg = (uint8_t)m->p->regs++;
	} else if (m->recipe->guards && one_in(&m->r, 8)) {
		added = add_when(m, text, op);
	} else {
		added = add_access(m, t, op);
	}
	text->count += added;
}

void litmus_random(const struct litmus_recipe *recipe, uint64_t seed, struct litmus_program *p)
{
	struct maker m = {.recipe = recipe, .p = p, .r = {seed}};
	unsigned used = 0;

	memset(p, 0, sizeof(*p));
	(void)draw(&m.r);
	p->threads = recipe->threads;
	p->words = 2u + below(&m.r, recipe->words - 1u);
	for (unsigned w = 0; w < p->words; w++) {
		snprintf(p->word_name[w], LITMUS_NAME, "%c", "xyzuvw"[w]);
		p->line[w] = recipe->plain && w == 0u;
		m.owner[w] = w < 2u ? w : below(&m.r, recipe->threads);
	}
	for (unsigned t = 0; t < p->threads; t++) {
		unsigned ops = recipe->least + below(&m.r, recipe->most - recipe->least + 1u);

		if (recipe->between)
			add_pair(&m, t);
		while (p->thread[t].count < ops && (recipe->total == 0u || used < recipe->total)) {
			add_op(&m, t);
			used++;
		}
	}
	for (unsigned i = 0; i < p->regs; i++)
		snprintf(p->reg_name[i], LITMUS_NAME, "r%u", i);
}

/* ---- batches ---- */

static const struct kind {
	const char *name;
	unsigned share; /* one of so many programs: many threads take longer */
	struct litmus_recipe recipe;
} kinds[] = {
    {"two worlds",
     1,
     {.threads = 2, .words = 4, .least = 3, .most = 6, .one_writer = true, .guards = true}},
    {"two worlds, plain lines",
     1,
     {.threads = 2,
      .words = 4,
      .least = 3,
      .most = 6,
      .one_writer = true,
      .guards = true,
      .plain = true}},
    {"two worlds, doorbells",
     1,
     {.threads = 2,
      .words = 3,
      .least = 3,
      .most = 6,
      .one_writer = true,
      .guards = true,
      .bells = true}},
    {"two worlds, lines and bells",
     1,
     {.threads = 2,
      .words = 3,
      .least = 3,
      .most = 6,
      .one_writer = true,
      .guards = true,
      .plain = true,
      .bells = true}},
    {"two threads, many writers",
     1,
     {.threads = 2, .words = 3, .least = 3, .most = 6, .guards = true}},
    {"three threads", 2, {.threads = 3, .words = 3, .least = 2, .most = 3}},
    {"three threads, fenced pairs", 1, {.threads = 3, .words = 3, .between = true}},
    {"four threads", 4, {.threads = 4, .words = 3, .least = 1, .most = 3, .total = 8}},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *litmus_batch_name(unsigned kind)
{
	return kind < KINDS ? kinds[kind].name : NULL;
}

void litmus_count(const struct litmus_program *p, const struct litmus_answers *a,
		  struct litmus_tally *tally)
{
	const struct litmus_axiomatic *x = &a->axiomatic;

	tally->programs++;
	tally->executions += a->general.executions + x->executions;
	if (a->compact_can)
		tally->executions += a->compact.executions + a->unnormal.executions;
	tally->weak += x->sc.count != x->rc11.count;
	tally->stronger += x->joint.count != x->rc11.count;
	tally->thin_air += x->thin_air.count != x->rc11.count;
	tally->arm += !litmus_has(p, LITMUS_RING) && !litmus_has(p, LITMUS_TAKE) &&
		      x->arm.count != x->thin_air.count;
	tally->races += x->race;
	tally->falsely += !x->race && a->compact_can && a->compact.race;
	tally->unseen += x->race && a->compact_can && !a->compact.race;
}

bool litmus_batch(unsigned kind, uint64_t seed, uint64_t programs, struct litmus_tally *tally,
		  FILE *to)
{
	static struct litmus_answers a;
	struct litmus_program p;
	char why[256];

	for (uint64_t i = 0; i < programs / kinds[kind].share; i++) {
		litmus_random(&kinds[kind].recipe, (seed << 32) + i, &p);
		litmus_ask(&p, &a);
		litmus_count(&p, &a, tally);
		if (litmus_agree(&p, &a, why, sizeof(why)))
			continue;
		fprintf(to, "%s, seed %llu, program %llu: %s\n", kinds[kind].name,
			(unsigned long long)seed, (unsigned long long)i, why);
		litmus_print(to, &p);
		return false;
	}
	return true;
}
