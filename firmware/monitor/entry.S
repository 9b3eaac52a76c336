/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * entry.S - reset, the vectors of EL3, the way into a world and back.
 *
 * While a world runs, SP_EL3 is the address of its struct context; the monitor's own stack begins
 * where the context says. x0 to x19 and x30 are saved at each entry; x20 to x29 survive the C code
 * and change hands only when another world is to run.
 */
#include "context.h"
#include "plat.h"

	.section .text.reset, "ax"
	.global _start
_start:
	msr	daifset, #0xf
	/* Caches, MMU and alignment checks off: RES1 bits only. */
	mov	x0, #0x0830
	movk	x0, #0x30c5, lsl #16
	msr	sctlr_el3, x0
	isb
	adr	x0, vectors
	msr	vbar_el3, x0
	mov	x0, #0x0430		/* secure for now, EL1 of AArch64 */
	msr	scr_el3, x0
	msr	cptr_el3, xzr
	isb

	mrs	x0, mpidr_el1
	ldr	x1, =0xff00ffffff
	and	x19, x0, x1
	cmp	x19, #IWC_PLAT_CPUS
	b.hs	park
	ldr	x0, =stacks_end		/* each stack lies below that of the processor before */
	mov	x1, #STACK_STRIDE
	msub	x0, x19, x1, x0
	mov	sp, x0
	cbnz	x19, secondary

	/* The boot processor: data out of the image, bss empty. */
	ldr	x0, =data_start
	ldr	x1, =data_end
	ldr	x2, =data_image
1:	cmp	x0, x1
	b.hs	2f
	ldp	x3, x4, [x2], #16
	stp	x3, x4, [x0], #16
	b	1b
2:	ldr	x0, =bss_start
	ldr	x1, =bss_end
3:	cmp	x0, x1
	b.hs	4f
	stp	xzr, xzr, [x0], #16
	b	3b
4:	bl	mmu_build
	bl	mmu_enable
	b	boot_primary

	/* The others wait until the tables are there; without a cache they read memory. */
secondary:
	ldr	x20, =boot_released
	ldr	x21, =BOOT_RELEASED
5:	ldr	x0, [x20]
	cmp	x0, x21
	b.eq	6f
	wfe
	b	5b
6:	bl	mmu_enable
	mov	x0, x19
	b	boot_secondary

