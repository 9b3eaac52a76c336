/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every attack that real time knows, by a processor of NS that writes while both worlds run: S
 * neither dies nor waits, what it sends is accounted for to the frame, and traffic flows again when
 * the attack is over.
 *
 * The attacker writes payload that S reads plainly, so there is nothing for a race detector here.
 */
#include "realtime_bed.h"
#include "realtime_machine.h"

struct attack {
	const char *fault;
	bool (*seen)(void); /* what it does; NULL: that it fired is all that is to be seen */
};

static bool s_froze(void)
{
	return bed.st.world[SIM_S].violations != 0u;
}

static bool s_dropped_full(void)
{
	return bed.st.flow[SIM_S].drops[SIM_RT_DROP_FULL] != 0u;
}

static bool s_renewed(void)
{
	return bed.st.world[SIM_S].ups > 1u;
}

static bool no_doorbell_left(void)
{
	return bed.st.smcs < bed.st.world[SIM_NS].rings && bed.st.world[SIM_S].polls != 0u;
}

static bool writes_were_refused(void)
{
	return bed.st.world[SIM_NS].mmu_faults != 0u;
}

/* Bytes change on the way: the check says so where there is one. */
static bool payload_changed(void)
{
	return bed.st.flow[SIM_NS].drops[SIM_RT_DROP_E2E] +
		   bed_count(&bed.client[SIM_S].bad_content) !=
	       0u;
}

static const struct attack attacks[] = {
    {"kind = \"attack-random\";", s_renewed},
    {"kind = \"attack-random\"; probability = 0.01;", NULL},
    {"kind = \"attack-tag-ahead\"; class = \"control\";", NULL},
    {"kind = \"attack-credit-ahead\";", s_froze},
    {"kind = \"attack-credit-back\";", s_froze},
    {"kind = \"attack-tag-replay\";", NULL},
    {"kind = \"attack-length-flip\";", NULL},
    {"kind = \"attack-length-past-end\";", s_froze},
    {"kind = \"attack-length-short\"; class = \"control\";", s_froze},
    {"kind = \"attack-rewrite-payload\";", payload_changed},
    {"kind = \"attack-write-peer\";", writes_were_refused},
    {"kind = \"attack-never-ring\";", no_doorbell_left},
    {"kind = \"attack-stop-consuming\"; count = 1;", s_dropped_full},
    {"kind = \"attack-one-slot\";", NULL},
    {"kind = \"attack-flap-epoch\"; interval = \"1 ms\";", s_renewed},
    {"kind = \"attack-keep-session\"; from = \"10 ms\";", NULL},
    {"kind = \"attack-skip\";", NULL},
};

/* A second fault that makes S go through sessions while it is attacked. */
static const char *const beside[] = {
    "", "{ kind = \"renew\"; world = \"s\"; probability = 0.02; }",
    "{ kind = \"crash\"; world = \"ns\"; amount = \"200 us\"; probability = 0.02; }"};

/* Attackers and worlds meet by chance. */
static void wait_until(const struct attack *a, enum sim_rt_cpus cpus)
{
	for (unsigned ms = 0; ms < BED_WAIT_MS; ms += 20u) {
		sim_rt_status(bed.rt, &bed.st);
		if (a->seen())
			return;
		bed_nap(20);
	}
	fail_msg("%s: not seen, %s", a->fault,
		 cpus == SIM_RT_SHARED ? "one thread" : "two threads");
}

static void attack(const struct attack *a, enum sim_rt_cpus cpus, const char *more)
{
	char text[512];

	snprintf(text, sizeof(text), "faults = ({ %s }%s %s);", a->fault,
		 more[0] != '\0' ? "," : "", more);
	bed_load(text);
	bed_create(cpus, 0, NULL);
	bed_start();
	for (unsigned ms = 0; ms < BED_WAIT_MS && rt_load(&bed.rt->fault[0].fired) == 0u; ms++)
		bed_nap(1);
	bed_nap(60);
	if (more[0] == '\0' && a->seen != NULL)
		wait_until(a, cpus);
	bed_end();
	if (bed.st.fired[0] == 0u)
		fail_msg("%s did not fire", a->fault);
	bed_account(SIM_S);
	assert_int_equal(bed.st.flow[SIM_S].strays, 0);
	assert_int_equal(bed.st.flow[SIM_NS].unaccounted, 0);
	/* Content may be NS's own loss: by a credit that is a lie S writes over what NS reads. */
	assert_int_equal(bed.client[SIM_NS].bad_session, 0);
	if (strstr(a->fault, "write-peer") != NULL)
		assert_int_equal(bed.st.world[SIM_NS].mmu_faults, bed.st.fired[0]);
	assert_int_equal(bed.st.world[SIM_S].crashes, 0);
	assert_int_equal(bed.st.world[SIM_S].boots, 1);
	bed_destroy();
}

static void all_attacks(enum sim_rt_cpus cpus)
{
	if (BED_TSAN)
		skip();
	for (unsigned k = 0; k < sizeof(beside) / sizeof(beside[0]); k++)
		for (unsigned i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++)
			attack(&attacks[i], cpus, beside[k]);
}

static void s_survives_every_attack_on_two_threads(void **state)
{
	(void)state;
	all_attacks(SIM_RT_APART);
}

static void s_survives_every_attack_on_one_thread(void **state)
{
	(void)state;
	all_attacks(SIM_RT_SHARED);
}

static void every_attack_is_tried(void **state)
{
	(void)state;
	for (unsigned k = SIM_FAULT_ATTACK_RANDOM; k < SIM_FAULT_KINDS; k++) {
		char quoted[64];
		bool tried = false;

		snprintf(quoted, sizeof(quoted), "\"%s\"", scenario_fault_info(k)->name);
		for (unsigned i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++)
			tried = tried || strstr(attacks[i].fault, quoted) != NULL;
		if (!tried)
			fail_msg("%s: never tried", quoted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(s_survives_every_attack_on_two_threads, bed_clean_up),
	    cmocka_unit_test_teardown(s_survives_every_attack_on_one_thread, bed_clean_up),
	    cmocka_unit_test(every_attack_is_tried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
