# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bench_rounds: round trips between programs, by size.

bad=0
[ -e /sys/module/iwc_bench ] || insmod /lib/iwc_bench.ko || return 1
for bytes in 16 64 256 512 1024 1472; do
	for kind in ping udp; do
		rounds $kind "$S" "$bytes" 101 >/tmp/line || bad=1
		sed 's/^/bench: /' /tmp/line
	done
done
return $bad
