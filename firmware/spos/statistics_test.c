/* SPDX-License-Identifier: BSD-2-Clause */
/* Text into a bounded buffer, and the statistics page: it fits with every number at its largest. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "statistics.h"

static void numbers(void **state)
{
	static const uint64_t values[] = {0, 9, 10, 15, 16, 4294967296, UINT64_MAX};
	char buf[64], expected[64];
	struct text t;

	(void)state;
	for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		text_init(&t, buf, sizeof(buf));
		text_number(&t, values[i]);
		text_put(&t, " ");
		text_hex(&t, values[i]);
		(void)snprintf(expected, sizeof(expected), "%" PRIu64 " 0x%" PRIx64, values[i],
			       values[i]);
		assert_string_equal(buf, expected);
		assert_int_equal(t.used, strlen(expected));
	}
}

/* Whatever the size: nothing behind it is touched, and what fits is there. */
static void cut_off(void **state)
{
	static const char whole[] = "critical_runs 18446744073709551615\n";
	char buf[64];
	struct text t;

	(void)state;
	for (size_t size = 1; size < sizeof(buf); size++) {
		size_t fits = size - 1 < sizeof(whole) - 1 ? size - 1 : sizeof(whole) - 1;

		memset(buf, 'x', sizeof(buf));
		text_init(&t, buf, size);
		text_line(&t, "critical_runs", UINT64_MAX);
		assert_int_equal(t.used, fits);
		assert_memory_equal(buf, whole, fits);
		assert_int_equal(buf[fits], '\0');
		for (size_t i = size; i < sizeof(buf); i++)
			assert_int_equal(buf[i], 'x');
	}
}

static struct net_if net;
static struct sign_panel signs;
static struct statistics all;

static void page(void **state)
{
	static char buf[STATISTICS_BYTES_MAX + 1];
	struct text t;
	unsigned lines = 0;

	(void)state;
	memset(&net, 0xff, sizeof(net));
	memset(&signs, 0xff, sizeof(signs));
	memset(&all, 0xff, sizeof(all));
	all.net = &net;
	all.signs = &signs;
	text_init(&t, buf, sizeof(buf));
	statistics_write(&t, &all);
	assert_true(t.used < STATISTICS_BYTES_MAX);
	for (char *line = strtok(buf, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		size_t name = strspn(line, "abcdefghijklmnopqrstuvwxyz_");

		assert_true(name > 0 && line[name] == ' ');
		assert_int_equal(strspn(line + name + 1, "0123456789"), strlen(line + name + 1));
		lines++;
	}
	assert_true(lines > 50);
	print_message("%u lines, %zu of %u bytes at most\n", lines, t.used, STATISTICS_BYTES_MAX);
}

/* A number is under its own name. */
static void names(void **state)
{
	static char buf[STATISTICS_BYTES_MAX];
	struct text t;

	(void)state;
	memset(&net, 0, sizeof(net));
	memset(&signs, 0, sizeof(signs));
	memset(&all, 0, sizeof(all));
	all.net = &net;
	all.signs = &signs;
	all.life = 71;
	all.critical.misses = 72;
	all.critical.late_worst = 73;
	net.ep.n.received[IWC_CLASS_CONTROL] = 74;
	net.ep.n.sent[IWC_CLASS_BULK] = 75;
	net.ep.rx[IWC_CLASS_CONTROL].check.n.corrupted = 76;
	net.n.no_buffer = 77;
	all.heap_most_bytes = 78;
	signs.lit = 79;
	text_init(&t, buf, sizeof(buf));
	statistics_write(&t, &all);
	assert_non_null(strstr(buf, "life 71\n"));
	assert_non_null(strstr(buf, "\ncritical_misses 72\n"));
	assert_non_null(strstr(buf, "\njitter_worst_ticks 73\n"));
	assert_non_null(strstr(buf, "\nreceived_control 74\n"));
	assert_non_null(strstr(buf, "\nsent_bulk 75\n"));
	assert_non_null(strstr(buf, "\ncorrupted 76\n"));
	assert_non_null(strstr(buf, "\nno_buffer 77\n"));
	assert_non_null(strstr(buf, "\nheap_most 78\n"));
	assert_non_null(strstr(buf, "\nsigns 79\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(cut_off),
	    cmocka_unit_test(page),
	    cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
