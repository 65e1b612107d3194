// SPDX-License-Identifier: MIT
/*
 * Spinlocks, mutexes and reader-writer semaphores with real threads. The test
 * provides the entries of the port: a thread blocks on a condition variable, and
 * sometimes returns without a wake, as the contract allows. While the gate is shut, a
 * thread that is about to block stays there: what happens around it until it wakes up is
 * so in the hands of the test.
 */
#include "lib_test.h"
#include <pthread.h>
#include <sched.h>
#include <time.h>

#define port_held_locks		test_held_locks
#define port_self		test_self
#define port_block_prepare	test_block_prepare
#define port_block		test_block
#define port_block_cancel	test_block_cancel
#define port_wake		test_wake
#undef arch_lock_turns
#define arch_lock_turns()	test_lock_turns
static unsigned int test_lock_turns;
#include <lib/spinlock.c>
#include <lib/heldlocks.c>
#include <lib/sleeplock.c>
#include <lib/mutex.c>
#include <lib/rwsem.c>

#define THREADS 6

struct task_struct {
	pthread_mutex_t m;
	pthread_cond_t c;
	bool woken;
	bool prepared;
	unsigned int seed;
	struct held_locks held;
	struct held_sleeping sleeping;
};

static pthread_mutex_t gate_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_opens = PTHREAD_COND_INITIALIZER;
static bool gate_shut;

static void gate(bool shut)
{
	pthread_mutex_lock(&gate_mutex);
	gate_shut = shut;
	pthread_cond_broadcast(&gate_opens);
	pthread_mutex_unlock(&gate_mutex);
}

static void pass_gate(void)
{
	pthread_mutex_lock(&gate_mutex);
	while (gate_shut)
		pthread_cond_wait(&gate_opens, &gate_mutex);
	pthread_mutex_unlock(&gate_mutex);
}

static __thread struct task_struct *self;
static struct task_struct main_task;

static void task_init(struct task_struct *t)
{
	memset(t, 0, sizeof(*t));
	pthread_mutex_init(&t->m, NULL);
	pthread_cond_init(&t->c, NULL);
}

struct held_locks *port_held_locks(void)
{
	if (!self)
		return NULL;
	self->held.sleeping = &self->sleeping;
	return &self->held;
}

struct task_struct *port_self(void)
{
	return self;
}

void port_block_prepare(void)
{
	pthread_mutex_lock(&self->m);
	self->woken = false;
	self->prepared = true;
	pthread_mutex_unlock(&self->m);
	pass_gate();
}

void port_block(void)
{
	mm_bug_on(self->held.depth || !self->prepared);
	self->prepared = false;
	if (rand_r(&self->seed) % 8 == 0)
		return;				/* spurious */
	pthread_mutex_lock(&self->m);
	while (!self->woken)
		pthread_cond_wait(&self->c, &self->m);
	pthread_mutex_unlock(&self->m);
}

void port_block_cancel(void)
{
	mm_bug_on(!self->prepared);
	self->prepared = false;
}

void port_wake(struct task_struct *t)
{
	pthread_mutex_lock(&t->m);
	t->woken = true;
	pthread_cond_signal(&t->c);
	pthread_mutex_unlock(&t->m);
}

struct thread {
	pthread_t id;
	struct task_struct task;
	void (*fn)(int nr);
	int nr;
};

static void *thread_main(void *arg)
{
	struct thread *t = arg;

	self = &t->task;
	self->seed = t->nr + 1;
	t->fn(t->nr);
	mm_bug_on(self->held.depth || self->prepared);
	return NULL;
}

static void start_thread(struct thread *t, void (*fn)(int nr), int nr)
{
	task_init(&t->task);
	t->fn = fn;
	t->nr = nr;
	assert_int_equal(pthread_create(&t->id, NULL, thread_main, t), 0);
}

