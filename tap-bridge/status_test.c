/* SPDX-License-Identifier: BSD-2-Clause */
/* Pictures of a tap: numbers, rates and differences, the line at any width, odd pictures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenario_file.h"
#include "status.h"

static struct scenario sc;
static struct status_counters counters;

static void read_counters(void *ctx, struct status_counters *now)
{
	(void)ctx;
	*now = counters;
}

static const struct status_source source = {.read = read_counters, .sc = &sc, .name = "iwc0"};

/* The integer at a path "a.b.c". */
static json_int_t at(const json_t *o, const char *path)
{
	char copy[128], *rest = copy;

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *word; (word = strsep(&rest, ".")) != NULL;)
		o = json_object_get(o, word);
	if (!o)
		fail_msg("no %s", path);
	return json_is_real(o) ? (json_int_t)json_real_value(o) : json_integer_value(o);
}

static void fill(void)
{
	struct sim_rt_flow *f = &counters.rt.flow[SIM_NS];

	memset(&counters, 0, sizeof(counters));
	counters.rt.now_ns = 2000000000;
	f->offered = 110;
	f->sent = 100;
	f->delivered = 90;
	f->delivered_bytes = 9000;
	f->in_flight = 3;
	for (unsigned i = 1; i < SIM_RT_DROPS; i++)
		f->drops[i] = i;
	histogram_record(&f->latency, 10);
	histogram_record(&f->latency, 20);
	counters.rt.world[SIM_NS].state = IWC_STATE_UP;
	counters.rt.world[SIM_S].state = IWC_STATE_FROZEN;
	counters.rt.world[SIM_S].rings = 5;
	counters.rt.smcs = 7;
	counters.rt.fired[1] = 4;
	snprintf(counters.tap[SIM_NS].name, STATUS_NAME_MAX, "iwc0");
	counters.tap[SIM_NS].tx_dropped = 12;
	counters.capture.dropped_frames = 2;
}

static void test_first_picture(void **state)
{
	struct status *st = status_create(&source);
	json_int_t sum = 0;
	json_t *p;

	(void)state;
	fill();
	p = status_take(st);
	assert_string_equal(json_string_value(json_object_get(p, "schema")), "iwc-tap-1");
	assert_int_equal(at(p, "elapsed_ns"), 2000000000);
	assert_int_equal(at(p, "interval_ns"), 2000000000);
	assert_int_equal(at(p, "flows.ns-to-s.offered"), 110);
	assert_int_equal(at(p, "flows.ns-to-s.delivered"), 90);
	assert_int_equal(at(p, "flows.ns-to-s.in_flight"), 3);
	assert_int_equal(at(p, "flows.ns-to-s.interval.frames_per_s"), 45);
	assert_int_equal(at(p, "flows.ns-to-s.interval.bits_per_s"), 36000);
	assert_int_equal(at(p, "flows.ns-to-s.latency_ns.max"), 20);
	assert_int_equal(at(p, "flows.ns-to-s.drops.ns.ring-full"), SIM_RT_DROP_FULL);
	assert_int_equal(at(p, "flows.s-to-ns.drops.s.ring-full"), 0);
	assert_int_equal(at(p, "flows.ns-to-s.drops.s.client"), SIM_RT_DROP_CLIENT);
	for (unsigned i = 1; i < SIM_RT_DROPS; i++)
		sum += i;
	assert_int_equal(at(p, "flows.ns-to-s.dropped"), sum);
	assert_string_equal(json_string_value(json_object_get(
				json_object_get(json_object_get(p, "worlds"), "s"), "state")),
			    "frozen");
	assert_int_equal(at(p, "worlds.s.rings"), 5);
	assert_int_equal(at(p, "monitor.calls"), 7);
	assert_int_equal(at(p, "taps.ns.tx_dropped"), 12);
	assert_true(json_is_null(json_object_get(json_object_get(p, "taps"), "s")));
	assert_int_equal(at(json_array_get(json_object_get(p, "faults"), 1), "fired"), 4);
	assert_int_equal(at(p, "capture.dropped_frames"), 2);
	json_decref(p);
	status_destroy(st);
}

/* Each drop is at one place, once: the sum by places is the sum. */
static void test_every_drop_has_a_place(void **state)
{
	struct status *st = status_create(&source);
	const char *place, *cause;
	json_t *p, *causes, *n;
	json_int_t sum = 0;
	unsigned names = 0;
	static const char *const expected[] = {
	    [SIM_RT_DROP_FULL] = "ns",	    [SIM_RT_DROP_DOWN] = "ns",
	    [SIM_RT_DROP_LENGTH] = "ns",    [SIM_RT_DROP_CRASH] = "ns",
	    [SIM_RT_DROP_SESSION] = "ring", [SIM_RT_DROP_CREDIT] = "ring",
	    [SIM_RT_DROP_STALE] = "s",	    [SIM_RT_DROP_E2E] = "s",
	    [SIM_RT_DROP_CLIENT] = "s"};

	(void)state;
	fill();
	p = status_take(st);
	json_object_foreach(
	    json_object_get(json_object_get(json_object_get(p, "flows"), "ns-to-s"), "drops"),
	    place, causes)
	{
		json_object_foreach(causes, cause, n)
		{
			/* fill gives each cause its own number as count. */
			assert_string_equal(place, expected[json_integer_value(n)]);
			assert_string_equal(
			    cause, sim_rt_drop_name((enum sim_rt_drop)json_integer_value(n)));
			sum += json_integer_value(n);
			names++;
		}
	}
	assert_int_equal(names, SIM_RT_DROPS - 1);
	assert_int_equal(sum, at(p, "flows.ns-to-s.dropped"));
	json_decref(p);
	status_destroy(st);
}

