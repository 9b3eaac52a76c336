#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh IWC DIRECT DIR: ping -f and iperf through the channel, beside the same TAP and lwIP without
# it, and beside a veth pair. Rounds of slices of SECONDS, in random order within a round; ratios
# are taken within a round. Writes DIR/rows (round subject load value) and DIR/report.txt.
#
# ROUNDS (default 7), SLICE (1, seconds). Real-time priority keeps other programs out, unless
# BENCH_PRIORITY=0. TCP has Reno's congestion control: a host's BBR would set a pace of its own.
# Exit: 0 measured, whatever the figures, or not possible here (a line with SKIP); 1 it failed.

set -u
export LC_ALL=C
iwc=$1 direct=$2 dir=$3
here=$(dirname "$0")
rounds=${ROUNDS:-7} slice=${SLICE:-1}
name=iwcb$$
fifo=()
pids=()

skip()
{
	printf 'SKIP: tap: %s\n' "$1"
	exit 0
}

die()
{
	printf 'bench: tap: %s\n' "$1" >&2
	[ ! -s "$dir/log" ] || tail -n 5 "$dir/log" >&2
	exit 1
}

# shellcheck disable=SC2317
clean()
{
	local ns

	[ "${#pids[@]}" -eq 0 ] || kill "${pids[@]}" 2>/dev/null
	wait
	for ns in veth far direct apart shared; do
		ip netns delete "$name-$ns" 2>/dev/null
	done
}

at()
{
	ip netns exec "$name-$1" "${@:2}"
}

start()
{
	"$@" >>"$dir/log" 2>&1 </dev/null &
	pids+=($!)
}

# start_at NAMESPACE COMMAND...: a process, not a shell around it, so that it can be ended.
start_at()
{
	start ip netns exec "$name-$1" "${fifo[@]}" "${@:2}"
}

# tap MODE: the channel, with polls so rare that one that is not measured costs nothing.
tap()
{
	start "${fifo[@]}" "$iwc" tap "$here/../../scenarios/tap.cfg" --quiet --cpus "$1" \
		--netns "$name-$1" --tap "$name" --control "$dir/$1.sock" \
		--set 'ns.poll=1 s' --set 's.poll=100 ms'
}

# Wait for what is being set up.
answers()
{
	local i

	for ((i = 0; i < 50; i++)); do
		! at "$1" ping -q -c 1 -W 1 10.77.0.2 >>"$dir/log" 2>&1 || return 0
		sleep 0.2
	done
	return 1
}

set_up()
{
	local ns

	for ns in veth far direct apart shared; do
		ip netns add "$name-$ns" || return 1
		at "$ns" ip link set lo up
	done
	ip -n "$name-veth" link add v0 type veth peer name v0 netns "$name-far" &&
		ip -n "$name-veth" address add 10.77.0.1/24 dev v0 &&
		ip -n "$name-far" address add 10.77.0.2/24 dev v0 &&
		ip -n "$name-veth" link set v0 up && ip -n "$name-far" link set v0 up || return 1
	start_at far iperf -s -Z reno
	start_at direct "$direct" "$name" 10.77.0.1/24
	tap apart
	tap shared
	for ns in veth direct apart shared; do
		answers "$ns" || return 1
	done
}

# measure LOAD SUBJECT: round trips a second, or Mbit/s.
measure()
{
	case $1 in
	ping)
		at "$2" "${fifo[@]}" ping -n -q -f -w "$slice" 10.77.0.2 | awk '
			/ received/ { for (i = 2; i <= NF; i++) {
				if ($i ~ /^received/) n = $(i - 1)
				if ($i == "time") t = $(i + 1) + 0
			} }
			END { if (t > 0) printf "%.0f\n", n / t * 1000 }'
		;;
	tcp-in) at "$2" "${fifo[@]}" iperf -Z reno -c 10.77.0.2 -t "$slice" -f m ;;
	tcp-out) at "$2" "${fifo[@]}" iperf -c 10.77.0.2 -t "$slice" -f m -R ;;
	esac 2>>"$dir/log" | awk '/bits\/sec/ { v = $(NF - 1) } NF == 1 { v = $1 } END { print v }'
}

[ "$(id -u)" -eq 0 ] || skip "this part needs root"
for program in ip ping iperf chrt shuf; do
	command -v "$program" >/dev/null || skip "$program is missing (make bench-deps)"
done
mkdir -p "$dir"
: >"$dir/log"
: >"$dir/rows"
unshare -n ip tuntap add x0 mode tap 2>>"$dir/log" || skip "the kernel gives no TAP here"
[ "${BENCH_PRIORITY:-1}" = 0 ] || ! chrt -f 1 true 2>>"$dir/log" || fifo=(chrt -f 1)
trap clean EXIT
trap 'exit 1' HUP INT TERM
set_up || die "the interfaces could not be set up"

for ((round = 1; round <= rounds; round++)); do
	while read -r load subject; do
		value=$(measure "$load" "$subject")
		[ -n "$value" ] || die "$load of $subject gave no figure"
		echo "$round $subject $load $value" >>"$dir/rows"
	done < <(printf '%s\n' {ping,tcp-in,tcp-out}' '{veth,direct,apart,shared} | shuf)
done
"$here/report.sh" "$dir/rows" | tee "$dir/report.txt"
