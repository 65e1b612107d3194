/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_MINMAX_H
#define _LINUX_MINMAX_H

#include <linux/compiler.h>

/*
 * min() and max() evaluate each argument once and refuse two types, as the
 * comparison of a signed with an unsigned value is a classical bug; the _t
 * forms convert both to the type named. The variables have unique names, so
 * that the macros nest.
 */
#define __pick(type_a, type_b, a, b, op, ua, ub)			\
({									\
	type_a ua = (type_a)(a);					\
	type_b ub = (type_b)(b);					\
	(void)(&ua == &ub);						\
	ua op ub ? ua : ub;						\
})

#define min(a, b)	__pick(__typeof__(a), __typeof__(b), a, b, <,	\
			       __UNIQUE_ID(min), __UNIQUE_ID(min))
#define max(a, b)	__pick(__typeof__(a), __typeof__(b), a, b, >,	\
			       __UNIQUE_ID(max), __UNIQUE_ID(max))
#define min_t(type, a, b) __pick(type, type, a, b, <,			\
				 __UNIQUE_ID(min), __UNIQUE_ID(min))
#define max_t(type, a, b) __pick(type, type, a, b, >,			\
				 __UNIQUE_ID(max), __UNIQUE_ID(max))

/* For constant expressions: array sizes, initialisers. */
#define MIN_CONST(a, b)		((a) < (b) ? (a) : (b))
#define MAX_CONST(a, b)		((a) > (b) ? (a) : (b))

#define clamp_t(type, val, lo, hi)	min_t(type, max_t(type, val, lo), hi)
#define clamp(val, lo, hi)		clamp_t(__typeof__(val), val, lo, hi)
#define clamp_val(val, lo, hi)		clamp_t(__typeof__(val), val, lo, hi)

#define __pick_not_zero(a, b, ua, ub)					\
({									\
	__typeof__(a) ua = (a);						\
	__typeof__(b) ub = (b);						\
	ua == 0 ? ub : ub == 0 || ua < ub ? ua : ub;			\
})
#define min_not_zero(a, b)						\
	__pick_not_zero(a, b, __UNIQUE_ID(mnz), __UNIQUE_ID(mnz))

#define min3(a, b, c)		min(min(a, b), c)
#define max3(a, b, c)		max(max(a, b), c)

#endif
