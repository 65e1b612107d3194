// SPDX-License-Identifier: MIT
/*
 * Decompression of what gzip(1) makes, of streams made by hand, and of damage:
 * every truncation, random bit flips, pure noise. Input stands in a heap block of
 * its exact size, so that the sanitizer sees a read beyond it.
 */
#include "lib_test.h"
#include <unistd.h>
#include <linux/byteorder.h>
#include <linux/crc32.h>
#include <linux/err.h>
#include <lib/inflate.c>

struct sink {
	u8 *buf;
	size_t n, room;
	size_t refuse_after;
	unsigned int calls;
};

static int sink_flush(void *ctx, const void *buf, size_t n)
{
	struct sink *s = ctx;

	s->calls++;
	assert_in_range(n, 1, INFLATE_WINDOW_BYTES);
	if (s->n + n > s->refuse_after)
		return -ENOSPC;
	if (s->n + n > s->room) {
		s->room = 2 * (s->n + n);
		s->buf = realloc(s->buf, s->room);
	}
	memcpy(s->buf + s->n, buf, n);
	s->n += n;
	return 0;
}

static struct inflate_state st;

static int run(bool gzip, const void *in, size_t n, struct sink *s, size_t *used,
	       const char **why)
{
	u8 *copy = malloc(n ? n : 1);
	int err;

	memcpy(copy, in, n);
	*s = (struct sink){ .refuse_after = 64 << 20 };
	*why = NULL;
	memset(&st, 0xa5, sizeof(st));			/* it relies on no old content */
	err = (gzip ? gunzip : inflate_raw)(&st, copy, n, sink_flush, s, used, why);
	free(copy);
	assert_in_range(*used, 0, n);
	if (err)
		assert_non_null(*why);
	else
		assert_null(*why);
	return err;
}

static size_t read_all(FILE *f, u8 **buf)
{
	size_t room = 1 << 16, n = 0, got;

	*buf = malloc(room);
	while ((got = fread(*buf + n, 1, room - n, f)) > 0) {
		n += got;
		if (n == room)
			*buf = realloc(*buf, room *= 2);
	}
	return n;
}

static size_t gzip_of(const u8 *data, size_t n, const char *options, u8 **out)
{
	char path[] = "/tmp/quire-inflate-XXXXXX", command[128];
	int fd = mkstemp(path);
	size_t size;
	FILE *f;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, n), n);
	close(fd);
	libc_snprintf(command, sizeof(command), "gzip -c %s %s", options, path);
	f = popen(command, "r");
	assert_non_null(f);
	size = read_all(f, out);
	assert_int_equal(pclose(f), 0);
	unlink(path);
	assert_true(size > 18);
	return size;
}

static u8 *make_data(size_t n, int kind)
{
	u8 *p = malloc(n + 1);
	size_t i;

	for (i = 0; i < n; i++) {
		if (kind == 0)
			p[i] = (u8)test_random();		/* stored */
		else if (kind == 1)
			p[i] = "etaoin shrdlu\n"[test_below(14)];
		else if (kind == 2)
			p[i] = 0;				/* the longest matches */
		else if (i > 40000 && test_below(50))
			p[i] = p[i - 32768 + test_below(2)];	/* far matches */
		else
			p[i] = (u8)(test_random() >> test_below(9));
	}
	return p;
}

static void test_what_gzip_makes(void **state)
{
	static const size_t sizes[] = { 0, 1, 10, 1000, 32767, 32768, 32769, 65536, 300000 };
	static const char *const options[] = { "-1 -n", "-6 -N", "-9" };
	unsigned int i, kind, o;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (kind = 0; kind < 4; kind++) {
			u8 *data = make_data(sizes[i], kind), *packed;

			o = (i + kind) % 3;
			size_t n = gzip_of(data, sizes[i], options[o], &packed), used;
			struct sink s;
			const char *why;

			assert_int_equal(run(true, packed, n, &s, &used, &why), 0);
			assert_int_equal(used, n);
			assert_int_equal(s.n, sizes[i]);
			if (s.n)
				assert_memory_equal(s.buf, data, s.n);
			free(s.buf);
			/* what follows the member is left alone */
			packed = realloc(packed, n + 20);
			memset(packed + n, 0x77, 20);
			assert_int_equal(run(true, packed, n + 20, &s, &used, &why), 0);
			assert_int_equal(used, n);
			free(s.buf);
			free(packed);
			free(data);
		}
	}
}

static void test_every_truncation(void **state)
{
	u8 *data = make_data(900, 1), *packed;
	size_t n = gzip_of(data, 900, "-9", &packed), cut, used;
	struct sink s;
	const char *why;

	for (cut = 0; cut < n; cut++) {
		assert_int_equal(run(true, packed, cut, &s, &used, &why), -EINVAL);
		assert_true(s.n <= 900);
		assert_true(!s.n || memcmp(s.buf, data, s.n) == 0);
		assert_non_null(strstr(why, "early"));
		free(s.buf);
	}
	free(packed);
	free(data);
}

