/* SPDX-License-Identifier: MIT */
/*
 * vmalloc.c - memory and devices mapped into the kernel's own address range.
 *
 *   vmalloc   single pages from the buddy, adjacent only in virtual addresses
 *   vmap      the caller's pages
 *   ioremap   device memory, uncached
 *
 * Each has an area [va_start, va_end) with an unmapped guard page at its end, so that
 * to run over the end faults. Freeing clears the entries at once and gives the pages
 * back at once; only the addresses wait for the TLB flush (vmap_area.c). Between the
 * two a CPU may still reach a freed page through a stale translation: only code that
 * uses memory after vfree() can notice, and it would be wrong anyway.
 *
 * Invariants:
 *   A1  vm->pages[0 .. nr_pages) are mapped in this order at vm->addr
 *   A2  the guard page, vm->size - PAGE_SIZE on, is never mapped
 *   A3  vmalloc_state.nr_pages is the sum of nr_pages over VM_ALLOC areas
 *
 * Locks: vmalloc_state.lock through vmap_area.c; the struct of an area belongs to the
 * one who made it from the moment it is taken out (vmap_area_take()).
 *
 * Context: all of it is for threads: allocation sleeps, freeing may flush TLBs.
 */
#include "vmalloc_internal.h"
#include <linux/log2.h>
#include <linux/seq_file.h>

/* Pages that may wait for a flush: 32 MiB, more with more CPUs, as in Linux. */
#define LAZY_PAGES_PER_CPU_BIT	((32ul << 20) >> PAGE_SHIFT)
#define IOREMAP_MAX_ALIGN	(1ul << 21)

struct area_request {
	unsigned long bytes;		/* whole pages, guard not counted */
	unsigned long align;
	unsigned long flags;		/* VM_* */
	gfp_t gfp;
	const void *caller;
};

/* --- areas -------------------------------------------------------------- */

static struct vm_struct *area_get(const struct area_request *req, struct vmap_area **vap)
{
	unsigned long bytes = req->bytes + (req->flags & VM_NO_GUARD ? 0 : PAGE_SIZE);
	struct vm_struct *vm;

	if (bytes <= req->bytes && !(req->flags & VM_NO_GUARD))
		return NULL;
	vm = kzalloc(sizeof(*vm), req->gfp);
	if (!vm)
		return NULL;
	*vap = vmap_area_alloc(bytes, req->align, req->gfp);
	if (!*vap) {
		kfree(vm);
		return NULL;
	}
	vm->addr = (void *)(*vap)->va_start;
	vm->size = bytes;
	vm->flags = req->flags;
	vm->caller = req->caller;
	return vm;
}

static unsigned long mapped_end(const struct vm_struct *vm)
{
	return (unsigned long)vm->addr + vm->size - (vm->flags & VM_NO_GUARD ? 0 : PAGE_SIZE);
}

/* Take the area at @addr out and unmap it. NULL, and a report, when there is none. */
static struct vm_struct *area_remove(const void *addr, const char *call)
{
	struct vmap_area *va = NULL;
	struct vm_struct *vm = NULL;

	if (!((unsigned long)addr & ~PAGE_MASK))
		va = vmap_area_take((unsigned long)addr, &vm);
	if (!va) {
		pr_err("Trying to %s() nonexistent vm area (%p)\n", call, addr);
		mem_dump_obj(addr);
		WARN_ON(!va);
		return NULL;
	}
	mm_assert((unsigned long)vm->addr == va->va_start && mapped_end(vm) <= va->va_end); /* A2 */
	kernel_unmap(va->va_start, mapped_end(vm));
	vmap_area_retire(va);
	return vm;
}

/* --- vmalloc ------------------------------------------------------------ */

static void pages_free(struct page **pages, unsigned int nr)
{
	while (nr--)
		__free_page(pages[nr]);
}

static int __must_check pages_alloc(struct vm_struct *vm, unsigned int nr, gfp_t gfp)
{
	unsigned int i;

	vm->pages = kvmalloc(nr * sizeof(*vm->pages), gfp & ~(__GFP_ZERO | __GFP_HIGHMEM));
	if (!vm->pages)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		vm->pages[i] = alloc_page(gfp | __GFP_HIGHMEM);
		if (!vm->pages[i]) {
			pages_free(vm->pages, i);
			kvfree(vm->pages);
			return -ENOMEM;
		}
		if ((i & 255) == 255)
			port_cond_resched();
	}
	vm->nr_pages = nr;
	return 0;
}

