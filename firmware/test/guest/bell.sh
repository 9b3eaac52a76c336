# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bell: frames come by doorbells; polling finds next to nothing.

bad=0
before=$(stat polls_useful)
nsprobe ping "$S" 200 1 56 || bad=1
expect 'doorbells told' [ $(($(stat polls_useful) - before)) -lt 50 ] || bad=1
return $bad
