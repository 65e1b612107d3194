// SPDX-License-Identifier: MIT
/*
 * leaks.c - did everything come back?
 *
 * When a machine has booted it is counted what is in use: pages, objects of each cache,
 * committed mappings. At its end, or when a test asks, it is counted again. First what
 * CPUs and caches only keep at hand goes back: as each CPU in turn the empty slabs are
 * freed, and the lazy flush of vmalloc is done. Pages on per-CPU lists count as free.
 *
 * Page tables of kernel mappings stay once they exist (mm/kspace/kernel_map.c M2), so
 * their growth is no leak.
 *
 * A machine in which a bug was found is not counted, as its locks may be held for ever,
 * nor is one whose user said so.
 *
 * Locks: those of what is counted. Nobody else is in the machine.
 */
#include "host_internal.h"
#include <linux/percpu.h>
#include <linux/highmem.h>
#include <linux/kfence.h>
#include <linux/printk.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>

/* Give back what this CPU and the caches keep for later. */
static void settle_cpu(void)
{
	pcpu_shrink();
	vfree_deferred();
	vm_unmap_aliases();
	pt_drop_local_stock();
	kmem_caches_shrink();
}

static void count_used(struct host_machine *hm, struct host_leaks *used)
{
	struct kmem_cache_usage usage;
	unsigned int i;

	memset(used, 0, sizeof(*used));
	for (i = 0; kmem_cache_usage(i, &usage); i++)
		used->objects += usage.active_objects;
	used->objects += kfence_cache_objects(NULL);
	/* stacks and notes about memory are kept on purpose */
	used->pages = totalram_pages() - nr_free_pages() - this_machine()->debug.depot.pages -
		      this_machine()->debug.kmemleak.pages;
	used->committed_pages = vm_memory_committed();
	used->kmaps = kmap_users();
}

/**
 * host_leaks_init() - remember what is in use, now that the boot is over.
 * Locks:   the allocators'.  Context: CPU 0, alone in the machine.
 * Return:  0 or -ENOMEM.
 */
int host_leaks_init(struct host_machine *hm)
{
	struct kmem_cache_usage usage;
	unsigned int i, nr;

	settle_cpu();
	for (nr = 0; kmem_cache_usage(nr, &usage); nr++)
		;
	hm->boot_usage = os_alloc(nr * sizeof(usage));
	if (!hm->boot_usage)
		return -ENOMEM;
	hm->nr_boot_usage = nr;
	for (i = 0; i < nr; i++)
		mm_bug_on(!kmem_cache_usage(i, &hm->boot_usage[i]));
	count_used(hm, &hm->boot_leaks);
	hm->boot_tables = host_kernel_tables_count(hm);
	return 0;
}

/**
 * host_expect_leaks() - see mm/host.h.
 * Locks:   none.  Context: any thread.
 */
void host_expect_leaks(struct machine *machine)
{
	WRITE_ONCE(to_host(machine)->bugged, true);
}

static long boot_objects(struct host_machine *hm, const char *name)
{
	unsigned int i;

	for (i = 0; i < hm->nr_boot_usage; i++)
		if (!strcmp(hm->boot_usage[i].name, name))
			return hm->boot_usage[i].active_objects;
	return 0;
}

/**
 * host_leak_check() - see mm/host.h.
 * Locks:   the allocators'.  Context: a thread in no machine; nobody is in @machine.
 * Return:  true when nothing is missing.
 */
bool host_leak_check(struct machine *machine, struct host_leaks *leaks)
{
	struct host_machine *hm = to_host(machine);
	unsigned int cpu;

	for (cpu = hm->config.nr_cpus; cpu-- > 0; ) {
		machine_cpu_enter(machine, cpu);
		settle_cpu();
		if (!cpu) {
			count_used(hm, leaks);
			leaks->pages -= hm->boot_leaks.pages +
					host_kernel_tables_count(hm) - hm->boot_tables;
		}
		machine_cpu_leave();
	}
	leaks->objects -= hm->boot_leaks.objects;
	leaks->committed_pages -= hm->boot_leaks.committed_pages;
	return !leaks->pages && !leaks->objects && !leaks->committed_pages && !leaks->kmaps;
}

/**
 * host_leaks_report() - the check at the end of a machine; what is missing goes to stderr.
 * Locks:   the allocators'.  Context: a thread in no machine; nobody is in it.
 * Return:  0; -EBUSY when something is missing.
 */
int host_leaks_report(struct host_machine *hm)
{
	struct kmem_cache_usage usage;
	struct host_leaks leaks;
	unsigned int i;
	long extra;

	if (hm->bugged || host_leak_check(&hm->machine, &leaks))
		return 0;
	pr_err("machine_destroy: did not come back: %ld pages, %ld objects, %ld committed\n",
	       leaks.pages, leaks.objects, leaks.committed_pages);
	if (leaks.kmaps)
		pr_err("machine_destroy: %ld kmap() without kunmap()\n", leaks.kmaps);
	for (i = 0; ; i++) {
		machine_cpu_enter(&hm->machine, 0);
		if (!kmem_cache_usage(i, &usage))
			memset(&usage, 0, sizeof(usage));
		machine_cpu_leave();
		if (!usage.name[0])
			break;
		extra = (long)usage.active_objects - boot_objects(hm, usage.name);
		if (extra)
			pr_err("machine_destroy: %s: %ld objects of %u bytes\n", usage.name,
			       extra, usage.size);
	}
	return -EBUSY;
}
