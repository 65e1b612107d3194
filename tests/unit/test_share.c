// SPDX-License-Identifier: MIT
/*
 * test_share.c - page tables that fork shares: every operation that changes entries, at
 * every position of a table, in every one of 2 to 4 processes, against arrays of bytes;
 * the same with each allocation failing; who copies a table and who takes it; what is
 * not shared; threads on both sides.
 */
#include "vm_test.h"
#include <linux/pagemap.h>

#define TABLES		3
#define PER_TABLE	(PMD_SIZE / K4)
#define PAGES		(TABLES * PER_TABLE)
#define START		(1ul << 30)		/* the border of a table */
#define ELSEWHERE	(START + 64 * PMD_SIZE)
#define MAX_PROCS	4
#define HOLE(i)		((i) % 7 == 3)		/* never touched before the fork */
#define ZERO(i)		((i) % 11 == 5)		/* only read before the fork */

/* what a process sees of a page: a byte, or -EFAULT */
struct proc {
	struct mm_struct *mm;
	short byte[PAGES];
	bool readonly[PAGES];
};

static struct proc procs[MAX_PROCS];
static unsigned int nr_procs;
static struct vm_test t;

static unsigned long at(unsigned long page)
{
	return START + page * K4;
}

static int first_byte(unsigned long i)
{
	return HOLE(i) || ZERO(i) ? 0 : 1 + i % 250;
}

static unsigned int shared_tables(const struct proc *p)
{
	return p->mm->shared_tables;
}

static void fork_proc(unsigned int from)
{
	struct proc *child = &procs[nr_procs++];
	int error;

	*child = procs[from];
	child->mm = dup_mm(procs[from].mm, &error);
	assert_non_null(child->mm);
}

/* a process with three full tables, forked until there are @nr; the last is a grandchild */
static void begin(unsigned int nr)
{
	unsigned long i;

	vm_begin(&t);
	this_machine()->tunables.fork_share_pages = 1;
	procs[0].mm = t.mm;
	nr_procs = 1;
	assert_int_equal(vm_map(t.mm, START, PAGES * K4, RW, PRIV | MAP_FIXED), START);
	for (i = 0; i < PAGES; i++) {
		procs[0].byte[i] = first_byte(i);
		procs[0].readonly[i] = false;
		if (ZERO(i) && !HOLE(i))
			assert_int_equal(vm_peek(at(i)), 0);
		else if (!HOLE(i))
			assert_int_equal(vm_poke(at(i), first_byte(i)), 0);
	}
	while (nr_procs < nr)
		fork_proc(nr_procs == 3 ? 2 : 0);
	for (i = 0; i < nr; i++) {
		assert_int_equal(shared_tables(&procs[i]), nr > 1 ? TABLES : 0);
		assert_int_equal(vm_rss(procs[i].mm), vm_rss(t.mm));
		assert_int_equal(atomic_long_read(&procs[i].mm->pgtables_bytes),
				 atomic_long_read(&t.mm->pgtables_bytes));
	}
}

static void end_proc(unsigned int n)
{
	if (procs[n].mm != t.mm)
		mmput(procs[n].mm);
	procs[n].mm = NULL;
}

static void end(void)
{
	unsigned int i;

	host_use_mm(t.mm);
	for (i = 1; i < nr_procs; i++)
		if (procs[i].mm)
			end_proc(i);
	vm_end(&t);
}

static void check_procs(const char *what)
{
	unsigned int i;
	unsigned long j;

	for (i = 0; i < nr_procs; i++) {
		if (!procs[i].mm)
			continue;
		vm_check(procs[i].mm);
		host_use_mm(procs[i].mm);
		for (j = 0; j < PAGES; j++)
			if (vm_peek(at(j)) != procs[i].byte[j])
				fail_msg("%s: process %u page %lu reads %d, not %d", what, i, j,
					 vm_peek(at(j)), procs[i].byte[j]);
		vm_check(procs[i].mm);
	}
}

/* --- the operations; each returns 0, or -E with nothing changed --------------------- */

