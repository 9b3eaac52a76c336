/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Units, words, keys and the table: the small parts of which the scenario language is made.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenario_schema.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct scenario sc;
static struct scenario_note note;

/* --- units -------------------------------------------------------------------------------------
 */

struct quantity {
	const char *text;
	uint64_t v;
};

static void times_are_exact(void **state)
{
	static const struct quantity good[] = {
	    {"0 ns", 0},
	    {"1 ns", 1},
	    {"20 us", 20000},
	    {"20us", 20000},
	    {"1.5 us", 1500},
	    {"1.50 us", 1500},
	    {"0.000000001 s", 1},
	    {"0.0000000010000 s", 1},
	    {"5 ms", 5000000},
	    {"3600 s", 3600000000000},
	    {"18446744073709551615 ns", UINT64_MAX},
	    {"18446744073.709551615 s", UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		uint64_t v = 77;

		assert_true(scenario_time_parse(good[i].text, &v, &note));
		assert_int_equal(v, good[i].v);
	}
}

static void bad_times_are_refused(void **state)
{
	static const struct {
		const char *text, *message;
	} bad[] = {
	    {"", "\"\" is no time; write it like \"20 us\""},
	    {"ms", "\"ms\" is no time; write it like \"20 us\""},
	    {"-1 ms", "\"-1 ms\" is no time; write it like \"20 us\""},
	    {" 1 ms", "\" 1 ms\" is no time; write it like \"20 us\""},
	    {"20", "\"20\" has no unit; write \"20 ns\", \"20 us\" or \"20 ms\""},
	    {"20 US", "unknown unit \"US\" (did you mean \"us\"?)"},
	    {"20 sec", "unknown unit \"sec\"; there are ns, us, ms, s"},
	    {"20 ms ", "unknown unit \"ms \" (did you mean \"ms\"?)"},
	    {"1.0000000001 s", "\"1.0000000001 s\" has too many digits"},
	    {"0.5 ns", "\"0.5 ns\" is finer than 1 ns"},
	    {"1.0001 us", "\"1.0001 us\" is finer than 1 ns"},
	    {"18446744073709551616 ns", "\"18446744073709551616 ns\" has too many digits"},
	    {"18446744073709551615 us", "\"18446744073709551615 us\" is too large"},
	    {"18446744073.709551616 s", "\"18446744073.709551616 s\" is too large"},
	    {"1e3 ms", "unknown unit \"e3 ms\"; there are ns, us, ms, s"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		uint64_t v;

		assert_false(scenario_time_parse(bad[i].text, &v, &note));
		assert_string_equal(note.text, bad[i].message);
	}
}

static void sizes_are_exact(void **state)
{
	uint64_t v;

	(void)state;
	assert_true(scenario_size_parse("1.5 KiB", &v, &note));
	assert_int_equal(v, 1536);
	assert_true(scenario_size_parse("64 B", &v, &note));
	assert_int_equal(v, 64);
	assert_true(scenario_size_parse("2 MiB", &v, &note));
	assert_int_equal(v, 2097152);
	assert_false(scenario_size_parse("0.3 KiB", &v, &note));
	assert_string_equal(note.text, "\"0.3 KiB\" is finer than 1 B");
	assert_false(scenario_size_parse("64 kb", &v, &note));
	assert_string_equal(note.text, "unknown unit \"kb\" (did you mean \"KiB\"?)");
}

/* Whatever is shown reads back as the same number, from both ends of the range. */
static void shown_quantities_read_back(void **state)
{
	(void)state;
	for (unsigned shift = 0; shift < 64; shift++) {
		uint64_t near = UINT64_C(1) << shift;

		for (uint64_t v = near - 1; v != near + 2; v++) {
			uint64_t back = ~v;

			assert_true(scenario_time_parse(scenario_time_show(v).s, &back, &note));
			assert_int_equal(back, v);
			assert_true(scenario_size_parse(scenario_size_show(v).s, &back, &note));
			assert_int_equal(back, v);
			assert_true(scenario_time_parse(scenario_time_show(v / 1000 * 1000).s,
							&back, &note));
			assert_int_equal(back, v / 1000 * 1000);
		}
	}
	assert_string_equal(scenario_time_show(1500).s, "1500 ns");
	assert_string_equal(scenario_time_show(20000000).s, "20 ms");
	assert_string_equal(scenario_size_show(1536).s, "1536 B");
	assert_string_equal(scenario_size_show(65536).s, "64 KiB");
	assert_string_equal(scenario_shift_show(-5000).s, "-5 us");
}

static void shown_ratios_read_back(void **state)
{
	static const double ratio[] = {0,     1, 0.2, 0.1, 1e-6, 1e6, 1.0 / 3, 0.30000000000000004,
				       5e-324};

	(void)state;
	for (size_t i = 0; i < COUNT(ratio); i++)
		assert_true(strtod(scenario_ratio_show(ratio[i]).s, NULL) == ratio[i]);
	assert_string_equal(scenario_ratio_show(0.2).s, "0.2");
	assert_string_equal(scenario_ratio_show(1).s, "1.0");
	assert_string_equal(scenario_ratio_show(1e-6).s, "1e-06");
}

/* --- words -------------------------------------------------------------------------------------
 */

static void every_enumerator_has_its_name(void **state)
{
	enum sim_fault_kind kind;
	enum sim_weakness weakness;

	(void)state;
	for (unsigned k = 0; k < SIM_FAULT_KINDS; k++) {
		assert_non_null(scenario_fault_name(k));
		assert_non_null(scenario_fault_info(k)->opportunity);
		assert_true(scenario_fault_from_name(scenario_fault_name(k), &kind));
		assert_int_equal(kind, k);
	}
	assert_null(scenario_fault_name(SIM_FAULT_KINDS));
	assert_false(scenario_fault_from_name("bell", &kind));
	assert_string_equal(scenario_fault_name(SIM_FAULT_BELL_LOST), "bell-lost");
	assert_string_equal(scenario_fault_name(SIM_FAULT_ATTACK_LENGTH_PAST_END),
			    "attack-length-past-end");
	assert_string_equal(scenario_fault_name(SIM_FAULT_ATTACK_SKIP), "attack-skip");
	assert_true(scenario_weakness_from_name("no-bucket", &weakness));
	assert_int_equal(weakness, SIM_WEAK_NO_BUCKET);
	assert_true(scenario_weakness_from_name("no-poll", &weakness));
	assert_int_equal(weakness, SIM_WEAK_NO_POLL);
	assert_null(scenario_weakness_name(9));
	assert_string_equal(scenario_flow_kind_name(SIM_FLOW_TCP), "tcp");
	assert_null(scenario_flow_kind_name(SIM_FLOW_TCP + 1));
	assert_string_equal(scenario_pattern_name(SIM_PATTERN_POISSON), "poisson");
	assert_null(scenario_pattern_name(SIM_PATTERN_BURST + 1));
	assert_string_equal(scenario_world_name(SIM_S), "s");
	assert_null(scenario_world_name(SIM_WORLDS));
}

/* The letters of the source say which names the header promises; see scenario.h. */
static void fault_names_follow_the_header(void **state)
{
	FILE *f = fopen("sim/scenario.h", "r");
	char line[200], name[64];
	unsigned k = 0;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " SIM_FAULT_%63[A-Z_]", name) != 1 || strcmp(name, "KINDS") == 0)
			continue;
		for (char *p = name; *p; p++)
			*p = *p == '_' ? '-' : (char)(*p - 'A' + 'a');
		assert_string_equal(scenario_fault_name(k++), name);
	}
	fclose(f);
	assert_int_equal(k, SIM_FAULT_KINDS);
}

