# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2154
#
# What the checks in QEMU share. IWC, IWC_BUILD and TMPDIR come from check.sh, DEPS from make.

export O=$IWC_BUILD
CONSOLE='' SECURE=''

need_qemu()
{
	command -v qemu-system-aarch64 >/dev/null || skip 'qemu-system-aarch64 is missing'
	command -v dtc >/dev/null || skip 'dtc is missing'
}

# boot OPTION...: run qemu.sh; the logs are then in $CONSOLE and $SECURE, its status in $status.
boot()
{
	local out=$TMPDIR/$BATS_TEST_NUMBER-$RANDOM

	run firmware/test/qemu.sh --limit "${LIMIT:-120}" "$@" "$out"
	CONSOLE=$out/console.log
	SECURE=$out/secure.log
	[ "$status" -eq 0 ] || {
		printf 'qemu.sh %s: %s\n%s\n' "$*" "$status" "$output"
		[ ! -f "$CONSOLE" ] || grep -av '^\[' "$CONSOLE" | tail -n 40
		[ ! -f "$SECURE" ] || tail -n 20 "$SECURE"
	}
}

# passed NAME...: the scripts of the guest ended well.
passed()
{
	local name

	for name in "$@"; do
		grep -aq "^iwc-test: $name 0\$" "$CONSOLE" || {
			echo "$name did not pass"
			return 1
		}
	done
}

# No complaint of the kernel, of the monitor or of S.
quiet()
{
	! grep -aE 'WARNING:|BUG:|Oops|Call trace|rcu: INFO|Kernel panic' "$CONSOLE" || return 1
	! grep -aE 'stopped:|panic|ends life' "$SECURE"
}

said()
{
	grep -aqF -- "$1" "$CONSOLE" || {
		echo "Linux did not say: $1"
		return 1
	}
}
