#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh ID... | quick | full | all | --list: run lines of the table model/spec/runs.
#
# Each run ends in one line of JSON on stdout. Its verdict is PASS if the outcome of the search is
# the expected one, for the expected reason. pan exits with 0 whatever it finds, so its report is
# read.
# O=build is where everything goes; RUN_SECONDS=600 and RUN_MB=6000 bound each run; RUNS=FILE is
# another table.

set -u
here=${0%/*}
table=${RUNS:-$here/runs}
out=${O:-build}/model/spec
seconds_max=${RUN_SECONDS:-600}
memory_max=${RUN_MB:-6000}
worst=0

die()
{
	printf 'run.sh: %s\n' "$1" >&2
	exit 2
}

trim()
{
	local text=$1

	text=${text#"${text%%[! ]*}"}
	printf '%s' "${text%"${text##*[! ]}"}"
}

quote()
{
	local text=${1//\\/\\\\}

	text=${text//\"/\\\"}
	printf '"%s"' "${text//[$'\n\t']/ }"
}

# Keep the worst exit code: a failure before what is undecided.
note()
{
	case $1 in
	PASS) ;;
	FAIL) worst=1 ;;
	*) [ "$worst" = 1 ] || worst=125 ;;
	esac
}

# say ID VERDICT BOUNDS WHY [KEY VALUE]...
say()
{
	local line

	note "$2"
	line="{\"check\":\"spec-$1\",\"verdict\":\"$2\",\"bounds\":$(quote "$3")"
	[ "$2" = PASS ] || line+=",\"why\":$(quote "$4")"
	shift 4
	while [ $# -ge 2 ]; do
		[ -z "$2" ] || line+=",\"$1\":$2"
		shift 2
	done
	printf '%s}\n' "$line"
}

# number FILE PATTERN: the first number on the first line that matches.
number()
{
	grep -m1 -- "$2" "$1" | grep -oE -m1 '[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?' | head -1
}

# The rule of channel.pml that the counterexample broke, in brackets, and its words.
refused_rule()
{
	local dir=$1 model=$2 flags=$3 n name source

	source=$(realpath "$here/$model")
	# In the folder of the run: spin leaves a file where it stands, and others run beside.
	# shellcheck disable=SC2086 # flags are words
	n=$(cd "$dir" && spin -k "$model.trail" $flags "$source" 2>/dev/null |
		sed -n 's/.*spec_refused = \([0-9]*\).*/\1/p')
	[ "${n:-0}" != 0 ] || return
	name=$(sed -n "s/^#define \(RULE_[A-Z0-9_]*\) $n\$/\1/p" "$here/rules.h")
	sed -n "s/^.*X($name, \"\([^\"]*\)\", \"\([^\"]*\)\").*/[\1] \2/p" "$here/rules.h"
}

# outcome DIR MODEL FLAGS CLAIM: what pan's report in DIR is worth; sets verdict and why.
outcome()
{
	local report=$1/report.txt errors rule=''

	errors=$(sed -n 's/^State-vector.*errors: \([0-9]*\).*/\1/p' "$report")
	verdict=UNDECIDED
	if [ "${errors:-0}" != 0 ]; then
		verdict=FAIL
		why=$(sed -n 's/^pan:[0-9]*: \(.*\) (at depth.*/\1/p' "$report" | head -1)
		case $why in
		*spec_refused*) rule=$(refused_rule "$1" "$2" "$3") ;;
		esac
		why=${rule:-${why:-an error that pan does not name}}
	elif [ -z "$errors" ]; then
		why="pan gave no report: out of time ($seconds_max s) or memory ($memory_max MB)"
	elif grep -q 'max search depth too small' "$report"; then
		why='the search was cut off at its depth'
	elif grep -qE 'Search not completed|out of memory|memory bound|aborting' "$report"; then
		why='the search was not completed'
	elif ! grep -q '^Full statespace search' "$report" ||
		grep -q 'hash-compact\|Bit statespace' "$report"; then
		why='not every state was kept whole'
	elif [ "$4" = - ] && grep -qE 'never claim.*\+' "$report"; then
		why='a claim was searched that was not asked for'
	elif [ "$4" != - ] && ! { grep -q "never claim.*+ ($4)" "$report" &&
		grep -q 'acceptance   cycles.*+ (fairness enabled)' "$report"; }; then
		why='the claim was not searched under weak fairness'
	else
		verdict=PASS
		why=''
	fi
}

