# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bql: with a low limit the queue pauses, asks for a doorbell, and loses nothing.

bad=0
limits=/sys/class/net/$DEV/queues/tx-1/byte_queue_limits
echo 8192 >"$limits/limit_max" || bad=1
nsprobe tcp "$S" 7 1000000 || bad=1
before=$(page received_bulk)
polls=$(stat polls_useful)
throttles=$(stat bulk_throttles)
nsprobe send "$S" 9 5000 1400 || bad=1
polls=$(($(stat polls_useful) - polls))
throttles=$(($(stat bulk_throttles) - throttles))
echo "bql: throttles=$throttles polls=$polls"
expect 'the queue was held back' [ "$throttles" -gt 100 ] || bad=1
expect 'long before the ring was full' [ "$(stat bulk_stops)" -eq 0 ] || bad=1
expect 'doorbells let it go on, not polling' [ $((10 * polls)) -lt "$throttles" ] || bad=1
expect 'all arrived' [ $(($(page received_bulk) - before)) -ge 5000 ] || bad=1
return $bad
