# SPDX-License-Identifier: BSD-2-Clause
#
# plat/: which drivers a board is made of, beside its plat.c.

PLAT_DRIVERS-qemu-virt := gicv3 pl011 optional
