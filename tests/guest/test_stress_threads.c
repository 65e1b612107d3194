// SPDX-License-Identifier: MIT
/*
 * Threads under stress: creating and joining, changing the address space while
 * others fault in it and fork it, exec and exit_group in the middle of it all,
 * and futexes that must not lose a wake-up.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "stress.h"

#define PAGES	64

static void *add_one(void *arg)
{
	__atomic_fetch_add((int *)arg, 1, __ATOMIC_RELAXED);
	return arg;
}

/* waves of eight threads that live for a moment */
static void create_and_join(void)
{
	int counter = 0, wave, i, waves = 30 * stress_factor, bad = 0;
	pthread_t t[8];

	for (wave = 0; wave < waves; wave++) {
		for (i = 0; i < 8; i++)
			bad += pthread_create(&t[i], NULL, add_one, &counter) != 0;
		for (i = 0; i < 8; i++)
			bad += pthread_join(t[i], NULL) != 0;
	}
	ok(!bad && counter == waves * 8, "threads are created and joined");
}

/* --- the address space changes under the threads --------------------------------- */

static volatile int stop;
static char *shared_pages;

static void *toucher(void *arg)
{
	unsigned int seed = (uintptr_t)arg;
	long page;

	while (!stop) {
		page = next_random(&seed) % PAGES;
		shared_pages[page * 4096 + 128 * (uintptr_t)arg] = page;
		if (shared_pages[page * 4096 + 128 * (uintptr_t)arg] != page)
			must(shared_pages[page * 4096 + 128 * (uintptr_t)arg] == 0);
	}
	return NULL;
}

/* pages of MADV_DONTNEED become 0 under the hands of the touchers: both are right */
static void *dropper(void *arg)
{
	unsigned int seed = (uintptr_t)arg;

	while (!stop)
		must(!madvise(shared_pages + next_random(&seed) % PAGES * 4096, 4096,
			      MADV_DONTNEED));
	return NULL;
}

static void *mapper(void *arg)
{
	unsigned int seed = (uintptr_t)arg;
	char *p;
	long i, pages;

	while (!stop) {
		pages = 1 + next_random(&seed) % 40;
		p = mmap(NULL, pages * 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		must(p != MAP_FAILED);
		for (i = 0; i < pages; i++)
			p[i * 4096] = i + 1;
		must(!mprotect(p + 4096 * (pages / 2), 4096, PROT_READ));
		for (i = 0; i < pages; i++)
			must(p[i * 4096] == (char)(i + 1));
		must(!munmap(p, pages * 4096));
	}
	return NULL;
}

static void *forker(void *arg)
{
	while (!stop) {
		pid_t pid = fork();
		int i;

		if (!pid) {
			for (i = 0; i < PAGES; i++)
				shared_pages[i * 4096] = 1;
			_exit(0);
		}
		must(pid > 0 && status_of(pid) == 0);
	}
	return NULL;
}

static void change_under_threads(int self, void *unused)
{
	void *(*const bodies[])(void *) = { toucher, toucher, dropper, mapper, forker, mapper };
	pthread_t t[6];
	uintptr_t i;

	shared_pages = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < 6; i++)
		must(!pthread_create(&t[i], NULL, bodies[i], (void *)(i + 1)));
	sleep_ms(250 * stress_factor);
	stop = 1;
	for (i = 0; i < 6; i++)
		pthread_join(t[i], NULL);
}

/* --- a page that comes and goes: its users get SIGSEGV or what is in it ------------ */

static volatile unsigned int faults;

static void on_segv(int sig, siginfo_t *info, void *ctx)
{
	faults++;
	sched_yield();
}

static void *protector(void *page)
{
	int i;

	/* and until the writers have come to it */
	for (i = 0; i < 300 * stress_factor || !*(volatile int *)page; i++) {
		must(!mprotect(page, 4096, PROT_NONE));
		sched_yield();
		must(!mprotect(page, 4096, PROT_READ | PROT_WRITE));
	}
	stop = 1;
	return NULL;
}

static void *writer(void *page)
{
	while (!stop)
		++*(volatile int *)page;
	return NULL;
}

