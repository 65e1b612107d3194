// SPDX-License-Identifier: MIT
/* Formatted text against the C library, and what only kernels have. */
#include "lib_test.h"

#define port_symbol	test_symbol
#include <lib/vsprintf.c>

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wformat-overflow"
#pragma GCC diagnostic ignored "-Wformat-truncation"
#endif
#ifdef __clang__
#pragma clang diagnostic ignored "-Wformat-invalid-specifier"
#endif

#if __SIZEOF_LONG__ == 8
#define SYMBOL_AT	0xffffffff81000010ul
#define SYMBOL_TEXT	"ffffffff81000010"
#else
#define SYMBOL_AT	0xc1000010ul
#define SYMBOL_TEXT	"c1000010"
#endif

size_t port_symbol(char *buf, size_t size, unsigned long addr)
{
	if (addr != SYMBOL_AT)
		return 0;
	return libc_snprintf(buf, size, "start_kernel+0x10/0x200");
}

#define expect_text(want, ...)						\
do {									\
	char __buf[256];						\
	int __len = snprintf(__buf, sizeof(__buf), __VA_ARGS__);	\
									\
	assert_string_equal(__buf, want);				\
	assert_int_equal(__len, strlen(want));				\
} while (0)

static void test_examples(void **state)
{
	expect_text("", "%s", "");
	expect_text("plain", "plain");
	expect_text("100%", "%d%%", 100);
	expect_text("-2147483648", "%d", INT_MIN);
	expect_text("18446744073709551615", "%llu", ULLONG_MAX);
	expect_text("-9223372036854775808", "%lld", LLONG_MIN);
	expect_text("MemTotal:       65432 kB", "MemTotal:    %8lu kB", 65432UL);
	expect_text("00400000-00452000 r-xp", "%08lx-%08lx %c-%cp", 0x400000UL, 0x452000UL,
		    'r', 'x');
	expect_text("[ab   ][   ab][abc]", "[%-5s][%5s][%.3s]", "ab", "ab", "abcdef");
	expect_text("[  7][7  ]", "[%*d][%*d]", 3, 7, -3, 7);
	expect_text("0x1f 0X1F 017 0", "%#x %#X %#o %#x", 31, 31, 15, 0);
	expect_text("+5  5 -5", "%+d % d % d", 5, 5, -5);
	expect_text("-128 255 -1 65535", "%hhd %hhu %hd %hu", 128, 511, 65535, 65535);
	expect_text("5 -5", "%zu %td", (size_t)5, (ptrdiff_t)-5);
}

static void test_pointers(void **state)
{
	expect_text(SYMBOL_TEXT, "%p", (void *)SYMBOL_AT);
	expect_text(SYMBOL_TEXT, "%px", (void *)SYMBOL_AT);
	expect_text(BITS_PER_LONG == 64 ? "0000000000001000" : "00001000", "%pK", (void *)0x1000UL);
	expect_text(BITS_PER_LONG == 64 ? "0000000000000000!" : "00000000!", "%p!", NULL);
	expect_text("start_kernel+0x10/0x200.", "%pS.", (void *)SYMBOL_AT);
	expect_text(BITS_PER_LONG == 64 ? "0x0000000000001000." : "0x00001000.", "%pS.",
		    (void *)0x1000UL);
	expect_text("(null)", "%s", (char *)NULL);
	expect_text("(efault)", "%s", (char *)16);
	expect_text("(efault)", "%s", (char *)ERR_PTR(-ENOMEM));
}

static void test_bad_formats_end(void **state)
{
	expect_text("%", "%");
	expect_text("%y", "%y");
	expect_text("a%-5", "a%-5");
	expect_text("%l", "%l");
	expect_text("x%k1", "x%k%d", 1);
}

static void test_cut(void **state)
{
	char buf[8];
	unsigned int size;

	for (size = 0; size <= sizeof(buf); size++) {
		memset(buf, '#', sizeof(buf));
		assert_int_equal(snprintf(buf, size, "%d+%s", 123, "abcdef"), 10);
		if (size) {
			assert_memory_equal(buf, "123+abcdef", size - 1);
			assert_int_equal(buf[size - 1], 0);
		}
		if (size < sizeof(buf))
			assert_int_equal(buf[size], '#');
		memset(buf, '#', sizeof(buf));
		assert_int_equal(scnprintf(buf, size, "%10d", 5), size ? size - 1 : 0);
		if (size < sizeof(buf))
			assert_int_equal(buf[size], '#');
	}
	assert_int_equal(snprintf(NULL, 0, "%1000d", 1), 1000);
	assert_int_equal(sprintf(buf, "%s", "ok"), 2);
	assert_string_equal(buf, "ok");
}

/* A random conversion; the C library says what it should be. */
static void random_spec(char *fmt, const char *length, const char *conversions)
{
	char *p = fmt;
	int i;

	*p++ = '<';
	*p++ = '%';
	for (i = test_below(4); i > 0; i--)
		*p++ = "-+ #0"[test_below(5)];
	if (test_below(2))
		p += libc_snprintf(p, 8, "%d", (int)test_below(30) + 1);
	if (test_below(3) == 0)
		p += libc_snprintf(p, 8, ".%d", (int)test_below(30));
	p += libc_snprintf(p, 8, "%s%c>", length, conversions[test_below(strlen(conversions))]);
}

static void test_against_the_c_library(void **state)
{
	static const char *const lengths[] = { "hh", "h", "", "l", "ll", "z" };
	char fmt[64], want[256], got[256];
	int round, wanted;

	for (round = 0; round < 200000; round++) {
		unsigned int kind = test_below(ARRAY_SIZE(lengths));
		u64 v = test_random() >> test_below(64);

		if (test_below(8) == 0)
			v = 0;
		if (test_below(2))
			v = -v;
		random_spec(fmt, lengths[kind], "diuxXo");
		if (kind < 3) {
			wanted = libc_snprintf(want, sizeof(want), fmt, (int)v);
			assert_int_equal(snprintf(got, sizeof(got), fmt, (int)v), wanted);
		} else {
			wanted = libc_snprintf(want, sizeof(want), fmt, v);
			assert_int_equal(snprintf(got, sizeof(got), fmt, v), wanted);
		}
		if (strcmp(got, want))
			print_error("%s of %llx\n", fmt, v);
		assert_string_equal(got, want);
	}
	for (round = 0; round < 2000; round++) {
		static const char words[] = "the quick brown fox";
		const char *word = words + test_below(sizeof(words));

		libc_snprintf(fmt, sizeof(fmt), "<%%%s%d.%ds>", test_below(2) ? "-" : "",
			      (int)test_below(30) + 1, (int)test_below(30));
		libc_snprintf(want, sizeof(want), fmt, word);
		snprintf(got, sizeof(got), fmt, word);
		assert_string_equal(got, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_pointers),
		cmocka_unit_test(test_bad_formats_end),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_against_the_c_library),
	};

	return cmocka_run_group_tests_name("printf", tests, NULL, NULL);
}
