# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# attack DEADLINES MS SEED ID...: the attacks of these threats, one after another. After each
# S must still live its same life, have missed no deadline if DEADLINES is 1, and answer again (P6).

bad=0
deadlines=$1 ms=$2 seed=$3
shift 3

# The page of S as shell variables, each name behind $1.
look()
{
	nsprobe ask "$S" 7702 all >/tmp/page || return 1
	sed -n "s/^\([a-z_]*\) \([0-9][0-9]*\)\$/$1\1=\2/p" /tmp/page >/tmp/values
	# shellcheck disable=SC1091
	. /tmp/values
}

at_most()
{
	echo "count: $1 at most $2"
	[ "$1" -le "$2" ]
}

# What only S can say of the attack $1. An interrupt is at most two activations of its network task:
# the one that it woke, and one more look before sleep.
ask_s()
{
	local ticks=$((b_critical_runs - a_critical_runs)) most=500 # what this script asks

	case $1 in
	T08) # the bucket's burst and a token every 100 us
		most=$((most + 2 * (ticks + 16 + (b_time_ns - a_time_ns) / 100000)))
		expect "$1: doorbells within the bucket's bound" \
			at_most $((b_activations - a_activations)) "$most" ;;
	T10)
		expect "$1: nothing but ticks" \
			at_most $((b_activations - a_activations)) $((most + 2 * ticks)) ;;
	T42) # an address without memory would refuse as well
		expect "$1: control: S reads all its text there meanwhile" \
			[ "$b_image_rounds" -gt "$a_image_rounds" ] ;;
	T16) # from 1 ms doubling to 1 s, then one a second; two for the driver
		expect "$1: epochs by the back-off" \
			at_most $((b_peer_restarts - a_peer_restarts)) $((14 + ms / 1000)) ;;
	esac
}

attack()
{
	local id=$1 driver=1

	nsprobe ping "$S" 20 4 200 && look a_ || return 1
	[ "$id" != T21 ] || for bytes in 1 77 200 101; do
		nsprobe udp "$S" 7 20 "$bytes" || return 1
	done
	case $id in
	T01 | T02 | T03 | T04 | T05 | T06 | T07 | T16 | T33 | T34) driver=0 ;;
	esac
	[ "$driver" = 1 ] || rmmod iwc_net
	dmesg -c >/dev/null
	expect "$id: runs" insmod /bin/iwc_attack.ko "attack=${id#none}" "ms=$ms" "seed=$seed" ||
		bad=1
	dmesg | sed -n "s/.*iwc_attack: \(ok\|FAILED\): /\1: $id: /p; s/.*iwc_attack: /$id: /p" \
		>/tmp/attack
	cat /tmp/attack
	! grep -q '^FAILED' /tmp/attack || bad=1
	[ "$id" != T42 ] || reach || bad=1
	rmmod iwc_attack
	[ "$driver" = 1 ] || insmod /lib/iwc_net.ko
	link_up || return 1
	expect "$id: S answers again" until_true 10 nsprobe ping "$S" 20 4 200 || bad=1
	look b_ || return 1
	expect "$id: S lives its same life" [ "$b_life" = "$a_life" ] || bad=1
	[ "$deadlines" = 0 ] || expect "$id: every deadline was kept" \
		[ "$b_critical_misses" -eq "$a_critical_misses" ] || bad=1
	ask_s "$id" || bad=1
	echo "threat: $id jobs=$b_critical_runs misses=$b_critical_misses" \
		"jitter_ticks=$b_jitter_worst_ticks response_ticks=$b_response_worst_ticks" \
		"violations=$b_violations"
}

# Control: NS's own section and S's, which NS may read. Then the monitor's flash and data, S, the
# secure UART and the pins that switch the machine off.
reach()
{
	nsreach 7fe00f00 7ff00f00 40200000 >/tmp/reach
	expect 'T42: control: what is for NS is reached' \
		[ "$(grep -c 'read=1 write=1' /tmp/reach)" -eq 3 ] || return 1
	nsreach 0 20000 e000000 e0ffff0 e100000 e8ffff0 9040000 90b0000 >/tmp/reach
	cat /tmp/reach
	usleep 100000
	expect 'T42: what is secure is not' [ "$(grep -c 'read=0 write=0' /tmp/reach)" -eq 8 ]
}

for id in "$@"; do
	attack "$id" || bad=1
done
return $bad
