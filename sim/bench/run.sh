#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh DIR: run DIR/bench RUNS times (ROUNDS rounds each), count instructions, and write the table
# and the verdicts to DIR/report.txt and stdout. Called by make, which sets RUNS, ROUNDS, COMPILER
# and SKIPPED (engine:package of the peers that are not there).
#
# Exit: 0 measured, whatever the figures; else the harness failed.

set -eu

dir=$1
rows=$dir/rows.csv
log=$dir/log
engines=$("$dir/bench" -l)

has()
{
	printf '%s\n' "$engines" | grep -qx "$1"
}

# The same loads for each engine given.
loads()
{
	for e in "$@"; do
		echo "$e:stream:64:32 $e:stream:64:1 $e:stream:1514:32"
		# It publishes an answer before its length: torn frames in round trips.
		[ "$e" = virtio_poll ] || echo "$e:rtt:64:1"
	done
}

skip()
{
	printf 'SKIP: %s: %s is missing (make bench-deps)\n' "$1" "$2"
}

fail()
{
	cat "$log" >&2
	echo "bench: the harness failed" >&2
	exit 1
}

measure()
{
	# shellcheck disable=SC2086
	"$dir/bench" -r "$ROUNDS" -n "$1" $2 >>"$rows" 2>>"$log" || fail
}

# Exact instructions a frame: the difference of two lengths, so that the start does not count.
instructions()
{
	for turns in 500 1500; do
		frames=$("$dir/bench" -c $turns "$1:solo:$2:$3")
		valgrind --tool=callgrind --callgrind-out-file=/dev/null "$dir/bench" -c $turns \
			"$1:solo:$2:$3" 2>&1 >/dev/null |
			awk -v frames="$frames" '/Collected/ { print frames, $4 }'
	done | awk -v e="$1" -v len="$2" -v burst="$3" '
		{ frames[NR] = $1; count[NR] = $2 }
		END {
			if (NR != 2)
				exit 1
			n = (count[2] - count[1]) / (frames[2] - frames[1])
			printf "0,0,%s,insns,%d,%d,0,", e, len, burst
			printf "%.2f,%.2f,0,%d,0,0,0\n", n, n, frames[2]
		}' >>"$rows"
}

: >"$rows"
: >"$log"
memory=$(printf '%s\n' "$engines" | grep -vxE 'memif|vhost')
solo=
for e in limit core ring core_e2e rte_ring rte_ring_tuned; do
	! has "$e" || solo="$solo $e:solo:64:32"
done
run=0
while [ "$run" -lt "$RUNS" ]; do
	# shellcheck disable=SC2086
	measure "$run" "$(loads $memory) $solo core_bell:block:64:1 pipe:block:64:1"
	# One EAL a process: each pair has the limit and the core beside it.
	for e in memif vhost; do
		! has $e || measure "$run" "$(loads limit core $e)"
	done
	run=$((run + 1))
done
# A peer may be left out, but not what this is about.
grep -q ',core,stream,' "$rows" || fail
for e in core ring core_bell core_e2e rte_ring rte_ring_tuned; do
	has "$e" || continue
	if ! { instructions "$e" 64 32 && instructions "$e" 64 1; }; then
		SKIPPED="$SKIPPED instructions:valgrind-that-can-run-this-build"
		break
	fi
done

{
	printf 'machine: %s, %s CPUs, Linux %s %s\n' \
		"$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
		"$(uname -r | sed 's/[-+].*//')" "$(uname -m)"
	printf 'compiler: %s\n' "$COMPILER"
	printf 'runs: %s of %s rounds; load when done: %s\n' "$RUNS" "$ROUNDS" \
		"$(cut -d ' ' -f 1 /proc/loadavg)"
	for s in $SKIPPED; do
		skip "${s%%:*}" "${s#*:}"
	done
	sort -u "$log" | grep -E '^(SKIP|bench):' || true
	"$dir/report" "$rows"
} >"$dir/report.txt"
cat "$dir/report.txt"
