/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench.c - run engines side by side, in short shuffled slices.
 *
 *	bench [-r rounds] [-m slice_ms] [-n run] JOB...	rows of CSV on stdout
 *	bench -c turns JOB				one thread plays both sides, so many bursts;
 *							prints the frames (for counting
 *instructions) bench -l					names of the engines
 *
 *	JOB	ENGINE:MODE:LEN:BURST
 *	MODE	stream	side 0 sends bursts, side 1 receives, both poll
 *		rtt	a frame goes there and back, both poll
 *		block	the same, and a receiver that finds nothing spins for a while, then sleeps
 *		solo	one thread plays both sides, as when the worlds share a CPU
 *
 * BENCH_CPUS=A,B are the CPUs of the sides (0,1); BENCH_PRIORITY=n their SCHED_FIFO priority (50, 0
 * for none), which keeps other processes out of the slices where the machine allows it.
 *
 * Before each slice the two CPUs play a raw ping-pong over two lines: it tells where the host has
 *put them at this moment, which changes within seconds on a shared machine.
 *
 * Exit: 0 done; 1 a slice had bad frames or hung; 2 wrong use or no such machine.
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "engine.h"

#define X(name) extern const struct bench_engine bench_##name;
#include "engines.inc"
#undef X

static const struct bench_engine *const engines[] = {
#define X(name) &bench_##name,
#include "engines.inc"
#undef X
};

#define ENGINE_COUNT (sizeof(engines) / sizeof(engines[0]))
#define JOBS_MAX 512u
#define PROBES 401u
#define PACES 5u
#define PACE_TURNS 2000u
#define PACE_TOLERANCE 1.25
#define PACE_LOOKS 1000u
#define SETTLE_TRIES 10u
#define SETTLE_MS 3
#define WARM_MS 2
#define GAP_MS 50 /* rest for the machine after GAP_JOBS slices */
#define GAP_JOBS 8u
#define HANG_SECONDS 60u /* no slice may last so long */

enum mode { MODE_STREAM, MODE_RTT, MODE_BLOCK, MODE_SOLO, MODE_COUNT };

static const char *const mode_names[MODE_COUNT] = {"stream", "rtt", "block", "solo"};

struct job {
	size_t engine;
	enum mode mode;
	uint32_t len_bytes, burst;
};

static struct {
	unsigned rounds, slice_ms, run, turns;
	unsigned cpus[2], priority;
	struct job jobs[JOBS_MAX];
	unsigned job_count;
	bool usable[ENGINE_COUNT];
} cfg = {.rounds = 13, .slice_ms = 10, .cpus = {0, 1}, .priority = 50};

/* What the two sides share, each word that is waited for alone on its lines. */
static struct {
	uint32_t ping __attribute__((aligned(128)));
	uint32_t pong __attribute__((aligned(128)));
	uint32_t gates[2][32] __attribute__((aligned(128)));
	long preempted[2] __attribute__((aligned(128)));
	double pace[2] __attribute__((aligned(128))); /* before, or after if slower; 1: full */
	unsigned order[JOBS_MAX];
	struct bench_slice slice;
} shared;

double bench_ticks_per_ns;

static double full_pace_ns;
static uint64_t bad_slices;

static uint64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void calibrate(void)
{
	uint64_t n0 = clock_ns(), t0 = bench_ticks();

	while (clock_ns() - n0 < 20000000u)
		;
	bench_ticks_per_ns = (double)(bench_ticks() - t0) / (double)(clock_ns() - n0);
}

void *bench_shared_alloc(size_t len_bytes)
{
	void *p = mmap(NULL, len_bytes, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED) {
		fprintf(stderr, "bench: no memory for %zu bytes: %s\n", len_bytes, strerror(errno));
		exit(2);
	}
	return p;
}

static void pin(int side)
{
	struct sched_param param = {.sched_priority = (int)cfg.priority};
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cfg.cpus[side], &set);
	if (pthread_setaffinity_np(pthread_self(), sizeof(set), &set) != 0) {
		fprintf(stderr, "bench: CPU %u can't be used; set BENCH_CPUS=A,B\n",
			cfg.cpus[side]);
		exit(2);
	}
	if (cfg.priority > 0 && sched_setscheduler(0, SCHED_FIFO, &param) != 0 && side == 0)
		fprintf(stderr, "bench: no SCHED_FIFO (%s): other processes will disturb\n",
			strerror(errno));
}

