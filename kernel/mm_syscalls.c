// SPDX-License-Identifier: MIT
/*
 * mm_syscalls.c - the system calls of memory: from registers to mm/vm.
 *
 * What is decided here: which file a descriptor means, that offsets are whole
 * pages, what MAP_HUGETLB gets on a system without huge pages (the answer of a
 * Linux with none reserved), and that the caller's own address space is meant.
 *
 * Locks: none of its own.
 */
#include <linux/sched.h>
#include <linux/mm.h>
#include <linux/fs.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/syscalls.h>
#include <linux/personality.h>
#include <linux/pkeys.h>
#include <uapi/mman.h>

/**
 * map_hugetlb_error() - what a request for huge pages gets; @flags name their size, and
 *	this machine's are 2 MiB and 1 GiB. Any context. -ENOMEM or -EINVAL.
 */
long map_hugetlb_error(unsigned long flags)
{
	unsigned int log = (flags >> MAP_HUGE_SHIFT) & MAP_HUGE_MASK;

	return log == 0 || log == 21 || log == 30 ? -ENOMEM : -EINVAL;
}

/* old programs' PROT_READ means more */
static unsigned long implied_prot(unsigned long prot)
{
	bool more = (current->personality & READ_IMPLIES_EXEC) && (prot & PROT_READ);

	return more ? prot | PROT_EXEC : prot;
}

/** sys_mmap() - mmap(2). */
long sys_mmap(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags,
	      unsigned long fd, unsigned long off)
{
	struct mmap_request req = {
		.addr = addr, .len = len, .prot = prot, .flags = flags,
		.pgoff = off >> PAGE_SHIFT,
	};
	long ret;

	if (off & ~PAGE_MASK)
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS)) {
		req.file = fget(fd);
		if (!req.file)
			return -EBADF;
		if (flags & MAP_HUGETLB) {
			fput(req.file);
			return -EINVAL;
		}
	} else if (flags & MAP_HUGETLB) {
		unsigned long type = flags & MAP_TYPE;

		return type && type <= MAP_SHARED_VALIDATE ? map_hugetlb_error(flags) : -EINVAL;
	}
	req.prot = implied_prot(prot);
	ret = vm_mmap(current->mm, &req);
	if (req.file)
		fput(req.file);
	return ret;
}

/** sys_munmap() - munmap(2). */
long sys_munmap(unsigned long addr, size_t len)
{
	return vm_munmap(current->mm, addr, len);
}

/** sys_mprotect() - mprotect(2). */
long sys_mprotect(unsigned long start, size_t len, unsigned long prot)
{
	return vm_pkey_mprotect(current->mm, start, len, implied_prot(prot), -1);
}

/** sys_brk() - brk(2): the new break, or the old one. */
long sys_brk(unsigned long brk)
{
	return vm_brk_set(current->mm, brk);
}

/** sys_mremap() - mremap(2). */
long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
		unsigned long flags, unsigned long new_addr)
{
	return vm_mremap(current->mm, addr, old_len, new_len, flags, new_addr);
}

/** sys_msync() - msync(2). */
long sys_msync(unsigned long start, size_t len, int flags)
{
	return vm_msync(current->mm, start, len, flags);
}

/** sys_mincore() - mincore(2). */
long sys_mincore(unsigned long start, size_t len, unsigned char __user *vec)
{
	return vm_mincore(current->mm, start, len, vec);
}

/** sys_madvise() - madvise(2). */
long sys_madvise(unsigned long start, size_t len, int behavior)
{
	return vm_madvise(current->mm, start, len, behavior);
}

/** sys_mlock() - mlock(2). */
long sys_mlock(unsigned long start, size_t len)
{
	return vm_mlock(current->mm, start, len, VM_LOCKED);
}

/** sys_mlock2() - mlock2(2). */
long sys_mlock2(unsigned long start, size_t len, int flags)
{
	if (flags & ~MLOCK_ONFAULT)
		return -EINVAL;
	return vm_mlock(current->mm, start, len,
			flags & MLOCK_ONFAULT ? VM_LOCKED | VM_LOCKONFAULT : VM_LOCKED);
}

/** sys_munlock() - munlock(2). */
long sys_munlock(unsigned long start, size_t len)
{
	return vm_munlock(current->mm, start, len);
}

/** sys_mlockall() - mlockall(2). */
long sys_mlockall(int flags)
{
	return vm_mlockall(current->mm, flags);
}

/** sys_munlockall() - munlockall(2). */
long sys_munlockall(void)
{
	return vm_munlockall(current->mm);
}

/** sys_remap_file_pages() - remap_file_pages(2). */
long sys_remap_file_pages(unsigned long start, unsigned long size, unsigned long prot,
			  unsigned long pgoff, unsigned long flags)
{
	return vm_remap_file_pages(current->mm, start, size, prot, pgoff, flags);
}

/* --- protection keys ------------------------------------------------------------------- */

/** sys_pkey_alloc() - pkey_alloc(2). */
long sys_pkey_alloc(unsigned long flags, unsigned long rights)
{
	return flags ? -EINVAL : vm_pkey_alloc(current->mm, rights);
}

/** sys_pkey_free() - pkey_free(2). */
long sys_pkey_free(int pkey)
{
	return vm_pkey_free(current->mm, pkey);
}

/** sys_pkey_mprotect() - pkey_mprotect(2). */
long sys_pkey_mprotect(unsigned long start, size_t len, unsigned long prot, int pkey)
{
	return vm_pkey_mprotect(current->mm, start, len, implied_prot(prot), pkey);
}
