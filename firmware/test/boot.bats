#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# Linux and the secure world boot on each configuration, and Linux pings the secure world.

load qemu

setup()
{
	need_qemu
}

slow()
{
	[ "${FAST:-0}" = 0 ] || skip 'env: FAST=1'
}

pings()
{
	boot --run ping "$@"
	[ "$status" -eq 0 ]
	passed ping
	said 'ping sent=100 good=100 bad=0 lost=0'
	quiet
}

@test "GICv3, cortex-a57, shared CPU" {
	pings
}

@test "GICv3, cortex-a57, one CPU for both worlds" {
	pings --smp 1
}

@test "GICv3, cortex-a57, EL2, four CPUs, S on its own" {
	pings --el2 --smp 4 --mode own
}

@test "GICv3, cortex-a72, S on its own CPU" {
	pings --cpu cortex-a72 --mode own
}

@test "GICv3, cortex-a72, EL2, shared CPU" {
	pings --cpu cortex-a72 --el2
}

@test "GICv3, max, four CPUs, shared" {
	pings --cpu max --smp 4
}

@test "GICv3, max, EL2, S on its own CPU" {
	pings --cpu max --el2 --mode own
}

@test "GICv2, cortex-a57, shared CPU" {
	pings --plat qemu-virt-gicv2
}

@test "GICv2, EL2, S on its own CPU" {
	pings --plat qemu-virt-gicv2 --el2 --mode own
}

@test "sbsa-ref, memory at 1 TiB, shared CPU" {
	pings --plat sbsa-ref
}

@test "sbsa-ref, S on its own CPU" {
	slow
	pings --plat sbsa-ref --mode own
}

@test "zcu102, GICv2, four CPUs, shared" {
	pings --plat zcu102 --smp 4
}

@test "zcu102, EL2, S on its own CPU" {
	slow
	pings --plat zcu102 --smp 4 --el2 --mode own
}

@test "sbsa-ref and zcu102: CPUs come and go while frames run" {
	slow
	for board in sbsa-ref zcu102; do
		LIMIT=300 boot --run hotplug --append iwc.args=1 --plat "$board"
		[ "$status" -eq 0 ]
		passed hotplug
		quiet
	done
}

@test "instructions as clock: two runs, the same bytes on both consoles" {
	local first

	boot --icount --run ping
	[ "$status" -eq 0 ]
	first=$CONSOLE
	boot --icount --run ping
	[ "$status" -eq 0 ]
	cmp "$first" "$CONSOLE"
	cmp "${first%/*}/secure.log" "$SECURE"
}

@test "what a board can't do is refused in one line" {
	run firmware/test/qemu.sh --plat zcu102 --store "$TMPDIR/refused"
	[ "$status" -eq 2 ]
	[ "$output" = 'qemu.sh: --bare, --store, --virtio: not on zcu102' ]
	run firmware/test/qemu.sh --plat sbsa-ref --smp 3 "$TMPDIR/refused"
	[ "$status" -eq 2 ]
	[ "$output" = 'qemu.sh: --smp 3: the device tree of sbsa-ref has 2' ]
	[ ! -e "$TMPDIR/refused" ]
}

@test "break: without monitor and secure world there is no ping" {
	boot --bare --run ping
	[ "$status" -eq 1 ]
	! passed ping
}

@test "break: a time limit that is too short is no pass" {
	LIMIT=1 boot --run ping
	[ "$status" -eq 124 ]
}
