/* SPDX-License-Identifier: MIT */
/*
 * init_64.c - the kernel's page tables: mapping primitives, memmap, upper entries.
 *
 *   0xffff888000000000  direct map          all RAM, kernel_map() by init.c
 *   0xffffc90000000000  vmalloc, ioremap    filled by mm/kspace
 *   0xffffea0000000000  struct page array   vmemmap_populate(), only where RAM is
 *   0xffffffff80000000  kernel image, modules
 *
 * One generic walk (entry_at) finds or makes the entry of a level for an
 * address; everything else is a loop over it with the largest page that fits.
 *
 *   K1  the upper 256 entries of swapper_pg_dir never change once a second
 *       address space exists: arch_pgd_init() copies them, so all agree for ever.
 *       Hence the entries under which vmalloc will work get their tables here.
 *   K2  a frame has a struct page iff the bit of its 4 MiB block is set; the
 *       memmap of a block is mapped as a whole
 *   K3  kernel mappings are global, writable or executable but not both
 *
 * Tables come from memblock until slab is up, then from the buddy, and are never
 * freed. Until init_mem_mapping() has switched, only frames below 4 GiB can be
 * written through the direct map; memblock's limit sees to that.
 *
 * Boot is one CPU. Later callers: pageattr.c under its lock.
 */
#include <linux/init.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/memblock.h>
#include <linux/bitops.h>
#include <linux/string.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <asm/cpufeature.h>
#include <asm/setup.h>
#include "kmap.h"

#define __page_aligned_bss	__section(".bss..page_aligned") __aligned(4096)

pgd_t swapper_pg_dir[PTRS_PER_PGD] __page_aligned_bss;
struct mm_struct init_mm;

/* K2: frames in the unit of the largest buddy block; power of two */
#define BLOCK_SHIFT	(MAX_ORDER - 1)
#define BLOCK_PFNS	(1ul << BLOCK_SHIFT)

static unsigned long *valid_blocks;	/* i  one bit a block */
static unsigned long nr_valid_blocks;	/* i */

/**
 * alloc_kernel_table() - a zeroed page for a level of the kernel's tables.
 * Locks: none. Context: boot, or may sleep once slab is up. Return: NULL without memory.
 */
void *alloc_kernel_table(void)
{
	if (this_machine()->slab.up)
		return (void *)get_zeroed_page(GFP_KERNEL);
	return memblock_alloc(PAGE_SIZE, PAGE_SIZE);
}

/*
 * The entry for @va of the level whose entries span 2^@shift bytes. Missing tables
 * are made when @make. A large page above stops the walk: its entry is returned
 * with *@shift set to its size.
 */
static u64 *entry_at(unsigned long va, unsigned int *shift, bool make)
{
	u64 *table = (u64 *)swapper_pg_dir, *entry;
	unsigned int at = PGDIR_SHIFT;
	void *page;

	for (;; at -= 9) {
		entry = table + ((va >> at) & 511);
		if (at == *shift)
			return entry;
		if (!(*entry & _PAGE_PRESENT)) {
			page = make ? alloc_kernel_table() : NULL;
			if (!page)
				return NULL;
			WRITE_ONCE(*entry, __pa(page) | _KERNPG_TABLE);
		} else if (at < PGDIR_SHIFT && (*entry & _PAGE_PSE)) {
			*shift = at;
			return entry;
		}
		table = __va(*entry & PTE_PFN_MASK);
	}
}

/**
 * kernel_entry() - the present entry that translates @va; *@shift: log2 of its size.
 * Locks: none. Context: any. Return: NULL when nothing is mapped there.
 */
u64 *kernel_entry(unsigned long va, unsigned int *shift)
{
	unsigned int at;
	u64 *entry;

	for (at = PUD_SHIFT; ; at -= 9) {
		*shift = at;
		entry = entry_at(va, shift, false);
		if (!entry || !(*entry & _PAGE_PRESENT))
			return NULL;
		if (at == PAGE_SHIFT || (*entry & _PAGE_PSE))
			return entry;
	}
}

