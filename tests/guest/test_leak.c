// SPDX-License-Identifier: MIT
/*
 * Nothing leaks: after many processes the machine has what it had before.
 *
 *   forks		fork + exec + exit of a program that does nothing
 *   pipelines		200 processes in a row, each passing on what it reads
 *   files		make, write, map, remove; open and close of all kinds
 *   signals		children that die of every signal
 *   futexes		moves to a lock that are refused, with an owner that ends later
 *
 * The work is done in rounds, after a warm-up, and the counters of /proc are read after
 * each, with all that is only kept for speed dropped. On Quire no counter may grow from
 * the earlier rounds to the later ones. Linux keeps what it has once allocated in
 * per-CPU lists and caches, so there the numbers are only shown.
 *
 * LEAK_FORKS and LEAK_PIPELINES in the environment ask for more (make test-long).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define LINE 200		/* processes of a pipeline */

struct counter {
	char name[100];
	long value;
};
struct counters {
	int nr;
	struct counter c[300];
};

static struct counters early, later, now;
static const char *self;
static int is_linux;

static void add(struct counters *all, const char *name, long value)
{
	if (all->nr < 300) {
		snprintf(all->c[all->nr].name, sizeof(all->c[0].name), "%s", name);
		all->c[all->nr++].value = value;
	}
}

/* every cache of /proc/slabinfo: objects in use */
static void read_slabs(struct counters *all)
{
	FILE *f = fopen("/proc/slabinfo", "r");
	char line[300], name[60], label[80];
	long active;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%59s %ld", name, &active) == 2 && name[0] != '#') {
			snprintf(label, sizeof(label), "slab %s", name);
			add(all, label, active);
		}
	}
	if (f)
		fclose(f);
}

static void read_meminfo(struct counters *all)
{
	static const char *const names[] = {
		"MemFree", "AnonPages", "Mapped", "Shmem", "Slab", "KernelStack",
		"PageTables", "VmallocUsed", "Committed_AS", "Cached", "Buffers",
	};
	FILE *f = fopen("/proc/meminfo", "r");
	char line[200], name[60];
	long kb;
	unsigned int i;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%59[^:]: %ld", name, &kb) != 2)
			continue;
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (!strcmp(name, names[i]))
				add(all, name, kb);
	}
	if (f)
		fclose(f);
}

static long free_pages(const struct counters *all)
{
	for (int i = 0; i < all->nr; i++)
		if (!strcmp(all->c[i].name, "MemFree"))
			return all->c[i].value;
	return -1;
}

static void measure(struct counters *all)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	usleep(300000);			/* what the kernel does behind a process' back */
	write(fd, "3", 1);
	close(fd);
	all->nr = 0;
	read_meminfo(all);
	read_slabs(all);
}

/* The value of counter @name, or -1. */
static long value_of(const struct counters *all, const char *name)
{
	for (int i = 0; i < all->nr; i++)
		if (!strcmp(all->c[i].name, name))
			return all->c[i].value;
	return -1;
}

/* Keep in @best the least of every counter, and the most free memory, of all rounds. */
static void keep_best(struct counters *best, const struct counters *now)
{
	if (!best->nr) {
		*best = *now;
		return;
	}
	for (int i = 0; i < best->nr; i++) {
		long v = value_of(now, best->c[i].name);
		int is_free = !strcmp(best->c[i].name, "MemFree");

		if (is_free ? v > best->c[i].value : v < best->c[i].value)
			best->c[i].value = v;
	}
}

/*
 * Counters whose least value of the later rounds is above that of the earlier ones.
 * Where the last few objects lie among the slabs of each CPU is chance, so that a count
 * goes up and down by a few; what leaks goes up with every round.
 */
#define ROUNDS	8
#define SLACK	32	/* objects, or kB */
#define FREE_SLACK 128	/* kB: pages of slabs that chance leaves half full on a CPU */

static int count_grown(const char *what)
{
	int grown = 0;

	for (int i = 0; i < later.nr; i++) {
		long was = value_of(&early, later.c[i].name), is = later.c[i].value;

		if (was < 0 || !strcmp(later.c[i].name, "MemFree") || is <= was + SLACK)
			continue;
		diag("%s: %s was %ld, is %ld", what, later.c[i].name, was, is);
		grown++;
	}
	diag("%s: free memory was %ld kB, is %ld kB", what, free_pages(&early),
	     free_pages(&later));
	return grown;
}

