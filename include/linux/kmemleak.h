/* SPDX-License-Identifier: MIT */
/* kmemleak.h - memory that nobody knows any more: mm/debug/kmemleak.c. */
#ifndef LINUX_KMEMLEAK_H
#define LINUX_KMEMLEAK_H

#include <linux/types.h>
#include <linux/compiler.h>

struct seq_file;

/*
 * All do nothing where it is off. @min_count: so many addresses of it have to be found, or
 * it is a leak; 0: it is none, and holds addresses; KMEMLEAK_BLACK: it is none, and nobody
 * looks into it.
 */
#define KMEMLEAK_GREY	0
#define KMEMLEAK_BLACK	(-1)

void kmemleak_alloc(const void *ptr, size_t size, int min_count, gfp_t gfp);
void kmemleak_free(const void *ptr);
void kmemleak_not_leak(const void *ptr);	/* it is in use, whoever knows it */
void kmemleak_ignore(const void *ptr);		/* the same, and it holds no addresses */
void kmemleak_no_scan(const void *ptr);		/* it holds no addresses */
void kmemleak_scan_area(const void *ptr, size_t size, gfp_t gfp);	/* there alone it does */
void kmemleak_update_trace(const void *ptr);	/* the caller has it from now on */
void kmemleak_stack(const void *ptr, bool in_use);	/* a thread's */

/* forget an address that is no use */
static inline void kmemleak_erase(void **ptr)
{
	*ptr = NULL;
}

/* --- kernel/kmemleak.c ------------------------------------------------------------------- */
void kmemleak_thread_init(void);
void kmemleak_thread_wake(void);

/* --- for the port ---------------------------------------------------------------------- */
/* memory that is in no allocator and holds addresses; boot */
void kmemleak_add_root(const void *start, const void *end);
unsigned int kmemleak_scan(void);
u64 kmemleak_wait_ns(bool first);	/* until the next scan; ~0: when it is asked for */
void kmemleak_show(struct seq_file *m);
int __must_check kmemleak_command(const char *text);

#endif
