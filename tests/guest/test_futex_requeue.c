// SPDX-License-Identifier: MIT
/*
 * test_futex_requeue.c - waiting for a condition whose mutex has an owner
 * (FUTEX_WAIT_REQUEUE_PI, FUTEX_CMP_REQUEUE_PI), and for several words (futex_waitv).
 */
#define _GNU_SOURCE
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "vmutil.h"

#define SYS_waitv	449
#define WORD32		2
#define PRIVATE		FUTEX_PRIVATE_FLAG

struct waiter {
	pthread_t thread;
	volatile pid_t tid;
	int priority, op;
	volatile unsigned int *cond, *lock;
	const struct timespec *until;
	volatile int result, order;
	volatile unsigned int seen;	/* the lock's word when it was had */
};

static volatile unsigned int cond, mutex, other;
static volatile int handed;

static long futex(volatile void *addr, int op, unsigned int val, unsigned long val2,
		  volatile void *addr2, unsigned int val3)
{
	return syscall(SYS_futex, addr, op, val, val2, addr2, val3);
}

static pid_t gettid_(void) { return syscall(SYS_gettid); }
static long lock(volatile unsigned int *w) { return futex(w, FUTEX_LOCK_PI, 0, 0, NULL, 0); }
static long unlock(volatile unsigned int *w) { return futex(w, FUTEX_UNLOCK_PI, 0, 0, NULL, 0); }

static long wait_requeue(volatile unsigned int *c, unsigned int val, const struct timespec *until,
			 volatile unsigned int *l)
{
	return futex(c, FUTEX_WAIT_REQUEUE_PI, val, (unsigned long)until, l, 0);
}

static long cmp_requeue(volatile unsigned int *c, int wake, int requeue, volatile unsigned int *l,
			unsigned int val)
{
	return futex(c, FUTEX_CMP_REQUEUE_PI, wake, requeue, l, val);
}

static int state_of(pid_t tid)
{
	char path[64], *p;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	p = strrchr(vm_proc(path), ')');
	return p ? p[2] : 0;
}

static void *waiter_main(void *arg)
{
	struct waiter *w = arg;
	struct sched_param sp = { .sched_priority = w->priority };
	long ret;

	if (w->priority)
		syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &sp);
	w->tid = gettid_();
	ret = futex(w->cond, w->op, 1, (unsigned long)w->until, w->lock, FUTEX_BITSET_MATCH_ANY);
	w->result = ret ? -errno : 0;
	if (!ret && w->op == FUTEX_WAIT_REQUEUE_PI) {
		w->seen = *w->lock;
		w->order = ++handed;
		unlock(w->lock);
	}
	return NULL;
}

/* a thread that sleeps at @w->cond */
static void start(struct waiter *w)
{
	w->tid = 0;
	w->result = 1;
	w->op = w->op ? w->op : FUTEX_WAIT_REQUEUE_PI;
	w->cond = w->cond ? w->cond : &cond;
	w->lock = w->lock ? w->lock : &mutex;
	if (pthread_create(&w->thread, NULL, waiter_main, w))
		bail("no thread");
	while (!w->tid || state_of(w->tid) != 'S')
		usleep(1000);
}

static int join(struct waiter *w)
{
	pthread_join(w->thread, NULL);
	return w->result;
}

/* --- what is refused ------------------------------------------------------------- */