static void test_flipped_bits(void **state)
{
	u8 *data = make_data(3000, 3), *packed;
	size_t n = gzip_of(data, 3000, "-6", &packed), used;
	unsigned int bit, passed = 0;
	struct sink s;
	const char *why;

	for (bit = 0; bit < n * 8; bit++) {
		packed[bit / 8] ^= 1 << bit % 8;
		if (run(true, packed, n, &s, &used, &why) == 0) {
			/* flags of the header that mean nothing: MTIME, XFL, OS, text */
			assert_true(bit / 8 >= 3 && bit / 8 < 10 + 32);
			assert_int_equal(s.n, 3000);
			assert_memory_equal(s.buf, data, 3000);
			passed++;
		}
		free(s.buf);
		packed[bit / 8] ^= 1 << bit % 8;
	}
	assert_true(passed < 400);
	free(packed);
	free(data);
}

static void test_noise(void **state)
{
	u8 noise[600];
	unsigned int round, i;
	size_t used;
	struct sink s;
	const char *why;

	for (round = 0; round < 30000; round++) {
		for (i = 0; i < sizeof(noise); i++)
			noise[i] = (u8)test_random();
		if (round % 2)
			noise[0] = (noise[0] & 0xf8) | (round % 4 < 2 ? 4 : 5);	/* dynamic */
		run(false, noise, test_below(sizeof(noise)), &s, &used, &why);
		free(s.buf);
	}
}

/* A writer of bits, to make what no compressor makes. */
struct bits {
	u8 buf[256];
	unsigned int n;
};

static void put(struct bits *b, unsigned int value, unsigned int n)
{
	while (n--) {
		if (b->n % 8 == 0)
			b->buf[b->n / 8] = 0;
		b->buf[b->n / 8] |= (value & 1) << b->n % 8;
		value >>= 1;
		b->n++;
	}
}

/* Huffman codes go out highest bit first. */
static void put_code(struct bits *b, unsigned int code, unsigned int n)
{
	while (n--)
		put(b, code >> n & 1, 1);
}

static void expect_raw(const struct bits *b, int err, const char *text)
{
	struct sink s;
	size_t used;
	const char *why;

	assert_int_equal(run(false, b->buf, (b->n + 7) / 8, &s, &used, &why), err);
	if (err) {
		assert_string_equal(why, text);
	} else {
		assert_int_equal(s.n, strlen(text));
		assert_true(!s.n || memcmp(s.buf, text, s.n) == 0);
	}
	free(s.buf);
}

static void fixed_head(struct bits *b)
{
	b->n = 0;
	put(b, 1, 1);
	put(b, 1, 2);
}

static void test_by_hand(void **state)
{
	struct bits b;

	/* 'a', then 5 bytes from 1 back, end */
	fixed_head(&b);
	put_code(&b, 0x30 + 'a', 8);
	put_code(&b, 259 - 256, 7);
	put_code(&b, 0, 5);
	put_code(&b, 0, 7);
	expect_raw(&b, 0, "aaaaaa");
	/* 2 back when there is only one */
	fixed_head(&b);
	put_code(&b, 0x30 + 'a', 8);
	put_code(&b, 1, 7);
	put_code(&b, 1, 5);
	put_code(&b, 0, 7);
	expect_raw(&b, -EINVAL, "reference before the beginning");
	/* distance symbol 30 */
	fixed_head(&b);
	put_code(&b, 0x30 + 'a', 8);
	put_code(&b, 1, 7);
	put_code(&b, 30, 5);
	put_code(&b, 0, 7);
	expect_raw(&b, -EINVAL, "no such distance");
	/* length symbol 286 */
	fixed_head(&b);
	put_code(&b, 0xc0 + 286 - 280, 8);
	put_code(&b, 0, 16);
	expect_raw(&b, -EINVAL, "no such length");
	/* block type 3 */
	b.n = 0;
	put(&b, 7, 3);
	expect_raw(&b, -EINVAL, "no such block type");
	/* stored, with a wrong complement; then a right one of no bytes */
	b.n = 0;
	put(&b, 1, 8);
	put(&b, 3, 16);
	put(&b, 0, 16);
	put(&b, 0, 24);
	expect_raw(&b, -EINVAL, "stored length is damaged");
	b.n = 0;
	put(&b, 1, 8);
	put(&b, 0, 16);
	put(&b, 0xffff, 16);
	expect_raw(&b, 0, "");
}

/* The head of a dynamic block, and the lengths of the 19 codes of lengths. */
static void dynamic_head(struct bits *b, unsigned int nlit, unsigned int ndist, const u8 *lens)
{
	static const u8 order[19] = {
		16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
	};
	int i;

	b->n = 0;
	put(b, 5, 3);
	put(b, nlit - 257, 5);
	put(b, ndist - 1, 5);
	put(b, 15, 4);
	for (i = 0; i < 19; i++)
		put(b, lens[order[i]], 3);
}

