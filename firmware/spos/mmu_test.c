/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of stage 1, read back leaf by leaf. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mmu.h"

#define TABLES 8u

static uint64_t memory[TABLES][MMU_ENTRIES] __attribute__((aligned(4096)));

static struct mmu fresh(void)
{
	memset(memory, 0, sizeof(memory));
	return (struct mmu){.tables = memory, .count = TABLES, .used = 1};
}

#define ADDRESS UINT64_C(0x0000fffffffff000)
#define WRITABLE(leaf) (((leaf)&MMU_READ_ONLY) == 0)
#define EXECUTABLE(leaf) (((leaf)&MMU_NO_EXECUTE) != MMU_NO_EXECUTE)

static void pages(void **state)
{
	struct mmu mmu = fresh();
	const uint64_t base = 0x0e100000;

	(void)state;
	assert_true(mmu_map(&mmu, base, 3 * MMU_PAGE, MMU_TEXT));
	assert_true(mmu_map(&mmu, base + 3 * MMU_PAGE, MMU_PAGE, MMU_DATA));
	for (unsigned i = 0; i < 4; i++) {
		uint64_t leaf = mmu_leaf(&mmu, base + i * MMU_PAGE + 123);

		assert_int_equal(leaf & ADDRESS, base + i * MMU_PAGE);
		assert_int_equal(leaf & 3, 3);	     /* a page */
		assert_int_equal(leaf >> 10 & 1, 1); /* accessed */
		assert_int_equal(leaf >> 8 & 3, 3);  /* inner shareable */
		assert_int_equal(WRITABLE(leaf), i == 3);
		assert_int_equal(EXECUTABLE(leaf), i != 3);
		assert_int_equal(leaf & MMU_NON_SECURE, 0);
	}
	assert_int_equal(mmu_leaf(&mmu, base - 1), 0);
	assert_int_equal(mmu_leaf(&mmu, base + 4 * MMU_PAGE), 0);
	assert_int_equal(mmu_leaf(&mmu, 0), 0);
}

/* What is aligned and large goes as blocks; the ends as pages. */
static void blocks(void **state)
{
	struct mmu mmu = fresh();
	const uint64_t base = UINT64_C(0x10000000000) + MMU_BLOCK - MMU_PAGE;
	const uint64_t bytes = 2 * MMU_BLOCK + 2 * MMU_PAGE;

	(void)state;
	assert_true(mmu_map(&mmu, base, bytes, MMU_PEER_SECTION));
	for (uint64_t at = base; at != base + bytes; at += MMU_PAGE) {
		uint64_t leaf = mmu_leaf(&mmu, at);
		bool block = at >= base + MMU_PAGE && at < base + MMU_PAGE + 2 * MMU_BLOCK;

		assert_int_equal(leaf & 3, block ? 1 : 3);
		assert_int_equal(leaf & ADDRESS, block ? at & ~(MMU_BLOCK - 1) : at);
		assert_false(WRITABLE(leaf));
		assert_false(EXECUTABLE(leaf));
		assert_int_equal(leaf & MMU_NON_SECURE, MMU_NON_SECURE);
	}
	assert_int_equal(mmu_leaf(&mmu, base + bytes), 0);
	assert_int_equal(mmu.used, 5); /* root, two levels, two of pages */
}

static void refused(void **state)
{
	struct mmu mmu = fresh();

	(void)state;
	assert_false(mmu_map(&mmu, 0x1008, MMU_PAGE, MMU_DATA));
	assert_false(mmu_map(&mmu, 0x1000, 100, MMU_DATA));
	assert_false(mmu_map(&mmu, UINT64_C(1) << 48, MMU_PAGE, MMU_DATA));
	assert_false(mmu_map(&mmu, UINT64_MAX - MMU_PAGE + 1, 2 * MMU_PAGE, MMU_DATA));
	assert_false(mmu_map(&mmu, 0x1000, MMU_PAGE, MMU_NORMAL | MMU_INNER)); /* W and X */
	assert_int_equal(mmu.used, 1);
	assert_true(mmu_map(&mmu, 0x1000, MMU_PAGE, MMU_DATA));
	assert_false(mmu_map(&mmu, 0x1000, MMU_PAGE, MMU_RODATA));
	assert_false(mmu_map(&mmu, 0, MMU_BLOCK, MMU_DATA));
	assert_int_equal(mmu_leaf(&mmu, 0x1000) & MMU_READ_ONLY, 0);
	assert_true(mmu_map(&mmu, MMU_BLOCK, MMU_BLOCK, MMU_DATA));
	assert_false(mmu_map(&mmu, MMU_BLOCK + MMU_PAGE, MMU_PAGE, MMU_TEXT));
}

static void out_of_tables(void **state)
{
	struct mmu mmu = fresh();
	unsigned mapped = 0;

	(void)state;
	while (mmu_map(&mmu, mapped * MMU_BLOCK, MMU_PAGE, MMU_DATA))
		mapped++;
	assert_int_equal(mapped, TABLES - 3);
	assert_int_equal(mmu.used, TABLES);
	assert_int_equal(mmu_leaf(&mmu, mapped * MMU_BLOCK), 0);
}

/* Of the attributes in use none is writable and executable, devices are never fetched from. */
static void attributes(void **state)
{
	static const uint64_t all[] = {MMU_TEXT,   MMU_RODATA,	    MMU_DATA,
				       MMU_DEVICE, MMU_OWN_SECTION, MMU_PEER_SECTION};

	(void)state;
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		assert_false(WRITABLE(all[i]) && EXECUTABLE(all[i]));
	assert_true(EXECUTABLE(MMU_TEXT));
	assert_false(EXECUTABLE(MMU_RODATA) || EXECUTABLE(MMU_DEVICE));
	assert_false(WRITABLE(MMU_PEER_SECTION));
	assert_true(WRITABLE(MMU_OWN_SECTION));
	assert_int_equal(MMU_MAIR >> 8 & 0xff, 0xff);
	assert_int_equal(MMU_MAIR & 0xff, 0x04);
	assert_int_equal(MMU_DATA >> 2 & 7, 1);
	assert_int_equal(MMU_DEVICE >> 2 & 7, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pages),	  cmocka_unit_test(blocks),
	    cmocka_unit_test(refused),	  cmocka_unit_test(out_of_tables),
	    cmocka_unit_test(attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
