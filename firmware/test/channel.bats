#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# Traffic through the channel between Linux and the secure world. FAST=1 does less of each.

load qemu

setup()
{
	need_qemu
	fast=${FAST:-0}
}

# passes NAME ARGUMENTS OPTION...
passes()
{
	local name=$1 arguments=$2

	shift 2
	boot --run "$name" --append "iwc.args=$arguments" "$@"
	[ "$status" -eq 0 ]
	passed "$name"
	quiet
}

@test "a flood of pings, every byte compared" {
	local count=1000000

	[ "$fast" = 0 ] || count=20000
	LIMIT=800 passes ping "$count" --mode own
	said "ping sent=$count good=$count bad=0 lost=0"
}

@test "UDP echo from 1 to 1472 bytes" {
	passes udp 200
}

@test "a TCP stream to S and back" {
	passes tcp $((fast == 1 ? 1000000 : 20000000))
}

@test "iperf: TCP to S and from S" {
	passes iperf 2 --icount
}

@test "iperf both ways, S misses no deadline, on one processor with instructions as clock" {
	boot --icount --smp 1 --run iperf,deadlines --append "iwc.args=$((fast == 1 ? 1 : 2))"
	[ "$status" -eq 0 ]
	passed iperf deadlines
	quiet
}

@test "break: where QEMU lets processors run in turn, S's deadlines pass" {
	[ "$fast" = 0 ] || skip 'env: FAST=1'
	boot --icount --smp 3 --mode own --run hotplug,deadlines --append iwc.args=1
	[ "$status" -eq 1 ]
	passed hotplug
	said 'FAILED: and kept them: '
}

@test "two classes by the priority of a frame" {
	passes classes ''
}

@test "warning signs are lit, repeated and cleared" {
	passes sign ''

	# Break: another one is lit already.
	boot --run sign --append iwc.args=9
	[ "$status" -eq 1 ]
	said 'FAILED: set 5: '
}

@test "break: no priority is urgent" {
	boot --run classes --append iwc.params=control_priority=8
	[ "$status" -eq 1 ]
	said 'FAILED: short and urgent: control'
}

@test "what ethtool and ip say" {
	passes ethtool ''
}

@test "byte queue limits hold frames back, and nothing is lost" {
	passes bql '' --mode own
}

@test "doorbells tell, polling finds next to nothing" {
	passes bell ''
}

@test "doorbells of S never arrive: polling serves, and says so" {
	passes polls '' --dts firmware/test/dt/wrong-bell.dtsi
}

@test "break: with doorbells polling has nothing to find" {
	boot --run polls
	[ "$status" -eq 1 ]
	said 'FAILED: frames were found by polling'
}

@test "Linux's capture in QEMU and the simulator's of the same frames are the same" {
	command -v tcpdump >/dev/null || skip 'tcpdump is missing'
	command -v python3 >/dev/null || skip 'python3 is missing'
	passes capture ''
	sed -n '/^iwc-file: capture.pcap$/,/^iwc-file: end$/p' "$CONSOLE" | sed '1d;$d' |
		base64 -d >"$TMPDIR/guest.pcap"
	firmware/test/same_frames.py readdress "$TMPDIR/guest.pcap" "$TMPDIR/linux.pcap"
	cp firmware/test/capture.cfg "$TMPDIR"
	"$IWC" run "$TMPDIR/capture.cfg" --out "$TMPDIR/sim"
	tcpdump -r "$TMPDIR/sim/channel.pcapng" -w "$TMPDIR/sim.pcap"
	run firmware/test/same_frames.py compare "$TMPDIR/guest.pcap" "$TMPDIR/sim.pcap"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" == *'S: 16 frames'* ]]

	# Break: one bit of one frame.
	python3 - "$TMPDIR/guest.pcap" <<-'PY'
		import sys
		data = bytearray(open(sys.argv[1], "rb").read())
		data[-1] ^= 1
		open(sys.argv[1], "wb").write(data)
	PY
	run firmware/test/same_frames.py compare "$TMPDIR/guest.pcap" "$TMPDIR/sim.pcap"
	[ "$status" -eq 1 ]
	[[ "$output" == *'frame 15 of S'* ]]
}
