// SPDX-License-Identifier: MIT
/*
 * test_lockrules.c - every rule of the locks, broken once: the report names the lock, who
 * holds it and where it was taken, and the rule (lib/spinlock.c, D1 to D7).
 *
 * Machine 1 breaks the rule; the test goes on in machine 2, whose locks know nothing of it.
 */
#include "quire_test.h"
#include <linux/spinlock.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>

static struct machine *m1, *m2;

static int setup(void **state)
{
	m1 = machine_create(NULL);
	m2 = machine_create(NULL);
	assert_true(m1 && m2);
	machine_cpu_enter(m1, 2);
	return 0;
}

static int teardown(void **state)
{
	struct mutex lock;
	int ret;

	host_set_bug_hook(NULL, NULL);
	local_irq_enable();
	if (this_machine())
		machine_cpu_leave();
	machine_cpu_enter(m2, 0);
	mutex_init(&lock);
	mutex_lock(&lock);
	kfree(kmalloc(100, GFP_KERNEL));
	mutex_unlock(&lock);
	slab_check();
	assert_null(strstr(host_log_text(m2), "BUG"));
	machine_cpu_leave();
	ret = machine_destroy(m1);
	return machine_destroy(m2) | ret;
}

static void log_has_lock(const char *name, const void *lock)
{
	char text[64];

	snprintf(text, sizeof(text), "Lock %s, " QUIRE_ADDR_FMT, name, QUIRE_ADDR(lock));
	assert_log_has(m1, text);
}

static void log_has_sleeplock(const char *name, const spinlock_t *wait_lock)
{
	char text[64];

	snprintf(text, sizeof(text), "Lock %s, wait_lock " QUIRE_ADDR_FMT, name,
		 QUIRE_ADDR(wait_lock));
	assert_log_has(m1, text);
}

/* --- spinlocks ---------------------------------------------------------------------- */

static void test_recursion(void **state)
{
	DEFINE_SPINLOCK_RANK(zone, RANK_ZONE);

	spin_lock(&zone);
	expect_bug(spin_lock(&zone), "D1: lock taken by the CPU that holds it");
	assert_log_has(m1, "BUG lock: D1: lock taken by the CPU that holds it, on CPU 2 by host");
	log_has_lock("zone", &zone);
	assert_log_has(m1, "rank 700, held by CPU 2, taken in ");
	assert_log_has(m1, "This CPU holds zone (");
}

static void test_rank(void **state)
{
	DEFINE_SPINLOCK_RANK(inner, RANK_ZONE);
	DEFINE_SPINLOCK_RANK(outer, RANK_FILES);

	spin_lock(&inner);
	expect_bug(spin_lock(&outer), "D2: rank not above that of a lock that is held");
	log_has_lock("outer", &outer);
	assert_log_has(m1, "rank 160, free");
	assert_log_has(m1, "This CPU holds inner (");
}

static void test_equal_rank(void **state)
{
	DEFINE_SPINLOCK_RANK(one, RANK_PTL);
	DEFINE_SPINLOCK_RANK(two, RANK_PTL);

	spin_lock(&one);
	spin_lock_nested(&two, 1);
	spin_unlock(&two);
	expect_bug(spin_lock(&two), "D2");
	log_has_lock("two", &two);
}

static void test_nested_below(void **state)
{
	DEFINE_SPINLOCK_RANK(inner, RANK_ZONE);
	DEFINE_SPINLOCK_RANK(outer, RANK_PTL);

	spin_lock(&inner);
	expect_bug(spin_lock_nested(&outer, 1), "D2");
}

static void test_release_free(void **state)
{
	DEFINE_SPINLOCK_RANK(zone, RANK_ZONE);

	expect_bug(spin_unlock(&zone), "D3: lock released that nobody holds");
	log_has_lock("zone", &zone);
}

static spinlock_t shared;

