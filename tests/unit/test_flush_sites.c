// SPDX-License-Identifier: MIT
/*
 * test_flush_sites.c - each TLB flush of mm/ is needed: it is taken away, and something
 * goes wrong that went right with it.
 *
 * For each operation below: it is done with all its flushes, and nothing is stale. Then
 * on a fresh machine with the 1st of them swallowed, with the 2nd, and so on; then a CPU
 * must go on with a translation that is not true any more (host_tlb_check()), and where
 * the operation has a probe, that must see another result or hit memory that was freed.
 *
 * Not counted are flushes of one page on this CPU after more was permitted: without them
 * a fault comes once too often (test_tlb.c, test_spurious).
 *
 * A site is "file function": the function with the call. tests/host_tests.py compares the
 * sites named here with the calls that there are.
 */
#include "vm_test.h"
#include <pthread.h>
#include <linux/highmem.h>
#include <linux/mempolicy.h>
#include <linux/vmalloc.h>
#include "mm/internal.h"

#define FIXED	(PRIV | MAP_FIXED)
#define M2	(2ul << 20)
#define PUNCH	(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)
#define SPOT	(BASE + 5 * K4)	/* not at the start of a table */
#define MANY	100		/* pages: more than a gather holds without memory of its own */

struct world {
	struct machine *machine;
	struct mm_struct *mm, *child;
	struct file *file;
	void *place;
	pthread_t reader;		/* runs on CPU 1 all the time */
	bool reading;
	pthread_barrier_t turn;
	long read;
};

struct operation {
	const char *name, *site;
	void (*prepare)(struct world *w);
	void (*act)(struct world *w);
	long (*probe)(struct world *w);		/* NULL: nothing but host_tlb_check() */
};

/* --- what there is before ------------------------------------------------------- */

static void touch(struct world *w, unsigned long addr, unsigned long pages)
{
	assert_int_equal(vm_map(w->mm, addr, pages * K4, RW, FIXED), addr);
	for (; pages--; addr += K4)
		assert_int_equal(vm_poke(addr, 1), 0);
}

static void four_pages(struct world *w) { touch(w, BASE, 4); }
static void many_pages(struct world *w) { touch(w, BASE, MANY); }

static void whole_table(struct world *w)
{
	assert_int_equal(vm_map(w->mm, BASE, 2 * M2, RW, FIXED), BASE);
	assert_int_equal(vm_poke(BASE, 1), 0);
}

static void a_file(struct world *w)
{
	w->file = shmem_file_setup("f", 4 * K4, VM_NORESERVE);
	assert_int_equal(vm_map_file(w->mm, BASE, 4 * K4, RW, MAP_SHARED | MAP_FIXED, w->file, 0),
			 BASE);
	assert_int_equal(vm_poke(BASE, 1), 0);
	assert_int_equal(vm_poke(BASE + 3 * K4, 1), 0);
}

/* CPU 1 reads a page; CPU 0 does what it does; CPU 1 reads again. */
static void *reader(void *arg)
{
	struct quire_bug bug = { .text = "" };
	struct world *w = arg;

	machine_cpu_enter(w->machine, 1);
	host_use_mm(w->mm);
	vm_peek(SPOT);
	pthread_barrier_wait(&w->turn);
	pthread_barrier_wait(&w->turn);
	host_set_bug_hook(quire_bug_hook, &bug);
	w->read = -1;
	if (!setjmp(bug.env))
		w->read = vm_peek(SPOT);
	host_set_bug_hook(NULL, NULL);
	machine_cpu_leave();
	return NULL;
}

static void stop_reader(struct world *w)
{
	pthread_barrier_wait(&w->turn);
	pthread_join(w->reader, NULL);
	pthread_barrier_destroy(&w->turn);
	w->reading = false;
}

/* CPU 1 has read what the two address spaces share since the fork */
static void forked(struct world *w, unsigned long pages)
{
	int error;

	touch(w, BASE, pages);
	w->child = dup_mm(w->mm, &error);
	assert_non_null(w->child);
	pthread_barrier_init(&w->turn, NULL, 2);
	assert_int_equal(pthread_create(&w->reader, NULL, reader, w), 0);
	w->reading = true;
	pthread_barrier_wait(&w->turn);
}

