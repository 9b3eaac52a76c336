/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine against itself: what step.c saves by large steps must not change what can happen. A
 * search of our own, without SPIN, visits every state of small clients in both grains and compares
 * the states in which nothing goes on, and the faults of weakened cores.
 *
 * One machine a process: each search runs in a child and sends what it found through a pipe.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "machine.h"

#define QUIET_MAX 4096u
#define STATES_MAX (1u << 22)

struct found {
	uint64_t states, steps;
	unsigned quiet_count;
	uint64_t quiet[QUIET_MAX]; /* digests of the quiet states, sorted */
	struct {
		unsigned property;
		char detector[24];
	} fault;
	bool many; /* a bound of this test was hit */
};

static struct found found_in[2];

/* ---- clients ---- */

static struct model_client client(unsigned from_ns, unsigned from_s)
{
	struct model_client c = {
	    .name = "test",
	    .classes = 1,
	    .cls = {{.lines_log2 = 1, .frame_max_bytes = 64, .budget = 8}},
	    .doorbells = true,
	    .weak = true,
	};

	for (unsigned w = 0; w < MODEL_WORLDS; w++) {
		c.world[w] = (struct model_world){
		    .core = "core", .take = 1, .keeps = w == 0u, .first_epoch = 1};
		c.world[w].send[0] = (struct model_traffic){
		    .frames = w == 0u ? from_ns : from_s,
		    .burst = 1,
		    .length_bytes = {64},
		    .lengths = 1,
		};
	}
	return c;
}

/* ---- a search ---- */

static struct model_state *known;
static uint32_t *slot, count;

static bool visit(const struct model_state *s)
{
	uint64_t h = (uint32_t)s->world[0] * UINT64_C(0x9e3779b97f4a7c15) ^
		     (uint32_t)s->world[1] * UINT64_C(0xc2b2ae3d27d4eb4f) ^
		     (uint32_t)s->section[0] * UINT64_C(0x165667b19e3779f9) ^
		     (uint32_t)s->section[1] * UINT64_C(0xd6e8feb86659fd93) ^ s->flags;
	uint32_t mask = 4u * STATES_MAX - 1u, k;

	h ^= h >> 31;
	for (k = (uint32_t)h & mask; slot[k] != 0u; k = (k + 1u) & mask)
		if (memcmp(&known[slot[k] - 1u], s, sizeof(*s)) == 0)
			return false;
	if (count == STATES_MAX)
		return false;
	known[count] = *s;
	slot[k] = ++count;
	return true;
}