static void test_second_picture(void **state)
{
	struct status *st = status_create(&source);
	struct sim_rt_flow *f = &counters.rt.flow[SIM_NS];
	json_t *p;

	(void)state;
	fill();
	histogram_record(&f->latency, 500);
	json_decref(status_take(st));
	counters.rt.now_ns += 500000000;
	f->delivered += 10;
	f->drops[SIM_RT_DROP_FULL] += 6;
	for (unsigned i = 0; i < 100; i++)
		histogram_record(&f->latency, 1000);
	histogram_record(&f->latency, 5000);
	counters.rt.world[SIM_NS].rings = 3;
	/* A counter that an older picture had ahead. */
	counters.rt.world[SIM_S].rings = 4;
	p = status_take(st);
	assert_int_equal(at(p, "interval_ns"), 500000000);
	assert_int_equal(at(p, "flows.ns-to-s.interval.delivered"), 10);
	assert_int_equal(at(p, "flows.ns-to-s.interval.dropped"), 6);
	assert_int_equal(at(p, "flows.ns-to-s.interval.frames_per_s"), 20);
	assert_int_equal(at(p, "flows.ns-to-s.interval.latency_ns.count"), 101);
	assert_int_equal(at(p, "flows.ns-to-s.interval.latency_ns.mean"), 105000 / 101);
	/* What came before was faster and must not show; the bucket is 16 ns wide. */
	assert_in_range(at(p, "flows.ns-to-s.interval.latency_ns.p50"), 1000, 1016);
	assert_int_equal(at(p, "flows.ns-to-s.interval.latency_ns.max"), 5000);
	assert_int_equal(at(p, "flows.ns-to-s.latency_ns.count"), 104);
	assert_int_equal(at(p, "worlds.ns.interval.rings"), 3);
	assert_int_equal(at(p, "worlds.s.interval.rings"), 0);
	json_decref(p);
	p = status_take(st);
	assert_int_equal(at(p, "interval_ns"), 0);
	assert_int_equal(at(p, "flows.ns-to-s.interval.frames_per_s"), 0);
	assert_int_equal(at(p, "flows.ns-to-s.interval.latency_ns.count"), 0);
	assert_int_equal(at(p, "flows.ns-to-s.interval.latency_ns.p99"), 0);
	json_decref(p);
	status_destroy(st);
}

static void line_is_sound(const json_t *p, unsigned columns)
{
	char line[STATUS_LINE_MAX];

	memset(line, 'x', sizeof(line));
	status_line(p, line, sizeof(line), columns);
	assert_true(strnlen(line, sizeof(line)) < sizeof(line));
	assert_true(strlen(line) <= columns);
	for (const char *c = line; *c != '\0'; c++)
		assert_true(*c >= ' ' && *c <= '~');
}

static void parts_are_whole(const json_t *p, unsigned columns, const char *full)
{
	char line[STATUS_LINE_MAX], all[STATUS_LINE_MAX + 4], part[STATUS_LINE_MAX + 4];
	char *end;

	snprintf(all, sizeof(all), "  %s  ", full);
	status_line(p, line, sizeof(line), columns);
	for (char *at_part = line; at_part; at_part = end ? end + 2 : NULL) {
		end = strstr(at_part, "  ");
		if (end)
			*end = '\0';
		snprintf(part, sizeof(part), "  %s  ", at_part);
		if (!strstr(all, part))
			fail_msg("'%s' is no part, at %u columns", at_part, columns);
	}
}

/* At no width does the line wrap; the rates are the last to go. */
static void test_line(void **state)
{
	struct status *st = status_create(&source);
	char line[STATUS_LINE_MAX];
	json_t *p;

	(void)state;
	fill();
	p = status_take(st);
	for (unsigned columns = 0; columns < 300; columns++)
		line_is_sound(p, columns);
	/* From the width of one part on, only whole parts are there. */
	status_line(p, line, sizeof(line), 300);
	for (unsigned columns = 22; columns < 300; columns++)
		parts_are_whole(p, columns, line);
	assert_string_equal(line, "iwc0 0:00:02  ns>s 45/s 36.0 kbit/s  s>ns 0/s 0 bit/s  "
				  "lost 45 (+45), tap 12  p99 20 ns, 0 ns  bells 2/s, 0% saved  "
				  "up/frozen  faults 4  capture lost 2");
	status_line(p, line, sizeof(line), 42);
	assert_string_equal(line, "ns>s 45/s 36.0 kbit/s  s>ns 0/s 0 bit/s");
	status_line(p, line, 10, 300);
	assert_int_equal(strlen(line), 9);
	json_decref(p);
	status_destroy(st);
}

