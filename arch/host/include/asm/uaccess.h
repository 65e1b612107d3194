/* SPDX-License-Identifier: MIT */
/*
 * asm/uaccess.h (host) - user memory of the mm that this CPU runs (host_use_mm()),
 * reached as the CPU would: TLB, table walk, fault. May sleep; bad addresses never
 * harm the caller. Lengths in bytes.
 */
#ifndef ASM_HOST_UACCESS_H
#define ASM_HOST_UACCESS_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <asm/pgtable.h>

/* bytes that could not be copied: 0 is success */
unsigned long __must_check copy_to_user(void __user *to, const void *from, unsigned long n);
unsigned long __must_check copy_from_user(void *to, const void __user *from, unsigned long n);
/* what could not be copied stays as it was: for memory that is somebody's already */
unsigned long __must_check raw_copy_from_user(void *to, const void __user *from, unsigned long n);
unsigned long __must_check clear_user(void __user *to, unsigned long n);
/* length without the terminator, @count when there is none in @count bytes, or -EFAULT */
long __must_check strncpy_from_user(char *dst, const char __user *src, long count);
/* length with the terminator, a larger value than @count when too long, 0 on a fault */
long strnlen_user(const char __user *s, long count);

static inline bool access_ok(const void __user *addr, unsigned long n)
{
	return n <= TASK_SIZE_MAX && (unsigned long)addr <= TASK_SIZE_MAX - n;
}

/* 0 or -EFAULT */
#define put_user(x, ptr)						\
({									\
	__typeof__(*(ptr)) __pu_val = (x);				\
	copy_to_user((ptr), &__pu_val, sizeof(__pu_val)) ? -EFAULT : 0; \
})

#define get_user(x, ptr)						\
({									\
	__typeof__(*(ptr)) __gu_val;					\
	int __gu_err = copy_from_user(&__gu_val, (ptr), sizeof(__gu_val)) ? \
		-EFAULT : 0;						\
	(x) = __gu_err ? (__typeof__(*(ptr)))0 : __gu_val;		\
	__gu_err;							\
})

#endif