static void *take_as_cpu_0(void *arg)
{
	machine_cpu_enter(m1, 0);
	spin_lock(&shared);
	__atomic_store_n((int *)arg, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n((int *)arg, __ATOMIC_ACQUIRE) == 1)
		cpu_relax();
	host_expect_leaks(m1);		/* a bug was found: leaves with what it holds */
	machine_cpu_leave();
	return NULL;
}

/* CPU 0 has the lock while this CPU does something */
static void held_elsewhere(void (*wrong)(void))
{
	pthread_t thread;
	int phase = 0;

	spin_lock_init_rank(&shared, RANK_ZONE, "shared");
	assert_int_equal(pthread_create(&thread, NULL, take_as_cpu_0, &phase), 0);
	while (!__atomic_load_n(&phase, __ATOMIC_ACQUIRE))
		cpu_relax();
	wrong();
	__atomic_store_n(&phase, 2, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
}

static void release_foreign(void)
{
	expect_bug(spin_unlock(&shared), "D3: lock released by a CPU that does not hold it");
}

static void test_release_of_another(void **state)
{
	held_elsewhere(release_foreign);
	assert_log_has(m1, "on CPU 2 by host");
	log_has_lock("shared", &shared);
	assert_log_has(m1, "held by CPU 0, taken in ");
}

static void assert_foreign(void)
{
	expect_bug(spin_assert_held(&shared), "D7: lock not held where it has to be");
}

static void test_assert_of_another(void **state)
{
	held_elsewhere(assert_foreign);
	assert_log_has(m1, "held by CPU 0, taken in ");
}

/* --- interrupts ------------------------------------------------------------------------ */

static void test_interrupts_on(void **state)
{
	DEFINE_SPINLOCK_RANK(ring, RANK_RING);
	unsigned long flags;

	spin_lock_irqsave(&ring, flags);
	spin_unlock_irqrestore(&ring, flags);
	expect_bug(spin_lock(&ring), "D5: lock of interrupt handlers taken with interrupts on");
	log_has_lock("ring", &ring);
	assert_log_has(m1, "rank 940, free");
}

static void test_sleep_interrupts_off(void **state)
{
	struct mutex lock;

	mutex_init(&lock);
	might_sleep();
	local_irq_disable();
	expect_bug(mutex_lock(&lock), "D4: may sleep with interrupts off");
}

/* --- sleeping ------------------------------------------------------------------------------ */

static void sleep_in(void (*sleeper)(void))
{
	DEFINE_SPINLOCK_RANK(zone, RANK_ZONE);

	spin_lock(&zone);
	expect_bug(sleeper(), "D4: may sleep with a spinlock held");
	log_has_lock("zone", &zone);
	assert_log_has(m1, "held by CPU 2, taken in ");
}

static struct mutex mutex;
static struct rw_semaphore sem;

static void lock_mutex(void) { mutex_lock(&mutex); }
static void lock_read(void) { down_read(&sem); }
static void lock_write(void) { down_write(&sem); }
static void get_page_sleeping(void) { (void)!alloc_page(GFP_KERNEL); }
static void get_object_sleeping(void) { (void)!kmalloc(10, GFP_KERNEL); }
static void get_area(void) { (void)!vmalloc(10); }

static void test_sleep_mutex(void **state)
{
	mutex_init(&mutex);
	sleep_in(lock_mutex);
}

static void test_sleep_read(void **state)
{
	init_rwsem(&sem);
	sleep_in(lock_read);
}

static void test_sleep_write(void **state)
{
	init_rwsem(&sem);
	sleep_in(lock_write);
}

static void test_sleep_alloc(void **state)
{
	sleep_in(get_page_sleeping);
}

static void test_sleep_kmalloc(void **state)
{
	sleep_in(get_object_sleeping);
}

static void test_sleep_vmalloc(void **state)
{
	sleep_in(get_area);
}

/* what does not sleep may be asked for with a lock */
static void test_atomic_alloc(void **state)
{
	DEFINE_SPINLOCK_RANK(outer, RANK_FILES);
	struct page *page;
	void *p;

	spin_lock(&outer);
	page = alloc_page(GFP_ATOMIC);
	p = kmalloc(10, GFP_NOWAIT);
	kfree(p);
	__free_page(page);
	spin_unlock(&outer);
	assert_true(p && page);
}

/* --- leaving --------------------------------------------------------------------------------- */

static void test_leave(void **state)
{
	DEFINE_SPINLOCK_RANK(zone, RANK_ZONE);

	spin_lock(&zone);
	expect_bug(machine_cpu_leave(), "D6: leaves with a spinlock held");
	log_has_lock("zone", &zone);
	assert_log_has(m1, "held by CPU 2, taken in ");
}

static void log_holds(const char *how)
{
	char text[100];

	snprintf(text, sizeof(text), "This thread holds &%s", how);
	assert_log_has(m1, text);
}

static void test_leave_mutex(void **state)
{
	mutex_init(&mutex);
	mutex_lock(&mutex);
	expect_bug(machine_cpu_leave(), "D6: leaves with a mutex or semaphore held");
	log_holds("mutex (wait_lock 0x");
}

static void test_leave_trylock(void **state)
{
	mutex_init(&mutex);
	init_rwsem(&sem);
	assert_true(mutex_trylock(&mutex) && down_write_trylock(&sem));
	mutex_unlock(&mutex);
	expect_bug(machine_cpu_leave(), "D6: leaves with a mutex or semaphore held");
	log_holds("sem (wait_lock 0x");
	assert_null(strstr(host_log_text(m1), "holds &mutex"));
}

static void leave_as_reader(void)
{
	char text[100];

	expect_bug(machine_cpu_leave(), "D6: leaves with a mutex or semaphore held");
	snprintf(text, sizeof(text), "sem (wait_lock " QUIRE_ADDR_FMT ") for reading, taken in ",
		 QUIRE_ADDR(&sem.wait_lock));
	log_holds(text);
}

static void test_leave_reader(void **state)
{
	init_rwsem(&sem);
	down_read(&sem);
	leave_as_reader();
}

static void test_leave_downgraded(void **state)
{
	init_rwsem(&sem);
	down_write(&sem);
	downgrade_write(&sem);
	leave_as_reader();
}

/* locks are released in any order, and nothing stays noted */
static void test_leave_with_none(void **state)
{
	struct mutex other;

	mutex_init(&mutex);
	mutex_init(&other);
	init_rwsem(&sem);
	mutex_lock(&mutex);
	assert_true(down_read_trylock(&sem));
	mutex_lock(&other);
	mutex_unlock(&mutex);
	up_read(&sem);
	mutex_unlock(&other);
	machine_cpu_leave();
	assert_null(this_machine());
}

/* --- mutexes and semaphores ---------------------------------------------------------------------- */

static void test_mutex_recursion(void **state)
{
	mutex_init(&mutex);
	mutex_lock(&mutex);
	expect_bug(mutex_lock(&mutex), "D1: mutex taken by the thread that holds it");
	log_has_sleeplock("&mutex", &mutex.sem.wait_lock);
	assert_log_has(m1, "held by host, taken on CPU 2 in ");
}

static void test_mutex_release(void **state)
{
	mutex_init(&mutex);
	expect_bug(mutex_unlock(&mutex), "D3: mutex released by a thread that does not hold it");
	log_has_sleeplock("&mutex", &mutex.sem.wait_lock);
}

static void test_mutex_assert(void **state)
{
	mutex_init(&mutex);
	expect_bug(mutex_assert_held(&mutex), "D7: mutex not held");
}

static void *mutex_as_cpu_0(void *arg)
{
	machine_cpu_enter(m1, 0);
	mutex_lock(&mutex);
	host_expect_leaks(m1);		/* leaves with what it holds */
	machine_cpu_leave();
	return NULL;
}

static void test_mutex_of_another(void **state)
{
	pthread_t thread;

	mutex_init(&mutex);
	assert_int_equal(pthread_create(&thread, NULL, mutex_as_cpu_0, NULL), 0);
	pthread_join(thread, NULL);
	expect_bug(mutex_unlock(&mutex), "D3: mutex released by a thread that does not hold it");
	assert_log_has(m1, "held by host, taken on CPU 0 in ");
}

static void test_writer_recursion(void **state)
{
	init_rwsem(&sem);
	down_write(&sem);
	expect_bug(down_write(&sem), "D1: semaphore taken by the thread that holds it");
	log_has_sleeplock("&sem", &sem.wait_lock);
	assert_log_has(m1, "held by host, taken on CPU 2 in ");
}

static void test_writer_reads(void **state)
{
	init_rwsem(&sem);
	down_write(&sem);
	expect_bug(down_read(&sem), "D1: semaphore taken by the thread that holds it");
}

static void test_reader_reads(void **state)
{
	init_rwsem(&sem);
	down_read(&sem);
	expect_bug(down_read(&sem), "D1: semaphore taken by the thread that holds it for reading");
	log_has_sleeplock("&sem", &sem.wait_lock);
}

static void test_reader_upgrades(void **state)
{
	init_rwsem(&sem);
	down_read(&sem);
	expect_bug(down_write(&sem), "D1: semaphore taken by the thread that holds it for reading");
}

static void *read_as_cpu_0(void *arg)
{
	machine_cpu_enter(m1, 0);
	down_read(&sem);
	host_expect_leaks(m1);
	machine_cpu_leave();
	return NULL;
}

static void test_read_of_another(void **state)
{
	pthread_t thread;

	init_rwsem(&sem);
	assert_int_equal(pthread_create(&thread, NULL, read_as_cpu_0, NULL), 0);
	pthread_join(thread, NULL);
	expect_bug(up_read(&sem), "D3: semaphore released by a thread that does not read");
}

static void test_reader_writes(void **state)
{
	init_rwsem(&sem);
	down_read(&sem);
	expect_bug(up_write(&sem), "D3: semaphore released by a thread that is not its writer");
	log_has_sleeplock("&sem", &sem.wait_lock);
}

static void test_read_release(void **state)
{
	init_rwsem(&sem);
	expect_bug(up_read(&sem), "D3: semaphore released that nobody holds for reading");
	assert_log_has(m1, "held by nobody for itself alone");
}

static void test_rwsem_asserts(void **state)
{
	init_rwsem(&sem);
	down_read(&sem);
	rwsem_assert_held(&sem);
	expect_bug(rwsem_assert_held_write(&sem), "D7: semaphore not held for writing");
}

static void test_rwsem_assert_free(void **state)
{
	init_rwsem(&sem);
	expect_bug(rwsem_assert_held(&sem), "D7: semaphore not held");
}

#define RULE(t)	cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(test_recursion), RULE(test_rank), RULE(test_equal_rank),
		RULE(test_nested_below), RULE(test_release_free), RULE(test_release_of_another),
		RULE(test_assert_of_another), RULE(test_interrupts_on),
		RULE(test_sleep_interrupts_off), RULE(test_sleep_mutex), RULE(test_sleep_read),
		RULE(test_sleep_write), RULE(test_sleep_alloc), RULE(test_sleep_kmalloc),
		RULE(test_sleep_vmalloc), RULE(test_atomic_alloc), RULE(test_leave),
		RULE(test_leave_mutex), RULE(test_leave_trylock), RULE(test_leave_reader),
		RULE(test_leave_downgraded), RULE(test_leave_with_none), RULE(test_reader_reads),
		RULE(test_reader_upgrades), RULE(test_read_of_another),
		RULE(test_mutex_recursion), RULE(test_mutex_release), RULE(test_mutex_assert),
		RULE(test_mutex_of_another), RULE(test_writer_recursion), RULE(test_writer_reads),
		RULE(test_reader_writes), RULE(test_read_release), RULE(test_rwsem_asserts),
		RULE(test_rwsem_assert_free),
	};

	return cmocka_run_group_tests_name("lockrules", tests, NULL, NULL);
}