static void near_words_are_found(void **state)
{
	(void)state;
	assert_string_equal(scenario_nearest("bell-lst", scenario_fault_name), "bell-lost");
	assert_string_equal(scenario_nearest("bell_lost", scenario_fault_name), "bell-lost");
	assert_string_equal(scenario_nearest("BELL-LOST", scenario_fault_name), "bell-lost");
	assert_string_equal(scenario_nearest("belll-ost", scenario_fault_name), "bell-lost");
	assert_string_equal(scenario_nearest("pign", scenario_flow_kind_name), "ping");
	assert_string_equal(scenario_nearest("sn", scenario_world_name), "ns");
	assert_null(scenario_nearest("xyzzy", scenario_fault_name));
	assert_null(scenario_nearest("", scenario_fault_name));
	assert_null(scenario_nearest("bell-lost-bell-lost-bell-lost-bell-lost-bell-lost",
				     scenario_fault_name));
	assert_null(scenario_nearest("x", scenario_world_name));
}

static void quotes_are_short_and_printable(void **state)
{
	(void)state;
	assert_string_equal(scenario_quote("plain").s, "plain");
	assert_string_equal(scenario_quote("a\x1b[31m\nb\xff").s, "a?[31m?b?");
	assert_int_equal(
	    strlen(scenario_quote("0123456789012345678901234567890123456789012345678").s),
	    sizeof(struct scenario_quote) - 1);
}

