/* SPDX-License-Identifier: BSD-2-Clause */
/* cadence.c - console on the Cadence UART of ZynqMP (UG1085, chapter 21), polled. */
#include "iwc_plat.h"
#include "cpu.h"
#include "plat.h"
#include "uart.h"

#define UART_CR (IWC_PLAT_UART + 0x00)
#define UART_MR (IWC_PLAT_UART + 0x04)
#define UART_BAUDGEN (IWC_PLAT_UART + 0x18)
#define UART_SR (IWC_PLAT_UART + 0x2c)
#define UART_FIFO (IWC_PLAT_UART + 0x30)
#define UART_BAUDDIV (IWC_PLAT_UART + 0x34)

#define CR_RESET 0x03u
#define CR_ON 0x14u
#define MR_8N1 0x20u
#define SR_FULL (1u << 4)
#define BAUD 115200u
#define DIVIDER 6u
#define WAIT_LOOPS 100000u

void uart_init(void)
{
	mmio_write32(UART_CR, CR_RESET);
	mmio_write32(UART_MR, MR_8N1);
	mmio_write32(UART_BAUDDIV, DIVIDER);
	mmio_write32(UART_BAUDGEN, IWC_PLAT_UART_HZ / (BAUD * (DIVIDER + 1u)));
	mmio_write32(UART_CR, CR_ON);
}

/* A console that takes nothing must not stop the monitor: the character is then lost. */
void plat_putc(char c)
{
	for (unsigned i = 0; i < WAIT_LOOPS && (mmio_read32(UART_SR) & SR_FULL) != 0u; i++)
		;
	mmio_write32(UART_FIFO, (uint8_t)c);
}
