/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SORT_H
#define _LINUX_SORT_H

#include <linux/types.h>

typedef int (*cmp_func_t)(const void *a, const void *b);
typedef void (*swap_func_t)(void *a, void *b, int size);

/* Heapsort of @num elements of @size bytes in place; swap_func may be NULL. */
void sort(void *base, size_t num, size_t size, cmp_func_t cmp_func, swap_func_t swap_func);
/* The element of the sorted array that compares equal to key, or NULL. */
void *bsearch_array(const void *key, const void *base, size_t num, size_t size, cmp_func_t cmp);

#endif
