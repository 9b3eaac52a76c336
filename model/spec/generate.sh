#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# generate.sh FOLDER MODEL [FLAG...]: let SPIN write its verifier of MODEL, a file beside this one,
# into FOLDER. SPIN's exit code says nothing: it must have printed no error and written pan.c.

set -eu

folder=$1
model=$2
shift 2
mkdir -p "$folder"
rm -f "$folder"/pan.*
cp "${0%/*}"/*.pml "${0%/*}"/*.h "$folder"
cd "$folder"
spin -a "$@" "$model" >spin.txt 2>&1 || true
if grep -i 'error' spin.txt >&2 || [ ! -s pan.c ]; then
	cat spin.txt >&2
	exit 70
fi
