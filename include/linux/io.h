/* SPDX-License-Identifier: MIT */
/* io.h - device memory in the kernel's address range, by memory type. */
#ifndef LINUX_IO_H
#define LINUX_IO_H

#include <linux/types.h>
#include <mm/memtype.h>

void __iomem *__must_check ioremap(phys_addr_t phys, size_t bytes);
void __iomem *__must_check ioremap_uc(phys_addr_t phys, size_t bytes);
void __iomem *__must_check ioremap_wc(phys_addr_t phys, size_t bytes);
void __iomem *__must_check ioremap_wt(phys_addr_t phys, size_t bytes);
void __iomem *__must_check ioremap_cache(phys_addr_t phys, size_t bytes);
void iounmap(volatile void __iomem *addr);

#define MEMREMAP_WB	0x1ul	/* tried in the order of the bits */
#define MEMREMAP_WT	0x2ul
#define MEMREMAP_WC	0x4ul

void *__must_check memremap(phys_addr_t phys, size_t bytes, unsigned long flags);
void memunmap(void *addr);

#endif
