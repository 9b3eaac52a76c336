/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exception vectors. The network task runs on SP_EL0, its own stack; every exception runs on
 * SP_EL1, the critical task's. So an overflow of the first still finds a stack to be reported on.
 */
#include "fatal.inc"

/* Interrupts come while the network task runs: what a C function may change is saved. */
	.macro	interrupt
	sub	sp, sp, #192
	stp	x0, x1, [sp, #0]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x29, [sp, #144]
	mrs	x0, elr_el1
	stp	x30, x0, [sp, #160]
	mrs	x0, spsr_el1
	str	x0, [sp, #176]
	bl	spos_interrupt
	ldr	x0, [sp, #176]
	msr	spsr_el1, x0
	ldp	x30, x0, [sp, #160]
	msr	elr_el1, x0
	ldp	x18, x29, [sp, #144]
	ldp	x16, x17, [sp, #128]
	ldp	x14, x15, [sp, #112]
	ldp	x12, x13, [sp, #96]
	ldp	x10, x11, [sp, #80]
	ldp	x8, x9, [sp, #64]
	ldp	x6, x7, [sp, #48]
	ldp	x4, x5, [sp, #32]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp, #0]
	add	sp, sp, #192
	eret
	.endm

	.section .text.vectors, "ax"
	.balign	2048
	.global	spos_vectors
spos_vectors:
	fatal	0		/* on SP_EL0: synchronous, IRQ, FIQ, SError */
	.balign	128
	b	spos_interrupt_entry
	.balign	128
	b	spos_interrupt_entry
	fatal	3
	fatal	4		/* on SP_EL1: the critical task is never interrupted */
	fatal	5
	fatal	6
	fatal	7
	fatal	8		/* from EL0, 64 and 32 bits: there is no EL0 */
	fatal	9
	fatal	10
	fatal	11
	fatal	12
	fatal	13
	fatal	14
	fatal	15

spos_interrupt_entry:
	interrupt
