// SPDX-License-Identifier: MIT
/*
 * machine.c - a machine is made, entered, left and destroyed.
 *
 *   struct host_machine
 *     machine   what mm/ knows: this_machine() points here
 *     ram       a memfd of all addresses from the first range on, mapped by kmap.c
 *     mem_map   struct pages from frame 0 on, sparse like the RAM
 *     window    addresses for kernel mappings (kmap.c)
 *     cpus[]    a TLB each (tlb.c)
 *
 * To make one goes the way of a boot: facts, memblock filled from the configuration,
 * frame 0 reserved (physical address 0 stays nobody's, as on a PC), the tables of the
 * kernel mappings, mm_boot_init(). To destroy one compares what is in use with what was after the boot
 * (leaks.c), then unmaps everything: what mm/ still holds vanishes with the RAM that it
 * is made of.
 *
 *   H1  host_ctx of a thread is all zeroes, or a copy of its machine's ctx with its CPU
 *   H2  cpus[n].taken is 1 exactly while a thread runs as CPU n
 *
 * Locks: none; taken is atomic, all else is fixed before a second thread enters.
 */
#include "host_internal.h"
#include "config.h"
#include <linux/fault-inject.h>
#include <linux/highmem.h>
#include <linux/kfence.h>
#include <linux/printk.h>

__thread struct host_context host_ctx;

#define DEFAULT_STACK_RLIMIT	(8ul << 20)
#define RLIMIT_STACK_INDEX	3
#define DIRT			0xa5	/* what is in memory that nobody has written */

/* --- what it is made of ------------------------------------------------- */

static void host_free(struct host_machine *hm)
{
	host_ram_free(hm);
	os_unmap(hm->ctx.mem_map, hm->mem_map_bytes);
	os_unmap((void *)hm->ctx.vmalloc_start, hm->config.vmalloc_bytes);
	os_unmap(hm->stacks, hm->stacks_bytes);
	host_tlb_free(hm);
	os_free(hm->cpus);
	os_free(hm->kernel_mapped);
	os_free(hm->kernel_stale);
	os_free(hm->sections);
	os_free(hm->boot_usage);
	os_free(hm);
}

static bool host_alloc_parts(struct host_machine *hm)
{
	struct host_context *ctx = &hm->ctx;

	ctx->machine = &hm->machine;
	ctx->nr_frames = hm->ram_end >> PAGE_SHIFT;
	hm->nr_sections = DIV_ROUND_UP(ctx->nr_frames, HOST_SECTION_PAGES);
	hm->mem_map_bytes = hm->nr_sections * HOST_SECTION_PAGES * sizeof(struct page);
	hm->sections = os_alloc(hm->nr_sections);
	hm->cpus = os_alloc(hm->config.nr_cpus * sizeof(*hm->cpus));
	if (!hm->sections || !hm->cpus || !host_ram_init(hm) || !host_tlb_init(hm) ||
	    !host_stale_init(hm))
		return false;
	ctx->mem_map = os_map_sparse(hm->mem_map_bytes);
	ctx->vmalloc_start = (unsigned long)os_reserve_window(hm->config.vmalloc_bytes);
	ctx->vmalloc_end = ctx->vmalloc_start + hm->config.vmalloc_bytes;
	return ctx->mem_map && ctx->vmalloc_start;
}

static void host_init_parts(struct host_machine *hm)
{
	unsigned int i;

	spin_lock_init(&hm->hooks_lock);
	spin_lock_init_rank(&hm->log_lock, RANK_PRINTK, "log");
	hm->start_ns = os_clock_ns();
	hm->machine.debug.config = hm->config.debug;
	fault_set_nth(&hm->machine, hm->config.fail_nth, false);
	atomic64_set(&hm->random_state, hm->config.seed);
	for (i = 0; i < HOST_RLIMITS; i++)
		hm->rlimit[i] = ULONG_MAX;
	hm->rlimit[RLIMIT_STACK_INDEX] = DEFAULT_STACK_RLIMIT;
}

/**
 * host_misuse() - an embedder's mistake: say which, then stop as for any bug.
 * Locks:   any.  Context: any.  Return: never, unless a bug hook leaves.
 */
void __printf(1, 2) host_misuse(const char *fmt, ...)
{
	char text[128];
	va_list args;

	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	pr_err("%s\n", text);
	port_bug(__FILE__, __LINE__, text);
}

/* --- boot --------------------------------------------------------------- */

static unsigned long limit_pfn(phys_addr_t limit)
{
	return limit == PHYS_ADDR_MAX ? 0 : limit >> PAGE_SHIFT;
}

