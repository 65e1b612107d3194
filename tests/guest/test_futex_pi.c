// SPDX-License-Identifier: MIT
/*
 * test_futex_pi.c - futexes with an owner: taking, trying, handing over in the order of
 * priorities, lending a priority, deadlocks, owners that die, bad words; FUTEX_WAKE_OP.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "vmutil.h"

#ifndef FUTEX_LOCK_PI2
#define FUTEX_LOCK_PI2 13
#endif

static long futex(void *addr, int op, unsigned int val, const void *timeout, void *addr2,
		  unsigned int val3)
{
	return syscall(SYS_futex, addr, op, val, timeout, addr2, val3);
}

static pid_t gettid_(void) { return syscall(SYS_gettid); }

static volatile unsigned int word, word2, *shared;

static long lock(volatile unsigned int *w) { return futex((void *)w, FUTEX_LOCK_PI, 0, NULL, NULL, 0); }
static long trylock(volatile unsigned int *w) { return futex((void *)w, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0); }
static long unlock(volatile unsigned int *w) { return futex((void *)w, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0); }

/* column @n of the stat of thread @tid, 0: none; the state is column 3 */
static long stat_column(pid_t tid, int n)
{
	char path[64], *p;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	p = strrchr(vm_proc(path), ')');
	if (!p)
		return 0;
	for (; n > 2 && p; n--)
		p = strchr(p + 1, ' ');
	return !p ? 0 : n == 2 && (p[1] < '0' || p[1] > '9') && p[1] != '-' ? p[1] : atol(p + 1);
}

/* until @tid waits for @w: the word has the mark, and the thread sleeps */
static void await_waiter(volatile unsigned int *w, volatile pid_t *tid)
{
	while (!*tid || !(*w & FUTEX_WAITERS) || stat_column(*tid, 3) != 'S')
		usleep(1000);
}

static void at_priority(int policy, int priority)
{
	struct sched_param sp = { .sched_priority = priority };

	if (syscall(SYS_sched_setscheduler, 0, policy, &sp))
		diag("no priority %d", priority);
}

/* --- one thread ------------------------------------------------------------------------- */

static void test_alone(void)
{
	struct timespec past = { 1, 0 }, bad = { 0, 1000000000 };
	unsigned int me = gettid_();

	word = 0;
	is(lock(&word), 0, 0, "take a free lock");
	is_int(word == me, 1, "the word has the thread's number");
	is(lock(&word), -1, EDEADLK, "not twice");
	is(trylock(&word), -1, EDEADLK, "nor by trying");
	is(unlock(&word), 0, 0, "give it back");
	is_int(word, 0, "the word is 0");
	is(unlock(&word), -1, EPERM, "not twice");
	is(trylock(&word), 0, 0, "try a free lock");
	is(unlock(&word), 0, 0, "and give it back");
	word = FUTEX_OWNER_DIED;
	is(lock(&word), 0, 0, "take the lock of a dead owner");
	is_int(word == (me | FUTEX_OWNER_DIED), 1, "the mark stays");
	is(unlock(&word), 0, 0, "until it is given back");
	is_int(word, 0, "then all is gone");
	word = FUTEX_WAITERS;
	is(lock(&word), 0, 0, "a mark of waiters without any");
	is_int(word == me, 1, "is not kept");
	unlock(&word);
	word = 0x3ffffff0;
	is(lock(&word), -1, ESRCH, "an owner that does not exist");
	is_int(word, 0x3ffffff0u | FUTEX_WAITERS, "the mark is set all the same");
	word = 0x3ffffff0;
	is(trylock(&word), -1, ESRCH, "the same for a try");
	is(unlock(&word), -1, EPERM, "somebody else's");
	word = 2;
	is(lock(&word), -1, EPERM, "a thread of the kernel owns nothing");
	word = 0;
	is(futex((char *)&word + 1, FUTEX_LOCK_PI, 0, NULL, NULL, 0), -1, EINVAL, "not aligned");
	is(futex((char *)&word + 1, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), -1, EPERM,
	   "not one's own, wherever it is");
	is(futex((void *)8, FUTEX_LOCK_PI, 0, NULL, NULL, 0), -1, EFAULT, "not there");
	is(futex((void *)8, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), -1, EFAULT, "not there");
	is(futex((void *)&word, FUTEX_LOCK_PI, 0, &bad, NULL, 0), -1, EINVAL, "no such time");
	is(futex((void *)&word, FUTEX_LOCK_PI, 0, (void *)8, NULL, 0), -1, EFAULT, "no time there");
	is(futex((void *)&word, FUTEX_LOCK_PI, 0, &past, NULL, 0), 0, 0, "a free lock needs no time");
	unlock(&word);
	is(futex((void *)&word, FUTEX_LOCK_PI2, 0, NULL, NULL, 0), 0, 0, "the second form");
	unlock(&word);
	is(futex((void *)&word, FUTEX_LOCK_PI | FUTEX_CLOCK_REALTIME, 0, NULL, NULL, 0), -1, ENOSYS,
	   "no clock for the first");
	is(futex((void *)&word, FUTEX_LOCK_PI2 | FUTEX_CLOCK_REALTIME, 0, NULL, NULL, 0), 0, 0,
	   "but for the second");
	unlock(&word);
}

