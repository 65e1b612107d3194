// SPDX-License-Identifier: MIT
/*
 * storm.c - random calls about memory by several processes and threads at once.
 *
 *	storm SEED CALLS PROCESSES THREADS
 *
 * Each process has the window and the heap of calls.h, its threads share them, all share
 * the files and the segments; what they do to each other's memory, and to each other's
 * accesses, is the point. Nobody knows what a call should return: what must not happen is
 * that the kernel stops, warns, or keeps something when all have gone. So the sums of
 * /proc/meminfo that only programs account for are compared at the end, when they have
 * come to rest.
 *
 * After every REST calls of each thread all of them stand still, and the last one has the
 * kernel walk all that it keeps, if it can: the file mm_check of a checking kernel's debugfs.
 *
 * A forked child makes some calls of its own and leaves; every other one becomes the
 * program anew first, so that exec(2) meets whatever memory was there.
 */
#include "guest.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sys/personality.h>

#define MAX_PROCESSES	16
#define MAX_THREADS	16
#define CHILD_CALLS	40
#define SHARED		0x10000000ul
#define REST		500
#define MM_CHECK	"/sys/kernel/debug/mm_check"

struct shared {
	struct place place;
	unsigned long heap;
	unsigned int children;		/* that live now, all processes together */
	unsigned int workers;		/* threads of all processes; 0: one is gone */
	unsigned int resting, rests;	/* of them; how often all did */
	unsigned int checks;		/* that the kernel made */
};

static struct shared *all;
static unsigned int calls, threads, prepared;