static void check(const char *what, int (*work)(int), int count)
{
	int part = count / (ROUNDS / 2) + 1, bad = work(part), round;

	measure(&now);		/* the first time needs memory itself */
	early.nr = later.nr = 0;
	for (round = 0; round < (is_linux ? 1 : ROUNDS); round++) {
		bad += work(part + round);
		measure(&now);
		keep_best(round < ROUNDS / 2 ? &early : &later, &now);
	}
	is_int(bad, 0, "%s: all of it worked", what);
	ok(is_linux || !count_grown(what), "%s: nothing grows with each round", what);
	ok(is_linux || free_pages(&later) >= free_pages(&early) - FREE_SLACK,
	   "%s: no memory is lost", what);
}

/* --- the work ----------------------------------------------------------------------------- */

static int forks(volatile int count)
{
	volatile int bad = 0;
	int status;

	while (count-- > 0) {
		pid_t child = vfork();

		if (child == 0) {
			execl(self, self, "true", NULL);
			_exit(99);
		}
		if (child < 0 || waitpid(child, &status, 0) != child || status)
			bad++;
		if (count % 2 == 0) {
			child = fork();
			if (child == 0)
				_exit(0);
			bad += child < 0 || waitpid(child, &status, 0) != child || status;
		}
	}
	return bad;
}

static void pass_on(int from, int to)
{
	char buf[4096];
	int n;

	while ((n = read(from, buf, sizeof(buf))) > 0)
		if (write(to, buf, n) != n)
			_exit(1);
	_exit(n != 0);
}

/* LINE processes, each reading from the one before: what goes in comes out */
static int one_pipeline(void)
{
	char text[] = "through two hundred processes", back[64];
	int first[2], in, i, status, bad = 0, n;

	if (pipe2(first, O_CLOEXEC))
		return 1;
	in = first[0];
	for (i = 0; i < LINE; i++) {
		int p[2];
		pid_t child;

		if (pipe2(p, O_CLOEXEC))
			return 1;
		child = fork();
		if (child == 0) {
			close(first[1]);
			close(p[0]);
			pass_on(in, p[1]);
		}
		bad += child < 0;
		close(in);
		close(p[1]);
		in = p[0];
	}
	bad += write(first[1], text, sizeof(text)) != sizeof(text);
	close(first[1]);
	for (n = 0; n < (int)sizeof(text); n += i)
		if ((i = read(in, back + n, sizeof(back) - n)) <= 0)
			break;
	bad += n != sizeof(text) || memcmp(text, back, sizeof(text));
	close(in);
	for (i = 0; i < LINE; i++)
		bad += wait(&status) < 0 || status;
	return bad;
}

static int pipelines(int count)
{
	int bad = 0;

	while (count--)
		bad += one_pipeline();
	return bad;
}

static int files(int count)
{
	char name[40];
	int bad = 0, i, fd;

	while (count--) {
		mkdir("d", 0755);
		for (i = 0; i < 20; i++) {
			sprintf(name, "d/file%d", i);
			fd = open(name, O_CREAT | O_RDWR, 0600);
			bad += ftruncate(fd, 40000) != 0 || write(fd, name, 40) != 40;
			char *p = mmap(NULL, 40000, PROT_READ | PROT_WRITE,
				       i & 1 ? MAP_SHARED : MAP_PRIVATE, fd, 0);
			p[20000] = 1;
			p[100] = 2;
			munmap(p, 40000);
			bad += close(fd) != 0;
			symlink(name, "d/link");
			rename("d/link", "d/other");
			bad += access("/proc/self/maps", F_OK) || access("none/there", F_OK) == 0;
		}
		for (i = 0; i < 20; i++) {
			sprintf(name, "d/file%d", i);
			bad += unlink(name) != 0;
		}
		unlink("d/other");
		bad += rmdir("d") != 0;
	}
	return bad;
}

