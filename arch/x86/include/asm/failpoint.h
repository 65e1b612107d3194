/* SPDX-License-Identifier: MIT */
/* asm/failpoint.h (x86) - memory fails when there is none, never on request. */
#ifndef ASM_X86_FAILPOINT_H
#define ASM_X86_FAILPOINT_H

#include <linux/types.h>

static inline bool fail_point(void)
{
	return false;
}

static inline bool fail_point_armed(void)
{
	return false;
}

#endif
