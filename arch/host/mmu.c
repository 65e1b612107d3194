// SPDX-License-Identifier: MIT
/*
 * mmu.c - user accesses of a hosted machine: table walk, accessed and dirty bits,
 * permissions, protection keys, and the check of what CPUs remember.
 *
 * An access looks its page up in the CPU's TLB (tlb.c). Where that has no entry, or one
 * that does not permit the access, the tables of the mm are walked as an x86-64 CPU
 * walks them (Intel SDM volume 3, chapter 4): every level must be present, user's and,
 * for a write, writable, none may forbid an instruction fetch; each entry on the way
 * gets its accessed bit and the last one, for a write, its dirty bit, by an atomic
 * exchange that fails when the entry has changed meanwhile. A translation without the
 * dirty bit is therefore walked again at the first write.
 *
 * The last entry's protection key (linux/pkeys.h) is asked at each access, whether the
 * translation was remembered or walked for: what the thread denies itself for that key is
 * a fault, but instructions are fetched whatever it says.
 *
 * The walk takes no lock that mm/ knows. Other CPUs may change tables meanwhile, and
 * what they take out they may free only after a flush, which waits for this CPU.
 *
 *   V1  neither a walk nor an access touches a frame that is free: one with a reference
 *       count of 0. A missing flush that leads there is found at once in debug builds
 *   V2  each entry is read once; what was read is what permits and where it leads
 *
 * Locks: this CPU's tlb_lock from the lookup to the last byte.
 */
#include "host_internal.h"
#include <linux/pkeys.h>
#include <linux/printk.h>

/* --- the walk ----------------------------------------------------------- */

struct walk {
	unsigned long addr;		/* i */
	enum host_access access;	/* i */
	bool look_only;			/* i  set no bits: for checks */
	unsigned int perm;		/* HOST_TLB_*: what all levels so far permit */
	unsigned long pfn;		/* result: frame of the page, or of the large page */
	bool huge;			/* result */
	unsigned int pkey;		/* result */
	unsigned long table_pfn;	/* result  last-level table, 0: a large page */
	unsigned int table_perm;	/* result  what the levels above it permit */
};

#ifdef CONFIG_DEBUG_MM
/* A table is no compound page, and its lock lies where others say that they are. */
static bool frame_free(const struct page *page, bool table)
{
	return (table ? atomic_read(&page->_refcount) : page_count(page)) <= 0;
}
#endif

static void frame_check(unsigned long pfn, const struct walk *w, bool table)
{
	mm_bug_on(pfn >= host_ctx.nr_frames);		/* a user mapping of no RAM */
#ifdef CONFIG_DEBUG_MM
	if (likely(!frame_free(pfn_to_page(pfn), table)))
		return;
	pr_err("MMU: CPU %u, user address %lx: the %s is frame %lx, which is free\n",
	       host_ctx.cpu, w->addr, table ? "table" : "page", pfn);
	mm_bug_on(frame_free(pfn_to_page(pfn), table));			/* V1 */
#endif
}

/* Does this thread deny itself such an access to pages with @pkey? */
static bool key_denies(unsigned int pkey, enum host_access access)
{
	u32 denied = host_ctx.pkey_denied >> PKEY_BITS * pkey;

	if (likely(!denied) || access == HOST_FETCH)
		return false;
	return denied & (access == HOST_WRITE ? PKEY_DISABLE_MASK : PKEY_DISABLE_ACCESS);
}

static bool entry_permits(const struct walk *w, unsigned long entry)
{
	unsigned long need = _PAGE_PRESENT | _PAGE_USER;

	if (w->access == HOST_WRITE)
		need |= _PAGE_RW;
	return (entry & need) == need && !(w->access == HOST_FETCH && (entry & _PAGE_NX));
}

/* One level: *@value is what @entry had, with the bits that the walk sets. */
static bool walk_entry(struct walk *w, unsigned long *entry, unsigned int shift,
		       unsigned long *value)
{
	unsigned long old, set;
	bool last;

	host_sched_point(HOST_POINT_WALK);
	old = lockless_dereference(*entry);
	do {
		last = shift == PAGE_SHIFT || (old & _PAGE_PSE);
		if (!entry_permits(w, old))
			return false;
		if (last && !w->look_only && key_denies(pte_pkey(__pte(old)), w->access))
			return false;
		set = _PAGE_ACCESSED;
		if (last && w->access == HOST_WRITE)
			set |= _PAGE_DIRTY;
		*value = old | set;
	} while (*value != old && !w->look_only && !try_cmpxchg(entry, &old, *value));
	if (!(*value & _PAGE_RW))
		w->perm &= ~HOST_TLB_WRITE;
	if (*value & _PAGE_NX)
		w->perm &= ~HOST_TLB_FETCH;
	return true;
}

