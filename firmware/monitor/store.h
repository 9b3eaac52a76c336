/* SPDX-License-Identifier: BSD-2-Clause */
/* store.h - how Linux lies in its store: a header, then the parts, each where its offset says. */
#ifndef STORE_H
#define STORE_H

#define STORE_MAGIC 0x31786e6c637769 /* "iwclnx1" */
#define STORE_PARTS 3

#ifndef __ASSEMBLER__

#include <stdint.h>

struct store_part {
	uint64_t offset; /* from the store's first byte; all three multiples of 8 */
	uint64_t bytes;
	uint64_t target; /* physical address, a multiple of 64 */
};

struct store_header {
	uint64_t magic;
	uint64_t parts;
	struct store_part part[STORE_PARTS];
};

#endif
#endif
