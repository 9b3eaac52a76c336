/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main.c - litmus table FILE...: what each engine says, as a table.
 * litmus check SEED PROGRAMS FILE...: all files and PROGRAMS random programs of each kind; the last
 * line is the verdict, as JSON.
 */
#include "engines.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static struct litmus_answers answers;

static int usage(void)
{
	fputs("usage: litmus table FILE...\n"
	      "       litmus check SEED PROGRAMS FILE...\n",
	      stderr);
	return 2;
}

static const char *yes(bool shown)
{
	return shown ? "yes" : "no";
}

static void print_row(const struct litmus_program *p, const struct litmus_verdict *v)
{
	static const char *const said[] = {"allowed", "forbidden", "blind", "stronger"};
	const struct litmus_axiomatic *x = &answers.axiomatic;
	bool bells = litmus_has(p, LITMUS_RING) || litmus_has(p, LITMUS_TAKE);

	printf("| %s | %s | %s | %s | %s | %s | %s | %s |\n", p->name, v->text, said[v->said],
	       answers.compact_can ? yes(litmus_set_shows(&answers.compact.set, v)) : "-",
	       yes(litmus_set_shows(&answers.general.set, v)), yes(litmus_set_shows(&x->rc11, v)),
	       yes(litmus_set_shows(&x->thin_air, v)),
	       bells ? "-" : yes(litmus_set_shows(&x->arm, v)));
}

static void print_race(const struct litmus_program *p)
{
	static const char *const said[] = {"", "allowed", "forbidden", "unseen", "false"};

	printf("| %s | a race | %s | %s | %s | %s | %s | - |\n", p->name, said[p->race],
	       answers.compact_can ? yes(answers.compact.race) : "-", yes(answers.general.race),
	       yes(answers.axiomatic.race), yes(answers.axiomatic.race));
}

static int table(int files, char *file[])
{
	struct litmus_program p;
	char err[256];

	puts("| test | outcome | said | compact | general | RC11 | C11 | Armv8 |\n"
	     "|------|---------|------|---------|---------|------|-----|-------|");
	for (int i = 0; i < files; i++) {
		if (litmus_read(file[i], &p, err, sizeof(err)) != 0) {
			fprintf(stderr, "%s\n", err);
			return 2;
		}
		litmus_ask(&p, &answers);
		for (unsigned v = 0; v < p.verdicts; v++)
			print_row(&p, &p.verdict[v]);
		if (p.race != LITMUS_RACE_UNSAID)
			print_race(&p);
	}
	return 0;
}

/* ---- check ---- */

static bool check_file(const char *path, struct litmus_tally *tally, int *bad_input)
{
	struct litmus_program p;
	char why[256];

	if (litmus_read(path, &p, why, sizeof(why)) != 0) {
		printf("%s\n", why);
		*bad_input = 1;
		return false;
	}
	litmus_ask(&p, &answers);
	litmus_count(&p, &answers, tally);
	if (litmus_hold(&p, &answers, why, sizeof(why)) &&
	    litmus_agree(&p, &answers, why, sizeof(why)))
		return true;
	printf("%s: %s\n", path, why);
	litmus_print(stdout, &p);
	return false;
}

static void print_tally(const char *name, const struct litmus_tally *t)
{
	printf("%-28s %6llu programs %9llu executions; %llu weak, %llu blind, %llu stronger, %llu "
	       "where Armv8 "
	       "shows less, %llu with races, %llu unseen, %llu false\n",
	       name, (unsigned long long)t->programs, (unsigned long long)t->executions,
	       (unsigned long long)t->weak, (unsigned long long)t->thin_air,
	       (unsigned long long)t->stronger, (unsigned long long)t->arm,
	       (unsigned long long)t->races, (unsigned long long)t->unseen,
	       (unsigned long long)t->falsely);
}

static unsigned kinds(void)
{
	unsigned n = 0;

	while (litmus_batch_name(n) != NULL)
		n++;
	return n;
}

static void verdict(const char *word, const struct litmus_tally *sum, int files, uint64_t programs,
		    double seconds, const char *why)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	printf("{\"check\":\"litmus\",\"verdict\":\"%s\",\"bounds\":\"%d litmus files, %llu random "
	       "programs of %u kinds (fewer of many threads), at most 6 operations a "
	       "thread\",\"programs\":%llu,"
	       "\"executions\":%llu,\"seconds\":%.1f,\"memory_mb\":%.0f%s%s%s}\n",
	       word, files, (unsigned long long)programs, kinds(),
	       (unsigned long long)sum->programs, (unsigned long long)sum->executions, seconds,
	       (double)use.ru_maxrss / 1024.0, why[0] != '\0' ? ",\"why\":\"" : "", why,
	       why[0] != '\0' ? "\"" : "");
}

static void add(struct litmus_tally *sum, const struct litmus_tally *t)
{
	sum->programs += t->programs;
	sum->executions += t->executions;
}

static int check(uint64_t seed, uint64_t programs, int files, char *file[])
{
	struct litmus_tally sum = {0}, t;
	struct timespec begin, end;
	const char *why = "";
	int bad_input = 0;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (int i = 0; i < files; i++)
		if (!check_file(file[i], &sum, &bad_input))
			why = "a litmus file does not hold";
	if (bad_input != 0)
		return 2;
	print_tally("litmus files", &sum);
	for (unsigned kind = 0; litmus_batch_name(kind) != NULL; kind++) {
		t = (struct litmus_tally){0};
		if (!litmus_batch(kind, seed, programs, &t, stdout))
			why = "engines differ over a random program";
		print_tally(litmus_batch_name(kind), &t);
		add(&sum, &t);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	verdict(why[0] == '\0' ? "PASS" : "FAIL", &sum, files, programs,
		(double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9,
		why);
	return why[0] == '\0' ? 0 : 1;
}

static bool number(const char *text, uint64_t most, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, 10);
	if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && *value <= most)
		return true;
	fprintf(stderr, "litmus: %s is no number from 0 to %llu\n", text, (unsigned long long)most);
	return false;
}

int main(int argc, char *argv[])
{
	uint64_t seed, programs;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 2 && strcmp(argv[1], "table") == 0)
		return table(argc - 2, argv + 2);
	if (argc < 5 || strcmp(argv[1], "check") != 0)
		return usage();
	if (!number(argv[2], UINT32_MAX, &seed) || !number(argv[3], 100000000, &programs))
		return 2;
	return check(seed, programs, argc - 4, argv + 4);
}
