// SPDX-License-Identifier: MIT
/*
 * lib/string.c against the C library (its functions are renamed here, as a hosted
 * build uses the library's), the string helpers, numbers and the command line.
 */
#include "lib_test.h"

/* The C library's, before the names are taken. */
static void *(*const libc_memmove)(void *, const void *, size_t) = memmove;
static int (*const libc_memcmp)(const void *, const void *, size_t) = memcmp;
static int (*const libc_strcmp)(const char *, const char *) = strcmp;
static int (*const libc_strncmp)(const char *, const char *, size_t) = strncmp;
static int (*const libc_strcasecmp)(const char *, const char *) = strcasecmp;
static char *(*const libc_strchr)(const char *, int) = strchr;
static char *(*const libc_strrchr)(const char *, int) = strrchr;
static char *(*const libc_strstr)(const char *, const char *) = strstr;
static size_t (*const libc_strspn)(const char *, const char *) = strspn;
static size_t (*const libc_strcspn)(const char *, const char *) = strcspn;
static void *(*const libc_memchr)(const void *, int, size_t) = memchr;
static char *(*const libc_strncpy)(char *, const char *, size_t) = strncpy;

#undef strchr
#undef strstr
#define memcpy		our_memcpy
#define memmove		our_memmove
#define memset		our_memset
#define memcmp		our_memcmp
#define memchr		our_memchr
#define strlen		our_strlen
#define strnlen		our_strnlen
#define strcmp		our_strcmp
#define strncmp		our_strncmp
#define strcasecmp	our_strcasecmp
#define strncasecmp	our_strncasecmp
#define strchr		our_strchr
#define strrchr		our_strrchr
#define strstr		our_strstr
#define strcpy		our_strcpy
#define strncpy		our_strncpy
#define strcat		our_strcat
#define strncat		our_strncat
#define strspn		our_strspn
#define strcspn		our_strcspn
#define strpbrk		our_strpbrk
#define strsep		our_strsep
#include <lib/string.c>
#include <linux/err.h>

static int sign(int v)
{
	return (v > 0) - (v < 0);
}

static void random_bytes(u8 *p, size_t n)
{
	while (n--)
		*p++ = (u8)test_random();
}

static void test_copies(void **state)
{
	u8 a[300], b[300], want[300];
	int round;

	for (round = 0; round < 20000; round++) {
		size_t n = test_below(130), from = test_below(100), to = test_below(100);

		random_bytes(a, sizeof(a));
		libc_memmove(b, a, sizeof(a));
		libc_memmove(want, a, sizeof(a));
		/* between two buffers, at all alignments */
		libc_memmove(want + to, a + from, n);
		assert_ptr_equal(memcpy(b + to, a + from, n), b + to);
		assert_memory_equal(b, want, sizeof(b));
		/* inside one, overlapping both ways */
		libc_memmove(want, a, sizeof(a));
		libc_memmove(want + to, want + from, n);
		assert_ptr_equal(memmove(a + to, a + from, n), a + to);
		assert_memory_equal(a, want, sizeof(a));
		assert_ptr_equal(memset(a + from, round, n), a + from);
		for (size_t i = 0; i < sizeof(a); i++)
			assert_int_equal(a[i], i >= from && i < from + n ? (u8)round : want[i]);
	}
}

static void test_compares(void **state)
{
	u8 a[80], b[80];
	int round;

	for (round = 0; round < 20000; round++) {
		size_t n = test_below(64), at = test_below(64), off = test_below(8);

		random_bytes(a, sizeof(a));
		libc_memmove(b, a, sizeof(a));
		b[off + at] = (u8)test_random();
		assert_int_equal(sign(memcmp(a + off, b + off, n)),
				 sign(libc_memcmp(a + off, b + off, n)));
		assert_ptr_equal(memchr(a, b[off + at], n), libc_memchr(a, b[off + at], n));
	}
}

/* Words over a small alphabet, so that matches and prefixes are common. */
static void random_word(char *s, size_t max)
{
	size_t n = test_below(max);

	while (n--)
		*s++ = "abAB\xe4/"[test_below(6)];
	*s = '\0';
}

