/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scenario files that are accepted, where each value ends, and which files can be read at all.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "scenario_schema.h"

static struct scenario sc, other;
static char err[1024];

static void string_put(char *field, size_t size, const char *text)
{
	assert_true(strlen(text) < size);
	memcpy(field, text, strlen(text) + 1);
}

static void accept(const char *text)
{
	memset(&sc, 0xa5, sizeof(sc));
	if (scenario_parse(&sc, text, strlen(text), "f", NULL, 0, err, sizeof(err)) != 0)
		fail_msg("refused: %s\n%s", err, text);
}

/* --- what is accepted --------------------------------------------------------------------------
 */

static void smallest_file_is_a_scenario(void **state)
{
	(void)state;
	accept("name = \"x\";\n");
	assert_string_equal(sc.name, "x");
	assert_string_equal(sc.path, "f");
	assert_int_equal(sc.flow_count, 0);
	scenario_defaults(&other);
	string_put(other.name, sizeof(other.name), "x");
	string_put(other.path, sizeof(other.path), "f");
	assert_memory_equal(&sc, &other, sizeof(sc));
}

static const char every_part[] =
    "name = \"x\"; title = \"T\"; text = \"one\\n\" \"two\"; seed = 12;\n"
    "duration = \"30 ms\"; closing = \"5 ms\"; recovery_polls = 9;\n"
    "properties = [\"P1\", \"P13\"]; weak = \"no-fence, no-poll\";\n"
    "core: { s = \"no-check\"; };\n"
    "channel: { classes = ({ name = \"a\"; lines = 128; frame_max = \"1 KiB\";\n"
    "  budget = 3; protect = true; timeout = \"5 ms\"; }); doorbells = false;\n"
    "  first_line = 281474976710655L; backoff_min = \"1 us\"; backoff_max = \"1 s\";\n"
    "  stall = \"2 s\"; };\n"
    "memory: { weak = 1; stale_max = \"3 us\"; };\n"
    "time: { access = \"1 ns\"; jitter = \"2 ns\"; slack = \"3 ns\"; };\n"
    "monitor: { bucket_interval = \"7 us\"; bucket_burst = 8;\n"
    "  bell_latency = \"9 ns\"; smc = \"10 ns\"; };\n"
    "ns: { poll = \"none\"; boot = \"1 ms\"; start = \"2 ms\"; frame_cost = \"3 us\";\n"
    "  irq_cost = \"4 us\"; relink_cost = \"5 us\"; filter_ethertype = 0x88b5; };\n"
    "s: { critical: { period = \"1 ms\"; wcet = \"200 us\"; deadline = \"500 us\"; }; "
    "};\n";

static void run_and_core_are_read(void **state)
{
	(void)state;
	accept(every_part);
	assert_string_equal(sc.title, "T");
	assert_string_equal(sc.text, "one\ntwo");
	assert_int_equal(sc.seed, 12);
	assert_int_equal(sc.duration_ns, 30000000);
	assert_int_equal(sc.closing_ns, 5000000);
	assert_int_equal(sc.recovery_polls, 9);
	assert_int_equal(sc.properties, SIM_PROPERTY(1) | SIM_PROPERTY(13));
	assert_int_equal(sc.weakness, SIM_WEAK_NO_FENCE | SIM_WEAK_NO_POLL);
	assert_string_equal(sc.core[SIM_NS], "core");
	assert_string_equal(sc.core[SIM_S], "no-check");
}

static void channel_is_read(void **state)
{
	(void)state;
	accept(every_part);
	assert_int_equal(sc.channel.class_count, 1);
	assert_string_equal(sc.class_name[0], "a");
	assert_string_equal(sc.class_name[1], "");
	assert_int_equal(sc.channel.cls[0].lines_log2, 7);
	assert_int_equal(sc.channel.cls[0].frame_max_bytes, 1024);
	assert_int_equal(sc.channel.cls[0].budget, 3);
	assert_true(sc.channel.cls[0].protect);
	assert_int_equal(sc.channel.cls[0].timeout_ns, 5000000);
	assert_int_equal(sc.channel.cls[1].budget, 0);
	assert_false(sc.channel.bell);
	assert_int_equal(sc.channel.first_line, UINT64_C(281474976710655));
	assert_int_equal(sc.channel.backoff_min_ns, 1000);
	assert_int_equal(sc.channel.backoff_max_ns, 1000000000);
	assert_int_equal(sc.channel.stall_ns, 2000000000);
}

