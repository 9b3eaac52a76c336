/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs of whole scenarios: repeatable, recoverable from every kind of fault, and able to fail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "scenario_file.h"
#include "sim.h"

static struct scenario sc;
static struct sim_options opt;
static struct sim_result result;
static char err[2048];

static const char base[] =
    "name = \"test\"; duration = \"5 ms\"; closing = \"20 ms\"; recovery_polls = 20;\n"
    "channel: { backoff_max = \"1 ms\"; classes = (\n"
    "{ name = \"control\"; lines = 64; frame_max = \"256 B\"; budget = 8; protect = true; },\n"
    "{ name = \"bulk\"; lines = 64; frame_max = \"1536 B\"; budget = 16; }); };\n"
    "ns: { poll = \"500 us\"; };\n"
    "s: { poll = \"100 us\"; critical: { period = \"1 ms\"; wcet = \"100 us\";"
    " deadline = \"600 us\"; }; };\n"
    "traffic = ({ kind = \"frames\"; from = \"ns\"; class = \"control\"; size = \"64 B\";"
    " pattern = \"burst\"; burst = 4; gap = \"50 us\"; },\n"
    "{ kind = \"frames\"; from = \"ns\"; class = \"bulk\"; size = [\"64 B\", \"1514 B\"];"
    " gap = \"20 us\"; },\n"
    "{ kind = \"frames\"; from = \"s\"; class = \"control\"; size = \"64 B\";"
    " pattern = \"burst\"; burst = 4; gap = \"50 us\"; },\n"
    "{ kind = \"frames\"; from = \"s\"; class = \"bulk\"; size = [\"64 B\", \"1514 B\"];"
    " pattern = \"poisson\"; gap = \"30 us\"; });\n";

static void load(const char *more)
{
	char text[sizeof(base) + 2048];
	int n = snprintf(text, sizeof(text), "%s%s", base, more);

	if (scenario_parse(&sc, text, (size_t)n, "test.cfg", NULL, 0, err, sizeof(err)) != 0)
		fail_msg("%s", err);
	opt = (struct sim_options){.seed = 1};
}

static void run(void)
{
	sim_result_free(&result);
	if (sim_run(&sc, &opt, &result, err, sizeof(err)) != 0)
		fail_msg("%s", err);
}

static int clean_up(void **state)
{
	(void)state;
	sim_result_free(&result);
	return 0;
}

static void a_seed_is_a_trace(void **state)
{
	uint64_t first;

	(void)state;
	load("");
	run();
	first = result.summary.trace_hash;
	assert_int_equal(result.summary.verdict, SIM_PASS);
	run();
	assert_true(result.summary.trace_hash == first);
	opt.seed = 2;
	run();
	assert_false(result.summary.trace_hash == first);
}

static void a_run_leaves_nothing_for_the_next(void **state)
{
	uint64_t first;

	(void)state;
	load("faults = ({ kind = \"crash\"; world = \"ns\"; probability = 0.001; amount = \"20 "
	     "us\"; });");
	run();
	first = result.summary.trace_hash;
	load("");
	run();
	load("faults = ({ kind = \"crash\"; world = \"ns\"; probability = 0.001; amount = \"20 "
	     "us\"; });");
	run();
	assert_true(result.summary.trace_hash == first);
}

static void all_frames_arrive(void **state)
{
	(void)state;
	load("");
	run();
	assert_true(result.summary.frames_sent > 1000u);
	assert_int_equal(result.summary.frames_sent, result.summary.frames_delivered);
	/* Every property but P5's companion faults has had its occasion. */
	assert_int_equal(result.summary.checked &
			     (SIM_PROPERTY(1) | SIM_PROPERTY(3) | SIM_PROPERTY(6) |
			      SIM_PROPERTY(9) | SIM_PROPERTY(10) | SIM_PROPERTY(12)),
			 SIM_PROPERTY(1) | SIM_PROPERTY(3) | SIM_PROPERTY(6) | SIM_PROPERTY(9) |
			     SIM_PROPERTY(10) | SIM_PROPERTY(12));
}

/* Amount that makes a kind bite, by what it counts. */
static int64_t amount_of(const struct scenario_fault_info *info)
{
	switch (info->amount) {
	case SCENARIO_AMOUNT_TIME:
		return 20000;
	case SCENARIO_AMOUNT_SHIFT:
		return -100000;
	case SCENARIO_AMOUNT_FRAMES:
		return 20;
	default:
		return 0;
	}
}

