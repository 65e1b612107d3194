// SPDX-License-Identifier: MIT
/*
 * test_determinism.c - virtual CPUs: the same seed gives the same run, bit by bit, in one
 * process and in two; another seed gives another one; who waits for ever is told.
 *
 * With arguments it is the other process: test_determinism CPUS SEED prints the checksum.
 */
#include "vm_test.h"
#include <linux/mutex.h>
#include <stdio.h>
#include <stdlib.h>

int getpid(void);

#define FIXED	(PRIV | MAP_FIXED)
#define ROUNDS	150

static const struct machine_config small = {
	.ram_bytes = 16ul << 20, .virtual_clock = true, .slab_fast = true,
};

/* --- a run that does everything ------------------------------------------- */

struct world {
	struct mm_struct *mm;
	struct mutex lock;
	unsigned long sum;		/* lock */
	int errors;
};

static void own_area(struct world *w, unsigned int cpu)
{
	unsigned long at = BASE + (1000 + cpu * 100) * K4;

	w->errors += vm_map(w->mm, at, 20 * K4, RW, FIXED) != at;
	w->errors += vm_poke(at + 5 * K4, cpu + 1) != 0 || vm_peek(at + 5 * K4) != cpu + 1;
	w->errors += vm_mprotect(w->mm, at + 4 * K4, 3 * K4, PROT_READ) != 0;
	w->errors += vm_poke(at + 5 * K4, 9) != -EFAULT || vm_peek(at + 5 * K4) != cpu + 1;
	w->errors += vm_munmap(w->mm, at, 20 * K4) != 0 || vm_peek(at + 5 * K4) != -EFAULT;
}

static void fork_once(struct world *w)
{
	int error;
	struct mm_struct *child = dup_mm(w->mm, &error);

	w->errors += !child;
	if (child)
		mmput(child);
}

static void world_cpu(unsigned int cpu, void *arg)
{
	struct world *w = arg;
	u64 seed = cpu + 1;
	int i;

	host_use_mm(w->mm);
	for (i = 0; i < ROUNDS; i++) {
		unsigned long page = BASE + quire_random(&seed) % 32 * K4;
		void *object = kmalloc(quire_random(&seed) % 3000, GFP_KERNEL);

		switch (quire_random(&seed) % 8) {
		case 0: case 1: case 2:
			w->errors += vm_poke(page + cpu, cpu) != 0;
			break;
		case 3:
			w->errors += vm_peek(page) < 0;
			break;
		case 4:
			w->errors += vm_madvise(w->mm, page, K4, MADV_DONTNEED) != 0;
			break;
		case 5:
			own_area(w, cpu);
			break;
		case 6:
			fork_once(w);
			break;
		case 7:
			mutex_lock(&w->lock);
			w->sum += port_random_ull() & 0xff;
			port_cond_resched();
			mutex_unlock(&w->lock);
			break;
		}
		kfree(object);
	}
	host_use_mm(NULL);
}

struct outcome {
	struct virtual_run run;
	u64 checksum;
	unsigned long sum;
	int errors;
};

static struct outcome whole_run(unsigned int cpus, u64 seed)
{
	struct machine *m = machine_create(&small);
	struct world w = { .sum = 0 };
	struct virtual_cpus how = { .count = cpus, .seed = seed, .fn = world_cpu, .arg = &w };
	struct outcome o = { .errors = 0 };

	machine_cpu_enter(m, 0);
	mutex_init(&w.lock);
	w.mm = mm_alloc();
	w.errors += vm_map(w.mm, BASE, 32 * K4, RW, FIXED) != BASE;
	machine_cpu_leave();
	w.errors += machine_run_virtual(m, &how, &o.run) != 0;
	o.checksum = machine_checksum(m);
	machine_cpu_enter(m, 0);
	vm_check(w.mm);
	w.errors += host_tlb_check(m);
	mmput(w.mm);
	machine_cpu_leave();
	o.sum = w.sum;
	o.errors = w.errors + (machine_destroy(m) != 0);
	return o;
}

/* a word of 32 bits may be a number that looks like an address: arch/host/checksum.c */
#define CHECKSUM_COMPARES	(BITS_PER_LONG == 64)

static void assert_same(const struct outcome *a, const struct outcome *b)
{
	assert_int_equal(a->run.points, b->run.points);
	assert_int_equal(a->run.switches, b->run.switches);
	assert_true(a->run.trace == b->run.trace);
	assert_int_equal(a->sum, b->sum);
	if (CHECKSUM_COMPARES)
		assert_true(a->checksum == b->checksum);
}

