// SPDX-License-Identifier: MIT
/*
 * test_numa.c - policies of memory: mbind, set_mempolicy, get_mempolicy, migrate_pages,
 * move_pages, set_mempolicy_home_node, numa_maps. With one node what can be said of one;
 * where there are two and more (the group numa boots it so), where pages come from.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

enum { DEFAULT, PREFERRED, BIND, INTERLEAVE, LOCAL, MANY };
#define STATIC		(1 << 15)
#define RELATIVE	(1 << 14)
#define F_NODE		1
#define F_ADDR		2
#define F_MEMS		4
#define STRICT		1
#define MOVE		2
#define MOVE_ALL	4
#define PAGE		4096ul
#define SYS_home_node	450
#define NONE		((char *)0)

static unsigned long memory;		/* nodes that have some, a bit each */
static int nodes[64], nr_nodes;		/* the same as a list */
static char text[65536];

/* --- short forms -------------------------------------------------------------- */

static long set(int mode, unsigned long mask)
{
	return syscall(SYS_set_mempolicy, mode, &mask, 65);
}

static long bind_to(void *p, long pages, int mode, unsigned long mask, int flags)
{
	return syscall(SYS_mbind, p, pages * PAGE, mode, &mask, 65, flags);
}

static long get(int *mode, unsigned long *mask, void *p, long flags)
{
	return syscall(SYS_get_mempolicy, mode, mask, 64, p, flags);
}

