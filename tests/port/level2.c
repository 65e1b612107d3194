// SPDX-License-Identifier: MIT
/*
 * level2.c - address spaces without a page cache, on a port of levels 1 and 2.
 *
 * It is linked with what level1.c has and with mm/vm: that it links shows that address
 * spaces need nothing of mm/cache. The port of tiny.c is completed by entries 27 to 38
 * for one thread and an MMU that is a walk of the tables at each access, with a fault
 * where they do not allow it. Such an MMU keeps no translations, so that there is nothing
 * to flush; areas are anonymous and private, as there are no files.
 *
 * What is done with it goes the way of programs: map, touch, fork, write on both sides,
 * protect, move, unmap and exit, and all of the memory is there again at the end.
 */
#include <stdio.h>
#include <linux/mm.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <mm/machine.h>
#include <mm/port.h>
#include <asm/uaccess.h>
#include <uapi/mman.h>
#include "tiny.h"

#define PAGES	1200ul		/* more than one table holds */

/* --- the port: entries 27-38 of mm/port.h ----------------------------------------- */

static struct mm_struct *user_mm;

void flush_tlb_mm_range(struct mm_struct *mm, unsigned long start, unsigned long end,
			bool freed_tables) { }						/* 27 */
void flush_tlb_mm(struct mm_struct *mm) { }
void local_flush_tlb_page(struct mm_struct *mm, unsigned long address) { }		/* 28 */
void arch_pgd_init(struct mm_struct *mm, pgd_t *pgd) { }				/* 29 */
void arch_mm_context_init(struct mm_struct *mm) { }					/* 30 */
void arch_mm_context_destroy(struct mm_struct *mm) { }					/* 31 */

/* the entry that allows the access at @addr, or NULL; both lower levels can forbid a store */
static pte_t *walk(unsigned long addr, bool write)
{
	unsigned long need = _PAGE_PRESENT | _PAGE_USER | (write ? _PAGE_RW : 0);
	pgd_t *pgd = pgd_offset_pgd(user_mm->pgd, addr);
	pud_t *pud = pgd_present(*pgd) ? pud_offset(pgd, addr) : NULL;
	pmd_t *pmd = pud && pud_present(*pud) ? pmd_offset(pud, addr) : NULL;
	pte_t *pte;

	if (!pmd || (pmd_val(*pmd) & need) != need)
		return NULL;
	pte = pte_offset_kernel(pmd, addr);
	return (pte_val(*pte) & need) == need ? pte : NULL;
}

/* the entry of @addr once it allows the access; NULL: it never will */
static pte_t *translate(unsigned long addr, bool write)
{
	unsigned int flags = FAULT_FLAG_USER | FAULT_FLAG_ALLOW_RETRY |
			     (write ? FAULT_FLAG_WRITE : 0);
	int si_code;

	for (;;) {
		pte_t *pte = walk(addr, write);

		if (pte)
			return pte;
		if (mm_fault(user_mm, addr, flags, &si_code) & VM_FAULT_ERROR)
			return NULL;
	}
}

/* bytes that could not be copied; @out: to user memory, NULL @buf: zeroes */
static unsigned long user_copy(unsigned long addr, char *buf, unsigned long n, bool out)
{
	while (n && user_mm && addr < TASK_SIZE_MAX) {
		unsigned long part = min(n, PAGE_SIZE - (addr & ~PAGE_MASK));
		pte_t *pte = translate(addr, out);
		char *at;

		if (!pte)
			break;
		at = (char *)page_address(pfn_to_page(pte_pfn(*pte))) + (addr & ~PAGE_MASK);
		if (!buf)
			memset(at, 0, part);
		else
			memcpy(out ? at : buf, out ? buf : at, part);
		buf = buf ? buf + part : NULL;
		addr += part;
		n -= part;
	}
	return n;
}

unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)		/* 32 */
{
	return user_copy((unsigned long)to, (char *)from, n, true);
}

unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
	return user_copy((unsigned long)from, to, n, false);
}

unsigned long clear_user(void __user *to, unsigned long n)
{
	return user_copy((unsigned long)to, NULL, n, true);
}

u64 port_random_ull(void) { return 0; }							/* 33 */
bool port_fatal_signal_pending(void) { return false; }					/* 34 */
unsigned long port_rlimit(unsigned int which) { return ULONG_MAX; }			/* 35 */
bool port_capable_admin(void) { return true; }						/* 36 */
struct file *shmem_file_setup(const char *name, loff_t size, unsigned long vm_flags)	/* 37 */
{
	return ERR_PTR(-ENOMEM);
}
void fput(struct file *file) { BUG(); }							/* 38 */

/* --- what it is good for ------------------------------------------------------------- */

static unsigned long map(struct mm_struct *mm, unsigned long pages, unsigned long flags)
{
	const struct mmap_request req = { .len = pages << PAGE_SHIFT, .flags = flags,
					  .prot = PROT_READ | PROT_WRITE };

	return vm_mmap(mm, &req);
}