/**
 * kernel_pte() - the last-level entry of @va, whether it is present or not.
 * Locks: none. Context: any. Return: NULL where no last-level table is.
 */
u64 *kernel_pte(unsigned long va)
{
	unsigned int shift = PAGE_SHIFT;
	u64 *entry = entry_at(va, &shift, false);

	return shift == PAGE_SHIFT ? entry : NULL;
}

/* log2 of the largest page that fits at both addresses; sizes are those of the CPU */
static unsigned int page_shift_for(unsigned long va, phys_addr_t pa, u64 bytes,
				   unsigned int max_shift)
{
	unsigned int shift;

	for (shift = max_shift; shift > PAGE_SHIFT; shift -= 9)
		if (bytes >> shift && !((va | pa) & ((1ul << shift) - 1)))
			break;
	return shift;
}

/**
 * kernel_map() - map [@pa, @pa + @bytes) at @va in pages of at most 2^@max_shift.
 * What is mapped there already stays as it is. All three are multiples of a page.
 * Locks:   none.
 * Context: boot, or the caller excludes others.
 * Return:  0 or -ENOMEM; then a part is mapped.
 */
int kernel_map(unsigned long va, phys_addr_t pa, u64 bytes, pgprot_t prot, unsigned int max_shift)
{
	mm_assert(!((va | pa | bytes) & (PAGE_SIZE - 1)));
	mm_assert(!(pgprot_val(prot) & _PAGE_RW) || (pgprot_val(prot) & _PAGE_NX));	/* K3 */
	while (bytes) {
		unsigned int shift = page_shift_for(va, pa, bytes, max_shift);
		unsigned int want = shift;
		u64 *entry = entry_at(va, &shift, true), step;

		if (!entry)
			return -ENOMEM;
		if (shift == want && shift > PAGE_SHIFT && (*entry & _PAGE_PRESENT) &&
		    !(*entry & _PAGE_PSE)) {
			max_shift = shift - 9;	/* a table is there: fill it */
			continue;
		}
		if (!(*entry & _PAGE_PRESENT))
			WRITE_ONCE(*entry, pa | pgprot_val(prot) |
				   (shift > PAGE_SHIFT ? _PAGE_PSE : 0));
		step = (1ull << shift) - (va & ((1ull << shift) - 1));
		step = min(step, bytes);
		va += step;
		pa += step;
		bytes -= step;
	}
	return 0;
}

/**
 * pfn_valid() - does the frame have a struct page? (K2)
 * Locks: none. Context: any. Return: yes or no, for any number.
 */
bool pfn_valid(unsigned long pfn)
{
	unsigned long block = pfn >> BLOCK_SHIFT;

	return block < nr_valid_blocks && test_bit(block, valid_blocks);
}

static bool memmap_is_mapped(unsigned long va)
{
	unsigned int shift = PAGE_SHIFT;
	u64 *entry = entry_at(va, &shift, false);

	return entry && (*entry & _PAGE_PRESENT);
}

/* memory for @bytes of the memmap at @va, where nothing is mapped */
static int populate_piece(unsigned long va, unsigned long bytes, unsigned long align, int nid)
{
	void *mem = memblock_alloc_try_nid_raw(bytes, align, 0, MEMBLOCK_ALLOC_ACCESSIBLE, nid);

	kmemleak_ignore(mem);	/* of the struct pages it looks at those in use alone */
	return mem ? kernel_map(va, __pa(mem), bytes, PAGE_KERNEL, PMD_SHIFT) : -ENOMEM;
}

/* 2 MiB of the memmap at @va as one page; false: a part is there, or no such piece is left */
static bool populate_large(unsigned long va, int nid)
{
	unsigned int shift = PMD_SHIFT;
	u64 *entry = entry_at(va, &shift, false);

	if (entry && (*entry & _PAGE_PRESENT))
		return *entry & _PAGE_PSE;
	return !populate_piece(va, PMD_SIZE, PMD_SIZE, nid);
}

