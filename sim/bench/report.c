/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report.c - condense the rows of bench into a table and a verdict per goal.
 *
 *	report FILE...		rows of bench; "-" is stdin
 *
 * Only slices without preemption count, and only those of one placement and pace of the two CPUs:
 * separate cores that nobody slows down, where there are some. A cell is the median over all slices
 *of the slice's mean. A ratio is taken within each run, from the medians of that run; its median
 *over the runs is judged, and the smallest and the largest stand beside it.
 *
 * Timings are no test: the exit status is 0 whatever the verdicts, 2 if a file can't be read.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 24u
#define RUNS_MAX 64u
#define ENGINES_MAX 48u
/* The clock of a core varies by a tenth; a neighbour on its other half takes much more. */
#define PACE_TOLERANCE 1.25

struct row {
	char engine[NAME_MAX_BYTES], mode[NAME_MAX_BYTES];
	unsigned run, len_bytes, burst;
	double probe_ns, mean_ns, median_ns, pace;
	int place;
	bool preempted;
};

/* What a column of the table, or one side of a ratio, is about. */
struct load {
	const char *title, *mode;
	unsigned len_bytes, burst;
};

struct spread {
	double median, min, max;
	bool known;
};

static const struct load b64 = {"64 B x32", "stream", 64, 32};
static const struct load s64 = {"64 B x1", "stream", 64, 1};
static const struct load b1514 = {"1514 B x32", "stream", 1514, 32};
static const struct load r64 = {"round trip 64 B", "rtt", 64, 1};
static const struct load k64 = {"spin, sleep", "block", 64, 1};
static const struct load solo64 = {"one CPU x32", "solo", 64, 32};
static const struct load insns32 = {"insns x32", "insns", 64, 32};
static const struct load insns1 = {"insns x1", "insns", 64, 1};

static const struct load *const columns[] = {&b64, &s64,    &b1514,   &r64,
					     &k64, &solo64, &insns32, &insns1};

#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

/* Where the CPUs are, and, in the second half, whether others slowed one of them down. */
#define PLACES 6
#define PLACE_WANTED 1

static const char *const place_names[PLACES] = {
    "siblings",	       "separate cores",	"far apart",
    "slowed siblings", "slowed separate cores", "slowed far apart",
};

static struct {
	struct row *row;
	size_t count, room;
	char engines[ENGINES_MAX][NAME_MAX_BYTES];
	unsigned engine_count, run_max;
	int place; /* the one that counts */
	size_t places[PLACES], preempted, slices;
} all;

/* The raw round trip of two hyperthreads of a core stays in its L1; that of two sockets does not.
 */
static int place_of(double probe_ns)
{
	if (probe_ns < 130)
		return 0;
	return probe_ns < 450 ? 1 : 2;
}

/* Rows that know no CPUs: one thread, or no time at all. */
static bool any_place(const struct row *r)
{
	return strcmp(r->mode, "insns") == 0;
}

static void add_engine(const char engine[NAME_MAX_BYTES])
{
	for (unsigned e = 0; e < all.engine_count; e++)
		if (strcmp(all.engines[e], engine) == 0)
			return;
	if (all.engine_count < ENGINES_MAX)
		memcpy(all.engines[all.engine_count++], engine, NAME_MAX_BYTES);
}

/* The next field of a row as text, or NULL. */
static char *field(char **rest)
{
	return strsep(rest, ",\n");
}

/* The next field as a number; *ok becomes false if it is none. */
static double value(char **rest, bool *ok)
{
	char *text = field(rest), *end = text;
	double v = text != NULL ? strtod(text, &end) : 0;

	if (text == NULL || end == text || *end != '\0')
		*ok = false;
	return v;
}

static bool name(char **rest, char *copy)
{
	const char *text = field(rest);

	return text != NULL && (size_t)snprintf(copy, NAME_MAX_BYTES, "%s", text) < NAME_MAX_BYTES;
}

/* run,round,engine,mode,len,burst,probe,mean,median,p99,frames,bad,preempted,pace */
static bool parse_row(char *line, struct row *r)
{
	bool ok = true;

	r->run = (unsigned)value(&line, &ok);
	value(&line, &ok);
	ok = name(&line, r->engine) && ok;
	ok = name(&line, r->mode) && ok;
	r->len_bytes = (unsigned)value(&line, &ok);
	r->burst = (unsigned)value(&line, &ok);
	r->probe_ns = value(&line, &ok);
	r->mean_ns = value(&line, &ok);
	r->median_ns = value(&line, &ok);
	for (int skipped = 0; skipped < 3; skipped++)
		value(&line, &ok);
	r->preempted = value(&line, &ok) > 0;
	r->pace = value(&line, &ok);
	r->place = place_of(r->probe_ns);
	return ok && r->run < RUNS_MAX;
}

