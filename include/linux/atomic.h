/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

/*
 * Atomic integers and memory barriers on the compiler's __atomic builtins.
 *
 * Ordering is Linux's: an operation that returns a value orders everything
 * before and after it; one that returns nothing orders nothing; the _acquire,
 * _release and _relaxed forms say what they give. A failed conditional
 * operation orders nothing.
 */
#include <linux/types.h>

#define smp_mb()		__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb()		__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb()		__atomic_thread_fence(__ATOMIC_RELEASE)
#define smp_mb__before_atomic()	smp_mb()
#define smp_mb__after_atomic()	smp_mb()
#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define smp_store_mb(var, v)	__atomic_store_n(&(var), v, __ATOMIC_SEQ_CST)

#define xchg(p, v)		__atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define xchg_acquire(p, v)	__atomic_exchange_n(p, v, __ATOMIC_ACQUIRE)
#define xchg_release(p, v)	__atomic_exchange_n(p, v, __ATOMIC_RELEASE)

/* Returns what *p held before: equal to old when the exchange took place. */
#define __cmpxchg_order(p, old, val, order)				\
({									\
	__typeof__(*(p)) __cx_old = (old);				\
	__atomic_compare_exchange_n(p, &__cx_old, val, false, order,	\
				    __ATOMIC_RELAXED);			\
	__cx_old;							\
})
#define cmpxchg(p, old, val)	__cmpxchg_order(p, old, val, __ATOMIC_SEQ_CST)
#define cmpxchg_acquire(p, old, val) __cmpxchg_order(p, old, val, __ATOMIC_ACQUIRE)
#define cmpxchg_release(p, old, val) __cmpxchg_order(p, old, val, __ATOMIC_RELEASE)
#define cmpxchg64(p, old, val)	cmpxchg(p, old, val)
/* True when the exchange took place; otherwise *oldp gets what was there. */
#define try_cmpxchg(p, oldp, val)					\
	__atomic_compare_exchange_n(p, oldp, val, false,		\
				    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)

#define ATOMIC_INIT(i)		{ (i) }
#define ATOMIC64_INIT(i)	{ (i) }
#define ATOMIC_LONG_INIT(i)	{ (i) }

