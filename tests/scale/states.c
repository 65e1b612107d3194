// SPDX-License-Identifier: MIT
/*
 * states.c - builds a large state and says what the kernel keeps for it, in kB.
 *
 *	states areas [N]	one process with N areas: up to the limit
 *	states giant		one area of all addresses but the stack's
 *	states threads [N]	one process of N threads that wait
 *	states processes [N]	N processes that wait
 *	states forks [N MIB]	N children of a process that has touched MIB mebibytes;
 *				each writes to 16 pages of them
 *
 * For each a line "key kB" of what /proc/meminfo says more than before the state was
 * built, then how much less the lists of the CPUs hold (Stock) and what
 * /proc/self/status says of page tables. Lines with # are what operations took, in us.
 * Pages are small ones on either kernel. tests/scale_tests.py compares the two.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define K4	4096ul
#define GIB	(1ul << 30)
#define RW	(PROT_READ | PROT_WRITE)
#define PRIV	(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)
#define NKEYS	6

static const char *const keys[NKEYS] = {
	"PageTables", "SecPageTables", "Slab", "SUnreclaim", "KernelStack", "MemFree",
};
static long before[NKEYS], stock_before;

static void die(const char *fmt, ...)
{
	int error = errno;
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf(": %s\n", strerror(error));
	fflush(stdout);
	_exit(1);
}

static const char *text_of(const char *path)
{
	static char buf[65536];
	int fd = open(path, O_RDONLY);
	size_t have = 0;
	ssize_t n;

	if (fd < 0)
		die("%s", path);
	while ((n = read(fd, buf + have, sizeof(buf) - 1 - have)) > 0)
		have += n;
	close(fd);
	buf[have] = 0;
	return buf;
}

/* the sum of the numbers behind @key, the first word of its lines in the file @path */
static long sum_of(const char *path, const char *key)
{
	const char *p = text_of(path);
	size_t len = strlen(key);
	long sum = 0;

	for (; p && *p; p = strchr(p, '\n')) {
		p += strspn(p, " \n");
		if (!strncmp(p, key, len))
			sum += strtol(p + len, NULL, 10);
	}
	return sum;
}

static long stock_kb(void)
{
	return 4 * sum_of("/proc/zoneinfo", "count:");
}

/* the counters of the CPUs join the global ones */
static void fold_counters(void)
{
	int fd = open("/proc/sys/vm/stat_refresh", O_WRONLY);

	if (fd < 0 || write(fd, "1\n", 2) != 2)
		die("stat_refresh");
	close(fd);
}

static long meminfo(const char *name)
{
	char key[40];

	snprintf(key, sizeof(key), "%s:", name);
	return sum_of("/proc/meminfo", key);
}

static void remember(void)
{
	fold_counters();
	for (int i = 0; i < NKEYS; i++)
		before[i] = meminfo(keys[i]);
	stock_before = stock_kb();
}

static void report(void)
{
	fold_counters();
	for (int i = 0; i < NKEYS; i++)
		printf("%s %ld\n", keys[i], meminfo(keys[i]) - before[i]);
	printf("Stock %ld\nVmPTE %ld\n", stock_kb() - stock_before,
	       sum_of("/proc/self/status", "VmPTE:"));
	fflush(stdout);
}

static double now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e6 + ts.tv_nsec / 1e3;
}

static void took(const char *what, double since, long count)
{
	double us = now_us() - since;

	printf("# %s: %.0f us, %.2f each of %ld\n", what, us, us / count, count);
}

/* --- areas --------------------------------------------------------------------------- */

static void areas(long n, long unused)
{
	char *p = mmap(NULL, n * K4, PROT_NONE, PRIV, -1, 0);
	double t = now_us();
	long i;

	if (p == MAP_FAILED)
		die("mmap");
	for (i = 1; i < n; i += 2)
		if (mprotect(p + i * K4, K4, PROT_READ))
			break;
	/* some of the limit are the program's own areas */
	if (i < n - 40)
		die("area %ld", i);
	took("mprotect", t, i / 2);
	report();
	t = now_us();
	munmap(p, n * K4);
	took("munmap", t, i);
}

/* --- one area ------------------------------------------------------------------------- */

static void giant(long unused1, long unused2)
{
	unsigned long size = 0, step;
	char *p = NULL;

	for (step = 1ul << 46; step >= GIB; step >>= 1) {
		p = mmap(NULL, size + step, RW, PRIV, -1, 0);
		if (p == MAP_FAILED)
			continue;
		size += step;
		munmap(p, size);
	}
	p = mmap(NULL, size, RW, PRIV, -1, 0);
	if (p == MAP_FAILED || size < 127ul << 40)
		die("an area of %lu TiB", size >> 40);
	/* from its begin on a page for each 256 GiB, one beside it at the end */
	for (unsigned long at = 0; at < size; at += 256 * GIB)
		p[at] = 1;
	p[size - 1] = 1;
	report();
	munmap(p, size);
}

/* --- threads --------------------------------------------------------------------------- */

static int gate[2];

