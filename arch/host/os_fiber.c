// SPDX-License-Identifier: MIT
/*
 * os_fiber.c - several stacks on one thread, for virtual CPUs.
 *
 * A fiber is a stack with a saved place in it; os_fiber_switch() saves the place that is
 * current and goes on at the other. The thread's own stack is a fiber too, as long as
 * somebody wants to come back to it. Sanitizers keep notes about the stack that they
 * watch, so they are told of each switch.
 *
 * The memory of the stacks is the caller's.
 *
 * Locks: none; fibers belong to one thread.
 */
#define _GNU_SOURCE
#include "os.h"
#include <stdint.h>
#include <stdlib.h>
#include <ucontext.h>

#ifndef __has_feature
#define __has_feature(x)	0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define asan_forget(f)		__asan_unpoison_memory_region((f)->stack, (f)->bytes)
#define asan_leave(save, to)	__sanitizer_start_switch_fiber(save, (to)->stack, (to)->bytes)
#define asan_arrive(me, from) \
	__sanitizer_finish_switch_fiber((me)->fake_stack, (from) ? &(from)->stack : NULL, \
					(from) ? &(from)->bytes : NULL)
#else
#define asan_forget(f)		((void)(f))
#define asan_leave(save, to)	((void)(save))
#define asan_arrive(me, from)	((void)(from))
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#define tsan_self()		__tsan_get_current_fiber()
#define tsan_create()		__tsan_create_fiber(0)
#define tsan_destroy(f)		__tsan_destroy_fiber(f)
#define tsan_switch(f)		__tsan_switch_to_fiber(f, 0)
#else
#define tsan_self()		NULL
#define tsan_create()		NULL
#define tsan_destroy(f)		((void)(f))
#define tsan_switch(f)		((void)(f))
#endif

struct os_fiber {
#if defined(__x86_64__) || defined(__i386__)
	void *place;			/* stack pointer, while it is not current */
#else
	ucontext_t place;
#endif
	bool own;			/* false: the stack is the thread's */
	const void *stack;
	size_t bytes;			/* of the stack */
	void *fake_stack, *tsan;
	void (*fn)(void *arg);
	void *arg;
	struct os_fiber *came_from;	/* at the last switch to this one */
};

struct os_fiber *os_fiber_self(void)
{
	struct os_fiber *f = calloc(1, sizeof(*f));

	if (f)
		f->tsan = tsan_self();
	return f;
}

static __thread struct os_fiber *starting;	/* the fiber that a switch goes to */

static void fiber_start(void)
{
	struct os_fiber *f = starting;

	asan_arrive(f, f->came_from);
	f->fn(f->arg);
	abort();			/* the last thing that it does is to switch */
}

/* --- places ----------------------------------------------------------------- */

#if defined(__x86_64__) || defined(__i386__)
/*
 * A place is a stack pointer with the registers on the stack that a called function
 * keeps. swapcontext() would do, but it asks the kernel for the signal mask each time.
 */
void os_fiber_jump(void **save, void *to);

#ifdef __x86_64__
#define SAVED_REGISTERS	6
__asm__(".text\n"
	".type os_fiber_jump, @function\n"
	"os_fiber_jump:\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	ret\n"
	".size os_fiber_jump, . - os_fiber_jump\n");
#else
#define SAVED_REGISTERS	4
__asm__(".text\n"
	".type os_fiber_jump, @function\n"
	"os_fiber_jump:\n"
	"	movl 4(%esp), %eax\n"
	"	movl 8(%esp), %edx\n"
	"	pushl %ebp\n"
	"	pushl %ebx\n"
	"	pushl %esi\n"
	"	pushl %edi\n"
	"	movl %esp, (%eax)\n"
	"	movl %edx, %esp\n"
	"	popl %edi\n"
	"	popl %esi\n"
	"	popl %ebx\n"
	"	popl %ebp\n"
	"	ret\n"
	".size os_fiber_jump, . - os_fiber_jump\n");
#endif

/* The registers, then where to go, then as if that had been called from nowhere. */
static void place_at_start(struct os_fiber *f)
{
	uintptr_t top = ((uintptr_t)f->stack + f->bytes) & ~(uintptr_t)63;
	void **sp = (void **)top;

	*--sp = NULL;
	*--sp = (void *)fiber_start;
	sp -= SAVED_REGISTERS;
	__builtin_memset(sp, 0, SAVED_REGISTERS * sizeof(*sp));
	f->place = sp;
}

static void place_switch(struct os_fiber *from, struct os_fiber *to)
{
	os_fiber_jump(&from->place, to->place);
}
#else
static void place_at_start(struct os_fiber *f)
{
	if (getcontext(&f->place))
		abort();		/* it has no way to fail */
	f->place.uc_stack.ss_sp = (void *)f->stack;
	f->place.uc_stack.ss_size = f->bytes;
	f->place.uc_link = NULL;
	makecontext(&f->place, fiber_start, 0);
}

static void place_switch(struct os_fiber *from, struct os_fiber *to)
{
	swapcontext(&from->place, &to->place);
}
#endif

/* --- fibers ----------------------------------------------------------------- */

struct os_fiber *os_fiber_create(void *stack, size_t bytes, void (*fn)(void *arg), void *arg)
{
	struct os_fiber *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->stack = stack;
	f->bytes = bytes;
	f->own = true;
	f->fn = fn;
	f->arg = arg;
	f->tsan = tsan_create();
	place_at_start(f);
	return f;
}

void os_fiber_destroy(struct os_fiber *f)
{
	if (!f)
		return;
	if (f->own) {
		asan_forget(f);
		tsan_destroy(f->tsan);
	}
	free(f);
}

void os_fiber_switch(struct os_fiber *from, struct os_fiber *to, bool for_ever)
{
	to->came_from = from->own ? NULL : from;	/* whose bounds are to be learnt */
	asan_leave(for_ever ? NULL : &from->fake_stack, to);
	tsan_switch(to->tsan);
	starting = to;
	place_switch(from, to);
	asan_arrive(from, from->came_from);
}
