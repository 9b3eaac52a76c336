/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plat.c of the ZCU102 (Xilinx UG1085, UG1087): only processor 0 runs after reset, the others are
 * let go here. Registers of protection and reset are not in QEMU's model; what uses them was not
 * run.
 */
#include "iwc_plat.h"
#include "cpu.h"
#include "plat.h"
#include "uart.h"

#define APU 0xfd5c0000u
#define APU_RVBAR_LOW(n) (APU + 0x40u + 8u * (n))
#define APU_RVBAR_HIGH(n) (APU + 0x44u + 8u * (n))
#define CRF 0xfd1a0000u
#define CRF_RST_FPD_APU (CRF + 0x104u)
#define APU_RESET(n) ((1u << 10 | 1u) << (n)) /* of power-on, and of the core */
#define CRL 0xff5e0000u
#define CRL_RESET_CTRL (CRL + 0x218u)
#define SOFT_RESET (1u << 4)
#define XMPU_DDR 0xfd000000u
#define XMPU_OCM 0xffa70000u

const struct plat_range plat_devices[] = {
    {IWC_PLAT_GICD, 0x1000},
    {IWC_PLAT_GICR_OR_GICC, IWC_PLAT_GICR_OR_GICC_BYTES},
    {IWC_PLAT_UART, 0x1000},
    {APU, 0x1000},
    {CRF, 0x1000},
    {CRL, 0x1000},
    {XMPU_DDR, 0x60000},
    {XMPU_OCM, 0x1000},
    {0, 0},
};

void plat_init(void)
{
	uart_init();
}

void plat_cpu_release(unsigned cpu, uint64_t entry)
{
	mmio_write32(APU_RVBAR_LOW(cpu), (uint32_t)entry);
	mmio_write32(APU_RVBAR_HIGH(cpu), (uint32_t)(entry >> 32));
	dsb_sy();
	mmio_write32(CRF_RST_FPD_APU, mmio_read32(CRF_RST_FPD_APU) & ~APU_RESET(cpu));
}

/* Power is the platform management unit's; without it there is no way to switch off. */
void plat_system_off(void)
{
}

void plat_system_reset(void)
{
	mmio_write32(CRL_RESET_CTRL, mmio_read32(CRL_RESET_CTRL) | SOFT_RESET);
}