static void machine_and_worlds_are_read(void **state)
{
	(void)state;
	accept(every_part);
	assert_true(sc.weak == 1);
	assert_int_equal(sc.stale_max_ns, 3000);
	assert_int_equal(sc.access_ns, 1);
	assert_int_equal(sc.jitter_ns, 2);
	assert_int_equal(sc.slack_ns, 3);
	assert_int_equal(sc.bucket_interval_ns, 7000);
	assert_int_equal(sc.bucket_burst, 8);
	assert_int_equal(sc.bell_ns, 9);
	assert_int_equal(sc.smc_ns, 10);
	assert_int_equal(sc.world[SIM_NS].poll_ns, 0);
	assert_int_equal(sc.world[SIM_NS].boot_ns, 1000000);
	assert_int_equal(sc.world[SIM_NS].start_ns, 2000000);
	assert_int_equal(sc.world[SIM_NS].frame_ns, 3000);
	assert_int_equal(sc.world[SIM_NS].irq_ns, 4000);
	assert_int_equal(sc.world[SIM_NS].relink_ns, 5000);
	assert_int_equal(sc.world[SIM_NS].filter_ethertype, 0x88b5);
	assert_int_equal(sc.world[SIM_NS].critical_period_ns, 0);
	assert_int_equal(sc.world[SIM_S].critical_period_ns, 1000000);
	assert_int_equal(sc.world[SIM_S].critical_wcet_ns, 200000);
	assert_int_equal(sc.world[SIM_S].critical_deadline_ns, 500000);
	assert_int_equal(sc.world[SIM_S].poll_ns, 100000);
}

static void traffic_is_read(void **state)
{
	(void)state;
	accept("name = \"x\"; ns: { stack = true; }; s: { stack = true; };\n"
	       "traffic = ({ kind = \"frames\"; from = \"s\"; class = \"control\";\n"
	       "  size = [\"64 B\", \"1514 B\"]; pattern = \"burst\"; gap = \"3 us\"; burst = 5;\n"
	       "  count = 6; start = \"1 ms\"; stop = \"2 ms\"; name = \"first\"; },\n"
	       " { kind = \"replay\"; file = \"a.pcap\"; filter = \"udp\"; speed = 2.5; },\n"
	       " { kind = \"ping\"; size = \"98 B\"; }, { kind = \"tcp\"; bytes = \"1 MiB\"; },\n"
	       " { kind = \"frames\"; });\n");
	assert_int_equal(sc.flow_count, 5);
	assert_int_equal(sc.flow[0].kind, SIM_FLOW_FRAMES);
	assert_int_equal(sc.flow[0].from, SIM_S);
	assert_int_equal(sc.flow[0].cls, 0);
	assert_int_equal(sc.flow[0].size_min_bytes, 64);
	assert_int_equal(sc.flow[0].size_max_bytes, 1514);
	assert_int_equal(sc.flow[0].pattern, SIM_PATTERN_BURST);
	assert_int_equal(sc.flow[0].gap_ns, 3000);
	assert_int_equal(sc.flow[0].burst, 5);
	assert_int_equal(sc.flow[0].count, 6);
	assert_int_equal(sc.flow[0].start_ns, 1000000);
	assert_int_equal(sc.flow[0].stop_ns, 2000000);
	assert_string_equal(sc.flow[0].name, "first");
	assert_string_equal(sc.flow[1].file, "a.pcap");
	assert_string_equal(sc.flow[1].filter, "udp");
	assert_true(sc.flow[1].speed == 2.5);
	assert_string_equal(sc.flow[1].name, "flow1");
	assert_int_equal(sc.flow[1].cls, 1);
	assert_int_equal(sc.flow[2].size_min_bytes, 98);
	assert_int_equal(sc.flow[2].size_max_bytes, 98);
	assert_int_equal(sc.flow[3].count, 1048576);
	assert_int_equal(sc.flow[4].pattern, SIM_PATTERN_FIXED);
	assert_int_equal(sc.flow[4].from, SIM_NS);
}

