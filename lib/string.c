// SPDX-License-Identifier: MIT
/*
 * The C library's string functions, for a kernel that has no C library. A hosted
 * build leaves this file out.
 *
 * They are weak: a port whose machine copies and fills faster with instructions
 * of its own (rep movsb, rep stosq) defines memcpy() and friends itself. What
 * stands here works anywhere, with words where both sides are aligned alike.
 *
 * The compiler knows these loops and likes to replace them by calls of the very
 * functions that they implement; keep_loop() hides the pointer from it.
 *
 * The rules are the C standard's: memcpy() and the str functions on areas that do
 * not overlap, memmove() on any. No locks, no state.
 */
#define STRING_FUNCTIONS_ONLY		/* no macros over what is defined here */
#include <linux/ctype.h>
#include <linux/string.h>

#define keep_loop(p)	__asm__ volatile("" : "+r"(p))

typedef unsigned long __attribute__((__may_alias__)) word_t;
#define WORD_MASK	(sizeof(word_t) - 1)

static inline bool aligned_alike(const void *a, const void *b)
{
	return (((uintptr_t)a ^ (uintptr_t)b) & WORD_MASK) == 0;
}

/**
 * memcpy() - copy @n bytes between areas that do not overlap.
 * Locks:   none.
 * Context: any.
 * Return:  @dst.
 */
__weak void *memcpy(void *dst, const void *src, size_t n)
{
	unsigned char *d = dst;
	const unsigned char *s = src;

	if (aligned_alike(d, s)) {
		for (; n && ((uintptr_t)d & WORD_MASK); n--) {
			*d++ = *s++;
			keep_loop(d);
		}
		for (; n > WORD_MASK; n -= sizeof(word_t)) {
			*(word_t *)d = *(const word_t *)s;
			d += sizeof(word_t);
			s += sizeof(word_t);
			keep_loop(d);
		}
	}
	for (; n; n--) {
		*d++ = *s++;
		keep_loop(d);
	}
	return dst;
}

/**
 * memmove() - copy @n bytes between areas that may overlap.
 * Locks:   none.
 * Context: any.
 * Return:  @dst.
 */
__weak void *memmove(void *dst, const void *src, size_t n)
{
	unsigned char *d = dst;
	const unsigned char *s = src;

	if (d <= s || d >= s + n) {
		/* Forwards is safe; memcpy() of a port need not go forwards. */
		for (; n; n--) {
			*d++ = *s++;
			keep_loop(d);
		}
		return dst;
	}
	while (n--) {
		d[n] = s[n];
		keep_loop(d);
	}
	return dst;
}

/**
 * memset() - fill @n bytes with @c.
 * Locks:   none.
 * Context: any.
 * Return:  @s.
 */
__weak void *memset(void *s, int c, size_t n)
{
	unsigned char *p = s;
	word_t pattern = (unsigned char)c * (~0UL / 255);

	for (; n && ((uintptr_t)p & WORD_MASK); n--) {
		*p++ = c;
		keep_loop(p);
	}
	for (; n > WORD_MASK; n -= sizeof(word_t)) {
		*(word_t *)p = pattern;
		p += sizeof(word_t);
		keep_loop(p);
	}
	for (; n; n--) {
		*p++ = c;
		keep_loop(p);
	}
	return s;
}

/**
 * memcmp() - compare @n bytes as unsigned values.
 * Locks:   none.
 * Context: any.
 * Return:  below, equal to or above 0, as @a is to @b.
 */
__weak int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	if (aligned_alike(x, y) && !((uintptr_t)x & WORD_MASK)) {
		for (; n > WORD_MASK; n -= sizeof(word_t)) {
			if (*(const word_t *)x != *(const word_t *)y)
				break;
			x += sizeof(word_t);
			y += sizeof(word_t);
			keep_loop(x);
		}
	}
	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

/**
 * memchr() - the first byte @c in @n bytes.
 * Locks:   none.
 * Context: any.
 * Return:  where it is, or NULL.
 */
__weak void *memchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	for (; n; n--, p++)
		if (*p == (unsigned char)c)
			return (void *)p;
	return NULL;
}

/**
 * strlen() - length without the final NUL.
 * Locks:   none.
 * Context: any.
 * Return:  the length.
 */
__weak size_t strlen(const char *s)
{
	const char *p = s;

	while (*p) {
		p++;
		keep_loop(p);
	}
	return p - s;
}

/**
 * strnlen() - length, of the first @max bytes at most.
 * Locks:   none.
 * Context: any.
 * Return:  the length, or @max when there is no NUL in them.
 */
__weak size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

/**
 * strcmp() - compare as unsigned bytes.
 * Locks:   none.
 * Context: any.
 * Return:  below, equal to or above 0.
 */
