/* SPDX-License-Identifier: MIT */
/*
 * vmalloc.c - memory that is adjacent only in virtual addresses.
 *
 *   vmalloc        pages from the buddy, in blocks as large as the CPU has in stock: one
 *                  is cheaper than its pages one by one, and comes back in one piece;
 *                  stretches of 2 MiB that can be had in one piece are mapped as one
 *   vmap           the caller's pages
 *   module_alloc   as vmalloc, in the window near the kernel's code
 *
 * Each has an area [va_start, va_end) with an unmapped guard page at its end, so that
 * to run over the end faults. Freeing clears the entries at once and gives the pages
 * back at once; only the addresses wait for the TLB flush (vmap_area.c). Between the
 * two a CPU may still reach a freed page through a stale translation: only code that
 * uses memory after vfree() can notice, and it would be wrong anyway.
 *
 * vfree() with interrupts off cannot flush or free pages. Such memory is put on a list
 * without a lock, through its own first bytes, and freed by the next caller who can:
 * any vmalloc() or vfree() of a thread, and an allocation that is short of memory.
 *
 * Invariants:
 *   A1  vm.pages[0 .. nr_pages) are mapped in this order at vm.addr
 *   A2  the guard page, vm.size - PAGE_SIZE on, is never mapped
 *   A3  vmalloc.nr_pages is the sum of nr_pages over VM_ALLOC areas
 *   A4  a block of several pages is compound, and all of it lies in one area
 *
 * Locks: the window's through vmap_area.c; an area belongs to the one who made it until
 * it is published, and from the moment it is taken (vmap_area_take()).
 */
#include "vmalloc_internal.h"
#include <linux/kmemleak.h>
#include <linux/atomic.h>
#include <linux/log2.h>
#include <linux/minmax.h>

#define BLOCK_ORDER	(PMD_SHIFT - PAGE_SHIFT)
#define BLOCK_PAGES	(1u << BLOCK_ORDER)
#define BLOCKS_FIT	(PTRS_PER_PMD > 1 && BLOCK_ORDER < MAX_ORDER)

/* --- areas -------------------------------------------------------------- */

/**
 * vm_area_get() - an area of window @vs as @req says, not mapped, not yet published.
 * Locks:   takes the window's lock.  Context: thread; sleeps.
 * Return:  the area, or NULL without memory or addresses.
 */
struct vmap_area *vm_area_get(struct vmalloc_state *vs, const struct area_request *req)
{
	unsigned long bytes = req->bytes + (req->flags & VM_NO_GUARD ? 0 : PAGE_SIZE);
	struct vmap_area *va;

	if (bytes < req->bytes)
		return NULL;
	va = vmap_area_alloc(vs, bytes, req->align, req->gfp);
	if (!va && req->align >= PMD_SIZE && IS_ALIGNED(req->align, PMD_SIZE))
		va = vmap_area_alloc(vs, bytes, PAGE_SIZE, req->gfp);
	if (!va)
		return NULL;
	va->vm.addr = (void *)va->va_start;
	va->vm.size = bytes;
	va->vm.flags = req->flags;
	va->vm.caller = req->caller;
	return va;
}

/**
 * vm_area_remove() - take the area at @addr out and unmap it, for @call.
 * Locks:   takes the window's lock.  Context: thread.
 * Return:  the area, to be retired; NULL, and a report, when there is none.
 */
struct vmap_area *vm_area_remove(const void *addr, const char *call)
{
	struct vmap_area *va = NULL;

	if (!((unsigned long)addr & ~PAGE_MASK))
		va = vmap_area_take((unsigned long)addr);
	if (!va) {
		pr_err("Trying to %s() nonexistent vm area (%p)\n", call, addr);
		mem_dump_obj(addr);
		WARN_ON(!va);
		return NULL;
	}
	mm_assert((unsigned long)va->vm.addr == va->va_start);
	mm_assert(vm_mapped_end(&va->vm) <= va->va_end);		/* A2 */
	kernel_unmap(va->va_start, vm_mapped_end(&va->vm));
	return va;
}

