/* SPDX-License-Identifier: MIT */
/* asm/failpoint.h (host) - a test says which allocation fails: host_fail_nth(). */
#ifndef ASM_HOST_FAILPOINT_H
#define ASM_HOST_FAILPOINT_H

#include <linux/types.h>
#include <asm/machine.h>

bool host_fail_point(void);

/*
 * fail_point() has something to do: an allocation to come is to fail, or this is a virtual
 * CPU that may have to wait. Cheap enough for every call; changes while nobody allocates.
 */
static inline bool fail_point_armed(void)
{
	return host_ctx.fail_armed;
}

static inline bool fail_point(void)
{
	host_sched_point(HOST_POINT_ALLOC);
	return host_ctx.fail_armed && host_fail_point();
}

#endif
