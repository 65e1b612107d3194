// SPDX-License-Identifier: MIT
/*
 * stress_vm.c - one address space that all threads share: user accesses and their faults
 * against munmap, mmap, mprotect, mremap, madvise, mlock, brk, truncation and fork.
 *
 * Each thread has a word of its own in every page, at 64 * id, so that what the threads
 * themselves do is no race, but a frame that is freed, copied or given to somebody else
 * while a thread can still reach it is one. A thread finds in its word zero or what it
 * wrote some time ago into some page of the window: its own id in the highest byte. The
 * file's pages belong to all address spaces, the words in them to the same threads.
 */
#include "stress.h"
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/uio.h>
#include <asm/uaccess.h>
#include <uapi/mman.h>

#define PART_PAGES	160
#define PAGES		(2 * PART_PAGES)
#define WINDOW		(0x40000000ul - 80 * PAGE_SIZE)	/* crosses a border of 1 GiB */
#define ANON_WINDOW	0x50000000ul	/* no file: its page tables may be shared by fork */
#define HEAP		0x20000000ul
#define FILE_PAGES	64

static struct mm_struct *space;		/* shared by all */
static struct file *file;

static unsigned long at(unsigned int page)
{
	return (page < PART_PAGES ? WINDOW : ANON_WINDOW - PART_PAGES * PAGE_SIZE) +
	       page * PAGE_SIZE;
}

static void word_check(struct worker *w, unsigned long addr, u64 word)
{
	if (word && word >> 56 != w->id + 1)
		fail("thread %u finds %llx at %lx", w->id, (unsigned long long)word, addr);
}

/* the address space may be without a page there: -EFAULT is an answer */
static void word_read(struct worker *w, unsigned long page)
{
	u64 word;

	if (!get_user(word, (u64 *)(page + 64 * w->id)))
		word_check(w, page, word);
}

static void word_write(struct worker *w, unsigned long page)
{
	u64 word = (u64)(w->id + 1) << 56 | stress_random(w) >> 8;

	(void)!put_user(word, (u64 *)(page + 64 * w->id));
}

static void access(struct worker *w)
{
	unsigned long page = below(w, 8) ? at(below(w, PAGES)) : HEAP + below(w, 16) * PAGE_SIZE;

	if (below(w, 2))
		word_read(w, page);
	else
		word_write(w, page);
}

/* --- changes of the address space ----------------------------------------------------- */

/* *@nr pages from the result on, in one of the windows */
static unsigned int range(struct worker *w, unsigned int *nr)
{
	unsigned int start = below(w, PART_PAGES);

	*nr = 1 + below(w, below(w, 8) ? 12 : PART_PAGES);
	*nr = min(*nr, PART_PAGES - start);
	return start + (below(w, 2) ? PART_PAGES : 0);
}

static unsigned long some_prot(struct worker *w)
{
	static const unsigned long prots[] = {
		PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE,
		PROT_READ, PROT_NONE,
	};

	return prots[below(w, ARRAY_SIZE(prots))];
}

static void map(struct worker *w)
{
	unsigned int nr, start = range(w, &nr), kind = start < PART_PAGES ? below(w, 6) : 2;
	struct mmap_request req = { .addr = at(start), .prot = some_prot(w) };

	if (kind < 2) {
		nr = min(nr, (unsigned int)FILE_PAGES);
		req.file = file;
		req.pgoff = below(w, FILE_PAGES - nr + 1);
	}
	req.len = nr * PAGE_SIZE;
	req.flags = MAP_FIXED | (kind == 1 ? MAP_SHARED : MAP_PRIVATE) |
		    (kind >= 2 ? MAP_ANONYMOUS : 0) | (below(w, 8) ? 0 : MAP_POPULATE);
	must(vm_mmap(host_current_mm(), &req) == at(start));
}

static void unmap(struct worker *w)
{
	unsigned int nr, start = range(w, &nr);

	must(!vm_munmap(host_current_mm(), at(start), nr * PAGE_SIZE));
}

static void protect(struct worker *w)
{
	unsigned int nr, start = range(w, &nr);
	int ret = vm_mprotect(host_current_mm(), at(start), nr * PAGE_SIZE, some_prot(w));

	must(!ret || ret == -ENOMEM);
}

static void advise(struct worker *w)
{
	unsigned int nr, start = range(w, &nr);
	int ret = vm_madvise(host_current_mm(), at(start), nr * PAGE_SIZE,
			     below(w, 2) ? MADV_DONTNEED : MADV_WILLNEED);

	must(!ret || ret == -ENOMEM || ret == -EBADF || ret == -EINVAL);
}

static void move(struct worker *w)
{
	unsigned int nr, from = range(w, &nr);
	unsigned int to = from / PART_PAGES * PART_PAGES + below(w, PART_PAGES - nr + 1);
	unsigned long ret = vm_mremap(host_current_mm(), at(from), nr * PAGE_SIZE, nr * PAGE_SIZE,
				      MREMAP_MAYMOVE | MREMAP_FIXED, at(to));

	must(ret == at(to) || IS_ERR_VALUE(ret));
}

