/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xmpu.c - plat_protect on ZynqMP (UG1085, chapter 16; UG1087): the same region in each of the six
 * XMPUs of the DDR, or in that of the on-chip memory. Not run: QEMU has no model of them; tested
 * against a register model on the host.
 */
#include "iwc_plat.h"
#include "cpu.h"
#include "plat.h"

#define XMPU_DDR(n) (0xfd000000u + 0x10000u * (n))
#define XMPU_DDRS 6u
#define XMPU_OCM 0xffa70000u
#define OCM_BASE 0xfffc0000u
#define OCM_BYTES 0x40000u

#define CTRL 0x00u
#define LOCK 0x20u
#define REGION(n, offset) (0x100u + 0x10u * (n) + (offset))
#define START 0x0u
#define END 0x4u
#define MASTER 0x8u
#define CONFIG 0xcu

#define CTRL_READ_ALLOWED (1u << 0) /* what no region covers */
#define CTRL_WRITE_ALLOWED (1u << 1)
#define CONFIG_ON (1u << 0)
#define CONFIG_READ (1u << 1)
#define CONFIG_WRITE (1u << 2)
#define CONFIG_SECURE (1u << 3)
#define ANY_MASTER 0u /* mask 0: every id matches */
#define REGIONS 16u
#define DDR_SHIFT 20u /* pages of 1 MiB; those of the on-chip memory have 4 KiB */
#define OCM_SHIFT 12u

static unsigned ddr_used, ocm_used;

static bool keep(uint64_t reg, uint32_t value)
{
	mmio_write32(reg, value);
	return mmio_read32(reg) == value;
}

static bool set_region(uint64_t unit, unsigned n, uint32_t first, uint32_t last)
{
	return keep(unit + REGION(n, CONFIG), 0) && keep(unit + REGION(n, START), first) &&
	       keep(unit + REGION(n, END), last) && keep(unit + REGION(n, MASTER), ANY_MASTER) &&
	       keep(unit + CTRL,
		    (mmio_read32(unit + CTRL) | CTRL_READ_ALLOWED | CTRL_WRITE_ALLOWED)) &&
	       keep(unit + REGION(n, CONFIG),
		    CONFIG_ON | CONFIG_READ | CONFIG_WRITE | CONFIG_SECURE);
}

const char *plat_protect(uint64_t base, uint64_t bytes)
{
	bool ocm = base >= OCM_BASE && base - OCM_BASE < OCM_BYTES;
	unsigned shift = ocm ? OCM_SHIFT : DDR_SHIFT;
	unsigned *used = ocm ? &ocm_used : &ddr_used;
	uint64_t last = base + bytes - 1u;

	if (bytes == 0u || ((base | bytes) & ((1u << shift) - 1u)) != 0u || last < base)
		return "XMPU: what is to be protected is not made of its pages";
	if (*used == REGIONS)
		return "XMPU: no region is left";
	for (unsigned i = 0; i < (ocm ? 1u : XMPU_DDRS); i++) {
		if (!set_region(ocm ? XMPU_OCM : XMPU_DDR(i), *used, (uint32_t)(base >> shift),
				(uint32_t)(last >> shift)))
			return "XMPU: a region does not read back as it was written";
	}
	++*used;
	return 0;
}
