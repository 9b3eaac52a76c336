/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the port puts into VBAR_EL1. Its handler of synchronous exceptions takes every one for a
 * request to yield or hangs, so faults are told apart here and end the life.
 */
#include "fatal.inc"

	/* The network task's stack becomes a task's: until the scheduler starts, C has that of the
	 * interrupts. */
	.section .text.spos_main, "ax"
	.global	spos_main
spos_main:
	msr	spsel, #1
	b	freertos_main

	.section .text.vectors, "ax"
	.balign	2048
	.global	_freertos_vector_table
	.global	spos_vectors
spos_vectors:				/* until the scheduler starts */
_freertos_vector_table:
	stp	x0, x1, [sp, #-16]!	/* synchronous, in a task */
	mrs	x0, esr_el1
	lsr	x0, x0, #26
	cmp	x0, #0x15		/* SVC */
	ldp	x0, x1, [sp], #16
	b.ne	1f
	b	FreeRTOS_SWI_Handler
1:	fatal_here 0
	.balign	128
	b	FreeRTOS_IRQ_Handler
	fatal	2
	fatal	3
	fatal	4
	.balign	128
	b	FreeRTOS_IRQ_Handler	/* in an interrupt of lower priority */
	fatal	6
	fatal	7
	fatal	8
	fatal	9
	fatal	10
	fatal	11
	fatal	12
	fatal	13
	fatal	14
	fatal	15