static void errors(void)
{
	struct timespec past = { 1, 0 }, bad = { 0, 1000000000 };
	char *none = vm_place(1);

	cond = 1;
	mutex = 0;
	is(wait_requeue(&cond, 1, NULL, &cond), -1, EINVAL, "wait: the lock is the condition");
	is(wait_requeue(&cond, 2, NULL, &mutex), -1, EAGAIN, "the word is another one");
	is(wait_requeue((void *)((char *)&cond + 1), 1, NULL, &mutex), -1, EINVAL, "not aligned");
	is(wait_requeue(&cond, 1, NULL, (void *)((char *)&mutex + 2)), -1, EINVAL,
	   "nor is the lock");
	is(wait_requeue((void *)none, 1, NULL, &mutex), -1, EFAULT, "nothing there");
	is(wait_requeue(&cond, 1, &bad, &mutex), -1, EINVAL, "no such time");
	is(wait_requeue(&cond, 1, (void *)8, &mutex), -1, EFAULT, "no time there");
	is(wait_requeue(&cond, 1, &past, &mutex), -1, ETIMEDOUT, "too late");
	is(futex(&cond, FUTEX_WAIT_REQUEUE_PI | FUTEX_CLOCK_REALTIME, 1, (unsigned long)&past,
		 &mutex, 0), -1, ETIMEDOUT, "the same by the other clock");
	is(cmp_requeue(&cond, 0, 1, &mutex, 1), -1, EINVAL, "requeue: none to be woken");
	is(cmp_requeue(&cond, 2, 1, &mutex, 1), -1, EINVAL, "two to be woken");
	is(cmp_requeue(&cond, 1, -1, &mutex, 1), -1, EINVAL, "fewer than none moved");
	is(cmp_requeue(&cond, 1, 1, &cond, 1), -1, EINVAL, "to where they are");
	is(cmp_requeue(&cond, 1, 1, &mutex, 2), -1, EAGAIN, "the word is another one");
	is(cmp_requeue((void *)((char *)&cond + 1), 1, 1, &mutex, 1), -1, EINVAL, "not aligned");
	is(cmp_requeue(&cond, 1, 1, (void *)((char *)&mutex + 2), 1), -1, EINVAL,
	   "nor is the lock");
	is(cmp_requeue((void *)none, 1, 1, &mutex, 1), -1, EFAULT, "nothing there");
	is(cmp_requeue(&cond, 1, 1, (void *)none, 1), -1, EFAULT, "no lock there");
	is(cmp_requeue(&cond, 1, 1, &mutex, 1), 0, 0, "nobody waits");
	is_int(mutex, 0, "the lock stays free");
	is(futex(&cond, FUTEX_CMP_REQUEUE_PI | FUTEX_CLOCK_REALTIME, 1, 1, &mutex, 1), -1, ENOSYS,
	   "no clock for that");
}

static void wrong_partners(void)
{
	struct waiter plain = { .op = FUTEX_WAIT_BITSET }, w = { .lock = &mutex };

	start(&plain);
	is(cmp_requeue(&cond, 1, 1, &mutex, 1), -1, EINVAL, "a waiter for no lock is not moved");
	is(futex(&cond, FUTEX_WAKE, 1, 0, NULL, 0), 1, 0, "but woken");
	is_int(join(&plain), 0, "and goes on");
	start(&w);
	is(futex(&cond, FUTEX_WAKE, 1, 0, NULL, 0), -1, EINVAL, "one for a lock is not woken");
	is(futex(&cond, FUTEX_REQUEUE, 1, 1, &other, 0), -1, EINVAL, "nor moved without the lock");
	is(futex(&cond, FUTEX_CMP_REQUEUE, 1, 1, &mutex, 1), -1, EINVAL, "nor with it");
	is(cmp_requeue(&cond, 1, 1, &other, 1), -1, EINVAL, "nor to another lock");
	is(cmp_requeue(&cond, 1, 0, &mutex, 1), 1, 0, "to its own it is");
	is_int(join(&w), 0, "and has it");
}

/* --- handing over ------------------------------------------------------------------ */

static void free_lock(void)
{
	struct waiter w = { .lock = &mutex };

	start(&w);
	is(cmp_requeue(&cond, 1, 0, &mutex, 1), 1, 0, "a free lock: one is woken");
	is_int(join(&w), 0, "it returns");
	ok(w.seen == (unsigned int)w.tid, "and has the lock");
	is_int(mutex, 0, "which is free again");
	start(&w);
	is(cmp_requeue(&cond, 1, 1, &mutex, 1), 1, 0, "others might follow");
	is_int(join(&w), 0, "it returns");
	ok(w.seen == (w.tid | FUTEX_WAITERS), "and the word says so");
	is_int(mutex, 0, "free again");
}

static void taken_lock(void)
{
	struct waiter w[3] = { { .priority = 0 }, { .priority = 5 }, { .priority = 3 } };
	int i;

	handed = 0;
	lock(&mutex);
	for (i = 0; i < 3; i++)
		start(&w[i]);
	is(cmp_requeue(&cond, 1, 0, &mutex, 1), 1, 0, "a taken lock: one is moved");
	ok(mutex == (gettid_() | FUTEX_WAITERS), "it waits there");
	is(cmp_requeue(&cond, 1, INT_MAX, &mutex, 1), 2, 0, "then the others");
	is(cmp_requeue(&cond, 1, INT_MAX, &mutex, 1), 0, 0, "nobody is left");
	is(unlock(&mutex), 0, 0, "the lock is given back");
	for (i = 0; i < 3; i++)
		is_int(join(&w[i]), 0, "each had it");
	ok(w[1].order == 1 && w[2].order == 2 && w[0].order == 3, "the most urgent ones first");
	is_int(mutex, 0, "it is free");
}

