/* SPDX-License-Identifier: BSD-2-Clause */
/* store.S - Linux as store.h describes it, from -DDTB, -DIMAGE and -DINITRD. */
#include "store.h"
#include "plat.h"

	.section .store, "a"
store:
	.quad	STORE_MAGIC
	.quad	STORE_PARTS
	.quad	dtb - store, dtb_end - dtb, IWC_PLAT_LINUX_DTB
	.quad	image - store, image_end - image, IWC_PLAT_LINUX_IMAGE
	.quad	initrd - store, initrd_end - initrd, IWC_PLAT_LINUX_INITRD
	.balign	4096
dtb:
	.incbin	DTB
	.balign	64
dtb_end:
	.balign	4096
image:
	.incbin	IMAGE
	.balign	64
image_end:
	.balign	4096
initrd:
	.incbin	INITRD
	.balign	64
initrd_end:
