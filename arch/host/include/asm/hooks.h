/* SPDX-License-Identifier: MIT */
/*
 * asm/hooks.h (host) - each thread keeps a copy of whether something is armed, in the
 * cache line that every allocation reads. A virtual CPU is always armed: it may have to
 * wait at each allocation.
 */
#ifndef ASM_HOST_HOOKS_H
#define ASM_HOST_HOOKS_H

#include <linux/types.h>
#include <asm/machine.h>

void host_hooks_changed(struct machine *machine);

#define arch_hooks_armed()	READ_ONCE(host_ctx.hooks_armed)
#define arch_hooks_changed(m)	host_hooks_changed(m)
#define arch_alloc_point()	host_sched_point(HOST_POINT_ALLOC)

#endif