static void most_urgent_first(void)
{
	struct waiter w[2] = { { .priority = 0 }, { .priority = 5 } };

	handed = 0;
	start(&w[0]);
	start(&w[1]);
	is(cmp_requeue(&cond, 1, 0, &mutex, 1), 1, 0, "two wait for a free lock, one gets it");
	is_int(join(&w[1]), 0, "the most urgent one");
	is(cmp_requeue(&cond, 1, 0, &mutex, 1), 1, 0, "then the other one");
	is_int(join(&w[0]), 0, "has it");
}

static void deadlock(void)
{
	struct waiter w = { .lock = &mutex };

	start(&w);
	mutex = w.tid;
	is(cmp_requeue(&cond, 1, 0, &mutex, 1), -1, EDEADLK, "the waiter has the lock already");
	mutex = 0x3ffffff0;
	is(cmp_requeue(&cond, 1, 0, &mutex, 1), -1, ESRCH, "nobody has it who exists");
	mutex = 2;
	is(cmp_requeue(&cond, 1, 0, &mutex, 1), -1, EPERM, "a thread of the kernel");
	mutex = 0;
	is(cmp_requeue(&cond, 1, 0, &mutex, 1), 1, 0, "the waiter was not lost");
	is_int(join(&w), 0, "and has it");
}

/* --- what ends it early -------------------------------------------------------------- */

static struct timespec soon(int clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	t.tv_nsec += 50000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

static void timeouts(void)
{
	struct timespec far = { 1ll << 40, 0 }, t = soon(CLOCK_MONOTONIC);
	struct waiter w = { .until = &far };

	is(wait_requeue(&cond, 1, &t, &mutex), -1, ETIMEDOUT, "the end of time, not moved");
	start(&w);
	is(cmp_requeue(&cond, 1, 0, &mutex, 1), 1, 0, "in time");
	is_int(join(&w), 0, "the lock");
	lock(&mutex);
	t = soon(CLOCK_MONOTONIC);
	t.tv_sec++;
	w.until = &t;
	start(&w);
	is(cmp_requeue(&cond, 1, 0, &mutex, 1), 1, 0, "moved");
	is_int(join(&w), -ETIMEDOUT, "the end of time at the lock");
	is(unlock(&mutex), 0, 0, "which nobody waits for");
	is_int(mutex, 0, "any more");
}

static volatile int handled;

static void on_signal(int sig)
{
	handled++;
}

static void signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct waiter w = { .lock = &mutex };

	sigaction(SIGUSR1, &sa, NULL);
	start(&w);
	handled = 0;
	pthread_kill(w.thread, SIGUSR1);
	while (!handled || state_of(w.tid) != 'S')
		usleep(1000);
	is(cmp_requeue(&cond, 1, 0, &mutex, 1), 1, 0, "a signal before it is moved: it goes on waiting");
	is_int(join(&w), 0, "and has the lock");
	lock(&mutex);
	start(&w);
	is(cmp_requeue(&cond, 1, 0, &mutex, 1), 1, 0, "moved");
	pthread_kill(w.thread, SIGUSR1);
	is_int(join(&w), -EAGAIN, "a signal then: it has to look at the condition again");
	is(unlock(&mutex), 0, 0, "nobody waits");
}

static void *die_with_lock(void *arg)
{
	struct waiter *w = arg;

	lock(&mutex);
	start(w);
	cmp_requeue(&cond, 1, 0, &mutex, 1);
	return NULL;
}

static void dead_owner(void)
{
	struct waiter w = { .lock = &mutex };
	pthread_t t;

	mutex = 0;
	pthread_create(&t, NULL, die_with_lock, &w);
	pthread_join(t, NULL);
	is_int(join(&w), 0, "an owner that ends: a waiter that was moved has the lock");
	ok((w.seen & ~FUTEX_WAITERS) == ((unsigned int)w.tid | FUTEX_OWNER_DIED), "and the mark of that");
	mutex = 0;
}

