/* SPDX-License-Identifier: BSD-2-Clause */
/* pack.ld.S - where the two pieces of a board's image are loaded. */
#include "plat.h"

OUTPUT_ARCH(aarch64)
ENTRY(entry)

SECTIONS
{
	entry = IWC_PLAT_TEXT_BASE;
	.monitor IWC_PLAT_TEXT_BASE : { *(.monitor) }
	.pack IWC_PLAT_PACK_BASE : { *(.pack) }
	ASSERT(SIZEOF(.pack) <= IWC_PLAT_PACK_BYTES, "S's image is too large for this board")
	/DISCARD/ : { *(*) }
}
