#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# sizes.sh SIZE FOLDER ELF...: text and data of each linked file, by the program SIZE; below it the
# functions with the largest frames, from the compiler's notes (-fstack-usage) beside its objects.

set -eu

size=$1
folder=$2
shift 2

for elf in "$@"; do
	"$size" -B "$elf" | awk -v name="${elf#"$folder"/}" 'NR == 2 {
		printf "  %-28s text %6d  data %5d  bss %7d\n", name, $1, $2, $3
	}'
	objects=${elf%.elf}
	[ -d "$objects" ] || continue
	find "$objects" -name '*.su' -exec cat {} + | sort -t '	' -k 2,2nr | awk -F '	' '
	$3 !~ /static|dynamic,bounded/ { print "    no bound: " $0; bad = 1 }
	NR <= 3 {
		sub(/^.*:/, "", $1)
		top = top sprintf("%s %s %d", NR > 1 ? "," : "", $1, $2)
	}
	END { print "    largest frames (bytes):" top; exit bad }'
done
