/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is refused, and with which words: the messages are part of the language.
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
static char err[1024];

static int parse(const char *text)
{
	err[0] = '\0';
	return scenario_parse(&sc, text, strlen(text), "f", NULL, 0, err, sizeof(err));
}

/* --- what is refused ---------------------------------------------------------------------------
 */

#define THREAT(off)                                                                                \
	"name = \"x\"; threat: { id = \"T04\"; attacker = \"NS\"; what = \"w\";\n"                 \
	"countermeasure = \"c\"; breaks = [\"P1\", \"P4\"]; off: {" off "}; };\n"

struct refusal {
	const char *text, *message;
};

static void refuse_each(const struct refusal *refusal, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (parse(refusal[i].text) != SCENARIO_ESCENARIO)
			fail_msg("accepted: %s", refusal[i].text);
		if (strcmp(err, refusal[i].message) != 0)
			fail_msg("%s\n says: %s\n not:  %s", refusal[i].text, err,
				 refusal[i].message);
	}
}

#define NEEDS_TIME "it needs a time with its unit (ns, us, ms, s) in quotes, like \"20 us\""
#define NEEDS_SIZE "it needs a size with its unit (B, KiB, MiB) in quotes, like \"64 B\""

static const struct refusal bad_syntax[] = {
    {"name = \"x\";\n\ntitle \"y\";", "f:3: expected = behind the key, found \"\"y\"\""},
    {"name = \"x\";\n}", "f:2: expected a key, found \"}\""},
    {"name = \"x\";\nns: {\n\n", "f:4: expected a key or }, found \"the end of the file\""},
    {"name =", "f:1: expected a value, found \"the end of the file\""},
    {"name = \"x\";\ntitle = \"y;\nseed = 3;",
     "f:2: the string that begins here has no end on its line"},
    {"name = \"x\"; /* a\nb\nc", "f:1: the comment that begins here never ends"},
    {"name = \"x\"; title = \"\\q\";",
     "f:1: unknown escape in a string; there are \\\\ \\\" \\n \\t \\r \\f \\x01 to \\xff"},
    {"name = \"x\"; title = \"a\\x00b\";",
     "f:1: unknown escape in a string; there are \\\\ \\\" \\n \\t \\r \\f \\x01 to \\xff"},
    {"name = \"x\";\n @include \"/etc/passwd\"",
     "f:2: @include is not allowed: a scenario is one file"},
    {"name = 'x';", "f:1: strings stand in double quotes"},
    {"name = \"x\"; duration = 20ms;", "f:1: a number with a unit needs quotes: \"20ms\""},
    {"name = x;", "f:1: a word needs quotes: \"x\""},
    {"name = \"x\"; seed = 99999999999999999999;",
     "f:1: this number is too large: \"99999999999999999999\""},
    {"name = \"x\"; seed = 0x1FFFFFFFF;",
     "f:1: a number of more than 32 bits needs an L behind it: \"0x1FFFFFFFF\""},
    {"name = \"x\"; seed = 0x1FFFFFFFFFFFFFFFFL;",
     "f:1: this number is too large: \"0x1FFFFFFFFFFFFFFFFL\""},
    {"name = \"x\"; seed = 2147483648;",
     "f:1: a number of more than 32 bits needs an L behind it: \"2147483648\""},
    {"name = \"x\"; seed = 9223372036854775808L;",
     "f:1: this number is too large: \"9223372036854775808\""},
    {"name = \"x\"; memory: { weak = 1e999; };", "f:1: this number is too large: \"1e999\""},
    {"name = \"x\"; memory: { weak = nan; };", "f:1: a word needs quotes: \"nan\""},
    {"name = \"x\"; memory: { weak = .; };", "f:1: this is no number: \".\""},
    {"name = \"x\"; seed = -;", "f:1: this is no number: \"-\""},
    {"name = \"x\"; seed = 0x;", "f:1: this is no number: \"0x\""},
    {"name = \"x\"; properties = [\"P1\",\n];", "f:2: nothing stands behind the last comma"},
    {"name = \"x\"; properties = [\"P1\" \"P2\" 3];", "f:1: expected , or ], found \"3\""},
    {"name = \"x\"; properties = [ (1) ];", "f:1: [ ] holds numbers or texts only, found \"(\""},
    {"name = \"x\"; properties = [ \"P1\", 2 ];", "f:1: mismatched element type in array"},
    {"name = \"x\"; traffic = ( { kind = \"frames\"; } { } );",
     "f:1: expected , or ), found \"{\""},
    {"name = \"x\";\nseed = 1;\nname = \"y\";", "f:3: this group has the key already: \"name\""},
    {"a=(((((((((1)))))))));", "f:1: groups and lists are nested too deeply"},
    {"\xef\xbb\xbfname = \"x\";", "f:1: unexpected character \"?\""},
};

