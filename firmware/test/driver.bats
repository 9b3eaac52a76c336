#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# The Linux driver refuses what it can't use, each in one line that says what and where; and
# nsprobe, which judges the traffic, sees a wrong byte.

load qemu

# The line of the driver for the device-tree node $1 has the text $2.
refused()
{
	grep -a "iwc_net $1: " "$CONSOLE" | grep -aqF -- "$2" || {
		echo "no '$2' for $1:"
		grep -a "iwc_net $1" "$CONSOLE"
		return 1
	}
}

@test "bad channels are refused, a good one beside them works" {
	need_qemu
	boot --dts firmware/test/dt/bad.dtsi --run ping
	[ "$status" -eq 0 ]
	refused no-names 'no memory-region called own'
	refused no-peer 'memory-region peer: no such node'
	refused mapped '/reserved-memory/bad@7fd00000 lacks no-map'
	refused small 'memory-region own: [mem 0x7fc00000-0x7fc0ffff], need 0x56000 bytes'
	refused aligned 'memory-region peer: [mem 0x7fb00800-0x7fc007ff], need 0x56000 bytes'
	refused address '/reserved-memory/bad has no address'
	refused same '[mem 0x7fe00000-0x7fefffff], [mem 0x7fe00000-0x7fefffff] overlap'
	refused swapped 'own 0x000000007ff00000, peer 0x000000007fe00000, 0x100000 bytes; monitor'
	refused no-interrupt 'IRQ index 0 not found'
	[ "$(grep -ac 'iwc_net .*: error' "$CONSOLE")" -eq 9 ]
	quiet
}

@test "without a monitor the driver asks nobody" {
	need_qemu
	boot --bare --run ping --append iwc.driver=only
	[ "$status" -eq 1 ]
	refused channel 'firmware promises no SMCCC 1.1 by SMC: no monitor to ask'
	quiet_linux
}

quiet_linux()
{
	! grep -aE 'WARNING:|BUG:|Oops|Call trace' "$CONSOLE"
}

@test "Linux has the peer's section mapped read-only: a driver that writes it is stopped" {
	need_qemu
	boot --run ping --initrd "$O/firmware/test/weak/write-peer.gz" --append oops=panic
	[ "$status" -ne 0 ]
	said 'own section written'
	said 'Unable to handle kernel write to read-only memory'
	! grep -a "peer's section written" "$CONSOLE" || false
}

@test "parameters out of range are clamped, and the link works" {
	need_qemu
	boot --run ping,tcp \
		--append iwc.params=poll_ms=0,rx_copybreak=4000000000,control_priority=4000000000
	[ "$status" -eq 0 ]
	quiet
	boot --run ping,tcp --append iwc.params=poll_ms=4000000000,rx_copybreak=0
	[ "$status" -eq 0 ]
	quiet
}

# --- nsprobe -----------------------------------------------------------------------------------

setup_file()
{
	gcc -std=gnu11 -O1 firmware/test/nsprobe.c -o "$BATS_FILE_TMPDIR/nsprobe"
	export NSPROBE=$BATS_FILE_TMPDIR/nsprobe
}

# echo_server KIND: answers on a free port of this machine, which it prints; the 3rd message or the
# 3000th byte comes back wrong.
echo_server()
{
	python3 firmware/test/bad_echo.py "$1" >"$TMPDIR/port" &
	echo $! >"$TMPDIR/pid"
	for _ in $(seq 50); do
		[ ! -s "$TMPDIR/port" ] || break
		sleep 0.1
	done
	port=$(cat "$TMPDIR/port")
}

teardown()
{
	[ ! -f "$TMPDIR/pid" ] || kill "$(cat "$TMPDIR/pid")" 2>/dev/null || true
	rm -f "$TMPDIR/pid" "$TMPDIR/port"
}

@test "nsprobe udp: a wrong byte and a lost datagram" {
	echo_server udp
	run "$NSPROBE" udp 127.0.0.1 "$port" 5 100
	[ "$status" -eq 1 ]
	[ "$output" = 'udp sent=5 good=3 bad=1 lost=1' ]
}

@test "nsprobe tcp: a wrong byte" {
	echo_server tcp
	run "$NSPROBE" tcp 127.0.0.1 "$port" 20000
	[ "$status" -eq 1 ]
	[[ "$output" == *'match=0' ]]
}

@test "nsprobe: wrong use is refused" {
	run "$NSPROBE"
	[ "$status" -eq 2 ]
	run "$NSPROBE" udp nowhere 7 1 1
	[ "$status" -eq 2 ]
	[ "$output" = "nsprobe: 'nowhere': an IPv4 address" ]
	run "$NSPROBE" udp 127.0.0.1 7 1 1473
	[ "$status" -eq 2 ]
	[ "$output" = "nsprobe: '1473': a number from 1 to 1472" ]
	IWC_PRIORITY=8 run "$NSPROBE" udp 127.0.0.1 7 1 1
	[ "$status" -eq 2 ]
}

@test "qemu.sh: wrong use is refused" {
	run firmware/test/qemu.sh
	[ "$status" -eq 2 ]
	run firmware/test/qemu.sh --plat nowhere "$TMPDIR/q"
	[ "$status" -eq 2 ]
	[[ "$output" == *'--plat nowhere: qemu-virt, qemu-virt-gicv2, sbsa-ref or zcu102' ]]
	run firmware/test/qemu.sh --smp 9 "$TMPDIR/q"
	[ "$status" -eq 2 ]
	run firmware/test/qemu.sh --image /nonexistent "$TMPDIR/q"
	[ "$status" -eq 1 ]
	[[ "$output" == *'/nonexistent is missing'* ]]
}
