# SPDX-License-Identifier: BSD-2-Clause
#
# model/: each room lists its programs and checks in a fragment of its own.

include $(sort $(wildcard model/*/*.mk))