static int op_write(struct proc *p, unsigned long from, unsigned long to)
{
	for (; from < to; from++) {
		if (vm_poke(at(from), 251))
			return -ENOMEM;
		p->byte[from] = 251;
	}
	return 0;
}

static int op_read(struct proc *p, unsigned long from, unsigned long to)
{
	for (; from < to; from++)
		if (vm_peek(at(from)) != p->byte[from])
			return -ENOMEM;
	return 0;
}

static void forget(struct proc *p, unsigned long from, unsigned long to, int byte)
{
	for (; from < to; from++)
		p->byte[from] = byte;
}

static int op_munmap(struct proc *p, unsigned long from, unsigned long to)
{
	int error = vm_munmap(p->mm, at(from), (to - from) * K4);

	if (!error)
		forget(p, from, to, -EFAULT);
	return error;
}

static int op_dontneed(struct proc *p, unsigned long from, unsigned long to)
{
	int error = vm_madvise(p->mm, at(from), (to - from) * K4, MADV_DONTNEED);

	if (!error)
		forget(p, from, to, 0);
	return error;
}

static int op_free(struct proc *p, unsigned long from, unsigned long to)
{
	int error = vm_madvise(p->mm, at(from), (to - from) * K4, MADV_FREE);

	if (!error)
		forget(p, from, to, 0);
	return error;
}

static int op_readonly(struct proc *p, unsigned long from, unsigned long to)
{
	int error = vm_mprotect(p->mm, at(from), (to - from) * K4, PROT_READ);

	if (error)
		return error;
	assert_int_equal(vm_poke(at(from), 1), -EFAULT);
	assert_int_equal(vm_poke(at(to - 1), 1), -EFAULT);
	return 0;
}

static int op_none(struct proc *p, unsigned long from, unsigned long to)
{
	int error = vm_mprotect(p->mm, at(from), (to - from) * K4, PROT_NONE);

	if (!error)
		forget(p, from, to, -EFAULT);
	return error;
}

/* there and back, so that the bytes are where they were */
static int move(struct proc *p, unsigned long from, unsigned long to, unsigned long where)
{
	unsigned long len = (to - from) * K4, got;

	got = vm_mremap(p->mm, at(from), len, len, MREMAP_MAYMOVE | MREMAP_FIXED, where);
	if (IS_ERR_VALUE(got))
		return got;
	assert_int_equal(got, where);
	vm_check(p->mm);
	assert_int_equal(vm_peek(where), p->byte[from]);
	assert_int_equal(vm_peek(where + len - K4), p->byte[to - 1]);
	assert_int_equal(vm_peek(at(from)), -EFAULT);
	host_fail_nth(this_machine(), 0, false);
	assert_int_equal(vm_mremap(p->mm, where, len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
				   at(from)), at(from));
	return 0;
}

static int op_move_whole(struct proc *p, unsigned long from, unsigned long to)
{
	return move(p, from, to, ELSEWHERE + from * K4);
}

static int op_move_askew(struct proc *p, unsigned long from, unsigned long to)
{
	return move(p, from, to, ELSEWHERE + (from + 100) * K4);
}

/* to where there is another shared table: the upper half of the three tables */
static int op_move_onto(struct proc *p, unsigned long from, unsigned long to)
{
	unsigned long len = (to - from) * K4, got, target = from + PER_TABLE;

	if (to + PER_TABLE > PAGES || to > target)
		target = from >= to - from ? from - (to - from) : PAGES - (to - from);
	if (target < to && target + (to - from) > from)
		return 0;
	got = vm_mremap(p->mm, at(from), len, len, MREMAP_MAYMOVE | MREMAP_FIXED, at(target));
	if (IS_ERR_VALUE(got))
		return got;
	for (; from < to; from++, target++) {
		p->byte[target] = p->byte[from];
		p->byte[from] = -EFAULT;
	}
	return 0;
}

