// SPDX-License-Identifier: MIT
/*
 * uaccess.c - user memory of a hosted machine, from the kernel's side.
 *
 * An access goes page by page through the CPU's TLB (tlb.c). Where the tables do not
 * permit it, the same thing happens as on a CPU: a page fault, mm_fault(), and then the
 * access again. An address that mm_fault() refuses ends the copy there; how many bytes
 * were left is the result.
 *
 *   U1  a fault that was resolved makes the access succeed after a few tries, or mm/ is
 *       broken: MAX_FAULTS in a row for one page stop the machine
 *
 * Locks: none held; may sleep in mm_fault().
 */
#include "host_internal.h"
#include <linux/usercopy.h>
#include <asm/uaccess.h>

#define MAX_FAULTS	100

static void from_buffer(void *at, void *arg, size_t bytes)
{
	memmove(at, arg, bytes);	/* the buffer may be the same page, seen twice */
}

static void to_buffer(void *at, void *arg, size_t bytes)
{
	memmove(arg, at, bytes);
}

static void to_zero(void *at, void *arg, size_t bytes)
{
	memset(at, 0, bytes);
}

static const unsigned int access_flag[] = {
	[HOST_READ] = 0, [HOST_WRITE] = FAULT_FLAG_WRITE, [HOST_FETCH] = FAULT_FLAG_INSTRUCTION,
};

/* One page's share. 0 or -EFAULT. */
static int access_page(struct mm_struct *mm, unsigned long addr, size_t bytes,
		       enum host_access access, host_access_fn fn, void *buf)
{
	unsigned int flags = FAULT_FLAG_ALLOW_RETRY | access_flag[access];
	int tries, si_code;

	host_sched_point(HOST_POINT_ACCESS);
	for (tries = 0; tries < MAX_FAULTS; tries++) {
		if (!host_tlb_access(mm, addr, bytes, access, fn, buf))
			return 0;
		if (mm_fault(mm, addr, flags, &si_code) & VM_FAULT_ERROR)
			return -EFAULT;
	}
	mm_bug_on(tries == MAX_FAULTS);					/* U1 */
	return -EFAULT;
}

/* Returns the bytes that were not done. */
static unsigned long access_user(unsigned long addr, unsigned long n,
				 enum host_access access, host_access_fn fn, char *buf)
{
	struct mm_struct *mm = host_ctx.mm;
	size_t bytes;

	if (!mm || !access_ok((void *)addr, n))
		return n;
	while (n) {
		bytes = min_t(unsigned long, n, PAGE_SIZE - (addr & ~PAGE_MASK));
		if (access_page(mm, addr, bytes, access, fn, buf))
			return n;
		addr += bytes;
		n -= bytes;
		if (buf)
			buf += bytes;
	}
	return 0;
}

/**
 * copy_to_user() - @n bytes to user address @to.
 * Locks:   none held.  Context: thread; may sleep.  Return: bytes not copied.
 */
unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)
{
	check_object_size(from, n, true);
	return access_user((unsigned long)to, n, HOST_WRITE, from_buffer, (char *)from);
}

/**
 * raw_copy_from_user() - @n bytes from user address @from; what fails stays as it was.
 * Locks:   none held.  Context: thread; may sleep.  Return: bytes not copied.
 */
unsigned long raw_copy_from_user(void *to, const void __user *from, unsigned long n)
{
	check_object_size(to, n, false);
	return access_user((unsigned long)from, n, HOST_READ, to_buffer, to);
}

/**
 * copy_from_user() - @n bytes from user address @from; what fails is zeroed.
 * Locks:   none held.  Context: thread; may sleep.  Return: bytes not copied.
 */
unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
	unsigned long left = raw_copy_from_user(to, from, n);

	if (left)
		memset((char *)to + n - left, 0, left);
	return left;
}

/**
 * clear_user() - @n zero bytes to user address @to.
 * Locks:   none held.  Context: thread; may sleep.  Return: bytes not cleared.
 */
unsigned long clear_user(void __user *to, unsigned long n)
{
	return access_user((unsigned long)to, n, HOST_WRITE, to_zero, NULL);
}

/**
 * strncpy_from_user() - a string of less than @count bytes.
 * Locks:   none held.  Context: thread; may sleep.
 * Return:  its length, @count when it does not end before, -EFAULT.
 */
long strncpy_from_user(char *dst, const char __user *src, long count)
{
	long i;

	for (i = 0; i < count; i++) {
		if (access_user((unsigned long)src + i, 1, HOST_READ, to_buffer, dst + i))
			return -EFAULT;
		if (!dst[i])
			return i;
	}
	return count;
}

/**
 * strnlen_user() - length of a user string, its terminator included.
 * Locks:   none held.  Context: thread; may sleep.
 * Return:  the length, @count + 1 when it is longer than @count, 0 on a fault.
 */
long strnlen_user(const char __user *s, long count)
{
	char c;
	long i;

	for (i = 0; i < count; i++) {
		if (access_user((unsigned long)s + i, 1, HOST_READ, to_buffer, &c))
			return 0;
		if (!c)
			return i + 1;
	}
	return count + 1;
}

/* comment: see mm/host.h */
unsigned long host_fetch_user(void *to, const void __user *from, unsigned long n)
{
	return access_user((unsigned long)from, n, HOST_FETCH, to_buffer, to);
}

/* comment: see mm/host.h */
void host_set_pkey_denied(u32 denied)
{
	host_ctx.pkey_denied = denied;
}

/* comment: see mm/host.h */
u32 host_pkey_denied(void)
{
	return host_ctx.pkey_denied;
}