static void syntax_errors_are_located(void **state)
{
	(void)state;
	refuse_each(bad_syntax, COUNT(bad_syntax));
	assert_int_equal(scenario_parse(&sc, "a\0b", 3, "f", NULL, 0, err, sizeof(err)),
			 SCENARIO_ESCENARIO);
	assert_string_equal(err, "f:1: the file holds a zero byte, it is no text");
}

static const struct refusal bad_key[] = {
    {"title = \"x\";", "f:1: name: this key is missing, it has no default"},
    {"name = \"x\";\nduraton = \"2 ms\";",
     "f:2: duraton: no such key (did you mean \"duration\"?)"},
    {"name = \"x\"; ns: {\n\n Poll = \"2 ms\"; };",
     "f:3: ns.Poll: no such key (did you mean \"poll\"?)"},
    {"name = \"x\"; lines = 64;",
     "f:1: lines: no such key here (it belongs to \"channel.classes\")"},
    {"name = \"x\"; xyzzy = 64;", "f:1: xyzzy: no such key"},
    {"name = \"x\"; channel = 3;", "f:1: channel: it needs a group in { }"},
    {"name = \"x\"; traffic = { };", "f:1: traffic: it needs a list of groups: ({...}, ...)"},
    {"name = \"x\"; traffic = (\n3);", "f:2: traffic[0]: it needs a group in { }"},
    {"name = \"x\"; traffic = ({});",
     "f:1: traffic[0].kind: this key is missing, it has no default"},
    {"name = \"x\"; channel: { classes = (); };",
     "f:1: channel.classes: 0 elements are outside the range: 1 to 4"},
    {"name = \"x\"; s: { critical: {\n period = \"1 ms\"; wcet = \"1 us\"; }; };",
     "f:1: s.critical.deadline: this key is missing, it has no default"},
    {"name = \"x\"; traffic = ({ kind = \"ping\";\n burst = 3; });",
     "f:2: traffic[0].burst: the kind \"ping\" does not use it"},
    {"name = \"x\"; traffic = ({ kind = \"tcp\"; count = 3; });",
     "f:1: traffic[0].count: the kind \"tcp\" does not use it"},
    {"name = \"x\"; traffic = ({ kind = \"frames\"; burst = 3; });",
     "f:1: traffic[0].burst: only the pattern \"burst\" uses it"},
    {"name = \"x\"; faults = ({ kind = \"crash-both\"; amount = \"1 us\"; world = \"s\"; "
     "});",
     "f:1: faults[0].world: the kind \"crash-both\" does not use it"},
    {"name = \"x\"; faults = ({ kind = \"crash\"; world = \"s\"; });",
     "f:1: faults[0].amount: this key is missing, it has no default"},
    {"name = \"x\"; faults = ({ kind = \"bell-lost\"; });",
     "f:1: faults[0].world: this key is missing, it has no default"},
    {"name = \"x\"; faults = ({ kind = \"frame-lost\"; world = \"s\"; });",
     "f:1: faults[0].class: this key is missing, it has no default"},
    {"name = \"x\"; faults = ({ kind = \"bell-spurious\"; world = \"s\"; });",
     "f:1: faults[0].interval: this key is missing, it has no default"},
    {THREAT("core_world = \"s\";"), "f:2: threat.off.core_world: it needs \"core\" beside it"},
};