/* @value ends the walk at a level whose entries map 2^@shift bytes. */
static bool walk_ends(struct walk *w, unsigned long value, unsigned int shift)
{
	unsigned long pages = 1ul << (shift - PAGE_SHIFT);

	w->pfn = (value & PTE_PFN_MASK) >> PAGE_SHIFT;
	w->huge = shift > PAGE_SHIFT;
	w->pkey = pte_pkey(__pte(value));
	mm_bug_on(w->pkey && !this_machine()->facts.nr_pkeys);	/* reserved bits */
	if (w->huge)		/* of a very large one the large piece; bit 12 is no address */
		w->pfn = (w->pfn & ~(pages - 1)) +
			 ((w->addr >> PAGE_SHIFT) & (pages - 1) & ~(HOST_HUGE_PAGES - 1));
	if (!(value & _PAGE_DIRTY))
		w->perm &= ~HOST_TLB_WRITE;				/* T2 */
	return true;
}

static bool walk_last_table(struct walk *w, unsigned long table_pfn)
{
	unsigned long *entry, value;

	frame_check(table_pfn, w, true);
	entry = (unsigned long *)((pte_t *)host_frame(table_pfn) + pte_index(w->addr));
	return walk_entry(w, entry, PAGE_SHIFT, &value) && walk_ends(w, value, PAGE_SHIFT);
}

/* From the top. A folded level is the one above, looked at again (V2 by its accessor). */
static bool walk_tables(struct mm_struct *mm, struct walk *w)
{
	pgd_t *pgd = pgd_offset(mm, w->addr), top;
	pud_t *pud, upper;
	pmd_t *pmd, middle;

	w->perm = HOST_TLB_WRITE | HOST_TLB_FETCH;
	if (!walk_entry(w, (unsigned long *)pgd, PGDIR_SHIFT, (unsigned long *)&top))
		return false;
	pud = pud_offset_lockless(pgd, top, w->addr);
	if (!PUD_FOLDED)
		frame_check(pgd_pfn(top), w, true);
	if (!walk_entry(w, (unsigned long *)pud, PUD_SHIFT, (unsigned long *)&upper))
		return false;
	if (pud_leaf(upper))
		return walk_ends(w, *(unsigned long *)&upper, PUD_SHIFT);
	pmd = pmd_offset_lockless(pud, upper, w->addr);
	if (!PMD_FOLDED)
		frame_check(pud_pfn(upper), w, true);
	if (!walk_entry(w, (unsigned long *)pmd, PMD_SHIFT, (unsigned long *)&middle))
		return false;
	if (pmd_leaf(middle))
		return walk_ends(w, *(unsigned long *)&middle, PMD_SHIFT);
	w->table_pfn = pmd_pfn(middle);
	w->table_perm = w->perm;
	return walk_last_table(w, w->table_pfn);
}

/* --- one access --------------------------------------------------------- */

static inline unsigned int perm_needed(enum host_access access)
{
	return access == HOST_WRITE ? HOST_TLB_WRITE : access == HOST_FETCH ? HOST_TLB_FETCH : 0;
}

/* By the table that this CPU remembers. What it does not permit a whole walk decides. */
static bool walk_by_memory(struct host_cpu *cpu, struct walk *w)
{
	struct host_tlb_entry *e = host_tlb_walk_entry(cpu, w->addr);
	unsigned int need = perm_needed(w->access);

	if (!e || (e->perm & need) != need)
		return false;
	w->perm = e->perm;
	if (!walk_last_table(w, e->pfn))
		return false;
	cpu->stats.walk_cache_hits++;
	return true;
}

static bool walk_and_fill(struct host_cpu *cpu, struct mm_struct *mm, struct walk *w,
			  struct host_tlb_entry *entry)
{
	cpu->stats.walks++;
	*entry = (struct host_tlb_entry){ .tag = host_tlb_tag(cpu) };
	if (!walk_by_memory(cpu, w)) {
		if (!walk_tables(mm, w))
			return false;
		if (w->table_pfn) {
			entry->key = host_tlb_huge_key(w->addr);
			entry->pfn = w->table_pfn;
			entry->perm = w->table_perm;
			host_tlb_fill_walk(cpu, entry);
		}
	}
	entry->key = w->huge ? host_tlb_huge_key(w->addr) : host_tlb_key(w->addr);
	entry->pfn = w->pfn;
	entry->perm = w->perm;
	entry->pkey = w->pkey;
	if (w->huge && !cpu->huge.nr) {		/* no place for large ones: a piece of it */
		entry->key = host_tlb_key(w->addr);
		entry->pfn += (w->addr >> PAGE_SHIFT) & (HOST_HUGE_PAGES - 1);
	}
	host_tlb_fill(cpu, entry);
	return true;
}

