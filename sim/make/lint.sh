#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# lint.sh [CHECK...]: run the named checks on the files of the tree, or all of them.
#
# make hands over by the environment: O the build folder, CC, JOBS, STRICT, and LINT_FLAGS, words
# folder:flag with the compiler flags of each folder. A folder without flags belongs to another
# toolchain: its files are read by the checks that need no compiler.
#
# Last line: N passed, N failed, N skipped, counting checks. Exit: 0 none failed; 1 some failed.

set -u

O=${O:-build}
CC=${CC:-gcc}
jobs=${JOBS:-1}
passed=0
failed=0
skipped=0
all_checks=(format tidy cppcheck shell headers licence freestanding symbols hooks columns words
	space)

# What git knows or would take: a file not yet added is checked too.
files()
{
	git ls-files --cached --others --exclude-standard -- "$@" | while IFS= read -r file; do
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done | LC_ALL=C sort -u
}

# Modules of Linux follow the kernel's rules instead: make firmware-lint.
code()
{
	files 'core/*.[ch]' 'sim/*.[ch]' 'model/*.[ch]' 'tap-bridge/*.[ch]' 'firmware/*.[ch]' "$@" |
		grep -vE '^firmware/(linux/|test/(attack|bench)/iwc_)'
}

# flags FOLDER: its compiler flags, one a line.
flags()
{
	printf '%s\n' "$LINT_FLAGS" | tr ' ' '\n' | sed -n "s|^$1:||p"
}

