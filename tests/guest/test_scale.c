// SPDX-License-Identifier: MIT
/*
 * test_scale.c - many of everything in one machine: threads of a process, areas of an
 * address space, one area that is nearly all of it, processes. What the kernel keeps for
 * them is no more than what Linux keeps (measured there, with some room). With 8 GiB and
 * 4 CPUs these were, in kB:
 *
 *			Quire	Linux 6.1
 *	 1200 threads	 22172	 33172
 *	65529 areas	 10100	 11428
 *	10000 processes	477000	507908
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <sys/sysinfo.h>

#include "vmutil.h"

#define NTHREADS	1200		/* fewer where there is little memory, as below */
#define MAX_MAPS	65530

static long meminfo(const char *key)
{
	char *p = strstr(vm_proc("/proc/meminfo"), key);

	return p ? atol(p + strlen(key)) : -1;
}

/* how many of what costs some 30 kB of memory that only the kernel has */
static long how_many(long in_512_mib, long in_8_gib)
{
	struct sysinfo si;

	sysinfo(&si);
	if (si.totalram * si.mem_unit > 4ul << 30)
		return in_8_gib;
	return si.totalram * si.mem_unit > 400ul << 20 ? in_512_mib : in_512_mib / 8;
}

/* kB that the kernel keeps for itself because of what programs did */
static long kernel_kb(void)
{
	return meminfo("\nSUnreclaim:") + meminfo("\nKernelStack:") + meminfo("\nPageTables:");
}

static void costs_at_most(long before, long limit_kb, const char *what)
{
	long used = kernel_kb() - before;

	ok(used <= limit_kb, "%s: within what Linux needs", what);
	diag("%ld kB, limit %ld", used, limit_kb);
}

/* --- threads --------------------------------------------------------------------------- */

static volatile unsigned int started, leave_now;

static void *wait_there(void *arg)
{
	__atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
	while (!leave_now)
		syscall(SYS_futex, &leave_now, 128, 0, NULL, NULL, 0);
	__atomic_fetch_sub(&started, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static long threads_of_self(void)
{
	char *p = strstr(vm_proc("/proc/self/status"), "\nThreads:");

	return p ? atol(p + 9) : -1;
}

static void test_threads(void)
{
	static pthread_t t[NTHREADS];
	pthread_attr_t attr;
	long before = kernel_kb(), n = how_many(NTHREADS, NTHREADS), i;
	int failed = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 16384);
	for (i = 0; i < n && !failed; i++)
		failed = pthread_create(&t[i], &attr, wait_there, NULL);
	is_int(failed, 0, "many threads begin");
	while (started < (unsigned long)n)
		sched_yield();
	is_int(threads_of_self(), n + 1, "status counts them");
	/* 16 kB of stack each; task, FPU and what else belongs to it */
	costs_at_most(before, n * 30, "threads");
	leave_now = 1;
	syscall(SYS_futex, &leave_now, 129, n, NULL, NULL, 0);
	for (i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	is_int(started, 0, "all end");
	while (threads_of_self() > 1)
		sched_yield();
	is_int(threads_of_self(), 1, "one is left");
}

/* --- areas -------------------------------------------------------------------------------- */

static long count_areas(void)
{
	static char buf[65536];
	int fd = open("/proc/self/maps", O_RDONLY);
	long lines = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n; i++)
			lines += buf[i] == '\n';
	close(fd);
	return lines;
}

static void test_areas(void)
{
	char *p = mmap(NULL, MAX_MAPS * K4, PROT_NONE, PRIV | MAP_NORESERVE, -1, 0);
	long before = kernel_kb(), i, n, bad = 0;

	for (i = 1; i < MAX_MAPS; i += 2)
		if (mprotect(p + i * K4, K4, PROT_READ))
			break;
	ok(i > MAX_MAPS - 100 && errno == ENOMEM, "areas up to the limit");
	n = count_areas();		/* Linux cuts once before it fails to cut a second time */
	ok(n == MAX_MAPS || n == MAX_MAPS - 1, "maps has a line for each");
	/* a third of a kB each: the area and its place in the index */
	costs_at_most(before, MAX_MAPS / 3, "areas");
	ok(mmap(NULL, K4, PROT_EXEC, PRIV, -1, 0) != MAP_FAILED || errno == ENOMEM,
	   "one more or not");
	is(munmap(p + 6 * K4, K4), 0, 0, "one less");
	for (i = 0; i < MAX_MAPS - 200; i += 1000) {
		bad += vm_read(p + (i | 1) * K4) != 0;
		bad += vm_read(p + (i & ~1l) * K4) != -1102;
	}
	is_int(bad, 0, "each is what it is");
	is(munmap(p, MAX_MAPS * K4), 0, 0, "all go at once");
	ok(count_areas() < 100, "few are left");
}

/* --- one area ------------------------------------------------------------------------------- */

static void test_giant(void)
{
	long before = kernel_kb();
	unsigned long size, step;
	char *p;

	for (size = 0, step = 1ul << 46; step >= 1ul << 30; step >>= 1) {
		p = mmap(NULL, size + step, RW, PRIV | MAP_NORESERVE, -1, 0);
		if (p == MAP_FAILED)
			continue;
		size += step;
		munmap(p, size);
	}
	ok(size > 127ul << 40, "an area of more than 127 TiB");
	p = mmap(NULL, size, RW, PRIV | MAP_NORESERVE, -1, 0);
	is_int(vm_write(p, 1) + vm_write(p + size / 2, 2) + vm_write(p + size - 1, 3), 0,
	       "can be written here and there");
	ok(p[0] == 1 && p[size / 2] == 2 && p[size - 1] == 3 && !p[size / 3], "and read");
	costs_at_most(before, 200, "it");
	is(munmap(p, size), 0, 0, "it goes");
}

/* --- processes -------------------------------------------------------------------------------- */

static void test_processes(void)
{
	struct sysinfo si;
	long n = how_many(400, 1000), i, before, failed = 0;
	int gate[2], status, bad = 0;
	char c;

	if (pipe(gate))
		bail("no pipe");
	before = kernel_kb();
	for (i = 0; i < n && !failed; i++) {
		pid_t pid = fork();

		if (!pid) {
			close(gate[1]);
			_exit(read(gate[0], &c, 1) != 0);
		}
		failed = pid < 0;
	}
	is_int(failed, 0, "many processes begin");
	sysinfo(&si);
	ok(si.procs >= n, "and are there");
	/* 16 kB of stack, seven page tables, task, address space, files ... */
	costs_at_most(before, n * 80, "processes");
	close(gate[1]);
	while (wait(&status) > 0)
		bad += status != 0;
	close(gate[0]);
	is_int(bad, 0, "all end");
}

int main(void)
{
	plan(0);
	vm_catch();
	test_threads();
	test_areas();
	test_giant();
	test_processes();
	return done();
}
