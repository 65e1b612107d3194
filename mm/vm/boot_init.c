// SPDX-License-Identifier: MIT
/*
 * boot_init.c - the whole memory manager, from a filled memblock to address spaces:
 *
 *   mm_phys_init      pages, objects, kernel mappings (mm/boot/phys_init.c)
 *   mm_caches_init    address spaces: their caches and the zero page
 */
#include <mm/machine.h>

/**
 * mm_boot_init() - see above.
 * Locks:   none needed yet.
 * Context: boot CPU, once per machine; facts and memblock are filled.
 * Return:  0, or -ENOMEM; then the machine cannot be used.
 */
int mm_boot_init(void)
{
	int ret = mm_phys_init();

	return ret ? ret : mm_caches_init();
}
