/* SPDX-License-Identifier: MIT */
/*
 * byte_map.h - which bytes of RAM are somebody's: one bit for each 8 bytes, against
 * allocators of objects in the direct map.
 *
 * bytes_take() what was allocated, bytes_give() what is about to be freed: objects that
 * overlap, lie outside of RAM or are not aligned are found at once.
 *
 * Without BYTES_FAIL a contradiction fails a cmocka test.
 */
#ifndef BYTE_MAP_H
#define BYTE_MAP_H

#include <linux/mm.h>
#include <linux/memblock.h>

#ifndef BYTES_FAIL
#define BYTES_FAIL(...) fail_msg(__VA_ARGS__)
#endif

static u8 *byte_map;
static phys_addr_t byte_map_start, byte_map_end;

static inline void bytes_begin(void)
{
	byte_map_start = memblock_start_of_DRAM();
	byte_map_end = memblock_end_of_DRAM();
	byte_map = calloc((byte_map_end - byte_map_start) / 64, 1);
}

static inline void bytes_end(void)
{
	free(byte_map);
	byte_map = NULL;
}

static inline void bytes_flip(const void *p, size_t bytes, bool was)
{
	phys_addr_t at = __pa(p);
	size_t i, first = (at - byte_map_start) / 8;

	if (at < byte_map_start || at + bytes > byte_map_end)
		BYTES_FAIL("%zu bytes at %#llx are not in RAM", bytes, (unsigned long long)at);
	if (at % 8)
		BYTES_FAIL("%zu bytes at %#llx are not aligned", bytes, (unsigned long long)at);
	for (i = first; i < first + (bytes + 7) / 8; i++) {
		if ((byte_map[i / 8] >> i % 8 & 1) != was)
			BYTES_FAIL("byte %zu of %zu at %#llx is %s", (i - first) * 8, bytes,
				   (unsigned long long)at, was ? "nobody's" : "somebody's");
		byte_map[i / 8] ^= 1 << i % 8;
	}
}

static inline void bytes_take(const void *p, size_t bytes) { bytes_flip(p, bytes, false); }
static inline void bytes_give(const void *p, size_t bytes) { bytes_flip(p, bytes, true); }

/* does every one of @bytes at @p have the value @v? */
static inline void bytes_are(const void *p, size_t bytes, u8 v)
{
	const u8 *at = p;
	size_t i;

	for (i = 0; i < bytes; i++)
		if (at[i] != v)
			BYTES_FAIL("byte %zu of %zu is %#x, not %#x", i, bytes, at[i], v);
}

#endif