static int op_dontunmap(struct proc *p, unsigned long from, unsigned long to)
{
	unsigned long len = (to - from) * K4, got;

	got = vm_mremap(p->mm, at(from), len, len,
			MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, ELSEWHERE);
	if (IS_ERR_VALUE(got))
		return got;
	assert_int_equal(vm_peek(ELSEWHERE), p->byte[from]);
	forget(p, from, to, 0);
	return 0;
}

static int op_mlock(struct proc *p, unsigned long from, unsigned long to)
{
	return vm_mlock(p->mm, at(from), (to - from) * K4, VM_LOCKED);
}

static int op_populate(struct proc *p, unsigned long from, unsigned long to)
{
	return vm_madvise(p->mm, at(from), (to - from) * K4, MADV_POPULATE_WRITE);
}

static int op_remote_write(struct proc *p, unsigned long from, unsigned long to)
{
	for (; from < to; from++) {
		char c = 99;

		if (access_remote_vm(p->mm, at(from), &c, 1, true) != 1)
			return -ENOMEM;
		p->byte[from] = 99;
	}
	return 0;
}

static int op_remote_read(struct proc *p, unsigned long from, unsigned long to)
{
	for (; from < to; from++) {
		unsigned char c;

		if (access_remote_vm(p->mm, at(from), &c, 1, false) != 1)
			return -ENOMEM;
		assert_int_equal(c, p->byte[from]);
	}
	return 0;
}

static int op_map_over(struct proc *p, unsigned long from, unsigned long to)
{
	unsigned long got = vm_map(p->mm, at(from), (to - from) * K4, RW, PRIV | MAP_FIXED);

	if (IS_ERR_VALUE(got))
		return got;
	forget(p, from, to, 0);
	return 0;
}

/* a file in the place, touched, then cut to nothing */
static int op_map_file(struct proc *p, unsigned long from, unsigned long to)
{
	struct file *file = shmem_file_setup("f", (to - from) * K4, VM_NORESERVE);
	unsigned long got;

	if (IS_ERR(file))
		return PTR_ERR(file);
	got = vm_map_file(p->mm, at(from), (to - from) * K4, RW, MAP_SHARED | MAP_FIXED, file, 0);
	if (IS_ERR_VALUE(got)) {
		fput(file);
		return got;
	}
	host_fail_nth(this_machine(), 0, false);
	assert_int_equal(vm_poke(at(from), 77), 0);
	down_write(&file->f_inode->i_rwsem);
	truncate_setsize(file->f_inode, 0);
	up_write(&file->f_inode->i_rwsem);
	forget(p, from, to, -EFAULT);
	fput(file);
	return 0;
}

static int op_fork(struct proc *p, unsigned long from, unsigned long to)
{
	struct mm_struct *child;
	int error;

	child = dup_mm(p->mm, &error);
	if (!child)
		return error;
	vm_check(child);
	host_use_mm(child);
	assert_int_equal(vm_peek(at(from)), p->byte[from]);
	host_fail_nth(this_machine(), 0, false);
	assert_int_equal(vm_poke(at(to - 1), 55), 0);
	vm_check(child);
	host_use_mm(p->mm);
	mmput(child);
	return 0;
}

static int op_dontfork(struct proc *p, unsigned long from, unsigned long to)
{
	struct mm_struct *child;
	int error = vm_madvise(p->mm, at(from), (to - from) * K4, MADV_DONTFORK);

	if (error)
		return error;
	host_fail_nth(this_machine(), 0, false);
	child = dup_mm(p->mm, &error);
	assert_non_null(child);
	vm_check(child);
	host_use_mm(child);
	assert_int_equal(vm_peek(at(from)), -EFAULT);
	if (from)
		assert_int_equal(vm_peek(at(from - 1)), p->byte[from - 1]);
	host_use_mm(p->mm);
	mmput(child);
	return 0;
}

