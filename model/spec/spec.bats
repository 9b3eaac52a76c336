#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# model/spec/run.sh: what it makes of SPIN's reports. A verdict that can't be bad says nothing.

setup()
{
	command -v spin >/dev/null || skip "spin is not installed"
	export O=$BATS_TEST_TMPDIR
	export RUNS=$BATS_TEST_TMPDIR/runs
}

# table EXPECTED MODEL FLAGS CLAIM: a table of one run named "it".
table()
{
	printf 'it | P2 | quick | %s | %s | %s | %s | bounds\n' "$@" >"$RUNS"
}

# ends CODE TEXT: run it; exit code, and text of the last line.
ends()
{
	run model/spec/run.sh it
	echo "$output"
	[ "$status" -eq "$1" ]
	[[ ${lines[-1]} == *"$2"* ]]
}

@test "the specification passes its histories, and a bad one is seen" {
	unset RUNS
	run model/spec/run.sh check check-break R1-break
	[ "$status" -eq 0 ]
	[ "$(grep -c '"verdict":"PASS"' <<<"$output")" -eq 3 ]
}

@test "a known-bad model is FAIL where PASS was expected, and the rule is named" {
	table PASS protocol.pml '-DTO_S=2 -DDEATHS_NS=1 -DBREAK_R1' -
	ends 1 '"verdict":"FAIL","bounds":"bounds","why":"[P2] '
}

@test "a break that is not found is FAIL, and so is one found for another reason" {
	table 'FAIL *' protocol.pml -DTO_S=1 -
	ends 1 '"why":"what had to be found was not found"'
	table 'FAIL [P9]*' protocol.pml '-DTO_S=2 -DDEATHS_NS=1 -DBREAK_R1' -
	ends 1 '"why":"found for another reason than'
}

@test "a claim that does not hold is FAIL, though no assertion is violated" {
	table PASS protocol.pml '-DBELLS -DTO_S=2 -DBELLS_LOST=1 -DCLAIM_TAKEN' taken
	ends 1 '"why":"acceptance cycle"'
}

@test "out of time, out of memory and a claim that was not searched are UNDECIDED" {
	table PASS protocol.pml '-DTO_S=2 -DDEATHS_NS=2 -DDEATHS_S=2 -DRENEWALS=1' -
	RUN_SECONDS=1 ends 125 '"verdict":"UNDECIDED"'
	RUN_MB=90 ends 125 '"verdict":"UNDECIDED"'
	table PASS protocol.pml -DTO_S=1 taken
	ends 125 'the claim was not searched under weak fairness'
}

@test "a model that SPIN does not read is an error, and so is an unknown run" {
	table PASS protocol.pml -DLINES=what -
	run model/spec/run.sh it
	[ "$status" -eq 70 ]
	run model/spec/run.sh another
	[ "$status" -eq 2 ]
	[[ $output == *"no run 'another'"* ]]
}
