# SPDX-License-Identifier: BSD-2-Clause
#
# plat/: which drivers a board is made of, and its plat.c if it has one.

PLAT_DRIVERS-qemu-virt := gicv3 pl011 virt optional
PLAT_DRIVERS-qemu-virt-gicv2 := gicv2 pl011 virt optional