/* Numbers of worlds and sections depend on the way of the search; what they stand for does not. */
static uint64_t digest(const struct model_state *s)
{
	static struct model_world_state w;
	static struct mem_section m;
	uint64_t h = s->flags;

	for (unsigned i = 0; i < MODEL_WORLDS; i++) {
		memset(&w, 0, sizeof(w));
		memset(&m, 0, sizeof(m));
		model_extern_world(s->world[i], &w, i);
		model_extern_section(s->section[i], &m);
		for (const uint8_t *p = (const uint8_t *)&w.life;
		     p < (const uint8_t *)(&w.life + 1); p++)
			h = (h ^ *p) * UINT64_C(0x100000001b3);
		h = (h ^ w.ep.session_seen ^ w.ep.rx[0].pos << 7) * UINT64_C(0x100000001b3);
		for (unsigned k = 0; k < m.words; k++)
			for (unsigned v = 0; v < m.w[k].count; v++)
				h = (h ^ m.w[k].v[v].value ^ (uint64_t)m.w[k].v[v].seq << 56 ^
				     (uint64_t)m.w[k].v[v].rel << 48) *
				    UINT64_C(0x100000001b3);
		h ^= h >> 29;
	}
	return h;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void note(struct found *f, const struct model_state *s)
{
	f->steps++;
	if (model_fault.property != 0u && f->fault.property == 0u) {
		f->fault.property = model_fault.property;
		snprintf(f->fault.detector, sizeof(f->fault.detector), "%s", model_fault.detector);
	}
	if (!visit(s))
		return;
	if (model_quiet(s)) {
		if (f->quiet_count < QUIET_MAX)
			f->quiet[f->quiet_count++] = digest(s);
		else
			f->many = true;
	}
}

static void search(const struct model_client *c, struct found *f)
{
	char err[256];
	struct model_state s;

	assert_int_equal(model_open(c, err, sizeof(err)), 0);
	known = malloc(STATES_MAX * sizeof(*known));
	slot = calloc(4u * STATES_MAX, sizeof(*slot));
	assert_true(known != NULL && slot != NULL);
	s = model_start();
	(void)visit(&s);
	for (uint32_t i = 0; i < count && f->fault.property == 0u; i++)
		for (unsigned w = 0; w < MODEL_WORLDS; w++) {
			unsigned n = model_choices(&known[i], w);

			for (unsigned k = 0; k < n; k++) {
				s = model_step(&known[i], w, k);
				note(f, &s);
			}
			if (model_can_crash(&known[i], w)) {
				s = model_crash(&known[i], w);
				note(f, &s);
			}
		}
	f->states = count;
	f->many = f->many || count == STATES_MAX;
	qsort(f->quiet, f->quiet_count, sizeof(f->quiet[0]), by_value);
}

static void search_apart(const struct model_client *c, struct found *f)
{
	int ends[2], status;
	pid_t pid;
	size_t got = 0;
	ssize_t n;

	memset(f, 0, sizeof(*f));
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		search(c, f);
		_exit(write(ends[1], f, sizeof(*f)) == (ssize_t)sizeof(*f) ? 0 : 1);
	}
	close(ends[1]);
	while ((n = read(ends[0], (char *)f + got, sizeof(*f) - got)) > 0)
		got += (size_t)n;
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(got, sizeof(*f));
	assert_false(f->many);
}

/* ---- tests ---- */

/* Both grains reach the same quiet states, without a fault, and the large steps save most states.
 */
static void same_ends(struct model_client c)
{
	for (unsigned g = 0; g < 2u; g++) {
		c.grain = g == 0u ? MODEL_GRAIN_BLOCK : MODEL_GRAIN_ACCESS;
		search_apart(&c, &found_in[g]);
		assert_int_equal(found_in[g].fault.property, 0);
		assert_true(found_in[g].quiet_count > 0u);
	}
	print_message("%llu states in blocks, %llu by accesses, %u quiet ones\n",
		      (unsigned long long)found_in[0].states,
		      (unsigned long long)found_in[1].states, found_in[0].quiet_count);
	assert_true(found_in[0].states < found_in[1].states);
	assert_int_equal(found_in[0].quiet_count, found_in[1].quiet_count);
	assert_memory_equal(found_in[0].quiet, found_in[1].quiet,
			    found_in[0].quiet_count * sizeof(found_in[0].quiet[0]));
}

static void grains_agree_one_way(void **state)
{
	(void)state;
	same_ends(client(3, 0));
}

static void grains_agree_both_ways(void **state)
{
	(void)state;
	same_ends(client(1, 1));
}

static void grains_agree_with_a_crash(void **state)
{
	struct model_client c = client(1, 0);

	(void)state;
	c.world[0].crashes = 1;
	same_ends(c);
}

static void grains_agree_when_the_receiver_dies(void **state)
{
	struct model_client c = client(1, 0);

	(void)state;
	c.world[1].crashes = 1;
	same_ends(c);
}

static void grains_agree_on_two_classes(void **state)
{
	struct model_client c = client(1, 0);

	(void)state;
	c.classes = 2;
	c.cls[1] = c.cls[0];
	c.world[0].send[1] = c.world[0].send[0];
	c.world[1].send[1] = c.world[1].send[0];
	same_ends(c);
}

/* A timer's wake-up makes stores seen, which is the one thing that a store does not move over. */
static void grains_agree_when_worlds_poll(void **state)
{
	struct model_client c = client(1, 0);

	(void)state;
	c.poll = true;
	same_ends(c);
}

