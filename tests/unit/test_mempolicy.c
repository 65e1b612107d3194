// SPDX-License-Identifier: MIT
/* test_mempolicy.c - policies of areas and tasks: made, followed, merged, pages moved. */
#include "vm_test.h"
#include <linux/mempolicy.h>
#include <linux/topology.h>

#define FIXED	(PRIV | MAP_FIXED)

static int first, last;			/* nodes with memory */

static void find_nodes(void)
{
	int nid;

	first = last = -1;
	for_each_online_node(nid) {
		if (!node_state(nid, N_MEMORY))
			continue;
		if (first < 0)
			first = nid;
		last = nid;
	}
}

static struct mempolicy *policy(unsigned int mode, unsigned int flags, unsigned long nodes)
{
	struct mpol_nodes named;

	bitmap_zero(named.bits, MPOL_NODE_BITS);
	named.bits[0] = nodes;
	return mpol_create(mode, flags, &named);
}

/* vm_mbind() of @pages from page @page of BASE on */
static int bind_range(struct vm_test *t, long page, long pages, unsigned int mode,
		      unsigned long nodes, unsigned int flags)
{
	struct mempolicy *pol = policy(mode, 0, nodes);
	unsigned long start = BASE + page * K4;
	int ret;

	if (IS_ERR(pol))
		return PTR_ERR(pol);
	ret = vm_mbind(t->mm, start, start + pages * K4, pol, flags);
	mpol_put(pol);
	return ret;
}

static int node_at(struct vm_test *t, long page)
{
	return vm_page_node(t->mm, BASE + page * K4);
}

static int pages_on(struct vm_test *t, long page, long pages, int nid)
{
	int n = 0;

	for (; pages--; page++) {
		assert_int_equal(vm_poke(BASE + page * K4, page), 0);
		n += node_at(t, page) == nid;
	}
	return n;
}

static void begin(struct vm_test *t)
{
	find_nodes();
	vm_begin(t);
	assert_int_equal(vm_map(t->mm, BASE, 64 * K4, RW, FIXED), BASE);
}

static void test_create(void **state)
{
	struct mempolicy *pol;
	unsigned long all;
	char text[64];

	find_nodes();
	all = 1ul << first | 1ul << last;
	assert_null(policy(MPOL_DEFAULT, 0, 0));
	assert_int_equal(PTR_ERR(policy(MPOL_DEFAULT, 0, 1)), -EINVAL);
	assert_int_equal(PTR_ERR(policy(MPOL_BIND, 0, 0)), -EINVAL);
	assert_int_equal(PTR_ERR(policy(MPOL_BIND, 0, 1ul << (last + 1))), -EINVAL);
	assert_int_equal(PTR_ERR(policy(MPOL_LOCAL, 0, 1)), -EINVAL);
	assert_int_equal(PTR_ERR(policy(MPOL_PREFERRED, MPOL_F_STATIC_NODES, 0)), -EINVAL);
	assert_int_equal(PTR_ERR(policy(MPOL_MAX, 0, 1)), -EINVAL);
	pol = policy(MPOL_PREFERRED, 0, 0);
	assert_int_equal(pol->mode, MPOL_LOCAL);
	mpol_to_str(text, sizeof(text), pol);
	assert_string_equal(text, "local");
	mpol_put(pol);
	pol = policy(MPOL_PREFERRED, 0, all);
	assert_int_equal(nodes_weight(pol->nodes), 1);
	assert_true(node_isset(first, pol->nodes));
	mpol_put(pol);
	/* place 2 of one node or of two is the first again */
	pol = policy(MPOL_BIND, MPOL_F_RELATIVE_NODES, 4);
	assert_true(node_isset(first, pol->nodes));
	assert_int_equal(nodes_weight(pol->nodes), 1);
	mpol_to_str(text, sizeof(text), pol);
	assert_string_equal(text, first ? "bind=relative:1" : "bind=relative:0");
	mpol_put(pol);
	mpol_to_str(text, sizeof(text), NULL);
	assert_string_equal(text, "default");
}

