// SPDX-License-Identifier: MIT
/* test_dma.c - memory for devices: masks of any width, zones, wrong frees. */
#include "quire_test.h"
#include <linux/dma-mapping.h>

static struct device dev = { .init_name = "test" };

static int setup_zones(void **state)
{
	/* DMA below 16 MiB, DMA32 below 64 MiB here, and 64 MiB above */
	struct machine_config config = {
		.ram_bytes = 128ul << 20, .dma32_limit = 64ul << 20,
	};

	return quire_setup_config(state, &config);
}

static dma_addr_t try_mask(u64 mask, size_t bytes)
{
	dma_addr_t at = 0;
	char *p;
	size_t i;

	assert_int_equal(dma_set_coherent_mask(&dev, mask), 0);
	p = dma_alloc_coherent(&dev, bytes, &at, GFP_KERNEL);
	if (!p)
		return 0;
	assert_true(at + bytes - 1 <= mask);
	assert_int_equal(at, __pa(p));
	assert_int_equal(at % PAGE_SIZE, 0);
	for (i = 0; i < bytes; i++)
		assert_int_equal(p[i], 0);
	memset(p, 0x5a, bytes);
	dma_free_coherent(&dev, bytes, p, at);
	return at;
}

static void test_masks(void **state)
{
	static const size_t sizes[] = { 1, PAGE_SIZE, 3 * PAGE_SIZE, 1ul << 20 };
	unsigned int bits, i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (bits = 24; bits <= 64; bits++)
			assert_true(try_mask(DMA_BIT_MASK(bits), sizes[i]));
	assert_true(try_mask(DMA_BIT_MASK(64), PAGE_SIZE) >= 64ul << 20);
	assert_in_range(try_mask(DMA_BIT_MASK(26), PAGE_SIZE), 16ul << 20, 64ul << 20);
	assert_true(try_mask((20ul << 20) + 4095, PAGE_SIZE) < 20ul << 20);
}

static void test_bad(void **state)
{
	dma_addr_t at = 7;
	char *p;

	dev.coherent_dma_mask = 0;
	assert_null(dma_alloc_coherent(&dev, PAGE_SIZE, &at, GFP_KERNEL));
	assert_int_equal(host_warnings(*state), 1);
	dev.coherent_dma_mask = DMA_BIT_MASK(32);
	assert_null(dma_alloc_coherent(&dev, 0, &at, GFP_KERNEL));
	assert_null(dma_alloc_coherent(&dev, 1ul << 30, &at, GFP_KERNEL | __GFP_NOWARN));
	assert_int_equal(at, 7);
	p = dma_alloc_coherent(&dev, 100, &at, GFP_KERNEL);
	dma_free_coherent(&dev, 100, p, at + PAGE_SIZE);
	assert_log_has(*state, "test: DMA memory at");
	dma_free_coherent(&dev, 100, p, at);
	dma_free_coherent(&dev, 100, NULL, 0);
}

/* all of the lowest zone, and not a page more */
static void test_exhaust(void **state)
{
	static void *p[5000];
	static dma_addr_t at[5000];
	unsigned int n = 0;

	dev.coherent_dma_mask = DMA_BIT_MASK(24);
	while (n < 5000 && (p[n] = dma_alloc_coherent(&dev, PAGE_SIZE, &at[n],
						      GFP_KERNEL | __GFP_NOWARN)))
		n++;
	assert_in_range(n, 3000, 4096);
	assert_true(try_mask(DMA_BIT_MASK(26), PAGE_SIZE));
	while (n--)
		dma_free_coherent(&dev, PAGE_SIZE, p[n], at[n]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_masks, setup_zones, quire_teardown),
		cmocka_unit_test_setup_teardown(test_bad, setup_zones, quire_teardown),
		cmocka_unit_test_setup_teardown(test_exhaust, setup_zones, quire_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