static void keys_are_known_or_refused(void **state)
{
	(void)state;
	refuse_each(bad_key, COUNT(bad_key));
}

static const struct refusal bad_value[] = {
    {"name = \"x\"; duration = 20;", "f:1: duration: " NEEDS_TIME},
    {"name = \"x\"; duration = true;", "f:1: duration: " NEEDS_TIME},
    {"name = \"x\"; duration = [\"1 ms\"];",
     "f:1: duration: it needs a single value, not a list or group"},
    {"name = \"x\"; duration = \"0 ns\";",
     "f:1: duration: 0 ns is outside its range: 1 us to 3600 s"},
    {"name = \"x\"; channel: { classes = ({ name = \"a\"; frame_max = 1500; }); };",
     "f:1: channel.classes[0].frame_max: " NEEDS_SIZE},
    {"name = \"x\"; channel: { classes = ({ name = \"a\"; frame_max = \"13 B\"; }); };",
     "f:1: channel.classes[0].frame_max: 13 B is outside its range: 14 B to 1536 B"},
    {"name = \"x\"; channel: { classes = ({ name = \"a\"; lines = 48; }); };",
     "f:1: channel.classes[0].lines: 48 is no power of two (nearest: 64)"},
    {"name = \"x\"; channel: { classes = ({ name = \"a\"; lines = 33; }); };",
     "f:1: channel.classes[0].lines: 33 is no power of two (nearest: 32)"},
    {"name = \"x\"; channel: { classes = ({ name = \"a\"; lines = 1; }); };",
     "f:1: channel.classes[0].lines: 1 is outside its range: 2 to 65536"},
    {"name = \"x\"; seed = -1;", "f:1: seed: \"-1\" is no whole number without sign"},
    {"name = \"x\"; seed = 1.5;", "f:1: seed: it needs a whole number without unit or quotes"},
    {"name = \"x\"; seed = \"18446744073709551616\";",
     "f:1: seed: 18446744073709551616 is too large"},
    {"name = \"x\"; recovery_polls = \"50\";",
     "f:1: recovery_polls: it needs a whole number without unit or quotes"},
    {"name = \"x\"; memory: { weak = 1.5; };",
     "f:1: memory.weak: 1.5 is outside its range: 0 to 1"},
    {"name = \"x\"; memory: { weak = \"0.5\"; };",
     "f:1: memory.weak: it needs a number without unit or quotes"},
    {"name = \"x\"; traffic = ({ kind = \"replay\"; file = \"a\"; speed = 0; });",
     "f:1: traffic[0].speed: 0.0 is outside its range: 1e-06 to 1000000"},
    {"name = \"x\"; channel: { doorbells = 1; };",
     "f:1: channel.doorbells: it needs true or false"},
    {"name = \"x\"; ns: { filter_ethertype = 5; };",
     "f:1: ns.filter_ethertype: 0x0005 is outside its range: none or 0x0600 to 0xffff"},
    {"name = \"a b\";", "f:1: name: \"a b\" is no name: letters, digits and . _ - after the first"},
    {"name = \"../a\";",
     "f:1: name: \"../a\" is no name: letters, digits and . _ - after the first"},
    {"name = \"\";", "f:1: name: it must not be empty"},
    {"name = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\";",
     "f:1: name: it is too long, at most 63 bytes are allowed"},
    {"name = \"x\"; title = \"\\x80\";", "f:1: title: it must be UTF-8 without control characters"},
    {"name = \"x\"; title = \"a\\nb\";", "f:1: title: it must be UTF-8 without control characters"},
    {"name = \"x\"; properties = [\"P1\",\n\"P1\"];", "f:2: properties: \"P1\" stands there twice"},
    {"name = \"x\"; properties = [\n\"Q1\"\n,\n\"P2\"\n];",
     "f:2: properties: unknown property \"Q1\" (did you mean \"P1\"?)"},
    {"name = \"x\"; properties = [];", "f:1: properties: it must name at least one"},
    {"name = \"x\"; properties = \"Q1\";",
     "f:1: properties: unknown property \"Q1\" (did you mean \"P1\"?)"},
    {"name = \"x\"; weak = \"no-fnce\";",
     "f:1: weak: unknown weakness \"no-fnce\" (did you mean \"no-fence\"?)"},
    {"name = \"x\"; weak = \"bucketless\";",
     "f:1: weak: unknown weakness \"bucketless\"; there are no-fence, no-padding, "
     "zero-copy, writable-peer, log-errors, no-bucket, no-boot-count, no-region-clear, "
     "no-poll"},
    {"name = \"x\"; traffic = ({ kind = \"farmes\"; });",
     "f:1: traffic[0].kind: unknown kind \"farmes\" (did you mean \"frames\"?)"},
    {"name = \"x\"; traffic = ({ kind = \"frames\"; class = \"contrl\"; });",
     "f:1: traffic[0].class: no class \"contrl\" (did you mean \"control\"?)"},
    {"name = \"x\"; traffic = ({ kind = \"frames\"; class = 0; });",
     "f:1: traffic[0].class: it needs the name of a class in quotes"},
    {"name = \"x\"; traffic = ({ kind = \"frames\"; size = [\"1514 B\",\n\"64 B\"]; });",
     "f:2: traffic[0].size: the largest size stands before the smallest"},
    {"name = \"x\"; traffic = ({ kind = \"frames\"; size = []; });",
     "f:1: traffic[0].size: no value"},
    {"name = \"x\"; traffic = ({ kind = \"frames\"; size = [\"64 B\", \"65 B\", \"66 B\"]; "
     "});",
     "f:1: traffic[0].size: 3 values, at most 2 are allowed"},
    {"name = \"x\"; faults = ({ kind = \"bell-lst\"; world = \"ns\"; });",
     "f:1: faults[0].kind: unknown kind \"bell-lst\" (did you mean \"bell-lost\"?)"},
    {"name = \"x\"; faults = ({ kind = \"quux\"; world = \"ns\"; });",
     "f:1: faults[0].kind: unknown kind \"quux\""},
    {"name = \"x\"; faults = ({ kind = \"crash\"; world = \"s\"; amount = 5; });",
     "f:1: faults[0].amount: " NEEDS_TIME},
    {"name = \"x\"; faults = ({ kind = \"crash\"; world = \"s\"; amount = \"-5 us\"; });",
     "f:1: faults[0].amount: \"-5 us\" is no time; write it like \"20 us\""},
    {"name = \"x\"; faults = ({ kind = \"crash\"; world = \"s\"; amount = \"1001 s\"; });",
     "f:1: faults[0].amount: 1001 s is outside its range: 0 ns to 1000 s"},
    {"name = \"x\"; faults = ({ kind = \"clock-jump\"; world = \"s\"; amount = \"-1001 "
     "s\"; });",
     "f:1: faults[0].amount: -1001 s is outside its range: -1000 s to 1000 s, not 0"},
    {"name = \"x\"; faults = ({ kind = \"clock-jump\"; world = \"s\"; amount = \"0 s\"; "
     "});",
     "f:1: faults[0].amount: 0 ns is outside its range: -1000 s to 1000 s, not 0"},
    {"name = \"x\"; faults = ({ kind = \"burst\"; world = \"s\"; amount = \"5 us\"; });",
     "f:1: faults[0].amount: it needs a number of frames, without unit or quotes"},
    {"name = \"x\"; faults = ({ kind = \"burst\"; world = \"s\"; amount = 0; });",
     "f:1: faults[0].amount: 0 is outside its range: 1 to 4096"},
    {THREAT("set = \"seed\";"),
     "f:2: threat.off.set: an override is \"KEY=VALUE\" of at most 511 bytes"},
    {THREAT("set = \"threat.id=T05\";"),
     "f:2: threat.off.set: \"threat.id=T05\" can't be overridden here"},
    {THREAT("set = [\"seed=1\",\n\"duraton=5\"];"),
     "f:2: threat.off.set: --set duraton: no such key (did you mean \"duration\"?)"},
    {THREAT("set = \"seed=x\";"), "f:2: threat.off.set: --set seed: a word needs quotes: \"x\""},
};

