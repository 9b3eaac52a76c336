/* SPDX-License-Identifier: BSD-2-Clause */
/* cpu.h - the processor's registers and instructions that C has no word for, and device registers.
 */
#ifndef CPU_H
#define CPU_H

#include <stdbool.h>
#include <stdint.h>

#define READ_SYSREG(name)                                                                          \
	__extension__({                                                                            \
		uint64_t value_;                                                                   \
		__asm__ volatile("mrs %0, " #name : "=r"(value_));                                 \
		value_;                                                                            \
	})
#define WRITE_SYSREG(name, value)                                                                  \
	__asm__ volatile("msr " #name ", %0" : : "r"((uint64_t)(value)) : "memory")

static inline void isb(void)
{
	__asm__ volatile("isb" : : : "memory");
}

static inline void dsb_sy(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

static inline void wfi(void)
{
	__asm__ volatile("dsb sy\n\twfi" : : : "memory");
}

/* Write a line of the cache back to memory and forget it. */
static inline void cache_clean(uint64_t address)
{
	__asm__ volatile("dc civac, %0" : : "r"(address) : "memory");
}

static inline uint64_t read_mpidr(void)
{
	return READ_SYSREG(mpidr_el1);
}

static inline uint64_t counter(void)
{
	isb();
	return READ_SYSREG(cntpct_el0);
}

static inline unsigned id_field(uint64_t id, unsigned shift)
{
	return (unsigned)(id >> shift) & 0xfu;
}

static inline bool has_el2(void)
{
	return id_field(READ_SYSREG(id_aa64pfr0_el1), 8) != 0u;
}

static inline uint32_t mmio_read32(uint64_t address)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): flash begins at 0 */
	return *(volatile uint32_t *)(uintptr_t)address;
}

static inline void mmio_write32(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)(uintptr_t)address = value;
}

static inline void mmio_write8(uint64_t address, uint8_t value)
{
	*(volatile uint8_t *)(uintptr_t)address = value;
}

#endif
