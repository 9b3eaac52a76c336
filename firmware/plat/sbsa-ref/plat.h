/* SPDX-License-Identifier: BSD-2-Clause */
/* plat.h - QEMU's machine sbsa-ref with 1 GiB: memory of NS begins at 1 TiB. */
#ifndef PLAT_H
#define PLAT_H

#define IWC_PLAT_NAME "sbsa-ref"
#define IWC_PLAT_CPUS 8

/* Flash 0, secure. */
#define IWC_PLAT_TEXT_BASE 0x00000000
#define IWC_PLAT_TEXT_BYTES 0x00020000
#define IWC_PLAT_PACK_BASE 0x00020000
#define IWC_PLAT_PACK_BYTES 0x00800000

/* Secure RAM, 512 MiB. */
#define IWC_PLAT_RAM_BASE 0x20000000
#define IWC_PLAT_RAM_BYTES 0x00100000
#define IWC_PLAT_S_BASE 0x20100000
#define IWC_PLAT_S_BYTES 0x00800000

#define IWC_PLAT_DRAM_BASE 0x10000000000
#define IWC_PLAT_DRAM_BYTES 0x40000000
#define IWC_PLAT_NS_SECTION 0x1003fe00000
#define IWC_PLAT_S_SECTION 0x1003ff00000
#define IWC_PLAT_LINUX_DTB 0x10000100000 /* the first MiB holds what QEMU writes there */
#define IWC_PLAT_LINUX_IMAGE 0x10000200000
#define IWC_PLAT_LINUX_INITRD 0x10008000000

/* Flash 1, non-secure. */
#define IWC_PLAT_STORE_BASE 0x10000000
#define IWC_PLAT_STORE_BYTES 0x10000000

#define IWC_PLAT_GICD 0x40060000
#define IWC_PLAT_GICR 0x40080000
#define IWC_PLAT_GICR_OR_GICC IWC_PLAT_GICR
#define IWC_PLAT_GICR_OR_GICC_BYTES (0x20000 * IWC_PLAT_CPUS)
#define IWC_PLAT_BELL_INTID 132 /* SPI 100: nothing of the machine uses it */
#define IWC_PLAT_COUNTER_HZ 62500000

#define IWC_PLAT_UART 0x60030000 /* the secure one */
#define IWC_PLAT_UART_KIND 0
#define IWC_PLAT_UART_HZ 24000000
#define IWC_PLAT_EC 0x50000000 /* secure embedded controller: power */

#endif
