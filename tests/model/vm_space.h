/* SPDX-License-Identifier: MIT */
/*
 * vm_space.h - the model of address spaces: what model_vm.c's operations change, and how
 * it is compared with the machine.
 *
 * A space is a window of pages. Each page has its kind and permissions, and, when it is
 * private and was written to, bytes of its own. Everything else it takes from the object
 * that it maps: a file, or the nameless one of a shared anonymous mapping; a private page
 * without object reads as zero. Four bytes of each page are looked at, the first and the
 * last among them: OFFSETS.
 *
 *	page .own	own bytes; counts as anonymous memory
 *	     .obj >= 0	bytes of the object at .pgoff, SIGBUS behind its end
 *	     else	zero
 *
 * The window is a third of the address space and begins where that third does: so every
 * place that the machine may choose by itself is in it, and can be foretold.
 *
 * Not foretold, but bounded: which pages of an object are in the page tables. Those that
 * the program touched itself are (.touched); those that it could not touch are not.
 */
#ifndef MODEL_VM_SPACE_H
#define MODEL_VM_SPACE_H

#include "model.h"
#include <linux/pagemap.h>
#include <linux/fs.h>
#include <linux/uio.h>
#include <asm/uaccess.h>
#include <uapi/mman.h>
#include <uapi/resource.h>
#include "mm/vm/vm_internal.h"
#include "vm_file.h"

#define PAGES		1024
#define WINDOW		(512ul * PAGE_SIZE)		/* 2 MiB */
#define TASK_END	(WINDOW + PAGES * PAGE_SIZE)	/* 3 * WINDOW */
#define HEAP		700				/* page where the heap begins */
#define SPACES		4
#define FILES		3
#define FILE_PAGES	96
#define OBJECTS		64
#define SHARED_PAGES	64		/* of a shared anonymous mapping */
#define SUBS		4

static const unsigned int OFFSETS[SUBS] = { 0, 1, 2047, PAGE_SIZE - 1 };

#define M_LOCK		(VM_LOCKED | VM_LOCKONFAULT)
/* of vm_flags, what the model follows */
#define M_FLAGS		(VM_READ | VM_WRITE | VM_EXEC | VM_SHARED | VM_MAYSHARE | VM_MAYWRITE | \
			 M_LOCK | VM_ACCOUNT | VM_NORESERVE | VM_DONTCOPY | VM_WIPEONFORK | \
			 VM_PKEY_MASK)

struct mpage {
	bool mapped, own, touched;
	u8 bytes[SUBS];
	short obj;			/* -1: none */
	unsigned long pgoff;
	unsigned long flags;		/* M_FLAGS */
};

struct space {
	struct mm_struct *mm;		/* NULL: no such process */
	struct mpage page[PAGES];
	unsigned long brk, def_lock;
	u16 keys;			/* protection keys that are given out */
};

struct object {
	struct file *file;
	loff_t size;
	unsigned int pages, refs;	/* pages of mappings; files have one more */
	u8 (*bytes)[SUBS];
};

static struct space spaces[SPACES], *cur;
static struct object objects[OBJECTS];
static u32 denied;			/* what programs deny themselves by protection key */
static long committed_at_start;

static int nr_of(const struct space *s)
{
	return s - spaces;
}

static unsigned long addr_of(unsigned int page)
{
	return WINDOW + page * PAGE_SIZE;
}

/* --- objects ------------------------------------------------------------- */

static bool in_object(const struct mpage *p)
{
	const struct object *o = &objects[p->obj];

	return p->pgoff < o->pages && (loff_t)p->pgoff * (loff_t)PAGE_SIZE < o->size;
}

static void object_get(int obj)
{
	if (obj >= 0)
		objects[obj].refs++;
}

static void object_put(int obj)
{
	if (obj < 0 || --objects[obj].refs)
		return;
	free(objects[obj].bytes);
	memset(&objects[obj], 0, sizeof(objects[obj]));
}

static int object_make(unsigned int pages)
{
	int i;

	for (i = FILES; i < OBJECTS; i++)
		if (!objects[i].refs) {
			objects[i] = (struct object){ .size = pages * PAGE_SIZE, .pages = pages };
			objects[i].bytes = calloc(pages, SUBS);
			return i;
		}
	return -1;
}

/* --- pages --------------------------------------------------------------- */

static void forget(struct mpage *p)
{
	if (p->mapped)
		object_put(p->obj);
	memset(p, 0, sizeof(*p));
	p->obj = -1;
}

static void forget_range(struct space *s, unsigned int start, unsigned int n)
{
	while (n--)
		forget(&s->page[start + n]);
}

/* private bytes go, and what is in the page tables */
static void drop(struct mpage *p)
{
	p->own = p->touched = false;
}