static u64 checksum_in_another_process(unsigned int cpus, u64 seed)
{
	char command[256];
	unsigned long long sum = 0;
	FILE *out;

	snprintf(command, sizeof(command), "/proc/%d/exe %u %llu", getpid(), cpus,
		 (unsigned long long)seed);
	out = popen(command, "r");
	assert_non_null(out);
	assert_int_equal(fscanf(out, "%llx", &sum), 1);
	assert_int_equal(pclose(out), 0);
	return sum;
}

static void test_same_seed(void **state)
{
	static const unsigned int cpus[] = { 1, 2, 4 };
	struct outcome first, again;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cpus); i++) {
		first = whole_run(cpus[i], 7);
		assert_int_equal(first.errors, 0);
		again = whole_run(cpus[i], 7);
		assert_same(&first, &again);
		if (CHECKSUM_COMPARES)
			assert_true(checksum_in_another_process(cpus[i], 7) == first.checksum);
		if (cpus[i] > 1)
			assert_true(first.run.switches > 100);
	}
}

static void test_other_seed(void **state)
{
	struct outcome a = whole_run(4, 1), b = whole_run(4, 2);

	assert_int_equal(a.errors + b.errors, 0);
	assert_true(a.run.trace != b.run.trace);
	assert_true(a.checksum != b.checksum);
}

/* another machine in the process, at other addresses, makes no difference */
static void test_beside_another(void **state)
{
	struct outcome alone = whole_run(2, 3), beside;
	struct machine *other = machine_create(NULL);

	beside = whole_run(2, 3);
	assert_same(&alone, &beside);
	assert_int_equal(machine_destroy(other), 0);
}

/* --- what the checksum sees ----------------------------------------------- */

static void test_checksum(void **state)
{
	struct machine *m = machine_create(&small), *twin = machine_create(&small);
	u64 before = machine_checksum(m), after;
	struct page *page;

	assert_true(before == machine_checksum(m));
	if (CHECKSUM_COMPARES)
		assert_true(before == machine_checksum(twin));
	machine_cpu_enter(m, 0);
	assert_true(before == machine_checksum(m));
	host_clock_advance(1);
	assert_true((after = machine_checksum(m)) != before);
	before = after;
	port_random_ull();
	assert_true((after = machine_checksum(m)) != before);
	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	before = machine_checksum(m);
	((char *)page_address(page))[4095] = 1;
	assert_true(machine_checksum(m) != before);
	((char *)page_address(page))[4095] = 0;
	assert_true(machine_checksum(m) == before);
	SetPageReferenced(page);
	assert_true(machine_checksum(m) != before);
	ClearPageReferenced(page);
	expect_bug(machine_checksum(twin), "this thread is in another machine");
	__free_page(page);
	machine_cpu_leave();
	machine_destroy(twin);
	machine_destroy(m);
}

/* --- races ---------------------------------------------------------------- */

struct counter {
	struct mutex lock;
	spinlock_t spin;
	int how;			/* 0: no lock, 1: mutex, 2: spinlock */
	unsigned int n;
};

static void count_cpu(unsigned int cpu, void *arg)
{
	struct counter *c = arg;
	unsigned int seen;
	int i;

	for (i = 0; i < 50; i++) {
		if (c->how == 1)
			mutex_lock(&c->lock);
		else if (c->how == 2)
			spin_lock(&c->spin);
		seen = c->n;
		host_sched_point(HOST_POINT_ACCESS);
		c->n = seen + 1;
		if (c->how == 1)
			mutex_unlock(&c->lock);
		else if (c->how == 2)
			spin_unlock(&c->spin);
	}
}

static unsigned int counted(struct machine *m, int how_locked, u64 seed)
{
	struct counter c = { .how = how_locked };
	struct virtual_cpus how = { .count = 3, .seed = seed, .stride = 2, .fn = count_cpu,
				    .arg = &c };

	mutex_init(&c.lock);
	spin_lock_init(&c.spin);
	assert_int_equal(machine_run_virtual(m, &how, NULL), 0);
	return c.n;
}

static void test_locks_exclude(void **state)
{
	struct machine *m = machine_create(&small);
	unsigned int lost = 0;
	u64 seed;

	for (seed = 1; seed <= 5; seed++) {
		lost += 150 - counted(m, 0, seed);
		assert_int_equal(counted(m, 1, seed), 150);
		assert_int_equal(counted(m, 2, seed), 150);
	}
	assert_true(lost > 0);			/* the race is there, and is found */
	assert_int_equal(machine_destroy(m), 0);
}

