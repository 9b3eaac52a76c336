/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pack.S - the image of a board: the monitor, and at IWC_PLAT_PACK_BASE its configuration with S's
 * image behind. The assembler is given -DMONITOR_BIN, -DS_BIN and the values of struct config.
 */
#include "plat.h"

	.section .monitor, "a"
	.incbin	MONITOR_BIN

	.section .pack, "a"
config:
	.quad	0x31676663637769	/* CONFIG_MAGIC */
	.word	CONFIG_S_CPU
	.word	CONFIG_S_OWNS_CPU
	.quad	CONFIG_BUCKET_INTERVAL_NS
	.word	CONFIG_BUCKET_BURST
	.word	0
	.quad	CONFIG_ALIVE_NS
	.quad	s_image - config
	.quad	s_image_end - s_image
	.balign	4096
s_image:
	.incbin	S_BIN
	.balign	64
s_image_end:
