# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# What the tests with real programs share: a tap as root or as a normal user, programs in its
# network namespaces, and the account that must come out even.

load ../sim/cli_helper

tap_setup()
{
	# The folder of the run, and the checkout, may be closed to a normal user.
	TMPDIR=/tmp cli_setup
	chmod 777 "$work"
	cp "$top/scenarios/tap.cfg" .
	# Interfaces have 15 bytes at most, and must not be those of another run.
	tap=t$$ ns=iwc-n-$$ nss=iwc-s-$$
	export XDG_RUNTIME_DIR=$work tap ns nss work
	scenario=$work/tap.cfg
	modes
}

tap_teardown()
{
	[ -z "${tap_pid:-}" ] || kill "$tap_pid" 2>/dev/null || true
	cli_teardown
}

need()
{
	local program

	for program in "$@"; do
		command -v "$program" >/dev/null || skip "$program is missing"
	done
}

# What may run taps here: root in named namespaces, and a normal user in those of their own. Each
# is a mode; `as` is what the second runs by.
modes()
{
	local made=(ip tuntap add x0 mode tap)

	need ip setpriv
	modes=()
	as=()
	if [ "$(id -u)" -eq 0 ]; then
		! unshare -n "${made[@]}" 2>/dev/null || modes+=(root)
		as=(setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$work"
			TMPDIR="$work" XDG_RUNTIME_DIR="$work")
	fi
	# The build folder may be closed to others.
	install -m 755 "$iwc" user-iwc
	! "${as[@]}" unshare -Urn "${made[@]}" 2>/dev/null ||
		! "${as[@]}" ./user-iwc version >/dev/null 2>&1 || modes+=(user)
	[ "${#modes[@]}" -gt 0 ] ||
		skip "env: this machine gives us no TAP, neither as root nor in a user namespace"
}

# in_tap MODE OPTIONS... <SCRIPT: run the script beside a tap, in the namespace of its NS side.
# There, `account` asks for account.json, `at_s COMMAND` runs in the namespace of a secure TAP.
in_tap()
{
	local mode=$1 program=$iwc prefix=() names=()

	shift
	{
		cat <<-'END'
			set -eu
			at_s()
			{
				if [ "$mode" = root ]; then
					ip netns exec "$nss" "$@"
				else
					nsenter -t "$(pgrep -o -P "$PPID")" -n "$@"
				fi
			}
			# What comes soon. No verdict hangs on how soon.
			soon()
			{
				local i

				for ((i = 0; i < 600; i++)); do
					! "$@" >/dev/null 2>&1 || return 0
					sleep 0.05
				done
				echo "never: $*" >&2
				exit 1
			}
			account()
			{
				"$iwc" tap --status "$tap" --json >"$work/account.json"
			}
		END
		cat
	} >script
	[ "$mode" = root ] || [ "$(id -u)" -ne 0 ] || chown -R 65534 "$work"
	if [ "$mode" = root ]; then
		names=(--netns "$ns")
		[[ " $* " != *" --secure tap "* ]] || names+=(--secure-netns "$nss")
	else
		program=./user-iwc
		prefix=("${as[@]}")
	fi
	expect 0 "${prefix[@]}" env mode="$mode" iwc="$program" ${preload:+LD_PRELOAD="$preload"} \
		"$program" tap "$scenario" --quiet --tap "$tap" "${names[@]}" "$@" -- bash script
	[ ! -e "/run/netns/$ns" ] && [ ! -e "/run/netns/$nss" ]
}

# everywhere FUNCTION: in each mode, with a processor for each world and with one for both.
everywhere()
{
	local mode cpus

	for mode in "${modes[@]}"; do
		for cpus in apart shared; do
			printf '# %s, --cpus %s\n' "$mode" "$cpus"
			"$1" "$mode" --cpus "$cpus"
		done
	done
}

# even: the account of account.json has a cause for every frame, and agrees with the kernel's.
even()
{
	python3 - account.json <<-'END'
		import json, sys
		j = json.load(open(sys.argv[1]))
		taps = j["taps"]
		for way, here, there in (("ns-to-s", "ns", "s"), ("s-to-ns", "s", "ns")):
		    f = j["flows"][way]
		    drops = {k: v for place in f["drops"].values() for k, v in place.items()}
		    lost = sum(drops.values())
		    assert f["unaccounted"] == 0, f
		    assert f["in_flight"] == 0, f
		    assert f["dropped"] == lost, f
		    unsent = drops["ring-full"] + drops["link-down"] + drops["bad-length"]
		    assert f["offered"] == f["sent"] + unsent, f
		    late = lost - unsent - drops["crash"]
		    assert f["sent"] == f["delivered"] + late, f
		    if taps[here]:
		        assert taps[here]["tx_frames"] == f["offered"] + drops["crash"], (f, taps)
		    if taps[there]:
		        assert taps[there]["rx_frames"] == f["delivered"], (f, taps)
	END
}

# lost: how many frames of both ways the account has as lost, the kernel's queues included.
lost()
{
	member account.json 'sum(f["dropped"] for f in j["flows"].values()) + sum(
		t["tx_dropped"] + t["rx_dropped"] for t in j["taps"].values() if t)'
}
