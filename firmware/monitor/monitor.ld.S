/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor.ld.S - text and constants run where the image lies; data is copied to RAM at reset. */
#include "context.h"
#include "plat.h"

OUTPUT_ARCH(aarch64)
ENTRY(_start)

SECTIONS
{
	. = IWC_PLAT_TEXT_BASE;
	text_start = .;
	.text : {
		*(.text.reset)
		*(.text .text.*)
		. = ALIGN(4096);
	}
	text_end = .;
	const_start = .;
	.rodata : {
		*(.rodata .rodata.*)
		. = ALIGN(16);
	}
	data_image = .;
	data_start = IWC_PLAT_RAM_BASE;
	.data IWC_PLAT_RAM_BASE : AT(data_image) {
		*(.data .data.*)
		. = ALIGN(16);
	}
	data_end = .;
	bss_start = .;
	.bss (NOLOAD) : {
		*(.bss .bss.* COMMON)
		. = ALIGN(16);
	}
	bss_end = .;
	. = ALIGN(STACK_BYTES);
	stacks_start = .;
	. += STACK_STRIDE * (IWC_PLAT_CPUS + 1);
	stacks_end = . - STACK_STRIDE;
	panic_stack_end = .;
	ram_end = .;
	const_end = data_image + (data_end - data_start);

	ASSERT(const_end <= IWC_PLAT_TEXT_BASE + IWC_PLAT_TEXT_BYTES,
	       "the monitor's image is too large")
	ASSERT(ram_end <= IWC_PLAT_RAM_BASE + IWC_PLAT_RAM_BYTES, "the monitor's data is too large")
	/DISCARD/ : { *(.comment) *(.note.*) *(.eh_frame*) }
}
