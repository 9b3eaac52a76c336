# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bql: with a low limit the queue pauses, asks for a doorbell, and loses nothing.

bad=0
limits=/sys/class/net/$DEV/queues/tx-1/byte_queue_limits
echo 8192 >"$limits/limit_max" || bad=1
nsprobe tcp "$S" 7 2000000 || bad=1
nsprobe ping "$S" 2000 64 1400 || bad=1
expect 'the queue was held back' [ "$(stat bulk_throttles)" -gt 10 ] || bad=1
expect 'long before the ring was full' [ "$(stat bulk_stops)" -eq 0 ] || bad=1
expect 'nothing is on its way now' until_true 2 test "$(cat "$limits/inflight")" -le 8192 || bad=1
expect 'doorbells told, not polling' [ "$(stat polls_useful)" -lt 100 ] || bad=1
return $bad