static void run_threads(void (*fn)(int nr), int n)
{
	struct thread t[THREADS];
	int i;

	for (i = 0; i < n; i++)
		start_thread(&t[i], fn, i);
	for (i = 0; i < n; i++)
		pthread_join(t[i].id, NULL);
}

static void wait_until(bool (*done)(void))
{
	struct timespec ms = { 0, 1000000 };
	int i;

	for (i = 0; i < 20000 && !done(); i++)
		nanosleep(&ms, NULL);
	assert_true(done());
}

/* A counter that only its lock protects, and how many are inside. */
static long counter;
static int inside, readers_inside;

static void spin_body(int nr)
{
	static spinlock_t lock = SPIN_LOCK_RANK_INIT(lock, RANK_ZONE);
	int i;

	for (i = 0; i < 3000; i++) {
		if (i % 5 == nr % 5) {
			while (!spin_trylock(&lock))
				sched_yield();
		} else {
			spin_lock(&lock);
		}
		mm_bug_on(inside++);
		counter++;
		spin_assert_held(&lock);
		inside--;
		spin_unlock(&lock);
	}
}

static void test_spinlock_excludes(void **state)
{
	counter = 0;
	run_threads(spin_body, THREADS);
	assert_int_equal(counter, THREADS * 3000);
}

static void test_spinlock_forms(void **state)
{
	DEFINE_SPINLOCK(lock);
	unsigned long flags;
	int i;

	for (i = 0; i < 1000; i++) {
		spin_lock(&lock);
		assert_true(spin_is_locked(&lock));
		spin_unlock(&lock);
		assert_false(spin_is_locked(&lock));
	}
	spin_lock_irqsave(&lock, flags);
	assert_true(irqs_disabled());
	assert_false(spin_trylock(&lock));
	spin_unlock_irqrestore(&lock, flags);
	assert_false(irqs_disabled());
	spin_lock_irq(&lock);
	assert_true(irqs_disabled());
	spin_unlock_irq(&lock);
	assert_false(irqs_disabled());
}

static void test_spinlock_rules(void **state)
{
	DEFINE_SPINLOCK_RANK(zone, RANK_ZONE);
	DEFINE_SPINLOCK_RANK(zone2, RANK_ZONE);
	DEFINE_SPINLOCK_RANK(lru, RANK_LRU);
	DEFINE_SPINLOCK(any);
	DEFINE_MUTEX(mutex);

	spin_lock(&lru);
	spin_lock(&zone);
	expect_bug(spin_lock(&zone));			/* D1 */
	expect_bug(spin_lock(&zone2));			/* D2 */
	spin_lock_nested(&zone2, 1);
	spin_unlock(&zone2);
	spin_lock(&any);
	spin_unlock(&any);
	spin_unlock(&lru);				/* any order */
	expect_bug(spin_lock(&lru));			/* D2: below zone */
	expect_bug(spin_unlock(&lru));			/* D3: not held */
	expect_bug(spin_assert_held(&lru));
	expect_bug(mutex_lock(&mutex));			/* D4 */
	spin_unlock(&zone);
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
}

static spinlock_t foreign = SPIN_LOCK_RANK_INIT(foreign, RANK_ZONE);

static void foreign_body(int nr)
{
	expect_bug(spin_unlock(&foreign));		/* D3 */
	expect_bug(spin_assert_held(&foreign));
}

static void test_spinlock_of_another(void **state)
{
	spin_lock(&foreign);
	run_threads(foreign_body, 1);
	spin_unlock(&foreign);
}

static struct mutex mutex;

static void mutex_body(int nr)
{
	int i;

	for (i = 0; i < 2000; i++) {
		if (i % 7 == 0) {
			while (!mutex_trylock(&mutex))
				sched_yield();
		} else {
			mutex_lock(&mutex);
		}
		mm_bug_on(inside++);
		counter++;
		mutex_assert_held(&mutex);
		if (i % 64 == 0)
			sched_yield();
		inside--;
		mutex_unlock(&mutex);
	}
}

