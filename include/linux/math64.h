/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_MATH64_H
#define _LINUX_MATH64_H

/*
 * 64-bit division that also builds where the machine has none: there the
 * compiler would call a library that a kernel does not have.
 */
#include <linux/types.h>

/* Bit by bit, for any machine: lib/div64.c. */
u64 div64_u64_rem_bitwise(u64 dividend, u64 divisor, u64 *remainder);

static inline u64 div64_u64_rem(u64 dividend, u64 divisor, u64 *remainder)
{
#if BITS_PER_LONG == 64
	*remainder = dividend % divisor;
	return dividend / divisor;
#else
	return div64_u64_rem_bitwise(dividend, divisor, remainder);
#endif
}

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	u64 remainder;

	return div64_u64_rem(dividend, divisor, &remainder);
}

static inline u64 div_u64_rem(u64 dividend, u32 divisor, u32 *remainder)
{
	u64 rest, quotient = div64_u64_rem(dividend, divisor, &rest);

	*remainder = (u32)rest;
	return quotient;
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return div64_u64(dividend, divisor);
}

static inline s64 div_s64(s64 dividend, s32 divisor)
{
	u64 a = dividend < 0 ? -(u64)dividend : (u64)dividend;
	u64 b = divisor < 0 ? -(u64)divisor : (u64)divisor;
	u64 q = div64_u64(a, b);

	return (dividend < 0) != (divisor < 0) ? -q : q;
}

static inline u64 mul_u32_u32(u32 a, u32 b)
{
	return (u64)a * b;
}

/* (a * mul) >> shift without losing the upper bits; shift is 0..63. */
static inline u64 mul_u64_u32_shr(u64 a, u32 mul, unsigned int shift)
{
	u64 low = mul_u32_u32((u32)a, mul);
	u64 high = mul_u32_u32((u32)(a >> 32), mul) + (low >> 32);

	low &= 0xffffffffULL;
	if (shift >= 32)
		return high >> (shift - 32);
	return (high << (32 - shift)) + (low >> shift);
}

/* a * b / c with a 128-bit product: lib/div64.c. The quotient must fit. */
u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 c);

/* n becomes the quotient, the value is the remainder. */
#define do_div(n, base)							\
({									\
	u32 __do_div_rem;						\
	(n) = div_u64_rem(n, base, &__do_div_rem);			\
	__do_div_rem;							\
})

#define DIV64_U64_ROUND_UP(n, d)	div64_u64((n) + (d) - 1, d)
#define DIV_ROUND_UP_ULL(n, d)		div64_u64((u64)(n) + (d) - 1, d)

#endif
