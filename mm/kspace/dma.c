/* SPDX-License-Identifier: MIT */
/*
 * dma.c - memory for devices: adjacent frames below the highest address that the device
 * can reach, where CPU and device see each other's writes without further ado.
 *
 * The machines that exist here keep their caches coherent with devices, and a device
 * sees physical addresses: such memory is pages of the direct map, and its address for
 * the device is the physical one.
 *
 * A mask rarely ends where a zone does. The widest zone all of whose frames fit is sure;
 * the next one may give frames that fit, and is tried first, so that the small zones are
 * left to those who have no choice:
 *
 *   mask      24 bits       30 bits               32 bits        64 bits
 *   tried     DMA           DMA32, then DMA       DMA32          any lowmem
 *
 * Where there is a default area of contiguous memory (mm/defrag/cma.c), more than a page is
 * taken from there first, if the caller may wait: it has more in a row than the zones have.
 *
 *   D1  every byte that is given lies at or below the mask
 *
 * Locks: none of its own.
 */
#include <linux/dma-mapping.h>
#include <linux/cma.h>
#include <linux/getorder.h>
#include <linux/highmem.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/bug.h>

/* Zones from wide to narrow: their flags, and the frame that they end at. */
struct dma_zone {
	gfp_t gfp;
	unsigned long end_pfn;
};

static unsigned int dma_zones(struct dma_zone zones[3])
{
	const struct machine *machine = this_machine();
	unsigned int nr = 0;

	zones[nr++] = (struct dma_zone){ 0, machine->max_low_pfn };
	mm_assert(machine->max_low_pfn > machine->min_low_pfn);
	if (machine->facts.dma32_limit_pfn)
		zones[nr++] = (struct dma_zone){ GFP_DMA32, machine->facts.dma32_limit_pfn };
	if (machine->facts.dma_limit_pfn)
		zones[nr++] = (struct dma_zone){ GFP_DMA, machine->facts.dma_limit_pfn };
	return nr;
}

/* The last frame that a device with this mask reaches, plus one. */
static unsigned long mask_end_pfn(u64 mask)
{
	u64 frames = (mask >> PAGE_SHIFT) + ((mask & ~PAGE_MASK) == ~PAGE_MASK);

	return frames > ULONG_MAX ? ULONG_MAX : frames;
}

/**
 * dma_set_coherent_mask() - @dev reaches addresses up to @mask.
 * Locks:   none.  Context: the driver's.
 * Return:  0; -EIO when no memory of this machine lies so low.
 */
int dma_set_coherent_mask(struct device *dev, u64 mask)
{
	if (mask_end_pfn(mask) <= this_machine()->min_low_pfn)
		return -EIO;
	dev->coherent_dma_mask = mask;
	return 0;
}

#define CMA_ALIGN_MOST	8u	/* no device needs more than 2^8 pages of alignment */

/* @bytes of the default area, zeroed; NULL: none below frame @end. */
static void *alloc_in_area(size_t bytes, unsigned long end)
{
	struct cma *cma = this_machine()->cma.dma;
	unsigned long nr = PFN_UP(bytes), i;
	struct page *page;

	if (bytes <= PAGE_SIZE || !cma || cma->base_pfn + nr > end)
		return NULL;
	page = cma_alloc(cma, nr, min_t(unsigned int, get_order(bytes), CMA_ALIGN_MOST), true);
	if (!page)
		return NULL;
	if (page_to_pfn(page) + nr > end) {				/* D1 */
		cma_release(cma, page, nr);
		return NULL;
	}
	for (i = 0; i < nr; i++)
		clear_highpage(page + i);
	return page_address(page);
}

/**
 * dma_alloc_coherent() - @bytes, zeroed and page aligned, for the CPU and @dev; its address
 * for the device goes into *@dma_handle. Zones in @gfp are ignored: the mask decides.
 * Locks:   the page allocator's.  Context: as @gfp allows.
 * Return:  the address, or NULL without such memory, with *@dma_handle untouched.
 */
void *dma_alloc_coherent(struct device *dev, size_t bytes, dma_addr_t *dma_handle, gfp_t gfp)
{
	unsigned long end = mask_end_pfn(dev->coherent_dma_mask), pfn;
	struct dma_zone zones[3];
	unsigned int i, nr = dma_zones(zones);
	void *virt;

	if (WARN_ON_ONCE(!dev->coherent_dma_mask) || !bytes)
		return NULL;
	virt = gfpflags_allow_blocking(gfp) ? alloc_in_area(bytes, end) : NULL;
	if (virt) {
		*dma_handle = page_to_phys(virt_to_page(virt));
		return virt;
	}
	gfp = (gfp & ~GFP_ZONEMASK) | __GFP_ZERO;
	for (i = 0; i < nr; i++) {
		/* a narrower zone that still has all that is reachable is the better one */
		if (i + 1 < nr && zones[i + 1].end_pfn >= end)
			continue;
		virt = alloc_pages_exact(bytes, gfp | zones[i].gfp |
					 (i + 1 < nr ? __GFP_NOWARN : 0));
		if (!virt)
			continue;
		pfn = page_to_pfn(virt_to_page(virt));
		if (pfn + PFN_UP(bytes) <= end) {			/* D1 */
			mm_assert(!((unsigned long)virt & ~PAGE_MASK));
			*dma_handle = (dma_addr_t)pfn << PAGE_SHIFT;
			return virt;
		}
		free_pages_exact(virt, bytes);
	}
	return NULL;
}

/**
 * dma_free_coherent() - free what dma_alloc_coherent() gave, with its size and handle.
 * Locks:   the page allocator's.  Context: any in which memory may be freed. NULL is
 *          ignored; a handle that is not that of @cpu_addr is reported, nothing freed.
 */
void dma_free_coherent(struct device *dev, size_t bytes, void *cpu_addr, dma_addr_t dma_handle)
{
	if (!cpu_addr)
		return;
	if (page_to_phys(virt_to_page(cpu_addr)) != dma_handle) {
		pr_err("%s: DMA memory at %p freed as 0x%llx\n", dev->init_name, cpu_addr,
		       (unsigned long long)dma_handle);
		WARN_ON(cpu_addr);
		return;
	}
	if (!cma_release(this_machine()->cma.dma, virt_to_page(cpu_addr), PFN_UP(bytes)))
		free_pages_exact(cpu_addr, bytes);
}
