/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

/*
 * Strings. The functions of the C library are in lib/string.c, which a hosted
 * build leaves out as the C library has them; ours are in
 * lib/string_helpers.c.
 */
#include <linux/types.h>

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *s, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *find);
char *strcpy(char *dst, const char *src);
char *strncpy(char *dst, const char *src, size_t n);
char *strcat(char *dst, const char *src);
char *strncat(char *dst, const char *src, size_t n);
size_t strspn(const char *s, const char *accept);
size_t strcspn(const char *s, const char *reject);
char *strpbrk(const char *s, const char *accept);
char *strsep(char **s, const char *delim);

/* Copies at most size - 1 bytes and a NUL; -E2BIG when src did not fit. */
ssize_t strscpy(char *dst, const char *src, size_t size);
/* As strscpy(), and fills the rest with zeros. */
ssize_t strscpy_pad(char *dst, const char *src, size_t size);
char *strnchr(const char *s, size_t n, int c);
char *skip_spaces(const char *s);
char *strim(char *s);
const char *kbasename(const char *path);
bool sysfs_streq(const char *a, const char *b);
/* The first byte that is not c, NULL when all are. */
void *memchr_inv(const void *s, int c, size_t n);
void *memset64(u64 *s, u64 value, size_t count);
void memzero_explicit(void *s, size_t n);

/* True when s begins with prefix; its value is the prefix's length. */
static inline size_t str_has_prefix(const char *s, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(s, prefix, len) == 0 ? len : 0;
}

static inline bool strstarts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

#if !__STDC_HOSTED__ && !defined(STRING_FUNCTIONS_ONLY)
/* -ffreestanding hides the builtins; small constant copies become moves again. */
#define memcpy(d, s, n)		__builtin_memcpy(d, s, n)
#define memset(d, c, n)		__builtin_memset(d, c, n)
#define memmove(d, s, n)	__builtin_memmove(d, s, n)
#define memcmp(a, b, n)		__builtin_memcmp(a, b, n)
#define strlen(s)		__builtin_strlen(s)
#endif

#endif
