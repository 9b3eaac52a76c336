#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# generate.sh FOLDER MODEL [FLAG...]: let SPIN write its verifier of MODEL, pan.c, into FOLDER.
# SPIN's exit code says nothing: it must have printed no error and written pan.c.
# Exit: 0 pan.c is there; 70 it is not, and why on stderr.

set -eu

folder=$1
model=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
shift 2
mkdir -p "$folder"
cd "$folder"
rm -f pan.*
spin -a "$@" "$model" >spin.txt 2>&1 || true
if grep -qi 'error' spin.txt || [ ! -s pan.c ]; then
	cat spin.txt >&2
	exit 70
fi
