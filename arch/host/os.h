/* SPDX-License-Identifier: MIT */
/*
 * os.h - all that the host port asks of the operating system below it. Plain C types
 * only: os.c sees the C library's headers, its callers see Quire's.
 */
#ifndef ARCH_HOST_OS_H
#define ARCH_HOST_OS_H

#include <stdbool.h>
#include <stddef.h>

/* zeroed memory; NULL */
void *os_alloc(size_t bytes);
void os_free(void *p);

/* RAM: pages that can be mapped at several places */
int os_ram_create(unsigned long long bytes);		/* a handle, or -1 */
void os_ram_destroy(int ram);
void *os_ram_map(int ram, size_t bytes);		/* its first bytes, aligned to 4 MiB; NULL */
/* sparse private zeroes, touched when used; NULL */
void *os_map_sparse(size_t bytes);
/* addresses without memory, aligned to 4 MiB; NULL */
void *os_reserve(size_t bytes);
/*
 * The same for kernel mappings, aligned to what one top-level entry of 4 levels maps where
 * that is possible: then two windows differ in nothing but that entry.
 */
void *os_reserve_window(size_t bytes);
/* RAM bytes [offset, offset + bytes) at @at inside a reservation; false: failed */
bool os_ram_alias(void *at, int ram, unsigned long long offset, size_t bytes, bool writable);
bool os_unalias(void *at, size_t bytes);		/* back to no memory */
bool os_access(void *at, size_t bytes, bool allowed);	/* of mapped memory; false: failed */
void os_unmap(void *at, size_t bytes);
/* the first offset from @offset on that was ever touched; past the end: none */
unsigned long long os_ram_next_data(int ram, unsigned long long offset);

/* what is mapped in this process, by address */
struct os_map {
	unsigned long start, end;
	unsigned long long file;	/* of a loaded file: a hash of its name; else 0 */
	unsigned long file_start;	/* where its first mapping begins */
};
size_t os_maps_read(struct os_map *maps, size_t max);	/* how many */

/* threads that sleep; handles stay valid memory for ever */
void *os_thread_self(void);
void os_thread_prepare(void);
void os_thread_block(void);
void os_thread_wake(void *thread);
void os_yield(void);
void *os_stack_end(const void *here);	/* of this thread's stack; NULL: @here is not on it */

/* stacks that one thread switches between; the caller's own is one too */
struct os_fiber;
struct os_fiber *os_fiber_self(void);			/* NULL: no memory */
/* runs @fn on @stack when first switched to; @fn must not return; NULL */
struct os_fiber *os_fiber_create(void *stack, size_t bytes, void (*fn)(void *arg), void *arg);
void os_fiber_destroy(struct os_fiber *f);		/* not the current one; NULL is ignored */
/* @for_ever: nobody will switch back to @from */
void os_fiber_switch(struct os_fiber *from, struct os_fiber *to, bool for_ever);

/*
 * Accesses that fault are shown to @fn, on the stack of who did it: at which address, from
 * where, with which frame. True: it can be tried again. For all of the process, until
 * somebody else takes SIGSEGV; other faults go to whoever had them before. False: failed.
 */
typedef bool (*os_fault_fn)(unsigned long addr, bool is_write, unsigned long ip,
			    const unsigned long *frame);
bool os_catch_faults(os_fault_fn fn);

unsigned long long os_clock_ns(void);
void os_stderr(const char *text, size_t bytes);
void os_abort(void) __attribute__((noreturn));

#endif
