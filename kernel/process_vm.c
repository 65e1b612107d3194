// SPDX-License-Identifier: MIT
/*
 * process_vm.c - memory of other processes: process_vm_readv, process_vm_writev, and advice
 * about it, process_madvise.
 *
 * Pages of the other side are taken one by one (get_user_pages_remote()), as if it had
 * touched them; bytes go between them and the caller's own buffers with no lock held, as
 * those may fault. What was moved before an obstacle counts: the result is its size, and
 * the error shows only when it is nothing.
 *
 * Locks: none of its own.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uio.h>
#include <uapi/mman.h>
#include <asm/uaccess.h>
#include "internal.h"

/* The address space of @task, counted, if current may look into it; or ERR_PTR. */
static struct mm_struct *mm_access(struct task_struct *task)
{
	struct mm_struct *mm;

	if (ptrace_may_access(task))
		return ERR_PTR(-EACCES);
	mm = get_task_mm(task);
	return mm ? mm : ERR_PTR(-ESRCH);
}

/* as mm_access(), of the task with number @pid; these calls say -EPERM */
static struct mm_struct *mm_access_pid(pid_t pid)
{
	struct task_struct *task = get_task_by_pid(pid);
	struct mm_struct *mm;

	if (!task)
		return ERR_PTR(-ESRCH);
	mm = mm_access(task);
	put_task_struct(task);
	return mm == ERR_PTR(-EACCES) ? ERR_PTR(-EPERM) : mm;
}

/* --- process_vm_readv, process_vm_writev ---------------------------------------------- */

/* @bytes within one page at @addr of @mm: 0 or -EFAULT; @iter moves on by what was copied */
static int copy_within_page(struct mm_struct *mm, unsigned long addr, size_t bytes,
			    struct iov_iter *iter, bool write)
{
	struct page *page;
	char *at;
	int n = get_user_pages_remote(mm, addr & PAGE_MASK, 1, write ? FOLL_WRITE : 0, &page);
	size_t done;

	if (n != 1)
		return n < 0 && n != -EINTR ? -EFAULT : n;
	at = (char *)kmap(page) + (addr & ~PAGE_MASK);
	done = write ? copy_from_iter(at, bytes, iter) : copy_to_iter(at, bytes, iter);
	kunmap(page);
	put_page(page);
	return done == bytes ? 0 : -EFAULT;
}

static int copy_vector_entry(struct mm_struct *mm, const struct iovec *remote,
			     struct iov_iter *iter, bool write)
{
	unsigned long addr = (unsigned long)remote->iov_base;
	size_t left = min(remote->iov_len, iov_iter_count(iter));
	int err = 0;

	while (left && !err) {
		size_t bytes = min_t(size_t, left, PAGE_SIZE - (addr & ~PAGE_MASK));

		err = addr >= TASK_SIZE_MAX ? -EFAULT :
		      copy_within_page(mm, addr, bytes, iter, write);
		addr += bytes;
		left -= bytes;
		cond_resched();
	}
	return err;
}

static ssize_t rw_remote(pid_t pid, struct iov_iter *iter, const struct iovec *remote,
			 unsigned long nr, bool write)
{
	size_t total = iov_iter_count(iter), wanted = 0;
	struct mm_struct *mm;
	unsigned long i;
	int err = 0;

	for (i = 0; i < nr; i++)
		wanted |= remote[i].iov_len;
	if (!wanted)
		return 0;
	mm = mm_access_pid(pid);
	if (IS_ERR(mm))
		return PTR_ERR(mm);
	for (i = 0; i < nr && !err && iov_iter_count(iter); i++)
		err = copy_vector_entry(mm, &remote[i], iter, write);
	mmput(mm);
	return total - iov_iter_count(iter) ?: err;
}

static ssize_t process_vm_rw(pid_t pid, const struct iovec __user *lvec, unsigned long liovcnt,
			     const struct iovec __user *rvec, unsigned long riovcnt,
			     unsigned long flags, bool write)
{
	struct iovec fast_local[UIO_FASTIOV], *local = fast_local;
	struct iovec fast_remote[UIO_FASTIOV], *remote = fast_remote;
	struct iov_iter iter;
	ssize_t n;

	if (flags)
		return -EINVAL;
	n = import_iovec(lvec, liovcnt, fast_local, &local);
	if (n > 0) {
		iov_iter_iovec(&iter, local, liovcnt, n);
		n = iovec_from_user(rvec, riovcnt, fast_remote, &remote);
		if (!n)
			n = rw_remote(pid, &iter, remote, riovcnt, write);
		if (remote != fast_remote)
			kfree(remote);
	}
	if (local != fast_local)
		kfree(local);
	return n;
}

/** sys_process_vm_readv() - process_vm_readv(2). May sleep. Bytes or -E. */
long sys_process_vm_readv(pid_t pid, const struct iovec __user *lvec, unsigned long liovcnt,
			  const struct iovec __user *rvec, unsigned long riovcnt,
			  unsigned long flags)
{
	return process_vm_rw(pid, lvec, liovcnt, rvec, riovcnt, flags, false);
}

/** sys_process_vm_writev() - process_vm_writev(2). May sleep. Bytes or -E. */
long sys_process_vm_writev(pid_t pid, const struct iovec __user *lvec, unsigned long liovcnt,
			   const struct iovec __user *rvec, unsigned long riovcnt,
			   unsigned long flags)
{
	return process_vm_rw(pid, lvec, liovcnt, rvec, riovcnt, flags, true);
}

/* --- process_madvise ---------------------------------------------------------------------- */

/* advice that changes no contents: one may give it about others */
static bool advice_is_harmless(int behavior)
{
	return behavior == MADV_COLD || behavior == MADV_PAGEOUT || behavior == MADV_WILLNEED;
}

static ssize_t advise_vector(struct mm_struct *mm, const struct iovec *vec, unsigned long nr,
			     int behavior)
{
	ssize_t done = 0;
	int err = 0;

	for (unsigned long i = 0; i < nr && !err; i++) {
		err = vm_madvise(mm, (unsigned long)vec[i].iov_base, vec[i].iov_len, behavior);
		if (!err)
			done += vec[i].iov_len;
	}
	return done ?: err;
}

static ssize_t advise_task(int pidfd, const struct iovec *vec, unsigned long nr, int behavior)
{
	struct task_struct *task = pidfd_get_task(pidfd);
	struct mm_struct *mm;
	ssize_t ret;

	if (IS_ERR(task))
		return PTR_ERR(task);
	mm = advice_is_harmless(behavior) ? mm_access(task) : ERR_PTR(-EINVAL);
	put_task_struct(task);
	if (IS_ERR(mm))
		return PTR_ERR(mm);
	ret = capable(CAP_SYS_NICE) ? advise_vector(mm, vec, nr, behavior) : -EPERM;
	mmput(mm);
	return ret;
}

/** sys_process_madvise() - process_madvise(2). May sleep. Bytes or -E. */
long sys_process_madvise(int pidfd, const struct iovec __user *uvec, unsigned long nr,
			 int behavior, unsigned int flags)
{
	struct iovec fast[UIO_FASTIOV], *vec = fast;
	ssize_t n;

	if (flags)
		return -EINVAL;
	n = import_iovec(uvec, nr, fast, &vec);
	if (n >= 0)
		n = advise_task(pidfd, vec, nr, behavior);
	if (vec != fast)
		kfree(vec);
	return n;
}
