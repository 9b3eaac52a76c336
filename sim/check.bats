#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# iwc check: which verdict a check gets, whatever its program does, and what happens to results.

load cli_helper

setup()
{
	cli_setup
	mkdir model core
	echo "int x;" >core/x.c
	table 'tool good P1,P3 "model/good"'
	program good <<'END'
echo "some output"
echo '{"check": "good", "verdict": "PASS", "bounds": "two frames", "states": 123456, "seconds": 1}'
END
}

teardown()
{
	cli_teardown
}

# program NAME: stdin becomes a script that stands for a checking program.
program()
{
	{
		echo '#!/bin/bash'
		cat
	} >"model/$1"
	chmod +x "model/$1"
}

# table 'tool ID PROPERTIES COMMAND [MORE]'...: the table of checks.
table()
{
	local entry kind id properties rest comma=

	{
		echo 'checks = ('
		for entry in "$@"; do
			read -r kind id properties rest <<<"$entry"
			[ "$kind" = tool ]
			printf '%s{ id = "%s"; engine = "spin-code"; ' "$comma" "$id"
			printf 'properties = ["%s"]; ' "${properties//,/\", \"}"
			printf 'claim = "c of %s"; command = %s; }' "$id" "$rest"
			comma=,
		done
		echo ');'
	} >model/checks.cfg
}

