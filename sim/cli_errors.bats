#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Wrong use of iwc: exit codes and messages that name place and cause.

load cli_helper

setup()
{
	cli_setup
}

teardown()
{
	cli_teardown
}

@test "errors: commands" {
	expect 2 "$iwc"
	complains "a command is missing"
	expect 2 "$iwc" rum
	complains "no command 'rum', did you mean run?"
	expect 2 "$iwc" help swep
	complains "did you mean sweep?"
	expect 2 "$iwc" run
	complains "run: SCENARIO is missing"
	expect 2 "$iwc" run good.cfg storm.cfg
	complains "'storm.cfg' is one word too many"
	expect 2 "$iwc" version now
}

@test "errors: options" {
	expect 2 "$iwc" run good.cfg --sed 3
	complains "run: unknown option --sed, did you mean --seed?"
	expect 2 "$iwc" run good.cfg --see=3
	complains "unknown option --see, did you mean --seed?"
	expect 2 "$iwc" --thraeds run good.cfg
	complains "did you mean --threads?"
	expect 2 "$iwc" run good.cfg -x
	complains "unknown option -x"
	expect 2 "$iwc" run good.cfg --seed
	complains "--seed needs a value"
	expect 2 "$iwc" run good.cfg --json=yes
	complains "--json takes no value"
	expect 2 "$iwc" report a --seed 3
	complains "report takes no --seed"
	expect 2 "$iwc" run good.cfg --filter udp
	complains "--filter goes with --replay"
}

@test "errors: seeds out of range" {
	for seed in 18446744073709551616 -1 +1 1.5 0x 0x10000000000000000 '' ' 1' 1x; do
		expect 2 "$iwc" run good.cfg --seed "$seed"
		complains "a number from 0 to 18446744073709551615"
	done
	expect 0 "$iwc" run good.cfg --seed 0
	expect 0 "$iwc" run good.cfg --seed 0xffffffffffffffff
}

@test "errors: --mute" {
	for list in '' 1 0: :1 0:3-1 0:1,0:1 1:0,0:0 32:0 0:1x 0:0-4294967295 0:-1; do
		expect 2 "$iwc" run storm.cfg --mute "$list"
		complains "FAULT:FIRING"
	done
	expect 0 "$iwc" run storm.cfg --mute 0:0-3,0:5,1:0
}

@test "errors: scenarios" {
	expect 2 "$iwc" run none.cfg
	complains "none.cfg: No such file"
	expect 2 "$iwc" run ./none.cfg
	complains "./none.cfg: No such file"
	expect 2 "$iwc" run .
	expect 2 "$iwc" run ''
	sed 's/duration/duratoin/' good.cfg >typo.cfg
	expect 2 "$iwc" run typo.cfg
	complains 'typo.cfg:5: '
	complains 'duration'
	expect 2 "$iwc" run good.cfg --set nothing=1
	complains "--set nothing"
	expect 2 "$iwc" run good.cfg --duration 5
	complains "no unit"
	expect 2 "$iwc" run good.cfg --off
	complains "good.cfg: --off: the scenario names no threat"
	expect 2 "$iwc" run good.cfg --set 'core.s=no-end-chek'
	complains "no core 'no-end-chek', did you mean no-end-check?"
}

@test "errors: captures" {
	: >empty.pcap
	echo "these are no frames" >foreign.pcap
	head -c 100 "$top/sim/testdata/channel.pcapng" >cut.pcap
	mkfifo fifo.pcap
	for file in none.pcap empty.pcap foreign.pcap cut.pcap fifo.pcap .; do
		expect 2 "$iwc" run good.cfg --replay "$file"
		complains "$file"
	done
	expect 2 "$iwc" run good.cfg --replay "$top/sim/testdata/channel.pcapng" --filter 'so what'
	complains "filter 'so what'"
}

@test "errors: a capture that is cut off is used, and said to be" {
	head -c -30 "$top/sim/testdata/channel.pcapng" >cut.pcapng
	expect 0 "$iwc" run good.cfg --replay cut.pcapng
	complains "cut.pcapng"
	expect 0 "$iwc" run good.cfg --replay cut.pcapng -q
	quiet
}