/*
 * What is missing of [@va, @end), in pieces of at most a block. A block of struct pages may
 * end within another's piece (debug builds: no power of two), so each page is looked at.
 */
static int populate_small(unsigned long va, unsigned long end, int nid)
{
	unsigned long bytes;
	int err;

	for (; va < end; va += bytes) {
		bytes = PAGE_SIZE;
		if (memmap_is_mapped(va))
			continue;
		while (bytes < BLOCK_PFNS * sizeof(struct page) && va + bytes < end &&
		       !memmap_is_mapped(va + bytes))
			bytes += PAGE_SIZE;
		err = populate_piece(va, bytes, PAGE_SIZE, nid);
		if (err)
			return err;
	}
	return 0;
}

/**
 * vmemmap_populate() - struct pages for frames [@start_pfn, @end_pfn), as the memory was.
 * Whole blocks (K2) are made, so the ends may be rounded outwards; 2 MiB pages
 * are used where a whole one is asked for.
 * Locks:   none.
 * Context: boot, before the buddy.
 * Return:  0 or -ENOMEM.
 */
int vmemmap_populate(unsigned long start_pfn, unsigned long end_pfn, int nid)
{
	unsigned long block = start_pfn >> BLOCK_SHIFT;
	unsigned long end_block = (end_pfn + BLOCK_PFNS - 1) >> BLOCK_SHIFT;
	unsigned long va = (unsigned long)(vmemmap + (block << BLOCK_SHIFT));
	unsigned long end = (unsigned long)(vmemmap + (end_block << BLOCK_SHIFT)), next;

	static_assert(BLOCK_PFNS * sizeof(struct page) % PAGE_SIZE == 0);
	mm_bug_on(end_block > nr_valid_blocks);
	for (; va < end; va = next) {
		next = min((va & PMD_MASK) + PMD_SIZE, end);
		if (next - va == PMD_SIZE && populate_large(va, nid))
			continue;
		if (populate_small(va, next, nid))
			return -ENOMEM;
	}
	for (; block < end_block; block++)
		__set_bit(block, valid_blocks);
	return 0;
}

/*
 * K1 for vmalloc: all of its 64 upper entries would cost 256 KiB. The area is
 * filled from its lowest free address, so what can ever be in use lies below
 * twice the RAM (a guard page behind each page) and the device windows, for
 * which one entry, 512 GiB, stands.
 */
static void __init prepopulate_vmalloc(void)
{
	u64 span = 2 * ((u64)this_machine()->max_pfn << PAGE_SHIFT);
	unsigned long va = VMALLOC_START, end = VMALLOC_START + span + PGDIR_SIZE;
	unsigned int shift;

	end = min(end, VMALLOC_END);
	for (; va < end; va += PGDIR_SIZE) {
		shift = PUD_SHIFT;
		if (!entry_at(va, &shift, true))
			panic("init: no memory for the page tables of vmalloc");
	}
}

static void __init init_mm_setup(void)
{
	init_rwsem(&init_mm.mmap_lock);
	spin_lock_init(&init_mm.page_table_lock);
	INIT_LIST_HEAD(&init_mm.mmap);
	atomic_set(&init_mm.mm_users, 2);
	atomic_set(&init_mm.mm_count, 1);
	init_mm.pgd = swapper_pg_dir;
	init_mm.start_code = (unsigned long)_text;
	init_mm.end_code = (unsigned long)_etext;
	init_mm.end_data = (unsigned long)_edata;
	init_mm.brk = (unsigned long)_end;
	this_machine()->init_mm = &init_mm;
}

/**
 * paging_init() - init_mm, room for pfn_valid(), shared upper entries (K1).
 * Locks: none. Context: boot, after init_mem_mapping(). Return: nothing.
 */
