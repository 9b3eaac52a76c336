#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# iwc run --pcapng: a run as one live stream of frames and events.

load cli_helper

setup()
{
	cli_setup
}

teardown()
{
	cli_teardown
}

need_tshark()
{
	command -v tshark >/dev/null || skip "tshark is missing"
}

# What a capture holds of frames: stamp, interface, packet id, comment, bytes.
frames()
{
	tshark -r "$1" -Y eth -T fields -e frame.time_epoch -e frame.interface_name \
		-e frame.packet_id -e frame.comment -e eth.addr -e data.data 2>/dev/null
}

# And of events: stamp, packet id, text; of all packets but Ethernet.
events()
{
	tshark -r "$1" -Y "not eth" -T fields -e frame.time_epoch -e frame.packet_id \
		-e exported_pdu.exported_pdu -e data.data 2>/dev/null
	tshark -r "$1" -Y "not eth" -x 2>/dev/null
}

# until_blocked PID: it has its signal handlers, and waits for somebody to open the FIFO.
until_blocked()
{
	local i

	for ((i = 0; i < 200; i++)); do
		! grep -q '^SigCgt:.*4...$' "/proc/$1/status" ||
			! grep -q '^State:.*S' "/proc/$1/status" || return 0
		sleep 0.05
	done
	return 1
}

@test "the stream holds the frames and events of the files, and the same verdict" {
	need_tshark
	"$iwc" run "$top/scenarios/hostile.cfg" --out d >text
	expect 0 "$iwc" run "$top/scenarios/hostile.cfg" --out e --pcapng both.pcapng
	[ "$(cmp d/trace.txt e/trace.txt && cmp d/channel.pcapng e/channel.pcapng && echo same)" = \
		same ]
	[ "$output" = "$(cat text)" ]
	frames d/channel.pcapng >a
	frames both.pcapng >b
	[ "$(wc -l <a)" -gt 1000 ]
	cmp a b
	events d/events.pcapng >a
	events both.pcapng >b
	[ "$(wc -l <a)" -gt 1000 ]
	cmp a b
	# stamps never go back, over all interfaces
	tshark -r both.pcapng -T fields -e frame.time_delta 2>/dev/null >c
	[ "$(wc -l <c)" -gt 2000 ]
	! grep -q '^-' c
}

@test "stdout: the capture alone, the verdict on stderr, and no second capture of a failure" {
	need_tshark
	expect 0 "$iwc" run good.cfg --pcapng f.pcapng
	"$iwc" run good.cfg --pcapng - 2>said >g.pcapng
	cmp f.pcapng g.pcapng
	grep -q '^PASS' said
	"$iwc" run storm.cfg --off --pcapng f.pcapng >/dev/null || [ $? -eq 1 ]
	[ "$(tshark -r f.pcapng -T fields -e frame.number 2>/dev/null | wc -l)" -gt 10 ]
	"$iwc" run storm.cfg --off --out d >/dev/null || [ $? -eq 1 ]
	frames f.pcapng >a
	frames d/channel.pcapng >b
	cmp a b
}

@test "a reader that goes away ends the run, which is undecided" {
	{
		status=0
		"$iwc" run good.cfg --set duration="100 s" --pcapng - 2>said || status=$?
		echo "$status" >status
	} | head -c 5000 >/dev/null
	[ "$(cat status)" -eq 125 ]
	grep -q '^UNDECIDED: interrupted' said
	! grep -qi 'pipe' said
}

@test "speed: the stream takes the time that virtual time takes" {
	# 12 ms of virtual time at a hundredth of its speed
	start=$(date +%s%N)
	expect 0 "$iwc" run good.cfg --pcapng a.pcapng --speed 0.01
	[ $((($(date +%s%N) - start) / 1000000)) -ge 1000 ]
	expect 0 "$iwc" run good.cfg --pcapng b.pcapng
	cmp a.pcapng b.pcapng
}

@test "a signal ends a slow run at once" {
	mkfifo pipe
	"$iwc" run good.cfg --pcapng pipe --speed 0.000001 2>said >out &
	pid=$!
	exec 5<pipe
	head -c 100 <&5 >/dev/null
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	exec 5<&-
	[ "$status" -eq 125 ]
	grep -q '^UNDECIDED: interrupted' out
	# and one that nobody reads, before it begins
	"$iwc" run good.cfg --pcapng pipe 2>said >out &
	pid=$!
	until_blocked "$pid"
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 125 ]
	[ ! -s said ]
}

@test "wrong use says what is wrong" {
	expect 2 "$iwc" run good.cfg --speed 1
	complains "--speed goes with --pcapng"
	for speed in -1 nan 0x10 inf 1e3 "" . 1.2.3 1000001 0.0000001; do
		expect 2 "$iwc" run good.cfg --pcapng f --speed "$speed"
		complains "0 or a number from 0.000001 to 1000000"
		[ ! -e f ]
	done
	expect 2 "$iwc" run good.cfg --pcapng f --threads
	complains "--pcapng: a run on threads"
	expect 2 "$iwc" run good.cfg --pcapng - --json
	complains "both want standard output"
	expect 2 "$iwc" run good.cfg --pcapng no/such/folder
	complains "no/such/folder: No such file or directory"
	expect 2 "$iwc" sweep good.cfg --seeds 1..2 --pcapng f
	complains "sweep takes no --pcapng"
	[ -w /dev/full ] || skip "env: no /dev/full"
	expect 1 "$iwc" run good.cfg --pcapng /dev/full
	complains "/dev/full: No space left on device"
}
