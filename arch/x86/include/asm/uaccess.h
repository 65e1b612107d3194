/* SPDX-License-Identifier: MIT */
/*
 * asm/uaccess.h (x86-64) - user memory from the kernel. Each access may fault and
 * therefore sleep; a fault that cannot be resolved ends at a fix-up, never in an oops.
 * Nothing here trusts the address: what is not wholly below TASK_SIZE_MAX fails.
 *
 * Return: copy_*_user and clear_user: bytes NOT done; get_user, put_user: 0 or
 * -EFAULT; strncpy_from_user: length without the 0, or size when none was found,
 * or -EFAULT; strnlen_user: length WITH the 0, size + 1 (or more) when too long,
 * 0 on a fault.
 */
#ifndef ASM_X86_UACCESS_H
#define ASM_X86_UACCESS_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <asm/pgtable.h>

/* One way out of a faulting instruction; both relative to their own field. */
struct exception_table_entry {
	s32 insn, fixup;
};

#define _ASM_EXTABLE(from, to)						\
	" .pushsection __ex_table, \"a\"\n"				\
	" .balign 4\n"							\
	" .long (" #from ") - .\n"					\
	" .long (" #to ") - .\n"					\
	" .popsection\n"

/* STAC and CLAC are NOPs until trap_init() finds SMAP and patches all of them. */
#define _ASM_SMAP(bytes)						\
	"771: .byte 0x0f, 0x1f, 0x00\n"					\
	" .pushsection " bytes ", \"a\"\n"				\
	" .balign 4\n"							\
	" .long 771b - .\n"						\
	" .popsection\n"
#define ASM_STAC	_ASM_SMAP("smap_stac")
#define ASM_CLAC	_ASM_SMAP("smap_clac")

static inline bool __access_ok(unsigned long addr, unsigned long size)
{
	return size <= TASK_SIZE_MAX && addr <= TASK_SIZE_MAX - size;
}
#define access_ok(addr, size)	likely(__access_ok((unsigned long)(addr), (size)))

unsigned long __must_check __arch_copy_user(void *to, const void *from, unsigned long n);
unsigned long __must_check __arch_clear_user(void __user *to, unsigned long n);

static __always_inline unsigned long __must_check
__copy_from_user(void *to, const void __user *from, unsigned long n)
{
	return __arch_copy_user(to, (const void __force *)from, n);
}

static __always_inline unsigned long __must_check
__copy_to_user(void __user *to, const void *from, unsigned long n)
{
	return __arch_copy_user((void __force *)to, from, n);
}

/* what could not be copied reads as zero, so that no stale kernel data is used */
unsigned long __must_check copy_from_user(void *to, const void __user *from, unsigned long n);
/* what could not be copied stays as it was: for memory that is somebody's already */
unsigned long __must_check raw_copy_from_user(void *to, const void __user *from, unsigned long n);
unsigned long __must_check copy_to_user(void __user *to, const void *from, unsigned long n);
unsigned long __must_check clear_user(void __user *to, unsigned long n);
long __must_check strncpy_from_user(char *dst, const char __user *src, long size);
long __must_check strnlen_user(const char __user *src, long size);

#define __get_user_asm(x, ptr, err, suffix, reg, ctype)			\
do {									\
	unsigned long __gu_bits = 0;					\
									\
	asm volatile(ASM_STAC						\
		     "1: mov" suffix " %2, %" reg "1\n"			\
		     "2:\n" ASM_CLAC					\
		     " .pushsection .text.fixup, \"ax\"\n"		\
		     "3: movl %3, %0\n"					\
		     " xorl %k1, %k1\n"					\
		     " jmp 2b\n"					\
		     " .popsection\n"					\
		     _ASM_EXTABLE(1b, 3b)				\
		     : "+r"(err), "=&r"(__gu_bits)			\
		     : "m"(*(const volatile ctype *)(ptr)), "i"(-EFAULT)); \
	(x) = (ctype)__gu_bits;						\
} while (0)

#define __put_user_asm(x, ptr, err, suffix, reg, ctype)			\
	asm volatile(ASM_STAC						\
		     "1: mov" suffix " %" reg "1, %2\n"			\
		     "2:\n" ASM_CLAC					\
		     " .pushsection .text.fixup, \"ax\"\n"		\
		     "3: movl %3, %0\n"					\
		     " jmp 2b\n"					\
		     " .popsection\n"					\
		     _ASM_EXTABLE(1b, 3b)				\
		     : "+r"(err)					\
		     : "r"((ctype)(x)), "m"(*(volatile ctype *)(ptr)), "i"(-EFAULT) \
		     : "memory")

/* the integer type of the same size */
#define __uint_of(x)							\
	__typeof__(__builtin_choose_expr(sizeof(x) == 1, (u8)0,		\
		   __builtin_choose_expr(sizeof(x) == 2, (u16)0,	\
		   __builtin_choose_expr(sizeof(x) == 4, (u32)0, 0ul))))

#define __get_user(x, ptr)						\
({									\
	int __gu_err = 0;						\
	__uint_of(*(ptr)) __gu_val;					\
	BUILD_BUG_ON(sizeof(*(ptr)) > 8 || (sizeof(*(ptr)) & (sizeof(*(ptr)) - 1))); \
									\
	switch (sizeof(*(ptr))) {					\
	case 1:								\
		__get_user_asm(__gu_val, ptr, __gu_err, "b", "b", u8);	\
		break;							\
	case 2:								\
		__get_user_asm(__gu_val, ptr, __gu_err, "w", "w", u16);	\
		break;							\
	case 4:								\
		__get_user_asm(__gu_val, ptr, __gu_err, "l", "k", u32);	\
		break;							\
	default:							\
		__get_user_asm(__gu_val, ptr, __gu_err, "q", "q", u64);	\
		break;							\
	}								\
	(x) = (__force __typeof__(*(ptr)))__gu_val;			\
	__gu_err;							\
})

#define __put_user(x, ptr)						\
({									\
	int __pu_err = 0;						\
	__typeof__(*(ptr)) __pu_typed = (x);				\
	__uint_of(*(ptr)) __pu_val = (__uint_of(*(ptr)))__pu_typed;	\
	BUILD_BUG_ON(sizeof(*(ptr)) > 8 || (sizeof(*(ptr)) & (sizeof(*(ptr)) - 1))); \
									\
	switch (sizeof(*(ptr))) {					\
	case 1:								\
		__put_user_asm(__pu_val, ptr, __pu_err, "b", "b", u8);	\
		break;							\
	case 2:								\
		__put_user_asm(__pu_val, ptr, __pu_err, "w", "w", u16);	\
		break;							\
	case 4:								\
		__put_user_asm(__pu_val, ptr, __pu_err, "l", "k", u32);	\
		break;							\
	default:							\
		__put_user_asm(__pu_val, ptr, __pu_err, "q", "q", u64);	\
		break;							\
	}								\
	__pu_err;							\
})

#define get_user(x, ptr)						\
({									\
	__typeof__(ptr) __gup = (ptr);					\
	int __gur = -EFAULT;						\
									\
	if (access_ok(__gup, sizeof(*__gup)))				\
		__gur = __get_user(x, __gup);				\
	else								\
		(x) = (__typeof__(*__gup))0;				\
	__gur;								\
})

#define put_user(x, ptr)						\
({									\
	__typeof__(*(ptr)) __user *__pup = (ptr);			\
	__typeof__(*(ptr)) __puv = (x);					\
	int __pur = -EFAULT;						\
									\
	if (access_ok(__pup, sizeof(*__pup)))				\
		__pur = __put_user(__puv, __pup);			\
	__pur;								\
})

#endif