static void check(struct mm_struct *mm)
{
	mmap_write_lock(mm);
	mm_check(mm);
	mmap_write_unlock(mm);
}

static void store(unsigned long addr, unsigned long value)
{
	BUG_ON(put_user(value, (unsigned long __user *)addr));
}

static unsigned long load(unsigned long addr)
{
	unsigned long value;

	BUG_ON(get_user(value, (unsigned long __user *)addr));
	return value;
}

static struct mm_struct *new_space(unsigned long *at)
{
	struct mm_struct *mm = mm_alloc();
	unsigned long i;

	BUG_ON(!mm);
	arch_pick_mmap_layout(mm, 8ul << 20);
	*at = map(mm, PAGES, MAP_PRIVATE | MAP_ANONYMOUS);
	BUG_ON(IS_ERR_VALUE(*at));
	user_mm = mm;
	for (i = 0; i < PAGES; i++)
		BUG_ON(load(*at + i * PAGE_SIZE));	/* the page of zeroes */
	BUG_ON(get_mm_rss(mm));
	for (i = 0; i < PAGES; i++)
		store(*at + i * PAGE_SIZE, i);
	BUG_ON(get_mm_rss(mm) != PAGES);
	check(mm);
	return mm;
}

static void use_fork(struct mm_struct *mm, unsigned long at)
{
	int error = 0;
	struct mm_struct *child = dup_mm(mm, &error);
	unsigned long i;

	BUG_ON(!child || get_mm_rss(child) != PAGES);
	user_mm = child;
	for (i = 0; i < PAGES; i += 2)
		store(at + i * PAGE_SIZE, ~i);
	user_mm = mm;
	for (i = 0; i < PAGES; i += 3)
		store(at + i * PAGE_SIZE, i + 1);
	for (i = 0; i < PAGES; i++)
		BUG_ON(load(at + i * PAGE_SIZE) != (i % 3 ? i : i + 1));
	user_mm = child;
	for (i = 0; i < PAGES; i++)
		BUG_ON(load(at + i * PAGE_SIZE) != (i % 2 ? i : ~i));
	check(mm);
	check(child);
	user_mm = NULL;
	mmput(child);
	user_mm = mm;
	BUG_ON(load(at + 2 * PAGE_SIZE) != 2);
}

static void use_ranges(struct mm_struct *mm, unsigned long at)
{
	unsigned long tail = at + (PAGES - 100) * PAGE_SIZE, moved;
	unsigned char core[3];

	BUG_ON(vm_munmap(mm, at + PAGE_SIZE, PAGE_SIZE) ||
	       copy_to_user((void __user *)(at + PAGE_SIZE - 2), "abcd", 4) != 2);
	BUG_ON(vm_mprotect(mm, at + 2 * PAGE_SIZE, PAGE_SIZE, PROT_READ) ||
	       load(at + 2 * PAGE_SIZE) != 2 || !clear_user((void __user *)(at + 2 * PAGE_SIZE), 1));
	BUG_ON(vm_madvise(mm, at + 5 * PAGE_SIZE, PAGE_SIZE, MADV_DONTNEED) ||
	       load(at + 5 * PAGE_SIZE));
	moved = vm_mremap(mm, tail, 100 * PAGE_SIZE, 200 * PAGE_SIZE, MREMAP_MAYMOVE, 0);
	BUG_ON(IS_ERR_VALUE(moved) || load(moved + 8 * PAGE_SIZE) != PAGES - 92);
	/* the answer goes where an answer fits; pages 2 and 3 are there, 1 is no area */
	BUG_ON(vm_mincore(mm, at + 2 * PAGE_SIZE, 2 * PAGE_SIZE,
			  (unsigned char __user *)(at + 7 * PAGE_SIZE)) ||
	       copy_from_user(core, (void __user *)(at + 7 * PAGE_SIZE), 2) ||
	       core[0] != 1 || core[1] != 1);
	BUG_ON(vm_mincore(mm, at, 3 * PAGE_SIZE, (unsigned char __user *)(at + 7 * PAGE_SIZE)) !=
	       -ENOMEM);
	BUG_ON(map(mm, 4, MAP_SHARED | MAP_ANONYMOUS) != (unsigned long)-ENOMEM);
	check(mm);
}

int main(void)
{
	unsigned long before, at;
	struct mm_struct *mm;

	BUG_ON(tiny_boot(mm_boot_init));
	printf("1..4\nok 1 - boot with %lu pages\n", totalram_pages());
	before = tiny_settled();
	mm = new_space(&at);
	printf("ok 2 - areas and faults\n");
	use_fork(mm, at);
	printf("ok 3 - fork and copies\n");
	use_ranges(mm, at);
	user_mm = NULL;
	mmput(mm);
	tiny_check_zones();
	BUG_ON(tiny_settled() != before);
	printf("ok 4 - ranges, and every page is back\n");
	return 0;
}