static int op_mincore(struct proc *p, unsigned long from, unsigned long to)
{
	static unsigned char vec[PAGES];
	unsigned int before = shared_tables(p);
	unsigned long user = START - PMD_SIZE, i;
	int error;

	if (IS_ERR_VALUE(vm_map(p->mm, user, PAGE_SIZE, RW, PRIV | MAP_FIXED)))
		return -ENOMEM;
	error = vm_mincore(p->mm, at(from), (to - from) * K4, (unsigned char *)user);
	if (!error && copy_from_user(vec, (void *)user, to - from))
		error = -ENOMEM;
	host_fail_nth(this_machine(), 0, false);
	assert_int_equal(vm_munmap(p->mm, user, PAGE_SIZE), 0);
	if (error)
		return -ENOMEM;
	for (i = from; i < to; i++)		/* holes that were read are zero pages */
		assert_true(vec[i - from] || HOLE(i));
	assert_int_equal(shared_tables(p), before);
	return 0;
}

static int op_exit(struct proc *p, unsigned long from, unsigned long to)
{
	if (p->mm != t.mm) {
		host_use_mm(NULL);
		end_proc(p - procs);
	}
	return 0;
}

static const struct {
	const char *name;
	int (*fn)(struct proc *p, unsigned long from, unsigned long to);
} ops[] = {
	{ "write", op_write }, { "read", op_read }, { "munmap", op_munmap },
	{ "dontneed", op_dontneed }, { "free", op_free }, { "readonly", op_readonly },
	{ "none", op_none }, { "move whole", op_move_whole }, { "move askew", op_move_askew },
	{ "move onto", op_move_onto }, { "dontunmap", op_dontunmap }, { "mlock", op_mlock },
	{ "populate", op_populate }, { "remote write", op_remote_write },
	{ "remote read", op_remote_read }, { "map over", op_map_over },
	{ "map file", op_map_file }, { "fork", op_fork }, { "dontfork", op_dontfork },
	{ "mincore", op_mincore }, { "exit", op_exit },
};

static const struct {
	unsigned long from, to;
} places[] = {
	{ 0, 1 }, { PER_TABLE - 1, PER_TABLE }, { PER_TABLE / 2, PER_TABLE / 2 + 1 },
	{ PER_TABLE, PER_TABLE + 1 }, { 2 * PER_TABLE - 1, 2 * PER_TABLE },
	{ PAGES - 1, PAGES }, { PER_TABLE - 1, PER_TABLE + 1 },
	{ PER_TABLE, 2 * PER_TABLE }, { PER_TABLE - 1, 2 * PER_TABLE + 1 },
	{ 0, PER_TABLE }, { PER_TABLE / 2, 2 * PER_TABLE + PER_TABLE / 2 }, { 0, PAGES },
};

static void test_operations(void **state)
{
	unsigned int op, place, nr, who;
	char what[64];

	for (op = 0; op < ARRAY_SIZE(ops); op++) {
		for (place = 0; place < ARRAY_SIZE(places); place++) {
			nr = 2 + (op + place) % 3;
			who = (op + place / 3) % nr;
			snprintf(what, sizeof(what), "%s %u in %u of %u", ops[op].name, place,
				 who, nr);
			begin(nr);
			host_use_mm(procs[who].mm);
			if (ops[op].fn(&procs[who], places[place].from, places[place].to))
				fail_msg("%s failed", what);
			check_procs(what);
			end();
		}
	}
}

/* the same operation in one process after the other, until nothing is shared */
static void test_everybody(void **state)
{
	unsigned int op, who;

	for (op = 0; op < ARRAY_SIZE(ops); op++) {
		begin(MAX_PROCS);
		for (who = 0; who < MAX_PROCS; who++) {
			host_use_mm(procs[who].mm);
			if (ops[op].fn(&procs[who], PER_TABLE - 2, 2 * PER_TABLE + 2))
				fail_msg("%s failed", ops[op].name);
			check_procs(ops[op].name);
		}
		end();
	}
}

