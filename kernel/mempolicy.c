// SPDX-License-Identifier: MIT
/*
 * mempolicy.c - the system calls about nodes: mbind, set_mempolicy, get_mempolicy,
 * migrate_pages, move_pages, set_mempolicy_home_node.
 *
 * What is decided here: how sets of nodes are read and written, who may do what to whom,
 * and the order of the checks. What a policy is stands in mm/vm/mempolicy.c.
 *
 * A set comes as words with a number of bits of which the last does not count (a rule as
 * old as the calls). There are fewer nodes here than a Linux can have; numbers up to its
 * 1023 may be named all the same, and mean nodes without memory.
 *
 * MPOL_F_NUMA_BALANCING is refused: no page is moved to whoever uses it.
 *
 *   KM1  a task's policy is changed by the task itself, under its task_lock
 *
 * Locks: task_lock; mmap_lock in the functions called.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mempolicy.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/topology.h>
#include <asm/uaccess.h>

/* --- sets of nodes ------------------------------------------------------------------ */

/* one more than the highest node */
static unsigned int nr_node_ids(void)
{
	unsigned int nr = 1;
	int nid;

	for_each_online_node(nid)
		nr = nid + 1;
	return nr;
}

/* Word @i of a set of @bits bits, without what lies behind its end. */
static int word_from_user(unsigned long *word, const unsigned long __user *from,
			  unsigned long i, unsigned long bits)
{
	unsigned long left = bits - i * BITS_PER_LONG;

	if (copy_from_user(word, from + i, sizeof(*word)))
		return -EFAULT;
	if (left < BITS_PER_LONG)
		*word &= (1ul << left) - 1;
	return 0;
}

/* The set of @maxnode - 1 bits at @from; NULL or no bits: empty. */
static int nodes_from_user(struct mpol_nodes *nodes, const unsigned long __user *from,
			   unsigned long maxnode)
{
	unsigned long bits = maxnode - 1, i, word;
	int err;

	bitmap_zero(nodes->bits, MPOL_NODE_BITS);
	if (!bits || !from)
		return 0;
	if (bits > PAGE_SIZE * 8)
		return -EINVAL;
	for (i = BITS_TO_LONGS(bits); i-- > 0;) {	/* far too high a node is found first */
		err = word_from_user(&word, from, i, bits);
		if (err)
			return err;
		if (i < BITS_TO_LONGS(MPOL_NODE_BITS))
			nodes->bits[i] = word;
		else if (word)
			return -EINVAL;
	}
	return 0;
}

/* The first words of @nodes, then zeroes, as far as @maxnode - 1 bits reach. */
static long nodes_to_user(unsigned long __user *to, unsigned long maxnode,
			  const unsigned long *nodes)
{
	unsigned long bytes = round_up(maxnode - 1, BITS_PER_LONG) / 8;
	unsigned long known = BITS_TO_LONGS(nr_node_ids()) * sizeof(long);

	if (bytes > known) {
		if (bytes > PAGE_SIZE)
			return -EINVAL;
		if (clear_user((char __user *)to + known, bytes - known))
			return -EFAULT;
		bytes = known;
	}
	return copy_to_user(to, nodes, bytes) ? -EFAULT : 0;
}

/* --- policies ------------------------------------------------------------------------- */

/* Split @mode of a program into mode and flags: 0 or -EINVAL. */
static int split_mode(int *mode, unsigned int *flags)
{
	*flags = *mode & MPOL_MODE_FLAGS;
	*mode &= ~MPOL_MODE_FLAGS;
	if ((unsigned int)*mode >= MPOL_MAX)
		return -EINVAL;
	if ((*flags & MPOL_F_STATIC_NODES) && (*flags & MPOL_F_RELATIVE_NODES))
		return -EINVAL;
	return *flags & MPOL_F_NUMA_BALANCING ? -EINVAL : 0;
}

/* current has @policy, whose reference it gets (KM1). */
static void set_own_policy(struct mempolicy *policy)
{
	struct mempolicy *old = mpol_get(current->mempolicy.policy);

	task_lock(current);
	task_mempolicy_set(&current->mempolicy, policy);
	task_unlock(current);
	mpol_put(old);		/* frees without the lock */
}

/** sys_set_mempolicy() - set_mempolicy(2). */
long sys_set_mempolicy(int mode, const unsigned long __user *nmask, unsigned long maxnode)
{
	struct mempolicy *policy;
	struct mpol_nodes nodes;
	unsigned int flags;
	int err;

	err = split_mode(&mode, &flags);
	if (!err)
		err = nodes_from_user(&nodes, nmask, maxnode);
	if (err)
		return err;
	policy = mpol_create(mode, flags, &nodes);
	if (IS_ERR(policy))
		return PTR_ERR(policy);
	set_own_policy(policy);
	return 0;
}

