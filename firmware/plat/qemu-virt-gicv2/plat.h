/* SPDX-License-Identifier: BSD-2-Clause */
/* plat.h - QEMU's machine virt,secure=on,gic-version=2. */
#ifndef PLAT_H
#define PLAT_H

#include "../qemu-virt/machine.h"

#define IWC_PLAT_NAME "qemu-virt-gicv2"
#define IWC_PLAT_GICD 0x08000000
#define IWC_PLAT_GICC 0x08010000
#define IWC_PLAT_GICR_OR_GICC IWC_PLAT_GICC
#define IWC_PLAT_GICR_OR_GICC_BYTES 0x2000

#endif
