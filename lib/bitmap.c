// SPDX-License-Identifier: MIT
/*
 * Bit arrays of any length.
 *
 * A map of nbits bits is an array of unsigned long, lowest bit first. The bits
 * of the last word beyond nbits are nobody's: functions that read a map ignore
 * them (last_mask()), functions that write one may set them to anything.
 *
 * The searches walk words: find_next_bit() and find_next_zero_bit() are one
 * function, as the second one searches in the inverted words. They return the
 * size when nothing is found, so that the usual loop ends without a special
 * case.
 *
 * Locks: none; the caller owns the map. A search over a map that others change
 * by atomic operations sees each word at some moment.
 */
#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/ctype.h>
#include <linux/err.h>

static inline unsigned long last_mask(unsigned int nbits)
{
	return nbits % BITS_PER_LONG ? BITMAP_LAST_WORD_MASK(nbits) : ~0UL;
}

static inline unsigned long find_next(const unsigned long *addr, unsigned long size,
				      unsigned long offset, unsigned long invert)
{
	unsigned long word, at;

	if (offset >= size)
		return size;
	at = BIT_WORD(offset);
	word = (READ_ONCE(addr[at]) ^ invert) & BITMAP_FIRST_WORD_MASK(offset);
	while (!word) {
		at++;
		if (at * BITS_PER_LONG >= size)
			return size;
		word = READ_ONCE(addr[at]) ^ invert;
	}
	offset = at * BITS_PER_LONG + __ffs(word);
	return offset < size ? offset : size;
}

/**
 * find_next_bit() - the first set bit at @offset or above.
 * Locks:   the caller's.
 * Context: any.
 * Return:  its position, or @size.
 */
unsigned long find_next_bit(const unsigned long *addr, unsigned long size, unsigned long offset)
{
	return find_next(addr, size, offset, 0);
}

/**
 * find_next_zero_bit() - the first clear bit at @offset or above.
 * Locks:   the caller's.
 * Context: any.
 * Return:  its position, or @size.
 */
unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size,
				 unsigned long offset)
{
	return find_next(addr, size, offset, ~0UL);
}

/**
 * find_last_bit() - the last set bit.
 * Locks:   the caller's.
 * Context: any.
 * Return:  its position, or @size.
 */
unsigned long find_last_bit(const unsigned long *addr, unsigned long size)
{
	unsigned long at = BITS_TO_LONGS(size), word, mask;

	if (!size)
		return 0;
	mask = last_mask(size);
	while (at-- > 0) {
		word = addr[at] & mask;
		if (word)
			return at * BITS_PER_LONG + __fls(word);
		mask = ~0UL;
	}
	return size;
}

/**
 * bitmap_set() - set @nbits bits from @start on.
 * Locks:   the caller's.
 * Context: any.
 * Return:  nothing.
 */
void bitmap_set(unsigned long *map, unsigned int start, unsigned int nbits)
{
	unsigned int end = start + nbits, at;

	mm_assert(end >= start);
	for (at = BIT_WORD(start); at * BITS_PER_LONG < end && nbits; at++) {
		unsigned long mask = ~0UL;

		if (at == BIT_WORD(start))
			mask &= BITMAP_FIRST_WORD_MASK(start);
		if (at == BIT_WORD(end))
			mask &= ~BITMAP_FIRST_WORD_MASK(end);
		map[at] |= mask;
	}
}

/**
 * bitmap_clear() - clear @nbits bits from @start on.
 * Locks:   the caller's.
 * Context: any.
 * Return:  nothing.
 */
void bitmap_clear(unsigned long *map, unsigned int start, unsigned int nbits)
{
	unsigned int end = start + nbits, at;

	mm_assert(end >= start);
	for (at = BIT_WORD(start); at * BITS_PER_LONG < end && nbits; at++) {
		unsigned long mask = ~0UL;

		if (at == BIT_WORD(start))
			mask &= BITMAP_FIRST_WORD_MASK(start);
		if (at == BIT_WORD(end))
			mask &= ~BITMAP_FIRST_WORD_MASK(end);
		map[at] &= ~mask;
	}
}

