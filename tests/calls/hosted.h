/* SPDX-License-Identifier: MIT */
/*
 * hosted.h - the calls of calls.h made to address spaces of a hosted machine.
 *
 * What the guest's programs have from their kernel (guest.h) is made here of mm/ alone:
 * descriptors are files, other processes address spaces, and the checks of write(2),
 * ftruncate(2) and fallocate(2) that stand in fs/ are made as Linux makes them. The rest of
 * the address space is full here too, but for one page that mincore(2) writes to.
 */
#ifndef TESTS_CALLS_HOSTED_H
#define TESTS_CALLS_HOSTED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>
#include <linux/kernel.h>
#include <linux/errno.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/uio.h>
#include <asm/uaccess.h>
#include <mm/machine.h>
#include <mm/host.h>
#include <uapi/mman.h>
#include <uapi/fcntl.h>

#include "births.h"

#define HEAP		0x500000ul
#define SCRATCH		0x10000000ul
#define FILLER		(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)
#define BUFFER		(4 * C_PAGE)

/* the pool; what is open for reading only has the same inode */
struct pool {
	struct file *file[FILE_POOL], read_only[FILE_POOL];
};

struct place {
	struct gen gen;
	struct pool *pool;
	unsigned int number;		/* of calls so far */
	unsigned int files[FILES], next_file;
	struct mm_struct *mm[SLOTS];	/* NULL: nobody */
	unsigned int me;		/* whose calls are made */
	unsigned char *bytes;		/* BUFFER of them */
};

static inline void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "hosted: %s\n", what);
	abort();
}

static inline struct file *place_file(const struct place *p, unsigned int file)
{
	struct pool *pool = p->pool;
	unsigned int i = p->files[file];

	return file == FILES - 1 ? &pool->read_only[i] : pool->file[i];
}

/* --- the place ----------------------------------------------------------- */

static inline void pool_open(struct pool *pool)
{
	unsigned int i;

	for (i = 0; i < FILE_POOL; i++) {
		pool->file[i] = shmem_file_setup("calls", FILE_PAGES / 2 * C_PAGE, VM_NORESERVE);
		must(!IS_ERR(pool->file[i]), "no file");
		pool->read_only[i] = *pool->file[i];
		pool->read_only[i].f_mode &= ~FMODE_WRITE;
	}
}

/* the reference of the second struct file is its own, and keeps it from being freed */
static inline void pool_close(struct pool *pool)
{
	unsigned int i;

	for (i = 0; i < FILE_POOL; i++) {
		must(atomic_long_read(&pool->read_only[i].f_count) == 1, "a file is in use");
		fput(pool->file[i]);
	}
}

static inline unsigned long map(struct mm_struct *mm, unsigned long addr, unsigned long len,
				unsigned long prot, unsigned long flags)
{
	struct mmap_request req = { .addr = addr, .len = len, .prot = prot, .flags = flags };

	return vm_mmap(mm, &req);
}

/* flags that no area of the window has together: it never becomes one with the filler */
static inline void place_fill(struct mm_struct *mm, unsigned long size)
{
	unsigned long at;

	while (!IS_ERR_VALUE(at = map(mm, 0, size, PROT_NONE, FILLER)))
		must(!vm_madvise(mm, at, size, MADV_SEQUENTIAL) &&
		     !vm_madvise(mm, at, size, MADV_WIPEONFORK) &&
		     !vm_madvise(mm, at, size, MADV_DONTDUMP), "advice");
}

/* an address space with nothing free but the window and the heap */
static inline struct mm_struct *place_make(void)
{
	const unsigned long fixed = FILLER | MAP_FIXED_NOREPLACE;
	struct mm_struct *mm = mm_alloc();
	unsigned long size;

	must(mm, "no address space");
	mm->mmap_base = mm->task_size;
	mm->start_brk = mm->brk = HEAP;
	must(map(mm, SCRATCH, C_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
		 MAP_FIXED_NOREPLACE) == SCRATCH, "scratch");
	must(map(mm, WINDOW, PAGES * C_PAGE, PROT_NONE, fixed) == WINDOW, "window");
	must(map(mm, HEAP, HEAP_PAGES * C_PAGE, PROT_NONE, fixed) == HEAP, "heap");
	for (size = 1ul << 46; size >= C_PAGE; size >>= 1)
		place_fill(mm, size);
	must(!vm_munmap(mm, WINDOW, PAGES * C_PAGE), "window");
	must(!vm_munmap(mm, HEAP, HEAP_PAGES * C_PAGE), "heap");
	return mm;
}

/* --- calls about memory -------------------------------------------------- */

/* the byte; any fault is -1 */
static inline long call_access(const struct call *c)
{
	unsigned char byte = c->a[1];
	unsigned long left = c->kind == C_STORE ? copy_to_user((void *)c->a[0], &byte, 1) :
						  copy_from_user(&byte, (void *)c->a[0], 1);

	if (left)
		return -1;
	return c->kind == C_STORE ? 0 : byte;
}

/* see guest.h */
static inline long call_fixed(struct mm_struct *mm, long ret, unsigned long place,
			      unsigned long bytes)
{
	if (ret < 0 && ret > -4096)
		(void)vm_munmap(mm, place, bytes);
	return ret;
}

static inline long call_mmap(struct place *p, const unsigned long *a)
{
	struct mm_struct *mm = p->mm[p->me];
	struct mmap_request req = { .addr = a[0], .len = a[1], .prot = a[2], .flags = a[3],
				    .pgoff = a[5] };
	long ret;

	if (!(a[3] & MAP_ANONYMOUS))
		req.file = place_file(p, a[4]);
	ret = vm_mmap(mm, &req);
	return a[3] & MAP_FIXED ? call_fixed(mm, ret, a[0], a[1]) : ret;
}