static bool any_mapped(const struct space *s, unsigned int start, unsigned int n)
{
	unsigned int i;

	for (i = start; i < start + n; i++)
		if (s->page[i].mapped)
			return true;
	return false;
}

/* does its key deny the access? */
static bool key_says_no(const struct mpage *p, bool write)
{
	u32 word = denied >> PKEY_BITS * vm_flags_pkey(p->flags);

	return word & (write ? PKEY_DISABLE_MASK : PKEY_DISABLE_ACCESS);
}

/* the byte there, or NULL: no program may read it */
static u8 *byte_at(struct mpage *p, unsigned int sub)
{
	static u8 zero;

	if (!p->mapped)
		return NULL;
	if (p->own)
		return &p->bytes[sub];
	zero = 0;
	if (p->obj < 0)
		return &zero;
	return in_object(p) ? &objects[p->obj].bytes[p->pgoff][sub] : NULL;
}

/* where a write goes, whatever the permissions; NULL: behind the end of the object */
static u8 *byte_to_write(struct mpage *p, unsigned int sub)
{
	unsigned int i;

	if ((p->flags & VM_SHARED) || p->own)
		return byte_at(p, sub);
	for (i = 0; i < SUBS; i++) {
		u8 *from = byte_at(p, i);

		if (!from)
			return NULL;
		p->bytes[i] = *from;
	}
	p->own = true;
	p->touched = false;
	return &p->bytes[sub];
}

/* a read maps the page of the object */
static void touch(struct mpage *p)
{
	if (p->obj >= 0 && !p->own)
		p->touched = true;
}

/* as a fault of the kernel's own: false when there is nothing */
static bool populate_page(struct mpage *p, bool write)
{
	if (!byte_at(p, 0))
		return false;
	if (write)
		byte_to_write(p, 0);
	touch(p);
	return true;
}

/* mm_populate(): goes on over holes, stops at the first page that cannot be had */
static int populate(struct space *s, unsigned int start, unsigned int n)
{
	unsigned int i;

	for (i = start; i < start + n; i++) {
		struct mpage *p = &s->page[i];
		bool write = (p->flags & (VM_WRITE | VM_SHARED)) == VM_WRITE;

		if (!p->mapped || (p->flags & VM_LOCKONFAULT))
			continue;
		if (!(p->flags & VM_ACCESS_FLAGS) || key_says_no(p, write))
			return -EFAULT;
		if (!populate_page(p, write))
			return -EFAULT;
	}
	return 0;
}

/* the same for all areas: each as far as it goes */
static void populate_all(struct space *s)
{
	struct vm_area_struct *vma;

	for_each_vma(s->mm, vma)
		(void)populate(s, (vma->vm_start - WINDOW) / PAGE_SIZE, vma_pages(vma));
}

/* the highest free place of @n pages, as mmap(2) looks for it; -1: none */
static int highest_gap(const struct space *s, unsigned int n)
{
	unsigned int i = PAGES, free = 0;

	while (i-- > 0) {
		free = s->page[i].mapped ? 0 : free + 1;
		if (free == n)
			return i;
	}
	return -1;
}

/*
 * The same as an address. What would begin below the window is found, and refused: there
 * is room from the second page of all on.
 */
static long place_for(const struct space *s, unsigned int n)
{
	unsigned int below = WINDOW / PAGE_SIZE - 1;
	int gap = highest_gap(s, n);

	if (gap >= 0)
		return addr_of(gap);
	return n <= below || !any_mapped(s, 0, n - below) ? -EPERM : -ENOMEM;
}

/* --- what the machine has ------------------------------------------------ */

/* the page in the tables, without a fault; NULL: none */
static struct page *page_in_table(struct space *s, unsigned int i)
{
	struct page *page = NULL;
	struct pt_cursor c;

	pt_cursor_start(&c, s->mm, addr_of(i), addr_of(i) + PAGE_SIZE);
	if (!pt_cursor_next(&c) || !pt_cursor_lock(&c))
		return NULL;
	if (!pte_none(ptep_get(c.pte)))
		page = pfn_to_page(pte_pfn(ptep_get(c.pte)));
	spin_unlock(c.ptl);
	return page;
}

static bool machine_has_own(struct space *s, unsigned int i)
{
	struct page *page = page_in_table(s, i);

	return page && PageAnon(page);
}

static u8 byte_of_page(struct page *page, unsigned int offset)
{
	u8 byte;

	page_read(page, offset, &byte, 1);
	return byte;
}

