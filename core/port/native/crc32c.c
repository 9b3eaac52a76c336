/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CRC-32C for hosts, in place of core/crc32c.c: the processor's own instruction where it has one,
 * else eight table look-ups for eight bytes.
 *
 * x86-64's crc32 takes three cycles and can start one each cycle, so three streams of words are
 * summed side by side, while the carry-less multiplier folds a fourth part. Sums are brought
 * together by multiplication as well: a sum moves n bits ahead by multiplication with x^n modulo
 * the polynomial. The product of two 32-bit values is 64 bits wide, and crc32 of it reduces it,
 * which itself multiplies by x^32; one more power is lost because a reflected product has 63 bits.
 * Hence the table of x^(64 n - 33), which holds for folding as well: its low word lies 64 bits
 * further ahead.
 */
#include <stdbool.h>

#include "iwc_crc32c.h"

#if defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

/*
 * Checksums are linear: that of a byte with several bits set is the exclusive or of those of its
 * bits. SLICE_k(i) is the remainder of the byte i with k zero bytes behind it.
 */
#define BITS(i, a, b, c, d, e, f, g, h)                                                            \
	((((i)&1u) != 0u ? a : 0u) ^ (((i)&2u) != 0u ? b : 0u) ^ (((i)&4u) != 0u ? c : 0u) ^       \
	 (((i)&8u) != 0u ? d : 0u) ^ (((i)&16u) != 0u ? e : 0u) ^ (((i)&32u) != 0u ? f : 0u) ^     \
	 (((i)&64u) != 0u ? g : 0u) ^ (((i)&128u) != 0u ? h : 0u))

#define SLICE_0(i)                                                                                 \
	BITS(i, 0xf26b8303u, 0xe13b70f7u, 0xc79a971fu, 0x8ad958cfu, 0x105ec76fu, 0x20bd8edeu,      \
	     0x417b1dbcu, 0x82f63b78u)
#define SLICE_1(i)                                                                                 \
	BITS(i, 0x13a29877u, 0x274530eeu, 0x4e8a61dcu, 0x9d14c3b8u, 0x3fc5f181u, 0x7f8be302u,      \
	     0xff17c604u, 0xfbc3faf9u)
#define SLICE_2(i)                                                                                 \
	BITS(i, 0xa541927eu, 0x4f6f520du, 0x9edea41au, 0x38513ec5u, 0x70a27d8au, 0xe144fb14u,      \
	     0xc76580d9u, 0x8b277743u)
#define SLICE_3(i)                                                                                 \
	BITS(i, 0xdd45aab8u, 0xbf672381u, 0x7b2231f3u, 0xf64463e6u, 0xe964b13du, 0xd725148bu,      \
	     0xaba65fe7u, 0x52a0c93fu)
#define SLICE_4(i)                                                                                 \
	BITS(i, 0x38116facu, 0x7022df58u, 0xe045beb0u, 0xc5670b91u, 0x8f2261d3u, 0x1ba8b557u,      \
	     0x37516aaeu, 0x6ea2d55cu)
#define SLICE_5(i)                                                                                 \
	BITS(i, 0xef306b19u, 0xdb8ca0c3u, 0xb2f53777u, 0x6006181fu, 0xc00c303eu, 0x85f4168du,      \
	     0x0e045bebu, 0x1c08b7d6u)
#define SLICE_6(i)                                                                                 \
	BITS(i, 0x68032cc8u, 0xd0065990u, 0xa5e0c5d1u, 0x4e2dfd53u, 0x9c5bfaa6u, 0x3d5b83bdu,      \
	     0x7ab7077au, 0xf56e0ef4u)
#define SLICE_7(i)                                                                                 \
	BITS(i, 0x493c7d27u, 0x9278fa4eu, 0x211d826du, 0x423b04dau, 0x847609b4u, 0x0d006599u,      \
	     0x1a00cb32u, 0x34019664u)

#define FOUR(f, i) f(i), f(i + 1u), f(i + 2u), f(i + 3u)
#define SIXTEEN(f, i) FOUR(f, i), FOUR(f, i + 4u), FOUR(f, i + 8u), FOUR(f, i + 12u)
#define SIXTY_FOUR(f, i)                                                                           \
	SIXTEEN(f, i), SIXTEEN(f, i + 16u), SIXTEEN(f, i + 32u), SIXTEEN(f, i + 48u)
#define ALL_BYTES(f) SIXTY_FOUR(f, 0u), SIXTY_FOUR(f, 64u), SIXTY_FOUR(f, 128u), SIXTY_FOUR(f, 192u)

static const uint32_t slices[8][256] = {
    {ALL_BYTES(SLICE_0)}, {ALL_BYTES(SLICE_1)}, {ALL_BYTES(SLICE_2)}, {ALL_BYTES(SLICE_3)},
    {ALL_BYTES(SLICE_4)}, {ALL_BYTES(SLICE_5)}, {ALL_BYTES(SLICE_6)}, {ALL_BYTES(SLICE_7)},
};