/* Both sides arrive before either goes on. */
static void gate(int side)
{
	static _Thread_local uint32_t turn;

	turn++;
	__atomic_store_n(&shared.gates[side][0], turn, __ATOMIC_SEQ_CST);
	while ((int32_t)(__atomic_load_n(&shared.gates[!side][0], __ATOMIC_SEQ_CST) - turn) < 0)
		bench_relax();
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* So many per cent of the n ticks in v took no longer; ns. Sorts v. */
static double quantile(uint32_t *v, uint32_t n, uint32_t percent)
{
	uint32_t at = (uint32_t)((uint64_t)n * percent / 100u);

	qsort(v, n, sizeof(v[0]), compare_u32);
	return v[at] / bench_ticks_per_ns;
}

/* The raw ping-pong: median round trip in ns, on side 0. */
static double probe(int side)
{
	static uint32_t took[PROBES];
	static _Thread_local uint32_t v;
	uint64_t t0 = bench_ticks();

	for (unsigned i = 0; i < PROBES; i++) {
		uint64_t t1;

		v++;
		if (side == 0)
			__atomic_store_n(&shared.ping, v, __ATOMIC_RELEASE);
		while (__atomic_load_n(side == 0 ? &shared.pong : &shared.ping, __ATOMIC_ACQUIRE) !=
		       v)
			bench_spin();
		if (side == 1) {
			__atomic_store_n(&shared.pong, v, __ATOMIC_RELEASE);
			continue;
		}
		t1 = bench_ticks();
		took[i] = (uint32_t)(t1 - t0);
		t0 = t1;
	}
	if (side == 1)
		return 0;
	return quantile(took, PROBES, 50);
}

/*
 * How fast this processor is at this moment: ns for a fixed number of additions, four of which can
 * run at a time. A thread of somebody else's on the other half of the core shows here and nowhere
 * else.
 */
static double pace(void)
{
	uint32_t took[PACES];

	for (unsigned k = 0; k < PACES; k++) {
		uint64_t t0 = bench_ticks(), a = 0, b = 0, c = 0, d = 0;

		for (unsigned i = 0; i < PACE_TURNS; i++) {
			a += 3;
			b += 5;
			c += 7;
			d += 11;
			__asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
		}
		took[k] = (uint32_t)(bench_ticks() - t0);
	}
	return quantile(took, PACES, 50);
}

/* The full pace is the best of a while in which the other processor has nothing to do. */
static void find_full_pace(void)
{
	const struct timespec gap = {.tv_nsec = 1000000};

	full_pace_ns = pace();
	for (unsigned k = 0; k < PACE_LOOKS; k++) {
		full_pace_ns = fmin(full_pace_ns, pace());
		nanosleep(&gap, NULL);
	}
}

/* Wait a little, if need be, until both processors are at full pace. */
static void settle(int side)
{
	const struct timespec gap = {.tv_nsec = SETTLE_MS * 1000000L};

	for (unsigned k = 0; k < SETTLE_TRIES; k++) {
		bool slow;

		shared.pace[side] = pace() / full_pace_ns;
		gate(side);
		slow = fmax(shared.pace[0], shared.pace[1]) > PACE_TOLERANCE;
		gate(side);
		if (!slow)
			break;
		nanosleep(&gap, NULL);
	}
}

static long preemptions(void)
{
	struct rusage u;

	getrusage(RUSAGE_THREAD, &u);
	return u.ru_nivcsw;
}

static void report(unsigned round, const struct job *j, struct bench_slice *s, double probe_ns)
{
	double mean = 0, median = 0, p99 = 0;

	if (s->frames != 0)
		mean = (double)s->elapsed_ticks / (double)s->frames / bench_ticks_per_ns;
	median = mean;
	if (s->rtt_count != 0) {
		median = quantile(s->rtt_ticks, s->rtt_count, 50);
		p99 = quantile(s->rtt_ticks, s->rtt_count, 99);
	}
	printf("%u,%u,%s,%s,%u,%u,%.1f,%.2f,%.2f,%.2f,%llu,%llu,%ld,%.2f\n", cfg.run, round,
	       engines[j->engine]->name, mode_names[j->mode], j->len_bytes, j->burst, probe_ns,
	       mean, median, p99, (unsigned long long)s->frames, (unsigned long long)s->bad,
	       shared.preempted[0] + shared.preempted[1], fmax(shared.pace[0], shared.pace[1]));
	if (s->bad == 0)
		return;
	bad_slices++;
	fprintf(stderr, "bench: %s:%s:%u:%u: %llu bad frames of %llu\n", engines[j->engine]->name,
		mode_names[j->mode], j->len_bytes, j->burst, (unsigned long long)s->bad,
		(unsigned long long)s->frames);
}

/* Side 0 alone, while side 1 waits at the next gate. */
static void run_solo(const struct bench_engine *e, struct bench_slice *s)
{
	const uint64_t turns = 64;
	uint64_t t0 = 0, end = bench_ticks() + s->warm_ticks, now;

	for (now = bench_ticks(); t0 == 0 || now < end; now = bench_ticks()) {
		uint64_t frames = e->solo(s->len_bytes, s->burst, turns);

		s->bad += frames != turns * s->burst;
		if (t0 != 0) {
			s->frames += frames;
		} else if (bench_ticks() >= end) {
			t0 = bench_ticks();
			end = t0 + s->run_ticks;
		}
	}
	s->elapsed_ticks = now - t0;
}

static void run_slice(int side, const struct job *j, struct bench_slice *s)
{
	const struct bench_engine *e = engines[j->engine];

	if (j->mode == MODE_STREAM)
		e->stream(side, s);
	else if (j->mode != MODE_SOLO)
		e->rtt(side, s);
	else if (side == 0)
		run_solo(e, s);
}

static void prepare(const struct job *j, struct bench_slice *s)
{
	double ms = bench_ticks_per_ns * 1e6;

	memset(s, 0, sizeof(*s));
	s->len_bytes = j->len_bytes;
	s->burst = j->burst;
	s->blocking = j->mode == MODE_BLOCK;
	s->warm_ticks = (uint64_t)(WARM_MS * ms);
	s->run_ticks = (uint64_t)(cfg.slice_ms * ms);
	alarm(HANG_SECONDS);
}

static void shuffle(void)
{
	for (unsigned i = cfg.job_count; i-- > 1u;) {
		unsigned j = (unsigned)random() % (i + 1u), t = shared.order[i];

		shared.order[i] = shared.order[j];
		shared.order[j] = t;
	}
}

static void rest(void)
{
	const struct timespec gap = {.tv_nsec = GAP_MS * 1000000L};

	nanosleep(&gap, NULL);
}

static void run_round(int side, unsigned round)
{
	for (unsigned i = 0; i < cfg.job_count; i++) {
		const struct job *j = &cfg.jobs[shared.order[i]];
		double probe_ns;
		long before;

		if (side == 0)
			prepare(j, &shared.slice);
		gate(side);
		settle(side);
		probe_ns = probe(side);
		before = preemptions();
		gate(side);
		run_slice(side, j, &shared.slice);
		shared.preempted[side] = preemptions() - before;
		shared.pace[side] = fmax(shared.pace[side], pace() / full_pace_ns);
		gate(side);
		if (side == 0)
			report(round, j, &shared.slice, probe_ns);
		if (i % GAP_JOBS == GAP_JOBS - 1u)
			rest();
	}
}

static void *side_main(void *arg)
{
	int side = *(const int *)arg;

	pin(side);
	for (size_t e = 0; e < ENGINE_COUNT; e++) {
		if (cfg.usable[e])
			engines[e]->open(side);
		gate(side);
	}
	for (unsigned r = 0; r < cfg.rounds; r++) {
		if (side == 0)
			shuffle();
		gate(side);
		run_round(side, r);
		gate(side);
		rest();
	}
	return NULL;
}

static int run_sides(void)
{
	static const int sides[2] = {0, 1};
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, side_main, (void *)(uintptr_t)&sides[i]) !=
		    0) {
			fprintf(stderr, "bench: no thread\n");
			exit(2);
		}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return bad_slices != 0;
}