void __init paging_init(void)
{
	init_mm_setup();
	/* mm/boot asks for whole sections of 128 MiB */
	nr_valid_blocks = round_up(this_machine()->max_pfn, 1ul << 15) >> BLOCK_SHIFT;
	valid_blocks = memblock_alloc(BITS_TO_LONGS(nr_valid_blocks) * sizeof(long),
				      sizeof(long));
	if (!valid_blocks)
		panic("init: no memory for the map of valid frames");
	prepopulate_vmalloc();
}

/**
 * arch_pgd_init() - the kernel's half of a fresh page directory (K1).
 * Locks: none. Context: any. Return: nothing.
 */
void arch_pgd_init(struct mm_struct *mm, pgd_t *pgd)
{
	memcpy(pgd + USER_PTRS_PER_PGD, swapper_pg_dir + USER_PTRS_PER_PGD,
	       (PTRS_PER_PGD - USER_PTRS_PER_PGD) * sizeof(*pgd));
}

/**
 * trampoline_pgd_create() - tables for a CPU on its way out of real mode.
 * Locks:   none.
 * Context: may sleep; the buddy is up.
 * Return:  physical address below 4 GiB, or 0 without memory.
 */
phys_addr_t trampoline_pgd_create(void)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_DMA32 | __GFP_ZERO, 2);
	u64 *table;

	if (!page)
		return 0;
	table = page_address(page);
	table[0] = __pa(table + 512) | _KERNPG_TABLE;
	table[512] = __pa(table + 1024) | _KERNPG_TABLE;
	table[1024] = _KERNPG_TABLE | _PAGE_PSE;	/* [0, 2 MiB), executable */
	memcpy(table + USER_PTRS_PER_PGD, swapper_pg_dir + USER_PTRS_PER_PGD,
	       (PTRS_PER_PGD - USER_PTRS_PER_PGD) * sizeof(*table));
	return __pa(table);
}

/**
 * trampoline_pgd_destroy() - give them back; no CPU uses them any more.
 * Locks: none. Context: any. Return: nothing.
 */
void trampoline_pgd_destroy(phys_addr_t pgd)
{
	if (pgd)
		free_pages((unsigned long)__va(pgd), 2);
}

/**
 * arch_sync_kernel_mapping() - nothing: the MMU walks the entries themselves.
 * Locks: none. Context: any. Return: nothing.
 */
void arch_sync_kernel_mapping(unsigned long start, unsigned long end)
{
}

/* KiB of the direct map in pages of each size; a walk over its tables */
static void count_direct(const u64 *table, unsigned int shift, unsigned long kb[3])
{
	unsigned int i;

	for (i = 0; i < 512; i++) {
		if (!(table[i] & _PAGE_PRESENT))
			continue;
		if (shift == PAGE_SHIFT || (table[i] & _PAGE_PSE))
			kb[(shift - PAGE_SHIFT) / 9] += 1ul << (shift - 10);
		else
			count_direct(__va(table[i] & PTE_PFN_MASK), shift - 9, kb);
	}
}

/**
 * arch_report_meminfo() - the last lines of /proc/meminfo.
 * Locks: none; a page that is split meanwhile counts in one size or the other.
 * Context: thread. Return: nothing.
 */
void arch_report_meminfo(struct seq_file *m)
{
	unsigned int i, end = pgd_index(VMALLOC_START);
	unsigned long kb[3] = { 0 };

	for (i = pgd_index(PAGE_OFFSET); i < end; i++)
		if (pgd_present(swapper_pg_dir[i]))
			count_direct(__va(pgd_val(swapper_pg_dir[i]) & PTE_PFN_MASK), PUD_SHIFT, kb);
	seq_printf(m, "DirectMap4k:    %8lu kB\nDirectMap2M:    %8lu kB\n", kb[0], kb[1]);
	if (boot_cpu_has(X86_FEATURE_GBPAGES))
		seq_printf(m, "DirectMap1G:    %8lu kB\n", kb[2]);
}
