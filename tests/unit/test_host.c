// SPDX-License-Identifier: MIT
/* test_host.c - the host port: machines, RAM, the walked MMU, threads that sleep, the log. */
#include "quire_test.h"
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/err.h>
#include <uapi/mman.h>
#include <asm/uaccess.h>

/* of unistd.h, which does not go together with linux/syscalls.h */
int close(int fd);
int dup(int fd);
int dup2(int from, int to);
int pipe(int ends[2]);
ssize_t read(int fd, void *to, size_t bytes);

/* --- machines ----------------------------------------------------------- */

static void test_many_machines(void **state)
{
	struct machine *m[16];
	char *p[16];
	int i;

	for (i = 0; i < 16; i++) {
		struct machine_config config = { .ram_bytes = (size_t)(16 + i) << 20,
					      .nr_cpus = 1 + i };

		m[i] = machine_create(&config);
		assert_non_null(m[i]);
		machine_cpu_enter(m[i], i);
		p[i] = kmalloc(100, GFP_KERNEL);
		memset(p[i], i, 100);
		machine_cpu_leave();
	}
	for (i = 0; i < 16; i++) {
		machine_cpu_enter(m[i], 0);
		assert_int_equal(p[i][99], i);
		assert_true(totalram_pages() <= (unsigned long)(16 + i) << 8);
		assert_true(totalram_pages() > (unsigned long)(15 + i) << 8);
		kfree(p[i]);
		slab_check();
		machine_cpu_leave();
		machine_destroy(m[i]);
	}
}

/* What @config is refused with, as one line; nothing of it may stay. */
static const char *refusal(const struct machine_config *config)
{
	static char text[512];
	int pipe_ends[2], old = dup(2);
	struct machine *m;
	ssize_t bytes;

	assert_int_equal(pipe(pipe_ends), 0);
	dup2(pipe_ends[1], 2);
	m = machine_create(config);
	dup2(old, 2);
	close(old);
	close(pipe_ends[1]);
	bytes = read(pipe_ends[0], text, sizeof(text) - 1);
	close(pipe_ends[0]);
	text[bytes > 0 ? bytes : 0] = '\0';
	machine_destroy(m);
	assert_null(m);
	return text;
}

#define M		(1ul << 20)
#define RANGES(...)	.ranges = (const struct machine_range[]){ __VA_ARGS__ }, \
			.nr_ranges = sizeof((const struct machine_range[]){ __VA_ARGS__ }) / \
				     sizeof(struct machine_range)
#define RESERVED(...)	.reserved = (const struct machine_range[]){ __VA_ARGS__ }, \
			.nr_reserved = sizeof((const struct machine_range[]){ __VA_ARGS__ }) / \
				       sizeof(struct machine_range)