# run ID GROUP EXPECTED MODEL FLAGS CLAIM BOUNDS
run()
{
	local id=$1 expected=$3 model=$4 flags=$5 claim=$6 bounds=$7 dir=$out/$1
	local compile='-DSAFETY' optimise=-O0 search='' begin verdict why

	command -v spin >/dev/null || { say "$id" SKIP "$bounds" 'spin is not installed'; return; }
	[ "$claim" = - ] || { compile='-DNFAIR=3'; search='-a -f'; }
	[ "$2" != full ] || optimise='-O2 -DCOLLAPSE' # exact, smaller and slower
	# shellcheck disable=SC2086
	"$here/generate.sh" "$dir" "$here/$model" $flags || exit 70
	# shellcheck disable=SC2086
	(cd "$dir" && ${CC:-gcc} $optimise -w -fwrapv -DNOREDUCE -DMEMLIM="$memory_max" $compile \
		-o pan pan.c) || exit 70
	begin=$EPOCHREALTIME
	# shellcheck disable=SC2086
	(cd "$dir" && rm -f ./*.trail && timeout "$seconds_max" ./pan -m1000000 -w22 $search) \
		>"$dir/report.txt" 2>&1
	outcome "$dir" "$model" "$flags" "$claim"
	judge "$id" "$bounds" "$expected" "$verdict" "$why" states \
		"$(number "$dir/report.txt" 'states, stored')" transitions \
		"$(number "$dir/report.txt" ' transitions (=')" seconds \
		"$(awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $begin }")" memory_mb \
		"$(number "$dir/report.txt" 'total actual memory')"
}

# judge ID BOUNDS EXPECTED VERDICT WHY [KEY VALUE]...: is it what was expected?
judge()
{
	local id=$1 bounds=$2 expected=$3 verdict=$4 why=$5 pattern=${3#FAIL }

	shift 5
	case $expected/$verdict in
	PASS/* | FAIL*/UNDECIDED) say "$id" "$verdict" "$bounds" "$why" "$@" ;;
	FAIL*/PASS) say "$id" FAIL "$bounds" 'what had to be found was not found' "$@" ;;
	*)
		# shellcheck disable=SC2254 # it is a pattern
		pattern=${pattern//[/\\[}
		pattern=${pattern//]/\\]}
		# shellcheck disable=SC2254
		case $why in
		$pattern) say "$id" PASS "$bounds" '' "$@" found "$(quote "$why")" ;;
		*) say "$id" FAIL "$bounds" "found for another reason than $expected: $why" "$@" ;;
		esac
		;;
	esac
}

[ $# -ge 1 ] || die 'what to run is missing: an ID of model/spec/runs, quick, full, all or --list'
for want in "$@"; do
	found=0
	while IFS='|' read -r id properties group expected model flags claim bounds; do
		id=$(trim "$id")
		group=$(trim "$group")
		case $id in '' | '#'*) continue ;; esac
		[ -n "$bounds" ] || die "$table: $id: a line has eight columns"
		case $want in
		--list | all | "$group" | "$id" | "spec-$id") found=1 ;;
		*) continue ;;
		esac
		if [ "$want" = --list ]; then
			printf '%-24s %-6s %-18s %s\n' "$id" "$group" "$(trim "$properties")" \
				"$(trim "$bounds")"
			continue
		fi
		run "$id" "$group" "$(trim "$expected")" "$(trim "$model")" "$(trim "$flags")" \
			"$(trim "$claim")" "$(trim "$bounds")" </dev/null
	done <"$table"
	[ $found = 1 ] || die "no run '$want' in $table (run.sh --list)"
done
exit $worst