static int count_frames(void)
{
	const struct job *j = &cfg.jobs[0];
	const struct bench_engine *e = engines[j->engine];
	uint64_t frames;

	if (cfg.job_count != 1u)
		return 2;
	for (int side = 0; side < 2; side++)
		e->open(side);
	frames = e->solo(j->len_bytes, j->burst, cfg.turns);
	printf("%llu\n", (unsigned long long)frames);
	return frames != (uint64_t)cfg.turns * j->burst;
}

static bool number(const char *text, unsigned min, unsigned max, unsigned *value)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	*value = (unsigned)v;
	return end != text && *end == '\0' && v >= min && v <= max;
}

/* The engines that a job names are set up here, so that a missing one can still be left out. */
static void add_job(char *text)
{
	char *save = NULL, *word[4];
	struct job *j = &cfg.jobs[cfg.job_count];
	unsigned mode = 0;

	for (int i = 0; i < 4; i++)
		word[i] = strtok_r(i == 0 ? text : NULL, ":", &save);
	if (word[3] == NULL || cfg.job_count == JOBS_MAX)
		goto bad;
	for (j->engine = 0; j->engine < ENGINE_COUNT; j->engine++)
		if (strcmp(engines[j->engine]->name, word[0]) == 0)
			break;
	while (mode < MODE_COUNT && strcmp(mode_names[mode], word[1]) != 0)
		mode++;
	if (j->engine == ENGINE_COUNT || mode == MODE_COUNT ||
	    !number(word[2], BENCH_LEN_MIN, BENCH_LEN_MAX, &j->len_bytes) ||
	    !number(word[3], 1, BENCH_BURST_MAX, &j->burst))
		goto bad;
	j->mode = (enum mode)mode;
	if (!cfg.usable[j->engine] && engines[j->engine]->setup() != 0) {
		fprintf(stderr, "SKIP: %s does not work on this machine\n", word[0]);
		return;
	}
	cfg.usable[j->engine] = true;
	shared.order[cfg.job_count] = cfg.job_count;
	cfg.job_count++;
	return;
bad:
	fprintf(stderr, "bench: '%s' is no job ENGINE:MODE:LEN:BURST\n", text);
	exit(2);
}

