/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first C of a life, MMU off: no unaligned access, no variable that has an initial value, and
 * of the others only those that start.S has cleared (section .early).
 */
#include "memory.h"

#include "arch.h"
#include "die.h"
#include "gic.h"
#include "irq.h"
#include "iwc_channel.h"
#include "mmu.h"

#define TABLES 24u
#define SCTLR_ON                                                                                   \
	(UINT64_C(0x30d00800) | 1u << 0 /* M */ | 1u << 2 /* C */ | 1u << 3 /* SA */ |             \
	 1u << 12 /* I */ | 1u << 19 /* WXN */)
/* TTBR0 alone, 48 bits, 4 KiB pages; walks are cacheable and inner shareable. */
#define TCR (UINT64_C(1) << 23 | 3u << 12 | 1u << 10 | 1u << 8 | (64u - MMU_ADDRESS_BITS))
#define PHYSICAL_48_BITS 5u

#define EARLY __attribute__((section(".early")))

struct iwc_boot spos_boot EARLY;
struct gic spos_gic EARLY;
static uint64_t tables[TABLES][MMU_ENTRIES]
    __attribute__((section(".early.tables"), aligned(4096)));

static uint64_t at(const uint8_t *symbol)
{
	return (uint64_t)(uintptr_t)symbol;
}

static bool map(struct mmu *mmu, const uint8_t *start, const uint8_t *end, uint64_t attributes)
{
	return mmu_map(mmu, at(start), at(end) - at(start), attributes);
}

static bool map_own(struct mmu *mmu)
{
	return map(mmu, spos_start, spos_rodata_start, MMU_TEXT) &&
	       map(mmu, spos_rodata_start, spos_data_start, MMU_RODATA) &&
	       map(mmu, spos_data_start, spos_data_end, MMU_DATA) &&
	       map(mmu, spos_network_stack_start, spos_network_stack_end, MMU_DATA) &&
	       map(mmu, spos_critical_stack_start, spos_critical_stack_end, MMU_DATA) &&
	       map(mmu, spos_last_start, spos_last_end, MMU_DATA);
}

/* Two devices may share a page. */
static bool map_device(struct mmu *mmu, uint64_t base)
{
	base &= ~(MMU_PAGE - 1u);
	return base == 0 || mmu_leaf(mmu, base) != 0 || mmu_map(mmu, base, MMU_PAGE, MMU_DEVICE);
}

static bool map_devices(struct mmu *mmu)
{
	return map_device(mmu, spos_boot.uart) && map_device(mmu, spos_gic.private) &&
	       map_device(mmu, spos_gic.v2 ? spos_gic.interface : 0);
}

static bool map_region(struct mmu *mmu)
{
	return mmu_map(mmu, spos_boot.ns_section, spos_boot.section_bytes, MMU_PEER_SECTION) &&
	       mmu_map(mmu, spos_boot.s_section, spos_boot.section_bytes, MMU_OWN_SECTION);
}

static void mmu_on(void)
{
	uint64_t size = arch_read(id_aa64mmfr0_el1) & 15u;

	if (size > PHYSICAL_48_BITS)
		size = PHYSICAL_48_BITS;
	arch_write(mair_el1, MMU_MAIR);
	arch_write(tcr_el1, TCR | size << 32);
	arch_write(ttbr0_el1, (uint64_t)(uintptr_t)tables);
	arch_dsb();
	arch_isb();
	__asm__ volatile("tlbi vmalle1\n\tdsb sy\n\tisb" : : : "memory");
	arch_write(sctlr_el1, SCTLR_ON);
	arch_isb();
}

void spos_memory_init(const struct iwc_boot *boot)
{
	struct mmu mmu = {.tables = tables, .count = TABLES, .used = 1};

	if (boot->magic != IWC_BOOT_MAGIC)
		die_early(DIE_BOOT);
	spos_boot = *boot;
	if (spos_boot.memory_base > at(spos_start) ||
	    spos_boot.memory_base + spos_boot.memory_bytes < at(spos_end))
		die_early(DIE_MEMORY);
	if (spos_boot.section_bytes != IWC_SECTION_BYTES)
		die_early(DIE_SECTION);
	if (!gic_find(&spos_gic, (spos_boot.flags & IWC_BOOT_GICV2) != 0, spos_boot.gicd,
		      spos_boot.gicr_or_gicc, arch_read(mpidr_el1)))
		die_early(DIE_GIC);
	if (!map_own(&mmu) || !map_devices(&mmu) || !map_region(&mmu))
		die_early(DIE_MAP);
	mmu_on();
}