/* --- pages of an area ------------------------------------------------------ */

static void pages_free(struct page **pages, unsigned int nr)
{
	unsigned int i, order;

	for (i = 0; i < nr; i += 1u << order) {
		order = compound_order(pages[i]);
		__free_pages(pages[i], order);
	}
	mm_assert(i == nr);						/* A4 */
}

static struct page *block_try(unsigned int order, gfp_t gfp, int node)
{
	/* who finds no block takes smaller ones: nothing is done to make one */
	return alloc_pages_node(node, (gfp | __GFP_COMP | __GFP_NOWARN | __GFP_NORETRY) &
				~(__GFP_NOFAIL | __GFP_DIRECT_RECLAIM), order);
}

/*
 * The order of the next block: of a large page where one fits, of what CPUs keep in stock,
 * of a page. @most is what there was last time.
 */
static unsigned int block_order(const struct vm_struct *vm, unsigned int at, unsigned int nr,
				unsigned int most)
{
	unsigned long addr = (unsigned long)vm->addr + ((unsigned long)at << PAGE_SHIFT);

	if (vm->flags & VM_USERMAP)
		return 0;
	if (BLOCKS_FIT && most >= BLOCK_ORDER && nr - at >= BLOCK_PAGES &&
	    IS_ALIGNED(addr, PMD_SIZE))
		return BLOCK_ORDER;
	most = min(most, (unsigned int)PCP_MAX_ORDER);
	return min(most, (unsigned int)ilog2(nr - at));
}

/* Pages number 0 to @nr - 1 of @vm->pages; those already there are counted in nr_pages. */
static int __must_check blocks_alloc(struct vm_struct *vm, unsigned int nr, gfp_t gfp, int node)
{
	unsigned int at = 0, order, most = BLOCK_ORDER, i;
	struct page *page;

	while (at < nr) {
		order = block_order(vm, at, nr, most);
		page = order ? block_try(order, gfp, node) : alloc_pages_node(node, gfp, 0);
		if (!page && !order)
			return -ENOMEM;
		if (!page) {
			most = order - 1;
			continue;
		}
		for (i = 0; i < 1u << order; i++)
			vm->pages[at++] = page + i;
		vm->nr_pages = at;
		if (!(at & 255))
			port_cond_resched();
	}
	return 0;
}

static int __must_check pages_alloc(struct vm_struct *vm, unsigned int nr, gfp_t gfp, int node)
{
	vm->pages = kvmalloc(nr * sizeof(*vm->pages), gfp & ~(__GFP_ZERO | GFP_ZONEMASK));
	kmemleak_ignore(vm->pages);	/* the area alone knows it, and nobody looks into that */
	if (!vm->pages)
		return -ENOMEM;
	if (!blocks_alloc(vm, nr, gfp, node))
		return 0;
	pages_free(vm->pages, vm->nr_pages);
	kvfree(vm->pages);
	return -ENOMEM;
}

static void vmalloc_warn(unsigned long bytes, gfp_t gfp, const char *why)
{
	if (!(gfp & __GFP_NOWARN))
		pr_warn("vmalloc error: size %lu, %s\n", bytes, why);
}

/* One try; *@why says what was missing. @bytes is checked, @req complete. */
static void *area_fill(struct vmalloc_state *vs, const struct area_request *req, gfp_t gfp,
		       pgprot_t prot, const char **why)
{
	struct vmap_area *va = vm_area_get(vs, req);
	struct vm_struct *vm;

	*why = "vm_struct allocation failed";
	if (!va)
		return NULL;
	vm = &va->vm;
	*why = "page allocation failed";
	if (pages_alloc(vm, req->bytes >> PAGE_SHIFT, gfp, req->node))
		goto free_area;
	*why = "failed to map pages";
	if (kernel_map_pages(va->va_start, vm_mapped_end(vm), prot, vm->pages))
		goto free_pages;
	mm_assert((unsigned long)vm->nr_pages << PAGE_SHIFT == req->bytes);	/* A1 */
	atomic_long_add(vm->nr_pages, &this_machine()->vmalloc.nr_pages);	/* A3 */
	vmap_area_publish(va);
	return vm->addr;

free_pages:
	pages_free(vm->pages, vm->nr_pages);
	kvfree(vm->pages);
free_area:
	vmap_area_retire(va);		/* parts of it may have been mapped */
	return NULL;
}

