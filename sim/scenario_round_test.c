/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scenario that is written and read again is the same, whatever it holds; and what is said about
 * structs that were made by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenario_schema.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ROUNDS 600u

static struct scenario sc, other;
static char err[1024];

static void string_put(char *field, size_t size, const char *text)
{
	assert_true(strlen(text) < size);
	memcpy(field, text, strlen(text) + 1);
}

/* Padding counts: scenarios are made of zeroed memory. */
static bool same_bytes(const void *a, const void *b, size_t size)
{
	return memcmp(a, b, size) == 0;
}

/* --- random scenarios --------------------------------------------------------------------------
 */

static uint64_t state64;

static uint64_t draw(void)
{
	uint64_t z = state64 += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static uint64_t below(uint64_t n)
{
	return draw() % n;
}

/* A number of the range: an end, or any size with the same chance. */
static uint64_t draw_range(uint64_t min, uint64_t max)
{
	uint64_t v = draw() >> below(64);

	if (below(8) == 0)
		return below(2) ? min : max;
	return max - min == UINT64_MAX ? v : min + v % (max - min + 1);
}

static void draw_string(char *field, size_t size, bool multiline)
{
	static const char *const piece[] = {
	    "a",  "Z",	      "0", " ", "\"",		"\\", "\\n", "#",
	    "/*", "\xc3\xa4", ";", "=", "\xe2\x82\xac", "'",  "$",   "@include \"x\""};
	size_t used = 0, want = below(size);

	while (used + 16 < want) {
		const char *p = piece[below(COUNT(piece))];

		if (multiline && below(10) == 0)
			p = below(2) ? "\n" : "\t";
		while (*p != '\0')
			field[used++] = *p++;
	}
	field[used] = used == 0 ? 'x' : '\0';
}

static double draw_ratio(const struct scenario_key *key)
{
	double min = (double)key->min / 1e6, max = (double)key->max / 1e6;
	double v = min + (max - min) * ((double)(draw() >> 11) / 9007199254740992.0);

	return below(4) == 0 ? max : v > max ? max : v;
}

static void draw_amount(struct sim_fault *fault)
{
	enum scenario_amount unit = scenario_fault_info(fault->kind)->amount;

	if (unit == SCENARIO_AMOUNT_FRAMES)
		fault->amount = (int64_t)draw_range(1, 4096);
	else
		fault->amount = (int64_t)draw_range(1, UINT64_C(1000000000000));
	if (unit == SCENARIO_AMOUNT_SHIFT && below(2))
		fault->amount = -fault->amount;
}

static void draw_value(const struct scenario_key *key, unsigned i)
{
	void *field = scenario_field(&sc, key, i);
	uint32_t *bounds = field;
	double ratio;

	switch (key->type) {
	case SCENARIO_BOOL:
		*(bool *)field = below(2);
		break;
	case SCENARIO_COUNT:
	case SCENARIO_TIME:
	case SCENARIO_SIZE:
		scenario_uint_set(field, key->size,
				  key->zero && below(4) == 0 ? 0 : draw_range(key->min, key->max));
		break;
	case SCENARIO_LINES:
		*(uint8_t *)field = (uint8_t)(6 + below(11));
		break;
	case SCENARIO_SIZES:
		bounds[0] = (uint32_t)draw_range(key->min, key->max);
		bounds[1] = (uint32_t)draw_range(bounds[0], key->max);
		break;
	case SCENARIO_RATIO:
		ratio = draw_ratio(key);
		memcpy(field, &ratio, sizeof(ratio));
		break;
	case SCENARIO_AMOUNT:
		draw_amount(&sc.fault[i]);
		break;
	case SCENARIO_NAME:
		snprintf(field, key->size, "%c%u", "aZ7"[below(3)], i);
		break;
	case SCENARIO_STRING:
		draw_string(field, key->size, key->flags & SCENARIO_MULTILINE);
		break;
	case SCENARIO_WORD:
		string_put(field, key->size,
			   key->at((unsigned)below(scenario_word_count(key->at))));
		break;
	case SCENARIO_ENUM:
		scenario_uint_set(field, key->size, below(scenario_word_count(key->at)));
		break;
	case SCENARIO_FLAGS:
		scenario_uint_set(field, key->size,
				  1 + below((1u << scenario_word_count(key->at)) - 1));
		break;
	case SCENARIO_CLASS:
		scenario_uint_set(field, key->size, below(sc.channel.class_count));
		break;
	case SCENARIO_WHO:
		sc.threat.off_core_both = below(3) == 0;
		sc.threat.off_core_world = !sc.threat.off_core_both && below(2) ? SIM_S : SIM_NS;
		break;
	default:
		break;
	}
}

static void draw_group(const struct scenario_group *group, unsigned i)
{
	for (unsigned k = 0; k < group->count; k++) {
		const struct scenario_key *key = &group->key[k];
		unsigned n = key->count_max;

		if (key->type == SCENARIO_LIST) {
			n = (unsigned)(key->min + below(n - key->min + 1));
			memcpy((unsigned char *)&sc + key->count_offset, &n, sizeof(n));
			for (unsigned e = 0; e < n; e++)
				draw_group(key->group, e);
		} else if (key->type == SCENARIO_GROUP) {
			if (!(key->flags & SCENARIO_OPTIONAL) || below(2))
				draw_group(key->group, i);
		} else if (scenario_key_applies(&sc, key, i)) {
			draw_value(key, i);
		}
	}
}

/* Make the parts fit together. */
static void draw_flow_fit(struct sim_flow *flow)
{
	flow->start_ns = below(sc.duration_ns);
	if (flow->stop_ns != 0)
		flow->stop_ns = flow->start_ns + 1 + below(1000);
	if (flow->stop_ns > UINT64_C(3600000000000))
		flow->stop_ns = 0;
	if (flow->kind < SIM_FLOW_PING)
		return;
	flow->from = SIM_NS;
	if (flow->kind != SIM_FLOW_TCP)
		flow->size_min_bytes = flow->size_max_bytes = (uint32_t)(46 + below(1469));
}

static void draw_world_fit(struct sim_world_config *w)
{
	w->stack = true;
	if (w->critical_period_ns == 0)
		return;
	w->critical_deadline_ns = 1 + below(w->critical_period_ns);
	w->critical_wcet_ns = 1 + below(w->critical_deadline_ns);
}

static void draw_threat_fit(struct sim_threat *t)
{
	bool off;

	if (t->id[0] == '\0')
		return;
	for (t->off_set_count = 0; t->off_set_count < below(4); t->off_set_count++)
		snprintf(t->off_set[t->off_set_count], SIM_TEXT_MAX, "seed=%u",
			 (unsigned)below(100));
	off = t->off_core[0] != '\0' || t->off_weak != 0 || t->off_set_count != 0;
	t->breaks = off ? (sc.properties & (0u - sc.properties)) : 0;
}

static void draw_scenario(void)
{
	unsigned stacks = 0;

	memset(&sc, 0, sizeof(sc));
	draw_group(&scenario_root, 0);
	for (unsigned c = 0; c < sc.channel.class_count; c++)
		sc.channel.cls[c].frame_max_bytes = 1536;
	sc.channel.backoff_max_ns = draw_range(sc.channel.backoff_min_ns, UINT64_C(3600000000000));
	for (unsigned w = 0; w < SIM_WORLDS; w++)
		draw_world_fit(&sc.world[w]);
	for (unsigned i = 0; i < sc.flow_count; i++) {
		draw_flow_fit(&sc.flow[i]);
		stacks += sc.flow[i].kind >= SIM_FLOW_PING;
		if (stacks > 4)
			sc.flow_count = i;
	}
	if (sc.flow_count < SIM_FLOWS_MAX)
		memset(&sc.flow[sc.flow_count], 0,
		       (SIM_FLOWS_MAX - sc.flow_count) * sizeof(sc.flow[0]));
	for (unsigned i = 0; i < sc.fault_count; i++) {
		sc.fault[i].from_ns = below(sc.duration_ns);
		if (sc.fault[i].to_ns <= sc.fault[i].from_ns)
			sc.fault[i].to_ns = 0;
		if (scenario_fault_info(sc.fault[i].kind)->world == SCENARIO_USE_MAY)
			sc.fault[i].world = SIM_NS;
	}
	draw_threat_fit(&sc.threat);
}

/* Written, read, and written again: the same struct, the same text. */
static void round_trip(const struct scenario *a)
{
	char *text = scenario_text(a), *again;

	assert_non_null(text);
	if (scenario_parse(&other, text, strlen(text), "elsewhere", NULL, 0, err, sizeof(err)) != 0)
		fail_msg("%s\n%s", err, text);
	if (!same_bytes(a, &other, sizeof(other))) {
		again = scenario_text(&other);
		fail_msg("%s\n--- comes back as\n%s", text, again);
	}
	free(text);
}

static void random_scenarios_come_back(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		state64 = i;
		draw_scenario();
		if (!scenario_check(&sc, err, sizeof(err)))
			fail_msg("round %u: %s", i, err);
		round_trip(&sc);
	}
}

