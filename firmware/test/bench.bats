#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# The bench of the firmware: it counts the same twice, and sees what is slower.

bats_require_minimum_version 1.5.0
load qemu

setup_file()
{
	load qemu
	need_qemu
	[ -f "$IWC_BUILD/firmware/bench/initrd.gz" ] ||
		skip 'make bench-firmware builds what this runs'
	bench=$BATS_FILE_TMPDIR/run
	export bench
	firmware/test/bench/run.sh "$IWC_BUILD/firmware/bench" "$bench" \
		>"$BATS_FILE_TMPDIR/out" 2>&1 || cat "$BATS_FILE_TMPDIR/out"
}

@test "two runs count the same, a slower S shows, no figure is missing" {
	grep -q '^Two runs counted the same.*: seen$' "$bench/table"
	run ! grep -qwE '0|nan|inf' "$bench/table"
	[ "$(grep -cE '^  (ping|udp|udp-to) +[0-9]' "$bench/table")" -eq 18 ]
	[ "$(grep -c '^  tcp' "$bench/table")" -eq 2 ]
	[ "$(grep -c ': met$' "$bench/table")" -eq 3 ]
}

@test "break: S is not slower" {
	cp -r "$bench" "$BATS_TEST_TMPDIR/same"
	cp "$bench/path.rows" "$BATS_TEST_TMPDIR/same/slow.rows"
	run firmware/test/bench/report.sh "$BATS_TEST_TMPDIR/same"
	[ "$status" -eq 1 ]
	[[ $output == *FAILED ]]
}

@test "break: a monitor that costs more" {
	cp -r "$bench" "$BATS_TEST_TMPDIR/more"
	sed -i 's/^monitor ring-to-s-and-back .*/monitor ring-to-s-and-back 601/' \
		"$BATS_TEST_TMPDIR/more/monitor.rows"
	run firmware/test/bench/report.sh "$BATS_TEST_TMPDIR/more"
	[[ $output == *'601  goal 600: not met'* ]]
}

@test "break: by the clock of this machine two runs differ" {
	BENCH_BREAK=clock run firmware/test/bench/run.sh "$IWC_BUILD/firmware/bench" \
		"$BATS_TEST_TMPDIR/clock"
	[ "$status" -eq 1 ]
	[[ $output == *'two runs differ'* ]]
}
