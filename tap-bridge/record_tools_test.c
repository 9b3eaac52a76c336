/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What other people's programs make of captures of a tap. Commands run in their folder.
 */
#include <unistd.h>

#include "record.h"
#include "scenario_file.h"
#include "tools_bed.h"

static char dir[] = "/tmp/iwc-record-tools-XXXXXX";
static struct scenario sc;

static void test_tshark(void **state)
{
	(void)state;
	tool_require("tshark");
	assert_prints("tshark -r f.pcapng -T fields -E separator=/s -e frame.interface_name "
		      "-e frame.packet_flags_direction -e frame.packet_id -e frame.interface_queue "
		      "-e frame.len -e frame.cap_len -e arp.opcode 2>/dev/null",
		      "iwc0 0x00000002 1 1 60 42 1\n"
		      "iwc0 0x00000001 9223372036854775809 0 60 42 2\n"
		      "iwc0 0x00000002 2 1 60 42 1\n"
		      "iwc0 0x00000002 4 1 60 42 1\n");
	assert_prints("tshark -r f.pcapng -Y frame.comment -T fields -e frame.number "
		      "-e frame.comment -e frame.drop_count 2>/dev/null",
		      "4\tdropped: ring full\t2\n");
	assert_prints("tshark -r f.pcap -T fields -E separator=/s -e frame.len -e frame.cap_len "
		      "2>/dev/null",
		      "60 42\n60 42\n60 42\n60 42\n");
	assert_int_equal(shell("tshark -r both.pcapng -V 2>/dev/null"), 0);
	assert_output_has("Name: iwc-event\n");
}

static void test_capinfos(void **state)
{
	(void)state;
	tool_require("capinfos");
	assert_int_equal(shell("capinfos f.pcapng f.pcap e.pcapng both.pcapng 2>&1"), 0);
	assert_int_equal(shell("capinfos f.pcapng 2>&1"), 0);
	assert_output_has("Number of packets:   4\n");
	assert_output_has("Strict time order:   True\n");
	assert_output_has("Time precision = nanoseconds (9)\n");
	assert_output_has("Name = iwc0\n");
	assert_output_has("Filter string = arp\n");
	assert_output_has("Capture length = 42\n");
	assert_output_has("Number of stat entries = 1\n");
	assert_int_equal(shell("capinfos f.pcap 2>&1"), 0);
	assert_output_has("Number of packets:   4\n");
	assert_output_has("nanosecond");
}

static void test_tcpdump(void **state)
{
	(void)state;
	tool_require("tcpdump");
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(shell(i ? "tcpdump -nr f.pcap 2>/dev/null"
					 : "tcpdump -nr f.pcapng 2>/dev/null"),
				 0);
		assert_output_has("ARP, Request who-has 192.0.2.2 tell 192.0.2.1");
		assert_output_has("ARP, Reply 192.0.2.1 is-at 02:00:00:00:00:01");
	}
	/* That is why events have a file of their own. */
	assert_int_not_equal(shell("tcpdump -nr both.pcapng 2>&1"), 0);
}

static void test_mergecap(void **state)
{
	(void)state;
	tool_require("mergecap");
	tool_require("tshark");
	assert_int_equal(shell("mergecap -w m.pcapng f.pcapng e.pcapng 2>&1"), 0);
	assert_prints("tshark -r m.pcapng -T fields -e frame.interface_name 2>/dev/null",
		      "iwc0\niwc-events\niwc0\niwc0\niwc0\n");
}

/* ---- the captures ---- */

static void put(struct record *r, enum sim_world_id from, uint64_t id, uint64_t time_ns,
		enum sim_rt_drop drop)
{
	static const uint8_t head[] = {
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0,	0, 0, 0, 1, 8, 6, 0, 1, 8, 0,	6, 4, 0,
	    0,	  2,	0,    0,    0,	  0,	1, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 192, 0, 2, 2};
	uint8_t bytes[60] = {0};
	struct sim_rt_frame f = {.time_ns = time_ns,
				 .id = id,
				 .bytes = bytes,
				 .len_bytes = sizeof(bytes),
				 .cls = from == SIM_NS ? 1u : 0u,
				 .from = from,
				 .drop = drop};

	memcpy(bytes, head, sizeof(head));
	bytes[21] = from == SIM_NS ? 1 : 2;
	record_observer(r)->frame(record_observer(r)->ctx, &f);
}

static void add(struct record *r, const char *path, enum record_what what, const char *filter,
		uint32_t snaplen)
{
	const struct record_sink sink = {.what = what, .filter = filter, .snaplen_bytes = snaplen};
	char err[RECORD_ERROR_BYTES];

	if (record_add_file(r, path, &sink, err) != 0)
		fail_msg("%s", err);
}

static int captures_make(void **state)
{
	const struct sim_rt_event e = {
	    .kind = SIM_RT_EV_BOOT, .a = 3, .time_ns = 150, .world = SIM_S};
	struct record *r = record_create_sized(&sc, "iwc0", 2);
	char err[RECORD_ERROR_BYTES];
	struct record_counts n;

	(void)state;
	if (!r || chdir(dir) != 0)
		return -1;
	add(r, "f.pcapng", RECORD_FRAMES, "arp", 42);
	add(r, "f.pcap", RECORD_FRAMES, NULL, 42);
	add(r, "e.pcapng", RECORD_EVENTS, NULL, 0);
	add(r, "both.pcapng", RECORD_BOTH, NULL, 0);
	/* Two slots a world: of NS the last two frames are lost. */
	record_observer(r)->event(record_observer(r)->ctx, &e);
	put(r, SIM_S, 1, 200, SIM_RT_DROP_NONE);
	put(r, SIM_NS, 1, 100, SIM_RT_DROP_NONE);
	put(r, SIM_NS, 2, 210, SIM_RT_DROP_NONE);
	put(r, SIM_NS, 3, 220, SIM_RT_DROP_NONE);
	put(r, SIM_NS, 3, 230, SIM_RT_DROP_NONE);
	(void)record_start(r, 0, err);
	do
		record_counts(r, &n);
	while (n.frames + n.events < 4);
	put(r, SIM_NS, 4, 300, SIM_RT_DROP_FULL);
	if (record_stop(r) != 0)
		return -1;
	record_destroy(r);
	return 0;
}

static int captures_remove(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return chdir("/") != 0 || system(command) != 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tshark),
	    cmocka_unit_test(test_capinfos),
	    cmocka_unit_test(test_tcpdump),
	    cmocka_unit_test(test_mergecap),
	};

	scenario_defaults(&sc);
	snprintf(sc.name, sizeof(sc.name), "test");
	sc.channel.class_count = 2;
	if (!mkdtemp(dir))
		return 1;
	return cmocka_run_group_tests_name("record_tools", tests, captures_make, captures_remove);
}
