# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bench_streams: one way, datagrams by size and TCP.

bad=0
[ -e /sys/module/iwc_bench ] || insmod /lib/iwc_bench.ko || return 1
for bytes in 16 64 256 512 1024 1472; do
	rounds udp-to "$S" "$bytes" 1000 >/tmp/line || bad=1
	sed 's/^/bench: /' /tmp/line
done
for kind in tcp-to tcp-from; do
	rounds $kind "$S" 4000000 >/tmp/line || bad=1
	sed 's/^/bench: /' /tmp/line
done
return $bad
