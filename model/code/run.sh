#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh [--core FOLDER] [--claim NAME] [--timeout S] CLIENT...|quick: search each client with SPIN,
# with the core that it names, or in both worlds with that of FOLDER (a copy of core/, or a mutant).
# With --claim the search is for runs, under weak fairness, that break this claim of code.pml.
#
# O names the build folder that holds the verifier (build). One verdict line for each client; with
# --core the first that is not PASS ends it. A client is a file, or a name of model/clients.
# Exit: 0 all PASS; 1 one FAIL; 125 one UNDECIDED; 2 wrong use; 70 it does not build.

set -u

me=${0##*/}
top=$(cd "$(dirname "$0")/../.." && pwd)
O=${O:-$top/build}
limit=600
core=
claim=
# Small, and between them every rule of the protocol: see docs/mutants.md for what each kills.
quick=(small both-ways restart-s reload protect wrap skip two-classes space)

die()
{
	printf '%s: %s\n' "$me" "$1" >&2
	exit "${2:-2}"
}

# A verifier with the core of that folder, in the scratch folder.
build()
{
	local symbol=sim_core_core flags=(-std=gnu11 -D_GNU_SOURCE -O1 -w)

	flags+=(-I"$core" -I"$top/sim" -I"$top/sim/port")
	printf 'X(%s)\n' "$symbol" >"$scratch/variants.inc"
	"${CC:-gcc}" "${flags[@]}" -ffreestanding -DSIM_CORE_SYMBOL="$symbol" \
		-DSIM_CORE_NAME='"core"' -c "$top/sim/core_unit.c" -o "$scratch/core.o" &&
		objcopy --keep-global-symbol="$symbol" "$scratch/core.o" &&
		"${CC:-gcc}" "${flags[@]}" -I"$scratch" "$top/sim/variants.c" "$scratch/core.o" \
			"$O/obj/model/code/pan/${verifier##*/}.o" "$O/libmodel.a" -lconfig \
			-o "$scratch/verifier"
}

# What pan says, and not how it exits, is the verdict.
judge()
{
	awk -v name="$1${claim:+-$claim}" -v claim="$claim" -v bounds="$2" -v seconds="$3" \
		-v status="$4" '
	/errors: / { sub(/.*errors: /, ""); errors = $1 + 0; reported = 1 }
	/states, stored/ { states = $1 }
	/transitions \(=/ { transitions = $1 }
	/total actual memory usage/ { memory = $1 }
	/^broken: / && why == "" { why = substr($0, 9) }
	/^refused: / && why == "" { why = "refused " substr($0, 10) }
	/^bound: / { bound = "a bound of the harness: " substr($0, 8) }
	/max search depth too small/ { bound = "the depth of the search" }
	/out of memory|MEMLIM|memory bound/ { bound = "memory" }
	/pan:.*acceptance cycle/ && why == "" { why = "a fair run that breaks " claim }
	/pan:.*invalid end state/ && why == "" { why = "an invalid end state" }
	END {
		if (status == 124) bound = "time"
		if (bound != "") { verdict = "UNDECIDED"; why = bound; code = 125 }
		else if (!reported) { verdict = "FAIL"; why = "no report, " status; code = 1 }
		else if (errors > 0) { verdict = "FAIL"; code = 1 }
		else verdict = "PASS"
		printf "{\"check\":\"code-%s\",\"verdict\":\"%s\",", name, verdict
		printf "\"bounds\":\"%s\",\"states\":%d,", bounds, states
		printf "\"transitions\":%d,", transitions
		printf "\"seconds\":%.1f,\"memory_mb\":%.0f", seconds, memory
		if (verdict != "PASS") printf ",\"why\":\"%s\"", why
		printf "}\n"
		exit code
	}'
}

search()
{
	local file=$1 name began=$EPOCHREALTIME status bounds took

	[ -f "$file" ] || file=$top/model/clients/$1.cfg
	[ -f "$file" ] || die "'$1' is no client"
	name=$(basename "$file" .cfg)
	file=$(cd "$(dirname "$file")" && pwd)/$(basename "$file")
	bounds=$("$O/model/walk" --client "$file" --bounds) || exit 2
	# shellcheck disable=SC2086
	(cd "$scratch" && IWC_CLIENT=$file timeout -s INT -k 10 "$limit" "$verifier" -m1000000 \
		-w22 ${claim:+-a -f -N "$claim"}) >"$scratch/report" 2>&1
	status=$?
	took=$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')
	judge "$name" "$bounds" "$took" "$status" <"$scratch/report"
}

usage="usage: $me [--core FOLDER] [--claim NAME] [--timeout S] CLIENT...|quick"
while [ $# -gt 0 ]; do
	case $1 in
	--core) core=$(cd "${2:?}" && pwd) || exit 2 ;;
	--claim) claim=${2:?} ;;
	--timeout) limit=${2:?} ;;
	-*) die "$usage" ;;
	*) break ;;
	esac
	shift 2
done
[ $# -gt 0 ] || die "$usage"
[ "$1" != quick ] || set -- "${quick[@]}"
O=$(cd "$O" && pwd) || exit 2
scratch=$(mktemp -d) || exit 70
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
verifier=$O/model/verifier${claim:+-live}
[ -x "$verifier" ] || die "$verifier is not there: make with spin installed" 125
if [ -n "$core" ]; then
	build || die "core of $core: it does not build" 70
	verifier=$scratch/verifier
fi
worst=0
for client; do
	search "$client"
	status=$?
	[ "$status" -eq 0 ] || [ "$worst" -eq 1 ] || worst=$status
	[ "$worst" -eq 0 ] || [ -z "$core" ] || break
done
exit "$worst"
