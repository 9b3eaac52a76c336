#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# Linux and the secure world boot on each configuration, and Linux pings the secure world.

load qemu

setup()
{
	need_qemu
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

@test "break: without monitor and secure world there is no ping" {
	boot --bare --run ping
	[ "$status" -eq 1 ]
	! passed ping
}

@test "break: a time limit that is too short is no pass" {
	LIMIT=1 boot --run ping
	[ "$status" -eq 124 ]
}