static void grains_agree_when_a_driver_renews(void **state)
{
	struct model_client c = client(1, 0);

	(void)state;
	c.world[1].renewals = 1;
	same_ends(c);
}

/* Each of these is found by both grains, as the same property. */
static void grains_agree_on_faults(void **state)
{
	static const struct {
		const char *core;
		unsigned from_ns, crashes, property;
	} weak[] = {
	    {"no-recheck", 2, 1, 3},	{"boot-no-fence", 2, 1, 3}, {"no-zeroing", 2, 1, 2},
	    {"bell-first", 1, 0, 9},	{"start-early", 1, 0, 9},   {"no-ring-on-ack", 1, 0, 6},
	    {"publish-first", 1, 0, 3}, {"read-back", 1, 0, 13},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++)
		for (unsigned g = 0; g < 2u; g++) {
			struct model_client c = client(weak[i].from_ns, 0);

			c.grain = g == 0u ? MODEL_GRAIN_BLOCK : MODEL_GRAIN_ACCESS;
			c.world[0].crashes = weak[i].crashes;
			snprintf(c.world[0].core, sizeof(c.world[0].core), "%s", weak[i].core);
			snprintf(c.world[1].core, sizeof(c.world[1].core), "%s", weak[i].core);
			search_apart(&c, &found_in[g]);
			print_message("%s: P%u %s after %llu states\n", weak[i].core,
				      found_in[g].fault.property, found_in[g].fault.detector,
				      (unsigned long long)found_in[g].states);
			assert_int_equal(found_in[g].fault.property, weak[i].property);
		}
}

/* With one store to choose from a load has one value: fewer states, and nothing wrong either. */
static void strong_memory_is_part_of_weak(void **state)
{
	struct model_client c = client(2, 0);
	uint64_t weak;

	(void)state;
	search_apart(&c, &found_in[0]);
	weak = found_in[0].states;
	c.weak = false;
	search_apart(&c, &found_in[1]);
	assert_int_equal(found_in[1].fault.property, 0);
	assert_true(found_in[1].states < weak);
	assert_true(found_in[1].quiet_count > 0u);
}

/* A boot without its fence: only a memory that reorders shows it. */
static void weak_memory_matters(void **state)
{
	struct model_client c = client(2, 0);

	(void)state;
	c.world[0].crashes = 1;
	snprintf(c.world[0].core, sizeof(c.world[0].core), "boot-no-fence");
	search_apart(&c, &found_in[0]);
	assert_int_not_equal(found_in[0].fault.property, 0);
	c.weak = false;
	search_apart(&c, &found_in[1]);
	assert_int_equal(found_in[1].fault.property, 0);
}

static void a_bad_client_is_refused(void **state)
{
	struct model_client c = client(1, 0);
	char err[256] = "";

	(void)state;
	snprintf(c.world[1].core, sizeof(c.world[1].core), "no-such-core");
	assert_int_equal(model_open(&c, err, sizeof(err)), -1);
	assert_non_null(strstr(err, "no-such-core"));
	c = client(1, 0);
	c.world[0].send[0].length_bytes[0] = 68;
	assert_int_equal(model_open(&c, err, sizeof(err)), -1);
	assert_non_null(strstr(err, "68 bytes"));
	c = client(1, 0);
	c.cls[0].frame_max_bytes = 1536;
	assert_int_equal(model_open(&c, err, sizeof(err)), -1);
	assert_non_null(strstr(err, "geometry"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(grains_agree_one_way),
	    cmocka_unit_test(grains_agree_both_ways),
	    cmocka_unit_test(grains_agree_with_a_crash),
	    cmocka_unit_test(grains_agree_when_the_receiver_dies),
	    cmocka_unit_test(grains_agree_on_two_classes),
	    cmocka_unit_test(grains_agree_when_worlds_poll),
	    cmocka_unit_test(grains_agree_when_a_driver_renews),
	    cmocka_unit_test(grains_agree_on_faults),
	    cmocka_unit_test(strong_memory_is_part_of_weak),
	    cmocka_unit_test(weak_memory_matters),
	    cmocka_unit_test(a_bad_client_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
