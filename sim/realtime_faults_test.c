/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every fault that real time knows, on one thread and on two: it fires, what it does is seen, the
 * link recovers, and each frame is accounted for.
 */
#include "realtime_bed.h"
#include "realtime_machine.h"

struct expected {
	const char *fault;
	bool (*seen)(void); /* what it does; NULL: that it fired is all that is to be seen */
	bool spoils;	    /* bytes under way change: content is no matter then */
	bool races;	    /* with plain reads of payload, by design */
};

static const struct sim_rt_world_status *ns(void)
{
	return &bed.st.world[SIM_NS];
}

static const struct sim_rt_world_status *s(void)
{
	return &bed.st.world[SIM_S];
}

static bool s_crashed(void)
{
	return s()->crashes == bed.st.fired[0] && s()->boots == s()->crashes + 1u &&
	       ns()->crashes == 0u;
}

static bool ns_crashed(void)
{
	return ns()->crashes == bed.st.fired[0] && ns()->boots == ns()->crashes + 1u &&
	       s()->crashes == 0u;
}

static bool both_crashed(void)
{
	return ns()->crashes == bed.st.fired[0] && s()->crashes != 0u &&
	       ns()->boots == ns()->crashes + 1u && s()->boots == s()->crashes + 1u;
}

static bool crashed_twice(void)
{
	return s()->crashes == 2u * bed.st.fired[0] && s()->boots == s()->crashes + 1u;
}

/* Boot counts begin anew: after n resets both have booted n + 1 times, and are in their first. */
static bool monitor_was_reset(void)
{
	return ns()->boots == bed.st.fired[0] + 1u && s()->boots == ns()->boots &&
	       ns()->epoch - ns()->renewals < ns()->boots;
}

static bool s_renewed(void)
{
	return s()->renewals >= bed.st.fired[0] && s()->epoch == s()->renewals + 1u;
}

static bool epoch_is_high(void)
{
	return s()->epoch >= UINT32_MAX - 1u || s()->epoch < 64u;
}

static bool hello_is_odd(void)
{
	return *(const uint64_t *)(const void *)bed.rt->world[SIM_S].own >> 32 == 99u;
}

static bool calls_were_deferred(void)
{
	return bed.st.deferred != 0u && bed.st.smcs > ns()->rings;
}

static bool calls_were_doubled(void)
{
	return bed.st.smcs == ns()->rings + bed.st.fired[0];
}

static bool bells_were_lost(void)
{
	return bed.st.smcs + bed.st.fired[0] == ns()->rings;
}

static bool s_was_woken(void)
{
	return s()->interrupts != 0u;
}

static bool s_dropped_full(void)
{
	return bed.st.flow[SIM_S].drops[SIM_RT_DROP_FULL] != 0u;
}

static bool s_stood_still(void)
{
	return bed.st.flow[SIM_NS].latency.max_ns > 1000000u && s()->crashes == 0u;
}

static bool ns_stood_still(void)
{
	return bed.st.flow[SIM_S].latency.max_ns > 250000u && ns()->crashes == 0u;
}

/* NS keeps what does not fit. */
static bool ns_dropped_nothing(void)
{
	return bed.st.flow[SIM_NS].drops[SIM_RT_DROP_FULL] == 0u;
}

static bool lengths_were_refused(void)
{
	return bed.st.flow[SIM_NS].drops[SIM_RT_DROP_LENGTH] == bed.st.fired[0];
}

static bool more_was_offered(void)
{
	return bed.st.flow[SIM_NS].offered ==
	       bed_count(&bed.client[SIM_NS].offered) + 40u * bed.st.fired[0];
}

static bool s_had_no_buffers(void)
{
	return bed.st.flow[SIM_NS].drops[SIM_RT_DROP_CLIENT] != 0u &&
	       bed.st.flow[SIM_S].drops[SIM_RT_DROP_CLIENT] == 0u;
}

static bool sessions_ended(void)
{
	return s()->ups > 1u && ns()->ups > 1u;
}