static void vmalloc_warn(unsigned long bytes, gfp_t gfp, const char *why)
{
	if (!(gfp & __GFP_NOWARN))
		pr_warn("vmalloc error: size %lu, %s\n", bytes, why);
}

static void *vmalloc_caller(unsigned long bytes, gfp_t gfp, const void *caller)
{
	struct area_request req = {
		.bytes = PAGE_ALIGN(bytes), .align = PAGE_SIZE, .flags = VM_ALLOC,
		.gfp = gfp & ~(__GFP_ZERO | __GFP_HIGHMEM), .caller = caller,
	};
	struct vmap_area *va;
	struct vm_struct *vm;

	if (!bytes)
		return NULL;
	if (req.bytes < bytes || req.bytes >> PAGE_SHIFT > totalram_pages()) {
		vmalloc_warn(bytes, gfp, "exceeds total pages");
		return NULL;
	}
	vm = area_get(&req, &va);
	if (!vm) {
		vmalloc_warn(bytes, gfp, "vm_struct allocation failed");
		return NULL;
	}
	if (pages_alloc(vm, req.bytes >> PAGE_SHIFT, gfp)) {
		vmalloc_warn(bytes, gfp, "page allocation failed");
		goto free_area;
	}
	if (kernel_map_pages(va->va_start, mapped_end(vm), PAGE_KERNEL, vm->pages)) {
		vmalloc_warn(bytes, gfp, "failed to map pages");
		goto free_pages;
	}
	mm_assert((unsigned long)vm->nr_pages << PAGE_SHIFT == req.bytes);	/* A1 */
	atomic_long_add(vm->nr_pages, &this_machine()->vmalloc.nr_pages);	/* A3 */
	vmap_area_publish(va, vm);
	return vm->addr;

free_pages:
	pages_free(vm->pages, vm->nr_pages);
	kvfree(vm->pages);
free_area:
	vmap_area_retire(va);		/* parts of it may have been mapped */
	kfree(vm);
	return NULL;
}

/**
 * __vmalloc() - @bytes of virtually contiguous memory; zeroed with __GFP_ZERO.
 * Locks:   takes vmalloc_state.lock.  Context: thread; sleeps.
 * Return:  the memory, page aligned, or NULL.
 */
void *__vmalloc(unsigned long bytes, gfp_t gfp)
{
	return vmalloc_caller(bytes, gfp, __builtin_return_address(0));
}

/**
 * vmalloc() - __vmalloc() with GFP_KERNEL.
 * Locks:   as __vmalloc().  Context: thread; sleeps.  Return: the memory or NULL.
 */
void *vmalloc(unsigned long bytes)
{
	return vmalloc_caller(bytes, GFP_KERNEL, __builtin_return_address(0));
}

/**
 * vzalloc() - vmalloc(), zeroed.
 * Locks:   as __vmalloc().  Context: thread; sleeps.  Return: the memory or NULL.
 */
void *vzalloc(unsigned long bytes)
{
	return vmalloc_caller(bytes, GFP_KERNEL | __GFP_ZERO, __builtin_return_address(0));
}

/**
 * vfree() - free what vmalloc() gave. NULL is ignored; a wrong address is reported.
 * Locks:   takes vmalloc_state.lock.  Context: thread, interrupts on.
 */
void vfree(const void *addr)
{
	struct vm_struct *vm;

	if (!addr)
		return;
	vm = area_remove(addr, "vfree");
	if (!vm)
		return;
	if (vm->flags & VM_ALLOC) {
		mm_assert(vmalloc_nr_pages() >= vm->nr_pages);		/* A3 */
		atomic_long_sub(vm->nr_pages, &this_machine()->vmalloc.nr_pages);
		pages_free(vm->pages, vm->nr_pages);
		kvfree(vm->pages);
	}
	kfree(vm);
}

/* --- vmap --------------------------------------------------------------- */

/**
 * vmap() - map @count of the caller's @pages next to each other.
 * Locks:   takes vmalloc_state.lock.  Context: thread; sleeps.
 * Return:  the address, for vunmap(); or NULL. The pages stay the caller's.
 */