static void test_bad_configs(void **state)
{
	const struct {
		struct machine_config config;
		const char *text;
	} bad[] = {
		{ { .nr_cpus = NR_CPUS + 1 }, "nr_cpus is 65, 64 is the most" },
		{ { .nr_nodes = MAX_NUMNODES + 1 }, "nr_nodes is 9, 8 is the most" },
		{ { .ram_bytes = 64 * M + 1 }, "ram_bytes is 67108865: whole pages" },
		{ { .ram_bytes = 4096, .nr_nodes = 2 }, "less than a page for each of 2 nodes" },
		{ { RANGES({ 4096, 4096, 0 }) }, "range 0 is empty" },
		{ { RANGES({ 8192, 4096, 0 }) }, "range 0 is empty" },
		{ { RANGES({ 0, M + 512, 0 }) }, "range 0 is not whole pages of 4096 bytes" },
		{ { RANGES({ 0, (phys_addr_t)1 << 60, 0 }) }, "range 0 ends beyond the last address" },
		{ { RANGES({ 0, M, 0 }, { M, 2 * M, MAX_NUMNODES }) }, "range 1 is of node 8" },
		{ { RANGES({ 0, M, -1 }) }, "range 0 is of node -1" },
		{ { RANGES({ 0, 32 * M, 0 }, { 48 * M, 64 * M, 0 }, { 16 * M, 33 * M, 1 }) },
		  "range 2 overlaps range 0" },
		{ { .nr_ranges = 1 }, "nr_ranges is 1 and ranges is NULL" },
		{ { .nr_reserved = 1 }, "nr_reserved is 1 and reserved is NULL" },
		{ { RESERVED({ 4096, 4096, 0 }) }, "reserved range 0 is empty" },
		{ { RESERVED({ 0, 8192, 0 }, { 4096, 12288, 0 }) },
		  "reserved range 1 overlaps reserved range 0" },
		{ { RESERVED({ 64 * M - 4096, 64 * M + 4096, 0 }) },
		  "reserved range 0 is not all RAM" },
		{ { RANGES({ 0, 16 * M, 0 }, { 32 * M, 64 * M, 0 }),
		    RESERVED({ 15 * M, 33 * M, 0 }) }, "reserved range 0 is not all RAM" },
		{ { .pages = { .page_bytes = 16384 } },
		  "pages.page_bytes is 16384, this build has 4096" },
		{ { .pages = { .huge_bytes = 1ul << 30 } }, "pages.huge_bytes is 1073741824" },
		{ { .pages = { .levels = 5 } }, "pages.levels is 5, this build has" },
		{ { .vmalloc_bytes = M + 1 }, "vmalloc_bytes is 1048577" },
		{ { .lowmem_limit = M + 1 }, "lowmem_limit is 100001: a page boundary" },
		{ { RANGES({ 16 * M, 64 * M, 0 }), .lowmem_limit = 16 * M },
		  "lowmem_limit is 1000000: no RAM is below" },
		{ { .dma_limit = M + 1 }, "dma_limit is 100001: a page boundary" },
		{ { .dma_limit = 32 * M, .dma32_limit = 16 * M }, "dma_limit is above dma32_limit" },
		{ { .tlb = { .l1_entries = 64 } }, "tlb.l1: 64 entries cannot be sets of 0" },
		{ { .tlb = { .l2_entries = 64, .l2_ways = 5 } }, "tlb.l2: 64 entries cannot be" },
		{ { .tlb = { .l2_entries = 60, .l2_ways = 5 } }, "are 12 sets, no power of 2" },
		{ { .tlb = { .l1_entries = MACHINE_TLB_NONE, .l1_ways = 1 } }, "tlb.l1: 4294967295" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *text = refusal(&bad[i].config);

		if (!strstr(text, bad[i].text) || strncmp(text, "machine_create: ", 16) ||
		    strchr(text, '\n') != text + strlen(text) - 1)
			fail_msg("configuration %u: '%s', not '%s'", i, text, bad[i].text);
	}
	machine_destroy(NULL);
}

/* from MACHINE_DEFAULTS on a zero is meant as one */
static void test_exact_configs(void **state)
{
	struct machine_config c = MACHINE_DEFAULTS;
	struct machine *m;

	c.pages = machine_pages();		/* what there is may be counted on */
	assert_int_equal(c.pages.page_bytes, PAGE_SIZE);
	m = machine_create(&c);

	assert_non_null(m);
	assert_int_equal(m->facts.nr_cpus, 4);
	assert_int_equal(machine_destroy(m), 0);
	c.nr_cpus = 0;
	assert_non_null(strstr(refusal(&c), "nr_cpus is 0: a machine has at least one CPU"));
	c.nr_cpus = 1;
	c.nr_nodes = 0;
	assert_non_null(strstr(refusal(&c), "nr_nodes is 0"));
	c.nr_nodes = 1;
	c.ram_bytes = 0;
	assert_non_null(strstr(refusal(&c), "ram_bytes is 0"));
	c.ram_bytes = 16 * M;
	c.vmalloc_bytes = 0;
	assert_non_null(strstr(refusal(&c), "vmalloc_bytes is 0"));
	c.vmalloc_bytes = 16 * M;
	c.dma_limit = 0;
	assert_non_null(strstr(refusal(&c), "dma_limit is 0"));
	c.dma_limit = M;
	c.tlb.walk_entries = 0;
	assert_non_null(strstr(refusal(&c), "tlb.walk: 0 entries"));
	c.tlb.walk_entries = 4;
	c.seed = 0;				/* as good as any */
	m = machine_create(&c);
	assert_non_null(m);
	assert_int_equal(m->facts.nr_cpus, 1);
	assert_int_equal(machine_destroy(m), 0);
}

/* --- wrong calls ---------------------------------------------------------- */

struct stay {
	struct machine *machine;
	pthread_barrier_t in, out;
};

static void *stay_main(void *arg)
{
	struct stay *s = arg;

	machine_cpu_enter(s->machine, 2);
	pthread_barrier_wait(&s->in);
	pthread_barrier_wait(&s->out);
	machine_cpu_leave();
	return NULL;
}

static void test_wrong_calls(void **state)
{
	struct machine *m = machine_create(NULL), *other = machine_create(NULL);
	struct stay s = { .machine = m };
	pthread_t thread;

	expect_bug(machine_cpu_leave(), "machine_cpu_leave: this thread is in no machine");
	expect_bug(machine_cpu_enter(m, 4), "there is no CPU 4, the machine has 4");
	machine_cpu_enter(m, 1);
	expect_bug(machine_cpu_enter(other, 0), "this thread is CPU 1 of another machine");
	expect_bug(machine_cpu_enter(m, 0), "this thread is CPU 1 of this machine");
	expect_bug(machine_destroy(m), "machine_destroy: CPU 1 is in use by a thread");
	expect_bug((void)!machine_create(NULL), "machine_create: this thread is in a machine");
	machine_cpu_leave();
	pthread_barrier_init(&s.in, NULL, 2);
	pthread_barrier_init(&s.out, NULL, 2);
	assert_int_equal(pthread_create(&thread, NULL, stay_main, &s), 0);
	pthread_barrier_wait(&s.in);
	expect_bug(machine_cpu_enter(m, 2), "CPU 2 is in use by another thread");
	expect_bug(machine_destroy(m), "machine_destroy: CPU 2 is in use by a thread");
	pthread_barrier_wait(&s.out);
	pthread_join(thread, NULL);
	assert_int_equal(machine_destroy(m), 0);
	assert_int_equal(machine_destroy(other), 0);
}

/* Two threads, a machine each, at the same time: what one does the other never sees. */
struct world {
	pthread_t thread;
	unsigned int id;
	unsigned long pages;		/* of RAM that the machine has */
	int errors;
};

static void world_step(struct world *w, struct mm_struct *mm, unsigned int round)
{
	const struct mmap_request req = { .len = 16 * PAGE_SIZE, .flags = MAP_PRIVATE | MAP_ANONYMOUS,
					  .prot = PROT_READ | PROT_WRITE };
	unsigned long at = vm_mmap(mm, &req), i;
	u64 in, out = (u64)w->id << 32 | round;
	u64 *kernel = vmalloc(3 * PAGE_SIZE), *object = kmalloc(200, GFP_KERNEL);

	w->errors += IS_ERR_VALUE(at) || !kernel || !object;
	*object = kernel[600] = out;
	for (i = 0; !w->errors && i < 16; i++) {
		w->errors += put_user(out + i, (u64 *)(at + i * PAGE_SIZE)) != 0;
		w->errors += get_user(in, (u64 *)(at + i * PAGE_SIZE)) || in != out + i;
	}
	w->errors += *object != out || kernel[600] != out;
	w->errors += vm_munmap(mm, at, 16 * PAGE_SIZE) != 0;
	vfree(kernel);
	kfree(object);
}

static void *world_main(void *arg)
{
	struct world *w = arg;
	struct machine_config config = { .ram_bytes = (16ul + 8 * w->id) << 20, .slab_fast = true };
	struct machine *m = machine_create(&config);
	struct mm_struct *mm;
	unsigned int round;

	machine_cpu_enter(m, w->id);
	w->pages = totalram_pages();
	mm = mm_alloc();
	arch_pick_mmap_layout(mm, 8ul << 20);
	host_use_mm(mm);
	for (round = 0; round < 300; round++)
		world_step(w, mm, round);
	host_use_mm(NULL);
	mmput(mm);
	slab_check();
	vmalloc_check();
	machine_cpu_leave();
	w->errors += machine_destroy(m) != 0;
	return NULL;
}

static void test_two_at_once(void **state)
{
	struct world w[2] = { { .id = 0 }, { .id = 1 } };
	int i;

	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&w[i].thread, NULL, world_main, &w[i]), 0);
	for (i = 0; i < 2; i++)
		pthread_join(w[i].thread, NULL);
	assert_int_equal(w[0].errors + w[1].errors, 0);
	assert_true(w[0].pages > 15 << 8 && w[0].pages <= 16 << 8);
	assert_true(w[1].pages > 23 << 8 && w[1].pages <= 24 << 8);
}