static const struct expected kinds[] = {
    {"kind = \"bell-lost\"; world = \"ns\"; probability = 0.5;", bells_were_lost, false, false},
    {"kind = \"bell-lost\"; world = \"s\"; probability = 0.5;", NULL, false, false},
    {"kind = \"bell-duplicated\"; world = \"ns\";", calls_were_doubled, false, false},
    {"kind = \"bell-spurious\"; world = \"s\"; interval = \"300 us\";", s_was_woken, false, false},
    {"kind = \"bell-delayed\"; world = \"ns\"; amount = \"300 us\";", NULL, false, false},
    {"kind = \"bell-delayed\"; world = \"s\"; amount = \"300 us\";", NULL, false, false},
    {"kind = \"bell-wrong-core\"; world = \"ns\"; amount = \"200 us\";", NULL, false, false},
    {"kind = \"bell-masked\"; world = \"s\"; amount = \"300 us\"; probability = 0.1;", NULL, false,
     false},
    {"kind = \"bell-storm\"; amount = \"3 ms\"; interval = \"2 us\"; count = 4;",
     calls_were_deferred, false, false},
    {"kind = \"bit-flip\"; world = \"ns\"; probability = 0.02;", NULL, true, true},
    {"kind = \"bit-flip\"; world = \"s\"; probability = 0.02;", NULL, true, true},
    {"kind = \"region-zeroed\"; world = \"ns\"; probability = 0.01;", sessions_ended, true, true},
    {"kind = \"region-zeroed\"; world = \"s\"; probability = 0.01;", sessions_ended, true, true},
    {"kind = \"garbage\"; world = \"ns\";", NULL, false, false},
    {"kind = \"crash\"; world = \"s\"; amount = \"500 us\"; probability = 0.02;", s_crashed, false,
     true},
    {"kind = \"crash\"; world = \"ns\"; amount = \"500 us\"; probability = 0.02;", ns_crashed,
     false, true},
    {"kind = \"crash-both\"; amount = \"500 us\"; probability = 0.02;", both_crashed, false, true},
    {"kind = \"crash-twice\"; world = \"s\"; amount = \"200 us\"; probability = 0.05; count = 1;",
     crashed_twice, false, true},
    {"kind = \"renew\"; world = \"s\"; probability = 0.02;", s_renewed, false, false},
    {"kind = \"monitor-reset\"; probability = 0.01; count = 3;", monitor_was_reset, false, true},
    {"kind = \"hang\"; world = \"s\"; amount = \"2 ms\"; probability = 0.02;", s_stood_still, false,
     false},
    {"kind = \"slow\"; world = \"ns\"; amount = \"500 us\"; probability = 0.1;", ns_stood_still,
     false, false},
    {"kind = \"epoch-wrap\"; world = \"s\";", epoch_is_high, false, false},
    {"kind = \"version\"; world = \"s\";", hello_is_odd, false, false},
    {"kind = \"slow-consumer\"; world = \"ns\"; amount = \"2 ms\"; probability = 0.1;",
     s_dropped_full, false, false},
    {"kind = \"slow-consumer\"; world = \"s\"; amount = \"2 ms\"; probability = 0.1;",
     ns_dropped_nothing, false, false},
    {"kind = \"stop-consumer\"; world = \"ns\"; count = 1; from = \"10 ms\"; to = \"40 ms\";",
     s_dropped_full, false, false},
    {"kind = \"stop-consumer\"; world = \"s\"; count = 1; from = \"10 ms\";", ns_dropped_nothing,
     false, false},
    {"kind = \"burst\"; world = \"ns\"; amount = 40; class = \"bulk\"; probability = 0.1;",
     more_was_offered, false, false},
    {"kind = \"oversize\"; world = \"ns\"; class = \"control\"; probability = 0.1;",
     lengths_were_refused, false, false},
    {"kind = \"runt\"; world = \"ns\"; probability = 0.1;", lengths_were_refused, false, false},
    {"kind = \"clock-jump\"; world = \"s\"; amount = \"-5 ms\"; probability = 0.05;", NULL, false,
     false},
    {"kind = \"clock-jump\"; world = \"ns\"; amount = \"50 ms\"; probability = 0.05;", NULL, false,
     false},
    {"kind = \"late-tick\"; world = \"s\"; amount = \"2 ms\"; probability = 0.5;", NULL, false,
     false},
    {"kind = \"no-buffers\"; world = \"s\"; amount = \"1 ms\"; probability = 0.1;",
     s_had_no_buffers, false, false},
};

/* A flipped bit may give a credit that is wrong, or show an old frame once more. */
static void account(bool spoils)
{
	if (!spoils) {
		bed_honest();
		return;
	}
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		bed_account(i);
}

static void suffer(const struct expected *k, enum sim_rt_cpus cpus)
{
	char text[512];

	snprintf(text, sizeof(text), "faults = ({ %s });", k->fault);
	bed_load(text);
	bed_create(cpus, 0, NULL);
	bed_start();
	/* At an activation each: there are enough when there is traffic. */
	for (unsigned ms = 0; ms < BED_WAIT_MS && rt_load(&bed.rt->fault[0].fired) == 0u; ms++)
		bed_nap(1);
	bed_nap(60);
	/* What comes by chance may take longer on a busy machine. */
	for (unsigned n = 0; k->seen != NULL && n < 50u; n++) {
		sim_rt_status(bed.rt, &bed.st);
		if (k->seen())
			break;
		bed_nap(20);
	}
	bed_end();
	if (bed.st.fired[0] == 0u)
		fail_msg("%s did not fire", k->fault);
	account(k->spoils);
	if (k->seen != NULL && !k->seen())
		fail_msg("%s: not seen, %s", k->fault,
			 cpus == SIM_RT_SHARED ? "one thread" : "two threads");
	bed_destroy();
}

