/* SPDX-License-Identifier: MIT */
/*
 * pgtable_x86.h - entries of x86 page tables, for any number of levels: what
 * pgtable_x86_64.h and pgtable_i386.h have in common. They define before the numbers of
 * entries, the shifts, PTE_PFN_MASK and _PAGE_NX.
 *
 * A level whose table has one entry is folded into the one above: its entry is that of
 * the level above under another name, is never none and always present, and its table is
 * no page: nobody allocates, counts or frees one.
 */
#ifndef MM_PGTABLE_X86_H
#define MM_PGTABLE_X86_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/atomic.h>
#include <asm/page.h>

#define PMD_FOLDED	(PTRS_PER_PMD == 1)
#define PUD_FOLDED	(PTRS_PER_PUD == 1)
#define PMD_SIZE	(1ul << PMD_SHIFT)
#define PMD_MASK	(~(PMD_SIZE - 1))
#define PUD_SIZE	(1ul << PUD_SHIFT)
#define PUD_MASK	(~(PUD_SIZE - 1))
#define P4D_SIZE	(1ul << P4D_SHIFT)
#define P4D_MASK	(~(P4D_SIZE - 1))
#define PGDIR_SIZE	(1ul << PGDIR_SHIFT)
#define PGDIR_MASK	(~(PGDIR_SIZE - 1))

#define _PAGE_PRESENT	0x001ul
#define _PAGE_RW	0x002ul
#define _PAGE_USER	0x004ul
#define _PAGE_PWT	0x008ul
#define _PAGE_PCD	0x010ul
#define _PAGE_ACCESSED	0x020ul
#define _PAGE_DIRTY	0x040ul
#define _PAGE_PSE	0x080ul
#define _PAGE_PAT	0x080ul	/* of a small page: third bit of its memory type */
#define _PAGE_GLOBAL	0x100ul
#define _PAGE_SPECIAL	0x200ul	/* software: maps a frame that is not counted */
#define _PAGE_PKEY_SHIFT	59	/* of four bits, where entries have 64 */
#define _PAGE_PROTNONE	0x100ul	/* with PRESENT clear: PROT_NONE, the frame is still mapped */

#define _KERNPG_TABLE	(_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY)
#define _PAGE_TABLE	(_KERNPG_TABLE | _PAGE_USER)
#define PAGE_KERNEL	__pgprot(_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY | \
				 _PAGE_GLOBAL | _PAGE_NX)
#define PAGE_KERNEL_RO	__pgprot(_PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_GLOBAL | _PAGE_NX)
#define PAGE_KERNEL_ROX	__pgprot(_PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_GLOBAL)
#define PAGE_KERNEL_EXEC __pgprot(_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY | \
				  _PAGE_GLOBAL)
#define PAGE_KERNEL_NOCACHE __pgprot(_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY | \
				     _PAGE_GLOBAL | _PAGE_NX | _PAGE_PCD | _PAGE_PWT)
#define PAGE_NONE	__pgprot(_PAGE_PROTNONE | _PAGE_ACCESSED)
#define PAGE_READONLY	__pgprot(_PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED | _PAGE_NX)
#define PAGE_READONLY_EXEC __pgprot(_PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED)
#define PAGE_SHARED	__pgprot(_PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED | _PAGE_RW | _PAGE_NX)
#define PAGE_SHARED_EXEC __pgprot(_PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED | _PAGE_RW)

static inline pgprot_t vm_prot_lookup(bool read, bool write, bool exec)
{
	if (write)
		return exec ? PAGE_SHARED_EXEC : PAGE_SHARED;
	if (exec)
		return PAGE_READONLY_EXEC;
	return read ? PAGE_READONLY : PAGE_NONE;
}

/* @prot for pages with protection key @key, 0 where entries have no place for one */
static inline pgprot_t pgprot_mkpkey(pgprot_t prot, unsigned int key)
{
	return __pgprot(prot.pgprot | (unsigned long)((u64)key << _PAGE_PKEY_SHIFT));
}

#define pte_val(x) ((x).pte)
#define pmd_val(x) ((x).pmd)
#define pud_val(x) ((x).pud)
#define pgd_val(x) ((x).pgd)
#define p4d_val(x) ((x).p4d)
#define __pte(x) ((pte_t){ (x) })
#define __pmd(x) ((pmd_t){ (x) })
#define __pud(x) ((pud_t){ (x) })
#define __pgd(x) ((pgd_t){ (x) })
#define __p4d(x) ((p4d_t){ (x) })

#define pgd_index(a)	(((a) >> PGDIR_SHIFT) & (PTRS_PER_PGD - 1))
#define pud_index(a)	(((a) >> PUD_SHIFT) & (PTRS_PER_PUD - 1))
#define pmd_index(a)	(((a) >> PMD_SHIFT) & (PTRS_PER_PMD - 1))
#define pte_index(a)	(((a) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))