/* A failure that another thread asks for meets a CPU that is in the machine already. */
static void *ask_for_failure(void *machine)
{
	host_fail_nth(machine, 1, false);
	return NULL;
}

static void test_failure_from_outside(void **state)
{
	struct machine_config config = { .ram_bytes = 16ul << 20, .slab_fast = true };
	struct machine *m = machine_create(&config);
	pthread_t thread;

	assert_non_null(m);
	machine_cpu_enter(m, 0);
	kfree(kmalloc(64, GFP_KERNEL));		/* the next one is at hand */
	assert_int_equal(pthread_create(&thread, NULL, ask_for_failure, m), 0);
	pthread_join(thread, NULL);
	assert_null(kmalloc(64, GFP_KERNEL));
	host_fail_nth(m, 0, false);
	kfree(kmalloc(64, GFP_KERNEL));
	machine_cpu_leave();
	assert_int_equal(host_failures(m), 1);
	assert_int_equal(machine_destroy(m), 0);
}

/* --- the end: did everything come back? --------------------------------- */

/* a block of pages is aligned by its address too: kmalloc(8192) relies on it */
static void test_direct_map_aligned(void **state)
{
	struct machine *m;
	int i;

	for (i = 0; i < 8; i++) {
		struct machine_config config = { .ram_bytes = (16ul << 20) + i * 5 * PAGE_SIZE };

		m = machine_create(&config);
		machine_cpu_enter(m, 0);
		assert_int_equal((unsigned long)__va(0) % (PAGE_SIZE << (MAX_ORDER - 1)), 0);
		machine_cpu_leave();
		assert_int_equal(machine_destroy(m), 0);
	}
}

