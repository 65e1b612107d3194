// SPDX-License-Identifier: MIT
/*
 * tiny.c - a port of level 1 (docs/porting.md), complete, for one CPU.
 *
 * The machine is 64 MiB of RAM, a memfd that is mapped once as the direct map and page
 * by page where vmalloc() wants it. Nothing translates addresses here but the process
 * itself, so that there is nothing to flush. The inlines are those of
 * arch/host/include/asm, which need host_ctx and three functions.
 *
 * level1.c uses it as it is, level2.c adds what address spaces ask for.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <linux/mm.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mempolicy.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <mm/machine.h>
#include <mm/port.h>
#include <asm/hooks.h>
#include <mm/debug_state.h>
#include "tiny.h"

#define RAM_BYTES	(64ul << 20)
#define WINDOW_BYTES	(32ul << 20)
#define HUGE_BYTES	(2ul << 20)

/* --- the port: entries 1-23 of mm/port.h ---------------------------------------- */

__thread struct host_context host_ctx;		/* 1, 2, 4, 5, 6: through the inlines */
static struct machine machine __aligned(64);
static struct mm_struct init_mm;
static int ram;

void host_cpu_relax(void) { }			/* 3 */
void host_hooks_changed(struct machine *m)	/* 9 */
{
	host_ctx.hooks_armed = atomic_read(&m->debug.hooks) != 0;
}

bool pfn_valid(unsigned long pfn)		/* 10 */
{
	return pfn < RAM_BYTES >> PAGE_SHIFT;
}

int vmemmap_populate(unsigned long start_pfn, unsigned long end_pfn, int nid)	/* 11 */
{
	return end_pfn <= RAM_BYTES >> PAGE_SHIFT ? 0 : -ENOMEM;
}

