/* SPDX-License-Identifier: MIT */
/* dma-mapping.h - memory that a device reads and writes too. */
#ifndef LINUX_DMA_MAPPING_H
#define LINUX_DMA_MAPPING_H

#include <linux/types.h>
#include <linux/gfp.h>

typedef u64 dma_addr_t;

#define DMA_BIT_MASK(n)	((n) == 64 ? ~0ull : (1ull << (n)) - 1)

/* What of a device matters here. o: the driver's, which asks one thing at a time */
struct device {
	const char *init_name;		/* o  for reports */
	u64 coherent_dma_mask;		/* o  highest address that it can reach; 0: no DMA */
};

int __must_check dma_set_coherent_mask(struct device *dev, u64 mask);
void *__must_check dma_alloc_coherent(struct device *dev, size_t bytes, dma_addr_t *dma_handle,
				      gfp_t gfp);
void dma_free_coherent(struct device *dev, size_t bytes, void *cpu_addr, dma_addr_t dma_handle);

#endif
