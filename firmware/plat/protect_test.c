/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * protect_test.c - the two drivers that protect memory, against a model of their registers: written
 * words are kept, a TZC-400's gates follow, and one register may be stuck. The order of the writes
 * is noted: a gate must be closed while its region changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "cpu.h"
#include "plat.h"

const char *tzc_protect(uint64_t base, uint64_t bytes);
const char *xmpu_protect(uint64_t base, uint64_t bytes);

#define plat_protect tzc_protect
#define keep tzc_keep
#define set_region tzc_set_region
#include "drivers/tzc400.c"
#undef plat_protect
#undef keep
#undef set_region
#undef REGION
#undef REGIONS
#define plat_protect xmpu_protect
#include "drivers/xmpu.c"

#define WORDS 1024u

static struct {
	uint64_t address;
	uint32_t value;
} words[WORDS];
static unsigned word_count;
static uint64_t stuck;
static bool gate_stuck;
static unsigned open_writes; /* of regions while the gates were open */

static uint32_t *word(uint64_t address)
{
	for (unsigned i = 0; i < word_count; i++) {
		if (words[i].address == address)
			return &words[i].value;
	}
	assert_true(word_count < WORDS);
	words[word_count].address = address;
	words[word_count].value = 0;
	return &words[word_count++].value;
}

uint32_t mmio_read32(uint64_t address)
{
	return *word(address);
}

void mmio_write32(uint64_t address, uint32_t value)
{
	if (address == stuck)
		return;
	if (address == TZC_GATE && !gate_stuck)
		value = (value & GATES) | (value & GATES) << 16;
	if (address >= TZC_GATE + 0xf8u && address < IWC_PLAT_TZC + 0x1000u &&
	    GATES_OPEN(mmio_read32(TZC_GATE)) != 0u)
		open_writes++;
	*word(address) = value;
}

static int reset(void **state)
{
	(void)state;
	word_count = 0;
	stuck = 0;
	gate_stuck = false;
	open_writes = 0;
	tzc_used = 0;
	ddr_used = 0;
	ocm_used = 0;
	mmio_write32(TZC_GATE, GATES);
	return 0;
}

static uint32_t tzc(unsigned n, uint32_t offset)
{
	return mmio_read32(IWC_PLAT_TZC + 0x100u + 0x20u * n + offset);
}

static void test_tzc(void **state)
{
	(void)state;
	assert_null(tzc_protect(0x9ff000000u, 0x1000000u));
	assert_int_equal(open_writes, 0);
	assert_int_equal(tzc(1, 0), 0xff000000u);
	assert_int_equal(tzc(1, 4), 0x9u);
	assert_int_equal(tzc(1, 8), 0xffffffffu);
	assert_int_equal(tzc(1, 0xc), 0x9u);
	assert_int_equal(tzc(1, 0x10), 0xc000000fu);
	assert_int_equal(tzc(1, 0x14), 0);
	assert_int_equal(tzc(0, 0x14), 0xffffffffu);
	assert_int_equal(mmio_read32(TZC_GATE), 0x000f000fu);
	assert_int_equal(mmio_read32(TZC_ACTION), 1);
	assert_null(tzc_protect(0xf0000000u, 0x1000u));
	assert_int_equal(tzc(2, 8), 0xf0000fffu);
	assert_int_equal(tzc(1, 8), 0xffffffffu);
}

static void test_tzc_refuses(void **state)
{
	(void)state;
	assert_non_null(tzc_protect(0x800u, 0x1000u));
	assert_non_null(tzc_protect(0x1000u, 0x800u));
	assert_non_null(tzc_protect(0x1000u, 0));
	assert_non_null(tzc_protect(0xfffffffffffff000u, 0x2000u));
	for (unsigned i = 0; i < 8u; i++)
		assert_null(tzc_protect(0x1000u * i, 0x1000u));
	assert_non_null(strstr(tzc_protect(0x10000u, 0x1000u), "no region"));
}

/* Each register that may be stuck is noticed. */
static void test_tzc_stuck(void **state)
{
	static const uint32_t offsets[] = {0x120, 0x128, 0x130, 0x114, 0x110, 0x004};

	for (unsigned i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		(void)reset(state);
		stuck = IWC_PLAT_TZC + offsets[i];
		assert_non_null(strstr(tzc_protect(0x40000000u, 0x1000u), "read back"));
	}
	(void)reset(state);
	gate_stuck = true;
	assert_non_null(strstr(tzc_protect(0x40000000u, 0x1000u), "gates"));
}

static uint32_t xmpu(uint64_t unit, unsigned n, uint32_t offset)
{
	return mmio_read32(unit + 0x100u + 0x10u * n + offset);
}

static void test_xmpu(void **state)
{
	(void)state;
	assert_null(xmpu_protect(0x3e000000u, 0x2000000u));
	for (unsigned i = 0; i < 6u; i++) {
		uint64_t unit = 0xfd000000u + 0x10000u * i;

		assert_int_equal(xmpu(unit, 0, 0), 0x3e0u);
		assert_int_equal(xmpu(unit, 0, 4), 0x3ffu);
		assert_int_equal(xmpu(unit, 0, 0xc), 0xfu);
		assert_int_equal(mmio_read32(unit), 3);
	}
	assert_null(xmpu_protect(0xfffc0000u, 0x40000u));
	assert_int_equal(xmpu(0xffa70000u, 0, 0), 0xfffc0u);
	assert_int_equal(xmpu(0xffa70000u, 0, 4), 0xfffffu);
	assert_int_equal(xmpu(0xfd000000u, 1, 0xc), 0);
}

static void test_xmpu_refuses(void **state)
{
	(void)state;
	assert_non_null(xmpu_protect(0x3e001000u, 0x100000u));
	assert_non_null(xmpu_protect(0x3e000000u, 0x1000u));
	assert_non_null(xmpu_protect(0xfffc0800u, 0x1000u));
	for (unsigned i = 0; i < 16u; i++)
		assert_null(xmpu_protect(0x100000u * i, 0x100000u));
	assert_non_null(strstr(xmpu_protect(0x3e000000u, 0x100000u), "no region"));
	(void)reset(state);
	stuck = 0xfd05010cu; /* the last of the six */
	assert_non_null(strstr(xmpu_protect(0x3e000000u, 0x100000u), "read back"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_tzc, reset),
	    cmocka_unit_test_setup(test_tzc_refuses, reset),
	    cmocka_unit_test_setup(test_tzc_stuck, reset),
	    cmocka_unit_test_setup(test_xmpu, reset),
	    cmocka_unit_test_setup(test_xmpu_refuses, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