static char *map(long pages)
{
	return mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int node_of(void *p)
{
	int node = -1;

	if (get(&node, NULL, p, F_NODE | F_ADDR))
		return -errno;
	return node;
}

/* how many of the pages of @p are on @node; touches them */
static int pages_on(char *p, long pages, int node)
{
	int n = 0;

	for (long i = 0; i < pages; i++) {
		p[i * PAGE]++;
		n += node_of(p + i * PAGE) == node;
	}
	return n;
}

/* the words of the area of @p in numa_maps, without its address */
static char *maps_line(void *p)
{
	char start[24], *line, *end;
	int fd = open("/proc/self/numa_maps", O_RDONLY);
	long n = 0, got;

	while ((got = read(fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += got;
	close(fd);
	text[n] = 0;
	snprintf(start, sizeof(start), "%08lx ", (unsigned long)p);
	line = strstr(text, start);
	if (!line)
		return "none";
	line += strlen(start);
	end = strchr(line, '\n');
	*end = 0;
	return line;
}

/* the same without how many pages are in use by age, which differs */
static char *policy_line(void *p)
{
	char *line = maps_line(p);
	char *pages = strstr(line, " anon=");

	if (pages)
		*pages = 0;
	return line;
}

static void find_nodes(void)
{
	syscall(SYS_get_mempolicy, NULL, &memory, 64, NULL, F_MEMS);
	for (int i = 0; i < 64; i++)
		if (memory & (1ul << i))
			nodes[nr_nodes++] = i;
}

/* --- arguments ------------------------------------------------------------------ */

static void test_set_errors(void)
{
	unsigned long mask = memory, many[17] = { 0 };
	int mode = 99;

	is(set(6, mask), -1, EINVAL, "no such mode");
	is(set(-1, mask), -1, EINVAL, "nor this");
	is(set(BIND | STATIC | RELATIVE, mask), -1, EINVAL, "flags that exclude each other");
	is(set(DEFAULT, mask), -1, EINVAL, "the default has no nodes");
	is(set(DEFAULT | STATIC, 0), 0, 0, "but may have a flag");
	is(set(BIND, 0), -1, EINVAL, "bind to none");
	is(set(INTERLEAVE, 0), -1, EINVAL, "interleave none");
	is(set(MANY, 0), -1, EINVAL, "prefer none of many");
	is(set(LOCAL, mask), -1, EINVAL, "local has no nodes");
	is(set(LOCAL | STATIC, 0), -1, EINVAL, "nor flags");
	is(set(PREFERRED | STATIC, 0), -1, EINVAL, "prefer none has no flags");
	is(set(BIND, 1ul << 62), -1, EINVAL, "a node without memory alone");
	is(set(PREFERRED, 1ul << 62), -1, EINVAL, "nor is it preferred");
	is(set(BIND, mask | 1ul << 62), 0, 0, "with others it does not count");
	is(get(&mode, &mask, NULL, 0), 0, 0, "the policy");
	ok(mode == BIND && mask == memory, "has those with memory");
	is(syscall(SYS_set_mempolicy, BIND, 8, 64), -1, EFAULT, "nodes at a bad address");
	is(syscall(SYS_set_mempolicy, BIND, &mask, 8 * 4096 + 2), -1, EINVAL, "far too many");
	is(syscall(SYS_set_mempolicy, BIND, NULL, 64), -1, EINVAL, "no nodes");
	is(syscall(SYS_set_mempolicy, PREFERRED, NULL, 64), 0, 0, "none preferred");
	get(&mode, &mask, NULL, 0);
	ok(mode == LOCAL && !mask, "is local");
	many[0] = memory;
	many[16] = 1;
	is(syscall(SYS_set_mempolicy, BIND, many, 17 * 64 + 1), -1, EINVAL, "node 1024");
	is(syscall(SYS_set_mempolicy, BIND, many, 16 * 64 + 1), 0, 0, "without it");
	is(syscall(SYS_set_mempolicy, BIND, many, 1), -1, EINVAL, "of one bit none counts");
	is(syscall(SYS_set_mempolicy, BIND, many, 2), nodes[0] ? -1 : 0, EINVAL, "of two the first");
	is(set(DEFAULT, 0), 0, 0, "no policy again");
	get(&mode, &mask, NULL, 0);
	ok(mode == DEFAULT && !mask, "none");
}

static void test_flags(void)
{
	unsigned long mask = 0, all = 0xff;
	int mode = 0;

	is(set(BIND | STATIC, all), 0, 0, "static nodes");
	get(&mode, &mask, NULL, 0);
	ok(mode == (BIND | STATIC) && (mask & all) == (nr_nodes ? mask : 0) && (mask & memory),
	   "are told as they were named");
	is(set(INTERLEAVE | RELATIVE, 1ul << 40 | 2), 0, 0, "relative nodes: any number");
	get(&mode, &mask, NULL, 0);
	ok(mode == (INTERLEAVE | RELATIVE) && mask == (1ul << 40 | 2), "is kept");
	is(set(PREFERRED, memory), 0, 0, "one of all preferred");
	get(&mode, &mask, NULL, 0);
	ok(mode == PREFERRED && mask == 1ul << nodes[0], "is the first");
	is(set(MANY, memory), 0, 0, "all preferred");
	get(&mode, &mask, NULL, 0);
	ok(mode == MANY && mask == memory, "are told");
	set(DEFAULT, 0);
}

static void test_mbind_errors(void)
{
	char *p = map(8);
	unsigned long n0 = 1ul << nodes[0], mask = 0;
	int mode = 0;

	munmap(p + 4 * PAGE, PAGE);
	is(bind_to(p + 1, 1, BIND, n0, 0), -1, EINVAL, "not at a page");
	is(bind_to(p, 0, BIND, n0, 0), 0, 0, "nothing");
	is(bind_to(p, 0, BIND, 0, 0), 0, 0, "nothing, wrong nodes");
	is(bind_to(p, 0, 9, n0, 0), -1, EINVAL, "nothing, a wrong mode");
	is(bind_to(p, -1, BIND, n0, 0), -1, EINVAL, "around the end");
	is(bind_to(p, 1, BIND, n0, 8), -1, EINVAL, "an unknown flag");
	is(bind_to(p, 1, BIND, 0, 0), -1, EINVAL, "no nodes");
	is(bind_to(p, 1, BIND | STATIC | RELATIVE, n0, 0), -1, EINVAL, "flags that exclude");
	is(bind_to(p + 4 * PAGE, 1, BIND, n0, 0), -1, EFAULT, "a hole");
	is(bind_to(p + 3 * PAGE, 3, BIND, n0, 0), -1, EFAULT, "a hole in the middle");
	is(bind_to(p + 4 * PAGE, 2, BIND, n0, 0), -1, EFAULT, "a hole first");
	is(bind_to(p + 4 * PAGE, 1, DEFAULT, 0, 0), -1, EFAULT, "a hole by default");
	is(bind_to(p + 3 * PAGE, 3, DEFAULT, 0, 0), 0, 0, "by default holes do not matter");
	is(get(&mode, &mask, p + 4 * PAGE, F_ADDR), -1, EFAULT, "the policy of a hole");
	is(bind_to(p, 2, BIND, n0, 0), 0, 0, "two pages");
	is(get(&mode, &mask, p + PAGE, F_ADDR), 0, 0, "have it");
	ok(mode == BIND && mask == n0, "bind");
	is(get(&mode, &mask, p + 2 * PAGE, F_ADDR), 0, 0, "the third");
	ok(mode == DEFAULT && !mask, "has not");
	is(bind_to(p, 4, LOCAL, 0, 0), 0, 0, "local");
	is(get(&mode, &mask, p, F_ADDR), 0, 0, "is told");
	ok(mode == LOCAL && !mask, "without nodes");
	is(get(&mode, NULL, p, F_ADDR | F_NODE | F_MEMS), -1, EINVAL, "flags that exclude");
	is(get(&mode, NULL, NULL, F_NODE), -1, EINVAL, "the next turn of none");
	munmap(p, 8 * PAGE);
}

/* --- areas ----------------------------------------------------------------------- */

static void test_areas(void)
{
	char *p = map(10), line[80];
	int n0 = nodes[0];
	pid_t pid;
	int status;

	/* alone between its neighbours */
	mprotect(p, PAGE, PROT_NONE);
	mprotect(p + 9 * PAGE, PAGE, PROT_NONE);
	is_str(policy_line(p + PAGE), "default", "an area");
	bind_to(p + 3 * PAGE, 3, BIND, 1ul << n0, 0);
	is_str(policy_line(p + PAGE), "default", "is split by a policy");
	snprintf(line, sizeof(line), "bind:%d", n0);
	is_str(policy_line(p + 3 * PAGE), line, "bind");
	is_str(policy_line(p + 6 * PAGE), "default", "and behind it");
	bind_to(p + 6 * PAGE, 3, BIND, 1ul << n0, 0);
	is_str(policy_line(p + 6 * PAGE), "none", "an equal neighbour is one with it");
	bind_to(p + 4 * PAGE, 1, BIND | STATIC, 1ul << n0, 0);
	snprintf(line, sizeof(line), "bind=static:%d", n0);
	is_str(policy_line(p + 4 * PAGE), line, "static nodes are another policy");
	bind_to(p + 4 * PAGE, 1, PREFERRED, 1ul << n0, 0);
	snprintf(line, sizeof(line), "prefer:%d", n0);
	is_str(policy_line(p + 4 * PAGE), line, "prefer");
	bind_to(p + 4 * PAGE, 1, MANY | RELATIVE, 1, 0);
	snprintf(line, sizeof(line), "prefer (many)=relative:%d", n0);
	is_str(policy_line(p + 4 * PAGE), line, "prefer many, relative");
	bind_to(p + 4 * PAGE, 1, INTERLEAVE, 1ul << n0, 0);
	snprintf(line, sizeof(line), "interleave:%d", n0);
	is_str(policy_line(p + 4 * PAGE), line, "interleave");
	bind_to(p + 4 * PAGE, 1, LOCAL, 0, 0);
	is_str(policy_line(p + 4 * PAGE), "local", "local");
	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(strcmp(policy_line(p + 4 * PAGE), "local") != 0);
	waitpid(pid, &status, 0);
	is_int(status, 0, "a child's areas have it, too");
	bind_to(p + PAGE, 8, DEFAULT, 0, 0);
	is_str(policy_line(p + PAGE), "default", "by default it is one again");
	is_str(policy_line(p + 4 * PAGE), "none", "one");
	set(BIND, 1ul << n0);
	snprintf(line, sizeof(line), "bind:%d", n0);
	is_str(policy_line(p + PAGE), line, "the task's policy is the area's");
	pid = fork();
	if (!pid)
		_exit(strcmp(policy_line(p + PAGE), line) != 0);
	waitpid(pid, &status, 0);
	is_int(status, 0, "and a child's");
	set(DEFAULT, 0);
	munmap(p, 10 * PAGE);
}

static void test_home_node(void)
{
	char *p = map(4);
	int n0 = nodes[0];

	is(syscall(SYS_home_node, p, 4 * PAGE, n0, 0), -1, ENOENT, "a home without a policy");
	bind_to(p, 2, BIND, memory, 0);
	is(syscall(SYS_home_node, p, 4 * PAGE, n0, 0), 0, 0, "with one");
	is(syscall(SYS_home_node, p + 1, PAGE, n0, 0), -1, EINVAL, "not at a page");
	is(syscall(SYS_home_node, p, PAGE, n0, 1), -1, EINVAL, "flags");
	is(syscall(SYS_home_node, p, PAGE, 63, 0), -1, EINVAL, "a node that is not there");
	is(syscall(SYS_home_node, p, 0, n0, 0), 0, 0, "of nothing");
	bind_to(p + PAGE, 1, INTERLEAVE, memory, 0);
	is(syscall(SYS_home_node, p, 4 * PAGE, n0, 0), -1, EOPNOTSUPP, "none for turns");
	munmap(p, 4 * PAGE);
}

/* --- where pages come from --------------------------------------------------------- */

static void test_places(void)
{
	int last = nodes[nr_nodes - 1], n0 = nodes[0], n, on[2];
	char *p = map(64);

	ok(bind_to(p, 16, BIND, 1ul << last, 0) == 0 && pages_on(p, 16, last) == 16, "bind");
	bind_to(p + 16 * PAGE, 16, PREFERRED, 1ul << last, 0);
	ok(pages_on(p + 16 * PAGE, 16, last) == 16, "prefer");
	bind_to(p + 32 * PAGE, 16, MANY, 1ul << last, 0);
	ok(pages_on(p + 32 * PAGE, 16, last) == 16, "prefer many");
	bind_to(p + 48 * PAGE, 16, INTERLEAVE, memory, 0);
	on[0] = pages_on(p + 48 * PAGE, 16, n0);
	on[1] = pages_on(p + 48 * PAGE, 16, last);
	ok(nr_nodes == 1 ? on[0] == 16 : on[0] >= 16 / nr_nodes && on[1] >= 16 / nr_nodes,
	   "in turn");
	munmap(p, 64 * PAGE);

	p = map(64);
	set(BIND, 1ul << last);
	ok(pages_on(p, 16, last) == 16, "the task's bind");
	set(INTERLEAVE, memory);
	is(get(&n, NULL, NULL, F_NODE), 0, 0, "whose turn is it");
	ok(n >= 0 && (memory & 1ul << n), "a node's");
	on[0] = pages_on(p + 16 * PAGE, 16, n0);
	ok(on[0] >= 16 / nr_nodes && on[0] <= 16 / nr_nodes + 1, "the task's turns");
	bind_to(p + 32 * PAGE, 16, BIND, 1ul << n0, 0);
	ok(pages_on(p + 32 * PAGE, 16, n0) == 16, "an area's policy comes before the task's");
	set(DEFAULT, 0);
	bind_to(p + 48 * PAGE, 16, BIND, memory, 0);
	is(syscall(SYS_home_node, p + 48 * PAGE, 16 * PAGE, last, 0), 0, 0, "a home");
	ok(pages_on(p + 48 * PAGE, 16, last) == 16, "is asked first");
	munmap(p, 64 * PAGE);
}

static void test_moving(void)
{
	int last = nodes[nr_nodes - 1], n0 = nodes[0], status;
	char *p = map(16);
	int misplaced = nr_nodes > 1;
	pid_t pid;
	int fd[2];

	bind_to(p, 16, BIND, 1ul << n0, 0);
	memset(p, 7, 16 * PAGE);
	is(bind_to(p, 16, BIND, 1ul << n0, STRICT), 0, 0, "all are where they shall be");
	is(bind_to(p, 16, BIND, 1ul << last, STRICT), misplaced ? -1 : 0, EIO, "or not");
	is(bind_to(p, 16, BIND, 1ul << last, 0), 0, 0, "a policy for pages to come");
	ok(pages_on(p, 16, n0) == 16, "leaves those that are there");
	is(bind_to(p, 8, BIND, 1ul << last, MOVE | STRICT), 0, 0, "unless they shall move");
	ok(pages_on(p, 8, last) == 8 && pages_on(p + 8 * PAGE, 8, n0) == 8, "as far as it says");
	ok(p[0] == 7 + 2 && p[5] == 7 && p[15 * PAGE + 9] == 7, "contents stay");

	/* pages that a child has, too */
	if (pipe(fd))
		return;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		close(fd[1]);
		_exit(read(fd[0], text, 1) != 0);
	}
	close(fd[0]);
	is(bind_to(p + 8 * PAGE, 8, BIND, 1ul << last, MOVE | STRICT), 0, 0,
	   "what a child has, too, is no error");
	ok(node_of(p + 8 * PAGE) == n0, "but does not move");
	close(fd[1]);
	waitpid(pid, &status, 0);
	is(bind_to(p + 8 * PAGE, 8, BIND, 1ul << last, MOVE | STRICT), 0, 0, "alone again it does");
	ok(pages_on(p + 8 * PAGE, 8, last) == 8, "it is there");
	munmap(p, 16 * PAGE);
}

static void test_migrate(void)
{
	int last = nodes[nr_nodes - 1], n0 = nodes[0];
	unsigned long from = 1ul << n0, to = 1ul << last, none = 0;
	char *p = map(16);

	bind_to(p, 16, BIND, from, 0);
	memset(p, 3, 16 * PAGE);
	is(syscall(SYS_migrate_pages, 0, 65, &from, &none), -1, EINVAL, "to nowhere");
	is(syscall(SYS_migrate_pages, 0, 65, &from, 8), -1, EFAULT, "a bad address");
	is(syscall(SYS_migrate_pages, 4000000, 65, &from, &to), -1, ESRCH, "nobody");
	ok(syscall(SYS_migrate_pages, 0, 65, &from, &to) >= 0, "from one node to another");
	ok(pages_on(p, 16, last) == 16, "all are there");
	ok(p[8 * PAGE + 1] == 3, "contents stay");
	ok(syscall(SYS_migrate_pages, getpid(), 65, &to, &from) >= 0, "and back, by number");
	ok(pages_on(p, 16, n0) == 16, "all are there");
	munmap(p, 16 * PAGE);
}

static void test_move_pages(void)
{
	int last = nodes[nr_nodes - 1], n0 = nodes[0], status[6], where[6], i;
	char *p = map(6);
	void *pages[6];

	for (i = 0; i < 6; i++) {
		pages[i] = p + i * PAGE + i;
		where[i] = last;
		status[i] = 77;
	}
	bind_to(p, 6, BIND, 1ul << n0, 0);
	memset(p, 5, 4 * PAGE);
	i = p[4 * PAGE];				/* the page of zeroes */
	pages[5] = (void *)8;
	is(syscall(SYS_move_pages, 0, 6, pages, NULL, status, 0), 0, 0, "where pages are");
	ok(status[0] == n0 && status[3] == n0, "on their node");
	is_int(status[4], -EFAULT, "the zero page is nowhere");
	is_int(status[5], -EFAULT, "nor is what is not mapped");
	pages[5] = p + 5 * PAGE;
	is(syscall(SYS_move_pages, 0, 1, pages + 5, NULL, status, 0), 0, 0, "a page");
	is_int(status[0], -EFAULT, "that was never touched");
	is(syscall(SYS_move_pages, 0, 6, pages, where, status, MOVE), 0, 0, "to another node");
	ok(status[0] == last && status[3] == last, "they went");
	is_int(status[4], -EFAULT, "the zero page did not");
	ok(node_of(p) == last && node_of(p + 3 * PAGE) == last && p[3 * PAGE + 8] == 5, "there");
	is(syscall(SYS_move_pages, 0, 1, pages, where, status, STRICT), -1, EINVAL, "a flag");
	where[0] = 63;
	is(syscall(SYS_move_pages, 0, 1, pages, where, status, MOVE), -1, ENODEV, "no such node");
	where[0] = -1;
	is(syscall(SYS_move_pages, 0, 1, pages, where, status, MOVE), -1, ENODEV, "nor this");
	is(syscall(SYS_move_pages, 0, 1, NULL, NULL, status, 0), -1, EFAULT, "no addresses");
	is(syscall(SYS_move_pages, 0, 1, pages, NULL, NULL, 0), -1, EFAULT, "no place to tell");
	is(syscall(SYS_move_pages, 4000000, 1, pages, NULL, status, 0), -1, ESRCH, "nobody");
	is(syscall(SYS_move_pages, 0, 0, NULL, NULL, NULL, 0), 0, 0, "nothing");
	munmap(p, 6 * PAGE);
}

static void as_user(void)
{
	char *p = map(1);

	if (setgid(1000) || setuid(1000))
		_exit(9);
	is(bind_to(p, 1, BIND, memory, MOVE_ALL), -1, EPERM, "all pages are the superuser's");
	is(syscall(SYS_move_pages, 0, 0, NULL, NULL, NULL, MOVE_ALL), -1, EPERM, "as here");
	is(syscall(SYS_move_pages, 1, 0, NULL, NULL, NULL, 0), -1, EPERM, "another's pages");
	is(syscall(SYS_migrate_pages, 1, 65, &memory, &memory), -1, EPERM, "neither");
	is(bind_to(p, 1, BIND, memory, MOVE), 0, 0, "one's own");
	_exit(tap_failed != 0);
}

int main(void)
{
	cpu_set_t one;
	int status;
	pid_t pid;

	plan(0);
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	find_nodes();
	ok(nr_nodes >= 1, "there are nodes with memory");
	test_set_errors();
	test_flags();
	test_mbind_errors();
	test_areas();
	test_home_node();
	test_places();
	test_moving();
	test_migrate();
	test_move_pages();
	fflush(stdout);
	pid = fork();
	if (!pid)
		as_user();
	waitpid(pid, &status, 0);
	tap_number += 5;
	ok(WIFEXITED(status) && !WEXITSTATUS(status), "the child's checks hold");
	return done();
}
