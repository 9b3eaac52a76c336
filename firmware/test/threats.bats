#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# Threats on the firmware (docs/firmware-threats.md): a hostile Linux attacks, S keeps its life, its
# deadlines and its service. With a countermeasure off the same check must turn red. FAST=1 does the
# short set. Deadlines are judged where instructions are the clock and the one processor is shared:
# everything is then the same on every run.

load qemu

setup()
{
	need_qemu
	attack=$O/firmware/test/attack
	weak=$O/firmware/qemu-virt/weak
	[ -f "$O/firmware/test/attack.gz" ] || skip 'make qemu-threats builds what this runs'
}

slow()
{
	[ "${FAST:-0}" = 0 ] || skip 'env: FAST=1'
}

# attacks DEADLINES,MS,SEED,ID,... OPTION...
attacks()
{
	local arguments=$1

	shift
	LIMIT=${LIMIT:-400} boot --initrd "$O/firmware/test/attack.gz" --run attack \
		--append "iwc.args=$arguments" "$@"
}

# One processor, instructions as clock. What S's page said goes to firmware/threats/.
holds()
{
	local id=$1

	shift
	attacks "1,${ms:-300},1,$id" --icount --smp 1 "$@"
	[ "$status" -eq 0 ]
	passed attack
	quiet
	one_life
	mkdir -p "$O/firmware/threats"
	# A tick of the counter is 16 ns, an instruction 1 ns.
	sed -n 's/^threat: //p' "$CONSOLE" | awk '{
		split($4, j, "="); split($5, r, "=")
		print $1, $2, $3, "jitter=" 16 * j[2], "response=" 16 * r[2]
	}' >"$O/firmware/threats/$id"
}

# S began one life, and neither it nor the monitor talked since.
one_life()
{
	[ "$(grep -c 'begins life' "$SECURE")" -eq 1 ] || return 1
	[ "$(wc -l <"$SECURE")" -le 6 ]
}

# breaks ID WHAT OPTION...: the check of ID says that WHAT failed.
breaks()
{
	local id=$1 what=$2

	shift 2
	attacks "1,${ms:-300},1,$id" --icount --smp 1 "$@" >/dev/null
	[ "$status" -ne 0 ]
	grep -a '^FAILED' "$CONSOLE" || true
	said "FAILED: $id: $what"
}

# S ends its life under the attack ID.
kills()
{
	local id=$1

	shift
	attacks "1,${ms:-300},1,$id" --icount --smp 1 "$@" >/dev/null
	[ "$status" -ne 0 ]
	cat "$SECURE"
	[ "$(grep -c 'ends life' "$SECURE")" -ge 1 ]
}

core_weak()
{
	echo --image "$attack/weak/$1/iwc-fw-shared.bin"
}

monitor_weak()
{
	echo --image "$weak/$1/iwc-fw-shared.bin"
}

# --- held ----------------------------------------------------------------------------------------

@test "the short set: frames, doorbells, calls, secure interrupts and memory" {
	[ "${FAST:-0}" = 1 ] || skip 'env: each of them runs alone below'
	attacks 1,200,1,T01,T04,T05,T08,T10,T23,T24,T34,T42 --icount --smp 1
	[ "$status" -eq 0 ]
	passed attack
	quiet
	one_life
}

@test "no attack: what the deadlines are without one" {
	slow
	holds none
}

@test "T01: tags and credits far ahead" {
	slow
	holds T01
}

@test "T02: a former lap, credits taken back" {
	slow
	holds T02
}

@test "T04: lengths beyond ring and buffer" {
	slow
	holds T04
}

@test "T05: frames of 0 to 13 bytes" {
	slow
	holds T05
}

@test "T07: NS writes all over S's section" {
	slow
	holds T07
}

@test "T08: a storm of doorbells" {
	slow
	holds T08
}

@test "T09: a flood of other calls" {
	slow
	holds T09
}

@test "T10: NS raises secure interrupts" {
	slow
	holds T10
}

@test "T16: a new epoch every moment" {
	slow
	holds T16
}

# The loader of QEMU puts it there before the first instruction.
garbage='loader,addr=0x7feffff8,data=0x6761726261676521,data-len=8'

@test "T20: garbage in the region at power-on" {
	holds T20 --device "$garbage"
}

@test "T21: the rest of a last line" {
	slow
	holds T21
}

@test "T22, T23: calls at random, and what they leave in registers" {
	slow
	holds T22
	holds T23
}

@test "T24: NS makes the calls of S" {
	slow
	holds T24
}

@test "T25: NS disables, masks and sends elsewhere what it can" {
	slow
	holds T25
}

@test "T33: violation after violation, and S's log stays as it was" {
	slow
	ms=8000 holds T33
}

@test "T34: violation after violation, and nothing is asserted" {
	slow
	ms=8000 holds T34
}

@test "T42: secure memory, secure devices, entry points" {
	slow
	holds T42
}

