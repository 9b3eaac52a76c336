/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tzc400.c - plat_protect on Arm's TZC-400 (DDI 0504), as on Juno. Not run: no model at hand has
 * one; tested against a register model on the host. The board has IWC_PLAT_TZC, and
 * IWC_PLAT_TZC_NS_IDS, the non-secure masters that may use the rest of the memory.
 */
#include "iwc_plat.h"
#include "cpu.h"
#include "plat.h"

#define TZC_BUILD (IWC_PLAT_TZC + 0x000)
#define TZC_ACTION (IWC_PLAT_TZC + 0x004)
#define TZC_GATE (IWC_PLAT_TZC + 0x008)
#define REGION(n, offset) (IWC_PLAT_TZC + 0x100 + 0x20 * (n) + (offset))
#define BASE_LOW 0x00
#define BASE_HIGH 0x04
#define TOP_LOW 0x08
#define TOP_HIGH 0x0c
#define ATTRIBUTES 0x10
#define ID_ACCESS 0x14

#define GATES 0xfu
#define GATES_OPEN(status) ((status) >> 16 & GATES)
#define SECURE_RW (3u << 30)
#define ACTION_ERROR 1u /* a refused access is an error, not zeros */
#define REGIONS 8u
#define WAIT_LOOPS 100000u

static unsigned tzc_used; /* regions */

static bool gates(uint32_t want)
{
	mmio_write32(TZC_GATE, want);
	for (unsigned i = 0; i < WAIT_LOOPS; i++) {
		if (GATES_OPEN(mmio_read32(TZC_GATE)) == want)
			return true;
	}
	return false;
}

static bool keep(uint64_t reg, uint32_t value)
{
	mmio_write32(reg, value);
	return mmio_read32(reg) == value;
}

/* A region: all filters, secure reads and writes, the masters ids besides. */
static bool set_region(unsigned n, uint64_t base, uint64_t top, uint32_t ids)
{
	return keep(REGION(n, BASE_LOW), (uint32_t)base) &&
	       keep(REGION(n, BASE_HIGH), (uint32_t)(base >> 32)) &&
	       keep(REGION(n, TOP_LOW), (uint32_t)top) &&
	       keep(REGION(n, TOP_HIGH), (uint32_t)(top >> 32)) &&
	       keep(REGION(n, ID_ACCESS), ids) && keep(REGION(n, ATTRIBUTES), SECURE_RW | GATES);
}

const char *plat_protect(uint64_t base, uint64_t bytes)
{
	uint64_t top = base + bytes - 1u;
	bool kept;

	if (bytes == 0u || (base & 0xfffu) != 0u || (bytes & 0xfffu) != 0u || top < base)
		return "TZC-400: what is to be protected is not made of 4 KiB pages";
	if (tzc_used == REGIONS)
		return "TZC-400: no region is left";
	if (!gates(0))
		return "TZC-400: its gates do not close";
	/* Region 0 is everything else; the others win over it and must not overlap. */
	kept = keep(REGION(0, ID_ACCESS), IWC_PLAT_TZC_NS_IDS) &&
	       keep(REGION(0, ATTRIBUTES), SECURE_RW) && keep(TZC_ACTION, ACTION_ERROR) &&
	       set_region(++tzc_used, base, top, 0);
	if (!kept)
		return "TZC-400: a region does not read back as it was written";
	return gates(GATES) ? 0 : "TZC-400: its gates do not open";
}