park:	wfi
	b	park

	.section .text.entry, "ax"
	.macro	vector_to label
	.balign	0x80
	b	\label
	.endm

	/* From a lower level, to handler(context). */
	.macro	vector_enter handler
	.balign	0x80
	stp	x0, x1, [sp, #CTX_X(0)]
	stp	x2, x3, [sp, #CTX_X(2)]
	stp	x4, x5, [sp, #CTX_X(4)]
	stp	x6, x7, [sp, #CTX_X(6)]
	stp	x8, x9, [sp, #CTX_X(8)]
	stp	x10, x11, [sp, #CTX_X(10)]
	stp	x12, x13, [sp, #CTX_X(12)]
	stp	x14, x15, [sp, #CTX_X(14)]
	stp	x16, x17, [sp, #CTX_X(16)]
	stp	x18, x19, [sp, #CTX_X(18)]
	mrs	x0, elr_el3
	mrs	x1, spsr_el3
	stp	x30, x0, [sp, #CTX_X(30)]
	str	x1, [sp, #CTX_SPSR]
	mov	x19, sp
	ldr	x1, [x19, #CTX_STACK]
	mov	x0, x19
	mov	sp, x1
	bl	\handler
	cmp	x0, x19
	b.eq	resume_same
	b	resume_other
	.endm

	.balign	0x800
vectors:
	vector_to panic_sp0
	vector_to panic_sp0
	vector_to panic_sp0
	vector_to panic_sp0
	vector_to panic_own
	vector_to panic_own
	vector_to panic_own
	vector_to panic_own
	vector_enter handle_sync
	vector_enter handle_interrupt	/* IRQ is never routed here */
	vector_enter handle_interrupt
	vector_enter handle_serror
	vector_enter handle_sync
	vector_enter handle_interrupt
	vector_enter handle_interrupt
	vector_enter handle_serror
	.balign	0x80

resume_other:
	stp	x20, x21, [x19, #CTX_X(20)]
	stp	x22, x23, [x19, #CTX_X(22)]
	stp	x24, x25, [x19, #CTX_X(24)]
	stp	x26, x27, [x19, #CTX_X(26)]
	stp	x28, x29, [x19, #CTX_X(28)]

	/* The first time: enter_world(context). */
	.global enter_world
enter_world:
	ldp	x20, x21, [x0, #CTX_X(20)]
	ldp	x22, x23, [x0, #CTX_X(22)]
	ldp	x24, x25, [x0, #CTX_X(24)]
	ldp	x26, x27, [x0, #CTX_X(26)]
	ldp	x28, x29, [x0, #CTX_X(28)]
	mov	x19, x0

resume_same:
	mov	sp, x19
	ldp	x30, x0, [sp, #CTX_X(30)]
	ldr	x1, [sp, #CTX_SPSR]
	msr	elr_el3, x0
	msr	spsr_el3, x1
	ldp	x18, x19, [sp, #CTX_X(18)]
	ldp	x16, x17, [sp, #CTX_X(16)]
	ldp	x14, x15, [sp, #CTX_X(14)]
	ldp	x12, x13, [sp, #CTX_X(12)]
	ldp	x10, x11, [sp, #CTX_X(10)]
	ldp	x8, x9, [sp, #CTX_X(8)]
	ldp	x6, x7, [sp, #CTX_X(6)]
	ldp	x4, x5, [sp, #CTX_X(4)]
	ldp	x2, x3, [sp, #CTX_X(2)]
	ldp	x0, x1, [sp, #CTX_X(0)]
	eret
	dsb	nsh			/* no speculation past the return */
	isb

	/* An exception of the monitor itself: its stack may be what is wrong. */
panic_sp0:
panic_own:
	mrs	x0, esr_el3
	mrs	x1, elr_el3
	mrs	x2, far_el3
	ldr	x3, =panic_stack_end
	mov	sp, x3
	bl	panic
	b	park

	/* el1_save(registers), el1_restore(registers): EL1_COUNT of them. */
	.macro	el1_all pair
	\pair	sctlr_el1, actlr_el1
	\pair	cpacr_el1, ttbr0_el1
	\pair	ttbr1_el1, tcr_el1
	\pair	mair_el1, amair_el1
	\pair	vbar_el1, contextidr_el1
	\pair	sp_el0, sp_el1
	\pair	elr_el1, spsr_el1
	\pair	esr_el1, far_el1
	\pair	afsr0_el1, afsr1_el1
	\pair	par_el1, tpidr_el1
	\pair	tpidr_el0, tpidrro_el0
	\pair	cntkctl_el1, csselr_el1
	.endm
	.macro	save_pair a, b
	mrs	x1, \a
	mrs	x2, \b
	stp	x1, x2, [x0], #16
	.endm
	.macro	restore_pair a, b
	ldp	x1, x2, [x0], #16
	msr	\a, x1
	msr	\b, x2
	.endm
	.global el1_save
el1_save:
	el1_all	save_pair
	ret

	.global el1_restore
el1_restore:
	el1_all	restore_pair
	ret

	/* fp_save(state), fp_restore(state): CPTR_EL3.TFP is clear. */
	.arch_extension fp
	.macro	fp_all op
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	fp_pair	\op, \n
	.endr
	.endm
	.macro	fp_pair op, n
	.altmacro
	fp_pair2 \op, \n, %(\n + 1)
	.noaltmacro
	.endm
	.macro	fp_pair2 op, n, m
	\op	q\n, q\m, [x0, #(FP_Q + \n * 16)]
	.endm

	.global fp_save
fp_save:
	fp_all	stp
	mrs	x1, fpsr
	mrs	x2, fpcr
	str	x1, [x0, #FP_FPSR]
	str	x2, [x0, #FP_FPCR]
	ret

	.global fp_restore
fp_restore:
	fp_all	ldp
	ldr	x1, [x0, #FP_FPSR]
	ldr	x2, [x0, #FP_FPCR]
	msr	fpsr, x1
	msr	fpcr, x2
	ret
