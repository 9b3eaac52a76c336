# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# polls: frames come although no doorbell does, since the driver looks from time to time (P9).

bad=0
nsprobe ping "$S" 20 1 56 || bad=1
doorbells=$(awk -v cpus="$(nproc)" -v dev="$DEV" '$NF == dev {
	for (i = 2; i <= cpus + 1; i++) n += $i
	print n
}' /proc/interrupts)
expect 'no doorbell arrived' [ "$doorbells" -eq 0 ] || bad=1
expect 'frames were found by polling' [ "$(stat polls_useful)" -ge 15 ] || bad=1
return $bad