void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)
{
	struct area_request req = {
		.bytes = (unsigned long)count << PAGE_SHIFT, .align = PAGE_SIZE,
		.flags = VM_MAP | (flags & VM_NO_GUARD), .gfp = GFP_KERNEL,
		.caller = __builtin_return_address(0),
	};
	struct vmap_area *va;
	struct vm_struct *vm;

	if (!count || count > totalram_pages())
		return NULL;
	vm = area_get(&req, &va);
	if (!vm)
		return NULL;
	if (kernel_map_pages(va->va_start, mapped_end(vm), prot, pages)) {
		vmap_area_retire(va);
		kfree(vm);
		return NULL;
	}
	vmap_area_publish(va, vm);
	return vm->addr;
}

/**
 * vunmap() - undo vmap(). NULL is ignored; a wrong address is reported.
 * Locks:   takes vmalloc_state.lock.  Context: thread, interrupts on.
 */
void vunmap(const void *addr)
{
	if (addr)
		kfree(area_remove(addr, "vunmap"));
}

/* --- ioremap ------------------------------------------------------------ */

/* RAM that the kernel uses has cached mappings already: it must not get uncached ones. */
static bool range_has_ram(phys_addr_t phys, phys_addr_t end)
{
	unsigned long pfn;

	for (pfn = PFN_DOWN(phys); pfn < PFN_UP(end); pfn++)
		if (pfn_valid(pfn) && !PageReserved(pfn_to_page(pfn)))
			return true;
	return false;
}

/**
 * ioremap() - map @bytes of device memory at @phys, uncached.
 * Locks:   takes vmalloc_state.lock.  Context: thread; sleeps.
 * Return:  the address of the byte at @phys, for iounmap(); NULL for RAM, a range that
 *          wraps, or without memory.
 */
void __iomem *ioremap(phys_addr_t phys, size_t bytes)
{
	unsigned long offset = phys & ~PAGE_MASK;
	struct area_request req = {
		.bytes = PAGE_ALIGN(bytes + offset), .flags = VM_IOREMAP, .gfp = GFP_KERNEL,
		.caller = __builtin_return_address(0),
	};
	struct vmap_area *va;
	struct vm_struct *vm;

	if (!bytes || phys + bytes - 1 < phys || req.bytes < bytes)
		return NULL;
	if (WARN_ON(range_has_ram(phys, phys + bytes)))
		return NULL;
	req.align = clamp(rounddown_pow_of_two(req.bytes), PAGE_SIZE, IOREMAP_MAX_ALIGN);
	vm = area_get(&req, &va);
	if (!vm)
		return NULL;
	vm->phys_addr = phys - offset;
	if (kernel_map_phys(va->va_start, mapped_end(vm), port_uncached_prot(), vm->phys_addr)) {
		vmap_area_retire(va);
		kfree(vm);
		return NULL;
	}
	vmap_area_publish(va, vm);
	return (char *)vm->addr + offset;
}

/**
 * iounmap() - undo ioremap(). NULL is ignored; a wrong address is reported.
 * Locks:   takes vmalloc_state.lock.  Context: thread, interrupts on.
 */
void iounmap(volatile void __iomem *addr)
{
	if (addr)
		kfree(area_remove((void *)((unsigned long)addr & PAGE_MASK), "iounmap"));
}

/* --- questions ---------------------------------------------------------- */

/**
 * is_vmalloc_addr() - does @addr lie in the range of vmalloc()?
 * Locks:   none.  Context: any.
 */
bool is_vmalloc_addr(const void *addr)
{
	struct vmalloc_state *vs = &this_machine()->vmalloc;

	return (unsigned long)addr >= vs->start && (unsigned long)addr < vs->end;
}

/**
 * vmalloc_to_page() - the page that is mapped at @addr.
 * Locks:   none.  Context: any; the area must not go away meanwhile.
 * Return:  the page, or NULL when none is mapped there.
 */
struct page *vmalloc_to_page(const void *addr)
{
	pte_t *pte;

	if (!is_vmalloc_addr(addr))
		return NULL;
	pte = kernel_pte_lookup((unsigned long)addr);
	if (!pte || !pte_present(*pte) || !pfn_valid(pte_pfn(*pte)))
		return NULL;
	return pfn_to_page(pte_pfn(*pte));
}

/**
 * vmalloc_nr_pages() - pages that vmalloc() holds now: VmallocUsed.
 * Locks:   none.  Context: any.
 */
unsigned long vmalloc_nr_pages(void)
{
	return atomic_long_read(&this_machine()->vmalloc.nr_pages);
}