static bool translate(struct host_cpu *cpu, struct mm_struct *mm, struct walk *w,
		      unsigned long *pfn)
{
	struct host_tlb_entry *e = host_tlb_lookup(cpu, w->addr), made;
	unsigned int need = perm_needed(w->access);

	if (!e)
		cpu->stats.misses++;
	else if ((e->perm & need) != need)
		cpu->stats.refills++;
	else if (unlikely(key_denies(e->pkey, w->access)))
		return false;
	if (!e || (e->perm & need) != need) {
		if (!walk_and_fill(cpu, mm, w, &made))
			return false;
		e = &made;
	}
	*pfn = e->pfn;
	if (e->key & 1)
		*pfn += (w->addr >> PAGE_SHIFT) & (HOST_HUGE_PAGES - 1);
	return true;
}

/**
 * host_tlb_access() - let @fn work on @bytes at user address @addr, inside one page.
 * Locks:   takes this CPU's tlb_lock.  Context: thread.
 * Return:  0; -EFAULT when the tables do not permit it, then nothing was done.
 */
int host_tlb_access(struct mm_struct *mm, unsigned long addr, size_t bytes,
		    enum host_access access, host_access_fn fn, void *arg)
{
	struct walk w = { .addr = addr, .access = access };
	struct host_cpu *cpu = this_host_cpu();
	unsigned long pfn;
	int ret = 0;

	mm_assert(bytes && addr >> PAGE_SHIFT == (addr + bytes - 1) >> PAGE_SHIFT);
	spin_lock(&cpu->tlb_lock);
	mm_bug_on(cpu->loaded_mm != mm || cpu->lazy);			/* X1 of context.c */
	if (translate(cpu, mm, &w, &pfn)) {
		frame_check(pfn, &w, false);
		fn((char *)host_frame(pfn) + (addr & ~PAGE_MASK), arg, bytes);
	} else {
		cpu->stats.faults++;
		ret = -EFAULT;
	}
	spin_unlock(&cpu->tlb_lock);
	return ret;
}

/* --- does memory agree with what CPUs remember? --------------------------- */

/* NULL: the entry is true. The tables may permit more than it. */
static const char *entry_error(struct mm_struct *mm, const struct host_tlb_entry *e, bool table)
{
	struct walk w = { .addr = host_tlb_first_page(e) << PAGE_SHIFT, .look_only = true };
	bool mapped;

	mapped = walk_tables(mm, &w);
	if (table) {
		/* an absent page leaves its table remembered, and right */
		if (!w.table_pfn)
			return "of a table that is not there";
		return w.table_pfn == e->pfn ? NULL : "of another table";
	}
	if (!mapped)
		return "of a page that is not there";
	if (w.huge && !(e->key & 1))
		w.pfn += host_tlb_first_page(e) & (HOST_HUGE_PAGES - 1);
	if (w.pfn != e->pfn || (!w.huge && (e->key & 1)))
		return "of another frame";
	if (e->pkey != w.pkey)
		return "of another protection key";
	return e->perm & ~w.perm ? "that permits too much" : NULL;
}

static unsigned int check_array(struct host_machine *hm, unsigned int cpu,
				const struct host_tlb_array *a, bool tables)
{
	const struct host_tlb_entry *e;
	struct mm_struct *mm;
	unsigned int bad = 0;
	const char *error;

	for (e = a->entry; e < a->entry + a->nr; e++) {
		mm = e->tag ? host_context_of(hm, &hm->cpus[cpu], e->tag) : NULL;
		error = mm ? entry_error(mm, e, tables) : NULL;
		if (!error)
			continue;
		pr_err("MMU: CPU %u remembers a translation %s: context %llu, address %lx, frame %lx\n",
		       cpu, error, (unsigned long long)mm->context.ctx_id,
		       host_tlb_first_page(e) << PAGE_SHIFT, e->pfn);
		bad++;
	}
	return bad;
}

/* comment: see mm/host.h */
unsigned int host_tlb_check(struct machine *machine)
{
	struct host_machine *hm = to_host(machine);
	unsigned int i, bad = 0;

	mm_bug_on(this_machine() != machine);
	for (i = 0; i < hm->config.nr_cpus; i++) {
		bad += check_array(hm, i, &hm->cpus[i].l1, false);
		bad += check_array(hm, i, &hm->cpus[i].huge, false);
		bad += check_array(hm, i, &hm->cpus[i].l2, false);
		bad += check_array(hm, i, &hm->cpus[i].walk, true);
	}
	return bad;
}