static void test_mutex_excludes(void **state)
{
	mutex_init(&mutex);
	counter = 0;
	run_threads(mutex_body, THREADS);
	assert_int_equal(counter, THREADS * 2000);
	assert_false(mutex_is_locked(&mutex));
	assert_int_equal(atomic_long_read(&mutex.sem.count), 0);
}

static int order[16], nr_order;
static int queued_target;

static size_t queue_length(struct list_head *list, spinlock_t *lock)
{
	size_t n;

	spin_lock(lock);
	n = list_count_nodes(list);
	spin_unlock(lock);
	return n;
}

static bool mutex_queued(void)
{
	return queue_length(&mutex.sem.wait_list, &mutex.sem.wait_lock) == queued_target;
}

static void mutex_order_body(int nr)
{
	mutex_lock(&mutex);
	order[nr_order++] = nr;
	mutex_unlock(&mutex);
}

static void test_mutex_is_fair(void **state)
{
	struct thread t[THREADS];
	int i;

	mutex_init(&mutex);
	nr_order = 0;
	mutex_lock(&mutex);
	for (i = 0; i < THREADS; i++) {
		start_thread(&t[i], mutex_order_body, i);
		queued_target = i + 1;
		wait_until(mutex_queued);
	}
	mutex_unlock(&mutex);
	for (i = 0; i < THREADS; i++) {
		pthread_join(t[i].id, NULL);
		assert_int_equal(order[i], i);
	}
}

static void not_owner_body(int nr)
{
	expect_bug(mutex_unlock(&mutex));
	expect_bug(mutex_assert_held(&mutex));
}

static void test_mutex_rules(void **state)
{
	mutex_init(&mutex);
	expect_bug(mutex_unlock(&mutex));
	mutex_lock(&mutex);
	expect_bug(mutex_lock(&mutex));
	run_threads(not_owner_body, 1);
	mutex_unlock(&mutex);
}

static struct rw_semaphore sem;

static void enter_read(void)
{
	__atomic_add_fetch(&readers_inside, 1, __ATOMIC_SEQ_CST);
	mm_bug_on(READ_ONCE(inside));
}

static void leave_read(void)
{
	__atomic_sub_fetch(&readers_inside, 1, __ATOMIC_SEQ_CST);
}

static void rwsem_body(int nr)
{
	int i;

	for (i = 0; i < 2000; i++) {
		switch ((i * 7 + nr) % 8) {
		case 0:
			down_write(&sem);
			mm_bug_on(inside++ || readers_inside);
			rwsem_assert_held_write(&sem);
			counter++;
			inside--;
			up_write(&sem);
			break;
		case 1:
			down_write(&sem);
			mm_bug_on(inside++ || readers_inside);
			counter++;
			inside--;
			downgrade_write(&sem);
			enter_read();
			leave_read();
			up_read(&sem);
			break;
		case 2:
			if (down_write_trylock(&sem)) {
				mm_bug_on(inside++ || readers_inside);
				inside--;
				up_write(&sem);
			}
			break;
		case 3:
			if (down_read_trylock(&sem)) {
				enter_read();
				leave_read();
				up_read(&sem);
			}
			break;
		default:
			down_read(&sem);
			enter_read();
			if (i % 64 == 0)
				sched_yield();
			leave_read();
			up_read(&sem);
			break;
		}
	}
}

/* Whether threads spin first or sleep at once. */
static void test_rwsem_excludes(void **state)
{
	static const unsigned int turns[] = { 0, 3, 100 };

	for (size_t i = 0; i < ARRAY_SIZE(turns); i++) {
		test_lock_turns = turns[i];
		init_rwsem(&sem);
		counter = 0;
		run_threads(rwsem_body, THREADS);
		assert_int_equal(counter, THREADS * 2000 / 4);
		assert_int_equal(atomic_long_read(&sem.count), 0);	/* R1, R3, R5 */
		assert_true(list_empty(&sem.wait_list));
	}
	test_lock_turns = 0;
}

