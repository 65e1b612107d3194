// SPDX-License-Identifier: MIT
/* Sorting, 64-bit division, CRC-32, ChaCha20 and device numbers. */
#include "lib_test.h"
#include <linux/byteorder.h>
#include <linux/hash.h>
#include <linux/kdev_t.h>
#include <lib/chacha.c>
#include <lib/crc32.c>
#include <lib/div64.c>
#include <lib/sort.c>

static int compare_u32(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return (x > y) - (x < y);
}

static int swaps;

static void swap_u32(void *a, void *b, int size)
{
	u32 tmp = *(u32 *)a;

	assert_int_equal(size, sizeof(u32));
	*(u32 *)a = *(u32 *)b;
	*(u32 *)b = tmp;
	swaps++;
}

static void test_sort(void **state)
{
	u32 v[130], want[130];
	unsigned int n, i;

	for (n = 0; n < ARRAY_SIZE(v); n++) {
		for (i = 0; i < n; i++)
			v[i] = test_below(n % 3 ? 1000000 : 5);
		memcpy(want, v, sizeof(v));
		qsort(want, n, sizeof(u32), compare_u32);
		sort(v, n, sizeof(u32), compare_u32, n % 2 ? swap_u32 : NULL);
		assert_memory_equal(v, want, n * sizeof(u32));
		for (i = 0; i < n; i++) {
			const u32 *found = bsearch_array(&v[i], v, n, sizeof(u32), compare_u32);

			assert_non_null(found);
			assert_int_equal(*found, v[i]);
		}
		i = 2000000;
		assert_null(bsearch_array(&i, v, n, sizeof(u32), compare_u32));
	}
	assert_true(swaps > 0);
}

struct odd {
	char name[7];
	u32 key;
	char tail[2];
} __packed;

static int compare_odd(const void *a, const void *b)
{
	return compare_u32(&(u32){ ((const struct odd *)a)->key },
			   &(u32){ ((const struct odd *)b)->key });
}

static void test_sort_other_sizes(void **state)
{
	struct odd v[50];
	struct { u64 key, value; } w[50];
	int i;

	for (i = 0; i < 50; i++) {
		v[i].key = test_below(100);
		libc_snprintf(v[i].name, 7, "%u", v[i].key);
		w[i].key = i * 7 % 50;
		w[i].value = w[i].key + 1;
	}
	sort(v, 50, sizeof(v[0]), compare_odd, NULL);
	sort(w, 50, sizeof(w[0]), compare_u32, NULL);
	for (i = 0; i < 50; i++) {
		assert_int_equal(atoi(v[i].name), v[i].key);
		assert_true(!i || v[i].key >= v[i - 1].key);
		assert_int_equal(w[i].key, i);
		assert_int_equal(w[i].value, i + 1);
	}
}

/* a * b / c, of which 64 bits are kept, with no wider type: doubles for each bit of a */
static u64 slow_mul_div(u64 a, u64 b, u64 c)
{
	u64 quotient = 0, rem = 0;
	int bit;

	for (bit = 63; bit >= 0; bit--) {
		quotient = 2 * quotient + (rem >= c - rem);
		rem = rem >= c - rem ? rem - (c - rem) : 2 * rem;
		if (!(a >> bit & 1))
			continue;
		quotient += b / c + (rem >= c - b % c);
		rem = rem >= c - b % c ? rem - (c - b % c) : rem + b % c;
	}
	return quotient;
}

static void test_division(void **state)
{
	u64 a, b, c, rem;
	u32 rem32;
	int i;

	for (i = 0; i < 100000; i++) {
		a = test_random() >> test_below(64);
		b = test_random() >> test_below(64);
		c = (test_random() >> test_below(64)) | 1;
		assert_true(div64_u64_rem_bitwise(a, c, &rem) == a / c);
		assert_true(rem == a % c);
		assert_true(mul_u64_u64_div_u64(a, b, c) == slow_mul_div(a, b, c));
		rem32 = test_below(64);
		assert_true(mul_u64_u32_shr(a, (u32)b, rem32) ==
			    slow_mul_div(a, (u32)b, 1ull << rem32));
	}
	assert_true(div_s64(-7, 2) == -3);
	assert_true(div_s64(LLONG_MIN, 1) == LLONG_MIN);
	a = 1000000007;
	rem32 = do_div(a, 10);
	assert_int_equal(rem32, 7);
	assert_int_equal(a, 100000000);
	expect_bug(div64_u64_rem_bitwise(1, 0, &rem));
}