/** sys_mbind() - mbind(2). */
long sys_mbind(unsigned long start, unsigned long len, int mode,
	       const unsigned long __user *nmask, unsigned long maxnode, unsigned int flags)
{
	struct mempolicy *policy;
	struct mpol_nodes nodes;
	unsigned int mode_flags;
	int err;

	err = split_mode(&mode, &mode_flags);
	if (!err)
		err = nodes_from_user(&nodes, nmask, maxnode);
	if (err)
		return err;
	if (flags & ~MPOL_MF_VALID)
		return -EINVAL;
	if ((flags & MPOL_MF_MOVE_ALL) && !capable(CAP_SYS_NICE))
		return -EPERM;
	if (start & ~PAGE_MASK)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (start + len < start)
		return -EINVAL;
	if (!len)
		return 0;
	policy = mpol_create(mode, mode_flags, &nodes);
	if (IS_ERR(policy))
		return PTR_ERR(policy);
	if (mode == MPOL_DEFAULT)
		flags &= ~MPOL_MF_STRICT;
	err = vm_mbind(current->mm, start, start + len, policy, flags);
	mpol_put(policy);
	return err;
}

/** sys_set_mempolicy_home_node() - set_mempolicy_home_node(2). */
long sys_set_mempolicy_home_node(unsigned long start, unsigned long len, unsigned long home,
				 unsigned long flags)
{
	if ((start & ~PAGE_MASK) || flags)
		return -EINVAL;
	if (home >= MAX_NUMNODES || !node_online(home))
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (start + len < start)
		return -EINVAL;
	return len ? vm_set_home_node(current->mm, start, start + len, home) : 0;
}

/* --- get_mempolicy ------------------------------------------------------------------- */

/* The node of the page at @addr, which is made present if need be; -EFAULT: no page. */
static int node_of_address(unsigned long addr)
{
	struct page *page;
	int nr = get_user_pages_remote(current->mm, addr & PAGE_MASK, 1, FOLL_OWN, &page), nid;

	if (nr != 1)
		return nr < 0 ? nr : -EFAULT;
	nid = page_to_nid(page);
	put_page(page);
	return nid;
}

/* The policy that @flags ask about, counted; ERR_PTR. */
static struct mempolicy *asked_policy(unsigned long addr, unsigned long flags)
{
	struct mempolicy *policy;
	bool mapped;

	if (!(flags & MPOL_F_ADDR))
		return addr ? ERR_PTR(-EINVAL) : mpol_get(current->mempolicy.policy);
	policy = vm_get_policy(current->mm, addr, &mapped);
	return mapped ? policy : ERR_PTR(-EFAULT);
}

/* What is asked of @policy: a node or its mode, and in *@nodes its nodes. */
static long describe_policy(const struct mempolicy *policy, unsigned long addr,
			    unsigned long flags, unsigned long *nodes)
{
	*nodes = 0;
	if (policy && policy->flags)
		*nodes = policy->user_nodes;
	else if (policy)
		*nodes = policy->nodes.bits[0];
	if ((flags & MPOL_F_NODE) && (flags & MPOL_F_ADDR))
		return node_of_address(addr);
	if (!(flags & MPOL_F_NODE))
		return policy ? policy->mode | policy->flags : MPOL_DEFAULT;
	if (!policy || policy->mode != MPOL_INTERLEAVE)
		return -EINVAL;
	return mpol_next_node(&current->mempolicy);
}

static long get_policy(unsigned long addr, unsigned long flags, unsigned long *nodes)
{
	struct mempolicy *policy;
	nodemask_t memory;
	long value;

	if (flags & ~(unsigned long)(MPOL_F_NODE | MPOL_F_ADDR | MPOL_F_MEMS_ALLOWED))
		return -EINVAL;
	if (flags & MPOL_F_MEMS_ALLOWED) {
		nodes_with_memory(&memory);
		*nodes = memory.bits[0];
		return flags == MPOL_F_MEMS_ALLOWED ? MPOL_DEFAULT : -EINVAL;
	}
	policy = asked_policy(addr, flags);
	if (IS_ERR(policy))
		return PTR_ERR(policy);
	value = describe_policy(policy, addr, flags, nodes);
	mpol_put(policy);
	return value;
}

static_assert(MAX_NUMNODES <= BITS_PER_LONG, "one word of nodes");

