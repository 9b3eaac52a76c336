#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh [OPTION...] NAME...|quick|full: run proofs of model/proofs/ with CBMC.
#
#   --core DIR     prove the sources in DIR instead of core/ (then no check of what is reachable)
#   --timeout S    processor seconds for one run of CBMC, 600 by default; beyond it: UNDECIDED
#   --jobs N       proofs at a time, 1 by default; $JOBS
#   --breaks       instead: run each deliberate break of the proofs, which must turn them red
#   --list         instead: print the names
#
# quick runs the lines "quick" of each proof's flags, full those and the lines "full".
#
# The last lines are one JSON object a proof. A verdict is read from what CBMC reports: PASS takes
# its words VERIFICATION SUCCESSFUL, a count of properties above 0 with none of them failed, and
# each REACH of the harness shown reachable by a second run (those named "full: ..." in the full
# set). Exit: 0 all PASS; 1 one FAIL, at once where there is --core; 125 none failed, and one is
# UNDECIDED or SKIP; 2 wrong use; 70 a proof that does not compile.
#
# A folder has harness.c, README.md, and flags with lines of these kinds:
#
#   core FILE...       sources of core/ that are linked, unmodified
#   with FILE...       sources of model/proofs/ that stand for others
#   bounds WORDS       what is bounded
#   quick DEFINE... LOOP:N...    one run: definitions for the harness, and loops with more turns
#   full DEFINE... LOOP:N...     than UNWIND; a bound too small fails, it never hides anything
#   break NAME weak PATCH        a break: a patch of sim/weak/ ...
#   break NAME sed FILE SCRIPT   ... or a change of one line of core/
#
set -u
cd "$(dirname "$0")/../.." || exit 70

UNWIND=40
here=model/proofs
core=core
timeout=600
jobs=${JOBS:-1}
mode=prove
mutant=0
O=${O:-build}
deps=${DEPS:-build/deps}

die()
{
	printf 'run.sh: %s\n' "$1" >&2
	exit "${2:-2}"
}

proofs()
{
	local folder

	for folder in "$here"/*/flags; do
		basename "$(dirname "$folder")"
	done
}

# flag NAME WORD: the rest of the lines of a proof's flags that begin with WORD.
flag()
{
	sed -n "s/^$2 *//p" "$here/$1/flags"
}

# build NAME OUT DEFINE...: compile harness, port and sources of core/ into one goto program.
build()
{
	local name=$1 out=$2 port=$core/port/null
	local -a sources=("$here/$name/harness.c" "$here/port.c")
	local file

	shift 2
	[ -f "$port/iwc_port.h" ] || port=core/port/null
	for file in $(flag "$name" core); do
		sources+=("$core/$file")
	done
	for file in $(flag "$name" with); do
		sources+=("$here/$file")
	done
	"$tools/goto-cc" -std=c11 -I"$core" -I"$port" -I"$here" "$@" --function harness \
		"${sources[@]}" -o "$out" >"$out.log" 2>&1
}