static void test_follow(void **state)
{
	unsigned long both;
	struct vm_test t;

	begin(&t);
	both = 1ul << first | 1ul << last;
	assert_int_equal(bind_range(&t, 0, 8, MPOL_BIND, 1ul << last, 0), 0);
	assert_int_equal(bind_range(&t, 8, 8, MPOL_PREFERRED, 1ul << last, 0), 0);
	assert_int_equal(bind_range(&t, 16, 8, MPOL_PREFERRED_MANY, 1ul << last, 0), 0);
	assert_int_equal(bind_range(&t, 24, 8, MPOL_INTERLEAVE, both, 0), 0);
	assert_int_equal(bind_range(&t, 32, 8, MPOL_BIND, both, 0), 0);
	assert_int_equal(vm_set_home_node(t.mm, BASE + 32 * K4, BASE + 40 * K4, last), 0);
	assert_int_equal(pages_on(&t, 0, 24, last), 24);
	assert_int_equal(pages_on(&t, 24, 8, last), first == last ? 8 : 4);
	assert_int_equal(pages_on(&t, 32, 8, last), 8);
	assert_int_equal(vm_set_home_node(t.mm, BASE, BASE + 64 * K4, last), -EOPNOTSUPP);
	assert_int_equal(vm_set_home_node(t.mm, BASE + 50 * K4, BASE + 64 * K4, last), -ENOENT);
	vm_end(&t);
}

/* BIND that is full: no page of another node, and an error where nobody can be killed */
static void test_bind_is_strict(void **state)
{
	unsigned long free = 0, i;
	struct vm_test t;
	int nid;

	begin(&t);
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (node_online(nid))
			free += NODE_DATA(nid)->node_present_pages;
	assert_int_equal(vm_map(t.mm, BASE, free * K4, RW, FIXED | MAP_NORESERVE), BASE);
	assert_int_equal(bind_range(&t, 0, free, MPOL_BIND, 1ul << first, 0), 0);
	for (i = 0; i < free && !vm_poke(BASE + i * K4, 1); i++)
		assert_int_equal(node_at(&t, i), first);
	assert_true(i < free && i > NODE_DATA(first)->node_present_pages / 2);
	vm_end(&t);
}

static void test_split_merge(void **state)
{
	struct mempolicy *pol;
	struct vm_test t;
	bool mapped;

	begin(&t);
	assert_int_equal(bind_range(&t, 10, 10, MPOL_BIND, 1ul << first, 0), 0);
	assert_int_equal(t.mm->map_count, 3);
	assert_int_equal(bind_range(&t, 20, 10, MPOL_BIND, 1ul << first, 0), 0);
	assert_int_equal(t.mm->map_count, 3);
	assert_int_equal(bind_range(&t, 12, 2, MPOL_INTERLEAVE, 1ul << first, 0), 0);
	assert_int_equal(t.mm->map_count, 5);
	vm_check(t.mm);
	pol = vm_get_policy(t.mm, BASE + 13 * K4, &mapped);
	assert_true(mapped && pol->mode == MPOL_INTERLEAVE);
	mpol_put(pol);
	/* other changes keep it: protection, moving, unmapping in the middle */
	assert_int_equal(vm_mprotect(t.mm, BASE + 15 * K4, 2 * K4, PROT_READ), 0);
	assert_int_equal(vm_mprotect(t.mm, BASE + 15 * K4, 2 * K4, RW), 0);
	assert_int_equal(t.mm->map_count, 5);
	assert_int_equal(vm_munmap(t.mm, BASE + 25 * K4, K4), 0);
	pol = vm_get_policy(t.mm, BASE + 26 * K4, &mapped);
	assert_true(mapped && pol->mode == MPOL_BIND);
	mpol_put(pol);
	assert_int_equal(bind_range(&t, 20, 10, MPOL_BIND, 1ul << last, 0), -EFAULT);
	assert_null(vm_get_policy(t.mm, BASE + 25 * K4, &mapped));
	assert_false(mapped);
	assert_int_equal(bind_range(&t, 0, 64, MPOL_DEFAULT, 0, 0), 0);
	assert_int_equal(t.mm->map_count, 2);
	vm_check(t.mm);
	vm_end(&t);
}

