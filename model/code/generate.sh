#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# generate.sh FOLDER MODEL: let spin write its verifier, pan.c, for MODEL into FOLDER.
# spin exits 0 on errors, so its words count. Exit: 0 pan.c is there; 1 it is not, and why.

set -eu

folder=$1
model=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")

rm -f "$folder/pan.c"
if ! (cd "$folder" && spin -a "$model") >"$folder/spin.log" 2>&1 ||
	grep -qi 'error' "$folder/spin.log" || [ ! -s "$folder/pan.c" ]; then
	cat "$folder/spin.log" >&2
	exit 1
fi
