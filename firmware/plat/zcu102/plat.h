/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plat.h - ZynqMP ZCU102 with 1 GiB, as QEMU models it (xlnx-zcu102,secure=on). The model has no
 * memory protection: NS reaches everything there. On the board link drivers/xmpu.c.
 */
#ifndef PLAT_H
#define PLAT_H

#define IWC_PLAT_NAME "zcu102"
#define IWC_PLAT_CPUS 4

/* On-chip memory: the monitor, loaded there. */
#define IWC_PLAT_TEXT_BASE 0xfffc0000
#define IWC_PLAT_TEXT_BYTES 0x00010000
#define IWC_PLAT_RAM_BASE 0xfffd0000
#define IWC_PLAT_RAM_BYTES 0x00020000

/* The last 32 MiB of DDR, secure: the packed configuration with S's image, and S. */
#define IWC_PLAT_PACK_BASE 0x3e000000
#define IWC_PLAT_PACK_BYTES 0x00800000
#define IWC_PLAT_S_BASE 0x3f000000
#define IWC_PLAT_S_BYTES 0x00800000

#define IWC_PLAT_DRAM_BASE 0x00100000
#define IWC_PLAT_DRAM_BYTES 0x3df00000
#define IWC_PLAT_NS_SECTION 0x3de00000
#define IWC_PLAT_S_SECTION 0x3df00000
#define IWC_PLAT_LINUX_DTB 0x00100000
#define IWC_PLAT_LINUX_IMAGE 0x00200000
#define IWC_PLAT_LINUX_INITRD 0x08000000

/* Reserved in the device tree; NS can write it, the monitor's sum notices. */
#define IWC_PLAT_STORE_BASE 0x30000000
#define IWC_PLAT_STORE_BYTES 0x04000000

#define IWC_PLAT_GICD 0xf9010000
#define IWC_PLAT_GICC 0xf9020000
#define IWC_PLAT_GICR_OR_GICC IWC_PLAT_GICC
#define IWC_PLAT_GICR_OR_GICC_BYTES 0x2000
/* SPI 104: from the programmable logic, not wired. */
#define IWC_PLAT_BELL_INTID 136
/* Of the model; the board's is set by its first boot stage. */
#define IWC_PLAT_COUNTER_HZ 62500000

#define IWC_PLAT_UART 0xff010000 /* UART 1; Linux has UART 0 */
#define IWC_PLAT_UART_KIND 1
#define IWC_PLAT_UART_HZ 100000000

#endif
