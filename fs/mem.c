// SPDX-License-Identifier: MIT
/*
 * mem.c - /dev/null, zero, full, and the registration of random, urandom, kmsg, whose
 * operations belong to kernel/.
 *
 * Reading zero and full gives zeroes, reading null nothing; writing null and zero takes
 * everything, writing full fails. A private mapping of /dev/zero is anonymous memory,
 * a shared one a nameless file of its own.
 */
#include "internal.h"
#include <linux/random.h>
#include <linux/console.h>

static ssize_t read_null(struct kiocb *iocb, struct iov_iter *to)
{
	return 0;
}

static ssize_t write_null(struct kiocb *iocb, struct iov_iter *from)
{
	size_t n = iov_iter_count(from);

	iov_iter_advance(from, n);
	return n;
}

static ssize_t read_zero(struct kiocb *iocb, struct iov_iter *to)
{
	size_t done = 0;

	while (iov_iter_count(to)) {
		size_t want = min_t(size_t, iov_iter_count(to), PAGE_SIZE);
		size_t n = iov_iter_zero(want, to);

		done += n;
		if (n != want)
			return done ? done : -EFAULT;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return done ? (ssize_t)done : iov_iter_count(to) ? -ERESTARTSYS : 0;
}

static ssize_t write_full(struct kiocb *iocb, struct iov_iter *from)
{
	return -ENOSPC;
}

static int mmap_zero(struct file *file, struct vm_area_struct *vma)
{
	struct file *shared;

	if (!(vma->vm_flags & VM_SHARED)) {
		vma->vm_ops = NULL;		/* anonymous from the first fault on */
		return 0;
	}
	shared = shmem_file_setup("dev/zero", vma->vm_end - vma->vm_start, vma->vm_flags);
	if (IS_ERR(shared))
		return PTR_ERR(shared);
	fput(vma->vm_file);
	vma->vm_file = shared;
	return shared->f_op->mmap(shared, vma);
}

static unsigned int poll_always(struct file *file, struct poll_table *pt)
{
	return 0x0145;				/* EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM */
}

static const struct file_operations null_fops = {
	.read_iter = read_null, .write_iter = write_null, .llseek = noop_llseek,
	.poll = poll_always, .splice_write = null_splice_write,
};
static const struct file_operations zero_fops = {
	.read_iter = read_zero, .write_iter = write_null, .llseek = noop_llseek,
	.mmap = mmap_zero, .poll = poll_always,
};
static const struct file_operations full_fops = {
	.read_iter = read_zero, .write_iter = write_full, .llseek = noop_llseek,
	.poll = poll_always,
};

void __init mem_devices_init(void)
{
	int err = register_chrdev(1, 3, "null", &null_fops);

	err = err ? err : register_chrdev(1, 5, "zero", &zero_fops);
	err = err ? err : register_chrdev(1, 7, "full", &full_fops);
	err = err ? err : register_chrdev(1, 8, "random", &urandom_fops);
	err = err ? err : register_chrdev(1, 9, "urandom", &urandom_fops);
	err = err ? err : register_chrdev(1, 11, "kmsg", &kmsg_fops);
	mm_bug_on(err);
}