void arch_sync_kernel_mapping(unsigned long start, unsigned long end)	/* 12 */
{
	unsigned long addr;
	pte_t *pte;
	pmd_t *pmd;

	for (addr = start; addr < end; addr += PAGE_SIZE) {
		pmd = pmd_offset(pud_offset(pgd_offset_pgd(init_mm.pgd, addr), addr), addr);
		pte = pmd_present(*pmd) ? pte_offset_kernel(pmd, addr) : NULL;
		if (pte && pte_present(*pte))
			BUG_ON(mmap((void *)addr, PAGE_SIZE, PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_FIXED, ram,
				    pte_pfn(*pte) << PAGE_SHIFT) == MAP_FAILED);
		else
			BUG_ON(mmap((void *)addr, PAGE_SIZE, PROT_NONE, MAP_PRIVATE |
				    MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED);
	}
}

int arch_direct_map_split(unsigned long start, unsigned long end)
{
	return -EOPNOTSUPP;
}

int arch_direct_map_set(unsigned long addr, bool present)
{
	return -EOPNOTSUPP;
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end) { }	/* 13 */
void local_flush_tlb_kernel_page(unsigned long address) { }
pgprot_t port_memtype_prot(enum memory_type type)			/* 14 */
{
	return type == MEMTYPE_WB ? PAGE_KERNEL : PAGE_KERNEL_NOCACHE;
}

u64 port_clock_ns(void) { return 0; }					/* 15 */
void port_cond_resched(void) { }					/* 16 */

int vprintk(const char *fmt, va_list args)				/* 17 */
{
	char line[512];
	int bytes = vscnprintf(line, sizeof(line), printk_skip_level(fmt), args);

	return fprintf(stderr, "# %.*s", bytes, line);
}

int printk(const char *fmt, ...)
{
	va_list args;
	int bytes;

	va_start(args, fmt);
	bytes = vprintk(fmt, args);
	va_end(args);
	return bytes;
}

void port_bug(const char *file, int line, const char *expr)		/* 18 */
{
	fprintf(stderr, "BUG at %s:%d: %s\n", file, line, expr);
	abort();
}

void port_warn(const char *file, int line, const char *expr)		/* 19 */
{
	port_bug(file, line, expr);
}

void port_warn_once(const char *file, int line, const char *expr)
{
	port_bug(file, line, expr);
}

void dump_stack(void) { }
unsigned int stack_trace_save(unsigned long *store, unsigned int size, unsigned int skipnr)
{
	return 0;
}
const char *port_self_name(void) { return "tiny"; }			/* 20 */
int port_self_pid(void) { return 0; }
int port_self_tgid(void) { return 0; }
static unsigned int self_flags;
unsigned int *port_self_flags(void) { return &self_flags; }
static struct task_mempolicy self_mempolicy;
struct task_mempolicy *port_self_mempolicy(void) { return &self_mempolicy; }
static struct fault_task self_faults;
struct fault_task *port_self_faults(void) { return &self_faults; }
size_t port_symbol(char *buf, size_t size, unsigned long addr) { return 0; }	/* 21 */
void arch_report_meminfo(struct seq_file *m) { }			/* 22 */
struct held_locks *port_held_locks(void) { return NULL; }		/* 23 */
int port_out_of_memory(gfp_t gfp, unsigned int order) { return 0; }	/* 40 */

/* these headers have PORT_HIGHMEM, whose kmap() may sleep */
static char only_thread;

struct task_struct *port_self(void) { return (struct task_struct *)&only_thread; }	/* 24 */
void port_block_prepare(void) { }
void port_block(void) { BUG(); }	/* 25: nobody could wake the only thread */
void port_block_cancel(void) { }
void port_wake(struct task_struct *thread) { }						/* 26 */

/* --- the boot -------------------------------------------------------------------- */

static void *map(int fd, size_t bytes, int prot)
{
	void *p = mmap(NULL, bytes, prot, fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED,
		       fd, 0);

	BUG_ON(p == MAP_FAILED);
	return p;
}

/* The window's entries of the top table: tables that stay for ever. */
static void window_init(void)
{
	unsigned long addr = host_ctx.vmalloc_start, end = host_ctx.vmalloc_end;

	init_mm.pgd = memblock_alloc(PAGE_SIZE, PAGE_SIZE);
	for (; addr < end; addr = pgd_addr_end(addr, end))
		set_pgd(pgd_offset_pgd(init_mm.pgd, addr),
			__pgd(__pa(memblock_alloc(PAGE_SIZE, PAGE_SIZE)) | _KERNPG_TABLE));
	spin_lock_init(&init_mm.page_table_lock);
	machine.init_mm = &init_mm;
}

int tiny_boot(int (*init)(void))
{
	unsigned long window;

	ram = memfd_create("ram", 0);
	BUG_ON(ram < 0 || ftruncate(ram, RAM_BYTES));
	host_ctx.machine = &machine;
	host_ctx.ram = map(ram, RAM_BYTES, PROT_READ | PROT_WRITE);
	host_ctx.nr_frames = RAM_BYTES >> PAGE_SHIFT;
	host_ctx.mem_map = map(-1, host_ctx.nr_frames * sizeof(struct page),
			       PROT_READ | PROT_WRITE);
	window = (unsigned long)map(-1, WINDOW_BYTES + HUGE_BYTES, PROT_NONE);
	host_ctx.vmalloc_start = (window + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1);
	host_ctx.vmalloc_end = host_ctx.vmalloc_start + WINDOW_BYTES;
	machine.facts = (struct machine_facts){
		.nr_cpus = 1, .nr_nodes = 1,
	};
	memblock_init(&machine.memblock);
	BUG_ON(memblock_add(0, RAM_BYTES) || memblock_reserve(0, PAGE_SIZE));
	window_init();
	return init();
}

/* the inlines of this port ask it only on virtual CPUs: there are none */
void host_vcpu_point(enum host_point point, const void *lock)
{
	BUG();
}

/* --- afterwards -------------------------------------------------------------------- */

unsigned long tiny_settled(void)
{
	vm_unmap_aliases();
	kmem_caches_shrink();
	return nr_free_pages();
}

void tiny_check_zones(void)
{
	struct zone *zone;

	for_each_populated_zone(zone)
		zone_check(zone);
}