static void small_fork(struct world *w) { forked(w, 8); }
static void large_fork(struct world *w) { forked(w, 400); }
static void an_area(struct world *w) { w->place = vmalloc(K4); }

/* --- what is done ----------------------------------------------------------------- */

static void do_munmap(struct world *w) { assert_int_equal(vm_munmap(w->mm, BASE, 4 * K4), 0); }
static void do_head(struct world *w) { assert_int_equal(vm_munmap(w->mm, BASE, 2 * K4), 0); }

static void do_map_over(struct world *w)
{
	assert_int_equal(vm_map(w->mm, BASE, 4 * K4, RW, FIXED), BASE);
}

static void do_read_only(struct world *w)
{
	assert_int_equal(vm_mprotect(w->mm, BASE, 4 * K4, PROT_READ), 0);
}

static void do_no_access(struct world *w)
{
	assert_int_equal(vm_mprotect(w->mm, BASE, 4 * K4, PROT_NONE), 0);
}

static void move_to(struct world *w, unsigned long to, unsigned long len)
{
	assert_int_equal(vm_mremap(w->mm, BASE, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
}

static void do_move(struct world *w) { move_to(w, BASE + 64 * K4, 4 * K4); }
static void do_move_table(struct world *w) { move_to(w, BASE + 4 * M2, 2 * M2); }

static void do_shrink(struct world *w)
{
	assert_int_equal(vm_mremap(w->mm, BASE, 4 * K4, K4, 0, 0), BASE);
}

static void do_dontneed(struct world *w)
{
	assert_int_equal(vm_madvise(w->mm, BASE, 4 * K4, MADV_DONTNEED), 0);
}

static void do_free(struct world *w)
{
	assert_int_equal(vm_madvise(w->mm, BASE, 4 * K4, MADV_FREE), 0);
}

static void do_remove(struct world *w)
{
	assert_int_equal(vm_madvise(w->mm, BASE, K4, MADV_REMOVE), 0);
}

/* the gather finds no memory, and flushes each time that its own room is full */
static void do_without_memory(struct world *w)
{
	host_fail_nth(w->machine, 1, true);
	assert_int_equal(vm_madvise(w->mm, BASE, MANY * K4, MADV_DONTNEED), 0);
	host_fail_nth(w->machine, 0, false);
}

static void do_punch(struct world *w)
{
	assert_int_equal(shmem_fallocate(w->file, PUNCH, 3 * K4, K4), 0);
}

static void do_truncate(struct world *w)
{
	down_write(&w->file->f_inode->i_rwsem);
	truncate_setsize(w->file->f_inode, 2 * K4);
	up_write(&w->file->f_inode->i_rwsem);
}

static void do_fork(struct world *w)
{
	int error;

	w->child = dup_mm(w->mm, &error);
	assert_non_null(w->child);
}

static void do_write(struct world *w) { assert_int_equal(vm_poke(SPOT, 2), 0); }

static void do_exit(struct world *w)
{
	mmgrab(w->mm);
	mmput(w->mm);
}

static void do_clear_refs(struct world *w)
{
	assert_int_equal(vm_clear_refs(w->mm, CLEAR_REFS_SOFT_DIRTY), 0);
}

/* the place is given away again */
static void do_vfree(struct world *w)
{
	int i;

	vfree(w->place);
	vm_unmap_aliases();
	for (i = 0; i < 2; i++)
		w->place = vmalloc(K4);
}

/* --- what is seen afterwards ------------------------------------------------------- */

static long read_first(struct world *w) { return vm_peek(BASE); }
static long read_last(struct world *w) { return vm_peek(BASE + 3 * K4); }
static long write_first(struct world *w) { return vm_poke(BASE, 7); }

static long read_many(struct world *w)
{
	long sum = 0;
	int i;

	for (i = 0; i < MANY; i++)
		sum += vm_peek(BASE + i * K4);
	return sum;
}

/* what the parent writes is not the child's */
static long read_child(struct world *w)
{
	assert_int_equal(vm_poke(BASE, 2), 0);
	host_use_mm(w->child);
	return vm_peek(BASE);
}

static long read_elsewhere(struct world *w)
{
	stop_reader(w);
	return w->read;
}

#define GATHER	"gather.c tlb_flush_mmu"

static const struct operation operations[] = {
	{ "munmap", GATHER, four_pages, do_munmap, read_first },
	{ "munmap of a part", GATHER, four_pages, do_head, read_first },
	{ "mmap over it", GATHER, four_pages, do_map_over, read_first },
	{ "mprotect, read-only", "mprotect.c change_protection", four_pages, do_read_only,
	  write_first },
	{ "mprotect, none", "mprotect.c change_protection", four_pages, do_no_access, read_first },
	{ "mremap, elsewhere", "mremap.c move_page_tables", four_pages, do_move, read_first },
	{ "mremap, whole tables", "mremap.c move_page_tables", whole_table, do_move_table,
	  read_first },
	{ "mremap, smaller", GATHER, four_pages, do_shrink, read_last },
	{ "MADV_DONTNEED", GATHER, four_pages, do_dontneed, read_first },
	{ "MADV_FREE", GATHER, four_pages, do_free, read_first },
	{ "MADV_DONTNEED in parts", GATHER, many_pages, do_without_memory, read_many },
	{ "MADV_REMOVE", GATHER, a_file, do_remove, read_first },
	{ "a hole in a file", GATHER, a_file, do_punch, read_last },
	{ "truncate", GATHER, a_file, do_truncate, read_last },
	{ "fork", "fork.c dup_mmap", four_pages, do_fork, read_child },
	{ "fork, shared tables", "fork.c dup_mmap", many_pages, do_fork, read_child },
	{ "a write after fork", "fault.c fault_replace_page", small_fork, do_write,
	  read_elsewhere },
	{ "a write to a shared table", "share.c pt_unshare", large_fork, do_write,
	  read_elsewhere },
	{ "exit", GATHER, four_pages, do_exit, NULL },
	{ "clear_refs", "usage.c vm_clear_refs", four_pages, do_clear_refs, NULL },
	{ "vfree", "vmap_area.c window_purge", an_area, do_vfree, NULL },
};

/* --- the harness ------------------------------------------------------------------ */

struct outcome {
	bool swallowed;			/* the operation has so many flushes */
	bool local;			/* it was one of those that need not be */
	bool bug;
	unsigned int stale;
	long value;
};

/* Return: true when the machine found a bug. */
static bool guarded(const struct operation *op, struct world *w, struct outcome *o)
{
	struct quire_bug bug = { .text = "" };

	host_set_bug_hook(quire_bug_hook, &bug);
	if (!setjmp(bug.env)) {
		op->act(w);
		host_swallow_flush(w->machine, 0);
		o->stale = host_tlb_check(w->machine);
		o->value = op->probe ? op->probe(w) : 0;
	}
	host_set_bug_hook(NULL, NULL);
	return bug.text[0];
}

static struct outcome run(const struct operation *op, unsigned long nth)
{
	struct machine_config c = geometry_config(NULL);
	struct world w = { .mm = NULL };
	struct outcome o = { 0 };
	void *state;

	assert_int_equal(quire_setup_config(&state, &c), 0);
	w.machine = state;
	w.mm = mm_alloc();
	assert_non_null(w.mm);
	host_use_mm(w.mm);
	op->prepare(&w);
	host_swallow_flush(w.machine, nth);
	o.bug = guarded(op, &w, &o);
	o.swallowed = host_swallowed(w.machine);
	o.local = host_swallowed_local(w.machine);
	if (w.reading)
		stop_reader(&w);
	host_expect_leaks(w.machine);
	assert_int_equal(quire_teardown(&state), 0);
	return o;
}

static void check(const struct operation *op)
{
	struct outcome right = run(op, 0), o;
	unsigned long nth, needed = 0;

	if (right.bug || right.stale)
		fail_msg("%s: with all flushes: %s, %u stale", op->name, right.bug ? "a bug" : "ok",
			 right.stale);
	for (nth = 1; (o = run(op, nth)).swallowed; nth++) {
		if (o.local)
			continue;
		needed++;
		if (!o.bug && !o.stale)
			fail_msg("%s: nothing is stale without flush %lu", op->name, nth);
		if (!o.bug && op->probe && o.value == right.value)
			fail_msg("%s: nobody sees that flush %lu is missing", op->name, nth);
	}
	if (!needed)
		fail_msg("%s: no flush at all (%s)", op->name, op->site);
}

static void test_sites(void **state)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(operations); i++)
		check(&operations[i]);
}