@test "errors: output folders" {
	expect 2 "$iwc" run good.cfg --out none/a
	complains "none/a: cannot create the folder: No such file"
	expect 2 "$iwc" run good.cfg --out good.cfg
	complains "good.cfg: cannot write there"
	expect 2 "$iwc" demo --scenarios . --out none/a
	expect 2 "$iwc" sweep good.cfg --seeds 1..3 --out none/a.json
	complains "cannot write into the folder none/"
	expect 2 "$iwc" sweep good.cfg --seeds 1..3 --out good.cfg
	complains "good.cfg: exists and is no result of a sweep"
	if [ "$(id -u)" -ne 0 ]; then
		mkdir closed
		chmod a-w closed
		expect 2 "$iwc" run good.cfg --out closed
		complains "closed: cannot write there"
	fi
}

@test "errors: a full disk behind stdout is no success" {
	[ -e /dev/full ] || skip "env: no /dev/full"
	for command in "run good.cfg" "run good.cfg --json" "list threats" explain help version \
		"sweep good.cfg --seeds 1..3"; do
		status=0
		# shellcheck disable=SC2086
		"$iwc" $command >/dev/full 2>stderr || status=$?
		[ "$status" -eq 1 ]
		complains "standard output: No space left on device"
	done
}

@test "errors: a full disk under the files of a run names the file" {
	[ -e /dev/full ] || skip "env: no /dev/full"
	expect 0 "$iwc" run good.cfg --out a
	for file in result.json trace.txt channel.pcapng events.pcapng report.html scenario.cfg; do
		rm -rf b
		cp -r a b
		ln -sf /dev/full "b/$file"
		expect 1 "$iwc" run good.cfg --out b --force
		complains "$file"
		complains "No space left"
	done
}

@test "errors: a reader that goes away, and a closed stdout" {
	status=0
	{ "$iwc" explain --json 2>stderr || echo $? >code; } | head -n 1 >/dev/null
	quiet
	[ ! -e code ]
	"$iwc" run good.cfg >&- 2>stderr || status=$?
	[ "$status" -eq 1 ]
	"$iwc" run good.cfg --out a >&- 2>stderr || true
	! grep -q PASS a/*.txt a/*.cfg
}

@test "errors: sweep" {
	expect 2 "$iwc" sweep good.cfg
	complains "--seeds A..B is missing"
	for seeds in 5..1 1 1..x ..3 1.. 1...3 0..1000000000000 -1..3; do
		expect 2 "$iwc" sweep good.cfg --seeds "$seeds"
		complains "--seeds $seeds: A..B"
	done
	for shard in 0/2 3/2 1 a/b 1/0 /2; do
		expect 2 "$iwc" sweep good.cfg --seeds 1..9 --shard "$shard"
		complains "--shard $shard: I/N"
	done
	expect 2 "$iwc" sweep good.cfg --seeds 1..2 --shard 1/3
	complains "only 2 seeds"
	for jobs in 0 257 x; do
		expect 2 "$iwc" sweep good.cfg --seeds 1..2 -j $jobs
		complains "--jobs $jobs: a number from 1 to 256"
	done
	expect 2 "$iwc" sweep good.cfg storm.cfg --seeds 1..2
	complains "one word too many"
}

@test "errors: demo, list and explain" {
	mkdir empty
	expect 2 "$iwc" demo --scenarios empty
	complains "empty: holds no scenario"
	expect 2 "$iwc" demo --scenarios none
	complains "none: cannot read the folder of scenarios"
	expect 2 "$iwc" list treats
	complains "no kind 'treats', did you mean threats?"
	expect 2 "$iwc" explain doublefetch
	complains "did you mean double-fetch?"
	expect 2 "$iwc" explain xyzzyxyzzy
	complains "nothing known about 'xyzzyxyzzy' ("
	echo 'nonsense' >bad.cfg
	expect 2 "$iwc" list --scenarios .
	complains "bad.cfg:"
	says "good"
}