static void test_leaks(void **state)
{
	struct machine *m = machine_create(NULL);
	struct host_leaks leaks;
	struct page *page;
	void *object, *area;

	assert_true(host_leak_check(m, &leaks));
	machine_cpu_enter(m, 2);
	page = alloc_pages(GFP_KERNEL, 3);
	object = kmalloc(100, GFP_KERNEL);
	area = vmalloc(5 * PAGE_SIZE);
	machine_cpu_leave();
	assert_false(host_leak_check(m, &leaks));
	assert_in_range(leaks.pages, 8 + 5 + 1, 8 + 5 + 5);
	assert_true(leaks.objects >= 3);
	machine_cpu_enter(m, 1);		/* freed by another CPU than it came from */
	__free_pages(page, 3);
	kfree(object);
	machine_cpu_leave();
	assert_false(host_leak_check(m, &leaks));
	assert_in_range(leaks.pages, 5, 10);
	machine_cpu_enter(m, 3);
	vfree(area);
	machine_cpu_leave();
	assert_true(host_leak_check(m, &leaks));
	assert_int_equal(machine_destroy(m), 0);

	m = machine_create(NULL);
	machine_cpu_enter(m, 0);
	object = kmalloc(3000, GFP_KERNEL);
	machine_cpu_leave();
	assert_int_equal(machine_destroy(m), -EBUSY);
}

static void test_reserved(void **state)
{
	static const struct machine_range reserved[] = { { 8ul << 20, 12ul << 20, 0 } };
	struct machine_config config = { .reserved = reserved, .nr_reserved = 1 };
	struct machine *m = machine_create(&config);
	unsigned long pfn;

	assert_non_null(m);
	machine_cpu_enter(m, 0);
	for (pfn = PFN_DOWN(8ul << 20); pfn < PFN_DOWN(12ul << 20); pfn++)
		assert_true(PageReserved(pfn_to_page(pfn)));
	assert_true(totalram_pages() <= (60ul << 20) >> PAGE_SHIFT);
	machine_cpu_leave();
	assert_int_equal(machine_destroy(m), 0);
}

static void test_cpu_is_exclusive(void **state)
{
	struct machine *m = *state;

	assert_int_equal(smp_processor_id(), 0);
	quire_switch_cpu(3);
	assert_int_equal(smp_processor_id(), 3);
	machine_cpu_leave();
	expect_bug(machine_cpu_enter(m, 4), "there is no CPU 4, the machine has 4");
	machine_cpu_enter(m, 1);
	expect_bug(machine_cpu_enter(m, 2), "this thread is CPU 1 of this machine");
}

/* the second node: a little in ZONE_DMA32, a little above; a hosted 32-bit machine is small */
#define FAR_UNIT	(1ul << (BITS_PER_LONG == 64 ? 30 : 27))
#define LAST_START	(BITS_PER_LONG == 64 ? 5 * FAR_UNIT : 3 * FAR_UNIT)

