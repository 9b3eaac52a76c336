/* SPDX-License-Identifier: BSD-2-Clause */
/* Events as text: the words of the simulator's captures where the meaning is the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "event_text.h"
#include "machine.h"
#include "scenario_file.h"

static struct scenario sc;

static const char *text_of(const struct sim_rt_event *e)
{
	static char text[EVENT_TEXT_MAX];

	event_text(&sc, e, text, sizeof(text));
	return text;
}

/* Each pair: an event in real time, and the same of a simulated run. */
static void test_same_words(void **state)
{
	static const struct {
		struct sim_rt_event rt;
		struct sim_event sim;
	} pairs[] = {
	    {{.kind = SIM_RT_EV_BOOT, .a = 7, .world = SIM_S},
	     {.kind = SIM_EV_BOOT, .a = 7, .who = SIM_S}},
	    {{.kind = SIM_RT_EV_RENEW, .a = 9}, {.kind = SIM_EV_RENEW, .a = 9}},
	    {{.kind = SIM_RT_EV_CRASH, .a = 0}, {.kind = SIM_EV_CRASH, .a = 0}},
	    {{.kind = SIM_RT_EV_CRASH, .a = 1}, {.kind = SIM_EV_CRASH, .a = 1}},
	    {{.kind = SIM_RT_EV_STATE, .a = IWC_STATE_FROZEN, .b = UINT64_C(3) << 32 | 4},
	     {.kind = SIM_EV_STATE, .a = IWC_STATE_FROZEN, .b = UINT64_C(3) << 32 | 4}},
	    {{.kind = SIM_RT_EV_DOORBELL, .a = 1, .world = SIM_NS},
	     {.kind = SIM_EV_INTERRUPT, .a = SIM_S, .who = SIM_MONITOR}},
	    {{.kind = SIM_RT_EV_DOORBELL, .a = 1, .world = SIM_S},
	     {.kind = SIM_EV_INTERRUPT, .a = SIM_NS, .who = SIM_MONITOR}},
	    {{.kind = SIM_RT_EV_DOORBELL, .a = 0, .world = SIM_NS},
	     {.kind = SIM_EV_DEFERRED, .who = SIM_MONITOR}},
	    {{.kind = SIM_RT_EV_VIOLATION, .a = IWC_VIOLATION_CREDIT, .world = SIM_S},
	     {.kind = SIM_EV_VIOLATION, .a = IWC_VIOLATION_CREDIT, .who = SIM_S}},
	    {{.kind = SIM_RT_EV_FAULT, .a = 1, .b = 5}, {.kind = SIM_EV_FAULT, .a = 1, .b = 5}},
	    {{.kind = SIM_RT_EV_LATE, .world = SIM_S}, {.kind = SIM_EV_LATE, .who = SIM_S}},
	};
	char words[EVENT_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		sim_event_words(&pairs[i].sim, words, sizeof(words));
		assert_string_equal(text_of(&pairs[i].rt), words);
	}
}

/* The causes of a real-time machine are its own; the rest of the line is not. */
static void test_drop(void **state)
{
	struct sim_event e = {.kind = SIM_EV_DROP, .a = 1, .b = 33, .who = SIM_S};
	char words[EVENT_TEXT_MAX], *cause;

	(void)state;
	sim_event_words(&e, words, sizeof(words));
	cause = strstr(words, "cause=");
	assert_non_null(cause);
	for (unsigned why = 1; why < SIM_RT_DROPS; why++) {
		struct sim_rt_event rt = {
		    .kind = SIM_RT_EV_DROP, .a = 1, .b = 33, .c = why, .world = SIM_S};

		snprintf(cause, sizeof(words) - (size_t)(cause - words), "cause=%s",
			 sim_rt_drop_name((enum sim_rt_drop)why));
		assert_string_equal(text_of(&rt), words);
	}
}

static void test_deliver(void **state)
{
	struct sim_rt_event e = {
	    .kind = SIM_RT_EV_DELIVER, .a = 0, .b = 1, .c = 60, .world = SIM_S};

	(void)state;
	assert_string_equal(text_of(&e), "world=s kind=deliver class=control frame=1 bytes=60");
}

/* Numbers out of every range are shown as such, and a small buffer cuts. */
static void test_out_of_range(void **state)
{
	char text[16];

	(void)state;
	for (unsigned kind = 0; kind <= SIM_RT_EV_DROP + 1u; kind++) {
		struct sim_rt_event e = {.kind = (enum sim_rt_event_kind)kind,
					 .a = UINT32_MAX,
					 .b = UINT64_MAX,
					 .c = UINT64_MAX};

		assert_int_equal(strncmp(text_of(&e), "world=ns kind=", 14) == 0 ||
				     strncmp(text_of(&e), "world=monitor ", 14) == 0,
				 true);
		memset(text, 'x', sizeof(text));
		event_text(&sc, &e, text, 5);
		assert_string_equal(text, "worl");
		assert_int_equal(text[5], 'x');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_same_words),
	    cmocka_unit_test(test_drop),
	    cmocka_unit_test(test_deliver),
	    cmocka_unit_test(test_out_of_range),
	};

	scenario_defaults(&sc);
	sc.channel.class_count = 2;
	snprintf(sc.class_name[0], sizeof(sc.class_name[0]), "control");
	snprintf(sc.class_name[1], sizeof(sc.class_name[1]), "bulk");
	sc.fault_count = 2;
	sc.fault[1].kind = SIM_FAULT_HANG;
	sim.sc = &sc;
	return cmocka_run_group_tests_name("event_text", tests, NULL, NULL);
}