static void all_kinds(enum sim_rt_cpus cpus)
{
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!BED_TSAN || !kinds[i].races)
			suffer(&kinds[i], cpus);
}

static void every_fault_is_survived_on_two_threads(void **state)
{
	(void)state;
	all_kinds(SIM_RT_APART);
}

static void every_fault_is_survived_on_one_thread(void **state)
{
	(void)state;
	all_kinds(SIM_RT_SHARED);
}

/* A kind that this file forgets would never be tried. */
static void every_kind_is_tried(void **state)
{
	(void)state;
	for (unsigned k = 0; k < SIM_FAULT_ATTACK_RANDOM; k++) {
		const char *name = scenario_fault_info(k)->name;
		char quoted[64], text[128];
		bool tried = false;

		snprintf(quoted, sizeof(quoted), "\"%s\"", name);
		for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			tried = tried || strstr(kinds[i].fault, quoted) != NULL;
		bed_load("");
		bed.sc.fault_count = 1;
		bed.sc.fault[0].kind = (enum sim_fault_kind)k;
		snprintf(text, sizeof(text), "%s", name);
		if (tried == (sim_rt_left_out(&bed.sc, 0) != NULL))
			fail_msg("%s: %s", text, tried ? "left out and tried" : "never tried");
	}
}

/* Both worlds crash, renew and hang as fast as they can boot. */
static void a_storm_of_crashes_loses_no_frame_unseen(void **state)
{
	static const char storm[] =
	    "faults = ("
	    "{ kind = \"crash\"; world = \"ns\"; amount = \"20 us\"; probability = 0.2; },"
	    "{ kind = \"crash\"; world = \"s\"; amount = \"20 us\"; probability = 0.2; },"
	    "{ kind = \"crash-both\"; amount = \"10 us\"; probability = 0.05; },"
	    "{ kind = \"crash-twice\"; world = \"ns\"; amount = \"1 us\"; probability = 0.05; },"
	    "{ kind = \"renew\"; world = \"s\"; probability = 0.05; },"
	    "{ kind = \"monitor-reset\"; probability = 0.05; },"
	    "{ kind = \"hang\"; world = \"s\"; amount = \"100 us\"; probability = 0.05; });";

	(void)state;
	if (BED_TSAN)
		skip();
	for (unsigned mode = 0; mode < 2u; mode++) {
		bed_load(storm);
		bed_create(mode == 0u ? SIM_RT_APART : SIM_RT_SHARED, 0, NULL);
		bed_start();
		bed_nap(1000);
		bed_end();
		bed_honest();
		assert_true(ns()->crashes > 10u);
		assert_true(s()->crashes > 10u);
		for (unsigned i = 0; i < SIM_WORLDS; i++)
			assert_int_equal(bed.client[i].boots, bed.st.world[i].boots);
		bed_destroy();
	}
}

static void calm_ends_what_is_in_force(void **state)
{
	(void)state;
	bed_load("faults = ("
		 "{ kind = \"hang\"; world = \"s\"; amount = \"1000 s\"; count = 1; },"
		 "{ kind = \"bell-masked\"; world = \"ns\"; amount = \"1000 s\"; count = 1; },"
		 "{ kind = \"stop-consumer\"; world = \"ns\"; count = 1; });");
	bed_create(SIM_RT_APART, 0, NULL);
	bed_start();
	while (rt_load(&bed.rt->fault[0].fired) == 0u || rt_load(&bed.rt->fault[1].fired) == 0u ||
	       rt_load(&bed.rt->fault[2].fired) == 0u)
		bed_nap(1);
	bed_end(); /* waits for traffic each way */
	bed_honest();
	bed_destroy();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(every_fault_is_survived_on_two_threads, bed_clean_up),
	    cmocka_unit_test_teardown(every_fault_is_survived_on_one_thread, bed_clean_up),
	    cmocka_unit_test(every_kind_is_tried),
	    cmocka_unit_test_teardown(a_storm_of_crashes_loses_no_frame_unseen, bed_clean_up),
	    cmocka_unit_test_teardown(calm_ends_what_is_in_force, bed_clean_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
