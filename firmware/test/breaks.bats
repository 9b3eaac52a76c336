#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# Drivers that lack one thing each (weak/*.patch): the script of the guest that looks for it must
# say so. The same scripts pass with the driver as it is, in channel.bats and restart.bats.

load qemu

setup()
{
	need_qemu
}

# fails PATCH SCRIPT WHAT OPTION...: with the driver of that patch the script says "FAILED: WHAT".
fails()
{
	local patch=$1 script=$2 what=$3

	shift 3
	boot --initrd "$O/firmware/test/weak/$patch.gz" --run "$script" "$@" >/dev/null
	[ "$status" -ne 0 ]
	grep -a '^FAILED' "$CONSOLE"
	said "FAILED: $what"
}

@test "no-arm: a driver that asks for no doorbell" {
	fails no-arm bell 'doorbells told'
}

@test "no-half: a queue held back that asks for no doorbell" {
	fails no-half bql 'doorbells let it go on' --mode own
}

@test "no-poll: doorbells lost, and nobody looks" {
	fails no-poll polls 'frames were found by polling' --dts firmware/test/dt/wrong-bell.dtsi
}

@test "no-reset: what BQL knows outlives a session" {
	LIMIT=200 fails no-reset storm 'hang: frames go on' --append iwc.args=hang --mode own \
		--image "$O/firmware/test/iwc-fw-own.bin"
}