static void test_bad_codes(void **state)
{
	/* lengths 0 (code 0), 1 (code 10) and 18 (code 11) */
	u8 lens[19] = { [0] = 1, [1] = 2, [18] = 2 };
	u8 full[19], none[19] = { 0 }, half[19] = { [1] = 2 }, repeat[19] = { [16] = 1, [0] = 1 };
	struct bits b;
	int i;

	memset(full, 1, sizeof(full));
	dynamic_head(&b, 257, 1, full);
	put(&b, 0, 30);
	expect_raw(&b, -EINVAL, "too many codes");
	dynamic_head(&b, 257, 1, none);
	put(&b, 0, 30);
	expect_raw(&b, -EINVAL, "no code lengths");
	dynamic_head(&b, 257, 1, half);
	put(&b, 0, 30);
	expect_raw(&b, -EINVAL, "too few codes");
	dynamic_head(&b, 257, 1, repeat);
	put_code(&b, 1, 1);
	put(&b, 0, 30);
	expect_raw(&b, -EINVAL, "nothing to repeat");
	dynamic_head(&b, 287, 1, lens);
	put(&b, 0, 30);
	expect_raw(&b, -EINVAL, "too many codes");
	/* 138 + 138 zeros are more than 258 lengths */
	dynamic_head(&b, 257, 1, lens);
	for (i = 0; i < 2; i++) {
		put_code(&b, 3, 2);
		put(&b, 127, 7);
	}
	expect_raw(&b, -EINVAL, "too many code lengths");
	/* 'a' alone has a code: no end of block */
	dynamic_head(&b, 257, 1, lens);
	put_code(&b, 3, 2);
	put(&b, 97 - 11, 7);
	put_code(&b, 2, 2);
	put_code(&b, 3, 2);
	put(&b, 127, 7);
	put_code(&b, 3, 2);
	put(&b, 257 - 98 - 138 - 11, 7);
	put_code(&b, 0, 1);
	expect_raw(&b, -EINVAL, "block has no end");
}

/* 'a' is 0, end is 1; no distance code: legal as long as none is used. */
static void test_literals_only(void **state)
{
	u8 lens[19] = { [0] = 1, [1] = 2, [18] = 2 };
	struct bits b;

	dynamic_head(&b, 257, 1, lens);
	put_code(&b, 3, 2);
	put(&b, 97 - 11, 7);
	put_code(&b, 2, 2);
	put_code(&b, 3, 2);
	put(&b, 127, 7);
	put_code(&b, 3, 2);
	put(&b, 256 - 98 - 138 - 11, 7);
	put_code(&b, 2, 2);
	put_code(&b, 0, 1);
	put(&b, 0, 3);
	put(&b, 1, 1);
	expect_raw(&b, 0, "aaa");
}

static void test_headers(void **state)
{
	/* FHCRC, FEXTRA, FNAME and FCOMMENT together */
	u8 h[64] = { 0x1f, 0x8b, 8, 30, 1, 2, 3, 4, 0, 3, 2, 0, 'x', 'y', 'n', 0, 'c', 0 };
	size_t n = 18, used;
	struct sink s;
	const char *why;
	u16 crc = (u16)~crc32_le(~0u, h, n);

	put_unaligned_le16(crc, h + n);
	n += 2;
	h[n++] = 3;				/* final, fixed, end of block */
	h[n++] = 0;
	n += 8;					/* CRC and length of nothing */
	assert_int_equal(run(true, h, n, &s, &used, &why), 0);
	assert_int_equal(used, n);
	h[14] = 'm';
	assert_int_equal(run(true, h, n, &s, &used, &why), -EINVAL);
	assert_string_equal(why, "header is damaged");
	h[14] = 'n';
	h[n - 1] = 1;
	assert_int_equal(run(true, h, n, &s, &used, &why), -EINVAL);
	assert_string_equal(why, "length is wrong");
	h[n - 5] = 1;
	assert_int_equal(run(true, h, n, &s, &used, &why), -EINVAL);
	assert_string_equal(why, "checksum is wrong");
	h[3] |= 0x40;
	assert_int_equal(run(true, h, n, &s, &used, &why), -EINVAL);
	assert_string_equal(why, "unknown header flags");
	h[2] = 7;
	assert_int_equal(run(true, h, n, &s, &used, &why), -EINVAL);
	assert_string_equal(why, "no such compression method");
	h[0] = 0;
	assert_int_equal(run(true, h, n, &s, &used, &why), -EINVAL);
	assert_string_equal(why, "not gzip");
}

static void test_output_refused(void **state)
{
	u8 *data = make_data(200000, 1), *packed;
	size_t n = gzip_of(data, 200000, "-6", &packed), used;
	struct sink s = { .refuse_after = 100000 };
	const char *why;

	assert_int_equal(gunzip(&st, packed, n, sink_flush, &s, &used, &why), -ENOSPC);
	assert_string_equal(why, "output refused");
	assert_int_equal(s.n, 98304);
	assert_memory_equal(s.buf, data, s.n);
	free(s.buf);
	free(packed);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_gzip_makes),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_bad_codes),
		cmocka_unit_test(test_literals_only),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_output_refused),
	};

	return cmocka_run_group_tests_name("inflate", tests, NULL, NULL);
}