/* --- a page that moves while somebody writes ----------------------------------------- */

/*
 * "move_pages.c move_to_copy": the entry is empty and flushed, the page copied, then
 * fault_replace_page() flushes once more and sets the new entry. In the end nothing is
 * stale with either of the two flushes. But without the first a CPU still writes to the
 * old page after it was copied, and what it wrote is lost.
 */
#define COUNT	20

static void mover(unsigned int cpu, void *arg)
{
	struct world *w = arg;
	int i;

	host_use_mm(w->mm);
	if (!cpu)
		vm_move_page(w->mm, BASE, !vm_page_node(w->mm, BASE), false);
	for (i = 0; cpu && i < COUNT; i++)
		vm_poke(BASE, vm_peek(BASE) + 1);
	host_use_mm(NULL);
}

static int count_after_move(unsigned long nth, u64 seed)
{
	struct machine_config c = { .nr_nodes = 2, .virtual_clock = true };
	struct world w = { .mm = NULL };
	struct virtual_cpus how = { .count = 2, .seed = seed, .stride = 2, .fn = mover, .arg = &w };
	void *state;
	int count;

	assert_int_equal(quire_setup_config(&state, &c), 0);
	w.machine = state;
	w.mm = mm_alloc();
	host_use_mm(w.mm);
	touch(&w, BASE, 1);
	assert_int_equal(vm_poke(BASE, 0), 0);
	machine_cpu_leave();
	host_swallow_flush(w.machine, nth);
	assert_int_equal(machine_run_virtual(w.machine, &how, NULL), 0);
	host_swallow_flush(w.machine, 0);
	machine_cpu_enter(w.machine, 0);
	host_use_mm(w.mm);
	count = vm_peek(BASE);
	host_use_mm(NULL);
	mmput(w.mm);
	assert_int_equal(quire_teardown(&state), 0);
	return count;
}

