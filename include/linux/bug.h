/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

/*
 * What happens when an invariant does not hold.
 *
 *   mm_bug_on(c)       always compiled in: damage that must not spread
 *   mm_assert(c)       CONFIG_DEBUG_MM: the caller broke a rule
 *   mm_assert_slow(c)  CONFIG_DEBUG_MM_SLOW: walks a structure to find out
 *   WARN_ON(c)         says so and goes on; its value is the condition
 *   WARN_ON_ONCE(c)    the same, reported once per place
 *
 * A condition that is compiled out is still checked by the compiler, and not
 * evaluated. How a bug is reported is the port's matter: a booted kernel
 * prints registers and a backtrace and stops, a hosted machine fails the test.
 */
#include <linux/types.h>

void __noreturn __cold port_bug(const char *file, int line, const char *expr);
void __cold port_warn(const char *file, int line, const char *expr);
/* As port_warn(), and silent when this file and line was reported before. */
void __cold port_warn_once(const char *file, int line, const char *expr);

#define mm_bug_on(cond)							\
do {									\
	if (unlikely(cond))						\
		port_bug(__FILE__, __LINE__, #cond);			\
} while (0)

#define mm_check_compiled(cond)	((void)sizeof(!!(cond)))

/* mm_assert(x) states what must hold; it fails when x is false. */
#define mm_assert_now(cond)						\
do {									\
	if (unlikely(!(cond)))						\
		port_bug(__FILE__, __LINE__, #cond);			\
} while (0)

#ifdef CONFIG_DEBUG_MM
#define mm_assert(cond)		mm_assert_now(cond)
#else
#define mm_assert(cond)		mm_check_compiled(cond)
#endif

#ifdef CONFIG_DEBUG_MM_SLOW
#define mm_assert_slow(cond)	mm_assert_now(cond)
#else
#define mm_assert_slow(cond)	mm_check_compiled(cond)
#endif

#define BUG()		port_bug(__FILE__, __LINE__, "BUG()")
#define BUG_ON(cond)	mm_bug_on(cond)

#define WARN_ON(cond)							\
({									\
	bool __warn_cond = !!(cond);					\
	if (unlikely(__warn_cond))					\
		port_warn(__FILE__, __LINE__, #cond);			\
	unlikely(__warn_cond);						\
})

#define WARN_ON_ONCE(cond)						\
({									\
	bool __warn_cond = !!(cond);					\
	if (unlikely(__warn_cond))					\
		port_warn_once(__FILE__, __LINE__, #cond);		\
	unlikely(__warn_cond);						\
})

#define VM_BUG_ON(cond)			mm_assert(!(cond))
#define VM_BUG_ON_PAGE(cond, page)	mm_assert(!(cond))
#define VM_WARN_ON(cond)		mm_check_compiled(cond)

#endif