static void read_file(const char *path)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	char line[256];
	unsigned number = 0;

	if (f == NULL) {
		perror(path);
		exit(2);
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		struct row r;

		number++;
		if (!parse_row(line, &r)) {
			fprintf(stderr, "%s:%u: no row of bench\n", path, number);
			exit(2);
		}
		if (all.count == all.room) {
			all.room = all.room * 2u + 1024u;
			all.row = realloc(all.row, all.room * sizeof(r));
			if (all.row == NULL)
				exit(2);
		}
		all.row[all.count++] = r;
		add_engine(r.engine);
		all.run_max = r.run > all.run_max ? r.run : all.run_max;
	}
	if (f != stdin)
		fclose(f);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct spread spread_of(double *v, size_t n)
{
	if (n == 0)
		return (struct spread){.known = false};
	qsort(v, n, sizeof(v[0]), compare);
	return (struct spread){n % 2u != 0 ? v[n / 2u] : (v[n / 2u - 1u] + v[n / 2u]) / 2, v[0],
			       v[n - 1u], true};
}

static bool counts(const struct row *r, const char *engine, const struct load *l, int run)
{
	return strcmp(r->engine, engine) == 0 && strcmp(r->mode, l->mode) == 0 &&
	       r->len_bytes == l->len_bytes && r->burst == l->burst &&
	       (run < 0 || r->run == (unsigned)run) && r->mean_ns > 0 &&
	       (any_place(r) || (r->place == all.place && !r->preempted));
}

/* Round trips are judged by their median, streams by their mean. */
static bool is_trip(const struct load *l)
{
	return strcmp(l->mode, "rtt") == 0 || strcmp(l->mode, "block") == 0;
}

/* ns a frame, or a round trip; in raw ping-pongs if so asked; run -1: all runs. */
static struct spread cost(const char *engine, const struct load *l, int run, bool in_probes)
{
	double *v = malloc((all.count + 1u) * sizeof(v[0]));
	struct spread s = {.known = false};
	size_t n = 0;

	if (v == NULL)
		return s;
	for (size_t i = 0; i < all.count; i++) {
		const struct row *r = &all.row[i];

		if (counts(r, engine, l, run))
			v[n++] = (is_trip(l) ? r->median_ns : r->mean_ns) /
				 (in_probes ? r->probe_ns : 1);
	}
	s = spread_of(v, n);
	free(v);
	return s;
}

/* What engine a takes for each unit that engine b takes, run by run. */
static struct spread ratio(const char *a, const struct load *la, const char *b,
			   const struct load *lb)
{
	double v[RUNS_MAX];
	size_t n = 0;

	for (int run = 0; run <= (int)all.run_max; run++) {
		struct spread x = cost(a, la, run, false), y = cost(b, lb, run, false);

		if (x.known && y.known)
			v[n++] = x.median / y.median;
	}
	return spread_of(v, n);
}

/* The fastest among engines whose names begin with one of the words; NULL: none measured. */
static const char *best_of(const char *const *words, const struct load *l)
{
	const char *best = NULL;
	double least = INFINITY;

	for (unsigned e = 0; e < all.engine_count; e++) {
		struct spread s = cost(all.engines[e], l, -1, false);

		for (unsigned w = 0; s.known && words[w] != NULL; w++)
			if (strncmp(all.engines[e], words[w], strlen(words[w])) == 0 &&
			    s.median < least) {
				least = s.median;
				best = all.engines[e];
			}
	}
	return best;
}

static const char *const queues[] = {"rte_ring", "ck", "boost", NULL};
static const char *const virtio[] = {"virtio_", NULL};
static const char *const peers[] = {"rte_ring", "ck", "boost", "virtio_", "memif", "vhost", NULL};

/* One line of the verdict. at_least: a rate that should be high, else a price that should be low.
 */
static void judge(const char *goal, const char *what, struct spread s, const char *unit,
		  bool at_least, double limit)
{
	bool met = at_least ? s.median >= limit : s.median <= limit;

	if (!s.known) {
		printf("%-4s%-36s not measured\n", goal, what);
		return;
	}
	printf("%-4s%-36s%7.2f %-18s (goal: at %s %.2f)  %-7s  [%.2f-%.2f]\n", goal, what, s.median,
	       unit, at_least ? "least" : "most", limit, met ? "met" : "NOT MET", s.min, s.max);
}

/* How many times as fast as the other is the core? other NULL: no such peer here. */
static void judge_rate(const char *goal, const char *what, const char *other, const struct load *l,
		       double limit)
{
	struct spread s = {.known = false};
	char unit[NAME_MAX_BYTES + 3] = "";

	if (other != NULL) {
		snprintf(unit, sizeof(unit), "of %s", other);
		s = ratio(other, l, "core", l);
	}
	judge(goal, what, s, unit, true, limit);
}

/* How many times as long as the other does the engine take? */
static void judge_price(const char *goal, const char *what, const char *engine, const char *other,
			const struct load *l, double limit)
{
	struct spread s = {.known = false};
	char unit[NAME_MAX_BYTES + 3] = "";

	if (other != NULL) {
		snprintf(unit, sizeof(unit), "of %s", other);
		s = ratio(engine, l, other, l);
	}
	judge(goal, what, s, unit, false, limit);
}

static void judge_cost(const char *goal, const char *what, const char *engine, const struct load *l,
		       const char *unit, double limit)
{
	judge(goal, what, cost(engine, l, -1, is_trip(l)), unit, false, limit);
}