static void test_strings(void **state)
{
	char a[16], b[16], find[4], x[40], y[40];
	int round;

	for (round = 0; round < 50000; round++) {
		size_t n = test_below(16);
		char c = "abAB\xe4/"[test_below(6)];

		random_word(a, sizeof(a));
		random_word(b, sizeof(b));
		random_word(find, sizeof(find));
		assert_int_equal(strlen(a), libc_strchr(a, 0) - a);
		assert_int_equal(strnlen(a, n), min(strlen(a), n));
		assert_int_equal(sign(strcmp(a, b)), sign(libc_strcmp(a, b)));
		assert_int_equal(sign(strncmp(a, b, n)), sign(libc_strncmp(a, b, n)));
		assert_int_equal(sign(strcasecmp(a, b)), sign(libc_strcasecmp(a, b)));
		assert_ptr_equal(strchr(a, c), libc_strchr(a, c));
		assert_ptr_equal(strchr(a, 0), a + strlen(a));
		assert_ptr_equal(strrchr(a, c), libc_strrchr(a, c));
		assert_ptr_equal(strstr(a, find), libc_strstr(a, find));
		assert_int_equal(strspn(a, find), libc_strspn(a, find));
		assert_int_equal(strcspn(a, find), libc_strcspn(a, find));
		memset(x, '#', sizeof(x));
		memset(y, '#', sizeof(y));
		libc_strncpy(x, a, n);
		assert_ptr_equal(strncpy(y, a, n), y);
		assert_memory_equal(x, y, sizeof(x));
		strcpy(x, a);
		strcat(x, b);
		assert_int_equal(strlen(x), strlen(a) + strlen(b));
		assert_int_equal(libc_strcmp(x + strlen(a), b), 0);
		strcpy(x, a);
		strncat(x, b, n);
		assert_int_equal(strlen(x), strlen(a) + min(strlen(b), n));
	}
}

static void test_strsep(void **state)
{
	char line[] = "a,,b;c";
	char *p = line;

	assert_string_equal(strsep(&p, ",;"), "a");
	assert_string_equal(strsep(&p, ",;"), "");
	assert_string_equal(strsep(&p, ",;"), "b");
	assert_string_equal(strsep(&p, ",;"), "c");
	assert_null(p);
	assert_null(strsep(&p, ",;"));
	assert_string_equal(strpbrk("abc=d", "=x"), "=d");
	assert_null(strpbrk("abc", "=x"));
}

static void test_helpers(void **state)
{
	char buf[8], text[] = "  two words \n";
	u8 bytes[40];
	int i, at;

	memset(buf, '#', sizeof(buf));
	assert_int_equal(strscpy(buf, "abc", 4), 3);
	assert_int_equal(buf[4], '#');
	assert_int_equal(strscpy(buf, "abcd", 4), -E2BIG);
	assert_string_equal(buf, "abc");
	assert_int_equal(strscpy(buf, "abcd", 0), -E2BIG);
	memset(buf, '#', sizeof(buf));
	assert_int_equal(strscpy_pad(buf, "a", sizeof(buf)), 1);
	assert_null(memchr_inv(buf + 1, 0, 7));
	assert_string_equal(strim(text), "two words");
	assert_string_equal(skip_spaces("\t x"), "x");
	assert_string_equal(kbasename("/a/b/c"), "c");
	assert_string_equal(kbasename("c"), "c");
	assert_string_equal(kbasename("/a/"), "");
	assert_null(strnchr("abc", 2, 'c'));
	assert_string_equal(strnchr("abc", 3, 'c'), "c");
	assert_true(sysfs_streq("on", "on\n"));
	assert_true(sysfs_streq("on\n", "on"));
	assert_false(sysfs_streq("on", "on\n\n"));
	assert_false(sysfs_streq("on", "one"));
	assert_int_equal(str_has_prefix("mem=64M", "mem="), 4);
	assert_int_equal(str_has_prefix("me", "mem="), 0);
	for (at = 0; at < 40; at++) {
		memset(bytes, 0x5a, sizeof(bytes));
		bytes[at] = 0x5b;
		for (i = 0; i < 8; i++)
			assert_ptr_equal(memchr_inv(bytes + i, 0x5a, 40 - i),
					 at >= i ? bytes + at : NULL);
	}
}

#define expect_number(fn, type, text, base, want)			\
do {									\
	type __v = 99;							\
									\
	assert_int_equal(fn(text, base, &__v), 0);			\
	assert_true(__v == (want));					\
} while (0)

#define expect_no_number(fn, type, text, base, err)			\
do {									\
	type __v = 99;							\
									\
	assert_int_equal(fn(text, base, &__v), err);			\
	assert_true(__v == 99);						\
} while (0)

