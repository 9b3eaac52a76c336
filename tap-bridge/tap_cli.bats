#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# iwc tap: what it refuses, and how; where interfaces go; what is left behind. Traffic is the
# business of tap.bats.

load ../sim/cli_helper

setup()
{
	cli_setup
	# Interfaces of 15 bytes at most, not those of another run.
	tap=t$$
	# Where this user may make interfaces without touching those of the machine.
	apart=(unshare -n)
	[ "$(id -u)" -eq 0 ] || apart=(unshare -Urn)
	export XDG_RUNTIME_DIR=$work
}

teardown()
{
	[ -z "${tap_pid:-}" ] || kill "$tap_pid" 2>/dev/null || true
	[ -z "${persistent:-}" ] || ip link delete "$persistent" || true
	[ -z "${u:-}" ] || rm -rf "$u"
	cli_teardown
}

need_tap()
{
	"${apart[@]}" sh -c 'ip tuntap add x0 mode tap' 2>/dev/null ||
		skip "env: this machine gives us no TAP in a network namespace"
}

need_root()
{
	[ "$(id -u)" -eq 0 ] || skip "env: only root may do this"
}

# The program as a normal user who may read it. The build folder may be closed to others.
need_normal_user()
{
	need_root
	command -v setpriv >/dev/null || skip "setpriv is missing"
	# Not below the present folder, which may be closed to others.
	u=$(TMPDIR=/tmp mktemp -d)
	chmod 777 "$u"
	cp "$iwc" good.cfg "$u"
	cd "$u" || return 1
	as=(setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$u/h" TMPDIR="$u/h"
		XDG_RUNTIME_DIR="$u/h")
	mkdir -m 777 h
	"${as[@]}" ./iwc version >/dev/null || skip "env: another user can't run programs here"
}

# One line, and nothing on stdout.
one_line()
{
	[ "$(wc -l <"$work/stderr")" -eq 1 ] || { cat "$work/stderr"; return 1; }
	[ -z "$output" ]
}

refuses()
{
	local words=$1

	shift
	expect 2 "$iwc" tap good.cfg "$@"
	complains "$words"
	one_line
}