/* entries: leaf */
static inline bool pte_none(pte_t p) { return !p.pte; }
static inline bool pte_present(pte_t p) { return p.pte & (_PAGE_PRESENT | _PAGE_PROTNONE); }
static inline bool pte_write(pte_t p) { return p.pte & _PAGE_RW; }
static inline bool pte_dirty(pte_t p) { return p.pte & _PAGE_DIRTY; }
static inline bool pte_young(pte_t p) { return p.pte & _PAGE_ACCESSED; }
static inline bool pte_special(pte_t p) { return p.pte & _PAGE_SPECIAL; }
static inline unsigned int pte_pkey(pte_t p) { return (u64)p.pte >> _PAGE_PKEY_SHIFT & 15; }
static inline unsigned long pte_pfn(pte_t p) { return (p.pte & PTE_PFN_MASK) >> PAGE_SHIFT; }
static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return __pte((pfn << PAGE_SHIFT) | prot.pgprot);
}
static inline pte_t pte_mkwrite(pte_t p) { return __pte(p.pte | _PAGE_RW); }
static inline pte_t pte_wrprotect(pte_t p) { return __pte(p.pte & ~_PAGE_RW); }
static inline pte_t pte_mkdirty(pte_t p) { return __pte(p.pte | _PAGE_DIRTY); }
static inline pte_t pte_mkclean(pte_t p) { return __pte(p.pte & ~_PAGE_DIRTY); }
static inline pte_t pte_mkyoung(pte_t p) { return __pte(p.pte | _PAGE_ACCESSED); }
static inline pte_t pte_mkold(pte_t p) { return __pte(p.pte & ~_PAGE_ACCESSED); }
static inline pte_t pte_mkspecial(pte_t p) { return __pte(p.pte | _PAGE_SPECIAL); }
/* new protection, same frame, same accessed, dirty and special bits */
static inline pte_t pte_modify(pte_t p, pgprot_t prot)
{
	unsigned long keep = PTE_PFN_MASK | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_SPECIAL;

	return __pte((p.pte & keep) | (prot.pgprot & ~_PAGE_ACCESSED));
}
static inline pte_t ptep_get(const pte_t *ptep) { return __pte(READ_ONCE(ptep->pte)); }
/* After an entry was changed: a port may let other CPUs see it before anything follows. */
#ifndef arch_entry_point
#define arch_entry_point()	do { } while (0)
#endif
/*
 * Entries are stores with release: who finds one, the MMU included, finds what it leads
 * to complete (a cleared page, an empty table).
 */
static inline void set_pte(pte_t *ptep, pte_t p)
{
	smp_store_release(&ptep->pte, p.pte);
	arch_entry_point();
}
static inline void pte_clear(pte_t *ptep)
{
	WRITE_ONCE(ptep->pte, 0);
	arch_entry_point();
}
/* atomically take the entry out: no accessed or dirty bit that the MMU sets is lost */
static inline pte_t ptep_get_and_clear(pte_t *ptep)
{
	pte_t old = __pte(xchg(&ptep->pte, 0ul));

	arch_entry_point();
	return old;
}
/* atomically drop @bit: was it set? */
static inline bool ptep_test_and_clear(pte_t *ptep, unsigned long bit)
{
	unsigned long old = __atomic_fetch_and(&ptep->pte, ~bit, __ATOMIC_SEQ_CST);

	arch_entry_point();
	return old & bit;
}
static inline bool ptep_test_and_clear_young(pte_t *ptep)
{
	return ptep_test_and_clear(ptep, _PAGE_ACCESSED);
}
static inline bool ptep_test_and_clear_dirty(pte_t *ptep)
{
	return ptep_test_and_clear(ptep, _PAGE_DIRTY);
}
/* atomically drop the write bit */
static inline void ptep_set_wrprotect(pte_t *ptep)
{
	ptep_test_and_clear(ptep, _PAGE_RW);
}