# solve OUT LOOP:N...: run CBMC on a goto program. 0: it came to an end.
solve()
{
	local out=$1 loops status
	local -a unwind=(--unwind "$UNWIND" --unwinding-assertions)

	shift
	loops=$(printf '%s,' "$@")
	[ $# -eq 0 ] || unwind+=(--unwindset "${loops%,}")
	(
		ulimit -v 6000000 -t "$timeout"
		exec "$tools/cbmc" "$out" --no-malloc-may-fail \
			--pointer-overflow-check --drop-unused-functions --slice-formula \
			"${unwind[@]}"
	) >"$out.out" 2>&1
	status=$?
	[ "$status" -eq 0 ] || [ "$status" -eq 10 ]
}

# one_run NAME N DEFINE... LOOP:N...: prints "PASS properties", "FAIL what" or "UNDECIDED why".
one_run()
{
	local name=$1 number=$2 word count out
	local -a defines=() loops=()

	shift 2
	for word; do
		case $word in
		-D*) defines+=("$word") ;;
		*) loops+=("$word") ;;
		esac
	done
	out=$work/$name.$number
	if ! build "$name" "$out" "${defines[@]}"; then
		# A mutant that does not compile is dead before it is proved.
		printf 'BUG does not compile: %s\n' "$(grep -m 1 -i error "$out.log")"
		return
	fi
	if ! solve "$out" "${loops[@]}"; then
		printf 'UNDECIDED %s\n' "CBMC ended after $timeout s or without memory"
		return
	fi
	count=$(sed -n 's/^\*\* 0 of \([1-9][0-9]*\) failed.*/\1/p' "$out.out")
	if grep -qx 'VERIFICATION SUCCESSFUL' "$out.out" && [ -n "$count" ]; then
		printf 'PASS %s\n' "$count"
	elif grep -q ': FAILURE$' "$out.out"; then
		printf 'FAIL %s\n' "$(grep -m 1 ': FAILURE$' "$out.out" |
			sed 's/^\[\(.*\)\] \(line .*\): FAILURE$/\1, \2/')"
	else
		printf 'UNDECIDED %s\n' "CBMC reports no verdict: $(tail -n 1 "$out.out")"
	fi
	[ "$mutant" -eq 1 ] || reach "$name" "$out.reach" "${defines[@]}" -- "${loops[@]}"
}

# The points that this run reaches go to a list of the proof's.
reach()
{
	local name=$1 out=$2 loops
	local -a defines=()

	shift 2
	while [ "$1" != -- ]; do
		defines+=("$1")
		shift
	done
	shift
	build "$name" "$out" -DREACH_ONLY "${defines[@]}" || return
	loops=$(printf '%s,' "$@")
	(
		ulimit -v 6000000 -t "$timeout"
		exec "$tools/cbmc" "$out" --no-malloc-may-fail --drop-unused-functions \
			--slice-formula --no-standard-checks --no-unwinding-assertions \
			--unwind "$UNWIND" \
			${1:+--unwindset "${loops%,}"}
	) >"$out.out" 2>&1
	sed -n 's/^.* reach: \(.*\): FAILURE$/\1/p' "$out.out" >>"$work/$name.reached"
}

