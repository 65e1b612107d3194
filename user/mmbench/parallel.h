// SPDX-License-Identifier: MIT
/*
 * parallel.h - the cases of mmbench for several CPUs.
 *
 * Part of mmbench.c, which says what a case is.  The size is the number of
 * threads; time is that of the whole work, divided by the operations of all.
 */
/* ---- several CPUs -------------------------------------------------------- */

static int ready, go, finished;

static void *until_finished(void *arg)
{
	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&finished, __ATOMIC_RELAXED))
		__builtin_ia32_pause();
	return NULL;
}

static void wait_for_go(void)
{
	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&go, __ATOMIC_ACQUIRE))
		sched_yield();
}

static void fault_some(void)
{
	for (int i = 0; i < 8; i++) {
		char *p = anon(MIB);

		touch(p, MIB);
		unmap(p, MIB);
	}
}

static void map_some(void)
{
	for (int i = 0; i < 500; i++)
		unmap(anon(4 * PAGE), 4 * PAGE);
}

static void *work(void *arg)
{
	wait_for_go();
	((void (*)(void))arg)();
	return NULL;
}

/* @threads threads do @what at once; @ops is the work of one of them. */
static void parallel(unsigned long threads, void (*what)(void), unsigned long ops)
{
	pthread_t id[MAX_THREADS];

	ready = go = 0;
	for (unsigned long i = 0; i < threads; i++) {
		errno = pthread_create(&id[i], NULL, work, (void *)what);
		if (errno)
			fail("pthread_create");
	}
	while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) < (int)threads)
		sched_yield();
	start();
	__atomic_store_n(&go, 1, __ATOMIC_RELEASE);
	for (unsigned long i = 0; i < threads; i++)
		pthread_join(id[i], NULL);
	stop(threads * ops);
}

static void smp_fault(unsigned long threads)
{
	parallel(threads, fault_some, 8 * MIB / PAGE);
}

static void smp_map(unsigned long threads)
{
	parallel(threads, map_some, 500);
}

/* One thread unmaps touched pages while the others run in the same space. */
static void smp_shootdown(unsigned long threads)
{
	pthread_t id[MAX_THREADS];

	ready = finished = 0;
	for (unsigned long i = 1; i < threads; i++) {
		errno = pthread_create(&id[i], NULL, until_finished, NULL);
		if (errno)
			fail("pthread_create");
	}
	while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) < (int)threads - 1)
		sched_yield();
	start();
	for (int i = 0; i < 300; i++)
		unmap(touched(4 * PAGE), 4 * PAGE);
	stop(300);
	__atomic_store_n(&finished, 1, __ATOMIC_RELEASE);
	for (unsigned long i = 1; i < threads; i++)
		pthread_join(id[i], NULL);
}
