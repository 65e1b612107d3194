/* SPDX-License-Identifier: MIT */
/*
 * cma.h - contiguous memory areas: ranges that programs' pages may use until somebody, a
 * device as a rule, needs many frames in a row. Linux's calls.
 */
#ifndef LINUX_CMA_H
#define LINUX_CMA_H

#include <linux/types.h>
#include <linux/mmzone.h>
#include <linux/numa.h>
#include <mm/cma_state.h>

/* Areas are whole pageblocks. */
#define CMA_MIN_ALIGNMENT_PAGES		pageblock_nr_pages
#define CMA_MIN_ALIGNMENT_BYTES		(PAGE_SIZE * CMA_MIN_ALIGNMENT_PAGES)

phys_addr_t cma_get_base(const struct cma *cma);
unsigned long cma_get_size(const struct cma *cma);
const char *cma_get_name(const struct cma *cma);

/* At boot, while memblock works. */
int __must_check cma_declare_contiguous_nid(phys_addr_t base, phys_addr_t size, phys_addr_t limit,
					    phys_addr_t alignment, unsigned int order_per_bit,
					    bool fixed, const char *name, struct cma **res_cma,
					    int nid);
static inline int __must_check cma_declare_contiguous(phys_addr_t base, phys_addr_t size,
						      phys_addr_t limit, phys_addr_t alignment,
						      unsigned int order_per_bit, bool fixed,
						      const char *name, struct cma **res_cma)
{
	return cma_declare_contiguous_nid(base, size, limit, alignment, order_per_bit, fixed,
					  name, res_cma, NUMA_NO_NODE);
}
int __must_check cma_init_reserved_mem(phys_addr_t base, phys_addr_t size,
				       unsigned int order_per_bit, const char *name,
				       struct cma **res_cma);

struct page *__must_check cma_alloc(struct cma *cma, unsigned long count, unsigned int align,
				    bool no_warn);
bool cma_pages_valid(struct cma *cma, const struct page *pages, unsigned long count);
bool cma_release(struct cma *cma, const struct page *pages, unsigned long count);
int cma_for_each_area(int (*it)(struct cma *cma, void *data), void *data);

#endif
