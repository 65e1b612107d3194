/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_LOG2_H
#define _LINUX_LOG2_H

#include <linux/bitops.h>

/* Powers of two. ilog2() and friends fold to constants; n must not be 0. */
#define ilog2(n)							\
	(sizeof(n) <= 4 ? 31 - __builtin_clz((u32)(n)) :		\
	 63 - __builtin_clzll((u64)(n)))
#define order_base_2(n)		((n) > 1 ? ilog2((u64)(n) - 1) + 1 : 0)
#define is_power_of_2(n)	((n) != 0 && (((n) & ((n) - 1)) == 0))
#define roundup_pow_of_two(n)	\
	((n) == 1 ? 1UL : 1UL << (ilog2((unsigned long)(n) - 1) + 1))
#define rounddown_pow_of_two(n)	(1UL << ilog2((unsigned long)(n)))

#endif