/* --- boot --------------------------------------------------------------- */

/**
 * vmalloc_init() - an empty range; after this vmalloc() works.
 * Locks:   none needed yet.  Context: boot CPU, once, after kmem_cache_init().
 * Return:  0 or -ENOMEM.
 */
int vmalloc_init(void)
{
	struct vmalloc_state *vs = &this_machine()->vmalloc;

	spin_lock_init_rank(&vs->lock, RANK_VMAP, "vmalloc");
	vs->areas = RB_ROOT;
	INIT_LIST_HEAD(&vs->list);
	INIT_LIST_HEAD(&vs->lazy);
	vs->lazy_pages = 0;
	vs->nr_purges = 0;
	atomic_long_set(&vs->nr_pages, 0);
	vs->area_cachep = KMEM_CACHE(vmap_area, 0);
	if (!vs->area_cachep)
		return -ENOMEM;
	vs->start = VMALLOC_START;
	vs->lazy_max_pages = min((ilog2(this_machine()->facts.nr_cpus) + 1) *
				 LAZY_PAGES_PER_CPU_BIT,
				 (VMALLOC_END - VMALLOC_START) >> (PAGE_SHIFT + 2));
	vs->end = VMALLOC_END;
	return 0;
}

/* --- /proc/vmallocinfo -------------------------------------------------- */

struct area_line {
	unsigned long start, end;
	struct vm_struct vm;		/* a copy; pages is not looked at */
	unsigned int per_node[MAX_NUMNODES];
	bool used, lazy;
};

/* Copy the first area at or above @from. The lock keeps it, and its pages, alive. */
static bool copy_area(unsigned long from, struct area_line *line)
{
	struct vmalloc_state *vs = &this_machine()->vmalloc;
	struct vmap_area *va;
	unsigned int i;
	bool found = false;

	memset(line, 0, sizeof(*line));
	spin_lock(&vs->lock);
	list_for_each_entry(va, &vs->list, list) {
		if (va->va_start < from)
			continue;
		found = true;
		line->start = va->va_start;
		line->end = va->va_end;
		line->used = va->vm;
		line->lazy = !list_empty(&va->lazy_list);
		if (!va->vm)
			break;
		line->vm = *va->vm;
		for (i = 0; va->vm->pages && i < va->vm->nr_pages; i++)
			line->per_node[page_to_nid(va->vm->pages[i])]++;
		break;
	}
	spin_unlock(&vs->lock);
	return found;
}

static void show_area(struct seq_file *m, const struct area_line *line)
{
	const struct vm_struct *vm = &line->vm;
	int nid;

	if (!line->used)
		return;
	seq_printf(m, "0x%016lx-0x%016lx %7ld", line->start, line->end,
		   (long)(line->end - line->start));
	if (vm->caller)
		seq_printf(m, " %pS", vm->caller);
	if (vm->nr_pages)
		seq_printf(m, " pages=%u", vm->nr_pages);
	if (vm->flags & VM_IOREMAP)
		seq_printf(m, " phys=0x%016llx", (unsigned long long)vm->phys_addr);
	if (vm->flags & VM_IOREMAP)
		seq_puts(m, " ioremap");
	if (vm->flags & VM_ALLOC)
		seq_puts(m, " vmalloc");
	if (vm->flags & VM_MAP)
		seq_puts(m, " vmap");
	if (is_vmalloc_addr(vm->pages))
		seq_puts(m, " vpages");
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (line->per_node[nid])
			seq_printf(m, " N%d=%u", nid, line->per_node[nid]);
	seq_putc(m, '\n');
}

/* Unmapped areas stand at the end, as in Linux. */
static void show_lazy(struct seq_file *m)
{
	struct area_line line;
	unsigned long at;

	for (at = 0; copy_area(at, &line); at = line.end)
		if (line.lazy)
			seq_printf(m, "0x%016lx-0x%016lx %7ld unpurged vm_area\n", line.start,
				   line.end, (long)(line.end - line.start));
}

/**
 * vmallocinfo_show() - the whole text of /proc/vmallocinfo.
 * Locks:   takes vmalloc_state.lock, area by area.  Context: thread; sleeps.
 */
void vmallocinfo_show(struct seq_file *m)
{
	struct area_line line;
	unsigned long at;

	for (at = 0; copy_area(at, &line); at = line.end)
		show_area(m, &line);
	show_lazy(m);
}