# file_flags FILE: what it is compiled with, nothing if it is not ours to compile. Tests of core/
# and of the firmware and the harness of a fuzzer are hosted.
file_flags()
{
	case $1 in
	core/*_test.c | core/*_fuzz.c)
		printf '%s\n' -std=gnu11 -D_GNU_SOURCE -Icore -Icore/port/native
		;;
	firmware/*_test.c)
		printf '%s\n' -std=gnu11 -D_GNU_SOURCE -Icore -Icore/port/native \
			-Ifirmware/include "-I$(dirname "$1")"
		flags "$(dirname "$1")/model"
		;;
	*) flags "$(dirname "$1")" ;;
	esac
}

# Passes on the files that have flags.
compiled_only()
{
	local file

	while IFS= read -r file; do
		[ -z "$(file_flags "$file")" ] || printf '%s\n' "$file"
	done
}

need()
{
	command -v "$1" >/dev/null 2>&1 || {
		printf '%s is missing\n' "$1"
		return 77
	}
}

# grep for what must not be: finding is failing, and so is a grep that cannot run.
refuse()
{
	local status

	xargs -r grep -nH "$@" /dev/null
	status=$?
	# xargs folds every failure of grep into 123: nothing found, or grep itself has complained.
	[ "$status" -ne 0 ]
}

# --- the checks: silent and 0 when all is well, 77 when the tool is missing ----------------------

lint_format()
{
	need clang-format || return
	code | xargs -r clang-format --dry-run -Werror
}

# A test may start a shell, the program may not; core/ may not call itself. What passed is not
# looked at again until its text, headers included, its flags or the rules change.
tidy_one()
{
	local -a with
	local -a options=()
	local seen=$O/tidy/$1 key status

	mapfile -t with < <(file_flags "$1")
	# The analyzer goes a quarter as far into a function as it would by itself, to end soon.
	with+=(-Xclang -analyzer-config -Xclang max-nodes=50000)
	case $1 in
	*_test.c) options=(--checks=-cert-env33-c) ;;
	core/*.c) options=(--checks=misc-no-recursion) ;;
	esac
	key=$({
		cat .clang-tidy
		printf '%s\n' "${with[@]}" "${options[@]}"
		clang-tidy --version
		clang -E -CC "${with[@]}" "$1"
	} 2>&1 | sha256sum)
	[ "$(cat "$seen" 2>/dev/null)" != "$key" ] || return 0
	clang-tidy --quiet "${options[@]}" "$1" -- "${with[@]}" 2>&1 |
		grep -vE '^[0-9]+ warnings? (generated|treated)'
	status=${PIPESTATUS[0]}
	if [ "$status" -eq 0 ]; then
		mkdir -p "$(dirname "$seen")"
		printf '%s\n' "$key" >"$seen"
	fi
	return "$status"
}

lint_tidy()
{
	need clang-tidy || return
	need clang || return
	export LINT_FLAGS O
	code | grep '\.c$' | compiled_only |
		xargs -r -n 1 -P "$jobs" bash "$0" --tidy-one
}

# Style; POSIX functions that are called by one thread at a time; mmap of no file, which takes -1;
# and the place on its own stack that a coroutine leaves to be resumed.
cppcheck_off=(--suppress=duplicateAssignExpression --suppress=getcontextCalled
	--suppress=makecontextCalled --suppress=swapcontextCalled --suppress=readdirCalled
	--suppress=invalidFunctionArg --suppress=autoVariables:sim/coro.c)

lint_cppcheck()
{
	local -a with

	need cppcheck || return
	code | grep '\.c$' | compiled_only | grep -v '_test\.c$' >"$work/files"
	mapfile -t with < <(printf '%s\n' "$LINT_FLAGS" | tr ' ' '\n' |
		sed -n 's/^[^:]*:\(-[ID].*\)/\1/p' | sort -u)
	cppcheck -q -j "$jobs" --std=c11 --library=posix --enable=warning,performance,portability \
		--inline-suppr --suppress=missingIncludeSystem --suppress=unknownMacro \
		"${cppcheck_off[@]}" --error-exitcode=1 "${with[@]}" --file-list="$work/files"
}

lint_shell()
{
	need shellcheck || return
	files '.ci/run' '*.sh' model/mutants/fuzz | xargs -r shellcheck
}

# Each header compiles alone and twice; those of core/ against both ports, freestanding.
lint_headers()
{
	local header status=0
	local -a with

	while IFS= read -r header; do
		mapfile -t with < <(file_flags "$header")
		header_alone "$header" "${with[@]}" || status=1
	done < <(code | grep '\.h$' | compiled_only)
	for header in core/*.h; do
		[ -f "$header" ] || continue
		header_alone "$header" -std=c11 -ffreestanding -Icore -Icore/port/null || status=1
	done
	return "$status"
}

header_alone()
{
	local header=$1 compiler=$CC

	shift
	# Flags that name a target are clang's.
	case " $* " in *' --target='*) compiler=clang ;; esac
	printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
		"$compiler" "$@" -I. -Wall -Wextra -Wundef -Werror -fsyntax-only -x c - || {
		printf '%s does not compile alone\n' "$header"
		return 1
	}
}

lint_licence()
{
	local file status=0

	while IFS= read -r file; do
		head -n 5 "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' || {
			printf '%s: no "SPDX-License-Identifier: BSD-2-Clause" at its top\n' "$file"
			status=1
		}
	done < <(files '*.[chS]' '*.cc' '*.sh' '*.mk' Makefile '*.md' '*.bats' '*.scd' '*.lua' \
		'*.pml' '*.litmus' '*.cfg' '*.inc' '*.ld' '*.patch' '*.py' '*.bash' '*.js' \
		'*.css' .ci/run .clang-format .clang-tidy .editorconfig .gitignore)
	return "$status"
}

core_sources()
{
	files 'core/*.[ch]' | grep -E '^core/[^/]*$' | grep -vE '_(test|fuzz)\.c$'
}

# core/ may use what a compiler gives without a library, itself, and the port.
lint_freestanding()
{
	core_sources | xargs -r grep -nH '^[[:space:]]*#[[:space:]]*include' /dev/null |
		grep -vE '<(stdint|stddef|stdbool|stdalign|limits)\.h>' |
		while IFS= read -r line; do
			name=$(printf '%s\n' "$line" | sed -n 's/.*include "\([^"]*\)".*/\1/p')
			[ -n "$name" ] && { [ -f "core/$name" ] || [ "$name" = iwc_port.h ]; } ||
				printf '%s\n' "$line"
		done | grep . && return 1
	# Each line of coverage counts: nothing is taken out of the sum.
	core_sources | refuse -E '(GCOV|LCOV|GCOVR)_EXCL' || return 1
	core_sources | refuse -E '\b(malloc|calloc|free|setjmp|alloca)\(' || return 1
	core_integers_only
}

