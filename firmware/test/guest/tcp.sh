# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# tcp BYTES: a stream to the echo server and back, compared byte by byte.

nsprobe tcp "$S" 7 "${1:-1000000}"