# Wait for what comes soon. No verdict hangs on how soon.
soon()
{
	local i

	for ((i = 0; i < 1500; i++)); do
		! "$@" >/dev/null 2>&1 || return 0
		sleep 0.02
	done
	printf 'never: %s\n' "$*"
	return 1
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

@test "wrong options: one line that names the option and what it takes" {
	refuses "iwc: tap: --tap: 'a/b': the name of an interface has no blank, '/', ':' or '%'" \
		--tap a/b
	refuses "--tap: 'abcdefghijklmnop': the name of an interface has 1 to 15 bytes" \
		--tap abcdefghijklmnop
	refuses "--netns: 'a/b': no name for a namespace" --netns a/b
	refuses "--addr: 10.77.0.1: A.B.C.D/LEN is needed, such as 10.77.0.1/24" --addr 10.77.0.1
	refuses "--addr: 10.77.0.1/31: the length behind the slash must be 1 to 30" \
		--addr 10.77.0.1/31
	refuses "--addr: 10.77.0.255/24: that is the broadcast address" --addr 10.77.0.255/24
	refuses "--peer: 10.77.0.1: that is the address of this side itself" --peer 10.77.0.1
	refuses "--peer: 10.78.0.2: it is not in the network of 10.77.0.1/24" --peer 10.78.0.2
	refuses "--secure: 'linux': it is lwip or tap" --secure linux
	refuses "--secure-tap: it goes with --secure tap" --secure-tap x
	refuses "--secure-netns: it goes with --secure tap" --secure-netns x
	refuses "--cpus: 'two': it is apart or shared" --cpus two
	refuses "--interval: 1 ms is outside its range: 10 ms to 3600 s" --interval '1 ms'
	refuses "--interval: " --interval soon
	refuses "--filter: it goes with --write" --filter arp
	refuses "--snaplen: it goes with --write" --snaplen 64
	refuses "--snaplen 5: a number from 14 to 262144" --write x --snaplen 5
	refuses "--ring-buffer: " --write x -b filesize:0
	refuses "--ring-buffer: " --write x -b size:1
	refuses "--ring-buffer: " --write x -b files:3
	refuses "--events: frames and events need a file each" --write x --events x
	refuses "--json: standard output is taken by the capture" --write - --json
	refuses "--write: standard output belongs to the COMMAND" --write - -- true
	refuses "--events: standard output belongs to the COMMAND" --events - -- true
	refuses "--json: standard output belongs to the COMMAND" --json -- true
	refuses "--control: the path of a socket has 1 to 107 bytes" --control "$(printf %0120d 1)"
	[ ! -e x ]
}

@test "wrong use: scenario, command, options of others" {
	expect 2 "$iwc" tap
	complains "iwc: tap: SCENARIO is missing"
	one_line
	expect 2 "$iwc" tap no-such-scenario
	complains no-such-scenario
	one_line
	expect 2 "$iwc" tap good.cfg --off
	complains "tap takes no --off"
	one_line
	expect 2 "$iwc" tap good.cfg --status x
	complains "--status: it asks a tap that runs, and takes no SCENARIO"
	one_line
	expect 2 "$iwc" tap storm.cfg --set 'weak=["no-bucket"]'
	complains "storm.cfg: "
	one_line
	sed 's/600 B/64 B/' good.cfg >small.cfg
	expect 2 "$iwc" tap small.cfg --set 'channel.classes[1].frame_max=81 B'
	complains "small.cfg: the last class carries frames of 81 bytes, IPv4 needs 82"
	one_line
}

@test "status: a tap that does not run, a path that is no socket" {
	expect 1 "$iwc" tap --status nobody
	complains nobody
	one_line
	: >file
	expect 1 "$iwc" tap --status ./file
	complains ./file
	one_line
}

@test "a filter that is none, a capture that can't be written" {
	need_tap
	expect 1 "${apart[@]}" "$iwc" tap good.cfg --quiet --tap "$tap" --write f \
		--filter "no such word"
	complains "iwc: tap: "
	one_line
	expect 1 "${apart[@]}" "$iwc" tap good.cfg --quiet --tap "$tap" --write no/such/folder/f
	complains no/such/folder/f
	one_line
}

@test "an interface in use, one that is no TAP, one that is down" {
	need_tap
	cat >t <<-'END'
		"$iwc" tap good.cfg --quiet --tap a -- "$iwc" tap good.cfg --quiet --tap a \
			--control ./other
		echo $?
		"$iwc" tap good.cfg --quiet --tap lo
		echo $?
		ip tuntap add b0 mode tap
		"$iwc" tap good.cfg --quiet --tap b0
		echo $?
		ip address add 10.1.0.1/24 dev b0
		"$iwc" tap good.cfg --quiet --tap b0
		echo $?
	END
	expect 0 "${apart[@]}" bash t
	[ "$output" = $'1\n1\n1\n1' ]
	complains "a: another program uses this interface; --tap takes another name"
	complains "lo: that interface is no TAP"
	complains "b0: it has no IPv4 address: 'ip address add "
	complains "b0: it is down: 'ip link set b0 up'"
	[ "$(wc -l <"$work/stderr")" -eq 4 ]
}

@test "a persistent TAP: its address counts, and it stays as it was" {
	need_tap
	cat >t <<-'END'
		ip tuntap add b0 mode tap
		ip address add 10.1.0.9/24 dev b0
		ip link set b0 up
		ip address show b0 >before
		"$iwc" tap good.cfg --tap b0 -- true || exit
		ip address show b0 >after
		"$iwc" tap good.cfg --quiet --tap b0 --addr 10.1.0.9/24 --peer 10.1.0.3 -- true ||
			exit
		"$iwc" tap good.cfg --quiet --tap b0 --addr 10.2.0.1/24 -- true
		echo $?
		"$iwc" tap good.cfg --quiet --tap b0 --peer 10.1.1.3 -- true
		echo $?
	END
	expect 0 "${apart[@]}" bash t
	[ "$output" = $'2\n2' ]
	complains "NS: b0, 10.1.0.9/24"
	complains "S: lwIP, 10.1.0.10"
	complains "--addr: b0 is there already and has 10.1.0.9/24; leave --addr out"
	complains "10.1.1.3: it is not in the network of 10.1.0.9/24"
	# what the kernel adds of IPv6 is its own affair
	diff <(grep "inet " before) <(grep "inet " after)
}

@test "a control socket in use, and a stale one" {
	need_tap
	expect 0 "${apart[@]}" "$iwc" tap good.cfg --quiet --tap "$tap" --control s -- \
		sh -c "! '$iwc' tap good.cfg --quiet --tap other --addr 10.78.0.1/24 --control s &&
			[ -S s ]"
	complains "s: "
	[ ! -e s ]
	# left by one that was killed with its parent
	"${apart[@]}" "$iwc" tap good.cfg --quiet --tap "$tap" --control s 3>&- &
	tap_pid=$!
	soon test -S s
	kill -STOP "$tap_pid"
	pkill -KILL -P "$tap_pid"
	kill -KILL "$tap_pid"
	wait "$tap_pid" || true
	[ -S s ]
	expect 0 "${apart[@]}" "$iwc" tap good.cfg --quiet --tap "$tap" --control s -- true
	[ ! -e s ]
}

@test "COMMAND: its exit code, its standard output, its namespace" {
	need_tap
	expect 3 "${apart[@]}" "$iwc" tap good.cfg --quiet --tap "$tap" -- sh -c 'echo out; exit 3'
	[ "$output" = out ]
	quiet
	expect 127 "${apart[@]}" "$iwc" tap good.cfg --quiet --tap "$tap" -- no-such-program
	complains "iwc: tap: no-such-program: No such file or directory"
	expect 126 "${apart[@]}" "$iwc" tap good.cfg --quiet --tap "$tap" -- ./good.cfg
	expect 137 "${apart[@]}" "$iwc" tap good.cfg --quiet --tap "$tap" -- sh -c 'kill -9 $$'
	expect 0 "${apart[@]}" "$iwc" tap good.cfg --tap "$tap" -- ip -br address
	says "10.77.0.1/24"
	complains "NS: $tap, 10.77.0.1/24, MTU 1500"
	complains "left out: the scenario's own traffic"
	complains "in flight 0"
}

@test "--duration ends it, with a summary on stdout; --json gives lines" {
	need_tap
	need_python
	expect 0 "${apart[@]}" "$iwc" tap good.cfg --tap "$tap" --duration '100 ms'
	says "ns to s"
	says "s to ns"
	expect 0 "${apart[@]}" "$iwc" tap good.cfg --quiet --tap "$tap" --duration '300 ms' --json \
		--interval '50 ms'
	quiet
	[ "$(wc -l <<<"$output")" -gt 1 ]
	while IFS= read -r line; do
		echo "$line" >r.json
		[ "$(member r.json 'j["schema"], j["tap"]')" = "('iwc-tap-1', '$tap')" ]
	done <<<"$output"
}

@test "a signal ends it as planned" {
	need_tap
	for signal in INT TERM HUP QUIT; do
		"${apart[@]}" "$iwc" tap good.cfg --tap "$tap" --control s >out 2>err 3>&- &
		tap_pid=$!
		soon test -S s
		kill -$signal "$tap_pid"
		soon gone "$tap_pid"
		wait "$tap_pid"
		grep -q "ns to s" out
		[ ! -e s ]
	done
}

@test "an interface that is deleted under it ends it" {
	need_tap
	expect 1 "${apart[@]}" "$iwc" tap good.cfg --quiet --tap "$tap" -- \
		sh -c "ip link delete $tap; sleep 1000"
	complains "iwc: tap: $tap: the interface has gone"
}

@test "a machine that gives no TAP, to this user or to nobody: why, and what to do" {
	need_normal_user
	unshare -m true 2>/dev/null || skip "env: no mount namespace for us here"
	expect 1 unshare -m sh -c "mount -t tmpfs none /dev/net && $iwc tap good.cfg --tap $tap"
	complains "/dev/net/tun: there is none: 'modprobe tun'"
	one_line
	cat >t <<-'END'
		mount -t tmpfs none /dev/net
		mknod -m 600 /dev/net/tun c 10 200
		"$@"
	END
	expect 1 unshare -m sh t "${as[@]}" ./iwc tap good.cfg --tap "$tap"
	complains "/dev/net/tun: Permission denied: run as root, or let this user open it"
	one_line
	cat >t <<-'END'
		echo 0 >/proc/sys/user/max_user_namespaces || exit
		setpriv --bounding-set=-all --inh-caps=-all "$@"
	END
	expect 1 unshare -Ur sh t ./iwc tap good.cfg --tap "$tap"
	complains "this kernel gives a normal user no network namespace"
	complains "run as root, or ask an administrator for 'ip tuntap add NAME mode tap user USER'"
	one_line
}

@test "root: named namespaces are made, used and removed; one that was there stays" {
	need_root
	need_tap
	one=iwc-a-$$ two=iwc-b-$$
	expect 0 "$iwc" tap good.cfg --quiet --tap "$tap" --netns $one --secure tap \
		--secure-netns $two -- sh -c "ip netns exec $two ip -br link; ip -br link"
	says "iwc1 "
	says "$tap "
	[ ! -e /run/netns/$one ]
	[ ! -e /run/netns/$two ]
	ip netns add $one
	status=0
	"$iwc" tap good.cfg --quiet --tap "$tap" --netns $one -- true || status=$?
	[ -e /run/netns/$one ]
	ip netns delete $one
	[ "$status" -eq 0 ]
	refuses "--secure-netns: the two sides need a namespace each" --secure tap --netns $one \
		--secure-netns $one
	[ ! -e /run/netns/$one ]
}

@test "a normal user gets a namespace of their own" {
	need_normal_user
	"${as[@]}" unshare -Urn true 2>/dev/null ||
		skip "env: this kernel gives a normal user no network namespace"
	expect 0 "${as[@]}" ./iwc tap good.cfg --tap "$tap" --secure tap -- \
		sh -c "ip -br address show $tap"
	says "10.77.0.1/24"
	complains "-U -n --preserve-credentials COMMAND"
	[ -z "$(ls -A h)" ]
	expect 2 "${as[@]}" ./iwc tap good.cfg --tap "$tap" --netns x
	complains "--netns: a named namespace needs root"
	one_line
}

@test "a normal user uses the persistent TAP that an administrator made for them" {
	need_normal_user
	need_tap
	persistent=$tap
	ip tuntap add "$tap" mode tap user 65534
	ip address add 10.251.77.1/24 dev "$tap"
	ip link set "$tap" up
	expect 0 "${as[@]}" ./iwc tap good.cfg --tap "$tap" -- true
	complains "NS: $tap, 10.251.77.1/24"
	ip link delete "$tap"
	ip tuntap add "$tap" mode tap user 1
	expect 1 "${as[@]}" ./iwc tap good.cfg --quiet --tap "$tap"
	complains "$tap: that TAP belongs to another user"
	one_line
}

@test "SIGKILL of parent or worker leaves nothing" {
	need_root
	need_tap
	for victim in parent worker; do
		rm -f pids
		"$iwc" tap good.cfg --quiet --tap "$tap" --netns "iwc-a-$$" --control s -- \
			sh -c 'setsid sleep 1000 & echo $! $$ >new; mv new pids; wait' 3>&- &
		tap_pid=$!
		soon test -e pids
		worker=$(pgrep -o -P "$tap_pid")
		if [ $victim = parent ]; then
			kill -KILL "$tap_pid"
		else
			kill -KILL "$worker"
		fi
		wait "$tap_pid" || true
		for pid in "$worker" $(cat pids); do
			soon gone "$pid"
		done
		soon test ! -e s
		soon test ! -e "/run/netns/iwc-a-$$"
	done
}
