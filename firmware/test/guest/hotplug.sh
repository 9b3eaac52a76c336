# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# hotplug ROUNDS: every CPU but the first goes and comes back while frames run.

bad=0
cpus=$(ls -d /sys/devices/system/cpu/cpu[1-9]*)
[ -n "$cpus" ] || {
	echo 'one CPU only: nothing to unplug'
	return 1
}
nsprobe ping "$S" 100000000 4 200 >/tmp/ping 2>&1 &
pinger=$!
for _ in $(seq "${1:-5}"); do
	for cpu in $cpus; do
		echo 0 >"$cpu/online" || bad=1
		[ "$(cat "$cpu/online")" = 0 ] || bad=1
		usleep 50000
		echo 1 >"$cpu/online" || bad=1
	done
done
expect 'frames ran all the time' kill -0 "$pinger" || bad=1
kill "$pinger"
expect 'and run' nsprobe ping "$S" 100 4 200 || bad=1
expect 'the session was never lost' [ "$(stat downs)" -eq 0 ] || bad=1
return $bad