/* vmalloc of all kinds: @req says size, alignment, flags, node and caller. */
static void *vmalloc_window(struct vmalloc_state *vs, unsigned long bytes,
			    struct area_request *req, gfp_t gfp, pgprot_t prot)
{
	const char *why;
	void *addr;

	req->bytes = PAGE_ALIGN(bytes);
	req->flags |= VM_ALLOC;
	req->gfp = gfp & ~(__GFP_ZERO | GFP_ZONEMASK);
	if (!bytes)
		return NULL;
	if (req->bytes < bytes || req->bytes >> PAGE_SHIFT > totalram_pages()) {
		vmalloc_warn(bytes, gfp, "exceeds total pages");
		return NULL;
	}
	if (BLOCKS_FIT && req->bytes >= PMD_SIZE && !(req->flags & VM_USERMAP))
		req->align = max(req->align, PMD_SIZE);
	if (!(gfp & (__GFP_DMA | __GFP_DMA32)))
		gfp |= __GFP_HIGHMEM;
	if (READ_ONCE(this_machine()->vmalloc.deferred) && !arch_irqs_disabled())
		vfree_deferred();
	for (;;) {
		addr = area_fill(vs, req, gfp, prot, &why);
		if (addr || !(gfp & __GFP_NOFAIL))
			break;
		port_cond_resched();
	}
	if (!addr)
		vmalloc_warn(bytes, gfp, why);
	/* where the window begins says an address of the first area */
	kmemleak_alloc(addr, bytes, (unsigned long)addr == vs->start ? 2 : 1, gfp);
	return addr;
}

static void *vmalloc_caller(unsigned long bytes, unsigned long flags, gfp_t gfp, int node,
			    const void *caller)
{
	struct area_request req = {
		.align = PAGE_SIZE, .flags = flags, .node = node, .caller = caller,
	};

	return vmalloc_window(&this_machine()->vmalloc, bytes, &req, gfp, PAGE_KERNEL);
}

/* --- vmalloc ------------------------------------------------------------ */

/**
 * __vmalloc_node() - @bytes of virtually contiguous memory, aligned to @align (a power of
 * two), preferably of @node (NUMA_NO_NODE: the nearest), zeroed with __GFP_ZERO.
 * @caller is who is named in /proc/vmallocinfo.
 * Locks:   takes vmalloc's lock.  Context: thread; sleeps.
 * Return:  the memory, page aligned, or NULL. With __GFP_NOFAIL never NULL, unless the
 *          size is 0 or more than there is memory.
 */
void *__vmalloc_node(unsigned long bytes, unsigned long align, gfp_t gfp, int node,
		     const void *caller)
{
	struct area_request req = {
		.align = max(align, PAGE_SIZE), .node = node, .caller = caller,
	};

	if (WARN_ON(!is_power_of_2(req.align)))
		return NULL;
	return vmalloc_window(&this_machine()->vmalloc, bytes, &req, gfp, PAGE_KERNEL);
}

/**
 * __vmalloc() - @bytes of virtually contiguous memory; zeroed with __GFP_ZERO.
 * Locks:   takes vmalloc's lock.  Context: thread; sleeps.
 * Return:  the memory, page aligned, or NULL.
 */