static void test_failures(void **state)
{
	static const unsigned char some[] = { 0, 6, 8, 10 };
	/* with larger tables, of which most is in high memory, a few of the combinations */
	unsigned int op, i, step = PER_TABLE > 512 ? 5 : 1;
	unsigned long nth, before;

	for (op = 0; op < ARRAY_SIZE(ops); op++) {
		for (i = op % step; i < 2 * ARRAY_SIZE(some); i += step) {
			unsigned int place = some[i / 2];
			bool met = true;

			for (nth = 1; met; nth += nth < 12 ? 1 : 97) {
				int ret;

				begin(3);
				before = host_failures(this_machine());
				host_use_mm(procs[1].mm);
				host_fail_nth(this_machine(), nth, i & 1);
				ret = ops[op].fn(&procs[1], places[place].from, places[place].to);
				host_fail_nth(this_machine(), 0, false);
				met = host_failures(this_machine()) != before;
				if (ret && !met)
					fail_msg("%s %u: %d", ops[op].name, place, ret);
				check_procs(ops[op].name);
				end();
			}
		}
	}
}

/* --- who copies, who takes over ------------------------------------------------------- */

static void test_take_over(void **state)
{
	unsigned long free_pages, i;

	begin(2);
	end_proc(1);
	host_use_mm(t.mm);
	free_pages = nr_free_pages();
	for (i = 0; i < PAGES; i++)
		if (!HOLE(i) && !ZERO(i))
			assert_int_equal(vm_poke(at(i), 9), 0);
	assert_int_equal(nr_free_pages(), free_pages);		/* nothing was copied */
	assert_int_equal(shared_tables(&procs[0]), 0);
	vm_check(t.mm);
	end();
}

/* one page costs the child a table and a page, and only once */
static void test_copy_once(void **state)
{
	unsigned long free_pages;

	begin(2);
	host_use_mm(procs[1].mm);
	free_pages = nr_free_pages();
	assert_int_equal(vm_poke(at(PER_TABLE + 1), 1), 0);
	assert_int_equal(nr_free_pages(), free_pages - 2);
	assert_int_equal(vm_poke(at(PER_TABLE + 2), 2), 0);
	assert_int_equal(nr_free_pages(), free_pages - 3);
	assert_int_equal(shared_tables(&procs[1]), TABLES - 1);
	assert_int_equal(shared_tables(&procs[0]), TABLES);
	host_use_mm(t.mm);
	assert_int_equal(vm_peek(at(PER_TABLE + 1)), first_byte(PER_TABLE + 1));
	assert_int_equal(vm_poke(at(PER_TABLE + 4), 3), 0);	/* takes the table over */
	assert_int_equal(shared_tables(&procs[0]), TABLES - 1);
	host_use_mm(procs[1].mm);
	assert_int_equal(vm_peek(at(PER_TABLE + 4)), first_byte(PER_TABLE + 4));
	end();
}

/* the pages of a table stay as long as anybody has a share, whoever ends first */
static void test_last_share(void **state)
{
	unsigned long with_all, in_tables;
	int i;

	begin(4);
	with_all = nr_free_pages();
	in_tables = vm_rss(t.mm);
	host_use_mm(procs[3].mm);
	assert_int_equal(vm_munmap(t.mm, START, PAGES * K4), 0);
	for (i = 1; i < 3; i++)
		end_proc(i);
	assert_true(nr_free_pages() < with_all + in_tables);
	assert_int_equal(vm_peek(at(1)), first_byte(1));
	assert_int_equal(global_node_page_state(NR_ANON_MAPPED), in_tables);
	vm_check(procs[3].mm);
	host_use_mm(NULL);
	end_proc(3);
	assert_true(nr_free_pages() >= with_all + in_tables);
	assert_int_equal(global_node_page_state(NR_ANON_MAPPED), 0);
	host_use_mm(t.mm);
	end();
}

/* a child holds a page and goes: what the parent writes then is not for its eyes */
static void test_held_page(void **state)
{
	struct page *page;
	int write;

	for (write = 0; write < 2; write++) {
		begin(2);
		host_use_mm(procs[1].mm);
		assert_int_equal(get_user_pages_remote(procs[1].mm, at(1), 1,
						       write ? FOLL_WRITE : 0, &page), 1);
		host_use_mm(t.mm);
		end_proc(1);
		assert_int_equal(vm_poke(at(1), 66), 0);
		assert_int_equal(quire_page_byte(page, 0), first_byte(1));
		assert_int_equal(vm_peek(at(1)), 66);
		put_page(page);
		end();
	}
}

