/* SPDX-License-Identifier: BSD-2-Clause */
/* arch.h - the processor as the executive uses it: AArch64, S-EL1. */
#ifndef SPOS_ARCH_H
#define SPOS_ARCH_H

#include <stdint.h>

#include "iwc_smc.h"

#define arch_read(name)                                                                            \
	({                                                                                         \
		uint64_t arch_value;                                                               \
		__asm__ volatile("mrs %0, " #name : "=r"(arch_value) : : "memory");                \
		arch_value;                                                                        \
	})
#define arch_write(name, value)                                                                    \
	__asm__ volatile("msr " #name ", %0" : : "r"((uint64_t)(value)) : "memory")

static inline void arch_isb(void)
{
	__asm__ volatile("isb" : : : "memory");
}

static inline void arch_dsb(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

/* Physical count: the same time on every processor, set by nobody below EL3. */
static inline uint64_t arch_ticks(void)
{
	arch_isb();
	return arch_read(cntpct_el0);
}

/* Processor cycles, or instructions under an emulator that counts them. NS may stop or set this
 * counter: it is for measurements, nothing is decided by it. */
static inline uint64_t arch_cycles(void)
{
	return arch_read(pmccntr_el0);
}

/* Both kinds of interrupt: Group 0 comes as FIQ, Group 1 Secure as IRQ; the other one of the two
 * is NS's and stays masked for ever. */
static inline void arch_irq_mask(void)
{
	__asm__ volatile("msr daifset, #3" : : : "memory");
}

struct arch_smc {
	uint64_t x0, x1, x2, x3;
};

/* Registers from x4 on come back as they were (SMCCC 1.1). */
static inline struct arch_smc arch_smc(uint64_t function, uint64_t argument)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = argument;
	register uint64_t x2 __asm__("x2") = 0;
	register uint64_t x3 __asm__("x3") = 0;

	__asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
	return (struct arch_smc){x0, x1, x2, x3};
}

static inline void arch_wfi(void)
{
	__asm__ volatile("dsb sy\n\twfi" : : : "memory");
}

static inline uint32_t mmio_read32(uint64_t address)
{
	uint32_t v;

	__asm__ volatile("ldr %w0, [%1]" : "=r"(v) : "r"(address) : "memory");
	return v;
}

static inline uint64_t mmio_read64(uint64_t address)
{
	uint64_t v;

	__asm__ volatile("ldr %0, [%1]" : "=r"(v) : "r"(address) : "memory");
	return v;
}

static inline void mmio_write32(uint64_t address, uint32_t value)
{
	__asm__ volatile("str %w1, [%0]" : : "r"(address), "r"(value) : "memory");
}

static inline void mmio_write8(uint64_t address, uint8_t value)
{
	__asm__ volatile("strb %w1, [%0]" : : "r"(address), "r"((uint32_t)value) : "memory");
}

#endif
