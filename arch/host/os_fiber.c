// SPDX-License-Identifier: MIT
/*
 * os_fiber.c - several stacks on one thread, for virtual CPUs.
 *
 * A fiber is a stack with a saved place in it; os_fiber_switch() saves the place that is
 * current and goes on at the other. The thread's own stack is a fiber too, as long as
 * somebody wants to come back to it. Sanitizers keep notes about the stack that they
 * watch, so they are told of each switch.
 *
 *   F1  below each stack lies a page without memory: to run over the end faults
 *
 * Locks: none; fibers belong to one thread.
 */
#define _GNU_SOURCE
#include "os.h"
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
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

#define GUARD_BYTES	65536ul		/* a multiple of any page size */

struct os_fiber {
	ucontext_t place;
	void *memory;			/* guard and stack; NULL: the thread's own stack */
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

/* makecontext() passes ints only */
static void fiber_start(unsigned int high, unsigned int low)
{
	struct os_fiber *f = (void *)(uintptr_t)((uint64_t)high << 32 | low);

	asan_arrive(f, f->came_from);
	f->fn(f->arg);
	abort();			/* the last thing that it does is to switch */
}

static bool fiber_stack(struct os_fiber *f, size_t bytes)
{
	void *p = mmap(NULL, bytes + GUARD_BYTES, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return false;
	if (mprotect(p, GUARD_BYTES, PROT_NONE)) {			/* F1 */
		munmap(p, bytes + GUARD_BYTES);
		return false;
	}
	f->memory = p;
	f->stack = (char *)p + GUARD_BYTES;
	f->bytes = bytes;
	return true;
}

static void fiber_begin_at_start(struct os_fiber *f)
{
	uint64_t address = (uintptr_t)f;

	if (getcontext(&f->place))
		abort();		/* it has no way to fail */
	f->place.uc_stack.ss_sp = (void *)f->stack;
	f->place.uc_stack.ss_size = f->bytes;
	f->place.uc_link = NULL;
	makecontext(&f->place, (void (*)(void))fiber_start, 2, (unsigned int)(address >> 32),
		    (unsigned int)address);
}

struct os_fiber *os_fiber_create(size_t bytes, void (*fn)(void *arg), void *arg)
{
	struct os_fiber *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	if (!fiber_stack(f, bytes)) {
		free(f);
		return NULL;
	}
	f->fn = fn;
	f->arg = arg;
	f->tsan = tsan_create();
	fiber_begin_at_start(f);
	return f;
}

void os_fiber_destroy(struct os_fiber *f)
{
	if (!f)
		return;
	if (f->memory) {
		asan_forget(f);
		munmap(f->memory, f->bytes + GUARD_BYTES);
		tsan_destroy(f->tsan);
	}
	free(f);
}

void os_fiber_switch(struct os_fiber *from, struct os_fiber *to, bool for_ever)
{
	to->came_from = from->memory ? NULL : from;	/* whose bounds are to be learnt */
	asan_leave(for_ever ? NULL : &from->fake_stack, to);
	tsan_switch(to->tsan);
	swapcontext(&from->place, &to->place);
	asan_arrive(from, from->came_from);
}
