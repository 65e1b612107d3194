// SPDX-License-Identifier: MIT
/*
 * mmbench.c - what the operations of memory management cost.
 *
 * One static program for any kernel with Linux's x86-64 ABI.  Run as the first
 * process it mounts /proc and /tmp, takes its arguments from /mmbench.args,
 * measures and switches the machine off; otherwise it takes them from the
 * command line:
 *
 *	mmbench [-t] [-w] [-l] [-r N] [-s N] [PATTERN ...]
 *
 *	-t  count by the TSC (instructions under QEMU's -icount shift=0),
 *	    otherwise nanoseconds of CLOCK_MONOTONIC
 *	-w  also the cases that need several CPUs
 *	-l  only list the cases
 *	-r  repetitions (5); the figure is the least of them
 *	-s  skip the first N of the selected cases
 *	PATTERN  a part of "case:size", or all of it after a "="
 *
 * Output, a line each: "# case size unit" before a case starts, and
 * "case size figure operations" after it, where the figure is the cost of one
 * operation or page.  Instead of the figure stands the name of the error when
 * a call failed (ENOSYS: not built), or "signal N" when the case was killed.
 *
 * The cases stand in mmbench/memory.h, process.h and parallel.h.
 *
 * Every case runs in a process of its own, so that it starts from the same
 * small address space.  A case function is one repetition: it prepares, then
 * brackets what counts between start() and stop(operations).  Repetitions end
 * early when a case has used BUDGET.  start() and stop() also execute a no-op
 * with a pattern of its own, by which tools/profile finds the measured part.
 *
 * Transparent huge pages are off but for the case that is about them: the
 * other rows compare the cost of 4 KiB pages.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE	    4096UL
#define MIB	    (1UL << 20)
#define RW	    (PROT_READ | PROT_WRITE)
#define ANON	    (MAP_PRIVATE | MAP_ANONYMOUS)
#define BUDGET	    400000000UL /* ns, or instructions, per case */
#define MAX_VMAS    65000
#define MAX_THREADS 4
#define DATA	    "/tmp/mmbench.data"

/* What a case found; shared, as some cases measure in a child. */
struct result {
	double best;
	unsigned long ops; /* of the last repetition */
};

static const char *case_name, *case_size;
static struct result *result;
static uint64_t start_time, overhead;
static int use_tsc;
static int repetitions = 5;

/* ---- time ---------------------------------------------------------------- */

static uint64_t now(void)
{
	struct timespec ts;
	uint32_t lo, hi;

	if (use_tsc) {
		__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
		return (uint64_t)hi << 32 | lo;
	}
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void start(void)
{
	/* nopl 0x51424731(%rax) */
	__asm__ volatile(".byte 0x0f, 0x1f, 0x80, 0x31, 0x47, 0x42, 0x51" ::: "memory");
	start_time = now();
}

static void stop(unsigned long ops)
{
	uint64_t took = now() - start_time;
	double each;

	/* nopl 0x51424732(%rax) */
	__asm__ volatile(".byte 0x0f, 0x1f, 0x80, 0x32, 0x47, 0x42, 0x51" ::: "memory");
	took = took > overhead ? took - overhead : 0;
	each = (double)took / ops;
	if (!result->ops || each < result->best)
		result->best = each;
	result->ops = ops;
}

static void calibrate(void)
{
	uint64_t least = ~0UL;

	for (int i = 0; i < 20; i++) {
		uint64_t a = now(), b = now();

		if (b - a < least)
			least = b - a;
	}
	overhead = least;
}

/* ---- errors -------------------------------------------------------------- */

static void report(const char *what)
{
	printf("%s %s %s\n", case_name, case_size, what);
	fflush(stdout);
}

/* The case cannot be measured: say why and end its process. */
static void fail(const char *call)
{
	static const struct {
		int nr;
		const char *name;
	} names[] = {
		{ENOSYS, "ENOSYS"},	    {EINVAL, "EINVAL"}, {ENOMEM, "ENOMEM"},
		{EPERM, "EPERM"},	    {ENOENT, "ENOENT"}, {EAGAIN, "EAGAIN"},
		{EOPNOTSUPP, "EOPNOTSUPP"}, {ENODEV, "ENODEV"},
	};
	char text[64];
	int err = errno;

	snprintf(text, sizeof(text), "errno=%d %s", err, call);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].nr == err)
			snprintf(text, sizeof(text), "%s %s", names[i].name, call);
	}
	report(text);
	_exit(0);
}

static void must(long ret, const char *call)
{
	if (ret < 0)
		fail(call);
}

static char *map(unsigned long len, int prot, int flags, int fd)
{
	char *p = mmap(NULL, len, prot, flags, fd, 0);

	if (p == MAP_FAILED)
		fail("mmap");
	return p;
}