static inline long call_mremap(struct mm_struct *mm, const unsigned long *a)
{
	long ret = vm_mremap(mm, a[0], a[1], a[2], a[3], a[4]);

	if (!(a[3] & MREMAP_FIXED))
		return ret;
	if (a[1] > a[2])
		call_fixed(mm, ret, a[0] + a[2], a[1] - a[2]);
	return call_fixed(mm, ret, a[4], a[2]);
}

static inline long call_madvise(struct mm_struct *mm, const unsigned long *a)
{
	long ret = vm_madvise(mm, a[0], a[1], (int)a[2]);

	if (a[2] == MADV_FREE)
		(void)vm_madvise(mm, a[0], a[1], MADV_DONTNEED);
	return ret;
}

/* 0: munlock, 1: mlock, then the flags of mlock2 */
static inline long call_mlock(struct mm_struct *mm, const unsigned long *a)
{
	if (!a[2])
		return vm_munlock(mm, a[0], a[1]);
	if (a[2] > 2 + MLOCK_ONFAULT)
		return -EINVAL;
	return vm_mlock(mm, a[0], a[1], a[2] == 2 + MLOCK_ONFAULT ? VM_LOCKED | VM_LOCKONFAULT :
								      VM_LOCKED);
}

/* --- files --------------------------------------------------------------- */

static inline long file_move(struct file *file, loff_t pos, struct iov_iter *iter, bool write)
{
	struct kiocb iocb = { .ki_filp = file, .ki_pos = pos };

	if (!write)
		return generic_file_read_iter(&iocb, iter);
	return file->f_mode & FMODE_WRITE ? generic_file_write_iter(&iocb, iter) : -EBADF;
}

static inline long file_resize(struct file *file, loff_t size)
{
	struct inode *inode = file_inode(file);
	int error;

	if (size < 0 || !(file->f_mode & FMODE_WRITE))
		return -EINVAL;
	down_write(&inode->i_rwsem);
	error = shmem_may_resize(inode, size);
	if (!error)
		truncate_setsize(inode, size);
	up_write(&inode->i_rwsem);
	return error;
}

/* of the modes that draw_file_call() knows */
static inline long file_allocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	if (offset < 0 || len <= 0)
		return -EINVAL;
	if (mode == FALLOC_FL_PUNCH_HOLE)
		return -EOPNOTSUPP;
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
		return -EOPNOTSUPP;
	return shmem_fallocate(file, mode, offset, len);
}

static inline long call_file(struct place *p, const struct call *c)
{
	const unsigned long *a = c->a;
	struct file *file = place_file(p, a[0]);
	struct iov_iter iter;

	switch (c->kind) {
	case C_FWRITE:
		memset(p->bytes, a[3], a[2]);
		iov_iter_kbuf(&iter, p->bytes, a[2]);
		return file_move(file, a[1], &iter, true);
	case C_FREAD:
		iov_iter_kbuf(&iter, p->bytes, a[2]);
		return read_result(file_move(file, a[1], &iter, false), p->bytes);
	case C_TRUNC:
		return file_resize(file, a[1]);
	case C_FALLOC:
		return file_allocate(file, a[1], a[2], a[3]);
	case C_SEAL:
		return shmem_add_seals(file, a[1]);
	case C_RENEW:
		if (p->next_file < FILE_POOL)
			p->files[a[0]] = p->next_file++;
		return 0;
	default:
		iov_iter_ubuf(&iter, (void __user *)a[2], a[3]);
		return file_move(file, a[1], &iter, c->kind == C_KWRITE);
	}
}

/* what /proc/PID/mem does */
static inline long call_remote(struct place *p, const struct call *c)
{
	struct mm_struct *mm = p->mm[c->a[0]];
	long n;

	if (!mm)
		return -ESRCH;
	memset(p->bytes, c->a[3], c->a[2]);
	n = access_remote_vm(mm, c->a[1], p->bytes, c->a[2], c->kind == C_POKE);
	if (!n)
		return -EIO;
	return c->kind == C_POKE ? n : read_result(n, p->bytes);
}

/* has the machine a call for it? */
static inline bool call_known(unsigned int kind)
{
	return kind <= C_FORK || kind == C_KREAD || kind == C_KWRITE;
}

/* what is call_known() but fork(2): the result, or -errno */
static inline long call_make(struct place *p, const struct call *c)
{
	struct mm_struct *mm = p->mm[p->me];
	const unsigned long *a = c->a;

	switch (c->kind) {
	case C_TOUCH: case C_STORE:
		return call_access(c);
	case C_MMAP:
		return call_mmap(p, a);
	case C_MUNMAP:
		return vm_munmap(mm, a[0], a[1]);
	case C_MPROTECT:
		return vm_mprotect(mm, a[0], a[1], a[2]);
	case C_MADVISE:
		return call_madvise(mm, a);
	case C_MLOCK:
		return call_mlock(mm, a);
	case C_MLOCKALL:
		return a[0] ? vm_mlockall(mm, a[0]) : vm_munlockall(mm);
	case C_MREMAP:
		return call_mremap(mm, a);
	case C_BRK:
		return vm_brk_set(mm, a[0]);
	case C_MSYNC:
		return vm_msync(mm, a[0], a[1], a[2]);
	case C_MINCORE:
		return vm_mincore(mm, a[0], a[1], (void __user *)SCRATCH);
	case C_REMAP:
		return vm_remap_file_pages(mm, a[0], a[1], a[2], a[3], a[4]);
	case C_PEEK: case C_POKE:
		return call_remote(p, c);
	default:
		return call_file(p, c);
	}
}

#endif