static void read_environment(void)
{
	const char *cpus = getenv("BENCH_CPUS"), *priority = getenv("BENCH_PRIORITY");
	const char *comma = cpus != NULL ? strchr(cpus, ',') : NULL;
	char first[16];

	if (cpus != NULL) {
		snprintf(first, sizeof(first), "%.*s", comma != NULL ? (int)(comma - cpus) : 0,
			 cpus);
		if (comma == NULL || !number(first, 0, CPU_SETSIZE - 1, &cfg.cpus[0]) ||
		    !number(comma + 1, 0, CPU_SETSIZE - 1, &cfg.cpus[1]) ||
		    cfg.cpus[0] == cfg.cpus[1]) {
			fprintf(stderr, "bench: BENCH_CPUS=%s: two different CPUs A,B are needed\n",
				cpus);
			exit(2);
		}
	}
	if (priority != NULL && !number(priority, 0, 99, &cfg.priority)) {
		fprintf(stderr, "bench: BENCH_PRIORITY=%s: it is 0..99\n", priority);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	int o;
	bool ok = true;

	while ((o = getopt(argc, argv, "r:m:n:c:l")) != -1) {
		if (o == 'r')
			ok = ok && number(optarg, 1, 10000, &cfg.rounds);
		else if (o == 'm')
			ok = ok && number(optarg, 1, 10000, &cfg.slice_ms);
		else if (o == 'n')
			ok = ok && number(optarg, 0, 10000, &cfg.run);
		else if (o == 'c')
			ok = ok && number(optarg, 1, 100000000, &cfg.turns);
		else if (o != 'l')
			ok = false;
		for (size_t e = 0; o == 'l' && e < ENGINE_COUNT; e++)
			puts(engines[e]->name);
		if (o == 'l')
			return 0;
	}
	if (!ok || optind == argc) {
		fprintf(stderr, "usage: bench [-r rounds] [-m slice_ms] [-n run] JOB...\n"
				"       bench -c turns JOB | bench -l\n");
		return 2;
	}
	read_environment();
	/* A count must not depend on the time. */
	if (cfg.turns == 0) {
		calibrate();
		find_full_pace();
	}
	for (; optind < argc; optind++)
		add_job(argv[optind]);
	return cfg.turns != 0 ? count_frames() : run_sides();
}