/* The words of a map: at runs over them, mask selects the bits that count. */
#define for_each_word(at, mask, nbits)					\
	for ((at) = 0; (at) < BITS_TO_LONGS(nbits) &&			\
	     ((mask) = (at) + 1 == BITS_TO_LONGS(nbits) ?		\
			last_mask(nbits) : ~0UL, 1); (at)++)

/**
 * bitmap_and() - @dst = @a & @b.
 * Locks:   the caller's.
 * Context: any.
 * Return:  true when a bit is set in @dst.
 */
bool bitmap_and(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		unsigned int nbits)
{
	unsigned long any = 0, mask;
	unsigned int at;

	for_each_word(at, mask, nbits)
		any |= (dst[at] = a[at] & b[at] & mask);
	return any != 0;
}

/**
 * bitmap_andnot() - @dst = @a & ~@b.
 * Locks:   the caller's.
 * Context: any.
 * Return:  true when a bit is set in @dst.
 */
bool bitmap_andnot(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		   unsigned int nbits)
{
	unsigned long any = 0, mask;
	unsigned int at;

	for_each_word(at, mask, nbits)
		any |= (dst[at] = a[at] & ~b[at] & mask);
	return any != 0;
}

/**
 * bitmap_or() - @dst = @a | @b.
 * Locks:   the caller's.
 * Context: any.
 * Return:  nothing.
 */
void bitmap_or(unsigned long *dst, const unsigned long *a, const unsigned long *b,
	       unsigned int nbits)
{
	unsigned int at;

	for (at = 0; at < BITS_TO_LONGS(nbits); at++)
		dst[at] = a[at] | b[at];
}

/**
 * bitmap_xor() - @dst = @a ^ @b.
 * Locks:   the caller's.
 * Context: any.
 * Return:  nothing.
 */
void bitmap_xor(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		unsigned int nbits)
{
	unsigned int at;

	for (at = 0; at < BITS_TO_LONGS(nbits); at++)
		dst[at] = a[at] ^ b[at];
}

/**
 * bitmap_complement() - @dst = ~@src.
 * Locks:   the caller's.
 * Context: any.
 * Return:  nothing.
 */
void bitmap_complement(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	unsigned int at;

	for (at = 0; at < BITS_TO_LONGS(nbits); at++)
		dst[at] = ~src[at];
}

/**
 * bitmap_equal() - do @a and @b have the same bits?
 * Locks:   the caller's.
 * Context: any.
 * Return:  true when they have.
 */
bool bitmap_equal(const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	unsigned long diff = 0, mask;
	unsigned int at;

	for_each_word(at, mask, nbits)
		diff |= (a[at] ^ b[at]) & mask;
	return diff == 0;
}

/**
 * bitmap_intersects() - have @a and @b a bit in common?
 * Locks:   the caller's.
 * Context: any.
 * Return:  true when they have.
 */
bool bitmap_intersects(const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	unsigned long common = 0, mask;
	unsigned int at;

	for_each_word(at, mask, nbits)
		common |= a[at] & b[at] & mask;
	return common != 0;
}

/**
 * bitmap_subset() - is each bit of @a set in @b?
 * Locks:   the caller's.
 * Context: any.
 * Return:  true when it is.
 */
bool bitmap_subset(const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	unsigned long beyond = 0, mask;
	unsigned int at;

	for_each_word(at, mask, nbits)
		beyond |= a[at] & ~b[at] & mask;
	return beyond == 0;
}

/**
 * bitmap_empty() - is no bit set?
 * Locks:   the caller's.
 * Context: any.
 * Return:  true when none is.
 */
bool bitmap_empty(const unsigned long *map, unsigned int nbits)
{
	return find_first_bit(map, nbits) == nbits;
}

/**
 * bitmap_full() - are all bits set?
 * Locks:   the caller's.
 * Context: any.
 * Return:  true when all are.
 */
bool bitmap_full(const unsigned long *map, unsigned int nbits)
{
	return find_first_zero_bit(map, nbits) == nbits;
}

