/* SPDX-License-Identifier: MIT */
/* asm/pgtable.h (x86-64) - 4 levels in the format of the SDM, volume 3, chapter 4. */
#ifndef ASM_X86_PGTABLE_H
#define ASM_X86_PGTABLE_H

#define TASK_SIZE_MAX	0x7ffffffff000ul
#define VMALLOC_START	0xffffc90000000000ul
#define VMALLOC_END	0xffffe90000000000ul
#define MODULES_VADDR	0xffffffffa0000000ul
#define MODULES_END	0xffffffffff000000ul

#include <asm/cpufeature.h>

/* PKRU; without CR4.PKE the instructions do not exist */
static inline u32 arch_pkey_denied(void)
{
	u32 pkru, edx;

	if (!boot_cpu_has(X86_FEATURE_OSPKE))
		return 0;
	asm volatile("rdpkru" : "=a"(pkru), "=d"(edx) : "c"(0));
	return pkru;
}
static inline void arch_pkey_set_denied(u32 pkru)
{
	asm volatile("wrpkru" : : "a"(pkru), "c"(0), "d"(0) : "memory");
}
#define arch_pkey_denied	arch_pkey_denied

#include <mm/pgtable_x86_64.h>

/* are the eight entries from @pte on all empty? A load and seven that are also the test. */
static inline bool pte_none8(const pte_t *pte)
{
	unsigned long all = READ_ONCE(pte->pte);
	bool none;

	asm volatile("orq 8(%2), %0\n\t"
		     "orq 16(%2), %0\n\t"
		     "orq 24(%2), %0\n\t"
		     "orq 32(%2), %0\n\t"
		     "orq 40(%2), %0\n\t"
		     "orq 48(%2), %0\n\t"
		     "orq 56(%2), %0"
		     : "+r"(all), "=@ccz"(none) : "r"(pte), "m"(*(const pte_t (*)[8])pte));
	return none;
}
#define pte_none8 pte_none8

#endif