static void test_moving(void **state)
{
	struct vm_test t;
	nodemask_t from, to;
	int elsewhere, i;

	begin(&t);
	elsewhere = first == last ? 0 : -EIO;
	assert_int_equal(bind_range(&t, 0, 32, MPOL_BIND, 1ul << first, 0), 0);
	assert_int_equal(pages_on(&t, 0, 16, first), 16);
	assert_int_equal(bind_range(&t, 0, 32, MPOL_BIND, 1ul << last, MPOL_MF_STRICT), elsewhere);
	assert_int_equal(bind_range(&t, 0, 32, MPOL_BIND, 1ul << last,
				    MPOL_MF_STRICT | MPOL_MF_MOVE), 0);
	for (i = 0; i < 16; i++) {
		assert_int_equal(node_at(&t, i), last);
		assert_int_equal(vm_peek(BASE + i * K4), i);
	}
	assert_int_equal(node_at(&t, 20), -EFAULT);
	assert_int_equal(vm_rss(t.mm), 16);
	assert_int_equal(vm_move_page(t.mm, BASE, first, false), first);
	assert_int_equal(node_at(&t, 0), first);
	assert_int_equal(vm_move_page(t.mm, BASE + 20 * K4, first, false), -EFAULT);
	nodes_clear(from);
	nodes_clear(to);
	node_set(last, from);
	node_set(first, to);
	assert_int_equal(vm_migrate_pages(t.mm, &from, &to, false), 0);
	for (i = 0; i < 16; i++) {
		assert_int_equal(node_at(&t, i), first);
		assert_int_equal(vm_peek(BASE + i * K4), i);
	}
	vm_end(&t);
}

/* what others have stays where it is: a child, and whoever holds a reference */
static void test_not_moving(void **state)
{
	struct vm_test t;
	struct mm_struct *child;
	struct page *page;
	int error;

	begin(&t);
	if (first == last) {		/* nowhere to move to */
		vm_end(&t);
		return;
	}
	assert_int_equal(bind_range(&t, 0, 8, MPOL_BIND, 1ul << first, 0), 0);
	assert_int_equal(pages_on(&t, 0, 8, first), 8);
	child = dup_mm(t.mm, &error);
	assert_non_null(child);
	assert_int_equal(vm_move_page(t.mm, BASE, last, false), -EACCES);
	assert_int_equal(vm_move_page(t.mm, BASE, last, true), -EAGAIN);
	assert_int_equal(bind_range(&t, 0, 8, MPOL_BIND, 1ul << last, MPOL_MF_MOVE), 0);
	assert_int_equal(bind_range(&t, 0, 8, MPOL_BIND, 1ul << last,
				    MPOL_MF_MOVE_ALL | MPOL_MF_STRICT), -EIO);
	assert_int_equal(node_at(&t, 0), first);
	mmput(child);
	assert_int_equal(get_user_pages_remote(t.mm, BASE, 1, 0, &page), 1);
	assert_int_equal(vm_move_page(t.mm, BASE, last, false), -EAGAIN);
	put_page(page);
	assert_int_equal(vm_move_page(t.mm, BASE, last, false), last);
	vm_end(&t);
}

static void test_task_policy(void **state)
{
	struct task_mempolicy *task = port_self_mempolicy(), child;
	struct page *pages[4];
	struct vm_test t;
	int i, on = 0;

	begin(&t);
	task_mempolicy_set(task, policy(MPOL_BIND, 0, 1ul << last));
	assert_int_equal(atomic_read(&this_machine()->special_tasks), 1);
	assert_int_equal(pages_on(&t, 0, 4, last), 4);
	for (i = 0; i < 4; i++) {
		pages[i] = alloc_page(GFP_HIGHUSER_MOVABLE);
		assert_non_null(pages[i]);
		assert_int_equal(page_to_nid(pages[i]), last);
		put_page(pages[i]);
	}
	task_mempolicy_set(task, policy(MPOL_INTERLEAVE, 0, 1ul << first | 1ul << last));
	assert_int_equal(mpol_next_node(task), first);
	for (i = 0; i < 4; i++) {
		pages[i] = alloc_page(GFP_HIGHUSER_MOVABLE);
		assert_non_null(pages[i]);
		on += page_to_nid(pages[i]) == last;
		put_page(pages[i]);
	}
	assert_int_equal(on, first == last ? 4 : 2);
	child = *task;
	task_mempolicy_fork(&child);
	assert_int_equal(atomic_read(&this_machine()->special_tasks), 2);
	assert_ptr_equal(child.policy, task->policy);
	task_mempolicy_set(task, NULL);
	task_mempolicy_set(&child, NULL);
	assert_int_equal(atomic_read(&this_machine()->special_tasks), 0);
	vm_end(&t);
}

