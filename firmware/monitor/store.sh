#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# store.sh BOARD DTB IMAGE INITRD OUT: pack Linux into the store of a board, from which the monitor
# loads it at power-on and at each of its restarts. OUT is as large as the flash of that board, with
# a hole at its end. FW_CROSS is the prefix of the cross tools.
# Exit: 0 OUT is there; 1 it is not (why, on stderr); 2 wrong use.

set -eu

me=${0##*/}
here=$(dirname "$0")
cross=${FW_CROSS:-aarch64-linux-gnu-}

die()
{
	printf '%s: %s\n' "$me" "$1" >&2
	exit "${2:-1}"
}

[ $# -eq 5 ] || die 'usage: store.sh BOARD DTB IMAGE INITRD OUT' 2
board=$here/../plat/$1
[ -f "$board/plat.h" ] || die "there is no board $1 (firmware/plat lists them)" 2
for file in "$2" "$3" "$4"; do
	[ -s "$file" ] || die "$file is missing or empty"
done

trap 'rm -f "$5.o" "$5.tmp"' EXIT
"${cross}gcc" -c -I"$here" -I"$board" -DDTB="\"$2\"" -DIMAGE="\"$3\"" -DINITRD="\"$4\"" \
	"$here/store.S" -o "$5.o"
"${cross}objcopy" -O binary "$5.o" "$5.tmp"
room=$(($(printf '#include "plat.h"\nIWC_PLAT_STORE_BYTES\n' |
	"${cross}gcc" -E -P -I"$board" - | tail -n 1)))
need=$(stat -c %s "$5.tmp")
[ "$need" -le "$room" ] || die "Linux takes $need bytes, the store of $1 has $room"
truncate -s "$room" "$5.tmp"
mv "$5.tmp" "$5"