static int setup_hole(void **state)
{
	static const struct machine_range ranges[] = {
		{ 1ul << 20, 64ul << 20, 0 }, { FAR_UNIT, FAR_UNIT + (64ul << 20), 1 },
		{ LAST_START, LAST_START + (32ul << 20), 1 } };
	struct machine_config config = { .ranges = ranges, .nr_ranges = 3, .nr_nodes = 2,
					 .dma32_limit = 2 * FAR_UNIT };

	return quire_setup_config(state, &config);
}

static void test_ranges(void **state)
{
	struct page *page;

	assert_true(pfn_valid(PFN_DOWN(2ul << 20)));
	assert_true(pfn_valid(PFN_DOWN(FAR_UNIT)));
	assert_true(pfn_valid(PFN_DOWN(LAST_START)));
	assert_false(pfn_valid(PFN_DOWN(2 * FAR_UNIT)));
	assert_false(pfn_valid(PFN_DOWN(4 * FAR_UNIT)));
	assert_false(pfn_valid(PFN_DOWN(6 * FAR_UNIT)));
	assert_false(pfn_valid(ULONG_MAX));
	page = alloc_pages_node(1, GFP_KERNEL, 0);
	assert_int_equal(page_zonenum(page), ZONE_NORMAL);	/* node 1's best */
	assert_true(page_to_phys(page) >= LAST_START);
	assert_ptr_equal(virt_to_page(page_address(page)), page);
	assert_int_equal(__pa(page_address(page)), page_to_phys(page));
	__free_page(page);
	page = alloc_page(GFP_KERNEL | GFP_DMA);
	assert_true(page_to_phys(page) < 16ul << 20);
	__free_page(page);
	assert_int_equal(page_to_nid(memmap_ready(PFN_DOWN(FAR_UNIT))), 1);
}

static void test_deterministic(void **state)
{
	struct machine_config config = { .seed = 42, .virtual_clock = true };
	u64 first[8], now;
	int round, i;

	machine_cpu_leave();
	for (round = 0; round < 2; round++) {
		struct machine *m = machine_create(&config);

		machine_cpu_enter(m, 0);
		for (i = 0; i < 8; i++) {
			u64 r = port_random_ull();

			if (!round)
				first[i] = r;
			else
				assert_true(first[i] == r);
		}
		now = port_clock_ns();
		host_clock_advance(1000);
		assert_true(port_clock_ns() == now + 1000);
		machine_cpu_leave();
		machine_destroy(m);
	}
	machine_cpu_enter(*state, 0);
}

/* --- the MMU, on tables made by hand ------------------------------------ */

#if __SIZEOF_LONG__ == 8
#define UADDR	0x7f0012345000ul
#define UADDR_FAR	(UADDR + (1ul << 40))
#else
#define UADDR	0x7f045000ul
#define UADDR_FAR	(UADDR + (1ul << 30))
#endif

struct space {
	struct mm_struct mm;
	pte_t *pte;			/* of UADDR; the next pages follow */
	unsigned long tables[4];
};

static void space_make(struct space *sp, unsigned long table_bits)
{
	int i;

	memset(sp, 0, sizeof(*sp));
	for (i = 0; i < 4; i++)
		sp->tables[i] = get_zeroed_page(GFP_KERNEL);
	sp->mm.pgd = (pgd_t *)sp->tables[0];
	arch_mm_context_init(&sp->mm);
	sp->mm.pgd[pgd_index(UADDR)] = __pgd(__pa(sp->tables[1]) | table_bits);
	*pud_offset(pgd_offset(&sp->mm, UADDR), UADDR) = __pud(__pa(sp->tables[2]) | table_bits);
	*pmd_offset(pud_offset(pgd_offset(&sp->mm, UADDR), UADDR), UADDR) =
		__pmd(__pa(sp->tables[3]) | table_bits);
	sp->pte = (pte_t *)sp->tables[3] + pte_index(UADDR);
}

static void space_free(struct space *sp)
{
	int i;

	host_use_mm(NULL);
	arch_mm_context_destroy(&sp->mm);
	for (i = 0; i < 4; i++)
		free_page(sp->tables[i]);
}

static void walk_copy_out(void *at, void *arg, size_t bytes)
{
	memcpy(arg, at, bytes);
}

static void walk_copy_in(void *at, void *arg, size_t bytes)
{
	memcpy(at, arg, bytes);
}

/* arch/host's own entry: one access without the fault handler */
int host_tlb_access(struct mm_struct *mm, unsigned long addr, size_t bytes, unsigned int write,
		    void (*access)(void *, void *, size_t), void *arg);