static void faults_are_read(void **state)
{
	(void)state;
	accept(
	    "name = \"x\"; faults = (\n"
	    " { kind = \"crash\"; world = \"s\"; probability = 0.25; from = \"1 ms\";\n"
	    "   to = \"2 ms\"; count = 3; skip = 5000000000L; amount = \"40 us\"; },\n"
	    " { kind = \"clock-jump\"; world = \"ns\"; amount = \"-5 us\"; },\n"
	    " { kind = \"burst\"; world = \"s\"; amount = 12; class = \"control\"; },\n"
	    " { kind = \"bell-storm\"; world = \"ns\"; interval = \"2 us\"; amount = \"1 ms\"; },\n"
	    " { kind = \"attack-skip\"; }, { kind = \"attack-skip\"; world = \"ns\"; });\n");
	assert_int_equal(sc.fault_count, 6);
	assert_int_equal(sc.fault[0].kind, SIM_FAULT_CRASH);
	assert_int_equal(sc.fault[0].world, SIM_S);
	assert_true(sc.fault[0].probability == 0.25);
	assert_int_equal(sc.fault[0].from_ns, 1000000);
	assert_int_equal(sc.fault[0].to_ns, 2000000);
	assert_int_equal(sc.fault[0].count, 3);
	assert_int_equal(sc.fault[0].skip, UINT64_C(5000000000));
	assert_int_equal(sc.fault[0].amount, 40000);
	assert_int_equal(sc.fault[0].cls, 0);
	assert_int_equal(sc.fault[1].amount, -5000);
	assert_true(sc.fault[1].probability == 1);
	assert_int_equal(sc.fault[1].to_ns, 0);
	assert_int_equal(sc.fault[2].amount, 12);
	assert_int_equal(sc.fault[2].cls, 0);
	assert_int_equal(sc.fault[3].interval_ns, 2000);
	assert_int_equal(sc.fault[4].cls, 1);
	assert_memory_equal(&sc.fault[4], &sc.fault[5], sizeof(sc.fault[4]));
}

#define THREAT(off)                                                                                \
	"name = \"x\"; threat: { id = \"T04\"; attacker = \"NS\"; what = \"w\";\n"                 \
	"countermeasure = \"c\"; breaks = [\"P1\", \"P4\"]; off: {" off "}; };\n"

static void threats_are_read(void **state)
{
	(void)state;
	accept(THREAT("core = \"no-end-check\"; core_world = \"both\"; weak = [\"no-bucket\"];"
		      "set = [\"seed=5\", \"channel.classes[0].protect=false\"];"));
	assert_string_equal(sc.threat.id, "T04");
	assert_string_equal(sc.threat.attacker, "NS");
	assert_string_equal(sc.threat.what, "w");
	assert_string_equal(sc.threat.countermeasure, "c");
	assert_int_equal(sc.threat.breaks, SIM_PROPERTY(1) | SIM_PROPERTY(4));
	assert_string_equal(sc.threat.off_core, "no-end-check");
	assert_true(sc.threat.off_core_both);
	assert_int_equal(sc.threat.off_weak, SIM_WEAK_NO_BUCKET);
	assert_int_equal(sc.threat.off_set_count, 2);
	assert_string_equal(sc.threat.off_set[0], "seed=5");
	accept(THREAT("core = \"no-end-check\";"));
	assert_int_equal(sc.threat.off_core_world, SIM_S);
	assert_false(sc.threat.off_core_both);
	accept(THREAT("core = \"no-end-check\"; core_world = \"ns\";"));
	assert_int_equal(sc.threat.off_core_world, SIM_NS);
	assert_false(sc.threat.off_core_both);
	accept(THREAT("weak = \"no-bucket\";"));
	assert_int_equal(sc.threat.off_core_world, 0);
}

static void numbers_keep_all_their_bits(void **state)
{
	(void)state;
	accept("name = \"x\"; seed = 9223372036854775807L;");
	assert_int_equal(sc.seed, INT64_MAX);
	accept("name = \"x\"; seed = \"18446744073709551615\";");
	assert_int_equal(sc.seed, UINT64_MAX);
	accept("name = \"x\"; seed = 0xFFFFFFFF;");
	assert_int_equal(sc.seed, UINT32_MAX);
	accept("name = \"x\"; seed = 2147483647;");
	assert_int_equal(sc.seed, INT32_MAX);
	accept("name = \"x\"; seed = 2147483648L;");
	assert_int_equal(sc.seed, UINT64_C(2147483648));
	accept("name = \"x\"; seed = 0xFFFFFFFFFFFFFFFFL;");
	assert_int_equal(sc.seed, UINT64_MAX);
	accept("name = \"x\"; memory: { weak = 1e-3; };");
	assert_true(sc.weak == 0.001);
	accept("name = \"x\"; memory: { weak = -0.0; };");
	assert_false(signbit(sc.weak));
}