static void unmap(void *p, unsigned long len)
{
	must(munmap(p, len), "munmap");
}

static char *anon(unsigned long len)
{
	return map(len, RW, ANON, -1);
}

/* Address space of @len bytes that starts at a multiple of 2 MiB. */
static char *reserve_aligned(unsigned long len)
{
	char *p = map(len + 2 * MIB, PROT_NONE, ANON | MAP_NORESERVE, -1);

	return (char *)(((unsigned long)p + 2 * MIB - 1) & ~(2 * MIB - 1));
}

static void touch(char *p, unsigned long len)
{
	for (char *end = p + len; p < end; p += PAGE)
		*(volatile char *)p = 1;
}

static void look(char *p, unsigned long len)
{
	for (char *end = p + len; p < end; p += PAGE)
		(void)*(volatile char *)p;
}

static char *touched(unsigned long len)
{
	char *p = anon(len);

	touch(p, len);
	return p;
}

/* As touched(), the same memory for every repetition. */
static char *touched_once(unsigned long len)
{
	static char *p;

	if (!p && len)
		p = touched(len);
	return p;
}

/* A file of @len bytes, all of them in the page cache. */
static int data_file(unsigned long len)
{
	static char block[65536];
	static int fd = -1;

	if (fd >= 0)
		return fd;
	fd = open(DATA, O_RDWR | O_CREAT | O_TRUNC, 0600);
	must(fd, "open");
	memset(block, 'x', sizeof(block));
	for (unsigned long at = 0; at < len; at += sizeof(block))
		must(write(fd, block, sizeof(block)), "write");
	return fd;
}

#include "mmbench/memory.h"
#include "mmbench/process.h"
#include "mmbench/parallel.h"

/* ---- the table ----------------------------------------------------------- */

static const struct bench {
	const char *name;
	void (*run)(unsigned long n);
	const char *unit;
	const char *sizes;
	int smp; /* only with -w */
} benches[] = {
	{"null", null_call, "call", "100 1000", 0},
	{"anon-touch", anon_touch, "page", "1M 64M 512M", 0},
	{"anon-read", anon_read, "page", "1M 64M", 0},
	{"anon-read-write", anon_read_write, "page", "1M 64M", 0},
	{"populate", populate, "page", "1M 64M", 0},
	{"huge-touch", huge_touch, "page", "2M 64M", 0},
	{"file-private", file_private, "page", "1M 16M", 0},
	{"file-shared", file_shared, "page", "1M 16M", 0},
	{"file-private-single", file_private_single, "page", "64 1024", 0},
	{"file-shared-single", file_shared_single, "page", "64 1024", 0},
	{"file-private-write", file_private_write, "page", "1M 16M", 0},
	{"file-shared-write", file_shared_write, "page", "1M 16M", 0},
	{"map-unmap", map_unmap, "pair", "4K 2M 64M 1G", 0},
	{"map-touch-unmap", map_touch_unmap, "page", "4K 2M 64M 1G", 0},
	{"vma-map", vma_map, "area", "1000 20000 65000", 0},
	{"vma-fault", vma_fault, "fault", "1000 20000 65000", 0},
	{"vma-unmap", vma_unmap, "area", "1000 20000 65000", 0},
	{"mprotect-split", mprotect_split, "pair", "64K 64M", 0},
	{"mprotect-whole", mprotect_whole, "page", "1M 64M", 0},
	{"mremap-grow", mremap_grow, "pair", "1M 64M", 0},
	{"mremap-move", mremap_move, "call", "1M 64M", 0},
	{"brk", brk_cycle, "page", "64K 16M", 0},
	{"dontneed", dontneed, "page", "1M 64M", 0},
	{"mlock", lock_fresh, "page", "64K 16M", 0},
	{"mlock-touched", lock_touched, "page", "64K 16M", 0},
	{"mincore", ask_mincore, "page", "1M 64M", 0},
	{"msync", sync_file, "call", "1M 16M", 0},
	{"fork", fork_exit, "fork", "0 1M 16M 64M 512M", 0},
	{"fork-write-all", fork_write_all, "page", "1M 64M", 0},
	{"fork-write-one", fork_write_one, "fork", "1M 64M 512M", 0},
	{"fork-exec", fork_exec, "exec", "mmbench busybox musl glibc", 0},
	{"vfork-exec", vfork_exec, "exec", "mmbench busybox", 0},
	{"pipe-processes", pipe_processes, "round", "1 4096", 0},
	{"pipe-threads", pipe_threads, "round", "1 4096", 0},
	{"segv", segv, "signal", "100 1000", 0},
	{"kill", kill_self, "signal", "100 1000", 0},
	{"read", read_file, "call", "512 4K 64K 1M", 0},
	{"shared-memory", shared_memory, "page", "1M 16M", 0},
	{"smp-fault", smp_fault, "page", "1 2 4", 1},
	{"smp-map", smp_map, "pair", "1 2 4", 1},
	{"smp-shootdown", smp_shootdown, "pair", "1 2 4", 1},
};