/* The three widths have the same functions: A is the name, C the C type. */
#define DEFINE_ATOMIC_OPS(A, T, C)					\
static inline C A##_read(const T *v)					\
{									\
	return __atomic_load_n(&v->counter, __ATOMIC_RELAXED);		\
}									\
static inline C A##_read_acquire(const T *v)				\
{									\
	return __atomic_load_n(&v->counter, __ATOMIC_ACQUIRE);		\
}									\
static inline void A##_set(T *v, C i)					\
{									\
	__atomic_store_n(&v->counter, i, __ATOMIC_RELAXED);		\
}									\
static inline void A##_set_release(T *v, C i)				\
{									\
	__atomic_store_n(&v->counter, i, __ATOMIC_RELEASE);		\
}									\
static inline void A##_add(C i, T *v)					\
{									\
	__atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED);		\
}									\
static inline void A##_sub(C i, T *v)					\
{									\
	__atomic_fetch_sub(&v->counter, i, __ATOMIC_RELAXED);		\
}									\
static inline void A##_inc(T *v)					\
{									\
	__atomic_fetch_add(&v->counter, 1, __ATOMIC_RELAXED);		\
}									\
static inline void A##_dec(T *v)					\
{									\
	__atomic_fetch_sub(&v->counter, 1, __ATOMIC_RELAXED);		\
}									\
static inline void A##_and(C i, T *v)					\
{									\
	__atomic_fetch_and(&v->counter, i, __ATOMIC_RELAXED);		\
}									\
static inline void A##_andnot(C i, T *v)				\
{									\
	__atomic_fetch_and(&v->counter, ~i, __ATOMIC_RELAXED);		\
}									\
static inline void A##_or(C i, T *v)					\
{									\
	__atomic_fetch_or(&v->counter, i, __ATOMIC_RELAXED);		\
}									\
static inline C A##_add_return(C i, T *v)				\
{									\
	return __atomic_add_fetch(&v->counter, i, __ATOMIC_SEQ_CST);	\
}									\
static inline C A##_add_return_relaxed(C i, T *v)			\
{									\
	return __atomic_add_fetch(&v->counter, i, __ATOMIC_RELAXED);	\
}									\
static inline C A##_sub_return(C i, T *v)				\
{									\
	return __atomic_sub_fetch(&v->counter, i, __ATOMIC_SEQ_CST);	\
}									\
static inline C A##_inc_return(T *v)					\
{									\
	return __atomic_add_fetch(&v->counter, 1, __ATOMIC_SEQ_CST);	\
}									\
static inline C A##_dec_return(T *v)					\
{									\
	return __atomic_sub_fetch(&v->counter, 1, __ATOMIC_SEQ_CST);	\
}									\
static inline C A##_fetch_add(C i, T *v)				\
{									\
	return __atomic_fetch_add(&v->counter, i, __ATOMIC_SEQ_CST);	\
}									\
static inline C A##_fetch_add_acquire(C i, T *v)			\
{									\
	return __atomic_fetch_add(&v->counter, i, __ATOMIC_ACQUIRE);	\
}									\
static inline C A##_fetch_sub(C i, T *v)				\
{									\
	return __atomic_fetch_sub(&v->counter, i, __ATOMIC_SEQ_CST);	\
}									\
static inline C A##_fetch_sub_release(C i, T *v)			\
{									\
	return __atomic_fetch_sub(&v->counter, i, __ATOMIC_RELEASE);	\
}									\
static inline C A##_fetch_inc(T *v)					\
{									\
	return __atomic_fetch_add(&v->counter, 1, __ATOMIC_SEQ_CST);	\
}									\
static inline C A##_fetch_or(C i, T *v)					\
{									\
	return __atomic_fetch_or(&v->counter, i, __ATOMIC_SEQ_CST);	\
}									\
static inline C A##_fetch_and(C i, T *v)				\
{									\
	return __atomic_fetch_and(&v->counter, i, __ATOMIC_SEQ_CST);	\
}									\
static inline C A##_fetch_andnot(C i, T *v)				\
{									\
	return __atomic_fetch_and(&v->counter, ~i, __ATOMIC_SEQ_CST);	\
}									\
static inline C A##_xchg(T *v, C i)					\
{									\
	return __atomic_exchange_n(&v->counter, i, __ATOMIC_SEQ_CST);	\
}									\
static inline C A##_cmpxchg(T *v, C old, C val)				\
{									\
	return cmpxchg(&v->counter, old, val);				\
}									\
static inline bool A##_try_cmpxchg(T *v, C *old, C val)			\
{									\
	return try_cmpxchg(&v->counter, old, val);			\
}									\
static inline bool A##_try_cmpxchg_acquire(T *v, C *old, C val)		\
{									\
	return __atomic_compare_exchange_n(&v->counter, old, val, false, \
				__ATOMIC_ACQUIRE, __ATOMIC_RELAXED);	\
}									\
static inline bool A##_try_cmpxchg_release(T *v, C *old, C val)		\
{									\
	return __atomic_compare_exchange_n(&v->counter, old, val, false, \
				__ATOMIC_RELEASE, __ATOMIC_RELAXED);	\
}									\
static inline bool A##_inc_and_test(T *v)				\
{									\
	return A##_inc_return(v) == 0;					\
}									\
static inline bool A##_dec_and_test(T *v)				\
{									\
	return A##_dec_return(v) == 0;					\
}									\
static inline bool A##_sub_and_test(C i, T *v)				\
{									\
	return A##_sub_return(i, v) == 0;				\
}									\
static inline bool A##_add_negative(C i, T *v)				\
{									\
	return A##_add_return(i, v) < 0;				\
}									\
/* Add i unless the value is u; returns what the value was. */		\
static inline C A##_fetch_add_unless(T *v, C i, C u)			\
{									\
	C old = A##_read(v);						\
									\
	do {								\
		if (old == u)						\
			break;						\
	} while (!A##_try_cmpxchg(v, &old, old + i));			\
	return old;							\
}									\
static inline bool A##_add_unless(T *v, C i, C u)			\
{									\
	return A##_fetch_add_unless(v, i, u) != u;			\
}									\
static inline bool A##_inc_not_zero(T *v)				\
{									\
	return A##_fetch_add_unless(v, 1, 0) != 0;			\
}									\
/* Decrement unless that would go below 0; returns the value minus 1. */ \
static inline C A##_dec_if_positive(T *v)				\
{									\
	C old = A##_read(v);						\
									\
	do {								\
		if (old <= 0)						\
			break;						\
	} while (!A##_try_cmpxchg(v, &old, old - 1));			\
	return old - 1;							\
}

DEFINE_ATOMIC_OPS(atomic, atomic_t, int)
DEFINE_ATOMIC_OPS(atomic64, atomic64_t, s64)
DEFINE_ATOMIC_OPS(atomic_long, atomic_long_t, long)

#endif
