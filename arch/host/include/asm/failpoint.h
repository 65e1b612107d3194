/* SPDX-License-Identifier: MIT */
/* asm/failpoint.h (host) - a test says which allocation fails: host_fail_nth(). */
#ifndef ASM_HOST_FAILPOINT_H
#define ASM_HOST_FAILPOINT_H

#include <asm/machine.h>

bool host_fail_point(void);

static inline bool fail_point(void)
{
	host_sched_point(HOST_POINT_ALLOC);
	return host_fail_point();
}

#endif
