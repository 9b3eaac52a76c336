/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virt.c - QEMU's machine virt,secure=on. Secure RAM, UART and GPIO are out of NS's reach by the
 * machine itself. Power is two pins of the secure PL061 (Arm DDI 0190).
 */
#include "iwc_plat.h"
#include "cpu.h"
#include "plat.h"
#include "uart.h"

#define GPIO_DIR (IWC_PLAT_GPIO + 0x400)
#define GPIO_PIN(n) (IWC_PLAT_GPIO + (4u << (n)))
#define PIN_OFF 0
#define PIN_RESET 1

const struct plat_range plat_devices[] = {
    {IWC_PLAT_GICD, 0x10000},
    {IWC_PLAT_GICR_OR_GICC, IWC_PLAT_GICR_OR_GICC_BYTES},
    {IWC_PLAT_UART, 0x1000},
    {IWC_PLAT_GPIO, 0x1000},
    {0, 0},
};

void plat_init(void)
{
	uart_init();
}

static void pulse(unsigned pin)
{
	mmio_write32(GPIO_DIR, 1u << pin);
	mmio_write32(GPIO_PIN(pin), 0);
	mmio_write32(GPIO_PIN(pin), 1u << pin);
}

void plat_system_off(void)
{
	pulse(PIN_OFF);
}

void plat_system_reset(void)
{
	pulse(PIN_RESET);
}
