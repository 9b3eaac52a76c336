/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mmu.c - the monitor's own translation: 4 KiB pages, addresses of 33 bits, what lies below 4 GiB
 * at its own address. No page is both writable and executable, which SCTLR_EL3.WXN enforces once
 * more. Memory of NS is not mapped but for the window above 4 GiB, and that only while it is
 * needed.
 */
#include "monitor.h"
#include "cpu.h"
#include "iwc_plat.h"

#define GIB 0x40000000ull
#define L1_ENTRIES 8u
#define WINDOW_ENTRY 4u
#define POOL_TABLES 12u

#define DESC_TABLE 3ull
#define DESC_PAGE 3ull
#define DESC_BLOCK 1ull
#define DESC_NS (1ull << 5)
#define DESC_AP1 (1ull << 6)
#define DESC_RO (1ull << 7)
#define DESC_INNER (3ull << 8)
#define DESC_AF (1ull << 10)
#define DESC_XN (1ull << 54)
#define DESC_ADDRESS 0x0000fffffffff000ull
#define ATTR_DEVICE (0ull << 2)
#define ATTR_NORMAL (1ull << 2)

#define BASE (DESC_AF | DESC_AP1)
#define MAP_TEXT (BASE | ATTR_NORMAL | DESC_INNER | DESC_RO)
#define MAP_CONST (BASE | ATTR_NORMAL | DESC_INNER | DESC_RO | DESC_XN)
#define MAP_DATA (BASE | ATTR_NORMAL | DESC_INNER | DESC_XN)
#define MAP_DEVICE (BASE | ATTR_DEVICE | DESC_XN)
#define MAP_NS (MAP_DATA | DESC_NS)

#define MAIR 0xff04ull /* 0: device nGnRE; 1: normal, write-back */
#define TCR_BASE ((1ull << 31) | (1ull << 23) | (3ull << 12) | (1ull << 10) | (1ull << 8) | 31u)
#define SCTLR_ON 0x30cd183full /* RES1, M, A, C, SA, I, WXN */

extern char text_start[], text_end[], const_start[], const_end[], data_start[], data_end[];
extern char bss_start[], bss_end[], stacks_start[], stacks_end[];

static uint64_t l1[L1_ENTRIES] __attribute__((aligned(64)));
static uint64_t pool[POOL_TABLES][512] __attribute__((aligned(4096)));
static unsigned pool_used;

/* The table below an entry, made if there is none. Before there is a console: what does not fit
 * ends here. */
static uint64_t *descend(uint64_t *entry)
{
	if ((*entry & 1u) == 0u) {
		if (pool_used == POOL_TABLES)
			stop("mmu: too few tables; raise POOL_TABLES");
		*entry = (uintptr_t)pool[pool_used++] | DESC_TABLE;
	}
	return (uint64_t *)(uintptr_t)(*entry & DESC_ADDRESS);
}

/* Called with the MMU off. */
static void map(uint64_t base, uint64_t bytes, uint64_t attributes)
{
	uint64_t end = (base + bytes + 0xfffu) & ~0xfffull;
	uint64_t *l2, *l3;

	for (uint64_t at = base & ~0xfffull; at < end;) {
		l2 = descend(&l1[at / GIB]);
		l2 += at / 0x200000u % 512u;
		if (at % 0x200000u == 0u && end - at >= 0x200000u && *l2 == 0u) {
			*l2 = at | attributes | DESC_BLOCK;
			at += 0x200000u;
			continue;
		}
		l3 = descend(l2);
		l3[at / 0x1000u % 512u] = at | attributes | DESC_PAGE;
		at += 0x1000u;
	}
}

static void map_symbols(const char *from, const char *to, uint64_t attributes)
{
	map((uintptr_t)from, (uint64_t)(to - from), attributes);
}

void mmu_build(void)
{
	map_symbols(text_start, text_end, MAP_TEXT);
	map_symbols(const_start, const_end, MAP_CONST);
	map(IWC_PLAT_PACK_BASE, IWC_PLAT_PACK_BYTES, MAP_CONST);
#if IWC_PLAT_STORE_BASE < IWC_PLAT_DRAM_BASE
	map(IWC_PLAT_STORE_BASE, IWC_PLAT_STORE_BYTES, MAP_CONST | DESC_NS);
#endif
	map_symbols(data_start, bss_end, MAP_DATA);
	/* cppcheck-suppress comparePointers; the linker's names for both ends of one array */
	for (char *stack = stacks_start; stack < stacks_end; stack += STACK_STRIDE)
		map((uintptr_t)stack + STACK_STRIDE - STACK_BYTES, STACK_BYTES, MAP_DATA);
	map(IWC_PLAT_S_BASE, IWC_PLAT_S_BYTES, MAP_DATA);
	for (const struct plat_range *r = plat_devices; r->bytes != 0u; r++)
		map(r->base, r->bytes, MAP_DEVICE);
}

/* By each processor for itself. */
void mmu_enable(void)
{
	uint64_t range = READ_SYSREG(id_aa64mmfr0_el1) & 0xfu;

	if (range > 5u)
		range = 5;
	WRITE_SYSREG(mair_el3, MAIR);
	WRITE_SYSREG(tcr_el3, TCR_BASE | (range << 16));
	WRITE_SYSREG(ttbr0_el3, (uintptr_t)l1);
	__asm__ volatile("dsb sy\n\ttlbi alle3\n\tic iallu\n\tdsb sy\n\tisb" : : : "memory");
	WRITE_SYSREG(sctlr_el3, SCTLR_ON);
	isb();
}

void mmu_window(bool open)
{
	for (unsigned i = WINDOW_ENTRY; i < L1_ENTRIES; i++) {
		uint64_t pa = (IWC_PLAT_DRAM_BASE & ~(GIB - 1u)) + (i - WINDOW_ENTRY) * GIB;
		bool used = open && pa < IWC_PLAT_DRAM_BASE + (uint64_t)IWC_PLAT_DRAM_BYTES;

		*(volatile uint64_t *)&l1[i] = used ? pa | MAP_NS | DESC_BLOCK : 0u;
	}
	__asm__ volatile("dsb ish\n\ttlbi alle3is\n\tdsb ish\n\tisb" : : : "memory");
}
