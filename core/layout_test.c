/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of a section, by numbers written out here and not taken from the header: a second
 * implementation relies on these.
 */
#include "port/count/pair.h"

static uint64_t word_at(const struct pair *p, unsigned side, size_t offset)
{
	const uint8_t *b = p->own[side] + offset;
	uint64_t v = 0;

	for (unsigned i = 8; i-- > 0u;)
		v = v << 8 | b[i];
	return v;
}

static void section_sizes(void **state)
{
	struct iwc_config cfg = pair_config();

	(void)state;
	/* 4096 + 80 * 16 + 80 * 64 = 10496, whole pages. */
	assert_int_equal(iwc_section_bytes(&cfg), 12288);
	cfg.class_count = 1;
	assert_int_equal(iwc_section_bytes(&cfg), 8192);
	cfg.cls[0].lines_log2 = 16;
	assert_int_equal(iwc_section_bytes(&cfg), 4096 + 80 * 65536);
	cfg.class_count = 4;
	for (unsigned c = 0; c < 4u; c++)
		cfg.cls[c] =
		    (struct iwc_class_config){.lines_log2 = 1, .frame_max_bytes = 64, .budget = 1};
	assert_int_equal(iwc_section_bytes(&cfg), 8192);
	cfg.cls[3].lines_log2 = 8;
	cfg.cls[2].lines_log2 = 8;
	/* 4096 + 2 * 160 + 2 * 20480 = 45376. */
	assert_int_equal(iwc_section_bytes(&cfg), 49152);
}

static void hello_words(void **state)
{
	struct iwc_config cfg = pair_config();
	struct pair p = {.port = {NULL, NULL}};

	(void)state;
	pair_open(&p, &cfg);
	pair_boot(&p, 0);
	assert_memory_equal(p.own[0], "iwc1", 4);
	assert_int_equal(word_at(&p, 0, 0), UINT64_C(0x0002000131637769));
	/* Class 0: 2^4 lines, protected; class 1: 2^6 lines. */
	assert_int_equal(word_at(&p, 0, 8), 0x0684);
	assert_int_equal(word_at(&p, 0, 16), 0);
	pair_close(&p);
}

/* Each word of the header at its place, seen from outside. */
static void header_words(void **state)
{
	struct iwc_config cfg = pair_config();
	struct pair p = {.port = {NULL, NULL}};

	(void)state;
	cfg.first_line = 32;
	pair_open(&p, &cfg);
	p.epoch[0] = 0x111110;
	p.epoch[1] = 0x222221;
	pair_connect(&p);
	assert_int_equal(word_at(&p, 0, 128), UINT64_C(0x0011111100222222));
	assert_int_equal(word_at(&p, 1, 128), UINT64_C(0x0022222200111111));
	/* Start words: class 0 two laps of 16 behind line 32, class 1 two of 64. */
	assert_int_equal(word_at(&p, 0, 256), UINT64_C(0x8000000000000040));
	assert_int_equal(word_at(&p, 0, 512), UINT64_C(0x80000000000000c0));
	assert_int_equal(word_at(&p, 0, 256 + 64), 0);
	assert_false(iwc_arm(&p.ep[0]));
	assert_int_equal(word_at(&p, 0, 256 + 128), UINT64_C(0x8000000000000040));
	assert_int_equal(word_at(&p, 0, 512 + 128), UINT64_C(0x80000000000000c0));
	assert_true(iwc_arm_space(&p.ep[0], 0, 14));
	assert_int_equal(word_at(&p, 0, 256 + 192), UINT64_C(0x8000000000000030));
	pair_close(&p);
}

/* Arrays: class 0 has 16 tags, 16 end-to-end words, 16 lines; class 1 begins 1280 bytes later. */
static void array_places(void **state)
{
	struct iwc_config cfg = pair_config();
	struct pair p = {.port = {NULL, NULL}};
	struct pair_bufs b;

	(void)state;
	pair_open(&p, &cfg);
	pair_connect(&p);
	pair_bufs_init(&b);
	for (unsigned i = 0; i < 3u; i++)
		pair_fill(&b.f[i], i, 100);
	assert_int_equal(iwc_send(&p.ep[0], 0, b.f, 3), 3);
	assert_int_equal(iwc_send(&p.ep[0], 1, b.f, 3), 3);
	for (unsigned i = 0; i < 3u; i++) {
		struct iwc_e2e_id id = {1, 1, 0};

		assert_int_equal(word_at(&p, 0, 4096u + 16u * i), (33u + 2u * i) << 16 | 100u);
		assert_int_equal(word_at(&p, 0, 4096u + 128u + 16u * i),
				 iwc_e2e_word(&id, i, b.f[i].buf, 100));
		assert_memory_equal(p.own[0] + 4096 + 256 + 128 * i, b.f[i].buf, 100);
		assert_int_equal(word_at(&p, 0, 5376u + 16u * i), (129u + 2u * i) << 16 | 100u);
		assert_memory_equal(p.own[0] + 5376 + 1024 + 128 * i, b.f[i].buf, 100);
	}
	pair_close(&p);
}

/* After a boot nothing of a former life is left in a word or array (T19, T20). */
static void boot_zeroes(void **state)
{
	struct iwc_config cfg = pair_config();
	struct pair p = {.port = {NULL, NULL}};

	(void)state;
	pair_open(&p, &cfg);
	memset(p.own[0], 0xa5, pair_used_bytes(&cfg));
	pair_boot(&p, 0);
	for (size_t i = 4096; i < pair_used_bytes(&cfg); i++)
		assert_int_equal(p.own[0][i], 0);
	for (size_t c = 0; c < 4u; c++) {
		for (size_t i = 1; i < 4u; i++)
			assert_int_equal(word_at(&p, 0, 256u + 256u * c + 64u * i), 0);
		if (c >= 2u)
			assert_int_equal(word_at(&p, 0, 256u + 256u * c), 0);
	}
	assert_int_equal(word_at(&p, 0, 16), 0);
	assert_int_equal(word_at(&p, 0, 128), UINT64_C(1) << 32);
	pair_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(section_sizes), cmocka_unit_test(hello_words),
	    cmocka_unit_test(header_words),  cmocka_unit_test(array_places),
	    cmocka_unit_test(boot_zeroes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