# With the general registers alone, floating point shows as calls of the compiler's own library.
core_integers_only()
{
	local file status=0

	while IFS= read -r file; do
		"$CC" -std=c11 -ffreestanding -mgeneral-regs-only -O1 -Icore -Icore/port/null -c \
			"$file" -o "$work/object" || {
			status=1
			continue
		}
		nm "$work/object" | grep -E ' U __.*[sdt]f' | sed "s|^ *U|$file: floating point,|" |
			grep . && status=1
	done < <(core_sources | grep '\.c$')
	return "$status"
}

# Of the outside the objects may ask the port, and the four functions a compiler calls by itself.
lint_symbols()
{
	[ -f "$O/libiwc-null.a" ] || {
		printf 'run make first: %s is not built\n' "$O/libiwc-null.a"
		return 77
	}
	nm -A "$O/libiwc-null.a" 2>/dev/null | awk '
	$(NF - 1) == "U" { asked[$NF] = $1 }
	$(NF - 1) ~ /^[TDBRVW]$/ { given[$NF] = 1 }
	END {
		for (name in asked)
			if (!(name in given) && name !~ /^(mem(cpy|move|set|cmp)|iwc_port_.*)$/) {
				print asked[name] " asks for " name
				bad = 1
			}
		exit bad
	}'
}

# The member v of struct iwc_word belongs to the ports: every shared access goes through a hook.
lint_hooks()
{
	core_sources | refuse -E '(->|\.)v\b' || return 1
	code | grep -vE '/port/|_(test|fuzz)\.c$|^core/' | refuse -E '(word|tag)[a-z_]*(->|\.)v\b'
}

lint_columns()
{
	local file status=0

	while IFS= read -r file; do
		expand "$file" | LC_ALL=C.UTF-8 grep -nE '.{101}' | cut -c 1-100 |
			sed "s|^|$file:|" | grep . && status=1
	done < <(code '*.sh' '*.mk' Makefile '*.bats' '*.inc' .ci/run)
	return "$status"
}

# The words are cut in two here, so that this file does not hold them.
lint_words()
{
	files | grep -vE '(/corpus/|/testdata/|\.patch$|^LICENSE$)' |
		refuse -IwE 'TO''DO|FIX''ME|X''XX|HA''CK'
}

lint_space()
{
	files | grep -vE '(/corpus/|/testdata/|\.patch$)' | refuse -IE '[[:space:]]$'
}

# --- all of them -------------------------------------------------------------------------------

run()
{
	local name=$1 status start=$SECONDS

	"lint_$name" >"$log" 2>&1
	status=$?
	if [ "$status" -eq 77 ] && [ "${STRICT:-0}" != 1 ]; then
		skipped=$((skipped + 1))
		printf '  SKIP  %-13s %s\n' "$name" "$(head -n 1 "$log")"
	elif [ "$status" -ne 0 ]; then
		failed=$((failed + 1))
		printf '  FAIL  %s\n' "$name"
		sed 's/^/        | /' "$log"
	else
		passed=$((passed + 1))
		printf '  ok    %-13s %3d s\n' "$name" $((SECONDS - start))
	fi
}

if [ "${1:-}" = --tidy-one ]; then
	tidy_one "$2"
	exit
fi

# A folder of its own: two of these may run at once.
mkdir -p "$O"
work=$(mktemp -d "$O/lint.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
log=$work/log
[ $# -gt 0 ] || set -- "${all_checks[@]}"
for name in "$@"; do
	case " ${all_checks[*]} " in
	*" $name "*) run "$name" ;;
	*)
		printf 'lint: no check named %s; there are: %s\n' "$name" "${all_checks[*]}" >&2
		exit 2
		;;
	esac
done
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
