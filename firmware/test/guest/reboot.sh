# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# reboot LIVES: Linux starts itself again until S has seen so many lives of it. S goes on: it is S
# that counts.

nsprobe ping "$S" 100 4 200 || return 1
lives=$(page peer_restarts)
life=$(page life)
runs=$(page critical_runs)
echo "reboot: peer_restarts=$lives life=$life runs=$runs misses=$(page critical_misses)"
expect 'S lives its first life' [ "$life" = 1 ] || return 1
[ "$lives" -ge "${1:-3}" ] || reboot -f
