/* SPDX-License-Identifier: BSD-2-Clause */
/* uart.h - the console drivers: a board links one and calls this from plat_init. */
#ifndef UART_H
#define UART_H

void uart_init(void);

#endif