static void test_crc32(void **state)
{
	u8 data[64];
	u32 c, i, k, whole;

	assert_int_equal(~crc32_le(~0u, "123456789", 9), 0xCBF43926);
	assert_int_equal(crc32_le(5, data, 0), 5);
	for (i = 0; i < 256; i++) {
		for (c = i, k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xEDB88320 : c >> 1;
		assert_int_equal(table[0][i], c);
		for (k = 1; k < 4; k++)						/* T1 */
			assert_int_equal(table[k][i], table[k - 1][i] >> 8 ^
					 table[0][table[k - 1][i] & 255]);
	}
	for (i = 0; i < sizeof(data); i++)
		data[i] = (u8)test_random();
	whole = crc32_le(~0u, data, sizeof(data));
	for (i = 0; i <= sizeof(data); i++)
		assert_int_equal(crc32_le(crc32_le(~0u, data, i), data + i, 64 - i), whole);
}

/* The example of RFC 8439, 2.3.2. */
static void test_chacha_block(void **state)
{
	static const u8 nonce[12] = { 0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0, 0 };
	static const u8 want[64] = {
		0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15, 0x50, 0x0f, 0xdd, 0x1f,
		0xa3, 0x20, 0x71, 0xc4, 0xc7, 0xd1, 0xf4, 0xc7, 0x33, 0xc0, 0x68, 0x03,
		0x04, 0x22, 0xaa, 0x9a, 0xc3, 0xd4, 0x6c, 0x4e, 0xd2, 0x82, 0x64, 0x46,
		0x07, 0x9f, 0xaa, 0x09, 0x14, 0xc2, 0xd7, 0x05, 0xd9, 0x8b, 0x02, 0xa2,
		0xb5, 0x12, 0x9c, 0xd1, 0xde, 0x16, 0x4e, 0xb9, 0xcb, 0xd0, 0x83, 0xe8,
		0xa2, 0x50, 0x3c, 0x4e,
	};
	u32 st[CHACHA_STATE_WORDS];
	u8 key[32], out[64];
	int i;

	for (i = 0; i < 32; i++)
		key[i] = (u8)i;
	chacha_init(st, key, 1, nonce);
	chacha20_block(st, out);
	assert_memory_equal(out, want, 64);
	assert_int_equal(st[12], 2);
}

static void test_chacha_rng(void **state)
{
	struct chacha_rng a = { { 0 }, 0 }, b = { { 0 }, 0 };
	u8 x[300], y[300], old[32];
	unsigned int ones = 0, i;

	chacha_rng_mix(&a, "seed", 4);
	chacha_rng_mix(&b, "seed", 4);
	chacha_rng_bytes(&a, x, sizeof(x));
	chacha_rng_bytes(&b, y, sizeof(y));
	assert_memory_equal(x, y, sizeof(x));		/* a function of what was mixed in */
	memcpy(old, a.key, sizeof(old));
	chacha_rng_bytes(&a, x, sizeof(x));
	assert_memory_not_equal(x, y, sizeof(x));	/* never the same again */
	assert_memory_not_equal(a.key, old, sizeof(old));
	chacha_rng_mix(&b, "seee", 4);
	chacha_rng_bytes(&b, y, sizeof(y));
	assert_memory_not_equal(x, y, sizeof(x));
	for (i = 0; i < sizeof(x); i++)
		ones += __builtin_popcount(x[i]);
	assert_in_range(ones, 1000, 1400);		/* of 2400: 8 sigma around 1200 */
	/* Lengths around a block, and nothing behind the end. */
	for (i = 0; i < 200; i++) {
		memset(x, 0x5a, sizeof(x));
		chacha_rng_bytes(&a, x, i);
		assert_int_equal(x[i], 0x5a);
		assert_int_equal(x[i + 1], 0x5a);
	}
}

static void test_small_things(void **state)
{
	u8 bytes[9] = { 9, 1, 2, 3, 4, 5, 6, 7, 8 };

	assert_int_equal(MAJOR(MKDEV(4, 64)), 4);
	assert_int_equal(MINOR(MKDEV(4, 64)), 64);
	assert_int_equal(new_encode_dev(MKDEV(8, 0x12345)), 0x12300845);
	assert_int_equal(new_decode_dev(new_encode_dev(MKDEV(0xabc, 0xfedcb))),
			 MKDEV(0xabc, 0xfedcb));
	assert_int_equal(get_unaligned_le32(bytes + 1), 0x04030201);
	assert_int_equal(get_unaligned_be16(bytes + 1), 0x0102);
	assert_true(get_unaligned_le64(bytes + 1) == 0x0807060504030201ULL);
	put_unaligned_le16(0xbeef, bytes + 1);
	assert_int_equal(bytes[1], 0xef);
	assert_int_equal(bytes[0], 9);
	assert_true(hash_long(1, 8) < 256);
	assert_int_equal(sizeof(dev_t), 4);
	assert_int_equal(sizeof(loff_t), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_sort_other_sizes),
		cmocka_unit_test(test_division),
		cmocka_unit_test(test_crc32),
		cmocka_unit_test(test_chacha_block),
		cmocka_unit_test(test_chacha_rng),
		cmocka_unit_test(test_small_things),
	};

	return cmocka_run_group_tests_name("lib_misc", tests, NULL, NULL);
}
