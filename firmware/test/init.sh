#!/bin/busybox sh
# SPDX-License-Identifier: BSD-2-Clause
#
# shellcheck shell=dash
# The first program of the test's Linux. Words of the kernel's command line:
#
#	iwc.run=NAME,NAME   run /guest/NAME.sh in turn, then power off; else a shell
#	iwc.driver=no       do not load the driver
#	iwc.driver=only     load it, and leave the interface down
#	iwc.params=K=V,K=V  parameters of the driver
#	iwc.args=X,X        arguments of each script
#
# A script prints what it likes and returns 0 if all is well. The console then has a line
# "iwc-test: NAME STATUS" for each, and at the end "iwc-exit: STATUS".

/bin/busybox mkdir -p /proc /sys /dev /tmp /run /usr/bin /usr/sbin /sbin
/bin/busybox --install -s
export PATH=/sbin:/bin:/usr/sbin:/usr/bin HOME=/ DEV=eth0 NS=10.77.0.1 S=10.77.0.2
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
hostname linux

word()
{
	tr ' ' '\n' </proc/cmdline | sed -n "s/^iwc\.$1=//p" | tail -n 1 | tr ',' ' '
}

# shellcheck disable=SC1091
. /guest/common.inc

driver=$(word driver)
if [ "$driver" != no ]; then
	# shellcheck disable=SC2046
	insmod /lib/iwc_net.ko $(word params)
	[ "$driver" = only ] || link_up
fi

run=$(word run)
if [ -z "$run" ]; then
	printf '\niwc: a shell; S is %s; poweroff -f ends it\n\n' "$S"
	setsid cttyhack sh
	poweroff -f
fi
failed=0
for name in $run; do
	# shellcheck disable=SC1090,SC2046
	(set -- $(word args) && . "/guest/$name.sh")
	status=$?
	[ "$status" -eq 0 ] || failed=1
	printf 'iwc-test: %s %d\n' "$name" "$status"
done
printf 'iwc-exit: %d\n' "$failed"
poweroff -f
