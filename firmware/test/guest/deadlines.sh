# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# deadlines: after other scripts: S's periodic task ran, and ended each job before its deadline.

nsprobe ask "$S" 7702 all >/tmp/page
of()
{
	sed -n "s/^$1[=: ]*//p" /tmp/page
}
printf 'deadlines runs=%s misses=%s jitter_ticks=%s response_ticks=%s\n' "$(of critical_runs)" \
	"$(of critical_misses)" "$(of jitter_worst_ticks)" "$(of response_worst_ticks)"
bad=0
expect 'S had deadlines' [ "$(of critical_runs)" -gt 1000 ] || bad=1
expect 'and kept them' [ "$(of critical_misses)" -eq 0 ] || bad=1
return $bad