# prove NAME: all its runs; the verdict as a JSON line into a file.
prove()
{
	local name=$1 line result number=0 verdict=PASS why='' proved=0 start=$SECONDS missed
	local -a words

	: >"$work/$name.reached"
	while IFS= read -r line; do
		read -r -a words <<<"${line#* }"
		[ "$line" != "${line%% *}" ] || words=()
		number=$((number + 1))
		result=$(one_run "$name" "$number" "${words[@]}")
		case $result in
		PASS*) proved=$((proved + ${result#PASS })) ;;
		FAIL*)
			verdict=FAIL
			why=${result#FAIL }
			break
			;;
		*)
			verdict=${result%% *}
			why=${result#* }
			;;
		esac
	done < <(grep -E "^($lines)( |\$)" "$here/$name/flags")
	[ "$number" -ne 0 ] || {
		verdict=SKIP
		why='it has long runs only: see full'
	}
	if [ "$verdict" = PASS ] && [ "$mutant" -eq 0 ]; then
		missed=$(grep -o 'REACH("[^"]*")' "$here/$name/harness.c" |
			sed 's/REACH("\(.*\)")/\1/' |
			if [ "$lines" = quick ]; then grep -v '^full: '; else cat; fi |
			sort -u | comm -23 - <(sort -u "$work/$name.reached") | head -n 1)
		if [ -n "$missed" ]; then
			verdict=FAIL
			why="never reached, so the proof says nothing there: $missed"
		fi
	fi
	report "proof-$name" "$verdict" "$(flag "$name" bounds | tr '\n' ' ' | sed 's/ $//')" \
		"$proved" $((SECONDS - start)) "$why" "$work/$name.json"
}

# report CHECK VERDICT BOUNDS PROVED SECONDS WHY FILE
report()
{
	local why=''

	[ -z "$6" ] || why=$(printf ',"why":"%s"' "$(printf '%s' "$6" | sed 's/[\\"]/\\&/g')")
	printf '{"check":"%s","verdict":"%s","bounds":"%s","proved":%s,"seconds":%s%s}\n' \
		"$1" "$2" "$3" "$4" "$5" "$why" >"$7"
}

# break_one NAME BREAK KIND WHAT SCRIPT: the proof of NAME against a broken core/ must fail.
break_one()
{
	local name=$1 id=$2 kind=$3 file=$4 script=$5 folder=$work/$1.$2 verdict why start=$SECONDS

	mkdir -p "$folder"
	if [ "$kind" = weak ]; then
		sim/make/weaken.sh "sim/weak/$file.patch" "$folder/tree" core/*.[ch] >&2 || exit 70
	else
		mkdir -p "$folder/tree"
		cp --parents core/*.[ch] "$folder/tree"
		sed -i "$script" "$folder/tree/core/$file"
		! cmp -s "core/$file" "$folder/tree/core/$file" || {
			printf '%s: break %s changes nothing in core/%s\n' \
				"$here/$name/flags" "$id" "$file" >&2
			exit 70
		}
	fi
	"$0" --core "$folder/tree/core" --timeout "$timeout" "$name" >"$folder/out" 2>&1
	case $? in
	1)
		verdict=PASS
		why=
		;;
	*)
		verdict=FAIL
		why="the proof is not refuted: $(tail -n 1 "$folder/out" | tr -d '"')"
		;;
	esac
	printf '%s: %s: %s\n' "$name" "$id" "$(sed -n 's/.*"why":"\(.*\)".*/\1/p' "$folder/out")"
	report "proof-$name-break-$id" "$verdict" 'one change of core/' 0 $((SECONDS - start)) \
		"$why" "$work/$name.break.$id.json"
}

breaks()
{
	local name=$1 id kind what script

	while read -r id kind what script; do
		break_one "$name" "$id" "$kind" "$what" "$script"
	done < <(flag "$name" break)
}

[ $# -ne 0 ] || set -- --help
names=()
lines=quick
while [ $# -ne 0 ]; do
	case $1 in
	--core)
		core=${2:?}
		mutant=1
		shift
		;;
	--timeout)
		timeout=${2:?}
		shift
		;;
	--jobs)
		jobs=${2:?}
		shift
		;;
	--breaks) mode=breaks ;;
	--list)
		proofs
		exit
		;;
	quick | full)
		[ "$1" = quick ] || lines='quick|full'
		mapfile -t -O "${#names[@]}" names < <(proofs)
		;;
	-*)
		sed -n '4,/^$/s/^# \{0,1\}//p' "$0" >&2
		exit 2
		;;
	*)
		[ -f "$here/$1/flags" ] || die "no proof $1; there are: $(proofs | tr '\n' ' ')"
		names+=("$1")
		;;
	esac
	shift
done
[ -d "$core" ] || die "--core $core: no folder"
[ "${#names[@]}" -ne 0 ] || die 'which proof? quick, full, or names'

mkdir -p "$O/proofs"
work=$(mktemp -d "$O/proofs/run.XXXXXX") || exit 70
trap 'rm -rf "$work"' EXIT
tools=$("$here/cbmc.sh" "$deps/cbmc") || {
	for name in "${names[@]}"; do
		report "proof-$name" SKIP '' 0 0 'cbmc is missing' /dev/stdout
	done
	exit 125
}

failed_at_once()
{
	[ "$mutant" -eq 1 ] && cat "$work"/*.json 2>/dev/null | grep -q '"verdict":"FAIL"'
}

for name in "${names[@]}"; do
	while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
		wait -n
	done
	! failed_at_once || break
	if [ "$mode" = breaks ]; then
		breaks "$name" &
	else
		prove "$name" &
	fi
done
wait
cat "$work"/*.json
! grep -q '"verdict":"BUG"' "$work"/*.json || exit 70
! grep -q '"verdict":"FAIL"' "$work"/*.json || exit 1
! grep -qE '"verdict":"(UNDECIDED|SKIP)"' "$work"/*.json || exit 125
