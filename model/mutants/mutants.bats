#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# The runner of mutants can fail: what survives, what is listed wrongly, and what the engine that
# claims it does not kill turns its verdict red.

setup()
{
	[ -f "$IWC_BUILD/obj/core/bucket_test.o" ] && [ -z "${IWC_SAN:-}" ] ||
		skip "the tests of core/ are not built here"
	command -v python3 >/dev/null || skip "python3 is missing"
	mutants=(model/mutants/run)
	options=(--out "$IWC_BUILD" --engines unit --jobs 1)
}

verdict()
{
	tail -n 1 <<<"$output" | grep -q "\"verdict\": \"$1\""
}

@test "the list of mutants is the same each time and has no name twice" {
	one=$(model/mutants/generate)
	[ "$one" = "$(model/mutants/generate)" ]
	[ -z "$(grep -E '^[a-z0-9_.]+:[0-9]+:' <<<"$one" | sort | uniq -d)" ]
	[ "$(grep -cE '^[a-z0-9_.]+:[0-9]+:' <<<"$one")" -gt 1000 ]
}

@test "a mutant that a unit test kills is killed" {
	run "${mutants[@]}" generated "${options[@]}" --only bucket.c:6,bucket.c:7 \
		--equivalent /dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	verdict PASS
}

@test "a killed mutant that is listed as equivalent is an error" {
	echo 'bucket.c:10:constant:1 | b->pending = true; | nobody asks' >"$BATS_TEST_TMPDIR/list"
	run "${mutants[@]}" generated "${options[@]}" --only bucket.c:10 \
		--equivalent "$BATS_TEST_TMPDIR/list"
	echo "$output"
	[ "$status" -eq 1 ]
	verdict FAIL
	[[ $output == *"listed as equivalent, and killed"* ]]
}

@test "a listed mutant that is none any more is an error" {
	echo 'bucket.c:10:constant:1 | b->pending = maybe; | once' >"$BATS_TEST_TMPDIR/list"
	run "${mutants[@]}" generated "${options[@]}" --only bucket.c:6 \
		--equivalent "$BATS_TEST_TMPDIR/list"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"no such mutant now"* ]]
}

@test "survivors bring the score down" {
	run "${mutants[@]}" generated "${options[@]}" --only bucket.c:17:relational \
		--equivalent /dev/null
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"survived"*"bucket.c:17:relational:1"* ]]
	[[ $output == *"below 95 %"* ]]
}

@test "a hand-written mutant that none of its engines has tried is not killed" {
	# What an earlier run found out would count.
	rm -f "$IWC_BUILD/model/mutants/hand/bucket-back-grants.json"
	run "${mutants[@]}" hand --out "$IWC_BUILD" --engines access --jobs 1 \
		--only bucket-back-grants --again --matrix
	echo "$output"
	[ "$status" -ne 0 ]
	! verdict PASS
}

@test "wrong use names what is wrong" {
	run "${mutants[@]}" hand --engines unit,luck
	[ "$status" -eq 2 ]
	[[ $output == *luck* ]]
	run "${mutants[@]}" hand --shard 3/2
	[ "$status" -eq 2 ]
	[[ $output == *3/2* ]]
	run model/mutants/fuzz nothing
	[ "$status" -eq 2 ]
	[[ $output == *nothing* ]]
}