/* the byte that a program would read, had it the permission */
static int machine_byte(struct space *s, unsigned int i, unsigned int sub)
{
	struct mpage *p = &s->page[i];
	struct page *page = page_in_table(s, i);
	int byte = 0;

	if (page)
		return byte_of_page(page, OFFSETS[sub]);
	if (p->obj < 0)
		return 0;
	page = find_get_page(objects[p->obj].file->f_mapping, p->pgoff);
	if (page) {
		byte = byte_of_page(page, OFFSETS[sub]);
		put_page(page);
	}
	return byte;
}

/* the area that has page @i, or NULL; nobody changes them meanwhile */
static struct vm_area_struct *area_of(struct space *s, unsigned int i)
{
	struct vm_area_struct *vma;

	mmap_read_lock(s->mm);
	vma = find_vma(s->mm, addr_of(i));
	mmap_read_unlock(s->mm);
	return vma && vma->vm_start <= addr_of(i) ? vma : NULL;
}

static unsigned int area_end(struct space *s, unsigned int i)
{
	return (area_of(s, i)->vm_end - WINDOW) >> PAGE_SHIFT;
}

/*
 * A call that failed half way for want of memory has changed some pages and some not:
 * each is as it was, or as it should have become. @was has the pages from @start on.
 */
static void settle_flags(struct space *s, const struct mpage *was, unsigned int start,
			 unsigned int n)
{
	unsigned int i;

	for (i = start; i < start + n; i++) {
		struct vm_area_struct *vma = area_of(s, i);

		if (vma && (vma->vm_flags & M_FLAGS) == was[i - start].flags)
			s->page[i].flags = was[i - start].flags;
	}
}

/* the same for pages that were to be made present */
static void settle_own(struct space *s, const struct mpage *was, unsigned int start, unsigned int n)
{
	unsigned int i;

	for (i = start; i < start + n; i++) {
		if (!s->page[i].mapped)
			continue;
		if (!was[i - start].own && !machine_has_own(s, i))
			s->page[i].own = false;
		s->page[i].touched = false;
	}
}

/* the same for pages that were to be dropped: a page table to be split can be too much */
static void settle_drop(struct space *s, const struct mpage *was, unsigned int start,
			unsigned int n)
{
	unsigned int i;

	for (i = start; i < start + n; i++)
		if (was[i - start].own && !s->page[i].own)
			s->page[i].own = machine_has_own(s, i);
}

/* --- the comparison ------------------------------------------------------ */

/* area by area, what /proc/PID/maps would show; neighbours that differ in nothing are one */
struct maps_line {
	unsigned long start, end, flags, pgoff;
	int obj;
};

static void put_line(char *text, size_t size, const struct maps_line *l)
{
	size_t n = strlen(text);

	if (l->start == l->end)
		return;
	snprintf(text + n, size - n, "%08lx-%08lx %c%c%c%c %08lx %d\n", l->start, l->end,
		 l->flags & VM_READ ? 'r' : '-', l->flags & VM_WRITE ? 'w' : '-',
		 l->flags & VM_EXEC ? 'x' : '-', l->flags & VM_MAYSHARE ? 's' : 'p',
		 l->obj < 0 ? 0 : l->pgoff << PAGE_SHIFT, l->obj);
}

static void add_line(char *text, size_t size, struct maps_line *last, const struct maps_line *next)
{
	const unsigned long shown = VM_READ | VM_WRITE | VM_EXEC | VM_MAYSHARE;

	if (last->end == next->start && !((last->flags ^ next->flags) & shown) &&
	    last->obj == next->obj && (next->obj < 0 || last->pgoff +
				       ((last->end - last->start) >> PAGE_SHIFT) == next->pgoff)) {
		last->end = next->end;
		return;
	}
	put_line(text, size, last);
	*last = *next;
}

static int object_of(const struct file *file)
{
	int i;

	for (i = 0; file && i < OBJECTS; i++)
		if (objects[i].file == file)
			return i;
	return file ? -2 : -1;
}

#define MAPS_BYTES	(PAGES * 48)

static void machine_maps(struct space *s, char *text)
{
	struct maps_line last = { .start = 0 };
	struct vm_area_struct *vma;

	text[0] = '\0';
	for_each_vma(s->mm, vma) {
		struct maps_line l = { vma->vm_start, vma->vm_end, vma->vm_flags, vma->vm_pgoff,
				       object_of(vma->vm_file) };

		add_line(text, MAPS_BYTES, &last, &l);
	}
	put_line(text, MAPS_BYTES, &last);
}

static void model_maps(struct space *s, char *text)
{
	struct maps_line last = { .start = 0 };
	unsigned int i;

	text[0] = '\0';
	for (i = 0; i < PAGES; i++) {
		const struct mpage *p = &s->page[i];
		struct maps_line l = { addr_of(i), addr_of(i + 1), p->flags, p->pgoff, p->obj };

		if (p->mapped)
			add_line(text, MAPS_BYTES, &last, &l);
	}
	put_line(text, MAPS_BYTES, &last);
}

