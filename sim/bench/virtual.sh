#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# virtual.sh IWC CFG SCENARIO: how fast virtual time goes, in processor time of one core, best of
# RUNS (default 3): frames a second through the whole simulated path, and short fault seeds a
# second.
# Exit 0: measured, whatever the figures; 1: a run failed.

set -u
iwc=$1 cfg=$2 scenario=$3
export LC_ALL=C TIMEFORMAT=%U
runs=${RUNS:-3}

# best COMMAND...: least processor seconds over the runs; fails if the command does.
best()
{
	local least='' t i

	for ((i = 0; i < runs; i++)); do
		t=$({ time "$@" >/dev/null 2>&1 || printf 'failed '; } 2>&1)
		case $t in failed*) return 1 ;; esac
		least=$(printf '%s\n' ${least:+"$least"} "$t" | sort -g | head -n 1)
	done
	printf '%s\n' "$least"
}

frames=$("$iwc" run "$cfg" --json 2>/dev/null |
	sed -n 's/.*"frames_delivered": *\([0-9]*\).*/\1/p' | head -n 1)
if [ -z "$frames" ] || ! run_s=$(best "$iwc" run "$cfg" -q) ||
	! sweep_s=$(best "$iwc" sweep "$scenario" --seeds 1..300 -j 1 -q); then
	printf 'bench: a run in virtual time failed\n' >&2
	exit 1
fi
awk -v f="$frames" -v r="$run_s" -v s="$sweep_s" 'BEGIN {
	printf "virtual time, all detectors on: %.2f million frames a second (goal >= 1) %s\n",
		f / r / 1e6, (f / r >= 1e6 ? "met" : "not met")
	printf "short fault seeds on one core: %.0f a second (goal >= 100) %s\n",
		300 / s, (300 / s >= 100 ? "met" : "not met")
}'