static int add_ranges(const struct machine_config *c)
{
	phys_addr_t start = 0, share = ALIGN_DOWN(c->ram_bytes / c->nr_nodes, PAGE_SIZE);
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < c->nr_ranges; i++)
		ret = memblock_add_node(c->ranges[i].start, c->ranges[i].end - c->ranges[i].start,
					c->ranges[i].nid, MEMBLOCK_NONE);
	for (i = 0; !ret && !c->nr_ranges && i < c->nr_nodes; i++, start += share) {
		if (i == c->nr_nodes - 1)
			share = c->ram_bytes - start;
		ret = memblock_add_node(start, share, i, MEMBLOCK_NONE);
	}
	for (i = 0; !ret && i < c->nr_reserved; i++)
		ret = memblock_reserve(c->reserved[i].start,
				       c->reserved[i].end - c->reserved[i].start);
	return ret;
}

static void init_mm_setup(struct host_machine *hm)
{
	struct mm_struct *mm = &hm->init_mm;

	init_rwsem(&mm->mmap_lock);
	spin_lock_init(&mm->page_table_lock);
	INIT_LIST_HEAD(&mm->mmap);
	mm->mm_rb = RB_ROOT;
	atomic_set(&mm->mm_users, 2);
	atomic_set(&mm->mm_count, 1);
	hm->machine.init_mm = mm;
}

/* As CPU 0 of @hm: everything that a kernel does before its first thread. */
static int host_boot(struct host_machine *hm)
{
	struct machine *m = &hm->machine;
	int ret;

	m->facts.nr_cpus = hm->config.nr_cpus;
	m->facts.nr_pkeys = hm->config.pkeys ? NR_PKEYS : 0;
	m->facts.dma_limit_pfn = limit_pfn(hm->config.dma_limit);
	m->facts.dma32_limit_pfn = limit_pfn(hm->config.dma32_limit);
	m->facts.lowmem_limit_pfn = hm->config.lowmem_limit >> PAGE_SHIFT;
	m->facts.kernelcore_pages = hm->config.kernelcore_bytes >> PAGE_SHIFT;
	m->facts.movablecore_pages = hm->config.movablecore_bytes >> PAGE_SHIFT;
	m->facts.cma_bytes = hm->config.cma_bytes;
	m->slab.fast = hm->config.slab_fast;
	m->slab.nomerge = hm->config.slab_nomerge;
	m->slab.go_on = hm->config.slab_go_on;
	ret = hm->config.slub_debug ? slab_debug_setup(hm->config.slub_debug) : 0;
	if (ret)
		return ret;
	memblock_init(&m->memblock);
	if (hm->config.lowmem_limit)
		memblock_set_current_limit(hm->config.lowmem_limit);
	memblock_allow_resize();
	ret = host_numa_init(m, &hm->config);
	if (!ret)
		ret = add_ranges(&hm->config);
	if (!ret)
		ret = memblock_reserve(0, PAGE_SIZE);
	if (ret)
		return ret;
	init_mm_setup(hm);
	ret = host_kernel_tables_init(hm);
	if (!ret)
		ret = mm_boot_init();
	if (!ret && hm->config.cma_bytes && (!m->cma.dma || !m->cma.dma->count)) {
		pr_err("machine_create: no range of cma_bytes, %zu, is free in one zone\n",
		       hm->config.cma_bytes);
		ret = -ENOMEM;
	}
	if (ret)
		return ret;
	kfence_init();
	return host_leaks_init(hm);
}

/**
 * machine_create() - a machine as @config says, booted and idle.
 * Locks:   none.
 * Context: a thread that is in no machine.
 * Return:  the machine; NULL when the configuration is wrong or too small, or memory
 *          is short.
 */
struct machine *machine_create(const struct machine_config *config)
{
	struct host_machine *hm;
	int ret;

	if (host_ctx.machine)
		host_misuse("machine_create: this thread is in a machine");
	hm = os_alloc(sizeof(*hm));
	if (!hm)
		return NULL;
	hm->ram = -1;
	host_config_fill(&hm->config, config);
	if (!host_config_good(&hm->config)) {
		os_free(hm);
		return NULL;
	}
	hm->ram_start = host_config_ram_start(&hm->config);
	hm->ram_end = host_config_ram_end(&hm->config);
	if (!host_alloc_parts(hm)) {
		pr_err("machine_create: no memory of this process is left for it\n");
		host_free(hm);
		return NULL;
	}
	host_init_parts(hm);
	machine_cpu_enter(&hm->machine, 0);
	ret = host_boot(hm);
	machine_cpu_leave();
	host_fail_nth(&hm->machine, 0, false);
	if (!ret)
		return &hm->machine;
	host_free(hm);
	return NULL;
}