static inline uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

/* The state c taken over len_bytes bytes, by tables: any processor. */
static uint32_t sum_by_tables(uint32_t c, const uint8_t *p, size_t len_bytes)
{
	for (; len_bytes >= 8u; len_bytes -= 8u, p += 8) {
		uint64_t v = load64(p) ^ c;

		c = 0;
		for (unsigned i = 0; i < 8u; i++)
			c ^= slices[7u - i][v >> (8u * i) & 0xffu];
	}
	for (; len_bytes != 0u; len_bytes--)
		c = slices[0][(c ^ *p++) & 0xffu] ^ c >> 8;
	return c;
}

#if defined(__x86_64__)

/* Bytes that one round takes: four folds and three words for each of three streams. */
#define FOLD_BYTES 64u
#define ROUND_BYTES (FOLD_BYTES + 3u * 3u * 8u)
/* Below this the parts don't pay for being brought together. */
#define PARTS_BYTES_MIN 144u
/* Above this the table of shifts ends. */
#define PARTS_BYTES_MAX 1600u

/* x^(64 n - 33), reflected, for n = 1 ... */
static const uint32_t shifts[128] = {
    0x00000001, 0x493c7d27, 0xf20c0dfe, 0xba4fc28e, 0x3da6d0cb, 0xddc0152b, 0x1c291d04, 0x9e4addf8,
    0x740eef02, 0x39d3b296, 0x083a6eec, 0x0715ce53, 0xc49f4f67, 0x47db8317, 0x2ad91c30, 0x0d3b6092,
    0x6992cea2, 0xc96cfdc0, 0x7e908048, 0x878a92a7, 0x1b3d8f29, 0xdaece73e, 0xf1d0f55e, 0xab7aff2a,
    0xa87ab8a8, 0x2162d385, 0x8462d800, 0x83348832, 0x71d111a8, 0x299847d5, 0xffd852c6, 0xb9e02b86,
    0xdcb17aa4, 0x18b33a4e, 0xf37c5aee, 0xb6dd949b, 0x6051d5a2, 0x78d9ccb7, 0x18b0d4ff, 0xbac2fd7b,
    0x21f3d99c, 0xa60ce07b, 0x8f158014, 0xce7f39f4, 0xa00457f7, 0x61d82e56, 0x8d6d2c43, 0xd270f1a2,
    0x00ac29cf, 0xc619809d, 0xe9adf796, 0x2b3cac5d, 0x96638b34, 0x65863b64, 0xe0e9f351, 0x1b03397f,
    0x9af01f2d, 0xebb883bd, 0x2cff42cf, 0xb3e32c28, 0x88f25a3a, 0x064f7f26, 0x4e36f0b0, 0xdd7e3b0c,
    0xbd6f81f8, 0xf285651c, 0x91c9bd4b, 0x10746f3c, 0x885f087b, 0xc7a68855, 0x4c144932, 0x271d9844,
    0x52148f02, 0x8e766a0c, 0xa3c6f37a, 0x93a5f730, 0xd7c0557f, 0x6cb08e5c, 0x63ded06a, 0x6b749fb2,
    0x4d56973c, 0x1393e203, 0x9669c9df, 0xcec3662e, 0xe417f38a, 0x96c515bb, 0x4b9e0f71, 0xe6fc4e6a,
    0xd104b8fc, 0x8227bb8a, 0x5b397730, 0xb0cd4768, 0xe78eb416, 0x39c7ff35, 0x61ff0e01, 0xd7a4825c,
    0x8d96551c, 0x0ab3844b, 0x0bf80dd2, 0x0167d312, 0x8821abed, 0xf6076544, 0x6a45d2b2, 0x26f6a60a,
    0xd8d26619, 0xa741c1bf, 0xde87806c, 0x98d8d9cb, 0x14338754, 0x49c3cc9c, 0x5bd2011f, 0x68bce87a,
    0xdd07448e, 0x57a3d037, 0xdde8f5b9, 0x6956fc3b, 0xa3e3e02c, 0x42d98888, 0xd73c7bea, 0x3771e98f,
    0x80ff0093, 0xb42ae3d9, 0x8fe4c34d, 0x2178513a, 0xdf99fc11, 0xe0ac139e, 0x6c23e841, 0x170076fa,
};

typedef long long pair __attribute__((vector_size(16)));

#define ACCELERATED __attribute__((target("sse4.2,pclmul")))

/* The state c moved ahead by n words of zeros, as a product yet to be reduced. */
static inline ACCELERATED uint64_t shift(uint32_t c, uint32_t n)
{
	const pair a = {c, 0}, b = {shifts[n - 1u], 0};

	return (uint64_t)__builtin_ia32_pclmulqdq128(a, b, 0)[0];
}