static double probability_of(enum sim_fault_kind kind)
{
	if (kind == SIM_FAULT_EPOCH_WRAP || kind == SIM_FAULT_VERSION ||
	    kind == SIM_FAULT_GARBAGE || kind == SIM_FAULT_ATTACK_NEVER_RING ||
	    kind == SIM_FAULT_ATTACK_KEEP_SESSION)
		return 1.0;
	return kind >= SIM_FAULT_CRASH && kind <= SIM_FAULT_MONITOR_RESET ? 0.001 : 0.01;
}

/* Some kinds have an opportunity only beside another fault: a full ring, a former session. */
static void add_company(enum sim_world_id world)
{
	struct sim_fault *f = &sc.fault[sc.fault_count++];

	*f = (struct sim_fault){.world = world, .probability = 0.05};
	switch (sc.fault[0].kind) {
	case SIM_FAULT_ATTACK_CREDIT_AHEAD:
	case SIM_FAULT_ATTACK_CREDIT_BACK:
	case SIM_FAULT_ATTACK_ONE_SLOT:
		sc.fault[0].cls = 1;
		sc.fault[0].probability = 0.5;
		f->kind = SIM_FAULT_SLOW_CONSUMER;
		f->amount = 800000;
		break;
	case SIM_FAULT_FRAME_INSERTED:
		f->kind = SIM_FAULT_RENEW;
		break;
	default:
		sc.fault_count--;
		break;
	}
}

/* A deadline may be missed when the processor itself is taken away; that is no fault of iwc. */
static bool takes_processor(enum sim_fault_kind kind)
{
	return kind == SIM_FAULT_HANG || kind == SIM_FAULT_SLOW || kind == SIM_FAULT_TORN_WRITE ||
	       kind == SIM_FAULT_FRAME_LATE || kind == SIM_FAULT_BELL_STORM;
}

static void one_kind(enum sim_fault_kind kind, enum sim_world_id world)
{
	const struct scenario_fault_info *info = scenario_fault_info(kind);
	uint64_t fired = 0;

	load("");
	sc.fault_count = 1;
	sc.fault[0] = (struct sim_fault){.kind = kind,
					 .world = world,
					 .probability = probability_of(kind),
					 .amount = amount_of(info),
					 .interval_ns = info->interval ? 50000u : 0u};
	add_company(world);
	if (takes_processor(kind))
		sc.properties &= ~SIM_PROPERTY(10);
	for (opt.seed = 1; opt.seed <= 5u; opt.seed++) {
		run();
		for (unsigned i = 0; i < result.firing_count; i++)
			fired += result.firing[i].fault == 0u;
		if (result.summary.verdict != SIM_PASS)
			fail_msg("%s on %s, seed %llu: %s", info->name,
				 world == SIM_NS ? "ns" : "s", (unsigned long long)opt.seed,
				 result.summary.reason);
	}
	if (fired == 0u)
		fail_msg("%s on %s never fires", info->name, world == SIM_NS ? "ns" : "s");
}

static void every_fault_fires_and_is_recovered_from(void **state)
{
	(void)state;
	for (unsigned k = 0; k < SIM_FAULT_KINDS; k++) {
		enum sim_fault_kind kind = (enum sim_fault_kind)k;

		one_kind(kind, SIM_NS);
		if (scenario_fault_info(k)->world == SCENARIO_USE_MUST)
			one_kind(kind, SIM_S);
	}
}

/* A firing that is left out does not change which others there are. */
static void muting_keeps_the_other_firings(void **state)
{
	uint64_t muted, before[2], after;
	unsigned n;

	(void)state;
	load("faults = ({ kind = \"bell-lost\"; world = \"ns\"; probability = 0.1; count = 5; });");
	run();
	n = result.firing_count;
	assert_int_equal(n, 5);
	before[0] = result.firing[0].number;
	before[1] = result.firing[1].number;
	muted = before[0];
	opt.muted = &muted;
	opt.muted_count = 1;
	run();
	after = result.firing[0].number;
	assert_int_equal(result.firing_count, n - 1u);
	assert_true(after == before[1]);
}

static void a_weakness_is_found(void **state)
{
	(void)state;
	load("weak = [\"no-padding\"];");
	run();
	assert_int_equal(result.summary.verdict, SIM_FAIL);
	assert_int_equal(result.summary.first.property, 8);
	assert_string_equal(result.summary.first.detector, "unscrubbed");
}

