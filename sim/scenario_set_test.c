/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Overrides: --set, and what a threat scenario switches off.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenario_schema.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct scenario sc, other;
static char err[1024];

static void string_put(char *field, size_t size, const char *text)
{
	assert_true(strlen(text) < size);
	memcpy(field, text, strlen(text) + 1);
}

static int parse_set(const char *text, const char *const *sets, unsigned n)
{
	err[0] = '\0';
	return scenario_parse(&sc, text, strlen(text), "f", sets, n, err, sizeof(err));
}

static void overrides_reach_every_key(void **state)
{
	static const char *const sets[] = {
	    "duration=30 ms",
	    "seed=\"18446744073709551615\"",
	    "memory.weak=.5",
	    "channel.doorbells=false",
	    "channel.classes[1].lines=128",
	    "ns.filter_ethertype=0x88b5",
	    "ns.filter_ethertype=none",
	    "s.critical={period=\"1 ms\"; wcet=\"1 us\"; deadline=\"2 us\";}",
	    "s.critical.wcet=3 ns",
	    "traffic[0].size=[\"64 B\", \"65 B\"]",
	    "traffic[0].name=first",
	    "traffic[1]={kind=\"frames\";}",
	    "traffic[1].from=s",
	    "faults=({kind=\"bell-lost\"; world=\"ns\";})",
	    "faults[0].probability=0.5",
	    "faults[1].kind=burst",
	    "faults[1].world=s",
	    "faults[1].amount=7",
	    "faults[2]={kind=\"clock-jump\"; world=\"s\"; amount=\"1 s\";}",
	    "faults[2].amount=-5 us",
	    "properties=P1,P3",
	    "title=a = b; \"c\"",
	    "weak=no-fence",
	    "weak=none",
	    "core.s=other",
	};

	(void)state;
	assert_int_equal(parse_set("name = \"x\";\ntraffic = ({ kind = \"frames\"; burst = 3;\n"
				   "pattern = \"burst\"; });",
				   sets, COUNT(sets)),
			 0);
	assert_int_equal(sc.duration_ns, 30000000);
	assert_int_equal(sc.seed, UINT64_MAX);
	assert_true(sc.weak == 0.5);
	assert_false(sc.channel.bell);
	assert_int_equal(sc.channel.class_count, 2);
	assert_string_equal(sc.class_name[0], "control");
	assert_true(sc.channel.cls[0].protect);
	assert_int_equal(sc.channel.cls[1].lines_log2, 7);
	assert_int_equal(sc.world[SIM_NS].filter_ethertype, 0);
	assert_int_equal(sc.world[SIM_S].critical_wcet_ns, 3);
	assert_int_equal(sc.world[SIM_S].critical_deadline_ns, 2000);
	assert_int_equal(sc.flow_count, 2);
	assert_int_equal(sc.flow[0].burst, 3);
	assert_int_equal(sc.flow[0].size_max_bytes, 65);
	assert_string_equal(sc.flow[0].name, "first");
	assert_int_equal(sc.flow[1].from, SIM_S);
	assert_int_equal(sc.fault_count, 3);
	assert_true(sc.fault[0].probability == 0.5);
	assert_int_equal(sc.fault[1].amount, 7);
	assert_int_equal(sc.fault[2].amount, -5000);
	assert_int_equal(sc.properties, SIM_PROPERTY(1) | SIM_PROPERTY(3));
	assert_string_equal(sc.title, "a = b; \"c\"");
	assert_int_equal(sc.weakness, 0);
	assert_string_equal(sc.core[SIM_S], "other");
}

