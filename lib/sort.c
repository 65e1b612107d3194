// SPDX-License-Identifier: MIT
/*
 * Sorting in place: heapsort.
 *
 * It needs n log n comparisons in every case, no memory and no recursion, which
 * in a kernel is worth more than quicksort's better average. It is not stable.
 *
 *   H1  in [0, n): no element is larger than its parent, (i - 1) / 2
 *
 * The first phase establishes H1 from the last parent down to the root; the
 * second takes the largest element, the root, to the end, and repairs H1 for the
 * rest. Elements are exchanged word by word where size and alignment allow.
 */
#include <linux/bug.h>
#include <linux/sort.h>

static void swap_words(void *a, void *b, size_t size)
{
	unsigned long *x = a, *y = b, tmp;
	size_t i;

	for (i = 0; i < size / sizeof(tmp); i++) {
		tmp = x[i];
		x[i] = y[i];
		y[i] = tmp;
	}
}

static void swap_bytes(void *a, void *b, size_t size)
{
	u8 *x = a, *y = b, tmp;
	size_t i;

	for (i = 0; i < size; i++) {
		tmp = x[i];
		x[i] = y[i];
		y[i] = tmp;
	}
}

struct heap {
	char *base;
	size_t size;
	cmp_func_t cmp;
	swap_func_t swap_func;
	bool words;
};

static void heap_swap(const struct heap *h, size_t i, size_t j)
{
	void *a = h->base + i * h->size, *b = h->base + j * h->size;

	if (h->swap_func)
		h->swap_func(a, b, (int)h->size);
	else if (h->words)
		swap_words(a, b, h->size);
	else
		swap_bytes(a, b, h->size);
}

/* Element i may be too small for its place: let it sink (H1 below it holds). */
static void heap_sink(const struct heap *h, size_t i, size_t n)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= n)
			return;
		if (child + 1 < n && h->cmp(h->base + child * h->size,
					    h->base + (child + 1) * h->size) < 0)
			child++;
		if (h->cmp(h->base + i * h->size, h->base + child * h->size) >= 0)
			return;
		heap_swap(h, i, child);
		i = child;
	}
}

/**
 * sort() - sort @num elements of @size bytes.
 * Locks:   the caller's.
 * Context: any; never sleeps unless the functions do.
 * Return:  nothing.
 */
void sort(void *base, size_t num, size_t size, cmp_func_t cmp_func, swap_func_t swap_func)
{
	struct heap h = {
		.base = base, .size = size, .cmp = cmp_func, .swap_func = swap_func,
		.words = ((uintptr_t)base | size) % sizeof(unsigned long) == 0,
	};
	size_t i;

	mm_assert(size > 0);
	if (num < 2)
		return;
	for (i = num / 2; i-- > 0;)
		heap_sink(&h, i, num);
	for (i = num - 1; i > 0; i--) {
		heap_swap(&h, 0, i);
		heap_sink(&h, 0, i);
	}
}

/**
 * bsearch_array() - find @key in a sorted array.
 * Locks:   the caller's.
 * Context: any.
 * Return:  an element that compares equal, or NULL.
 */
void *bsearch_array(const void *key, const void *base, size_t num, size_t size, cmp_func_t cmp)
{
	size_t low = 0, high = num;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const char *at = (const char *)base + mid * size;
		int order = cmp(key, at);

		if (order == 0)
			return (void *)at;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}
