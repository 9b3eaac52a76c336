# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# ethtool: what it and ip say of the interface is so.

bad=0
nsprobe ping "$S" 100 1 1000 || bad=1
expect 'driver' [ "$(ethtool -i "$DEV" | sed -n 's/^driver: //p')" = iwc_net ] || bad=1
expect 'link' [ "$(ethtool "$DEV" | sed -n 's/.*Link detected: //p')" = yes ] || bad=1
expect 'ring' [ "$(ethtool -g "$DEV" | sed -n 's/^TX:[^0-9]*//p' | tail -n 1)" = 4096 ] || bad=1
expect 'two queues' [ -d "/sys/class/net/$DEV/queues/tx-1" ] || bad=1
expect 'not three' [ ! -d "/sys/class/net/$DEV/queues/tx-2" ] || bad=1
counters=/sys/class/net/$DEV/statistics
sum=$(($(stat control_sent) + $(stat bulk_sent)))
expect 'sent by both classes = tx_packets' [ "$sum" -eq "$(cat "$counters/tx_packets")" ] || bad=1
sum=$(($(stat control_received) + $(stat bulk_received)))
expect 'received = rx_packets' [ "$sum" -eq "$(cat "$counters/rx_packets")" ] || bad=1
expect 'bytes' [ "$(cat "$counters/tx_bytes")" -ge 104200 ] || bad=1
expect 'no violation' [ "$(stat violations)" -eq 0 ] || bad=1
expect 'the longest MTU' ip link set "$DEV" mtu 1500 || bad=1
if ip link set "$DEV" mtu 1501 2>/dev/null; then
	echo 'FAILED: an MTU of 1501 is taken'
	bad=1
fi
ip link set "$DEV" mtu 600
expect 'a short MTU: fragments arrive' nsprobe udp "$S" 7 10 500 || bad=1
return $bad
