// SPDX-License-Identifier: MIT
/*
 * String functions that kernels have and the C library has not: bounded copies
 * that say when they cut, trimming, and searches for what does not belong.
 *
 * Everything here works on the caller's memory, allocates nothing and keeps no
 * state. A size is the size of the whole buffer with the NUL; the functions that
 * write always leave a NUL when the size is not 0.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/string.h>

/**
 * strscpy() - copy @src to @dst of @size bytes.
 * Locks:   none.
 * Context: any.
 * Return:  bytes copied without the NUL, or -E2BIG when @src was cut or @size
 *          is 0.
 */
ssize_t strscpy(char *dst, const char *src, size_t size)
{
	size_t len;

	if (!size || size > INT_MAX)
		return -E2BIG;
	len = strnlen(src, size);
	if (len < size) {
		memcpy(dst, src, len + 1);
		return len;
	}
	memcpy(dst, src, size - 1);
	dst[size - 1] = '\0';
	return -E2BIG;
}

/**
 * strscpy_pad() - the same, and zeros up to the end of the buffer.
 * Locks:   none.
 * Context: any.
 * Return:  as strscpy().
 */
ssize_t strscpy_pad(char *dst, const char *src, size_t size)
{
	ssize_t len = strscpy(dst, src, size);

	if (len >= 0)
		memset(dst + len, 0, size - len);
	return len;
}

/**
 * strnchr() - the first @c among the first @n bytes of a string.
 * Locks:   none.
 * Context: any.
 * Return:  where it is, or NULL.
 */
char *strnchr(const char *s, size_t n, int c)
{
	for (; n; n--, s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			break;
	}
	return NULL;
}

/**
 * skip_spaces() - the first character that is not white space.
 * Locks:   none.
 * Context: any.
 * Return:  where it is (the NUL at the latest).
 */
char *skip_spaces(const char *s)
{
	while (isspace(*s))
		s++;
	return (char *)s;
}

/**
 * strim() - cut white space off the end, skip it at the beginning.
 * Locks:   none.
 * Context: any.
 * Return:  the trimmed string, inside @s.
 */
char *strim(char *s)
{
	size_t len = strlen(s);

	while (len && isspace(s[len - 1]))
		len--;
	s[len] = '\0';
	return skip_spaces(s);
}

/**
 * kbasename() - the last component of @path.
 * Locks:   none.
 * Context: any.
 * Return:  it, inside @path.
 */
const char *kbasename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/**
 * sysfs_streq() - are both the same, but for a newline at the end of one?
 * Locks:   none.
 * Context: any.
 * Return:  true when they are.
 */
bool sysfs_streq(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a == *b)
		return true;
	return (!*a && *b == '\n' && !b[1]) || (!*b && *a == '\n' && !a[1]);
}

/**
 * memchr_inv() - the first byte that differs from @c.
 * Locks:   none.
 * Context: any.
 * Return:  where it is, or NULL when all @n bytes equal @c.
 */
void *memchr_inv(const void *s, int c, size_t n)
{
	const unsigned char *p = s;
	unsigned long pattern = (unsigned char)c * (~0UL / 255), word;

	for (; n && (uintptr_t)p % sizeof(word); n--, p++)
		if (*p != (unsigned char)c)
			return (void *)p;
	for (; n >= sizeof(word); n -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		if (word != pattern)
			break;
	}
	for (; n; n--, p++)
		if (*p != (unsigned char)c)
			return (void *)p;
	return NULL;
}

/**
 * memset64() - fill @count words of 64 bits.
 * Locks:   none.
 * Context: any.
 * Return:  @s.
 */
void *memset64(u64 *s, u64 value, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		s[i] = value;
	return s;
}

/**
 * memzero_explicit() - wipe a secret; the compiler must not leave it out.
 * Locks:   none.
 * Context: any.
 * Return:  nothing.
 */
void memzero_explicit(void *s, size_t n)
{
	memset(s, 0, n);
	__asm__ __volatile__("" : : "r"(s) : "memory");
}
