/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mmu.h - stage 1 tables of the executive: 4 KiB granule, 48 bits, addresses equal to physical
 * ones. What is not mapped faults. No mapping is writable and executable.
 *
 * The tables are plain memory and nothing here touches the processor, so a test builds and reads
 * them on any host.
 */
#ifndef SPOS_MMU_H
#define SPOS_MMU_H

#include <stdbool.h>
#include <stdint.h>

#define MMU_PAGE UINT64_C(4096)
#define MMU_BLOCK UINT64_C(0x200000)
#define MMU_ENTRIES 512u
#define MMU_ADDRESS_BITS 48u

/* MAIR_EL1: 0 device nGnRE, 1 Normal write-back. */
#define MMU_MAIR UINT64_C(0xff04)

/* Attributes of a leaf. */
#define MMU_NORMAL (UINT64_C(1) << 2)
#define MMU_NON_SECURE (UINT64_C(1) << 5)
#define MMU_READ_ONLY (UINT64_C(1) << 7)
#define MMU_INNER (UINT64_C(3) << 8) /* inner shareable */
#define MMU_NO_EXECUTE (UINT64_C(3) << 53)

#define MMU_TEXT (MMU_NORMAL | MMU_INNER | MMU_READ_ONLY)
#define MMU_RODATA (MMU_TEXT | MMU_NO_EXECUTE)
#define MMU_DATA (MMU_NORMAL | MMU_INNER | MMU_NO_EXECUTE)
#define MMU_DEVICE MMU_NO_EXECUTE
#define MMU_OWN_SECTION (MMU_DATA | MMU_NON_SECURE)
#define MMU_PEER_SECTION (MMU_OWN_SECTION | MMU_READ_ONLY)

struct mmu {
	uint64_t (*tables)[MMU_ENTRIES]; /* zeroed, aligned to a page; the first is the root */
	unsigned count;
	unsigned used; /* 1 at first */
};

/*
 * Map bytes at base, both multiples of a page, with the attributes. False: not aligned, beyond 48
 * bits, writable and executable, mapped already, or no table is left; some of it may be mapped
 * then.
 */
bool mmu_map(struct mmu *mmu, uint64_t base, uint64_t bytes, uint64_t attributes);

/* The leaf that translates the address, 0 if none does. */
uint64_t mmu_leaf(const struct mmu *mmu, uint64_t address);

#endif