/* each allocation of a change of policy fails once: an error, and everything is whole */
static void test_failing(void **state)
{
	int nth, ret = -ENOMEM;
	struct vm_test t;

	begin(&t);
	assert_int_equal(pages_on(&t, 0, 64, first) >= 0, 1);
	for (nth = 1; ret && nth < 1000; nth++) {
		host_fail_nth(this_machine(), nth, false);
		ret = bind_range(&t, 10, 20, MPOL_BIND, 1ul << last, MPOL_MF_MOVE | MPOL_MF_STRICT);
		host_fail_nth(this_machine(), 0, false);
		assert_true(!ret || ret == -ENOMEM || ret == -EIO);
		vm_check(t.mm);
		assert_int_equal(bind_range(&t, 0, 64, MPOL_DEFAULT, 0, 0), 0);
	}
	assert_int_equal(ret, 0);
	assert_true(nth > 2);
	assert_int_equal(vm_peek(BASE + 15 * K4), 15);
	vm_end(&t);
}

/* where BIND begins: of a part of an area, past those without policy, with memory that fails */
static void test_home_node(void **state)
{
	int nth, error = -ENOMEM;
	unsigned long both;
	struct vm_test t;

	begin(&t);
	both = 1ul << first | 1ul << last;
	assert_int_equal(bind_range(&t, 0, 64, MPOL_BIND, both, 0), 0);
	assert_int_equal(bind_range(&t, 30, 10, MPOL_DEFAULT, 0, 0), 0);
	for (nth = 1; error && nth < 1000; nth++) {
		host_fail_nth(*state, nth, false);
		error = vm_set_home_node(t.mm, BASE + 20 * K4, BASE + 50 * K4, last);
		host_fail_nth(*state, 0, false);
		assert_true(!error || error == -ENOMEM);
		vm_check(t.mm);
	}
	assert_int_equal(error, 0);
	assert_true(nth > 2);
	assert_int_equal(t.mm->map_count, 5);
	assert_int_equal(pages_on(&t, 20, 10, last), 10);
	assert_int_equal(pages_on(&t, 40, 10, last), 10);
	assert_int_equal(pages_on(&t, 0, 20, numa_node_id()), 20);
	assert_int_equal(pages_on(&t, 30, 10, numa_node_id()), 10);
	assert_int_equal(vm_set_home_node(t.mm, BASE + 30 * K4, BASE + 40 * K4, last), -ENOENT);
	assert_int_equal(vm_set_home_node(t.mm, FAR, FAR + K4, last), -ENOENT);
	vm_end(&t);
}

/* places that are counted among the nodes there are, and the node that asks */
static void test_relative_and_local(void **state)
{
	char text[32], want[32];
	struct mempolicy *pol;
	struct vm_test t;

	begin(&t);
	pol = policy(MPOL_BIND, MPOL_F_RELATIVE_NODES, 2);
	assert_int_equal(nodes_weight(pol->nodes), 1);
	assert_true(node_isset(last, pol->nodes));
	mpol_put(pol);
	if (last == first + 1) {
		pol = policy(MPOL_INTERLEAVE, 0, 1ul << first | 1ul << last);
		mpol_to_str(text, sizeof(text), pol);
		snprintf(want, sizeof(want), "interleave:%d-%d", first, last);
		assert_string_equal(text, want);
		mpol_put(pol);
	}
	assert_int_equal(bind_range(&t, 0, 8, MPOL_LOCAL, 0, 0), 0);
	assert_int_equal(pages_on(&t, 0, 8, numa_node_id()), 8);
	vm_end(&t);
}

static int migrate(struct vm_test *t, unsigned long from, unsigned long to, bool all)
{
	nodemask_t sources, dests;
	int nid;

	nodes_clear(sources);
	nodes_clear(dests);
	for_each_online_node(nid) {
		if (from & 1ul << nid)
			node_set(nid, sources);
		if (to & 1ul << nid)
			node_set(nid, dests);
	}
	return vm_migrate_pages(t->mm, &sources, &dests, all);
}

