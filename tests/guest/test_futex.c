// SPDX-License-Identifier: MIT
/*
 * futex: waiting, waking, requeueing, time limits, shared memory, robust lists.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

static long futex(void *addr, int op, unsigned int val, const void *timeout, void *addr2,
		  unsigned int val3)
{
	return syscall(SYS_futex, addr, op, val, timeout, addr2, val3);
}

static int word, word2;
static int done_count;

static void *waiter(void *arg)
{
	while (futex(&word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0) && errno == EINTR)
		;
	__atomic_fetch_add(&done_count, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void test_errors(void)
{
	struct timespec ts = { 0, 10000000 };

	is(futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0), -1, EAGAIN, "the word is another");
	is(futex(&word, FUTEX_WAIT, 0, &ts, NULL, 0), -1, ETIMEDOUT, "time is up");
	is(futex((char *)&word + 1, FUTEX_WAIT, 0, NULL, NULL, 0), -1, EINVAL, "not aligned");
	is(futex((void *)8, FUTEX_WAIT, 0, NULL, NULL, 0), -1, EFAULT, "not there");
	is(futex(&word, FUTEX_WAIT_BITSET, 0, &ts, NULL, 0), -1, EINVAL, "no bits");
	is(futex(&word, 99, 0, NULL, NULL, 0), -1, ENOSYS, "no such operation");
	ts.tv_nsec = 1000000000;
	is(futex(&word, FUTEX_WAIT, 0, &ts, NULL, 0), -1, EINVAL, "no such time");
	is(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0), 0, 0, "nobody waits");
	clock_gettime(CLOCK_MONOTONIC, &ts);
	is(futex(&word, FUTEX_WAIT_BITSET, 0, &ts, NULL, ~0), -1, ETIMEDOUT, "a time in the past");
	clock_gettime(CLOCK_REALTIME, &ts);
	is(futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &ts, NULL, ~0), -1, ETIMEDOUT,
	   "of the wall clock");
}

static void start(pthread_t *t, int n)
{
	int i;

	for (i = 0; i < n; i++)
		pthread_create(&t[i], NULL, waiter, NULL);
	usleep(100000);
}

static void test_threads(void)
{
	pthread_t t[4];
	int i, n = 0, m;

	start(t, 4);
	is(futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 1, 0, "one is woken");
	while (__atomic_load_n(&done_count, __ATOMIC_SEQ_CST) < 1)
		usleep(1000);
	is_int(done_count, 1, "one runs");
	m = futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)10l, &word2, 0);
	is_int(m, 3, "one woken, two moved");
	is(futex(&word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0), 0, 0, "nobody is left there");
	is(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)1l, &word2, 5), -1, EAGAIN,
	   "only when the word is right");
	n = futex(&word2, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0);
	is_int(n, 2, "they are where they were moved");
	for (i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	is_int(done_count, 4, "all are done");
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static long counter;
static int turn;

static void *locker(void *arg)
{
	int i;

	for (i = 0; i < 20000; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void *player(void *arg)
{
	int i, me = (long)arg;

	for (i = 0; i < 500; i++) {
		pthread_mutex_lock(&mutex);
		while (turn != me)
			pthread_cond_wait(&cond, &mutex);
		turn = !me;
		pthread_cond_broadcast(&cond);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void test_pthread(void)
{
	pthread_t t[4];
	long i;

	for (i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, locker, NULL);
	for (i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	is_int(counter, 80000, "a mutex keeps four threads apart");
	for (i = 0; i < 2; i++)
		pthread_create(&t[i], NULL, player, (void *)i);
	for (i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	is_int(turn, 0, "two threads take turns 500 times");
}

static void test_shared(void)
{
	int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, woken = 0, tries;
	pid_t pid = fork();

	if (!pid) {
		while (__atomic_load_n(shared, __ATOMIC_SEQ_CST) == 0)
			futex(shared, FUTEX_WAIT, 0, NULL, NULL, 0);
		_exit(0);
	}
	usleep(50000);
	__atomic_store_n(shared, 1, __ATOMIC_SEQ_CST);
	for (tries = 0; tries < 100 && !woken; tries++) {
		woken = futex(shared, FUTEX_WAKE, 1, NULL, NULL, 0);
		if (!woken && waitpid(pid, &status, WNOHANG) == pid)
			break;
		usleep(1000);
	}
	is_int(woken, 1, "shared memory: another process is woken");
	waitpid(pid, &status, 0);
	is_int(status, 0, "and saw the word");
	munmap(shared, 4096);
}

static void test_robust(void)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				  -1, 0);
	pid_t pid;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(m, &attr);
	pid = fork();
	if (!pid) {
		pthread_mutex_lock(m);
		usleep(100000);
		_exit(0);
	}
	usleep(30000);
	is_int(pthread_mutex_lock(m), EOWNERDEAD, "the owner of a robust mutex died");
	is_int(pthread_mutex_consistent(m), 0, "it can be repaired");
	is_int(pthread_mutex_unlock(m), 0, "and used");
	waitpid(pid, NULL, 0);
	is(syscall(SYS_set_robust_list, NULL, 3), -1, EINVAL, "the head has 24 bytes");
}

static void nothing(int sig)
{
}

static void test_signal(void)
{
	struct sigaction sa = { .sa_handler = nothing };
	struct itimerval it = { .it_value = { 0, 30000 } };
	struct timespec ts = { 5, 0 };

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
	is(futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0), -1, EINTR, "a signal ends the wait");
	setitimer(ITIMER_REAL, &it, NULL);
	is(futex(&word, FUTEX_WAIT, 0, &ts, NULL, 0), -1, EINTR, "also one with a time limit");
}

int main(void)
{
	plan(27);
	test_errors();
	test_threads();
	test_pthread();
	test_shared();
	test_robust();
	test_signal();
	return done();
}