static void texts_are_utf8(void **state)
{
	static const char *const good[] = {"",
					   "a",
					   "\xc3\xa4",
					   "\xe2\x82\xac",
					   "\xf0\x9f\x98\x80",
					   "\xed\x9f\xbf",
					   "\xf4\x8f\xbf\xbf",
					   "\xc2\xa0"};
	static const char *const bad[] = {"\x80",	  "\xc3",
					  "\xc0\x80",	  "\xe0\x80\x80",
					  "\xed\xa0\x80", "\xf0\x80\x80\x80",
					  "\xf5\x80\x80", "\xf4\x90\x80\x80",
					  "a\x01",	  "\x7f",
					  "\xc2\x85",	  "\xe2\x82"};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(scenario_text_ok(good[i], false));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(scenario_text_ok(bad[i], true));
	assert_true(scenario_text_ok("a\n\tb", true));
	assert_false(scenario_text_ok("a\nb", false));
	assert_true(scenario_name_ok("T04.length_past-end"));
	assert_false(scenario_name_ok(""));
	assert_false(scenario_name_ok(".."));
	assert_false(scenario_name_ok("-x"));
	assert_false(scenario_name_ok("a/b"));
	assert_false(scenario_name_ok("a b"));
}

/* --- keys --------------------------------------------------------------------------------------
 */

static void steps_are_taken_apart(void **state)
{
	static const char key[] = "traffic[12].size";
	static const char *const bad[] = {"",	  ".a",	 "a..b",  "a.",	      "a[",  "a[]",
					  "a[x]", "a[1", "a[1]b", "a[12345]", "a b", "a[-1]"};
	const char *end = key + strlen(key);
	struct scenario_step step;
	const char *rest = scenario_step_next(key, end, &step);

	(void)state;
	assert_ptr_equal(rest, key + 12);
	assert_string_equal(step.name, "traffic");
	assert_true(step.indexed);
	assert_int_equal(step.index, 12);
	assert_ptr_equal(scenario_step_next(rest, end, &step), end);
	assert_string_equal(step.name, "size");
	assert_false(step.indexed);
	for (size_t i = 0; i < COUNT(bad); i++) {
		const char *p = bad[i], *stop = p + strlen(p);

		while (p && (p != stop || p == bad[i]))
			p = scenario_step_next(p, stop, &step);
		assert_null(p);
	}
}

static void table_visit(const struct scenario_group *group)
{
	for (unsigned k = 0; k < group->count; k++) {
		const struct scenario_key *key = &group->key[k];

		if (key->group) {
			table_visit(key->group);
			continue;
		}
		assert_true(key->size > 0);
		assert_true(key->offset + key->size <= sizeof(sc));
		/* A key has a default or must be said; the kind of the fault may decide. */
		assert_true(key->def || (key->flags & SCENARIO_REQUIRED));
		scenario_defaults(&sc);
		sc.fault[0].kind = SIM_FAULT_BURST;
		if (!scenario_value_default(&sc, key, 0))
			fail_msg("%s: the default \"%s\" is refused", key->name, key->def);
		if (key->def && !scenario_value_check(&sc, key, 0, &note))
			fail_msg("%s: the default is outside its range: %s", key->name, note.text);
	}
}

static void every_default_is_allowed(void **state)
{
	(void)state;
	table_visit(&scenario_root);
}

/* The defaults with a name are a scenario. */
static void defaults_are_valid(void **state)
{
	char err[200] = "";

	(void)state;
	scenario_defaults(&sc);
	assert_false(scenario_check(&sc, err, sizeof(err)));
	assert_string_equal(err, "name: it must not be empty");
	memcpy(sc.name, "x", sizeof("x"));
	assert_true(scenario_check(&sc, err, sizeof(err)));
	assert_int_equal(sc.duration_ns, 20000000);
	assert_int_equal(sc.channel.class_count, 2);
	assert_string_equal(sc.class_name[0], "control");
	assert_true(sc.channel.cls[0].protect);
	assert_false(sc.channel.cls[1].protect);
	assert_int_equal(sc.world[SIM_S].poll_ns, 100000);
	assert_int_equal(sc.properties, (1u << SIM_PROPERTIES) - 1);
	assert_string_equal(sc.core[SIM_S], "core");
	assert_int_equal(sc.weakness, 0);
	assert_true(iwc_section_bytes(&sc.channel) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(times_are_exact),
	    cmocka_unit_test(bad_times_are_refused),
	    cmocka_unit_test(sizes_are_exact),
	    cmocka_unit_test(shown_quantities_read_back),
	    cmocka_unit_test(shown_ratios_read_back),
	    cmocka_unit_test(every_enumerator_has_its_name),
	    cmocka_unit_test(fault_names_follow_the_header),
	    cmocka_unit_test(near_words_are_found),
	    cmocka_unit_test(quotes_are_short_and_printable),
	    cmocka_unit_test(texts_are_utf8),
	    cmocka_unit_test(steps_are_taken_apart),
	    cmocka_unit_test(every_default_is_allowed),
	    cmocka_unit_test(defaults_are_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