static bool sem_queued(void)
{
	return queue_length(&sem.wait_list, &sem.wait_lock) == queued_target;
}

static int sem_log[16], nr_log;

static void sem_reader(int nr)
{
	down_read(&sem);
	sem_log[__atomic_fetch_add(&nr_log, 1, __ATOMIC_SEQ_CST)] = nr;
	up_read(&sem);
}

static void sem_writer(int nr)
{
	down_write(&sem);
	sem_log[__atomic_fetch_add(&nr_log, 1, __ATOMIC_SEQ_CST)] = nr;
	up_write(&sem);
}

/* Held for reading; then writer 0, readers 1 and 2, writer 3, reader 4 queue. */
static void test_rwsem_is_fair(void **state)
{
	void (*const bodies[])(int) = {
		sem_writer, sem_reader, sem_reader, sem_writer, sem_reader,
	};
	struct thread t[5];
	int i;

	init_rwsem(&sem);
	nr_log = 0;
	down_read(&sem);
	for (i = 0; i < 5; i++) {
		start_thread(&t[i], bodies[i], i);
		queued_target = i + 1;
		wait_until(sem_queued);
	}
	/* A reader holds it, but a writer waits: no more readers get in. */
	assert_false(down_read_trylock(&sem));
	assert_false(down_write_trylock(&sem));
	assert_true(rwsem_is_contended(&sem));
	assert_int_equal(nr_log, 0);
	up_read(&sem);
	for (i = 0; i < 5; i++)
		pthread_join(t[i].id, NULL);
	assert_int_equal(nr_log, 5);
	assert_int_equal(sem_log[0], 0);
	assert_int_equal(sem_log[1] + sem_log[2], 3);	/* 1 and 2, in any order */
	assert_int_equal(sem_log[3], 3);
	assert_int_equal(sem_log[4], 4);
	assert_int_equal(atomic_long_read(&sem.count), 0);
}

static bool sem_handoff(void)
{
	return atomic_long_read(&sem.count) & RWSEM_HANDOFF;
}

/* @t is at the head of the queue of the writer that calls, and does not wake up. */
static void start_head(struct thread *t, void (*body)(int nr))
{
	init_rwsem(&sem);
	nr_log = 0;
	down_write(&sem);
	gate(true);
	start_thread(t, body, 0);
	queued_target = 1;
	wait_until(sem_queued);
}

/* A free semaphore is taken while the head of the queue wakes up, but then kept for it. */
static void overtake_once(void (*body)(int nr))
{
	struct thread head;

	start_head(&head, body);
	up_write(&sem);
	down_write(&sem);
	up_write(&sem);
	down_read(&sem);
	assert_false(down_read_trylock(&sem));		/* joins no queue, overtakes none */
	up_read(&sem);
	down_write(&sem);
	assert_int_equal(nr_log, 0);
	gate(false);
	wait_until(sem_handoff);			/* it came and lost */
	up_write(&sem);
	pthread_join(head.id, NULL);
	assert_int_equal(nr_log, 1);
	assert_int_equal(atomic_long_read(&sem.count), 0);
}

static void test_rwsem_head_loses_once(void **state)
{
	overtake_once(sem_writer);
	overtake_once(sem_reader);
}

