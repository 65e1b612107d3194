// SPDX-License-Identifier: MIT
/*
 * test_tlb.c - when a call that takes a mapping away returns, no thread on any CPU
 * can use it any more; and CPUs that do not run the program are not asked.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tap.h"

#define THREADS 4
#define ROUNDS 60

static volatile unsigned int epoch;	/* odd: a change is on its way */
static volatile int stop, mistakes, reads;
static volatile unsigned int *volatile page;
static volatile unsigned int faults_seen;
static __thread sigjmp_buf env;
static __thread volatile int expecting;

static void fault(int sig)
{
	if (!expecting)
		_exit(99);
	siglongjmp(env, 1);
}

static void *reader(void *arg)
{
	while (!stop) {
		unsigned int e1 = __atomic_load_n(&epoch, __ATOMIC_SEQ_CST), v = *page;
		unsigned int e2 = __atomic_load_n(&epoch, __ATOMIC_SEQ_CST);

		if (e1 == e2 && !(e1 & 1) && v != e1)
			mistakes++;
		__atomic_fetch_add(&reads, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* threads that run @fn while @work changes the mapping */
static void with_threads(void *(*fn)(void *), void (*work)(void))
{
	pthread_t t[THREADS];
	int i;

	stop = mistakes = reads = 0;
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&t[i], NULL, fn, NULL))
			bail("pthread_create");
	while (reads < THREADS)
		sched_yield();
	work();
	stop = 1;
	for (i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
}

/* let the threads run for a moment */
static void pause_a_little(void)
{
	struct timespec ts = { 0, 200000 };

	nanosleep(&ts, NULL);
}

static void remap(void)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		__atomic_fetch_add(&epoch, 1, __ATOMIC_SEQ_CST);
		if (mmap((void *)page, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
			bail("mmap");
		*page = epoch + 1;
		__atomic_fetch_add(&epoch, 1, __ATOMIC_SEQ_CST);
		pause_a_little();
	}
}

static void discard(void)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		__atomic_fetch_add(&epoch, 1, __ATOMIC_SEQ_CST);
		madvise((void *)page, 4096, MADV_DONTNEED);
		*page = epoch + 1;
		__atomic_fetch_add(&epoch, 1, __ATOMIC_SEQ_CST);
		pause_a_little();
	}
}

/* Writers; while epoch is odd the page is read-only and no write may succeed. */
static void *writer(void *arg)
{
	while (!stop) {
		unsigned int e1, e2;

		expecting = 1;
		if (sigsetjmp(env, 1)) {
			expecting = 0;
			__atomic_fetch_add(&faults_seen, 1, __ATOMIC_RELAXED);
			sched_yield();
			continue;
		}
		e1 = __atomic_load_n(&epoch, __ATOMIC_SEQ_CST);
		__atomic_fetch_add((unsigned int *)page, 1, __ATOMIC_SEQ_CST);
		e2 = __atomic_load_n(&epoch, __ATOMIC_SEQ_CST);
		expecting = 0;
		if (e1 == e2 && e1 & 1)
			mistakes++;
		__atomic_fetch_add(&reads, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void protect(void)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		mprotect((void *)page, 4096, PROT_READ);
		__atomic_fetch_add(&epoch, 1, __ATOMIC_SEQ_CST);
		pause_a_little();
		__atomic_fetch_add(&epoch, 1, __ATOMIC_SEQ_CST);
		mprotect((void *)page, 4096, PROT_READ | PROT_WRITE);
		pause_a_little();
	}
}

static void *counter(void *arg)
{
	while (!stop) {
		__atomic_fetch_add((unsigned int *)page, 1, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(&reads, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* A fork is a snapshot: what the threads write afterwards is not in it. */
static void snapshots(void)
{
	int i, status;

	for (i = 0; i < 40; i++) {
		pid_t pid = fork();

		if (!pid) {
			unsigned int v = *page;

			pause_a_little();
			_exit(*page == v ? 0 : 1);
		}
		waitpid(pid, &status, 0);
		if (status)
			mistakes++;
	}
}

/* Interrupts for other CPUs' flushes so far, on all CPUs; -1: the system does not say. */
static long shootdowns(void)
{
	static char line[4096];
	FILE *f = fopen("/proc/interrupts", "r");
	long sum = -1;

	while (f && fgets(line, sizeof(line), f)) {
		char *p = strstr(line, "TLB:"), *end;

		if (!p)
			continue;
		for (sum = 0, p += 4;; p = end) {
			long n = strtol(p, &end, 10);

			if (end == p)
				break;
			sum += n;
		}
	}
	if (f)
		fclose(f);
	return sum;
}

#define DISCARDS 400

/* Nobody else runs this address space, so nobody is interrupted for it. */
static void test_alone(void)
{
	cpu_set_t one, all;
	long before, after;
	int i;

	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	before = shootdowns();
	for (i = 0; i < DISCARDS; i++) {
		*page = i;
		madvise((void *)page, 4096, MADV_DONTNEED);
	}
	after = shootdowns();
	sched_setaffinity(0, sizeof(all), &all);
	ok(before >= 0 && after - before < DISCARDS / 4, "other CPUs are left in peace");
}

int main(void)
{
	plan(5);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		bail("mmap");
	signal(SIGSEGV, fault);
	epoch = 0;
	*page = 0;
	with_threads(reader, remap);
	is_int(mistakes, 0, "mmap over a mapping");
	with_threads(reader, discard);
	is_int(mistakes, 0, "madvise(MADV_DONTNEED)");
	with_threads(writer, protect);
	is_int(mistakes, 0, "mprotect");
	with_threads(counter, snapshots);
	is_int(mistakes, 0, "fork while threads write");
	test_alone();
	return done();
}
