/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

/*
 * The small things of every file: container_of, array sizes, rounding, and the
 * declarations of lib/vsprintf.c, lib/kstrtox.c and lib/cmdline.c.
 */
#include <linux/types.h>
#include <linux/align.h>
#include <linux/minmax.h>

/* An expression without variables, so that it nests; checks the type of ptr. */
#define container_of(ptr, type, member)					\
	((type *)((char *)(1 ? (ptr) :					\
			   (__typeof__(((type *)0)->member) *)0) -	\
		  offsetof(type, member)))

#define ARRAY_SIZE(a)							\
	(sizeof(a) / sizeof((a)[0]) +					\
	 BUILD_BUG_ON_ZERO(__same_type((a), &(a)[0])))

#define typeof_member(T, m)	__typeof__(((T *)0)->m)

#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define DIV_ROUND_CLOSEST(n, d)	(((n) + (d) / 2) / (d))
/* y must be a power of two */
#define round_up(x, y)		((((x) - 1) | ((__typeof__(x))((y) - 1))) + 1)
#define round_down(x, y)	((x) & ~((__typeof__(x))((y) - 1)))
#define rounddown(x, y)		((x) - ((x) % (y)))
#define roundup(x, y)		((((x) + ((y) - 1)) / (y)) * (y))

#undef abs
#define abs(x)								\
({									\
	__typeof__(x) __x = (x);					\
	__x < 0 ? -__x : __x;						\
})

#define upper_32_bits(n)	((u32)(((n) >> 16) >> 16))
#define lower_32_bits(n)	((u32)((n) & 0xffffffff))

#undef INT_MAX
#undef INT_MIN
#undef UINT_MAX
#undef LONG_MAX
#undef LONG_MIN
#undef ULONG_MAX
#undef LLONG_MAX
#undef LLONG_MIN
#undef ULLONG_MAX
#define INT_MAX		((int)(~0U >> 1))
#define INT_MIN		(-INT_MAX - 1)
#define UINT_MAX	(~0U)
#define LONG_MAX	((long)(~0UL >> 1))
#define LONG_MIN	(-LONG_MAX - 1L)
#define ULONG_MAX	(~0UL)
#define LLONG_MAX	((long long)(~0ULL >> 1))
#define LLONG_MIN	(-LLONG_MAX - 1LL)
#define ULLONG_MAX	(~0ULL)
#define U8_MAX		((u8)~0U)
#define U16_MAX		((u16)~0U)
#define U32_MAX		((u32)~0U)
#define S32_MAX		((s32)(U32_MAX >> 1))
#define U64_MAX		((u64)~0ULL)
#define S64_MAX		((s64)(U64_MAX >> 1))
#ifndef SIZE_MAX
#define SIZE_MAX	(~(size_t)0)
#endif
#ifndef SSIZE_MAX
#define SSIZE_MAX	((ssize_t)(SIZE_MAX >> 1))
#endif
#define PHYS_ADDR_MAX	(~(phys_addr_t)0)

#define swap(a, b)							\
do {									\
	__typeof__(a) __tmp = (a);					\
	(a) = (b);							\
	(b) = __tmp;							\
} while (0)

#define check_add_overflow(a, b, d)	__builtin_add_overflow(a, b, d)
#define check_sub_overflow(a, b, d)	__builtin_sub_overflow(a, b, d)
#define check_mul_overflow(a, b, d)	__builtin_mul_overflow(a, b, d)

/* Sizes that saturate at SIZE_MAX, which no allocator can satisfy. */
static inline size_t size_mul(size_t a, size_t b)
{
	size_t bytes;

	return __builtin_mul_overflow(a, b, &bytes) ? SIZE_MAX : bytes;
}

static inline size_t size_add(size_t a, size_t b)
{
	size_t bytes;

	return __builtin_add_overflow(a, b, &bytes) ? SIZE_MAX : bytes;
}

#define array_size(a, b)	size_mul(a, b)
#define struct_size(p, member, n)					\
	size_add(sizeof(*(p)), size_mul(sizeof(*(p)->member), n))

/*
 * Formatting: lib/vsprintf.c. The symbols carry a prefix, so that a process
 * that embeds Quire keeps its C library's functions.
 */
#undef vsnprintf
#undef snprintf
#undef sprintf
#undef vsprintf
#define vsnprintf	quire_vsnprintf
#define snprintf	quire_snprintf
#define sprintf		quire_sprintf
#define vsprintf	quire_vsprintf
__printf(3, 0) int vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
__printf(3, 4) int snprintf(char *buf, size_t size, const char *fmt, ...);
__printf(3, 0) int vscnprintf(char *buf, size_t size, const char *fmt, va_list args);
__printf(3, 4) int scnprintf(char *buf, size_t size, const char *fmt, ...);
__printf(2, 3) int sprintf(char *buf, const char *fmt, ...);
__printf(2, 0) int vsprintf(char *buf, const char *fmt, va_list args);

/* Text to numbers: lib/kstrtox.c. base 0 accepts 0x and 0 prefixes. */
int __must_check kstrtoull(const char *s, unsigned int base, unsigned long long *res);
int __must_check kstrtoll(const char *s, unsigned int base, long long *res);
int __must_check kstrtoul(const char *s, unsigned int base, unsigned long *res);
int __must_check kstrtol(const char *s, unsigned int base, long *res);
int __must_check kstrtouint(const char *s, unsigned int base, unsigned int *res);
int __must_check kstrtoint(const char *s, unsigned int base, int *res);
int __must_check kstrtobool(const char *s, bool *res);
unsigned long long simple_strtoull(const char *s, char **end, unsigned int base);
unsigned long simple_strtoul(const char *s, char **end, unsigned int base);
long simple_strtol(const char *s, char **end, unsigned int base);
long long simple_strtoll(const char *s, char **end, unsigned int base);

/* Kernel command line: lib/cmdline.c. */
unsigned long long memparse(const char *s, char **end);
int get_option(char **str, int *value);
char *get_options(const char *str, int nints, int *ints);
char *next_arg(char *args, char **param, char **val);
bool parse_option_str(const char *str, const char *option);

#endif
