/* SPDX-License-Identifier: BSD-2-Clause */
/* plat.h - QEMU's machine virt,secure=on,gic-version=3. */
#ifndef PLAT_H
#define PLAT_H

#include "machine.h"

#define IWC_PLAT_NAME "qemu-virt"
#define IWC_PLAT_GICD 0x08000000
#define IWC_PLAT_GICR 0x080a0000
#define IWC_PLAT_GICR_OR_GICC IWC_PLAT_GICR
#define IWC_PLAT_GICR_OR_GICC_BYTES (0x20000 * IWC_PLAT_CPUS)

#endif