/* between processes, in shared memory */
static void processes(void)
{
	unsigned int *page = mmap(NULL, K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = -1;
	pid_t pid;
	char path[32], *p;

	page[0] = 1;
	pid = fork();
	if (pid == 0)
		_exit(wait_requeue(page, 1, NULL, page + 1) == 0 && page[1] == (unsigned int)getpid() ?
		      unlock(page + 1) : 1);
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	do {
		usleep(1000);
		p = strrchr(vm_proc(path), ')');
	} while (p && p[2] != 'S');
	while (cmp_requeue(page, 1, 0, page + 1, 1) == 0)
		usleep(1000);
	waitpid(pid, &status, 0);
	is_int(status, 0, "another process waits");
	is_int(page[1], 0, "and gives the lock back");
	munmap(page, K4);
}

/* --- futex_waitv ------------------------------------------------------------------------- */

struct waitv {
	uint64_t val, uaddr;
	uint32_t flags, reserved;
};

static volatile unsigned int words[3];

static void fill(struct waitv v[3])
{
	int i;

	memset(v, 0, 3 * sizeof(*v));
	for (i = 0; i < 3; i++) {
		words[i] = i;
		v[i].val = i;
		v[i].uaddr = (uint64_t)(unsigned long)&words[i];
		v[i].flags = WORD32 | PRIVATE;
	}
}

static long waitv(struct waitv *v, unsigned int nr, unsigned int flags, void *until, int clock)
{
	return syscall(SYS_waitv, v, nr, flags, until, clock);
}

static void waitv_errors(void)
{
	struct timespec past = { 1, 0 }, bad = { 0, -1 };
	struct waitv v[3];

	fill(v);
	is(waitv(v, 3, 1, NULL, 0), -1, EINVAL, "futex_waitv: a flag");
	is(waitv(v, 0, 0, NULL, 0), -1, EINVAL, "no words");
	is(waitv(v, 129, 0, NULL, 0), -1, EINVAL, "too many");
	is(waitv(NULL, 3, 0, NULL, 0), -1, EINVAL, "no list");
	is(waitv((void *)8, 3, 0, NULL, 0), -1, EFAULT, "no list there");
	is(waitv(v, 3, 0, &past, CLOCK_BOOTTIME), -1, EINVAL, "no such clock");
	is(waitv(v, 3, 0, &bad, CLOCK_REALTIME), -1, EINVAL, "no such time");
	is(waitv(v, 3, 0, (void *)8, CLOCK_REALTIME), -1, EFAULT, "no time there");
	is(waitv(v, 3, 0, &past, CLOCK_REALTIME), -1, ETIMEDOUT, "too late");
	is(waitv(v, 3, 0, &past, CLOCK_MONOTONIC), -1, ETIMEDOUT, "by the other clock");
	v[1].flags = PRIVATE;
	is(waitv(v, 3, 0, NULL, 0), -1, EINVAL, "no size");
	v[1].flags = WORD32 | 4;
	is(waitv(v, 3, 0, NULL, 0), -1, EINVAL, "no such flag of a word");
	v[1].flags = WORD32;
	v[1].reserved = 1;
	is(waitv(v, 3, 0, NULL, 0), -1, EINVAL, "what has no meaning yet");
	v[1].reserved = 0;
	v[2].uaddr++;
	is(waitv(v, 3, 0, NULL, 0), -1, EINVAL, "not aligned");
	v[2].uaddr = 8;
	is(waitv(v, 3, 0, NULL, 0), -1, EFAULT, "no word there");
	fill(v);
	words[2] = 9;
	is(waitv(v, 3, 0, NULL, 0), -1, EAGAIN, "a word is another one");
}

static volatile pid_t waitv_tid;
static volatile long waitv_result;

static void *waitv_main(void *arg)
{
	waitv_tid = gettid_();
	waitv_result = waitv(arg, 3, 0, NULL, 0);
	if (waitv_result < 0)
		waitv_result = -errno;
	return NULL;
}

static void waitv_wakes(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct waitv v[3];
	pthread_t t;
	int i;

	sigaction(SIGUSR1, &sa, NULL);
	fill(v);
	for (i = 0; i < 4; i++) {
		waitv_tid = 0;
		pthread_create(&t, NULL, waitv_main, v);
		while (!waitv_tid || state_of(waitv_tid) != 'S')
			usleep(1000);
		if (i < 3)
			is(futex(&words[i], FUTEX_WAKE | PRIVATE, 1, 0, NULL, 0), 1, 0, "word %d", i);
		else
			pthread_kill(t, SIGUSR1);
		pthread_join(t, NULL);
		is_int(waitv_result, i < 3 ? i : -EINTR, i < 3 ? "is the one" : "a signal");
	}
	is(futex(&words[0], FUTEX_WAKE | PRIVATE, 9, 0, NULL, 0), 0, 0, "nobody waits any more");
}

int main(void)
{
	plan(0);
	errors();
	wrong_partners();
	free_lock();
	taken_lock();
	most_urgent_first();
	deadlock();
	timeouts();
	signals();
	dead_owner();
	processes();
	waitv_errors();
	waitv_wakes();
	return done();
}
