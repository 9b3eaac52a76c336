#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# Either world restarts while the other goes on; CPUs and the driver come and go.

load qemu

setup()
{
	need_qemu
}

passes()
{
	local name=$1 arguments=$2

	shift 2
	boot --run "$name" --append "iwc.args=$arguments" "$@"
	[ "$status" -eq 0 ]
	passed "$name"
}

@test "CPUs are unplugged and plugged while frames run, S on one of them" {
	passes hotplug 3 --smp 3
	quiet
}

@test "CPUs are unplugged and plugged while frames run, S on its own" {
	passes hotplug 3 --smp 4 --mode own
	quiet
}

@test "the driver is unloaded and loaded, the interface goes down and up" {
	passes reload 3
	quiet
}

@test "Linux restarts twice, S goes on" {
	passes reboot 3 --store
	quiet
	[ "$(grep -ac 'iwc: link up' "$CONSOLE")" -eq 3 ]
	[ "$(grep -c 'begins life' "$SECURE")" -eq 1 ]
}

@test "Linux restarts twice, S on its own CPU goes on" {
	passes reboot 3 --store --mode own --smp 3
	quiet
	[ "$(grep -c 'begins life' "$SECURE")" -eq 1 ]
}

# What S does to itself is said in firmware/spos/test_port.c: its own code, the watchdog, and each
# line that its page tables draw.
words=die,hang,freeze,fault,write-text,write-rodata,write-peer,run-data,run-peer,overflow,assert

@test "S breaks itself in eleven ways; Linux and its driver go on" {
	LIMIT=300 passes restart "$words" --image "$O/firmware/test/iwc-fw-shared.bin"
	[ "$(grep -c 'begins life' "$SECURE")" -eq 12 ]
	[ "$(grep -c 'the watchdog was not fed' "$SECURE")" -eq 2 ]
}

@test "S on its own CPU breaks itself in eleven ways; Linux goes on" {
	LIMIT=300 passes restart "$words" --image "$O/firmware/test/iwc-fw-own.bin" --mode own
	[ "$(grep -c 'begins life' "$SECURE")" -eq 12 ]
}

@test "S dies under load: the queue that was held back goes on" {
	passes storm hang,freeze,hang --image "$O/firmware/test/iwc-fw-own.bin" --mode own
}

@test "break: a secure world that does not die is no restart" {
	boot --run restart --append iwc.args=die
	[ "$status" -eq 1 ]
	said 'FAILED: die: a new session'
}