static int deaths(int count)
{
	struct rlimit none = { 0, 0 };
	int bad = 0, status, sig;

	while (count--) {
		for (sig = 1; sig < 32; sig++) {
			pid_t child;

			if (sig == SIGCHLD || sig == SIGCONT || sig == SIGSTOP || sig == SIGTSTP ||
			    sig == SIGTTIN || sig == SIGTTOU || sig == SIGURG || sig == SIGWINCH)
				continue;
			child = fork();
			if (child == 0) {
				setrlimit(RLIMIT_CORE, &none);
				memset(mmap(NULL, 100000, PROT_READ | PROT_WRITE,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, 100000);
				signal(sig, SIG_DFL);
				kill(getpid(), sig);
				_exit(0);
			}
			bad += waitpid(child, &status, 0) != child || !WIFSIGNALED(status);
		}
	}
	return bad;
}

static int spaces(int count)
{
	int bad = 0, status;

	while (count--) {
		if (fork() == 0) {
			for (int i = 0; i < 300; i++) {
				char *p = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE,
					       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

				p[0] = p[8192] = 1;
				mprotect(p + 4096, 4096, PROT_NONE);
				if (i % 3 == 0)
					munmap(p + 4096, 4096);
			}
			for (int i = 0; i < 4; i++)
				if (fork() == 0)
					_exit(0);
			while (wait(NULL) > 0)
				;
			_exit(0);
		}
		wait(&status);
		bad += status != 0;
	}
	return bad;
}

static volatile unsigned int condition, lock_word;
static int go_on[2];

static long futex(volatile unsigned int *word, int op, unsigned int val, long val2, unsigned int val3)
{
	return syscall(SYS_futex, word, op, val, val2, &lock_word, val3);
}

static void *own(void *arg)
{
	char byte;

	futex(&lock_word, FUTEX_LOCK_PI, 0, 0, 0);
	return (void *)(long)(read(go_on[0], &byte, 1) != 1 ||
			      futex(&lock_word, FUTEX_UNLOCK_PI, 0, 0, 0));
}

/* FUTEX_LOCK_PI, or FUTEX_WAIT_REQUEUE_PI until it was moved and has the lock */
static void *own_later(void *word)
{
	int op = word == &lock_word ? FUTEX_LOCK_PI : FUTEX_WAIT_REQUEUE_PI;

	return (void *)(long)(futex(word, op, 1, 0, 0) ||
			      futex(&lock_word, FUTEX_UNLOCK_PI, 0, 0, 0));
}

/* until somebody is there to be moved */
static long move_one(void)
{
	long ret;

	while ((ret = futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, 0, 1)) == 0)
		sched_yield();
	return ret;
}

/* a lock with an owner and a waiter, whose word then names somebody else */
static int futexes(int count)
{
	int bad = pipe(go_on) != 0;

	condition = 1;
	while (count--) {
		pthread_t t[3];
		unsigned int word;

		pthread_create(&t[0], NULL, own, NULL);
		while (!lock_word)
			sched_yield();
		pthread_create(&t[1], NULL, own_later, (void *)&lock_word);
		while (!(lock_word & FUTEX_WAITERS))
			sched_yield();
		pthread_create(&t[2], NULL, own_later, (void *)&condition);
		word = lock_word;
		lock_word = getpid() | FUTEX_WAITERS;
		bad += move_one() != -1 || errno != EINVAL;
		lock_word = word;
		bad += move_one() != 1;
		bad += write(go_on[1], "", 1) != 1;
		for (int i = 0; i < 3; i++) {
			void *ret;

			pthread_join(t[i], &ret);
			bad += ret != NULL;
		}
		bad += lock_word != 0;
		lock_word = 0;
	}
	close(go_on[0]);
	close(go_on[1]);
	return bad;
}

static int from_environment(const char *name, int otherwise)
{
	const char *text = getenv(name);

	return text && atoi(text) > 0 ? atoi(text) : otherwise;
}

int main(int argc, char **argv)
{
	struct utsname u;

	if (argc > 1 && !strcmp(argv[1], "true"))
		return 0;
	self = argv[0];
	uname(&u);
	is_linux = strstr(u.version, "Debian") != NULL;
	plan(0);
	memset(&early, 1, sizeof(early));	/* have the pages from now on */
	memset(&later, 1, sizeof(later));
	memset(&now, 1, sizeof(now));
	signal(SIGHUP, SIG_IGN);
	check("fork and exec", forks, from_environment("LEAK_FORKS", 1500));
	check("pipelines of 200", pipelines, from_environment("LEAK_PIPELINES", 10));
	check("files", files, 50);
	check("deaths by signal", deaths, 8);
	check("address spaces", spaces, 40);
	check("futexes", futexes, 80);
	return done();
}