static void print_goals(void)
{
	printf("\nRates are the core's in units of the other's, prices its time in units of the "
	       "other's; in\nbrackets the smallest and the largest: of the runs, or of all "
	       "slices.\n\n");
	judge_rate("G1", "rate, 64 B, bursts of 32", "limit", &b64, 0.70);
	judge_rate("G2", "rate, 64 B, bursts of 32", best_of(queues, &b64), &b64, 2.2);
	judge_rate("G2", "rate, 64 B, bursts of 32", best_of(virtio, &b64), &b64, 6);
	judge_rate("G3", "rate, 64 B, one at a time", best_of(peers, &s64), &s64, 1.8);
	judge_rate("G4", "rate, 1514 B, bursts of 32", "limit", &b1514, 0.75);
	judge_rate("G4", "rate, 1514 B, bursts of 32", best_of(peers, &b1514), &b1514, 0.95);
	judge_cost("G5", "round trip, 64 B", "core", &r64, "ping-pongs", 1.4);
	judge_price("G5", "round trip, 64 B", "core", best_of(peers, &r64), &r64, 0.8);
	judge_cost("G6", "round trip, spin, then sleep", "core_bell", &k64, "ping-pongs", 1.8);
	judge_price("G7", "event index, bursts of 32", "core_bell", "core", &b64, 1.15);
	judge_price("G7", "event index, one at a time", "core_bell", "core", &s64, 2.5);
	judge_cost("G8", "64 B, bursts of 32", "core", &insns32, "instructions", 140);
	judge_cost("G8", "64 B, one at a time", "core", &insns1, "instructions", 240);
	judge_price("G9", "one CPU plays both worlds", "core", "rte_ring", &solo64, 1.3);
	judge_price("G10", "end-to-end check, 1514 B", "core_e2e", "core", &b1514, 1.35);
}

static void print_cell(const char *engine, const struct load *l)
{
	struct spread s = cost(engine, l, -1, false);

	if (!s.known)
		printf(" %15s |", "");
	else if (!is_trip(l))
		printf(" %15.1f |", s.median);
	else
		printf(" %8.0f (%4.2f) |", s.median, cost(engine, l, -1, true).median);
}

/* In the order of their time for small frames in bursts. */
static void order_engines(void)
{
	for (unsigned i = 1; i < all.engine_count; i++)
		for (unsigned j = i; j > 0; j--) {
			char name[NAME_MAX_BYTES];
			struct spread x = cost(all.engines[j - 1u], &b64, -1, false);
			struct spread y = cost(all.engines[j], &b64, -1, false);

			if (!y.known || (x.known && x.median <= y.median))
				break;
			memcpy(name, all.engines[j], sizeof(name));
			memcpy(all.engines[j], all.engines[j - 1u], sizeof(name));
			memcpy(all.engines[j - 1u], name, sizeof(name));
		}
}

static void print_table(void)
{
	printf("\nns a frame; round trips in ns and, in brackets, in raw ping-pongs\n\n");
	printf("| %-15s |", "engine");
	for (size_t c = 0; c < COLUMN_COUNT; c++)
		printf(" %-15s |", columns[c]->title);
	printf("\n|-----------------|");
	for (size_t c = 0; c < COLUMN_COUNT; c++)
		printf("-----------------|");
	printf("\n");
	order_engines();
	for (unsigned e = 0; e < all.engine_count; e++) {
		printf("| %-15s |", all.engines[e]);
		for (size_t c = 0; c < COLUMN_COUNT; c++)
			print_cell(all.engines[e], columns[c]);
		printf("\n");
	}
}

/* Sort the slices by place and pace. Those on separate cores at full pace are wanted; if fewer than
 * a tenth are, the most frequent place is all that there is. */
static void survey(void)
{
	for (size_t i = 0; i < all.count; i++) {
		struct row *r = &all.row[i];

		if (any_place(r))
			continue;
		r->place += r->pace > PACE_TOLERANCE ? PLACES / 2 : 0;
		all.places[r->place]++;
		all.preempted += r->preempted;
		all.slices++;
	}
	all.place = PLACE_WANTED;
	for (int p = 0; all.places[PLACE_WANTED] * 10u < all.slices && p < PLACES; p++)
		if (all.places[p] > all.places[all.place])
			all.place = p;
}

static void print_survey(void)
{
	printf("slices: ");
	for (int p = 0; p < PLACES; p++)
		if (all.places[p] != 0)
			printf("%zu %s, ", all.places[p], place_names[p]);
	printf("%zu preempted and left out\n", all.preempted);
	printf("used: %s\n", place_names[all.place]);
	if (all.place != PLACE_WANTED)
		printf("WARNING: too few slices on separate cores at full pace: the goals are not "
		       "made for "
		       "this\n");
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: report FILE...\n");
		return 2;
	}
	for (int i = 1; i < argc; i++)
		read_file(argv[i]);
	survey();
	print_survey();
	print_table();
	print_goals();
	free(all.row);
	return 0;
}