static void test_kstrto(void **state)
{
	bool yes;

	expect_number(kstrtoull, unsigned long long, "18446744073709551615", 10, ULLONG_MAX);
	expect_no_number(kstrtoull, unsigned long long, "18446744073709551616", 10, -ERANGE);
	expect_no_number(kstrtoull, unsigned long long, "99999999999999999999999", 10, -ERANGE);
	expect_number(kstrtoull, unsigned long long, "0xfFf\n", 0, 0xfff);
	expect_number(kstrtoull, unsigned long long, "0x10", 16, 16);
	expect_number(kstrtoull, unsigned long long, "0777", 0, 0777);
	expect_number(kstrtoull, unsigned long long, "+7", 10, 7);
	expect_number(kstrtoull, unsigned long long, "0", 0, 0);
	expect_no_number(kstrtoull, unsigned long long, "", 0, -EINVAL);
	expect_no_number(kstrtoull, unsigned long long, " 1", 0, -EINVAL);
	expect_no_number(kstrtoull, unsigned long long, "1 ", 0, -EINVAL);
	expect_no_number(kstrtoull, unsigned long long, "1\n\n", 0, -EINVAL);
	expect_no_number(kstrtoull, unsigned long long, "-1", 0, -EINVAL);
	expect_no_number(kstrtoull, unsigned long long, "0x", 0, -EINVAL);
	expect_no_number(kstrtoull, unsigned long long, "08", 0, -EINVAL);
	expect_number(kstrtoll, long long, "-9223372036854775808", 0, LLONG_MIN);
	expect_no_number(kstrtoll, long long, "9223372036854775808", 0, -ERANGE);
	expect_no_number(kstrtoll, long long, "-+1", 0, -EINVAL);
	expect_number(kstrtoint, int, "-2147483648", 0, INT_MIN);
	expect_no_number(kstrtoint, int, "2147483648", 0, -ERANGE);
	expect_no_number(kstrtouint, unsigned int, "4294967296", 0, -ERANGE);
	expect_number(kstrtol, long, "-0x10", 0, -16);
	expect_number(kstrtoul, unsigned long, "10", 2, 2);
	assert_int_equal(kstrtobool("On", &yes), 0);
	assert_true(yes);
	assert_int_equal(kstrtobool("off", &yes), 0);
	assert_false(yes);
	assert_int_equal(kstrtobool("maybe", &yes), -EINVAL);
}

static void test_simple_and_memparse(void **state)
{
	char *end;

	assert_int_equal(simple_strtoul("12ab", &end, 10), 12);
	assert_string_equal(end, "ab");
	assert_int_equal(simple_strtoul("0x1g", &end, 0), 1);
	assert_string_equal(end, "g");
	assert_int_equal(simple_strtoul("0xg", &end, 0), 0);
	assert_string_equal(end, "xg");
	assert_int_equal(simple_strtol("-5,", &end, 0), -5);
	assert_string_equal(end, ",");
	assert_int_equal(memparse("64M", &end), 64 << 20);
	assert_string_equal(end, "");
	assert_int_equal(memparse("4k@0x100", &end), 4096);
	assert_string_equal(end, "@0x100");
	assert_int_equal(memparse("1T", NULL), 1ULL << 40);
	assert_int_equal(memparse("2E", NULL), 2ULL << 60);
	assert_int_equal(memparse("7", &end), 7);
	assert_string_equal(end, "");
	assert_int_equal(memparse("M", &end), 0);
	assert_string_equal(end, "M");
}

static void test_options(void **state)
{
	char list[] = "3,-4,5-7";
	char *p = list;
	int v, ints[6];

	assert_int_equal(get_option(&p, &v), 2);
	assert_int_equal(v, 3);
	assert_int_equal(get_option(&p, &v), 2);
	assert_int_equal(v, -4);
	assert_int_equal(get_option(&p, &v), 3);
	assert_int_equal(v, 5);
	assert_string_equal(p, "-7");
	p = (char *)"x";
	assert_int_equal(get_option(&p, &v), 0);
	assert_string_equal(get_options("1,3-5,9", 6, ints), "");
	assert_int_equal(ints[0], 5);
	assert_int_equal(ints[2], 3);
	assert_int_equal(ints[5], 9);
	get_options("0-2147483647", 6, ints);
	assert_int_equal(ints[0], 5);
	get_options("junk", 6, ints);
	assert_int_equal(ints[0], 0);
	assert_true(parse_option_str("a,bc,d", "bc"));
	assert_false(parse_option_str("a,bc,d", "b"));
}

static void test_next_arg(void **state)
{
	char line[] = "console=ttyS0,115200 quiet  x=\"a b\" \"y=c d\" \"word w\" e= -- sh";
	static const char *const want[][2] = {
		{ "console", "ttyS0,115200" }, { "quiet", NULL }, { "x", "a b" },
		{ "y", "c d" }, { "word w", NULL }, { "e", "" }, { "--", NULL }, { "sh", NULL },
	};
	char *p = line, *param, *val;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		assert_true(*p);
		p = next_arg(p, &param, &val);
		assert_string_equal(param, want[i][0]);
		if (want[i][1])
			assert_string_equal(val, want[i][1]);
		else
			assert_null(val);
	}
	assert_int_equal(*p, 0);
}

/* Whatever the line is, the walk ends at its end. */
static void test_next_arg_on_anything(void **state)
{
	char line[24], *param, *val;
	int round, i;

	for (round = 0; round < 100000; round++) {
		char *p = line, *end;

		for (i = test_below(sizeof(line)); i > 0; i--)
			*p++ = "\"= a"[test_below(4)];
		*p = '\0';
		end = p;
		for (p = line; *p;) {
			char *next = next_arg(p, &param, &val);

			assert_true(next > p && next <= end);
			assert_true(param >= p && param <= end);
			p = next;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_compares),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_strsep),
		cmocka_unit_test(test_helpers),
		cmocka_unit_test(test_kstrto),
		cmocka_unit_test(test_simple_and_memparse),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_next_arg),
		cmocka_unit_test(test_next_arg_on_anything),
	};

	return cmocka_run_group_tests_name("string", tests, NULL, NULL);
}
