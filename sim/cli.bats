#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# iwc run, replay and report: what a user sees of one run.

load cli_helper

setup()
{
	cli_setup
}

teardown()
{
	cli_teardown
}

@test "run: a good scenario passes and says within which bound" {
	expect 0 "$iwc" run good.cfg
	quiet
	says "good  seed 5  virtual time"
	says "PASS: "
	says "shared accesses"
	says "hint: --out"
	says_not "reproduce"
	expect 0 "$iwc" run good.cfg -q
	says_not "hint"
	[ "$(ls)" = "$(printf 'good.cfg\nstderr\nstorm.cfg')" ]
}

@test "run: --seed counts, decimal and hexadecimal, and options stand anywhere" {
	expect 0 "$iwc" run good.cfg --seed 255
	first=$output
	says "seed 255"
	expect 0 "$iwc" --seed 0xff run good.cfg
	[ "$output" = "$first" ]
	expect 0 "$iwc" run good.cfg --seed=255 -q -s 255
	expect 0 "$iwc" run --seed 18446744073709551615 -- good.cfg
	says "seed 18446744073709551615"
}

@test "run: the same seed gives the same bytes, another seed does not" {
	expect 0 "$iwc" run good.cfg --seed 7 --out a
	expect 0 "$iwc" run good.cfg --seed 7 --out b
	expect 0 "$iwc" run good.cfg --seed 8 --out c
	for file in scenario.cfg result.json trace.txt channel.pcapng events.pcapng report.html; do
		[ -s "a/$file" ]
		cmp "a/$file" "b/$file"
	done
	! cmp -s a/trace.txt c/trace.txt
}