/**
 * bitmap_weight() - how many bits are set?
 * Locks:   the caller's.
 * Context: any.
 * Return:  the number.
 */
unsigned int bitmap_weight(const unsigned long *map, unsigned int nbits)
{
	unsigned int weight = 0, at;
	unsigned long mask;

	for_each_word(at, mask, nbits)
		weight += hweight_long(map[at] & mask);
	return weight;
}

/**
 * bitmap_find_next_zero_area() - the first @nr clear bits together, from @start
 * on, at a position whose @align_mask bits are 0.
 * Locks:   the caller's.
 * Context: any.
 * Return:  the position, or a value above @size - @nr when there is none.
 */
unsigned long bitmap_find_next_zero_area(unsigned long *map, unsigned long size,
					 unsigned long start, unsigned int nr,
					 unsigned long align_mask)
{
	unsigned long at = start, used;

	mm_assert((align_mask & (align_mask + 1)) == 0);
	for (;;) {
		at = find_next_zero_bit(map, size, at);
		at = (at + align_mask) & ~align_mask;
		if (at > size || size - at < nr)
			return size + 1;
		used = find_next_bit(map, at + nr, at);
		if (used >= at + nr)
			return at;
		at = used + 1;
	}
}

/**
 * bitmap_print_list() - "0-3,8" into @buf.
 * Locks:   the caller's.
 * Context: any.
 * Return:  bytes written, without the final NUL.
 */
int bitmap_print_list(char *buf, size_t size, const unsigned long *map, unsigned int nbits)
{
	unsigned long from = find_first_bit(map, nbits), to;
	int len = 0;

	if (size)
		buf[0] = '\0';
	while (from < nbits) {
		to = find_next_zero_bit(map, nbits, from);
		len += scnprintf(buf + len, size - len, to - from > 1 ? "%s%lu-%lu" : "%s%lu",
				 len ? "," : "", from, to - 1);
		from = find_next_bit(map, nbits, to);
	}
	return len;
}

/**
 * bitmap_print_hex() - the map in groups of 32 bits, highest first.
 * Locks:   the caller's.
 * Context: any.
 * Return:  bytes written, without the final NUL.
 */
int bitmap_print_hex(char *buf, size_t size, const unsigned long *map, unsigned int nbits)
{
	int group = DIV_ROUND_UP(nbits, 32), len = 0;

	while (group-- > 0) {
		unsigned int bits = min_t(unsigned int, nbits - group * 32, 32);
		unsigned long word = map[group * 32 / BITS_PER_LONG] >>
				     (group * 32 % BITS_PER_LONG);

		word &= 0xffffffffUL >> (32 - bits);
		len += scnprintf(buf + len, size - len, "%0*lx%s", (int)DIV_ROUND_UP(bits, 4),
				 word, group ? "," : "");
	}
	return len;
}

static const char *parse_number(const char *s, unsigned int *value)
{
	unsigned int v = 0;

	if (!isdigit(*s))
		return NULL;
	for (; isdigit(*s); s++) {
		if (v > (UINT_MAX - 9) / 10)
			return NULL;
		v = v * 10 + (*s - '0');
	}
	*value = v;
	return s;
}

/**
 * bitmap_parselist() - set the bits that "0-3,8" names; the others are cleared.
 * Locks:   the caller's.
 * Context: any.
 * Return:  0, -EINVAL for text of another form, -ERANGE for a bit beyond the map.
 */
int bitmap_parselist(const char *buf, unsigned long *map, unsigned int nbits)
{
	unsigned int from, to;

	bitmap_zero(map, nbits);
	while (*buf && *buf != '\n') {
		buf = parse_number(buf, &from);
		if (!buf)
			return -EINVAL;
		to = from;
		if (*buf == '-') {
			buf = parse_number(buf + 1, &to);
			if (!buf || to < from)
				return -EINVAL;
		}
		if (to >= nbits)
			return -ERANGE;
		bitmap_set(map, from, to - from + 1);
		if (*buf == ',')
			buf++;
		else if (*buf && *buf != '\n')
			return -EINVAL;
	}
	return 0;
}
