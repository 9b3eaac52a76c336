# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# classes: short frames of high priority go by the control class, all others by the bulk class.

# moved CLASS COMMAND...: frames that the class sent meanwhile.
moved()
{
	local class=$1 before

	shift
	before=$(stat "${class}_sent")
	"$@" >/dev/null
	echo $(($(stat "${class}_sent") - before))
}

at_least()
{
	[ "$1" -ge "$2" ]
}

high()
{
	IWC_PRIORITY=6 "$@"
}

nsprobe ping "$S" 1 1 56
bad=0
expect 'short and urgent: control' at_least "$(moved control high nsprobe ping "$S" 50 1 56)" 50 ||
	bad=1
expect 'short and urgent: not bulk' [ "$(moved bulk high nsprobe ping "$S" 50 1 56)" -eq 0 ] ||
	bad=1
expect 'long and urgent: bulk' at_least "$(moved bulk high nsprobe ping "$S" 50 1 1000)" 50 || bad=1
expect 'long and urgent: not control' \
	[ "$(moved control high nsprobe ping "$S" 50 1 1000)" -eq 0 ] || bad=1
expect 'not urgent: not control' [ "$(moved control nsprobe ping "$S" 50 1 56)" -eq 0 ] || bad=1
echo 5 >/sys/module/iwc_net/parameters/control_priority
lower()
{
	IWC_PRIORITY=5 "$@"
}
expect 'the limit is a parameter' at_least "$(moved control lower nsprobe ping "$S" 50 1 56)" 50 ||
	bad=1
return $bad
