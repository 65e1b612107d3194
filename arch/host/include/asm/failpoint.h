/* SPDX-License-Identifier: MIT */
/* asm/failpoint.h (host) - a test says which allocation fails: host_fail_nth(). */
#ifndef ASM_HOST_FAILPOINT_H
#define ASM_HOST_FAILPOINT_H

#include <linux/types.h>

bool host_fail_point(void);

static inline bool fail_point(void)
{
	return host_fail_point();
}

#endif