static void lock_pages(struct worker *w)
{
	unsigned int nr, start = range(w, &nr);

	if (below(w, 2))
		(void)vm_mlock(host_current_mm(), at(start), nr * PAGE_SIZE, VM_LOCKED);
	else
		(void)vm_munlock(host_current_mm(), at(start), nr * PAGE_SIZE);
}

static void heap(struct worker *w)
{
	(void)vm_brk_set(host_current_mm(), HEAP + below(w, 16) * PAGE_SIZE);
}

/* --- other users of its pages --------------------------------------------------------- */

static void change(struct worker *w);

/* A child for a moment: this thread runs on a copy while the others use the parent. */
static void fork_child(struct worker *w)
{
	struct mm_struct *child;
	unsigned int i, nr = 4 + below(w, 40);
	int error = 0;

	child = dup_mm(space, &error);
	must(child || error == -ENOMEM);
	if (!child)
		return;
	host_use_mm(child);
	for (i = 0; i < nr; i++)
		if (below(w, 6))
			access(w);
		else
			change(w);
	host_use_mm(space);
	mmput(child);
}

static void file_write(struct worker *w)
{
	struct kiocb iocb = { .ki_filp = file,
			      .ki_pos = below(w, FILE_PAGES) * PAGE_SIZE + 64 * w->id };
	u64 word = (u64)(w->id + 1) << 56 | stress_random(w) >> 8;
	struct iov_iter iter;

	iov_iter_kbuf(&iter, &word, sizeof(word));
	(void)generic_file_write_iter(&iocb, &iter);
}

static void file_read(struct worker *w)
{
	struct kiocb iocb = { .ki_filp = file,
			      .ki_pos = below(w, FILE_PAGES) * PAGE_SIZE + 64 * w->id };
	struct iov_iter iter;
	u64 word = 0;

	iov_iter_kbuf(&iter, &word, sizeof(word));
	if (generic_file_read_iter(&iocb, &iter) == sizeof(word))
		word_check(w, 0, word);
}

static void file_truncate(struct worker *w)
{
	down_write(&file->f_inode->i_rwsem);
	truncate_setsize(file->f_inode, below(w, FILE_PAGES + 1) * PAGE_SIZE);
	up_write(&file->f_inode->i_rwsem);
}

static void look(struct worker *w)
{
	struct mm_struct *mm = host_current_mm();
	struct vm_area_struct *vma;
	unsigned int nr, start = range(w, &nr);
	unsigned long pages = 0;

	switch (below(w, 3)) {
	case 0:
		(void)get_mm_rss(mm);
		(void)vm_msync(mm, at(start), nr * PAGE_SIZE, MS_SYNC);
		break;
	case 1:
		read_text(meminfo_show);
		break;
	default:
		mmap_read_lock(mm);
		for_each_vma(mm, vma)
			pages += vma_pages(vma);
		must(pages >= mm->locked_vm);
		mmap_read_unlock(mm);
	}
}

static void change(struct worker *w)
{
	static void (*const kinds[])(struct worker *) = {
		map, map, map, unmap, protect, protect, advise, move, lock_pages, heap,
	};

	kinds[below(w, ARRAY_SIZE(kinds))](w);
}

/* --- the part ------------------------------------------------------------------------- */

static void vm_step(struct worker *w)
{
	host_use_mm(space);
	switch (below(w, 128)) {
	case 0:
		fork_child(w);
		break;
	case 1:
		file_truncate(w);
		break;
	case 2 ... 4:
		look(w);
		break;
	case 5 ... 8:
		file_write(w);
		break;
	case 9 ... 12:
		file_read(w);
		break;
	case 13 ... 28:
		change(w);
		break;
	default:
		access(w);
	}
	host_use_mm(NULL);
}

static void vm_setup(void)
{
	space = mm_alloc();
	must(space);
	this_machine()->tunables.fork_share_pages = 8;
	space->start_brk = space->brk = HEAP;
	file = shmem_file_setup("stress", FILE_PAGES * PAGE_SIZE, VM_NORESERVE);
	must(!IS_ERR(file));
}

static void vm_settle(struct worker *w)
{
}

static void vm_check(void)
{
	struct zone *zone;
	pgoff_t index = DIV_ROUND_UP(file->f_inode->i_size, PAGE_SIZE);

	for (; index < FILE_PAGES; index++)
		if (find_get_page(file->f_mapping, index))
			fail("page %lu lies behind the end of the file", index);
	mmap_write_lock(space);
	mm_check(space);
	mmap_write_unlock(space);
	for_each_populated_zone(zone)
		zone_check(zone);
	slab_check();
}

static void vm_teardown(void)
{
	mmput(space);
	fput(file);
}

const struct part part_vm = {
	.name = "vm", .config = { .ram_bytes = 64ul << 20 },
	.setup = vm_setup, .step = vm_step, .settle = vm_settle,
	.check = vm_check, .teardown = vm_teardown,
};