/* a parent that holds a page for writing goes on seeing its own */
static void test_parent_holds(void **state)
{
	struct page *page;

	begin(1);
	assert_int_equal(get_user_pages_remote(t.mm, at(1), 1, FOLL_WRITE, &page), 1);
	fork_proc(0);
	memset_page(page, 0, 44, 1);
	assert_int_equal(vm_peek(at(1)), 44);
	put_page(page);
	end();
}

/*
 * O7: CPU 0 remembers the child's table when CPU 1 takes it away, by a copy or as a whole,
 * and the last share of it goes.
 */
static void test_stale_walk(void **state)
{
	int whole;

	for (whole = 0; whole < 2; whole++) {
		begin(2);
		host_use_mm(procs[1].mm);
		assert_int_equal(vm_peek(at(1)), first_byte(1));
		quire_switch_cpu(1);
		if (whole)
			assert_int_equal(vm_madvise(procs[1].mm, at(0), PMD_SIZE, MADV_DONTNEED), 0);
		else
			assert_int_equal(access_remote_vm(procs[1].mm, at(2), "x", 1, true), 1);
		assert_int_equal(vm_munmap(t.mm, START, PAGES * K4), 0);
		quire_switch_cpu(0);
		host_use_mm(procs[1].mm);
		assert_int_equal(vm_peek(at(1)), whole ? 0 : first_byte(1));
		assert_int_equal(vm_peek(at(4)), whole ? 0 : first_byte(4));
		forget(&procs[0], 0, PAGES, -EFAULT);
		if (whole)
			forget(&procs[1], 0, PER_TABLE, 0);
		else
			procs[1].byte[2] = 'x';
		check_procs("stale");
		end();
	}
}

/* --- what is not shared ---------------------------------------------------------------- */

static void expect_unshared(unsigned int expected)
{
	fork_proc(0);
	assert_int_equal(shared_tables(&procs[1]), expected);
	vm_check(t.mm);
	vm_check(procs[1].mm);
	check_procs("not shared");
	end();
}

static void test_not_shared(void **state)
{
	unsigned long i;

	begin(1);		/* one page in the middle table is not for the child */
	assert_int_equal(vm_madvise(t.mm, at(PER_TABLE + 9), K4, MADV_DONTFORK), 0);
	fork_proc(0);
	procs[1].byte[PER_TABLE + 9] = -EFAULT;
	assert_int_equal(shared_tables(&procs[1]), TABLES - 1);
	check_procs("dontfork");
	end();

	begin(1);		/* one is empty in the child */
	assert_int_equal(vm_madvise(t.mm, at(0), K4, MADV_WIPEONFORK), 0);
	fork_proc(0);
	procs[1].byte[0] = 0;
	assert_int_equal(shared_tables(&procs[1]), TABLES - 1);
	check_procs("wipeonfork");
	end();

	begin(1);		/* one is shared memory */
	assert_int_equal(vm_map(t.mm, at(PAGES - 1), K4, RW,
				MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED), at(PAGES - 1));
	procs[0].byte[PAGES - 1] = 0;
	expect_unshared(TABLES - 1);

	begin(1);		/* too few pages to be worth it */
	this_machine()->tunables.fork_share_pages = PER_TABLE + 1;
	expect_unshared(0);

	begin(1);		/* several areas in a table may be */
	for (i = 0; i < PAGES; i += 100)
		assert_int_equal(vm_mprotect(t.mm, at(i), K4, PROT_READ), 0);
	expect_unshared(TABLES);
}

/* shared before, and not any more when the child forks */
static void test_shared_then_not(void **state)
{
	begin(2);
	assert_int_equal(vm_madvise(procs[1].mm, at(7), K4, MADV_DONTFORK), 0);
	fork_proc(1);
	procs[2].byte[7] = -EFAULT;
	assert_int_equal(shared_tables(&procs[2]), TABLES - 1);
	assert_int_equal(shared_tables(&procs[1]), TABLES);
	check_procs("dontfork of a shared table");
	end();
}

