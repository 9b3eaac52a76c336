/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What other people's programs make of the sample files in sim/testdata, which pcapng_test shows
 * to be what the writer writes. In commands $T is the folder of the samples, $D an empty one.
 */
#include <unistd.h>

#include "tools_bed.h"

static char dir[] = "/tmp/iwc-tools-XXXXXX";

static void test_tshark_channel(void **state)
{
	(void)state;
	tool_require("tshark");
	assert_prints("tshark -r $T/channel.pcapng -T fields -E separator=/s -e frame.time_epoch "
		      "-e frame.interface_name -e frame.packet_flags_direction -e frame.packet_id "
		      "-e frame.interface_queue -e frame.len -e arp.opcode 2>/dev/null",
		      "0.000001000 ns-to-s 0x00000001 4294967298 3 60 1\n"
		      "2000000001.234567890 s-to-ns 0x00000002 3 3 59 2\n");
	assert_prints("tshark -r $T/channel.pcapng -Y frame.comment -T fields -e frame.number "
		      "-e frame.comment -e frame.drop_count 2>/dev/null",
		      "2\tdropped: ring full\t7\n");
	assert_int_equal(shell("tshark -r $T/channel.pcapng -q -z hosts 2>/dev/null"), 0);
	assert_output_has("192.0.2.1\tns.iwc\n");
}

static void test_tshark_events(void **state)
{
	(void)state;
	tool_require("tshark");
	assert_int_equal(shell("tshark -r $T/events.pcapng -V -x 2>/dev/null"), 0);
	assert_output_has("Name: iwc-event\n");
	assert_output_has("as the scenario says");
	assert_output_has("world=s kin");
}

/* A dissector of that name gets the text of the event and nothing else. */
static void test_tshark_event_dissector(void **state)
{
	static const char script[] =
	    "cat >$D/e.lua <<'END'\n"
	    "local p = Proto('iwc-event', 'event')\n"
	    "function p.dissector(b, pinfo) pinfo.cols.info = '<' .. b():string() .. '>' end\n"
	    "END\n";

	(void)state;
	tool_require("tshark");
	assert_int_equal(shell(script), 0);
	assert_prints("tshark -X lua_script:$D/e.lua -r $T/events.pcapng -T fields "
		      "-e _ws.col.Info 2>/dev/null",
		      "<world=ns kind=doorbell n=1>\n<world=s kind=crash>\n");
}

static void test_tcpdump(void **state)
{
	(void)state;
	tool_require("tcpdump");
	assert_prints("tcpdump -tt --nano -nr $T/channel.pcapng 2>/dev/null",
		      "0.000001000 ARP, Request who-has 192.0.2.2 tell 192.0.2.1, length 46\n"
		      "2000000001.234567890 ARP, Reply 192.0.2.1 is-at 02:00:00:00:00:01, length "
		      "45\n");
}

static void test_capinfos(void **state)
{
	(void)state;
	tool_require("capinfos");
	assert_int_equal(shell("capinfos $T/channel.pcapng 2>&1"), 0);
	assert_output_has("Capture comment:     seed=1\n");
	assert_output_has("Capture application: iwc\n");
	assert_output_has("Number of interfaces in file: 2\n");
	assert_output_has("Number of stat entries = 1\n");
	assert_output_has("Time precision = nanoseconds (9)\n");
	assert_int_equal(shell("capinfos -c -M $T/events.pcapng 2>&1"), 0);
	assert_output_has("Number of packets:   2\n");
}

static void test_editcap(void **state)
{
	(void)state;
	tool_require("editcap");
	tool_require("tshark");
	assert_int_equal(shell("editcap -r $T/channel.pcapng $D/one.pcapng 2 2>&1"), 0);
	assert_prints("tshark -r $D/one.pcapng -T fields -e frame.interface_name -e frame.comment "
		      "2>/dev/null",
		      "s-to-ns\tdropped: ring full\n");
}

static void test_mergecap(void **state)
{
	(void)state;
	tool_require("mergecap");
	tool_require("tshark");
	assert_int_equal(
	    shell("mergecap -w $D/both.pcapng $T/channel.pcapng $T/events.pcapng 2>&1"), 0);
	assert_prints("tshark -r $D/both.pcapng -T fields -E separator=/s -e frame.time_epoch "
		      "-e frame.interface_name 2>/dev/null",
		      "0.000000900 events\n0.000001000 ns-to-s\n0.000001100 events\n"
		      "2000000001.234567890 s-to-ns\n");
}

/* The tools can say no: a file torn in a packet, and one with a wrong trailing length. */
static void test_tools_refuse_damage(void **state)
{
	(void)state;
	tool_require("tshark");
	tool_require("tcpdump");
	assert_int_equal(shell("head -c 450 $T/channel.pcapng >$D/torn.pcapng"), 0);
	assert_int_not_equal(shell("tshark -r $D/torn.pcapng 2>&1"), 0);
	assert_int_equal(shell("cp $T/channel.pcapng $D/bad.pcapng && printf '\\377' | dd "
			       "of=$D/bad.pcapng bs=1 seek=$(($(wc -c <$D/bad.pcapng) - 4)) "
			       "conv=notrunc 2>/dev/null"),
			 0);
	assert_int_not_equal(shell("tcpdump -nr $D/bad.pcapng 2>&1"), 0);
}

static int dir_make(void **state)
{
	const char *set = getenv("IWC_TESTDATA");

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	/* Times of day and languages must not depend on who runs this. */
	return setenv("T", set ? set : "sim/testdata", 1) | setenv("D", dir, 1) |
	       setenv("TZ", "UTC", 1) | setenv("LC_ALL", "C", 1);
}

static int dir_remove(void **state)
{
	(void)state;
	return shell("rm -f $D/e.lua $D/*.pcapng && rmdir $D");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tshark_channel),
	    cmocka_unit_test(test_tshark_events),
	    cmocka_unit_test(test_tshark_event_dissector),
	    cmocka_unit_test(test_tcpdump),
	    cmocka_unit_test(test_capinfos),
	    cmocka_unit_test(test_editcap),
	    cmocka_unit_test(test_mergecap),
	    cmocka_unit_test(test_tools_refuse_damage),
	};

	return cmocka_run_group_tests_name("pcapng tools", tests, dir_make, dir_remove);
}
