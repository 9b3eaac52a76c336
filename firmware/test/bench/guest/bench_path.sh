# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bench_path: calls, S's tick, and the way of frames of each size, stamped on both sides.

bad=0
insmod /lib/iwc_bench.ko "dev=$DEV" || return 1
nsprobe ping "$S" 8 1 56 >/dev/null || bad=1
sed -n 's/^\(call\|fiq\)/bench: \1/p' /proc/iwc_bench
for bytes in 16 64 256 512 1024 1472; do
	nsprobe ping "$S" 33 1 "$bytes" >/dev/null || bad=1
	sed -n "s/^path/bench: path $bytes/p" /proc/iwc_bench
done
return $bad