static int peek(struct space *sp, unsigned long addr, char *c)
{
	host_use_mm(&sp->mm);
	return host_tlb_access(&sp->mm, addr, 1, false, walk_copy_out, c);
}

static int poke(struct space *sp, unsigned long addr, char c)
{
	host_use_mm(&sp->mm);
	return host_tlb_access(&sp->mm, addr, 1, true, walk_copy_in, &c);
}

static void test_walk(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	char *direct = page_address(page), c = 1;
	struct space sp;

	space_make(&sp, _PAGE_TABLE);
	assert_int_equal(peek(&sp, UADDR, &c), -EFAULT);
	assert_int_equal(peek(&sp, UADDR_FAR, &c), -EFAULT);
	set_pte(sp.pte, pfn_pte(page_to_pfn(page), PAGE_READONLY));
	set_pte(sp.pte, pte_mkold(*sp.pte));
	assert_int_equal(peek(&sp, UADDR + 5, &c), 0);
	assert_int_equal(c, 0);
	assert_true(pte_young(*sp.pte) && !pte_dirty(*sp.pte));
	assert_int_equal(poke(&sp, UADDR + 5, 9), -EFAULT);
	assert_int_equal(direct[5], 0);
	set_pte(sp.pte, pfn_pte(page_to_pfn(page), PAGE_SHARED));
	assert_int_equal(poke(&sp, UADDR + 5, 9), 0);	/* more permissive: no flush needed */
	assert_int_equal(direct[5], 9);
	assert_true(pte_dirty(*sp.pte));
	/* kernel-only entries and PROT_NONE are no user's */
	flush_tlb_mm(&sp.mm);
	set_pte(sp.pte, pfn_pte(page_to_pfn(page), PAGE_KERNEL));
	assert_int_equal(peek(&sp, UADDR, &c), -EFAULT);
	set_pte(sp.pte, pfn_pte(page_to_pfn(page), PAGE_NONE));
	assert_int_equal(peek(&sp, UADDR, &c), -EFAULT);
	space_free(&sp);
	__free_page(page);
}

static void test_supervisor_tables(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct space sp;
	char c;

	space_make(&sp, _KERNPG_TABLE);
	set_pte(sp.pte, pfn_pte(page_to_pfn(page), PAGE_SHARED));
	assert_int_equal(peek(&sp, UADDR, &c), -EFAULT);
	space_free(&sp);
	__free_page(page);
}

static void test_large_page(void **state)
{
	const unsigned int order = PMD_SHIFT - PAGE_SHIFT;
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_COMP, order);
	unsigned long base = UADDR & PMD_MASK;
	struct space sp;
	pmd_t *pmd;
	char c = 1;

	space_make(&sp, _PAGE_TABLE);
	pmd = pmd_offset(pud_offset(pgd_offset(&sp.mm, base), base), base);
	set_pmd(pmd, __pmd(page_to_phys(page) | _PAGE_PSE | pgprot_val(PAGE_SHARED)));
	assert_int_equal(poke(&sp, base + 300 * PAGE_SIZE + 7, 5), 0);
	assert_int_equal(((char *)page_address(page))[300 * PAGE_SIZE + 7], 5);
	assert_true(pmd_val(*pmd) & _PAGE_DIRTY);
	assert_int_equal(peek(&sp, base, &c), 0);
	assert_int_equal(c, 0);
	space_free(&sp);
	__free_pages(page, order);
}

/* the TLB keeps what it knows until it is flushed: a forgotten flush shows */
static void test_stale_translation(void **state)
{
	struct page *a = alloc_page(GFP_KERNEL), *b = alloc_page(GFP_KERNEL);
	struct host_stats before, after;
	struct space sp;
	char c;

	memset(page_address(a), 'a', PAGE_SIZE);
	memset(page_address(b), 'b', PAGE_SIZE);
	space_make(&sp, _PAGE_TABLE);
	set_pte(sp.pte, pfn_pte(page_to_pfn(a), PAGE_READONLY));
	assert_int_equal(peek(&sp, UADDR, &c), 0);
	set_pte(sp.pte, pfn_pte(page_to_pfn(b), PAGE_READONLY));
	assert_int_equal(peek(&sp, UADDR, &c), 0);
	assert_int_equal(c, 'a');
	flush_tlb_mm_range(&sp.mm, UADDR + PAGE_SIZE, UADDR + 2 * PAGE_SIZE, false);
	assert_int_equal(peek(&sp, UADDR, &c), 0);
	assert_int_equal(c, 'a');			/* not in the range */
	host_get_stats(*state, &before);
	flush_tlb_mm_range(&sp.mm, UADDR, UADDR + PAGE_SIZE, false);
	assert_int_equal(peek(&sp, UADDR, &c), 0);
	assert_int_equal(c, 'b');
	host_get_stats(*state, &after);
	assert_int_equal(after.tlb_range_flushes, before.tlb_range_flushes + 1);
	assert_int_equal(after.tlb_walks, before.tlb_walks + 1);
	pte_clear(sp.pte);
	local_flush_tlb_page(&sp.mm, UADDR);
	assert_int_equal(peek(&sp, UADDR, &c), -EFAULT);
	space_free(&sp);
	__free_page(a);
	__free_page(b);
}

