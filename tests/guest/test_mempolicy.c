// SPDX-License-Identifier: MIT
/* get_mempolicy(2): the default policy, the nodes there are, the node of a page. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "tap.h"

#define F_NODE	1
#define F_ADDR	2
#define F_MEMS	4

static long get(int *policy, unsigned long *nodes, unsigned long max, void *addr, unsigned long flags)
{
	return syscall(SYS_get_mempolicy, policy, nodes, max, addr, flags);
}

int main(void)
{
	unsigned long nodes[4] = { ~0ul, ~0ul, ~0ul, ~0ul }, few = ~0ul;
	int policy = 99;
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	plan(0);
	munmap(page + 4096, 4096);
	is(get(NULL, NULL, 0, NULL, 0), 0, 0, "nothing asked for");
	is(get(&policy, nodes, 256, NULL, 0), 0, 0, "the policy of the task");
	ok(policy == 0 && !nodes[0] && !nodes[1] && !nodes[3], "is the default, without nodes");
	is(get(NULL, nodes, 256, NULL, F_MEMS), 0, 0, "the nodes with memory");
	ok(nodes[0] & 1 && !nodes[1] && !nodes[2] && !nodes[3], "have node 0 among them");
	is(get(NULL, &few, 0, NULL, F_MEMS), -1, EINVAL, "no room for the nodes");
	is(get(NULL, nodes, 8 * 4096 + 65, NULL, F_MEMS), -1, EINVAL, "room for far too many");
	is(get(NULL, (void *)8, 64, NULL, F_MEMS), -1, EFAULT, "nodes to a bad address");
	is(get((void *)8, NULL, 0, NULL, 0), -1, EFAULT, "the policy to a bad address");
	is(get(&policy, NULL, 0, NULL, F_NODE), -1, EINVAL, "the next node of no interleaving");
	is(get(&policy, NULL, 0, page, 0), -1, EINVAL, "an address without its flag");
	is(get(&policy, NULL, 0, NULL, F_MEMS | F_NODE), -1, EINVAL, "flags that exclude each other");
	is(get(&policy, NULL, 0, NULL, 8), -1, EINVAL, "an unknown flag");
	is(get(&policy, nodes, 64, page, F_ADDR), 0, 0, "the policy of an area");
	ok(policy == 0 && !nodes[0], "is the default");
	is(get(&policy, NULL, 0, page + 4096, F_ADDR), -1, EFAULT, "an address without an area");
	page[0] = 1;
	policy = 99;
	is(get(&policy, NULL, 0, page, F_ADDR | F_NODE), 0, 0, "the node of a page");
	ok(policy == 0, "is node 0");
	return done();
}
