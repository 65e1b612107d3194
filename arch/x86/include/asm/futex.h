/* SPDX-License-Identifier: MIT */
/* asm/futex.h (x86) - an atomic exchange in user memory that may fault. */
#ifndef ASM_X86_FUTEX_H
#define ASM_X86_FUTEX_H

#include <asm/uaccess.h>

/**
 * cmpxchg_user_u32() - write @new to @uaddr when it holds *@old; *@old gets what was there.
 * Context: thread, may fault. Return: 0 or -EFAULT.
 */
static inline int cmpxchg_user_u32(u32 __user *uaddr, u32 *old, u32 new)
{
	u32 seen = *old;
	int err = 0;

	if (!access_ok(uaddr, sizeof(*uaddr)))
		return -EFAULT;
	asm volatile(ASM_STAC
		     "1: lock cmpxchgl %3, %1\n"
		     "2:\n" ASM_CLAC
		     " .pushsection .text.fixup, \"ax\"\n"
		     "3: movl %4, %0\n"
		     " jmp 2b\n"
		     " .popsection\n"
		     _ASM_EXTABLE(1b, 3b)
		     : "+r"(err), "+m"(*uaddr), "+a"(seen)
		     : "r"(new), "i"(-EFAULT) : "memory", "cc");
	*old = seen;
	return err;
}

#endif