/* a flush reaches every CPU, and spaces do not see each other's translations */
static void test_flush_other_cpus(void **state)
{
	struct page *a = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct space sp, other;
	char c;

	space_make(&sp, _PAGE_TABLE);
	space_make(&other, _PAGE_TABLE);
	set_pte(sp.pte, pfn_pte(page_to_pfn(a), PAGE_READONLY));
	quire_switch_cpu(2);
	assert_int_equal(peek(&sp, UADDR, &c), 0);
	assert_int_equal(peek(&other, UADDR, &c), -EFAULT);
	quire_switch_cpu(0);
	pte_clear(sp.pte);
	flush_tlb_mm(&sp.mm);
	quire_switch_cpu(2);
	assert_int_equal(peek(&sp, UADDR, &c), -EFAULT);
	space_free(&sp);
	space_free(&other);
	__free_page(a);
}

static void test_no_mm(void **state)
{
	char c = 0;

	assert_null(host_current_mm());
	assert_int_equal(copy_to_user((void *)UADDR, &c, 1), 1);
	assert_int_equal(copy_from_user(&c, (void *)UADDR, 1), 1);
	assert_int_equal(put_user((int)1, (int *)UADDR), -EFAULT);
	assert_false(access_ok((void *)TASK_SIZE_MAX, 1));
	assert_false(access_ok((void *)0x1000, ULONG_MAX));
	assert_true(access_ok((void *)(TASK_SIZE_MAX - 1), 1));
}

/* the real thing: an address space of mm/vm behind the accessors */
static void test_user_memory(void **state)
{
	const struct mmap_request req = { .len = 8 * PAGE_SIZE, .prot = PROT_READ | PROT_WRITE,
					  .flags = MAP_PRIVATE | MAP_ANONYMOUS };
	struct mm_struct *mm = mm_alloc();
	char out[5000], in[5000], s[8];
	struct host_stats stats;
	unsigned long at;
	unsigned int word;
	int i;

	assert_non_null(mm);
	arch_pick_mmap_layout(mm, 8ul << 20);
	at = vm_mmap(mm, &req);
	assert_false(IS_ERR_VALUE(at));
	host_use_mm(mm);
	for (i = 0; i < 5000; i++)
		out[i] = i % 251;
	assert_int_equal(copy_to_user((void *)(at + 100), out, 5000), 0);
	assert_int_equal(copy_from_user(in, (void *)(at + 100), 5000), 0);
	assert_memory_equal(in, out, 5000);
	assert_int_equal(put_user(0x12345678u, (unsigned int *)(at + 4094)), 0);
	assert_int_equal(get_user(word, (unsigned int *)(at + 4094)), 0);
	assert_int_equal(word, 0x12345678);
	assert_int_equal(clear_user((void *)at, 8 * PAGE_SIZE), 0);
	assert_int_equal(copy_to_user((void *)at, "hello", 6), 0);
	assert_int_equal(strncpy_from_user(s, (void *)at, 8), 5);
	assert_string_equal(s, "hello");
	assert_int_equal(strncpy_from_user(s, (void *)at, 3), 3);
	assert_int_equal(strnlen_user((void *)at, 100), 6);
	assert_int_equal(strnlen_user((void *)at, 3), 4);
	/* past the end: the part that fits is done */
	assert_int_equal(copy_to_user((void *)(at + 8 * PAGE_SIZE - 10), out, 25), 15);
	assert_int_equal(copy_from_user(in, (void *)(at + 8 * PAGE_SIZE), 4), 4);
	assert_int_equal(in[0] | in[3], 0);
	assert_int_equal(strncpy_from_user(s, (void *)8, 8), -EFAULT);
	assert_int_equal(strnlen_user((void *)8, 8), 0);
	host_get_stats(*state, &stats);
	assert_true(stats.faults >= 8 && stats.tlb_hits > 0);
	assert_int_equal(vm_munmap(mm, at, 8 * PAGE_SIZE), 0);
	assert_int_equal(copy_from_user(in, (void *)at, 1), 1);
	host_use_mm(NULL);
	mmput(mm);
}