/* If the comparison above could not fail, this would not. */
static void each_byte_counts(void **state)
{
	char *text;
	unsigned changed = 0;

	(void)state;
	state64 = 5;
	draw_scenario();
	for (unsigned k = 0; k < 64; k++) {
		unsigned i = (unsigned)below(sc.fault_count + 1);
		struct scenario before = sc;

		sc.seed ^= UINT64_C(1) << k;
		sc.fault[i % SIM_FAULTS_MAX].count ^= 1;
		text = scenario_text(&sc);
		assert_int_equal(scenario_parse(&other, text, strlen(text), "elsewhere", NULL, 0,
						err, sizeof(err)),
				 0);
		changed += !same_bytes(&before, &other, sizeof(other));
		free(text);
		sc = before;
	}
	assert_int_equal(changed, 64);
}

static void path_stays_with_the_scenario(void **state)
{
	(void)state;
	scenario_defaults(&sc);
	string_put(sc.name, sizeof(sc.name), "x");
	string_put(sc.path, sizeof(sc.path), "scenarios/x.cfg");
	round_trip(&sc);
	assert_string_equal(other.path, "scenarios/x.cfg");
}

/* What a kind does not use is not written, so that a struct made by hand can be loaded. */
static void unused_fields_are_left_out(void **state)
{
	char *text;

	(void)state;
	scenario_defaults(&sc);
	string_put(sc.name, sizeof(sc.name), "x");
	sc.fault_count = 1;
	sc.fault[0] = (struct sim_fault){
	    .kind = SIM_FAULT_BELL_LOST, .probability = 1, .amount = 7, .interval_ns = 8, .cls = 1};
	assert_true(scenario_check(&sc, err, sizeof(err)));
	text = scenario_text(&sc);
	assert_null(strstr(text, "amount"));
	assert_int_equal(scenario_parse(&other, text, strlen(text), "f", NULL, 0, err, sizeof(err)),
			 0);
	assert_int_equal(other.fault[0].amount, 0);
	assert_int_equal(other.fault[0].cls, 0);
	free(text);
}