__weak int strcmp(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return (unsigned char)*a - (unsigned char)*b;
}

/**
 * strncmp() - compare the first @n bytes at most.
 * Locks:   none.
 * Context: any.
 * Return:  below, equal to or above 0.
 */
__weak int strncmp(const char *a, const char *b, size_t n)
{
	for (; n && *a && *a == *b; a++, b++, n--)
		;
	return n ? (unsigned char)*a - (unsigned char)*b : 0;
}

/**
 * strcasecmp() - compare without regard to the case of ASCII letters.
 * Locks:   none.
 * Context: any.
 * Return:  below, equal to or above 0.
 */
__weak int strcasecmp(const char *a, const char *b)
{
	return strncasecmp(a, b, SIZE_MAX);
}

/**
 * strncasecmp() - the same for the first @n bytes at most.
 * Locks:   none.
 * Context: any.
 * Return:  below, equal to or above 0.
 */
__weak int strncasecmp(const char *a, const char *b, size_t n)
{
	for (; n; a++, b++, n--) {
		int x = tolower((unsigned char)*a), y = tolower((unsigned char)*b);

		if (x != y || !x)
			return x - y;
	}
	return 0;
}

/**
 * strchr() - the first @c; the final NUL counts as a character.
 * Locks:   none.
 * Context: any.
 * Return:  where it is, or NULL.
 */
__weak char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			return NULL;
	}
}

/**
 * strrchr() - the last @c; the final NUL counts as a character.
 * Locks:   none.
 * Context: any.
 * Return:  where it is, or NULL.
 */
__weak char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do {
		if (*s == (char)c)
			last = s;
	} while (*s++);
	return (char *)last;
}

/**
 * strstr() - the first place of @find in @s.
 * Locks:   none.
 * Context: any.
 * Return:  the place, or NULL.
 */
__weak char *strstr(const char *s, const char *find)
{
	size_t n = strlen(find);

	for (;; s++) {
		if (strncmp(s, find, n) == 0)
			return (char *)s;
		if (!*s)
			return NULL;
	}
}

/**
 * strcpy() - copy with the final NUL; the caller knows that it fits.
 * Locks:   none.
 * Context: any.
 * Return:  @dst.
 */
__weak char *strcpy(char *dst, const char *src)
{
	memcpy(dst, src, strlen(src) + 1);
	return dst;
}

/**
 * strncpy() - copy @n bytes at most, fill the rest with NULs.
 * Locks:   none.
 * Context: any.
 * Return:  @dst, which has no NUL when @src did not fit.
 */
__weak char *strncpy(char *dst, const char *src, size_t n)
{
	size_t len = strnlen(src, n);

	memcpy(dst, src, len);
	memset(dst + len, 0, n - len);
	return dst;
}

/**
 * strcat() - append; the caller knows that it fits.
 * Locks:   none.
 * Context: any.
 * Return:  @dst.
 */
__weak char *strcat(char *dst, const char *src)
{
	strcpy(dst + strlen(dst), src);
	return dst;
}

/**
 * strncat() - append @n bytes at most, and a NUL.
 * Locks:   none.
 * Context: any.
 * Return:  @dst.
 */
__weak char *strncat(char *dst, const char *src, size_t n)
{
	char *end = dst + strlen(dst);
	size_t len = strnlen(src, n);

	memcpy(end, src, len);
	end[len] = '\0';
	return dst;
}

/**
 * strspn() - length of the beginning made of characters of @accept.
 * Locks:   none.
 * Context: any.
 * Return:  the length.
 */
__weak size_t strspn(const char *s, const char *accept)
{
	size_t n = 0;

	while (s[n] && strchr(accept, s[n]))
		n++;
	return n;
}

/**
 * strcspn() - length of the beginning without characters of @reject.
 * Locks:   none.
 * Context: any.
 * Return:  the length.
 */
__weak size_t strcspn(const char *s, const char *reject)
{
	size_t n = 0;

	while (s[n] && !strchr(reject, s[n]))
		n++;
	return n;
}

/**
 * strpbrk() - the first character of @s that is in @accept.
 * Locks:   none.
 * Context: any.
 * Return:  where it is, or NULL.
 */
__weak char *strpbrk(const char *s, const char *accept)
{
	s += strcspn(s, accept);
	return *s ? (char *)s : NULL;
}

/**
 * strsep() - cut the next field off @s, at a character of @delim.
 * Locks:   none.
 * Context: any.
 * Return:  the field (it may be empty), or NULL when *@s is NULL.
 */
__weak char *strsep(char **s, const char *delim)
{
	char *field = *s, *end;

	if (!field)
		return NULL;
	end = strpbrk(field, delim);
	if (end)
		*end++ = '\0';
	*s = end;
	return field;
}
