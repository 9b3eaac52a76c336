# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# reload TIMES: the driver goes and comes back, the interface goes down and up; S stays.

bad=0
life=$(page life)
restarts=$(page peer_restarts)
for i in $(seq "${1:-3}"); do
	rmmod iwc_net
	expect "$i: no interface" [ ! -e "/sys/class/net/$DEV" ] || bad=1
	insmod /lib/iwc_net.ko
	link_up || return 1
	nsprobe ping "$S" 20 4 56 || bad=1
	ip link set "$DEV" down
	usleep 50000
	ip link set "$DEV" up
	expect "$i: up again" until_true 10 carrier || bad=1
	nsprobe ping "$S" 20 4 56 || bad=1
done
expect 'S lives its same life' [ "$(page life)" = "$life" ] || bad=1
expect 'S saw two new lives of Linux each time' \
	[ $(($(page peer_restarts) - restarts)) -ge $((2 * ${1:-3})) ] || bad=1
return $bad
