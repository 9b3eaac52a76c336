# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# counters: what the driver and S have counted.

ethtool -S "$DEV"
nsprobe ask "$S" 7702 all
grep iwc\\\|eth0 /proc/interrupts
