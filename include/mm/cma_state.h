/* SPDX-License-Identifier: MIT */
/* cma_state.h - the areas of contiguous memory of one machine (mm/defrag/cma.c). */
#ifndef MM_CMA_STATE_H
#define MM_CMA_STATE_H

#include <linux/types.h>
#include <linux/spinlock.h>

#define MAX_CMA_AREAS	20
#define CMA_MAX_NAME	64

/* Lock letters: i fixed at init   l cma->lock */
struct cma {
	unsigned long base_pfn;		/* i */
	unsigned long count;		/* i  pages; 0: the area could not be set up */
	unsigned long *bitmap;		/* l  a bit for each 2^order_per_bit pages: given out */
	unsigned int order_per_bit;	/* i */
	spinlock_t lock;
	char name[CMA_MAX_NAME];	/* i */
};

struct cma_state {
	struct cma areas[MAX_CMA_AREAS];	/* i  after boot */
	unsigned int nr;			/* i */
	struct cma *dma;			/* i  for dma_alloc_coherent(); NULL: none */
};

#endif
