/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine.h - QEMU's machine virt,secure=on: what is where, whatever its interrupt controller.
 * Included by C, assembly and linker scripts, so it holds plain numbers only. docs/porting.md says
 * what each name means.
 */
#ifndef MACHINE_H
#define MACHINE_H

#define IWC_PLAT_CPUS 8

/* Flash 0, secure: the monitor runs in place, the packed configuration and S follow it. */
#define IWC_PLAT_TEXT_BASE 0x00000000
#define IWC_PLAT_TEXT_BYTES 0x00020000
#define IWC_PLAT_PACK_BASE 0x00020000
#define IWC_PLAT_PACK_BYTES 0x00800000

/* Secure RAM, 16 MiB: the monitor's data, then S. */
#define IWC_PLAT_RAM_BASE 0x0e000000
#define IWC_PLAT_RAM_BYTES 0x00100000
#define IWC_PLAT_S_BASE 0x0e100000
#define IWC_PLAT_S_BYTES 0x00800000

/* Non-secure memory, as QEMU has it with -m 1G. */
#define IWC_PLAT_DRAM_BASE 0x40000000
#define IWC_PLAT_DRAM_BYTES 0x40000000
#define IWC_PLAT_NS_SECTION 0x7fe00000
#define IWC_PLAT_S_SECTION 0x7ff00000
#define IWC_PLAT_LINUX_DTB 0x40000000
#define IWC_PLAT_LINUX_IMAGE 0x40200000
#define IWC_PLAT_LINUX_INITRD 0x48000000

/* Flash 1, non-secure: where Linux is kept for its restarts (firmware/monitor/store.S). */
#define IWC_PLAT_STORE_BASE 0x04000000
#define IWC_PLAT_STORE_BYTES 0x04000000

#define IWC_PLAT_BELL_INTID 132 /* SPI 100: nothing of the machine uses it */
#define IWC_PLAT_COUNTER_HZ 62500000

#define IWC_PLAT_UART 0x09040000 /* the secure one */
#define IWC_PLAT_UART_KIND 0	 /* of struct iwc_boot */
#define IWC_PLAT_UART_HZ 24000000
#define IWC_PLAT_GPIO 0x090b0000 /* secure PL061: pin 0 powers off, pin 1 resets */

#endif