/** sys_get_mempolicy() - get_mempolicy(2). */
long sys_get_mempolicy(int __user *policy, unsigned long __user *nmask, unsigned long maxnode,
		       unsigned long addr, unsigned long flags)
{
	unsigned long nodes;
	long value;

	if (nmask && maxnode < nr_node_ids())
		return -EINVAL;
	value = get_policy(addr, flags, &nodes);
	if (value < 0)
		return value;
	if (policy && put_user((int)value, policy))
		return -EFAULT;
	return nmask ? nodes_to_user(nmask, maxnode, &nodes) : 0;
}

/* --- memory of others ------------------------------------------------------------------ */

/* The task of @pid, 0: current, whose memory current may move; counted, or ERR_PTR. */
static struct task_struct *movable_task(pid_t pid)
{
	struct task_struct *task = current;

	if (pid)
		task = get_task_by_pid(pid);
	else
		get_task_struct(task);
	if (!task)
		return ERR_PTR(-ESRCH);
	if (ptrace_may_access(task)) {
		put_task_struct(task);
		return ERR_PTR(-EPERM);
	}
	return task;
}

/** sys_migrate_pages() - migrate_pages(2). */
long sys_migrate_pages(pid_t pid, unsigned long maxnode, const unsigned long __user *from_nodes,
		       const unsigned long __user *to_nodes)
{
	bool all = capable(CAP_SYS_NICE);
	struct mpol_nodes old, new;
	nodemask_t from, to, memory;
	struct task_struct *task;
	struct mm_struct *mm;
	long ret;

	ret = nodes_from_user(&old, from_nodes, maxnode);
	if (!ret)
		ret = nodes_from_user(&new, to_nodes, maxnode);
	if (ret)
		return ret;
	task = movable_task(pid);
	if (IS_ERR(task))
		return PTR_ERR(task);
	nodes_with_memory(&memory);
	bitmap_copy(from.bits, old.bits, MAX_NUMNODES);
	bitmap_copy(to.bits, new.bits, MAX_NUMNODES);
	ret = -EPERM;
	if (!all && (!nodes_subset(to, memory) ||
		     find_next_bit(new.bits, MPOL_NODE_BITS, MAX_NUMNODES) < MPOL_NODE_BITS))
		goto put;
	nodes_and(to, to, memory);
	ret = -EINVAL;
	mm = nodes_empty(to) ? NULL : get_task_mm(task);
	if (!mm)
		goto put;
	ret = vm_migrate_pages(mm, &from, &to, all);
	mmput(mm);
put:
	put_task_struct(task);
	return ret;
}

struct move_request {
	struct mm_struct *mm;
	const void __user *__user *pages;
	const int __user *nodes;	/* NULL: only ask */
	int __user *status;
	bool all;
};

/* Page @i: 0; 1: it could not be moved, the rest is left; -E: the call ends. */
static int move_request_page(const struct move_request *req, unsigned long i)
{
	const void __user *page;
	int node, where;

	if (get_user(page, req->pages + i))
		return -EFAULT;
	if (!req->nodes) {
		where = vm_page_node(req->mm, (unsigned long)page);
	} else {
		if (get_user(node, req->nodes + i))
			return -EFAULT;
		if (!node_state(node, N_MEMORY))
			return -ENODEV;
		where = vm_move_page(req->mm, (unsigned long)page, node, req->all);
		if (where == -EAGAIN)
			return 1;
		if (where == -ENOMEM)
			return where;
	}
	return put_user(where, req->status + i) ? -EFAULT : 0;
}

/** sys_move_pages() - move_pages(2). */
long sys_move_pages(pid_t pid, unsigned long nr_pages, const void __user *__user *pages,
		    const int __user *nodes, int __user *status, int flags)
{
	struct move_request req = {
		.pages = pages, .nodes = nodes, .status = status,
		.all = flags & MPOL_MF_MOVE_ALL,
	};
	struct task_struct *task;
	unsigned long i;
	long ret = 0;

	if (flags & ~(MPOL_MF_MOVE | MPOL_MF_MOVE_ALL))
		return -EINVAL;
	if (req.all && !capable(CAP_SYS_NICE))
		return -EPERM;
	task = movable_task(pid);
	if (IS_ERR(task))
		return PTR_ERR(task);
	req.mm = get_task_mm(task);
	put_task_struct(task);
	if (!req.mm)
		return -EINVAL;
	for (i = 0; i < nr_pages && !ret; i++) {
		if (fatal_signal_pending(current))
			ret = -ERESTARTNOINTR;
		else
			ret = move_request_page(&req, i);
		if (ret > 0)
			ret = nr_pages - i;	/* as many stayed */
		cond_resched();
	}
	mmput(req.mm);
	return ret;
}