/**
 * machine_destroy() - the end of @machine; see mm/machine.h.
 * Locks:   none.  Context: no thread is in the machine.
 * Return:  0 or -EBUSY.
 */
int machine_destroy(struct machine *machine)
{
	struct host_machine *hm;
	unsigned int i;
	int ret;

	if (!machine)
		return 0;
	hm = to_host(machine);
	for (i = 0; i < hm->config.nr_cpus; i++)
		if (atomic_read(&hm->cpus[i].taken))			/* H2 */
			host_misuse("machine_destroy: CPU %u is in use by a thread", i);
	ret = host_leaks_report(hm);
	host_free(hm);
	return ret;
}

/**
 * machine_cpu_enter() - this thread is CPU @cpu of @machine from now on.
 * Locks:   none.
 * Context: a thread that is in no machine; nobody else is that CPU.
 */
void machine_cpu_enter(struct machine *machine, unsigned int cpu)
{
	struct host_machine *hm = to_host(machine);

	if (host_ctx.machine)						/* H1 */
		host_misuse("machine_cpu_enter: this thread is CPU %u of %s machine",
			    host_ctx.cpu, host_ctx.machine == machine ? "this" : "another");
	if (cpu >= hm->config.nr_cpus)
		host_misuse("machine_cpu_enter: there is no CPU %u, the machine has %u", cpu,
			    hm->config.nr_cpus);
	if (hm->run)
		host_misuse("machine_cpu_enter: the machine runs virtual CPUs");
	if (atomic_xchg(&hm->cpus[cpu].taken, 1))			/* H2 */
		host_misuse("machine_cpu_enter: CPU %u is in use by another thread", cpu);
	atomic_inc(&hm->nr_inside);
	spin_lock(&hm->hooks_lock);
	host_ctx = hm->ctx;
	host_ctx.cpu = cpu;
	host_arm(&host_ctx, host_ctx.hooks_armed);
	WRITE_ONCE(hm->cpus[cpu].ctx, &host_ctx);
	spin_unlock(&hm->hooks_lock);
	host_thread_reset();
	drain_if_asked();
	kfence_tick();
}

/**
 * machine_cpu_leave() - this thread belongs to no machine any more.
 * Locks:   none may be held, but after a bug.  Context: a thread that is in a machine.
 */
void machine_cpu_leave(void)
{
	struct host_machine *hm;
	struct host_cpu *cpu;

	if (!host_ctx.machine)
		host_misuse("machine_cpu_leave: this thread is in no machine");
	if (host_ctx.vcpu)
		host_misuse("machine_cpu_leave: CPU %u is a virtual one: let its function return",
			    host_ctx.cpu);
	hm = this_host();
	cpu = this_host_cpu();
	if (!READ_ONCE(this_host()->bugged)) {
		drain_if_asked();
		debug_leave();
		kmap_local_check_none();
		host_context_leave(cpu);
	}
	host_thread_reset();
	spin_lock(&hm->hooks_lock);
	WRITE_ONCE(cpu->ctx, NULL);
	spin_unlock(&hm->hooks_lock);
	memset(&host_ctx, 0, sizeof(host_ctx));				/* H1 */
	atomic_dec(&hm->nr_inside);
	mm_bug_on(!atomic_xchg(&cpu->taken, 0));			/* H2 */
}

/* --- frames ------------------------------------------------------------- */

/**
 * pfn_valid() - is there a struct page for @pfn?
 * Locks:   none.  Context: any.
 */
bool pfn_valid(unsigned long pfn)
{
	struct host_machine *hm = this_host();
	unsigned long section = pfn / HOST_SECTION_PAGES;

	if (pfn >= ALIGN(host_ctx.nr_frames, 1ul << (MAX_ORDER - 1)))
		return false;
	return section < hm->nr_sections && hm->sections[section];
}

/**
 * vmemmap_populate() - make the struct pages of [@start_pfn, @end_pfn) usable.
 * Locks:   none.  Context: boot.
 * Return:  0; -ENOMEM for frames that the machine does not have.
 */
int vmemmap_populate(unsigned long start_pfn, unsigned long end_pfn, int nid)
{
	struct host_machine *hm = this_host();
	unsigned long section;

	if (end_pfn > hm->nr_sections * HOST_SECTION_PAGES)
		return -ENOMEM;
	for (section = start_pfn / HOST_SECTION_PAGES;
	     section < DIV_ROUND_UP(end_pfn, HOST_SECTION_PAGES); section++)
		hm->sections[section] = 1;
	if (hm->config.dirty_ram)
		memset(pfn_to_page(start_pfn), DIRT, (end_pfn - start_pfn) * sizeof(struct page));
	return 0;
}
