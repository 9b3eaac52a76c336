#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# iwc shrink: a smaller case that fails in the same way.

load cli_helper

setup()
{
	cli_setup
}

teardown()
{
	cli_teardown
}

@test "shrink: the small case fails alike, with fewer faults, flows and less time" {
	need_python
	expect 0 "$iwc" shrink storm.cfg --off --set 'faults[1].amount=10 us' \
		--set 'faults[1].interval=1 us' --seed 3 --out small
	quiet
	says "storm seed 3: P5 in s"
	grep -Eq '^[0-9]+ faults fired -> [0-9]+$' <<<"$output"
	says "2 flows -> "
	reproduce=${output##*reproduce: iwc }
	[[ $reproduce == "run small/scenario.cfg --seed 3"* ]]
	eval "expect 1 '$iwc' $reproduce --json"
	echo "$output" >r.json
	[ "$(member r.json 'j["violations"][0]["property"], j["violations"][0]["detector"]')" = \
		"('P5', 'interrupt-rate')" ]
	expect 1 "$iwc" run storm.cfg --off --set 'faults[1].amount=10 us' --seed 3 --json
	echo "$output" >before.json
	[ "$(member r.json 'j["virtual_ns"]')" -le "$(member before.json 'j["virtual_ns"]')" ]
	[ "$(member r.json 'sum(f["fired"] for f in j["faults"])')" -le \
		"$(member before.json 'sum(f["fired"] for f in j["faults"])')" ]
	[ "$(member r.json 'len(j["traffic"])')" -lt 3 ]
	expect 0 "$iwc" replay small
	says "same trace"
}

@test "shrink: a fault that has nothing to do with the failure goes" {
	expect 0 "$iwc" shrink storm.cfg --off --out small
	! grep -q bell-duplicated small/scenario.cfg
	grep -q '^duration = "[0-9.]* us"\|^duration = "[0-9]* ns"' small/scenario.cfg
	grep -q '^closing = "0 ns"' small/scenario.cfg
}

@test "shrink: without --out the small scenario is printed and runs" {
	expect 0 "$iwc" shrink storm.cfg --off --seed 3
	[ "${output:0:2}" = "# " ]
	says "# reproduce: iwc run FILE --seed 3"
	flags=$(sed -n 's/^# reproduce: iwc run FILE //p' <<<"$output")
	echo "$output" >small.cfg
	# shellcheck disable=SC2086
	expect 1 "$iwc" run small.cfg $flags
	says "P5 "
	says "interrupt-rate"
}

@test "shrink: is the same each time, and --runs bounds it" {
	need_python
	expect 0 "$iwc" shrink storm.cfg --off --json
	first=$output
	expect 0 "$iwc" shrink storm.cfg --off --json
	[ "$output" = "$first" ]
	expect 0 "$iwc" shrink storm.cfg --off --json --runs 2
	echo "$output" >r.json
	[ "$(member r.json 'j["schema"], j["runs"]')" = "('iwc-shrink-1', 2)" ]
}

@test "shrink: a case that does not fail is no case" {
	expect 1 "$iwc" shrink good.cfg --seed 4
	complains "good.cfg: nothing to shrink: this case does not fail (PASS"
	expect 2 "$iwc" shrink storm.cfg --off --runs 0
	complains "--runs 0: a number from 1"
}