static void check_flags(struct space *s)
{
	struct vm_area_struct *vma = NULL;
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		const struct mpage *p = &s->page[i];

		if (!vma || vma->vm_end <= addr_of(i))
			vma = find_vma(s->mm, addr_of(i));
		if (p->mapped != (vma && vma->vm_start <= addr_of(i))) {
			model_pending("\tassert_int_equal(mapped(mm[%d], at(%u)), %d);", nr_of(s),
				      i, p->mapped);
			model_fail("space %d page %u is mapped: %d", nr_of(s), i, !p->mapped);
		}
		if (!p->mapped || (vma->vm_flags & M_FLAGS) == p->flags)
			continue;
		model_pending(
			"\tassert_int_equal(find_vma(mm[%d], at(%u))->vm_flags & %#lx, %#lx);",
			nr_of(s), i, M_FLAGS, p->flags);
		model_fail("space %d page %u has flags %#lx, not %#lx", nr_of(s), i,
			   vma->vm_flags & M_FLAGS, p->flags);
	}
}

static void check_bytes(struct space *s)
{
	unsigned int i, sub;

	for (i = 0; i < PAGES; i++) {
		struct mpage *p = &s->page[i];

		if (!p->mapped)
			continue;
		if (p->own != machine_has_own(s, i))
			model_fail("space %d page %u has an own copy: %d", nr_of(s), i, !p->own);
		for (sub = 0; sub < SUBS; sub++) {
			u8 *want = byte_at(p, sub);
			int got = machine_byte(s, i, sub);

			if (!want || got == *want)
				continue;
			model_pending("\tassert_int_equal(remote_byte(mm[%d], at(%u) + %u), %d);",
				      nr_of(s), i, OFFSETS[sub], *want);
			model_fail("space %d page %u has byte %d at %u, not %d", nr_of(s), i, got,
				   OFFSETS[sub], *want);
		}
	}
}

static void check_counts(struct space *s, long *committed)
{
	unsigned long own = 0, least = 0, most = 0, locked = 0, mapped = 0, shmem;
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		const struct mpage *p = &s->page[i];

		if (!p->mapped)
			continue;
		mapped++;
		own += p->own;
		locked += !!(p->flags & VM_LOCKED);
		*committed += !!(p->flags & VM_ACCOUNT);
		if (p->obj < 0 || p->own || !in_object(p))
			continue;
		most++;
		least += p->touched;
	}
	model_pending("\tassert_int_equal(get_mm_counter(mm[%d], MM_ANONPAGES), %lu);", nr_of(s),
		      own);
	model_expect(get_mm_counter(s->mm, MM_ANONPAGES), own, "space %d RssAnon", nr_of(s));
	shmem = get_mm_counter(s->mm, MM_SHMEMPAGES);
	model_pending("\tassert_in_range(get_mm_counter(mm[%d], MM_SHMEMPAGES), %lu, %lu);",
		      nr_of(s), least, most);
	if (shmem < least || shmem > most)
		model_fail("space %d RssShmem is %lu, not %lu to %lu", nr_of(s), shmem, least,
			   most);
	model_pending("\tassert_int_equal(mm[%d]->total_vm, %lu);", nr_of(s), mapped);
	model_expect(s->mm->total_vm, mapped, "space %d VmSize", nr_of(s));
	model_pending("\tassert_int_equal(mm[%d]->locked_vm, %lu);", nr_of(s), locked);
	model_expect(s->mm->locked_vm, locked, "space %d VmLck", nr_of(s));
	model_pending("\tassert_int_equal(mm[%d]->brk, %#lx);", nr_of(s), s->brk);
	model_expect(s->mm->brk, s->brk, "space %d brk", nr_of(s));
}

static void check_space(struct space *s, long *committed)
{
	static char got[MAPS_BYTES], want[MAPS_BYTES];

	model_pending("\tvm_check(mm[%d]);", nr_of(s));
	mmap_write_lock(s->mm);
	mm_check(s->mm);
	check_flags(s);
	machine_maps(s, got);
	model_maps(s, want);
	if (strcmp(got, want))
		model_fail("space %d maps are\n%.800snot\n%.800s", nr_of(s), got, want);
	check_counts(s, committed);
	mmap_write_unlock(s->mm);
	check_bytes(s);
}

static void check_spaces(void)
{
	long committed = committed_at_start;
	unsigned int i;

	for (i = 0; i < SPACES; i++)
		if (spaces[i].mm)
			check_space(&spaces[i], &committed);
	model_pending("\tassert_int_equal(vm_memory_committed(), %ld);", committed);
	model_expect(vm_memory_committed(), committed, "committed pages");
}

#endif
