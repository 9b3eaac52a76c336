#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# The litmus runner: its verdict, its breaks, and what it refuses.

program=$IWC_BUILD/model/litmus

@test "all tests hold, and every broken engine is noticed" {
	run model/litmus/run.sh --out "$IWC_BUILD" --programs 300
	[ "$status" -eq 0 ]
	[[ "${lines[-1]}" == '{"check":"litmus","verdict":"PASS",'*'}' ]]
	breaks=$(find model/litmus/breaks -name '*.patch' | wc -l)
	[ "$breaks" -gt 40 ]
	[[ "${lines[-1]}" == *"\"breaks\":$breaks,\"breaks_red\":$breaks}" ]]
}

@test "a break that nothing notices fails the run" {
	mkdir -p "$TMPDIR/out/model"
	cp "$program" "$TMPDIR/out/model/litmus"
	for patch in model/litmus/breaks/*.patch; do
		name=$(basename "$patch" .patch)
		mkdir -p "$TMPDIR/out/litmus/$name"
		cp "$IWC_BUILD/litmus/$name/litmus" "$TMPDIR/out/litmus/$name/litmus"
	done
	cp "$program" "$TMPDIR/out/litmus/bell-unordered/litmus"
	run model/litmus/run.sh --out "$TMPDIR/out" --programs 20
	[ "$status" -eq 1 ]
	[[ "${lines[-1]}" == *'"verdict":"FAIL"'*'breaks not noticed: bell-unordered'* ]]
}

@test "a wrong verdict in a file fails the run and is named" {
	sed 's/^forbidden/allowed/' model/litmus/mp.litmus >"$TMPDIR/wrong.litmus"
	run "$program" check 1 1 "$TMPDIR/wrong.litmus"
	[ "$status" -eq 1 ]
	[[ "$output" == *"wrong.litmus: a=1 b=0: RC11 says otherwise"* ]]
	[[ "${lines[-1]}" == *'"verdict":"FAIL"'* ]]
}

@test "the same seed gives the same run, another seed another" {
	run "$program" check 3 50 model/litmus/mp.litmus
	first=$(printf '%s\n' "${lines[@]}" | grep -v seconds)
	run "$program" check 3 50 model/litmus/mp.litmus
	[ "$first" = "$(printf '%s\n' "${lines[@]}" | grep -v seconds)" ]
	run "$program" check 4 50 model/litmus/mp.litmus
	[ "$first" != "$(printf '%s\n' "${lines[@]}" | grep -v seconds)" ]
}

@test "what is not built is undecided" {
	run model/litmus/run.sh --out "$TMPDIR/nothing"
	[ "$status" -eq 125 ]
	[[ "${lines[-1]}" == *'"verdict":"UNDECIDED"'*'is not built'* ]]
}

@test "wrong use is refused" {
	run model/litmus/run.sh --fast
	[ "$status" -eq 2 ]
	run "$program" check
	[ "$status" -eq 2 ]
	run "$program" check x 1 model/litmus/mp.litmus
	[ "$status" -eq 2 ]
	[[ "$output" == *"x is no number from 0 to"* ]]
	run "$program" check 1 1 "$TMPDIR/none.litmus"
	[ "$status" -eq 2 ]
	[[ "$output" == *"none.litmus: can't be read"* ]]
}

@test "the table in the documentation is that of this program" {
	cp docs/memory-model.md "$TMPDIR/memory-model.md"
	run model/litmus/run.sh --out "$IWC_BUILD" --table "$TMPDIR/memory-model.md"
	[ "$status" -eq 0 ]
	cmp docs/memory-model.md "$TMPDIR/memory-model.md"
}