void *__vmalloc(unsigned long bytes, gfp_t gfp)
{
	return vmalloc_caller(bytes, 0, gfp, NUMA_NO_NODE, __builtin_return_address(0));
}

/** vmalloc() - __vmalloc() with GFP_KERNEL. */
void *vmalloc(unsigned long bytes)
{
	return vmalloc_caller(bytes, 0, GFP_KERNEL, NUMA_NO_NODE, __builtin_return_address(0));
}

/** vzalloc() - vmalloc(), zeroed. */
void *vzalloc(unsigned long bytes)
{
	return vmalloc_caller(bytes, 0, GFP_KERNEL | __GFP_ZERO, NUMA_NO_NODE,
			      __builtin_return_address(0));
}

/** vmalloc_node() - vmalloc(), preferably of @node. */
void *vmalloc_node(unsigned long bytes, int node)
{
	return vmalloc_caller(bytes, 0, GFP_KERNEL, node, __builtin_return_address(0));
}

/** vzalloc_node() - vmalloc_node(), zeroed. */
void *vzalloc_node(unsigned long bytes, int node)
{
	return vmalloc_caller(bytes, 0, GFP_KERNEL | __GFP_ZERO, node,
			      __builtin_return_address(0));
}

/** vmalloc_user() - vzalloc() of single pages, which may be mapped to users one by one. */
void *vmalloc_user(unsigned long bytes)
{
	return vmalloc_caller(bytes, VM_USERMAP, GFP_KERNEL | __GFP_ZERO, NUMA_NO_NODE,
			      __builtin_return_address(0));
}

/* Frames with 32-bit addresses: a zone for them, or all that is in the direct map. */
static gfp_t gfp_vmalloc32(void)
{
	return this_machine()->facts.dma32_limit_pfn ? GFP_KERNEL | GFP_DMA32 :
						       GFP_KERNEL | GFP_DMA;
}

/** vmalloc_32() - vmalloc() of frames below 4 GiB. */
void *vmalloc_32(unsigned long bytes)
{
	return vmalloc_caller(bytes, 0, gfp_vmalloc32(), NUMA_NO_NODE,
			      __builtin_return_address(0));
}

/** vmalloc_32_user() - vmalloc_user() of frames below 4 GiB. */
void *vmalloc_32_user(unsigned long bytes)
{
	return vmalloc_caller(bytes, VM_USERMAP, gfp_vmalloc32() | __GFP_ZERO, NUMA_NO_NODE,
			      __builtin_return_address(0));
}

/** vmalloc_array() - vmalloc() of @n objects of @bytes; NULL when the product overflows. */
void *vmalloc_array(size_t n, size_t bytes)
{
	size_t total;

	if (__builtin_mul_overflow(n, bytes, &total))
		return NULL;
	return vmalloc_caller(total, 0, GFP_KERNEL, NUMA_NO_NODE, __builtin_return_address(0));
}

/** vcalloc() - vmalloc_array(), zeroed. */
void *vcalloc(size_t n, size_t bytes)
{
	size_t total;

	if (__builtin_mul_overflow(n, bytes, &total))
		return NULL;
	return vmalloc_caller(total, 0, GFP_KERNEL | __GFP_ZERO, NUMA_NO_NODE,
			      __builtin_return_address(0));
}

/* --- freeing ------------------------------------------------------------ */

/**
 * vfree_atomic() - vfree() for any context: the memory is given back later.
 * Locks:   none.  Context: any.
 */
void vfree_atomic(const void *addr)
{
	struct vmalloc_state *vs = &this_machine()->vmalloc;
	struct vfree_later *mine = (struct vfree_later *)addr, *head;

	if (!addr)
		return;
	if (((unsigned long)addr & ~PAGE_MASK) || !is_vmalloc_or_module_addr(addr)) {
		pr_err("Trying to vfree() bad address (%p)\n", addr);
		WARN_ON(addr);
		return;
	}
	do {
		head = READ_ONCE(vs->deferred);
		if (WARN_ON(head == mine))			/* freed twice */
			return;
		mine->next = head;
	} while (cmpxchg(&vs->deferred, head, mine) != head);
}