static void wait_at_gate(void)
{
	char c;

	while (read(gate[0], &c, 1) < 0 && errno == EINTR)
		;
}

static void *thread_waits(void *arg)
{
	wait_at_gate();
	return NULL;
}

static void threads(long n, long unused)
{
	pthread_t *t = calloc(n, sizeof(*t));
	pthread_attr_t attr;
	double since = now_us();
	long i;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 4 * K4);
	for (i = 0; i < n; i++)
		if ((errno = pthread_create(&t[i], &attr, thread_waits, NULL)))
			die("thread %ld", i);
	took("pthread_create", since, n);
	report();
	since = now_us();
	close(gate[1]);
	for (i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	took("end and pthread_join", since, n);
	free(t);
}

/* --- processes ------------------------------------------------------------------------- */

/* children that wait at the gate, after @child(arg); all have come there at return */
static pid_t *make_children(long n, void (*child)(void *arg), void *arg)
{
	pid_t *pid = malloc(n * sizeof(*pid));
	int ready[2];
	char c;

	if (!pid || pipe(ready))
		die("pipe");
	for (long i = 0; i < n; i++) {
		pid[i] = fork();
		if (pid[i] < 0)
			die("process %ld", i);
		if (pid[i])
			continue;
		close(gate[1]);
		close(ready[0]);
		if (child)
			child(arg);
		close(ready[1]);
		wait_at_gate();
		_exit(0);
	}
	close(ready[1]);
	if (read(ready[0], &c, 1))
		die("children are not ready");
	close(ready[0]);
	return pid;
}

static void end_children(pid_t *pid, long n)
{
	int status;

	close(gate[1]);
	for (long i = 0; i < n; i++)
		if (waitpid(pid[i], &status, 0) != pid[i] || status)
			die("the end of process %ld", i);
	free(pid);
}

static long processes_in_proc(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	long found = 0;

	while ((e = readdir(d)))
		found += e->d_name[0] >= '1' && e->d_name[0] <= '9';
	closedir(d);
	return found;
}

static void read_all_stat(const pid_t *pid, long n)
{
	char path[40], buf[512];

	for (long i = 0; i < n; i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid[i]);
		fd = open(path, O_RDONLY);
		if (fd < 0 || read(fd, buf, sizeof(buf)) <= 0)
			die("%s", path);
		close(fd);
	}
}

static void processes(long n, long unused)
{
	double t = now_us();
	pid_t *pid = make_children(n, NULL, NULL);
	long i;

	took("fork", t, n);
	report();
	t = now_us();
	if (processes_in_proc() < n)
		die("/proc does not list all");
	took("readdir of /proc", t, n);
	t = now_us();
	for (i = 0; i < n; i++)
		if (kill(pid[i], 0))
			die("kill");
	took("kill", t, n);
	t = now_us();
	read_all_stat(pid, n);
	took("/proc/PID/stat", t, n);
	t = now_us();
	end_children(pid, n);
	took("exit and wait", t, n);
}

struct big {
	char *p;
	unsigned long size;
};

static void write_some(void *arg)
{
	struct big *big = arg;

	for (unsigned long at = 0; at < big->size; at += big->size / 16)
		big->p[at] = 2;
}

static void forks(long n, long mib)
{
	struct big big = { .size = mib << 20 };
	double t = now_us();
	pid_t *pid;

	big.p = mmap(NULL, big.size, RW, PRIV, -1, 0);
	if (big.p == MAP_FAILED)
		die("mmap");
	for (unsigned long at = 0; at < big.size; at += K4)
		big.p[at] = 1;
	took("touch", t, big.size / K4);
	t = now_us();
	pid = make_children(n, write_some, &big);
	took("fork", t, n);
	report();
	t = now_us();
	end_children(pid, n);
	took("exit and wait", t, n);
	for (unsigned long at = 0; at < big.size; at += K4)
		if (big.p[at] != 1)
			die("page %lu was changed by a child", at / K4);
	munmap(big.p, big.size);
}

static const struct {
	const char *name;
	void (*func)(long n, long more);
	long n, more;
} states[] = {
	{ "areas", areas, 65530, 0 },
	{ "giant", giant, 0, 0 },
	{ "threads", threads, 1200, 0 },
	{ "processes", processes, 10000, 0 },
	{ "forks", forks, 100, 4096 },
};

/* small pages, and addresses that do not differ from run to run */
static void same_everywhere(char **argv)
{
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	if (personality(0xffffffff) & ADDR_NO_RANDOMIZE)
		return;
	if (personality(ADDR_NO_RANDOMIZE) < 0)
		die("personality");
	execv("/proc/self/exe", argv);
	die("/proc/self/exe");
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (argc < 2 || strcmp(argv[1], states[i].name))
			continue;
		if (pipe(gate))
			die("pipe");
		same_everywhere(argv);
		remember();
		states[i].func(argc > 2 ? atol(argv[2]) : states[i].n,
			       argc > 3 ? atol(argv[3]) : states[i].more);
		return 0;
	}
	fprintf(stderr, "usage: states areas|giant|threads|processes|forks [n [mib]]\n");
	return 2;
}
