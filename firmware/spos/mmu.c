/* SPDX-License-Identifier: BSD-2-Clause */
#include "mmu.h"

#include <stddef.h>

#define VALID UINT64_C(1)
#define TABLE UINT64_C(2) /* with VALID: a table, at the last level a page */
#define ACCESSED (UINT64_C(1) << 10)
#define ADDRESS UINT64_C(0x0000fffffffff000)
#define LAST_LEVEL 3u

static unsigned entry_index(uint64_t address, unsigned level)
{
	return (unsigned)(address >> (39u - 9u * level)) & (MMU_ENTRIES - 1u);
}

static uint64_t *next_table(uint64_t entry)
{
	return (uint64_t *)(uintptr_t)(entry & ADDRESS);
}

/* The table below the entry, made when there is none; NULL if it can't be. */
static uint64_t *descend(struct mmu *mmu, uint64_t *entry)
{
	if ((*entry & VALID) == 0) {
		if (mmu->used == mmu->count)
			return NULL;
		*entry = (uint64_t)(uintptr_t)mmu->tables[mmu->used++] | TABLE | VALID;
	}
	return (*entry & TABLE) != 0 ? next_table(*entry) : NULL;
}

/* One leaf at the level, 2 for a block or 3 for a page. */
static bool map_leaf(struct mmu *mmu, uint64_t address, unsigned level, uint64_t attributes)
{
	uint64_t *table = mmu->tables[0];

	for (unsigned l = 0; l < level; l++) {
		table = descend(mmu, &table[entry_index(address, l)]);
		if (table == NULL)
			return false;
	}
	table += entry_index(address, level);
	if (*table != 0)
		return false;
	*table = address | attributes | ACCESSED | VALID | (level == LAST_LEVEL ? TABLE : 0);
	return true;
}

bool mmu_map(struct mmu *mmu, uint64_t base, uint64_t bytes, uint64_t attributes)
{
	const uint64_t end = base + bytes;

	if ((base | bytes) % MMU_PAGE != 0 || end < base || end >> MMU_ADDRESS_BITS != 0)
		return false;
	if ((attributes & (MMU_READ_ONLY | MMU_NO_EXECUTE)) == 0)
		return false;
	while (base != end) {
		bool block = base % MMU_BLOCK == 0 && end - base >= MMU_BLOCK;

		if (!map_leaf(mmu, base, block ? LAST_LEVEL - 1u : LAST_LEVEL, attributes))
			return false;
		base += block ? MMU_BLOCK : MMU_PAGE;
	}
	return true;
}

uint64_t mmu_leaf(const struct mmu *mmu, uint64_t address)
{
	const uint64_t *table = mmu->tables[0];

	for (unsigned level = 0;; level++) {
		uint64_t entry = table[entry_index(address, level)];

		if ((entry & VALID) == 0)
			return 0;
		if (level == LAST_LEVEL || (entry & TABLE) == 0)
			return entry;
		table = next_table(entry);
	}
}
