// SPDX-License-Identifier: MIT
/*
 * quire.c - Quire's side of the hosted benchmark: one machine, its allocators as subjects,
 * and the cases that only a memory manager has: frames, areas, faults.
 *
 * Everything is called in libquire.so, as a program that embeds it would.
 */
#include <mm/host.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/err.h>
#include <asm/uaccess.h>
#include <uapi/mman.h>
#include "host_bench.h"

#define BENCH_GFP	GFP_KERNEL
const unsigned int quire_gfp = BENCH_GFP;
#define RAM_BYTES	(2ul << 30)
#define FRAMES_BATCH	1000

static struct machine *machine;
static struct { size_t bytes; struct kmem_cache *cache; } caches[8];
static unsigned int nr_caches;

void quire_start(unsigned int nr_cpus)
{
	const struct machine_config config = { .ram_bytes = RAM_BYTES, .nr_cpus = nr_cpus };

	machine = machine_create(&config);
	if (!machine)
		die("machine_create");
}

void quire_stop(void)
{
	unsigned int i;

	machine_cpu_enter(machine, 0);
	for (i = 0; i < nr_caches; i++)
		if (kmem_cache_destroy(caches[i].cache))
			die("kmem_cache_destroy");
	machine_cpu_leave();
	if (machine_destroy(machine))
		die("machine_destroy");
}

void quire_enter(unsigned int cpu)
{
	machine_cpu_enter(machine, cpu);
}

void quire_leave(void)
{
	machine_cpu_leave();
}

void *quire_cache(size_t bytes)
{
	unsigned int i;

	for (i = 0; i < nr_caches; i++)
		if (caches[i].bytes == bytes)
			return caches[i].cache;
	caches[nr_caches].bytes = bytes;
	caches[nr_caches].cache = kmem_cache_create("bench", bytes, 8, 0, NULL);
	if (!caches[nr_caches].cache)
		die("kmem_cache_create");
	return caches[nr_caches++].cache;
}

const struct subject quire_subjects[2] = {
	{ "kmem_cache", SHAPE_CACHE, .cache_alloc = (void *(*)(void *, unsigned int))kmem_cache_alloc,
	  .cache_free = (void (*)(void *, void *))kmem_cache_free },
	{ "kmalloc", SHAPE_KMALLOC, .kmalloc = (void *(*)(size_t, unsigned int))__kmalloc,
	  .free = (void (*)(void *))kfree },
};

/* --- frames --------------------------------------------------------------- */

static double sample_pair(const struct vm_case *c)
{
	unsigned long i, nr = c->size;
	unsigned long long start = cpu_ns();

	for (i = 0; i < nr; i++) {
		struct page *page = alloc_pages(BENCH_GFP, c->order);

		if (!page)
			die("alloc_pages");
		__free_pages(page, c->order);
	}
	return (double)(cpu_ns() - start) / nr;
}

static double sample_batch(const struct vm_case *c)
{
	static struct page *pages[FRAMES_BATCH];
	unsigned long i, round, rounds = c->size / FRAMES_BATCH;
	unsigned long long start = cpu_ns();

	for (round = 0; round < rounds; round++) {
		for (i = 0; i < FRAMES_BATCH; i++)
			if (!(pages[i] = alloc_pages(BENCH_GFP, c->order)))
				die("alloc_pages");
		for (i = 0; i < FRAMES_BATCH; i++)
			__free_pages(pages[i], c->order);
	}
	return (double)(cpu_ns() - start) / (rounds * FRAMES_BATCH);
}

/* --- areas ------------------------------------------------------------------ */

static unsigned long map(struct mm_struct *mm, unsigned long addr, unsigned long bytes,
			 unsigned long prot)
{
	struct mmap_request request = {
		.addr = addr, .len = bytes, .prot = prot,
		.flags = MAP_PRIVATE | MAP_ANONYMOUS | (addr ? MAP_FIXED : 0),
	};
	unsigned long at = vm_mmap(mm, &request);

	if (IS_ERR_VALUE(at))
		die("vm_mmap");
	return at;
}

#define AREAS_BASE	0x100000000ul
#define AREA_STEP	(16ul << PAGE_SHIFT)

/* An address space of @nr areas of a page each, with holes between them. */
static struct mm_struct *areas(unsigned long nr)
{
	struct mm_struct *mm = mm_alloc();
	unsigned long i;

