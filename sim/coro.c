/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A switch saves the registers that a C function must preserve and swaps stack pointers: a few
 * nanoseconds, where swapcontext() would make two system calls. Elsewhere than on x86-64 and
 * AArch64, swapcontext() it is.
 */
#include "coro.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define WITH_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WITH_TSAN 1
#endif
#endif

#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef WITH_TSAN
#include <sanitizer/tsan_interface.h>
#endif

#define STACK_BYTES ((size_t)256 * 1024)

static struct sim_coro *current;
static struct sim_coro outside;
#ifdef WITH_ASAN
static size_t outside_bytes;
#endif

#if defined(__x86_64__)
void sim_coro_switch(void **save, void *to);
__asm__(".text\n.globl sim_coro_switch\n.type sim_coro_switch,@function\nsim_coro_switch:\n"
	"	pushq %rbp\n	pushq %rbx\n	pushq %r12\n	pushq %r13\n"
	"	pushq %r14\n	pushq %r15\n	movq %rsp, (%rdi)\n	movq %rsi, %rsp\n"
	"	popq %r15\n	popq %r14\n	popq %r13\n	popq %r12\n"
	"	popq %rbx\n	popq %rbp\n	ret\n"
	".size sim_coro_switch,.-sim_coro_switch\n");
#define FRAME_WORDS 8
#define ENTRY_WORD 6
#elif defined(__aarch64__)
void sim_coro_switch(void **save, void *to);
__asm__(".text\n.globl sim_coro_switch\n.type sim_coro_switch,%function\nsim_coro_switch:\n"
	"	sub sp, sp, #160\n"
	"	stp x19, x20, [sp, #0]\n	stp x21, x22, [sp, #16]\n"
	"	stp x23, x24, [sp, #32]\n	stp x25, x26, [sp, #48]\n"
	"	stp x27, x28, [sp, #64]\n	stp x29, x30, [sp, #80]\n"
	"	stp d8, d9, [sp, #96]\n	stp d10, d11, [sp, #112]\n"
	"	stp d12, d13, [sp, #128]\n	stp d14, d15, [sp, #144]\n"
	"	mov x9, sp\n	str x9, [x0]\n	mov sp, x1\n"
	"	ldp x19, x20, [sp, #0]\n	ldp x21, x22, [sp, #16]\n"
	"	ldp x23, x24, [sp, #32]\n	ldp x25, x26, [sp, #48]\n"
	"	ldp x27, x28, [sp, #64]\n	ldp x29, x30, [sp, #80]\n"
	"	ldp d8, d9, [sp, #96]\n	ldp d10, d11, [sp, #112]\n"
	"	ldp d12, d13, [sp, #128]\n	ldp d14, d15, [sp, #144]\n"
	"	add sp, sp, #160\n	ret\n"
	".size sim_coro_switch,.-sim_coro_switch\n");
#define FRAME_WORDS 20
#define ENTRY_WORD 11
#else
#include <ucontext.h>
static void sim_coro_switch(void **save, void *to)
{
	ucontext_t here;

	*save = &here;
	swapcontext(&here, to);
}
#endif

static void entry(void)
{
#ifdef WITH_ASAN
	const void *bottom;
	size_t size;

	/* Learn the resumer's stack, which every yield names. */
	__sanitizer_finish_switch_fiber(NULL, &bottom, &size);
	outside.stack = (void *)(uintptr_t)bottom;
	outside_bytes = size;
#endif
	current->run(current->arg);
	abort(); /* run() does not return: our own bug */
}

int sim_coro_create(struct sim_coro *c, void (*run)(void *arg), void *arg)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *base = mmap(NULL, STACK_BYTES + page, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (base == MAP_FAILED)
		return -1;
	if (mprotect(base, page, PROT_NONE) != 0) {
		munmap(base, STACK_BYTES + page);
		return -1;
	}
	memset(c, 0, sizeof(*c));
	c->stack = base + page;
	c->run = run;
	c->arg = arg;
#ifdef WITH_TSAN
	c->fiber = __tsan_create_fiber(0);
#endif
	return 0;
}

void sim_coro_restart(struct sim_coro *c)
{
	c->started = false;
}

#ifdef FRAME_WORDS
/* A frame as sim_coro_switch leaves it, with entry() as the address to return to. */
static void lay_first_frame(struct sim_coro *c)
{
	uintptr_t *top = (uintptr_t *)(void *)((uint8_t *)c->stack + STACK_BYTES - 128);
	uintptr_t *frame = top - FRAME_WORDS;

	memset(frame, 0, FRAME_WORDS * sizeof(*frame));
	frame[ENTRY_WORD] = (uintptr_t)entry;
	c->sp = frame;
}
#else
static void lay_first_frame(struct sim_coro *c)
{
	ucontext_t *u = (ucontext_t *)c->stack;

	getcontext(u);
	u->uc_stack.ss_sp = (uint8_t *)c->stack + sizeof(*u);
	u->uc_stack.ss_size = STACK_BYTES - sizeof(*u);
	u->uc_link = NULL;
	makecontext(u, entry, 0);
	c->sp = u;
}
#endif

void sim_coro_resume(struct sim_coro *c)
{
	if (!c->started) {
#ifdef WITH_ASAN
		/* Frames of the abandoned life may have left red zones behind. */
		__asan_unpoison_memory_region(c->stack, STACK_BYTES);
#endif
		lay_first_frame(c);
		c->fake_stack = NULL;
		c->started = true;
	}
	current = c;
#ifdef WITH_TSAN
	if (outside.fiber == NULL)
		outside.fiber = __tsan_get_current_fiber();
	__tsan_switch_to_fiber(c->fiber, 0);
#endif
#ifdef WITH_ASAN
	__sanitizer_start_switch_fiber(&outside.fake_stack, c->stack, STACK_BYTES);
#endif
	sim_coro_switch(&outside.sp, c->sp);
#ifdef WITH_ASAN
	__sanitizer_finish_switch_fiber(outside.fake_stack, NULL, NULL);
#endif
	current = NULL;
}

void sim_coro_yield(void)
{
	struct sim_coro *c = current;
#ifdef WITH_ASAN
	__sanitizer_start_switch_fiber(&c->fake_stack, outside.stack, outside_bytes);
#endif
#ifdef WITH_TSAN
	__tsan_switch_to_fiber(outside.fiber, 0);
#endif
	sim_coro_switch(&c->sp, outside.sp);
#ifdef WITH_ASAN
	__sanitizer_finish_switch_fiber(c->fake_stack, NULL, NULL);
#endif
}

void sim_coro_destroy(struct sim_coro *c)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (c->stack == NULL)
		return;
#ifdef WITH_TSAN
	__tsan_destroy_fiber(c->fiber);
#endif
	munmap((uint8_t *)c->stack - page, STACK_BYTES + page);
	c->stack = NULL;
}