/* Nobody enters a semaphore that is kept for the head of the queue, also not by spinning. */
static void test_rwsem_keeps_for_head(void **state)
{
	struct thread head, other;

	start_head(&head, sem_writer);
	up_write(&sem);
	down_write(&sem);
	gate(false);
	wait_until(sem_handoff);
	test_lock_turns = 1000000000;
	start_thread(&other, sem_reader, 1);
	queued_target = 2;
	wait_until(sem_queued);				/* it did not spin */
	test_lock_turns = 0;
	/* up_write() in two steps: between them it is free, and kept */
	rwsem_debug_write_release(&sem);
	atomic_long_fetch_sub_release(RWSEM_WRITER, &sem.count);
	assert_false(rwsem_is_locked(&sem));
	assert_false(rwsem_enter(&sem, true));
	assert_false(rwsem_enter(&sem, false));
	rwsem_wake(&sem);
	pthread_join(head.id, NULL);
	pthread_join(other.id, NULL);
	assert_int_equal(nr_log, 2);
	assert_int_equal(sem_log[0], 0);
	assert_int_equal(sem_log[1], 1);
	assert_int_equal(atomic_long_read(&sem.count), 0);
}

/* A downgrade lets in readers that were woken for nothing before. */
static void test_rwsem_downgrade_beside_woken_head(void **state)
{
	struct thread head;

	start_head(&head, sem_reader);
	up_write(&sem);
	down_write(&sem);
	downgrade_write(&sem);
	assert_false(rwsem_is_contended(&sem));		/* granted in its sleep */
	gate(false);
	pthread_join(head.id, NULL);
	up_read(&sem);
	assert_int_equal(nr_log, 1);
	assert_int_equal(atomic_long_read(&sem.count), 0);
}

static int gathered;

static bool both_gathered(void)
{
	return __atomic_load_n(&gathered, __ATOMIC_SEQ_CST) == 3;
}

static void gather_reader(int nr)
{
	down_read(&sem);
	__atomic_add_fetch(&gathered, 1, __ATOMIC_SEQ_CST);
	wait_until(both_gathered);
	up_read(&sem);
}

/* Readers that waited together hold it together, with who downgraded. */
static void test_rwsem_downgrade_lets_readers_in(void **state)
{
	struct thread t[2];
	int i;

	init_rwsem(&sem);
	gathered = 1;
	down_write(&sem);
	for (i = 0; i < 2; i++)
		start_thread(&t[i], gather_reader, i);
	queued_target = 2;
	wait_until(sem_queued);
	downgrade_write(&sem);
	wait_until(both_gathered);
	assert_false(rwsem_is_write_locked(&sem));
	for (i = 0; i < 2; i++)
		pthread_join(t[i].id, NULL);
	assert_int_equal(rwsem_is_locked(&sem), 1);
	up_read(&sem);
	assert_int_equal(rwsem_is_locked(&sem), 0);
}

static void test_rwsem_rules(void **state)
{
	init_rwsem(&sem);
	expect_bug(rwsem_assert_held(&sem));
	down_read(&sem);
	rwsem_assert_held(&sem);
	expect_bug(rwsem_assert_held_write(&sem));
	expect_bug(up_write(&sem));
	up_read(&sem);
	down_write(&sem);
	expect_bug(down_write(&sem));
	expect_bug(down_read(&sem));
	up_write(&sem);
	expect_bug(up_read(&sem));
}

static int group_setup(void **state)
{
	task_init(&main_task);
	self = &main_task;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spinlock_excludes),
		cmocka_unit_test(test_spinlock_forms),
		cmocka_unit_test(test_spinlock_rules),
		cmocka_unit_test(test_spinlock_of_another),
		cmocka_unit_test(test_mutex_excludes),
		cmocka_unit_test(test_mutex_is_fair),
		cmocka_unit_test(test_mutex_rules),
		cmocka_unit_test(test_rwsem_excludes),
		cmocka_unit_test(test_rwsem_is_fair),
		cmocka_unit_test(test_rwsem_head_loses_once),
		cmocka_unit_test(test_rwsem_keeps_for_head),
		cmocka_unit_test(test_rwsem_downgrade_beside_woken_head),
		cmocka_unit_test(test_rwsem_downgrade_lets_readers_in),
		cmocka_unit_test(test_rwsem_rules),
	};

	return cmocka_run_group_tests_name("locks", tests, group_setup, NULL);
}