static void values_are_checked(void **state)
{
	(void)state;
	refuse_each(bad_value, COUNT(bad_value));
}

static const struct refusal bad_whole[] = {
    {"name = \"x\"; channel: { classes = ({ name = \"a\";\n lines = 32; }); };",
     "f:2: channel.classes[0].lines: 32 are too few for frames of 1536 B: at least 64"},
    {"name = \"x\"; channel: { classes = ({ name = \"a\"; },\n{ name = \"a\"; }); };",
     "f:2: channel.classes[1].name: \"a\" is the name of classes[0] already"},
    {"name = \"x\"; channel: { backoff_min = \"1 s\"; };",
     "f:1: channel.backoff_max: 10 ms is shorter than channel.backoff_min, 1 s"},
    {"name = \"x\"; s: { critical: { period = \"1 ms\";\n wcet = \"2 ms\";\n"
     " deadline = \"500 us\"; }; };",
     "f:2: s.critical.wcet: 2 ms is longer than critical.deadline, 500 us"},
    {"name = \"x\"; ns: { critical: { period = \"1 ms\";\n wcet = \"2 us\";\n"
     " deadline = \"2 ms\"; }; };",
     "f:3: ns.critical.deadline: 2 ms is later than the next release, critical.period is "
     "1 ms"},
    {"name = \"x\"; traffic = ({ kind = \"frames\"; name = \"flow1\"; }, {\n"
     " kind = \"frames\"; });",
     "f:1: traffic[1].name: \"flow1\" is the name of traffic[0] already"},
    {"name = \"x\"; traffic = ({ kind = \"frames\"; size = \"1537 B\"; });",
     "f:1: traffic[0].size: 1537 B is outside its range: 14 B to 1536 B"},
    {"name = \"x\"; channel: { classes = ({ name = \"a\"; frame_max = \"100 B\"; }); };\n"
     "traffic = ({ kind = \"frames\"; size = \"101 B\"; });",
     "f:2: traffic[0].size: 101 B does not fit class \"a\", whose frame_max is 100 B"},
    {"name = \"x\"; traffic = ({ kind = \"frames\"; start = \"20 ms\"; });",
     "f:1: traffic[0].start: 20 ms is behind the end of the main phase, duration is 20 ms"},
    {"name = \"x\"; traffic = ({ kind = \"frames\"; start = \"5 ms\"; stop = \"5 ms\"; });",
     "f:1: traffic[0].start: 5 ms is not before the end of the window, 5 ms"},
    {"name = \"x\"; traffic = ({ kind = \"ping\"; });",
     "f:1: traffic[0].kind: the kind \"ping\" needs ns.stack = true"},
    {"name = \"x\"; ns: { stack = true; }; traffic = ({ kind = \"tcp\"; });",
     "f:1: traffic[0].kind: the kind \"tcp\" needs s.stack = true"},
    {"name = \"x\"; ns: { stack = true; }; s: { stack = true; };\n"
     "traffic = ({ kind = \"ping\"; from = \"s\"; });",
     "f:2: traffic[0].from: the kind \"ping\" starts from ns"},
    {"name = \"x\"; ns: { stack = true; }; s: { stack = true; };\n"
     "traffic = ({ kind = \"udp\"; size = \"45 B\"; });",
     "f:2: traffic[0].size: frames of the kind \"udp\" are 46 B to 1514 B long"},
    {"name = \"x\"; ns: { stack = true; }; s: { stack = true; };\n"
     "traffic = ({ kind = \"ping\"; size = [\"64 B\", \"65 B\"]; });",
     "f:2: traffic[0].size: the kind \"ping\" has frames of one size"},
    {"name = \"x\"; ns: { stack = true; }; s: { stack = true; };\n"
     "traffic = ({ kind = \"tcp\"; }, { kind = \"tcp\"; }, { kind = \"tcp\"; },\n"
     "{ kind = \"tcp\"; }, { kind = \"tcp\"; });",
     "f:3: traffic[4].kind: more than 4 flows of ping, udp and tcp"},
    {"name = \"x\"; faults = ({ kind = \"attack-skip\"; world = \"s\"; });",
     "f:1: faults[0].world: only ns attacks"},
    {"name = \"x\"; faults = ({ kind = \"attack-skip\"; from = \"21 ms\"; });",
     "f:1: faults[0].from: 21 ms is behind the end of the main phase, duration is 20 ms"},
    {"name = \"x\"; faults = ({ kind = \"attack-skip\"; from = \"6 ms\"; to = \"5 ms\"; "
     "});",
     "f:1: faults[0].from: 6 ms is not before the end of the window, 5 ms"},
    {"name = \"x\"; threat: { id = \"T1\"; attacker = \"NS\"; what = \"w\";\n"
     " off: { weak = \"no-poll\"; }; };",
     "f:1: threat.breaks: with threat.off, it must name at least one property"},
    {THREAT(""), "f:2: threat.breaks: nothing is switched off in threat.off that could break "
		 "a property"},
    {"properties = \"P2\";" THREAT("weak = \"no-poll\";"),
     "f:2: threat.breaks: not all of them are among the properties checked"},
    {"name = \"x\"; threat: { id = \"T1\"; attacker = \"NSX\"; what = \"w\"; };",
     "f:1: threat.attacker: unknown attacker \"NSX\" (did you mean \"NS\"?)"},
};