static void test_rights(void)
{
	char *p = mmap(NULL, K4, PROT_READ, PRIV, -1, 0), *fresh = mmap(NULL, K4, RW, PRIV, -1, 0);

	is(futex(p, FUTEX_LOCK_PI, 0, NULL, NULL, 0), -1, EFAULT, "a word that cannot be written");
	is(futex(fresh, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0, 0, "a page that is not there yet");
	madvise(fresh, K4, MADV_DONTNEED);
	*(volatile unsigned int *)fresh = gettid_();
	is(futex(fresh, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0, 0, "give back a word one wrote");
	munmap(p, K4);
	munmap(fresh, K4);
}

/* --- several threads ------------------------------------------------------------------------ */

static volatile pid_t tids[4];
static volatile int order[4], nr_order;
static volatile long result;

struct waiter {
	int index, policy, priority;
};

static void *wait_and_note(void *arg)
{
	struct waiter *w = arg;

	if (w->policy)
		at_priority(w->policy, w->priority);
	tids[w->index] = gettid_();
	if (lock(&word))
		result = errno;
	order[nr_order++] = w->index;
	unlock(&word);
	return NULL;
}

static void begin(void)
{
	word = word2 = nr_order = result = 0;
	memset((void *)tids, 0, sizeof(tids));
}

static void test_order(void)
{
	struct waiter w[4] = { { 0, 0, 0 }, { 1, SCHED_FIFO, 5 }, { 2, SCHED_FIFO, 9 },
			       { 3, 0, 0 } };
	pid_t me = gettid_();
	pthread_t t[4];
	int i;

	begin();
	lock(&word);
	is_int(stat_column(me, 18), 20, "an ordinary priority");
	for (i = 0; i < 4; i++) {
		pthread_create(&t[i], NULL, wait_and_note, &w[i]);
		await_waiter(&word, &tids[i]);
		/* the mark stands since the first: queued when its priority is lent, or asleep */
		if (i == 1)
			is_int(stat_column(me, 18), -6, "a waiter lends its priority");
		if (i == 2)
			is_int(stat_column(me, 18), -10, "a more urgent one more");
	}
	is_int(syscall(SYS_sched_getscheduler, 0), SCHED_OTHER, "the policy is the own one");
	is(futex((void *)&word, FUTEX_WAKE, 1, NULL, NULL, 0), -1, EINVAL, "nobody else wakes them");
	is(futex((void *)&word, FUTEX_CMP_REQUEUE, 1, (void *)1l, (void *)&word2, word), -1, EINVAL,
	   "or moves them");
	is_int(word == (me | FUTEX_WAITERS), 1, "the word tells that they wait");
	is(unlock(&word), 0, 0, "unlock");
	for (i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	is_int(result, 0, "all got it");
	ok(order[0] == 2 && order[1] == 1 && order[2] == 0 && order[3] == 3,
	   "the most urgent first, then in order");
	is_int(stat_column(me, 18), 20, "what was lent is given back");
	is_int(word, 0, "the last one leaves 0");
}

static void *wait_in_vain(void *arg)
{
	struct timespec ts;

	tids[0] = gettid_();
	result = trylock(&word) == -1 && errno == EAGAIN;
	clock_gettime(CLOCK_REALTIME, &ts);
	result += futex((void *)&word, FUTEX_LOCK_PI, 0, &ts, NULL, 0) == -1 && errno == ETIMEDOUT;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	result += futex((void *)&word, FUTEX_LOCK_PI2, 0, &ts, NULL, 0) == -1 && errno == ETIMEDOUT;
	ts.tv_nsec += 5000000;
	if (ts.tv_nsec > 999999999)
		ts.tv_nsec = 999999999;
	result += futex((void *)&word, FUTEX_LOCK_PI2, 0, &ts, NULL, 0) == -1 && errno == ETIMEDOUT;
	return NULL;
}

static void test_timeouts(void)
{
	pthread_t t;

	begin();
	lock(&word);
	pthread_create(&t, NULL, wait_in_vain, NULL);
	pthread_join(t, NULL);
	is_int(result, 4, "a try and three times end");
	is(unlock(&word), 0, 0, "nobody waits any more");
	is_int(word, 0, "free");
}

static void *lock_both(void *arg)
{
	lock(&word2);
	tids[0] = gettid_();
	lock(&word);
	unlock(&word);
	unlock(&word2);
	return NULL;
}

static void test_deadlock(void)
{
	pthread_t t;

	begin();
	lock(&word);
	pthread_create(&t, NULL, lock_both, NULL);
	await_waiter(&word, &tids[0]);
	is(lock(&word2), -1, EDEADLK, "a circle is seen");
	is(unlock(&word), 0, 0, "and left");
	pthread_join(t, NULL);
	ok(!word && !(word2 & FUTEX_TID_MASK), "both are free");
}

static void *plain_wait(void *arg)
{
	tids[0] = gettid_();
	while (!futex((void *)&word, FUTEX_WAIT, word, NULL, NULL, 0) || errno == EINTR)
		if (word == 1)
			break;
	return NULL;
}

static void test_mixed(void)
{
	unsigned int me = gettid_();
	pthread_t t;

	begin();
	word = me + 1;
	pthread_create(&t, NULL, plain_wait, NULL);
	while (!tids[0] || stat_column(tids[0], 3) != 'S')
		usleep(1000);
	is(lock(&word), -1, EINVAL, "somebody waits there for something else");
	word = me;
	is(unlock(&word), -1, EINVAL, "so it is no lock to give back");
	word = 1;
	futex((void *)&word, FUTEX_WAKE, 1, NULL, NULL, 0);
	pthread_join(t, NULL);
}

/* --- owners that die ---------------------------------------------------------------------------- */

static struct {
	struct robust_list_head head;
	struct robust_list entry;
	volatile unsigned int word;
} robust;

static void *die_with_lock(void *arg)
{
	lock(arg);
	tids[1] = gettid_();
	while (!(*(volatile unsigned int *)arg & FUTEX_WAITERS))
		usleep(1000);
	return NULL;
}

static void test_death(void)
{
	unsigned int me = gettid_();
	pthread_t t;

	begin();
	pthread_create(&t, NULL, die_with_lock, (void *)&word);
	while (!tids[1])
		usleep(1000);
	is(lock(&word), 0, 0, "the owner dies without a word");
	is_int(word == (me | FUTEX_WAITERS | FUTEX_OWNER_DIED), 1, "so it is marked");
	pthread_join(t, NULL);
	is(unlock(&word), 0, 0, "unlock");
	is_int(word, 0, "free");
}

static void *die_with_robust_lock(void *arg)
{
	robust.head.list.next = (void *)((unsigned long)&robust.entry | 1);
	robust.entry.next = &robust.head.list;
	robust.head.futex_offset = (char *)&robust.word - (char *)&robust.entry;
	robust.head.list_op_pending = NULL;
	syscall(SYS_set_robust_list, &robust.head, sizeof(robust.head));
	lock(&robust.word);
	tids[1] = gettid_();
	while (arg && !(robust.word & FUTEX_WAITERS))
		usleep(1000);
	return NULL;
}

static void test_robust(void)
{
	unsigned int me = gettid_();
	pthread_t t;

	begin();
	robust.word = 0;
	pthread_create(&t, NULL, die_with_robust_lock, &robust);
	while (!tids[1])
		usleep(1000);
	is(lock(&robust.word), 0, 0, "a robust owner dies while we wait");
	is_int(robust.word == (me | FUTEX_WAITERS | FUTEX_OWNER_DIED), 1, "so it is marked");
	pthread_join(t, NULL);
	unlock(&robust.word);
	pthread_create(&t, NULL, die_with_robust_lock, NULL);
	pthread_join(t, NULL);
	while (!(robust.word & FUTEX_OWNER_DIED))
		usleep(1000);
	is_int(robust.word, FUTEX_OWNER_DIED, "one dies alone");
	is(trylock(&robust.word), 0, 0, "its lock can be taken");
	is_int(robust.word == (me | FUTEX_OWNER_DIED), 1, "marked");
	is(unlock(&robust.word), 0, 0, "unlock");
}

/* --- the C library's mutexes ---------------------------------------------------------------------- */

static pthread_mutex_t mutex;
static int counter;

static void *count_up(void *arg)
{
	for (int i = 0; i < 2000; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		if (i % 64 == 0)
			sched_yield();
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void test_library(void)
{
	pthread_mutexattr_t attr;
	pthread_t t[6];
	int i;

	pthread_mutexattr_init(&attr);
	is_int(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT), 0,
	       "mutexes with inheritance exist");
	pthread_mutex_init(&mutex, &attr);
	for (i = 0; i < 6; i++)
		pthread_create(&t[i], NULL, count_up, NULL);
	for (i = 0; i < 6; i++)
		pthread_join(t[i], NULL);
	is_int(counter, 12000, "and exclude each other");
}

static void test_processes(void)
{
	pid_t pid;
	int status, n = 0;

	shared = mmap(NULL, K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid = fork();
	for (int i = 0; i < 1000; i++) {
		if (lock(&shared[0]))
			n++;
		shared[1]++;
		if (i % 32 == 0)
			sched_yield();
		if (unlock(&shared[0]))
			n++;
	}
	if (!pid)
		_exit(n);
	waitpid(pid, &status, 0);
	is_int(n + status, 0, "two processes share a lock");
	is_int(shared[1], 2000, "one at a time");
	is_int(shared[0], 0, "it is free");
	pid = fork();
	if (!pid) {
		lock(&shared[0]);
		while (!(shared[0] & FUTEX_WAITERS))
			usleep(1000);
		_exit(0);
	}
	while (!shared[0])
		usleep(1000);
	is(lock(&shared[0]), 0, 0, "a process dies with it");
	is_int(shared[0] == (gettid_() | FUTEX_WAITERS | FUTEX_OWNER_DIED), 1, "marked");
	waitpid(pid, &status, 0);
	unlock(&shared[0]);
}

/* --- FUTEX_WAKE_OP ----------------------------------------------------------------------------------- */

static void test_wake_op(void)
{
	static const struct {
		unsigned int op, want;
		const char *name;
	} ops[] = {
		{ FUTEX_OP(FUTEX_OP_SET, 7, FUTEX_OP_CMP_EQ, 5), 7, "set" },
		{ FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 5), 8, "add" },
		{ FUTEX_OP(FUTEX_OP_ADD, -3, FUTEX_OP_CMP_EQ, 5), 2, "add a negative number" },
		{ FUTEX_OP(FUTEX_OP_OR, 8, FUTEX_OP_CMP_EQ, 5), 13, "or" },
		{ FUTEX_OP(FUTEX_OP_ANDN, 4, FUTEX_OP_CMP_EQ, 5), 1, "and not" },
		{ FUTEX_OP(FUTEX_OP_XOR, 7, FUTEX_OP_CMP_EQ, 5), 2, "exclusive or" },
		{ FUTEX_OP((FUTEX_OP_OR | 8), 10, FUTEX_OP_CMP_EQ, 5), 1029, "or a bit" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		word2 = 5;
		is(futex((void *)&word, FUTEX_WAKE_OP, 1, (void *)1l, (void *)&word2, ops[i].op), 0,
		   0, "%s: nobody to wake", ops[i].name);
		is_int(word2, ops[i].want, "but the word changes");
	}
	is(futex((void *)&word, FUTEX_WAKE_OP, 1, (void *)1l, (void *)&word2,
		 FUTEX_OP(5, 0, FUTEX_OP_CMP_EQ, 0)), -1, ENOSYS, "no such change");
	is(futex((void *)&word, FUTEX_WAKE_OP, 1, (void *)1l, (void *)&word2,
		 FUTEX_OP(FUTEX_OP_ADD, 0, 9, 0)), -1, ENOSYS, "no such comparison");
	is(futex((void *)&word, FUTEX_WAKE_OP, 1, (void *)1l, (void *)8, 0), -1, EFAULT,
	   "no such word");
}

static volatile unsigned int wait_words[2];

static void *wait_at(void *arg)
{
	volatile unsigned int *w = arg;

	tids[w - wait_words] = gettid_();
	while (!*w)
		futex((void *)w, FUTEX_WAIT, 0, NULL, NULL, 0);
	return NULL;
}

static void test_wake_both(void)
{
	static const struct {
		int cmp, arg, both;
	} cases[] = {
		{ FUTEX_OP_CMP_EQ, 0, 1 }, { FUTEX_OP_CMP_EQ, 1, 0 }, { FUTEX_OP_CMP_NE, 1, 1 },
		{ FUTEX_OP_CMP_LT, 1, 1 }, { FUTEX_OP_CMP_LE, -1, 0 }, { FUTEX_OP_CMP_GT, -1, 1 },
		{ FUTEX_OP_CMP_GE, 1, 0 },
	};
	pthread_t t[2];
	unsigned int i, k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		wait_words[0] = wait_words[1] = 0;
		for (k = 0; k < 2; k++) {
			pthread_create(&t[k], NULL, wait_at, (void *)&wait_words[k]);
			while (!tids[k] || stat_column(tids[k], 3) != 'S')
				usleep(1000);
		}
		wait_words[0] = 1;
		is(futex((void *)&wait_words[0], FUTEX_WAKE_OP, 1, (void *)1l,
			 (void *)&wait_words[1], FUTEX_OP(FUTEX_OP_SET, 1, cases[i].cmp, cases[i].arg)),
		   1 + cases[i].both, 0, "comparison %d with %d", cases[i].cmp, cases[i].arg);
		futex((void *)&wait_words[1], FUTEX_WAKE, 1, NULL, NULL, 0);
		pthread_join(t[0], NULL);
		pthread_join(t[1], NULL);
	}
}

int main(void)
{
	plan(0);
	test_alone();
	test_rights();
	test_order();
	test_timeouts();
	test_deadlock();
	test_mixed();
	test_death();
	test_robust();
	test_library();
	test_processes();
	test_wake_op();
	test_wake_both();
	return done();
}