static void protect_under_threads(int self, void *unused)
{
	struct sigaction sa = { .sa_sigaction = on_segv, .sa_flags = SA_SIGINFO };
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t t[4];
	int i;

	sigaction(SIGSEGV, &sa, NULL);
	for (i = 0; i < 4; i++)
		must(!pthread_create(&t[i], NULL, i ? writer : protector, page));
	for (i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
}

/* --- the end of a process with busy threads ------------------------------------------- */

static int pipe_fds[2];

static void *busy(void *arg)
{
	char c;

	switch ((uintptr_t)arg % 6) {
	case 0:
		for (;;)
			(void)!read(pipe_fds[0], &c, 1);
	case 1:
		for (;;)
			sleep_ms(1000);
	case 2:
		for (;;)
			getppid();
	case 3:
		mapper((void *)7);
		break;
	case 4:
		for (;;)
			open("/proc/self/maps", O_RDONLY);
	case 5:
		for (;;)
			;
	}
	return NULL;
}

static void start_busy(uintptr_t count)
{
	pthread_attr_t attr;
	pthread_t t;
	uintptr_t i;

	must(!pipe(pipe_fds));
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 16384);
	for (i = 0; i < count; i++)
		must(!pthread_create(&t, &attr, busy, (void *)i));
}

static void *execer(void *arg)
{
	char *argv[] = { "true", NULL };

	execv("/bin/true", argv);
	must(0);
	return NULL;
}

enum ending { BY_EXIT, BY_KILL, BY_EXEC_THREAD, BY_EXEC_LEADER, BY_LEADER_GONE, ENDINGS };

static void *exit_all(void *arg)
{
	sleep_ms(2);
	_exit(5);
	return NULL;
}

static void end_busy(enum ending how)
{
	pthread_t t;

	start_busy(6);
	switch (how) {
	case BY_EXIT:
		_exit(5);
	case BY_KILL:
		kill(getpid(), SIGKILL);
		break;
	case BY_EXEC_THREAD:
		must(!pthread_create(&t, NULL, execer, NULL));
		break;
	case BY_EXEC_LEADER:
		execer(NULL);
		break;
	case BY_LEADER_GONE:
		must(!pthread_create(&t, NULL, exit_all, NULL));
		syscall(SYS_exit, 3);
	default:
		break;
	}
	for (;;)
		pause();
}

static void endings(void)
{
	static const int want[] = { 5 << 8, SIGKILL, 0, 0, 5 << 8 };
	static const char *const name[] = { "exit_group", "SIGKILL", "exec by a thread",
					    "exec by the leader", "the leader first" };
	int how, round, bad, status;
	pid_t pid;

	for (how = 0; how < ENDINGS; how++) {
		bad = 0;
		for (round = 0; round < 5 * stress_factor; round++) {
			pid = must_fork();
			if (!pid)
				end_busy(how);
			status = status_of(pid);
			if (status != want[how]) {
				diag("status %x", status);
				bad++;
			}
		}
		ok(!bad, "busy threads end by %s", name[how]);
	}
}

/* --- futexes ------------------------------------------------------------------------------- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static int turn, inside, total;

/* each in its turn: a lost wake-up stops all */
static void *in_turn(void *arg)
{
	int me = (uintptr_t)arg, i;

	for (i = 0; i < 60 * stress_factor; i++) {
		pthread_mutex_lock(&mutex);
		while (turn != me)
			pthread_cond_wait(&turned, &mutex);
		must(!inside++);
		total++;
		turn = (turn + 1) % 5;
		inside--;
		pthread_cond_broadcast(&turned);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void futexes(int self, void *unused)
{
	pthread_t t[5];
	uintptr_t i;

	for (i = 0; i < 5; i++)
		must(!pthread_create(&t[i], NULL, in_turn, (void *)i));
	for (i = 0; i < 5; i++)
		pthread_join(t[i], NULL);
	must(total == 5 * 60 * stress_factor);
}

int main(int argc, char **argv)
{
	stress_init(argc, argv);
	plan(9);
	create_and_join();
	is_int(in_processes(1, change_under_threads, NULL), 0,
	       "mappings change under threads that fault and fork");
	is_int(in_processes(1, protect_under_threads, NULL), 0,
	       "protection changes under threads that write");
	endings();
	is_int(in_processes(3, futexes, NULL), 0, "condition variables lose no wake-up");
	return done();
}