static void vfree_now(const void *addr)
{
	struct vmap_area *va;
	struct vm_struct *vm;

	kmemleak_free(addr);
	va = vm_area_remove(addr, "vfree");
	if (!va)
		return;
	vm = &va->vm;
	if (vm->flags & VM_ALLOC) {
		mm_assert(vmalloc_nr_pages() >= vm->nr_pages);		/* A3 */
		atomic_long_sub(vm->nr_pages, &this_machine()->vmalloc.nr_pages);
		pages_free(vm->pages, vm->nr_pages);
	} else if (vm->flags & VM_MAP_PUT_PAGES) {
		while (vm->nr_pages)
			put_page(vm->pages[--vm->nr_pages]);
	}
	kvfree(vm->pages);
	vmap_area_retire(va);
}

/**
 * vfree_deferred() - free what was freed in atomic context since the last call.
 * Locks:   takes the window's lock.  Context: thread, interrupts on.
 */
void vfree_deferred(void)
{
	struct vfree_later *list = xchg(&this_machine()->vmalloc.deferred, NULL), *next;

	for (; list; list = next) {
		next = list->next;
		vfree_now(list);
	}
}

/**
 * vfree() - free what vmalloc() gave. NULL is ignored; a wrong address is reported.
 * Locks:   takes the window's lock.
 * Context: any in which memory may be freed; with interrupts off as vfree_atomic().
 */
void vfree(const void *addr)
{
	if (arch_irqs_disabled()) {
		vfree_atomic(addr);
		return;
	}
	if (unlikely(READ_ONCE(this_machine()->vmalloc.deferred)))
		vfree_deferred();
	if (addr)
		vfree_now(addr);
}

/* --- vmap --------------------------------------------------------------- */

/**
 * vmap() - map @count of the caller's @pages next to each other. With VM_MAP_PUT_PAGES
 * vfree() also puts the pages and frees the array, which is kvmalloc()'s then.
 * Locks:   takes vmalloc's lock.  Context: thread; sleeps.
 * Return:  the address, for vunmap(); or NULL. Otherwise the pages stay the caller's.
 */
void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)
{
	struct area_request req = {
		.bytes = (unsigned long)count << PAGE_SHIFT, .align = PAGE_SIZE,
		.flags = VM_MAP | (flags & (VM_NO_GUARD | VM_MAP_PUT_PAGES)), .gfp = GFP_KERNEL,
		.node = NUMA_NO_NODE, .caller = __builtin_return_address(0),
	};
	struct vmap_area *va;

	if (!count || count > totalram_pages())
		return NULL;
	if (BLOCKS_FIT && count >= BLOCK_PAGES)
		req.align = PMD_SIZE;
	va = vm_area_get(&this_machine()->vmalloc, &req);
	if (!va)
		return NULL;
	if (kernel_map_pages(va->va_start, vm_mapped_end(&va->vm), prot, pages)) {
		vmap_area_retire(va);
		return NULL;
	}
	if (flags & VM_MAP_PUT_PAGES) {
		va->vm.pages = pages;
		va->vm.nr_pages = count;
	}
	vmap_area_publish(va);
	return va->vm.addr;
}

/**
 * vunmap() - undo vmap(). NULL is ignored; a wrong address is reported.
 * Locks:   takes vmalloc's lock.  Context: thread, interrupts on.
 */
void vunmap(const void *addr)
{
	struct vmap_area *va = addr ? vm_area_remove(addr, "vunmap") : NULL;

	if (va)
		vmap_area_retire(va);
}

/* --- modules ------------------------------------------------------------ */

/**
 * module_alloc() - @bytes near the kernel's code, writable and not executable: who has
 * written the code there makes it executable and read-only (set_memory_ro(), _x()).
 * Locks:   takes the window's lock.  Context: thread; sleeps.
 * Return:  the memory, for module_memfree(); or NULL. A port without a window for
 *          modules has them in vmalloc's.
 */