/* entries: tables and large leaves; a folded level always has its table */
static inline bool pmd_none(pmd_t p) { return !p.pmd; }
static inline bool pud_none(pud_t p) { return !PMD_FOLDED && !p.pud; }
static inline bool pgd_none(pgd_t p) { return !PUD_FOLDED && !p.pgd; }
static inline bool pmd_present(pmd_t p) { return p.pmd & _PAGE_PRESENT; }
static inline bool pud_present(pud_t p) { return PMD_FOLDED || p.pud & _PAGE_PRESENT; }
static inline bool pgd_present(pgd_t p) { return PUD_FOLDED || p.pgd & _PAGE_PRESENT; }
static inline bool pmd_leaf(pmd_t p) { return p.pmd & _PAGE_PSE; }
static inline bool pud_leaf(pud_t p) { return !PMD_FOLDED && p.pud & _PAGE_PSE; }
/* writes are denied for all that lies below an entry without the bit */
#define PMD_DENIES_WRITES	true
static inline bool pmd_write(pmd_t p) { return p.pmd & _PAGE_RW; }
static inline pmd_t pmd_wrprotect(pmd_t p) { return (pmd_t){ p.pmd & ~_PAGE_RW }; }
static inline pmd_t pmd_mkwrite(pmd_t p) { return (pmd_t){ p.pmd | _PAGE_RW }; }
static inline unsigned long pmd_pfn(pmd_t p) { return (p.pmd & PTE_PFN_MASK) >> PAGE_SHIFT; }
static inline unsigned long pud_pfn(pud_t p) { return (p.pud & PTE_PFN_MASK) >> PAGE_SHIFT; }
static inline unsigned long pgd_pfn(pgd_t p) { return (p.pgd & PTE_PFN_MASK) >> PAGE_SHIFT; }
/* bit 7 of a small page's entry is a large one's PSE, and its PAT bit is elsewhere */
static inline bool pgprot_fits_large(pgprot_t prot) { return !(prot.pgprot & _PAGE_PAT); }
static inline pmd_t pfn_pmd(unsigned long pfn, pgprot_t prot)
{
	return __pmd((pfn << PAGE_SHIFT) | prot.pgprot | _PAGE_PSE);
}
/* the protection of a small page in the place of a part of a large one */
static inline pgprot_t pmd_small_prot(pmd_t p)
{
	return __pgprot(p.pmd & ~(PTE_PFN_MASK | _PAGE_PSE));
}
#define pmd_page(p)	pfn_to_page(pmd_pfn(p))
#define pud_page(p)	pfn_to_page(pud_pfn(p))
#define pgd_page(p)	pfn_to_page(pgd_pfn(p))
#define DEFINE_SET_ENTRY(level)							\
static inline void set_##level(level##_t *e, level##_t v)			\
{										\
	smp_store_release(&e->level, v.level);					\
	arch_entry_point();							\
}
DEFINE_SET_ENTRY(pmd)
DEFINE_SET_ENTRY(pud)
DEFINE_SET_ENTRY(pgd)

/* for those who hold no lock against set_pXX(): a table may appear at any time */
static inline pmd_t pmdp_get(pmd_t *e) { return __pmd(lockless_dereference(e->pmd)); }
static inline pud_t pudp_get(pud_t *e) { return __pud(lockless_dereference(e->pud)); }
static inline pgd_t pgdp_get(pgd_t *e) { return __pgd(lockless_dereference(e->pgd)); }

/* tables: from an entry to the table below; under a folded level that is the entry itself */
#define pgd_offset_pgd(pgd, a)	((pgd) + pgd_index(a))
#define pgd_offset(mm, a)	pgd_offset_pgd((mm)->pgd, a)
static inline pud_t *pud_offset(pgd_t *pgd, unsigned long a)
{
	if (PUD_FOLDED)
		return (pud_t *)pgd;
	return (pud_t *)__va(pgd->pgd & PTE_PFN_MASK) + pud_index(a);
}
static inline pmd_t *pmd_offset(pud_t *pud, unsigned long a)
{
	if (PMD_FOLDED)
		return (pmd_t *)pud;
	return (pmd_t *)__va(pud->pud & PTE_PFN_MASK) + pmd_index(a);
}
/* the same by a value that was read from the entry once, without a lock */
static inline pud_t *pud_offset_lockless(pgd_t *pgdp, pgd_t pgd, unsigned long a)
{
	return PUD_FOLDED ? (pud_t *)pgdp : pud_offset(&pgd, a);
}
static inline pmd_t *pmd_offset_lockless(pud_t *pudp, pud_t pud, unsigned long a)
{
	return PMD_FOLDED ? (pmd_t *)pudp : pmd_offset(&pud, a);
}
static inline pte_t *pte_offset_kernel(pmd_t *pmd, unsigned long a)
{
	return (pte_t *)__va(pmd->pmd & PTE_PFN_MASK) + pte_index(a);
}
#define pmd_populate(pmd, page)	set_pmd(pmd, __pmd(page_to_phys(page) | _PAGE_TABLE))
#define pud_populate(pud, page)	set_pud(pud, __pud(page_to_phys(page) | _PAGE_TABLE))
#define pgd_populate(pgd, page)	set_pgd(pgd, __pgd(page_to_phys(page) | _PAGE_TABLE))

/* the end of the range that this entry covers, or end */
#define pgd_addr_end(a, end) \
	({ unsigned long __b = ((a) + PGDIR_SIZE) & PGDIR_MASK; (__b - 1 < (end) - 1) ? __b : (end); })
#define pud_addr_end(a, end) \
	({ unsigned long __b = ((a) + PUD_SIZE) & PUD_MASK; (__b - 1 < (end) - 1) ? __b : (end); })
#define pmd_addr_end(a, end) \
	({ unsigned long __b = ((a) + PMD_SIZE) & PMD_MASK; (__b - 1 < (end) - 1) ? __b : (end); })

#endif