/* --- checks of structs made by hand ------------------------------------------------------------
 */

static void hand_made_structs_are_checked(void **state)
{
	(void)state;
	state64 = 11;
#define BROKEN(change, message)                                                                    \
	do {                                                                                       \
		scenario_defaults(&sc);                                                            \
		string_put(sc.name, sizeof(sc.name), "x");                                         \
		sc.flow_count = 1;                                                                 \
		sc.flow[0] = (struct sim_flow){.name = "f",                                        \
					       .size_min_bytes = 64,                               \
					       .size_max_bytes = 64,                               \
					       .gap_ns = 1,                                        \
					       .speed = 1,                                         \
					       .burst = 1};                                        \
		sc.fault_count = 1;                                                                \
		assert_true(scenario_check(&sc, err, sizeof(err)));                                \
		change;                                                                            \
		assert_false(scenario_check(&sc, err, sizeof(err)));                               \
		assert_string_equal(err, message);                                                 \
	} while (0)
	BROKEN(sc.channel.class_count = 5,
	       "channel.classes: 5 elements are outside the range: 1 to 4");
	BROKEN(sc.channel.cls[1].lines_log2 = 200,
	       "channel.classes[1].lines: 18446744073709551615 is outside its range: 2 to 65536");
	BROKEN(sc.channel.cls[0].budget = 0,
	       "channel.classes[0].budget: 0 is outside its range: 1 to 65535");
	BROKEN(sc.flow_count = 17, "traffic: 17 elements are outside the range: 0 to 16");
	BROKEN(sc.fault_count = 33, "faults: 33 elements are outside the range: 0 to 32");
	BROKEN(sc.flow[0].kind = (enum sim_flow_kind)9, "traffic[0].kind: there is no number 9");
	BROKEN(sc.flow[0].cls = 2, "traffic[0].class: there is no number 2");
	BROKEN(sc.flow[0].size_min_bytes = 65,
	       "traffic[0].size: the smallest size is larger than the largest");
	BROKEN(sc.fault[0].kind = SIM_FAULT_KINDS, "faults[0].kind: there is no number 53");
	BROKEN(sc.fault[0].probability = 1.0 / 0.0 * 0.0,
	       "faults[0].probability: nan is outside its range: 0 to 1");
	BROKEN(sc.fault[0].probability = -0.1,
	       "faults[0].probability: -0.1 is outside its range: 0 to 1");
	BROKEN(sc.properties = 0, "properties: it must name at least one");
	BROKEN(sc.properties = 1u << 13, "properties: unknown bits are set");
	BROKEN(sc.weakness = 1u << 9, "weak: unknown bits are set");
	BROKEN(memset(sc.name, 'a', sizeof(sc.name)),
	       "name: it is too long, at most 63 bytes are allowed");
	BROKEN(sc.core[0][0] = '\0', "core.ns: it must not be empty");
	BROKEN(sc.threat.off_set_count = 17, "threat.id: it must not be empty");
	BROKEN((sc.access_ns = 0), "time.access: 0 ns is outside its range: 1 ns to 1 ms");
	BROKEN((sc.world[SIM_S].critical_period_ns = 5),
	       "s.critical.wcet: 0 ns is outside its range: 1 ns to 10 s");
	BROKEN((sc.world[SIM_NS].poll_ns = 5),
	       "ns.poll: 5 ns is outside its range: none or 1 us to 10 s");
#undef BROKEN
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_scenarios_come_back),
	    cmocka_unit_test(each_byte_counts),
	    cmocka_unit_test(path_stays_with_the_scenario),
	    cmocka_unit_test(unused_fields_are_left_out),
	    cmocka_unit_test(hand_made_structs_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