static void test_summary(void **state)
{
	static const char *const parts[] = {
	    "iwc0: 2.00 s of scenario test\n",
	    "ns to s    sent 100, delivered 90 (9.00 kB, 36.0 kbit/s), in flight 3\n",
	    "1 ring-full (ns)",
	    "latency p50 10 ns, p99 20 ns, p99.9 20 ns, max 20 ns\n",
	    "UNACCOUNTED 1\n",
	    "strays 2: received, and not sent so\n",
	    "           3 writes to the peer's section, each refused by the MMU\n",
	    "the kernel dropped 12 before the channel",
	    "world s    frozen, epoch 0",
	    "monitor    7 calls",
	    "faults     crash (s) 4\n",
	    "no room for 2 and 0",
	};
	struct status *st = status_create(&source);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	json_t *p;

	(void)state;
	fill();
	counters.rt.flow[SIM_NS].unaccounted = 1;
	counters.rt.flow[SIM_NS].strays = 2;
	counters.rt.world[SIM_NS].mmu_faults = 3;
	p = status_take(st);
	status_summary(p, out);
	fclose(out);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!strstr(text, parts[i]))
			fail_msg("no '%s' in:\n%s", parts[i], text);
	free(text);
	json_decref(p);
	status_destroy(st);
}

/* A picture may come from anybody. */
static void test_odd_pictures(void **state)
{
	static const char *const odd[] = {
	    "{}",
	    "[]",
	    "{\"flows\":[],\"worlds\":3,\"faults\":{},\"taps\":null,\"capture\":\"x\"}",
	    "{\"tap\":\"\\u001b[2J\\u00e4\",\"scenario\":\"a\\nb\",\"elapsed_ns\":-5}",
	    "{\"elapsed_ns\":9223372036854775807,\"faults\":[1,{},{\"fault\":5,\"fired\":3},null]}",
	    "{\"flows\":{\"ns-to-s\":{\"dropped\":3,\"drops\":{\"a\":{\"b\":\"c\"},\"d\":4}}}}",
	    "{\"flows\":{\"ns-to-s\":{\"delivered_bytes\":1e300}}}",
	    "{\"flows\":{\"ns-to-s\":{\"interval\":{\"frames_per_s\":1e308}}}}",
	};
	char *text = NULL;
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		json_t *p = json_loads(odd[i], 0, NULL);
		FILE *out = open_memstream(&text, &len);

		assert_non_null(p);
		for (unsigned columns = 0; columns < 120; columns++)
			line_is_sound(p, columns);
		status_summary(p, out);
		fclose(out);
		assert_null(strstr(text, "\n\n"));
		if (strstr(odd[i], ":-5"))
			assert_non_null(strstr(text, ": 0 ns of scenario"));
		for (size_t k = 0; k < len; k++)
			assert_true(text[k] == '\n' || (text[k] >= ' ' && text[k] <= '~'));
		free(text);
		json_decref(p);
	}
}

/* On no terminal: as wide as an old one, and what was shown is covered. */
static void test_show_and_hide(void **state)
{
	struct status *st = status_create(&source);
	char *text = NULL;
	size_t len;
	FILE *out = tmpfile();
	json_t *p;

	(void)state;
	fill();
	p = status_take(st);
	status_show(p, out);
	status_hide(out);
	len = (size_t)ftell(out);
	assert_int_equal(len, 2 * 81);
	rewind(out);
	text = calloc(1, len + 1);
	assert_int_equal(fread(text, 1, len, out), len);
	assert_null(strchr(text, '\n'));
	assert_int_equal(text[0], '\r');
	assert_memory_equal(text + 1, "iwc0 ", 5);
	assert_int_equal(strspn(text + 82, " "), 79);
	free(text);
	fclose(out);
	json_decref(p);
	status_destroy(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_first_picture),  cmocka_unit_test(test_every_drop_has_a_place),
	    cmocka_unit_test(test_second_picture), cmocka_unit_test(test_line),
	    cmocka_unit_test(test_summary),	   cmocka_unit_test(test_odd_pictures),
	    cmocka_unit_test(test_show_and_hide),
	};

	scenario_defaults(&sc);
	snprintf(sc.name, sizeof(sc.name), "test");
	sc.fault_count = 2;
	sc.fault[0].kind = SIM_FAULT_HANG;
	sc.fault[1].kind = SIM_FAULT_CRASH;
	sc.fault[1].world = SIM_S;
	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