/* --- for ever ---------------------------------------------------------------- */

struct crossing {
	struct mutex lock[2];
	spinlock_t spin[2];
	bool spins;
};

static void crossing_cpu(unsigned int cpu, void *arg)
{
	struct crossing *c = arg;
	int i;

	for (i = 0; i < 1000; i++)
		if (c->spins) {
			spin_lock(&c->spin[cpu]);
			spin_lock(&c->spin[!cpu]);
			spin_unlock(&c->spin[!cpu]);
			spin_unlock(&c->spin[cpu]);
		} else {
			mutex_lock(&c->lock[cpu]);
			mutex_lock(&c->lock[!cpu]);
			mutex_unlock(&c->lock[!cpu]);
			mutex_unlock(&c->lock[cpu]);
		}
}

static void test_deadlock(void **state)
{
	struct crossing c = { .spins = false };
	struct virtual_cpus how = { .count = 2, .seed = 1, .fn = crossing_cpu, .arg = &c };
	struct machine *m = machine_create(&small);

	mutex_init(&c.lock[0]);
	mutex_init(&c.lock[1]);
	assert_int_equal(machine_run_virtual(m, &how, NULL), -EDEADLK);
	assert_log_has(m, "deadlock: every CPU sleeps, seed 1");
	assert_log_has(m, "CPU 0: sleeps, waiting for &c.lock[1]");
	assert_log_has(m, "which CPU 1 has");
	assert_log_has(m, "CPU 1: sleeps, waiting for &c.lock[0]");
	assert_log_has(m, "which CPU 0 has");
	assert_int_equal(machine_destroy(m), 0);
}

static void test_spin_deadlock(void **state)
{
	struct crossing c = { .spins = true };
	struct virtual_cpus how = { .count = 2, .seed = 1, .fn = crossing_cpu, .arg = &c };
	struct machine *m = machine_create(&small);

	spin_lock_init(&c.spin[0]);
	spin_lock_init(&c.spin[1]);
	assert_int_equal(machine_run_virtual(m, &how, NULL), -EDEADLK);
	assert_log_has(m, "deadlock: every CPU spins or sleeps");
	assert_log_has(m, "CPU 0: spins on &c.spin[1]");
	assert_log_has(m, "CPU 1: spins on &c.spin[0]");
	assert_int_equal(machine_destroy(m), 0);
}

/* --- bugs and wrong calls ------------------------------------------------------ */

static void buggy_cpu(unsigned int cpu, void *arg)
{
	mm_bug_on(cpu == 1);
}

static void entering_cpu(unsigned int cpu, void *arg)
{
	machine_cpu_leave();
}

static void test_bug(void **state)
{
	struct virtual_cpus how = { .count = 2, .seed = 1, .fn = buggy_cpu };
	struct machine *m = machine_create(&small);

	expect_bug((void)!machine_run_virtual(m, &how, NULL), "cpu == 1");
	how.fn = entering_cpu;
	expect_bug((void)!machine_run_virtual(m, &how, NULL), "is a virtual one");
	assert_int_equal(machine_destroy(m), 0);
}

static void nothing(unsigned int cpu, void *arg)
{
}

static void test_refusals(void **state)
{
	struct virtual_cpus how = { .count = 2, .seed = 1, .fn = nothing };
	struct machine *m = machine_create(&small), *real = machine_create(NULL);

	assert_int_equal(machine_run_virtual(real, &how, NULL), -EINVAL);
	machine_cpu_enter(m, 3);
	assert_int_equal(machine_run_virtual(m, &how, NULL), -EBUSY);
	machine_cpu_leave();
	how.count = 5;
	assert_int_equal(machine_run_virtual(m, &how, NULL), -EINVAL);
	how.count = 0;
	assert_int_equal(machine_run_virtual(m, &how, NULL), -EINVAL);
	how.count = 4;
	assert_int_equal(machine_run_virtual(m, &how, NULL), 0);
	assert_int_equal(machine_destroy(m), 0);
	assert_int_equal(machine_destroy(real), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_seed), cmocka_unit_test(test_other_seed),
		cmocka_unit_test(test_beside_another), cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_locks_exclude), cmocka_unit_test(test_deadlock),
		cmocka_unit_test(test_spin_deadlock), cmocka_unit_test(test_bug),
		cmocka_unit_test(test_refusals),
	};

	if (argc == 3) {
		struct outcome o = whole_run(strtoul(argv[1], NULL, 10),
					     strtoull(argv[2], NULL, 10));

		printf("%llx\n", (unsigned long long)o.checksum);
		return o.errors != 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
