#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# iwc sweep: many seeds, any number of processes, one result.

load cli_helper

setup()
{
	cli_setup
}

teardown()
{
	cli_teardown
}

@test "sweep: good seeds pass, and the bound says how many" {
	expect 0 "$iwc" sweep good.cfg --seeds 1..40
	quiet
	says "good  seeds 1..40"
	says "PASS: no violation of P1"
	says "in 40 seeds"
	[ "$(ls)" = "$(printf 'good.cfg\nstderr\nstorm.cfg')" ]
}

@test "sweep: the file is the same for any number of processes, and merged shards are too" {
	expect 0 "$iwc" sweep good.cfg --seeds 100..177 -j 1 --out one.json
	expect 0 "$iwc" sweep good.cfg --seeds 100..177 -j 4 --out four.json
	cmp one.json four.json
	for i in 1 2 3 4 5; do
		expect 0 "$iwc" sweep good.cfg --seeds 100..177 --shard $i/5 --out part$i.json
	done
	expect 0 "$iwc" sweep --merge part3.json part1.json part5.json part2.json part4.json \
		--out all.json
	says "seeds 100..177"
	cmp one.json all.json
}

@test "sweep: failing seeds, each with a line that reproduces it" {
	need_python
	expect 1 "$iwc" sweep storm.cfg --off --seeds 1..150 --out s.json
	says "FAIL: 150 of 150 seeds fail"
	says "interrupt-rate"
	says "and 140 more"
	[ "$(member s.json 'j["failed"], j["passed"], len(j["failures"]), j["detectors"]')" = \
		"(150, 0, 100, {'interrupt-rate': 150})" ]
	[ "$(member s.json '[int(f["seed"]) for f in j["failures"]]')" \
		= "[$(seq -s ', ' 1 100)]" ]
	line=$(member s.json 'j["failures"][41]["reproduce"]')
	[ "$line" = "iwc run storm.cfg --seed 42 --off" ]
	eval "expect 1 '$iwc' ${line#iwc } --json"
	echo "$output" >r.json
	[ "$(member r.json 'j["trace_hash"]')" \
		= "$(member s.json 'j["failures"][41]["trace_hash"]')" ]
	for i in 1 2 3; do
		expect 1 "$iwc" sweep storm.cfg --off --seeds 1..150 --shard $i/3 --out part$i.json
	done
	expect 1 "$iwc" sweep --merge part2.json part3.json part1.json --out all.json
	cmp s.json all.json
}

@test "sweep: --fail-fast stops at the lowest failing seed, for any number of processes" {
	need_python
	expect 1 "$iwc" sweep storm.cfg --off --seeds 7..500 --fail-fast -j 1 --out one.json
	expect 1 "$iwc" sweep storm.cfg --off --seeds 7..500 --fail-fast -j 3 --out three.json
	cmp one.json three.json
	[ "$(member one.json 'j["stopped"], j["seeds"], j["failed"]')" = \
		"('first failure', [['7', '7']], 1)" ]
	expect 0 "$iwc" sweep good.cfg --seeds 1..20 --fail-fast --out good.json
	[ "$(member good.json 'j["stopped"], j["count"]')" = "('', 20)" ]
}

@test "sweep: --json is the file" {
	expect 0 "$iwc" sweep good.cfg --seeds 1..10 --out s.json
	expect 0 "$iwc" sweep good.cfg --seeds 1..10 --json
	quiet
	echo "$output" >stdout.json
	need_python
	[ "$(member s.json j)" = "$(member stdout.json j)" ]
}

@test "sweep: seeds up to the last one" {
	need_python
	expect 0 "$iwc" sweep good.cfg --seeds 18446744073709551610..0xffffffffffffffff --out a.json
	[ "$(member a.json 'j["seeds"], j["count"]')" = \
		"([['18446744073709551610', '18446744073709551615']], 6)" ]
	expect 0 "$iwc" sweep good.cfg --seeds 0..3 --out b.json
	expect 0 "$iwc" sweep --merge a.json b.json --out c.json
	[ "$(member c.json 'len(j["seeds"]), j["count"]')" = "(2, 10)" ]
}

@test "sweep: --merge refuses what does not go together" {
	expect 0 "$iwc" sweep good.cfg --seeds 1..10 --out a.json
	expect 0 "$iwc" sweep good.cfg --seeds 10..20 --out b.json
	expect 2 "$iwc" sweep --merge a.json b.json
	complains "b.json: seeds 10..20 are (in part) in another file too"
	expect 2 "$iwc" sweep --merge a.json a.json
	expect 0 "$iwc" sweep good.cfg --seeds 11..20 --set 's.poll=50 us' --out c.json
	expect 2 "$iwc" sweep --merge a.json c.json
	complains "c.json: of another scenario"
	expect 1 "$iwc" sweep storm.cfg --off --seeds 11..20 --out d.json
	expect 2 "$iwc" sweep --merge a.json d.json
	sed 's/"version": "[^"]*"/"version": "0.0.1"/' a.json >e.json
	expect 2 "$iwc" sweep --merge e.json
	complains "e.json: version: made by another version"
	expect 2 "$iwc" sweep --merge none.json
	complains "none.json: No such file"
	echo '{' >broken.json
	expect 2 "$iwc" sweep --merge broken.json
	complains "broken.json:"
	echo '{ "schema": "other" }' >other.json
	expect 2 "$iwc" sweep --merge other.json
	complains "other.json: schema"
	expect 2 "$iwc" sweep --merge a.json --seeds 1..3
	complains "sweep --merge takes"
}

@test "sweep: --merge refuses a file whose numbers do not add up" {
	expect 1 "$iwc" sweep storm.cfg --off --seeds 1..10 --out a.json
	for edit in 's/"failed": 10/"failed": 9/' 's/"passed": 0/"passed": -1/' \
		's/"passed": 0/"passed": "x"/' 's/"seed": "3"/"seed": "2"/' \
		's/"seed": "3"/"seed": 3/' 's/"property": "P5"/"property": "P14"/' \
		's/"interrupt-rate": 10/"interrupt-rate": "x"/' 's/"stopped": ""/"stopped": "x"/' \
		's/"options": " --off"/"options": 0/'; do
		sed "$edit" a.json >b.json
		! cmp -s a.json b.json
		expect 2 "$iwc" sweep --merge b.json
		complains "b.json: "
	done
}

@test "sweep: an interrupted one writes what it has, without gaps that it does not name" {
	need_python
	"$iwc" sweep good.cfg --seeds 1..1000000000 -j 2 --out a.json >out 2>&1 &
	pid=$!
	sleep 1
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	cat out
	[ "$status" -eq 125 ]
	grep -q 'UNDECIDED: interrupted' out
	[ "$(member a.json 'j["stopped"], j["verdict"]')" = "('interrupted', 'UNDECIDED')" ]
	[ "$(member a.json 'j["count"]')" = \
		"$(member a.json 'sum(int(b) - int(a) + 1 for a, b in j["seeds"])')" ]
	expect 125 "$iwc" sweep --merge a.json
}

@test "sweep: a scenario that can't be run is said once" {
	expect 2 "$iwc" sweep good.cfg --seeds 1..100 --set 'core.ns=nope'
	[ "$(wc -l <stderr)" -eq 1 ]
}
