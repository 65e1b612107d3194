// SPDX-License-Identifier: MIT
/*
 * mempolicy.c - get_mempolicy(2): from which nodes the caller's memory comes.
 *
 * Every task and every area has the default policy: the nearest node with room, as the
 * zonelists have it. There is no call that sets another one. So what can be asked is
 * which nodes there are (MPOL_F_MEMS_ALLOWED) and on which a page lies (MPOL_F_NODE with
 * MPOL_F_ADDR); the policy itself is MPOL_DEFAULT, with no nodes.
 *
 * Locks: mmap_lock for reading, in the functions called.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/topology.h>
#include <asm/uaccess.h>

#define MPOL_DEFAULT		0
#define MPOL_F_NODE		0x1ul
#define MPOL_F_ADDR		0x2ul
#define MPOL_F_MEMS_ALLOWED	0x4ul

/* one more than the highest node */
static unsigned int nr_node_ids(void)
{
	unsigned int nr = 1;
	int nid;

	for_each_online_node(nid)
		nr = nid + 1;
	return nr;
}

/* The first words of @nodes, then zeroes, as far as @maxnode - 1 bits reach. */
static long nodes_to_user(unsigned long __user *to, unsigned long maxnode, const nodemask_t *nodes)
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
	return copy_to_user(to, nodes->bits, bytes) ? -EFAULT : 0;
}

/* The node of the page at @addr, which is made present if need be; -EFAULT: no page. */
static int node_of_address(unsigned long addr)
{
	struct page *page;
	int nr = get_user_pages_remote(current->mm, addr & PAGE_MASK, 1, 0, &page), nid;

	if (nr != 1)
		return nr < 0 ? nr : -EFAULT;
	nid = page_to_nid(page);
	put_page(page);
	return nid;
}

static bool is_mapped(unsigned long addr)
{
	bool mapped;

	mmap_read_lock(current->mm);
	mapped = find_vma_intersection(current->mm, addr, addr + 1);
	mmap_read_unlock(current->mm);
	return mapped;
}

/* What @flags ask for, without the nodes. */
static long policy_value(unsigned long addr, unsigned long flags, int *policy)
{
	*policy = MPOL_DEFAULT;
	if (flags & ~(MPOL_F_NODE | MPOL_F_ADDR | MPOL_F_MEMS_ALLOWED))
		return -EINVAL;
	if (flags & MPOL_F_MEMS_ALLOWED)
		return flags == MPOL_F_MEMS_ALLOWED ? 0 : -EINVAL;
	if (!(flags & MPOL_F_ADDR))
		return addr || flags ? -EINVAL : 0;
	if (!is_mapped(addr))
		return -EFAULT;
	if (flags & MPOL_F_NODE)
		*policy = node_of_address(addr);
	return min(*policy, 0);
}

/** sys_get_mempolicy() - get_mempolicy(2). */
long sys_get_mempolicy(int __user *policy, unsigned long __user *nodes, unsigned long maxnode,
		       unsigned long addr, unsigned long flags)
{
	nodemask_t mask = NODE_MASK_NONE;
	int value, nid;
	long err;

	if (nodes && maxnode < nr_node_ids())
		return -EINVAL;
	err = policy_value(addr, flags, &value);
	if (err)
		return err;
	for_each_online_node(nid)
		if ((flags & MPOL_F_MEMS_ALLOWED) && node_state(nid, N_MEMORY))
			node_set(nid, mask);
	if (policy && put_user(value, policy))
		return -EFAULT;
	return nodes ? nodes_to_user(nodes, maxnode, &mask) : 0;
}
