/* SPDX-License-Identifier: MIT */
/*
 * sched/mm.h - scopes: what a task's allocations may do until the scope ends, whatever
 * flags are passed. A scope is entered and left by the task itself, nests, and is not
 * inherited by fork.
 *
 *	unsigned int old = memalloc_nofs_save();
 *	...			GFP_KERNEL means GFP_NOFS
 *	memalloc_nofs_restore(old);
 */
#ifndef _LINUX_SCHED_MM_H
#define _LINUX_SCHED_MM_H

#include <linux/types.h>
#include <linux/gfp.h>
#include <mm/machine.h>
#include <mm/port.h>

#define PF_MEMALLOC		0x00000800u	/* wins memory back: has all, reclaims nothing */
#define PF_MEMALLOC_NOFS	0x00040000u	/* without __GFP_FS */
#define PF_MEMALLOC_NOIO	0x00080000u	/* without __GFP_IO and __GFP_FS */
#define PF_MEMALLOC_PIN		0x10000000u	/* without __GFP_MOVABLE: the pages will stay */
#define PF_MEMALLOC_SCOPES	(PF_MEMALLOC | PF_MEMALLOC_NOFS | PF_MEMALLOC_NOIO | \
				 PF_MEMALLOC_PIN)

static inline unsigned int memalloc_scope_save(unsigned int flag)
{
	unsigned int *flags = port_self_flags(), old = *flags & flag;

	*flags |= flag;
	return old;
}

static inline void memalloc_scope_restore(unsigned int flag, unsigned int old)
{
	unsigned int *flags = port_self_flags();

	*flags = (*flags & ~flag) | old;
}

static inline unsigned int memalloc_noio_save(void)
{
	return memalloc_scope_save(PF_MEMALLOC_NOIO);
}
static inline void memalloc_noio_restore(unsigned int old)
{
	memalloc_scope_restore(PF_MEMALLOC_NOIO, old);
}
static inline unsigned int memalloc_nofs_save(void)
{
	return memalloc_scope_save(PF_MEMALLOC_NOFS);
}
static inline void memalloc_nofs_restore(unsigned int old)
{
	memalloc_scope_restore(PF_MEMALLOC_NOFS, old);
}
static inline unsigned int memalloc_noreclaim_save(void)
{
	return memalloc_scope_save(PF_MEMALLOC);
}
static inline void memalloc_noreclaim_restore(unsigned int old)
{
	memalloc_scope_restore(PF_MEMALLOC, old);
}

/* The shortest way of alloc_pages() asks only whether some task is special. */
static inline unsigned int memalloc_pin_save(void)
{
	unsigned int old = memalloc_scope_save(PF_MEMALLOC_PIN);

	if (!old)
		atomic_inc(&this_machine()->special_tasks);
	return old;
}
static inline void memalloc_pin_restore(unsigned int old)
{
	if (!old)
		atomic_dec(&this_machine()->special_tasks);
	memalloc_scope_restore(PF_MEMALLOC_PIN, old);
}

/* What @gfp means in the calling task's scopes. */
static inline gfp_t current_gfp_context(gfp_t gfp)
{
	unsigned int flags = *port_self_flags() & PF_MEMALLOC_SCOPES;

	if (__builtin_expect(!flags, 1))
		return gfp;
	if (flags & PF_MEMALLOC_NOIO)
		gfp &= ~(__GFP_IO | __GFP_FS);
	else if (flags & PF_MEMALLOC_NOFS)
		gfp &= ~__GFP_FS;
	if (flags & PF_MEMALLOC_PIN)
		gfp &= ~__GFP_MOVABLE;
	return gfp;
}

#endif
