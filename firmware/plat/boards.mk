# SPDX-License-Identifier: BSD-2-Clause
#
# boards.mk: which drivers a board is made of, and its plat.c if it has one.

PLAT_DRIVERS-qemu-virt := gicv3 pl011 virt optional
PLAT_DRIVERS-qemu-virt-gicv2 := gicv2 pl011 virt optional
PLAT_DRIVERS-sbsa-ref := gicv3 pl011 optional
# ZCU102_PROTECT=xmpu for the board; QEMU's model has nothing to read back.
PLAT_DRIVERS-zcu102 := gicv2 cadence optional $(ZCU102_PROTECT)
PLAT_LOADED := zcu102
