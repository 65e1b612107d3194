/* SPDX-License-Identifier: MIT */
#ifndef LIB_TEST_H
#define LIB_TEST_H

/*
 * For the tests of lib/: cmocka, a seeded generator, and assertions that must
 * fire. A test is one translation unit; port_bug() is renamed in it, so that
 * what the test compiles itself (headers, and a .c file that it includes) reports
 * to the test:
 *
 *	expect_bug(list_del(&e))	passes when a rule stopped the machine
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static int (*const libc_snprintf)(char *, size_t, const char *, ...)
	__attribute__((unused)) = snprintf;

#define port_bug	lib_test_bug
#define port_warn	lib_test_warn
#define port_warn_once	lib_test_warn_once

#include <linux/types.h>
#include <linux/bug.h>
#include <linux/kernel.h>

static __thread jmp_buf bug_jump;
static __thread bool bug_expected;
static unsigned int warnings_seen;

void lib_test_bug(const char *file, int line, const char *expr)
{
	if (bug_expected)
		longjmp(bug_jump, 1);
	fprintf(stderr, "%s:%d: %s\n", file, line, expr);
	abort();
}

void lib_test_warn(const char *file, int line, const char *expr)
{
	warnings_seen++;
}

void lib_test_warn_once(const char *file, int line, const char *expr)
{
	warnings_seen++;
}

#define expect_bug(...)							\
do {									\
	volatile bool __stopped = true;					\
									\
	bug_expected = true;						\
	if (!setjmp(bug_jump)) {					\
		__VA_ARGS__;						\
		__stopped = false;					\
	}								\
	bug_expected = false;						\
	assert_true(__stopped);						\
} while (0)

/* xorshift64*: the same sequence on every run. */
static u64 test_random_state = 0x9e3779b97f4a7c15ULL;

static inline u64 test_random(void)
{
	u64 x = test_random_state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	test_random_state = x;
	return x * 0x2545F4914F6CDD1DULL;
}

static inline unsigned long test_below(unsigned long n)
{
	return test_random() % n;
}

#endif
