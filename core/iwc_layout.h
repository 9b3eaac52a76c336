/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwc_layout.h - the shared region: two sections, one per world.
 *
 * A section is written by its owner only and mapped read-only by the peer, so every shared word
 * has exactly one writer. Offsets in a section, in bytes:
 *
 *	0	hello	3 words: identity, geometry, reason of the last freeze
 *	128	session	1 word: own epoch << 32 | acknowledged peer epoch
 *	256	class 0	start, credit, wake, space: one word each, a line apart
 *	512	class 1 ... up to IWC_CLASSES_MAX
 *	4096	per class in turn: tag[L], e2e[L], data[L * IWC_LINE]
 *
 * All words are naturally aligned 64-bit little-endian (big-endian ports are not supported).
 * Line numbers count 64-byte lines of a ring and run freely over 48 bits; a line number l lives
 * at index l mod L. The code that follows never takes an offset, a pointer or a geometry from
 * shared memory.
 */
#ifndef IWC_LAYOUT_H
#define IWC_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of a payload line: the unit of allocation in a ring. */
#define IWC_LINE 64u
/* Shortest frame: an Ethernet header (IEEE 802.3: two addresses and a type). */
#define IWC_FRAME_MIN 14u
/* Longest frame: 1500 bytes of payload, header, VLAN tag, rounded up to whole lines. */
#define IWC_FRAME_MAX 1536u
/* Classes that a region can carry; class 0 is served first. */
#define IWC_CLASSES_MAX 4u
/* log2 of the lines of a ring: 2 lines to 65536 lines (4 MiB). */
#define IWC_LINES_LOG2_MIN 1u
#define IWC_LINES_LOG2_MAX 16u
/* Frames that one send or receive call handles at most. */
#define IWC_BURST_MAX 32u

#define IWC_HEADER_BYTES 4096u
#define IWC_OFFSET_SESSION 128u
#define IWC_OFFSET_CLASS 256u
#define IWC_CLASS_STRIDE 256u

/* hello[0]: magic:32, version:16, class count:16 ("iwc1" in little-endian). */
#define IWC_MAGIC 0x31637769u
#define IWC_PROTOCOL_VERSION 1u

/* Line numbers in shared words: 48 bits; in start, credit, wake and space words bit 63 says
 * that the word has been written in this session (0 says nothing). */
#define IWC_LINE_BITS 48u
#define IWC_LINE_MASK ((UINT64_C(1) << IWC_LINE_BITS) - 1u)
#define IWC_SAID (UINT64_C(1) << 63)

/* tag[i]: (line number + 1):48 << 16 | length:16. This length marks a skip to line index 0. */
#define IWC_SKIP 0xffffu

/* A word that both worlds can see. Only the port hooks of iwc_port.h touch v. */
struct iwc_word {
	uint64_t v;
};

_Static_assert(sizeof(struct iwc_word) == 8, "a shared word is 64 bits");

/* The control words of one class in a section; the comment names the writer's role. */
struct iwc_class_words {
	struct iwc_word start; /* producer: line number at which its ring starts in this session */
	uint8_t pad0[56];
	struct iwc_word credit; /* consumer: line number up to which it has taken the peer's ring */
	uint8_t pad1[56];
	struct iwc_word wake; /* consumer: ring me when your position passes this line number */
	uint8_t pad2[56];
	struct iwc_word space; /* producer: ring me when your credit passes this line number */
	uint8_t pad3[56];
};

_Static_assert(offsetof(struct iwc_class_words, credit) == 64, "credit offset");
_Static_assert(offsetof(struct iwc_class_words, wake) == 128, "wake offset");
_Static_assert(offsetof(struct iwc_class_words, space) == 192, "space offset");
_Static_assert(sizeof(struct iwc_class_words) == IWC_CLASS_STRIDE, "class stride");

struct iwc_header {
	struct iwc_word hello[3]; /* identity, geometry, reason */
	uint8_t pad0[IWC_OFFSET_SESSION - 24u];
	struct iwc_word session; /* epoch << 32 | acked */
	uint8_t pad1[IWC_OFFSET_CLASS - IWC_OFFSET_SESSION - 8u];
	struct iwc_class_words cls[IWC_CLASSES_MAX];
	uint8_t pad2[IWC_HEADER_BYTES - IWC_OFFSET_CLASS - IWC_CLASSES_MAX * IWC_CLASS_STRIDE];
};

_Static_assert(offsetof(struct iwc_header, session) == IWC_OFFSET_SESSION, "session offset");
_Static_assert(offsetof(struct iwc_header, cls) == IWC_OFFSET_CLASS, "class offset");
_Static_assert(sizeof(struct iwc_header) == IWC_HEADER_BYTES, "header size");

/* Bytes of one class's arrays: a tag and an end-to-end word a line, and the lines. */
#define IWC_RING_BYTES(lines_log2) ((size_t)(8u + 8u + IWC_LINE) << (lines_log2))

#endif