# gone PID: no such process, or one that only its parent could still remove.
gone()
{
	local i

	for i in 1 2 3 4 5 6 7 8 9; do
		grep -qv ') Z ' "/proc/$1/stat" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

# one TEXT [CODE]: the check is a program that prints TEXT and exits with CODE.
one()
{
	printf '%s\n' "$1" >text
	program one <<END
cat "$work/text"
exit ${2:-0}
END
	table 'tool one P1 "model/one"'
}

@test "check: a pass, its row, its matrix and its files" {
	expect 0 "$iwc" check
	says "PASS       good"
	says "123 k states"
	says "two frames"
	says "P1        PASS 1"
	says "P3        PASS 1"
	says "1 passed, 0 failed, 0 skipped"
	says "results: iwc-verify"
	grep -q "some output" iwc-verify/good.log
	grep -q '"verdict": "PASS"' iwc-verify/good.json
	quiet
	expect 2 "$iwc" check goood
	complains "did you mean good?"
}

@test "check: no verdict line is FAIL, whatever the exit code" {
	local text

	for text in '' 'all is well' 'PASS' '{"verdict": "PASS", "bounds": "b"}' \
		'{"check": "one", "verdict": "OK", "bounds": "b"}' \
		'{"check": "one", "verdict": "PASS", "bounds": "b"} and more' \
		'["PASS"]' '{"check": "one", "verdict": "PASS", "bounds": "b"' \
		$'{"check": "one", "verdict": "PASS", "bounds": "b"}\nafterthought'; do
		one "$text"
		expect 1 "$iwc" check
		says "FAIL       one"
		says "no verdict: "
		says "0 passed, 1 failed, 0 skipped"
	done
}

@test "check: a PASS has bounds, and has looked at something" {
	one '{"check": "one", "verdict": "PASS", "bounds": ""}'
	expect 1 "$iwc" check
	says "no verdict: PASS without bounds"
	one '{"check": "one", "verdict": "PASS", "bounds": "b", "states": 0}'
	expect 1 "$iwc" check
	says "no verdict: PASS over nothing"
	one '{"check": "one", "verdict": "PASS", "bounds": "b", "executions": 0}'
	expect 1 "$iwc" check
	says "no verdict: PASS over nothing"
}

@test "check: verdict and exit code must agree" {
	one '{"check": "one", "verdict": "PASS", "bounds": "b"}' 1
	expect 1 "$iwc" check
	says "no verdict: it says PASS and exits with 1"
	one '{"check": "one", "verdict": "FAIL", "why": "w"}' 0
	expect 1 "$iwc" check
	says "no verdict: it says FAIL and exits with 0"
	program one <<'END'
echo '{"check": "one", "verdict": "PASS", "bounds": "b"}'
kill -SEGV $$
END
	expect 1 "$iwc" check
	says "no verdict: it says PASS and exits with -1"
}

@test "check: FAIL, UNDECIDED and SKIP are themselves" {
	one '{"check": "one", "verdict": "FAIL", "why": "it leaks"}' 1
	expect 1 "$iwc" check
	says "it leaks"
	says "P1        FAIL 1/1"
	one '{"check": "one", "verdict": "UNDECIDED", "why": "memory"}' 125
	expect 125 "$iwc" check
	says "1 undecided: neither shown nor refuted, counted as failed"
	says "0 passed, 1 failed, 0 skipped"
	one '{"check": "one", "verdict": "SKIP", "why": "spin is missing"}' 125
	expect 125 "$iwc" check
	says "0 passed, 0 failed, 1 skipped"
	expect 1 "$iwc" check --strict
	says "0 passed, 1 failed, 0 skipped"
}

@test "check: a program that is not there is a SKIP, loudly, and no PASS" {
	table 'tool good P1 "model/good"' 'tool gone P2 "model/gone/run.sh all"'
	expect 0 "$iwc" check
	says "SKIP       gone"
	says "model/gone/run.sh is missing"
	says "P2        SKIP 1/1"
	says "1 passed, 0 failed, 1 skipped"
	expect 1 "$iwc" check --strict
	says "1 passed, 1 failed, 0 skipped"
}

@test "check: the time limit is UNDECIDED, and nothing goes on running" {
	program slow <<END
sleep 300 &
echo \$! >"$work/child"
echo '{"check": "slow", "verdict": "PASS", "bounds": "b"}'
wait
END
	table 'tool slow P1 "model/slow"; timeout = 1'
	expect 125 "$iwc" check
	says "UNDECIDED  slow"
	says "time: 1 s were over"
	gone "$(cat child)"
}

@test "check: a deliberate break passes by breaking as announced, and only so" {
	table 'tool weak P3 "model/one"; fails = ["P3"]'
	one '{"check": "one", "verdict": "FAIL", "property": "P3", "detector": "race"}' 1
	table 'tool weak P3 "model/one"; fails = ["P3"]'
	expect 0 "$iwc" check
	says "PASS       weak"
	says "broke P3 as announced: race"
	says_not "P3        PASS"
	table 'tool weak P3 "model/one"; fails = ["P2"]'
	expect 1 "$iwc" check
	says "broke P3 instead of P2"
	table 'tool weak P3 "model/one"; fails = ["P2", "R3", "P33"]'
	expect 1 "$iwc" check
	says "broke P3 instead of P2 R3 P33"
	one '{"check": "one", "verdict": "PASS", "bounds": "b"}'
	table 'tool weak P3 "model/one"; fails = ["P3"]'
	expect 1 "$iwc" check
	says "did NOT break as announced: P3 held"
	one 'FAIL' 1
	table 'tool weak P3 "model/one"; fails = ["P3"]'
	expect 1 "$iwc" check
	says "no verdict"
	one '{"check": "one", "verdict": "UNDECIDED", "why": "memory"}' 125
	table 'tool weak P3 "model/one"; fails = ["P3"]'
	expect 125 "$iwc" check
	says "UNDECIDED  weak"
}

@test "check: a break that judges itself is no evidence for a property" {
	one '{"check": "one", "verdict": "PASS", "bounds": "b"}'
	table 'tool weak P3 "model/one"; break = true' 'tool good P1 "model/good"'
	expect 0 "$iwc" check
	says "PASS       weak"
	says "P1        PASS 1"
	says_not "P3        PASS"
}

@test "check: the table of the tree has every run of the specification and every proof" {
	cd "$top"
	"$iwc" check --list --full >"$work/list"
	for id in $(model/spec/run.sh --list | awk '{ print $1 }'); do
		grep -qi "^spec-$id " "$work/list" || { echo "spec-$id is missing"; false; }
	done
	for proof in $(model/proofs/run.sh --list); do
		grep -q "^proof-${proof//_/-} " "$work/list" || { echo "$proof is missing"; false; }
	done
}

@test "check: commands run where the table is, and know program and build folder" {
	program good <<'END'
echo "$PWD $IWC $O $*"
echo '{"check": "good", "verdict": "PASS", "bounds": "b"}'
END
	table 'tool good P1 "model/good a $O"'
	unset O
	expect 0 "$iwc" check
	build=$(dirname "$iwc")
	grep -qx "$(realpath "$work") $iwc $build a $build" iwc-verify/good.log
	export O=elsewhere
	expect 0 "$iwc" check
	grep -qx "$(realpath "$work") $iwc elsewhere a elsewhere" iwc-verify/good.log
}

counted()
{
	program "$1" <<END
echo x >>"$work/runs"
echo '{"check": "$1", "verdict": "PASS", "bounds": "b", "states": 1}'
END
}

runs()
{
	wc -l 2>/dev/null <runs || echo 0
}

@test "check: --resume keeps what is of the same sources" {
	counted good
	expect 0 "$iwc" check --out r
	expect 0 "$iwc" check --out r --resume
	[ "$(runs)" -eq 1 ]
	says "1 passed"
	expect 0 "$iwc" check --out r
	[ "$(runs)" -eq 2 ]
	echo "int y;" >core/x.c
	expect 0 "$iwc" check --out r --resume
	[ "$(runs)" -eq 3 ]
	table 'tool good P1 "model/good more"'
	expect 0 "$iwc" check --out r --resume
	[ "$(runs)" -eq 4 ]
	echo '{"schema": "iwc-check-result-1"' >r/good.json
	expect 0 "$iwc" check --out r --resume
	[ "$(runs)" -eq 5 ]
}

@test "check: --resume keeps a FAIL as it is and asks again for a SKIP" {
	one '{"check": "one", "verdict": "FAIL", "why": "w"}' 1
	echo 'echo x >>../runs; exit 1' >/dev/null
	expect 1 "$iwc" check --out r
	expect 1 "$iwc" check --out r --resume
	says "FAIL       one"
	table 'tool gone P1 "model/gone"'
	expect 125 "$iwc" check --out r
	program gone <<'END'
echo '{"check": "gone", "verdict": "PASS", "bounds": "b"}'
END
	expect 0 "$iwc" check --out r --resume
	says "PASS       gone"
}

@test "check: shards make the whole when their folders are put together" {
	need_python
	for id in a b c d e; do counted "$id"; done
	table 'tool a P1 "model/a"' 'tool b P2 "model/b"' 'tool c P3 "model/c"' \
		'tool d P4 "model/d"' 'tool e P5 "model/e"'
	expect 0 "$iwc" check --out r1 --shard 1/3 --json
	printf '%s\n' "$output" >j
	[ "$(member j '[c["id"] for c in j["checks"]]')" = "['a', 'd']" ]
	expect 0 "$iwc" check --out r2 --shard 2/3
	expect 0 "$iwc" check --out r3 --shard 3/3
	[ "$(runs)" -eq 5 ]
	cp -r r1 all
	cp r2/* r3/* all/
	expect 0 "$iwc" check --out all --resume
	says "5 passed, 0 failed, 0 skipped"
	[ "$(runs)" -eq 5 ]
	expect 2 "$iwc" check --shard 4/3
	complains "I from 1 to N"
}

@test "check: rows stand in the order of the table, whatever the number of processes" {
	for id in a b c d; do
		program "$id" <<END
[ $id != a ] || sleep 0.5
echo '{"check": "$id", "verdict": "PASS", "bounds": "b"}'
END
	done
	table 'tool a P1 "model/a"' 'tool b P1 "model/b"' 'tool c P1 "model/c"' \
		'tool d P1 "model/d"'
	expect 0 "$iwc" check --jobs 4
	[ "$(printf '%s\n' "$output" | awk '$1 == "PASS" { printf "%s", $2 }')" = abcd ]
	says "P1        PASS 4"
}

@test "check: properties and checks can be named" {
	counted a
	counted b
	table 'tool a P1,P2 "model/a"' 'tool b P2 "model/b"; set = "full"'
	expect 0 "$iwc" check
	says "1 passed"
	expect 0 "$iwc" check --full
	says "2 passed"
	expect 0 "$iwc" check P2
	says "1 passed"
	expect 0 "$iwc" check b
	says "PASS       b"
	expect 0 "$iwc" check P2 --full
	says "2 passed"
	expect 125 "$iwc" check P9
	says "0 passed"
	expect 2 "$iwc" check P14
	complains "'P14' is neither a property nor a check"
	expect 2 "$iwc" check bb
	complains "'bb' is neither a property nor a check"
	expect 0 "$iwc" check --list
	says "c of a"
	says_not "c of b"
}

@test "check: SIGINT ends it, what is done is kept and can be resumed" {
	counted a
	program b <<END
echo x >>"$work/runs"
echo >"$work/begun"
[ -e "$work/go" ] || sleep 300
echo '{"check": "b", "verdict": "PASS", "bounds": "b"}'
END
	table 'tool a P1 "model/a"' 'tool b P1 "model/b"'
	"$iwc" check --jobs 1 --out r >out 2>err &
	pid=$!
	while [ ! -e begun ]; do sleep 0.05; done
	kill -INT "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 125 ]
	grep -q "interrupted: 1 of 2 checks have a result" err
	[ -f r/a.json ]
	[ ! -e r/b.json ]
	touch go
	expect 0 "$iwc" check --out r --resume
	[ "$(runs)" -eq 3 ]
}

@test "check: the page says what there is, and open what there is not" {
	counted a
	table 'tool a P1 "model/a"' 'tool b P2 "model/b"' 'tool w P3 "model/w"; fails = ["P3"]'
	program b <<'END'
echo '{"check": "b", "verdict": "UNDECIDED", "why": "memory | more"}'
exit 125
END
	program w <<'END'
echo '{"check": "w", "verdict": "FAIL", "property": "P3", "detector": "race"}'
exit 1
END
	expect 125 "$iwc" check --report page.md
	complains "holds no result of these sources"
	expect 125 "$iwc" check
	expect 0 "$iwc" check --report page.md
	grep -q '^| `a` | P1 | c of a | PASS | b | 1 states | under 1 s |$' page.md
	grep -qF '| `b` | P2 | c of b | UNDECIDED | memory \| more |' page.md
	grep -q '^| P1 .* | 1 |$' page.md
	grep -q '^| P2 .* | open |$' page.md
	sed -n '/Deliberate breaks/,$p' page.md | grep -q 'broke P3 as announced: race'
	cp page.md again.md
	expect 0 "$iwc" check --report page.md
	cmp page.md again.md
	# A result of other sources is none.
	echo "int z;" >>core/x.c
	expect 125 "$iwc" check --report page.md
}

@test "check: the installed table is used where there is none" {
	mkdir -p inst/bin inst/share/iwc elsewhere
	cp "$iwc" inst/bin/iwc
	mv model inst/share/iwc/model
	cd elsewhere
	expect 0 ../inst/bin/iwc check
	says "PASS       good"
	[ -f iwc-verify/good.json ]
}

@test "check: a wrong table is refused with its line" {
	refused()
	{
		printf '%s\n' "$1" >model/checks.cfg
		expect 2 "$iwc" check
		complains "model/checks.cfg:$2"
	}
	refused 'checks = ();' '0: it needs checks = ( )'
	refused 'checks = ({ id = "a"; });' '1: the check has no engine'
	refused 'checks = ({
id = "A b"; });' '2: id: letters a-z'
	refused 'checks = ({ engine = "spin"; });' '1: unknown engine "spin"'
	refused 'checks = ({ properties = ["P14"]; });' \
		"1: properties: P1 to P13 are properties, 'P14' is none"
	refused 'checks = ({ break = false; });' '1: break: it needs true'
	refused 'checks = ({ fails = []; });' '1: fails: it needs [ ]'
	refused 'checks = ({ fails = ["P1 P2"]; });' '1: fails: properties or rules are needed'
	refused 'checks = ({ command = "rm -rf"; });' \
		'1: command: it begins with iwc or with a path'
	refused 'checks = ({ timeout = 0; });' '1: timeout: it needs seconds'
	refused 'checks = ({ set = "slow"; });' '1: set: it needs "quick" or "full"'
	refused 'checks = ({ cmd = "x"; });' '1: there is no key cmd'
	refused 'checks = (' '2: expected a value'
	table 'tool a P1 "model/a"' 'tool a P1 "model/a"'
	expect 2 "$iwc" check
	complains "the id a stands twice"
	rm model/checks.cfg
	expect 2 "$iwc" check
	complains "there is no table of checks"
}

@test "check: results are not written among other files" {
	mkdir full
	touch full/file
	expect 2 "$iwc" check --out full
	complains "holds other files"
	expect 0 "$iwc" check --out full --force
}