/* --- page tables in stock --------------------------------------------------------------- */

/* an area that ends inside of a table that goes: nothing else is in the rest of it */
static void test_area_ends_inside(void **state)
{
	struct mm_struct *child;
	int error, head;

	for (head = 0; head < 2; head++) {
		unsigned long start = START + (head ? 10 * K4 : -10 * K4), pages = PER_TABLE;

		vm_begin(&t);
		this_machine()->tunables.fork_share_pages = 1;
		assert_int_equal(vm_map(t.mm, start, pages * K4, RW, PRIV | MAP_FIXED), start);
		assert_int_equal(vm_poke(START + 50 * K4, 1), 0);
		child = dup_mm(t.mm, &error);
		assert_non_null(child);
		assert_int_equal(t.mm->shared_tables, 1);
		/* the end of the area, or its beginning, with the table's border far outside */
		if (head)
			assert_int_equal(vm_munmap(t.mm, START, PER_TABLE * K4), 0);
		else
			assert_int_equal(vm_munmap(t.mm, START - 5 * K4, (5 + PER_TABLE) * K4), 0);
		assert_int_equal(vm_peek(START + 50 * K4), -EFAULT);
		host_use_mm(child);
		assert_int_equal(vm_peek(START + 50 * K4), 1);
		host_use_mm(t.mm);
		mmput(child);
		vm_end(&t);
	}
}

/* what exit frees the next fork uses, empty; what is over goes back; all can be dropped */
static void test_stock(void **state)
{
	unsigned long free_pages, upper;
	int i;

	this_machine()->tunables.page_table_stock = 3;
	begin(2);
	upper = atomic_long_read(&t.mm->pgtables_bytes) / PAGE_SIZE - TABLES;
	end_proc(1);			/* its upper tables and its root stay */
	assert_int_equal(this_machine()->pt_stock[0].tables.nr, upper);
	assert_int_equal(this_machine()->pt_stock[0].roots.nr, 1);
	free_pages = nr_free_pages();
	for (i = 0; i < 5; i++) {
		nr_procs = 1;
		fork_proc(0);
		host_use_mm(procs[1].mm);
		assert_int_equal(vm_peek(at(1)), first_byte(1));
		assert_int_equal(vm_peek(ELSEWHERE), -EFAULT);
		host_use_mm(t.mm);
		assert_int_equal(this_machine()->pt_stock[0].tables.nr, 0);
		end_proc(1);
	}
	assert_int_equal(nr_free_pages(), free_pages);
	assert_int_equal(vm_munmap(t.mm, START, PAGES * K4), 0);
	assert_int_equal(this_machine()->pt_stock[0].tables.nr, 3);
	pt_drop_local_stock();
	assert_int_equal(this_machine()->pt_stock[0].tables.nr, 0);
	this_machine()->tunables.page_table_stock = 0;
	forget(&procs[0], 0, PAGES, -EFAULT);
	end();
}

/* --- threads --------------------------------------------------------------------------- */

#define ROUNDS	300

struct side {
	struct mm_struct *mm[2];
};

/* CPUs 0 and 1 in the parent, 2 and 3 in the child; each has pages of its own to write */
static void side_thread(unsigned int cpu, void *arg)
{
	struct side *s = arg;
	struct mm_struct *mm = s->mm[cpu / 2];
	u64 seed = cpu + 1;
	int i;

	host_use_mm(mm);
	for (i = 0; i < ROUNDS; i++) {
		unsigned long page = quire_random(&seed) % (PAGES / 4) * 4;
		unsigned long own = page + cpu, v;

		switch (quire_random(&seed) % 8) {
		case 0:
			assert_int_equal(vm_madvise(mm, at(page & ~511ul) + 3 * K4, K4,
						    MADV_DONTNEED), 0);
			break;
		case 1: {
			int error;
			struct mm_struct *child = dup_mm(mm, &error);

			assert_non_null(child);
			mmput(child);
			break;
		}
		case 2:
			vm_peek(at(page));
			break;
		default:
			if (own % 512 == 3)
				break;
			v = quire_random(&seed) & 255;
			assert_int_equal(vm_poke(at(own), v), 0);
			assert_int_equal(vm_peek(at(own)), v);
		}
	}
	host_use_mm(NULL);
}

