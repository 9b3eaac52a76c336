#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# iwc run --conform: what a user sees of the judgement of a trace.

load cli_helper

setup()
{
	cli_setup
}

teardown()
{
	cli_teardown
}

need_verifier()
{
	[ -x "$(dirname "$iwc")/model/conform" ] || skip "the verifier of traces is not built"
}

@test "conform: a good run is allowed, as text and as JSON" {
	need_verifier
	expect 0 "$iwc" run good.cfg --conform -q
	says "conform: PASS: "
	says " frames sent, "
	says_not "damage"
	expect 0 "$iwc" run good.cfg --conform --json
	printf '%s' "$output" >r.json
	[ "$(member r.json 'j["conform"]["verdict"]')" = PASS ]
	[ "$(member r.json 'j["conform"]["judged"] > 100 and j["conform"]["alone"] == 0')" = True ]
}

@test "conform: a broken core is refused at a line of the trace, by a rule" {
	need_verifier
	expect 1 "$iwc" run "$top/scenarios/R4-silent-ack.cfg" --off --conform --out a
	says "conform: FAIL: trace.txt:"
	says "is refused, R4: "
	line=$(sed -n 's/^conform: FAIL: trace.txt:\([0-9]*\) .*/\1/p' <<<"$output")
	says "$(sed -n "${line}p" a/trace.txt)"
}

@test "conform: behind an attack each world is judged alone, and that is said" {
	need_verifier
	expect 0 "$iwc" run "$top/scenarios/T01-far-ahead.cfg" --conform
	says "from the first attack or damage on"
}

@test "conform: every scenario and fifty seeds are allowed" {
	need_verifier
	cd "$top"
	O=$(dirname "$iwc") expect 0 model/spec/conform_all.sh scenarios
	says '"verdict":"PASS"'
	O=$(dirname "$iwc") expect 0 model/spec/conform_all.sh seeds 1 50
	says '"executions":50'
}

@test "conform: without the verifier nothing is claimed, and threads leave no trace" {
	IWC_MODEL=/nowhere expect 125 "$iwc" run good.cfg --conform
	says "conform: UNDECIDED: the program 'conform' is not in /nowhere"
	expect 2 "$iwc" run good.cfg --conform --threads
	complains "leaves no trace to judge"
}
