// SPDX-License-Identifier: MIT
/*
 * Division of 64 bits where the machine divides fewer, and of 128 by 64.
 *
 * Both are the long division of school, in binary: shift the next bit of the
 * dividend into the remainder and subtract the divisor when it fits. A divisor
 * of 0 is a bug of the caller, as it is for the machine's own division.
 *
 *   V1  dividend == quotient * divisor + remainder, remainder < divisor
 */
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/math64.h>

/**
 * div64_u64_rem_bitwise() - 64 by 64 bits without a division instruction.
 * Locks:   none.
 * Context: any.
 * Return:  the quotient; the remainder in *@remainder.
 */
u64 div64_u64_rem_bitwise(u64 dividend, u64 divisor, u64 *remainder)
{
	u64 quotient = 0;
	int shift;

	mm_bug_on(!divisor);
	shift = fls64(dividend) - fls64(divisor);
	for (; shift >= 0; shift--) {
		if (dividend >> shift >= divisor) {
			dividend -= divisor << shift;
			quotient |= 1ULL << shift;
		}
	}
	mm_assert(dividend < divisor);					/* V1 */
	*remainder = dividend;
	return quotient;
}

/**
 * mul_u64_u64_div_u64() - @a * @b / @c with a product of 128 bits.
 * Locks:   none.
 * Context: any.
 * Return:  the quotient, modulo 2^64 if it is larger.
 */
u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 c)
{
	u64 mid1 = mul_u32_u32((u32)a, (u32)(b >> 32));
	u64 mid2 = mul_u32_u32((u32)(a >> 32), (u32)b);
	u64 low = mul_u32_u32((u32)a, (u32)b);
	u64 carry = (low >> 32) + (u32)mid1 + (u32)mid2;
	u64 high = mul_u32_u32((u32)(a >> 32), (u32)(b >> 32)) + (mid1 >> 32) + (mid2 >> 32) +
		   (carry >> 32);
	u64 quotient = 0, rem;
	int bit;

	mm_bug_on(!c);
	low = (carry << 32) | (u32)low;
	if (!high)
		return div64_u64(low, c);
	div64_u64_rem(high, c, &rem);
	for (bit = 63; bit >= 0; bit--) {
		bool top = rem >> 63;

		rem = (rem << 1) | ((low >> bit) & 1);
		if (top || rem >= c) {
			rem -= c;
			quotient |= 1ULL << bit;
		}
	}
	return quotient;
}