@test "T43: Linux starts itself again and again" {
	slow
	boot --icount --smp 1 --store --run reboot --append iwc.args=4
	[ "$status" -eq 0 ]
	passed reboot
	one_life
	[ "$(grep -ac 'misses=0' "$CONSOLE")" -eq 4 ]
}

# Here QEMU's processors run at the same time, and whose turn it is on the host decides how late S
# is: lives, service and the bucket's bound are judged, deadlines are not.
@test "T03, T06, T08, T09, T10, T23 from other processors, at the same time" {
	slow
	attacks 0,2000,1,T03,T06,T08,T09,T10,T23 --mode own --smp 3
	[ "$status" -eq 0 ]
	passed attack
	quiet
	one_life
}

@test "T08, T09, T10, T23 from all processors, S on one of them" {
	slow
	attacks 0,1000,1,T08,T09,T10,T23 --smp 2
	[ "$status" -eq 0 ]
	passed attack
	quiet
	one_life
}

@test "GICv2: T01, T08, T09, T23, T42" {
	slow
	attacks 1,300,1,T01,T08,T09,T23,T42 --icount --smp 1 --plat qemu-virt-gicv2
	[ "$status" -eq 0 ]
	passed attack
	one_life
}

# --- broken --------------------------------------------------------------------------------------

# shellcheck disable=SC2046
@test "break T01: a receiver that believes line numbers reads outside and dies" {
	kills T01 $(core_weak trust-line-number)
}

# shellcheck disable=SC2046
@test "break T02: a receiver that looks at the line only takes a former lap" {
	slow
	breaks T02 'no answer that was not asked for' $(core_weak no-lap)
}

# Whether S looks twice around a change is chance, and the host's: three tries.
@test "break T03: a length that is fetched twice" {
	slow
	for _ in 1 2 3; do
		attacks 0,8000,1,T03 --mode own --smp 2 \
			--image "$attack/weak/late-fetch/iwc-fw-own.bin" >/dev/null
		[ "$status" -eq 0 ] || break
	done
	[ "$status" -ne 0 ] || skip 'env: the processors of QEMU never met in the right moment'
	grep -a '^FAILED: T03: S' "$CONSOLE"
}

# shellcheck disable=SC2046
@test "break T04: no check for the end of the ring" {
	slow
	breaks T04 'a frame beyond the end of the ring' $(core_weak no-end-check)
}

# shellcheck disable=SC2046
@test "break T05: no shortest frame" {
	slow
	breaks T05 'a frame of 0 bytes' $(core_weak no-minimum)
}

# shellcheck disable=SC2046
@test "break T08: no bucket" {
	breaks T08 "doorbells within the bucket's bound" $(monitor_weak no-bucket)
}

# shellcheck disable=SC2046
@test "break T10: NS may raise secure interrupts" {
	slow
	breaks T10 'nothing but ticks' $(monitor_weak no-nsacr)
}

# shellcheck disable=SC2046
@test "break T16: no back-off" {
	slow
	breaks T16 'epochs by the back-off' $(core_weak no-backoff)
}

# shellcheck disable=SC2046
@test "break T20: the monitor leaves the region as it is" {
	slow
	breaks T20 'nothing of before power-on is left' $(monitor_weak no-region-clear) \
		--device "$garbage"
}

# shellcheck disable=SC2046
@test "break T21: the last line is copied whole" {
	slow
	breaks T21 'zeros behind each' $(core_weak no-padding)
}

# shellcheck disable=SC2046
@test "break T22: registers leak" {
	slow
	breaks T22 'and nothing else' $(monitor_weak leak-registers)
}

# shellcheck disable=SC2046
@test "break T23: a call that does not exist for NS is served" {
	slow
	breaks T23 'unknown calls say unknown' $(monitor_weak no-identity)
}

# shellcheck disable=SC2046
@test "break T24: NS may say that S lives" {
	slow
	breaks T24 'calls of S do not exist for NS' $(monitor_weak no-identity)
}

# shellcheck disable=SC2046
@test "break T33: S prints each violation" {
	slow
	attacks 1,8000,1,T33 --icount --smp 1 $(core_weak log-errors) >/dev/null
	run one_life
	[ "$status" -ne 0 ]
}

# shellcheck disable=SC2046
@test "break T34: what the peer wrote reaches an assertion" {
	slow
	# The watchdog is looked after by a processor on which S does not run.
	ms=1 kills T34 --smp 2 $(core_weak assert-on-peer)
}

# shellcheck disable=SC2046
@test "break T42: a processor may start anywhere" {
	slow
	breaks T42 "no processor starts outside of NS's memory" $(monitor_weak no-entry-check)
}

# shellcheck disable=SC2046
@test "break T43: every life of Linux has the same epoch" {
	slow
	boot --icount --smp 1 --store --run reboot --append iwc.args=3 $(monitor_weak no-boot-count)
	[ "$status" -ne 0 ]
	said 'the link does not come up'
}
