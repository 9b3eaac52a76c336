# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# iperf SECONDS: TCP to S, then both directions at once.

bad=0
iperf -c "$S" -t "${1:-2}" -y C | tee /tmp/iperf || bad=1
expect 'to S' [ "$(tail -n 1 /tmp/iperf | cut -d , -f 9)" -gt 100000 ] || bad=1
return $bad
