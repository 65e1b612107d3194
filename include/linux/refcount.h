/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_REFCOUNT_H
#define _LINUX_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/bug.h>

/*
 * A reference count never rises from 0 and never falls below it; either is a
 * use after free, and stops the machine in debug builds.
 */
typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

#define REFCOUNT_INIT(n)	{ .refs = ATOMIC_INIT(n) }

static inline void refcount_set(refcount_t *r, int n)
{
	atomic_set(&r->refs, n);
}

static inline unsigned int refcount_read(const refcount_t *r)
{
	return atomic_read(&r->refs);
}

static inline void refcount_add(int i, refcount_t *r)
{
	int old = atomic_fetch_add(i, &r->refs);

	mm_assert(old > 0);
	(void)old;
}

static inline void refcount_inc(refcount_t *r)
{
	refcount_add(1, r);
}

static inline bool __must_check refcount_inc_not_zero(refcount_t *r)
{
	return atomic_inc_not_zero(&r->refs);
}

static inline bool __must_check refcount_sub_and_test(int i, refcount_t *r)
{
	int left = atomic_sub_return(i, &r->refs);

	mm_assert(left >= 0);
	return left == 0;
}

static inline bool __must_check refcount_dec_and_test(refcount_t *r)
{
	return refcount_sub_and_test(1, r);
}

static inline void refcount_dec(refcount_t *r)
{
	int left = atomic_dec_return(&r->refs);

	mm_assert(left > 0);
	(void)left;
}

#endif