	if (!mm)
		die("mm_alloc");
	for (i = 0; i < nr; i++)
		map(mm, AREAS_BASE + i * AREA_STEP, PAGE_SIZE, PROT_READ);
	return mm;
}

static double sample_find(const struct vm_case *c)
{
	struct mm_struct *mm = areas(c->size);
	unsigned long i, nr = 200000, state = 1, found = 0;
	unsigned long long start;
	double ns;

	start = cpu_ns();
	mmap_read_lock(mm);
	for (i = 0; i < nr; i++) {
		unsigned long at = AREAS_BASE + draw(&state) % c->size * AREA_STEP;

		found += find_vma(mm, at)->vm_start == at;
	}
	mmap_read_unlock(mm);
	ns = (double)(cpu_ns() - start) / nr;
	if (found != nr)
		die("find_vma");
	mmput(mm);
	return ns;
}

static double sample_map_unmap(const struct vm_case *c)
{
	struct mm_struct *mm = areas(c->size);
	unsigned long i, nr = 20000, state = 1;
	unsigned long long start;
	double ns;

	start = cpu_ns();
	for (i = 0; i < nr; i++) {
		unsigned long at = AREAS_BASE + draw(&state) % c->size * AREA_STEP +
				   AREA_STEP / 2;

		map(mm, at, PAGE_SIZE, PROT_READ | PROT_WRITE);
		if (vm_munmap(mm, at, PAGE_SIZE))
			die("vm_munmap");
	}
	ns = (double)(cpu_ns() - start) / nr;
	mmput(mm);
	return ns;
}

/* first store to each page of a fresh area, through TLB, walk, fault and clearing */
static double sample_fault(const struct vm_case *c)
{
	struct mm_struct *mm = mm_alloc();
	unsigned long at, bytes = c->size << PAGE_SHIFT, pos;
	unsigned long long start;
	double ns;

	if (!mm)
		die("mm_alloc");
	at = map(mm, 0, bytes, PROT_READ | PROT_WRITE);
	host_use_mm(mm);
	start = cpu_ns();
	for (pos = at; pos < at + bytes; pos += PAGE_SIZE)
		if (put_user((char)1, (char *)pos))
			die("put_user");
	ns = (double)(cpu_ns() - start) / c->size;
	host_use_mm(NULL);
	mmput(mm);
	return ns;
}

/* a store to a page that is there, 512 of them in turn */
static double sample_access(const struct vm_case *c)
{
	struct mm_struct *mm = mm_alloc();
	unsigned long at, i, nr = 200000, pages = c->size;
	unsigned long long start;
	double ns;

	if (!mm)
		die("mm_alloc");
	at = map(mm, 0, pages << PAGE_SHIFT, PROT_READ | PROT_WRITE);
	host_use_mm(mm);
	for (i = 0; i < pages; i++)
		if (put_user((char)1, (char *)at + (i << PAGE_SHIFT)))
			die("put_user");
	start = cpu_ns();
	for (i = 0; i < nr; i++)
		if (put_user((char)1, (char *)at + (i % pages << PAGE_SHIFT)))
			die("put_user");
	ns = (double)(cpu_ns() - start) / nr;
	host_use_mm(NULL);
	mmput(mm);
	return ns;
}

const struct vm_case quire_cases[] = {
	{ "page pair order 0", 200000, sample_pair, 0 },
	{ "page pair order 1", 200000, sample_pair, 1 },
	{ "page pair order 3", 200000, sample_pair, 3 },
	{ "page pair order 9", 20000, sample_pair, 9 },
	{ "page pair order 10", 20000, sample_pair, 10 },
	{ "page batch 1000 order 0", 100000, sample_batch, 0 },
	{ "find_vma 20", 20, sample_find, 0 },
	{ "find_vma 1000", 1000, sample_find, 0 },
	{ "find_vma 65000", 65000, sample_find, 0 },
	{ "map+unmap 20", 20, sample_map_unmap, 0 },
	{ "map+unmap 1000", 1000, sample_map_unmap, 0 },
	{ "map+unmap 65000", 65000, sample_map_unmap, 0 },
	{ "anonymous fault", 16384, sample_fault, 0 },
	{ "user store 16 pages", 16, sample_access, 0 },
	{ "user store 512 pages", 512, sample_access, 0 },
};
const unsigned int nr_quire_cases = array_len(quire_cases);
