/* SPDX-License-Identifier: MIT */
/*
 * tap.h - what a guest test prints: the Test Anything Protocol.
 *
 * A guest test is one static program, tests/guest/test_NAME.c, that runs on
 * Quire and on Debian's Linux; both outputs must be the same, so it prints
 * nothing that depends on the run (addresses, pids, times), except in lines
 * that start with "# ".
 *
 *	int main(void)
 *	{
 *		plan(2);
 *		ok(getpid() > 0, "there is a pid");
 *		is(close(99), -1, EBADF, "closing what is not open");
 *		return done();
 *	}
 */
#ifndef TESTS_GUEST_TAP_H
#define TESTS_GUEST_TAP_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_number, tap_failed, tap_planned;

/* plan() - say first how many checks follow; 0: done() will print it. */
static inline void plan(int count)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	tap_planned = count;
	if (count)
		printf("1..%d\n", count);
}

static inline __attribute__((format(printf, 4, 5)))
int tap_result(int good, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_number);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (!good) {
		tap_failed++;
		printf("# failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return good;
}

/* ok() - one check: @cond holds. */
#define ok(cond, ...) tap_result(!!(cond), __FILE__, __LINE__, __VA_ARGS__)

/* is_int() - one check: @got equals @want; shows both when not. */
#define is_int(got, want, ...)                                                          \
	({                                                                              \
		long long tap_got = (long long)(got), tap_want = (long long)(want);     \
		int tap_good = ok(tap_got == tap_want, __VA_ARGS__);                    \
		if (!tap_good)                                                          \
			printf("# got %lld, want %lld\n", tap_got, tap_want);           \
		tap_good;                                                               \
	})

/* is() - one check: the call @call returns @want, with errno @err if -1. */
#define is(call, want, err, ...)                                                        \
	({                                                                              \
		errno = 0;                                                              \
		long long tap_got = (long long)(call), tap_want = (long long)(want);    \
		int tap_errno = errno;                                                  \
		int tap_good = ok(tap_got == tap_want &&                                \
				  (tap_want != -1 || tap_errno == (err)), __VA_ARGS__); \
		if (!tap_good)                                                          \
			printf("# got %lld (errno %d), want %lld (errno %d)\n",         \
			       tap_got, tap_errno, tap_want, (int)(err));               \
		tap_good;                                                               \
	})

/* is_str() - one check: two strings are the same. */
#define is_str(got, want, ...)                                                          \
	({                                                                              \
		const char *tap_got = (got), *tap_want = (want);                        \
		int tap_good = ok(strcmp(tap_got, tap_want) == 0, __VA_ARGS__);         \
		if (!tap_good)                                                          \
			printf("# got \"%s\", want \"%s\"\n", tap_got, tap_want);       \
		tap_good;                                                               \
	})

/* skip() - @count checks cannot be made here: say why. */
static inline void skip(int count, const char *why)
{
	while (count-- > 0)
		printf("ok %d # SKIP %s\n", ++tap_number, why);
}

/* diag() - a remark that is not compared. */
#define diag(...) (printf("# "), printf(__VA_ARGS__), printf("\n"))

/* bail() - the test cannot go on. */
#define bail(...) (printf("Bail out! "), printf(__VA_ARGS__), printf("\n"), exit(2))

/* done() - close the test; the value for main() to return. */
static inline int done(void)
{
	if (!tap_planned)
		printf("1..%d\n", tap_number);
	else if (tap_planned != tap_number)
		printf("# planned %d, made %d\n", tap_planned, tap_number);
	fflush(stdout);
	return tap_failed || (tap_planned && tap_planned != tap_number);
}

#endif /* TESTS_GUEST_TAP_H */
