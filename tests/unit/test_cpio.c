// SPDX-License-Identifier: MIT
/*
 * test_cpio.c - archives as cpio(1) writes them, and as it does not: one right behind
 * another, in pieces of every length, as gzip members, cut short. tests/fuzz has the rest.
 */
#include "quire_test.h"
#include "../../fs/cpio.c"

#define ARCHIVE_BYTES	4096

static char archive[ARCHIVE_BYTES], seen[2048];
static size_t archive_bytes;

static void entry(const char *name, unsigned int mode, const char *data)
{
	char *at = archive + archive_bytes;
	int n;

	n = snprintf(at, ARCHIVE_BYTES - archive_bytes,
		     "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s", 7, mode, 1, 2,
		     1, 5, (unsigned int)strlen(data), 0, 0, 0, 0, (unsigned int)strlen(name) + 1,
		     0, name);
	n = ALIGN(n + 1, 4);		/* the name's terminator and padding: zeroes */
	memcpy(at + n, data, strlen(data));
	archive_bytes += ALIGN(n + strlen(data), 4);
	assert_true(archive_bytes < ARCHIVE_BYTES);
}

static int fresh(void **state)
{
	memset(archive, 0, sizeof(archive));
	archive_bytes = 0;
	return quire_setup(state);
}

static void say(const char *fmt, ...)
{
	size_t n = strlen(seen);
	va_list args;

	va_start(args, fmt);
	vsnprintf(seen + n, sizeof(seen) - n, fmt, args);
	va_end(args);
}

static int begin(struct cpio *c)
{
	say("%s %lo %lu:", c->name, c->mode, c->bytes);
	return strcmp(c->name, "full") ? 0 : -ENOSPC;
}

static int data(struct cpio *c, const char *p, size_t n)
{
	say("%.*s", (int)n, p);
	return 0;
}

static void end(struct cpio *c)
{
	say(";");
}

static int link_to(struct cpio *c, const char *target)
{
	say("->%s;", target);
	return 0;
}

static const struct cpio_sink sink = { begin, data, end, link_to };
static struct cpio c;

static int unpack_all(size_t bytes)
{
	char *exact = malloc(bytes + !bytes);	/* a read behind it is seen */
	int ret;

	memcpy(exact, archive, bytes);
	seen[0] = '\0';
	cpio_init(&c, &sink);
	ret = cpio_unpack(&c, exact, bytes);
	free(exact);
	return ret;
}

static void one(void)
{
	entry("dir", S_IFDIR | 0755, "");
	entry("dir/a", S_IFREG | 0644, "hello");
	entry("l", S_IFLNK | 0777, "dir/a");
	entry("TRAILER!!!", 0, "");
}
#define ONE	"dir 40755 0:;dir/a 100644 5:hello;l 120777 5:->dir/a;"

static void test_adjacent(void **state)
{
	one();
	one();
	assert_int_equal(unpack_all(archive_bytes), 0);
	assert_string_equal(seen, ONE ONE);
}

static void test_blocks(void **state)
{
	one();
	archive_bytes = ALIGN(archive_bytes, 512);
	one();
	assert_int_equal(unpack_all(archive_bytes), 0);
	assert_string_equal(seen, ONE ONE);
}

static void test_pieces(void **state)
{
	size_t piece, i;

	one();
	one();
	for (piece = 1; piece < 300; piece++) {
		seen[0] = '\0';
		cpio_init(&c, &sink);
		for (i = 0; i < archive_bytes; i += piece)
			assert_int_equal(cpio_feed(&c, archive + i,
						   min(piece, archive_bytes - i)), 0);
		assert_string_equal(seen, ONE ONE);
	}
}

static void test_cut(void **state)
{
	size_t n;
	bool good;

	one();
	for (n = 0; n < archive_bytes; n++) {
		good = !unpack_all(n);
		assert_int_equal(good, !c.error);
		assert_true(!strncmp(seen, ONE, strlen(seen)));
	}
}

static void test_errors(void **state)
{
	static const struct {
		size_t at;
		const char *text, *error;
	} damage[] = {
		{ 0, "070707", "incorrect cpio method used: use -H newc option" },
		{ 0, "07071x", "no cpio magic" },
		{ 14, "0000g1ed", "broken cpio header: not a hexadecimal number" },
		{ 94, "00000000", "broken cpio header: name length" },
		{ 94, "00001001", "broken cpio header: name length" },
		{ 94, "00000003", "broken cpio header: name is not a string" },
		{ 0, "x", "invalid magic at start of archive" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(damage); i++) {
		memset(archive, 0, sizeof(archive));
		archive_bytes = 0;
		one();
		memcpy(archive + damage[i].at, damage[i].text, strlen(damage[i].text));
		assert_int_not_equal(unpack_all(archive_bytes), 0);
		assert_string_equal(c.error, damage[i].error);
		assert_string_equal(seen, "");
	}
	archive_bytes = 0;
	memset(archive, 0, sizeof(archive));
	entry("full", S_IFREG | 0600, "x");
	entry("behind", S_IFREG | 0600, "");
	assert_int_not_equal(unpack_all(archive_bytes), 0);
	assert_string_equal(c.error, "out of memory");
	assert_string_equal(seen, "full 100600 1:");		/* I3 */
}

#define cpio_test(f)	cmocka_unit_test_setup_teardown(f, fresh, quire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cpio_test(test_adjacent), cpio_test(test_blocks), cpio_test(test_pieces),
		cpio_test(test_cut), cpio_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