static void notation_is_libconfigs(void **state)
{
	(void)state;
	accept("// a comment at each place\nname : \"x\" # here\nseed=3, /* and\nhere */ weak=[];");
	assert_int_equal(sc.seed, 3);
	assert_int_equal(sc.weakness, 0);
	accept("name = \"x\"; traffic = []; faults = ( ); channel = {}; # the last line");
	assert_int_equal(sc.flow_count, 0);
	accept("name = \"x\"; title = \"\\\"q\\\" \\\\ \\x41 \xc3\xa4\";\r\n");
	assert_string_equal(sc.title, "\"q\" \\ A \xc3\xa4");
	accept("name = \"x\"; channel: { doorbells = FALSE };");
	assert_false(sc.channel.bell);
}

/* --- files -------------------------------------------------------------------------------------
 */

static char folder[] = "/tmp/iwc-scenario-XXXXXX";

static void file_write(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void load_refused(const char *path, int result, const char *cause)
{
	char expected[200];

	snprintf(expected, sizeof(expected), "%s: %s", path, cause);
	assert_int_equal(scenario_load(&sc, path, NULL, 0, err, sizeof(err)), result);
	assert_string_equal(err, expected);
}

static void files_are_loaded_or_refused(void **state)
{
	char path[100], *large = calloc(1, SCENARIO_BYTES_MAX + 1);

	(void)state;
	assert_non_null(large);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a.cfg", folder);
	load_refused(path, SCENARIO_EFILE, "No such file or directory");
	load_refused(folder, SCENARIO_EFILE, "Is a directory");
	load_refused("/dev/null", SCENARIO_EFILE, "not a regular file");
	assert_int_equal(mkfifo(path, 0600), 0);
	load_refused(path, SCENARIO_EFILE, "not a regular file");
	assert_int_equal(unlink(path), 0);
	file_write(path, large, SCENARIO_BYTES_MAX + 1);
	load_refused(path, SCENARIO_ESCENARIO, "it is larger than 1 MiB");
	file_write(path, "name = \"loaded\";", 16);
	assert_int_equal(scenario_load(&sc, path, NULL, 0, err, sizeof(err)), 0);
	assert_string_equal(sc.name, "loaded");
	assert_string_equal(sc.path, path);
	file_write(path, "", 0);
	assert_int_equal(scenario_load(&sc, path, NULL, 0, err, sizeof(err)), SCENARIO_ESCENARIO);
	assert_non_null(strstr(err, "a.cfg:1: name: this key is missing"));
	unlink(path);
	rmdir(folder);
	free(large);
}

static void replay_paths_start_at_the_file(void **state)
{
	struct sim_flow *flow = &sc.flow[0];
	char path[32];

	(void)state;
	accept("name = \"x\"; origin = \"scenarios/demo/a.cfg\";\n"
	       "traffic = ({ kind = \"replay\"; file = \"b.pcap\"; });");
	assert_string_equal(sc.path, "scenarios/demo/a.cfg");
	assert_true(scenario_replay_path(&sc, flow, path, sizeof(path)));
	assert_string_equal(path, "scenarios/demo/b.pcap");
	string_put(flow->file, sizeof(flow->file), "/abs/b.pcap");
	assert_true(scenario_replay_path(&sc, flow, path, sizeof(path)));
	assert_string_equal(path, "/abs/b.pcap");
	string_put(sc.path, sizeof(sc.path), "a.cfg");
	string_put(flow->file, sizeof(flow->file), "b.pcap");
	assert_true(scenario_replay_path(&sc, flow, path, sizeof(path)));
	assert_string_equal(path, "b.pcap");
	assert_false(scenario_replay_path(&sc, flow, path, 6));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(smallest_file_is_a_scenario),
	    cmocka_unit_test(run_and_core_are_read),
	    cmocka_unit_test(channel_is_read),
	    cmocka_unit_test(machine_and_worlds_are_read),
	    cmocka_unit_test(traffic_is_read),
	    cmocka_unit_test(faults_are_read),
	    cmocka_unit_test(threats_are_read),
	    cmocka_unit_test(numbers_keep_all_their_bits),
	    cmocka_unit_test(notation_is_libconfigs),
	    cmocka_unit_test(files_are_loaded_or_refused),
	    cmocka_unit_test(replay_paths_start_at_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
