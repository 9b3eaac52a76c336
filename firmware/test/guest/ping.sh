# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# ping COUNT: as many answers as asks, each with the bytes that were sent.

nsprobe ping "$S" "${1:-100}" 8 56
