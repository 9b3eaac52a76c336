#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# The monitor alone, between two programs that ask it everything: firmware/monitor/check. Without
# one of its countermeasures (firmware/monitor/weak) the check that is about it must fail.

setup()
{
	O=${IWC_BUILD:-build}
	check=$O/firmware/monitor-check
	for tool in qemu-system-aarch64 timeout; do
		command -v "$tool" >/dev/null || skip "$tool is missing (make deps OPTIONAL=1)"
	done
	[ -f "$check/ns.bin" ] || skip 'make firmware builds what this runs'
}

# machine IMAGE OPTION...: run the check, its lines into $log. Garbage lies in S's section.
machine()
{
	local image=$1

	shift
	log=$BATS_TEST_TMPDIR/log
	timeout -k 5 "${seconds:-120}" qemu-system-aarch64 \
		-machine "virt,secure=on,gic-version=3${el2:-}" \
		-cpu "${cpu:-cortex-a57}" -smp 2 -m 1G -display none -nic none -bios "$image" \
		-device "loader,file=$check/ns.bin,addr=0x40200000,force-raw=on" \
		-device loader,addr=0x7ff00000,data=0x1122334455667788,data-len=8 "$@" \
		-monitor none -serial "file:$log" -serial "file:$log.s" -no-reboot </dev/null \
		>"$log.qemu" 2>&1 || true
	cat "$log" "$log.s"
}

counting()
{
	machine "$1" -device loader,addr=0x47000000,data=1,data-len=8 \
		-icount shift=0,sleep=off -seed 1
}

# all_well CHECKS: none failed, and so many passed.
all_well()
{
	! grep -q '^FAILED' "$log"
	grep -q '^end$' "$log"
	[ "$(grep -c '^ok' "$log")" -eq "$1" ]
}

@test "S hangs and is begun anew, with NS on its processor" {
	machine "$check/iwc-fw-shared.bin"
	all_well 14
}

@test "every call, both worlds' state, isolation, doorbells, processors; with EL2; cortex-a72" {
	counting "$check/iwc-fw-shared.bin"
	all_well 24
	el2=,virtualization=on counting "$check/iwc-fw-shared.bin"
	all_well 24
	cpu=cortex-a72 counting "$check/iwc-fw-shared.bin"
	all_well 24
}

@test "the same on a processor with vectors longer than S's state" {
	cpu=max counting "$check/iwc-fw-shared.bin"
	all_well 24
	grep -qx 'ok vectors' "$log"
}

@test "instructions of RING with and without a switch, of any call" {
	counting "$check/iwc-fw-shared.bin"
	grep -qx 'ok costs' "$log"
	[ "$(grep -c '^count' "$log")" -eq 8 ]
}

# breaks NAME LINE: without NAME the check says that LINE failed.
breaks()
{
	counting "$O/firmware/qemu-virt/weak/$1/iwc-fw-check.bin"
	grep -qxF "FAILED $2" "$log"
}

@test "break: no bucket" {
	breaks no-bucket 'a storm of doorbells'
}

@test "break: secure SGIs by NS" {
	breaks no-nsacr 'secure interrupts are out of reach'
}

@test "break: no boot count" {
	breaks no-boot-count epochs
}

@test "break: the region as power-on left it" {
	breaks no-region-clear 'what S finds of its own'
}

@test "break: registers leak" {
	breaks leak-registers 'registers after a call'
}

@test "break: two registers not switched" {
	breaks no-state 'registers of EL1'
}

@test "break: floating point not switched" {
	breaks no-fp 'floating point'
}

@test "break: no vectors for NS" {
	cpu=max breaks no-vectors vectors
}

@test "break: entry points anywhere" {
	# The other processor faults for ever, and in QEMU this one then stands still.
	seconds=20 breaks no-entry-check "entry points out of NS's memory"
}

@test "break: NS calls what is S's" {
	breaks no-identity 'calls of the other world'
}

@test "break: no watchdog" {
	seconds=15 machine "$O/firmware/qemu-virt/weak/no-watchdog/iwc-fw-check.bin"
	grep -q '^ok what S finds of its own' "$log"
	! grep -q '^ok S hangs' "$log"
}