static void parts_must_fit_together(void **state)
{
	(void)state;
	refuse_each(bad_whole, COUNT(bad_whole));
}

/* --- bounds ------------------------------------------------------------------------------------
 */

static void large_inputs_are_refused(void **state)
{
	size_t len = SCENARIO_BYTES_MAX + 1;
	char *text = malloc(len + 1);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', len);
	memcpy(text, "name=\"x\";", 9);
	assert_int_equal(scenario_parse(&sc, text, len, "f", NULL, 0, err, sizeof(err)),
			 SCENARIO_ESCENARIO);
	assert_string_equal(err, "f: it is larger than 1 MiB");
	assert_int_equal(scenario_parse(&sc, text, len - 1, "f", NULL, 0, err, sizeof(err)), 0);
	text[0] = '\0';
	for (unsigned i = 0; i < 70; i++)
		snprintf(text + strlen(text), 8, "k%u=1;", i);
	assert_int_equal(parse(text), SCENARIO_ESCENARIO);
	assert_string_equal(err, "f:1: too many keys in one group");
	*strstr(text, "k64=") = '\0';
	assert_int_equal(parse(text), SCENARIO_ESCENARIO);
	assert_string_equal(err, "f:1: k0: no such key");
	for (unsigned i = 0; i < 5000; i++)
		memcpy(text + 3 + 2 * i, "1,", 2);
	memcpy(text, "a=(", 3);
	memcpy(text + 3 + 2 * 5000, "1)", sizeof("1)"));
	assert_int_equal(parse(text), SCENARIO_ESCENARIO);
	assert_string_equal(err, "f:1: the file has too many settings");
	memset(text, '(', len);
	text[0] = 'a';
	text[1] = '=';
	text[len - 1] = '\0';
	assert_int_equal(parse(text), SCENARIO_ESCENARIO);
	assert_string_equal(err, "f:1: groups and lists are nested too deeply");
	free(text);
}

static void messages_respect_their_buffer(void **state)
{
	static const char text[] = "name = \"x\"; xyzzy = 1;";
	char small[8];

	(void)state;
	assert_int_equal(
	    scenario_parse(&sc, text, strlen(text), "f", NULL, 0, small, sizeof(small)),
	    SCENARIO_ESCENARIO);
	assert_string_equal(small, "f:1: xy");
	assert_int_equal(scenario_parse(&sc, text, strlen(text), "f", NULL, 0, NULL, 0),
			 SCENARIO_ESCENARIO);
	assert_false(scenario_check(&sc, NULL, 0) && sc.name[0] == '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(syntax_errors_are_located),
	    cmocka_unit_test(keys_are_known_or_refused),
	    cmocka_unit_test(values_are_checked),
	    cmocka_unit_test(parts_must_fit_together),
	    cmocka_unit_test(large_inputs_are_refused),
	    cmocka_unit_test(messages_respect_their_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