/* --- threads that sleep ------------------------------------------------- */

struct counter {
	struct mutex lock;
	unsigned long n;
};

static void count(unsigned int cpu, void *arg)
{
	struct counter *c = arg;
	unsigned long seen;
	int i;

	for (i = 0; i < 2000; i++) {
		mutex_lock(&c->lock);
		seen = READ_ONCE(c->n);
		if (i % 50 == 0)
			cpu_relax();
		WRITE_ONCE(c->n, seen + 1);
		mutex_unlock(&c->lock);
	}
}

static void test_mutex(void **state)
{
	struct counter c = { .n = 0 };

	mutex_init(&c.lock);
	quire_run_cpus(4, count, &c);
	assert_int_equal(c.n, 8000);
}

/* a wake between prepare and block is not lost */
static void test_wake_before_block(void **state)
{
	port_block_prepare();
	port_wake(port_self());
	port_block();
	port_block_prepare();
	port_block_cancel();
}

/* --- log, bugs, limits -------------------------------------------------- */

static void test_log(void **state)
{
	int i;

	host_log_clear(*state);
	pr_info("hello %d\n", 5);
	assert_string_equal(host_log_text(*state), "hello 5\n");
	for (i = 0; i < 20000; i++)
		printk("line %d\n", i);
	assert_log_has(*state, "line 19999\n");
	assert_true(strlen(host_log_text(*state)) < 65536);
	host_log_clear(*state);
	assert_string_equal(host_log_text(*state), "");
}

static void test_bug_hook(void **state)
{
	spinlock_t lock;

	expect_bug(mm_bug_on(1 + 1 == 2), "1 + 1 == 2");
	spin_lock_init(&lock);
	spin_lock(&lock);
	expect_bug(spin_lock(&lock), "D1: lock taken by the CPU that holds it");
	/* to leave and enter again clears what the bug left held */
	quire_switch_cpu(0);
	spin_lock_init(&lock);
	spin_lock(&lock);
	spin_unlock(&lock);
	WARN_ON(lock.locked == 12345);
	assert_int_equal(host_warnings(*state), 0);
	WARN_ON(lock.locked != 12345);
	assert_int_equal(host_warnings(*state), 1);
}

static void test_limits(void **state)
{
	assert_int_equal(port_rlimit(3), 8ul << 20);
	assert_true(port_rlimit(9) == ULONG_MAX);
	host_set_rlimit(9, 1 << 20);
	assert_int_equal(port_rlimit(9), 1 << 20);
	assert_false(port_capable_admin());
	host_set_capable_admin(true);
	assert_true(port_capable_admin());
	assert_false(port_fatal_signal_pending());
	host_set_fatal_signal(true);
	assert_true(port_fatal_signal_pending());
	quire_switch_cpu(1);
	assert_false(port_fatal_signal_pending());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_machines), cmocka_unit_test(test_bad_configs),
		cmocka_unit_test(test_exact_configs), cmocka_unit_test(test_wrong_calls),
		cmocka_unit_test(test_two_at_once),
		cmocka_unit_test(test_failure_from_outside),
		cmocka_unit_test(test_direct_map_aligned), cmocka_unit_test(test_leaks),
		cmocka_unit_test(test_reserved),
		quire_unit_test(test_cpu_is_exclusive),
		cmocka_unit_test_setup_teardown(test_ranges, setup_hole, quire_teardown),
		quire_unit_test(test_deterministic), quire_unit_test(test_walk),
		quire_unit_test(test_supervisor_tables), quire_unit_test(test_large_page),
		quire_unit_test(test_stale_translation), quire_unit_test(test_flush_other_cpus),
		quire_unit_test(test_no_mm), quire_unit_test(test_user_memory),
		quire_unit_test(test_mutex),
		quire_unit_test(test_wake_before_block), quire_unit_test(test_log),
		quire_unit_test(test_bug_hook), quire_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
