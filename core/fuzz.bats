#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# The fuzzers of core/ can fail: each weakened core is found within a few thousand inputs, and the
# core as it is passes them all.

# kills NAME...: the fuzzers alone must kill each of these hand-written mutants.
kills()
{
	[ -f "$IWC_BUILD/fuzz/obj/core/receive_fuzz.o" ] ||
		skip "env: the fuzzers are not built here (FAST, SAN or no clang)"
	# What the fuzzers report is theirs to keep, and no report on this test.
	unset ASAN_OPTIONS UBSAN_OPTIONS
	run model/mutants/run hand --out "$IWC_BUILD" --engines fuzz --matrix --again --verbose \
		--jobs 1 --only "$(printf '%s,' "$@")"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^  killed .*fuzz: \(killed\|hang\)' <<<"$output")" -eq $# ]
}

@test "what is taken from the peer is found" {
	kills double-fetch no-length-check no-end-check no-minimum off-by-one-end \
		off-by-one-length off-by-one-credit trust-line-number no-lap no-wrap
}

@test "work without end is found" {
	kills skip-unchecked no-budget budget-per-call wait-for-space wait-for-reset assert-on-peer
}

@test "a section that is not the own is found" {
	kills read-back
}

@test "what a session needs is found" {
	kills no-recheck keep-credit start-early no-epoch-check no-zeroing boot-no-fence
}
