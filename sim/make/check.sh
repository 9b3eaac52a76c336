#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# check.sh check|coverage|fuzz|fuzz-afl: run the test programs that make built, count their cases.
#
# make hands over by the environment: O the build folder; TESTS, BATS, COV_TESTS lists of files;
# FUZZERS a list of program:runs; FUZZ_SRCS; SAN, STRICT, JOBS, FUZZ_SECONDS.
#
# A test sees IWC (path of the program), IWC_BUILD (the build folder), IWC_SAN (asan, tsan, valgrind
# or empty), a TMPDIR of its own that is removed afterwards, and the top folder as current one.
#
# A skipped test is printed with its reason. With STRICT=1 it counts as failed, unless the reason
# starts with "env:": that is for what a machine may rightly refuse, like a TAP device.
#
# Last line: N passed, N failed, N skipped. Exit: 0 none failed; 1 some failed; 2 wrong use.

set -u

check_dir=${CHECK_DIR:-}
jobs=${JOBS:-1}
minutes=15
fuzz_cap_seconds=120
gcovr_core=(--root . --object-directory "$O/cov" --filter 'core/' --exclude '.*_test\.c'
	--exclude 'core/port/' --exclude-unreachable-branches --exclude-throw-branches)

# --- one program -------------------------------------------------------------------------------