/* 16 bytes x moved ahead by the distance whose shifts are in by, to where y is. */
static inline ACCELERATED pair fold(pair x, pair by, pair y)
{
	return __builtin_ia32_pclmulqdq128(x, by, 0x00) ^ __builtin_ia32_pclmulqdq128(x, by, 0x11) ^
	       y;
}

static inline pair load_pair(const uint8_t *p)
{
	pair v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

/*
 * len_bytes at p, PARTS_BYTES_MIN..PARTS_BYTES_MAX, without a rest of less than 24 bytes, which is
 * left in *rest. In front, blocks of 64 bytes are folded onto each other by multiplication; behind
 * them lie the three streams. Multiplier and crc32 are different units of the processor.
 */
static ACCELERATED uint32_t sum_parts(uint32_t c, const uint8_t *p, size_t len_bytes, size_t *rest)
{
	const uint32_t rounds = (uint32_t)(len_bytes - FOLD_BYTES) / ROUND_BYTES;
	const uint32_t front = FOLD_BYTES * (rounds + 1u), n = ((uint32_t)len_bytes - front) / 24u;
	const pair by_64 = {shifts[8], shifts[7]}, by_16 = {shifts[2], shifts[1]};
	pair v0 = load_pair(p), v1 = load_pair(p + 16), v2 = load_pair(p + 32),
	     v3 = load_pair(p + 48);
	const uint8_t *s = p + front;
	uint64_t x = 0, y = 0, z = 0, folded;

	v0 ^= (pair){c, 0};
	for (const uint8_t *end = s; (p += FOLD_BYTES) != end; s += 24) {
		v0 = fold(v0, by_64, load_pair(p));
		v1 = fold(v1, by_64, load_pair(p + 16));
		v2 = fold(v2, by_64, load_pair(p + 32));
		v3 = fold(v3, by_64, load_pair(p + 48));
		for (unsigned i = 0; i < 24u; i += 8u) {
			x = __builtin_ia32_crc32di(x, load64(s + i));
			y = __builtin_ia32_crc32di(y, load64(s + i + 8u * n));
			z = __builtin_ia32_crc32di(z, load64(s + i + 16u * n));
		}
	}
	for (uint32_t i = 3u * rounds; i < n; i++, s += 8) {
		x = __builtin_ia32_crc32di(x, load64(s));
		y = __builtin_ia32_crc32di(y, load64(s + 8u * n));
		z = __builtin_ia32_crc32di(z, load64(s + 16u * n));
	}
	v0 = fold(fold(fold(v0, by_16, v1), by_16, v2), by_16, v3);
	folded = __builtin_ia32_crc32di(0, (uint64_t)v0[0]);
	folded = __builtin_ia32_crc32di(folded, (uint64_t)v0[1]);
	folded =
	    shift((uint32_t)folded, 3u * n) ^ shift((uint32_t)x, 2u * n) ^ shift((uint32_t)y, n);
	*rest = len_bytes - front - 24u * n;
	return (uint32_t)(__builtin_ia32_crc32di(0, folded) ^ z);
}

static ACCELERATED uint32_t sum_by_instruction(uint32_t c, const uint8_t *p, size_t len_bytes)
{
	uint64_t x;

	while (len_bytes >= PARTS_BYTES_MIN) {
		size_t part = len_bytes < PARTS_BYTES_MAX ? len_bytes : PARTS_BYTES_MAX, rest;

		c = sum_parts(c, p, part, &rest);
		p += part - rest;
		len_bytes -= part - rest;
	}
	for (x = c; len_bytes >= 8u; len_bytes -= 8u, p += 8)
		x = __builtin_ia32_crc32di(x, load64(p));
	for (c = (uint32_t)x; len_bytes != 0u; len_bytes--)
		c = __builtin_ia32_crc32qi(c, *p++);
	return c;
}

/* libgcc looks at the processor once, before main. */
static bool has_instruction(void)
{
	return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
}

#elif defined(__ARM_FEATURE_CRC32)

static uint32_t sum_by_instruction(uint32_t c, const uint8_t *p, size_t len_bytes)
{
	for (; len_bytes >= 8u; len_bytes -= 8u, p += 8)
		c = __crc32cd(c, load64(p));
	for (; len_bytes != 0u; len_bytes--)
		c = __crc32cb(c, *p++);
	return c;
}

static bool has_instruction(void)
{
	return true;
}

#else

static uint32_t sum_by_instruction(uint32_t c, const uint8_t *p, size_t len_bytes)
{
	return sum_by_tables(c, p, len_bytes);
}

static bool has_instruction(void)
{
	return false;
}

#endif

uint32_t iwc_crc32c(uint32_t crc, const void *data, size_t len_bytes)
{
	if (has_instruction())
		return ~sum_by_instruction(~crc, data, len_bytes);
	return ~sum_by_tables(~crc, data, len_bytes);
}