/* Lost frames that nobody counts, and a late one that nobody notices. */
static void undetected_faults_are_found(void **state)
{
	(void)state;
	load("core: { s = \"no-loss-count\"; }; faults = ({ kind = \"frame-lost\"; world = \"ns\";"
	     " class = \"control\"; probability = 0.2; });");
	run();
	assert_int_equal(result.summary.verdict, SIM_FAIL);
	assert_string_equal(result.summary.first.detector, "uncounted-loss");
	load("faults = ({ kind = \"frame-late\"; world = \"ns\"; class = \"control\";"
	     " probability = 1.0; count = 1; amount = \"3 ms\"; });");
	sc.channel.cls[0].timeout_ns = 1000000;
	run();
	assert_int_equal(result.summary.verdict, SIM_PASS);
	snprintf(sc.core[SIM_S], sizeof(sc.core[SIM_S]), "no-late-count");
	run();
	assert_int_equal(result.summary.verdict, SIM_FAIL);
	assert_string_equal(result.summary.first.detector, "unseen-delay");
}

static void only_asked_properties_fail(void **state)
{
	(void)state;
	load("weak = [\"no-padding\"]; properties = [\"P1\"];");
	run();
	assert_int_equal(result.summary.verdict, SIM_PASS);
	assert_int_equal(result.summary.checked, SIM_PROPERTY(1));
}

static void keep_going_counts_on(void **state)
{
	(void)state;
	load("weak = [\"no-padding\"];");
	opt.keep_going = true;
	run();
	assert_int_equal(result.summary.verdict, SIM_FAIL);
	assert_true(result.summary.end_ns >= sc.duration_ns);
}

static void a_stop_is_no_verdict(void **state)
{
	static const volatile sig_atomic_t stop = 1;

	(void)state;
	load("");
	opt.stop = &stop;
	run();
	assert_int_equal(result.summary.verdict, SIM_UNDECIDED);
	assert_true(result.summary.partial);
}

static void an_unknown_core_is_refused(void **state)
{
	(void)state;
	load("");
	snprintf(sc.core[SIM_S], sizeof(sc.core[SIM_S]), "no-such-core");
	sim_result_free(&result);
	assert_int_equal(sim_run(&sc, &opt, &result, err, sizeof(err)), -2);
	assert_non_null(strstr(err, "no-such-core"));
}

static void a_folder_that_is_not_there_is_refused(void **state)
{
	(void)state;
	load("");
	opt.out = "/nonexistent/folder";
	sim_result_free(&result);
	assert_int_equal(sim_run(&sc, &opt, &result, err, sizeof(err)), -1);
	assert_non_null(strstr(err, "/nonexistent/folder"));
}

/* The only test with the host's own threads; no verdict depends on its speed. */
static void threads_deliver_in_order(void **state)
{
	(void)state;
	load("");
	sc.duration_ns = 20000000;
	opt.threads = true;
	run();
	assert_int_equal(result.summary.verdict, SIM_PASS);
	assert_true(result.summary.frames_delivered > 0u);
}

static void the_result_has_its_shape(void **state)
{
	char folder[] = "/tmp/iwc-engine-test-XXXXXX", command[64];

	(void)state;
	load("faults = ({ kind = \"crash\"; world = \"s\"; probability = 0.001; amount = \"20 "
	     "us\"; });");
	assert_non_null(mkdtemp(folder));
	opt.out = folder;
	run();
	assert_non_null(result.json);
	if (report_result_check(result.json, err, sizeof(err)) != 0)
		fail_msg("%s", err);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_seed_is_a_trace),
	    cmocka_unit_test(a_run_leaves_nothing_for_the_next),
	    cmocka_unit_test(all_frames_arrive),
	    cmocka_unit_test(every_fault_fires_and_is_recovered_from),
	    cmocka_unit_test(muting_keeps_the_other_firings),
	    cmocka_unit_test(a_weakness_is_found),
	    cmocka_unit_test(undetected_faults_are_found),
	    cmocka_unit_test(only_asked_properties_fail),
	    cmocka_unit_test(keep_going_counts_on),
	    cmocka_unit_test(a_stop_is_no_verdict),
	    cmocka_unit_test(an_unknown_core_is_refused),
	    cmocka_unit_test(a_folder_that_is_not_there_is_refused),
	    cmocka_unit_test(threads_deliver_in_order),
	    cmocka_unit_test(the_result_has_its_shape),
	};

	return cmocka_run_group_tests(tests, NULL, clean_up);
}