# Reads TAP, prints the counts "passed failed skipped planned" and then a line "- reason" per skip.
# CMocka prints a skip as "not ok", and what a test prints may stand before an "ok" on its line.
tap_count()
{
	awk -v kind="$1" -v strict="${STRICT:-0}" '
	function skip(reason) {
		reasons[++n] = reason
		if (strict == 1 && reason !~ /env:/) failed++
		else skipped++
	}
	/^1\.\.[0-9]+$/ { planned += substr($0, 4); next }
	kind == "cmocka" {
		if (match($0, /not ok [0-9]+ # SKIP /)) skip(substr($0, RSTART + RLENGTH))
		else if (match($0, /not ok [0-9]+ - /)) failed++
		else if (match($0, /ok [0-9]+ - /)) passed++
		next
	}
	/^ok [0-9]+ .*# skip/ { sub(/^ok [0-9]+ /, ""); skip($0); next }
	/^ok [0-9]+/ { passed++; next }
	/^not ok [0-9]+/ { failed++ }
	END {
		print passed + 0, failed + 0, skipped + 0, planned + 0
		for (i = 1; i <= n; i++) print "- " reasons[i]
	}'
}

# report NAME PASSED FAILED SKIPPED [NOTE]: note the counts, print a line, and the log of a failure.
report()
{
	local name=$1 passed=$2 failed=$3 skipped=$4 note=${5:-} word=ok

	[ "$failed" -eq 0 ] || word=FAIL
	[ "$passed" -ne 0 ] || [ "$failed" -ne 0 ] || word=SKIP
	printf '%d %d %d\n' "$passed" "$failed" "$skipped" >"$check_dir/$name.count"
	{
		printf '  %-5s %-28s %4d passed' "$word" "$name" "$passed"
		[ "$failed" -eq 0 ] || printf ', %d FAILED' "$failed"
		[ "$skipped" -eq 0 ] || printf ', %d SKIPPED' "$skipped"
		[ -z "${alone:-}" ] || [ "$SECONDS" -lt 10 ] || printf ', %d s' "$SECONDS"
		printf '%s\n' "${note:+  ($note)}"
		[ ! -s "$check_dir/$name.skips" ] ||
			sed 's/^- /        skipped: /' "$check_dir/$name.skips"
		if [ "$failed" -ne 0 ]; then
			tail -n 200 "$check_dir/$name.log" | sed 's/^/        | /'
		fi
	} >"$check_dir/$name.out"
	flock "$check_dir/lock" cat "$check_dir/$name.out"
}

# run_tap KIND NAME COMMAND...: run a program that prints TAP.
run_tap()
{
	local kind=$1 name=$2 status note='' found passed failed skipped planned cases
	shift 2

	timeout -k 10 "${minutes}m" "$@" >"$check_dir/$name.tap" 2>"$check_dir/$name.err" </dev/null
	status=$?
	cat "$check_dir/$name.tap" "$check_dir/$name.err" >"$check_dir/$name.log"
	found=$(tap_count "$kind" <"$check_dir/$name.tap")
	printf '%s\n' "$found" | tail -n +2 >"$check_dir/$name.skips"
	read -r passed failed skipped planned <<<"$(printf '%s\n' "$found" | head -n 1)"
	cases=$((passed + failed + skipped))

	if [ "$cases" -lt "$planned" ]; then
		note="ended with status $status after $cases of $planned cases"
		failed=$((failed + planned - cases))
	elif [ "$cases" -eq 0 ]; then
		note="no test case ran, status $status"
		failed=1
	elif [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
		note="status $status"
		failed=1
	fi
	[ "$status" -ne 124 ] || note="$note, stopped after $minutes minutes"

	# A test may expect a program to fail, and then not notice that a sanitizer made it fail.
	if [ -n "$(find "$check_dir/san" -name "$name.*" -size +0)" ]; then
		cat "$check_dir/san/$name".* >>"$check_dir/$name.log"
		note="sanitizer report${note:+, $note}"
		[ "$failed" -ne 0 ] || failed=1
	fi
	report "$name" "$passed" "$failed" "$skipped" "$note"
}

run_cmocka()
{
	local -a prefix=()

	[ "${SAN:-}" != valgrind ] || prefix=(valgrind -q --error-exitcode=99 --leak-check=full
		"--errors-for-leak-kinds=definite,possible" "--log-file=$check_dir/san/$1.%p")
	export CMOCKA_MESSAGE_OUTPUT=TAP
	run_tap cmocka "$1" "${prefix[@]}" "$2"
}

run_bats()
{
	if ! command -v bats >/dev/null 2>&1; then
		missing_tool "$1" bats
		return
	fi
	run_tap bats "$1" bats --tap "$2"
}

# A fixed number of runs from a fixed seed: the same work on every machine. The time is only a cap
# against a machine so slow that the check would not end.
run_fuzzer()
{
	local name=$1 program=${2%:*} runs=${2##*:} fresh=$TMPDIR/corpus corpus

	corpus=$(fuzz_corpus "$name")
	mkdir -p "$fresh" "$O/fuzz/found"
	# shellcheck disable=SC2086
	if timeout -k 10 "${minutes}m" "$program" -seed=1 -runs="$runs" -timeout=10 \
		-max_total_time="$fuzz_cap_seconds" -rss_limit_mb=1024 \
		-artifact_prefix="$O/fuzz/found/$name-" "$fresh" $corpus \
		>"$check_dir/$name.log" 2>&1 </dev/null; then
		report "$name" 1 0 0 \
			"$(sed -n 's/^Done \([0-9]*\) runs.*/\1 inputs/p' "$check_dir/$name.log")"
	else
		report "$name" 0 1 0 "inputs that fail are kept in $O/fuzz/found"
	fi
}

fuzz_corpus()
{
	local folder

	for folder in core/corpus/"$1" sim/corpus/"$1" tap-bridge/corpus/"$1"; do
		[ ! -d "$folder" ] || printf '%s ' "$folder"
	done
}

missing_tool()
{
	printf -- '- %s is missing\n' "$2" >"$check_dir/$1.skips"
	: >"$check_dir/$1.log"
	if [ "${STRICT:-0}" = 1 ]; then
		report "$1" 0 1 0 "$2 is missing"
	else
		report "$1" 0 0 1
	fi
}

# run_one KIND FILE: in a process of its own, so that many can run at once.
run_one()
{
	local kind=$1 file=$2 name options alone=1 # what takes long is said

	name=$(basename "${file%:*}")
	TMPDIR=$(mktemp -d "$check_dir/tmp.XXXXXX") || exit 1
	export TMPDIR
	options=exitcode=99:log_path=$check_dir/san/$name
	export ASAN_OPTIONS=$options:detect_stack_use_after_return=0
	export UBSAN_OPTIONS=$options:print_stacktrace=1
	export TSAN_OPTIONS=$options:second_deadlock_stack=1
	case $kind in
	cmocka) run_cmocka "$name" "$file" ;;
	bats) run_bats "$name" "$file" ;;
	fuzz)
		unset ASAN_OPTIONS UBSAN_OPTIONS
		run_fuzzer "$name" "$file"
		;;
	esac
	chmod -R u+w "$TMPDIR" 2>/dev/null
	rm -rf "$TMPDIR"
}

# --- all of them -------------------------------------------------------------------------------

# run_all KIND FILE...
run_all()
{
	local kind=$1
	shift
	[ $# -gt 0 ] || return 0
	printf '%s\0' "$@" | xargs -0 -n 1 -P "$jobs" bash "$0" one "$kind"
}

# The coverage of core/ by its own unit tests: every line, and 95 of 100 branches.
coverage()
{
	local csv=$O/cov/coverage.csv program failed=0

	if ! command -v gcovr >/dev/null 2>&1; then
		missing_tool coverage gcovr
		return
	fi
	find "$O/cov" -name '*.gcda' -delete
	for program in "$@"; do
		"$program" >"$O/cov/$(basename "$program").log" 2>&1 </dev/null ||
			printf '  %-5s %s: failed in the coverage build\n' FAIL "$program"
	done
	if ! gcovr "${gcovr_core[@]}" --csv "$csv" "$O/cov" >"$check_dir/coverage.log" 2>&1; then
		report coverage 0 1 0 "gcovr failed"
		return
	fi
	: >"$check_dir/coverage.log"
	coverage_table "$csv" || failed=1
	report coverage $((1 - failed)) "$failed" 0 "core/ needs 100 % of lines, 95 % of branches"
}

coverage_table()
{
	awk -F, '
	function row(name, lines, hit, branches, taken) {
		printf "        %-28s %5d of %5d lines %6.1f %%", name, hit, lines,
			lines ? 100 * hit / lines : 100
		printf "   %5d of %5d branches %6.1f %%\n", taken, branches,
			branches ? 100 * taken / branches : 100
	}
	NR > 1 {
		row($1, $2, $3, $5, $6)
		lines += $2; hit += $3; branches += $5; taken += $6
	}
	END {
		row("core/", lines, hit, branches, taken)
		if (taken < branches)
			printf "        branches not taken: docs/coverage.md says which and why\n"
		exit !(lines > 0 && hit == lines && 100 * taken >= 95 * branches)
	}' "$1"
}

fuzz_without_clang()
{
	local source

	for source in $FUZZ_SRCS; do
		missing_tool "$(basename "$source" .c)" "clang with libFuzzer"
	done
}

# The long run keeps what it learns in the build folder, for the next one.
fuzz_long()
{
	local entry program name failed=0 corpus

	for entry in $FUZZERS; do
		program=${entry%:*}
		name=$(basename "$program")
		corpus=$(fuzz_corpus "$name")
		mkdir -p "$O/fuzz/corpus/$name" "$O/fuzz/found"
		printf '  %-5s %s for %s s\n' FUZZ "$name" "$FUZZ_SECONDS"
		# shellcheck disable=SC2086
		if ! "$program" -max_total_time="$FUZZ_SECONDS" -timeout=10 -rss_limit_mb=2048 \
			-fork="$jobs" -artifact_prefix="$O/fuzz/found/$name-" \
			"$O/fuzz/corpus/$name" $corpus >"$O/fuzz/$name.log" 2>&1 </dev/null; then
			tail -n 60 "$O/fuzz/$name.log"
			failed=1
		fi
	done
	return "$failed"
}

# AFL++ wants one process a fuzzer; it goes on from what it has found before. A crash or a hang that
# it keeps is a failure.
fuzz_afl()
{
	local program name out failed=0

	for program in $FUZZERS; do
		name=$(basename "$program")
		out=$O/afl/found/$name
		mkdir -p "$out"
		printf '  %-5s %s for %s s\n' AFL "$name" "$FUZZ_SECONDS"
		AFL_NO_UI=1 AFL_AUTORESUME=1 AFL_SKIP_CPUFREQ=1 \
			AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
			afl-fuzz -V "$FUZZ_SECONDS" -i core/corpus/"$name" -o "$out" -- "$program" \
			>"$O/afl/$name.log" 2>&1 </dev/null || {
			tail -n 20 "$O/afl/$name.log"
			failed=1
		}
		if [ -n "$(find "$out" -path '*/crashes/id:*' -o -path '*/hangs/id:*')" ]; then
			printf '        inputs that fail are kept in %s\n' "$out"
			failed=1
		fi
	done
	return "$failed"
}

summary()
{
	find "$check_dir" -maxdepth 1 -name '*.count' -exec cat {} + | awk '
	{ passed += $1; failed += $2; skipped += $3 }
	END {
		printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
		exit failed > 0
	}'
}

# A folder for each run, as two may go on at once; the last one that ended stays, for its logs.
prepare()
{
	mkdir -p "$O/check"
	O=$(cd "$O" && pwd)
	check_dir=$(mktemp -d "$O/check/run.XXXXXX") || exit 1
	trap 'rm -rf "$O/check/last"; mv -T "$check_dir" "$O/check/last"' EXIT
	trap 'exit 1' HUP INT TERM
	mkdir "$check_dir/san"
	export CHECK_DIR=$check_dir
	IWC=$O/iwc
	IWC_BUILD=$O
	IWC_SAN=${SAN:-}
	export O IWC IWC_BUILD IWC_SAN SAN STRICT
}

# TSan's runtime needs fixed places in the address space, which newer kernels may have given away.
if [ "${SAN:-}" = tsan ] && [ -z "${IWC_FIXED_LAYOUT:-}" ] && setarch -R true 2>/dev/null; then
	export IWC_FIXED_LAYOUT=1
	exec setarch -R bash "$0" "$@"
fi

# The lists are words by design.
# shellcheck disable=SC2086
case ${1:-} in
one) run_one "$2" "$3" ;;
check)
	prepare
	run_all cmocka $TESTS
	[ "${SAN:-}" = valgrind ] || run_all bats $BATS
	run_all fuzz $FUZZERS
	[ -n "$FUZZERS" ] || fuzz_without_clang
	[ -z "$COV_TESTS" ] || coverage $COV_TESTS
	summary
	;;
coverage)
	prepare
	coverage $COV_TESTS
	mkdir -p "$O/cov/html"
	gcovr "${gcovr_core[@]}" --html-details "$O/cov/html/index.html" "$O/cov" >/dev/null 2>&1 &&
		printf 'pages: %s\n' "$O/cov/html/index.html"
	summary
	;;
fuzz) fuzz_long ;;
fuzz-afl) fuzz_afl ;;
*)
	printf '%s\n' "usage: check.sh check|coverage|fuzz|fuzz-afl, by make" >&2
	exit 2
	;;
esac