static unsigned long to_number(const char *size)
{
	char *end;
	unsigned long n = strtoul(size, &end, 10);

	switch (*end) {
	case 'K':
		return n << 10;
	case 'M':
		return n << 20;
	case 'G':
		return n << 30;
	}
	return n;
}

static void run_case(const struct bench *b)
{
	unsigned long n = to_number(case_size);
	uint64_t begin = now();
	char text[64];

	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	for (int i = 0; i < repetitions; i++) {
		b->run(n);
		if (now() - begin > BUDGET)
			break;
	}
	snprintf(text, sizeof(text), "%.2f %lu", result->best, result->ops);
	report(text);
	_exit(0);
}

static void run_apart(const struct bench *b)
{
	char text[32];
	int status;
	pid_t pid;

	printf("# %s %s %s\n", case_name, case_size, b->unit);
	fflush(stdout);
	memset(result, 0, sizeof(*result));
	pid = fork();
	if (!pid)
		run_case(b);
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		report(errno == ENOSYS ? "ENOSYS fork" : "no-process");
	} else if (WIFSIGNALED(status)) {
		snprintf(text, sizeof(text), "signal %d", WTERMSIG(status));
		report(text);
	}
	unlink(DATA);
}

/* ---- arguments ----------------------------------------------------------- */

struct options {
	int all, list, skip;
	int patterns;
	char **pattern;
};

static int selected(const struct options *o)
{
	char both[64];

	snprintf(both, sizeof(both), "%s:%s", case_name, case_size);
	for (int i = 0; i < o->patterns; i++) {
		const char *p = o->pattern[i];

		if (*p == '=' ? !strcmp(both, p + 1) : strstr(both, p) != NULL)
			return 1;
	}
	return !o->patterns;
}

static void parse(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "twlr:s:")) != -1) {
		switch (c) {
		case 't':
			use_tsc = 1;
			break;
		case 'w':
			o->all = 1;
			break;
		case 'l':
			o->list = 1;
			break;
		case 'r':
			repetitions = atoi(optarg);
			break;
		case 's':
			o->skip = atoi(optarg);
			break;
		default:
			fprintf(stderr, "usage: mmbench [-twl] [-r N] [-s N] [PATTERN ...]\n");
			exit(2);
		}
	}
	o->pattern = argv + optind;
	o->patterns = argc - optind;
}

static void run_sizes(const struct bench *b, struct options *o)
{
	char sizes[64], *word;

	snprintf(sizes, sizeof(sizes), "%s", b->sizes);
	case_name = b->name;
	for (word = strtok(sizes, " "); word; word = strtok(NULL, " ")) {
		case_size = word;
		if (!selected(o) || o->skip-- > 0)
			continue;
		if (o->list)
			printf("%s %s %s\n", b->name, word, b->unit);
		else
			run_apart(b);
	}
}

static void measure(int argc, char **argv)
{
	struct options o = {0};

	parse(&o, argc, argv);
	calibrate();
	result = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (result == MAP_FAILED) {
		static struct result own;

		result = &own;
	}
	for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++) {
		if (o.all || !benches[i].smp)
			run_sizes(&benches[i], &o);
	}
	printf("# end\n");
	fflush(stdout);
}

/* ---- as the first process ------------------------------------------------ */

static int read_arguments(char **argv, int max)
{
	static char text[1024];
	int argc = 1, fd = open("/mmbench.args", O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = 0;
	argv[0] = "mmbench";
	for (char *w = strtok(text, " \n"); w && argc < max - 1; w = strtok(NULL, " \n"))
		argv[argc++] = w;
	argv[argc] = NULL;
	close(fd);
	return argc;
}

static void first_process(void)
{
	char *argv[64];
	int argc = read_arguments(argv, 64);
	pid_t pid;

	mount("proc", "/proc", "proc", 0, NULL);
	mount("tmpfs", "/tmp", "tmpfs", 0, NULL);
	pid = fork();
	if (!pid) {
		/* the same layout each time: no page table more by chance */
		personality(ADDR_NO_RANDOMIZE);
		execv("/bin/mmbench", argv);
		measure(argc, argv);
		exit(0);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) < 0)
		printf("# no process: %s\n", strerror(errno));
	fflush(stdout);
	if (!access("/mmbench.symbols", F_OK)) {
		pid = fork();
		if (!pid) {
			execl("/bin/busybox", "sh", "/mmbench.symbols", (char *)NULL);
			_exit(127);
		}
		waitpid(pid, NULL, 0);
	}
	reboot(RB_POWER_OFF);
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--exit"))
		return 0;
	if (getpid() == 1)
		first_process();
	measure(argc, argv);
	return 0;
}