static void die(const char *what)
{
	printf("storm: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* --- a thread ------------------------------------------------------------ */

/* what others change meanwhile is taken once */
static struct place place_now(unsigned long long seed)
{
	struct place p = all->place;

	p.gen = (struct gen){ .state = seed * 0x2545f4914f6cdd1dull, .heap = all->heap,
			      .mix = MIX_STORM };
	return p;
}

static void read_proc(int pid, unsigned int which)
{
	static const char *const names[] = { "maps", "smaps", "smaps_rollup", "pagemap", "status",
					     "statm", "stat", "numa_maps", "auxv", "limits",
					     "oom_score", "cmdline" };
	static __thread char buf[8192];
	char path[40];
	int fd, n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, names[which]);
	fd = open(path, O_RDONLY);
	for (n = 0; fd >= 0 && n < 8 && read(fd, buf, sizeof(buf)) > 0; n++)
		;
	close(fd);
}

static void run_calls(struct place *p, unsigned int n);

static void child_leave(void)
{
	__atomic_fetch_sub(&all->children, 1, __ATOMIC_RELAXED);
	_exit(0);
}

/* the whole address space is a copy, the thread is alone in it */
static void run_child(unsigned long long seed)
{
	char number[24], *argv[] = { "storm", "child", number, NULL }, *none[] = { NULL };

	struct place p = place_now(seed);

	run_calls(&p, CHILD_CALLS);
	if (seed & 1) {
		sprintf(number, "%llu", seed);
		execve("/proc/self/exe", argv, none);
	}
	child_leave();
}

static void call_fork(unsigned long long seed)
{
	if (__atomic_add_fetch(&all->children, 1, __ATOMIC_RELAXED) <= 8) {
		long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

		if (!pid)
			run_child(seed);
		if (pid > 0) {
			waitpid(pid, NULL, 0);
			return;
		}
	}
	__atomic_fetch_sub(&all->children, 1, __ATOMIC_RELAXED);
}

static void run_calls(struct place *p, unsigned int n)
{
	struct call c;

	while (n--) {
		draw_call(&p->gen, &c);
		switch (c.kind) {
		case C_FORK:
			call_fork(p->gen.state >> 7);
			break;
		case C_PROC:
			if (p->pid[c.a[0]])
				read_proc(p->pid[c.a[0]], c.a[1]);
			break;
		default:
			(void)call_make(p, &c);
		}
	}
	for (n = 0; n < SEGMENTS; n++) {
		if (p->segment[n] >= 0)
			syscall(SYS_shmctl, p->segment[n], 0, NULL);
		p->segment[n] = -1;
	}
}

/* all others rest: what is wrong ends the kernel */
static void check_kernel(void)
{
	char text[80];
	int fd = open(MM_CHECK, O_RDONLY);

	if (fd >= 0 && read(fd, text, sizeof(text)) > 0)
		all->checks++;
	close(fd);
}

/* wait for all the others */
static void rest(void)
{
	unsigned int rests = __atomic_load_n(&all->rests, __ATOMIC_ACQUIRE);
	struct timespec second = { 1, 0 };

	if (__atomic_add_fetch(&all->resting, 1, __ATOMIC_ACQ_REL) == all->workers) {
		check_kernel();
		__atomic_store_n(&all->resting, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&all->rests, rests + 1, __ATOMIC_RELEASE);
		syscall(SYS_futex, &all->rests, FUTEX_WAKE, MAX_PROCESSES * MAX_THREADS);
		return;
	}
	while (__atomic_load_n(&all->rests, __ATOMIC_ACQUIRE) == rests &&
	       __atomic_load_n(&all->workers, __ATOMIC_RELAXED))
		syscall(SYS_futex, &all->rests, FUTEX_WAIT, rests, &second);
}

static void *run_thread(void *arg)
{
	static char stacks[MAX_THREADS][16384];
	unsigned long seed = (unsigned long)arg;
	unsigned int left, n;
	struct place p;

	while (!__atomic_load_n(&prepared, __ATOMIC_ACQUIRE))
		sched_yield();
	access_catch(stacks[seed % MAX_THREADS], sizeof(stacks[0]));
	p = place_now(seed);
	for (left = calls; left; left -= n) {
		n = left < REST ? left : REST;
		run_calls(&p, n);
		rest();
		memcpy(p.pid, all->place.pid, sizeof(p.pid));
	}
	return NULL;
}

/* --- a process ----------------------------------------------------------- */

static void run_process(unsigned long long seed)
{
	static char thread_stacks[MAX_THREADS][262144] __attribute__((aligned(4096)));
	pthread_t t[MAX_THREADS];
	pthread_attr_t attr;
	unsigned int i;

	/* the C library maps what a thread has for itself, and must not do so in the window */
	for (i = 1; i < threads; i++) {
		pthread_attr_init(&attr);
		pthread_attr_setstack(&attr, thread_stacks[i], sizeof(thread_stacks[i]));
		if (pthread_create(&t[i], &attr, run_thread,
				   (void *)(seed * MAX_THREADS + i)))
			die("thread");
	}
	place_prepare(all->heap);
	__atomic_store_n(&prepared, 1, __ATOMIC_RELEASE);
	run_thread((void *)(seed * MAX_THREADS));
	for (i = 1; i < threads; i++)
		pthread_join(t[i], NULL);
	_exit(0);
}

/* --- what is left -------------------------------------------------------- */

/* by how many kB more is no leak: what this program and its shell may touch meanwhile */
static const struct {
	const char *name;
	long slack;
} sums[] = {
	{ "\nAnonPages", 64 }, { "\nMapped", 64 }, { "\nShmem", 64 }, { "\nPageTables", 64 },
	{ "\nCommitted_AS", 64 }, { "\nMlocked", 0 },
	{ "\nKernelStack", 1024 },	/* CPUs keep some for tasks to come */
};
#define SUMS	(sizeof(sums) / sizeof(sums[0]))

static void read_sums(long *values)
{
	char text[4096], *at;
	int fd = open("/proc/meminfo", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	unsigned int i;

	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	for (i = 0; i < SUMS; i++) {
		at = strstr(text, sums[i].name);
		values[i] = at ? atol(at + strlen(sums[i].name) + 1) : 0;
	}
}

/* have all come to rest? */
static int same_sums(const long *before)
{
	struct timespec pause = { 0, 10000000 };
	long now[SUMS];
	unsigned int i, tries;

	for (tries = 0; tries < 1000; tries++) {
		read_sums(now);
		for (i = 0; i < SUMS && now[i] <= before[i] + sums[i].slack; i++)
			;
		if (i == SUMS)
			return 1;
		nanosleep(&pause, NULL);
	}
	for (i = 0; i < SUMS; i++)
		printf("storm:%s %ld kB, was %ld kB\n", sums[i].name + 1, now[i], before[i]);
	return 0;
}

static int storm(unsigned long long seed, unsigned int processes)
{
	int status, bad = 0, pid;
	unsigned int i;
	long before[SUMS];

	read_sums(before);
	all->workers = processes * threads;
	pid = fork();
	if (!pid) {
		if (place_open_files(&all->place))
			die("files");
		for (i = 0; i < processes; i++) {
			pid = fork();
			if (!pid)
				run_process(seed * MAX_PROCESSES + i);
			if (i < SLOTS)
				all->place.pid[i] = pid;
		}
		while (wait(&status) > 0) {
			bad |= status;
			if (status)
				all->workers = 0;
		}
		if (bad)
			printf("storm: a process ended with status %x\n", bad);
		fflush(stdout);
		_exit(bad != 0);
	}
	waitpid(pid, &status, 0);
	return status || !same_sums(before);
}

static void use_stack(void)
{
	volatile char stack[64 * 1024];
	unsigned int i;

	for (i = 0; i < sizeof(stack); i += C_PAGE)
		stack[i] = 1;
}

int main(int argc, char **argv)
{
	static char stack[16384];
	int fd;

	/* the heap is at the same place in all of them */
	if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
		personality(ADDR_NO_RANDOMIZE);
		execv("/proc/self/exe", argv);
		die("exec");
	}
	use_stack();
	prctl(PR_SET_DUMPABLE, 1);
	if (argc == 3 && !strcmp(argv[1], "child")) {
		struct place p;

		all = mmap((void *)SHARED, sizeof(*all), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_FIXED, POOL_FD - 1, 0);
		if (all == MAP_FAILED)
			_exit(3);
		access_catch(stack, sizeof(stack));
		p = place_now(strtoull(argv[2], NULL, 0) / 2);
		run_calls(&p, CHILD_CALLS);
		child_leave();
	}
	if (argc != 5) {
		fprintf(stderr, "usage: storm SEED CALLS PROCESSES THREADS\n");
		return 2;
	}
	fd = syscall(SYS_memfd_create, "shared", 0);
	if (fd < 0 || dup2(fd, POOL_FD - 1) < 0 || ftruncate(fd, sizeof(*all)))
		die("shared");
	all = mmap((void *)SHARED, sizeof(*all), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		   POOL_FD - 1, 0);
	if (all == MAP_FAILED)
		die("shared");
	calls = atoi(argv[2]);
	threads = atoi(argv[4]);
	if (atoi(argv[3]) > MAX_PROCESSES || threads > MAX_THREADS || !threads)
		die("too many");
	all->heap = place_heap();
	fd = storm(strtoull(argv[1], NULL, 0), atoi(argv[3]));
	printf("storm: %s, %u checks\n", fd ? "failed" : "all is well", all->checks);
	return fd;
}
