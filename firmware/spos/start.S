/* SPDX-License-Identifier: BSD-2-Clause */
/* From the first instruction of a life to its C, whoever runs the tasks. */
	.arch	armv8-a

/* SCTLR_EL1: RES1 bits of Armv8.0, everything off. */
#define SCTLR_OFF 0x30d00800

	.section .start, "ax"
	.global	_start
_start:
	msr	daifset, #15
	mov	x19, x0
	ldr	x1, =SCTLR_OFF
	msr	sctlr_el1, x1
	isb
	msr	spsel, #1

	/* What a former life left in the caches must not fall onto what is written without them. */
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4
	mov	x3, #4
	lsl	x3, x3, x2
	ldr	x0, =spos_start
	ldr	x1, =spos_end
1:	dc	civac, x0
	add	x0, x0, x3
	cmp	x0, x1
	b.lo	1b
	dsb	sy
	ic	iallu
	tlbi	vmalle1
	dsb	sy
	isb

	ldr	x0, =spos_early_start
	ldr	x1, =spos_early_end
2:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	2b

	ldr	x0, =spos_vectors
	msr	vbar_el1, x0
	ldr	x0, =spos_critical_stack_end
	mov	sp, x0
	mov	x0, x19
	bl	spos_memory_init	/* the MMU is on when it returns */

	ldr	x0, =spos_bss_start
	ldr	x1, =spos_bss_end
3:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	3b

	msr	spsel, #0
	ldr	x0, =spos_network_stack_end
	mov	sp, x0
	mov	x29, xzr
	mov	x30, xzr
	b	spos_main
