/* SPDX-License-Identifier: BSD-2-Clause */
/* pl011.c - console on an Arm PL011 (DDI 0183), polled. */
#include "iwc_plat.h"
#include "cpu.h"
#include "plat.h"
#include "uart.h"

#define UART_DR (IWC_PLAT_UART + 0x00)
#define UART_FR (IWC_PLAT_UART + 0x18)
#define UART_IBRD (IWC_PLAT_UART + 0x24)
#define UART_FBRD (IWC_PLAT_UART + 0x28)
#define UART_LCR (IWC_PLAT_UART + 0x2c)
#define UART_CR (IWC_PLAT_UART + 0x30)

#define FR_FULL (1u << 5)
#define LCR_8N1_FIFO 0x70u
#define CR_ON 0x301u
#define BAUD 115200u
#define WAIT_LOOPS 100000u

void uart_init(void)
{
	mmio_write32(UART_CR, 0);
	mmio_write32(UART_IBRD, IWC_PLAT_UART_HZ / (16u * BAUD));
	mmio_write32(UART_FBRD, (IWC_PLAT_UART_HZ * 4u / BAUD) & 0x3fu);
	mmio_write32(UART_LCR, LCR_8N1_FIFO);
	mmio_write32(UART_CR, CR_ON);
}

/* A console that takes nothing must not stop the monitor: the character is then lost. */
void plat_putc(char c)
{
	for (unsigned i = 0; i < WAIT_LOOPS && (mmio_read32(UART_FR) & FR_FULL) != 0u; i++)
		;
	mmio_write32(UART_DR, (uint8_t)c);
}
