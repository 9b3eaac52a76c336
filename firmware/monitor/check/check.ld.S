/* SPDX-License-Identifier: BSD-2-Clause */
/* check.ld.S - one program at IWC_CHECK_BASE. */
#include "plat.h"

ENTRY(_start)
SECTIONS
{
	. = IWC_CHECK_BASE;
	.text : { *(.text.start) *(.text .text.*) }
	.rodata : { *(.rodata .rodata.*) }
	.data : { *(.data .data.*) }
	.pad : { . = ALIGN(64); QUAD(0) }
	. = ALIGN(64);
	.bss : { bss_start = .; *(.bss .bss.*) . = ALIGN(16); bss_end = .; }
	. = ALIGN(4096);
	. += 0x10000;
	stack_end = .;
	/DISCARD/ : { *(.comment) *(.note.*) *(.eh_frame*) }
}