@test "run: --off fails as announced, with a counterexample and the reproduce line last" {
	expect 0 "$iwc" run storm.cfg
	says_not "announced"
	expect 1 "$iwc" run storm.cfg --off
	quiet
	says "switched off: no-bucket"
	says "FAIL: P5 "
	says "interrupt-rate"
	says "T08 broke P5 as announced"
	says "P5        FAIL"
	grep -q '^> .*violation' <<<"$output"
	[ "${output##*$'\n'}" = "reproduce: iwc run storm.cfg --seed 1 --off" ]
	fail=$output
	line=${output##*reproduce: iwc }
	eval "expect 1 '$iwc' $line"
	[ "$output" = "$fail" ]
}

@test "run: --off that does not break what was announced says so and exits with 1" {
	sed 's/"P5"/"P8"/' storm.cfg >other.cfg
	expect 1 "$iwc" run other.cfg --off
	says "T08 did NOT break as announced: broke P5 instead of P8"
	expect 1 "$iwc" run storm.cfg --off --set 'faults[1].probability=0.0'
	says "T08 did NOT break as announced: P5 held"
}

@test "run: the resolved scenario of a failure fails in the same way, without the options" {
	expect 1 "$iwc" run storm.cfg --off --set 's.poll=50 us' --duration '1 ms' --out a
	says "reproduce: iwc run storm.cfg --seed 1 --off --set 's.poll=50 us' --duration '1 ms'"
	expect 1 "$iwc" run a/scenario.cfg --seed 1 --out b
	cmp a/trace.txt b/trace.txt
}

@test "run: --set and --duration change what is run" {
	expect 0 "$iwc" run good.cfg --set 'traffic[0].gap=10 us' --out a
	grep -q 'gap = "10 us"' a/scenario.cfg
	expect 0 "$iwc" run good.cfg --duration '3 ms' --out b
	grep -q '^duration = "3 ms"' b/scenario.cfg
	expect 0 "$iwc" run good.cfg --set 'duration=3 ms' --out c
	cmp b/trace.txt c/trace.txt
}

@test "run: --mute leaves out firings" {
	expect 1 "$iwc" run storm.cfg --off --out a
	grep -q 'bell-storm (faults\[1\] firing 0)' a/trace.txt
	expect 0 "$iwc" run storm.cfg --set 'faults[1].count=1' --set 'weak=["no-bucket"]' \
		--mute 1:0 --out b
	! grep -q 'bell-storm' b/trace.txt
	grep -q 'bell-duplicated (faults\[0\] firing 0)' b/trace.txt
	expect 0 "$iwc" replay b
	says "same trace"
}

@test "run: --json is the result, on stdout alone" {
	need_python
	expect 1 "$iwc" run storm.cfg --off --json
	quiet
	echo "$output" >r.json
	[ "$(member r.json 'j["schema"], j["verdict"], j["countermeasure"], j["reproduce"]')" = \
		"('iwc-result-1', 'FAIL', 'off', 'iwc run storm.cfg --seed 1 --off')" ]
	expect 0 "$iwc" run good.cfg --json --out a
	echo "$output" >r.json
	[ "$(member r.json j)" = "$(member a/result.json j)" ]
}

@test "run: --trace-accesses writes more, and replay knows it" {
	expect 0 "$iwc" run good.cfg --out a
	expect 0 "$iwc" run good.cfg --trace-accesses --out b
	[ "$(wc -l <b/trace.txt)" -gt "$(wc -l <a/trace.txt)" ]
	expect 0 "$iwc" replay b
	says "same trace as recorded"
}

@test "run: --keep-going goes on behind the first violation" {
	expect 1 "$iwc" run storm.cfg --off --out a
	expect 1 "$iwc" run storm.cfg --off --keep-going --out b
	[ "$(wc -l <b/trace.txt)" -gt "$(wc -l <a/trace.txt)" ]
	expect 0 "$iwc" replay b
}

@test "run: --threads runs, and replay says that it can't be repeated" {
	expect 0 "$iwc" run good.cfg --threads --out a
	says "threads"
	expect 125 "$iwc" replay a
	complains "ran on threads"
}

@test "run: --replay sends a capture, --filter a part of it" {
	expect 0 "$iwc" run good.cfg --replay "$top/sim/testdata/channel.pcapng" --out a
	grep -q 'kind = "replay"' a/scenario.cfg
	expect 0 "$iwc" replay a
	expect 2 "$iwc" run good.cfg --replay "$top/sim/testdata/channel.pcapng" --filter 'port 99'
	complains "holds no frame to replay"
}

@test "run: --out takes an earlier result, an empty folder, and others only by --force" {
	mkdir empty other
	echo x >other/x
	expect 0 "$iwc" run good.cfg --out empty
	expect 0 "$iwc" run good.cfg --out empty --seed 9
	expect 2 "$iwc" run good.cfg --out other
	complains "other: holds other files"
	expect 0 "$iwc" run good.cfg --out other --force
	[ -s other/result.json ]
	[ "$(cat other/x)" = x ]
}

@test "run: a name is looked up in the folder of scenarios" {
	mkdir scenarios more
	cp good.cfg scenarios/T99-good.cfg
	cp storm.cfg more/T98.cfg
	expect 0 "$iwc" run T99
	expect 0 "$iwc" run T99-good
	IWC_SCENARIOS=more expect 0 "$iwc" run T98
	expect 0 "$iwc" run T98 --scenarios more
	cp good.cfg scenarios/T99-other.cfg
	expect 2 "$iwc" run T99
	complains "more than one T99-..."
	expect 2 "$iwc" run T99-goof
	complains "did you mean T99-good?"
}

@test "run: the result of an interrupted run is written and says so" {
	need_python
	"$iwc" run good.cfg --duration '1000 s' --out a >out 2>&1 &
	pid=$!
	while [ ! -e a/trace.txt ] || [ ! -s a/trace.txt ]; do
		kill -0 "$pid"
		sleep 0.05
	done
	kill -INT "$pid"
	status=0
	wait "$pid" || status=$?
	cat out
	[ "$status" -eq 125 ]
	grep -q '^UNDECIDED: interrupted' out
	[ "$(member a/result.json 'j["partial"]')" = True ]
	[ -s a/report.html ]
	expect 125 "$iwc" replay a
	complains "was interrupted"
}

@test "replay: the same trace, and the steps around the failure" {
	expect 1 "$iwc" run storm.cfg --off --keep-going --out a
	expect 0 "$iwc" replay a --steps 3
	says "same trace as recorded"
	[ "$(grep -c '^[> ] .*\.' <<<"$output")" -eq 3 ]
	expect 0 "$iwc" replay a --steps 3 --around
	[ "$(grep -c '^[> ] .*\.' <<<"$output")" -eq 6 ]
}

@test "replay: a changed trace is noticed, with the first line that differs" {
	expect 0 "$iwc" run good.cfg --out a
	cp -r a b
	sed -i '3s/.*/something else/' b/trace.txt
	expect 1 "$iwc" replay b
	says "first different line is 3 of trace.txt"
	says "- something else"
	rm b/trace.txt
	expect 0 "$iwc" replay b
	sed -i 's/"trace_hash": *"[0-9a-f]*"/"trace_hash": "0123456789abcdef"/' b/result.json
	expect 1 "$iwc" replay b
	says "recorded hash 0123456789abcdef"
	sed -i '$d' a/trace.txt
	expect 1 "$iwc" replay a
	says "- (end)"
}

@test "replay: --json" {
	need_python
	expect 0 "$iwc" run good.cfg --out a
	expect 0 "$iwc" replay a --json
	echo "$output" >r.json
	[ "$(member r.json 'j["schema"], j["same"], j["line"]')" = "('iwc-replay-1', True, None)" ]
	sed -i '2s/.*/x/' a/trace.txt
	expect 1 "$iwc" replay a --json
	echo "$output" >r.json
	[ "$(member r.json 'j["same"], j["line"], j["recorded_line"]')" = "(False, 2, 'x')" ]
}

@test "report: gives the same page again" {
	expect 1 "$iwc" run storm.cfg --off --out a
	cp a/report.html before.html
	rm a/report.html
	expect 0 "$iwc" report a
	says "a/report.html"
	cmp a/report.html before.html
}

@test "report and replay: a result that is none is refused" {
	mkdir none broken wrong
	expect 2 "$iwc" replay none
	complains "none/result.json: No such file"
	expect 2 "$iwc" report none
	complains "none/result.json: No such file"
	echo '{ "schema": ' >broken/result.json
	expect 2 "$iwc" replay broken
	complains "broken/result.json:"
	expect 2 "$iwc" report broken
	expect 0 "$iwc" run good.cfg --out a
	cp a/scenario.cfg wrong
	echo '{ "schema": "other" }' >wrong/result.json
	expect 2 "$iwc" replay wrong
	complains "schema is not iwc-result-1"
	expect 2 "$iwc" report wrong
	echo '[]' >wrong/result.json
	expect 2 "$iwc" replay wrong
}