/* which node's pages go where, and which stay: those of nodes that are named as both */
static void test_migrate_sets(void **state)
{
	unsigned long one, other, both;
	struct mm_struct *child;
	struct vm_test t;
	int error;

	begin(&t);
	one = 1ul << first;
	other = 1ul << last;
	both = one | other;
	assert_int_equal(vm_peek(BASE + 60 * K4), 0);		/* nobody's */
	assert_int_equal(vm_map(t.mm, FAR, K4, RW, FIXED), FAR);
	assert_int_equal(vm_page_node(t.mm, FAR), -EFAULT);	/* not even a table */
	assert_int_equal(bind_range(&t, 0, 8, MPOL_BIND, one, 0), 0);
	assert_int_equal(bind_range(&t, 8, 8, MPOL_BIND, other, MPOL_MF_STRICT), 0);
	assert_int_equal(pages_on(&t, 0, 8, first), 8);
	assert_int_equal(pages_on(&t, 8, 8, last), 8);
	assert_int_equal(bind_range(&t, 56, 8, MPOL_BIND, other, MPOL_MF_STRICT), 0);
	assert_int_equal(migrate(&t, both, both, false), 0);
	assert_int_equal(migrate(&t, one, both, false), 0);
	assert_int_equal(node_at(&t, 0), first);
	assert_int_equal(node_at(&t, 8), last);
	child = dup_mm(t.mm, &error);
	assert_non_null(child);
	assert_int_equal(migrate(&t, both, other, false), 0);	/* others have them too */
	assert_int_equal(node_at(&t, 0), first);
	assert_int_equal(migrate(&t, both, other, true), first == last ? 0 : 8);
	mmput(child);
	assert_int_equal(migrate(&t, both, other, false), 0);
	assert_int_equal(node_at(&t, 0), last);
	assert_int_equal(node_at(&t, 8), last);
	assert_int_equal(vm_peek(BASE + 7 * K4), 7);
	assert_int_equal(vm_move_page(t.mm, BASE, last, false), last);	/* it is there */
	vm_end(&t);
}

/* tables shared with a child are copied before a page moves: there may be no memory for it */
static void test_move_no_memory(void **state)
{
	int nth, ret = -ENOMEM, error;
	struct mm_struct *child;
	struct vm_test t;

	begin(&t);
	assert_int_equal(bind_range(&t, 0, 8, MPOL_BIND, 1ul << first, 0), 0);
	assert_int_equal(pages_on(&t, 0, 8, first), 8);
	for (nth = 1; ret == -ENOMEM && nth < 100; nth++) {
		child = dup_mm(t.mm, &error);
		assert_non_null(child);
		host_fail_nth(*state, nth, false);
		ret = vm_move_page(t.mm, BASE, first, false);
		host_fail_nth(*state, 0, false);
		vm_check(t.mm);
		assert_int_equal(vm_peek(BASE + 7 * K4), 7);
		mmput(child);
	}
	assert_int_equal(ret, first);
	assert_true(nth < 100);
	vm_end(&t);
}

static void test_numa_maps(void **state)
{
	struct numa_maps maps;
	struct vm_test t;

	begin(&t);
	assert_int_equal(bind_range(&t, 0, 64, MPOL_BIND, 1ul << last, 0), 0);
	assert_int_equal(pages_on(&t, 0, 10, last), 10);
	assert_int_equal(vm_peek(BASE + 20 * K4), 0);		/* the zero page is nobody's */
	mmap_read_lock(t.mm);
	vma_numa_maps(find_vma(t.mm, BASE), &maps);
	mmap_read_unlock(t.mm);
	assert_int_equal(maps.pages, 10);
	assert_int_equal(maps.anon, 10);
	assert_int_equal(maps.dirty, 10);
	assert_int_equal(maps.node[last], 10);
	assert_int_equal(maps.mapcount_max, 1);
	vm_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_create), quire_unit_test(test_follow),
		quire_unit_test(test_bind_is_strict), quire_unit_test(test_split_merge),
		quire_unit_test(test_moving), quire_unit_test(test_not_moving),
		quire_unit_test(test_task_policy), quire_unit_test(test_failing),
		quire_unit_test(test_home_node), quire_unit_test(test_relative_and_local),
		quire_unit_test(test_migrate_sets), quire_unit_test(test_move_no_memory),
		quire_unit_test(test_numa_maps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
