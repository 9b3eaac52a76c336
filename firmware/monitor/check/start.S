/* SPDX-License-Identifier: BSD-2-Clause */
/* start.S - entry, vectors and the few things that C can't say, for both programs. */
#include "check.h"

	.section .text.start, "ax"
	.global _start
_start:
	mov	x19, x0
	mrs	x1, currentel
	cmp	x1, #8
	b.ne	1f
	/* From EL2 down: the checks run at EL1. */
	mov	x1, #(1 << 31)
	msr	hcr_el2, x1
	mov	x1, #0x3c5
	msr	spsr_el2, x1
	adr	x1, 1f
	msr	elr_el2, x1
	mov	x1, #3
	msr	cnthctl_el2, x1
	isb
	eret
1:	adr	x1, vectors
	msr	vbar_el1, x1
	mov	x1, #(3 << 20 | 3 << 16)
	msr	cpacr_el1, x1
	isb
	adrp	x1, stack_end
	mrs	x2, mpidr_el1
	and	x2, x2, #7
	lsl	x3, x2, #13
	sub	x1, x1, x3
	mov	sp, x1
	mov	x0, x19
	cbnz	x2, 2f
	adrp	x3, bss_start
	add	x3, x3, #:lo12:bss_start
	adrp	x4, bss_end
	add	x4, x4, #:lo12:bss_end
3:	cmp	x3, x4
	b.hs	4f
	str	xzr, [x3], #8
	b	3b
4:	bl	main
	b	.
2:	bl	main_other
	b	.

	/* A fault is counted and skipped; an interrupt goes to C. */
	.balign	0x800
vectors:
	.rept	4
	.balign	0x80
	b	.
	.endr
	.balign	0x80
	stp	x0, x1, [sp, #-16]!
	adrp	x0, faults
	ldr	x1, [x0, #:lo12:faults]
	add	x1, x1, #1
	str	x1, [x0, #:lo12:faults]
	mrs	x0, elr_el1
	add	x0, x0, #4
	msr	elr_el1, x0
	ldp	x0, x1, [sp], #16
	eret
	.macro	interrupt
	.balign	0x80
	stp	x0, x1, [sp, #-160]!
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x30, [sp, #144]
	bl	interrupt
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x30, [sp, #144]
	ldp	x0, x1, [sp], #160
	eret
	.endm
	interrupt
	interrupt
	.balign	0x80
	b	.
	.balign	0x80

	.global call
call:
	str	x18, [sp, #-16]!
	mov	x18, x0
	ldp	x0, x1, [x18, #CALL_X(0)]
	ldp	x2, x3, [x18, #CALL_X(2)]
	ldp	x4, x5, [x18, #CALL_X(4)]
	ldp	x6, x7, [x18, #CALL_X(6)]
	ldp	x8, x9, [x18, #CALL_X(8)]
	ldp	x10, x11, [x18, #CALL_X(10)]
	ldp	x12, x13, [x18, #CALL_X(12)]
	ldp	x14, x15, [x18, #CALL_X(14)]
	ldp	x16, x17, [x18, #CALL_X(16)]
	smc	#0
	stp	x0, x1, [x18, #CALL_X(0)]
	stp	x2, x3, [x18, #CALL_X(2)]
	stp	x4, x5, [x18, #CALL_X(4)]
	stp	x6, x7, [x18, #CALL_X(6)]
	stp	x8, x9, [x18, #CALL_X(8)]
	stp	x10, x11, [x18, #CALL_X(10)]
	stp	x12, x13, [x18, #CALL_X(12)]
	stp	x14, x15, [x18, #CALL_X(14)]
	stp	x16, x17, [x18, #CALL_X(16)]
	ldr	x18, [sp], #16
	ret

	.global quick_call
quick_call:
	smc	#0
	ret

	/* count_call(id): instructions from before an SMC to after it, by the cycle counter. */
	.global count_call
count_call:
	isb
	mrs	x9, pmccntr_el0
	smc	#0
	mrs	x10, pmccntr_el0
	sub	x0, x10, x9
	ret

	.arch_extension fp
	.global fp_fill
fp_fill:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
		20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	add	x1, x0, #\n
	fmov	d\n, x1
	fmov	v\n\().d[1], x1
	.endr
	and	x1, x0, #0xc00000
	msr	fpcr, x1
	ret

	.global fp_differs
fp_differs:
	mov	x2, #0
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
		20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	add	x1, x0, #\n
	fmov	x3, d\n
	eor	x3, x3, x1
	orr	x2, x2, x3
	fmov	x3, v\n\().d[1]
	eor	x3, x3, x1
	orr	x2, x2, x3
	.endr
	and	x1, x0, #0xc00000
	mrs	x3, fpcr
	eor	x3, x3, x1
	orr	x0, x2, x3
	ret

	.bss
	.balign	8
	.global	faults
faults:	.skip	8
