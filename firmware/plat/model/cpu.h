/* SPDX-License-Identifier: BSD-2-Clause */
/* cpu.h of host tests: a driver's registers are a table of what was written, with a hook. */
#ifndef CPU_H
#define CPU_H

#include <stdbool.h>
#include <stdint.h>

uint32_t mmio_read32(uint64_t address);
void mmio_write32(uint64_t address, uint32_t value);

#endif
