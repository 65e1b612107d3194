/* SPDX-License-Identifier: MIT */
/*
 * pat.c - memory types of kernel mappings by the page attribute table.
 *
 * An entry's PAT, PCD and PWT bits are a number that chooses one of eight types, which
 * software writes into an MSR of each CPU. Here 0 to 3, which need no PAT bit and so fit
 * large pages as well, are WB, WC, UC- and UC; WT is 7. RAM has type 0 everywhere.
 *
 *   P1  all CPUs have the same table before they use a mapping of another type than 0
 *
 * A CPU without the table has the types that the bits meant before it was invented:
 * WB, WT, UC-, UC; the missing WC is replaced by UC-, which is stricter.
 */
#include <linux/bug.h>
#include <linux/mm.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/pageattr.h>

/*
 * The eight memory types that an entry's PAT, PCD and PWT bits choose from: WB, WC, UC-,
 * UC, WB, WP, UC-, WT. Encodings: Intel SDM volume 3, section 12.12.2. WC and WT are not
 * in use yet when this is written, so no cache holds lines of another type.
 */
#define PAT_TYPES	0x0407050600070106ull

/**
 * pat_init() - the memory types of this CPU.
 * Locks: none. Context: each CPU, before it uses mappings of port_memtype_prot().
 */
void pat_init(void)
{
	if (boot_cpu_has(X86_FEATURE_PAT))
		wrmsr(MSR_IA32_CR_PAT, PAT_TYPES);
}

/**
 * port_memtype_prot() - the bits that choose @type, as pat_init() numbers them; without
 * PAT write-combining is uncached, and the others are what the CPU starts with.
 * Locks: none. Context: any. Return: kernel protection bits.
 */
pgprot_t port_memtype_prot(enum memory_type type)
{
	static const u8 with_pat[NR_MEMTYPES] = {
		[MEMTYPE_WC] = _PAGE_PWT, [MEMTYPE_UC_MINUS] = _PAGE_PCD,
		[MEMTYPE_UC] = _PAGE_PCD | _PAGE_PWT,
		[MEMTYPE_WT] = _PAGE_PAT | _PAGE_PCD | _PAGE_PWT,
	}, without[NR_MEMTYPES] = {
		[MEMTYPE_WC] = _PAGE_PCD, [MEMTYPE_UC_MINUS] = _PAGE_PCD,
		[MEMTYPE_UC] = _PAGE_PCD | _PAGE_PWT, [MEMTYPE_WT] = _PAGE_PWT,
	};
	const u8 *bits = boot_cpu_has(X86_FEATURE_PAT) ? with_pat : without;

	mm_assert(type < NR_MEMTYPES);
	return __pgprot(PAGE_KERNEL.pgprot | bits[type]);
}
