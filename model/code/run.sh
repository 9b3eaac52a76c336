#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh --core FOLDER [--time S] CLIENT...|quick: `iwc explore` on each client, with the copy of
# core/ in FOLDER, a mutant say, in place of the core as it is. The first that is not PASS ends it.
#
# O names the build folder (build): iwc, and what the verifier is linked from. A client is a file,
# or a name of model/clients. The last line is a verdict. Exit: that of iwc explore; 70 FOLDER does
# not build.

set -u

me=${0##*/}
top=$(cd "$(dirname "$0")/../.." && pwd)
O=${O:-$top/build}
limit=600
core=
# Small, and between them every rule of the protocol: docs/mutants.md shows what they kill.
quick=(small both-ways restart-s reload protect wrap skip two-classes space)

die()
{
	printf '%s: %s\n' "$me" "$1" >&2
	exit "${2:-2}"
}

# verifier and walk with that core, in the scratch folder.
build()
{
	local symbol=sim_core_core flags=(-std=gnu11 -D_GNU_SOURCE -O1 -w) program

	flags+=(-I"$core" -I"$top/sim" -I"$top/sim/port")
	printf 'X(%s)\n' "$symbol" >"$scratch/variants.inc"
	"${CC:-gcc}" "${flags[@]}" -ffreestanding -DSIM_CORE_SYMBOL="$symbol" \
		-DSIM_CORE_NAME='"core"' -c "$top/sim/core_unit.c" -o "$scratch/core.o" &&
		objcopy --keep-global-symbol="$symbol" "$scratch/core.o" || return
	for program in pan/verifier walk; do
		"${CC:-gcc}" "${flags[@]}" -I"$scratch" "$top/sim/variants.c" "$scratch/core.o" \
			"$O/obj/model/code/$program.o" "$O/libmodel.a" -lconfig \
			-o "$scratch/${program##*/}" || return
	done
}

usage="usage: $me --core FOLDER [--time S] CLIENT...|quick"
while [ $# -gt 0 ]; do
	case $1 in
	--core) core=$(cd "${2:?}" && pwd) || exit 2 ;;
	--time) limit=${2:?} ;;
	-*) die "$usage" ;;
	*) break ;;
	esac
	shift 2
done
[ $# -gt 0 ] || die "$usage"
[ -n "$core" ] || die "$usage"
[ "$1" != quick ] || set -- "${quick[@]}"
O=$(cd "$O" && pwd) || exit 2
[ -x "$O/model/verifier" ] || die "$O/model/verifier is not there: make with spin installed" 125
scratch=$(mktemp -d) || exit 70
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
build || die "$core: it does not build" 70
for client; do
	[ -f "$client" ] || client=$top/model/clients/$client.cfg
	IWC_MODEL=$scratch "$O/iwc" explore --json --quiet --time "$limit" \
		--out "$scratch/found" --force "$client" || exit
done
