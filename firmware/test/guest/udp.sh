# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# udp COUNT: so many datagrams of each length to the echo server.

for bytes in 1 18 214 1000 1472; do
	nsprobe udp "$S" 7 "${1:-100}" "$bytes" || return 1
done
