#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# weaken.sh PATCH FOLDER FILE...: copy the FILEs below FOLDER, patch them, touch FOLDER/stamp.
# The patch must fit exactly: no fuzz and no reject. Exit 1 names the patch otherwise.

set -eu

patch_file=$1
folder=$2
shift 2

rm -rf "$folder"
mkdir -p "$folder"
cp --parents "$@" "$folder"
if ! patch -p1 --fuzz=0 --no-backup-if-mismatch --batch -d "$folder" \
	<"$patch_file" >"$folder/log" 2>&1; then
	cat "$folder/log" >&2
	printf '%s: it does not fit any more\n' "$patch_file" >&2
	exit 1
fi
touch "$folder/stamp"