static void bad_overrides_are_named(void **state)
{
	static const struct {
		const char *set, *message;
	} bad[] = {
	    {"seed", "--set seed: an override is KEY=VALUE"},
	    {"=3", "--set : the key is missing"},
	    {"duration=5",
	     "--set duration: \"5\" has no unit; write \"5 ns\", \"5 us\" or \"5 ms\""},
	    {"duratoin=5 ms", "--set duratoin: no such key (did you mean \"duration\"?)"},
	    {"ns.pol=5 ms", "--set ns.pol: no such key (did you mean \"poll\"?)"},
	    {"seed=x", "--set seed: a word needs quotes: \"x\""},
	    {"seed=", "--set seed: expected a value, found \"the end of the file\""},
	    {"seed=1; name=\"b\"", "--set seed: more than one value"},
	    {"seed.x=3", "--set seed.x: \"seed\" has no keys below it"},
	    {"seed[0]=3", "--set seed[0]: \"seed\" takes no index"},
	    {"ns[0].poll=3 ms", "--set ns[0].poll: \"ns\" takes no index"},
	    {"traffic.kind=ping", "--set traffic.kind: \"traffic\" needs an index like [0]"},
	    {"traffic[1].kind=ping",
	     "--set traffic[1].kind: \"traffic\" has 0 elements of at most 16"},
	    {"traffic[9999].kind=ping",
	     "--set traffic[9999].kind: \"traffic\" has 0 elements of at most 16"},
	    {"traffic[x].kind=ping",
	     "--set traffic[x].kind: a key is like \"seed\" or \"traffic[0].gap\""},
	    {"traffic[0]=3", "--set traffic[0]: it needs a group in { }"},
	    {"traffic[0].gap=3 us",
	     "--set traffic[0].gap: traffic[0].kind: this key is missing, it has "
	     "no default"},
	    {"channel=3", "--set channel: it needs a group in { }"},
	    {"channel.classes=()",
	     "--set channel.classes: 0 elements are outside the range: 1 to 4"},
	    {"channel.classes[1].name=control",
	     "--set channel.classes[1].name: \"control\" is the name of classes[0] already"},
	    {"s.poll=1 d", "--set s.poll: \"s\" is no group in { } in the file"},
	    {"faults[0].kind=bell-lost",
	     "--set faults[0].kind: \"faults\" is no list of groups in ( ) in "
	     "the file"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		const char *text = strstr(bad[i].message, "in the file")
				       ? "name = \"x\"; s = 3; faults = 4;"
				       : "name = \"x\";";

		assert_int_equal(parse_set(text, &bad[i].set, 1), SCENARIO_ESCENARIO);
		assert_string_equal(err, bad[i].message);
	}
}

#define OFF                                                                                        \
	"name = \"x\"; weak = \"no-poll\"; threat: { id = \"T1\"; attacker = \"NS\"; what = "      \
	"\"w\";"                                                                                   \
	" breaks = \"P1\"; off: { core = \"no-check\"; weak = \"no-bucket\";"                      \
	" set = [\"channel.classes[0].protect=false\", \"seed=77\","                               \
	"  \"faults[0]={kind=\\\"garbage\\\"; world=\\\"s\\\";}\"]; %s }; };"

static void comes_back(void)
{
	char *text = scenario_text(&sc);

	assert_non_null(text);
	assert_int_equal(scenario_parse(&other, text, strlen(text), "g", NULL, 0, err, sizeof(err)),
			 0);
	assert_memory_equal(&sc, &other, sizeof(sc));
	free(text);
}

static void off_is_applied(void **state)
{
	static const struct {
		const char *world, *ns, *s;
	} who[] = {{"", "core", "no-check"},
		   {"core_world = \"s\";", "core", "no-check"},
		   {"core_world = \"ns\";", "no-check", "core"},
		   {"core_world = \"both\";", "no-check", "no-check"}};

	(void)state;
	for (size_t i = 0; i < COUNT(who); i++) {
		char text[600];

		snprintf(text, sizeof(text), OFF, who[i].world);
		assert_int_equal(parse_set(text, NULL, 0), 0);
		assert_true(sc.channel.cls[0].protect);
		assert_int_equal(scenario_apply_off(&sc, err, sizeof(err)), 0);
		assert_false(sc.channel.cls[0].protect);
		assert_int_equal(sc.seed, 77);
		assert_int_equal(sc.fault_count, 1);
		assert_int_equal(sc.weakness, SIM_WEAK_NO_BUCKET | SIM_WEAK_NO_POLL);
		assert_string_equal(sc.core[SIM_NS], who[i].ns);
		assert_string_equal(sc.core[SIM_S], who[i].s);
		assert_string_equal(sc.path, "f");
		/* The run without the countermeasure is reproduced by its own file. */
		comes_back();
		memcpy(&other, &sc, sizeof(sc));
		assert_int_equal(scenario_apply_off(&sc, err, sizeof(err)), 0);
		assert_memory_equal(&sc, &other, sizeof(sc));
	}
}

#define THREAT_OFF                                                                                 \
	"name = \"x\"; threat: { id = \"T1\"; attacker = \"NS\"; what = \"w\"; breaks = \"P1\";"   \
	" off: { set = \"seed=3\"; }; }; traffic = ({ kind = \"frames\"; start = \"1 ms\"; });"

static void off_that_fails_changes_nothing(void **state)
{
	(void)state;
	assert_int_equal(parse_set(THREAT_OFF, NULL, 0), 0);
	/* Valid by itself, but not together with what the scenario has. */
	string_put(sc.threat.off_set[0], sizeof(sc.threat.off_set[0]), "duration=1 us");
	memcpy(&other, &sc, sizeof(sc));
	assert_int_equal(scenario_apply_off(&sc, err, sizeof(err)), SCENARIO_ESCENARIO);
	assert_non_null(strstr(err, "traffic[0].start: 1 ms is behind the end of the main phase"));
	assert_memory_equal(&sc, &other, sizeof(sc));
	string_put(sc.threat.off_set[0], sizeof(sc.threat.off_set[0]), "seed=x");
	assert_int_equal(scenario_apply_off(&sc, err, sizeof(err)), SCENARIO_ESCENARIO);
	assert_string_equal(err, "--set seed: a word needs quotes: \"x\"");
	sc.threat.off_set_count = SIM_SETS_MAX + 1;
	assert_int_equal(scenario_apply_off(&sc, err, sizeof(err)), SCENARIO_ESCENARIO);
	assert_string_equal(err, "threat.off.set: more than 16 overrides");
	scenario_defaults(&sc);
	string_put(sc.name, sizeof(sc.name), "x");
	memcpy(&other, &sc, sizeof(sc));
	assert_int_equal(scenario_apply_off(&sc, err, sizeof(err)), 0);
	assert_memory_equal(&sc, &other, sizeof(sc));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(overrides_reach_every_key),
	    cmocka_unit_test(bad_overrides_are_named),
	    cmocka_unit_test(off_is_applied),
	    cmocka_unit_test(off_that_fails_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