static void test_threads(void **state)
{
	struct side s;
	int round;

	for (round = 0; round < 6; round++) {
		begin(2);
		s.mm[0] = procs[0].mm;
		s.mm[1] = procs[1].mm;
		host_use_mm(NULL);
		quire_run_cpus(4, side_thread, &s);
		host_use_mm(t.mm);
		vm_check(procs[0].mm);
		vm_check(procs[1].mm);
		end();
	}
}

/*
 * Four threads of one process; its tables become shared again and again, while the
 * others drop them as a whole, take copies, and look.
 */
static void drop_thread(unsigned int cpu, void *arg)
{
	struct mm_struct *mm = arg, *child = NULL;
	u64 seed = cpu + 1;
	int i, code, error;

	host_use_mm(mm);
	for (i = 0; i < 2 * ROUNDS; i++) {
		unsigned long page = quire_random(&seed) % PAGES;
		unsigned long table = page & ~(PER_TABLE - 1);

		switch (quire_random(&seed) % 4) {
		case 0:
			assert_int_equal(vm_madvise(mm, at(table), PMD_SIZE, MADV_DONTNEED), 0);
			break;
		case 1:
			assert_int_equal(vm_mincore(mm, at(page), K4,
						    (unsigned char *)START - K4 + cpu), 0);
			break;
		case 2:
			if (cpu)
				break;
			if (child)
				mmput(child);
			child = dup_mm(mm, &error);
			assert_non_null(child);
			break;
		default:
			for (page = table; page < table + PER_TABLE; page += 50)
				assert_int_equal(mm_fault(mm, at(page), FAULT_FLAG_WRITE, &code), 0);
		}
	}
	if (child)
		mmput(child);
	host_use_mm(NULL);
}

static void test_droppers(void **state)
{
	begin(2);
	assert_int_equal(vm_map(t.mm, START - K4, K4, RW, PRIV | MAP_FIXED), START - K4);
	assert_int_equal(vm_poke(START - K4, 0), 0);
	end_proc(1);
	host_use_mm(NULL);
	quire_run_cpus(4, drop_thread, t.mm);
	host_use_mm(t.mm);
	vm_check(t.mm);
	end();
}

/* four processes, one CPU each, begin to write to the same tables at once, and go */
static void writer_thread(unsigned int cpu, void *arg)
{
	struct proc *p = &procs[cpu];
	unsigned long i;

	host_use_mm(p->mm);
	for (i = cpu; i < PAGES; i += 13) {
		assert_int_equal(vm_peek(at(i)), first_byte(i));
		assert_int_equal(vm_poke(at(i), 200 + cpu), 0);
	}
	for (i = cpu; i < PAGES; i += 13)
		assert_int_equal(vm_peek(at(i)), 200 + cpu);
	host_use_mm(NULL);
	if (p->mm != t.mm)
		end_proc(cpu);
}

static void test_writers(void **state)
{
	int round;

	for (round = 0; round < 20; round++) {
		begin(4);
		host_use_mm(NULL);
		quire_run_cpus(4, writer_thread, NULL);
		host_use_mm(t.mm);
		end();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_fast_test(test_operations), quire_unit_test(test_everybody),
		quire_fast_test(test_failures), quire_unit_test(test_take_over),
		quire_unit_test(test_copy_once), quire_unit_test(test_last_share),
		quire_unit_test(test_stale_walk), quire_unit_test(test_held_page),
		quire_unit_test(test_parent_holds),
		quire_unit_test(test_not_shared), quire_unit_test(test_shared_then_not),
		quire_unit_test(test_area_ends_inside),
		quire_unit_test(test_stock), quire_unit_test(test_threads), quire_unit_test(test_droppers),
		quire_unit_test(test_writers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
