// SPDX-License-Identifier: MIT
/* fork: who sees which write, what is not inherited, many children, threads of writes. */
#define _GNU_SOURCE
#include "vmutil.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

#define PAGES	2000

static char *p;

static int sum_of(char *at)
{
	int i, sum = 0;

	for (i = 0; i < PAGES; i++)
		sum += (unsigned char)at[i * K4];
	return sum;
}

static int child_status(void)
{
	int status = -1;

	wait(&status);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void test_both_write(void)
{
	int before, to[2];
	char c;

	for (int i = 0; i < PAGES; i++)
		p[i * K4] = i;
	before = sum_of(p);
	if (pipe(to))
		bail("no pipe");
	if (!fork()) {
		read(to[0], &c, 1);	/* after the parent's writes */
		if (sum_of(p) != before)
			_exit(1);
		memset(p, 0, PAGES * K4);
		_exit(sum_of(p) != 0);
	}
	for (int i = 0; i < PAGES; i += 2)
		p[i * K4] = 7;
	before = sum_of(p);
	write(to[1], "x", 1);
	is_int(child_status(), 0, "the child sees the old values and writes its own");
	is_int(sum_of(p), before, "the parent keeps its own");
	close(to[0]);
	close(to[1]);
}

static void test_generations(void)
{
	int i, depth;

	for (i = 0; i < PAGES; i++)
		p[i * K4] = 1;
	for (depth = 0; depth < 10; depth++) {
		pid_t pid = fork();

		if (pid) {
			int status = child_status();

			if (depth)
				_exit(status || p[(depth - 1) * K4] != 2 ||
				      p[depth * K4] != 1);
			is_int(status, 0, "ten generations, each with its own writes");
			return;
		}
		p[depth * K4] = 2;
	}
	for (i = 0; i < 10; i++)
		if (p[i * K4] != 2)
			_exit(1);
	_exit(sum_of(p) != PAGES + 10);
}

static void test_not_inherited(void)
{
	char *q = mmap(NULL, 4 * K4, RW, PRIV, -1, 0);
	int status;

	memset(q, 5, 4 * K4);
	is(madvise(q, K4, MADV_DONTFORK), 0, 0, "MADV_DONTFORK");
	is(madvise(q + K4, K4, MADV_WIPEONFORK), 0, 0, "MADV_WIPEONFORK");
	if (!fork()) {
		status = vm_read(q) == -1101 && vm_read(q + K4) == 0 && vm_read(q + 2 * K4) == 5;
		_exit(status ? 0 : 1);
	}
	is_int(child_status(), 0, "not mapped, wiped, kept");
	is_int(q[K4], 5, "the parent's stays");
	munmap(q, 4 * K4);
}

static void test_many_children(void)
{
	int i, bad = 0;

	memset(p, 3, PAGES * K4);
	for (i = 0; i < 30; i++)
		if (!fork()) {
			int k, good = 1;

			for (k = i; k < PAGES; k += 30)
				p[k * K4] = i;
			for (k = 0; k < PAGES; k++)
				good &= p[k * K4] == (k % 30 == i ? i : 3);
			_exit(!good);
		}
	for (i = 0; i < 30; i++)
		bad += child_status() != 0;
	is_int(bad, 0, "thirty children at once");
	is_int(sum_of(p), 3 * PAGES, "nobody else sees it");
}

/* the same page reused when nobody shares it any more: no growth over many rounds */
static void test_no_growth(void)
{
	long rss, i;

	memset(p, 1, PAGES * K4);
	rss = vm_status("RssAnon");
	for (i = 0; i < 50; i++) {
		if (!fork())
			_exit(0);
		child_status();
		p[i * K4]++;
	}
	ok(labs(vm_status("RssAnon") - rss) < 100, "fifty forks, the same size");
}

static void test_vfork(void)
{
	volatile int shared = 1;
	pid_t pid = vfork();

	if (pid == 0) {
		shared = 2;
		_exit(0);
	}
	child_status();
	is_int(shared, 2, "vfork shares the memory");
}

int main(void)
{
	plan(0);
	vm_catch();
	p = mmap(NULL, PAGES * K4, RW, PRIV, -1, 0);
	test_both_write();
	test_generations();
	test_not_inherited();
	test_many_children();
	test_no_growth();
	test_vfork();
	return done();
}
