/* SPDX-License-Identifier: MIT */
/* asm/setup.h (x86) - what the loader left, and the steps that read it. */
#ifndef ASM_X86_SETUP_H
#define ASM_X86_SETUP_H

#include <linux/types.h>
#include <asm/bootparam.h>

#define MAXMEM	(1ull << 46)	/* what the direct map has room for, bytes */

extern struct boot_params boot_params;	/* i  the zero page, copied by the entry code */

void __noreturn x86_64_start_kernel(phys_addr_t zero_page);	/* from head_64.S */

/* arch/x86/mm/init.c, init_64.c: the address space, in the order of the calls */
void init_mem_mapping(void);		/* final page tables, switch to them */
void paging_init(void);			/* room for pfn_valid(), shared upper entries */

/**
 * early_memremap() - make firmware's [@phys, @phys + @bytes) readable, for good.
 * The pages join the direct map, read-only, unless they are in it already.
 * Context: boot only, after init_mem_mapping().
 * Return:  __va(@phys), or NULL when there is no memory for page tables or the
 *          range is not below MAXMEM.
 */
void *early_memremap(phys_addr_t phys, size_t bytes);

/* ROMs, timers and ports that every PC has, to /proc/iomem and /proc/ioports */
void pc_reserve_resources(void);

/* a page below 1 MiB for the code that other CPUs start in; 0: none was free */
extern phys_addr_t smp_trampoline_phys;

/**
 * trampoline_pgd_create() - page tables for a CPU that leaves real mode: the kernel's
 * half plus the first 2 MiB mapped one to one and executable, all below 4 GiB.
 * Return: physical address for CR3, or 0 without memory.
 */
phys_addr_t trampoline_pgd_create(void);
void trampoline_pgd_destroy(phys_addr_t pgd);

#endif