void *module_alloc(unsigned long bytes)
{
	struct machine *machine = this_machine();
	struct area_request req = {
		.align = PAGE_SIZE, .flags = VM_USERMAP, .node = NUMA_NO_NODE,
		.caller = __builtin_return_address(0),
	};

	/* small pages: their protection changes one by one */
	return vmalloc_window(machine->modules.end ? &machine->modules : &machine->vmalloc,
			      bytes, &req, GFP_KERNEL, PAGE_KERNEL);
}

/**
 * module_memfree() - free what module_alloc() gave. NULL is ignored.
 * Locks:   takes the window's lock.  Context: as vfree().
 */
void module_memfree(void *addr)
{
	vfree(addr);
}

/* --- questions ---------------------------------------------------------- */

static bool in_window(const struct vmalloc_state *vs, const void *addr)
{
	return (unsigned long)addr >= vs->start && (unsigned long)addr < vs->end;
}

/**
 * is_vmalloc_addr() - does @addr lie in the range of vmalloc()?
 * Locks:   none.  Context: any.
 */
bool is_vmalloc_addr(const void *addr)
{
	return in_window(&this_machine()->vmalloc, addr);
}

/** is_vmalloc_or_module_addr() - is_vmalloc_addr(), or in the range of modules? Any. */
bool is_vmalloc_or_module_addr(const void *addr)
{
	return is_vmalloc_addr(addr) || in_window(&this_machine()->modules, addr);
}

/**
 * vmalloc_to_pfn() - the frame that is mapped at @addr.
 * Locks:   none.  Context: any; the area must not go away meanwhile.
 * Return:  the frame, or 0 when none is mapped there.
 */
unsigned long vmalloc_to_pfn(const void *addr)
{
	unsigned long pfn;

	if (!is_vmalloc_or_module_addr(addr) || !kernel_lookup_pfn((unsigned long)addr, &pfn))
		return 0;
	return pfn;
}

/**
 * vmalloc_to_page() - the page that is mapped at @addr.
 * Locks:   none.  Context: any; the area must not go away meanwhile.
 * Return:  the page, or NULL when none is mapped there, or something that has none.
 */
struct page *vmalloc_to_page(const void *addr)
{
	unsigned long pfn;

	if (!is_vmalloc_or_module_addr(addr) || !kernel_lookup_pfn((unsigned long)addr, &pfn))
		return NULL;
	return pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;
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

/* The part of [@start, @end) below which the port has tables (M1 of kernel_map.c). */
static unsigned long reachable_end(unsigned long start, unsigned long end)
{
	struct mm_struct *init_mm = this_machine()->init_mm;
	unsigned long at, next;

	for (at = start; at < end; at = next) {
		if (!pgd_present(pgdp_get(pgd_offset(init_mm, at))))
			break;
		next = pgd_addr_end(at, end);
	}
	return at;
}

/**
 * vmalloc_init() - empty windows; after this vmalloc() works.
 * Locks:   none needed yet.  Context: boot CPU, once, after kmem_cache_init().
 * Return:  0 or -ENOMEM.
 */
int vmalloc_init(void)
{
	struct machine *machine = this_machine();
	struct vmalloc_state *vs = &machine->vmalloc;

	vmap_window_init(vs, VMALLOC_START, reachable_end(VMALLOC_START, VMALLOC_END));
	if (MODULES_VADDR != VMALLOC_START)
		vmap_window_init(&machine->modules, MODULES_VADDR,
				 reachable_end(MODULES_VADDR, MODULES_END));
	atomic_long_set(&vs->nr_pages, 0);
	vs->deferred = NULL;
	vs->area_cachep = KMEM_CACHE(vmap_area, 0);
	return vs->area_cachep ? 0 : -ENOMEM;
}
