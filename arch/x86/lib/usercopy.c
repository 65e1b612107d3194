// SPDX-License-Identifier: MIT
/*
 * usercopy.c - checked copies between the kernel and a program.
 *
 * Every address is checked against TASK_SIZE_MAX before it is touched; what is
 * below may still not be mapped, then the copy ends at the fault (copy_user.S,
 * mm/extable.c) and the rest is counted. Nothing here takes a lock; all may sleep,
 * because a fault may.
 *
 *   U1  after copy_from_user() every byte of the destination is written: what could
 *       not be read is zero
 *   U2  strings are read a word at a time, never across a page boundary after the
 *       end of the string: words are aligned
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/minmax.h>
#include <linux/usercopy.h>
#include <linux/bug.h>
#include <asm/uaccess.h>

#define ONES	0x0101010101010101ul
#define HIGHS	0x8080808080808080ul

/* the bits of the bytes that are zero; the lowest one is exact */
static unsigned long zero_bytes(unsigned long w)
{
	return (w - ONES) & ~w & HIGHS;
}

/**
 * raw_copy_from_user() - @n bytes from the program's @from to @to.
 * Locks: none. Context: thread, may sleep. Return: bytes not copied; they stay as they were.
 */
unsigned long raw_copy_from_user(void *to, const void __user *from, unsigned long n)
{
	check_object_size(to, n, false);
	if (!access_ok(from, n))
		return n;
	return __copy_from_user(to, from, n);
}

/**
 * copy_from_user() - @n bytes from the program's @from to @to.
 * Locks: none. Context: thread, may sleep. Return: bytes not copied (zeroed: U1).
 */
unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
	unsigned long left = raw_copy_from_user(to, from, n);

	if (unlikely(left))
		memset((char *)to + (n - left), 0, left);
	return left;
}

/**
 * copy_to_user() - @n bytes to the program's @to.
 * Locks: none. Context: thread, may sleep. Return: bytes not copied.
 */
unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)
{
	check_object_size(from, n, true);
	if (!access_ok(to, n))
		return n;
	return __copy_to_user(to, from, n);
}

/**
 * clear_user() - zero @n bytes at the program's @to.
 * Locks: none. Context: thread, may sleep. Return: bytes not zeroed.
 */
unsigned long clear_user(void __user *to, unsigned long n)
{
	if (!access_ok(to, n))
		return n;
	return __arch_clear_user(to, n);
}

/* Bytes of @dst up to a 0 or @max, one at a time: the ragged ends. */
static long copy_string_bytes(char *dst, const char __user *src, long max, bool *end)
{
	long i;
	char c;

	for (i = 0; i < max; i++) {
		if (__get_user(c, src + i))
			return -EFAULT;
		dst[i] = c;
		if (!c) {
			*end = true;
			return i;
		}
	}
	return max;
}

/**
 * strncpy_from_user() - the string at @src, at most @size bytes, into @dst.
 * Locks: none. Context: thread, may sleep.
 * Return: its length; @size when there is no 0 in so many bytes; -EFAULT.
 */
long strncpy_from_user(char *dst, const char __user *src, long size)
{
	unsigned long at = (unsigned long)src;
	long max, done, n;
	bool end = false;

	if (size <= 0)
		return 0;
	if (at >= TASK_SIZE_MAX)
		return -EFAULT;
	max = min_t(unsigned long, size, TASK_SIZE_MAX - at);
	done = copy_string_bytes(dst, src, min_t(long, max, -at & 7), &end);
	if (done < 0 || end)
		return done;
	while (done + 8 <= max) {
		unsigned long w;

		if (__get_user(w, (const unsigned long __user *)(src + done)))
			return -EFAULT;
		if (zero_bytes(w)) {
			n = __builtin_ctzl(zero_bytes(w)) / 8;
			memcpy(dst + done, &w, n + 1);
			return done + n;
		}
		memcpy(dst + done, &w, 8);
		done += 8;
	}
	n = copy_string_bytes(dst + done, src + done, max - done, &end);
	if (n < 0)
		return n;
	done += n;
	/* The string ran into the end of the address space. */
	return !end && max < size ? -EFAULT : done;
}

/**
 * strnlen_user() - the bytes of the string at @src with its 0.
 * Locks: none. Context: thread, may sleep.
 * Return: the count; more than @size when no 0 is in @size bytes; 0 on a fault.
 */
long strnlen_user(const char __user *src, long size)
{
	unsigned long at = (unsigned long)src;
	long max, i = 0;

	if (size <= 0 || at >= TASK_SIZE_MAX)
		return 0;
	max = min_t(unsigned long, size, TASK_SIZE_MAX - at);
	while (i < max) {
		if (!((at + i) & 7) && i + 8 <= max) {
			unsigned long w;

			if (__get_user(w, (const unsigned long __user *)(src + i)))
				return 0;
			if (zero_bytes(w))
				return i + __builtin_ctzl(zero_bytes(w)) / 8 + 1;
			i += 8;
		} else {
			char c;

			if (__get_user(c, src + i))
				return 0;
			i++;
			if (!c)
				return i;
		}
	}
	return max < size ? 0 : size + 1;
}