static void test_moving_page(void **state)
{
	unsigned int lost = 0;
	u64 seed;

	for (seed = 1; seed <= 40; seed++) {
		assert_int_equal(count_after_move(0, seed), COUNT);
		lost += count_after_move(1, seed) < COUNT;
	}
	assert_true(lost > 0);
}

/* --- slots of kmap() ------------------------------------------------------------------ */

#define TIMES	1500		/* more than there are slots */

/* "highmem.c pkmap_flush": slots are used again. */
static void map_again(void *state, unsigned long nth, struct quire_bug *bug)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	int i;

	host_swallow_flush(state, nth);
	host_set_bug_hook(quire_bug_hook, bug);
	if (!setjmp(bug->env))
		for (i = 0; i < TIMES; i++) {
			kmap(page);
			kunmap(page);
		}
	host_set_bug_hook(NULL, NULL);
	assert_int_equal(host_swallowed(state), nth);
	host_expect_leaks(state);
}

static void test_kmap_slots(void **state)
{
	struct quire_bug bug = { .text = "" };
	unsigned long nth;

	for (nth = 0; nth <= 1; nth++) {
		assert_int_equal(quire_setup(state), 0);
		if (zone_type_exists(ZONE_HIGHMEM)) {
			map_again(*state, nth, &bug);
			assert_int_equal(!!bug.text[0], nth);
		}
		assert_int_equal(quire_teardown(state), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sites), cmocka_unit_test(test_moving_page),
		cmocka_unit_test(test_kmap_slots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
