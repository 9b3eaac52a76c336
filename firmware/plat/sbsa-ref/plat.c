/* SPDX-License-Identifier: BSD-2-Clause */
/* plat.c of QEMU's sbsa-ref: the machine keeps NS out of secure memory; a controller has the power.
 */
#include "iwc_plat.h"
#include "cpu.h"
#include "plat.h"
#include "uart.h"

#define EC_OFF 1u
#define EC_RESET 2u

const struct plat_range plat_devices[] = {
    {IWC_PLAT_GICD, 0x10000},
    {IWC_PLAT_GICR_OR_GICC, IWC_PLAT_GICR_OR_GICC_BYTES},
    {IWC_PLAT_UART, 0x1000},
    {IWC_PLAT_EC, 0x1000},
    {0, 0},
};

void plat_init(void)
{
	uart_init();
}

void plat_system_off(void)
{
	mmio_write32(IWC_PLAT_EC, EC_OFF);
}

void plat_system_reset(void)
{
	mmio_write32(IWC_PLAT_EC, EC_RESET);
}
