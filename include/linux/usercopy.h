/* SPDX-License-Identifier: MIT */
/* usercopy.h - what of a slab object may go to or come from user memory: mm/slab/usercopy.c. */
#ifndef LINUX_USERCOPY_H
#define LINUX_USERCOPY_H

#include <linux/types.h>

#ifdef CONFIG_DEBUG_MM
void __check_object_size(const void *ptr, unsigned long n, bool to_user);
#else
static inline void __check_object_size(const void *ptr, unsigned long n, bool to_user) { }
#endif

/* Ports call it first in copy_to_user() and copy_from_user(). */
static inline void check_object_size(const void *ptr, unsigned long n, bool to_user)
{
	__check_object_size(ptr, n, to_user);
}

#endif
